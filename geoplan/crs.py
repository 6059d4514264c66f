"""Coordinate systems: the door to pyproj.

Data is kept in CGCS2000 longitude and latitude, areas are taken in an Albers
equal-area projection on the same datum, lengths on the ellipsoid. Missing,
mismatching and implausible coordinate systems are three different errors.
"""

from __future__ import annotations

import threading
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

import pyproj
import shapely
from pyproj.crs import ProjectedCRS
from pyproj.crs.coordinate_operation import (
    AlbersEqualAreaConversion,
    LambertCylindricalEqualAreaConversion,
    TransverseMercatorConversion,
)
from pyproj.exceptions import ProjError

from geoplan.errors import ImplausibleCRSError, MismatchedCRSError, MissingCRSError

if TYPE_CHECKING:
    import geopandas as gpd

Bounds = tuple[float, float, float, float]

DATA_CRS = pyproj.CRS.from_epsg(4490)
"""CGCS2000, longitude and latitude in degrees: the system that data is kept in."""

WORK_CRS = ProjectedCRS(
    AlbersEqualAreaConversion(25, 47, 0, 105), name="CGCS2000 / Albers 25-47", geodetic_crs=DATA_CRS
)
"""Equal-area system in metres: the only one in which areas are taken."""

WORLD_CRS = ProjectedCRS(
    LambertCylindricalEqualAreaConversion(), name="CGCS2000 / world", geodetic_crs=DATA_CRS
)
"""Equal-area system in metres in which the whole world has a place; only for what is cut off."""

CENTRE_M, REACH_M = 4_000_000.0, 8_000_000.0
"""The middle of China on the axis of `WORK_CRS`, and how far from it shapes may lie.

On the other side of the Earth the projection has a seam, and an edge across it has no end.
"""

MERIDIAN_STEP = 1.5
"""Degrees between central meridians of maps: those of the 3° zones, and halfway between them."""

DENSIFY_M = 1_000.0
"""Longest edge, in metres, of a line whose ellipsoidal length is taken."""

_GEOD = pyproj.Geod(ellps="GRS80")


def to_work(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return a copy of `frame` (any known CRS) in `WORK_CRS`, metres."""
    return frame.to_crs(WORK_CRS)


def to_data(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return a copy of `frame` (any known CRS) in `DATA_CRS`, degrees."""
    return frame.to_crs(DATA_CRS)


def require(frame: gpd.GeoDataFrame, crs: pyproj.CRS, *, source: str) -> None:
    """Check that `frame` is in `crs`.

    Raises
    ------
    MissingCRSError, MismatchedCRSError
        Naming `source`, what it has and what is needed.
    """
    if frame.crs is None:
        raise MissingCRSError(f"{source}: no coordinate system is stated; {crs.name} is needed")
    if pyproj.CRS(frame.crs) != crs:
        raise MismatchedCRSError(
            f"{source}: is in {name_of(frame.crs)}, needed is {crs.name}; reproject it with to_crs"
        )


def check_plausible(frame: gpd.GeoDataFrame, *, source: str, area: Bounds) -> None:
    """Check that a file states a coordinate system and that its numbers fit it.

    Parameters
    ----------
    area
        West, south, east, north in degrees of the units; coordinates that
        become usable only under another reading (degrees stated as metres,
        north before east) are named as such.

    Raises
    ------
    MissingCRSError, ImplausibleCRSError
    """
    if frame.crs is None:
        raise MissingCRSError(
            f"{source}: {len(frame)} features, but no coordinate system is stated; "
            "add a .prj file or assign one (for CGCS2000 degrees: EPSG:4490)"
        )
    west, south, east, north = frame.total_bounds
    if not np.isfinite([west, south, east, north]).all():
        return  # nothing to judge: no shapes
    numbers = f"x {west:.6g} to {east:.6g}, y {south:.6g} to {north:.6g}"
    stated = f"{source}: states {name_of(frame.crs)}, but its coordinates ({numbers})"
    small = max(abs(west), abs(east)) <= 360 and max(abs(south), abs(north)) <= 90
    projected = not pyproj.CRS(frame.crs).is_geographic
    if projected and small and _meets((west, south, east, north), area):
        raise ImplausibleCRSError(f"{stated} look like degrees; state EPSG:4490 or EPSG:4326")
    box = _in_degrees((west, south, east, north), frame.crs)
    turned = _in_degrees((south, west, north, east), frame.crs)
    if turned and _meets(turned, area) and not (box and _meets(box, area)):
        raise ImplausibleCRSError(
            f"{stated} are north before east; write east first, or state the system they are in"
        )
    if box is None:
        fault = "are no degrees" if pyproj.CRS(frame.crs).is_geographic else "have no place in it"
        raise ImplausibleCRSError(f"{stated} {fault}; state the system that the numbers are in")


def name_of(crs: object) -> str:
    """Return a short name of a coordinate system for messages: ``EPSG:4490 (CGCS2000)``."""
    known = pyproj.CRS.from_user_input(crs)
    authority = known.to_authority(min_confidence=100)
    return f"{':'.join(authority)} ({known.name})" if authority else known.name


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


def work_to_data(geometries: np.ndarray) -> np.ndarray:
    """Return geometries in `WORK_CRS` as geometries in `DATA_CRS`; same shape, new objects."""
    return _transformed(geometries, WORK_CRS, DATA_CRS)


def data_to_work(geometries: np.ndarray) -> np.ndarray:
    """Return geometries in `DATA_CRS` as geometries in `WORK_CRS`; same shape, new objects."""
    return _transformed(geometries, DATA_CRS, WORK_CRS)


@cache
def print_crs(meridian: float) -> pyproj.CRS:
    """Return the conformal system of maps, in metres: Gauss-Krüger about `meridian` (degrees)."""
    return ProjectedCRS(
        TransverseMercatorConversion(0, meridian, 500_000, 0, 1),
        name=f"CGCS2000 / Gauss-Kruger CM {meridian:g}",
        geodetic_crs=DATA_CRS,
    )


def meridian_of(bounds: Bounds) -> float:
    """Return the central meridian of maps of `bounds` (degrees): their middle, in steps of 1.5."""
    west, _, east, _ = bounds
    return MERIDIAN_STEP * round((west + east) / 2 / MERIDIAN_STEP)


def data_to_print(geometries: np.ndarray, meridian: float) -> np.ndarray:
    """Return geometries in `DATA_CRS` in :func:`print_crs` of `meridian`; new objects."""
    return _transformed(geometries, DATA_CRS, print_crs(meridian))


def read(stated: object) -> pyproj.CRS | None:
    """Return the coordinate system that a file states as text, code or PROJJSON, if it does."""
    return None if stated is None else pyproj.CRS.from_user_input(stated)


def missing(source: str) -> MissingCRSError:
    """Return the fault of a file that does not say in which coordinate system it is."""
    return MissingCRSError(
        f"{source}: has no coordinate system; state it in the file (EPSG:4490 for CGCS2000 degrees)"
    )


def xy_to_work(
    x: np.ndarray, y: np.ndarray, *, source: pyproj.CRS
) -> tuple[np.ndarray, np.ndarray]:
    """Return coordinates of `source` in `WORK_CRS`; the same arrays where they are in it."""
    if source == WORK_CRS:
        return x, y
    made = _transformer(source, WORK_CRS).transform(x, y)
    return np.asarray(made[0]), np.asarray(made[1])


def within_reach(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return which places, in `WORK_CRS`, are finite and where its areas are right."""
    with np.errstate(invalid="ignore", over="ignore"):
        return np.asarray(np.hypot(x, y - CENTRE_M) <= REACH_M)


def any_to_work(geometries: np.ndarray, source: pyproj.CRS) -> np.ndarray:
    """Return geometries of `source` in `WORK_CRS`."""
    return geometries if source == WORK_CRS else _transformed(geometries, source, WORK_CRS)


def work_to_any(geometries: np.ndarray, target: pyproj.CRS) -> np.ndarray:
    """Return geometries of `WORK_CRS` in `target`."""
    return geometries if target == WORK_CRS else _transformed(geometries, WORK_CRS, target)


def world_area_m2(geometries: np.ndarray) -> np.ndarray:
    """Return the areas, in square metres, of polygons in `DATA_CRS` of any size."""
    return np.asarray(shapely.area(_transformed(geometries, DATA_CRS, WORLD_CRS)))


def bounds_in_data(frame: gpd.GeoDataFrame, *, source: str) -> Bounds:
    """Return west, south, east, north of `frame` in degrees.

    Raises `ImplausibleCRSError` where its numbers have no place in its own system.
    """
    west, south, east, north = frame.total_bounds
    box = _in_degrees((west, south, east, north), frame.crs)
    if box is None:
        raise ImplausibleCRSError(f"{source}: coordinates outside {name_of(frame.crs)}")
    return box


def _in_degrees(box: Bounds, crs: pyproj.CRS) -> Bounds | None:
    """Return a box of `crs` in degrees, or None where its numbers have no place there."""
    transformer = pyproj.Transformer.from_crs(crs, DATA_CRS, always_xy=True)
    try:
        west, south, east, north = transformer.transform_bounds(*box)
    except ProjError:
        return None
    if not np.isfinite([west, south, east, north]).all():
        return None
    in_range = max(abs(west), abs(east)) <= 360 and max(abs(south), abs(north)) <= 90
    return (west, south, east, north) if in_range else None


# Making one takes 5 ms, and they belong to one thread.
_MADE = threading.local()


def _transformer(source: pyproj.CRS, target: pyproj.CRS) -> pyproj.Transformer:
    if not hasattr(_MADE, "transformers"):
        _MADE.transformers = {}
    made: dict[tuple[pyproj.CRS, pyproj.CRS], pyproj.Transformer] = _MADE.transformers
    if (source, target) not in made:
        made[source, target] = pyproj.Transformer.from_crs(source, target, always_xy=True)
    return made[source, target]


def _transformed(geometries: np.ndarray, source: pyproj.CRS, target: pyproj.CRS) -> np.ndarray:
    transformer = _transformer(source, target)
    return np.asarray(shapely.transform(geometries, transformer.transform, interleaved=False))


def _meets(box: Bounds, area: Bounds) -> bool:
    return box[0] < area[2] and area[0] < box[2] and box[1] < area[3] and area[1] < box[3]
