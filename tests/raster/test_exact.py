"""Exact parts of cells, and edges that stay straight."""

from __future__ import annotations

import numpy as np
import pytest

import shapely

from geoplan import crs
from geoplan.raster import Grid, densified, fractions, parts, sound
from tests.raster.grids import LEFT, TOP, grid


def box(west: float, south: float, east: float, north: float) -> shapely.Polygon:
    """Return a box in metres from the lower left corner of the grid of 4 x 3 cells."""
    bottom = TOP - 300
    return shapely.box(LEFT + west, bottom + south, LEFT + east, bottom + north)


def test_parts_of_cells() -> None:
    (found,) = fractions(grid(), [box(50, 50, 200, 200)])
    assert found.cells.tolist() == [4, 5, 8, 9]
    assert found.share.tolist() == [0.5, 1, 0.25, 0.5]


def test_tiny_empty_and_far_shapes_keep_their_place() -> None:
    tiny, empty, far, hole = fractions(
        grid(),
        [
            box(10, 10, 20, 20),
            shapely.Polygon(),
            box(5000, 0, 5100, 100),
            shapely.difference(box(0, 0, 100, 100), box(25, 25, 75, 75)),
        ],
    )
    assert (tiny.cells.tolist(), tiny.share) == ([8], pytest.approx([0.01]))
    assert len(empty.cells) == len(far.cells) == 0
    assert hole.share == pytest.approx([0.75])


def test_a_neighbour_of_the_grid_has_no_cells() -> None:
    (found,) = fractions(grid(), [box(400, 0, 500, 300)])
    assert len(found.cells) == 0


def test_parts_add_up_to_the_area() -> None:
    made = Grid(crs.WORK_CRS, LEFT, TOP, 7, 11, 150, 90)
    shape = shapely.buffer(shapely.Point(LEFT + 500, TOP - 500), 333)
    (found,) = fractions(made, [shape])
    assert found.share.sum() * 77 == pytest.approx(shape.area, rel=1e-7)
    assert (np.diff(found.cells) > 0).all()


@pytest.mark.parametrize("code", ["EPSG:4547", "EPSG:4490", "EPSG:3857"])
def test_edges_stay_straight_in_the_work_system(code: str) -> None:
    system = crs.given(code)
    shape = shapely.box(LEFT, TOP - 200_000, LEFT + 200_000, TOP)
    west, south, east, north = crs.bounds_to_any(shape.bounds, source=crs.WORK_CRS, target=system)
    cell = (east - west) / 1000
    made = Grid(system, west, north, cell, cell, 1000, round((north - south) / cell))
    (moved,) = densified(np.array([shape]), made)
    # Many points on each edge come back to that edge if it stayed straight.
    back = crs.any_to_work(np.array([shapely.segmentize(moved, cell / 3)]), system)[0]
    off = shapely.distance(shapely.points(shapely.get_coordinates(back)), shape.boundary).max()
    assert off < min(made.cell_m) / 100
    assert off > 0


def ring(*corners: tuple[float, float]) -> shapely.Polygon:
    """Return a polygon of corners in metres from the lower left corner, valid or not."""
    with np.errstate(invalid="ignore"):
        return shapely.Polygon([(LEFT + east, TOP - 300 + north) for east, north in corners])


SQUARE = ((0, 0), (100, 0), (100, 100), (0, 100))
"""The lower left cell."""

ODD = [
    pytest.param(ring(*SQUARE, *SQUARE), {8: 1.0}, id="a ring that goes round twice"),
    pytest.param(
        shapely.MultiPolygon([ring(*SQUARE), box(50, 0, 150, 100)]),
        {8: 1.0, 9: 0.5},
        id="parts that overlap",
    ),
    pytest.param(
        shapely.MultiPolygon([ring(*SQUARE), ring(*SQUARE)]), {8: 1.0}, id="a part that is twice"
    ),
    pytest.param(
        shapely.MultiPolygon([box(0, 0, 50, 100), box(50, 0, 100, 100)]),
        {8: 1.0},
        id="parts that share an edge",
    ),
    pytest.param(
        ring((0, 0), (200, 200), (200, 0), (0, 200)),
        {4: 0.5, 5: 0.5, 8: 0.5, 9: 0.5},
        id="a bow tie",
    ),
    pytest.param(
        ring((0, 0), (100, 0), (100, 100), (100, 250), (100, 100), (0, 100)),
        {8: 1.0},
        id="a spike",
    ),
    pytest.param(
        shapely.Polygon(ring(*SQUARE).exterior, [box(50, 0, 150, 100).exterior]),
        {8: 0.5},
        id="a hole that leaves its ring",
    ),
    pytest.param(
        shapely.GeometryCollection([box(0, 0, 50, 100), shapely.Point(LEFT + 250, TOP - 50)]),
        {8: 0.5},
        id="a polygon with a point",
    ),
    pytest.param(
        shapely.GeometryCollection([ring(*SQUARE, *SQUARE), box(100, 0, 150, 100)]),
        {8: 1.0, 9: 0.5},
        id="a collection with an invalid ring",
    ),
    pytest.param(shapely.LineString([(LEFT, TOP - 50), (LEFT + 400, TOP - 50)]), {}, id="a line"),
    pytest.param(shapely.Point(LEFT + 50, TOP - 50), {}, id="a point"),
    pytest.param(ring((0, 0), (100, 0), (0, 0)), {}, id="a ring without area"),
    pytest.param(ring((0, 0), (100, 0), (np.inf, 100)), {}, id="an infinite corner"),
    pytest.param(ring((0, 0), (100, 0), (np.nan, 100)), {}, id="a corner that is no number"),
    pytest.param(None, {}, id="none at all"),
    pytest.param(ring(*SQUARE[::-1]), {8: 1.0}, id="a ring the other way round"),
    pytest.param(shapely.force_3d(ring(*SQUARE), 700.0), {8: 1.0}, id="heights"),
]
"""Shapes, and the cells with their parts."""


@pytest.mark.parametrize(("shape", "cells"), ODD)
def test_invalid_shapes_have_the_cells_of_what_they_cover(
    shape: shapely.Geometry | None, cells: dict[int, float]
) -> None:
    (found,) = fractions(grid(), [shape])
    assert dict(zip(found.cells.tolist(), found.share.tolist(), strict=True)) == cells


def test_an_invalid_shape_leaves_its_neighbours_their_places() -> None:
    shapes = [ring(*SQUARE), *(case.values[0] for case in ODD), box(300, 0, 400, 100)]
    found = parts(grid(), np.array(shapes, dtype=object))
    wanted = [[8], *(list(case.values[1]) for case in ODD), [11]]
    assert [found.cells[found.shape == n].tolist() for n in range(len(shapes))] == wanted
    assert (np.diff(found.shape) >= 0).all()
    assert found.share.max() == 1


def test_sound_shapes_are_the_same_objects_and_what_was_given_stays() -> None:
    good, bad = box(0, 0, 100, 100), ring(*SQUARE, *SQUARE)
    given = np.array([good, None, bad, shapely.Polygon()], dtype=object)
    made = sound(given)
    assert made[0] is good
    assert made[1] is None
    assert made[2].is_valid
    assert made[2].area == 10_000
    assert made[3].is_empty
    assert given[2] is bad


def test_no_shapes_at_all() -> None:
    assert fractions(grid(), []) == []
    found = parts(grid(), np.array([], dtype=object))
    assert len(found.shape) == len(found.cells) == len(found.share) == 0


def test_a_shape_without_a_place_in_the_grid_becomes_empty() -> None:
    made = sound(np.array([ring((0, 0), (100, 0), (np.inf, 100)), box(0, 0, 1, 1)], dtype=object))
    assert made[0].is_empty
    assert made[1].area == pytest.approx(1)
