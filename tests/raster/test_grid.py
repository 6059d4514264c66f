"""Where cells lie, what they are worth, and how far a step leads."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pyproj
import shapely

from geoplan import crs
from geoplan.errors import UsageError
from geoplan.raster import Grid, Window, cell_areas_m2, metric, snapped
from tests.raster.grids import LEFT, TOP, grid

GEOD = pyproj.Geod(ellps="GRS80")
MERCATOR = crs.read("EPSG:3857")
KRUGER = crs.read("EPSG:4547")
FEET = crs.given("+proj=tmerc +lon_0=112 +ellps=GRS80 +units=us-ft +type=crs")


def test_bounds_centres_and_parts() -> None:
    made = grid()
    assert made.bounds == (LEFT, TOP - 300, LEFT + 400, TOP)
    x, y = made.centres(Window(1, 2, 2, 1))
    assert x.tolist() == [LEFT + 250]
    assert y.tolist() == [TOP - 150, TOP - 250]
    part = made.part(Window(1, 2, 2, 1))
    assert part.bounds == (LEFT + 200, TOP - 300, LEFT + 300, TOP - 100)


@pytest.mark.parametrize(
    ("box", "expected"),
    [
        pytest.param((0, 0, 400, 300), Window(0, 0, 3, 4), id="all"),
        pytest.param((-999, -999, 999, 999), Window(0, 0, 3, 4), id="more than all"),
        pytest.param((100, 100, 300, 200), Window(1, 1, 1, 2), id="edges of cells"),
        pytest.param((99, 99, 301, 201), Window(0, 0, 3, 4), id="a little more"),
        pytest.param((150, 150, 150, 150), Window(1, 1, 1, 1), id="a point"),
        pytest.param((100, 100, 100, 100), Window(2, 1, 1, 1), id="a point on a corner"),
        pytest.param((400, 0, 500, 300), None, id="beside it"),
        pytest.param((-100, 0, -50, 300), None, id="west of it"),
        pytest.param((0, 300, 400, 400), None, id="north of it"),
        pytest.param((math.nan, 0, 1, 1), None, id="nowhere"),
    ],
)
def test_window_of_a_box(box: tuple[float, ...], expected: Window | None) -> None:
    west, south, east, north = box
    bottom = TOP - 300
    assert grid().window_of((LEFT + west, bottom + south, LEFT + east, bottom + north)) == expected


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 60), st.integers(1, 60), st.integers(1, 25))
def test_tiles_are_the_grid_once(width: int, height: int, size: int) -> None:
    seen = np.zeros((height, width), dtype=int)
    for window in grid(width, height).tiles(size):
        seen[window.slices] += 1
        assert max(window.height, window.width) <= size
    assert (seen == 1).all()


def test_snapped_edges_are_multiples_of_the_cell() -> None:
    made = snapped((1001, 2001, 1999, 2999), 250)
    assert made.bounds == (1000, 2000, 2000, 3000)
    assert snapped((1000, 2000, 2000, 3000), 250) == made
    assert made.crs == crs.WORK_CRS


def test_snapped_grids_line_up_whatever_the_bounds() -> None:
    one, other = snapped((1001, 2001, 1999, 2999), 30), snapped((-500, 77, 9999, 8888), 30)
    assert one.lines_up_with(other)
    row, col = other.place_of(one)
    assert other.part(Window(row, col, one.height, one.width)).bounds == one.bounds
    assert not one.lines_up_with(snapped((1001, 2001, 1999, 2999), 60))


@pytest.mark.parametrize("cell", [0, -30, math.nan, math.inf])
def test_a_cell_has_a_size(cell: float) -> None:
    with pytest.raises(UsageError, match="give a size above 0"):
        snapped((0, 0, 1, 1), cell)


def test_too_many_cells_are_refused_before_they_are_made() -> None:
    with pytest.raises(UsageError, match="at most 100000000000 are allowed"):
        snapped((0, 0, 1e6, 1e6), 1)


def test_area_of_a_cell_in_degrees_is_that_of_the_ellipsoid() -> None:
    made = Grid(crs.DATA_CRS, 110, 40, 0.5, 0.5, 2, 3)
    areas = cell_areas_m2(made)
    assert np.shape(areas) == (3, 1)
    for row, area in enumerate(np.ravel(areas)):
        top = 40 - row * 0.5
        # Parallels are no geodesics, so they are given many points.
        shape = shapely.segmentize(shapely.box(110, top - 0.5, 110.5, top), 1e-3)
        assert area == pytest.approx(abs(GEOD.geometry_area_perimeter(shape)[0]), rel=1e-9)


def test_area_of_a_cell_of_an_equal_area_grid_is_one_number() -> None:
    assert cell_areas_m2(grid()) == 10_000
    assert np.allclose(metric(grid()).area_m2, 10_000, rtol=1e-7)


@pytest.mark.parametrize("system", [MERCATOR, KRUGER, FEET], ids=["mercator", "kruger", "feet"])
def test_area_of_a_cell_of_another_plane(system: crs.CRS) -> None:
    to_plane = pyproj.Transformer.from_crs(system.geodetic_crs, system, always_xy=True)
    x, y = to_plane.transform(112.3, 37.5)
    made = Grid(system, x, y, 100, 100, 3, 200)
    areas = cell_areas_m2(made)
    for row in (0, 100, 199):
        west, north = made.left, made.top - row * 100
        ring = shapely.segmentize(shapely.box(west, north - 100, west + 100, north), 10)
        lon, lat = to_plane.transform(*shapely.get_coordinates(ring).T, direction="INVERSE")
        assert np.asarray(areas)[row, 0] == pytest.approx(
            abs(GEOD.polygon_area_perimeter(lon, lat)[0]), rel=2e-7
        )


def test_a_step_leads_as_far_as_the_geodesic() -> None:
    to_plane = pyproj.Transformer.from_crs(4490, 4547, always_xy=True)
    x, y = to_plane.transform(112.3, 37.5)
    made = Grid(KRUGER, x, y, 1000, 500, 5, 5)
    found = metric(made)
    (x0, x1), (y0, *_) = made.centres(Window(0, 0, 2, 2))
    (lon0, lon1), (lat0, lat1) = to_plane.transform([x0, x1], [y0, y0], direction="INVERSE")
    azimuth, _, length = GEOD.inv(lon0, lat0, lon1, lat1)
    assert np.hypot(found.east_col, found.north_col)[0, 0] == pytest.approx(length, rel=1e-5)
    turned = np.degrees(np.arctan2(found.east_col, found.north_col))[0, 0]
    assert turned == pytest.approx(azimuth, abs=0.01)
    assert made.cell_m == pytest.approx((1000, 500), rel=1e-3)


@pytest.mark.parametrize(
    "made",
    [
        Grid(MERCATOR, 12_500_000, 4_500_000, 30, 30, 500, 500),
        Grid(crs.WORK_CRS, LEFT, TOP, 30, 30, 500, 500),
        Grid(crs.DATA_CRS, 112, 38, 0.001, 0.001, 500, 500),
    ],
    ids=["mercator", "albers", "degrees"],
)
def test_figures_of_a_cell_do_not_depend_on_the_window(made: Grid) -> None:
    every = np.broadcast_to(metric(made).area_m2, made.shape)
    window = Window(123, 77, 200, 31)
    part = np.broadcast_to(metric(made, window).area_m2, (200, 31))
    assert np.array_equal(every[window.slices], part)


def test_a_cell_as_large_as_the_earth_is_refused() -> None:
    bounds = (0.0, 4e6, 1e5, 4.1e6)
    assert snapped(bounds, 1e5).shape == (1, 1)
    with pytest.raises(UsageError, match="at most 100000 m are allowed"):
        snapped(bounds, 1e9)
