"""Pages look as they did when a person last looked; `make references` renews the pictures."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser

from tests.browser.references import FOLDER, SHARE, VIEWS, difference, fonts_differ, picture

pytestmark = pytest.mark.browser

LARGEST_TOGETHER = 400_000


@pytest.fixture(autouse=True)
def same_fonts() -> None:
    """Skip where letters look otherwise; on the servers that test they must not."""
    reason = fonts_differ()
    if reason and os.environ.get("CI") == "true":
        pytest.fail(reason)
    if reason:
        pytest.skip(reason)


def kept(name: str) -> Image.Image:
    """Return a picture as it was kept."""
    return Image.open(FOLDER / f"{name}.png").convert("RGB")


@pytest.mark.parametrize("name", VIEWS)
def test_a_page_looks_as_it_did(browser: Browser, atlas: Path, name: str, tmp_path: Path) -> None:
    now = picture(browser, atlas, VIEWS[name])
    share = difference(now, kept(name))
    now.save(tmp_path / f"{name}.png")
    assert share <= SHARE, f"now: {tmp_path / name}.png; if it is meant: make references"


@pytest.mark.parametrize(
    "style",
    [
        ".bar { background: #823c3c !important }",
        ".item.area { display: none }",
        "#layers { display: none !important }",
        "body { filter: invert(1) }",
    ],
)
def test_another_look_is_seen(browser: Browser, atlas: Path, style: str) -> None:
    now = picture(browser, atlas, VIEWS["overview"], style=style)
    assert difference(now, kept("overview")) > SHARE


def test_a_small_shift_of_letters_is_none(browser: Browser, atlas: Path) -> None:
    one = picture(browser, atlas, VIEWS["county"])
    two = picture(browser, atlas, VIEWS["county"], style="#panel h2 { padding-left: 1px }")
    assert difference(one, one) == 0
    assert difference(one, two) <= SHARE
    assert difference(one, one.crop((0, 0, 10, 10))) == 1


def test_the_pictures_are_those_of_the_list_and_small() -> None:
    paths = list(FOLDER.glob("*.png"))
    assert {path.stem for path in paths} == set(VIEWS)
    assert sum(path.stat().st_size for path in paths) <= LARGEST_TOGETHER
