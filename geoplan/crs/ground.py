"""The ellipsoid below a plane: how far a step of coordinates goes, and what a band is worth."""

from __future__ import annotations

import numpy as np

import pyproj

from geoplan.crs.moved import xy_to_any
from geoplan.crs.systems import DATA_CRS, name_of
from geoplan.errors import DataError

EQUAL_AREA = (
    "Albers Equal Area",
    "Lambert Azimuthal Equal Area",
    "Lambert Cylindrical Equal Area",
    "Lambert Cylindrical Equal Area (Spherical)",
    "Equal Earth",
)
"""Projections, by name, in which an area is an area."""

REACH_M = 500.0
"""Half the step, in metres, over which directions are taken: long enough to lose no digits."""


def is_equal_area(system: pyproj.CRS) -> bool:
    """Return whether areas of a plane system are those of the ellipsoid."""
    operation = system.coordinate_operation
    return operation is not None and operation.method_name in EQUAL_AREA


def unit_m(system: pyproj.CRS) -> float:
    """Return the metres of one unit of a plane system, or the radians of a geographic one."""
    return float(system.axis_info[0].unit_conversion_factor)


def radii_m(latitude: np.ndarray, system: pyproj.CRS) -> tuple[np.ndarray, np.ndarray]:
    """Return the radii of curvature in metres: along the meridian, and across it.

    `latitude` is in radians on the ellipsoid of `system`. Source: Bomford, Geodesy.
    """
    a, e2 = _ellipsoid(system)
    root = np.sqrt(1 - e2 * np.sin(latitude) ** 2)
    return a * (1 - e2) / root**3, a / root


def band_area_m2(south: np.ndarray, north: np.ndarray, *, system: pyproj.CRS) -> np.ndarray:
    """Return the area of bands between two latitudes, in square metres for a radian of longitude.

    Latitudes are in radians. Exact on the ellipsoid: Snyder, Map Projections (1987), 3-12.
    """
    a, e2 = _ellipsoid(system)
    e = np.sqrt(e2)

    def zone(latitude: np.ndarray) -> np.ndarray:
        sine = np.sin(latitude)
        curved = np.arctanh(e * sine) / e if e else sine
        return np.asarray((1 - e2) * (sine / (1 - e2 * sine**2) + curved) / 2)

    return np.asarray(a**2 * (zone(north) - zone(south)))


def directions(
    x: np.ndarray, y: np.ndarray, *, system: pyproj.CRS
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return metres on the ground for one unit of x and of y, at places of `system`.

    Returns
    -------
    east_x, north_x, east_y, north_y
        How far east and north a unit of x leads, and one of y; infinite or NaN where
        the place has no longitude and latitude.
    """
    if system.is_geographic:
        to_radians = unit_m(system)
        along, across = radii_m(y * to_radians, system)
        zero = np.zeros_like(y)
        return across * np.cos(y * to_radians) * to_radians, zero, zero, along * to_radians
    half = REACH_M / unit_m(system)
    geographic = system.geodetic_crs or DATA_CRS

    def degrees(px: np.ndarray, py: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return xy_to_any(px, py, source=system, target=geographic)

    _, latitude = degrees(x, y)
    to_radians = unit_m(geographic)
    along, across = radii_m(latitude * to_radians, geographic)
    east = across * np.cos(latitude * to_radians) * to_radians
    north = along * to_radians
    found = []
    for dx, dy in ((half, 0.0), (0.0, half)):
        lon1, lat1 = degrees(x + dx, y + dy)
        lon0, lat0 = degrees(x - dx, y - dy)
        turn = 2 * np.pi / to_radians
        step = lon1 - lon0
        step = step - turn * np.round(step / turn)  # across the date line
        found += [step * east / (2 * half), (lat1 - lat0) * north / (2 * half)]
    return found[0], found[1], found[2], found[3]


def _ellipsoid(system: pyproj.CRS) -> tuple[float, float]:
    """Return the semi-major axis in metres and the squared eccentricity."""
    shape = system.ellipsoid
    if shape is None:
        raise DataError(f"{name_of(system)} has no ellipsoid: no areas can be taken in it")
    a, b = float(shape.semi_major_metre), float(shape.semi_minor_metre)
    return a, 1 - (b / a) ** 2
