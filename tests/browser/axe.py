"""What axe-core finds on a page: barriers for people who see, hear or move otherwise."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import axe_playwright_python
from playwright.sync_api import Page

BARRIERS = ("serious", "critical")

RUN = """async () => {
    const panes = document.querySelector('.leaflet-map-pane');
    const out = [...document.querySelectorAll('.leaflet-pane svg, .picture, .patterns')];
    if (panes) { panes.style.visibility = 'hidden'; }
    const found = await axe.run(out.length ? {exclude: out} : document, {
        resultTypes: ['violations'], elementRef: false, iframes: false,
        runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'],
    });
    if (panes) { panes.style.visibility = ''; }
    return found.violations;
}"""
"""The map is hidden meanwhile: what lies over it has to contrast with its own ground."""


@cache
def script() -> str:
    """Return axe-core."""
    return (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")


def barriers(page: Page) -> list[str]:
    """Return what is serious or critical on a page as it is now."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(script())
    found: list[dict[str, Any]] = page.evaluate(RUN)
    return [_told(fault) for fault in found if fault["impact"] in BARRIERS]


def _told(fault: dict[str, Any]) -> str:
    nodes = fault["nodes"]
    first = nodes[0]
    why = [part["message"] for kind in ("any", "all", "none") for part in first[kind]]
    return f"{fault['id']}, {len(nodes)} times: {first['target']} {first['html'][:120]} {why[:1]}"
