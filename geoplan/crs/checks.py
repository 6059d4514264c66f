"""What files state about their coordinates, and whether the numbers fit it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

import pyproj

from geoplan.crs.moved import bounds_to_data
from geoplan.crs.systems import Bounds, name_of
from geoplan.errors import ImplausibleCRSError, MismatchedCRSError, MissingCRSError

if TYPE_CHECKING:
    import geopandas as gpd


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
    box = bounds_to_data((west, south, east, north), frame.crs)
    turned = bounds_to_data((south, west, north, east), frame.crs)
    if turned and _meets(turned, area) and not (box and _meets(box, area)):
        raise ImplausibleCRSError(
            f"{stated} are north before east; write east first, or state the system they are in"
        )
    if box is None:
        fault = "are no degrees" if pyproj.CRS(frame.crs).is_geographic else "have no place in it"
        raise ImplausibleCRSError(f"{stated} {fault}; state the system that the numbers are in")


def missing(source: str) -> MissingCRSError:
    """Return the fault of a file that does not say in which coordinate system it is."""
    return MissingCRSError(
        f"{source}: has no coordinate system; state it in the file (EPSG:4490 for CGCS2000 degrees)"
    )


def bounds_in_data(frame: gpd.GeoDataFrame, *, source: str) -> Bounds:
    """Return west, south, east, north of `frame` in degrees.

    Raises `ImplausibleCRSError` where its numbers have no place in its own system.
    """
    west, south, east, north = frame.total_bounds
    box = bounds_to_data((west, south, east, north), frame.crs)
    if box is None:
        raise ImplausibleCRSError(f"{source}: coordinates outside {name_of(frame.crs)}")
    return box


def _meets(box: Bounds, area: Bounds) -> bool:
    return box[0] < area[2] and area[0] < box[2] and box[1] < area[3] and area[1] < box[3]
