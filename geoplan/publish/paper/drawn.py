"""Map sheets: one SVG a map, for print and to be put into Word and WPS.

What those do not read is not in it: no styles, no patterns, no clips, no
references. A sheet shows its map as the page opens, on paper of a fixed size
in a projected system at a round scale.
"""

from __future__ import annotations

from dataclasses import dataclass

from geoplan.publish.atlas import Atlas
from geoplan.publish.pages import Page
from geoplan.publish.paper.base import FINENESS, Base, base_of
from geoplan.publish.paper.content import Content, beside_names, content_of
from geoplan.publish.paper.degrees import degrees
from geoplan.publish.paper.ground import drawn_items, signs_of
from geoplan.publish.paper.layout import Box, Lang, Layout, Orientation, Paper, fonts
from geoplan.publish.paper.legend import legend
from geoplan.publish.paper.margin import furniture, neat_lines, review, title
from geoplan.publish.paper.names import names
from geoplan.publish.paper.pictures import pictures
from geoplan.publish.paper.text import Pen, family
from geoplan.publish.rows import kept
from geoplan.publish.svg import clean, element, number
from geoplan.publish.views.data import fitting
from geoplan.publish.words import LANGUAGES

BUDGET = 600_000
"""Bytes that a sheet should not exceed; above that, its lines get fewer points."""

FOOT_SHARE = 0.36
"""How much of the band at the foot is not the legend's."""


@dataclass(frozen=True)
class Print:
    """How a sheet is made: paper, which way it lies, its language and its fonts."""

    paper: Paper = "A3"
    orientation: Orientation = "auto"
    """``landscape``, ``portrait``, or ``auto``: the one with the larger scale."""
    lang: Lang = "zh"
    fonts: tuple[str, ...] = ()
    """Names of fonts; default: those of ``assets/sheet.json``."""


@dataclass(frozen=True)
class Drawn:
    """A sheet: its SVG, its size in mm, and its title."""

    svg: str
    size: tuple[float, float]
    title: str
    scale: int
    """Denominator of its scale."""


def draw(atlas: Atlas, page: Page, *, how: Print | None = None) -> Drawn:
    """Return the sheet of `page`: as fine as print asks for, if it is within `BUDGET`."""
    how = how or Print()
    paper, orientation = how.paper, how.orientation
    for fineness in FINENESS:
        base = base_of(
            atlas,
            page.scope,
            paper=paper,
            orientation=orientation,
            fineness=fineness,
            fit=fitting(atlas, page),
        )
        text = _sheet_text(atlas, page, base, how)
        if len(text.encode()) <= BUDGET:
            break
    box = base.layout.page
    title = page.title[LANGUAGES.index(how.lang)]
    return Drawn(text, (box.width, box.height), title, base.scale)


def _sheet_text(atlas: Atlas, page: Page, base: Base, how: Print) -> str:
    pen = Pen(family(how.fonts or fonts()), LANGUAGES.index(how.lang))
    content = content_of(atlas, page)
    signs = signs_of(atlas, base, content=content)
    below, above = drawn_items(atlas, base, content=content, signs=signs)
    told, room = review(atlas, layout=base.layout, pen=pen)
    marks, written = _names(atlas, page, base, content=content, pen=pen, room=room)
    around, key = _key(atlas, base, content, pen=pen)
    parts = [
        element("rect", x=0, y=0, **_size(base.layout), fill="#ffffff"),
        *base.fills,
        *pictures(base, content),
        *below,
        *(base.dark_lines if content.images else base.lines),
        *above,
        *marks,
        *written,
        told,
        *neat_lines(base.layout),
        *title(atlas, page, layout=base.layout, pen=pen),
        *legend(content, signs=signs, box=key, base=base, pen=pen),
        *around,
    ]
    return _head(base.layout, page.title[pen.lang]) + "\n".join(parts) + "\n</svg>\n"


def _size(layout: Layout) -> dict[str, float]:
    return {"width": layout.page.width, "height": layout.page.height}


def _head(layout: Layout, name: str) -> str:
    width, height = number(layout.page.width), number(layout.page.height)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}mm" height="{height}mm" '
        f'viewBox="0 0 {width} {height}">\n<title>{clean(name)}</title>\n'
    )


def _names(
    atlas: Atlas, page: Page, base: Base, *, content: Content, pen: Pen, room: Box
) -> tuple[list[str], list[str]]:
    """Return degrees and names; they are the same for many sheets of one scope and `room`."""
    layout, beside = base.layout, beside_names(atlas, content)
    lies = (page.scope, fitting(atlas, page), atlas.meridian, layout.paper, layout.orientation)
    key = ("names", lies, pen, room, tuple(beside.items()))

    def make() -> tuple[list[str], list[str]]:
        taken = [room]
        marks = degrees(atlas, base, pen=pen, taken=taken)
        return marks, names(atlas, base, beside=beside, pen=pen, taken=taken)

    return kept(atlas.tables, key, make=make)


def _key(atlas: Atlas, base: Base, content: Content, *, pen: Pen) -> tuple[list[str], Box]:
    """Return furniture with lines around it, and the box that is left for the legend."""
    outer, gap = base.layout.key, base.layout.sizes.gap
    box = outer.inner(base.layout.sizes.pad)
    if base.layout.orientation == "portrait":
        width = box.width * FOOT_SHARE
        right = Box(box.right - width, box.y, width, box.height)
        made = furniture(atlas, base, content=content, pen=pen, box=right).made
        x = right.x - gap
        line = {"x1": x, "x2": x, "y1": outer.y, "y2": outer.bottom}
        rest = Box(box.x, box.y, box.width - width - 2 * gap, box.height)
    else:
        tried = furniture(atlas, base, content=content, pen=pen, box=box)
        low = Box(box.x, box.bottom - tried.height, box.width, tried.height)
        made = furniture(atlas, base, content=content, pen=pen, box=low).made
        y = low.y - gap / 2
        line = {"x1": outer.x, "x2": outer.right, "y1": y, "y2": y}
        rest = Box(box.x, box.y, box.width, low.y - gap - box.y)
    edge = {"x": outer.x, "y": outer.y, "width": outer.width, "height": outer.height}
    style = {"stroke": "#222222", "stroke_width": 0.15}
    return [
        element("rect", **edge, fill="none", **style),
        element("line", **line, **style),
        *made,
    ], rest
