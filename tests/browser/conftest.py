"""Pages of the sample atlas in Chromium, without any network."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    Route,
    WebError,
    sync_playwright,
)

from tests.browser.states import REPORTS, kept_context

FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--no-first-run"),
)
HOW_TO = "no Chromium was found; on Debian: apt-get install chromium fonts-noto-cjk"
WIDE, NARROW = (1280, 800), (390, 844)

Open = Callable[..., Page]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    names = ("chromium", "chromium-browser", "google-chrome")
    found = next((path for name in names if (path := shutil.which(name))), None)
    if found is None:
        if os.environ.get("CI") == "true":
            pytest.fail(HOW_TO)
        pytest.skip(HOW_TO)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=found, args=list(FLAGS))
        yield started
        started.close()


class Watched:
    """What a page asked for and complained about; checked when the test ends."""

    def __init__(self) -> None:
        self.requests: list[str] = []
        self.complaints: list[str] = []

    def watch(self, context: BrowserContext) -> None:
        context.on("request", self._asked)
        context.on("console", self._told)
        context.on("weberror", self._failed)
        context.route(_is_foreign, self._abort)

    def leave(self, context: BrowserContext) -> None:
        """Watch a context no more: another test goes on in it."""
        context.remove_listener("request", self._asked)
        context.remove_listener("console", self._told)
        context.remove_listener("weberror", self._failed)
        context.unroute(_is_foreign, self._abort)

    def _asked(self, request: Request) -> None:
        if not request.url.startswith(("file:", "data:")):
            self.requests.append(request.url)

    def _abort(self, route: Route) -> None:
        self.requests.append(route.request.url)
        route.abort()

    def _told(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def _failed(self, fault: WebError) -> None:
        self.complaints.append(str(fault.error))


def _is_foreign(url: str) -> bool:
    return not url.startswith(("file:", "data:"))


@pytest.fixture
def watched() -> Watched:
    return Watched()


@pytest.fixture
def opened(browser: Browser, watched: Watched) -> Iterator[Open]:
    """Open a file (with an anchor, if any) offline; afterwards: no request, no complaint."""
    contexts: list[BrowserContext] = []
    pages: list[Page] = []

    def open_page(
        path: Path, anchor: str = "", *, size: tuple[int, int] = WIDE, scripts: bool = True
    ) -> Page:
        context = kept_context(browser, size=size, scripts=scripts)
        if context not in contexts:
            contexts.append(context)
            watched.watch(context)
        page = context.new_page()
        pages.append(page)
        page.goto(path.as_uri() + anchor)
        if scripts and path.stem not in REPORTS:
            page.wait_for_selector("body.ready")
        return page

    yield open_page
    for page in pages:
        page.close()
    for context in contexts:
        watched.leave(context)
        context.clear_permissions()
    assert watched.requests == []
    assert watched.complaints == []
