"""Files of the user's own for tests, written into a folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

import geopandas as gpd
import pyogrio
import shapely

from geoplan import crs
from tests.small import box

BOW = (0.0, 1.0, 0.5, 1.5)
"""West, south, east, north of the polygon that crosses itself, in sides of a county."""

PLOTS = (box(0, 0, 1, 1), box(1, 0, 2, 1), box(2, 0, 2.5, 1))
"""Three plots of 100, 100 and 50 km² in three counties."""

USES = ("农田", "林地", "草地")


def bow() -> shapely.Geometry:
    """Return a figure eight: two triangles of 6.25 km² each."""
    corners = shapely.get_coordinates(box(*BOW))[[0, 1, 3, 2, 0]]
    return shapely.Polygon(corners)


def frame_of(
    shapes: Sequence[shapely.Geometry] = PLOTS, *, to: object = crs.DATA_CRS, **columns: Any
) -> gpd.GeoDataFrame:
    """Return shapes of the work CRS as a layer in another system."""
    made = gpd.GeoDataFrame(
        columns or {"用途": list(USES[: len(shapes)])},
        geometry=np.array(shapes, dtype=object),
        crs=crs.WORK_CRS,
    )
    return made.to_crs(to)


def shapefile(
    folder: Path,
    frame: gpd.GeoDataFrame,
    name: str = "地块.shp",
    *,
    encoding: str = "GBK",
    without: Sequence[str] = (".prj", ".cpg"),
) -> Path:
    """Write a shapefile, and take away the files that say what it is."""
    path = folder / name
    pyogrio.write_dataframe(frame, path, encoding=encoding)
    for end in without:
        path.with_suffix(end).unlink()
    return path


def swapped(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return a layer whose first coordinate is the northing."""
    turned = shapely.transform(frame.geometry.to_numpy(), lambda xy: xy[:, ::-1])
    return frame.set_geometry(gpd.GeoSeries(turned, crs=frame.crs))
