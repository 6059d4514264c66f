"""The pieces of two layers: which features meet which shapes, and what of them they share.

Areas, and which pairs there are, come from the engine; GEOS draws the pieces
that are neither a whole feature nor a whole shape, and its areas have to agree.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

import shapely

from geoplan import geometry, vector
from geoplan.engine.areas import Found, areas_in_parts
from geoplan.engine.features import Features, Met, polygons_of
from geoplan.engine.kernel import Array
from geoplan.engine.parts import Parts
from geoplan.engine.tiles import Tiles
from geoplan.errors import StageError

ROUNDING = 1e-12
"""A piece that lacks no more than this share of a feature, and one unit, is the whole of it."""

DRAWN_UNITS, DRAWN_M = 10.0, 4e-9
"""GEOS's area may differ by so many units, and by this width along the edge of a feature."""


@dataclass(frozen=True)
class Others:
    """The layer that is held: parts for areas, polygons for drawing, area and columns a row."""

    parts: Parts
    polygons: Array
    units: Array
    tiles: Tiles
    table: vector.Table
    doubled: Array
    """Which rows overlap another one, be it by little."""
    overlaps: bool
    target: Any
    """The `pyproj.CRS` that pieces are written in."""
    met: Met


class Pieces(NamedTuple):
    """Pieces, one a row: feature, row of the other layer (-1: none), area in units, shape.

    A shape that is None is the whole of the feature.
    """

    feature: Array
    other: Array
    units: Array
    shape: Array
    uncut: Array
    """Whether it is a whole feature, or a whole shape of the other layer."""


def _shared(features: Features, found: Found, own: Array, others: Others) -> Pieces:
    """Return what features share with shapes of the other layer; `own` are areas of features."""
    f, s, units = found
    whole = own[f] - units <= 1 + ROUNDING * own[f]
    inside = others.units[s] - units <= 1 + ROUNDING * others.units[s]
    shape = np.full(len(f), None, dtype=object)
    drawn = inside & ~whole
    shape[drawn] = others.polygons[s[drawn]]
    across = np.flatnonzero(~(whole | inside))
    if len(across):
        polygons, boxes = _of_features(features, f[across])
        near = others.tiles.near(s[across], boxes)
        shape[across] = _polygons(shapely.intersection(polygons, near))
        _check(units[across], shape[across], polygons)
    return Pieces(f, s, units, shape, whole | inside)


def _uncovered(features: Features, found: Found, own: Array, rest: Array, others: Others) -> Pieces:
    """Return what is left of features outside of all shapes of the other layer."""
    count = np.bincount(found.feature, minlength=len(own))
    # Where shapes overlap, what is left cannot be told from areas.
    doubled = np.bincount(found.feature, weights=others.doubled[found.key], minlength=len(own))
    unsure = doubled > 1
    left = (features.row >= 0) & (own > 0) & (unsure | (rest > 1 + ROUNDING * own))
    f = np.flatnonzero(left)
    units, shape = rest[f], np.full(len(f), None, dtype=object)
    cut = np.flatnonzero(count[f] > 0)
    if len(cut):
        polygons, boxes = _of_features(features, f[cut])
        shape[cut] = _polygons(shapely.difference(polygons, _around(f[cut], boxes, found, others)))
        # Several shapes may overlap by less than can be seen: only GEOS has the area then.
        alone = count[f[cut]] == 1
        _check(units[cut[alone]], shape[cut[alone]], polygons[alone])
        units[cut[~alone]] = geometry.area_units(shape[cut[~alone]])
    some = (units > 0) & ~shapely.is_empty(shape)
    none = np.full(int(some.sum()), -1, dtype=np.int64)
    return Pieces(f[some], none, units[some], shape[some], count[f[some]] == 0)


def _around(f: Array, boxes: Array, found: Found, others: Others) -> Array:
    """Return for each feature the union of the shapes that it meets, near it."""
    start, stop = np.searchsorted(found.feature, f), np.searchsorted(found.feature, f, "right")
    numbers = np.concatenate([found.key[a:z] for a, z in zip(start, stop, strict=True)])
    each = np.repeat(np.arange(len(f)), stop - start)
    near = others.tiles.near(numbers, boxes[each])
    ends = np.cumsum(stop - start)
    made = near[ends - 1].copy()
    for n in np.flatnonzero(stop - start > 1):
        made[n] = shapely.union_all(near[ends[n] - (stop - start)[n] : ends[n]])
    return np.asarray(made)


def _of_features(features: Features, f: Array) -> tuple[Array, Array]:
    """Return polygons and boxes of features by number."""
    unique, inverse = np.unique(f, return_inverse=True)
    polygons = polygons_of(features.shapes, unique)[inverse]
    return polygons, shapely.bounds(polygons)


def _polygons(shapes: Array) -> Array:
    """Return shapes without their lines and points."""
    made = shapes.copy()
    odd = ~np.isin(shapely.get_type_id(shapes), (3, 6))
    made[odd] = [geometry.polygonal(shape) for shape in shapes[odd]]
    return made


def _check(units: Array, shapes: Array, features: Array) -> None:
    """Raise `StageError` where GEOS has drawn another area than the engine has found."""
    off = np.abs(shapely.area(shapes) * geometry.AREA_UNITS_PER_M2 - units)
    edge = shapely.length(features) * DRAWN_M * geometry.AREA_UNITS_PER_M2
    wrong = np.flatnonzero(off > DRAWN_UNITS + edge + ROUNDING * units)
    if len(wrong):
        worst = wrong[np.argmax(off[wrong])]
        raise StageError(
            f"{len(wrong)} piece(s) are drawn with another area than they have; the worst by "
            f"{off[worst] / geometry.AREA_UNITS_PER_M2:.4f} m2 of "
            f"{units[worst] / geometry.AREA_UNITS_PER_M2:.4f} m2"
        )


def pieces_of(features: Features, others: Others, *, how: str, most: int) -> tuple[Pieces, Array]:
    """Return the pieces that are asked for, in the order of rows, and the areas of features.

    `how` is one of `HOWS`; features of more than `most` points are cut into
    squares to find their areas.
    """
    per_m2 = float(geometry.AREA_UNITS_PER_M2)
    ways = np.array([max(len(others.units), 1)])
    wanted = features.row >= 0
    found, rest = areas_in_parts(features.shapes, wanted, others.parts, ways, per_m2, most)
    own = rest.copy()
    np.add.at(own, found.feature, found.units)
    made = []
    if how != "difference":
        made.append(_shared(features, found, own, others))
    if how != "intersection":
        made.append(_uncovered(features, found, own, rest, others))
    every = Pieces(*(np.concatenate(columns) for columns in zip(*made, strict=True)))
    last = np.where(every.other < 0, len(others.units), every.other)
    order = np.lexsort((last, features.row[every.feature]))
    return Pieces(*(column[order] for column in every)), own
