"""Maps of dossiers: where a unit lies, or how often counties are named; drawn in one projection."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from geoplan.publish import projected
from geoplan.publish.dossier.layers import layer_name
from geoplan.publish.dossier.places import by_county
from geoplan.publish.dossier.say import Say
from geoplan.publish.dossier.subject import Subject
from geoplan.publish.items import chains_of, inside_of
from geoplan.publish.paper.text import wrapped
from geoplan.publish.picture import EDGE, LAND, LINE, OUTSIDE, Picture, colour_of, counties
from geoplan.publish.rows import rows_of
from geoplan.publish.svg import area_data, element
from geoplan.written import Picture as Drawing

WIDTH, SIDE = 560, 190
"""Units of the map, and of the legend beside it."""

MARK = "#b3261e"
STEPS = ((1, "#dbe7f0"), (3, "#a9c6dc"), (6, "#6f9fc4"), (12, "#3a6f9f"))
"""Least number of features of a colour, light to dark."""

WHOLLY = 0.999
"""Share of a county from which it is drawn as lying in a zone."""

INK = "#222222"
PAPER_MM = 132.0
TALLEST_MM = 120.0
"""Width on paper, and the most height."""


@dataclass
class Content:
    """What a map shows besides its ground."""

    scope: str
    caption: str
    fills: dict[str, str] = field(default_factory=dict)
    """Colours of counties by code."""
    marked: tuple[str, ...] = ()
    """Counties with an outline of their own."""
    legend: list[tuple[str, str | None]] = field(default_factory=list)
    """Text and colour; without a colour it is that of the outline."""


def unit_map(subject: Subject, say: Say) -> Drawing:
    """Return the unit in its city, or the unit itself; counties in the colours of their zones."""
    row = subject.units[subject.key]
    around = row["parent"] if subject.is_county and row["parent"] else subject.key
    content = _zones(subject, around, say)
    name = say.cell(subject.units[around], "name")
    key = "zones" if content.fills else "place"
    content.caption = say.word(f"dossier.map.{key}", name=name, what=content.caption)
    if subject.is_county:
        content.marked = (subject.key,)
        content.legend.append((say.cell(row, "name"), None))
    return _drawing(subject, content, say)


def count_map(subject: Subject, say: Say) -> Drawing | None:
    """Return the counties by how many features name them, or None where none is named."""
    found = {code: len(rows) for code, rows in by_county(subject).items()}
    if not found:
        return None
    content = Content(subject.unit, say.word("dossier.map.count"))
    content.fills = {code: [c for least, c in STEPS if n >= least][-1] for code, n in found.items()}
    ends = [least - 1 for least, _ in STEPS[1:]]
    for (least, colour), end in zip(STEPS, [*ends, None], strict=True):
        text = f"≥ {least}" if end is None else f"{least}—{end}" if end > least else str(least)
        content.legend.append((say.word("dossier.map.items", n=text), colour))
    return _drawing(subject, content, say)


def _zones(subject: Subject, scope: str, say: Say) -> Content:
    """Return the colours of counties that lie wholly in a zone of the first layer that divides."""
    there = set(inside_of(subject.atlas.tables)[scope])
    for layer in subject.layers.values():
        zones = (layer["partition"] or "").split()
        whole = {
            row["adcode"]: row["class"]
            for row in rows_of(subject.atlas.tables, "coverage")
            if row["layer"] == layer["layer"]
            and row["class"] in zones
            and row["adcode"] in there
            and (row["share_of_unit"] or 0) > WHOLLY
        }
        if whole:
            colours = {zone: colour_of(subject.atlas, zone) for zone in zones}
            legend: list[tuple[str, str | None]] = [
                (say.cell(subject.classes[zone], "title"), colours[zone])
                for zone in zones
                if zone in whole.values()
            ]
            fills = {code: colours[zone] for code, zone in whole.items()}
            return Content(scope, layer_name(subject, layer["layer"], say=say), fills, (), legend)
    return Content(scope, "")


def _drawing(subject: Subject, content: Content, say: Say) -> Drawing:
    made = counties(subject.atlas, content.scope, width=WIDTH)
    every = set(made.shapes)
    inside = every & set(inside_of(subject.atlas.tables)[content.scope])
    parts = [
        _area(made, every - inside, fill=OUTSIDE),
        _area(made, inside - set(content.fills), fill=LAND),
        *(
            _area(made, {c for c, own in content.fills.items() if own == colour}, fill=colour)
            for colour in dict.fromkeys(content.fills.values())
        ),
        _area(made, every, fill="none", stroke=LINE, stroke_width=0.6),
        *(_outline(made, codes, EDGE, 1.2) for codes in _cities(subject, every)),
    ]
    if content.marked:
        parts.append(_outline(made, content.marked, MARK, 2.6))
    parts += _names(subject, content, made, say)
    # What lies beyond the frame of the map would run into the legend.
    clip = f'<clipPath id="frame"><rect width="{WIDTH}" height="{made.height}"/></clipPath>'
    body = f'<defs>{clip}</defs><g clip-path="url(#frame)">{"".join(parts)}</g>'
    box = {"x": 0.5, "y": 0.5, "width": WIDTH - 1, "height": made.height - 1}
    body += element("rect", **box, fill="none", stroke=INK, stroke_width=1)
    body += "".join((*_legend(content, say), *_furniture(made)))
    extent = (WIDTH + SIDE, made.height)
    width = min(PAPER_MM, round(TALLEST_MM * extent[0] / extent[1], 1))
    return Drawing(body, extent, width, content.caption)


def _area(made: Picture, codes: Iterable[str], **style: object) -> str:
    data = area_data((made.shapes[c] for c in sorted(codes) if c in made.shapes), decimals=1)
    return element("path", d=data, fill_rule="evenodd", **style) if data else ""


def _outline(made: Picture, codes: Iterable[str], colour: str, width: float) -> str:
    shapes = np.array([made.shapes[c] for c in sorted(codes) if c in made.shapes], dtype=object)
    data = area_data([projected.union(shapes)], decimals=1) if len(shapes) else ""
    return element("path", d=data, fill="none", stroke=colour, stroke_width=width) if data else ""


def _cities(subject: Subject, shown: set[str]) -> list[set[str]]:
    found: dict[str, set[str]] = {}
    for code in shown:
        found.setdefault(subject.units[code]["parent"] or "", set()).add(code)
    return [found[city] for city in sorted(found)]


def _names(subject: Subject, content: Content, made: Picture, say: Say) -> list[str]:
    """Return the names of the units one level below the map's, of the counties in a city."""
    level = "city" if subject.units[content.scope]["level"] == "province" else "county"
    chains = chains_of(subject.atlas.tables)
    rows = [
        row
        for code, row in subject.units.items()
        if row["level"] == level and content.scope in chains[code]
    ]
    placed = made.frame.place(projected.label_points(rows, subject.atlas.meridian))
    return [
        element(
            "text",
            say.cell(row, "name"),
            x=float(point.x),
            y=float(point.y) + 4,
            text_anchor="middle",
            font_size=13 if say.lang == "zh" else 10,
            font_weight=700 if row["adcode"] in content.marked else 400,
            fill=INK,
            stroke="#ffffff",
            stroke_width=2.4,
            stroke_linejoin="round",
            paint_order="stroke",
        )
        for row, point in zip(rows, placed, strict=True)
    ]


def _legend(content: Content, say: Say) -> list[str]:
    x, y = WIDTH + 16, 20
    made = [element("text", say.word("legend"), x=x, y=y, font_size=15, font_weight=700, fill=INK)]
    for text, colour in content.legend:
        y += 12
        box = {"x": x, "y": y, "width": 24, "height": 14}
        edge = {"stroke": MARK if colour is None else EDGE}
        edge["stroke_width"] = 2.4 if colour is None else 0.6  # type: ignore[assignment]
        made.append(element("rect", **box, fill=colour or "none", **edge))
        for line in wrapped(text, SIDE - 60, size=13):
            made.append(element("text", line, x=x + 32, y=y + 12, font_size=13, fill=INK))
            y += 17
    return made


def _furniture(made: Picture) -> list[str]:
    """Return a scale bar and an arrow to the north, below the legend."""
    x, y = WIDTH + 16, made.height - 16
    steps = (1, 2, 5, 10, 20, 50, 100, 200, 500)
    km = max(step for step in steps if step * 1000 / made.ground < SIDE - 60 or step == 1)
    length = km * 1000 / made.ground
    bar = f"M{x} {y - 6}V{y}H{x + length:.1f}V{y - 6}"
    middle = WIDTH + SIDE - 22
    arrow = f"M{middle} {y - 34}L{middle + 8} {y}L{middle} {y - 7}L{middle - 8} {y}Z"
    common = {"font_size": 12, "fill": INK, "text_anchor": "middle"}
    return [
        element("path", d=bar, fill="none", stroke=INK, stroke_width=1.2),
        element("text", f"{km} km", x=x + length / 2, y=y - 10, **common),
        element("path", d=arrow, fill=INK),
        element("text", "N", x=middle, y=y - 39, **common),
    ]
