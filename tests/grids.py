"""Rasters over the small province: 4 x 4 cells of 2.5 km in each county."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

import rasterio
from rasterio import Affine

from geoplan import crs
from tests.small import CELLS, SIDE, SOUTH, WEST

CELL_M = SIDE / 4


def of_counties(**values: float) -> np.ndarray:
    """Return a grid over the province; `values` are those of counties, by code behind a c."""
    made = np.zeros((8, 12), dtype="float64")
    for code, (column, row) in CELLS.items():
        top = 4 * (1 - row)
        made[top : top + 4, 4 * column : 4 * column + 4] = values.get(f"c{code}", int(code[-1]))
    return made


def write_grid(path: Path, values: np.ndarray, **about: Any) -> Path:
    """Write values from the north-west corner of the province on as a GeoTIFF in the work CRS.

    `about` are rasterio's keys; `left` and `top` move the corner, in metres.
    """
    corner = WEST + about.pop("left", 0.0), SOUTH + 2 * SIDE + about.pop("top", 0.0)
    cell = about.pop("cell", CELL_M)
    keys = {"dtype": values.dtype, "crs": crs.WORK_CRS.to_wkt(), "nodata": None, **about}
    keys.setdefault("transform", Affine(cell, 0, corner[0], 0, -cell, corner[1]))
    path.parent.mkdir(parents=True, exist_ok=True)
    with rasterio.open(
        path, "w", driver="GTiff", height=len(values), width=values.shape[1], count=1, **keys
    ) as file:
        file.write(values, 1)
    return path


def raster_layer(key: str = "dem", *, head: str = "", **keys: Any) -> str:
    """Return the TOML text of a raster layer; `keys` are of its table [raster]."""
    keys = {"path": f"{key}.tif", "kind": "continuous", "measure": "m"} | keys
    lines = [f"{k} = {_toml(v)}" for k, v in keys.items() if v is not None]
    title = 'title = { zh = "栅格", en = "Raster" }'
    about = f'id = "{key}"\n{title}\ntheme = "works"\ndocument = "plan-p"\n{head}'
    return about + "\n[raster]\n" + "\n".join(lines) + "\n"


def raster_class(value: object, class_: str) -> str:
    """Return the TOML text of a class of a raster layer."""
    return f'[[raster.class]]\nvalue = {value}\nclass = "{class_}"\n'


def _toml(value: object) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    return f'"{value}"' if isinstance(value, str) else str(value)
