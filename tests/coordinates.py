"""Numbers as people's files have them: places of China in one system or another."""

from __future__ import annotations

import numpy as np

import pyproj
import shapely

from geoplan import crs
from geoplan.reading import Notice

SHANXI = (110.2, 34.5, 114.6, 40.8)
XINJIANG = (80.0, 38.0, 90.0, 47.0)
"""Here both orders of degrees are degrees."""

TOWN = (112.4, 37.5, 112.8, 37.9)
"""Somewhere in Shanxi."""


def scattered(box: crs.Bounds, n: int = 200, *, seed: int = 1) -> np.ndarray:
    """Return n places (n, 2) in a box of degrees, the corners among them; the same each time."""
    west, south, east, north = box
    dots = np.random.default_rng(seed).uniform(size=(n, 2))
    dots[:4] = [(0, 0), (0, 1), (1, 0), (1, 1)]
    return np.asarray((west, south) + dots * (east - west, north - south))


def projected(degrees: np.ndarray, code: int | str) -> np.ndarray:
    """Return places of CGCS2000 in another system, by PROJ alone."""
    to = pyproj.Transformer.from_crs(4490, code, always_xy=True)
    return np.column_stack(to.transform(*degrees.T))


def back(numbers: np.ndarray, option: str) -> np.ndarray:
    """Return numbers of a system in degrees of CGCS2000, by PROJ alone."""
    to = pyproj.Transformer.from_crs(crs.given(option), 4490, always_xy=True)
    return np.column_stack(to.transform(*numbers.T))


def metres_between(one: np.ndarray, other: np.ndarray) -> float:
    """Return the largest distance between places, two by two."""
    return float(np.max(pyproj.Geod(ellps="GRS80").inv(*one.T, *other.T)[2]))


def codes(notices: tuple[Notice, ...]) -> list[str]:
    """Return the codes of notices, in their order."""
    return [each.code for each in notices]


def of(notices: tuple[Notice, ...], code: str) -> Notice:
    """Return the one notice of a code."""
    (found,) = [each for each in notices if each.code == code]
    return found


def proposals(notice: Notice) -> list[str]:
    """Return options that a notice proposes, the best first, without what they mean."""
    return [each.split(" (")[0].strip("'") for each in notice.proposal.split("; or ")]


def look(
    numbers: np.ndarray,
    stated: int | str | None = None,
    *,
    area: crs.Bounds = SHANXI,
    borders: shapely.Geometry | None = None,
) -> tuple[Notice, ...]:
    """Ask the detective."""
    system = None if stated is None else pyproj.CRS(stated)
    return crs.suspected(system, numbers, area=area, borders=borders)
