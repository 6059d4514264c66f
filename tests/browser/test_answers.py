"""What a county answers: main function, matters to coordinate, sentences, and a copy for Word."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from geoplan.publish import publish
from tests.browser.conftest import NARROW, WIDE, Open
from tests.browser.steps import copied
from tests.publish import sample

pytestmark = pytest.mark.browser

SIZES = pytest.mark.parametrize("size", [WIDE, NARROW])


def parsed(page: Page, html: str) -> list[list[list[str]]]:
    """Return the tables of copied HTML, as rows of texts of cells."""
    script = """html => {
        const made = new DOMParser().parseFromString(html, 'text/html');
        return [...made.querySelectorAll('table')].map(table => [...table.rows].map(
            row => [...row.cells].map(cell => cell.textContent.trim())));
    }"""
    found: list[list[list[str]]] = page.evaluate(script, html)
    return found


def part(text: str, title: str) -> list[list[str]]:
    """Return the table under a title of the plain text."""
    lines = text.replace("\r\n", "\n").split("\n")
    rows = lines[lines.index(title) + 1 :]
    return [row.split("\t") for row in rows[: rows.index("")]]


@SIZES
def test_the_main_function_stands_at_the_head(
    atlas: Path, opened: Open, size: tuple[int, int]
) -> None:
    page = opened(atlas / "overview.html", "#140702", size=size)
    head = page.locator("#panel .functions")
    expect(head.locator("h4")).to_have_text("主体功能区")
    expect(head.locator(".what")).to_have_text(re.compile("重点开发区域 今：城市化地区 ?已到期"))
    expect(head.locator("cite")).to_have_text("《旧规划》（市政发〔2016〕1号），第一章第一节")
    expect(head).to_be_visible()
    page.click("#language")
    expect(head.locator(".what")).to_contain_text("Key development today: Urbanised areas")
    expect(head.locator(".mark")).to_have_text("Expired")


def test_where_no_plan_gives_a_function_a_state_says_why(atlas: Path, opened: Open) -> None:
    page = opened(atlas / "overview.html", "#140311")
    expect(page.locator("#panel .functions .rest")).to_have_text("不在规划范围 主体功能区划分")
    # The map of a theme has its own layers only.
    page = opened(atlas / "energy.html", "#140702")
    expect(page.locator("#panel .functions")).to_have_count(0)


@SIZES
def test_matters_stand_by_grade_and_open_where_they_press(
    atlas: Path, opened: Open, size: tuple[int, int]
) -> None:
    page = opened(atlas / "jinzhong.html", "#140729", size=size)
    box = page.locator("#panel details.conflicts")
    expect(box.locator("summary")).to_have_text("需协调事项 (1)")
    assert box.evaluate("node => node.open")
    # What somebody has set aside stands last, apart from the grades.
    expect(box.locator("h5 .finding")).to_have_text(["需协调", "已作核实说明的事项"])
    second, first = box.locator("ul.matters > li").all()
    expect(first.locator(".figures")).to_contain_text(
        "示意图形 涉及面积 约 31 平方公里 占本县 约 3%"
    )
    expect(first.locator(".reason").last).to_contain_text("核实说明：后者为准")
    expect(second.locator(".side b")).to_have_text(
        ["主体功能区划分：重点生态功能区", "煤炭基地：煤炭：阳泉煤炭"]
    )
    expect(second.locator(".side cite")).to_have_text(
        ["《旧规划》（市政发〔2016〕1号），第一章第一节", "《新规划》，第三章"]
    )
    expect(second.locator(".figures")).to_contain_text("涉及面积 12.50 平方公里 占本县 1.0%")
    why, reconciled = second.locator(".reason").all()
    expect(why).to_contain_text("协调理由：须衔接")
    expect(why.locator("cite")).to_have_text(["《旧规划》（市政发〔2016〕1号），第一章第一节"])
    expect(reconciled).to_contain_text("文本已有衔接：")
    expect(reconciled.locator("cite")).to_have_count(2)
    assert second.locator("a[href^='trace.html#']").get_attribute("href").endswith("conflicts%3Am1")
    expect(box.locator("div > p.more a").last).to_have_attribute("href", "matters.html#u140729")
    width = page.evaluate("() => document.querySelector('#panel').scrollWidth - innerWidth")
    assert width <= 0
    page.click("#language")
    expect(box.locator("h5 .finding").first).to_have_text("To be coordinated")


def test_matters_to_be_watched_are_folded_and_lists_have_no_area(atlas: Path, opened: Open) -> None:
    page = opened(atlas / "jinzhong.html", "#140721")
    box = page.locator("#panel details.conflicts")
    assert not box.evaluate("node => node.open")
    box.locator("summary").click()
    expect(box.locator(".figures")).to_have_text("名录 溯源")
    expect(box.locator(".reason").last).to_contain_text("见总览图")
    page = opened(atlas / "jinzhong.html", "#140702")
    expect(page.locator("#panel .conflicts")).to_have_count(0)


@SIZES
def test_a_citation_unfolds_its_sentence(atlas: Path, opened: Open, size: tuple[int, int]) -> None:
    page = opened(atlas / "jinzhong.html", "#140702", size=size)
    source = page.locator("#panel .functions .source")
    expect(source.locator("blockquote")).to_be_hidden()
    button = source.locator("button")
    assert button.get_attribute("aria-expanded") == "false"
    button.focus()
    page.keyboard.press("Enter")
    expect(source.locator("blockquote")).to_contain_text("榆次、介休、平遥划为重点开发区域")
    assert button.get_attribute("aria-expanded") == "true"
    button.click()
    expect(source.locator("blockquote")).to_be_hidden()


def test_every_citation_has_title_and_section(atlas: Path, opened: Open) -> None:
    for code in ("140702", "140729", "140781"):
        page = opened(atlas / "jinzhong.html", f"#{code}")
        texts = page.locator("#panel cite").all_text_contents()
        assert len(texts) > 8
        assert [text for text in texts if not re.search("(规划》|资料|办法).*，.", text)] == []


def test_all_kinds_of_rows_have_sentences(atlas: Path, opened: Open) -> None:
    page = opened(atlas / "jinzhong.html", "#140729")
    for part_of in (".entry", "ul.claims", "details.said", "details.conflicts", "ul.findings"):
        assert page.locator(f"#panel {part_of} button.quote").count() > 0, part_of


@SIZES
def test_a_county_is_copied_as_tables(atlas: Path, opened: Open, size: tuple[int, int]) -> None:
    page = opened(atlas / "jinzhong.html", "#140729", size=size)
    found = copied(page)
    expect(page.locator("#panel .copy")).to_have_text("已复制")
    expect(page.locator("#panel [role=status]")).to_have_text("已复制")
    html, text = found["text/html"], found["text/plain"]
    assert "SimSun" in html
    assert "10.5pt" in html
    assert "0.5pt solid" in html
    tables = parsed(page, html)
    heads = [table[0] for table in tables]
    layers = ["图层", "类别", "口径", "面积（平方公里）", "占本县", "依据"]
    assert heads.count(layers) == 2
    assert ["指标", "原文数值", "核算数值", "差值", "结论", "依据"] in heads
    area = sample.units().set_index("adcode").loc["140729", "area_km2"]
    zone = tables[heads.index(layers)][1]
    assert zone[:1] == ["主体功能区划分 已到期"]
    assert zone[2:5] == ["县域口径", f"{area:.2f}", "100.0%"]
    assert zone[5].startswith("《旧规划》（市政发〔2016〕1号），第一章第一节")
    # The same as text, cells by tabs.
    rows = part(text, "需协调事项")
    assert [row[0] for row in rows] == ["分级", "不符合管控要求", "需协调"]
    assert rows[2][3:5] == ["12.50", "1.0%"]
    claims = part(text, "规划指标（核验）")
    assert claims[1][:5] == [
        "廊带示范区：面积",
        "6422平方公里",
        "6421.02平方公里",
        "−0.98平方公里",
        "一致",
    ]
    for words in (
        "密级：内部",
        f"时效判断日：{sample.AS_OF}",
        "县级占比为县域口径",
        "南河",
        "·  《旧",
    ):
        assert words.replace("·  ", "· ") in text
    assert "undefined" not in text
    assert "NaN" not in text


def test_the_copy_follows_unit_and_language(atlas: Path, opened: Open) -> None:
    page = opened(atlas / "jinzhong.html", "#140729&lang=en&unit=ha")
    text = copied(page)["text/plain"]
    expect(page.locator("#panel .copy")).to_have_text("Copied")
    assert "Layer\tClass\tBasis\tArea (ha)\tOf county\tSource" in text
    area = sample.units().set_index("adcode").loc["140729", "area_km2"]
    assert f"\tCounty level\t{100 * area:.0f}\t100.0%\t" in text
    assert "Matters to coordinate" in text


def test_the_copy_can_be_read_from_the_clipboard(atlas: Path, opened: Open) -> None:
    page = opened(atlas / "jinzhong.html", "#140729")
    page.context.grant_permissions(["clipboard-read"])
    expected = copied(page)["text/plain"]
    on_it = page.evaluate("() => navigator.clipboard.readText()")
    assert on_it.replace("\r\n", "\n") == expected.replace("\r\n", "\n")


def test_a_selection_by_hand_has_no_glued_words(atlas: Path, opened: Open) -> None:
    page = opened(atlas / "jinzhong.html", "#140729")
    text: str = page.evaluate(
        "() => { const all = getSelection();"
        " all.selectAllChildren(document.getElementById('panel')); return all.toString(); }"
    )
    assert re.search(r"晋中市\s+代码 140729", text)
    assert re.search(r"重点生态功能区\s+已到期", text)
    assert re.search(r"主体功能区划分\s+已到期", text)
    assert "复制" not in text
    assert "缩放至此" not in text


def clean(page: Page) -> Any:
    return page.evaluate("() => [window.hacked, document.querySelectorAll('img[src=x]').length]")


@pytest.mark.parametrize("name", ["overview", "jinzhong", "energy"])
def test_hostile_matters_and_passages_are_text(hostile: Path, opened: Open, name: str) -> None:
    page = opened(hostile / f"{name}.html", "#140729")
    page.evaluate(
        "() => document.querySelectorAll('#panel details').forEach(d => { d.open = true; })"
    )
    for button in page.locator("#panel button.quote:visible").all():
        button.click()
    expect(page.locator("#panel .reason").first).to_contain_text(sample.ATTACK)
    found = copied(page)
    assert "<img" not in found["text/html"].replace("&lt;img", "")
    assert sample.ATTACK in found["text/plain"]
    page.wait_for_timeout(100)
    assert clean(page) in ([None, 0], [0, 0])


def test_a_page_without_statements_sentences_says_so(tmp_path: Path, opened: Open) -> None:
    tables = sample.tables()
    publish(tables, project=sample.project(tmp_path), out=tmp_path, as_of=sample.AS_OF)
    size = (tmp_path / "overview.html").stat().st_size
    less = tmp_path / "less"
    less.mkdir()
    project = sample.project(tmp_path, overview=size - 20)
    publish(tables, project=project, out=less, as_of=sample.AS_OF)
    for folder, count in ((tmp_path, 0), (less, 1)):
        page = opened(folder / "overview.html", "#140729")
        notes = page.locator("#panel > p.note", has_text="不附原文语句")
        expect(notes).to_have_count(count)
