"""Hexagons that stand for many shapes: their size says how much there is, their colour of what."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

import shapely

SIZES_M = (1_000.0, 2_000.0, 5_000.0, 10_000.0, 20_000.0, 40_000.0)
"""Widths of cells that are tried, in metres."""

MOST_CELLS = 15_000
"""Cells that the box of the shapes may hold."""

LEAST_SHARE = 0.08
"""Cells that hold less are drawn as if they held this share of the most, to be seen at all."""


@dataclass(frozen=True)
class Cells:
    """A grid of hexagons in `crs.WORK_CRS`; its place depends on nothing but the size."""

    size_m: float
    """From side to side."""
    centres: np.ndarray

    @property
    def area_m2(self) -> float:
        """Area of a cell."""
        return math.sqrt(3) / 2 * self.size_m**2

    @property
    def reach_m(self) -> float:
        """From corner to corner: how far what a cell shows may lie from where it shows it."""
        return 2 * self.size_m / math.sqrt(3)

    @property
    def shapes(self) -> np.ndarray:
        """The hexagons, whole."""
        return _hexagons(self.centres, np.full(len(self.centres), self.size_m))

    def scaled(self, cells: np.ndarray, shares: np.ndarray) -> np.ndarray:
        """Return hexagons whose area is a share (0 to 1) of that of their cell."""
        part = np.clip(shares, LEAST_SHARE, 1.0)
        return _hexagons(self.centres[cells], self.size_m * np.sqrt(part))


def cells_of(size_m: float, shapes: np.ndarray) -> Cells | None:
    """Return the cells over shapes (`crs.WORK_CRS`), or None where they would be too many."""
    west, south, east, north = shapely.total_bounds(shapes)
    high = size_m * math.sqrt(3) / 2
    columns = np.arange(math.floor(west / size_m) - 1, math.ceil(east / size_m) + 2)
    rows = np.arange(math.floor(south / high) - 1, math.ceil(north / high) + 2)
    if len(columns) * len(rows) > MOST_CELLS:
        return None
    x, y = np.meshgrid(columns * size_m, rows * high)
    x = x + np.where(rows % 2, size_m / 2, 0.0)[:, None]
    return Cells(size_m, np.stack([x.ravel(), y.ravel()], axis=1))


def _hexagons(centres: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """Return hexagons with a corner at the top, `sizes` from side to side."""
    turns = np.arange(6) * math.pi / 3 + math.pi / 2
    corners = np.stack([np.cos(turns), np.sin(turns)], axis=1)
    radius = (sizes / math.sqrt(3))[:, None, None]
    return np.asarray(shapely.polygons(centres[:, None, :] + radius * corners))
