"""Where shapes of one layer overlap each other."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from geoplan import geometry
from geoplan.engine.compiled import compiled
from geoplan.engine.kernel import Array, Edges, area_below, common_area, empty_edges, roomy
from geoplan.engine.labels import unique_rows
from geoplan.engine.parts import Parts
from geoplan.engine.squares import line_x, line_y
from geoplan.errors import DataError

LEAST_M2 = 1e-4
"""Two shapes share less than this in a square: rounding of coordinates."""

LITTLE = 1e-3
"""Two shapes share a sliver only if it is less than this part of both."""

BUFFER = 1_000_000
"""Pairs in squares that are met before those of the same shapes are added up."""

MOST_PAIRS = 10_000_000


class Doubles(NamedTuple):
    """Pairs of shapes that overlap: their layer, their numbers there, and the area, m²."""

    layer: Array
    first: Array
    second: Array
    area_m2: Array


def doubles_of(parts: Parts) -> Doubles:
    """Return which shapes of a layer overlap each other.

    Those do not that share a sliver: less than 1 m² and less than `LITTLE` of the
    smaller one. Raises `DataError` where there are more than `MOST_PAIRS` pairs.
    """
    layers = (len(parts.squares) - 1) // (parts.grid.nx * parts.grid.ny)
    found = [_of_layer(parts, n) for n in range(layers)]
    layer, pairs, total = (np.concatenate(each) for each in zip(*found, strict=True))
    return Doubles(layer, pairs[:, 0], pairs[:, 1], total)


def _of_layer(parts: Parts, layer: int) -> tuple[Array, Array, Array]:
    """Return the pairs of one layer that share an area in any square."""
    many = parts.grid.nx * parts.grid.ny
    square, end = layer * many, (layer + 1) * many
    pairs, areas = np.empty((0, 2), dtype=np.int64), np.empty(0)
    while square < end:
        numbers, more, square = _in_squares(parts, square, end, BUFFER)
        each = np.concatenate([pairs, numbers])
        pairs, inverse = unique_rows(each)
        every = np.concatenate([areas, more])
        areas = np.asarray(np.bincount(inverse, weights=every, minlength=len(pairs)), dtype=float)
        if len(pairs) > MOST_PAIRS:
            raise DataError(
                f"more than {MOST_PAIRS} pairs of shapes of one layer overlap each other; merge "
                "those that lie on each other before"
            )
    own = _areas(parts, square - many, end)
    smaller = np.minimum(own[pairs[:, 0]], own[pairs[:, 1]])
    large = areas >= np.minimum(geometry.SLIVER_M2, LITTLE * smaller)
    return np.full(int(large.sum()), layer, dtype=np.int64), pairs[large], areas[large]


@compiled
def _areas(parts: Parts, first: int, end: int) -> Array:
    """Return the areas of shapes of a layer, which has the squares from `first` to `end`."""
    most = 0
    for p in range(parts.squares[first], parts.squares[end]):
        most = max(most, parts.shape[p] + 1)
    made = np.zeros(most)
    desk = empty_edges(64)
    for q in range(first, end):
        for p in range(parts.squares[q], parts.squares[q + 1]):
            desk, count, _, _ = _on_desk(parts, q, p, desk)
            made[parts.shape[p]] += area_below(desk, 0, count)
    return made


@compiled
def _in_squares(parts: Parts, first: int, end: int, room: int) -> tuple[Array, Array, int]:
    """Return pairs that share an area in a square, from square `first` on, until `room` is full.

    The last value is the next square.
    """
    numbers, areas, n = np.empty((1024, 2), dtype=np.int64), np.empty(1024), 0
    desk = empty_edges(64)
    q = first
    while q < end and n < room:
        for p in range(parts.squares[q], parts.squares[q + 1] - 1):
            desk, count, x0, y0 = _on_desk(parts, q, p, desk)
            for other in range(p + 1, parts.squares[q + 1]):
                span = (parts.starts[other], parts.starts[other + 1])
                area = common_area(desk, (0, count), parts.edges, span, x0, y0)
                if area < LEAST_M2:
                    continue
                if n == len(areas):
                    more, longer = np.empty((2 * n, 2), dtype=np.int64), np.empty(2 * n)
                    more[:n], longer[:n] = numbers, areas
                    numbers, areas = more, longer
                one, two = parts.shape[p], parts.shape[other]
                numbers[n, 0], numbers[n, 1], areas[n] = min(one, two), max(one, two), area
                n += 1
        q += 1
    return numbers[:n], areas[:n], q


@compiled
def _on_desk(parts: Parts, square: int, p: int, desk: Edges) -> tuple[Edges, int, float, float]:
    """Put the edges of a part on the desk, relative to the corner of its square."""
    grid = parts.grid
    here = square % (grid.nx * grid.ny)
    x0, y0 = line_x(grid, here % grid.nx), line_y(grid, here // grid.nx)
    start, count = parts.starts[p], parts.starts[p + 1] - parts.starts[p]
    desk = roomy(desk, 0, count)
    for k in range(count):
        desk.x1[k], desk.x2[k] = parts.edges.x1[start + k] - x0, parts.edges.x2[start + k] - x0
        desk.y1[k], desk.y2[k] = parts.edges.y1[start + k] - y0, parts.edges.y2[start + k] - y0
        desk.sign[k] = parts.edges.sign[start + k]
    return desk, count, x0, y0


@compiled
def doubled_shapes(parts: Parts, count: int) -> Array:
    """Return which of `count` shapes of the first layer overlap another one, be it by little."""
    made = np.zeros(count, dtype=np.bool_)
    desk = empty_edges(64)
    for q in range(parts.grid.nx * parts.grid.ny):
        for p in range(parts.squares[q], parts.squares[q + 1] - 1):
            desk, edges, x0, y0 = _on_desk(parts, q, p, desk)
            for other in range(p + 1, parts.squares[q + 1]):
                if made[parts.shape[p]] and made[parts.shape[other]]:
                    continue
                span = (parts.starts[other], parts.starts[other + 1])
                if common_area(desk, (0, edges), parts.edges, span, x0, y0) >= LEAST_M2:
                    made[parts.shape[p]] = made[parts.shape[other]] = True
    return made
