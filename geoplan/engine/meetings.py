"""What edges share with the parts of layers in a square, layer below layer: compiled."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from geoplan.engine.compiled import compiled
from geoplan.engine.kernel import Array, Edges, common_area, meet, roomy
from geoplan.engine.parts import NONE, SEVERAL, Parts


class Seen(NamedTuple):
    """Areas of one feature by key, as they are met."""

    key: Array
    area: Array


class Layers(NamedTuple):
    """What is known of layers while one feature is compared: a number for each, made once.

    `ways` is how many shapes a layer has, `cover` the shape that is known to
    cover what is compared. `order` has the layers that are to be compared with,
    and `weight` what a shape of each counts in a key. The rest is for those:
    the parts that are still to come, the edges on the desk, and the key so far.
    """

    ways: Array
    cover: Array
    order: Array
    weight: Array
    cursor: Array
    end: Array
    first: Array
    last: Array
    key: Array


@compiled
def layers_of(ways: Array) -> Layers:
    """Return room for what is known of layers."""
    n = len(ways)
    return Layers(
        ways,
        np.empty(n, dtype=np.int64),
        np.empty(n, dtype=np.int64),
        np.empty(n, dtype=np.int64),
        np.empty(n, dtype=np.int64),
        np.empty(n, dtype=np.int64),
        np.zeros(n, dtype=np.int64),
        np.empty(n, dtype=np.int64),
        np.empty(n + 1, dtype=np.int64),
    )


@compiled
def covered(parts: Parts, span: tuple[int, int, int, int], cover: Array) -> int:
    """Put the shape of each layer that covers squares from west, south to east, north.

    Returns how many layers have one; `NONE` where there is nothing of a layer.
    """
    west, south, east, north = span
    grid, known = parts.grid, 0
    for k in range(len(cover)):
        start = k * grid.nx * grid.ny
        found = parts.cover[start + south * grid.nx + west]
        for row in range(south, north + 1):
            for column in range(west, east + 1):
                if parts.cover[start + row * grid.nx + column] != found:
                    found = SEVERAL
        if found == NONE:
            return NONE
        cover[k] = found
        known += found != SEVERAL
    return known


@compiled
def key_of(layers: Layers) -> int:
    """Return the key of the shapes that cover an edge in all layers."""
    key = 0
    for k in range(len(layers.ways)):
        key = key * layers.ways[k] + layers.cover[k]
    return key


@compiled
def in_square(
    desk: Edges,
    edges: int,
    parts: Parts,
    layers: Layers,
    where: tuple[int, float, float],
    met: tuple[Seen, int],
) -> tuple[Edges, Seen, int]:
    """Compare the first `edges` of the desk with the parts in a square, layer below layer.

    At least one layer has no shape that is known to cover them.
    """
    square, x0, y0 = where
    seen, n = met
    _, cover, order, weight, cursor, end, first, last, key = layers
    many = parts.grid.nx * parts.grid.ny
    levels, unit, level = 0, 1, 0
    key[0], last[0] = 0, edges
    for k in range(len(cover) - 1, -1, -1):
        if cover[k] >= 0:
            key[0] += unit * cover[k]
        else:
            order[levels], weight[levels] = k, unit
            levels += 1
        unit *= layers.ways[k]
    at = order[0] * many + square
    cursor[0], end[0] = parts.squares[at], parts.squares[at + 1]
    while level >= 0:
        if cursor[level] == end[level]:
            level -= 1
            continue
        p = cursor[level]
        cursor[level] += 1
        span, other = (first[level], last[level]), (parts.starts[p], parts.starts[p + 1])
        key[level + 1] = key[level] + weight[level] * parts.shape[p]
        if level == levels - 1:
            area = common_area(desk, span, parts.edges, other, x0, y0)
            if area != 0.0:
                seen = noted(seen, n, key[level + 1], area)
                n += 1
            continue
        needed = last[level] + 2 * (span[1] - span[0]) * (other[1] - other[0])
        desk = roomy(desk, last[level], needed)
        stop = meet(desk, span, parts.edges, other, x0, y0)
        if stop > last[level]:
            level += 1
            first[level], last[level] = last[level - 1], stop
            at = order[level] * many + square
            cursor[level], end[level] = parts.squares[at], parts.squares[at + 1]
    return desk, seen, n


@compiled
def noted(seen: Seen, n: int, key: int, area: float) -> Seen:
    """Note an area as the one after the first `n`."""
    if n == len(seen.key):
        made = Seen(np.empty(2 * n, dtype=np.int64), np.empty(2 * n))
        made.key[:n], made.area[:n] = seen.key, seen.area
        seen = made
    seen.key[n], seen.area[n] = key, area
    return seen


@compiled
def merged(seen: Seen, n: int) -> int:
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
