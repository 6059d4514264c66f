"""Data of several Gauss-Krüger zones in one file, told by the numbers before its eastings."""

from __future__ import annotations

import numpy as np

from geoplan.crs.candidates import of_zone, zone_of
from geoplan.crs.fits import body, meets, placed
from geoplan.crs.systems import Bounds

NEAR_M = 250_000.0
"""How far from its meridian data of a zone lies."""

LEAST, MOST = 1.8e6, 6.2e6
"""Northings of China, in metres."""

NEARLY_ALL, FEWEST = 0.95, 0.01
"""Shares: of coordinates that name a zone, and of those that name one of several."""


def zones_of(xy: np.ndarray, *, area: Bounds) -> dict[int, int]:
    """Return zones named by eastings, with their counts, where there are several, else nothing.

    Wide data of one zone, which reaches into the numbers of the next, has others in between and
    gives nothing; nor do numbers of which no zone lies in the area.
    """
    for column in (0, 1):
        east, north = xy[:, column], xy[:, 1 - column]
        with np.errstate(invalid="ignore", over="ignore"):
            near = np.abs(east % 1e6 - 500_000) <= NEAR_M
        near &= (north > LEAST) & (north < MOST) & (east > 13e6) & (east < 46e6)
        if near.mean() < NEARLY_ALL:
            continue
        names, counts = np.unique((east[near] // 1e6).astype(int), return_counts=True)
        found = {
            int(name): int(count)
            for name, count in zip(names, counts, strict=True)
            if count >= FEWEST * len(east) and zone_of(name * 1e6 + 5e5) is not None
        }
        ordered = np.column_stack([east, north])[near]
        if len(found) > 1 and any(_lies_in(ordered, zone, area) for zone in found):
            return found
    return {}


def _lies_in(xy: np.ndarray, zone: int, area: Bounds) -> bool:
    known = of_zone(zone)
    here = xy[xy[:, 0] // 1e6 == zone]
    return known is not None and meets(body(placed(here, known.system)), area)
