"""The atlas that the shipped data makes, as it is handed over: every page, wide and narrow."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NARROW, WIDE, Open
from tests.browser.states import REPORTS
from tests.browser.steps import drawn, hidden_points, scope_prefix

pytestmark = pytest.mark.browser

PAGES = (
    *("overview", "jinzhong", "main-function-zone", "corridor-108", "ecology", "energy"),
    *("urban-system", "industry-park", "agriculture", "tourism", "transport", "logistics"),
    *("water", "opening-up", "poverty", "mining-subsidence", "reform-pilot", "air-quality"),
    *("health-care", "trade", "other"),
    *("energy-ecology", "periods", "designations"),
    "terrain",
)
LARGEST = 1_500_000

RAW = re.compile(
    r"\b(not_checkable|no_data|indicative_geometry|undefined|NaN|null|None)\b|\b(10k|100m)_"
)
"""Codes of tables and of programs, which no reader should meet."""


def test_these_are_all_pages(shipped: Path) -> None:
    assert {path.stem for path in shipped.glob("*.html")} == {*REPORTS, *PAGES}


@pytest.mark.parametrize("size", [WIDE, NARROW])
@pytest.mark.parametrize("name", PAGES)
def test_every_map_opens_with_its_scope_in_sight(
    shipped: Path, opened: Open, name: str, size: tuple[int, int]
) -> None:
    path = shipped / f"{name}.html"
    assert path.stat().st_size <= LARGEST
    page = opened(path, size=size)
    others = page.locator(".folium-map path.view-fill, .leaflet-p-images-pane img")
    assert drawn(page) + others.count() > 0
    assert page.locator(".folium-map path.county-line").count() == 1
    # A map in detail opens on the counties that it is about.
    for prefix in page.evaluate("GEOPLAN.page.fit") or [scope_prefix(page)]:
        assert hidden_points(page, prefix) == {}
    assert RAW.search(page.locator("body").inner_text()) is None


@pytest.mark.parametrize("size", [WIDE, NARROW])
@pytest.mark.parametrize("name", REPORTS)
def test_pages_without_a_map_open(
    shipped: Path, opened: Open, name: str, size: tuple[int, int]
) -> None:
    path = shipped / f"{name}.html"
    assert path.stat().st_size <= LARGEST
    page = opened(path, size=size)
    if name == "index":
        assert page.locator(".card .picture path:visible").count() > 0
    # Wide tables scroll by themselves, never the page.
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= size[0]
    page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true; })")
    for _ in range(2):
        assert RAW.search(page.locator("body").inner_text()) is None
        page.click("#language")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_everything_about_a_county_is_in_words(shipped: Path, opened: Open, language: str) -> None:
    page = opened(shipped / "overview.html", f"#140729&lang={language}")
    page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true; })")
    page.evaluate("document.querySelectorAll('#tree [hidden]').forEach(n => { n.hidden = false; })")
    text = page.locator("body").inner_text()
    assert len(text) > 1_000
    assert RAW.search(text) is None


def test_the_rivers_of_a_county_are_those_that_flow_there(shipped: Path, opened: Open) -> None:
    panel = opened(shipped / "overview.html", "#140729").locator("#panel")
    expect(panel.locator("h2")).to_have_text("灵石县")
    names = "、".join(panel.locator(".part .fname").all_inner_texts())
    assert "汾河" in names
    assert "桑干河" not in names
