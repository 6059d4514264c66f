"""The sheet of paper in a browser: its furniture, its scale, its map."""

from __future__ import annotations

import re
from itertools import combinations, product
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

import pyproj
import shapely

from geoplan import crs
from tests.browser.conftest import Open
from tests.browser.paper import MM, PAPERS, ask, box, inside, laid, meet
from tests.publish import sample

pytestmark = pytest.mark.browser

PARTS = (".p-title", ".p-map", ".p-legend", ".p-north", ".p-ratio", ".p-notes")
STEPS = (1, 1.25, 1.5, 2, 2.5, 3, 3.5, 4, 5, 6, 7.5, 8)
CASES = (("overview", ""), ("jinzhong", "#140729"), ("energy", ""), ("jinzhong", "#lang=en"))
SHEETS = list(product(PAPERS, ("landscape", "portrait"), CASES))


def denominator(page: Page) -> int:
    text = page.locator(".p-numeric").inner_text()
    return int(re.sub(r"\s", "", text.removeprefix("1:")))


def extent(codes: list[str]) -> tuple[float, float]:
    """Return width and height in metres of counties in the projection of print."""
    shapes = sample.units().set_index("adcode").loc[codes].geometry.to_crs(crs.print_crs(112.5))
    west, south, east, north = shapes.total_bounds
    return east - west, north - south


@pytest.mark.parametrize(("paper", "way", "case"), SHEETS)
def test_a_sheet_has_its_furniture_and_its_scale(
    atlas: Path, opened: Open, paper: str, way: str, case: tuple[str, str]
) -> None:
    page = opened(atlas / f"{case[0]}.html", case[1])
    laid(page, paper=paper, way=way)
    check_furniture(page, paper, way)
    check_scale(page)


def check_furniture(page: Page, paper: str, way: str) -> None:
    """Check that the furniture lies on the paper and no part on another."""
    long, short = PAPERS[paper]
    width, height = (long, short) if way == "landscape" else (short, long)
    sheet = box(page, ".paper")
    assert sheet[2:] == pytest.approx((width, height), abs=0.2)
    boxes = {part: box(page, part) for part in PARTS}
    # Nothing may need more room than its box has.
    for part in (*PARTS, ".p-side", ".p-columns", ".p-key"):
        over = page.locator(f"#printing {part}").evaluate(
            "n => [n.scrollWidth - n.clientWidth, n.scrollHeight - n.clientHeight]"
        )
        assert max(over) <= 1 or part == ".p-map", part
    for part, place in boxes.items():
        assert place[2] - place[0] > 5, part
        assert inside(place, (5, 5, width - 5, height - 5)), part
    for one, other in combinations(PARTS, 2):
        assert not meet(boxes[one], boxes[other]), (one, other)
    review = box(page, ".p-review")
    assert inside(review, boxes[".p-map"])
    assert review[0] - boxes[".p-map"][0] < 3
    assert boxes[".p-map"][3] - review[3] < 3
    for hidden in (".ask", "#panel", "#legend", "#plate", ".bar"):
        expect(page.locator(hidden).first).to_be_hidden()


def check_scale(page: Page) -> None:
    """Check that the scale is round and what the map has."""
    scale = denominator(page)
    step = scale / 10 ** int(np.log10(scale))
    assert step in STEPS
    places = sample.units().set_index("adcode").loc[["140729", "140721"]]
    at = places[["label_lon", "label_lat"]].to_numpy().tolist()
    pixels = page.evaluate(
        "all => all.map(([x, y]) => { const p = map_atlas.latLngToContainerPoint([y, x]);"
        " return [p.x, p.y]; })",
        at,
    )
    on_paper = np.hypot(*np.subtract(*pixels)) / MM / 1000
    ground = pyproj.Geod(ellps="GRS80").inv(*at[0], *at[1])[2]
    assert on_paper * scale == pytest.approx(ground, rel=1e-3)
    bar = page.locator(".p-bar")
    left, _, right, _ = box(page, ".p-bar")
    km = float(bar.get_attribute("data-km") or 0)
    assert (right - left) / 1e6 * scale == pytest.approx(km, rel=2e-3)
    assert 15 < right - left < 50
    assert page.locator(".p-numbers span").last.inner_text() == f"{km:g}"


@pytest.mark.parametrize("paper", PAPERS)
def test_the_map_is_as_large_as_its_frame_allows(atlas: Path, opened: Open, paper: str) -> None:
    page = opened(atlas / "jinzhong.html", "#140729")
    ask(page, paper=paper, range="county")
    page.emulate_media(media="print")
    scale = denominator(page)
    left, top, right, bottom = box(page, ".p-map")
    drawn = box(page, ".folium-map path.chosen")
    wide, high = extent(["140729"])
    assert drawn[2] - drawn[0] == pytest.approx(wide / scale * 1000, abs=0.1)
    assert drawn[3] - drawn[1] == pytest.approx(high / scale * 1000, abs=0.1)
    assert inside(drawn, (left, top, right, bottom))
    # One step more would not fit, or would be finer than the borders allow.
    below = [round(s * 10**p) for p in range(4, 8) for s in STEPS if s * 10**p < scale]
    larger = max(below)
    fits = wide * 1.12 / larger * 1000 < right - left and high * 1.12 / larger * 1000 < bottom - top
    assert not fits or larger < 192_000


def test_automatic_takes_the_way_that_shows_more(atlas: Path, opened: Open) -> None:
    page = opened(atlas / "jinzhong.html")
    found = {}
    for way in ("landscape", "portrait", "auto"):
        ask(page, way=way)
        found[way] = denominator(page)
    assert found["landscape"] < found["portrait"]
    assert found["auto"] == found["landscape"]
    expect(page.locator("#printing .paper")).to_have_class(re.compile("landscape"))


def test_a_coarser_scale_may_be_chosen(atlas: Path, opened: Open) -> None:
    page = opened(atlas / "jinzhong.html")
    ask(page)
    first = denominator(page)
    offered = page.locator('[data-key="scale"] option').evaluate_all("all => all.map(o => o.value)")
    assert offered[0] == "0"
    assert sorted(map(int, offered[1:])) == [int(n) for n in offered[1:]]
    ask(page, scale=offered[2])
    assert denominator(page) == int(offered[2]) > first
    # What no longer fits gives way to what does.
    ask(page, paper="A3")
    assert denominator(page) in (int(offered[2]), *map(int, offered))


def test_the_view_on_screen_is_what_is_printed(atlas: Path, opened: Open) -> None:
    page = opened(atlas / "jinzhong.html")
    page.evaluate("map_atlas.setView([37.3, 113.0], 9.5, {animate: false})")
    seen = page.evaluate("map_atlas.getBounds().toBBoxString()")
    ask(page, range="view")
    shown = page.evaluate("map_atlas.getBounds().toBBoxString()")
    west, south, east, north = (float(x) for x in seen.split(","))
    printed = [float(x) for x in shown.split(",")]
    assert printed[0] < west < east < printed[2]
    assert printed[1] < south < north < printed[3]
    assert (printed[2] + printed[0]) / 2 == pytest.approx((west + east) / 2, abs=0.02)


def test_the_outline_does_not_run_below_the_review_line(atlas: Path, opened: Open) -> None:
    page = opened(atlas / "overview.html")
    for paper, way in product(PAPERS, ("landscape", "portrait")):
        ask(page, paper=paper, way=way)
        points = page.evaluate(
            """() => {
                const at = document.querySelector('.p-review').getBoundingClientRect();
                const path = document.querySelector('.province-line');
                const to = path.getScreenCTM();
                let found = 0;
                for (let i = 0; i < path.getTotalLength(); i += 2) {
                    const p = path.getPointAtLength(i).matrixTransform(to);
                    found += p.x > at.left && p.x < at.right && p.y > at.top && p.y < at.bottom;
                }
                return found;
            }"""
        )
        assert points == 0, (paper, way)


def test_borders_are_finer_than_a_pixel(atlas: Path, opened: Open) -> None:
    page = opened(atlas / "jinzhong.html")
    path = page.locator(".folium-map path.county-line")
    whole = path.get_attribute("d") or ""
    assert "." not in whole
    ask(page)
    assert re.search(r"\d\.\d", path.get_attribute("d") or "")
    page.keyboard.press("Escape")
    assert "." not in (path.get_attribute("d") or ".")


def test_names_lie_within_the_frame_and_apart(atlas: Path, opened: Open) -> None:
    page = opened(atlas / "overview.html")
    laid(page, paper="A4")
    frame = box(page, ".p-map")
    rows = page.locator(".paper .name b:visible").evaluate_all(
        "all => all.map(n => { const r = n.getBoundingClientRect();"
        " return [r.left, r.top, r.right, r.bottom]; })"
    )
    places = [shapely.box(*(value / MM for value in row)) for row in rows]
    assert len(places) > 10
    assert all(shapely.box(*frame).contains(place) for place in places)
    for one, other in combinations(places, 2):
        assert one.intersection(other).area < 0.25 * min(one.area, other.area)


def test_degrees_are_where_they_say(atlas: Path, opened: Open) -> None:
    page = opened(atlas / "jinzhong.html")
    laid(page, paper="A3", way="landscape")
    texts = page.locator(".p-neat text").all_inner_texts()
    assert 6 <= len(texts) <= 32
    marks = page.evaluate(
        """() => [...document.querySelectorAll('.p-neat path')].map((path, i) => {
            const p = path.getPointAtLength(0), mm = 96 / 25.4;
            const at = map_atlas.containerPointToLatLng([p.x * mm, p.y * mm]);
            return [at.lng, at.lat, document.querySelectorAll('.p-neat text')[i].textContent];
        })"""
    )
    assert len(marks) == len(texts)
    for lng, lat, text in marks:
        degrees, _, minutes = text.rstrip("′").partition("°")
        value = int(degrees) + int(minutes or 0) / 60
        assert min(abs(lng - value), abs(lat - value)) < 1e-3
