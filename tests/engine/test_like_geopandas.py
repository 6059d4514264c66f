"""Equal to `geopandas.overlay` on thousands of pairs, random and degenerate.

Where both differ exact arithmetic decides: GEOS sometimes loses, or tells as
common, whole shapes whose edges nearly lie on each other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import geopandas as gpd
import shapely
from shapely import affinity

from geoplan.engine import held, tabulate
from tests.engine.shapes import (
    UNIT,
    any_shape,
    at,
    box,
    frame,
    ring,
    ring_of_ring,
    sliver,
    star,
    write,
)
from tests.engine.test_degenerate import (
    HALF_A_UNIT,
    comb,
    exact_area,
    net,
    noise,
    noise_of_cuts,
    nudged,
    shared,
)
from tests.small import SOUTH, WEST

Rng = np.random.Generator

AGREES = 1e-9
"""Areas agree to this share of the smaller shape's, in a local origin."""

MOST_EXACT = 4_000
"""Exact arithmetic takes long for more pairs of edges."""

many_examples = settings(max_examples=250, deadline=None)


# Shapes: each function draws one; it may be invalid, and is drawn again then.


def angular(rng: Rng) -> shapely.Geometry:
    """Return a polygon with corners on a coarse grid, where much coincides."""
    places = np.unique(rng.integers(0, 7, (rng.integers(3, 9), 2)), axis=0).astype(float)
    if len(places) < 3:
        return shapely.Polygon()
    middle = places.mean(axis=0) + 0.01
    order = np.argsort(np.arctan2(*(places - middle).T))
    return ring(*[(float(x), float(y)) for x, y in places[order]])


def cells(rng: Rng) -> shapely.Geometry:
    """Return cells of a grid as one shape: parts, holes, corners that touch."""
    chosen = rng.integers(0, 6, (rng.integers(2, 40), 2))
    return shapely.union_all([box(x, y, x + 1, y + 1) for x, y in chosen.tolist()])


def starry(rng: Rng) -> shapely.Geometry:
    x, y, reach, turn = rng.uniform((0, 0, 0.05, 0), (6, 6, 3, 1))
    return star(x, y, reach, int(rng.integers(3, 40)), turn)


def thin(rng: Rng) -> shapely.Geometry:
    x, y, reach = rng.integers((0, 0, 1), (6, 6, 5))
    return sliver(x, y, reach, 10.0 ** -rng.integers(1, 8))


def plain(rng: Rng) -> shapely.Geometry:
    return drawn(lambda: (angular, cells, starry)[rng.integers(3)](rng))


def holed(rng: Rng) -> shapely.Geometry:
    """Return a shape without another, or one whose hole touches its border."""
    if rng.random() < 0.3:
        x, y, reach = rng.integers((1, 1, 1), (6, 6, 4)).tolist()
        return ring_of_ring(x, y, reach)
    return box(0, 0, *rng.integers(3, 7, 2).tolist()).difference(plain(rng))


def in_parts(rng: Rng) -> shapely.Geometry:
    return plain(rng).union(plain(rng))


def dented(rng: Rng) -> shapely.Geometry:
    """Return a shape with points on its edges, or nearly so."""
    shape = drawn(lambda: angular(rng)).segmentize(UNIT * rng.uniform(0.3, 0.9))
    xy = np.array(shape.exterior.coords[:-1])
    return shapely.Polygon(xy + rng.normal(0, 10.0 ** -rng.integers(4, 10), xy.shape))


def spiral(rng: Rng) -> shapely.Geometry:
    """Return a spiral of more points than are compared whole."""
    x, y, width, turn = rng.uniform((1, 1, 0.05, 0), (5, 5, 0.3, 7))
    angles = np.linspace(turn, turn + 7 * np.pi, 160)
    way = 0.1 + (angles - turn) / 10
    inner = [(x + w * np.cos(t), y + w * np.sin(t)) for w, t in zip(way, angles, strict=True)]
    outer = [
        (x + (w + width) * np.cos(t), y + (w + width) * np.sin(t))
        for w, t in zip(way, angles, strict=True)
    ]
    return ring(*inner, *reversed(outer))


def combed(rng: Rng) -> shapely.Geometry:
    """Return a comb of more points than are compared whole, level or turned a little."""
    made = affinity.scale(
        comb(70, float(rng.uniform(0.1, 0.9))), UNIT / 12, UNIT / 3, origin=(0, 0)
    )
    turn = rng.choice([0.0, 90.0, 1e-9, rng.uniform(0, 360)])
    x, y = at(*rng.integers(0, 4, 2).tolist())
    return affinity.translate(affinity.rotate(made, turn, origin=(0, 0)), x, y)


MAKERS = [angular, angular, cells, cells, starry, holed, in_parts, dented, thin]


def edge_of(shape: shapely.Geometry, rng: Rng) -> np.ndarray:
    """Return the two ends of an edge."""
    part = shapely.get_parts(shape)[0]
    xy = np.array(part.exterior.coords)
    k = int(rng.integers(len(xy) - 1))
    return xy[k : k + 2]


def turned(shape: shapely.Geometry, rng: Rng) -> shapely.Geometry:
    """Return a shape turned by next to nothing, about a corner or its middle."""
    angle = 10.0 ** -rng.integers(3, 13)
    origin = "centroid" if rng.random() < 0.5 else tuple(edge_of(shape, rng)[0])
    return affinity.rotate(shape, angle, origin=origin, use_radians=True)


def moved(shape: shapely.Geometry, rng: Rng) -> shapely.Geometry:
    return affinity.translate(shape, *rng.normal(0, 10.0 ** -rng.integers(0, 9), 2))


def upon(shape: shapely.Geometry, rng: Rng) -> shapely.Geometry:
    """Return a triangle with two corners on edges of a shape, or in its corners."""
    ends = [edge_of(shape, rng), edge_of(shape, rng)]
    shares = rng.choice([0.0, 0.5, rng.random()], 2)
    a, b = (p + (q - p) * share for (p, q), share in zip(ends, shares, strict=True))
    return shapely.Polygon([a, b, at(*rng.uniform(0, 6, 2))])


def beside(shape: shapely.Geometry, rng: Rng) -> shapely.Geometry:
    """Return a polygon with a side in common, on either side of it."""
    p, q = edge_of(shape, rng)
    across = np.array([p[1] - q[1], q[0] - p[0]]) * rng.uniform(-1, 1)
    return shapely.Polygon([p, q, q + across, p + across * rng.uniform(0, 1)])


def along(shape: shapely.Geometry, rng: Rng) -> shapely.Geometry:
    """Return a strip along an edge of a shape, next to nothing wide."""
    p, q = edge_of(shape, rng)
    across = np.array([p[1] - q[1], q[0] - p[0]]) * 10.0 ** -rng.integers(2, 9)
    return shapely.Polygon([p - across, q - across, q + across, p + across])


def digit_off(shape: shapely.Geometry, rng: Rng) -> shapely.Geometry:
    """Return a polygon with a side in common but for the last digit of its ends."""
    return nudged(beside(shape, rng), 1, int(rng.integers(1000)))


def rest_of(shape: shapely.Geometry, rng: Rng) -> shapely.Geometry:
    """Return what a shape leaves of a square: only borders are in common."""
    return box(-1, -1, 7, 7).difference(shape)


def same(shape: shapely.Geometry, rng: Rng) -> shapely.Geometry:
    return shape


RELATED = [turned, turned, moved, upon, upon, beside, digit_off, along, along, rest_of, same]


def drawn(make: Callable[[], shapely.Geometry]) -> shapely.Geometry:
    """Return the first valid polygon that a function makes."""
    for _ in range(50):
        shape = make()
        if shape.geom_type.endswith("Polygon") and shape.is_valid and shape.area > 0:
            return shape
    raise AssertionError("no valid shape in 50")


def layers_of(
    seed: int, rows: int, *, large: int = 0
) -> tuple[list[shapely.Geometry], list[shapely.Geometry]]:
    """Return two layers, the second of relatives of the first; each has a row without a shape."""
    rng = np.random.default_rng(seed)
    makers = [MAKERS[k] for k in rng.integers(0, len(MAKERS), rows)]
    makers += [spiral, combed] * large
    left = [drawn(partial(make, rng)) for make in makers]

    def related() -> shapely.Geometry:
        return RELATED[rng.integers(len(RELATED))](left[rng.integers(len(left))], rng)

    right = [drawn(related) for _ in range(rows)]
    right += [drawn(lambda: combed(rng)) for _ in range(large)]
    return [*left, shapely.Polygon()], [*right[1:], shapely.Polygon(), right[0]]


class Compared(NamedTuple):
    """How many pairs were compared, and for how many of them exact arithmetic was asked."""

    pairs: int
    asked: int


def referee(a: shapely.Geometry, b: shapely.Geometry) -> tuple[float, float]:
    """Return the area that two shapes share, found neither by GEOS' overlay nor by the engine.

    The second number is what it may be off by: nothing but where the shapes
    have so many edges that GEOS is asked after all, on a grid of a micrometre.
    """
    edges = shapely.get_num_coordinates([a, b])
    if edges.prod() <= MOST_EXACT:
        return exact_area(a, b), 0.0
    grid = 1e-6
    return float(shapely.intersection(a, b, grid_size=grid).area), grid * (a.length + b.length)


def meeting(
    left: list[shapely.Geometry], right: list[shapely.Geometry]
) -> Iterator[tuple[int, int]]:
    """Yield the pairs of rows whose boxes meet."""
    found = shapely.STRtree(right).query(left, predicate=None)
    yield from zip(*found.tolist(), strict=True)


def settled(a: shapely.Geometry, b: shapely.Geometry, made: float, told: float, near: float) -> int:
    """Check an area against what GEOS tells, or else what the referee tells; return how often."""
    if made == pytest.approx(told, abs=near):
        return 0
    right, off = referee(a, b)
    assert made == pytest.approx(right, abs=near + off), told
    return 1


def allowed(a: shapely.Geometry, b: shapely.Geometry) -> float:
    """Return what areas may differ by that were computed of whole shapes in a local origin.

    A share of the smaller shape, and rounding of the engine and of GEOS in
    that origin: each places a crossing to the last digit of local coordinates.
    """
    local = [affinity.translate(shape, -WEST, -SOUTH) for shape in (a, b)]
    return float(AGREES * min(a.area, b.area) + noise(a, b) + noise_of_cuts(*local))


def allowed_of_tables(a: shapely.Geometry, b: shapely.Geometry) -> float:
    """Return what a row of a table may differ by from an overlay in coordinates of the work CRS.

    Half of a unit by rounding; and both the engine's cuts and the crossings
    that GEOS computes have the last digit of those coordinates, 5e-10 m.
    """
    return HALF_A_UNIT + allowed(a, b) + 2 * noise_of_cuts(a, b)


def compared_whole(seed: int, rows: int, *, large: int = 0) -> Compared:
    """Compare all pairs of two layers, whole, both ways."""
    left, right = layers_of(seed, rows, large=large)
    pairs, asked = 0, 0
    for i, j in meeting(left, right):
        a, b = left[i], right[j]
        near, made = allowed(a, b), shared(a, b)
        local = [affinity.translate(shape, -WEST, -SOUTH) for shape in (a, b)]
        asked += settled(a, b, made, shapely.intersection(*local).area, near)
        assert shared(b, a) == pytest.approx(made, abs=2 * noise(a, b)), (i, j)
        pairs += 1
    return Compared(pairs, asked)


def pairs_of(table: pd.DataFrame) -> dict[tuple[int, int], float]:
    """Return the areas of a table by rows of both layers."""
    rows = zip(table["left"], table["right"], table["area_m2"], strict=True)
    return {(i, j): area for i, j, area in rows}


def compared_tables(folder: Path, seed: int, rows: int, *, large: int = 0) -> Compared:
    """Compare tables of two layers, each of them streamed, with their overlay by geopandas."""
    left, right = layers_of(seed, rows, large=large)
    frames = [frame(left, left=[*range(len(left))]), frame(right, right=[*range(len(right))])]
    paths = [write(folder, name, each) for name, each in zip("ab", frames, strict=True)]
    over = gpd.overlay(*frames, how="intersection", keep_geom_type=True)
    told = pairs_of(over.assign(area_m2=over.area))
    pairs, asked = 0, 0
    for order in (paths, paths[::-1]):
        table = tabulate(order, ["left", "right"], scheduler="synchronous")
        found = pairs_of(table)
        assert table.attrs["repaired"] == 0
        assert table.attrs["empty"] == 2
        assert {*found} <= {*meeting(left, right)}
        for i, j in meeting(left, right):
            a, b, area = left[i], right[j], told.get((i, j), 0.0)
            asked += settled(a, b, found.get((i, j), 0.0), area, allowed_of_tables(a, b))
            pairs += 1
    return Compared(pairs, asked)


def soak(folder: Path, seeds: range, rows: int = 20, *, large: int = 0) -> Compared:
    """Compare layers of many seeds, whole and by tables; as long a run as there are seeds."""
    made = [
        each
        for seed in seeds
        for each in (
            compared_whole(seed, rows, large=large),
            compared_tables(folder, seed, rows, large=large),
        )
    ]
    return Compared(sum(each.pairs for each in made), sum(each.asked for each in made))


@pytest.fixture(params=[(256, 8), (3, 1)], ids=["whole", "cut"])
def cutting(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Compare streamed shapes whole, or cut them first along a grid of small squares."""
    most, edges = request.param
    monkeypatch.setattr("geoplan.engine.table.MOST_WHOLE", most)
    monkeypatch.setattr(held, "EDGES_A_SQUARE", edges)
    held._held.cache_clear()
    yield
    held._held.cache_clear()


@pytest.mark.parametrize("seed", range(0, 10, 2))
def test_random_and_degenerate_shapes(seed: int, tmp_path: Path, cutting: None) -> None:
    compared = soak(tmp_path, range(seed, seed + 2))
    # Ten runs, the half of them of the same shapes, cut: some 9,000 pairs.
    assert compared.pairs >= 1_500
    assert compared.asked <= compared.pairs / 50


@pytest.mark.parametrize("seed", [100, 102])
def test_combs_and_spirals_of_many_points(seed: int, tmp_path: Path, cutting: None) -> None:
    assert (
        max(len(shapely.get_coordinates(shape)) for shape in layers_of(seed, 4, large=4)[0]) > 256
    )
    compared = soak(tmp_path, range(seed, seed + 2), 4, large=4)
    assert compared.pairs >= 400
    assert compared.asked <= compared.pairs / 20


corners = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=3, max_size=7)
polygons = corners.map(lambda places: ring(*places)).filter(lambda shape: shape.is_valid)
"""Polygons of any form on a grid so coarse that most corners and edges coincide."""

almost = st.builds(
    lambda shape, k, way: affinity.translate(
        affinity.rotate(shape, 10.0**-k, origin="centroid", use_radians=True), *way
    ),
    polygons,
    st.integers(3, 12),
    st.sampled_from([(0.0, 0.0), (1e-9, 0.0), (0.0, 1e-6), (1e-3, -1e-3)]),
)
"""The same, turned and moved by next to nothing."""

any_of_all = st.one_of(polygons, almost, any_shape)


@many_examples
@given(st.lists(any_of_all, min_size=2, max_size=2), st.lists(any_of_all, min_size=2, max_size=2))
def test_any_shapes(left: list[shapely.Geometry], right: list[shapely.Geometry]) -> None:
    over = gpd.overlay(
        frame(left, left=[0, 1]),
        frame(right, right=[0, 1]),
        how="intersection",
        keep_geom_type=True,
    )
    told = pairs_of(over.assign(area_m2=over.area))
    for i, a in enumerate(left):
        for j, b in enumerate(right):
            near = allowed(a, b) + noise_of_cuts(a, b)
            settled(a, b, shared(a, b), told.get((i, j), 0.0), near)
            assert shared(b, a) == pytest.approx(shared(a, b), abs=2 * noise(a, b))


def cover_of_cells() -> list[shapely.Geometry]:
    return [box(x, y, x + 2, y + 2) for x in range(-8, 16, 2) for y in range(-8, 16, 2)]


def cells_of_a_raster() -> list[shapely.Geometry]:
    """Return more rows than any cover has, for the layer with most rows is streamed."""
    return [box(x / 2, y / 2, (x + 1) / 2, (y + 1) / 2) for x in range(15) for y in range(15)]


def cover_of_strips() -> list[shapely.Geometry]:
    """Return strips from west to east, some of them next to nothing wide."""
    lines = np.unique([-8, 16, *range(6), *(2 + 10.0**-k for k in range(1, 11)), 3.1, 3.1 + 1e-9])
    return [box(west, -8, east, 16) for west, east in pairwise(lines.tolist())]


def cover_of_wedges() -> list[shapely.Geometry]:
    """Return wedges about a corner of the grid, some of them narrow."""
    sides = [*(16 - 24 * k / 40 for k in range(40)), *(2 + 10.0**-k for k in range(1, 10)), 2.0]
    way = sorted(set(sides), reverse=True)
    north = [(x, 16.0) for x in way]
    west, south = [(-8.0, y) for y in way], [(8.0 - x, -8.0) for x in way]
    east = [(16.0, 8.0 - y) for y in way]
    around = [*north, *west, *south, *east]
    return [ring((2, 2), p, q) for p, q in zip(around, [*around[1:], around[0]], strict=True)]


def cover_of_triangles() -> list[shapely.Geometry]:
    """Return triangles between the same points."""
    made = affinity.scale(shapely.MultiPolygon(net(4, 60)), 2400 / 700, 2400 / 700, origin=(0, 0))
    return list(affinity.translate(made, *at(-8, -8)).geoms)


@pytest.mark.parametrize(
    "cover", [cover_of_cells, cover_of_strips, cover_of_wedges, cover_of_triangles]
)
def test_what_is_covered_without_gaps_is_found_to_the_last_unit(
    cover: Callable[[], list[shapely.Geometry]], tmp_path: Path, cutting: None
) -> None:
    left = [*cells_of_a_raster(), *layers_of(77, 30, large=3)[0]]
    over = cover()
    paths = [
        write(tmp_path, "left", frame(left, left=[*range(len(left))])),
        write(tmp_path, "over", frame(over, right=[*range(len(over))])),
    ]
    table = tabulate(paths, ["left", "right"], scheduler="synchronous")
    assert table.attrs["streamed"] == "left.parquet"
    found = table.groupby("left")["area_m2"].agg(["sum", "size"])
    for i, shape in enumerate(left[:-1]):
        # One rounding for each piece, and what the cuts of the shape and its covers move.
        near = HALF_A_UNIT * (found["size"][i] + 1) + 20 * noise_of_cuts(shape, shape)
        assert found["sum"][i] == pytest.approx(shape.area, abs=near), i
    pieces, total = int(found["size"].sum()), float(shapely.area(left).sum())
    assert table.attrs["uncovered_m2"] <= HALF_A_UNIT * (pieces + len(left))
    whole = table["area_m2"].sum() + table.attrs["uncovered_m2"]
    assert whole == pytest.approx(total, abs=HALF_A_UNIT * (pieces + len(left)))


def test_what_is_not_covered_is_told(tmp_path: Path, cutting: None) -> None:
    left = [*cells_of_a_raster(), *layers_of(78, 30, large=2)[0]]
    over = [shape for k, shape in enumerate(cover_of_triangles()) if k % 3]
    paths = [
        write(tmp_path, "left", frame(left, left=[*range(len(left))])),
        write(tmp_path, "over", frame(over)),
    ]
    table = tabulate(paths, ["left"], scheduler="synchronous")
    gaps = shapely.union_all([s for k, s in enumerate(cover_of_triangles()) if k % 3 == 0])
    open_area = shapely.area(shapely.intersection(left, gaps)).sum()
    near = HALF_A_UNIT * (table["pieces"].sum() + len(left)) + 1e-3
    assert table.attrs["uncovered_m2"] == pytest.approx(open_area, abs=near)
    assert open_area > 1e5


def on_the_grid(count: int) -> list[shapely.Geometry]:
    """Return shapes whose coordinates are whole numbers."""
    rng = np.random.default_rng(21)
    return [drawn(lambda: (angular, cells)[rng.integers(2)](rng)) for _ in range(count)]


def test_where_shapes_lie_does_not_matter_to_the_last_bit() -> None:
    shapes = on_the_grid(40)
    for i, j in meeting(shapes[:20], shapes[20:]):
        a, b = shapes[i], shapes[20 + j]
        for way in ((-WEST, -SOUTH), (-WEST - 700, 1_234_567), (3.0, -5.0)):
            assert shared(*(affinity.translate(s, *way) for s in (a, b))) == shared(a, b)


QUARTERS = [((0, 1), (-1, 0)), ((-1, 0), (0, -1)), ((0, -1), (1, 0)), ((0, 1), (1, 0))]
"""Turns by a quarter, a half and three, and the mirror along the diagonal."""


def about(
    shape: shapely.Geometry, turn: tuple[tuple[int, int], tuple[int, int]]
) -> shapely.Geometry:
    """Return a shape turned about a place; whole numbers stay so."""
    middle = np.array(at(3, 3))
    return shapely.transform(shape, lambda xy: (xy - middle) @ np.array(turn, float) + middle)


@pytest.mark.parametrize("turn", QUARTERS)
def test_quarter_turns_do_not_matter(turn: tuple[tuple[int, int], tuple[int, int]]) -> None:
    shapes = on_the_grid(60)
    for i, j in meeting(shapes[:30], shapes[30:]):
        a, b = shapes[i], shapes[30 + j]
        expected = shared(a, b)
        # Heights and widths change places, and with them what is rounded.
        near = 2 * noise(a, b)
        assert shared(about(a, turn), about(b, turn)) == pytest.approx(expected, abs=near)


@pytest.mark.parametrize("turn", QUARTERS)
def test_quarter_turns_do_not_matter_to_tables(
    turn: tuple[tuple[int, int], tuple[int, int]], tmp_path: Path, cutting: None
) -> None:
    left, right = layers_of(55, 12, large=1)
    found = []
    for k, (a, b) in enumerate(
        [(left, right), ([about(s, turn) for s in left], [about(s, turn) for s in right])]
    ):
        paths = [
            write(tmp_path, f"left{k}", frame(a, left=[*range(len(a))])),
            write(tmp_path, f"right{k}", frame(b, right=[*range(len(b))])),
        ]
        found.append(pairs_of(tabulate(paths, ["left", "right"], scheduler="synchronous")))
    for i, j in meeting(left, right):
        near = 2 * (HALF_A_UNIT + noise(left[i], right[j]) + noise_of_cuts(left[i], right[j]))
        one, other = (table.get((i, j), 0.0) for table in found)
        assert one == pytest.approx(other, abs=near)
