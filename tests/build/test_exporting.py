"""Exported sheets: which, where to, and what is said where they cannot be made."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from geoplan.build import Export, build, export
from geoplan.errors import DataError, StageError, UsageError
from tests.small import SmallProject, hashes

Built = tuple[SmallProject, dict[str, str]]


def names(paths: list[Path]) -> list[str]:
    return [path.name for path in paths]


def test_all_maps_are_exported_in_the_order_of_the_menu(built: Built) -> None:
    small, _ = built
    made = export(small.load(), how=Export(formats=("svg",)))
    assert names(made)[0] == "overview.svg"
    pages = {path.stem for path in (small.root / "maps/print").glob("*.svg")}
    assert {path.stem for path in made} == pages
    assert all(path.parent == small.root / "export" for path in made)


def test_exported_svg_is_the_published_one(built: Built) -> None:
    small, files = built
    (made,) = export(small.load(), ["overview"], how=Export(formats=("svg",)))
    assert made.read_bytes() == (small.root / "maps/print/overview.svg").read_bytes()
    assert hashes(small.root / "maps") == files


def test_formats_paper_and_language(built: Built, tmp_path: Path) -> None:
    small, _ = built
    seen: list[Path] = []
    how = Export(
        formats=("svg", "pdf", "png"),
        paper="A4",
        orientation="portrait",
        lang="en",
        dpi=72,
        out=tmp_path / "a/b",
    )
    made = export(small.load(), ["jiazhou.html"], how=how, on_file=seen.append)
    assert names(made) == ["jiazhou-en.svg", "jiazhou-en.pdf", "jiazhou-en.png"]
    assert seen == made
    svg = made[0].read_text("utf-8")
    assert 'width="210mm" height="297mm"' in svg
    assert "Jiazhou City" in svg
    assert made[1].read_bytes().startswith(b"%PDF")
    assert int.from_bytes(made[2].read_bytes()[16:20], "big") == pytest.approx(
        210 * 72 / 25.4, abs=1
    )
    assert not list((tmp_path / "a/b").glob(".*"))


def test_sheets_follow_the_fonts_that_are_asked_for(built: Built, tmp_path: Path) -> None:
    small, _ = built
    how = Export(formats=("svg",), font="Noto Sans CJK SC", out=tmp_path)
    (made,) = export(small.load(), ["overview"], how=how)
    found = set(re.findall(r'font-family="([^"]*)"', made.read_text("utf-8")))
    assert found == {"&#x27;Noto Sans CJK SC&#x27;"}


@pytest.mark.parametrize(
    ("wanted", "keys", "message"),
    [
        (
            ["overveiw"],
            {},
            r"no map 'overveiw'\. Did you mean overview\b.*There are \d+: overview,",
        ),
        (["x", "overview", "y"], {}, r"no map 'x', 'y'"),
        ([], {"formats": ()}, r"no format is chosen; give .*--svg, --pdf, --png"),
        ([], {"dpi": 5000}, r"5000 dots per inch; allowed are 72 to 600"),
        ([], {"font": "Nope"}, r"no font 'Nope' is installed"),
    ],
)
def test_wrong_use_is_told_and_writes_nothing(
    built: Built, tmp_path: Path, wanted: list[str], keys: dict[str, object], message: str
) -> None:
    small, _ = built
    given = {"formats": ("png",), "out": tmp_path / "new", **keys}
    with pytest.raises(UsageError, match=message):
        export(small.load(), wanted, how=Export(**given))  # type: ignore[arg-type]
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("inside", ["maps", "maps/print", "build/x"])
def test_nothing_is_written_where_geoplan_publishes(built: Built, inside: str) -> None:
    small, files = built
    how = Export(formats=("svg",), out=small.root / inside)
    with pytest.raises(UsageError, match="lies in the folder of"):
        export(small.load(), how=how)
    assert hashes(small.root / "maps") == files


def test_nothing_is_built_yet(small: SmallProject) -> None:
    with pytest.raises(DataError, match="nothing is built yet; run `geoplan build` first"):
        export(small.load(), how=Export(formats=("svg",)))
    assert not (small.root / "export").exists()


def test_a_folder_that_cannot_be_made_is_told(built: Built, tmp_path: Path) -> None:
    small, _ = built
    (tmp_path / "file").write_text("x")
    with pytest.raises(StageError, match="cannot be written"):
        export(small.load(), ["overview"], how=Export(formats=("svg",), out=tmp_path / "file/x"))


def test_sheets_are_made_anew_only_where_they_change(small: SmallProject) -> None:
    build(small.load())
    before = hashes(small.root / "maps")
    assert any(name.startswith("print/") for name in before)
    path = small.root / "layers/zones/zones.toml"
    path.write_text(path.read_text("utf-8").replace("图层", "新的图层", 1), encoding="utf-8")
    done = build(small.load())
    assert "print/zones.svg" in done.made
    build(small.load())
    text = (small.root / "maps/print/zones.svg").read_text("utf-8")
    assert "新的图层" in text
