"""The area that two shapes share, against GEOS, and against what must hold of it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import shapely
from shapely import affinity

from geoplan import geometry
from geoplan.engine.areas import Found, areas_in_parts
from geoplan.engine.features import rings_of
from geoplan.engine.kernel import (
    area_of,
    bounds_of,
    common_area,
    edges_of,
    empty_edges,
    meet,
)
from geoplan.engine.parts import NONE, SEVERAL, Parts, cut
from geoplan.engine.squares import Grid, column_of, line_x, line_y, row_of
from tests.engine.shapes import any_shape, at, box, free, ring, ring_of_ring, sliver, squares, star
from tests.small import SOUTH, WEST

AGREES = 1e-9
"""Areas agree to this share of the smaller shape's, in a local origin."""

many_examples = settings(max_examples=400, deadline=None)


def shared(a: shapely.Geometry, b: shapely.Geometry) -> float:
    """Return the area that the kernel finds."""
    left, right = rings_of(np.array([a])), rings_of(np.array([b]))
    x, y = np.maximum(bounds_of(left)[0], bounds_of(right)[0])[:2]
    first, second = empty_edges(1000), empty_edges(1000)
    n, m = edges_of(left, 0, x, y, first), edges_of(right, 0, 0.0, 0.0, second)
    return float(common_area(first, (0, n), second, (0, m), x, y))


def oracle(a: shapely.Geometry, b: shapely.Geometry) -> float:
    """Return the area that GEOS finds, in the same local origin."""
    x, y = np.maximum(a.bounds[:2], b.bounds[:2])
    moved = [affinity.translate(shape, -x, -y) for shape in (a, b)]
    return float(shapely.area(shapely.intersection(*moved)))


@many_examples
@given(any_shape, any_shape)
def test_it_is_that_of_geos(a: shapely.Geometry, b: shapely.Geometry) -> None:
    least = min(a.area, b.area)
    assert shared(a, b) == pytest.approx(oracle(a, b), abs=AGREES * least + 1e-9)


@many_examples
@given(any_shape, any_shape)
def test_it_does_not_matter_which_comes_first(a: shapely.Geometry, b: shapely.Geometry) -> None:
    least = min(a.area, b.area)
    assert shared(a, b) == pytest.approx(shared(b, a), abs=AGREES * least + 1e-9)


@many_examples
@given(any_shape, st.integers(0, 6), st.booleans())
def test_what_is_cut_in_two_adds_up(a: shapely.Geometry, where: int, upright: bool) -> None:
    low, high = (
        (box(-9, -9, where, 19), box(where, -9, 19, 19))
        if upright
        else (box(-9, -9, 19, where), box(-9, where, 19, 19))
    )
    assert shared(a, low) + shared(a, high) == pytest.approx(a.area, rel=AGREES, abs=1e-9)


@many_examples
@given(free)
def test_of_a_shape_with_itself_it_is_its_own(a: shapely.Geometry) -> None:
    assert shared(a, a) == pytest.approx(a.area, rel=AGREES)
    assert area_of(rings_of(np.array([a])), 0) == pytest.approx(a.area, rel=AGREES)


@many_examples
@given(squares, squares)
def test_of_squares_on_a_grid_it_is_that_of_arithmetic(
    a: shapely.Geometry, b: shapely.Geometry
) -> None:
    (w, s, e, n), (u, v, x, y) = a.bounds, b.bounds
    expected = max(0.0, min(e, x) - max(w, u)) * max(0.0, min(n, y) - max(s, v))
    assert shared(a, b) == pytest.approx(expected, abs=1e-6)


DEGENERATE = {
    "one edge in common": (box(0, 0, 1, 1), box(1, 0, 2, 1), 0.0),
    "one corner in common": (box(0, 0, 1, 1), box(1, 1, 2, 2), 0.0),
    "one within the other, sides in common": (box(0, 0, 4, 4), box(0, 1, 1, 2), 1.0),
    "one above the other": (box(0, 0, 1, 1), box(0, 5, 1, 6), 0.0),
    "an edge that runs through corners": (
        box(0, 0, 2, 2),
        ring((-1, -1), (3, 3), (-1, 3)),
        2.0,
    ),
    "a hole and itself": (ring_of_ring(3, 3, 2), ring_of_ring(3, 3, 2), None),
    "a shape in the hole of another": (
        shapely.Polygon(
            [at(0, 0), at(6, 0), at(6, 6), at(0, 6)],
            [[at(1, 1), at(5, 1), at(5, 5), at(1, 5)]],
        ),
        box(2, 2, 4, 4),
        0.0,
    ),
    "edges that are nearly parallel": (
        sliver(0, 0, 4, 1e-9),
        ring((0, 0), (4, 1e-9), (4, 1), (0, 1)),
        None,
    ),
    "a needle across": (ring((0, 0), (6, 1e-6), (6, 2e-6)), box(1, -1, 2, 1), None),
    "a corner twice": (ring((0, 0), (2, 0), (2, 0), (2, 2), (0, 2)), box(1, 1, 3, 3), 1.0),
    "a point in the middle of an edge": (
        ring((0, 0), (1, 0), (2, 0), (2, 2), (1, 2), (0, 2)),
        box(1, -1, 3, 3),
        2.0,
    ),
}


@pytest.mark.parametrize(("a", "b", "squares"), DEGENERATE.values(), ids=DEGENERATE)
def test_degenerate_pairs(a: shapely.Geometry, b: shapely.Geometry, squares: float | None) -> None:
    expected = oracle(a, b) if squares is None else squares * 1e4
    assert shared(a, b) == pytest.approx(expected, abs=1e-6)
    assert shared(b, a) == pytest.approx(expected, abs=1e-6)


def test_it_is_as_exact_far_from_the_origin_of_coordinates() -> None:
    a, b = star(0, 0, 0.01, 9, 0.3), star(0.002, 0.001, 0.01, 7, 0.1)
    assert shared(a, b) == pytest.approx(oracle(a, b), rel=1e-8)


def test_what_two_shapes_share_is_a_shape_again() -> None:
    a, b, c = star(3, 3, 2, 9, 0.1), box(2, 2, 5, 4), ring_of_ring(3, 3, 2)
    x, y = at(0, 0)
    desk, second, third = empty_edges(5000), empty_edges(100), empty_edges(100)
    n = edges_of(rings_of(np.array([a])), 0, x, y, desk)
    m = edges_of(rings_of(np.array([b])), 0, 0.0, 0.0, second)
    k = edges_of(rings_of(np.array([c])), 0, 0.0, 0.0, third)
    stop = meet(desk, (0, n), second, (0, m), x, y)
    both = shapely.intersection(shapely.intersection(a, b), c)
    assert common_area(desk, (n, stop), third, (0, k), x, y) == pytest.approx(both.area, rel=1e-9)


def parts_of(layers: list[list[shapely.Geometry]], side: float = 1.3) -> tuple[Parts, np.ndarray]:
    """Return layers in the squares of a grid that covers the places of tests."""
    shapes = rings_of(np.array([shape for layer in layers for shape in layer], dtype=object))
    numbers = np.array([i for layer in layers for i in range(len(layer))], dtype=np.int64)
    layer = np.array([n for n, each in enumerate(layers) for _ in each], dtype=np.int64)
    size = side * 100.0
    many = int(1800 // size) + 1
    grid = Grid(WEST - 300.0, SOUTH - 300.0, size, many, many, 0, 0)
    return cut(shapes, layer, numbers, len(layers), grid), np.array([len(x) for x in layers])


def found_in(
    shapes: list[shapely.Geometry],
    layers: list[list[shapely.Geometry]],
    most: int = 256,
    side: float = 1.3,
) -> tuple[Found, np.ndarray]:
    parts, ways = parts_of(layers, side)
    wanted = np.ones(len(shapes), dtype=bool)
    found, rest = areas_in_parts(rings_of(np.array(shapes)), wanted, parts, ways, 1e4, most)
    return found, rest


sides = st.sampled_from([0.5, 1.0, 1.3, 20.0])
"""Lines of the grid on edges of the shapes, off them, and none."""


@many_examples
@given(any_shape, sides)
def test_parts_in_squares_add_up_to_their_shape(a: shapely.Geometry, side: float) -> None:
    parts, _ = parts_of([[a]], side)
    edges, grid = parts.edges, parts.grid
    under = (edges.x2 - edges.x1) * (edges.y1 + edges.y2 - 2 * a.bounds[1]) / 2 * edges.sign
    assert under.sum() == pytest.approx(a.area, rel=1e-9, abs=1e-6)
    for square in range(grid.nx * grid.ny):
        start, end = parts.starts[parts.squares[square]], parts.starts[parts.squares[square + 1]]
        column, row = square % grid.nx, square // grid.nx
        x, y = grid.west + column * grid.size, grid.south + row * grid.size
        here = shapely.area(
            shapely.intersection(a, shapely.box(x, y, x + grid.size, y + grid.size))
        )
        assert under[start:end].sum() == pytest.approx(here, abs=1e-9 * a.area + 1e-6)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(any_shape, min_size=1, max_size=4),
    st.lists(any_shape, min_size=1, max_size=4),
    st.sampled_from([0, 8, 256]),
    sides,
)
def test_areas_in_parts_are_those_of_pairs(
    shapes: list[shapely.Geometry], others: list[shapely.Geometry], most: int, side: float
) -> None:
    found, rest = found_in(shapes, [others], most, side)
    made = np.zeros((len(shapes), len(others)))
    made[found.feature, found.key] = found.units / 1e4
    expected = [[oracle(a, b) for b in others] for a in shapes]
    assert made == pytest.approx(np.array(expected), abs=3e-4)
    assert made.sum(axis=1) + rest / 1e4 == pytest.approx(shapely.area(shapes), abs=1e-3)
    assert (found.units > 0).all()
    assert len({*zip(found.feature.tolist(), found.key.tolist(), strict=True)}) == len(found.key)


@settings(max_examples=150, deadline=None)
@given(any_shape, any_shape, any_shape, any_shape, st.sampled_from([0, 256]))
@example(box(1, 1, 2, 2), box(0, 1, 3, 3), box(0, 1, 3, 4), box(0, 1, 2, 2), 256)
def test_four_layers_share_what_geos_finds(
    a: shapely.Geometry,
    b: shapely.Geometry,
    c: shapely.Geometry,
    d: shapely.Geometry,
    most: int,
) -> None:
    found, rest = found_in([a], [[b], [c], [d]], most)
    both = geometry.polygonal(shapely.intersection(a, b))
    both = geometry.polygonal(shapely.intersection(both, c))
    expected = shapely.area(shapely.intersection(both, d))
    assert found.units.sum() / 1e4 == pytest.approx(expected, abs=1e-3)
    assert (found.units.sum() + rest.sum()) / 1e4 == pytest.approx(a.area, abs=1e-3)


def test_a_key_counts_the_shapes_of_the_last_layer_first() -> None:
    found, _ = found_in([box(0, 0, 2, 1)], [[box(0, 0, 9, 9)], [box(0, 0, 1, 9), box(1, 0, 9, 9)]])
    assert found.key.tolist() == [0, 1]
    found, _ = found_in([box(0, 0, 2, 1)], [[box(0, 0, 1, 9), box(1, 0, 9, 9)], [box(0, 0, 9, 9)]])
    assert found.key.tolist() == [0, 1]


def test_shapes_that_are_not_wanted_are_left_out() -> None:
    parts, ways = parts_of([[box(0, 0, 6, 6)]])
    shapes = rings_of(np.array([box(0, 0, 1, 1), box(2, 0, 3, 1)]))
    found, rest = areas_in_parts(shapes, np.array([False, True]), parts, ways, 1e4, 256)
    assert found.feature.tolist() == [1]
    assert rest.tolist() == [0, 0]


def test_what_lies_outside_of_the_grid_is_rest() -> None:
    found, rest = found_in([box(-50, -50, 60, 60), box(90, 90, 91, 91)], [[box(0, 0, 1, 1)]], 3)
    assert found.units.tolist() == [100_000_000]
    assert rest.tolist() == [(110 * 110 - 1) * 100_000_000, 100_000_000]


def test_room_grows_with_what_is_found() -> None:
    strips = [box(0, y / 100, 6, (y + 1) / 100) for y in range(300)]
    found, rest = found_in([box(0, 0, 6, 3)], [strips])
    assert len(found.key) == 300
    assert abs(int(rest[0])) <= 300


@many_examples
@given(any_shape, any_shape, sides)
def test_a_square_is_covered_where_one_shape_alone_fills_it(
    a: shapely.Geometry, b: shapely.Geometry, side: float
) -> None:
    parts, _ = parts_of([[a, b]], side)
    grid = parts.grid
    for square in range(grid.nx * grid.ny):
        x, y = line_x(grid, square % grid.nx), line_y(grid, square // grid.nx)
        place = shapely.box(x, y, x + grid.size, y + grid.size)
        shared = [shapely.area(shapely.intersection(shape, place)) for shape in (a, b)]
        known = parts.cover[square]
        if known >= 0:
            assert shared[known] == pytest.approx(place.area, rel=1e-9)
            assert shared[1 - known] == pytest.approx(0, abs=1e-6)
        elif known == NONE:
            assert shared == pytest.approx([0, 0], abs=1e-6)
        else:
            assert known == SEVERAL


@settings(max_examples=150, deadline=None)
@given(
    st.lists(any_shape, min_size=1, max_size=4), st.sampled_from([0, 256]), st.permutations("abc")
)
def test_layers_that_cover_a_feature_wholly_are_not_compared(
    shapes: list[shapely.Geometry], most: int, order: list[str]
) -> None:
    layers = {"a": [box(-9, -9, 30, 30)], "b": [box(-9, -9, 3, 30), box(3, -9, 30, 30)], "c": []}
    layers["c"] = [box(-9, -9, 30, 2), box(-9, 2, 30, 30), box(40, 40, 41, 41)]
    found, rest = found_in(shapes, [layers[name] for name in order], most, 0.5)
    assert (np.abs(rest) <= 4).all()
    ways = [len(layers[name]) for name in order]
    for feature, key, units in zip(*found, strict=True):
        expected = shapes[feature]
        for name, k in zip(order, np.unravel_index(key, ways), strict=True):
            expected = shapely.intersection(expected, layers[name][k])
        assert units / 1e4 == pytest.approx(expected.area, abs=1e-3)


@pytest.mark.parametrize("size", [0.1, 1 / 3, 86.4, 901.4736399298857, 1e5 / 7])
def test_a_place_on_a_line_is_in_the_square_behind_it(size: float) -> None:
    grid = Grid(WEST + 0.1, SOUTH - 0.7, size, 500, 400, 3, 5)
    for k in range(500):
        line = line_x(grid, k)
        assert column_of(line, grid) == k
        assert column_of(np.nextafter(line, np.inf), grid) == k
        assert column_of(np.nextafter(line, -np.inf), grid) == k - 1
    for k in range(400):
        line = line_y(grid, k)
        assert row_of(line, grid) == k
        assert row_of(np.nextafter(line, -np.inf), grid) == k - 1
    assert (column_of(line_x(grid, 500), grid), row_of(line_y(grid, 400), grid)) == (500, 400)
