"""Which windows of a raster are read, which zones lie there, and in what groups tasks run."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

import shapely

from geoplan import raster
from geoplan.zonal.block import BLOCK, Place
from geoplan.zonal.cover import Pieces
from geoplan.zonal.work import COUNTED, HERE, KEPT, Ranges, Task

Array = np.ndarray

MOST_KEPT = 1 << 16
"""Cells below a zone of several blocks up to which its cells are kept until it is whole."""

BYTES_A_CELL = 3
"""What a cell of a window takes besides its value: masks, and what is made of them."""

BYTES_KEPT, BYTES_COUNTED = 24, 200_000
"""What comes back for a cell that is kept, and for a zone whose values are counted."""


class Spans(NamedTuple):
    """Rows and columns of blocks below boxes, inclusive; first above last where there are none."""

    first_row: Array
    last_row: Array
    first_col: Array
    last_col: Array

    @property
    def any(self) -> Array:
        """Whether there are some."""
        return np.asarray((self.first_row <= self.last_row) & (self.first_col <= self.last_col))


class Window(NamedTuple):
    """Blocks that are read at once."""

    window: raster.Window
    places: tuple[Place, ...]


def spans(grid: raster.Grid, bounds: Array, *, side: int = BLOCK) -> Spans:
    """Return the blocks of `side` cells below boxes, given in rows of the grid's coordinates."""
    with np.errstate(invalid="ignore"):
        cols = (bounds[:, [0, 2]] - grid.left) / grid.dx / side
        rows = (grid.top - bounds[:, [3, 1]]) / grid.dy / side
    good = np.isfinite(bounds).all(axis=1)
    cols, rows = np.where(good[:, None], cols, -2), np.where(good[:, None], rows, -2)
    down, across = -(-grid.height // side), -(-grid.width // side)
    first_row, last_row = (np.clip(np.floor(rows[:, i]), -1, down) for i in (0, 1))
    first_col, last_col = (np.clip(np.floor(cols[:, i]), -1, across) for i in (0, 1))
    return Spans(
        np.maximum(first_row, 0).astype(int),
        np.minimum(last_row, down - 1).astype(int),
        np.maximum(first_col, 0).astype(int),
        np.minimum(last_col, across - 1).astype(int),
    )


def methods(grid: raster.Grid, bounds: Array) -> Array:
    """Return how quantiles of zones are found, by the boxes of zones alone."""
    blocks, cells = spans(grid, bounds), spans(grid, bounds, side=1)
    one = (blocks.first_row >= blocks.last_row) & (blocks.first_col >= blocks.last_col)
    count = (cells.last_row - cells.first_row + 1) * (cells.last_col - cells.first_col + 1)
    return np.where(one, HERE, np.where(count <= MOST_KEPT, KEPT, COUNTED))


def windows(source: raster.Source, pieces: Pieces, *, memory: int) -> list[Window]:
    """Return what is to be read, in rows from north to south; each block once.

    A window is a run of blocks next to each other, of at most `memory` bytes but of
    one block at least.
    """
    grid = source.grid
    rows, cols = (math.lcm(BLOCK, side) // BLOCK for side in _stored(source))
    touched = _touched(grid, spans(grid, pieces.bounds))
    size = np.dtype(source.dtype).itemsize if (source.scale, source.offset) == (1.0, 0.0) else 16
    most = memory // ((size + BYTES_A_CELL) * BLOCK**2 * rows)
    most = max(most // cols * cols, cols)
    made = []
    for top in range(0, len(touched), rows):
        band = touched[top : top + rows]
        wide = np.add.reduceat(band.any(axis=0), np.arange(0, band.shape[1], cols)) > 0
        for left, right in _spells(np.repeat(wide, cols)[: band.shape[1]], most):
            made.append(_window(grid, band[:, left:right], top, left))
    return made


def _stored(source: raster.Source) -> tuple[int, int]:
    """Return rows and columns of the pieces that a file is read in, 1 where they do not matter."""
    sides = raster.stored_in(source)
    return tuple(
        1 if side > 8 * BLOCK or BLOCK % side == 0 or side % BLOCK else side for side in sides
    )  # type: ignore[return-value]


def _touched(grid: raster.Grid, span: Spans) -> Array:
    """Return which blocks lie below boxes."""
    down, across = -(-grid.height // BLOCK), -(-grid.width // BLOCK)
    ends = np.zeros((down + 1, across + 1), dtype="int64")
    r0, r1, c0, c1 = (each[span.any] for each in span)
    for row, col, step in ((r0, c0, 1), (r1 + 1, c0, -1), (r0, c1 + 1, -1), (r1 + 1, c1 + 1, 1)):
        np.add.at(ends, (row, col), step)
    return np.asarray(ends.cumsum(axis=0).cumsum(axis=1)[:-1, :-1] > 0)


def _spells(there: Array, most: int) -> Iterator[tuple[int, int]]:
    """Yield where runs of true begin and end, cut after `most`."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], there.astype(int), [0]])))
    for begin, end in edges.reshape(-1, 2).tolist():
        for left in range(begin, end, most):
            yield left, min(left + most, end)


def _window(grid: raster.Grid, touched: Array, top: int, left: int) -> Window:
    across = -(-grid.width // BLOCK)
    row, col = top * BLOCK, left * BLOCK
    height = min(touched.shape[0] * BLOCK, grid.height - row)
    width = min(touched.shape[1] * BLOCK, grid.width - col)
    places = []
    for r, c in np.argwhere(touched).tolist():
        y, x = row + r * BLOCK, col + c * BLOCK
        part = raster.Window(y, x, min(BLOCK, grid.height - y), min(BLOCK, grid.width - x))
        places.append(Place((top + r) * across + left + c, part))
    return Window(raster.Window(row, col, height, width), tuple(places))


def tasks(
    source: raster.Source,
    pieces: Pieces,
    *,
    method: Array,
    wanted: tuple[float, ...],
    memory: int,
    ranges: Ranges | None = None,
) -> Iterator[Task]:
    """Yield the tasks of a raster: each window with the pieces in it."""
    planned = windows(source, pieces, memory=memory)
    bounds = [source.grid.part(each.window).bounds for each in planned]
    boxes = np.array([shapely.box(*each) for each in bounds], dtype=object)
    number, found = shapely.STRtree(pieces.shapes).query(boxes)
    order = np.lexsort((found, number))
    ends = np.searchsorted(number[order], np.arange(len(planned) + 1))
    for n, each in enumerate(planned):
        inside = found[order[ends[n] : ends[n + 1]]]
        if not len(inside):
            continue
        here = pieces.of(inside)
        owner = here.owner
        yield Task(
            source,
            each.window,
            each.places,
            shapely.to_wkb(here.shapes),
            owner,
            here.size,
            method[owner],
            wanted,
            ranges and _some(ranges, owner),
        )


def _some(ranges: Ranges, owner: Array) -> Ranges:
    return ranges.of(np.isin(ranges.owner, owner))


def groups(made: Iterator[Task], cells: Array, *, memory: int) -> Iterator[list[Task]]:
    """Yield tasks in groups whose results take at most `memory` bytes, as far as one can tell.

    `cells` is how many cells lie below the box of each zone.
    """
    group: list[Task] = []
    size = 0
    for task in made:
        owner, first = np.unique(task.owner, return_index=True)
        method = task.method[first]
        size += int(cells[owner[method == KEPT]].sum()) * BYTES_KEPT
        size += int((method == COUNTED).sum()) * BYTES_COUNTED
        group.append(task)
        if size > memory:
            yield group
            group, size = [], 0
    if group:
        yield group
