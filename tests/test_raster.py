"""Heights of a grid: which cells count, and what is wrong with a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import rasterio
import shapely
from rasterio import Affine

from geoplan.config import shipped
from geoplan.errors import DataError, MismatchedCRSError, MissingCRSError
from geoplan.raster import Heights, heights_in
from geoplan.vector import read_vector

NODATA = -32768
GRID = np.array([[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12]], dtype="int16")
"""Three rows of four cells of one degree, from 110°E 40°N."""


def from_origin(west: float, north: float, width: float, height: float) -> Affine:
    """Return the place of a grid with the north row first."""
    return Affine(width, 0, west, 0, -height, north)


def write(folder: Path, values: np.ndarray = GRID, **changed: Any) -> Path:
    """Write a grid; `changed` are options of rasterio."""
    path = folder / "heights.tif"
    options: dict[str, Any] = {
        "driver": "GTiff",
        "count": 1,
        "dtype": values.dtype,
        "nodata": NODATA,
        "height": values.shape[0],
        "width": values.shape[1],
        "crs": "EPSG:4326",
        "transform": from_origin(110, 40, 1, 1),
        **changed,
    }
    with rasterio.open(path, "w", **options) as target:
        target.write(values, 1)
    return path


@pytest.mark.parametrize(
    ("box", "expected"),
    [
        pytest.param((110, 37, 114, 40), Heights(12, 1, 6.5, 12), id="all"),
        pytest.param((100, 30, 120, 50), Heights(12, 1, 6.5, 12), id="more than all"),
        pytest.param((111, 38, 113, 39), Heights(2, 6, 6.5, 7), id="two whole cells"),
        pytest.param((111.4, 38.4, 111.6, 38.6), Heights(1, 6, 6, 6), id="one centre"),
        pytest.param(
            (110.6, 37.6, 112.4, 39.4), Heights(1, 6, 6, 6), id="one centre, parts of nine"
        ),
        pytest.param((113.4, 36, 120, 38), Heights(1, 12, 12, 12), id="across the corner"),
        pytest.param((109, 39.4, 110.6, 45), Heights(1, 1, 1, 1), id="across the first corner"),
        pytest.param((111.6, 38.6, 112.4, 39.4), None, id="between centres"),
        pytest.param((120, 30, 121, 31), None, id="elsewhere"),
        pytest.param((100, 38, 101, 39), None, id="west of it"),
    ],
)
def test_cells_whose_centre_lies_inside(
    tmp_path: Path, box: tuple[float, ...], expected: Heights | None
) -> None:
    assert heights_in(write(tmp_path), shapely.box(*box)) == expected


def test_shape_counts_not_its_box(tmp_path: Path) -> None:
    # Below the diagonal from 110°E 40°N to 114°E 36°N.
    triangle = shapely.Polygon([(110, 40.1), (110, 36), (114.1, 36)])
    assert heights_in(write(tmp_path), triangle) == Heights(6, 1, 7, 11)


def test_hole_does_not_count(tmp_path: Path) -> None:
    ring = shapely.box(110, 37, 113, 40) - shapely.box(111, 38, 112, 39)
    assert heights_in(write(tmp_path), ring) == Heights(8, 1, 6, 11)


def test_nothing_lies_in_an_empty_shape(tmp_path: Path) -> None:
    assert heights_in(write(tmp_path), shapely.Polygon()) is None


def test_cells_without_a_height_do_not_count(tmp_path: Path) -> None:
    values = GRID.copy()
    values[0, 0] = values[2, 3] = NODATA
    path = write(tmp_path, values)
    assert heights_in(path, shapely.box(110, 37, 114, 40)) == Heights(10, 2, 6.5, 11)
    assert heights_in(path, shapely.box(110, 39, 111, 40)) is None


def test_cells_that_are_no_number_do_not_count(tmp_path: Path) -> None:
    values = np.array([[np.nan, 2.5]], dtype="float32")
    path = write(tmp_path, values, nodata=None)
    assert heights_in(path, shapely.box(110, 39, 112, 40)) == Heights(1, 2.5, 2.5, 2.5)


def test_large_heights_do_not_overflow(tmp_path: Path) -> None:
    path = write(tmp_path, np.full((30, 30), 32000, dtype="int16"))
    assert heights_in(path, shapely.box(100, 0, 150, 50)) == Heights(900, 32000, 32000, 32000)


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"none\.tif: there is no such file"):
        heights_in(tmp_path / "none.tif", shapely.box(0, 0, 1, 1))


def test_broken_file(tmp_path: Path) -> None:
    (tmp_path / "a.tif").write_bytes(b"II*\x00 half a file")
    with pytest.raises(DataError, match=r"a\.tif: cannot be read: "):
        heights_in(tmp_path / "a.tif", shapely.box(0, 0, 1, 1))


@pytest.mark.parametrize("transform", [from_origin(110, 40, 1, 1), None])
def test_missing_system(tmp_path: Path, transform: Affine | None) -> None:
    if transform is None:
        with pytest.warns(rasterio.errors.NotGeoreferencedWarning):
            path = write(tmp_path, crs=None, transform=None)
    else:
        path = write(tmp_path, crs=None)
    with pytest.raises(MissingCRSError, match=r"heights\.tif: no coordinate system is stated"):
        heights_in(path, shapely.box(110, 37, 114, 40))


def test_metres(tmp_path: Path) -> None:
    path = write(tmp_path, crs="EPSG:4546", transform=from_origin(500_000, 4e6, 90, 90))
    message = r"heights\.tif: is in EPSG:4546 .*, needed are degrees; reproject it"
    with pytest.raises(MismatchedCRSError, match=message):
        heights_in(path, shapely.box(110, 37, 114, 40))


@pytest.mark.parametrize(
    "transform",
    [
        pytest.param(Affine(1, 0, 110, 0, 1, 37), id="south row first"),
        pytest.param(Affine(-1, 0, 114, 0, -1, 40), id="east column first"),
        pytest.param(Affine(1, 0.1, 110, 0, -1, 40), id="turned"),
    ],
)
def test_grids_that_lie_otherwise(tmp_path: Path, transform: Affine) -> None:
    with pytest.raises(DataError, match="rows must run from north to south"):
        heights_in(write(tmp_path, transform=transform), shapely.box(110, 37, 114, 40))


def test_shipped_sample() -> None:
    data = shipped() / "data"
    sample = data / "reference" / "elevation.tif"
    taiyuan = heights_in(sample, shapely.Point(112.55, 37.87).buffer(0.05))
    assert taiyuan is not None
    assert taiyuan.min_m <= 838 <= taiyuan.max_m
    shapes = read_vector(data / "boundaries" / "counties.parquet").geometry
    found = [heights_in(sample, shape) for shape in shapes]
    # Districts within cities are smaller than a cell of 9 by 7 km.
    assert sum(heights is None for heights in found) <= 5
    whole = heights_in(sample, shapely.coverage_union_all(shapes.to_numpy()))
    assert whole is not None
    assert whole.cells == sum(heights.cells for heights in found if heights)
    assert whole.min_m == min(heights.min_m for heights in found if heights)
    assert whole.max_m == max(heights.max_m for heights in found if heights)
