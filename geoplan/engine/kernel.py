"""Areas of intersections without overlay graphs: compiled, exact to rounding, any valid shapes.

Under every edge of a polygon hangs a trapezoid; signed, they add up to the
polygon. The part that two trapezoids share hangs under the lower of their two
edges. So the intersection of shapes is a heap of edges again, made of pairs
of edges, and its area a sum. Nothing is decided by nearly parallel, touching
or shared edges: such pairs add nearly nothing, and no graph is built that
could fail on them. Holes and several parts are edges like any other.

Coordinates are taken relative to a corner of the smaller shape, so that
rounding is that of its size, not of its place.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from geoplan.engine.compiled import compiled

Array = np.ndarray


NARROWEST = 1e-290
"""Edges below this width have no area that counts, and a slope that may be no number."""


class Rings(NamedTuple):
    """Shapes as rings of points.

    Ring `r` has the points ``points[r]`` to ``points[r + 1]`` of `x` and `y`,
    the first again at the end; shape `i` the rings ``rings[i]`` to
    ``rings[i + 1]``. Shells turn counter-clockwise, holes clockwise.
    """

    x: Array
    y: Array
    points: Array
    rings: Array


class Edges(NamedTuple):
    """Edges from left to right; `sign` is 1 where the shape lies below, -1 where above."""

    x1: Array
    y1: Array
    x2: Array
    y2: Array
    sign: Array


@compiled
def twice_area(x: Array, y: Array, start: int, end: int) -> float:
    """Return twice the area of a ring, negative if it turns clockwise."""
    total = 0.0
    for i in range(start, end - 1):
        total += (x[i] - x[start]) * (y[i + 1] - y[start])
        total -= (x[i + 1] - x[start]) * (y[i] - y[start])
    return total


@compiled
def are_shells(shapes: Rings, rings: Array) -> Array:
    """Return which rings, by number, turn counter-clockwise, as shells do."""
    made = np.empty(len(rings), dtype=np.bool_)
    for n in range(len(rings)):
        start, end = shapes.points[rings[n]], shapes.points[rings[n] + 1]
        made[n] = twice_area(shapes.x, shapes.y, start, end) > 0.0
    return made


@compiled
def area_of(shapes: Rings, i: int) -> float:
    """Return the area of shape `i`."""
    total = 0.0
    for k in range(shapes.rings[i], shapes.rings[i + 1]):
        total += twice_area(shapes.x, shapes.y, shapes.points[k], shapes.points[k + 1])
    return 0.5 * total


@compiled
def unmirrored(shapes: Rings) -> Rings:
    """Return shapes with their rings turned where a change of coordinates has mirrored all."""
    if sum_of_areas(shapes) >= 0.0:
        return shapes
    x, y = shapes.x.copy(), shapes.y.copy()
    for k in range(len(shapes.points) - 1):
        start, end = shapes.points[k], shapes.points[k + 1]
        x[start:end], y[start:end] = shapes.x[start:end][::-1], shapes.y[start:end][::-1]
    return Rings(x, y, shapes.points, shapes.rings)


@compiled
def sum_of_areas(shapes: Rings) -> float:
    """Return the area of all shapes together."""
    total = 0.0
    for i in range(len(shapes.rings) - 1):
        total += area_of(shapes, i)
    return total


@compiled
def bounds_of(shapes: Rings) -> Array:
    """Return west, south, east, north of every shape; of one without points, an empty box."""
    n = len(shapes.rings) - 1
    made = np.empty((n, 4))
    for i in range(n):
        w, s, e, t = np.inf, np.inf, -np.inf, -np.inf
        for p in range(shapes.points[shapes.rings[i]], shapes.points[shapes.rings[i + 1]]):
            w, e = min(w, shapes.x[p]), max(e, shapes.x[p])
            s, t = min(s, shapes.y[p]), max(t, shapes.y[p])
        made[i, 0], made[i, 1], made[i, 2], made[i, 3] = w, s, e, t
    return made


@compiled
def empty_edges(count: int) -> Edges:
    """Return room for `count` edges."""
    return Edges(
        np.empty(count),
        np.empty(count),
        np.empty(count),
        np.empty(count),
        np.empty(count, dtype=np.int8),
    )


@compiled
def roomy(edges: Edges, used: int, needed: int) -> Edges:
    """Return `edges` with room for `needed`; the first `used` are kept."""
    if needed <= len(edges.x1):
        return edges
    made = empty_edges(2 * needed)
    for k in range(used):
        made.x1[k], made.y1[k] = edges.x1[k], edges.y1[k]
        made.x2[k], made.y2[k] = edges.x2[k], edges.y2[k]
        made.sign[k] = edges.sign[k]
    return made


@compiled
def put(into: Edges, n: int, edge: tuple[float, float, float, float], sign: int) -> int:
    """Put an edge, as x1, y1, x2, y2, at `n`; return the next place."""
    into.x1[n], into.y1[n], into.x2[n], into.y2[n] = edge
    into.sign[n] = sign
    return n + 1


@compiled
def edges_of(shapes: Rings, i: int, x0: float, y0: float, into: Edges) -> int:
    """Put the edges of shape `i` into `into`, relative to a place; return how many there are."""
    n = 0
    for k in range(shapes.rings[i], shapes.rings[i + 1]):
        for p in range(shapes.points[k], shapes.points[k + 1] - 1):
            x1, y1 = shapes.x[p] - x0, shapes.y[p] - y0
            x2, y2 = shapes.x[p + 1] - x0, shapes.y[p + 1] - y0
            if x1 < x2:
                n = put(into, n, (x1, y1, x2, y2), -1)
            elif x2 < x1:
                n = put(into, n, (x2, y2, x1, y1), 1)
    return n


@compiled
def _lower(p: float, q: float, r: float, s: float) -> float:
    """Return the mean of the lower of two lines, from `p` to `q` and from `r` to `s`."""
    d, e = p - r, q - s
    if d <= 0.0 and e <= 0.0:
        return 0.5 * (p + q)
    if d >= 0.0 and e >= 0.0:
        return 0.5 * (r + s)
    # They cross once: the lower one changes there.
    t = d / (d - e)
    h = p + t * (q - p)
    if d < 0.0:
        return 0.5 * ((p + h) * t + (h + s) * (1.0 - t))
    return 0.5 * ((r + h) * t + (h + q) * (1.0 - t))


@compiled
def lowest(a: Edges, first: int, last: int) -> float:
    """Return the lowest y of edges."""
    low = np.inf
    for k in range(first, last):
        low = min(low, a.y1[k], a.y2[k])
    return low


@compiled
def area_below(a: Edges, start: int, end: int) -> float:
    """Return the area that edges from `start` to `end` make, signed as they are."""
    total = 0.0
    for k in range(start, end):
        total += a.sign[k] * (a.x2[k] - a.x1[k]) * (a.y1[k] + a.y2[k])
    return 0.5 * total


@compiled
def common_area(
    a: Edges, span: tuple[int, int], b: Edges, other: tuple[int, int], x0: float, y0: float
) -> float:
    """Return the area that two shapes share: edges of `a` and of `b` in a range of places.

    `a` is relative to `x0`, `y0`, `b` is not.
    """
    a_south, b_south = lowest(a, span[0], span[1]), lowest(b, other[0], other[1]) - y0
    total = 0.0
    for i in range(span[0], span[1]):
        x1, y1, x2, y2 = a.x1[i], a.y1[i], a.x2[i], a.y2[i]
        # An edge below all of the other shape adds the same to both of its sides: nothing.
        # Below or level the one way, below the other: two that are level count once.
        # An edge may have lost its width by rounding to the local origin.
        if x2 - x1 < NARROWEST or max(y1, y2) < b_south:
            continue
        slope = (y2 - y1) / (x2 - x1)
        for j in range(other[0], other[1]):
            u1, u2 = b.x1[j] - x0, b.x2[j] - x0
            if u1 >= x2 or u2 <= x1 or u2 - u1 < NARROWEST:
                continue
            v1, v2 = b.y1[j] - y0, b.y2[j] - y0
            if max(v1, v2) <= a_south:
                continue
            tilt = (v2 - v1) / (u2 - u1)
            here, there = max(x1, u1), min(x2, u2)
            total += (
                (a.sign[i] * b.sign[j])
                * (there - here)
                * _lower(
                    y1 + slope * (here - x1),
                    y1 + slope * (there - x1),
                    v1 + tilt * (here - u1),
                    v1 + tilt * (there - u1),
                )
            )
    return total


@compiled
def meet(
    a: Edges, span: tuple[int, int], b: Edges, other: tuple[int, int], x0: float, y0: float
) -> int:
    """Put the edges of what two shapes share behind those of `a`; return where they end.

    `a` needs room for two edges a pair; else as `common_area`.
    """
    a_south, b_south = lowest(a, span[0], span[1]), lowest(b, other[0], other[1]) - y0
    n = span[1]
    for i in range(span[0], span[1]):
        x1, y1, x2, y2 = a.x1[i], a.y1[i], a.x2[i], a.y2[i]
        if x2 - x1 < NARROWEST or max(y1, y2) < b_south:
            continue
        slope = (y2 - y1) / (x2 - x1)
        for j in range(other[0], other[1]):
            u1, u2 = b.x1[j] - x0, b.x2[j] - x0
            if u1 >= x2 or u2 <= x1 or u2 - u1 < NARROWEST:
                continue
            v1, v2 = b.y1[j] - y0, b.y2[j] - y0
            if max(v1, v2) <= a_south:
                continue
            tilt = (v2 - v1) / (u2 - u1)
            here, there = max(x1, u1), min(x2, u2)
            p, q = y1 + slope * (here - x1), y1 + slope * (there - x1)
            r, s = v1 + tilt * (here - u1), v1 + tilt * (there - u1)
            sign = a.sign[i] * b.sign[j]
            d, e = p - r, q - s
            if d * e < 0.0:
                t = d / (d - e)
                middle, height = here + t * (there - here), p + t * (q - p)
                if here < middle < there:
                    n = put(a, n, (here, min(p, r), middle, height), sign)
                    n = put(a, n, (middle, height, there, min(q, s)), sign)
                    continue
            n = put(a, n, (here, min(p, r), there, min(q, s)), sign)
    return n
