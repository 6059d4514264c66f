"""A county in a browser: panel, search, deep links, language, units, hostile names."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.browser.steps import MAPS, click_county
from tests.publish import sample

pytestmark = pytest.mark.browser


def test_a_click_on_a_county_shows_figures_and_citation(atlas: Path, opened: Open) -> None:
    page = opened(atlas / "jinzhong.html")
    click_county(page, "140729")
    panel = page.locator("#panel")
    expect(panel.locator("h2")).to_have_text("灵石县")
    area = sample.units().set_index("adcode").loc["140729", "area_km2"]
    expect(panel.locator(".area")).to_contain_text(f"{area:.2f} ± 3.0 平方公里")
    expect(panel).to_contain_text("重点生态功能区")
    expect(panel.locator("cite").first).to_have_text(
        "《旧规划》（市政发〔2016〕1号），第一章第一节"
    )
    assert panel.locator("cite").first.get_attribute("title") == "原文行号：13"
    expect(panel).to_contain_text("已到期")
    assert "#140729" in page.url
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    assert "140729" not in page.url


def test_the_four_states_are_told_apart(atlas: Path, opened: Open) -> None:
    page = opened(atlas / "overview.html", "#140311")
    panel = page.locator("#panel")
    expect(panel.locator("h2")).to_have_text("郊区")
    parts = panel.locator("section.part")
    expect(parts.nth(0).locator("h4 .state")).to_have_text("不在规划范围")
    expect(parts.nth(2).locator("h4 .state")).to_have_text("仅有表述")
    rest = parts.nth(2).locator(".rest")
    expect(rest).to_have_text(
        [
            "未涉及地块、河流修复",
            "资料缺失（尚无数据）红线（待接入）",
            "文本未列到县煤炭基地",
        ]
    )
    expect(parts.nth(2)).not_to_contain_text("只有表述")
    page.click("text=文字表述（2 条，适用于山西省）")
    expect(panel).to_contain_text("全省文字")
    page = opened(atlas / "overview.html", "#140721")
    expect(page.locator("#panel section.part").nth(1)).to_contain_text("未涉及")


def test_statements_and_claims_are_collapsed_on_the_county(atlas: Path, opened: Open) -> None:
    page = opened(atlas / "jinzhong.html", "#140702")
    said = page.locator("#panel details", has_text="文字表述（2 条，适用于山西省）")
    expect(said.locator("li").first).to_be_hidden()
    said.locator("summary").click()
    expect(said.locator("li").first).to_contain_text("全省煤炭表述")
    claims = page.locator("#panel details", has_text="规划指标（核验）")
    claims.locator("summary").click()
    expect(claims.locator("h5")).to_have_text(
        ["图上核算 1 项", "列举完整性检查 2 项", "无法核验 2 项"]
    )
    expect(claims.locator(".measured .finding")).to_have_text(["一致"])
    expect(claims.locator(".counted .finding")).to_have_text(["与文本列举有差异", "与文本列举一致"])
    expect(claims.locator(".unchecked .finding")).to_have_text(["无法核验"] * 2)
    expect(claims).to_contain_text("图形为示意")
    expect(claims).to_contain_text("some_new_code")


def test_shapes_are_listed_only_where_they_are(atlas: Path, opened: Open) -> None:
    for code, here, away in (("140729", "南河", "北河"), ("140702", "北河", "南河")):
        page = opened(atlas / "overview.html", f"#{code}")
        part = page.locator("#panel .part", has_text="能源基地")
        rivers = part.locator(".vague-part .entry")
        expect(rivers).to_have_count(1)
        expect(rivers.locator(".fname")).to_have_text(here)
        expect(rivers.locator("cite")).to_have_text(f"公开资料，{here}一节")
        expect(rivers.locator(".note")).to_have_text("线位为示意。")
        expect(part).to_contain_text("示意图形（由本图集推绘，非规划成果）")
        expect(part.locator(".of > .note")).to_have_text(["河流图层说明"])
        expect(page.locator("#panel")).not_to_contain_text(away)
        expect(page.locator("#panel")).not_to_contain_text("界河")


def test_many_shapes_in_a_county_are_twenty_names_and_a_number(atlas: Path, opened: Open) -> None:
    page = opened(atlas / "overview.html", "#140728")
    entry = page.locator("#panel .entry", has_text="图斑")
    name = entry.locator(".fname")
    expect(name).to_have_text("、".join(f"地块{i}" for i in range(1, 21)) + f"等 {sample.PLOTS} 处")
    expect(entry.locator(".note")).to_have_text(["批次一"])
    page = opened(atlas / "overview.html", "#140727")
    expect(page.locator("#panel")).not_to_contain_text("地块1")


def test_a_claim_stands_where_its_class_is(atlas: Path, opened: Open) -> None:
    for code, shown in (("140702", 5), ("140729", 3)):
        page = opened(atlas / "overview.html", f"#{code}")
        expect(page.locator("#panel details ul.claims > li")).to_have_count(shown)


@pytest.mark.parametrize("query", ["灵石", "lingshi", "ling shi", "lsx", "140729"])
def test_search_finds_by_name_pinyin_initials_and_code(
    atlas: Path, opened: Open, query: str
) -> None:
    page = opened(atlas / "overview.html")
    page.fill("#search", query)
    expect(page.locator("#found li").first).to_contain_text("灵石县")
    page.press("#search", "Enter")
    expect(page.locator("#panel h2")).to_have_text("灵石县")
    assert page.url.endswith("#140729")


def test_search_says_when_nothing_matches_and_goes_to_cities(atlas: Path, opened: Open) -> None:
    page = opened(atlas / "overview.html")
    page.fill("#search", "没有这个县")
    expect(page.locator("#found")).to_contain_text("没有匹配")
    page.fill("#search", "yangquan")
    before = page.evaluate("map_atlas.getZoom()")
    page.press("#search", "Enter")
    page.wait_for_timeout(400)
    assert page.evaluate("map_atlas.getZoom()") > before


def test_deep_links_work_at_opening_and_afterwards(atlas: Path, opened: Open) -> None:
    page = opened(atlas / "jinzhong.html", "#140728&lang=en&unit=ha")
    expect(page.locator("#panel h2")).to_have_text("Pingyao County")
    expect(page.locator("#panel .area")).to_contain_text("ha")
    page.evaluate("location.hash = '140781'")
    expect(page.locator("#panel h2")).to_have_text("介休市")


@pytest.mark.parametrize("anchor", ["#999999", "#140311", "#<img src=x>", "#lang=xx&unit=yy"])
def test_links_to_nothing_open_the_map(atlas: Path, opened: Open, anchor: str) -> None:
    page = opened(atlas / "jinzhong.html", anchor)
    expect(page.locator("#panel")).to_be_hidden()


def test_the_language_switch_changes_everything_by_click(atlas: Path, opened: Open) -> None:
    page = opened(atlas / "jinzhong.html", "#140702")
    page.click("#language")
    expect(page.locator("#panel h2")).to_have_text("Yuci District")
    expect(page.locator("#plate h1")).to_have_text("Planning map of Jinzhong City")
    expect(page.locator("#legend")).to_contain_text("Key development")
    assert page.evaluate("document.documentElement.lang") == "en"
    href = page.locator(".bar nav a").first.get_attribute("href")
    assert href == "overview.html#lang=en"
    own = page.locator("#tree, #legend, #status, #plate, .bar").all_inner_texts()
    chinese = re.findall(r"[\u4e00-\u9fff]+", " ".join(own))
    assert set(chinese) <= {"中文"}
    page.click("#language")
    expect(page.locator("#panel h2")).to_have_text("榆次区")


def test_the_unit_switch_converts_areas(atlas: Path, opened: Open) -> None:
    page = opened(atlas / "jinzhong.html", "#140702")
    area = sample.units().set_index("adcode").loc["140702", "area_km2"]
    figure = page.locator("#panel .area b")
    for measure, text in (("ha", f"{area * 100:.0f}"), ("10k_mu", f"{area * 0.15:.2f}")):
        page.select_option("#measure", measure)
        expect(figure).to_have_text(text)


@pytest.mark.parametrize("name", [*MAPS, "index"])
def test_hostile_names_are_text(hostile: Path, opened: Open, name: str) -> None:
    page = opened(hostile / f"{name}.html", "" if name == "index" else "#140781")
    page.wait_for_timeout(200)
    assert page.evaluate("window.hacked") is None
    assert page.locator("img[src=x]").count() == 0
    # The map of zones shows no such name.
    if name not in ("index", "main-function-zone"):
        expect(page.locator("#panel")).to_contain_text(sample.ATTACK)
        expect(page.locator("#panel")).to_contain_text("{{ 7*7 }}")
