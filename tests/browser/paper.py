"""Steps of tests of print: asking for a sheet, measuring it, and what the screen is."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

MM = 96 / 25.4
"""Pixels in a millimetre."""

PAPERS = {"A3": (420, 297), "A4": (297, 210)}
"""Width and height in mm, lying."""

Box = tuple[float, float, float, float]


def ask(page: Page, **choices: str) -> None:
    """Open the dialog if it is not open, and choose."""
    if page.locator("#printing").count() == 0:
        page.evaluate("document.getElementById('print').click()")
    for key, value in choices.items():
        page.select_option(f'#printing [data-key="{key}"]', value)


def laid(page: Page, **choices: str) -> None:
    """Show the sheet as it goes to paper."""
    ask(page, **choices)
    page.emulate_media(media="print")


def box(page: Page, selector: str) -> Box:
    """Return left, top, right and bottom of a part of the sheet in mm."""
    found: list[float] = page.evaluate(
        "name => { const r = document.querySelector(`#printing ${name}`).getBoundingClientRect();"
        " return [r.left, r.top, r.right, r.bottom]; }",
        selector,
    )
    left, top, right, bottom = (value / MM for value in found)
    return left, top, right, bottom


def meet(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def inside(one: Box, other: Box, slack: float = 0.1) -> bool:
    low = all(a >= b - slack for a, b in zip(one[:2], other[:2], strict=True))
    return low and all(a <= b + slack for a, b in zip(one[2:], other[2:], strict=True))


def screen(page: Page) -> dict[str, Any]:
    """Return what a reader has before the eyes, and what Leaflet allows."""
    found: dict[str, Any] = page.evaluate(
        """() => {
            const m = map_atlas, c = m.getCenter(), box = m.getContainer();
            return {
                view: [c.lat.toFixed(6), c.lng.toFixed(6), m.getZoom().toFixed(6)],
                limits: [m.getMinZoom(), m.getMaxZoom(), m.options.zoomSnap],
                bounds: m.options.maxBounds && m.options.maxBounds.toBBoxString(),
                size: [box.clientWidth, box.clientHeight],
                place: [...document.body.children].map(n => n.id),
                classes: document.body.className,
                tab: box.getAttribute('tabindex'),
                styles: document.querySelectorAll('style').length,
                hash: location.hash,
                county: document.querySelectorAll('.folium-map path.chosen').length,
                names: [...document.querySelectorAll('.name b')].filter(n => n.offsetParent)
                    .map(n => n.textContent + n.getBoundingClientRect().x.toFixed(0)),
            };
        }"""
    )
    return found
