"""Exact areas, repairs and simple shapes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import shapely

from geoplan import geometry

SQUARE = shapely.box(0, 0, 10, 10)
LINE = shapely.LineString([(0, 0), (5, 5)])
POINT = shapely.Point(1, 1)
BOW_TIE = shapely.Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])
HOLE_OUTSIDE = shapely.Polygon(SQUARE.exterior, [shapely.box(20, 0, 22, 2).exterior])
HOLE_ACROSS = shapely.Polygon(SQUARE.exterior, [shapely.box(8, 2, 12, 4).exterior])
FLAT = shapely.Polygon([(0, 0), (5, 0), (10, 0)])

sides = st.integers(1, 10_000_000)


def test_area_units_are_square_centimetres() -> None:
    units = geometry.area_units(np.array([shapely.box(0, 0, 1, 1), shapely.box(0, 0, 0.01, 0.01)]))
    assert units.tolist() == [10_000, 1]
    assert units.dtype == np.int64
    assert geometry.km2(10_000 * 1_000_000) == 1.0
    assert geometry.AREA_UNITS_PER_KM2 == 10**10


def test_area_units_are_rounded_not_cut() -> None:
    shapes = [shapely.box(0, 0, width, 1) for width in (0.00014, 0.00016, 0.00006)]
    assert geometry.area_units(np.array(shapes)).tolist() == [1, 2, 1]


def test_area_units_hold_a_country() -> None:
    assert geometry.area_units(np.array([shapely.box(0, 0, 4e6, 4e6)]))[0] == 16 * 10**16


@settings(deadline=None)
@given(st.lists(st.tuples(sides, sides), min_size=1, max_size=30), st.randoms())
def test_sums_do_not_depend_on_order_or_batches(
    sizes: list[tuple[int, int]], random: st.DataObject
) -> None:
    shapes = [shapely.box(0, 0, w / 1000, h / 1000) for w, h in sizes]
    whole = int(geometry.area_units(np.array(shapes)).sum())
    shuffled = list(shapes)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    middle = len(shuffled) // 2
    batches = [shuffled[:middle], shuffled[middle:]]
    parts = [int(geometry.area_units(np.array(batch, dtype=object)).sum()) for batch in batches]
    assert sum(parts) == whole


@pytest.mark.parametrize(
    ("shape", "area"),
    [
        (SQUARE, 100),
        (shapely.MultiPolygon([SQUARE, shapely.box(20, 0, 21, 1)]), 101),
        (shapely.GeometryCollection([SQUARE, LINE, POINT]), 100),
        (shapely.GeometryCollection([SQUARE, shapely.box(5, 0, 15, 10)]), 150),
        (LINE, 0),
        (POINT, 0),
        (shapely.GeometryCollection([LINE, POINT]), 0),
        (shapely.GeometryCollection(), 0),
        (shapely.Polygon(), 0),
    ],
)
def test_polygonal_keeps_the_polygons(shape: shapely.Geometry, area: float) -> None:
    kept = geometry.polygonal(shape)
    assert geometry.is_polygonal(kept)
    assert kept.area == area


@pytest.mark.parametrize(
    ("shape", "linear", "areal"),
    [
        (SQUARE, False, True),
        (shapely.MultiPolygon([SQUARE]), False, True),
        (LINE, True, False),
        (shapely.MultiLineString([LINE]), True, False),
        (SQUARE.exterior, True, False),
        (POINT, False, False),
        (shapely.GeometryCollection([SQUARE, LINE]), False, False),
    ],
)
def test_kinds_of_shapes(shape: shapely.Geometry, linear: bool, areal: bool) -> None:
    assert geometry.is_linear(shape) is linear
    assert geometry.is_polygonal(shape) is areal


@pytest.mark.parametrize(
    ("broken", "area", "reason"),
    [
        pytest.param(BOW_TIE, 50, "Self-intersection[5 5]", id="bow-tie"),
        pytest.param(HOLE_OUTSIDE, 104, "Hole lies outside shell", id="hole outside"),
        pytest.param(HOLE_ACROSS, 96, "Self-intersection", id="hole across the border"),
        pytest.param(FLAT, 0, "Too few points|Self-intersection", id="no area"),
    ],
)
def test_repair(broken: shapely.Geometry, area: float, reason: str) -> None:
    given_ = np.array([SQUARE, broken, SQUARE])
    fixed, repaired, reasons = geometry.repair(given_)
    assert repaired.tolist() == [1]
    assert shapely.is_valid(fixed).all()
    assert geometry.is_polygonal(fixed[1])
    assert fixed[1].area == area
    assert any(reasons[0].startswith(start) for start in reason.split("|"))
    assert fixed[0] is SQUARE
    assert given_[1] is broken, "the caller's array stays as it was"


@pytest.mark.parametrize(
    "ring",
    [
        [(7, 8), (6, 4), (0, 7), (5, 0), (4, 5), (2, 6), (5, 8), (7, 1)],
        [(1, 4), (5, 2), (6, 4), (1, 4), (8, 7), (5, 3), (6, 4)],
        [(3, 8), (3, 2), (1, 7), (3, 4), (3, 3), (9, 4), (2, 4)],
    ],
)
def test_what_geos_leaves_invalid_is_repaired_again(ring: list[tuple[int, int]]) -> None:
    # Where it lies matters: rounding brings several crossings to one point.
    moved = [(x + 500_000, y + 4_000_000) for x, y in ring]
    fixed, repaired, _ = geometry.repair(np.array([shapely.Polygon(moved)], dtype=object))
    assert repaired.tolist() == [0]
    assert shapely.is_valid(fixed[0])
    assert geometry.is_polygonal(fixed[0])
    again, repaired, _ = geometry.repair(fixed)
    assert (repaired.tolist(), again[0]) == ([], fixed[0])


def test_repair_of_valid_shapes_does_nothing() -> None:
    given_ = np.array([SQUARE, shapely.box(1, 1, 2, 2)])
    fixed, repaired, reasons = geometry.repair(given_)
    assert (len(repaired), reasons) == (0, [])
    assert fixed is not given_
    assert all(a is b for a, b in zip(fixed, given_, strict=True))


@settings(deadline=None)
@given(
    st.floats(1, 1e6),
    st.floats(1, 1e6),
    st.floats(1, 1e10),
    st.sampled_from([8, 64]),
)
def test_ellipse_has_exactly_the_area(
    width: float, height: float, area: float, segments: int
) -> None:
    box = (500_000.0, 4_000_000.0, 500_000.0 + width, 4_000_000.0 + height)
    ellipse = geometry.ellipse_in_box(box, area_m2=area, segments=segments)
    # What coordinates of millions of metres leave of a small shape.
    assert ellipse.area == pytest.approx(area, rel=1e-6, abs=0.01)


def test_ellipse_lies_in_the_middle_with_the_proportion_of_the_box() -> None:
    ellipse = geometry.ellipse_in_box((100, 200, 140, 220), area_m2=200)
    west, south, east, north = ellipse.bounds
    assert ((west + east) / 2, (south + north) / 2) == pytest.approx((120, 210))
    assert (east - west) / (north - south) == pytest.approx(2)
    assert ellipse.area == pytest.approx(200, rel=1e-12)
    assert len(ellipse.exterior.coords) == 4 * 64 + 1
    # Half axes a = 2 b and area = pi a b.
    assert (east - west) / 2 == pytest.approx(np.sqrt(400 / np.pi), rel=1e-3)


def test_coordinates_that_are_no_numbers_are_found() -> None:
    corners = [(0, 0), (1, 0), (1, 1)]
    with np.errstate(invalid="ignore"):
        shapes = [
            shapely.box(0, 0, 1, 1),
            shapely.Polygon([*corners, (np.nan, 1)]),
            None,
            shapely.Polygon(),
            shapely.Polygon([*corners, (np.inf, 1)]),
            shapely.Polygon([(x, y, np.nan) for x, y in corners]),
        ]
    assert geometry.not_finite(np.array(shapes, dtype=object)).tolist() == [1, 4]
    assert geometry.not_finite(np.array([], dtype=object)).tolist() == []


def test_overlaps_are_pairs_with_a_shared_area() -> None:
    boxes = [shapely.box(0, 0, 2, 2), shapely.box(2, 0, 4, 2), shapely.box(1, 1, 3, 3)]
    assert geometry.overlaps(np.array(boxes)) == [(0, 2, 1.0), (1, 2, 1.0)]
    assert geometry.overlaps(np.array(boxes[:1])) == []


def test_what_hangs_together_by_pairs() -> None:
    assert geometry.connected([(5, 3), (1, 2), (3, 9), (7, 7)]) == [[1, 2], [3, 5, 9], [7]]
    assert geometry.connected([]) == []
