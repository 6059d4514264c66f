"""Polygons out of WKB: what is read, what is left to GEOS, and which shapes may be invalid."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import shapely

from geoplan.engine.kernel import Rings, twice_area
from geoplan.engine.wkb import decode, doubtful
from tests.small import SOUTH, WEST

SQUARE = shapely.box(0, 0, 4, 4)
HOLED = shapely.Polygon(SQUARE.exterior, [shapely.box(1, 1, 2, 2).exterior.coords])
SEVERAL = shapely.MultiPolygon([HOLED, shapely.box(8, 0, 9, 1), shapely.box(8, 2, 9, 3)])
MOST = 64

Ring = list[tuple[float, float]]


def read(*texts: bytes | None) -> tuple[Rings, list[bool]]:
    """Decode values; None is null."""
    held = [text or b"" for text in texts]
    offsets = np.cumsum([0, *map(len, held)], dtype=np.int64)
    shapes, odd = decode(np.frombuffer(b"".join(held), dtype=np.uint8), offsets)
    return shapes, odd.tolist()


def rings_of(shapes: Rings, i: int) -> list[Ring]:
    """Return the rings of shape `i`."""
    spans = [shapes.points[k : k + 2] for k in range(shapes.rings[i], shapes.rings[i + 1])]
    return [
        list(zip(shapes.x[a:b].tolist(), shapes.y[a:b].tolist(), strict=True)) for a, b in spans
    ]


def expected(shape: shapely.Geometry) -> list[Ring]:
    """Return the rings of a shape, shells counter-clockwise and holes clockwise."""
    polygons = shapely.get_parts(shapely.orient_polygons(shape))
    return [list(ring.coords) for p in polygons for ring in (p.exterior, *p.interiors)]


def written(shape: shapely.Geometry, *, more: int, head: Sequence[int]) -> bytes:
    """Write WKB by hand: `more` ordinates behind x and y; `head` is what is added to the type."""
    added, *srid = head
    texts = []
    for polygon in shapely.get_parts(shape):
        rings = [list(ring.coords) for ring in (polygon.exterior, *polygon.interiors)]
        text = struct.pack("<BII", 1, 3 + added, len(rings))
        for ring in rings:
            text += struct.pack("<I", len(ring))
            for x, y in ring:
                text += struct.pack(f"<{2 + more}d", x, y, *[-77.0] * more)
        texts.append(text)
    if shape.geom_type == "MultiPolygon":
        return struct.pack("<BII", 1, 6 + added, len(texts)) + b"".join(texts)
    text = texts[0]
    return text[:5] + struct.pack("<I", *srid) + text[5:] if srid else text


def rings(*parts: Sequence[tuple[float, float]]) -> Rings:
    """Return shapes of one ring each."""
    xy = np.array([point for part in parts for point in part], dtype=float).reshape(-1, 2)
    points = np.cumsum([0, *map(len, parts)], dtype=np.int64)
    x, y = np.ascontiguousarray(xy[:, 0]), np.ascontiguousarray(xy[:, 1])
    return Rings(x, y, points, np.arange(len(points), dtype=np.int64))


@pytest.mark.parametrize("shape", [SQUARE, HOLED, SEVERAL], ids=["polygon", "holes", "several"])
@pytest.mark.parametrize(
    ("more", "head"),
    [
        (0, [0]),
        (1, [1000]),
        (1, [2000]),
        (2, [3000]),
        (1, [0x80000000]),
        (1, [0x40000000]),
        (2, [0xC0000000]),
    ],
    ids=["xy", "z", "m", "zm", "extended z", "extended m", "extended zm"],
)
def test_polygons_are_read_whatever_stands_behind_x_and_y(
    shape: shapely.Geometry, more: int, head: list[int]
) -> None:
    shapes, odd = read(SQUARE.wkb, written(shape, more=more, head=head), SQUARE.wkb)
    assert odd == [False] * 3
    assert sorted(map(sorted, rings_of(shapes, 1))) == sorted(map(sorted, expected(shape)))
    assert rings_of(shapes, 0) == rings_of(shapes, 2)


def test_a_number_of_a_coordinate_system_is_passed_over() -> None:
    for shape in (SQUARE, HOLED, SEVERAL):
        text = shapely.to_wkb(shapely.set_srid(shape, 4490), include_srid=True)
        shapes, odd = read(text)
        assert odd == [False]
        assert len(rings_of(shapes, 0)) == len(expected(shape))
    shapes, odd = read(written(SQUARE, more=2, head=[0xE0000000, 4490]))
    assert odd == [False]
    assert sorted(rings_of(shapes, 0)[0]) == sorted(expected(SQUARE)[0])


def test_what_geos_has_to_read_is_odd_and_has_no_rings() -> None:
    others = [
        shapely.to_wkb(SQUARE, byte_order=0),
        shapely.to_wkb(SEVERAL, byte_order=0),
        shapely.Point(1, 2).wkb,
        shapely.LineString([(0, 0), (1, 1)]).wkb,
        shapely.MultiPoint([(0, 0), (1, 1)]).wkb,
        shapely.GeometryCollection([SQUARE, shapely.Point(0, 0)]).wkb,
        None,
        shapely.Polygon().wkb,
        shapely.MultiPolygon().wkb,
    ]
    shapes, odd = read(SQUARE.wkb, *others, HOLED.wkb)
    assert odd == [False, *[True] * len(others), False]
    assert np.diff(shapes.rings).tolist() == [1, *[0] * len(others), 2]
    assert sorted(rings_of(shapes, len(others) + 1)[0]) == sorted(expected(HOLED)[0])


def test_no_values_are_no_shapes() -> None:
    shapes, odd = read()
    assert (odd, len(shapes.x), shapes.rings.tolist()) == ([], 0, [0])


@pytest.mark.parametrize("length", [1, 5, 8, 13, 40, 92])
def test_a_value_cut_short_is_odd(length: int) -> None:
    shapes, odd = read(SQUARE.wkb, SQUARE.wkb[:length])
    assert odd == [False, True]
    assert len(shapes.x) == 5


def test_bytes_behind_a_shape_make_it_odd() -> None:
    assert read(SQUARE.wkb + b"\0")[1] == [True]


@pytest.mark.parametrize("shell_first", [True, False])
def test_shells_turn_left_and_holes_right(shell_first: bool) -> None:
    turned = shapely.orient_polygons(SEVERAL, exterior_cw=shell_first)
    shapes, _ = read(turned.wkb, shapely.orient_polygons(HOLED, exterior_cw=shell_first).wkb)
    at = shapes.points
    left = [twice_area(shapes.x, shapes.y, at[k], at[k + 1]) > 0 for k in range(len(at) - 1)]
    assert left == [True, False, True, True, True, False]


CORNERS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=3, max_size=9)


@settings(deadline=None, max_examples=200)
@given(
    st.lists(CORNERS, min_size=1, max_size=30),
    st.sampled_from([1.0, 0.1, 1 / 3, 977.7]),
    st.floats(0, 1.5),
)
@example([[(0, 0), (4, 0), (4, 4), (2, 0), (0, 4)]], 1.0, 0.0)
@example([[(0, 0), (4, 0), (2, 0), (2, 3)]], 1 / 3, 0.7)
def test_no_invalid_ring_escapes(
    corners: list[list[tuple[int, int]]], scale: float, angle: float
) -> None:
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    parts = [
        [(float(x), float(y)) for x, y in np.array([*c, c[0]]) * scale @ turn + (WEST, SOUTH)]
        for c in corners
    ]
    invalid = ~shapely.is_valid([shapely.Polygon(part) for part in parts])
    assert not (invalid & ~doubtful(rings(*parts), MOST)).any()


@settings(deadline=None, max_examples=100)
@given(
    st.lists(st.floats(0, 6.28), min_size=3, max_size=20, unique_by=lambda a: round(a, 1)),
    st.floats(1, 1e5),
)
def test_convex_rings_are_not_doubtful(angles: list[float], radius: float) -> None:
    circle = [(WEST + radius * np.cos(a), SOUTH + radius * np.sin(a)) for a in sorted(angles)]
    ring = [*circle, circle[0]]
    assert not doubtful(rings(ring, ring[::-1]), MOST).any()


def test_a_concave_ring_is_not_doubtful() -> None:
    assert doubtful(rings([(0, 0), (4, 0), (4, 4), (2, 1), (0, 4), (0, 0)]), MOST).tolist() == [
        False
    ]


@pytest.mark.parametrize(
    "ring",
    [
        [(0, 0), (4, 4), (4, 0), (0, 4), (0, 0)],
        [(0, 0), (4, 0), (2, 0), (2, 2), (0, 0)],
        [(0, 0), (4, 0), (4, 4), (4, 4), (0, 0)],
        [(0, 0), (4, 0), (4, 4), (0, 4), (0, 1)],
        [(0, 0), (4, 0), (0, 0)],
        [(0, 0), (4, 0), (4, np.nan), (0, 0)],
        [(0, 0), (4, 0), (4, np.inf), (0, 0)],
        [],
    ],
    ids=["crossed", "spike", "twice", "open", "flat", "nan", "inf", "empty"],
)
def test_rings_that_geos_is_asked_about(ring: list[tuple[float, float]]) -> None:
    assert doubtful(rings(ring), MOST).tolist() == [True]


def test_holes_several_parts_and_many_points_are_doubtful() -> None:
    shapes, _ = read(HOLED.wkb, SEVERAL.wkb, shapely.Point(0, 0).buffer(9, quad_segs=16).wkb)
    assert doubtful(shapes, MOST).tolist() == [True, True, True]
    assert doubtful(shapes, MOST + 1).tolist() == [True, True, False]


LIES = {
    "rings": lambda w: w[:5] + struct.pack("<I", 0xFFFFFFFF) + w[9:],
    "rings, many": lambda w: w[:5] + struct.pack("<I", 200_000_000) + w[9:],
    "points": lambda w: w[:9] + struct.pack("<I", 0xFFFFFFFF) + w[13:],
    "points, then the end": lambda w: w[:5] + struct.pack("<II", 2, 0xFFFFFFFF),
    "too few points": lambda w: w[:9] + struct.pack("<I", 2) + w[13:],
    "bytes behind": lambda w: w + b"\0",
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
def test_values_that_lie_about_their_length_are_left_to_geos(
    lie: Callable[[bytes], bytes],
) -> None:
    plain = shapely.to_wkb(SQUARE)
    shapes, odd = read(plain, lie(plain), plain)
    assert odd == [False, True, False]
    assert rings_of(shapes, 0) == rings_of(shapes, 2) == expected(SQUARE)


@pytest.mark.parametrize("shape", [SQUARE, HOLED, SEVERAL])
def test_values_that_are_cut_short_are_left_to_geos(shape: shapely.Geometry) -> None:
    whole = shapely.to_wkb(shape)
    for length in range(len(whole)):
        shapes, odd = read(whole[:length], whole)
        assert odd == [True, False], length
        assert rings_of(shapes, 1) == expected(shape)
