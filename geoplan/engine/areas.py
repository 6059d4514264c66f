"""Areas of features in the parts of other layers, several at once: compiled."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from geoplan.engine.compiled import compiled
from geoplan.engine.kernel import (
    Array,
    Edges,
    Rings,
    area_below,
    area_of,
    bounds_of,
    edges_of,
    empty_edges,
    roomy,
)
from geoplan.engine.meetings import (
    Layers,
    Seen,
    covered,
    in_square,
    key_of,
    layers_of,
    merged,
    noted,
)
from geoplan.engine.parts import NONE, SEVERAL, Parts, cut
from geoplan.engine.squares import Grid, column_of, line_x, line_y, row_of


class Found(NamedTuple):
    """Pieces, one a row: which feature, which shapes of the other layers, and the area.

    `key` is the number of the shape of every layer, the last counting ones,
    by `ways`, the number of shapes of each. `units` are areas in whole units.
    """

    feature: Array
    key: Array
    units: Array


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
    layers = layers_of(ways)
    total = 0
    for i in range(len(boxes)):
        if not wanted[i] or a.rings[i] == a.rings[i + 1]:
            continue
        points = a.points[a.rings[i + 1]] - a.points[a.rings[i]]
        if points > most:
            desk, seen, n = _large(a, i, boxes[i], parts, layers, (desk, seen))
        else:
            desk, seen, n = _small(a, i, boxes[i], parts, layers, (desk, seen))
        n = merged(seen, n)
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
    a: Rings, i: int, box: Array, parts: Parts, layers: Layers, state: tuple[Edges, Seen]
) -> tuple[Edges, Seen, int]:
    """Compare a whole feature with the parts in the squares that its box enters."""
    desk, seen = state
    grid = parts.grid
    west, east = max(column_of(box[0], grid), 0), min(column_of(box[2], grid), grid.nx - 1)
    south, north = max(row_of(box[1], grid), 0), min(row_of(box[3], grid), grid.ny - 1)
    inside = west == column_of(box[0], grid) and east == column_of(box[2], grid)
    inside &= south == row_of(box[1], grid) and north == row_of(box[3], grid)
    known = covered(parts, (west, south, east, north), layers.cover) if inside else 0
    if not inside:
        layers.cover[:] = SEVERAL
    if known == NONE:
        return desk, seen, 0
    if known == len(layers.ways):
        return desk, noted(seen, 0, key_of(layers), area_of(a, i)), 1
    points = a.points[a.rings[i + 1]] - a.points[a.rings[i]]
    desk = roomy(desk, 0, points)
    edges = edges_of(a, i, box[0], box[1], desk)
    n = 0
    for row in range(south, north + 1):
        for column in range(west, east + 1):
            where = (row * grid.nx + column, box[0], box[1])
            desk, seen, n = in_square(desk, edges, parts, layers, where, (seen, n))
    return desk, seen, n


@compiled
def _large(
    a: Rings, i: int, box: Array, parts: Parts, layers: Layers, state: tuple[Edges, Seen]
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
        column, row = west + here % nx, south + here // nx
        if own.squares[here] == own.squares[here + 1]:
            continue
        known = covered(parts, (column, row, column, row), layers.cover)
        if known == NONE:
            continue
        for p in range(own.squares[here], own.squares[here + 1]):
            start, end = own.starts[p], own.starts[p + 1]
            desk = roomy(desk, 0, end - start)
            x0, y0 = line_x(grid, here % nx), line_y(grid, here // nx)
            for k in range(start, end):
                at = k - start
                desk.x1[at], desk.x2[at] = own.edges.x1[k] - x0, own.edges.x2[k] - x0
                desk.y1[at], desk.y2[at] = own.edges.y1[k] - y0, own.edges.y2[k] - y0
                desk.sign[at] = own.edges.sign[k]
            if known == len(layers.ways):
                seen = noted(seen, n, key_of(layers), area_below(desk, 0, end - start))
                n += 1
            else:
                where = (row * whole.nx + column, x0, y0)
                desk, seen, n = in_square(desk, end - start, parts, layers, where, (seen, n))
    return desk, seen, n
