"""Shapes clipped to tiles, so that a small feature is not compared with a whole large shape.

A tile is clipped with a margin, and a feature takes the finest tile whose
margin reaches beyond it on all sides: in it a shape is what it is as a whole.
Tiles lie in fixed places and are clipped from the tile above, so what comes
out depends on shape and feature alone.
"""

from __future__ import annotations

import numpy as np

import shapely

from geoplan import geometry
from geoplan.engine.kernel import Array
from geoplan.engine.labels import unique_rows

STEP = 4
"""A tile has `STEP` × `STEP` tiles of the next level."""

MARGIN = 0.26
"""Margin as a share of a tile's side: a little more than features may reach beyond it."""

FEW_POINTS = 64
"""A shape of so few points is not clipped further."""

MOST_POINTS = 4_000_000
"""Points of clipped shapes that are kept."""


Key = tuple[int, int, int, int]
"""Number of a shape; level, column and row of a tile."""


class Tiles:
    """Shapes, clipped where features ask for them, and kept while there is room.

    Parameters
    ----------
    shapes
        Polygons by number, in metres.
    finest
        Side below which no tile is made.
    """

    def __init__(self, shapes: Array, finest: float) -> None:
        self._shapes = shapes
        known = shapes[~shapely.is_missing(shapes) & ~shapely.is_empty(shapes)]
        bounds = shapely.total_bounds(known) if len(known) else np.array([0.0, 0.0, 1.0, 1.0])
        self._west, self._south = float(bounds[0]), float(bounds[1])
        extent = max(float(bounds[2] - bounds[0]), float(bounds[3] - bounds[1]), finest)
        self._levels = int(np.ceil(np.log(extent / finest) / np.log(STEP)))
        self._side = finest * float(STEP) ** self._levels
        self._kept: dict[Key, shapely.Geometry] = {}
        # Apart from those that others are clipped from, so that these depend on place alone.
        self._valid: dict[Key, shapely.Geometry] = {}
        self._points = 0

    def near(self, numbers: Array, boxes: Array) -> Array:
        """Return for each shape number what is needed of it to compare it with what is in a box.

        `boxes` has west, south, east, north in its columns.
        """
        keys = np.column_stack([numbers, *self._tiles(boxes)])
        low = keys.min(axis=0, initial=0)
        unique, inverse = unique_rows(keys - low)
        made = np.empty(len(unique), dtype=object)
        for n, key in enumerate(map(tuple, (unique + low).tolist())):
            made[n] = self._asked(key)
        return np.asarray(made[inverse])

    def _tiles(self, boxes: Array) -> tuple[Array, Array, Array]:
        """Return level, column and row of the finest tile that a box does not outgrow."""
        extent = np.maximum(boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1])
        level = np.zeros(len(boxes), dtype=np.int64)
        for k in range(1, self._levels + 1):
            level[extent <= self._side / STEP**k / 2] = k
        side = self._side / float(STEP) ** level
        column = np.floor(((boxes[:, 0] + boxes[:, 2]) / 2 - self._west) / side)
        row = np.floor(((boxes[:, 1] + boxes[:, 3]) / 2 - self._south) / side)
        known = level > 0
        return level, np.where(known, column, 0).astype(int), np.where(known, row, 0).astype(int)

    def _asked(self, key: Key) -> shapely.Geometry:
        """Return a shape in a tile, valid."""
        found = self._valid.get(key)
        if found is not None:
            return found
        made = self._clipped(key)
        if key[1] > 0 and not shapely.is_valid(made):
            # The fast way may leave a ring that touches itself along a side of the tile.
            tile = shapely.box(*self._box(key))
            made = geometry.polygonal(shapely.intersection(self._shapes[key[0]], tile))
        # GEOS works out a box when it is first asked for; then threads only read.
        shapely.bounds(made)
        self._keep(self._valid, key, made)
        return made

    def _clipped(self, key: Key) -> shapely.Geometry:
        """Return a shape in a tile, or in one above if it has few points there."""
        number, level, column, row = key
        if level == 0:
            return self._shapes[number]
        found = self._kept.get(key)
        if found is not None:
            return found
        above = self._clipped((number, level - 1, column // STEP, row // STEP))
        if shapely.get_num_coordinates(above) <= FEW_POINTS:
            return above
        made = geometry.polygonal(shapely.clip_by_rect(above, *self._box(key)))
        self._keep(self._kept, key, made)
        return made

    def _keep(self, where: dict[Key, shapely.Geometry], key: Key, made: shapely.Geometry) -> None:
        # A key takes room as well.
        self._points += int(shapely.get_num_coordinates(made)) + 32
        if self._points > MOST_POINTS:
            self._kept.clear()
            self._valid.clear()
            self._points = 0
        where[key] = made

    def _box(self, key: Key) -> tuple[float, float, float, float]:
        """Return west, south, east and north of a tile with its margin."""
        _, level, column, row = key
        side = self._side / float(STEP) ** level
        west, south, more = self._west + column * side, self._south + row * side, MARGIN * side
        return west - more, south - more, west + side + more, south + side + more
