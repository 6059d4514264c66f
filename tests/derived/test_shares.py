"""Shares of cells are exact, and add up to the areas of the shapes."""

from __future__ import annotations

import numpy as np
import pytest

import shapely

from geoplan import crs
from geoplan.derived import dissolved, largest, shares_on
from geoplan.raster import Grid, cell_areas_m2
from tests.raster.grids import LEFT, TOP, grid


def box(west: float, north: float, east: float, south: float) -> shapely.Geometry:
    """Return a rectangle; its sides count in cells of 100 m from the grid's north-west."""
    return shapely.box(LEFT + 100 * west, TOP - 100 * south, LEFT + 100 * east, TOP - 100 * north)


def polygons(*shapes: shapely.Geometry, on: Grid) -> np.ndarray:
    return dissolved(np.array(shapes, dtype=object), on)


def test_shares_are_parts_of_cells() -> None:
    made = grid(3, 2)
    found = shares_on(
        [polygons(box(0, 0, 1.5, 1), on=made), polygons(box(2, 1.75, 3, 9), on=made)], made
    )
    assert found.tolist() == [[[1, 0.5, 0], [0, 0, 0]], [[0, 0, 0], [0, 0, 0.25]]]


def test_within_a_class_a_place_counts_once() -> None:
    made = grid(2, 1)
    once = polygons(box(0, 0, 1, 1), box(0.5, 0, 1.5, 1), shapely.Point(LEFT, TOP), on=made)
    assert shares_on([once], made).tolist() == [[[1, 0.5]]]


def test_the_largest_share_holds() -> None:
    made = grid(5, 1)
    one = polygons(box(0, 0, 0.6, 1), box(1, 0, 1.5, 1), box(2, 0, 2.3, 1), on=made)
    two = polygons(box(0.6, 0, 1, 1), box(1.5, 0, 2, 1), box(2.3, 0, 2.65, 1), on=made)
    half = polygons(box(3, 0, 3.5, 1), on=made)
    found = largest(shares_on([one, two, half], made))
    # 60:40, even (the first), 30:35:35 (a class before none), half (before none), nothing.
    assert found.tolist() == [[1, 1, 2, 3, 0]]
    assert found.dtype == np.uint8


def test_what_no_class_covers_competes() -> None:
    made = grid(1, 1)
    thirds = [polygons(box(0, 0, 0.3, 1), on=made), polygons(box(0.3, 0, 0.6, 1), on=made)]
    assert largest(shares_on(thirds, made)).tolist() == [[0]]


def triangles(count: int) -> list[shapely.Geometry]:
    rng = np.random.default_rng(6)
    return [
        shapely.Polygon(rng.uniform([LEFT, TOP - 20_000], [LEFT + 20_000, TOP], (3, 2)))
        for _ in range(count)
    ]


def test_shares_add_up_to_the_area() -> None:
    made = grid(200, 200)
    shapes = triangles(12)
    classes = [polygons(*shapes[:6], on=made), polygons(*shapes[6:], on=made)]
    found = shares_on(classes, made)
    assert 0 <= found.min() < found.max() <= 1
    for place, part in enumerate((shapes[:6], shapes[6:])):
        area = shapely.union_all(part).area
        assert found[place].sum() * 1e4 == pytest.approx(area, rel=1e-9)


def test_tiles_have_what_the_whole_has() -> None:
    made = grid(60, 50)
    classes = [polygons(*triangles(5), on=made)]
    whole = shares_on(classes, made)
    for window in made.tiles(32):
        part = shares_on(classes, made.part(window))
        assert np.abs(part - whole[(slice(None), *window.slices)]).max() < 1e-6


def test_in_degrees_they_add_up_too() -> None:
    shape = box(0, 0, 100, 80)
    west, south, east, north = crs.bounds_to_any(
        shape.bounds, source=crs.WORK_CRS, target=crs.DATA_CRS
    )
    made = Grid(crs.DATA_CRS, west - 0.01, north + 0.01, 0.001, 0.001, 140, 120)
    assert made.bounds[1] < south
    assert made.bounds[2] > east
    found = shares_on([polygons(shape, on=made)], made)[0]
    assert (found * cell_areas_m2(made)).sum() == pytest.approx(shape.area, rel=1e-6)
