"""How well numbers fit an area under one system or another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np

import pyproj
from pyproj.exceptions import ProjError

from geoplan.crs.borders import Borders
from geoplan.crs.candidates import KINDS, Candidate, candidates, zone_of
from geoplan.crs.moved import xy_back, xy_to_any
from geoplan.crs.systems import DATA_CRS, Bounds

SAMPLE = 2_000
"""Coordinates that are looked at: an even sample of all."""

EDGE = 0.02
"""Share of coordinates at each side that may lie anywhere without deciding where data lies."""

MARGIN_DEGREES = 0.05
"""How far outside of the area data still counts as inside: boundaries are generalised."""

_GEOD = pyproj.Geod(ellps="GRS80")


@dataclass(frozen=True)
class Fit:
    """Where numbers lie when they are read in one way."""

    candidate: Candidate
    swapped: bool
    """Whether the first number is the northing."""
    middle: tuple[float, float]
    """Median longitude and latitude, in degrees."""
    inside: float
    """Share of the coordinates inside the area."""
    border_m: float | None = None
    """Median distance from the borders of the units, where shapes may share them."""

    @property
    def said(self) -> str:
        """What to write for it: ``--swap-xy --assume-crs EPSG:4525 (…)``."""
        return ("--swap-xy " if self.swapped else "") + self.candidate.said

    @property
    def off_degrees(self) -> float:
        """How far from the central meridian the data lies."""
        meridian = self.candidate.meridian
        return abs(self.middle[0] - meridian) if meridian is not None else 0.0


def sampled(xy: np.ndarray) -> np.ndarray:
    """Return at most `SAMPLE` rows of (n, 2), evenly taken, the first and the last among them."""
    if len(xy) <= SAMPLE:
        return xy
    return np.asarray(xy[np.linspace(0, len(xy) - 1, SAMPLE).astype(int)])


def placed(xy: np.ndarray, system: pyproj.CRS, *, roughly: bool = False) -> np.ndarray:
    """Return coordinates (n, 2) of `system` in degrees; NaN where they have no place in it.

    `roughly` leaves the shift between datums out: looking for one takes a tenth of a second.
    """
    globe = (system.geodetic_crs if roughly else None) or DATA_CRS
    with np.errstate(invalid="ignore", over="ignore"):
        try:
            x, y = xy_to_any(xy[:, 0].copy(), xy[:, 1].copy(), source=system, target=globe)
        except ProjError:
            return np.full(xy.shape, np.nan)
        made = np.column_stack([x, y]).astype(float)
        made[~((np.abs(made) <= (360, 90)).all(axis=1))] = np.nan
        if not system.is_geographic:  # far from its meridian a projection folds onto itself
            made[~_comes_back(xy, made, system, globe)] = np.nan
    return made


def body(degrees: np.ndarray) -> Bounds | None:
    """Return the box of places without the outermost of them; None where most have no place."""
    there = degrees[np.isfinite(degrees).all(axis=1)]
    if len(there) * 2 < len(degrees) or not len(there):
        return None
    west, south = np.quantile(there, EDGE, axis=0)
    east, north = np.quantile(there, 1 - EDGE, axis=0)
    return (float(west), float(south), float(east), float(north))


def meets(box: Bounds | None, area: Bounds) -> bool:
    """Return whether a box meets the area, or lies by its edge."""
    if box is None:
        return False
    west, south, east, north = _wider(area)
    return box[0] <= east and west <= box[2] and box[1] <= north and south <= box[3]


def inside(degrees: np.ndarray, area: Bounds) -> float:
    """Return the share of places inside the area."""
    west, south, east, north = _wider(area)
    with np.errstate(invalid="ignore"):
        within = (degrees >= (west, south)) & (degrees <= (east, north))
    return float(within.all(axis=1).mean())


def distance_km(place: tuple[float, float], area: Bounds) -> float:
    """Return how far a place (degrees) is from the area, in kilometres; 0 inside."""
    lon, lat = place
    near = (float(np.clip(lon, area[0], area[2])), float(np.clip(lat, area[1], area[3])))
    return float(_GEOD.inv(lon, lat, *near)[2]) / 1000


def middle(degrees: np.ndarray) -> tuple[float, float]:
    """Return median longitude and latitude of places that have one."""
    lon, lat = np.nanmedian(degrees, axis=0)
    return float(lon), float(lat)


def fit(
    xy: np.ndarray, candidate: Candidate, *, area: Bounds, borders: Borders | None, swapped: bool
) -> Fit | None:
    """Return where numbers lie under a candidate, or None where that does not meet the area."""
    degrees = placed(xy[:, ::-1] if swapped else xy, candidate.system, roughly=True)
    if not meets(body(degrees), area):
        return None
    share, centre = inside(degrees, area), middle(degrees)
    made = Fit(candidate, swapped, centre, share)
    return made if borders is None else replace(made, border_m=borders.median_m(degrees))


def fits(xy: np.ndarray, *, area: Bounds, borders: Borders | None) -> tuple[Fit, ...]:
    """Return all readings of numbers that put them into the area, the best first.

    Systems that differ in their datum only share their numbers: one of them stands for all,
    see :func:`geoplan.crs.candidates.candidates`, of which the first is taken.
    """
    seen: set[tuple[object, ...]] = set()
    found = []
    for candidate in candidates(area):
        if candidate.numbers in seen:
            continue
        seen.add(candidate.numbers)
        for swapped in _orders(xy, candidate, area):
            made = fit(xy, candidate, area=area, borders=borders, swapped=swapped)
            if made is not None:
                found.append(made)
    most = max((each.inside for each in found), default=0.0)
    kept = [each for each in found if each.inside >= most / 10]
    return tuple(sorted(kept, key=_rank))


def twins(best: Fit, area: Bounds) -> tuple[Candidate, ...]:
    """Return the candidates whose numbers are those of `best`, itself among them."""
    return tuple(c for c in candidates(area) if c.numbers == best.candidate.numbers)


def _rank(each: Fit) -> tuple[float, ...]:
    # Where shapes share borders with the units, those tell more than any share inside a box.
    near = round(each.border_m / 50) if each.border_m is not None and each.border_m < 500 else 999
    kind = KINDS.index(each.candidate.kind)
    rare = each.candidate.kind == "utm"
    return (near, each.swapped, -round(each.inside, 1), rare, each.off_degrees, kind)


def _orders(xy: np.ndarray, candidate: Candidate, area: Bounds) -> Iterator[bool]:
    """Yield the orders of axes in which numbers may be of a candidate, by their size alone."""
    x, y = np.median(xy, axis=0)
    for swapped, (east, north) in ((False, (x, y)), (True, (y, x))):
        if candidate.kind == "degrees":
            possible = abs(east) <= 360 and abs(north) <= 90
        elif candidate.kind in ("mercator", "albers"):
            possible = abs(east) > 360 or abs(north) > 90
        else:
            zone = zone_of(east)
            low, high = area[1] * 110_500 - 300_000, area[3] * 111_800 + 300_000
            possible = low <= north <= high and zone == candidate.zone
            possible = possible and (zone is not None or abs(east - 500_000) < 900_000)
        if possible:
            yield swapped


def _comes_back(
    xy: np.ndarray, degrees: np.ndarray, system: pyproj.CRS, globe: pyproj.CRS
) -> np.ndarray:
    back = xy_back(degrees[:, 0], degrees[:, 1], source=system, target=globe)
    unit = float(system.axis_info[0].unit_conversion_factor) or 1.0
    return np.asarray(np.hypot(back[0] - xy[:, 0], back[1] - xy[:, 1]) * unit < 1.0)


def _wider(area: Bounds) -> Bounds:
    west, south, east, north = area
    by = MARGIN_DEGREES
    return (west - by, south - by, east + by, north + by)


def options(several: Iterable[str]) -> str:
    """Return proposals as one line, the best first."""
    return "; or ".join(several)
