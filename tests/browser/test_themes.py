"""Many themes: the menu, folded parts of the panel, findings and indicators of a county."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NARROW, WIDE, Open
from tests.browser.steps import click_county

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_the_menu_lists_themes_and_reports(
    atlas: Path, opened: Open, size: tuple[int, int]
) -> None:
    page = opened(atlas / "energy.html", size=size)
    menu, knob = page.locator("#theme-list"), page.locator("#themes")
    expect(menu).to_be_hidden()
    expect(knob).to_have_text("专题")
    knob.click()
    expect(menu.locator("a .zh")).to_have_text(
        ["主体功能区", "108廊带", "能源基地", "规划指标", "需协调事项", "文本待核实事项"]
    )
    expect(menu.locator("[aria-current] .zh")).to_have_text("能源基地")
    left, width = page.evaluate(
        "(() => { const r = document.querySelector('#theme-list').getBoundingClientRect();"
        " return [r.left, r.right]; })()"
    )
    assert left >= 0
    assert width <= size[0]
    menu.get_by_text("108廊带").click()
    page.wait_for_selector("body.ready")
    assert page.url.endswith("corridor-108.html")


def test_the_menu_closes_by_escape_or_elsewhere_and_works_by_keyboard(
    atlas: Path, opened: Open
) -> None:
    page = opened(atlas / "jinzhong.html", "#140729")
    menu, knob = page.locator("#theme-list"), page.locator("#themes")
    knob.focus()
    page.keyboard.press("Enter")
    expect(menu).to_be_visible()
    page.keyboard.press("Tab")
    expect(menu.locator("a").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(knob).to_be_focused()
    # The key closed the menu, not the county.
    expect(page.locator("#panel h2")).to_have_text("灵石县")
    knob.click()
    page.locator("#plate, #layers h2").first.click()
    page.locator("#layers h2").click()
    expect(menu).to_be_hidden()
    expect(knob).to_have_attribute("aria-expanded", "false")


def test_links_of_the_menu_keep_the_language(atlas: Path, opened: Open) -> None:
    page = opened(atlas / "jinzhong.html", "#lang=en")
    page.click("#themes")
    page.locator("#theme-list").get_by_text("Findings about the texts").click()
    expect(page.locator("h1")).to_contain_text("Findings about the texts")
    assert page.url.endswith("findings.html#lang=en")
    expect(page.locator("td").get_by_text("Lists differ")).to_be_visible()


def test_a_map_of_a_theme_tells_its_theme_and_what_that_shows_too(
    atlas: Path, opened: Open
) -> None:
    page = opened(atlas / "energy.html", "#140729")
    parts = page.locator("#panel section.part")
    expect(parts).to_have_count(1)
    expect(parts.locator("h4 .t")).to_have_text("能源基地")
    expect(parts.locator("h4 .state")).to_have_text("涉及")
    expect(parts.locator("h4 small")).to_have_text("2 条")
    expect(parts.locator(".rest").first).to_be_visible()
    related = parts.locator("h5.related ~ .of")
    expect(related).to_have_count(1)
    expect(related).to_contain_text("主体功能区划分")
    expect(related).to_contain_text("重点生态功能区")
    # Of a layer of another theme the map has some classes: it cannot say where the layer is not.
    page = opened(atlas / "energy.html", "#140728")
    expect(page.locator("#panel")).not_to_contain_text("主体功能区划分")


@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_a_map_of_a_theme_leads_to_the_county_on_the_overview(
    atlas: Path, opened: Open, size: tuple[int, int]
) -> None:
    page = opened(atlas / "energy.html", "#140729&unit=ha", size=size)
    link = page.locator("#panel .elsewhere a")
    expect(link).to_be_visible()
    expect(link).to_have_text("其他专题见总览图")
    page.click("#language")
    expect(link).to_have_text("Other themes: overview map")
    link.click()
    page.wait_for_selector("body.ready")
    assert page.url.endswith("overview.html#140729&lang=en&unit=ha")
    expect(page.locator("#panel h2")).to_have_text("Lingshi County")
    expect(page.locator("#panel section.part")).to_have_count(3)


def test_the_tree_of_a_theme_ends_with_the_overview(atlas: Path, opened: Open) -> None:
    page = opened(atlas / "corridor-108.html")
    expect(page.locator("#tree section.theme h3 .t").first).to_have_text("108廊带")
    expect(page.locator("#tree > :last-child")).to_have_text("其他专题见总览图")
    assert page.locator("#tree .elsewhere a").get_attribute("href") == "overview.html"
    for name in ("overview", "jinzhong"):
        page = opened(atlas / f"{name}.html", "#140729")
        expect(page.locator(".elsewhere")).to_have_count(0)


def test_search_on_a_theme_finds_all_units(atlas: Path, opened: Open) -> None:
    page = opened(atlas / "main-function-zone.html")
    for query, found in (("盂县", "盂县"), ("yangquan", "阳泉市")):
        page.fill("#search", query)
        expect(page.locator("#found li").first).to_contain_text(found)


def test_one_theme_is_open_at_first(atlas: Path, opened: Open) -> None:
    page = opened(atlas / "overview.html", "#140729")
    parts = page.locator("#panel section.part")
    expect(parts.first.locator(".of").first).to_be_visible()
    other = parts.filter(has_text="108廊带").first
    expect(other.locator("cite").first).to_be_hidden()
    expect(other.locator("h4 small")).to_have_text("2 条")
    other.locator("h4 .t").click()
    expect(other.locator("cite").first).to_be_visible()
    # What was opened stays open for the next county.
    click_county(page, "140728")
    expect(page.locator("#panel h2")).to_have_text("平遥县")
    again = page.locator("#panel section.part").filter(has_text="108廊带").first
    expect(again.locator("cite").first).to_be_visible()


def test_findings_stand_with_the_counties_that_they_concern(atlas: Path, opened: Open) -> None:
    page = opened(atlas / "jinzhong.html", "#140729")
    found = page.locator("#panel details", has_text="文本待核实事项 (1)")
    found.locator("summary").click()
    expect(found).to_contain_text("两处列举不一")
    expect(found).to_contain_text("列举不一致")
    expect(found.locator("cite")).to_have_text(
        ["《旧规划》（市政发〔2016〕1号），第一章第一节", "《旧规划》（市政发〔2016〕1号），第三章"]
    )
    page = opened(atlas / "jinzhong.html", "#140702")
    expect(page.locator("#panel")).not_to_contain_text("文本待核实事项")


def test_indicators_of_a_county_stand_in_its_panel(atlas: Path, opened: Open) -> None:
    page = opened(atlas / "jinzhong.html", "#140729")
    found = page.locator("#panel details", has_text="规划指标 (1)")
    found.locator("summary").click()
    expect(found).to_contain_text("2015年实际 57微克/立方米；2020年目标 完成省定任务")
    page = opened(atlas / "jinzhong.html", "#140702")
    expect(page.locator("#panel details", has_text=re.compile(r"^规划指标 \("))).to_have_count(0)


def test_a_citys_statement_is_not_a_countys(atlas: Path, opened: Open) -> None:
    page = opened(atlas / "overview.html", "#140311")
    part = page.locator("#panel section.part").nth(2)
    expect(part.locator(".entry")).to_have_count(0)
    said = page.locator("#panel details.said").first
    expect(said.locator("summary")).to_contain_text("适用于阳泉市")
    said.locator("summary").click()
    expect(said.locator("h5")).to_have_text("能源基地")


def test_reports_show_tables_in_both_languages(atlas: Path, opened: Open) -> None:
    page = opened(atlas / "indicators.html")
    head = page.locator("thead").first
    for words in ("2015年实际", "2020年目标", "2020年目标增长", "属性"):
        expect(head).to_contain_text(words)
    rows = page.locator("tbody tr")
    expect(rows.first).to_have_text(re.compile("经济"))
    expect(rows.nth(1)).to_contain_text("地区生产总值")
    expect(rows.nth(1)).to_contain_text("1046.1")
    expect(rows.nth(1)).to_contain_text("预期性")
    page.click("#language")
    expect(rows.nth(1)).to_contain_text("GDP")
    page = opened(atlas / "findings.html")
    expect(page.locator("h2").first).to_have_text("《旧规划》（市政发〔2016〕1号）")
    expect(page.locator(".places").first).to_contain_text("第一章第一节（文本第13行")


def test_hostile_findings_and_indicators_are_text(hostile: Path, opened: Open) -> None:
    for name in ("findings", "indicators", "jinzhong"):
        page = opened(hostile / f"{name}.html", "#140729")
        assert page.evaluate("window.hacked") is None
