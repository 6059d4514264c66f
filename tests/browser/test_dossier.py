"""Dossiers in a browser: nothing is asked for, nothing runs, pages of A4 come out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from geoplan.publish import dossier_html, dossiers
from tests.browser.states import kept_context
from tests.publish import sample

pytestmark = pytest.mark.browser

MM = 72 / 25.4


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return dossiers of the sample, some with names that try to run, by key."""
    folder = tmp_path_factory.mktemp("dossiers")
    found = {}
    for attack in (False, True):
        makers = dossiers(sample.tables(attack=attack), project=sample.project(folder))
        for kind, key in (("unit", "140729"), ("unit", "140700"), ("theme", "energy")):
            made = makers.report(kind, key, lang="zh")  # type: ignore[arg-type]
            path = folder / f"{key}-{attack}.html"
            path.write_text(dossier_html(made), "utf-8")
            found[f"{key} {attack}"] = path
    return found


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Return an empty page of a desk's screen."""
    page = kept_context(browser).new_page()
    yield page
    page.close()


@pytest.mark.parametrize("key", ["140729 True", "140700 True", "energy True", "140729 False"])
def test_nothing_runs_and_nothing_is_asked_for(
    page: Page, files: dict[str, Path], key: str
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(files[key].as_uri())
    assert asked == [files[key].as_uri()]
    assert page.evaluate("window.hacked") is None
    assert page.locator("script, img").count() == 0


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("key", ["140729 False", "140700 False", "energy False"])
def test_a_page_fits_its_screen(page: Page, files: dict[str, Path], key: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(files[key].as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("key", ["140729 False", "140700 False"])
def test_no_text_leaves_its_cell(page: Page, files: dict[str, Path], key: str) -> None:
    page.goto(files[key].as_uri())
    wide = page.evaluate(
        """Array.from(document.querySelectorAll('td, th'))
          .filter(function (cell) { return cell.scrollWidth > cell.clientWidth + 1; })
          .map(function (cell) { return cell.textContent; })"""
    )
    assert wide == []


def test_it_prints_on_a4_with_claims_across(page: Page, files: dict[str, Path]) -> None:
    page.goto(files["140729 False"].as_uri())
    made = page.pdf(prefer_css_page_size=True, print_background=True)
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", made)
    sizes = {(round(float(w) / MM), round(float(h) / MM)) for w, h in boxes}
    assert sizes == {(210, 297), (297, 210)}
    assert 3 <= len(boxes) <= 12


def test_heads_repeat_on_every_page_of_a_table(page: Page, files: dict[str, Path]) -> None:
    page.goto(files["140700 False"].as_uri())
    page.emulate_media(media="print")
    for style in page.evaluate(
        """Array.from(document.querySelectorAll('thead'))
          .map(function (head) { return getComputedStyle(head).display; })"""
    ):
        assert style == "table-header-group"
    rows = page.evaluate(
        """Array.from(document.querySelectorAll('tr'))
          .map(function (row) { return getComputedStyle(row).breakInside; })"""
    )
    assert set(rows) == {"avoid"}
