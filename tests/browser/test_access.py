"""Maps for everyone: axe-core finds no serious barrier on any page, whatever is open on it."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.axe import barriers
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

each_size = pytest.mark.parametrize("size", [WIDE, NARROW])


@each_size
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["overview", "corridor-108"])
def test_no_state_of_a_map_has_a_barrier(
    browser: Browser, atlas: Path, name: str, language: str, size: tuple[int, int]
) -> None:
    with open_page(browser, atlas / f"{name}.html", size=size, language=language) as page:
        found = {state: barriers(page) for state in states(page, size)}
    assert {state: faults for state, faults in found.items() if faults} == {}


@each_size
def test_no_map_of_the_shipped_atlas_has_a_barrier(
    browser: Browser, shipped: Path, size: tuple[int, int]
) -> None:
    found = {}
    for number, name in enumerate(maps_of(shipped)):
        # All pages have the same parts: every other one is read in English.
        language = LANGUAGES[number % 2]
        path = shipped / f"{name}.html"
        with open_page(browser, path, size=size, language=language) as page:
            select_county(page)
            unfold_all(page)
            found[name] = barriers(page)
    assert {name: faults for name, faults in found.items() if faults} == {}


@each_size
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", REPORTS)
def test_no_page_without_a_map_has_a_barrier(
    browser: Browser, atlas: Path, name: str, language: str, size: tuple[int, int]
) -> None:
    with open_page(browser, atlas / f"{name}.html", size=size, language=language) as page:
        unfold_all(page)
        assert barriers(page) == []


@pytest.mark.parametrize("name", REPORTS)
def test_no_shipped_page_without_a_map_has_a_barrier(
    browser: Browser, shipped: Path, name: str
) -> None:
    with open_page(browser, shipped / f"{name}.html", size=NARROW) as page:
        assert barriers(page) == []


SPOILT = {
    "color-contrast": "document.getElementById('review').style.color = '#f3d9c0'",
    "html-has-lang": "document.documentElement.removeAttribute('lang')",
    "select-name": "document.getElementById('measure').removeAttribute('aria-label')",
    "label": "document.body.append(...document.querySelectorAll('#tree input'))",
}


@pytest.mark.parametrize("rule", SPOILT)
def test_a_barrier_is_found(browser: Browser, atlas: Path, rule: str) -> None:
    with open_page(browser, atlas / "jinzhong.html") as page:
        page.evaluate(SPOILT[rule])
        assert any(fault.startswith(f"{rule},") for fault in barriers(page))
