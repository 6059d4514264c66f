"""What files state about their coordinates, and whether the numbers fit it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

import pyproj
import shapely

from geoplan.crs.detective import suspected
from geoplan.crs.moved import bounds_to_data
from geoplan.crs.systems import Bounds, name_of
from geoplan.errors import ImplausibleCRSError, MismatchedCRSError, MissingCRSError, coded
from geoplan.reading import Notice

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
            f"{_suggested(_notices(frame, area))}"
        )
    west, south, east, north = frame.total_bounds
    if not np.isfinite([west, south, east, north]).all():
        return  # nothing to judge: no shapes
    numbers = f"x {west:.6g} to {east:.6g}, y {south:.6g} to {north:.6g}"
    stated = f"{source}: states {name_of(frame.crs)}, but its coordinates ({numbers})"
    small = max(abs(west), abs(east)) <= 360 and max(abs(south), abs(north)) <= 90
    projected = not pyproj.CRS(frame.crs).is_geographic
    if projected and small and _meets((west, south, east, north), area):
        raise _implausible(f"{stated} look like degrees; state EPSG:4490 or EPSG:4326", frame, area)
    box = bounds_to_data((west, south, east, north), frame.crs)
    turned = bounds_to_data((south, west, north, east), frame.crs)
    if turned and _meets(turned, area) and not (box and _meets(box, area)):
        turn = "are north before east; write east first, or state the system they are in"
        raise _implausible(f"{stated} {turn}", frame, area)
    if box is None:
        fault = "are no degrees" if pyproj.CRS(frame.crs).is_geographic else "have no place in it"
        told = f"{stated} {fault}; state the system that the numbers are in"
        raise _implausible(told, frame, area)
    if not _meets(box, area):
        wrong = [each for each in _notices(frame, area) if each.severity == "error"]
        if wrong:
            told = f"{source}: {wrong[0].message} ({numbers})"
            raise coded(ImplausibleCRSError(told + _suggested(wrong)), wrong[0].code)


def _notices(frame: gpd.GeoDataFrame, area: Bounds) -> tuple[Notice, ...]:
    xy = shapely.get_coordinates(frame.geometry.to_numpy())
    return suspected(None if frame.crs is None else pyproj.CRS(frame.crs), xy, area=area)


def _suggested(notices: Sequence[Notice]) -> str:
    """Return what the numbers suggest, to end a message with; options as plain names."""
    wrong = [
        each for each in notices if each.severity == "error" and each.proposal.startswith("--")
    ]
    if not wrong:
        return ""
    plain = wrong[0].proposal.replace("--assume-crs ", "").replace("--swap-xy", "turned,")
    return f". The numbers suggest {plain.removesuffix(',')}"


def _implausible(message: str, frame: gpd.GeoDataFrame, area: Bounds) -> ImplausibleCRSError:
    """Return the fault with the detective's code and proposals."""
    notices = _notices(frame, area)
    fault = ImplausibleCRSError(message + _suggested(notices))
    code = next((each.code for each in notices if each.severity == "error"), fault.code)
    return coded(fault, code)


def missing(source: str) -> MissingCRSError:
    """Return the fault of a file that does not say in which coordinate system it is."""
    return MissingCRSError(
        f"{source}: has no coordinate system; state it in the file (EPSG:4490 for CGCS2000 "
        "degrees), or with --assume-crs: `geoplan inspect` says what its numbers suggest"
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
