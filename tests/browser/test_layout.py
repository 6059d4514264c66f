"""Nothing overlaps, leaves the window, is cut off or too small: every page, size and language."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import layout
from tests.browser.states import (
    LANGUAGES,
    NARROW,
    REPORTS,
    WIDE,
    maps_of,
    open_page,
    select_county,
    states,
    unfold_all,
)

pytestmark = pytest.mark.browser

MAIN = "#tabs button"
"""Controls that are used most, and with a thumb."""

COVERING = ("menu", "search")
"""States in which something lies over the others as long as it is open."""


THOROUGH = ("overview", "jinzhong", "corridor-108")
"""Maps that are looked at in every state; the others have the same parts."""


def few_states(page: Page) -> Iterator[str]:
    """Bring a page with a map into the states in which pages differ."""
    yield "opened"
    select_county(page)
    unfold_all(page)
    yield "unfolded"


def faults(page: Page, size: tuple[int, int]) -> list[str]:
    """Return all that is wrong with the layout of a page as it is now."""
    found = layout.outside(page) + layout.cut_off(page) + layout.small_texts(page)
    return found + (layout.small_targets(page, main=MAIN) if size == NARROW else [])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_parts_of_maps_keep_apart(
    browser: Browser, shipped: Path, size: tuple[int, int], language: str
) -> None:
    found = {}
    for name in maps_of(shipped):
        path = shipped / f"{name}.html"
        with open_page(browser, path, size=size, language=language) as page:
            for state in states(page, size) if name in THOROUGH else few_states(page):
                found[name, state] = faults(page, size)
                if state not in COVERING:
                    # On narrow screens a county's sheet lies over the table that a page opens with.
                    over = layout.overlaps(page, narrow=size == NARROW)
                    found[name, state] += [fault for fault in over if "over #plain" not in fault]
    assert {where: what for where, what in found.items() if what} == {}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", [WIDE, NARROW])
@pytest.mark.parametrize("name", REPORTS)
def test_pages_without_a_map_keep_within_the_window(
    browser: Browser, shipped: Path, name: str, size: tuple[int, int], language: str
) -> None:
    with open_page(browser, shipped / f"{name}.html", size=size, language=language) as page:
        assert faults(page, size) == []
        unfold_all(page)
        assert faults(page, size) == []


SPOILT = {
    "overlaps": "document.getElementById('plate').style.marginTop = '640px'",
    "outside": "document.getElementById('corner').style.marginRight = '-40px'",
    "cut_off": "document.querySelector('#plate h1').style.cssText"
    " = 'width: 30px; white-space: nowrap; overflow: hidden'",
    "small_targets": "document.querySelector('#tabs button').style.height = '30px'",
    "small_texts": "document.querySelector('#plate p').style.fontSize = '10px'",
}


@pytest.mark.parametrize("check", SPOILT)
def test_each_fault_is_found(browser: Browser, atlas: Path, check: str) -> None:
    size = NARROW if check == "small_targets" else WIDE
    options = {"overlaps": {"narrow": False}, "small_targets": {"main": MAIN}}.get(check, {})
    with open_page(browser, atlas / "jinzhong.html", size=size) as page:
        assert getattr(layout, check)(page, **options) == []
        page.evaluate(SPOILT[check])
        assert len(getattr(layout, check)(page, **options)) >= 1
