"""Areas of features in the parts of other layers, several at once: compiled."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from geoplan.engine.compiled import compiled
from geoplan.engine.kernel import (
    Array,
    Edges,
    Rings,
    area_of,
    bounds_of,
    common_area,
    edges_of,
    empty_edges,
    meet,
    roomy,
)
from geoplan.engine.squares import Grid, Parts, column_of, cut, line_x, line_y, row_of


class Found(NamedTuple):
    """Pieces, one a row: which feature, which shapes of the other layers, and the area.

    `key` is the number of the shape of every layer, the last counting ones,
    by `ways`, the number of shapes of each. `units` are areas in whole units.
    """

    feature: Array
    key: Array
    units: Array


class Seen(NamedTuple):
    """Areas of one feature by key, as they are met."""

    key: Array
    area: Array


@compiled
def areas_in_parts(
    a: Rings, wanted: Array, parts: Parts, ways: Array, units_per_m2: float, most: int
) -> tuple[Found, Array]:
    """Return the area of every feature in what shapes of all other layers share.

    Features that are not `wanted` are left out; those of more than `most`
    points are cut at the lines of the grid first. Areas are whole numbers of
    ``1 / units_per_m2`` m², taken for each feature and key, so that order
    cannot matter; those of less than half of one are left out. The second
    result is, by feature, what no key covers, below 0 where they cover it twice.
    """
    boxes = bounds_of(a)
    rest = np.zeros(len(boxes), dtype=np.int64)
    found = Found(*_columns(2 * len(boxes) + 16))
    seen = Seen(np.empty(64, dtype=np.int64), np.empty(64))
    desk = empty_edges(1024)
    total = 0
    for i in range(len(boxes)):
        if not wanted[i] or a.rings[i] == a.rings[i + 1]:
            continue
        points = a.points[a.rings[i + 1]] - a.points[a.rings[i]]
        if points > most:
            desk, seen, n = _large(a, i, boxes[i], parts, ways, (desk, seen))
        else:
            desk, seen, n = _small(a, i, boxes[i], parts, ways, (desk, seen))
        n = _merged(seen, n)
        if total + n > len(found.key):
            found = _grown(found, total, total + n)
        left = int(np.rint(area_of(a, i) * units_per_m2))
        for k in range(n):
            units = int(np.rint(seen.area[k] * units_per_m2))
            if units > 0:
                found.feature[total], found.key[total], found.units[total] = i, seen.key[k], units
                total += 1
                left -= units
        rest[i] = left
    return Found(found.feature[:total], found.key[:total], found.units[:total]), rest


@compiled
def _columns(count: int) -> tuple[Array, Array, Array]:
    return (
        np.empty(count, dtype=np.int64),
        np.empty(count, dtype=np.int64),
        np.empty(count, dtype=np.int64),
    )


@compiled
def _grown(found: Found, used: int, needed: int) -> Found:
    made = Found(*_columns(2 * needed))
    made.feature[:used], made.key[:used] = found.feature[:used], found.key[:used]
    made.units[:used] = found.units[:used]
    return made


@compiled
def _small(
    a: Rings, i: int, box: Array, parts: Parts, ways: Array, state: tuple[Edges, Seen]
) -> tuple[Edges, Seen, int]:
    """Compare a whole feature with the parts in the squares that its box enters."""
    desk, seen = state
    grid = parts.grid
    points = a.points[a.rings[i + 1]] - a.points[a.rings[i]]
    desk = roomy(desk, 0, points)
    edges = edges_of(a, i, box[0], box[1], desk)
    n = 0
    west, east = max(column_of(box[0], grid), 0), min(column_of(box[2], grid), grid.nx - 1)
    south, north = max(row_of(box[1], grid), 0), min(row_of(box[3], grid), grid.ny - 1)
    for row in range(south, north + 1):
        for column in range(west, east + 1):
            where = (row * grid.nx + column, box[0], box[1])
            desk, seen, n = _in_square(desk, edges, parts, ways, where, (seen, n))
    return desk, seen, n


@compiled
def _large(
    a: Rings, i: int, box: Array, parts: Parts, ways: Array, state: tuple[Edges, Seen]
) -> tuple[Edges, Seen, int]:
    """Cut a feature into squares, and compare each with the parts there."""
    whole = parts.grid
    west, east = max(column_of(box[0], whole), 0), min(column_of(box[2], whole), whole.nx - 1)
    south, north = max(row_of(box[1], whole), 0), min(row_of(box[3], whole), whole.ny - 1)
    desk, seen = state
    n = 0
    if west > east or south > north:
        return desk, seen, n
    nx, ny = east - west + 1, north - south + 1
    grid = Grid(whole.west, whole.south, whole.size, nx, ny, west, south)
    zero = np.zeros(1, dtype=np.int64)
    alone = Rings(a.x, a.y, a.points, a.rings[i : i + 2])
    own = cut(alone, zero, zero, 1, grid)
    for here in range(nx * ny):
        for p in range(own.squares[here], own.squares[here + 1]):
            start, end = own.starts[p], own.starts[p + 1]
            desk = roomy(desk, 0, end - start)
            x0, y0 = line_x(grid, here % nx), line_y(grid, here // nx)
            for k in range(start, end):
                at = k - start
                desk.x1[at], desk.x2[at] = own.edges.x1[k] - x0, own.edges.x2[k] - x0
                desk.y1[at], desk.y2[at] = own.edges.y1[k] - y0, own.edges.y2[k] - y0
                desk.sign[at] = own.edges.sign[k]
            square = (south + here // nx) * whole.nx + west + here % nx
            where = (square, x0, y0)
            desk, seen, n = _in_square(desk, end - start, parts, ways, where, (seen, n))
    return desk, seen, n


@compiled
def _in_square(
    desk: Edges,
    edges: int,
    parts: Parts,
    ways: Array,
    where: tuple[int, float, float],
    met: tuple[Seen, int],
) -> tuple[Edges, Seen, int]:
    """Compare the first `edges` of the desk with the parts in a square, layer below layer."""
    square, x0, y0 = where
    seen, n = met
    layers, many = len(ways), parts.grid.nx * parts.grid.ny
    cursor, end = np.empty(layers, dtype=np.int64), np.empty(layers, dtype=np.int64)
    first, last = np.zeros(layers, dtype=np.int64), np.empty(layers, dtype=np.int64)
    key = np.zeros(layers + 1, dtype=np.int64)
    level = 0
    last[0] = edges
    cursor[0], end[0] = parts.squares[square], parts.squares[square + 1]
    while level >= 0:
        if cursor[level] == end[level]:
            level -= 1
            continue
        p = cursor[level]
        cursor[level] += 1
        span, other = (first[level], last[level]), (parts.starts[p], parts.starts[p + 1])
        key[level + 1] = key[level] * ways[level] + parts.shape[p]
        if level == layers - 1:
            area = common_area(desk, span, parts.edges, other, x0, y0)
            if area != 0.0:
                seen = _noted(seen, n, key[level + 1], area)
                n += 1
            continue
        needed = last[level] + 2 * (span[1] - span[0]) * (other[1] - other[0])
        desk = roomy(desk, last[level], needed)
        stop = meet(desk, span, parts.edges, other, x0, y0)
        if stop > last[level]:
            level += 1
            first[level], last[level] = last[level - 1], stop
            at = level * many + square
            cursor[level], end[level] = parts.squares[at], parts.squares[at + 1]
    return desk, seen, n


@compiled
def _noted(seen: Seen, n: int, key: int, area: float) -> Seen:
    if n == len(seen.key):
        made = Seen(np.empty(2 * n, dtype=np.int64), np.empty(2 * n))
        made.key[:n], made.area[:n] = seen.key, seen.area
        seen = made
    seen.key[n], seen.area[n] = key, area
    return seen


@compiled
def _merged(seen: Seen, n: int) -> int:
    """Add areas of the same key, in the order in which they were met; return how many keys."""
    if n < 2:
        return n
    order = np.argsort(seen.key[:n], kind="mergesort")
    keys, areas = seen.key[order], seen.area[order]
    m = 0
    for k in range(n):
        if k > 0 and keys[k] == keys[k - 1]:
            seen.area[m - 1] += areas[k]
        else:
            seen.key[m], seen.area[m] = keys[k], areas[k]
            m += 1
    return m
