"""Map sheets: what Word and WPS read, all that a map must say, and nothing outside its frame."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest

import shapely

from geoplan.config import Project
from geoplan.publish import Print, sheets, statics
from geoplan.publish.atlas import Atlas
from geoplan.publish.items import items
from geoplan.publish.pages import Page
from geoplan.publish.paper.base import BORDERS, base_of
from geoplan.publish.paper.content import Content, content_of
from geoplan.publish.paper.degrees import degree_text
from geoplan.publish.paper.drawn import BUDGET, draw
from geoplan.publish.paper.ground import hatch_data, signs_of
from geoplan.publish.paper.layout import Box, layout
from geoplan.publish.paper.legend import LEAST, legend
from geoplan.publish.paper.text import Pen
from geoplan.publish.rows import Shown
from geoplan.publish.svg import area_data, clean, element, fixed, line_data, number
from tests.publish import sample
from tests.publish.paging import every_page

SVG = "{http://www.w3.org/2000/svg}"
READ_BY_WORD = {"svg", "title", "rect", "path", "line", "circle", "text"}
ATTRIBUTES = {
    *("x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r", "d", "width", "height", "viewBox"),
    *("fill", "fill-opacity", "fill-rule", "stroke", "stroke-width", "stroke-opacity"),
    *("stroke-linejoin", "stroke-linecap", "stroke-dasharray"),
    *("font-family", "font-size", "font-weight", "text-anchor"),
}


def atlas_of(
    tables: dict[str, pd.DataFrame] | None = None, *, scope: str = "140000", **keys: object
) -> Atlas:
    """Return the atlas of some tables, by default the sample's; `keys` are of geoplan.toml."""
    config = sample.project(Path(), **keys).config.model_copy(update={"scope": scope})
    shown = Shown(sample.tables() if tables is None else tables)
    made = items(shown)
    pages = every_page(shown, config, items=made)
    return Atlas(shown, config, made, pages, sample.AS_OF, "internal")


@cache
def atlas() -> Atlas:
    """Return the sample's atlas, made once."""
    return atlas_of()


def page(file: str, whole: Atlas | None = None) -> Page:
    """Return a page of an atlas."""
    pages = (whole or atlas()).pages
    return next(p for p in pages if p.file == f"{file}.html" and isinstance(p, Page))


def drawn(file: str, whole: Atlas | None = None, **how: object) -> str:
    """Return a sheet as SVG."""
    made = whole or atlas()
    return draw(made, page(file, made), how=Print(**how)).svg  # type: ignore[arg-type]


def texts(svg: str) -> list[str]:
    """Return the texts of a sheet, those with a halo once."""
    root = ElementTree.fromstring(svg)
    return [e.text or "" for e in root.iter(f"{SVG}text") if "stroke" not in e.attrib]


def points(data: str) -> Iterator[tuple[float, float]]:
    """Yield the points of the data of a path of ours."""
    x = y = 0.0
    for command, pair in re.findall(r"([MlLh])([-\d. ]+)", data):
        values = [float(v) for v in re.findall(r"-?\d*\.?\d+", pair)]
        dx, dy = values if len(values) == 2 else (values[0], 0.0)
        x, y = (dx, dy) if command in "ML" else (x + dx, y + dy)
        yield x, y


ALL = ["overview", "jinzhong", "energy", "corridor-108", "main-function-zone"]


@pytest.mark.parametrize("file", ALL)
@pytest.mark.parametrize("paper", ["A3", "A4"])
def test_a_sheet_holds_only_what_word_reads(file: str, paper: str) -> None:
    svg = drawn(file, paper=paper)
    root = ElementTree.fromstring(svg)
    assert {e.tag.removeprefix(SVG) for e in root.iter()} <= READ_BY_WORD
    assert {name for e in root.iter() for name in e.attrib} <= ATTRIBUTES
    assert "url(" not in svg
    assert root.attrib["width"].endswith("mm")
    assert root.attrib["viewBox"] == f"0 0 {root.attrib['width'][:-2]} {root.attrib['height'][:-2]}"
    assert len(svg.encode()) < BUDGET


@pytest.mark.parametrize("orientation", ["landscape", "portrait"])
@pytest.mark.parametrize("file", ["overview", "energy", "corridor-108"])
def test_nothing_lies_outside_the_paper_nor_the_map_outside_its_frame(
    file: str, orientation: str
) -> None:
    made = layout("A3", orientation)  # type: ignore[arg-type]
    root = ElementTree.fromstring(drawn(file, orientation=orientation))
    seen = 0
    for part in root.iter():
        places = [(float(part.get(a, "5")), float(part.get(b, "5"))) for a, b in (("x", "y"),)]
        places += list(points(part.get("d", "")))
        if "cx" in part.attrib:
            places.append((float(part.get("cx", "")), float(part.get("cy", ""))))
        for x, y in places:
            assert 0 <= x <= made.page.width
            assert 0 <= y <= made.page.height
        if part.get("stroke") == BORDERS["county"][0] and len(places) > 10:
            seen += 1
            box = made.map.inner(-0.02)
            assert all(box.x <= x <= box.right for x, _ in places[1:])
            assert all(box.y <= y <= box.bottom for _, y in places[1:])
    assert seen == 1


def test_the_scope_fills_the_map_at_a_round_scale() -> None:
    made = draw(atlas(), page("jinzhong"))
    base = base_of(atlas(), "140700", paper="A3", orientation="auto")
    assert (made.scale, made.size) == (750_000, (420, 297))
    assert base.frame.ground == 750
    whole = shapely.union_all([base.shapes[code] for code in base.inside])
    west, north, east, south = whole.bounds
    box = base.layout.map
    assert box.x + 2 <= west < east <= box.right - 2
    assert box.y + 2 <= north < south <= box.bottom - 2
    assert (west + east) / 2 == pytest.approx(box.x + box.width / 2, abs=0.2)
    # 16 311 km² on paper, to 1 %.
    area = sample.units().set_index("adcode")["area_km2"]["140700"]
    assert whole.area * 750**2 / 1e6 == pytest.approx(area, rel=0.01)
    assert "比例尺　1:750 000" in texts(made.svg)


def test_a_sheet_says_what_a_map_must_say() -> None:
    said = texts(drawn("jinzhong"))
    joined = "".join(said)
    for wanted in (
        *("晋中市规划图", "山西省规划图集", "密级：内部", "图例", "N", "统计范围：晋中市"),
        *("内部工作用图，未经地图审核，不得公开", "榆次区", "112°", "37°30′"),
        f"晋中市　时效判断日：{sample.AS_OF}",
        f"编制日期：{sample.MADE_ON}",
    ):
        assert wanted in said, wanted
    for wanted in ("中央经线 112.5°", "面积为椭球面积", "资料来源：《", "县域口径"):
        assert wanted in joined, wanted
    assert "编制单位" not in joined


def test_a_long_title_is_smaller_before_it_is_cut_off() -> None:
    for times, whole in ((2, True), (9, False)):
        long = "晋中市与太原市规划对照（2016—2020年）" * times
        entry = replace(page("overview"), title=(long, long))
        root = ElementTree.fromstring(draw(atlas(), entry).svg)
        bold = [e for e in root.iter(f"{SVG}text") if e.get("font-weight") == "700"]
        title = next(e for e in bold if (e.text or "").startswith("晋中市与"))
        assert (title.text == long) == whole
        assert 4 < float(title.get("font-size", "")) < 8.4


def test_what_the_configuration_says_stands_on_the_sheet() -> None:
    made = atlas_of(review_number="晋S（2026）001号", compiled_by="某规划院")
    said = "".join(texts(drawn("overview", made)))
    assert "审图号：晋S（2026）001号" in said
    assert "未经地图审核" not in said
    assert "编制单位：某规划院" in said


def test_figures_are_those_of_the_static_table() -> None:
    made = atlas()
    on = [item for item in made.items if item.key in page("jinzhong").on]
    rows = statics.rows_for(made, page("jinzhong"), own=on)
    told = statics.layer_rows(made, page("jinzhong"))
    assert rows
    assert all(row in told for row in rows)
    said = texts(drawn("jinzhong"))
    for row in rows:
        assert row.area in said
        assert row.share in said
        assert row.cls[0] in said


def test_english_sheets_are_english() -> None:
    said = texts(drawn("jinzhong", lang="en"))
    assert {"Planning map of 140700", "Legend", "Yuci District"} & set(said)
    assert "Legend" in said
    assert "图例" not in said
    assert "Scale　1:750 000" in said


def test_hostile_names_are_text() -> None:
    tables = sample.tables(attack=True)
    for table, column in (("units", "name"), ("layers", "title"), ("classes", "title")):
        tables[table] = tables[table].assign(**{column: f"{sample.ATTACK}\x07\ufffe"})
    made = atlas_of(tables)
    for entry in made.pages:
        svg = drawn(entry.file.removesuffix(".html"), made)
        root = ElementTree.fromstring(svg)  # else it is no XML at all
        assert {e.tag.removeprefix(SVG) for e in root.iter()} <= READ_BY_WORD
        assert "<img" not in svg
        assert "\x07" not in svg
    assert "&lt;img src=x" in svg


def test_a_map_without_items_says_so() -> None:
    empty = replace(page("energy"), on=(), also=())
    svg = draw(atlas(), empty).svg
    said = texts(svg)
    assert "当前没有显示的图层" in said
    assert "榆次区" in said
    assert "资料来源：某省界线，非法定界线编制日期" in "".join(said)
    assert "点位：某库" not in "".join(said)


def test_lists_are_hatched_with_lines_and_zones_filled() -> None:
    zones = ElementTree.fromstring(drawn("jinzhong"))
    fills = {e.get("fill") for e in zones.iter(f"{SVG}path") if e.get("fill-opacity")}
    assert "#e8923c" in fills
    coal = ElementTree.fromstring(drawn("energy"))
    strokes = [e for e in coal.iter(f"{SVG}path") if e.get("stroke") == "#355070"]
    assert strokes
    assert {e.get("fill") for e in strokes} == {"none"}


@pytest.mark.parametrize("number", range(5))
def test_hatches_stay_inside_and_cover_evenly(number: int) -> None:
    shape = shapely.Polygon([(0, 0), (40, 5), (35, 30), (20, 12), (3, 28)])
    data = hatch_data(shape, number)
    ends = list(points(data))
    lines = [shapely.LineString(pair) for pair in zip(ends[::2], ends[1::2], strict=True)]
    inside = shapely.buffer(shape, 0.02)
    assert all(inside.contains(line) for line in lines)
    # A line every 2.2 mm: their length times that is the area.
    assert sum(line.length for line in lines) * 2.2 == pytest.approx(shape.area, rel=0.08)


def test_hatches_of_neighbours_meet() -> None:
    left, right = shapely.box(0, 0, 11, 10), shapely.box(11, 0, 20, 10)
    both = hatch_data(shapely.union_all([left, right]), 2)
    ys = {round(y, 2) for _, y in points(both)}
    assert ys == {round(y, 2) for _, y in points(hatch_data(left, 2))}
    assert ys == {round(y, 2) for _, y in points(hatch_data(right, 2))}


def test_names_do_not_lie_on_one_another() -> None:
    for file, lang in (("overview", "zh"), ("jinzhong", "en")):
        svg = drawn(file, paper="A4", lang=lang)
        root = ElementTree.fromstring(svg)
        names = [e for e in root.iter(f"{SVG}text") if e.get("stroke") == "#ffffff"]
        boxes = []
        for e in names:
            size, length = float(e.get("font-size", "")), len(e.text or "")
            half = size * (1 if lang == "zh" else 0.5) * length / 2 * 0.9
            x, y = float(e.get("x", "")), float(e.get("y", ""))
            boxes.append(shapely.box(x - half, y - size * 0.75, x + half, y))
        assert len(boxes) > 10
        i, j = shapely.STRtree(boxes).query(boxes, predicate="intersects")
        pairs = [(names[a].text, names[b].text) for a, b in zip(i, j, strict=True) if a < b]
        assert not pairs


def test_large_units_are_named_first() -> None:
    said = texts(drawn("overview"))
    assert {"晋中市", "阳泉市"} <= set(said)
    assert said.index("晋中市") < said.index("左权县")


@pytest.mark.parametrize(
    ("value", "text"), [(112.5, "112°30′"), (38.0, "38°"), (111.75, "111°45′"), (37.05, "37°03′")]
)
def test_degrees_are_written_with_minutes(value: float, text: str) -> None:
    assert degree_text(value) == text


@pytest.mark.parametrize("scope", ["140000", "140300", "140700"])
def test_there_are_a_few_degrees_along_each_side(scope: str) -> None:
    made = atlas()
    svg = draw(made, replace(page("overview"), scope=scope)).svg
    found = [text for text in texts(svg) if re.fullmatch(r"\d+°(\d\d′)?", text)]
    for low, high in ((105, 120), (30, 45)):
        values = {text for text in found if low < int(text.partition("°")[0]) < high}
        assert 2 <= len(values) <= 8


def test_the_meridian_is_that_of_the_scope() -> None:
    tables = sample.tables()
    units = tables["units"].copy()
    units["geometry"] = shapely.transform(
        units["geometry"].to_numpy(), lambda at: np.add(at, (8.0, 0.0))
    )
    units["label_lon"] += 8.0
    tables["units"] = units
    said = "".join(texts(drawn("overview", atlas_of(tables))))
    assert "中央经线 120°" in said or "中央经线 121.5°" in said
    assert "112.5°" not in said


def long_content(count: int) -> Content:
    """Return what a sheet with `count` classes with long names shows."""
    content = content_of(atlas(), page("jinzhong"))
    first = content.rows[0]
    rows = [
        replace(first, cls=(f"第{n}类：名称很长的规划分区类别用于检验图例", f"Class {n}"))
        for n in range(count)
    ]
    return replace(content, rows=tuple(rows))


@pytest.mark.parametrize("orientation", ["landscape", "portrait"])
@pytest.mark.parametrize("count", [1, 12, 30, 60, 400])
def test_a_legend_stays_in_its_box_or_says_how_much_more_there_is(
    count: int, orientation: str
) -> None:
    made = atlas()
    content = long_content(count)
    base = base_of(made, "140700", paper="A4", orientation=orientation)  # type: ignore[arg-type]
    box = Box(10, 20, 54, 120) if orientation == "landscape" else Box(10, 20, 120, 62)
    signs = signs_of(made, base, content=content)
    parts = legend(content, signs=signs, box=box, base=base, pen=Pen("S", 0))
    root = ElementTree.fromstring(f'<svg xmlns="http://www.w3.org/2000/svg">{"".join(parts)}</svg>')
    sizes = set()
    for text in root.iter(f"{SVG}text"):
        assert box.x <= float(text.get("x", "")) <= box.right + 0.01
        assert box.y <= float(text.get("y", "")) <= box.bottom + 0.01, text.text
        sizes.add(float(text.get("font-size", "")))
    assert min(sizes) >= base.layout.sizes.small * LEAST - 0.01
    said = [e.text or "" for e in root.iter(f"{SVG}text")]
    shown = sum(bool(re.match(r"第\d+类", text)) for text in said)
    more = [int(m[1]) for text in said if (m := re.match(r"另有 (\d+) 类", text))]
    assert shown + sum(more) == count
    assert bool(more) == (shown < count)
    assert count < 400 or more


def test_the_same_sheet_twice_is_the_same_text() -> None:
    assert drawn("overview", atlas_of()) == drawn("overview", atlas_of())


def test_sheets_of_a_project_know_their_language_and_paper(tmp_path: Path) -> None:
    project: Project = sample.project(tmp_path)
    made = sheets(sample.tables(), project=project, as_of=sample.AS_OF)
    assert list(made)[:2] == ["overview", "jinzhong"]
    small = made["jinzhong"](Print(paper="A4", orientation="portrait", lang="en"))
    assert small.size == (210, 297)
    assert made["jinzhong"](Print()).size == (420, 297)
    assert small.scale > made["jinzhong"](Print()).scale


def test_published_sheets_are_those_of_their_pages(atlas: Path) -> None:
    for file in ALL:
        svg = (atlas / f"print/{file}.svg").read_text("utf-8")
        title = re.search(r"<title>(.*?)</title>", svg)
        assert title is not None
        assert f">{title[1]}<" in (atlas / f"{file}.html").read_text("utf-8")


def test_a_hostile_sheet_is_still_xml(hostile: Path) -> None:
    for file in ALL:
        ElementTree.parse(hostile / f"print/{file}.svg")


@pytest.mark.parametrize(
    ("value", "text"), [(0, "0"), (-0.001, "0"), (1.5, "1.5"), (-12.345, "-12.35"), (2, "2")]
)
def test_numbers_are_short(value: float, text: str) -> None:
    assert number(value) in (text, text.replace("35", "34"))


def test_pieces_of_svg() -> None:
    assert fixed(-105, 2) == "-1.05"
    assert clean('a<b>&"\x00\x0b\ud800') == "a&lt;b&gt;&amp;&quot;"
    assert element("g", stroke_width=0.5, fill=None) == '<g stroke-width="0.5"/>'
    assert element("text", "<", x=1) == '<text x="1">&lt;</text>'
    square = shapely.box(0, 0, 1, 1)
    assert area_data([square], decimals=1) == "M1 0l0 1l-1 0l0-1Z"
    line = shapely.LineString([(0, 0), (0.004, 0), (1, 1)])
    assert line_data([shapely.GeometryCollection([line, square])], decimals=2) == "M0 0l1 1"
    assert line_data([shapely.LineString()], decimals=2) == ""
