"""The layers that are held in memory: cut into squares, with the values to group by."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from geoplan import vector
from geoplan.engine.blame import blamed
from geoplan.engine.features import Features, Met, features_of, joined, rings_of
from geoplan.engine.kernel import Array, Rings, bounds_of, sum_of_areas
from geoplan.engine.labels import MOST_KEYS, Label, groups_of
from geoplan.engine.parts import Parts, Shapes, cut_band, in_parts, uncounted, with_room
from geoplan.engine.plan import Plan, check_files
from geoplan.engine.squares import Grid
from geoplan.errors import DataError

EDGES_A_SQUARE = 8
"""Squares are as large as to hold so many edges on average."""

MOST_SQUARES = 4_000_000
BANDS, CHUNKS = 8, 8
"""In how many pieces layers are read and cut, by as many threads as there are cores."""

EDGES_A_POINT, LEAST_EDGES, MOST_EDGES = 8, 2_000_000, 400_000_000
"""Squares are not so small that shapes have more edges for each of their points; within bounds."""

MOST_CROWDED = 16
"""Squares with a point hold on average at most so many times `EDGES_A_SQUARE`."""


@dataclass(frozen=True)
class Held:
    """Layers in parts; for each, how many shapes it has, the group of each, labels of groups."""

    parts: Parts
    ways: Array
    groups: tuple[Array, ...]
    labels: tuple[list[Label], ...]
    met: Met

    def groups_of(self, keys: Array) -> Array:
        """Return the groups of keys of shapes, a column a layer."""
        columns = []
        for ways, group in zip(self.ways[::-1], self.groups[::-1], strict=True):
            columns.append(group[keys % ways])
            keys = keys // ways
        return np.stack(columns[::-1], axis=1)

    def of(self, layers: Sequence[Features], *, threads: int) -> Held:
        """Return the same layers with other shapes on their rows."""
        return replace(self, parts=parts_of(layers, threads=threads), met=Met())


_LOCK = threading.Lock()


def held_layers(plan: Plan) -> Held:
    """Return the layers of a plan that are not streamed; read once a process."""
    with _LOCK:
        return _held(plan)


@lru_cache(maxsize=1)
def _held(plan: Plan) -> Held:
    check_files(plan.paths, plan.stamps)
    met = Met()
    features, groups, labels, ways = [], [], [], []
    for i, path in enumerate(plan.paths):
        if i == plan.large:
            continue
        columns = [by.column for by in plan.by if by.layer == i]
        layer = read_layer(Path(path), columns, met=met, threads=plan.threads)
        codes, found = layer.groups(Path(path))
        features.append(layer.features)
        ways.append(max(layer.rows, 1))
        groups.append(codes)
        labels.append(found)
    if np.prod(ways, dtype=float) > MOST_KEYS:
        raise DataError(f"layers with {' × '.join(map(str, ways))} rows are too many to be held")
    return Held(
        parts_of(features, threads=plan.threads), np.array(ways), tuple(groups), tuple(labels), met
    )


def _in_threads(
    batch: vector.Batch, path: Path, met: Met, threads: int
) -> list[tuple[Features, int]]:
    """Return the features of a batch in chunks of about the same size, and how many rows each."""
    ends = np.searchsorted(batch.offsets, np.linspace(0, len(batch.data), CHUNKS + 1)[1:])
    ends[-1] = len(batch.offsets) - 1
    starts = [0, *ends[:-1].tolist()]
    chunks = [batch.rows(a, z) for a, z in zip(starts, ends.tolist(), strict=True) if a < z]
    found = [Met() for _ in chunks]

    def read(chunk: vector.Batch, count: Met) -> Features:
        return blamed(chunk, lambda b: features_of(b, count), path=path)

    with ThreadPoolExecutor(threads) as pool:
        made = list(pool.map(read, chunks, found))
    for each in found:
        met.update(each)
    return [(own, len(chunk.offsets) - 1) for own, chunk in zip(made, chunks, strict=True)]


def parts_of(layers: Sequence[Features], *, threads: int) -> Parts:
    """Return layers in parts, on a grid that suits all of their edges."""
    layer = np.concatenate([np.full(len(own.row), n) for n, own in enumerate(layers)])
    shapes, row = joined(layers)
    every, grid = Shapes(shapes, layer, row, bounds_of(shapes)), _grid(shapes, len(layers))
    bands = _bands(grid)
    target = uncounted(len(layers), grid)
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(lambda band: cut_band(every, target, band, grid), bands))
        filled = with_room(target)
        list(pool.map(lambda band: cut_band(every, filled, band, grid), bands))
    return in_parts(filled, grid)


def _bands(grid: Grid) -> list[Grid]:
    """Return a grid in bands of rows."""
    rows = -(-grid.ny // BANDS)
    starts = range(0, grid.ny, rows)
    return [grid._replace(row=n, ny=min(rows, grid.ny - n)) for n in starts]


class Layer(NamedTuple):
    """A layer in memory: its features, its columns, and how many rows it has."""

    features: Features
    table: vector.Table
    rows: int

    def groups(self, path: Path) -> tuple[Array, list[Label]]:
        """Return for each row the number of its label, and the labels; `path` is for messages."""
        try:
            return groups_of(self.table, self.rows)
        except DataError as fault:
            raise DataError(f"{path}: {fault}") from fault


def read_layer(path: Path, columns: Sequence[str], *, met: Met, threads: int) -> Layer:
    """Return all of a file; what is met is counted."""
    read: list[Features] = []
    tables: list[vector.Table] = []
    rows = 0
    for part in vector.parts_of(path, rows=MOST_SQUARES):
        for batch in vector.read_part(path, part, columns=columns, rows=MOST_SQUARES):
            for own, count in _in_threads(batch, path, met, threads):
                read.append(Features(own.shapes, np.where(own.row < 0, -1, own.row + rows)))
                rows += count
            tables.append(batch.table)
    nothing = Features(rings_of(np.empty(0, dtype=object)), np.empty(0, dtype=np.int64))
    return Layer(joined(read or [nothing]), vector.stacked(tables, columns), rows)


def _grid(shapes: Rings, layers: int) -> Grid:
    """Lay out squares over all shapes, as many as their edges are worth."""
    if not len(shapes.x):
        return Grid(0.0, 0.0, 1.0, 1, 1, 0, 0)
    most = max(min(len(shapes.x) * EDGES_A_POINT, MOST_EDGES), LEAST_EDGES) // 2
    many = min(max(len(shapes.x) // EDGES_A_SQUARE, 1), MOST_SQUARES // layers)
    grid = _squares(shapes, many)
    area = float(sum_of_areas(shapes))
    # Shapes that lie on each other have two edges in every square that they cover.
    while many > 1 and area / grid.size**2 > most:
        many = max(many // 4, 1)
        grid = _squares(shapes, many)
    # Shapes that crowd in few places, or one far away from all, need smaller squares.
    crowded = MOST_CROWDED * EDGES_A_SQUARE
    while len(shapes.x) > _occupied(shapes, grid) * crowded and 4 * many <= MOST_SQUARES // layers:
        finer = _squares(shapes, 4 * many)
        if area / finer.size**2 > most:
            break
        many, grid = 4 * many, finer
    return grid


def _squares(shapes: Rings, many: int) -> Grid:
    """Lay out about so many squares over all shapes, and at most twice as many."""
    west, south = float(shapes.x.min()), float(shapes.y.min())
    width, height = float(shapes.x.max()) - west, float(shapes.y.max()) - south
    size = max((width * height / many) ** 0.5, max(width, height) / many, 1e-6)
    return Grid(west, south, size, int(width // size) + 1, int(height // size) + 1, 0, 0)


def _occupied(shapes: Rings, grid: Grid) -> int:
    """Return in how many squares there is a point."""
    found = np.zeros((grid.nx, grid.ny), dtype=bool)
    columns = ((shapes.x - grid.west) / grid.size).astype(np.int64)
    rows = ((shapes.y - grid.south) / grid.size).astype(np.int64)
    found[np.minimum(columns, grid.nx - 1), np.minimum(rows, grid.ny - 1)] = True
    return int(np.count_nonzero(found))
