"""Polygons out of a column of WKB, without an object for each: flat arrays of coordinates."""

from __future__ import annotations

import numpy as np

from geoplan.engine.compiled import compiled
from geoplan.engine.kernel import Rings, twice_area

Array = np.ndarray

POLYGON, MULTIPOLYGON = 3, 6

SHORTEST = 9
"""Bytes of a head and a count."""


def decode(data: Array, offsets: Array) -> tuple[Rings, Array]:
    """Read polygons and multipolygons, with or without z and m, little-endian.

    Returns the shapes and which of them were not read: null, empty, no
    polygon, or written in a way that only GEOS reads. Those have no rings.

    Parameters
    ----------
    data
        Bytes of all values, uint8.
    offsets
        Where each value begins; one more than values; a value without bytes is null.
    """
    ring_counts, point_count, odd = _count(data, offsets)
    rings = np.zeros(len(offsets), dtype=np.int64)
    np.cumsum(ring_counts, out=rings[1:])
    x, y = np.empty(point_count), np.empty(point_count)
    points = np.zeros(rings[-1] + 1, dtype=np.int64)
    _fill(data, offsets, odd, x, y, points)
    return Rings(x, y, points, rings), odd


@compiled
def _u32(data: Array, at: int) -> int:
    return (
        int(data[at])
        | (int(data[at + 1]) << 8)
        | (int(data[at + 2]) << 16)
        | (int(data[at + 3]) << 24)
    )


@compiled
def _kind(data: Array, at: int) -> tuple[int, int, int]:
    """Return the type, bytes of a point and length of the head at `at`; type 0 is not read."""
    if data[at] != 1:
        return 0, 0, 0
    code = _u32(data, at + 1)
    z, m, srid = code & 0x80000000, code & 0x40000000, code & 0x20000000
    code &= 0x1FFFFFFF
    dims = 2 + (1 if z else 0) + (1 if m else 0)
    if code >= 3000:
        code, dims = code - 3000, 4
    elif code >= 1000:
        code, dims = code % 1000, 3
    return code, 8 * dims, 9 if srid else 5


@compiled
def _count(data: Array, offsets: Array) -> tuple[Array, int, Array]:
    n = len(offsets) - 1
    counts = np.zeros(n, dtype=np.int64)
    odd = np.zeros(n, dtype=np.bool_)
    total = 0
    for i in range(n):
        rings, points = _measured(data, offsets[i], offsets[i + 1])
        if rings > 0:
            counts[i] = rings
            total += points
        else:
            odd[i] = True
    return counts, total, odd


@compiled
def _measured(data: Array, at: int, end: int) -> tuple[int, int]:
    """Return how many rings and points a value has; no rings where only GEOS may read it."""
    parts = 1
    if end - at < SHORTEST:
        return 0, 0
    kind, _, head = _kind(data, at)
    if kind == MULTIPOLYGON:
        if end - at < head + 4:
            return 0, 0
        parts = _u32(data, at + head)
        at += head + 4
    rings, points = 0, 0
    for _ in range(parts):
        if end - at < SHORTEST:
            return 0, 0
        kind, size, head = _kind(data, at)
        if kind != POLYGON or end - at < head + 4:
            return 0, 0
        own = _u32(data, at + head)
        at += head + 4
        for _ in range(own):
            if end - at < 4:
                return 0, 0
            here = _u32(data, at)
            at += 4
            if here > (end - at) // size:
                return 0, 0
            at += here * size
            points += here
        rings += own
    return (rings, points) if at == end else (0, 0)


@compiled
def _fill(data: Array, offsets: Array, odd: Array, x: Array, y: Array, points: Array) -> None:
    ring, point = 0, 0
    eight = np.empty(8, dtype=np.uint8)
    as_float = eight.view(np.float64)
    for i in range(len(offsets) - 1):
        if odd[i]:
            continue
        at = offsets[i]
        kind, _, head = _kind(data, at)
        parts = 1
        if kind == MULTIPOLYGON:
            parts = _u32(data, at + head)
            at += head + 4
        for _ in range(parts):
            _, size, head = _kind(data, at)
            own = _u32(data, at + head)
            at += head + 4
            for k in range(own):
                here = _u32(data, at)
                at += 4
                start = point
                for _ in range(here):
                    for b in range(8):
                        eight[b] = data[at + b]
                    x[point] = as_float[0]
                    for b in range(8):
                        eight[b] = data[at + 8 + b]
                    y[point] = as_float[0]
                    at += size
                    point += 1
                if (twice_area(x, y, start, point) > 0.0) != (k == 0):
                    _turn(x, start, point)
                    _turn(y, start, point)
                ring += 1
                points[ring] = point


@compiled
def _turn(values: Array, start: int, end: int) -> None:
    a, b = start, end - 1
    while a < b:
        values[a], values[b] = values[b], values[a]
        a += 1
        b -= 1


@compiled
def doubtful(shapes: Rings, most: int) -> Array:
    """Return which shapes may be invalid: only those need to be asked of GEOS.

    A shape is not doubtful if no two of its edges meet but neighbours at
    their corner, it has one ring, at most `most` points, and every number is
    finite. Everything else is.
    """
    x, y, points, rings = shapes
    n = len(rings) - 1
    found = np.zeros(n, dtype=np.bool_)
    for i in range(n):
        if rings[i + 1] - rings[i] != 1:
            found[i] = True
            continue
        start, end = points[rings[i]], points[rings[i] + 1]
        if end - start < 4 or end - start > most:
            found[i] = True
            continue
        if x[start] != x[end - 1] or y[start] != y[end - 1]:
            found[i] = True
            continue
        found[i] = _crosses(x, y, start, end)
    return found


@compiled
def _crosses(x: Array, y: Array, start: int, end: int) -> bool:
    for i in range(start, end):
        if not (np.isfinite(x[i]) and np.isfinite(y[i])):
            return True
    edges = end - start - 1
    for i in range(edges):
        ax, ay, bx, by = x[start + i], y[start + i], x[start + i + 1], y[start + i + 1]
        if ax == bx and ay == by:
            return True
        for j in range(i + 1, edges):
            cx, cy, dx, dy = x[start + j], y[start + j], x[start + j + 1], y[start + j + 1]
            if max(ax, bx) < min(cx, dx) or max(cx, dx) < min(ax, bx):
                continue
            if max(ay, by) < min(cy, dy) or max(cy, dy) < min(ay, by):
                continue
            c, d = _side(ax, ay, bx, by, cx, cy), _side(ax, ay, bx, by, dx, dy)
            a, b = _side(cx, cy, dx, dy, ax, ay), _side(cx, cy, dx, dy, bx, by)
            neighbour = j == i + 1 or (i == 0 and j == edges - 1)
            if neighbour:
                # They share a corner; doubtful only if one lies along the other.
                if c == 0 and d == 0:
                    return True
                continue
            if c * d <= 0 and a * b <= 0:
                return True
    return False


@compiled
def _side(ax: float, ay: float, bx: float, by: float, px: float, py: float) -> int:
    """Return on which side of a line a point is, 0 where rounding might hide it."""
    left, right = (bx - ax) * (py - ay), (by - ay) * (px - ax)
    det = left - right
    if abs(det) <= 1e-12 * (abs(left) + abs(right)):
        return 0
    return 1 if det > 0 else -1
