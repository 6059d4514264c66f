"""Distances are those of the ground, whatever the grid, and those of shapely in a plane."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

import shapely
from pyproj import Geod

from geoplan import crs
from geoplan.derived import distance_on, error_of, target_of
from geoplan.derived.distance import MOST_OFF, OFF, centres_in
from geoplan.derived.segments import LEAF, Segments, nearest, segments_of
from geoplan.errors import UsageError
from geoplan.raster import Grid, Window
from tests.raster.grids import LEFT, TOP, grid

GEOD = Geod(ellps="GRS80")


def work(*shapes: shapely.Geometry) -> np.ndarray:
    """Return shapes in degrees in the work CRS."""
    return crs.data_to_work(np.array(shapes, dtype=object))


def degrees(made: Grid) -> tuple[np.ndarray, np.ndarray]:
    """Return longitude and latitude of the cells' centres."""
    return crs.xy_to_any(*np.meshgrid(*made.centres()), source=made.crs, target=crs.DATA_CRS)


WIDE = Grid(crs.WORK_CRS, 480_000.0, 4_100_000.0, 15_000.0, 15_000.0, 24, 24)
"""360 km of the country about Shanxi."""

GRIDS = {
    "albers": WIDE,
    "degrees": Grid(crs.DATA_CRS, 110.5, 39.5, 0.2, 0.2, 20, 20),
    "gauss-kruger": Grid(crs.print_crs(111), 400_000.0, 4_300_000.0, 15_000.0, 15_000.0, 20, 20),
    "north China": Grid(crs.DATA_CRS, 105.0, 43.0, 0.5, 0.5, 30, 24),
    "half of China": Grid(crs.DATA_CRS, 97.0, 48.0, 1.2, 1.2, 25, 18),
}


@pytest.mark.parametrize("name", GRIDS)
def test_to_a_point_it_is_the_geodesic(name: str) -> None:
    made = GRIDS[name]
    found = distance_on(work(shapely.Point(112.43, 37.77)), made)
    lon, lat = degrees(made)
    _, _, true = GEOD.inv(np.full(lon.shape, 112.43), np.full(lon.shape, 37.77), lon, lat)
    assert np.abs(found / true - 1).max() < error_of(made)
    assert error_of(made) < 5e-3
    assert error_of(WIDE) == OFF


def test_a_grid_that_is_too_wide_is_refused() -> None:
    made = Grid(crs.DATA_CRS, 73.0, 54.0, 1.0, 1.0, 62, 36)
    assert error_of(made) > MOST_OFF
    with pytest.raises(UsageError, match=r"spans [45],\d* x [34],\d* km.* more than 1%"):
        distance_on(work(shapely.Point(112, 37)), made)


def test_in_the_equal_area_system_it_would_be_off_by_percents() -> None:
    place = work(shapely.Point(112.5, 37.7))[0]
    x, y = np.meshgrid(*WIDE.centres())
    flat = np.hypot(x - place.x, y - place.y)
    assert np.abs(flat / distance_on(np.array([place]), WIDE) - 1).max() > 0.015


def test_to_a_meridian_and_along_a_parallel() -> None:
    """The shortest way to a meridian leaves at a right angle; it is shorter than the parallel."""
    made = Grid(crs.DATA_CRS, 112.0, 37.6, 0.01, 0.01, 20, 20)
    line = shapely.segmentize(shapely.LineString([(112.5, 36), (112.5, 39)]), 0.02)
    found = distance_on(work(line), made)
    lon, lat = degrees(made)
    _, _, parallel = GEOD.inv(lon, lat, np.full(lon.shape, 112.5), lat)
    assert (found < parallel).all()
    assert np.abs(found / parallel - 1).max() < 2e-5


START = np.array([LEFT, TOP - 9_000])


def planes() -> tuple[np.ndarray, Grid]:
    """Return mixed shapes with holes, and a grid about them of cells of 100 m."""
    rng = np.random.default_rng(4)
    lines = [
        shapely.LineString(START + rng.normal(0, 900, (30, 2)).cumsum(axis=0)) for _ in range(3)
    ]
    ring = shapely.Point(LEFT + 5_000, TOP - 3_000).buffer(1_500)
    holed = ring.difference(shapely.Point(LEFT + 5_200, TOP - 3_100).buffer(600))
    two = shapely.MultiPolygon([shapely.box(LEFT, TOP - 900, LEFT + 800, TOP - 100), holed])
    odd = shapely.GeometryCollection([shapely.MultiPoint([(LEFT + 9_000, TOP - 9_500)]), two])
    return np.array([*lines, odd, shapely.Point()], dtype=object), grid(110, 100)


def test_it_is_what_shapely_finds() -> None:
    shapes, made = planes()
    target = target_of(shapes, made)
    x, y = centres_in(target.system, made)
    flat = crs.work_to_any(shapely.segmentize(shapes, 100), target.system)
    union = shapely.union_all(flat)
    true = shapely.distance(union, shapely.points(x, y))
    found = distance_on(target, made)
    assert (found == 0).sum() > 400
    assert ((found == 0) == (true == 0)).all()
    # The plane is stretched here by x²/2R².
    stretched = 1 + (x.mean() - target.axis_x) ** 2 / (2 * 6_371_000.0**2)
    assert np.abs(found * stretched - true).max() < 0.02


def test_parts_of_a_grid_have_what_the_whole_has() -> None:
    shapes, made = planes()
    target = pickle.loads(pickle.dumps(target_of(shapes, made)))
    whole = distance_on(target, made)
    for window in made.tiles(48):
        part = distance_on(target, made.part(window))
        assert np.abs(part - whole[window.slices]).max() < made.dx / 1000
    alone = distance_on(shapes, made.part(Window(10, 20, 7, 9)))
    assert np.abs(alone - whole[10:17, 20:29]).max() < made.dx / 1000


def test_centres_lie_where_they_do_to_a_thousandth_of_a_cell() -> None:
    for cell in (10.0, 1_000.0, 20_000.0):
        made = grid(130, 70, cell)
        x, y = centres_in(crs.print_crs(114), made)
        true = crs.xy_to_any(
            *np.meshgrid(*made.centres()), source=made.crs, target=crs.print_crs(114)
        )
        assert np.hypot(x - true[0], y - true[1]).max() < cell / 1000


def test_segments_of_all_kinds_of_shapes() -> None:
    found = segments_of(
        np.array(
            [
                shapely.LineString([(0, 0), (1, 0), (1, 1)]),
                shapely.MultiPoint([(5, 5), (6, 6)]),
                shapely.box(2, 2, 3, 3),
            ],
            dtype=object,
        )
    )
    assert len(found) == 2 + 2 + 4
    assert sorted(found.distances(1.0, 2.0)) == pytest.approx(
        sorted([2, 1, 5, 41**0.5, 1, 1, 2, 2**0.5]), abs=1e-12
    )


def test_blocks_leave_no_segment_out() -> None:
    """Every segment is nearest to some cell, and none is to many."""
    rng = np.random.default_rng(5)
    ax, ay = rng.uniform(0, 100, (2, 300))
    segments = Segments(ax, ay, ax + rng.normal(0, 4, 300), ay + rng.normal(0, 4, 300))
    x, y = np.meshgrid(np.linspace(0, 100, 3 * LEAF + 1), np.linspace(100, 0, 2 * LEAF + 5))
    far, place = nearest(x, y, segments=segments)
    every = np.array([segments.distances(px, py) for px, py in zip(x.flat, y.flat, strict=True)])
    assert np.allclose(far.ravel(), every.min(axis=1), atol=1e-12)
    assert (np.abs(place - x) <= far + 1e-9).all()


def test_without_a_shape_there_is_no_distance() -> None:
    with pytest.raises(UsageError, match="no shape"):
        target_of(np.array([None, shapely.Point()], dtype=object), grid())
