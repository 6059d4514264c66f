"""What tests of apportioning share: values by unit and class, rasters over the small province."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from rasterio import Affine

from geoplan.apportion import Apportioned
from tests.raster import grids
from tests.small import SIDE, SOUTH, WEST

EVERY = """adcode,人口
910101,1000
910102,2000
910103,3000
910104,4000
910201,500
910202,600
"""
"""Counts of all counties."""


def cells(made: Apportioned, basis: str = "geometry") -> dict[tuple[str, str], Any]:
    """Return values by code of unit and class."""
    table = made.table[made.table["basis"] == basis]
    keys = zip(table["adcode"], table["class"], strict=True)
    return dict(zip(keys, table["value"], strict=True))


def raster(path: Path, values: np.ndarray, *, cell: float = SIDE / 4, **more: Any) -> Path:
    """Write a raster over the small province from its north-west, a cell a quarter of a side."""
    place = Affine(cell, 0, WEST, 0, -cell, SOUTH + 2 * SIDE)
    return grids.write(path, values, **{"transform": place, **more})
