"""Around the map of a sheet: title, scale, north, sources, and who made it from what."""

from __future__ import annotations

from dataclasses import dataclass

from geoplan.publish import statics
from geoplan.publish.atlas import Atlas
from geoplan.publish.notices import notices
from geoplan.publish.pages import Page
from geoplan.publish.paper.base import Base
from geoplan.publish.paper.content import Content
from geoplan.publish.paper.layout import Box, Layout
from geoplan.publish.paper.text import INK, PALE, Pen, shortened, width_of, wrapped
from geoplan.publish.reports import unit_name
from geoplan.publish.svg import element
from geoplan.publish.words import pair

SEGMENTS = 4
"""Of the scale bar."""

SMALLEST_TITLE = 0.5
"""How small, against its usual size, a long title becomes before its end is cut off."""

MOST_SOURCES = 6
"""How many documents are named before the rest is counted."""


def title(atlas: Atlas, page: Page, *, layout: Layout, pen: Pen) -> list[str]:
    """Return the name of the map in the middle, of the atlas at the left, 密级 at the right."""
    box, sizes, lang = layout.title, layout.sizes, pen.lang
    middle, top = box.x + box.width / 2, box.y + sizes.head * 0.9
    room = box.width * 0.62
    fits = room / width_of(page.title[lang], 1)
    size = max(SMALLEST_TITLE * sizes.head, min(sizes.head, fits))
    name = shortened(page.title[lang], room, size=size)
    below = unit_name(atlas, page.scope)[lang]
    if atlas.as_of:
        below += f"　{pair('furniture.as_of')[lang]}{_colon(lang)}{atlas.as_of}"
    config = atlas.config
    whole = shortened((config.title.zh, config.title.en)[lang], box.width * 0.18, size=sizes.text)
    secrecy = (
        f"{pair('furniture.secrecy')[lang]}{_colon(lang)}"
        + (pair(f"secrecy.{atlas.sensitivity}")[lang])
    )
    return [
        pen.draw(whole, (box.x, top), size=sizes.text, fill=PALE),
        pen.draw(name, (middle, top), size=size, text_anchor="middle", font_weight=700),
        pen.draw(secrecy, (box.right, top), size=sizes.text, text_anchor="end"),
        pen.draw(
            below, (middle, top + sizes.sub * 1.65), size=sizes.sub, fill=PALE, text_anchor="middle"
        ),
    ]


def _colon(lang: int) -> str:
    return ("：", ": ")[lang]


def neat_lines(layout: Layout) -> list[str]:
    """Return the thin line around the map and the thick one around that."""
    made = []
    for out, width in ((0.0, 0.15), (1.0, 0.6)):
        box = layout.map.inner(-out)
        edge = {"x": box.x, "y": box.y, "width": box.width, "height": box.height}
        made.append(element("rect", **edge, fill="none", stroke="#222222", stroke_width=width))
    return made


def review(atlas: Atlas, *, layout: Layout, pen: Pen) -> tuple[str, Box]:
    """Return 审图号, or that there is none, for the lower left of the map, and its room."""
    number = atlas.config.review_number
    said = pair("furniture.review")[pen.lang] + _colon(pen.lang)
    text = said + number if number else pair("furniture.no_review")[pen.lang]
    size, box = layout.sizes.text, layout.map
    height, x = size * 1.6, box.x + 1.2
    text = shortened(text, box.width - 6, size=size)
    place = Box(x, box.bottom - 1.2 - height, width_of(text, size) + size, height)
    edge = {"x": place.x, "y": place.y, "width": place.width, "height": place.height}
    drawn = element("rect", **edge, fill="#ffffff", fill_opacity=0.9)
    at = (place.x + size / 2, place.y + height * 0.72)
    return drawn + pen.draw(text, at, size=size, fill="#a02c2c" if not number else INK), place


@dataclass(frozen=True)
class Furniture:
    """What stands below the legend, or beside it: as elements, and how high it is in mm."""

    made: list[str]
    height: float


def furniture(atlas: Atlas, base: Base, *, content: Content, pen: Pen, box: Box) -> Furniture:
    """Return scale, north and notes, set from the top of `box` down."""
    sizes = base.layout.sizes
    arrow = sizes.head * 1.9
    made = [_north(box.right - sizes.head * 0.8, box.y, arrow, pen)]
    number = f"{pair('furniture.scale')[pen.lang]}　1:{base.scale:_}".replace("_", " ")
    made.append(pen.draw(number, (box.x, box.y + sizes.text * 1.2), size=sizes.text * 1.1))
    bar = Box(box.x, box.y + sizes.text * 2.1, box.width - sizes.head * 2.2, sizes.small * 0.5)
    made += _bar(base.scale, bar, sizes.small, pen)
    y = box.y + max(arrow, sizes.text * 2.1 + sizes.small * 2.6) + sizes.small * 0.5
    for text in _notes(atlas, content, pen.lang):
        for line in wrapped(text, box.width - 1, size=sizes.small):
            y += sizes.small * 1.32
            made.append(pen.draw(line, (box.x, y), size=sizes.small, fill="#444444"))
        y += sizes.small * 0.3
    return Furniture(made, y - box.y + sizes.small * 0.3)


def _notes(atlas: Atlas, content: Content, lang: int) -> list[str]:
    """Return what is said of systems, sources and makers, one text a paragraph."""
    system = pair("furniture.system.value", n=f"{atlas.meridian:g}")
    documents = statics.citations_of(atlas, content.documents)
    if len(documents) > MOST_SOURCES:
        more = pair("print.more_sources", n=len(documents))[lang]
        documents = [*documents[:MOST_SOURCES], more]
    data = [notice[lang] for notice in notices(atlas.tables, content.features)]
    said = {
        "furniture.system": system[lang],
        "furniture.sources": pair("sheet.join")[lang].join([*documents, *data]),
        "furniture.by": atlas.config.compiled_by or "",
        "print.date": atlas.config.compiled_on or "",
    }
    told = [f"{pair(key)[lang]}{_colon(lang)}{text}" for key, text in said.items() if text]
    # What a map must not be taken for goes with it.
    return [content.caveat[lang], *told] if content.caveat else told


def _bar(scale: int, box: Box, size: float, pen: Pen) -> list[str]:
    """Return a scale bar as long as fits into `box`, with round numbers."""
    most = box.width * scale / 1e6 * 0.85
    km = max(n * 10.0**p for p in range(-3, 5) for n in (1, 2, 4) if n * 10.0**p <= most)
    step = km * 1e6 / scale / SEGMENTS
    y = box.y + size * 1.2
    made = [
        element(
            "rect",
            x=box.x + number * step,
            y=y,
            width=step,
            height=box.height,
            fill=("#222222", "#ffffff")[number % 2],
            stroke="#222222",
            stroke_width=0.15,
        )
        for number in range(SEGMENTS)
    ]
    for part in (0, SEGMENTS // 2, SEGMENTS):
        text = f"{km * part / SEGMENTS:g}"
        anchor = "start" if part == 0 else "middle"
        text += f" {pair('measure.km')[pen.lang]}" if part == SEGMENTS else ""
        at = (box.x + part * step, y - size * 0.35)
        made.append(pen.draw(text, at, size=size, text_anchor=anchor))
    return made


def _north(middle: float, top: float, height: float, pen: Pen) -> str:
    """Return an arrow to the north, the letter on top."""
    size, half = height * 0.28, height * 0.2
    tip, foot = top + size * 1.1, top + height
    notch = foot - height * 0.14
    left = f"M{middle:.2f} {tip:.2f}L{middle - half:.2f} {foot:.2f}L{middle:.2f} {notch:.2f}Z"
    right = f"M{middle:.2f} {tip:.2f}L{middle + half:.2f} {foot:.2f}L{middle:.2f} {notch:.2f}Z"
    style = {"stroke": "#222222", "stroke_width": 0.2, "stroke_linejoin": "round"}
    return (
        element("path", d=left, fill="#222222", **style)
        + element("path", d=right, fill="#ffffff", **style)
        + pen.draw("N", (middle, top + size * 0.85), size=size, text_anchor="middle")
    )
