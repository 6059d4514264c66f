"""Small rasters whose answers are mental arithmetic."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

import rasterio
from rasterio import Affine
from rasterio.errors import NotGeoreferencedWarning

from geoplan import crs
from geoplan.raster import Grid

WORK = crs.WORK_CRS.to_wkt()
LEFT, TOP = 600_000.0, 4_000_000.0
"""A place in Shanxi, in `WORK_CRS`."""


def grid(width: int = 4, height: int = 3, cell: float = 100.0) -> Grid:
    """Return an equal-area grid of square cells."""
    return Grid(crs.WORK_CRS, LEFT, TOP, cell, cell, width, height)


def numbered(height: int = 3, width: int = 4, dtype: str = "int16") -> np.ndarray:
    """Return cells that are numbered row by row from 0."""
    return np.arange(height * width, dtype=dtype).reshape(height, width)


@contextmanager
def quietly() -> Iterator[None]:
    """Let rasterio not warn of files without a place, which are meant to have none."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        yield


def write(path: Path, values: np.ndarray, **changed: Any) -> Path:
    """Write a GeoTIFF in `WORK_CRS` with cells of 100 m; `changed` are options of rasterio."""
    bands = values if values.ndim == 3 else values[None]
    options: dict[str, Any] = {
        "driver": "GTiff",
        "count": bands.shape[0],
        "dtype": bands.dtype,
        "height": bands.shape[1],
        "width": bands.shape[2],
        "crs": WORK,
        "transform": Affine(100, 0, LEFT, 0, -100, TOP),
        "nodata": -1,
        **changed,
    }
    with rasterio.open(path, "w", **options) as target:
        target.write(bands)
    return path
