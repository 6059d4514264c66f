"""Numbers in other units than metres and degrees: kilometres, feet, packed degrees."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geoplan.crs.candidates import Candidate
from geoplan.crs.fits import fits
from geoplan.crs.systems import Bounds

LENGTHS = (
    ("kilometres", 1e3, "+units=km"),
    ("万米 (10 000 m)", 1e4, "+to_meter=10000"),
    ("feet", 0.3048, "+units=ft"),
    ("millimetres", 1e-3, "+units=mm"),
    ("centimetres", 1e-2, "+units=cm"),
)
"""Names of units, their metres, and how PROJ is told."""

ANGLES = (
    ("millionths of a degree", 1e-6),
    ("ten-millionths of a degree", 1e-7),
    ("seconds of arc", 1 / 3600),
    ("radians", 180 / np.pi),
)
"""Names of units, and their degrees."""

_FEWEST, _FEWEST_SECONDS, _FEWEST_MINUTES = 30, 15, 3


@dataclass(frozen=True)
class OddUnit:
    """A unit in which numbers fit the area."""

    name: str
    proposal: str
    swapped: bool
    middle: tuple[float, float]
    """Median longitude and latitude of the data, read so."""
    inside: float


def odd_units(xy: np.ndarray, *, area: Bounds) -> tuple[OddUnit, ...]:
    """Return the units other than metres and degrees in which numbers (n, 2) meet the area."""
    found = []
    for name, factor, told in LENGTHS:
        for each in fits(xy * factor, area=area, borders=None)[:4]:
            if each.candidate.kind not in ("3-degree", "6-degree"):
                continue
            option = f"--assume-crs '{_in_units(each.candidate, told)}'"
            option = f"--swap-xy {option}" if each.swapped else option
            found.append(OddUnit(name, option, each.swapped, each.middle, each.inside))
    for name, factor in ANGLES:
        for each in fits(xy * factor, area=area, borders=None):
            if each.candidate.kind == "degrees":
                step = f"multiply both by {factor:.10g} and state EPSG:4490"
                found.append(OddUnit(name, step, each.swapped, each.middle, each.inside))
    minutes = unpacked(xy / 1e4)
    if packed(xy / 1e4):
        for each in fits(minutes, area=area, borders=None):
            if each.candidate.kind == "degrees":
                name = "degrees, minutes and seconds packed as dddmmss"
                found.append(OddUnit(name, _UNPACK, each.swapped, each.middle, each.inside))
    return tuple(found)


_UNPACK = "turn degrees, minutes and seconds into decimal degrees and state EPSG:4490"


def packed(xy: np.ndarray) -> bool:
    """Return whether numbers (n, 2) are degrees with minutes and seconds as decimals, dd.mmss.

    In decimal degrees four of ten minutes, and of ten seconds, would be above 59. Needed are
    30 different places, with 15 different seconds and 3 different minutes in both columns:
    then chance, a grid or a small area cannot look so.
    """
    if not (np.abs(xy) <= (360, 360)).all():
        return False
    for column in xy.T:
        values = np.unique(column)
        if len(values) < _FEWEST:
            return False
        _, minutes, seconds = _parts(values)
        if (minutes >= 60).any() or (seconds >= 60).any():
            return False
        few = len(np.unique(np.floor(seconds))) < _FEWEST_SECONDS
        if few or len(np.unique(minutes)) < _FEWEST_MINUTES:
            return False
    return True


def unpacked(xy: np.ndarray) -> np.ndarray:
    """Return numbers packed as dd.mmss in decimal degrees."""
    degrees, minutes, seconds = _parts(np.abs(xy))
    return np.asarray(np.sign(xy) * (degrees + minutes / 60 + seconds / 3600))


def _parts(values: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    # 112.30 is 112.2999… as a binary number: rounded, it is 30 minutes and not 29 and 99 seconds.
    seconds_in_all = np.round(values * 1e4, 5)
    degrees = np.floor(seconds_in_all / 1e4)
    rest = np.round(seconds_in_all - degrees * 1e4, 5)
    minutes = np.floor(rest / 100)
    return degrees, minutes, np.round(rest - minutes * 100, 5)


def _in_units(candidate: Candidate, told: str) -> str:
    east = 500_000 + (candidate.zone or 0) * 1_000_000
    return (
        f"+proj=tmerc +lat_0=0 +lon_0={candidate.meridian:g} +k=1 +x_0={east} +y_0=0 "
        f"+ellps=GRS80 {told} +type=crs"
    )
