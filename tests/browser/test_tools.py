"""Tools of the screen: fill strength, measuring, coordinates."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

import pyproj

from tests.browser.conftest import NARROW, Open
from tests.browser.steps import click_county

pytestmark = pytest.mark.browser

GEOD = pyproj.Geod(ellps="GRS80")
RING = [(112.6, 37.7), (113.3, 37.6), (113.1, 37.0)]


@pytest.fixture
def page(atlas: Path, opened: Open) -> Page:
    return opened(atlas / "jinzhong.html")


def on_screen(page: Page, lon: float, lat: float) -> tuple[float, float]:
    x, y = page.evaluate(
        "([x, y]) => { const p = map_atlas.latLngToContainerPoint([y, x]);"
        " const r = map_atlas.getContainer().getBoundingClientRect();"
        " return [p.x + r.left, p.y + r.top]; }",
        [lon, lat],
    )
    return x, y


def click_at(page: Page, *places: tuple[float, float]) -> None:
    for lon, lat in places:
        page.mouse.click(*on_screen(page, lon, lat))


def figure(page: Page) -> float:
    text = page.locator("#gauge .figure").inner_text()
    found = re.match(r"[\d.]+", text)
    assert found, text
    return float(found[0])


def opacity(page: Page, pane: str) -> float:
    style = f"getComputedStyle(document.querySelector('.leaflet-p-{pane}-pane')).opacity"
    return float(page.evaluate(style))


def test_fills_get_weaker_by_keyboard_and_the_address_keeps_it(page: Page) -> None:
    page.focus("#fill")
    for _ in range(8):
        page.keyboard.press("ArrowLeft")
    assert opacity(page, "fills") == opacity(page, "hatches") == pytest.approx(0.6)
    assert opacity(page, "borders") == opacity(page, "names") == 1
    expect(page.locator(".fill output")).to_have_text("60%")
    assert page.evaluate("location.hash") == "#fill=60"
    page.keyboard.press("Home")
    assert opacity(page, "fills") == pytest.approx(0.1)
    page.keyboard.press("End")
    assert page.evaluate("location.hash") == ""


@pytest.mark.parametrize(
    ("asked", "shown"), [("30", 0.3), ("5", 0.1), ("500", 1), ("x", 1), ("", 1), ("<b>", 1)]
)
def test_the_address_sets_the_strength_within_bounds(
    atlas: Path, opened: Open, asked: str, shown: float
) -> None:
    page = opened(atlas / "overview.html", f"#fill={asked}")
    assert opacity(page, "fills") == pytest.approx(shown)
    page.evaluate("location.hash = '140702&fill=40'")
    expect(page.locator(".fill output")).to_have_text("40%")
    link = page.locator(".bar a.brand").get_attribute("href")
    assert link is not None


def test_a_length_is_that_of_the_geodesic(page: Page) -> None:
    page.click("#measure-length")
    click_at(page, RING[0])
    page.mouse.move(*on_screen(page, *RING[1]))
    moving = figure(page)
    click_at(page, RING[1], RING[2])
    x, y = zip(*RING, strict=True)
    assert figure(page) == pytest.approx(GEOD.line_length(x, y) / 1000, rel=0.01)
    assert moving == pytest.approx(GEOD.line_length(x[:2], y[:2]) / 1000, rel=0.01)
    expect(page.locator("#gauge")).to_contain_text("椭球面")
    expect(page.locator("#panel")).to_be_hidden()
    expect(page.locator("path.measure-point")).to_have_count(3)


def test_an_area_follows_the_unit_switch_and_ends_by_double_click(page: Page) -> None:
    page.click("#measure-area")
    click_at(page, *RING[:2])
    page.mouse.dblclick(*on_screen(page, *RING[2]))
    expect(page.locator("path.measure-point")).to_have_count(3)
    expect(page.locator("#gauge .finish")).to_be_disabled()
    x, y = zip(*RING, strict=True)
    square, _ = GEOD.polygon_area_perimeter(x, y)
    km2 = figure(page)
    assert km2 == pytest.approx(abs(square) / 1e6, rel=0.02)
    for unit, factor, word in (("ha", 100, "公顷"), ("10k_mu", 0.15, "万亩"), ("mu", 1500, "亩")):
        page.select_option("#measure", unit)
        assert figure(page) == pytest.approx(km2 * factor, rel=1e-3)
        expect(page.locator("#gauge .figure")).to_have_text(re.compile(rf"^[\d.]+ {word}$"))
    page.click("#language")
    expect(page.locator("#gauge")).to_contain_text("ellipsoid")
    page.mouse.move(*on_screen(page, 112.0, 37.0))
    assert figure(page) == pytest.approx(km2 * 1500, rel=1e-3)


def test_edges_that_cross_give_words_and_no_number(page: Page) -> None:
    page.click("#measure-area")
    click_at(page, (112.4, 37.6), (113.0, 37.2), (113.0, 37.6), (112.4, 37.2))
    expect(page.locator("#gauge .figure")).to_have_text("边线相交")
    page.keyboard.press("Backspace")
    expect(page.locator("path.measure-point")).to_have_count(3)
    assert figure(page) > 100


def test_keys_take_back_end_and_clear(page: Page) -> None:
    page.click("#measure-length")
    click_at(page, *RING)
    page.keyboard.press("Backspace")
    expect(page.locator("path.measure-point")).to_have_count(2)
    page.keyboard.press("Enter")
    expect(page.locator("#gauge .finish")).to_be_disabled()
    ended = figure(page)
    page.mouse.move(*on_screen(page, 112.0, 37.2))
    assert figure(page) == ended
    click_at(page, RING[2])
    expect(page.locator("path.measure-point")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator("path.measure-point")).to_have_count(0)
    expect(page.locator("#gauge")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#gauge")).to_be_hidden()
    click_county(page, "140702")
    expect(page.locator("#panel h2")).to_have_text("榆次区")


def test_points_come_from_the_keyboard_too(page: Page) -> None:
    page.click("#measure-length")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(400)
    page.keyboard.press("Space")
    assert figure(page) > 5


def test_a_finger_measures(atlas: Path, browser: Browser) -> None:
    width, height = NARROW
    viewport = {"width": width, "height": height}
    context = browser.new_context(viewport=viewport, offline=True, has_touch=True, is_mobile=True)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto((atlas / "jinzhong.html").as_uri())
    page.wait_for_selector("body.ready")
    page.locator('#tabs [data-sheet="more"]').tap()
    page.locator("#measure-length").tap()
    expect(page.locator("#tools")).to_be_hidden()
    for at in ((120, 420), (240, 520), (150, 600)):
        page.touchscreen.tap(*at)
        page.wait_for_timeout(350)
    expect(page.locator("path.measure-point")).to_have_count(3)
    page.locator("#gauge .finish").tap()
    expect(page.locator("#gauge .finish")).to_be_disabled()
    assert figure(page) > 10
    expect(page.locator("body")).not_to_have_attribute("data-sheet", "panel")
    context.close()


def test_coordinates_are_given_in_metres_as_surveyors_write_them(page: Page) -> None:
    lon, lat = 112.7, 37.4
    page.mouse.click(*on_screen(page, lon, lat), button="right")
    place = page.locator(".place")
    expect(place).to_contain_text("中央经线 112.5°")
    found = re.search(r"X (\d+)\s+Y (\d+) 米", place.inner_text())
    assert found is not None
    forward = pyproj.Transformer.from_crs(
        "EPSG:4490", "+proj=tmerc +lon_0=112.5 +x_0=500000 +ellps=GRS80", always_xy=True
    )
    east, north = forward.transform(lon, lat)
    assert int(found[1]) == pytest.approx(north, abs=500)
    assert int(found[2]) == pytest.approx(east, abs=500)
    expect(place).to_contain_text(re.compile(r"112°4[12]′\d\d″E 37°2[34]′\d\d″N"))
    expect(place).to_contain_text("晋中市")
    place.get_by_role("button", name="关闭").click()
    expect(place).to_have_count(0)


def test_coordinates_are_copied(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.mouse.click(*on_screen(page, 112.7, 37.4), button="right")
    page.click(".place .copy")
    expect(page.locator(".place .copy")).to_have_text("已复制")
    text = page.evaluate("navigator.clipboard.readText()")
    assert re.search(r"112\.[67]\d{3}°E 37\.[34]\d{3}°N\n.*\nX \d{7}  Y \d{6} 米\nCGCS2000", text)


def test_the_pointer_has_metres_beside_degrees(page: Page) -> None:
    page.mouse.move(700, 400)
    expect(page.locator("#pointer")).to_have_text(re.compile(r"°N　X \d{7}  Y \d{6} 米$"))
    expect(page.locator("#pointer")).to_have_attribute("title", re.compile("中央经线 112.5°"))


def test_a_place_outside_the_scope_is_named_too(page: Page) -> None:
    row = page.evaluate("GEOPLAN.units.filter(u => u.c === '140311')[0].xy")
    page.evaluate("([x, y]) => map_atlas.setView([y, x], 9, {animate: false})", row)
    page.mouse.click(*on_screen(page, *row), button="right")
    expect(page.locator(".place")).to_contain_text("阳泉市郊区")
