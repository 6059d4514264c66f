"""Keyboard, screen readers, small screens: every tool can be reached and says what it is."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import NARROW, WIDE, Open
from tests.browser.steps import bounds

pytestmark = pytest.mark.browser

SMALL = """least => [...document.querySelectorAll(
        'button, select, input[type=search], input[type=range]')]
    .filter(node => node.getClientRects().length)
    .filter(node => getComputedStyle(node).visibility === 'visible')
    .map(node => [node.id || node.className || node.textContent, node.getBoundingClientRect()])
    .filter(([, r]) => r.width < least || r.height < least)
    .map(([name, r]) => `${name} ${r.width}×${r.height}`)"""


def test_a_county_is_picked_at_the_middle_of_the_map(atlas: Path, opened: Open) -> None:
    page = opened(atlas / "jinzhong.html")
    page.evaluate("map_atlas.setView([37.07, 112.85], 9, {animate: false})")
    expect(page.locator("#cross")).to_be_hidden()
    page.focus("#map_atlas")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#cross")).to_be_visible()
    expect(page.locator("#live")).to_have_text("榆社县")
    page.keyboard.press("Enter")
    expect(page.locator("#panel h2")).to_have_text("榆社县")
    expect(page.locator("#live")).to_contain_text("榆社县，面积")
    expect(page.locator("#panel")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#map_atlas")).to_be_focused()
    page.mouse.click(700, 650)
    expect(page.locator("#cross")).to_be_hidden()


def test_the_map_says_how_it_is_used(atlas: Path, opened: Open) -> None:
    page = opened(atlas / "jinzhong.html")
    box = page.locator("#map_atlas")
    expect(box).to_have_attribute("role", "application")
    expect(box).to_have_attribute("aria-describedby", "map-help")
    expect(page.locator("#map-help")).to_contain_text("方向键移动")
    expect(box).to_have_attribute("tabindex", "0")


@pytest.mark.parametrize(("size", "least"), [(WIDE, 24), (NARROW, 40), ((360, 640), 40)])
def test_controls_are_large_enough(
    atlas: Path, opened: Open, size: tuple[int, int], least: int
) -> None:
    page = opened(atlas / "jinzhong.html", "#140729", size=size)
    assert page.evaluate(SMALL, least) == []
    if size != WIDE:
        for sheet in ("layers", "legend", "more"):
            page.click(f'#tabs [data-sheet="{sheet}"]')
            assert page.evaluate(SMALL, least) == []


@pytest.mark.parametrize("size", [NARROW, (360, 640)])
def test_every_tool_is_reached_on_narrow_screens(
    atlas: Path, opened: Open, size: tuple[int, int]
) -> None:
    page = opened(atlas / "jinzhong.html", size=size)
    for tool in ("measure-length", "measure-area", "full", "print"):
        expect(page.locator(f"#{tool}")).to_be_hidden()
    page.click('#tabs [data-sheet="more"]')
    for tool in ("measure-length", "measure-area", "full", "print"):
        expect(page.locator(f"#{tool}")).to_be_visible()
        box = bounds(page, f"#{tool}")
        top = page.evaluate(
            "([x, y]) => document.elementFromPoint(x, y).closest('button').id",
            [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2],
        )
        assert top == tool
    page.click('#tabs [data-sheet="layers"]')
    expect(page.locator("#fill")).to_be_visible()


@pytest.mark.parametrize("name", ["overview", "jinzhong", "energy"])
def test_nothing_overlaps_on_a_screen_of_1024(atlas: Path, opened: Open, name: str) -> None:
    page = opened(atlas / f"{name}.html", size=(1024, 768))
    boxes = {part: bounds(page, f"#{part}") for part in ("plate", "corner", "legend", "lower")}
    frame = bounds(page, ".folium-map")
    for part, a in boxes.items():
        assert a[0] >= frame[0]
        assert a[2] <= frame[2]
        for other, b in boxes.items():
            if part < other:
                assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1], (part, other)


def test_who_wants_no_motion_gets_none(atlas: Path, browser: Browser) -> None:
    context = browser.new_context(offline=True, reduced_motion="reduce")
    page = context.new_page()
    page.goto((atlas / "jinzhong.html").as_uri())
    page.wait_for_selector("body.ready")
    zoom = page.evaluate("map_atlas.getZoom()")
    # Without motion the new zoom holds at once, not after some frames.
    after = page.evaluate(
        "() => { document.getElementById('zoom-in').click(); return map_atlas.getZoom(); }"
    )
    assert after > zoom
    assert page.locator(".leaflet-zoom-anim").count() == 0
    context.close()


def test_texts_in_another_language_are_marked(atlas: Path, opened: Open) -> None:
    page = opened(atlas / "jinzhong.html", "#140729")
    expect(page.locator("#panel .head .sub")).to_have_attribute("lang", "en")
    expect(page.locator("#language")).to_have_attribute("lang", "en")
    page.click("#language")
    expect(page.locator("#panel .head .sub")).to_have_attribute("lang", "zh-CN")
    expect(page.locator("#language")).to_have_attribute("lang", "zh-CN")
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_tab_passes_through_the_map(atlas: Path, opened: Open) -> None:
    page = opened(atlas / "jinzhong.html")
    page.focus("#print")
    seen = []
    for _ in range(6):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("document.activeElement.id || document.activeElement.tagName"))
    assert seen.count("map_atlas") <= 1
    assert "path" not in seen
    page.mouse.click(700, 400)
    assert page.evaluate("document.activeElement.tagName") != "path"


def test_keys_stay_in_the_print_dialog_wherever_one_clicks(atlas: Path, opened: Open) -> None:
    page = opened(atlas / "jinzhong.html", "#140729")
    page.click("#print")
    page.mouse.click(640, 500)
    page.keyboard.press("Escape")
    expect(page.locator("#printing .ask")).to_have_count(0)
    expect(page.locator("#panel h2")).to_have_text("灵石县")


@pytest.mark.parametrize("unit", ["constructor", "__proto__", "toString", "acre"])
def test_an_unknown_unit_in_the_address_is_no_unit(atlas: Path, opened: Open, unit: str) -> None:
    page = opened(atlas / "jinzhong.html", f"#unit={unit}")
    assert page.evaluate("document.getElementById('measure').value") == "km2"
    expect(page.locator("#legend")).to_contain_text("平方公里")


@pytest.mark.parametrize("asked", ["Lingshi County", "lingshi c", "ＬＳ", "lingshixian"])
def test_names_are_found_however_they_are_typed(atlas: Path, opened: Open, asked: str) -> None:
    page = opened(atlas / "jinzhong.html")
    page.fill("#search", asked)
    expect(page.locator("#found li").first).to_contain_text("灵石县")


def test_a_small_county_is_shown_large(shipped: Path, opened: Open) -> None:
    page = opened(shipped / "overview.html", "#140303")
    page.wait_for_timeout(600)
    left, top, right, bottom = bounds(page, ".hit-140303")
    assert max(right - left, bottom - top) > 100
