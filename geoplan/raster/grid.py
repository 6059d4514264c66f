"""Where the cells of a raster lie: a value without a file."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from geoplan import crs
from geoplan.crs import Bounds
from geoplan.errors import UsageError

TILE = 1024
"""Cells along the side of a tile."""

CLOSE = 1e-6
"""Part of a cell within which an edge counts as one of the grid."""

LATTICE_M = 2_000.0
"""Directions are taken at places at most this far from each other, and between them from those."""

MAX_CELLS = 100_000_000_000
"""More cells than this (the land of the earth at 40 m) are a mistake."""


class Window(NamedTuple):
    """A part of a grid, in cells."""

    row: int
    col: int
    height: int
    width: int

    @property
    def slices(self) -> tuple[slice, slice]:
        """The window as rows and columns of an array of the whole grid."""
        return (
            slice(self.row, self.row + self.height),
            slice(self.col, self.col + self.width),
        )


@dataclass(frozen=True)
class Metric:
    """Metres on the ground of one step along a row and one down a column, for each cell.

    Arrays of the window's shape, or of one that numpy spreads to it.
    """

    east_col: np.ndarray
    north_col: np.ndarray
    east_row: np.ndarray
    north_row: np.ndarray

    @property
    def area_m2(self) -> np.ndarray:
        """Area of each cell."""
        return np.asarray(np.abs(self.east_col * self.north_row - self.north_col * self.east_row))


@dataclass(frozen=True)
class Grid:
    """Cells in rows from north to south and columns from west to east."""

    crs: crs.CRS
    left: float
    top: float
    dx: float
    """Width of a cell, in units of `crs`."""
    dy: float
    """Height of a cell, in units of `crs`."""
    width: int
    height: int

    @property
    def bounds(self) -> Bounds:
        """West, south, east, north in `crs`."""
        return (
            self.left,
            self.top - self.height * self.dy,
            self.left + self.width * self.dx,
            self.top,
        )

    @property
    def whole(self) -> Window:
        """All cells."""
        return Window(0, 0, self.height, self.width)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.height, self.width

    @property
    def cell_m(self) -> tuple[float, float]:
        """Width and height in metres of the cell in the middle."""
        middle = Window(self.height // 2, self.width // 2, 1, 1)
        found = metric(self, middle)
        across = math.hypot(found.east_col.item(), found.north_col.item())
        return across, math.hypot(found.east_row.item(), found.north_row.item())

    def window_of(self, bounds: Bounds) -> Window | None:
        """Return the cells that a box of `crs` touches; None where there are none."""
        west, south, east, north = bounds
        if not all(map(math.isfinite, bounds)):
            return None
        cols = _span((west - self.left) / self.dx, (east - self.left) / self.dx, self.width)
        rows = _span((self.top - north) / self.dy, (self.top - south) / self.dy, self.height)
        if not cols or not rows:
            return None
        return Window(rows.start, cols.start, len(rows), len(cols))

    def part(self, window: Window) -> Grid:
        """Return the grid of a window."""
        return Grid(
            self.crs,
            self.left + window.col * self.dx,
            self.top - window.row * self.dy,
            self.dx,
            self.dy,
            window.width,
            window.height,
        )

    def tiles(self, size: int = TILE) -> list[Window]:
        """Return the grid in squares of `size` cells, row by row; they depend on the grid alone."""
        return [
            Window(row, col, min(size, self.height - row), min(size, self.width - col))
            for row in range(0, self.height, size)
            for col in range(0, self.width, size)
        ]

    def centres(self, window: Window | None = None) -> tuple[np.ndarray, np.ndarray]:
        """Return x of the columns' and y of the rows' centres, in `crs`."""
        part = window or self.whole
        cols = np.arange(part.col, part.col + part.width)
        rows = np.arange(part.row, part.row + part.height)
        return self.left + (cols + 0.5) * self.dx, self.top - (rows + 0.5) * self.dy

    def lines_up_with(self, other: Grid) -> bool:
        """Return whether cells of both are the same where the grids share a place."""
        if self.crs != other.crs:
            return False
        same = math.isclose(self.dx, other.dx, rel_tol=1e-9) and math.isclose(
            self.dy, other.dy, rel_tol=1e-9
        )
        across = (self.left - other.left) / self.dx
        down = (self.top - other.top) / self.dy
        off = max(abs(across - round(across)), abs(down - round(down)))
        return same and off < 1e-3

    def place_of(self, other: Grid) -> tuple[int, int]:
        """Return row and column here of the first cell of a grid that lines up with this one."""
        return (
            round((self.top - other.top) / self.dy),
            round((other.left - self.left) / self.dx),
        )


LARGEST_CELL_M = 100_000.0
"""Above it, a cell reaches out of where the equal-area system is meant for."""


def snapped(bounds: Bounds, cell_m: float, *, system: crs.CRS = crs.WORK_CRS) -> Grid:
    """Return the equal-area grid over `bounds` (of `system`) with edges at multiples of `cell_m`.

    Raises
    ------
    UsageError
        Where a cell has no size or is too large, or there would be more than `MAX_CELLS`.
    """
    if not (math.isfinite(cell_m) and cell_m > 0):
        raise UsageError(f"cells of {cell_m} m: give a size above 0")
    if cell_m > LARGEST_CELL_M:
        raise UsageError(f"cells of {cell_m:g} m: at most {LARGEST_CELL_M:g} m are allowed")
    step = cell_m / crs.unit_m(system)
    west, south, east, north = bounds
    first, last = math.floor(west / step + CLOSE), math.ceil(east / step - CLOSE)
    low, high = math.floor(south / step + CLOSE), math.ceil(north / step - CLOSE)
    width, height = max(1, last - first), max(1, high - low)
    if width * height > MAX_CELLS:
        raise UsageError(
            f"cells of {cell_m:g} m: {width} x {height} of them, at most {MAX_CELLS} are allowed; "
            "take larger cells or a smaller unit"
        )
    return Grid(system, first * step, high * step, step, step, width, height)


def metric(grid: Grid, window: Window | None = None) -> Metric:
    """Return how far a step along a row and one down a column leads, in metres on the crs.

    Taken on a lattice that belongs to the whole grid, and between its nodes in
    proportion, so that a cell's figures do not depend on the window.
    """
    part = window or grid.whole
    if grid.crs.is_geographic:
        _, y = grid.centres(part)
        east, _, _, north = crs.directions(y, y, system=grid.crs)
        zero = np.zeros((part.height, 1))
        return Metric(east[:, None] * grid.dx, zero, zero, -north[:, None] * grid.dy)
    step = max(1, min(64, int(LATTICE_M / (max(grid.dx, grid.dy) * crs.unit_m(grid.crs)))))
    rows, cols = _nodes(part.row, part.height, step), _nodes(part.col, part.width, step)
    x = grid.left + (cols + 0.5) * grid.dx
    y = grid.top - (rows + 0.5) * grid.dy
    found = crs.directions(*np.meshgrid(x, y), system=grid.crs)
    east_x, north_x, east_y, north_y = (
        _between(values, rows, cols, part=part, step=step) for values in found
    )
    return Metric(east_x * grid.dx, north_x * grid.dx, -east_y * grid.dy, -north_y * grid.dy)


def cell_areas_m2(grid: Grid, window: Window | None = None) -> float | np.ndarray:
    """Return the area of cells on the ellipsoid, in square metres.

    One number on an equal-area grid; a column of one a row on a grid in degrees
    (exact); else an array of the window's shape.
    """
    part = window or grid.whole
    if crs.is_equal_area(grid.crs):
        return grid.dx * grid.dy * crs.unit_m(grid.crs) ** 2
    if grid.crs.is_geographic:
        to_radians = crs.unit_m(grid.crs)
        edges = (grid.top - np.arange(part.row, part.row + part.height + 1) * grid.dy) * to_radians
        areas = crs.band_area_m2(edges[1:], edges[:-1], system=grid.crs)
        return areas[:, None] * (grid.dx * to_radians)
    return metric(grid, part).area_m2


def _span(first: float, last: float, count: int) -> range:
    """Return which of `count` cells lie between two places; a place alone lies in one."""
    start = math.floor(first + CLOSE)
    stop = max(math.ceil(last - CLOSE), start + 1)
    return range(max(start, 0), min(stop, count))


def _nodes(first: int, count: int, step: int) -> np.ndarray:
    """Return places of the lattice around `count` cells from `first`, in cells."""
    low, high = first // step, -(-(first + count - 1) // step)
    return np.arange(low, max(high, low + 1) + 1) * step


def _between(
    values: np.ndarray, rows: np.ndarray, cols: np.ndarray, *, part: Window, step: int
) -> np.ndarray:
    """Return values at the nodes of a lattice for every cell of a window, in proportion."""
    row = np.arange(part.row, part.row + part.height)
    col = np.arange(part.col, part.col + part.width)
    above, left = (row - rows[0]) // step, (col - cols[0]) // step
    down = ((row - rows[0]) % step / step)[:, None]
    across = ((col - cols[0]) % step / step)[None, :]
    above, left = above[:, None], left[None, :]
    low, right = np.minimum(above + 1, len(rows) - 1), np.minimum(left + 1, len(cols) - 1)
    top = values[above, left] * (1 - across) + values[above, right] * across
    bottom = values[low, left] * (1 - across) + values[low, right] * across
    return np.asarray(top * (1 - down) + bottom * down)
