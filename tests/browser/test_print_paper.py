"""Printing itself: one page of the right size with letters in it, and the screen as it was."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.paper import PAPERS, ask, screen
from tests.browser.pdf import Pdf

pytestmark = pytest.mark.browser


def printed(page: Page) -> Pdf:
    return Pdf(page.pdf(prefer_css_page_size=True))


@pytest.mark.parametrize(
    ("paper", "way", "case"),
    [
        (paper, way, case)
        for (paper, way), case in zip(
            product(PAPERS, ("landscape", "portrait")),
            (("overview", ""), ("jinzhong", "#140729"), ("energy", ""), ("jinzhong", "#lang=en")),
            strict=True,
        )
    ],
)
def test_one_page_of_the_right_size(
    atlas: Path, opened: Open, paper: str, way: str, case: tuple[str, str]
) -> None:
    page = opened(atlas / f"{case[0]}.html", case[1])
    ask(page, paper=paper, way=way)
    title = page.locator(".p-title h1").inner_text()
    names = page.locator(".p-legend .cname").evaluate_all(
        "all => all.map(n => n.firstChild.textContent)"
    )
    pdf = printed(page)
    long, short = PAPERS[paper]
    size = (long, short) if way == "landscape" else (short, long)
    assert pdf.pages() == [pytest.approx(size, abs=0.3)]
    assert pdf.bare_fonts() == []
    text = re.sub(r"\s", "", pdf.text())
    assert re.sub(r"\s", "", title) in text
    assert names
    for name in names:
        assert re.sub(r"\s", "", name) in text, name
    assert re.search(r"1:[\d]{6,}", text)
    assert ("内部工作用图" in text) == ("en" not in case[1])


def test_a_print_without_the_dialog_is_the_same_sheet(atlas: Path, opened: Open) -> None:
    page = opened(atlas / "jinzhong.html", "#140729&unit=ha")
    before = screen(page)
    pdf = printed(page)
    assert pdf.pages() == [pytest.approx((297, 210), abs=0.3)]
    assert "晋中市规划图" in pdf.text()
    assert screen(page) == before
    # What was chosen last is kept.
    ask(page, paper="A3", way="portrait")
    page.keyboard.press("Escape")
    assert screen(page) == before
    assert printed(page).pages() == [pytest.approx((297, 420), abs=0.3)]
    assert screen(page) == before


@pytest.mark.parametrize("name", ["overview", "corridor-108"])
def test_the_screen_is_as_before(atlas: Path, opened: Open, name: str) -> None:
    page = opened(atlas / f"{name}.html", "#lang=en")
    page.evaluate("map_atlas.setView([37.2, 112.9], 9.25, {animate: false})")
    before = screen(page)
    assert len(before["names"]) > 3
    ask(page, range="view", paper="A3")
    assert screen(page) != before
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.locator("#printing").count() == 0
    assert screen(page) == before
    # And the map still answers.
    page.click("#zoom-in")
    page.wait_for_function("z => map_atlas.getZoom() > z", arg=float(before["view"][2]))
    assert screen(page)["limits"] == before["limits"]


def test_the_button_prints_and_closes(atlas: Path, opened: Open) -> None:
    page = opened(atlas / "jinzhong.html")
    page.evaluate(
        "() => { window.print = () => {"
        " window.sizes = document.getElementById('page-size').textContent;"
        " window.dispatchEvent(new Event('beforeprint'));"
        " window.dispatchEvent(new Event('afterprint')); }; }"
    )
    ask(page, paper="A3", way="portrait")
    page.click("#printing .go")
    assert "size: 297mm 420mm; margin: 0" in page.evaluate("window.sizes")
    assert page.locator("#printing, #page-size").count() == 0


def test_the_dialog_by_keyboard(atlas: Path, opened: Open) -> None:
    page = opened(atlas / "jinzhong.html", "#140729")
    before = screen(page)
    page.focus("#print")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="打印地图")
    expect(dialog).to_be_visible()
    expect(dialog).to_have_attribute("aria-modal", "true")
    expect(dialog.get_by_role("button", name="打印")).to_be_focused()
    stops = page.locator(".ask select, .ask input, .ask a, .ask button").count()
    for key in ("Tab", "Shift+Tab"):
        for _ in range(stops + 1):
            page.keyboard.press(key)
            inside = page.evaluate("document.activeElement.closest('.ask') !== null")
            assert inside, key
    # A choice keeps the focus, though the questions are drawn anew.
    page.select_option('[data-key="paper"]', "A3")
    expect(page.locator('[data-key="paper"]')).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(page.locator("#print")).to_be_focused()
    # Escape closed the dialog, not the county.
    expect(page.locator("#panel h2")).to_have_text("灵石县")
    assert screen(page) == before


def test_going_to_another_address_closes_the_dialog(atlas: Path, opened: Open) -> None:
    page = opened(atlas / "jinzhong.html")
    ask(page)
    page.evaluate("location.hash = '140721'")
    expect(page.locator("#panel h2")).to_have_text("榆社县")
    expect(page.locator("#printing")).to_have_count(0)
    assert page.evaluate("map_atlas.options.zoomSnap") == 0.25


def test_the_county_may_come_along(atlas: Path, opened: Open) -> None:
    page = opened(atlas / "overview.html")
    ask(page)
    assert page.locator("#printing .tick").count() == 0
    assert page.locator('[data-key="range"] option').count() == 2
    page.keyboard.press("Escape")
    page = opened(atlas / "overview.html", "#140729")
    ask(page, paper="A3", range="county")
    page.check("#printing .tick input")
    pdf = printed(page)
    assert len(pdf.pages()) >= 2
    assert {tuple(map(round, size)) for size in pdf.pages()} == {(420, 297)}
    text = pdf.text()
    assert "灵石县" in text
    assert "第一章第一节" in text
    assert "1207" in text


def test_the_sheet_for_word_is_offered_where_there_is_one(atlas: Path, opened: Open) -> None:
    page = opened(atlas / "jinzhong.html")
    ask(page)
    link = page.locator("#printing a")
    assert link.get_attribute("href") == page.evaluate("GEOPLAN.page.svg") == "print/jinzhong.svg"
    page.keyboard.press("Escape")
    page.evaluate("GEOPLAN.page.svg = null")
    ask(page)
    assert page.locator("#printing a").count() == 0


def test_without_scripts_picture_and_tables_are_printed(atlas: Path, opened: Open) -> None:
    page = opened(atlas / "overview.html", scripts=False)
    text = printed(page).text()
    assert "山西省规划总览" in text
    assert "108廊带示范区" in text
    assert "县(市、区)一览" in text
    page.emulate_media(media="print")
    assert page.locator("main.plain").evaluate("n => n.scrollHeight > 300")
    expect(page.locator("main.plain svg.picture")).to_be_visible()


def test_reports_and_the_index_are_printed(atlas: Path, opened: Open) -> None:
    text = printed(opened(atlas / "index.html")).text()
    assert "山西省规划图集" in text
    assert "规划指标核验" in text
