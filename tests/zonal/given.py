"""Small rasters and zones in cells of 100 m, and what they have of each other."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import shapely

from geoplan import raster
from geoplan.zonal import Options, Zones, statistics
from tests.raster.grids import LEFT, TOP, write

SERIAL = Options(scheduler="synchronous")


def box(west: float, south: float, east: float, north: float) -> shapely.Polygon:
    """Return a box in cells from the upper left corner; rows count downwards."""
    return shapely.box(LEFT + west * 100, TOP - south * 100, LEFT + east * 100, TOP - north * 100)


def zones(*shapes: shapely.Geometry | None) -> Zones:
    """Return zones that are numbered from 0."""
    return Zones(pd.DataFrame({"zone": range(len(shapes))}), np.array(shapes, dtype=object))


def amounts_of(
    path: Path, values: np.ndarray, *shapes: shapely.Geometry | None, **options: Any
) -> pd.DataFrame:
    """Return what shapes have of an array of amounts; `options` are those of the file."""
    source = raster.look(write(path / "a.tif", values, **options), kind="continuous")
    return statistics(source, zones(*shapes), options=SERIAL)


def classes_of(
    path: Path, values: np.ndarray, *shapes: shapely.Geometry | None, **options: Any
) -> pd.DataFrame:
    """Return what shapes have of an array of classes; `options` are those of the file."""
    source = raster.look(write(path / "c.tif", values, **options), kind="categorical")
    return statistics(source, zones(*shapes), options=SERIAL)
