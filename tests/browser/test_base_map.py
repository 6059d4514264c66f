"""The base map: no request before it is switched on, and then of its own host only."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from geoplan.base_map import BaseMap
from geoplan.publish import publish
from tests.browser.conftest import NARROW, WIDE, Open
from tests.browser.steps import click_county, drawn
from tests.publish import sample

pytestmark = pytest.mark.browser

TILE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
SHIFT = (
    "() => [[112.5, 37.5], [113.4, 37.3], [111.8, 36.8]].map(([x, y]) => {"
    " const p = map_atlas.latLngToContainerPoint([y, x]); return [p.x, p.y]; })"
)

Tiled = Callable[..., tuple[Page, list[str]]]


@pytest.fixture(scope="module")
def tiled_atlas(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tiled")
    base = BaseMap(
        kind="tiles", url="http://tiles.lan/{z}/{x}/{y}.png", notice="某院影像 <b>甲</b>"
    )
    project = sample.project(folder, base_map=base)
    publish(sample.tables(), project=project, out=folder, as_of=sample.AS_OF)
    return folder


@pytest.fixture
def tiled(browser: Browser, tiled_atlas: Path) -> Iterator[Tiled]:
    """Open a page on a network where only the tiles answer, or nothing does."""
    contexts = []

    def open_page(*, works: bool = True, size: tuple[int, int] = WIDE) -> tuple[Page, list[str]]:
        context = browser.new_context(viewport={"width": size[0], "height": size[1]})
        contexts.append(context)
        asked: list[str] = []

        def answer(route: Route) -> None:
            asked.append(route.request.url)
            if works:
                route.fulfill(body=TILE, content_type="image/png")
            else:
                route.abort()

        context.route(lambda url: not url.startswith(("file:", "data:")), answer)
        page = context.new_page()
        page.goto((tiled_atlas / "jinzhong.html").as_uri())
        page.wait_for_selector("body.ready")
        return page, asked

    yield open_page
    for context in contexts:
        context.close()


def test_without_one_there_is_no_switch(atlas: Path, opened: Open) -> None:
    page = opened(atlas / "jinzhong.html")
    expect(page.locator("#base-map")).to_be_hidden()


def test_nothing_is_asked_before_the_switch_and_then_only_its_host(tiled: Tiled) -> None:
    page, asked = tiled()
    page.mouse.move(700, 400)
    page.mouse.wheel(0, 240)
    click_county(page, "140702")
    page.wait_for_timeout(300)
    assert asked == []
    expect(page.locator("#base-notice")).to_be_hidden()
    page.click("#base-map")
    page.wait_for_selector(".leaflet-tile-loaded")
    assert asked
    assert all(url.startswith("http://tiles.lan/") for url in asked)
    expect(page.locator("#base-map")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#base-notice")).to_have_text("底图：某院影像 <b>甲</b>")
    expect(page.locator("#status")).to_contain_text("Web 墨卡托投影")
    expect(page.locator("#scale")).to_contain_text("约 1:")
    expect(page.locator("#toast")).to_be_hidden()


def test_the_map_lies_on_its_tiles_and_comes_back(tiled: Tiled) -> None:
    page, _ = tiled()
    before = page.evaluate(SHIFT)
    shapes = page.locator("path.item").first.get_attribute("d")
    items = drawn(page)
    page.click("#base-map")
    assert page.evaluate("map_atlas.options.crs.code") == "EPSG:3857"
    over = page.evaluate(SHIFT)
    assert over != before
    assert page.locator("path.item").first.get_attribute("d") != shapes
    # A tile's corner is where Web Mercator says, and so is a county under it.
    gap = page.evaluate(
        "() => { const zoom = map_atlas.getZoom(), crs = L.CRS.EPSG3857,"
        " at = (y, x) => crs.latLngToPoint(L.latLng(y, x), zoom),"
        " a = at(37.5, 112.5), b = at(36.8, 111.8);"
        " return [b.x - a.x, b.y - a.y]; }"
    )
    assert [over[2][0] - over[0][0], over[2][1] - over[0][1]] == pytest.approx(gap, abs=1)
    click_county(page, "140725")
    expect(page.locator("#panel h2")).to_have_text("寿阳县")
    page.click("#panel .close")
    page.click("#base-map")
    assert page.evaluate("map_atlas.options.crs.code") == "geoplan:gauss-krueger"
    assert page.evaluate(SHIFT) == [pytest.approx(at, abs=1.5) for at in before]
    assert drawn(page) == items
    expect(page.locator("#status")).to_contain_text("中央经线 112.5°")
    expect(page.locator("#base-notice")).to_be_hidden()


def test_land_gives_way_to_the_base_map(tiled: Tiled) -> None:
    page, _ = tiled()
    land = "getComputedStyle(document.querySelector('.leaflet-p-base-pane')).display"
    assert page.evaluate(land) == "block"
    page.click("#base-map")
    assert page.evaluate(land) == "none"
    opacity = "getComputedStyle(document.querySelector('.leaflet-p-fills-pane')).opacity"
    assert float(page.evaluate(opacity)) == pytest.approx(0.6)


def test_where_tiles_do_not_come_the_page_says_so_once(tiled: Tiled) -> None:
    page, asked = tiled(works=False)
    page.click("#base-map")
    expect(page.locator("#toast")).to_have_text("底图无法加载，规划内容不受影响")
    assert asked
    click_county(page, "140702")
    expect(page.locator("#panel h2")).to_have_text("榆次区")
    page.click("#base-map")
    expect(page.locator("#toast")).to_be_hidden()


def test_print_has_no_base_map(tiled: Tiled) -> None:
    page, _ = tiled()
    page.click("#base-map")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    expect(page.locator("#base-map")).to_have_attribute("aria-pressed", "false")
    assert page.evaluate("map_atlas.options.crs.code") == "geoplan:gauss-krueger"
    assert page.locator(".leaflet-tile").count() == 0


def test_narrow_screens_have_the_switch_too(tiled: Tiled) -> None:
    page, asked = tiled(size=NARROW)
    page.click('#tabs [data-sheet="more"]')
    page.click("#base-map")
    expect(page.locator("#tools")).to_be_hidden()
    expect(page.locator("#base-notice")).to_be_visible()
    page.wait_for_selector(".leaflet-tile-loaded")
    assert asked
