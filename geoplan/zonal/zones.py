"""Zones on a grid: polygons in its system, large ones cut along blocks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

import shapely

from geoplan import geometry, raster
from geoplan.zonal.block import BLOCK
from geoplan.zonal.cover import Pieces

Array = np.ndarray

MOST_POINTS = 4_096
"""A polygon of more points is cut along blocks, where it reaches over several."""


@dataclass(frozen=True)
class Zones:
    """What is measured: rows of a table and their polygons."""

    names: pd.DataFrame
    """Columns that say which zone it is; they come back as they are."""
    shapes: Array
    """Valid polygons in `crs.WORK_CRS`; empty or None where a zone has none."""


def pieces_of(shapes: Array, grid: raster.Grid) -> Pieces:
    """Return polygons of `crs.WORK_CRS` as pieces on a grid; those without a place there have none.

    Edges are straight in `crs.WORK_CRS` and stay so to 1/100 of a cell. What pieces there
    are depends on polygon and grid alone.
    """
    there = np.flatnonzero(~(shapely.is_missing(shapes) | shapely.is_empty(shapes)))
    here = raster.sound(raster.densified(shapes[there], grid))
    placed = ~shapely.is_empty(here)
    owner, here = there[placed], here[placed]
    parts, number = shapely.get_parts(here, return_index=True)
    owner = owner[number]
    large = np.flatnonzero(shapely.get_num_coordinates(parts) > MOST_POINTS)
    if len(large):
        parts, owner = _cut(parts, owner, large=set(large.tolist()), grid=grid)
    size = np.bincount(owner, shapely.area(parts), len(shapes)) / (grid.dx * grid.dy)
    return Pieces(parts, owner, shapely.bounds(parts).reshape(-1, 4), size[owner])


def _cut(parts: Array, owner: Array, *, large: set[int], grid: raster.Grid) -> tuple[Array, Array]:
    made: list[shapely.Geometry] = []
    owners: list[int] = []
    for n, (part, zone) in enumerate(zip(parts, owner.tolist(), strict=True)):
        cut = list(_halves(part, grid)) if n in large else [part]
        made += cut
        owners += [zone] * len(cut)
    return np.array(made, dtype=object), np.array(owners, dtype="int64")


def _halves(part: shapely.Geometry, grid: raster.Grid) -> Iterator[shapely.Geometry]:
    """Yield a polygon cut in halves along blocks, until they have few points or one block."""
    window = grid.window_of(shapely.bounds(part).tolist())
    if window is None:
        return
    row, col = window.row // BLOCK, window.col // BLOCK
    down = (window.row + window.height - 1) // BLOCK - row + 1
    across = (window.col + window.width - 1) // BLOCK - col + 1
    if shapely.get_num_coordinates(part) <= MOST_POINTS or down * across == 1:
        yield part
        return
    west, south, east, north = shapely.bounds(part).tolist()
    if down >= across:
        y = grid.top - (row + down // 2) * BLOCK * grid.dy
        boxes = shapely.box(west, y, east, north), shapely.box(west, south, east, y)
    else:
        x = grid.left + (col + across // 2) * BLOCK * grid.dx
        boxes = shapely.box(west, south, x, north), shapely.box(x, south, east, north)
    for box in boxes:
        for half in shapely.get_parts(geometry.polygonal(shapely.intersection(part, box))):
            yield from _halves(half, grid)
