"""Shapes that overlay engines are known to fail on: rebuilt as own data, against exact arithmetic.

The threads named in comments tell of the situation; no coordinates are theirs.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from itertools import pairwise, product
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest

import shapely
from shapely import affinity

from geoplan import geometry
from geoplan.engine import held, tabulate
from geoplan.engine.areas import areas_in_parts
from geoplan.engine.features import rings_of
from geoplan.engine.kernel import bounds_of, common_area, edges_of, empty_edges, meet
from geoplan.engine.parts import cut
from tests.engine.shapes import areas, frame, write
from tests.small import SOUTH, WEST

Place = tuple[float, float]
Point = tuple[Fraction, Fraction]

HALF_A_UNIT = 0.5e-4
"""Areas of pieces are rounded to 1e-4 m²."""

HERE: Place = (0.0, 0.0)
THERE: Place = (WEST, SOUTH)


class Pair(NamedTuple):
    """Two valid shapes in metres, and the area that they share where arithmetic tells it."""

    a: shapely.Geometry
    b: shapely.Geometry
    area: float | None = None


def shared(a: shapely.Geometry, b: shapely.Geometry) -> float:
    """Return the area that the kernel finds for whole shapes."""
    left, right = rings_of(np.array([a])), rings_of(np.array([b]))
    x, y = np.maximum(bounds_of(left)[0], bounds_of(right)[0])[:2]
    first, second = empty_edges(len(left.x)), empty_edges(len(right.x))
    n, m = edges_of(left, 0, x, y, first), edges_of(right, 0, 0.0, 0.0, second)
    return float(common_area(first, (0, n), second, (0, m), x, y))


# The oracle: a polygon is a sum of signed triangles, and so is the area that two polygons share.


def cross(a: Point, b: Point, c: Point) -> Fraction:
    """Return twice the area of a triangle, positive if it turns counter-clockwise."""
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def triangles(shape: shapely.Geometry) -> Iterator[tuple[int, list[Point]]]:
    """Yield the triangles that a shape is the sum of, counter-clockwise, with their signs."""
    for part in shapely.get_parts(shape):
        for k, ring in enumerate((part.exterior, *part.interiors)):
            points = [(Fraction(x), Fraction(y)) for x, y in ring.coords[:-1]]
            fan = [(points[0], *side) for side in pairwise(points[1:])]
            signed = [(cross(*three), three) for three in fan]
            turn = 1 if (sum(twice for twice, _ in signed) > 0) == (k == 0) else -1
            for twice, (a, b, c) in signed:
                if twice:
                    yield (turn, [a, b, c]) if twice > 0 else (-turn, [a, c, b])


def clipped(points: list[Point], a: Point, b: Point) -> list[Point]:
    """Return the part of a convex polygon to the left of a line."""
    kept: list[Point] = []
    sides = [cross(a, b, p) for p in points]
    for k, (p, s) in enumerate(zip(points, sides, strict=True)):
        q, t = points[k - 1], sides[k - 1]
        if s * t < 0:
            kept.append((q[0] + (p[0] - q[0]) * t / (t - s), q[1] + (p[1] - q[1]) * t / (t - s)))
        if s >= 0:
            kept.append(p)
    return kept


def apart(p: list[Point], q: list[Point]) -> bool:
    """Return whether the boxes of two triangles do not meet."""
    return any(
        max(v[k] for v in p) <= min(v[k] for v in q) or max(v[k] for v in q) <= min(v[k] for v in p)
        for k in (0, 1)
    )


def exact_area(a: shapely.Geometry, b: shapely.Geometry) -> float:
    """Return the area that two shapes share by rational arithmetic, rounded once at the end."""
    total = Fraction(0)
    others = list(triangles(b))
    for sign, first in triangles(a):
        for turn, second in others:
            if apart(first, second):
                continue
            both = first
            for k in range(3):
                both = clipped(both, second[k - 1], second[k])
            for p, q in pairwise(both[1:]):
                total += sign * turn * cross(both[0], p, q)
    return float(total / 2)


def noise(a: shapely.Geometry, b: shapely.Geometry) -> float:
    """Return what rounding in the local origin may add to an area.

    A place is known to the last digit of the reach of both shapes, and what
    a pair of edges adds to that times the way around the smaller box, within
    which all that is in common lies. Errors of pairs add up as the root of
    their number does.
    """
    reach = max(np.ptp(np.array([a.bounds, b.bounds]).reshape(-1, 2), axis=0))
    way = min(shapely.box(*shape.bounds).length for shape in (a, b))
    pairs = shapely.get_num_coordinates([a, b]).prod()
    return float(np.finfo(float).eps * reach * way * pairs**0.5)


def noise_of_cuts(a: shapely.Geometry, b: shapely.Geometry) -> float:
    """Return what cutting may add: edges move by a unit in the last digit of coordinates."""
    digit = np.spacing(np.abs([a.bounds, b.bounds]).max())
    return float(2 * digit * (a.length + b.length))


# Situations.


def poly(*points: Place, holes: tuple[tuple[Place, ...], ...] = ()) -> shapely.Polygon:
    """Return the polygon of places in metres."""
    return shapely.Polygon(points, holes)


def box(west: float, south: float, east: float, north: float) -> shapely.Polygon:
    return shapely.box(west, south, east, north)


def up(value: float, times: int = 1) -> float:
    """Return the number that lies some steps above, or below if `times` is negative."""
    for _ in range(abs(times)):
        value = float(np.nextafter(value, np.inf if times > 0 else -np.inf))
    return value


def nudged(shape: shapely.Polygon, steps: int, seed: int) -> shapely.Polygon:
    """Return a ring whose numbers are some steps up or down, as after another computation."""
    xy = np.array(shape.exterior.coords[:-1])
    moves = np.random.default_rng(seed).integers(-steps, steps + 1, xy.shape)
    return shapely.Polygon(xy + moves * np.spacing(xy))


def bank(seed: int, points: int = 14) -> list[Place]:
    """Return a winding line from south to north, as of a river between two parcels."""
    rng = np.random.default_rng(seed)
    return [(float(x), 25.0 * k) for k, x in enumerate(200 + rng.uniform(-30, 30, points))]


def western(line: list[Place]) -> shapely.Polygon:
    """Return the parcel to the west of a line."""
    return poly(*line, (0, line[-1][1]), (0, line[0][1]))


def eastern(line: list[Place]) -> shapely.Polygon:
    return poly(*line, (400, line[-1][1]), (400, line[0][1]))


def subdivided(line: list[Place], shares: tuple[float, ...]) -> list[Place]:
    """Return a line with more points on its edges, as near to them as numbers are."""
    made: list[Place] = []
    for (x, y), (u, v) in pairwise(line):
        made += [(x, y), *((x + (u - x) * s, y + (v - y) * s) for s in shares)]
    return [*made, line[-1]]


def turned(shape: shapely.Geometry, angle: float) -> shapely.Geometry:
    """Return a shape turned about its middle, the angle in radians."""
    return affinity.rotate(shape, angle, origin="centroid", use_radians=True)


def frame_of(reach: float, width: float) -> shapely.Polygon:
    """Return a square with a square hole."""
    inner = reach - width
    return box(-reach, -reach, reach, reach).difference(box(-inner, -inner, inner, inner))


def steps_of(cells: list[tuple[int, int]], offset: float) -> shapely.Geometry:
    """Return cells of a raster as one shape."""
    size = 30 + offset / 7
    corners = [(offset + x * size, offset + y * size) for x, y in cells]
    return shapely.union_all([box(x, y, x + size, y + size) for x, y in corners], grid_size=1e-9)


def nested(rings: int, side: float) -> shapely.MultiPolygon:
    """Return squares within the holes of squares."""
    made = []
    for k in range(rings):
        outer, inner = side * (2 * rings - 2 * k), side * (2 * rings - 2 * k - 1)
        whole = box(-outer, -outer, outer, outer)
        made.append(whole.difference(box(-inner, -inner, inner, inner)))
    return shapely.MultiPolygon(made)


def comb(teeth: int, width: float) -> shapely.Polygon:
    """Return a comb, its teeth upwards and `width` wide, one a metre."""
    tips = [
        place
        for k in range(teeth)
        for place in ((k, 10.0), (k + width, 10.0), (k + width, 1.0), (k + 1.0, 1.0))
    ]
    return poly((0.0, 0.0), *tips[:-1], (float(teeth - 1) + width, 0.0))


BANK, FIELD = bank(1), box(0, 0, 100, 60)
DIAMOND = poly((150, 20), (80, 90), (10, 20), (80, -50))
LOT = affinity.rotate(box(-20, 0, 0, 6.5), 88.57, origin=(317.3, 11.9))
NEXT_LOT = affinity.rotate(box(0, 0, 20, 6.5), 88.57, origin=(317.3, 11.9))
ROUND = box(0, 0, 70, 40).union(box(50, 20, 160, 55)).buffer(12, quad_segs=3)
CROOKED = poly((2.1, 14.7), (60.3, -9.8), (66.9, 4.4), (9.2, 33.1))
ARC = [(100 * float(np.cos(a)), 100 * float(np.sin(a))) for a in np.linspace(0, np.pi, 19)]
CUT_OFF = poly((0.3, 18.2), (16.4, 30.9), (44, 30.9), (44, 2), (30, -12), (0.3, -12))
BESIDE = [
    (0.3 + 16.1 * k - 12.7 * m, 18.2 + 12.7 * k + 16.1 * m)
    for k, m in ((-5, 0), (7, 0), (7, 2), (-5, 2))
]
FOLD = [(0, 0), (0, 40), (60, 40 + 1e-8), (0, 40 + 2e-8), (0, 90)]
TILES = [(0, 0), (1, 0), (1, 1), (2, 1), (3, 1), (3, 2), (2, 3), (2, 2)]
HOLE = ((20, 20), (20, 40), (60, 45), (50, 20))

PAIRS = {
    # shapely #1871, JTS #1000: the answer was the whole of one of them.
    "side in common, one of its ends the next number": Pair(
        DIAMOND, poly((150, 20), (80, up(90.0, -1)), (230, 90)), 0.0
    ),
    # Found at random: GEOS 3.14 tells 17,839 of the first, 0 or 90,365 by order of the second.
    "triangles with a side in common": Pair(
        poly((176.2, -39.4), (297.1, -297.9), (245, 108.6)),
        poly((176.2, up(-39.4, -1)), (297.1, -297.9), (212.5, -462.5)),
        0.0,
    ),
    "triangle and quadrangle with a side in common": Pair(
        poly((275.1, -114.5), (-219.4, 21.2), (-13.8, -400.7)),
        poly((up(-219.4), up(21.2, -1)), (-201, 282), (392.4, 119.2), (275.1, -114.5)),
        0.0,
    ),
    # shapely #2368: lots of one row, turned; their sides differ in the last digits.
    "neighbours in a turned row": Pair(LOT, nudged(NEXT_LOT, 2, 4), 0.0),
    # shapely #1623: the answer depended on the order.
    "side of a large rectangle along a corner that is cut off": Pair(CUT_OFF, poly(*BESIDE), 0.0),
    # GEOS #1405: a rounded copy; the answer depended on the order.
    "round corners and their copy of fewer digits": Pair(
        ROUND, shapely.transform(ROUND, lambda xy: np.round(xy, 9))
    ),
    # GEOS #1354, shapely #1639: the answer was a point.
    "shape within, one side along another but for the last digit": Pair(
        poly((52.6, -8.3), (up(-31.4), 12.9), (-22.8, 61.5), (15.7, 58.1), (63.3, 40.2)),
        poly((-31.4, 12.9), (52.6, -8.3), (88.2, 140.7), (-9.5, 151.1)),
    ),
    # JTS #798, shapely #1216: noding moved the long side across the third corner.
    "narrow triangle across the side of a square": Pair(
        poly((12.4, 87.3), (31.7, 22.9), (12.4 + 19.3 * 0.05, 87.3 - 64.4 * 0.05 + 1e-11)),
        box(0, 30, 40, 60),
    ),
    "narrow triangle through a corner of a square": Pair(
        poly((40, 70), (80, 110), (60, 90 + 1e-8)), box(60, 40, 100, 90), 0.0
    ),
    # JTS #808: the answer was far too large.
    "narrow strip along the border of a large shape": Pair(
        poly(*BANK, *((x - 1e-6, y) for x, y in reversed(BANK))), western(BANK)
    ),
    # NTS #27, JTS #120, JTS #938: parcels whose common border was measured twice.
    "border of two parcels, once to the millimetre": Pair(
        western(BANK), eastern([(round(x, 3), y) for x, y in BANK])
    ),
    "border of two parcels, one with more points": Pair(
        western(BANK), eastern(subdivided(BANK, (0.1, 1 / 3, 0.7)))
    ),
    "border of two parcels, both with other points": Pair(
        western(subdivided(BANK, (0.2, 0.9))), eastern(subdivided(BANK, (0.1, 1 / 3, 0.7)))
    ),
    # JTS #119: the answer was the whole rectangle.
    "long needle from the height of a corner": Pair(
        poly((10, 500), (170, 120), (14, 486)), box(30, 452.4, 41, 500)
    ),
    # shapely #2325, JTS #845: repeated points.
    "every corner several times": Pair(
        poly((0, 0), (0, 0), (9, 0), (9, 0), (9, 0), (9, 9), (0, 9), (0, 9), (0, 0)),
        poly((5, 5), (5, 5), (15, 5), (15, 15), (15, 15), (5, 15)),
        16.0,
    ),
    # wagyu #101: repeated points in a thin shape within a square.
    "thin shape with repeated points": Pair(
        poly((0, 0), (0, 0), (40, 30), (43.1, 28.7), (43.1, 28.7), (43.1, 28.7), (0.05, 0)),
        box(-10, -10, 50, 50),
    ),
    # GEOS #1523: a hole as thin as digits are, which a border crosses.
    "thin hole across a border": Pair(
        poly(
            (0, 0),
            (90, 0),
            (90, 70),
            (0, 70),
            holes=(((10, 30.1), (52, 30.1 + 4e-10), (80, 30.1 - 1e-13), (55, 30.1 - 2e-12)),),
        ),
        box(30.3, 10, 60.7, 60),
    ),
    # GEOS #1293, GEOS #1058: a hole of some last digits; a shape that rounding makes a line.
    "hole of some last digits": Pair(
        poly((0, 0), (9, 0), (9, 9), (0, 9), holes=(((4, 4), (4, up(4.0, 9)), (up(4.0, 9), 4.0)),)),
        box(4, -1, 5, 5),
        5.0,
    ),
    "dart": Pair(poly((7, 2), (0, 31), (7, 17)), poly((0, 31), (7, 17), (22, 50)), 0.0),
    # GEOS #1342: a frame that was turned, and slivers along its sides in several parts.
    "turned frame and its slivers": Pair(
        turned(frame_of(80, 12), 0.117),
        turned(
            shapely.MultiPolygon(
                [
                    poly((-80, -80), (80, -80), (79, -80 + 1e-6)),
                    poly((80, -79), (80, 79), (80 + 1e-6, 0)),
                    box(-68 - 1e-9, -60, -68 + 1e-9, 60),
                ]
            ),
            0.117,
        ),
    ),
    # JTS #951: almost the same shape, from another corner on.
    "almost the same shape": Pair(
        CROOKED, poly(*np.roll(nudged(CROOKED, 3, 8).exterior.coords[:-1], 2, axis=0).tolist())
    ),
    # JTS #820: sides that are off an axis by a billionth; the answer was points.
    "sides that are off an axis by a billionth": Pair(
        poly((3e-9, 0), (-4e-9, 88.1), (63, 88.1 + 2e-9), (63, 5e-10)),
        poly((3e-9, 0), (0, 140), (120, 310), (500, 310), (700, -2e-9)),
    ),
    # geopandas #1481: they overlap and touch.
    "overlap here, touch there": Pair(
        poly(
            (0, 0), (100, 0), (100, 10), (80, 40), (60, 10), (40, 10), (30, 55), (20, 10), (0, 10)
        ),
        box(0, 40, 100, 60),
        50.0,
    ),
    # geopandas #1581, #1874, #1554: lines beside areas; everything was dropped.
    "shapes of two rasters that nearly agree": Pair(steps_of(TILES, 0), steps_of(TILES[2:], 1e-7)),
    # JTS #300, sf #794: a border with a narrow fold.
    "border with a fold that is nearly closed": Pair(
        poly(*FOLD, (-70, 90), (-70, 0)),
        poly(*((x, y + 3e-9) for x, y in FOLD), (90, 90 + 3e-9), (90, 3e-9)),
    ),
    # boost geometry #548: the answer was empty.
    "nearly all of it within a far larger shape": Pair(
        poly((20.4, 310.7), (-60.9, 280.1), (-55, 215.5), (41.3, 240.2)),
        poly((-2000, -3000), (900, -1200), (35, 290), (-2500, 2000)),
    ),
    # martinez #6: edges that lie on each other in part.
    "rectangle and trapezoid, bottoms on each other": Pair(
        box(0, 0, 120, 30), poly((15, 0), (95, 0), (110, 60), (0, 60)), 2625.0
    ),
    "three sides on each other": Pair(box(0, 0, 70, 30), box(0, 0, 150, 30), 2100.0),
    # shapely #787, JTS #107: a corner beside a corner, a last digit away.
    "corner a last digit from a corner": Pair(
        poly((40.1, 18.3), (63.7, 77.9), (12.2, 90.4), (22.6, 5.1)),
        poly((40.1, up(18.3)), (140, 20), (120, 95.5), (70.3, 70)),
    ),
    "two corners of one shape a last digit apart": Pair(
        poly((0, 0), (90.7, 3.1), (up(90.7), up(3.1)), (81.3, 77.7), (up(81.3, -1), 77.7), (5, 60)),
        poly((90.7, 3.1), (up(90.7), 3.1), (81.3, up(77.7)), (81.3, 77.7), (33, 20)),
    ),
    # shapely #1767: the answer depended on which way round.
    "rings the other way round": Pair(
        shapely.Polygon(
            FIELD.exterior.coords[::-1], [((10, 10), (50, 10), (50, 50), (10, 50), (10, 10))]
        ),
        poly((0, 0), (0, 60), (30, 60), (30, 0)),
        1000.0,
    ),
    # GEOS #1018: only a side in common, with points that rounding put beside it.
    "only a side in common, in pieces": Pair(
        poly((0.3, 0.1), (90.1, 41.7), (40, 95)),
        poly(
            *subdivided([(0.3, 0.1), (90.1, 41.7)], (0.123, 0.456, 0.789)),
            (95, -20),
        ),
        0.0,
    ),
    # jsts #207: a hole touches the shell, another does not.
    "holes, one of which touches the shell": Pair(
        poly(
            (0, 0),
            (90, 0),
            (90, 90),
            (0, 90),
            holes=(((0, 0), (30, 20), (20, 30)), ((60, 60), (80, 60), (70, 80))),
        ),
        box(10, 10, 75, 75),
    ),
    # JTS #1040: sums over edges in which edges on each other did not cancel.
    "slopes on each other, one way and the other": Pair(
        poly((0, 0), (80, 40), (80, 80), (0, 40)),
        poly((20, 10), (60, 30), (60, 90), (20, 70), (20, 50), (40, 60), (40, 30)),
    ),
    # JTS #1046: within, both rounded to metres.
    "within, a corner nearly on a side": Pair(
        poly((12, 7), (58, -4), (99, 15), (104, 60), (40, 71)),
        poly((58, -3), (78, 6), (99, 16), (80, 55)),
    ),
    # js-intersect #8: points of a half circle that miss the axis by a last digit.
    "half circle on its diameter": Pair(
        poly(*ARC, (-100, 1e-14)), poly(*((x / 2, -y / 2) for x, y in ARC)), 0.0
    ),
    "half circle and a circle about the same place": Pair(
        poly(*ARC), shapely.Point(0, 0).buffer(100, quad_segs=9)
    ),
    # Clipper2 #6: the outline of the one runs along that of the other.
    "bay and the box around it": Pair(
        poly(
            (0, 0),
            (0, 15),
            (25, 15),
            (25, 35),
            (0, 35),
            (0, 50),
            (90, 50),
            (90, 40),
            (70, 40),
            (70, 20),
            (90, 20),
            (90, 0),
        ),
        box(0, 0, 90, 50),
        3600.0,
    ),
    # shapely #1061: the answer was a single point.
    "long thin shape over a bent one": Pair(
        poly((3, -20), (14, 22), (19, 40), (20, 120), (18, 120), (14, 60)),
        poly((9, 18), (14, 22), (17, 70), (45, 110), (-6, 66)),
    ),
    "hole that is the other shape": Pair(
        shapely.Polygon(FIELD.exterior.coords, [HOLE]), poly(*HOLE), 0.0
    ),
    "hole that is the other shape, but for last digits": Pair(
        shapely.Polygon(FIELD.exterior.coords, [HOLE]), nudged(poly(*HOLE), 3, 2), 0.0
    ),
    "squares within holes of squares, and the gaps": Pair(
        nested(4, 7.3), shapely.box(-60, -60, 60, 60).difference(nested(4, 7.3)), 0.0
    ),
    "squares within holes of squares, and a slope": Pair(
        nested(4, 7.3), poly((-60, -60), (60, 60), (-60, 60))
    ),
    "fan of wedges over itself, half a wedge on": Pair(
        shapely.MultiPolygon([poly((0, 0), (900, 2 * k), (900, 2 * k + 1)) for k in range(8)]),
        shapely.MultiPolygon(
            [poly((0, 0), (900, 2 * k + 0.5), (900, 2 * k + 1.5)) for k in range(8)]
        ),
        8 * 900 * 0.5 / 2,
    ),
    "needle and itself": Pair(
        poly((0, 0), (1000, 1e-7), (1000, 2e-7)), poly((0, 0), (1000, 1e-7), (1000, 2e-7))
    ),
    "comb and the comb between its teeth": Pair(
        comb(12, 0.25), affinity.translate(comb(12, 0.5), 0.25, 0), None
    ),
    "comb and its handle": Pair(comb(12, 0.25), box(-5, -5, 20, 1), 11.25),
    "shape and its copy, a last digit aside": Pair(
        CROOKED, affinity.translate(CROOKED, 1e-14, -1e-14)
    ),
    "shape and its copy, grown by almost nothing": Pair(ROUND, ROUND.buffer(1e-9, quad_segs=3)),
    **{
        f"shape and its copy, turned by 1e-{k}": Pair(CROOKED, turned(CROOKED, 10.0**-k))
        for k in (3, 6, 9, 12, 15)
    },
}
"""Valid pairs."""


@cache
def placed(name: str, place: Place) -> tuple[shapely.Geometry, shapely.Geometry, float]:
    """Return a pair at a place, repaired where rounding there has broken it, and its area."""
    moved = [affinity.translate(shape, *place) for shape in PAIRS[name][:2]]
    a, b = geometry.repair(np.array(moved, dtype=object))[0]
    return a, b, exact_area(a, b)


every_pair = pytest.mark.parametrize("name", PAIRS)
everywhere = pytest.mark.parametrize("place", [HERE, THERE], ids=["here", "there"])


@pytest.fixture(params=[(256, 8), (3, 1)], ids=["whole", "cut"])
def cutting(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Compare streamed shapes whole, or cut them first along a grid of small squares."""
    most, edges = request.param
    monkeypatch.setattr("geoplan.engine.table.MOST_WHOLE", most)
    monkeypatch.setattr(held, "EDGES_A_SQUARE", edges)
    held._held.cache_clear()
    yield
    held._held.cache_clear()


def there(shapes: list[shapely.Geometry]) -> list[shapely.Geometry]:
    """Return shapes at a place of the work CRS."""
    return [affinity.translate(shape, *THERE) for shape in shapes]


def tabulated(folder: Path, *layers: list[shapely.Geometry]) -> list[pd.DataFrame]:
    """Return the tables of layers by rows of all, each layer the streamed one in turn."""
    paths = [
        write(folder, f"layer{n}", frame(layer, **{f"row{n}": [*range(len(layer))]}))
        for n, layer in enumerate(layers)
    ]
    by = [f"row{n}" for n in range(len(layers))]
    # Of layers with the same number of rows the first is streamed.
    turns = [paths[n:] + paths[:n] for n in range(len(paths))]
    return [tabulate(each, by, scheduler="synchronous") for each in turns]


def shared_in_parts(a: shapely.Geometry, b: shapely.Geometry, most: int, squares: int) -> float:
    """Return the area that is found where `b` was cut into squares, not rounded to units."""
    left, right = rings_of(np.array([a])), rings_of(np.array([b]))
    one, none = np.ones(1, dtype=np.int64), np.zeros(1, dtype=np.int64)
    parts = cut(right, none, none, 1, held._squares(right, squares))
    found, _ = areas_in_parts(left, one.astype(bool), parts, one, 1e10, most)
    return float(found.units.sum()) / 1e10


def shared_by_three(*shapes: shapely.Geometry) -> float:
    """Return the area that the kernel finds for three shapes."""
    rings = [rings_of(np.array([shape])) for shape in shapes]
    x, y = shapes[0].bounds[:2]
    n, m, k = (len(each.x) for each in rings)
    desk, second, third = empty_edges(n + 2 * n * m), empty_edges(m), empty_edges(k)
    n = edges_of(rings[0], 0, x, y, desk)
    m, k = (edges_of(r, 0, 0.0, 0.0, e) for r, e in zip(rings[1:], (second, third), strict=True))
    stop = meet(desk, (0, n), second, (0, m), x, y)
    return float(common_area(desk, (n, stop), third, (0, k), x, y))


def test_there_are_enough_pairs_and_they_are_valid() -> None:
    assert len(PAIRS) >= 50
    for pair in PAIRS.values():
        assert shapely.is_valid(pair[:2]).all()


@every_pair
def test_exact_arithmetic_tells_what_is_known(name: str) -> None:
    a, _, found = placed(name, HERE)
    told = PAIRS[name].area
    if told is not None:
        assert found == pytest.approx(told, rel=1e-12, abs=1e-8)
    assert exact_area(a, a) == pytest.approx(a.area, rel=1e-9, abs=1e-12)


@everywhere
@every_pair
def test_whole_shapes_share_what_exact_arithmetic_finds(name: str, place: Place) -> None:
    a, b, expected = placed(name, place)
    assert shared(a, b) == pytest.approx(expected, rel=1e-12, abs=noise(a, b))
    assert shared(b, a) == pytest.approx(expected, rel=1e-12, abs=noise(a, b))


@everywhere
@every_pair
def test_shapes_in_parts_share_what_exact_arithmetic_finds(name: str, place: Place) -> None:
    a, b, expected = placed(name, place)
    near = noise(a, b) + noise_of_cuts(a, b) + 1e-10
    for most, squares in product((256, 3), (1, 7, 90)):
        for one, other in ((a, b), (b, a)):
            found = shared_in_parts(one, other, most, squares)
            assert found == pytest.approx(expected, rel=1e-12, abs=near), (most, squares)


@everywhere
@every_pair
def test_three_shapes_of_which_two_are_the_same(name: str, place: Place) -> None:
    a, b, expected = placed(name, place)
    near = noise(a, b) + noise(a, a)
    for three in ((a, b, a), (a, b, b), (a, a, b), (b, a, a)):
        assert shared_by_three(*three) == pytest.approx(expected, rel=1e-12, abs=near)


@every_pair
def test_tables_tell_what_exact_arithmetic_finds(name: str, tmp_path: Path, cutting: None) -> None:
    a, b, expected = placed(name, THERE)
    near = HALF_A_UNIT + noise(a, b) + noise_of_cuts(a, b)
    for table, streamed in zip(tabulated(tmp_path, [a], [b]), (a, b), strict=True):
        assert table["area_m2"].sum() == pytest.approx(expected, rel=1e-12, abs=near)
        assert len(table) <= 1
        whole = table["area_m2"].sum() + table.attrs["uncovered_m2"]
        assert whole == pytest.approx(streamed.area, rel=1e-12, abs=near)
        assert table.attrs["repaired"] == 0


# JTS #745: very large and very small coordinates.
@pytest.mark.parametrize("power", [-300, -40, 30, 200])
@every_pair
def test_size_does_not_matter(name: str, power: int) -> None:
    a, b, _ = placed(name, HERE)
    factor = 2.0**power
    larger = [shapely.transform(shape, lambda xy: xy * factor) for shape in (a, b)]
    # Powers of two change no digit.
    assert shared(*larger) == shared(a, b) * factor * factor


# shapely #1871, #2368, JTS #1000. GEOS 3.14 tells areas of thousands in one of 25 such pairs.
@pytest.mark.parametrize("seed", range(4))
def test_sides_in_common_but_for_a_last_digit(seed: int) -> None:
    rng = np.random.default_rng(seed)
    for _ in range(100):
        p, q = np.round(rng.uniform(-300, 300, (2, 2)), 1)
        along, across = (q - p), np.array([p[1] - q[1], q[0] - p[0]])
        tops = [
            np.round((p + q) / 2 + along * rng.uniform(-1, 1) + across * side, 1)
            for side in rng.uniform(0.2, 1, 2) * rng.choice([-1, 1], 2)
        ]
        moved = [end + rng.integers(-1, 2, 2) * np.spacing(end) for end in (p, q)]
        a, b = shapely.Polygon([p, q, tops[0]]), shapely.Polygon([*moved, tops[1]])
        expected = exact_area(a, b)
        assert shared(a, b) == pytest.approx(expected, rel=1e-12, abs=noise(a, b))
        assert shared(b, a) == pytest.approx(expected, rel=1e-12, abs=noise(a, b))


@pytest.mark.parametrize("most", [256, 3])
def test_edges_too_steep_for_a_slope(most: int) -> None:
    steep, wide = poly((0, 0), (50, 50), (1e-310, 100)), box(-60, -10, 60, 110)
    for a, b in ((steep, wide), (wide, steep)):
        assert shared(a, b) == pytest.approx(2500, rel=1e-12)
        assert shared_in_parts(a, b, most, 7) == pytest.approx(2500, rel=1e-12)


def test_edges_too_steep_for_a_slope_in_tables(tmp_path: Path, cutting: None) -> None:
    # On the axis of the work CRS, the only place where coordinates are so near to each other.
    steep, wide = poly((0, 3e6), (50, 3e6 + 50), (1e-310, 3e6 + 100)), box(-60, 3e6, 60, 4e6)
    for table in tabulated(tmp_path, [steep], [wide]):
        assert areas(table) == pytest.approx({(0, 0): 2500})


class Broken(NamedTuple):
    """An invalid shape, its area, and that of its part west of 45 m."""

    shape: shapely.Geometry
    area: float
    western: float


BROKEN = {
    # polygon-clipping #30: rings that cross themselves.
    "bow-tie": Broken(poly((0, 0), (90, 90), (90, 0), (0, 90)), 4050, 2025),
    # polygon-clipping #10: rings that touch themselves, but do not cross.
    "bow that only touches": Broken(
        poly((0, 0), (45, 45), (90, 0), (90, 90), (45, 45), (0, 90)), 4050, 2025
    ),
    "hole that is part of the shell": Broken(
        poly((0, 0), (90, 0), (90, 90), (45, 90), (60, 40), (30, 40), (45, 90), (0, 90)),
        7350,
        3675,
    ),
    # JTS #760: the same points once more.
    "ring gone round twice": Broken(poly(*2 * [(0, 0), (90, 0), (90, 90), (0, 90)]), 8100, 4050),
    # geopandas #3395: there and back.
    "ring without area": Broken(poly((10, 20), (60, 20), (80, 70), (60, 20)), 0, 0),
    "spike outwards": Broken(
        poly((0, 0), (90, 0), (90, 90), (300, 90), (90, 90), (0, 90)), 8100, 4050
    ),
    "spike inwards": Broken(
        poly((0, 0), (90, 0), (90, 45), (20, 45), (90, 45), (90, 90), (0, 90)), 8100, 4050
    ),
    "hole that leaves the shell": Broken(
        poly(
            (0, 0),
            (90, 0),
            (90, 90),
            (0, 90),
            holes=(((60, 30), (60, 60), (120, 60), (120, 30)),),
        ),
        7200,
        4050,
    ),
    "hole that is the shell": Broken(
        shapely.Polygon(FIELD.exterior.coords, [FIELD.exterior.coords]), 0, 0
    ),
    "parts that overlap": Broken(
        shapely.MultiPolygon([box(0, 0, 60, 90), box(30, 0, 90, 90)]), 8100, 4050
    ),
    "parts with a side in common": Broken(
        shapely.MultiPolygon([box(0, 0, 45, 90), box(45, 0, 90, 90)]), 8100, 4050
    ),
    "part within another": Broken(
        shapely.MultiPolygon([box(0, 0, 90, 90), box(30, 30, 60, 60)]), 8100, 4050
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_shapes_that_are_invalid_have_the_area_of_their_parts(
    name: str, tmp_path: Path, cutting: None
) -> None:
    shape, area, west = BROKEN[name]
    assert not shape.is_valid
    halves = [box(-10, -10, 45, 100), box(45, -10, 100, 100)]
    near = 2 * HALF_A_UNIT
    for layers in (
        (there([shape]), there(halves)),
        (there([shape, box(900, 0, 901, 1)]), there(halves)),
    ):
        for table in tabulated(tmp_path, *layers):
            found = areas(table[table["row0"] == 0])
            assert found.get((0, 0), 0.0) == pytest.approx(west, abs=near)
            assert found.get((0, 1), 0.0) == pytest.approx(area - west, abs=near)
            assert table.attrs["repaired"] == 1


def net(seed: int, points: int) -> list[shapely.Polygon]:
    """Return triangles that cover a square without gaps."""
    xy = np.random.default_rng(seed).uniform(0, 700, (points, 2))
    corners = [(0, 0), (0, 700), (700, 0), (700, 700)]
    return list(shapely.delaunay_triangles(shapely.MultiPoint([*xy, *corners])).geoms)


def test_layers_that_are_the_same_share_every_row_with_itself_only(
    tmp_path: Path, cutting: None
) -> None:
    layer = there(net(3, 40))
    for table in tabulated(tmp_path, layer, layer):
        expected = {(i, i): shape.area for i, shape in enumerate(layer)}
        assert areas(table) == pytest.approx(expected, rel=1e-12, abs=HALF_A_UNIT + 1e-5)
        assert table["pieces"].sum() == len(layer)
        assert table.attrs["uncovered_m2"] <= len(layer) * 1e-4


# Clipper2 #926: the same shape several times.
def test_three_layers_that_are_the_same(tmp_path: Path, cutting: None) -> None:
    layer = there(net(5, 9))
    for table in tabulated(tmp_path, layer, layer, layer):
        expected = {(i, i, i): shape.area for i, shape in enumerate(layer)}
        assert areas(table) == pytest.approx(expected, rel=1e-12, abs=HALF_A_UNIT + 1e-5)


# mapshaper #68, #389: what lay along the border of the dissolved layer was lost.
def test_a_layer_and_its_own_outline(tmp_path: Path, cutting: None) -> None:
    layer = there(net(7, 40))
    for table in tabulated(tmp_path, layer, [shapely.union_all(layer)]):
        expected = {(i, 0): shape.area for i, shape in enumerate(layer)}
        assert areas(table) == pytest.approx(expected, rel=1e-12, abs=HALF_A_UNIT + 1e-5)


# geopandas #666: rows that overlap in one layer must not take from each other.
def test_rows_that_overlap_each_have_their_own_area(tmp_path: Path, cutting: None) -> None:
    stores = there([box(0, 0, 40, 20), box(30, 10, 70, 40), box(30, 10, 70, 40)])
    for table in tabulated(tmp_path, stores, there([box(20, 5, 50, 30)])):
        assert areas(table) == pytest.approx({(0, 0): 300, (1, 0): 400, (2, 0): 400})


# Elements #358: a hundred slats side by side, turned.
def test_slats_side_by_side_share_a_turned_plate(tmp_path: Path, cutting: None) -> None:
    slats, plate = [box(k, 0, k + 1, 30) for k in range(60)], box(10.5, 10, 50.5, 20)
    made = [affinity.rotate(shape, 33, origin=(0, 0)) for shape in (*slats, plate)]
    for table in tabulated(tmp_path, there(made[:-1]), there(made[-1:])):
        halves = {10: 5.0, 50: 5.0}
        expected = {(k, 0): halves.get(k, 10.0) for k in range(10, 51)}
        assert areas(table) == pytest.approx(expected, abs=HALF_A_UNIT + 1e-6)


# geopandas #1554, #1581: rasters that nearly agree.
@pytest.mark.parametrize("offset", [0.0, 1e-9, 0.01, 14.0])
def test_cells_of_two_rasters(offset: float, tmp_path: Path, cutting: None) -> None:
    cells = [(30.0 * x, 30.0 * y) for x in range(4) for y in range(4)]
    moved = [(x + offset, y - offset) for x, y in cells]
    layers = [there([box(x, y, x + 30, y + 30) for x, y in each]) for each in (cells, moved)]
    sides: dict[tuple[object, ...], float] = {
        (i, j): max(0.0, 30 - abs(x - u)) * max(0.0, 30 - abs(y - v))
        for i, (x, y) in enumerate(cells)
        for j, (u, v) in enumerate(moved)
    }
    # Corners of cells are rounded to 5e-10 m.
    near = HALF_A_UNIT + 120 * 1e-9
    for table in tabulated(tmp_path, *layers):
        found = areas(table)
        assert found == pytest.approx({key: sides[key] for key in found}, abs=near)
        assert max((area for key, area in sides.items() if key not in found), default=0) <= near
