"""The states a page can be in: sizes, languages, a county selected, the menu or a sheet open."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from weakref import WeakKeyDictionary

from playwright.sync_api import Browser, BrowserContext, Page

WIDE, NARROW = (1280, 800), (390, 844)
LANGUAGES = ("zh", "en")
REPORTS = ("index", "findings", "indicators", "figures", "matters", "matrix", "trace")
"""Pages without a map."""

Step = Callable[[Page], None]


def maps_of(folder: Path) -> list[str]:
    """Return the names of all pages with a map."""
    return sorted(path.stem for path in folder.glob("*.html") if path.stem not in REPORTS)


_KEPT: WeakKeyDictionary[Browser, dict[tuple[object, ...], BrowserContext]] = WeakKeyDictionary()
_PAGES: WeakKeyDictionary[BrowserContext, Page] = WeakKeyDictionary()


def kept_context(
    browser: Browser, *, size: tuple[int, int] = WIDE, scripts: bool = True, still: bool = False
) -> BrowserContext:
    """Return a context without a network that stays open, with one page that nobody closes.

    In a context of its own a page takes twice as long: a process is started, fonts are read.
    Our pages keep nothing between one and the next: no cookies, no storage.
    """
    kept = _KEPT.setdefault(browser, {})
    key = (size, scripts, still)
    if key not in kept:
        kept[key] = context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            offline=True,
            java_script_enabled=scripts,
            reduced_motion="reduce" if still else "no-preference",
        )
        _PAGES[context] = context.new_page()
        _PAGES[context].goto((Path(__file__).parents[1] / "references/index.png").as_uri())
    return kept[key]


@contextmanager
def open_page(
    browser: Browser, path: Path, *, size: tuple[int, int] = WIDE, language: str = "zh"
) -> Iterator[Page]:
    """Open a page without a network, in the one page of its context; nothing of before is left."""
    page = _PAGES[kept_context(browser, size=size, still=True)]
    # Another anchor of the same file would be the same document.
    page.goto("about:blank")
    page.goto(f"{path.as_uri()}#lang={language}")
    if path.stem not in REPORTS:
        page.wait_for_selector("body.ready")
    yield page


def some_county(page: Page) -> str:
    """Return the code of the first county that answers on this page."""
    code: str = page.evaluate("GEOPLAN.units.filter(u => u.p && u.in)[0].c")
    return code


def _nothing(page: Page) -> None:
    page.evaluate("document.body.removeAttribute('data-sheet')")


def select_county(page: Page) -> None:
    """Choose a county by searching for its code, and open all parts of its panel."""
    page.fill("#search", some_county(page))
    page.press("#search", "Enter")
    page.wait_for_selector("body.has-panel")


def unfold_all(page: Page) -> None:
    """Open all folds of a page."""
    page.evaluate(
        "document.querySelectorAll('details').forEach(part => { part.open = true; });"
        "document.querySelectorAll('#panel button.fold[aria-expanded=false],"
        " #tree button.fold[aria-expanded=false]').forEach(fold => fold.click());"
    )


def open_menu(page: Page) -> None:
    """Open the menu of themes."""
    page.click("#themes")


def search(page: Page) -> None:
    """Type what several units are found for."""
    page.fill("#search", "1")
    page.evaluate("document.getElementById('search').dispatchEvent(new Event('input'))")


def leave_search(page: Page) -> None:
    """Empty the search again."""
    page.press("#search", "Escape")
    page.evaluate("document.activeElement.blur()")


def sheet(name: str) -> Step:
    """Return a step that opens a sheet of the narrow layout."""

    def step(page: Page) -> None:
        tab = page.locator(f'#tabs [data-sheet="{name}"]')
        if tab.get_attribute("aria-pressed") != "true":
            tab.click()

    return step


def states(page: Page, size: tuple[int, int]) -> Iterator[str]:
    """Bring a page with a map into one state after the other, and yield what it is in."""
    yield "opened"
    if size == NARROW:
        for name in ("layers", "legend"):
            sheet(name)(page)
            yield f"sheet {name}"
        page.locator("#tabs button").first.click()
    open_menu(page)
    yield "menu"
    page.keyboard.press("Escape")
    search(page)
    yield "search"
    leave_search(page)
    select_county(page)
    yield "county"
    unfold_all(page)
    yield "unfolded"
