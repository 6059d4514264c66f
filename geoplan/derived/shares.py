"""Classes on a grid: the exact part of each cell that each has, or the one with most of it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

import shapely

from geoplan import geometry
from geoplan.raster import Grid, densified, fractions

NONE = 0
"""Number of cells of which no class has as much as what belongs to none."""

SAME = 6
"""Decimals to which shares are compared: those of exactextract are good to seven."""


def dissolved(shapes: np.ndarray, grid: Grid) -> np.ndarray:
    """Return polygons of `crs.WORK_CRS` as ones that do not overlap, in a grid's system.

    Edges stay straight to a hundredth of a cell. Lines and points are left out.
    """
    pure = np.array([geometry.polygonal(shape) for shape in shapes], dtype=object)
    fixed, _, _ = geometry.repair(pure)
    merged = geometry.polygonal(shapely.union_all(fixed))
    return densified(np.asarray(shapely.get_parts(merged), dtype=object), grid)


def shares_on(classes: Sequence[np.ndarray], grid: Grid) -> np.ndarray:
    """Return the exact part of each cell that each class covers.

    Parameters
    ----------
    classes
        Polygons of each in the grid's system, that do not overlap within a class; see
        `dissolved`. Those of different classes may.

    Returns
    -------
    shares
        float64 of classes x rows x columns, 0 to 1. Times the cells' areas, they add up to
        the area of the polygons within the grid.
    """
    made = np.zeros((len(classes), grid.height * grid.width))
    box = shapely.box(*grid.bounds)
    for place, shapes in enumerate(classes):
        near = shapes[shapely.intersects(shapes, box)]
        for found in fractions(grid, list(near)):
            made[place, found.cells] += found.share
    # Parts of a cell that add up to all of it may be above 1 by a rounding.
    return np.asarray(np.minimum(made, 1.0).reshape(len(classes), *grid.shape))


def largest(shares: np.ndarray) -> np.ndarray:
    """Return the number, from 1, of the class with most of each cell; `NONE` where none has.

    What no class covers competes too. Of equal shares the first class holds, and any class
    before none.

    Parameters
    ----------
    shares
        Of `shares_on`.

    Returns
    -------
    classes
        uint8 of rows x columns.
    """
    rest = np.clip(1.0 - shares.sum(axis=0), 0.0, 1.0)
    every = np.round(np.concatenate([shares, rest[None]]), SAME)
    found = every.argmax(axis=0) + 1
    found[found == len(every)] = NONE
    return np.asarray(found, dtype="uint8")
