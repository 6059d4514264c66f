"""Areas and lengths on the ellipsoid."""

from __future__ import annotations

import numpy as np

import pyproj
import shapely

from geoplan.crs.moved import transformed, work_to_data
from geoplan.crs.systems import DATA_CRS, WORLD_CRS

DENSIFY_M = 1_000.0
"""Longest edge, in metres, of a line whose ellipsoidal length is taken."""

_GEOD = pyproj.Geod(ellps="GRS80")


def geodesic_area_m2(geometry: shapely.Geometry) -> float:
    """Return the area, in square metres, of a polygon in `DATA_CRS` whose edges are geodesics."""
    area, _ = _GEOD.geometry_area_perimeter(shapely.orient_polygons(geometry))
    return abs(float(area))


def geodesic_length_m(line: shapely.Geometry) -> float:
    """Return the ellipsoidal length, in metres, of a line in `WORK_CRS`."""
    if line.is_empty:
        return 0.0
    degrees = work_to_data(np.array([shapely.segmentize(line, DENSIFY_M)]))[0]
    return float(_GEOD.geometry_length(degrees))


def world_area_m2(geometries: np.ndarray) -> np.ndarray:
    """Return the areas, in square metres, of polygons in `DATA_CRS` of any size."""
    return np.asarray(shapely.area(transformed(geometries, source=DATA_CRS, target=WORLD_CRS)))


def any_world_area_m2(geometries: np.ndarray, source: pyproj.CRS) -> np.ndarray:
    """Return the areas, in square metres, of polygons of `source`, however far from China."""
    return np.asarray(shapely.area(transformed(geometries, source=source, target=WORLD_CRS)))
