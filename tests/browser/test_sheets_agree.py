"""The sheet that a page prints and the SVG of the same map say the same."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Open
from tests.browser.paper import ask

pytestmark = pytest.mark.browser

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def maps(listed_maps: Path) -> Path:
    return listed_maps


def bare(text: str) -> str:
    """Return a text without spaces, and without what stands for a frame around a mark."""
    return re.sub(r"[\s\u00a0（）()]", "", text)


def texts_of(svg: Path) -> list[ElementTree.Element]:
    """Return the texts of a sheet, those with a halo once."""
    return [e for e in ElementTree.parse(svg).iter(f"{SVG}text") if "stroke" not in e.attrib]


def of_svg(svg: Path) -> dict[str, Any]:
    """Return what an SVG sheet says."""
    root, texts = ElementTree.parse(svg).getroot(), texts_of(svg)
    said = [e.text or "" for e in texts]
    # The legend begins with its title and its scope; the arrow to the north follows.
    first, north = said.index("图例"), said.index("N")
    scale = next(text for text in said if text.startswith("比例尺"))
    notes = bare("".join(said[north:]))
    return {
        "wide": float(root.attrib["width"][:-2]) > float(root.attrib["height"][:-2]),
        "scale": re.sub(r"\D", "", scale.partition(":")[2]),
        "legend": bare("".join(said[first + 2 : north])),
        "numbers": sorted(e.text or "" for e in texts if is_number(e)),
        "sources": notes[notes.index("资料来源：") : notes.index("编制日期")],
    }


def is_number(text: ElementTree.Element) -> bool:
    """Return whether a text is a count beside a name, which has letters of its own size."""
    return text.get("font-size") == "2.6" and (text.text or "").isdigit()


def of_page(page: Page) -> dict[str, Any]:
    """Return what the sheet in the page says."""
    ask(page, paper="A3")
    rows = page.locator(".p-columns tr").all_inner_texts()
    rest = page.locator(".p-rest > *").all_inner_texts()
    box = page.locator("#printing .paper").evaluate("n => [n.offsetWidth, n.offsetHeight]")
    notes = bare(page.locator(".p-notes").inner_text())
    return {
        "wide": box[0] > box[1],
        "scale": re.sub(r"\D", "", page.locator(".p-numeric").inner_text().partition(":")[2]),
        "legend": bare("".join([*rows, *rest])),
        "numbers": sorted(text for text in shown(page) if text),
        "sources": notes[notes.index("资料来源：") : notes.index("编制日期")],
    }


def shown(page: Page) -> list[str]:
    """Return the counts of names that stand within the frame of the map."""
    found: list[str] = page.evaluate(
        """() => { const frame = document.querySelector('.p-map').getBoundingClientRect();
            return [...document.querySelectorAll('.p-map .name .chip')].filter(n => {
                const r = n.getBoundingClientRect();
                return n.offsetParent && r.left > frame.left && r.right < frame.right
                    && r.top > frame.top && r.bottom < frame.bottom; })
            .map(n => n.textContent); }"""
    )
    return found


PAGES = (
    *("overview", "jinzhong", "energy", "ecology", "corridor-108", "main-function-zone"),
    *("designations", "periods", "energy-ecology", "transport"),
)


@pytest.mark.parametrize("name", PAGES)
def test_shipped_sheets_say_what_their_pages_print(shipped: Path, opened: Open, name: str) -> None:
    written = of_svg(shipped / f"print/{name}.svg")
    printed = of_page(opened(shipped / f"{name}.html"))
    for key in ("wide", "scale", "legend", "numbers"):
        assert written[key] == printed[key], key
    # A page names all base data that it may show, a sheet those of what it shows.
    documents = re.findall(r"《[^》]+》", printed["sources"])
    assert re.findall(r"《[^》]+》", written["sources"]) == documents
    assert documents


@pytest.mark.parametrize(
    "name", ["overview", "jinzhong", "corridor-108", "coal-zones", "periods", "counts", "energy"]
)
def test_sheets_of_the_sample_say_what_their_pages_print(
    maps: Path, opened: Open, name: str
) -> None:
    written = of_svg(maps / f"print/{name}.svg")
    printed = of_page(opened(maps / f"{name}.html"))
    for key in ("wide", "scale", "legend", "numbers"):
        assert written[key] == printed[key], key
    documents = re.findall(r"《[^》]+》", printed["sources"])
    assert re.findall(r"《[^》]+》", written["sources"]) == documents


def test_a_view_names_its_document_among_the_sources(maps: Path, opened: Open) -> None:
    page = opened(maps / "counts.html", "#view=new")
    assert "《新规划》" in of_page(page)["sources"]
    page = opened(maps / "counts.html", "#view=none")
    assert "《" not in of_page(page)["sources"]


def test_what_is_said_of_a_map_stands_on_both_sheets(maps: Path, opened: Open) -> None:
    page = opened(maps / "counts.html")
    note = page.evaluate("GEOPLAN.page.note[0]")
    ask(page, paper="A3")
    assert page.locator(".p-caveat").inner_text() == note
    written = "".join(e.text or "" for e in texts_of(maps / "print/counts.svg"))
    assert bare(note) in bare(written)
