"""The overlap matrix in a browser: what it opens with, switches, details, sizes and print."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page

from tests.browser import layout
from tests.browser.axe import barriers
from tests.browser.conftest import NARROW, WIDE, Open

pytestmark = pytest.mark.browser


def cell(page: Page, row: str, column: str) -> Locator:
    """Return the cell of two classes, by their titles."""
    heads = page.locator("#m-table thead th span").all_inner_texts()
    line = page.locator("#m-table tbody tr").filter(has=page.locator("th", has_text=row)).first
    return line.locator("td").nth(heads.index(column))


def place(page: Page, selector: str) -> tuple[float, float]:
    """Return the left upper corner of an element on the screen."""
    box = page.locator(selector).first.bounding_box()
    assert box is not None
    return box["x"], box["y"]


def test_it_opens_on_what_has_areas(shipped: Path, opened: Open) -> None:
    page = opened(shipped / "matrix.html")
    assert cell(page, "108廊带示范区", "重点开发区域").inner_text() == "51.6%"
    assert cell(page, "108廊带示范区", "农产品主产区").inner_text() == "29.6%"
    assert cell(page, "108廊带示范区", "重点生态功能区").inner_text() == "18.8%"
    assert cell(page, "重点生态功能区", "108廊带示范区").inner_text() == "16.9%"
    own = cell(page, "108廊带示范区", "108廊带示范区")
    assert (own.inner_text(), own.get_attribute("class")) == ("6421.02", "own")
    # The same figures stand in the table that needs no scripts.
    zoned = page.locator(".zoned tbody tr").first.inner_text()
    for figure in ("3311.46", "1902.23", "1207.33", "6421.02"):
        assert figure in zoned


def test_bases_are_told_apart_by_more_than_colour(shipped: Path, opened: Open) -> None:
    page = opened(shipped / "matrix.html")
    drawn = page.locator("#m-table td.indicative")
    assert drawn.count() > 5
    assert all(text.startswith("约 ") for text in drawn.all_inner_texts())
    image = drawn.first.evaluate("node => getComputedStyle(node).backgroundImage")
    assert "gradient" in image
    page.select_option("#m-rows", "energy")
    page.select_option("#m-columns", "ecology")
    listed = page.locator("#m-table td.list").all_inner_texts()
    assert len(listed) > 10
    assert all(re.fullmatch(r"\(\d+\)", text) for text in listed)
    for show in ("row", "column", "km2"):
        page.select_option("#m-show", show)
        assert page.locator("#m-table td.list").all_inner_texts() == listed


def test_switches(shipped: Path, opened: Open) -> None:
    page = opened(shipped / "matrix.html")
    page.select_option("#m-show", "km2")
    assert cell(page, "108廊带示范区", "重点开发区域").inner_text() == "3311.46"
    # The matrix is symmetric in areas, and shares change places.
    assert cell(page, "重点开发区域", "108廊带示范区").inner_text() == "3311.46"
    page.select_option("#m-show", "column")
    assert cell(page, "108廊带示范区", "重点生态功能区").inner_text() == "16.9%"
    assert cell(page, "重点生态功能区", "108廊带示范区").inner_text() == "18.8%"


def test_a_cell_tells_its_counties_and_both_sources(shipped: Path, opened: Open) -> None:
    page = opened(shipped / "matrix.html")
    cell(page, "108廊带示范区", "农产品主产区").locator("button").click()
    detail = page.locator("#m-detail")
    text = detail.inner_text()
    for word in ("太谷区", "祁县", "1048.08", "854.15", "1902.23", "29.6%", "32.0%"):
        assert word in text
    assert text.count("《晋中市国民经济和社会发展第十三个五年规划纲要（2016—2020）》") == 2
    links = [a.get_attribute("href") for a in detail.locator("a").all()]
    assert len(links) == 4
    assert all(re.fullmatch(r"trace\.html#overlaps%3Ar[0-9a-f]{12}", str(a)) for a in links)
    assert (
        cell(page, "108廊带示范区", "农产品主产区").locator("button").get_attribute("aria-pressed")
    )
    page.keyboard.press("Escape")
    assert not detail.is_visible()
    assert page.evaluate("document.activeElement.textContent") == "29.6%"


def test_a_list_tells_counties_and_no_area(atlas: Path, opened: Open) -> None:
    page = opened(atlas / "matrix.html")
    page.select_option("#m-rows", "energy")
    page.select_option("#m-columns", "corridor_108")
    cell(page, "煤炭", "工业园区").locator("button").click()
    text = page.locator("#m-detail").inner_text()
    assert "榆次区、介休市" in text
    assert "不计面积" in text
    assert not re.search(r"\d+\.\d", text)


def test_gross_and_net_are_both_told_where_they_differ(atlas: Path, opened: Open) -> None:
    page = opened(atlas / "matrix.html")
    page.select_option("#m-show", "km2")
    assert cell(page, "图斑", "重点开发区域").inner_text() == "0.80*"
    cell(page, "图斑", "重点开发区域").locator("button").click()
    text = page.locator("#m-detail").inner_text()
    assert "毛面积（平方公里）" in text
    assert "1.20" in text
    page.keyboard.press("Escape")
    cell(page, "重点开发区域", "108廊带示范区").locator("button").click()
    assert "毛面积" not in page.locator("#m-detail").inner_text()


def test_the_other_language(shipped: Path, opened: Open) -> None:
    page = opened(shipped / "matrix.html")
    cell(page, "108廊带示范区", "农产品主产区").locator("button").click()
    page.click("#language")
    assert page.locator("#m-detail").inner_text().count("Taigu District") == 1
    assert "Share of the row" in page.locator("#m-show option").first.inner_text()
    heads = page.locator("#m-table thead").inner_text() + page.locator(".m-tools").inner_text()
    assert not re.search(r"[\u4e00-\u9fff]", heads)


def test_classes_that_share_nothing_are_named_and_left_out(shipped: Path, opened: Open) -> None:
    page = opened(shipped / "matrix.html")
    assert "国家级自然保护区" not in page.locator("#m-table").inner_text()
    assert "国家级自然保护区" in page.locator("#m-legend").inner_text()
    options = page.locator("#m-rows option").all()
    values = [str(option.get_attribute("value")) for option in options]
    assert len(values) > 15
    for value in values:
        page.select_option("#m-rows", value)
        rows = page.locator("#m-table tbody tr")
        if page.locator("#m-table .nothing").count():
            assert page.locator("#m-table td.list, #m-table td.geometry").count() == 0
            continue
        for i in range(rows.count()):
            assert rows.nth(i).locator("td:not(.own) button").count() > 0


@pytest.mark.parametrize("size", [WIDE, NARROW])
@pytest.mark.parametrize("anchor", ["", "#lang=en"])
def test_a_large_matrix_keeps_its_heads_and_scrolls_in_its_box(
    shipped: Path, opened: Open, size: tuple[int, int], anchor: str
) -> None:
    page = opened(shipped / "matrix.html", anchor, size=size)
    page.select_option("#m-rows", "industry_park")
    page.select_option("#m-columns", "transport")
    page.evaluate("document.querySelector('.m-box').scrollTo(400, 300)")
    box = place(page, ".m-box")
    corner = place(page, "#m-table .corner")
    assert corner == pytest.approx(box, abs=2)
    assert place(page, "#m-table thead th:last-child")[1] == pytest.approx(box[1], abs=2)
    assert place(page, "#m-table tbody tr:last-child th")[0] == pytest.approx(box[0], abs=2)
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    page.locator("#m-table td.list button").first.click()
    assert layout.outside(page) + layout.cut_off(page) + layout.small_texts(page) == []
    assert barriers(page) == []


def test_without_scripts_areas_stand_in_plain_tables(shipped: Path, opened: Open) -> None:
    page = opened(shipped / "matrix.html", scripts=False)
    assert not page.locator("#matrix").is_visible()
    assert page.locator(".m-pairs tbody tr").count() == 14
    assert "1207.33" in page.locator(".m-pairs").inner_text()


def test_print_has_the_whole_matrix_and_no_controls(shipped: Path, opened: Open) -> None:
    page = opened(shipped / "matrix.html")
    page.emulate_media(media="print")
    assert not page.locator("#m-rows").is_visible()
    assert not page.locator("#language").is_visible()
    sizes = page.evaluate(
        "(() => { var b = document.querySelector('.m-box');"
        " return [b.scrollHeight, b.clientHeight]; })()"
    )
    assert sizes[0] <= sizes[1] + 1
    place = page.evaluate("getComputedStyle(document.querySelector('#m-table thead th')).position")
    assert place == "static"
