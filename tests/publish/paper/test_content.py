"""What sheets show of listed maps: views, outlines, stops, towns, counts, states."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from xml.etree import ElementTree

from geoplan.publish.atlas import Atlas
from geoplan.publish.pages import Page
from geoplan.publish.paper.content import STOP, Mark, beside_names, content_of
from geoplan.publish.paper.drawn import draw
from geoplan.publish.paper.ground import GREY, OUT_GROUND
from geoplan.publish.paper.lines import lines_of
from geoplan.publish.paper.names import height_of_mark, width_of_mark
from tests.publish import listed

SVG = "{http://www.w3.org/2000/svg}"


@cache
def made() -> tuple[Atlas, dict[str, Page]]:
    return listed.atlas_of(listed.tables())


def sheet(file: str, **changes: object) -> ElementTree.Element:
    atlas, pages = made()
    return ElementTree.fromstring(
        draw(atlas, replace(pages[file], **changes)).svg  # type: ignore[arg-type]
    )


def said(root: ElementTree.Element) -> list[str]:
    return [e.text or "" for e in root.iter(f"{SVG}text")]


def test_a_count_fills_its_counties_and_writes_their_numbers() -> None:
    atlas, pages = made()
    content = content_of(atlas, pages["counts.html"])
    assert content.view is not None
    numbers = {code: beside.marks for code, beside in beside_names(atlas, content).items()}
    assert numbers == {
        code: (Mark(str(n), "#ffffff", "number"),) for code, n in content.view.numbers.items()
    }
    root = sheet("counts.html")
    fills = {e.get("fill") for e in root.iter(f"{SVG}path")}
    used = {content.view.bands[at].colour for at in content.view.of.values()}
    assert {band.colour for band in content.view.bands if not band.out} & used <= fills | {
        "#fdfcf8"
    }
    assert OUT_GROUND in fills
    texts = said(root)
    assert all(str(n) in texts for n in content.view.numbers.values())
    assert "《旧规划》" in "".join(texts)


def test_the_legend_of_a_count_has_numbers_of_counties_and_no_areas() -> None:
    atlas, pages = made()
    content = content_of(atlas, pages["counts.html"])
    lines = lines_of(content, lang=0)
    assert lines[0].text.startswith("《旧规划》（")
    told = " ".join(text for line in lines for text in (line.text, *line.figures))
    assert re.search(r"\d+ 个县", told)
    assert not re.search(r"\d\.\d|%", told)
    assert "不计面积" in lines[-1].text


def test_a_map_in_detail_has_its_outline_stops_and_names() -> None:
    atlas, pages = made()
    page = pages["corridor-108.html"]
    content = content_of(atlas, page)
    beside = beside_names(atlas, content)
    assert [beside[code].stop for code in listed.STOPS] == [1, 2, 3]
    root = sheet("corridor-108.html")
    stops = [e for e in root.iter(f"{SVG}circle") if e.get("fill") == STOP]
    assert len(stops) == 2 * len(listed.STOPS)
    assert "轴线途经次序：1" in "".join(said(root))
    outlined = next(item for item in atlas.items if item.key in content.outline)
    shown = sheet("corridor-108.html", on=(outlined.key,))
    colour = atlas.colours[outlined.cls]
    paths = [e for e in shown.iter(f"{SVG}path") if e.get("stroke") == colour]
    assert [e.get("fill") for e in paths] == ["none"]
    assert colour not in {e.get("fill") for e in shown.iter(f"{SVG}path")}


def test_towns_stand_below_their_county_in_the_place_of_their_count() -> None:
    atlas, pages = made()
    page = pages["corridor-108.html"]
    content = content_of(atlas, replace(page, on=page.named))
    beside = beside_names(atlas, content)
    named = {code: made for code, made in beside.items() if made.lines}
    assert named
    for found in named.values():
        assert found.marks
        assert found.fewer == ()
    assert not any(content.hatched(row) for row in content.rows)
    texts = said(sheet("corridor-108.html", on=page.named))
    assert any(text[0] in texts for found in named.values() for text, _ in found.lines)


def test_states_are_grey_and_dotted_and_stand_in_the_legend() -> None:
    atlas, pages = made()
    page = replace(pages["overview.html"], on=("coal-new|coal|list",))
    content = content_of(atlas, page)
    assert len(content.counties_of("dots")) == len(content.states) - 2
    root = sheet("overview.html", on=page.on)
    dots = [e for e in root.iter(f"{SVG}path") if e.get("stroke") == "#a9afb2"]
    assert dots
    assert "未涂色的县（市、区）" in said(root)
    grey = replace(content, states=dict.fromkeys(content.states, "out_of_scope"))
    assert grey.counties_of("grey") == list(content.states)
    assert "不在规划范围" in [line.text for line in lines_of(grey, lang=0)]
    assert GREY not in {e.get("fill") for e in root.iter(f"{SVG}path")}


def test_several_reasons_for_dots_are_told_apart() -> None:
    atlas, pages = made()
    content = content_of(atlas, replace(pages["overview.html"], on=("coal-new|coal|list",)))
    mixed = replace(content, states={"a": "said", "b": "no_data", "c": "said"})
    line = next(line for line in lines_of(mixed, lang=0) if line.sign == "dots")
    assert line.text == "资料缺失\n仅有表述 2，资料缺失 1"
    assert line.figures == ("", "3 个县")


def test_marks_are_as_large_as_what_they_say() -> None:
    small, large = Mark("", "#123456", "round"), Mark("12", "#123456", "round")
    assert width_of_mark(small) < width_of_mark(large)
    assert height_of_mark(small) < height_of_mark(large)


def test_what_is_said_of_a_map_goes_with_it_to_paper() -> None:
    atlas, pages = made()
    page = pages["counts.html"]
    assert page.shows is not None
    assert page.shows.note is not None
    assert content_of(atlas, page).caveat == page.shows.note
    assert page.shows.note[0][:8] in "".join(said(sheet("counts.html")))
