"""The ground of a map sheet: counties, borders and degrees, the same for all maps of one scope."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np

import shapely

from geoplan.publish import projected
from geoplan.publish.atlas import Atlas
from geoplan.publish.items import chains_of, inside_of
from geoplan.publish.paper.layout import (
    ORIENTATIONS,
    Box,
    Layout,
    Orientation,
    Paper,
    best,
    denominator,
)
from geoplan.publish.paper.layout import layout as layout_of
from geoplan.publish.projected import Frame
from geoplan.publish.rows import kept
from geoplan.publish.svg import area_data, element, line_data

Shape: TypeAlias = shapely.Geometry

LAND, OUTSIDE = "#fdfcf8", "#f0f1ee"
BORDERS = {"county": ("#a3a199", 0.15), "city": ("#6b6a64", 0.35), "province": ("#45443f", 0.6)}
"""Colour and width, in mm, of borders; the same colours as on screen."""

DARK = {"county": "#4b4a45", "city": "#2b2a27", "province": "#1c1b19"}
"""Colours of borders over a raster."""

FINENESS = (0.1, 0.2, 0.4)
"""How far, in mm on paper, lines may be off for the sake of fewer points; see `draw`."""


@dataclass(frozen=True)
class Base:
    """Counties on a sheet, in mm, cut off at its frame."""

    layout: Layout
    scale: int
    """Denominator of the scale."""
    frame: Frame
    fineness: float
    """How far lines may be off, in mm."""
    shapes: dict[str, Shape]
    inside: frozenset[str]
    """Counties of the scope."""
    borders: dict[str, str]
    """Data of the paths of borders, by level."""

    @property
    def window(self) -> Shape:
        """The frame as a shape."""
        return window(self.layout.map)

    @cached_property
    def paths(self) -> dict[str, str]:
        """Data of the path of every county."""
        return {code: area_data([shape], decimals=2) for code, shape in self.shapes.items()}

    @cached_property
    def fills(self) -> list[str]:
        """Return the grounds, pale outside the scope."""
        inside = "".join(path for code, path in self.paths.items() if code in self.inside)
        rest = "".join(path for code, path in self.paths.items() if code not in self.inside)
        drawn = ((rest, OUTSIDE), (inside, LAND))
        return [element("path", d=data, fill=fill) for data, fill in drawn if data]

    @cached_property
    def lines(self) -> list[str]:
        """Return the borders, the higher ones on top."""
        return [border(level, data) for level, data in self.borders.items() if data]

    @cached_property
    def dark_lines(self) -> list[str]:
        """Return the borders as they are seen over a raster."""
        return [border(level, data, dark=True) for level, data in self.borders.items() if data]


def border(level: str, data: str, *, dark: bool = False) -> str:
    """Return a border of a level as it is drawn on maps and in legends; `dark` over rasters."""
    colour, width = BORDERS[level]
    colour = DARK[level] if dark else colour
    join = {"stroke_linejoin": "round", "stroke_linecap": "round"}
    return element("path", d=data, fill="none", stroke=colour, stroke_width=width, **join)


def window(box: Box) -> Shape:
    """Return a box as a shape."""
    return shapely.box(box.x, box.y, box.right, box.bottom)


def base_of(
    atlas: Atlas,
    scope: str,
    *,
    paper: Paper,
    orientation: Orientation,
    fineness: float = FINENESS[0],
    fit: tuple[str, ...] = (),
) -> Base:
    """Return the ground of sheets around unit `scope`, or its counties `fit`; made once.

    `orientation` is ``auto`` for the one with the
    larger scale; `fineness` is in mm.
    """
    key = ("base", scope, atlas.meridian, paper, orientation, fineness, fit)

    def make() -> Base:
        every = projected.counties(atlas.tables, atlas.meridian)
        inside = np.isin(every.codes, inside_of(atlas.tables)[scope])
        wanted = np.isin(every.codes, fit) if fit else inside
        west, south, east, north = shapely.total_bounds(every.shapes[wanted]).tolist()
        bounds = (west, south, east, north)
        made, scale = _room(bounds, paper=paper, orientation=orientation)
        return _base(atlas, inside, bounds, made=made, scale=scale, fineness=fineness)

    return kept(atlas.tables, key, make=make)


Bounds = tuple[float, float, float, float]


def _room(bounds: Bounds, *, paper: Paper, orientation: Orientation) -> tuple[Layout, int]:
    """Return the layout for bounds in metres, and its scale."""
    west, south, east, north = bounds
    size = (east - west, north - south)
    if orientation in ORIENTATIONS:
        made = layout_of(paper, orientation)
        return made, denominator(*size, box=made.map.inner(made.sizes.pad))
    return best(*size, paper=paper)


def _base(
    atlas: Atlas, inside: np.ndarray, bounds: Bounds, *, made: Layout, scale: int, fineness: float
) -> Base:
    every = projected.counties(atlas.tables, atlas.meridian)
    west, south, east, north = bounds
    ground, box = scale / 1000, made.map
    left = (west + east) / 2 - (box.x + box.width / 2) * ground
    top = (south + north) / 2 + (box.y + box.height / 2) * ground
    frame = Frame(left, top, ground)
    drawn = frame.place(shapely.coverage_simplify(every.shapes, fineness * ground))
    shown = shapely.intersects(drawn, window(box))
    there = projected.Counties(every.codes[shown], every.parents[shown], drawn[shown])
    shapes = _cut(there.shapes, box)
    return Base(
        made,
        scale,
        frame,
        fineness,
        dict(zip(there.codes.tolist(), shapes.tolist(), strict=True)),
        frozenset(every.codes[inside].tolist()),
        _borders(atlas, there, box),
    )


def _cut(shapes: np.ndarray, box: Box) -> np.ndarray:
    """Cut shapes off at a box; those that lie within it stay as they are."""
    frame = window(box)
    over = ~shapely.covered_by(shapes, frame)
    made = shapes.copy()
    made[over] = shapely.intersection(shapes[over], frame)
    return made


def _borders(atlas: Atlas, there: projected.Counties, box: Box) -> dict[str, str]:
    chains = chains_of(atlas.tables)
    tops = np.array([chains[code][-1] for code in there.codes.tolist()])
    cities = np.array(list(map(projected.union, there.by_city().values())), dtype=object)
    whole = [projected.union(there.shapes[tops == top]) for top in sorted(set(tops))]
    levels = {"county": there.shapes, "city": cities, "province": np.array(whole, dtype=object)}
    # Two neighbours have the same border: once is enough.
    merged = {
        level: shapely.line_merge(shapely.union_all(shapely.boundary(shapes)))
        for level, shapes in levels.items()
    }
    frame = window(box)
    return {
        level: line_data([shapely.intersection(lines, frame)], decimals=2)
        for level, lines in merged.items()
    }
