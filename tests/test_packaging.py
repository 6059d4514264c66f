"""What a user gets: the wheel carries the default data, requirements are pinned and hashed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
REQUIREMENTS = ("requirements.txt", "requirements-dev.txt")


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the source tree and unpacked."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder)]
    done = subprocess.run([*command, str(ROOT)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def files_of(root: Path, folder: str) -> set[Path]:
    """Files below a folder, relative to `root`."""
    found = (root / folder).rglob("*")
    return {p.relative_to(root) for p in found if p.is_file() and p.suffix != ".pyc"}


def run_from_wheel(site: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command of the unpacked wheel in `folder`."""
    return subprocess.run(
        [sys.executable, "-m", "geoplan.cli", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(site), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_wheel_carries_data_layers_and_licences(unpacked: Path) -> None:
    shipped = unpacked / "geoplan" / "shipped"
    for folder in ("data", "layers"):
        here = files_of(ROOT, folder)
        assert here
        assert files_of(shipped, folder) == here
    assert (shipped / "geoplan.toml").read_bytes() == (ROOT / "geoplan.toml").read_bytes()
    assert len(files_of(shipped, "data/LICENSES")) >= 4


def test_wheel_builds_the_same_maps_in_an_empty_folder(unpacked: Path, tmp_path: Path) -> None:
    empty = tmp_path / "空 文件夹"
    source = tmp_path / "source"
    empty.mkdir()
    source.mkdir()
    (source / "geoplan.toml").write_bytes((ROOT / "geoplan.toml").read_bytes())
    made = run_from_wheel(unpacked, empty, "build", "--quiet")
    assert made.returncode == 0, made.stderr
    again = subprocess.run(
        [sys.executable, "-m", "geoplan.cli", "build", "--quiet"],
        cwd=source,
        capture_output=True,
        text=True,
        check=False,
    )
    assert again.returncode == 0, again.stderr
    files = files_of(empty, "maps")
    assert Path("maps/index.html") in files
    assert files_of(source, "maps") == files
    assert [f for f in files if (empty / f).read_bytes() != (source / f).read_bytes()] == []


@pytest.mark.parametrize("name", REQUIREMENTS)
def test_requirements_are_pinned_and_hashed_without_addresses(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    entries = re.split(r"\n(?=\S)", text.strip())
    assert len(entries) > 50
    for entry in entries:
        assert re.match(r"[A-Za-z0-9._-]+==\S+", entry), entry
        assert "--hash=sha256:" in entry, entry.split("\n", maxsplit=1)[0]
    assert "://" not in text
    assert "--index-url" not in text
    assert "--find-links" not in text


def test_development_pins_agree_with_those_of_users() -> None:
    pins = [
        set(
            re.findall(r"^[A-Za-z0-9._-]+==[^\s;]+", (ROOT / name).read_text("utf-8"), re.MULTILINE)
        )
        for name in REQUIREMENTS
    ]
    assert pins[0] <= pins[1]


def test_schemas_in_docs_are_those_of_the_code(tmp_path: Path) -> None:
    from geoplan.json_schema import write_schemas

    for made in write_schemas(tmp_path):
        assert made.read_bytes() == (ROOT / "docs" / made.name).read_bytes(), "run `make schemas`"


@pytest.mark.parametrize(
    "name",
    [
        "README.md",
        "README.zh.md",
        "layers/README.md",
        "data/boundaries/README.md",
        "docs/design.md",
    ],
)
def test_links_between_documents_lead_somewhere(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    links = re.findall(r"\]\(([^)#:]+)\)", text)
    assert [link for link in links if not (ROOT / name).parent.joinpath(link).exists()] == []
    if name.startswith("README"):
        assert len(links) >= 5


def test_python_of_the_readme_runs_more_than_once(tmp_path: Path) -> None:
    (code,) = re.findall(
        r"\n((?:    from geoplan.*\n)(?:(?:    .*)?\n)*)", (ROOT / "README.md").read_text("utf-8")
    )
    lines = [line[4:] for line in code.splitlines()]
    (call,) = [line for line in lines if line.startswith("build(")]
    script = (
        "\n".join(lines).replace('"my-plans"', repr(str(tmp_path))) + "\nimport geoplan.build\n"
    )
    script += call.replace('"my-plans"', repr(str(tmp_path)))
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "maps" / "index.html").exists()
