"""The table of cited lines: only where there are texts, and only what is cited."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from geoplan.build import build, changed_inputs
from geoplan.errors import DataError
from tests.plan_text import LINES, TEXT, give_text
from tests.small import SmallProject, claim, feature, layer

INDICATOR = """[[indicator]]
id = "gdp"
name = { zh = "地区生产总值", en = "GDP" }
measure = "100m_yuan"
section = "第一章"
lines = [7]
readings = [{ kind = "actual", year = "2015", printed = "720.3" }]
"""

FINDING = """[[finding]]
id = "two"
kind = "wording"
title = { zh = "两处", en = "Two" }
detail = { zh = "待核", en = "To check" }
units = ["东山"]
about = ["other"]

[[finding.place]]
document = "plan-a"
section = "第一章"
lines = [3, 2]
printed = ["总则"]
"""


def with_texts(small: SmallProject, text: str = TEXT) -> SmallProject:
    give_text(small, text)
    config = small.root / "geoplan.toml"
    small.write("geoplan.toml", config.read_text("utf-8") + 'documents = "texts"\n')
    return small


def passages(small: SmallProject) -> list[tuple[str, int, str]]:
    table = small.layers()["passages"]
    return list(table.itertuples(index=False, name=None))


def test_without_a_folder_there_are_none(small: SmallProject) -> None:
    give_text(small)
    assert passages(small) == []


def test_every_cited_line_stands_once(small: SmallProject) -> None:
    with_texts(small)
    small.write("layers/findings.toml", FINDING)
    parts = (feature("f", "statement", lines=[8, 4]), claim("other", 12.5), INDICATOR)
    small.write_layer(layer("other", *parts, theme="works"))
    (small.root / "layers/zones/zones.toml").unlink()
    # Line 2 is blank, 1, 5 and 6 are not cited.
    assert passages(small) == [("plan-a", n, LINES[n - 1]) for n in (3, 4, 7, 8)]


def test_lines_behind_the_end_are_left_to_the_check(small: SmallProject) -> None:
    with_texts(small)
    small.write_layer(layer("other", feature("f", "statement", lines=[999, 4]), theme="works"))
    assert ("plan-a", 4, LINES[3]) in passages(small)
    assert all(line <= len(LINES) for _, line, _ in passages(small))


def test_printed_words_and_divided_classes_are_in_the_tables(small: SmallProject) -> None:
    said = feature("f", "statement", lines=[4], printed=["重点区", "东山县"])
    small.write_layer(layer("other", said, theme="works"))
    made = small.layers()
    printed = made["features"].set_index("feature")["printed"]
    assert printed["f"] == "重点区、东山县"
    divided = made["layers"].set_index("layer")["partition"]
    assert divided["zones"] == "zone_a zone_b"
    assert divided.isna()["other"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (shutil.rmtree, "there is no such folder"),
        (lambda folder: (folder / "any-name.txt").unlink(), "none of its files has the sha256"),
        (lambda folder: (folder / "any-name.txt").write_text("x"), "none of its files"),
    ],
)
def test_a_folder_that_goes_is_told(small: SmallProject, change: object, message: str) -> None:
    project = with_texts(small).load()
    build(project)
    change(small.root / "texts")  # type: ignore[operator]
    with pytest.raises(DataError, match=message):
        build(project)


def test_a_folder_without_texts_is_told_at_once(small: SmallProject) -> None:
    small.write("geoplan.toml", (small.root / "geoplan.toml").read_text("utf-8") + 'documents="t"')
    with pytest.raises(DataError, match="there is no such folder"):
        build(small.load())


def test_texts_are_inputs_and_maps_do_not_depend_on_their_place(
    small: SmallProject, tmp_path: Path
) -> None:
    project = with_texts(small).load()
    build(project)
    table = (small.root / "maps/tables/passages.csv").read_text("utf-8-sig")
    assert LINES[6] in table
    assert LINES[0] not in table
    assert changed_inputs(project, "layers") == []
    copy = SmallProject(Path(shutil.copytree(small.root, tmp_path / "另一处")))
    shutil.rmtree(copy.root / "build")
    shutil.rmtree(copy.root / "maps")
    build(copy.load())
    pages = sorted((small.root / "maps").glob("*.html"))
    assert pages
    for page in pages:
        assert page.read_bytes() == (copy.root / "maps" / page.name).read_bytes()
    (small.root / "texts/more.txt").write_text("另一文件", encoding="utf-8")
    assert changed_inputs(project, "layers") == ["documents/more.txt"]
