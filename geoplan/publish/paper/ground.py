"""What a map sheet shows on its ground: fills, hatches and shapes of the items that are on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, cos, floor, radians, sin
from typing import TypeAlias

import numpy as np

import shapely

from geoplan.publish import projected
from geoplan.publish.atlas import Atlas
from geoplan.publish.items import Item, inside_of
from geoplan.publish.paper.base import Base
from geoplan.publish.statics import Row
from geoplan.publish.svg import area_data, element, line_data

Shape: TypeAlias = shapely.Geometry

ANGLES, GAP = (45, 135, 0, 90), 2.2
"""Directions of hatches, in degrees, and mm between their lines."""

DOT, LINE = 0.9, 0.5
"""Radius of points and width of lines, in mm."""


def hatch_data(shape: Shape, number: int, *, gap: float = GAP) -> str:
    """Return the lines of hatch `number` in a shape (mm), cut off at its edges, as path data."""
    angle = radians(ANGLES[number % len(ANGLES)])
    along, across = np.array([cos(angle), sin(angle)]), np.array([-sin(angle), cos(angle)])
    west, north, east, south = shapely.bounds(shape)
    middle = np.array([(west + east) / 2, (north + south) / 2])
    reach = float(np.hypot(east - west, south - north)) / 2
    offset = float(middle @ across)
    steps = np.arange(ceil((offset - reach) / gap), floor((offset + reach) / gap) + 1) * gap
    feet = steps[:, None] * across + (middle @ along) * along
    lines = shapely.linestrings(np.stack([feet - reach * along, feet + reach * along], axis=1))
    shapely.prepare(shape)
    inside = shapely.intersection(lines, shape)
    return line_data(inside[~shapely.is_empty(inside)], decimals=2)


_VAGUE = "indicative"


@dataclass(frozen=True)
class Signs:
    """How items are drawn, by their keys: the same on the map and in the legend."""

    hatches: dict[str, int]
    """Numbers of hatches, for items that have one."""
    dimensions: dict[str, frozenset[int]]
    """Whether they are drawn as points (0), lines (1), areas (2), besides whole counties."""
    own: projected.Own
    """Shapes of their own of features, in mm, cut off at the frame."""


def signs_of(atlas: Atlas, base: Base, *, rows: Sequence[Row]) -> Signs:
    """Return how the items of `rows` are drawn."""
    keys = [row.item.key for row in rows if row.pattern == "hatch" and row.item.basis != _VAGUE]
    shapes, own = _own(atlas, base, [row.item for row in rows])
    there = {key: int(shapely.get_dimensions(shape)) for key, shape in shapes.items()}
    dimensions = {
        row.item.key: frozenset(
            there[key] for name in row.item.features if (key := (row.item.layer, name)) in there
        )
        for row in rows
    }
    return Signs({key: number for number, key in enumerate(keys)}, dimensions, own)


def drawn_items(
    atlas: Atlas, base: Base, *, rows: Sequence[Row], signs: Signs
) -> tuple[list[str], list[str]]:
    """Return what lies below the borders, and what lies above them."""
    below = [_fill(base, row, signs.hatches) for row in rows]
    above = [
        *(drawn for row in rows for drawn in _shapes(row, signs.own)),
        *_marks(atlas, base, rows),
    ]
    return [text for text in below if text], above


def _fill(base: Base, row: Row, numbers: dict[str, int]) -> str:
    codes = [code for code in sorted(row.item.filled) if code in base.shapes]
    if not codes or row.item.basis == _VAGUE:
        return ""
    if row.item.key in numbers:
        whole = shapely.union_all([base.shapes[code] for code in codes])
        return hatched(whole, numbers[row.item.key], colour=row.colour)
    data = "".join(base.paths[code] for code in codes)
    return element("path", d=data, fill=row.colour, fill_opacity=0.85)


def hatched(shape: Shape, number: int, *, colour: str, gap: float = GAP) -> str:
    """Return a shape (mm) hatched, with `gap` mm between the lines."""
    data = hatch_data(shape, number, gap=gap)
    style = {"stroke": colour, "stroke_width": 0.3, "stroke_opacity": 0.85}
    return element("path", d=data, fill="none", **style) if data else ""


def _own(atlas: Atlas, base: Base, on: Sequence[Item]) -> tuple[projected.Own, projected.Own]:
    """Return the shapes of features in metres, and in mm and cut off at the frame."""
    own = projected.own_shapes(atlas.tables, on, meridian=atlas.meridian)
    placed = base.frame.place(np.array([*own.values()], dtype=object))
    fewer = [shapely.simplify(shape, base.fineness) for shape in placed]
    valid = [shape if shape.is_valid else shapely.make_valid(shape) for shape in fewer]
    cut = [shapely.intersection(shape, base.window) for shape in valid]
    return own, {key: shape for key, shape in zip(own, cut, strict=True) if not shape.is_empty}


def _shapes(row: Row, own: projected.Own) -> list[str]:
    there = [own[key] for name in row.item.features if (key := (row.item.layer, name)) in own]
    return symbols(row, there)


def symbols(row: Row, shapes: Sequence[Shape]) -> list[str]:
    """Return shapes (mm) as an item draws them, in the map and in the legend."""
    areas = [shape for shape in shapes if shapely.get_dimensions(shape) == 2]
    lines = [shape for shape in shapes if shapely.get_dimensions(shape) == 1]
    points = [shape for shape in shapes if shapely.get_dimensions(shape) == 0]
    made = []
    if areas:
        made.append(element("path", d=area_data(areas, decimals=2), **_area(row)))
    if lines:
        made.append(element("path", d=line_data(lines, decimals=2), **_line(row)))
    made += [dot(p.x, p.y, colour=row.colour) for shape in points for p in shapely.get_parts(shape)]
    return made


def _area(row: Row) -> dict[str, object]:
    style: dict[str, object] = {"fill": row.colour, "stroke": row.colour, "fill_rule": "evenodd"}
    if row.item.basis == _VAGUE:
        return {**style, "fill_opacity": 0.16, "stroke_width": 0.4, "stroke_dasharray": "1.6 1.3"}
    if row.pattern == "hatch":
        return {**style, "fill": "none", "stroke_width": LINE}
    return {**style, "fill_opacity": 0.6, "stroke_width": 0.3}


def _line(row: Row) -> dict[str, object]:
    style: dict[str, object] = {"fill": "none", "stroke": row.colour, "stroke_linejoin": "round"}
    if row.item.basis == _VAGUE:
        vague = {"stroke_width": 1.6, "stroke_opacity": 0.45, "stroke_dasharray": "2.7 2.4"}
        return {**style, **vague}
    return {**style, "stroke_width": LINE, "stroke_linecap": "round"}


def dot(x: float, y: float, *, colour: str) -> str:
    """Return a point, with a white edge."""
    return element("circle", cx=x, cy=y, r=DOT, fill=colour, stroke="#ffffff", stroke_width=0.2)


def _marks(atlas: Atlas, base: Base, rows: Sequence[Row]) -> list[str]:
    """Return a point in each city that a list names, those of several items side by side."""
    found: dict[tuple[float, float], list[str]] = defaultdict(list)
    for row in rows:
        if row.item.basis == "list":
            inside = inside_of(atlas.tables)
            for p in projected.city_marks(row.item, drawn=base.shapes, inside=inside):
                found[p.x, p.y].append(row.colour)
    return [
        dot(x + 2.4 * DOT * number, y, colour=colour)
        for (x, y), colours in found.items()
        for number, colour in enumerate(colours)
    ]
