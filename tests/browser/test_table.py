"""The tables over the map: the same that show without scripts."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NARROW, WIDE, Open
from tests.browser.steps import bounds
from tests.publish import sample

pytestmark = pytest.mark.browser


def test_tables_open_and_close_by_button_and_key(atlas: Path, opened: Open) -> None:
    page = opened(atlas / "jinzhong.html")
    plain = page.locator("#plain")
    expect(plain).to_be_hidden()
    page.click("#show-table")
    expect(plain).to_be_visible()
    expect(plain).to_be_focused()
    expect(page.locator("#legend")).to_be_hidden()
    assert bounds(page, "#plain") == bounds(page, ".folium-map")
    assert page.evaluate("location.hash") == "#table"
    page.keyboard.press("Escape")
    expect(plain).to_be_hidden()
    expect(page.locator("#show-table")).to_be_focused()
    assert page.evaluate("location.hash") == ""
    page.click("#show-table")
    page.click("#hide-table")
    expect(page.locator(".folium-map")).to_be_visible()


def test_escape_closes_the_tables_before_the_county(atlas: Path, opened: Open) -> None:
    page = opened(atlas / "jinzhong.html", "#140729&table")
    page.keyboard.press("Escape")
    expect(page.locator("#plain")).to_be_hidden()
    expect(page.locator("#panel h2")).to_have_text("灵石县")
    assert page.evaluate("location.hash") == "#140729"


def test_figures_follow_language_and_unit(atlas: Path, opened: Open) -> None:
    page = opened(atlas / "jinzhong.html", "#table&lang=en&unit=mu")
    area = float(sample.units().set_index("adcode").loc["140729", "area_km2"])
    row = page.locator("#plain tr", has_text="140729")
    expect(row.locator("td.n")).to_have_text(f"{round(area, 4) * 1500:.0f}")
    expect(row).to_contain_text("Lingshi")
    expect(page.locator("#plain th .unit").first).to_have_text("mu")
    page.select_option("#measure", "km2")
    expect(row.locator("td.n")).to_have_text(f"{area:.2f}")


def test_a_county_of_the_tables_opens_on_the_map(atlas: Path, opened: Open) -> None:
    page = opened(atlas / "overview.html", "#table&unit=ha")
    page.click('#plain a[href="#140729"]')
    expect(page.locator("#plain")).to_be_hidden()
    expect(page.locator("#panel h2")).to_have_text("灵石县")
    assert page.evaluate("location.hash") == "#140729&unit=ha"


def test_the_static_text_stands_once(atlas: Path) -> None:
    text = (atlas / "jinzhong.html").read_text("utf-8")
    assert text.count('aria-labelledby="t-layers"><table') == 1
    assert text.count('aria-labelledby="t-units"><table') == 1
    assert text.count("</main>") == 1


@pytest.mark.parametrize("size", [NARROW, (360, 640), (768, 1024), WIDE])
def test_tables_fit_every_screen(atlas: Path, opened: Open, size: tuple[int, int]) -> None:
    page = opened(atlas / "overview.html", size=size)
    page.click('#tabs [data-sheet="table"]' if size[0] < 760 else "#show-table")
    expect(page.locator("#plain h1")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    if size[0] < 760:
        page.click('#tabs [data-sheet="layers"]')
        expect(page.locator("#plain")).to_be_hidden()
        expect(page.locator("#layers")).to_be_visible()


@pytest.mark.parametrize("name", ["jinzhong", "periods", "counts"])
def test_cells_have_heads_and_tables_names(listed_maps: Path, opened: Open, name: str) -> None:
    page = opened(listed_maps / f"{name}.html", "#table", size=NARROW)
    tables = page.locator("#plain table")
    assert tables.count() == (2 if name == "jinzhong" else 3)
    for table in tables.all():
        expect(table.locator("thead th:not([scope=col])")).to_have_count(0)
        rows = table.locator("tbody tr").count()
        expect(table.locator("tbody th[scope=row]")).to_have_count(rows)
        region = table.locator("xpath=..")
        assert region.get_attribute("role") == "region"
        assert region.get_attribute("tabindex") == "0"
        for node in (table, region):
            named = node.get_attribute("aria-labelledby")
            expect(page.locator(f"h2#{named}")).to_have_count(1)
        assert region.evaluate("n => getComputedStyle(n).overflowX") == "auto"
    # The tables move, the page does not.
    assert page.locator("#plain").evaluate("n => n.scrollWidth - n.clientWidth") <= 0
