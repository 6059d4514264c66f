"""What stands on the sheet of paper: legend, titles, hostile names; the dialog on phones."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NARROW, Open
from tests.browser.paper import ask, box, screen

pytestmark = pytest.mark.browser


def test_what_is_shown_stands_in_the_legend(atlas: Path, opened: Open) -> None:
    page = opened(atlas / "jinzhong.html")
    page.select_option("#measure", "10k_mu")
    rows = page.locator("#legend tr").all_inner_texts()
    page.click("#legend .fold")
    ask(page)
    assert page.locator(".p-legend tr").all_inner_texts() == rows
    assert "万亩" in page.locator(".p-legend").inner_text()
    expect(page.locator(".p-legend")).to_contain_text("已到期")
    expect(page.locator(".p-legend")).to_contain_text("县域口径")
    assert page.locator(".p-legend button, .p-legend input, .p-legend [id]").count() == 0
    expect(page.locator(".p-notes")).to_contain_text("《旧规划》")
    page.keyboard.press("Escape")
    expect(page.locator("#legend .fold")).to_have_attribute("aria-expanded", "false")


@pytest.mark.parametrize("name", ["jinzhong", "energy"])
def test_a_legend_too_long_says_how_many_are_left_out(atlas: Path, opened: Open, name: str) -> None:
    page = opened(atlas / f"{name}.html")
    page.evaluate(
        """() => { const old = Element.prototype.cloneNode;
            HTMLElement.prototype.cloneNode = function (deep) {
                const made = old.call(this, deep);
                const part = made.querySelector && made.querySelector('tbody');
                for (let i = 0; this.id === 'legend' && i < window.more; i += 1) {
                    part.appendChild(part.rows[part.rows.length - 1].cloneNode(true));
                }
                return made;
            }; }"""
    )
    found = {}
    for more in (0, 12, 20, 28, 40, 300):
        page.evaluate("n => { window.more = n; }", more)
        ask(page, way="landscape")
        shown = page.locator(".p-legend tr:has(.swatch)").count()
        size = page.locator(".p-legend").evaluate("n => parseFloat(n.style.fontSize)")
        left = page.locator(".p-more")
        count = int(re.findall(r"\d+", left.inner_text())[0]) if left.count() else 0
        found[more] = (size, page.locator(".p-columns table").count(), shown, count)
        over = page.locator(".p-columns").evaluate("n => n.scrollHeight - n.clientHeight")
        assert over <= 1, more
        page.keyboard.press("Escape")
    own = found[0][2]
    assert [shown + count - own for _, _, shown, count in found.values()] == list(found)
    assert found[0] == (2.8, 1, own, 0)
    sizes = [size for size, *_ in found.values()]
    assert sizes == sorted(sizes, reverse=True)
    assert any(2.1 < size < 2.8 for size in sizes)
    # Two columns are no gain where figures stand beside the names.
    assert any(row[:2] == (2.1, 2) and not row[3] for row in found.values()) == (name == "energy")
    assert found[300][0] == 2.1
    assert found[300][3] > 200


def test_a_long_title_stays_in_its_band(atlas: Path, opened: Open) -> None:
    page = opened(atlas / "jinzhong.html")
    for text in ("关于晋中市主体功能区划分" * 4, "Main-function zones of Jinzhong " * 9):
        page.evaluate("t => { document.querySelector('#plate h1').textContent = t; }", text)
        ask(page, paper="A4", way="portrait")
        band, title, below = (box(page, f".p-title{part}") for part in ("", " h1", " p"))
        assert title[3] - band[1] <= band[3] - band[1]
        assert below[3] <= band[3]
        assert title[0] >= band[0]
        page.keyboard.press("Escape")


def test_hostile_names_are_text_on_paper(hostile: Path, opened: Open) -> None:
    page = opened(hostile / "jinzhong.html", "#140781")
    ask(page)
    page.check("#printing .tick input")
    assert page.evaluate("window.hacked") is None
    assert page.locator("#printing img").count() == 0
    assert "<img" in (page.locator(".annex").text_content() or "")


def test_narrow_screens_can_ask_too(atlas: Path, opened: Open) -> None:
    page = opened(atlas / "jinzhong.html", "#140729", size=NARROW)
    before = screen(page)
    ask(page, range="county", paper="A3")
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW[0]
    for part in page.locator(".ask select, .ask button, .ask a, .ask input").all():
        place = part.bounding_box()
        assert place
        assert place["x"] >= 0
        assert place["x"] + place["width"] <= NARROW[0]
        assert place["height"] >= (12 if part.get_attribute("type") == "checkbox" else 18)
    sheet = page.locator("#printing .paper").bounding_box()
    assert sheet
    assert sheet["width"] > 300
    page.click("#printing >> text=取消")
    assert screen(page) == before
