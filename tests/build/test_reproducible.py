"""The same bytes: in any folder, on any day, by any scheduler and any number of workers."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from geoplan.build import Run, build
from geoplan.build.hashes import NAME as HASHES
from geoplan.config import init, load
from tests.small import SmallProject, box, feature, hashes, layer, slot

Project = Callable[..., SmallProject]

ROOT = Path(__file__).parents[2]
FAKETIME = shutil.which("faketime")


def fill(small: SmallProject) -> None:
    """Put something of everything into a project."""
    small.write_layer(slot(), name="redline")
    # A GeoPackage would hold the moment when it was written.
    shapes = [box(0.2, 0.2, 1.8, 0.8), box(1.2, 0.6, 2.4, 1.4)]
    small.write_shapes(shapes, name="layers/works/shapes.parquet")
    features = [
        feature("whole", members=["东山", "西山"]),
        feature("list", "within", members=["河口县"], class_="zone_b"),
        feature("axis", "indicative", axis=["东镇", "西镇"]),
    ]
    small.write_layer(layer("other", *features, theme="works"))


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory, small_template: Path) -> dict[str, str]:
    """Return the hashes of what one thread publishes."""
    folder = tmp_path_factory.mktemp("one") / "p"
    small = SmallProject(Path(shutil.copytree(small_template, folder)))
    fill(small)
    build(small.load(), Run("synchronous", 1))
    return hashes(small.root / "maps")


@pytest.mark.parametrize(
    ("scheduler", "workers"),
    [("threads", 1), ("threads", 4), ("processes", 1), ("processes", 4), ("cluster", None)],
)
def test_any_scheduler_in_any_folder(
    project_folder: Project,
    expected: dict[str, str],
    request: pytest.FixtureRequest,
    scheduler: str,
    workers: int | None,
) -> None:
    small = project_folder(f"方案 {scheduler} {workers}")
    fill(small)
    name = request.getfixturevalue("address") if scheduler == "cluster" else scheduler
    build(small.load(), Run(name, workers))
    assert hashes(small.root / "maps") == expected


def on_day(day: str, root: Path, *words: str) -> None:
    """Run geoplan in a process whose clock shows `day`."""
    subprocess.run(
        [str(FAKETIME), "-f", f"@{day} 08:00:00", sys.executable, "-m", "geoplan.cli", *words],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TZ": "Asia/Shanghai"},
        check=True,
        timeout=300,
    )


@pytest.mark.skipif(FAKETIME is None, reason="faketime is not installed")
@pytest.mark.parametrize("day", ["1999-12-31", "2044-02-29"])
def test_any_day(project_folder: Project, expected: dict[str, str], day: str) -> None:
    small = project_folder("another day")
    fill(small)
    on_day(day, small.root, "build", "-q")
    assert hashes(small.root / "maps") == expected


@pytest.mark.skipif(FAKETIME is None, reason="faketime is not installed")
def test_clock_that_is_set_back_between_builds(
    project_folder: Project, expected: dict[str, str]
) -> None:
    small = project_folder()
    fill(small)
    path = small.root / "layers/works/other.toml"
    text = path.read_text("utf-8")
    path.write_text(text.replace("图层", "旧图"), encoding="utf-8")
    on_day("2044-02-29", small.root, "build", "-q")
    path.write_text(text, encoding="utf-8")
    os.utime(path, (1e9, 1e9))
    on_day("2004-02-29", small.root, "build", "-q")
    assert hashes(small.root / "maps") == expected
    on_day("2044-02-29", small.root, "build", "-q")
    assert hashes(small.root / "maps") == expected


def test_files_with_times_of_the_future(project_folder: Project, expected: dict[str, str]) -> None:
    small = project_folder()
    fill(small)
    later = time.time() + 1e8
    for path in (small.root / "layers").rglob("*.toml"):
        os.utime(path, (later, later))
    build(small.load())
    assert hashes(small.root / "maps") == expected
    assert build(small.load()).ran == ()
    edited = small.root / "layers/works/other.toml"
    edited.write_text(edited.read_text("utf-8").replace("图层", "新图", 1), encoding="utf-8")
    os.utime(edited, (later, later))  # as long as before, and no later
    assert build(small.load()).ran == ("layers", "publish")
    assert "other.toml" not in (small.root / "build" / HASHES).read_text("utf-8")


def test_the_shipped_project_in_two_folders_by_two_schedulers(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "另一处 two"
    for folder in (one, two):
        init(folder)
    build(load(one), Run("threads", 4))
    if FAKETIME is None:
        build(load(two), Run("processes", 1))
    else:
        on_day("2044-02-29", two, "build", "-q", "--scheduler", "processes", "--workers", "1")
    assert hashes(one / "maps") == hashes(two / "maps")
