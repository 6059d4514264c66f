"""Pages of the sample atlas in Chromium, without any network."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, Route, sync_playwright

from geoplan.build import build
from geoplan.config import load
from geoplan.publish import publish
from tests.browser.states import REPORTS
from tests.publish import listed, sample

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


def _publish(folder: Path, *, attack: bool) -> Path:
    tables = sample.tables(attack=attack)
    publish(tables, project=sample.project(folder), out=folder, as_of=sample.AS_OF)
    return folder


@pytest.fixture(scope="session")
def atlas(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _publish(tmp_path_factory.mktemp("atlas"), attack=False)


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _publish(tmp_path_factory.mktemp("hostile"), attack=True)


@pytest.fixture(scope="session")
def listed_maps(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the maps of the sample with one of every listed kind."""
    folder = tmp_path_factory.mktemp("listed")
    publish(listed.tables(), project=sample.project(folder), out=folder, as_of=sample.AS_OF)
    return folder


@pytest.fixture(scope="session")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the maps that the shipped data and configuration make; takes some ten seconds."""
    project = load(tmp_path_factory.mktemp("shipped"))
    build(project)
    return project.maps_folder


class Watched:
    """What a page asked for and complained about; checked when the test ends."""

    def __init__(self) -> None:
        self.requests: list[str] = []
        self.complaints: list[str] = []

    def watch(self, context: BrowserContext) -> None:
        context.on("request", self._asked)
        context.on("console", lambda message: self._said(message.type, message.text))
        context.on("weberror", lambda fault: self._said("error", str(fault.error)))
        context.route(lambda url: not url.startswith(("file:", "data:")), self._abort)

    def _asked(self, request: Request) -> None:
        if not request.url.startswith(("file:", "data:")):
            self.requests.append(request.url)

    def _abort(self, route: Route) -> None:
        self.requests.append(route.request.url)
        route.abort()

    def _said(self, kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            self.complaints.append(text)


@pytest.fixture
def watched() -> Watched:
    return Watched()


@pytest.fixture
def opened(browser: Browser, watched: Watched) -> Iterator[Open]:
    """Open a file (with an anchor, if any) offline; afterwards: no request, no complaint."""
    contexts: list[BrowserContext] = []

    def open_page(
        path: Path, anchor: str = "", *, size: tuple[int, int] = WIDE, scripts: bool = True
    ) -> Page:
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            offline=True,
            java_script_enabled=scripts,
        )
        contexts.append(context)
        watched.watch(context)
        page = context.new_page()
        page.goto(path.as_uri() + anchor)
        if scripts and path.stem not in REPORTS:
            page.wait_for_selector("body.ready")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert watched.requests == []
    assert watched.complaints == []
