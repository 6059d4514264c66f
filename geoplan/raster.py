"""Grids of heights: the door to rasterio."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import rasterio
import shapely
from rasterio.errors import NotGeoreferencedWarning, RasterioError
from rasterio.windows import Window

from geoplan import crs
from geoplan.errors import DataError, MismatchedCRSError, MissingCRSError


@dataclass(frozen=True)
class Heights:
    """Heights in metres of `cells` cells of a grid."""

    cells: int
    min_m: float
    mean_m: float
    max_m: float


def heights_in(path: Path, geometry: shapely.Geometry) -> Heights | None:
    """Return the heights of the cells of a grid whose centre lies in `geometry`.

    Parameters
    ----------
    path
        A north-up grid in degrees with heights in metres, first band.
    geometry
        Polygons in degrees, EPSG:4490 or EPSG:4326 (at the size of cells the same).

    Returns
    -------
    heights
        None where no centre with a height lies in `geometry`.

    Raises
    ------
    DataError
        If the file is missing, broken, or its rows do not run from north to south.
    MissingCRSError, MismatchedCRSError
        If it states no coordinate system, or one that is not in degrees.
    """
    if not path.is_file():
        raise DataError(f"{path}: there is no such file")
    if geometry.is_empty:
        return None
    try:
        with warnings.catch_warnings():
            # A grid without a place on earth is an error below, not a warning.
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            with rasterio.open(path) as source:
                _check(source, path)
                values, lon, lat = _read(source, geometry)
    except RasterioError as fault:
        raise DataError(f"{path}: cannot be read: {fault}") from fault
    inside = shapely.contains_xy(geometry, lon, lat) & ~np.ma.getmaskarray(values)
    found = np.ma.getdata(values)[inside].astype(np.float64)
    found = found[np.isfinite(found)]
    if found.size == 0:
        return None
    return Heights(found.size, float(found.min()), float(found.mean()), float(found.max()))


def _check(source: rasterio.DatasetReader, path: Path) -> None:
    if source.crs is None:
        raise MissingCRSError(
            f"{path}: no coordinate system is stated; state the one that its degrees are in"
        )
    if not source.crs.is_geographic:
        stated = crs.name_of(source.crs.to_wkt())
        raise MismatchedCRSError(f"{path}: is in {stated}, needed are degrees; reproject it")
    grid = source.transform
    if grid.a <= 0 or grid.e >= 0 or grid.b or grid.d:
        raise DataError(f"{path}: rows must run from north to south and columns from west to east")


def _read(
    source: rasterio.DatasetReader, geometry: shapely.Geometry
) -> tuple[np.ma.MaskedArray, np.ndarray, np.ndarray]:
    """Read the cells around `geometry`, with longitude and latitude of their centres."""
    grid = source.transform
    west, south, east, north = geometry.bounds
    left, right = np.clip([(west - grid.c) / grid.a, (east - grid.c) / grid.a + 1], 0, source.width)
    top, bottom = np.clip(
        [(north - grid.f) / grid.e, (south - grid.f) / grid.e + 1], 0, source.height
    )
    left, right, top, bottom = int(left), int(right), int(top), int(bottom)
    size = (bottom - top, right - left)
    if 0 in size:
        return np.ma.empty(size), np.empty(size), np.empty(size)
    values = source.read(1, window=Window(left, top, size[1], size[0]), masked=True)
    lon = grid.c + grid.a * (np.arange(left, left + size[1]) + 0.5)
    lat = grid.f + grid.e * (np.arange(top, top + size[0]) + 0.5)
    return values, *np.meshgrid(lon, lat)
