"""Slope and aspect of planes, cones and hills that are known in metres, on any grid."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from rasterio import Affine

from geoplan import crs
from geoplan.derived import LEVEL, aspect_on, check_heights, slope_on
from geoplan.derived.terrain import FLATTENED, aspect_deg, gradient, gradient_in, slope_deg
from geoplan.errors import UsageError
from geoplan.raster import Grid, Metric, Source, Window, look, metric
from tests.derived.hills import CELL_M, coarser, hills, mean_slope_deg
from tests.raster.grids import write

LON, LAT = 112.5, 37.5
HOME = crs.print_crs(LON)
"""The plane about the place of the tests: its metres and its north are those of the ground."""


def around(system: crs.CRS, cell: float, side: int = 61) -> Grid:
    """Return a square grid about the place; `cell` in units of `system`."""
    x, y = crs.xy_to_any(np.array([LON]), np.array([LAT]), source=crs.DATA_CRS, target=system)
    half = side * cell / 2
    return Grid(system, float(x[0]) - half, float(y[0]) + half, cell, cell, side, side)


GRIDS = {
    "degrees": around(crs.DATA_CRS, 0.0003),
    "gauss-kruger": around(HOME, 30.0),
    "other zone": around(crs.print_crs(114), 30.0),
    "albers": around(crs.WORK_CRS, 30.0),
}


def east_north(grid: Grid) -> tuple[np.ndarray, np.ndarray]:
    """Return metres east and north of the place for every cell's centre."""
    x, y = crs.xy_to_any(*np.meshgrid(*grid.centres()), source=grid.crs, target=HOME)
    middle = crs.xy_to_any(np.array([LON]), np.array([LAT]), source=crs.DATA_CRS, target=HOME)
    return x - middle[0], y - middle[1]


def saved(heights: np.ndarray, grid: Grid, folder: Path, **more: object) -> Source:
    """Return heights as a file that was looked at."""
    place = Affine(grid.dx, 0, grid.left, 0, -grid.dy, grid.top)
    path = folder / "dem.tif"
    write(path, heights, crs=grid.crs.to_wkt(), transform=place, **{"nodata": -9999, **more})
    return look(path)


def inner(values: np.ndarray) -> np.ndarray:
    return np.asarray(values[1:-1, 1:-1])


@pytest.mark.parametrize("name", GRIDS)
def test_a_plane_has_one_slope_and_faces_one_way(name: str, tmp_path: Path) -> None:
    grid = GRIDS[name]
    east, north = east_north(grid)
    dem = saved(1000 + 0.1 * east + 0.2 * north, grid, tmp_path)
    # It rises by hypot(0.1, 0.2) to the north-north-east, so it faces away from there.
    slope, aspect = slope_on(dem, grid), aspect_on(dem, grid)
    assert np.abs(inner(slope) - 12.60438).max() < 1e-3
    assert np.abs(inner(aspect) - 206.56505).max() < 1e-2  # the meridians converge
    assert np.ma.getmaskarray(slope).sum() == 4 * 60  # the edge
    assert (np.ma.getmaskarray(slope) == np.ma.getmaskarray(aspect)).all()


def test_in_cells_of_the_grid_it_would_be_wrong() -> None:
    """What the test above would not see, it would not prove."""
    assert abs(GRIDS["degrees"].cell_m[0] / GRIDS["degrees"].cell_m[1] - 1) > 0.2
    assert abs(GRIDS["albers"].cell_m[0] / GRIDS["albers"].cell_m[1] - 1) > 0.03
    turned = metric(GRIDS["other zone"])
    convergence = np.degrees(np.arctan2(turned.north_col, turned.east_col))
    assert abs(convergence.mean()) > 0.5


@pytest.mark.parametrize("name", GRIDS)
def test_a_cone_falls_away_on_all_sides(name: str, tmp_path: Path) -> None:
    grid = GRIDS[name]
    east, north = east_north(grid)
    far = np.hypot(east, north)
    dem = saved(2000 - 0.3 * far, grid, tmp_path)
    clear = (far > 500) & ~np.ma.getmaskarray(slope_on(dem, grid))
    assert clear.sum() > 1000
    assert np.abs(slope_on(dem, grid)[clear] - 16.69924).max() < 0.03
    off = (aspect_on(dem, grid) - np.degrees(np.arctan2(east, north)) + 180) % 360 - 180
    assert np.abs(off[clear]).max() < 0.1


@cache
def rough() -> np.ndarray:
    return np.random.default_rng(3).normal(800, 40, (40, 50))


def test_on_a_plane_grid_it_is_the_formula_of_gdaldem() -> None:
    z, cell = rough(), 30.0
    zero = np.zeros((1, 1))
    steps = Metric(np.array([[cell]]), zero, zero, np.array([[-cell]]))
    east, north = gradient(z, steps)
    a, b, c = z[:-2, :-2], z[:-2, 1:-1], z[:-2, 2:]
    d, f = z[1:-1, :-2], z[1:-1, 2:]
    g, h, i = z[2:, :-2], z[2:, 1:-1], z[2:, 2:]
    dx = ((c + 2 * f + i) - (a + 2 * d + g)) / (8 * cell)
    dy = ((g + 2 * h + i) - (a + 2 * b + c)) / (8 * cell)
    assert np.allclose(slope_deg(east, north), np.degrees(np.arctan(np.hypot(dx, dy))), rtol=1e-12)
    way = np.degrees(np.arctan2(dy, -dx))
    gdal = np.where(way > 90, 450 - way, 90 - way) % 360
    assert np.allclose(aspect_deg(east, north), gdal, atol=1e-9)


@pytest.mark.parametrize(
    ("east", "north", "faces"),
    [(0, 1, 180), (0, -1, 0), (1, 0, 270), (-1, 0, 90), (1e-20, -1, 0), (0, 0, LEVEL)],
)
def test_ground_faces_down_the_slope(east: float, north: float, faces: float) -> None:
    found = aspect_deg(np.array([float(east)]), np.array([float(north)]))
    assert found[0] == pytest.approx(faces)
    assert found[0] < 360


def test_cells_without_eight_neighbours_have_no_slope(tmp_path: Path) -> None:
    heights = np.zeros((7, 7), dtype="float32")
    heights[3, 3] = -9999
    grid = around(crs.WORK_CRS, 30.0, 7)
    dem = saved(heights, grid, tmp_path)
    mask = np.ma.getmaskarray(slope_on(dem, grid))
    expected = np.ones((7, 7), dtype=bool)
    expected[1:-1, 1:-1] = False
    expected[2:5, 2:5] = True
    assert (mask == expected).all()
    assert (aspect_on(dem, grid).compressed() == LEVEL).all()
    assert (slope_on(dem, grid).compressed() == 0).all()


def test_a_window_has_what_the_whole_has(tmp_path: Path) -> None:
    grid = around(crs.DATA_CRS, 0.0003, 41)
    dem = saved(rough()[:40, :40], Grid(*_but(grid, 40)), tmp_path)
    whole = gradient_in(dem, dem.grid.whole)
    for window in dem.grid.tiles(16):
        for part, every in zip(gradient_in(dem, window), whole, strict=True):
            assert np.array_equal(part, every[window.slices], equal_nan=True)
    shifted = dem.grid.part(Window(-3, 30, 12, 12))
    found = slope_on(dem, shifted)
    assert np.array_equal(found[3:, :10].filled(-1), slope_on(dem, dem.grid)[:9, 30:].filled(-1))
    assert np.ma.getmaskarray(found)[:3].all()


def _but(grid: Grid, side: int) -> tuple[object, ...]:
    return (grid.crs, grid.left, grid.top, grid.dx, grid.dy, side, side)


def test_slopes_are_taken_on_the_own_grid_and_then_moved(tmp_path: Path) -> None:
    """A DEM of 90 m brought to 10 m first would have steps, or facets, as slopes."""
    own = around(crs.DATA_CRS, 0.0009, 31)
    _, north = east_north(own)
    dem = saved(1000 + 0.3 * north, own, tmp_path)
    for cell, side in ((10.0, 60), (400.0, 4)):
        grid = around(crs.WORK_CRS, cell, side)
        assert np.abs(slope_on(dem, grid) - 16.69924).max() < 1e-3
        assert np.abs(aspect_on(dem, grid) - 180).max() < 1e-2


def test_a_mean_of_directions_is_one(tmp_path: Path) -> None:
    """Slopes to 350 and 10 degrees side by side face north together, not south."""
    own = around(HOME, 30.0, 60)
    east, north = east_north(own)
    turn = np.tan(np.radians(10))
    dem = saved(1000 - north - turn * np.abs(east), own, tmp_path)
    grid = around(HOME, 180.0, 5)
    faces = aspect_on(dem, grid)
    assert np.minimum(faces, 360 - faces).max() < 11


def test_refused(tmp_path: Path) -> None:
    grid = around(crs.WORK_CRS, 120.0, 3)
    heights = np.zeros((3, 3), dtype="int16")
    dem = saved(heights, grid, tmp_path)
    with pytest.raises(UsageError, match=r"cells of 12\d m level out .* 14.5° at 30 m.*--force"):
        slope_on(dem, grid)
    check_heights(dem, force=True)
    fine = around(crs.WORK_CRS, 90.0, 3)
    with pytest.raises(UsageError, match="classes, which have no slope"):
        check_heights(look(saved(heights, fine, tmp_path).path, kind="categorical"))
    check_heights(saved(heights, fine, tmp_path))
    _state_unit(tmp_path / "dem.tif", "ft")
    with pytest.raises(UsageError, match="states heights in 'ft'; metres"):
        aspect_on(look(tmp_path / "dem.tif"), fine)
    _state_unit(tmp_path / "dem.tif", "Metre")
    check_heights(look(tmp_path / "dem.tif"))


def _state_unit(path: Path, unit: str) -> None:
    import rasterio

    with rasterio.open(path, "r+") as file:
        file.units = (unit,)


def test_what_is_said_of_coarse_cells_was_measured() -> None:
    heights = hills()
    for cell, told in FLATTENED.items():
        found = mean_slope_deg(coarser(heights, cell // CELL_M), float(cell))
        assert found == pytest.approx(told, abs=0.06)
