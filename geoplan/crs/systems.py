"""The coordinate systems that data, areas and maps are in, and those that files state."""

from __future__ import annotations

import json
import unicodedata
from functools import cache

import pyproj
from pyproj.crs import ProjectedCRS
from pyproj.crs.coordinate_operation import (
    AlbersEqualAreaConversion,
    LambertCylindricalEqualAreaConversion,
    TransverseMercatorConversion,
)
from pyproj.exceptions import CRSError

from geoplan.crs.shifted import shifted
from geoplan.errors import DataError, UsageError

Bounds = tuple[float, float, float, float]

CRS = pyproj.CRS
"""The type of coordinate systems."""

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


def name_of(crs: object) -> str:
    """Return a short name of a coordinate system for messages: ``EPSG:4490 (CGCS2000)``."""
    return _name_of(pyproj.CRS.from_user_input(crs))


@cache
def _name_of(known: pyproj.CRS) -> str:
    # One without a code is compared with all that have one: a tenth of a second each time.
    authority = known.to_authority(min_confidence=100)
    return f"{':'.join(authority)} ({known.name})" if authority else known.name


def area_of_use(crs: pyproj.CRS) -> Bounds | None:
    """Return west, south, east, north in degrees of where a system is used, if it is known."""
    return _area_of_use(crs.to_wkt())


# To find the code of a system takes half a second.
@cache
def _area_of_use(wkt: str) -> Bounds | None:
    known = pyproj.CRS.from_wkt(wkt)
    authority = known.to_authority()
    area = pyproj.CRS.from_authority(*authority).area_of_use if authority else known.area_of_use
    return None if area is None else (area.west, area.south, area.east, area.north)


def bound(known: pyproj.CRS) -> pyproj.CRS:
    """Return a system that carries parameters of its datum's shift so that they are used.

    They lead to WGS 84. PROJ knows no way from there to CGCS2000, which is the same within
    decimetres, and would leave them out without a word: they are led to CGCS2000 itself.
    """
    if not known.is_bound:
        return known
    return _bound(known.to_json())


@cache
def _bound(text: str) -> pyproj.CRS:
    parts = json.loads(text)
    hub = pyproj.CRS.from_json_dict(parts["target_crs"])
    if hub.to_2d().name == "WGS 84":
        parts["target_crs"] = DATA_CRS.to_json_dict()
    return pyproj.CRS.from_json_dict(parts)


def read(stated: object) -> pyproj.CRS | None:
    """Return the coordinate system that a file states as text, code or PROJJSON, if it does."""
    return None if stated is None else bound(pyproj.CRS.from_user_input(stated))


def given(text: str) -> pyproj.CRS:
    """Return the coordinate system that a person names, without its heights.

    ``EPSG:4490``, ``4490``, WKT, PROJ's strings, and names of PROJ's database, such as
    ``CGCS2000 / 3-degree Gauss-Kruger zone 37``; letters and colons may be full-width.

    Raises `UsageError` where there is none of that name, or it has no place in the plane.
    """
    if shifted(text):
        raise UsageError(
            f"{text} is not known here: shifted degrees are read of files with shapes alone; "
            "convert the file to CGCS2000 first"
        )
    plain = unicodedata.normalize("NFKC", text).strip()
    plain = f"EPSG:{plain}" if plain.isascii() and plain.isdigit() else plain
    try:
        known = pyproj.CRS.from_user_input(plain).to_2d()
    except CRSError as fault:
        raise UsageError(
            f"coordinate system {text!r} is not known; write it as EPSG:4490 or as WKT, or by its "
            "name as PROJ has it: 'CGCS2000 / 3-degree Gauss-Kruger zone 37'"
        ) from fault
    if not (known.is_geographic or known.is_projected):
        raise UsageError(
            f"coordinate system {text!r} ({known.name}) is of heights, of a site or geocentric; "
            "needed is one of longitude and latitude, or projected: EPSG:4490"
        )
    return bound(known)


def plane(wkt: str) -> pyproj.CRS:
    """Return the coordinate system of a WKT without its heights.

    Raises `DataError` where it cannot be read.
    """
    try:
        return bound(pyproj.CRS.from_wkt(wkt).to_2d())
    except CRSError as fault:
        raise DataError(f"a coordinate system cannot be read: {fault}") from fault


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
