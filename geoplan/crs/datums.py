"""Old datums: how places of Xi'an 1980 and Beijing 1954 come to CGCS2000 here, and how well."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

import pyproj
from pyproj.transformer import TransformerGroup

from geoplan.crs.candidates import Candidate
from geoplan.crs.moved import xy_to_any
from geoplan.crs.systems import DATA_CRS, bound, name_of
from geoplan.reading import Notice

ORDER_M = 100
"""Order of size, in metres, of the shifts between the datums of China."""

_GEOD = pyproj.Geod(ellps="GRS80")
_WGS84 = pyproj.CRS.from_epsg(4326)


@dataclass(frozen=True)
class DatumShift:
    """How places of a datum are brought to CGCS2000."""

    datum: str
    ballpark: bool
    """Whether longitude and latitude are kept, for want of parameters."""
    moved_m: float
    """How far that moves a place."""
    accuracy_m: float | None
    """What the database says of it; None where nothing is known."""


def datum_shift(system: pyproj.CRS, place: tuple[float, float]) -> DatumShift | None:
    """Return how `system` comes to CGCS2000 at a place (degrees).

    None where its datum is CGCS2000, WGS 84 or another on the same ellipsoid: those differ by
    less than a metre.
    """
    globe = system.geodetic_crs
    ellipsoid = system.ellipsoid
    if globe is None or (ellipsoid and abs(ellipsoid.semi_major_metre - 6378137) < 0.5):
        return None
    # A bound system carries parameters of its own, which its globe alone has lost.
    made = pyproj.Transformer.from_crs(bound(system), DATA_CRS, always_xy=True)
    steps = [step.name for step in made.operations or ()]
    ballpark = any("Ballpark" in step for step in steps) or "Ballpark" in made.description
    x, y = made.transform(*place, direction="INVERSE")
    bare = system.source_crs if system.is_bound and system.source_crs else system
    kept = pyproj.Transformer.from_crs(bare, bare.geodetic_crs, always_xy=True).transform(x, y)
    moved = float(_GEOD.inv(*place, *kept)[2])
    known = made.accuracy if made.accuracy is not None and made.accuracy > 0 else None
    return DatumShift(globe.datum.name if globe.datum else globe.name, ballpark, moved, known)


def datum_notice(system: pyproj.CRS, place: tuple[float, float]) -> Notice | None:
    """Return ``crs.datum_shift`` where data of `system` about a place has an old datum."""
    shift = datum_shift(system, place)
    if shift is None:
        return None
    if shift.ballpark:
        how = (
            "longitude and latitude are kept, as no parameters of the shift are public: "
            f"places may be off by the order of {ORDER_M} m, areas change by less than 0.01 %"
        )
    else:
        how = f"moved by {shift.moved_m:.1f} m with the parameters that the system carries"
        known = f"{shift.accuracy_m:g} m" if shift.accuracy_m else "not stated"
        how += f", accuracy {known}"
    return Notice(
        "crs.datum_shift",
        "info",
        f"brought from {shift.datum} to CGCS2000: {how}",
        f"{name_of(system)}; moved here by {shift.moved_m:.1f} m; {_published(system, place)}",
        "where metres matter, have the file transformed to CGCS2000 by the surveying authority",
    )


def unsure_notice(
    twins: tuple[Candidate, ...], place: tuple[float, float], *, swapped: bool
) -> Notice | None:
    """Return ``crs.datum_unsure`` where several datums share the numbers of a system."""
    old = [each for each in twins if each.datum not in ("CGCS2000", "WGS 84")]
    first = {each.datum: each for each in reversed(twins)}
    if not old or "CGCS2000" not in first:
        return None
    x, y = xy_to_any(
        np.array([place[0]]), np.array([place[1]]), source=DATA_CRS, target=first["CGCS2000"].system
    )
    told, turn = [], "--swap-xy " if swapped else ""
    for datum, each in sorted(first.items()):
        if datum == "CGCS2000":
            continue
        lon, lat = xy_to_any(x, y, source=each.system, target=DATA_CRS)
        told.append(f"{datum} {_GEOD.inv(*place, lon[0], lat[0])[2]:.1f} m")
    known = "; ".join(_published(first[d].system, place) for d in sorted({e.datum for e in old}))
    return Notice(
        "crs.datum_unsure",
        "info",
        f"the numbers do not tell the datum: {', '.join(sorted(first))} share them, "
        f"and differ by the order of {ORDER_M} m on the ground",
        "away from CGCS2000, as geoplan reads the numbers (ellipsoids differ; the shift of the "
        f"datums, which is not public, is left out): {', '.join(told)}; {known}",
        "; or ".join(
            turn + each.said for each in sorted(twins, key=lambda c: c.datum != "CGCS2000")
        ),
    )


def _published(system: pyproj.CRS, place: tuple[float, float]) -> str:
    globe = system.geodetic_crs
    return "" if globe is None else _known(globe.to_wkt(), round(place[0]), round(place[1]))


@cache
def _known(wkt: str, lon: int, lat: int) -> str:
    """Say what parameters the database has for a datum, and by how much they move a place."""
    globe = pyproj.CRS.from_wkt(wkt)
    moved = [
        float(_GEOD.inv(lon, lat, *each.transform(lon, lat))[2])
        for each in TransformerGroup(globe, _WGS84, always_xy=True).transformers
        if "Ballpark" not in each.description
    ]
    if not moved:
        return f"EPSG has no parameters for {globe.name}"
    return (
        f"EPSG has {len(moved)} sets of parameters for {globe.name}, each of a part of China: "
        f"here they would move places by {min(moved):.0f} to {max(moved):.0f} m"
    )
