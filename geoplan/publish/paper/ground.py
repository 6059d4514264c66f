"""What a map sheet shows on its ground: fills, hatches and shapes of the items that are on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil, cos, floor, radians, sin
from typing import TypeAlias

import numpy as np

import shapely

from geoplan import crs
from geoplan.publish import projected
from geoplan.publish.atlas import Atlas
from geoplan.publish.items import Item
from geoplan.publish.paper.base import LAND, Base
from geoplan.publish.paper.content import STOP, Content
from geoplan.publish.statics import Row
from geoplan.publish.svg import area_data, element, line_data, number
from geoplan.publish.views.choose import View

Shape: TypeAlias = shapely.Geometry

ANGLES, GAP = (45, 135, 0, 90), 2.2
"""Directions of hatches, in degrees, and mm between their lines."""

DOT, LINE = 0.9, 0.5
"""Radius of points and width of lines, in mm."""

GREY, STEP = "#dadedd", 1.6
"""Colour of counties out of scope, and mm between rows of dots where nothing is known."""

OUT_GROUND, OUT_LINE, OUT_GAP = "#eeeeea", "#c3c3bc", 1.4
"""Colours outside the scope of a view, and mm between its lines."""


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


def signs_of(atlas: Atlas, base: Base, *, content: Content) -> Signs:
    """Return how the items of `content` are drawn."""
    keys = [row.item.key for row in content.rows if row.pattern == "hatch" and _is_known(row)]
    shapes, own = _own(atlas, base, [row.item for row in content.rows])
    there = {key: int(shapely.get_dimensions(shape)) for key, shape in shapes.items()}
    dimensions = {
        row.item.key: frozenset(
            there[key] for name in row.item.features if (key := (row.item.layer, name)) in there
        )
        for row in content.rows
    }
    return Signs({key: number for number, key in enumerate(keys)}, dimensions, own)


def _is_known(row: Row) -> bool:
    return row.item.basis != _VAGUE


def drawn_items(
    atlas: Atlas, base: Base, *, content: Content, signs: Signs
) -> tuple[list[str], list[str]]:
    """Return what lies below the borders, and what lies above them."""
    outlines = [row for row in content.rows if row.item.key in content.outline]
    filled = [row for row in content.rows if row.item.key not in content.outline]
    below = [
        *_states(base, content),
        *_view(base, content),
        *(_fill(base, row, content, signs.hatches) for row in filled),
    ]
    above = [
        *(_outline(base, row) for row in outlines),
        *(drawn for row in content.rows for drawn in _shapes(row, signs.own)),
        *_turns(atlas, base, content),
    ]
    return [text for text in below if text], [text for text in above if text]


def _states(base: Base, content: Content) -> list[str]:
    grey, dots = (_whole(base, content.counties_of(sign)) for sign in ("grey", "dots"))
    made = [] if grey is None else [element("path", d=area_data([grey], decimals=2), fill=GREY)]
    return made if dots is None else [*made, dotted(dots)]


def _view(base: Base, content: Content) -> list[str]:
    view = content.view
    made = []
    for place, band in enumerate(view.bands if view else ()):
        codes = [code for code, at in view.of.items() if at == place] if view else []
        whole = _whole(base, codes)
        # What nothing is said of is land.
        if whole is None or band.colour == LAND:
            continue
        data = area_data([whole], decimals=2)
        if band.out:
            made += [element("path", d=data, fill=OUT_GROUND), out_hatch(whole)]
        else:
            made.append(element("path", d=data, fill=band.colour, fill_opacity=view_opacity(view)))
    return made


def view_opacity(view: View | None) -> float:
    """Return how strong the fills of a view are: what is only listed is paler."""
    return 0.95 if view and view.measured else 0.6


def out_hatch(shape: Shape) -> str:
    """Return the lines of what is outside a plan's scope, in a shape (mm)."""
    data = hatch_data(shape, 0, gap=OUT_GAP)
    return element("path", d=data, fill="none", stroke=OUT_LINE, stroke_width=0.3) if data else ""


def dotted(shape: Shape, *, step: float = STEP) -> str:
    """Return dots in a shape (mm), in rows `step` mm apart, each between those of the next."""
    west, north, east, south = (v / step for v in shapely.bounds(shape).tolist())
    ys, xs = np.mgrid[floor(north) : ceil(south) + 1, floor(west) : ceil(east) + 1]
    x, y = xs.ravel() * step, ys.ravel() * step
    shapely.prepare(shape)
    kept = shapely.contains_xy(shape, x, y) & ((xs + ys).ravel() % 2 == 0)
    # Very short lines with round ends: a tenth of the size of as many circles.
    data = "".join(f"M{number(a)} {number(b)}h.1" for a, b in zip(x[kept], y[kept], strict=True))
    style = {"fill": "none", "stroke": "#a9afb2", "stroke_width": 0.4, "stroke_linecap": "round"}
    return element("path", d=data, **style) if data else ""


def _whole(base: Base, codes: Iterable[str]) -> Shape | None:
    """Return the union of counties, or None where none of them is on the sheet."""
    shapes = [base.shapes[code] for code in sorted(codes) if code in base.shapes]
    return shapely.union_all(shapes) if shapes else None


def _outline(base: Base, row: Row) -> str:
    whole = _whole(base, row.item.filled)
    if whole is None:
        return ""
    data = line_data(
        [shapely.intersection(whole.boundary, shapely.buffer(base.window, -0.01))], decimals=2
    )
    style = {"d": data, "fill": "none", "stroke_linejoin": "round"}
    ground = element("path", **style, stroke="#ffffff", stroke_width=1.6, stroke_opacity=0.7)
    return ground + element("path", **style, stroke=row.colour, stroke_width=0.85)


def _turns(atlas: Atlas, base: Base, content: Content) -> list[str]:
    """Return the points where an axis passes its stops."""
    if not content.stops:
        return []
    points = shapely.points([[x, y] for *_, x, y in content.stops])
    placed = base.frame.place(crs.data_to_print(points, atlas.meridian))
    return [dot(p.x, p.y, colour=STOP) for p in placed if base.window.contains(p)]


def _fill(base: Base, row: Row, content: Content, numbers: dict[str, int]) -> str:
    codes = [code for code in sorted(row.item.filled) if code in base.shapes]
    if not codes or row.item.basis == _VAGUE:
        return ""
    if row.item.key in numbers:
        whole = shapely.union_all([base.shapes[code] for code in codes])
        shown = content.hatched(row)
        return hatched(whole, numbers[row.item.key], colour=row.colour) if shown else ""
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
