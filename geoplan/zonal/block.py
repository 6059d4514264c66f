"""A block of cells, kept in squares: what a zone covers wholly is taken a square at a time.

Blocks and squares lie in places that depend on the grid alone, so that what comes
out does not depend on how blocks are shared out to tasks.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

import shapely

from geoplan import raster
from geoplan.zonal.keys import key_of

Array = np.ndarray

BLOCK = 512
"""Cells along the side of a block."""

SIDE = 64
"""Cells along the side of a square; a block has whole squares, filled up at the grid's edge."""


class Place(NamedTuple):
    """A block among those of its grid."""

    number: int
    """Row by row."""
    window: raster.Window


class Moments(NamedTuple):
    """Sums over cells, one entry a zone or square; weights are in areas of a reference cell."""

    cells: Array
    """Covered parts of cells with data."""
    total: Array
    """Those of all cells."""
    weight: Array
    """Area of cells with data."""
    weight_total: Array
    """Area of all cells."""
    value_cells: Array
    """Values times covered parts."""
    mean: Array
    """Mean by area; 0 where there is no data."""
    spread: Array
    """Squared distances from that mean, times areas."""
    least: Array
    most: Array


@dataclass(frozen=True)
class Block:
    """Cells in squares: arrays of squares × `SIDE`², filled up by cells that do not count."""

    place: Place
    grid: raster.Grid
    values: Array
    """As stored, 0 where there is no data."""
    known: Array
    """Where there is data."""
    area: Array | None
    """Area of each in areas of the reference cell; None where all have its."""

    @property
    def across(self) -> int:
        """Squares in a row."""
        return -(-self.grid.width // SIDE)

    @functools.cached_property
    def boxes(self) -> Array:
        """Boxes of the squares, an array of their rows and columns, cut at the grid's edge."""
        grid, down = self.grid, -(-self.grid.height // SIDE)
        cols = np.minimum(np.arange(self.across + 1) * SIDE, grid.width)
        rows = np.minimum(np.arange(down + 1) * SIDE, grid.height)
        x, y = grid.left + cols * grid.dx, grid.top - rows * grid.dy
        return np.asarray(shapely.box(x[None, :-1], y[1:, None], x[None, 1:], y[:-1, None]))

    @functools.cached_property
    def strips(self) -> Array:
        """Boxes of the rows of squares."""
        first, last = shapely.bounds(self.boxes[:, 0]), shapely.bounds(self.boxes[:, -1])
        return np.asarray(shapely.box(first[:, 0], first[:, 1], last[:, 2], last[:, 3]))

    def position(self, cells: Array) -> Array:
        """Return the place in the flat arrays of cells, given as row * width + column."""
        row, col = np.divmod(cells, self.grid.width)
        square = row // SIDE * self.across + col // SIDE
        return np.asarray(square * SIDE**2 + row % SIDE * SIDE + col % SIDE)

    @functools.cached_property
    def flat(self) -> Array:
        """Values as float64, in one row."""
        return np.asarray(self.values.astype("float64", copy=False).ravel())

    @functools.cached_property
    def keys(self) -> Array:
        """Values as whole numbers in the same order."""
        return key_of(self.values)

    @functools.cached_property
    def whole(self) -> Array:
        """Whether a square has data in all of `SIDE`² cells."""
        return np.asarray(self.known.all(axis=1))

    @functools.cached_property
    def real(self) -> Array:
        """How many cells of a square there are."""
        down = -(-self.grid.height // SIDE)
        rows = np.minimum(SIDE, self.grid.height - np.arange(down) * SIDE)
        cols = np.minimum(SIDE, self.grid.width - np.arange(self.across) * SIDE)
        return np.asarray(np.multiply.outer(rows, cols).ravel().astype("float64"))

    @functools.cached_property
    def squares(self) -> Moments:
        """Moments of whole squares."""
        known, x = self.known, self.flat.reshape(self.values.shape)
        weights = known.astype("float64") if self.area is None else self.area * known
        cells = known.sum(axis=1).astype("float64")
        weight = weights.sum(axis=1)
        mean = np.divide(
            (weights * x).sum(axis=1), weight, out=np.zeros_like(weight), where=weight > 0
        )
        return Moments(
            cells,
            self.real,
            weight,
            self.real if self.area is None else self.area.sum(axis=1),
            x.sum(axis=1),  # 0 where there is no data
            mean,
            (weights * (x - mean[:, None]) ** 2).sum(axis=1),
            np.min(x, axis=1, where=known, initial=np.inf),
            np.max(x, axis=1, where=known, initial=-np.inf),
        )


def places(grid: raster.Grid) -> list[Place]:
    """Return the blocks of a grid."""
    return [Place(number, window) for number, window in enumerate(grid.tiles(BLOCK))]


def reference_m2(grid: raster.Grid) -> float:
    """Return the area of the cell in the middle, which areas are told in."""
    middle = raster.Window(grid.height // 2, grid.width // 2, 1, 1)
    return float(np.asarray(raster.cell_areas_m2(grid, middle)).ravel()[0])


def block_of(grid: raster.Grid, place: Place, *, cells: np.ma.MaskedArray) -> Block:
    """Return the cells read at a place of a grid as a block."""
    known = ~np.ma.getmaskarray(cells)
    values = np.where(known, np.ma.getdata(cells), np.zeros(1, dtype=cells.dtype))
    areas = raster.cell_areas_m2(grid, place.window)
    area = None
    if not isinstance(areas, float):
        shares = np.broadcast_to(areas / reference_m2(grid), cells.shape)
        area = _in_squares(shares)
    return Block(place, grid.part(place.window), _in_squares(values), _in_squares(known), area)


def _in_squares(values: Array) -> Array:
    """Return an array in squares, each in one row; 0 beyond its edges."""
    height, width = values.shape
    down, across = -(-height // SIDE), -(-width // SIDE)
    if (down * SIDE, across * SIDE) != values.shape:
        values = np.pad(values, ((0, down * SIDE - height), (0, across * SIDE - width)))
    made = values.reshape(down, SIDE, across, SIDE).swapaxes(1, 2)
    return np.ascontiguousarray(made).reshape(down * across, SIDE**2)
