"""GCJ-02 and BD-09: the shifted degrees of Chinese web maps, and the way back.

Neither is a coordinate system of PROJ. The authority that made GCJ-02 has never published it;
what is used here is the formula that has been public since 2012 (eviltransform, MIT licence,
googollee; for BD-09 the constants that Baidu's users agree on). Against the web maps themselves
the formula is reported to be right to 1 to 2 m, BD-09 to a few metres; nobody can vouch
for either. The way back is iterated until it meets the formula to 1e-10 degrees, 0.01 mm: what is
shifted and unshifted here comes back the same. CGCS2000 and WGS 84, of which the formula speaks,
differ by decimetres and are taken as one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

import numpy as np

import shapely

from geoplan.errors import DataError, UsageError

SHIFTED: Final = ("GCJ-02", "BD-09")
"""The shifted degrees that are known, as they are named to people."""

SHIFT_ACCURACY_M: Final = {"GCJ-02": 2.0, "BD-09": 5.0}
"""How far the public formula may be from the web maps, in metres, as its users report."""

CHINA: Final = (72.004, 0.8293, 137.8347, 55.8271)
"""West, south, east, north: outside of this box nothing is shifted."""

_AXIS_M, _ECCENTRICITY2 = 6378245.0, 0.00669342162296594323
_BAIDU, _BAIDU_EAST, _BAIDU_NORTH = np.pi * 3000 / 180, 0.0065, 0.006
_ROUNDS, _CLOSE = 30, 1e-10


def shifted(text: str) -> bool:
    """Return whether a person names shifted degrees: ``GCJ-02``, ``gcj02``, ``BD-09``."""
    return _called(text) is not None


def shift_name(text: str) -> str:
    """Return one of `SHIFTED` for what a person writes.

    Raises `UsageError` where it is none of them.
    """
    found = _called(text)
    if found is None:
        raise UsageError(f"{text!r} are no shifted degrees; known are {' and '.join(SHIFTED)}")
    return found


def shifted_from(geometries: np.ndarray, text: str) -> np.ndarray:
    """Return geometries in `DATA_CRS` as the web maps of `text` have them; two dimensions.

    Raises
    ------
    UsageError
        `text` is not one of `SHIFTED`.
    DataError
        Coordinates that are no degrees.
    """
    name = shift_name(text)
    return _moved(geometries, lambda xy: shift_xy(xy, name))


def unshifted(geometries: np.ndarray, text: str) -> np.ndarray:
    """Return geometries in the degrees of `text` in `DATA_CRS`; the inverse of `shifted_from`.

    What lies outside of `CHINA` stays; within a kilometre of that box's edge, which runs
    through sea and other states, the formula itself does not say what is shifted.

    Raises
    ------
    UsageError
        `text` is not one of `SHIFTED`.
    DataError
        Coordinates that are no degrees.
    """
    name = shift_name(text)
    return _moved(geometries, lambda xy: unshift_xy(xy, name))


def shift_xy(xy: np.ndarray, name: str) -> np.ndarray:
    """Return places, (n, 2) in degrees of `DATA_CRS`, as `name` of `SHIFTED` has them."""
    return np.where(_in_china(xy)[:, None], _forward(xy, name), xy)


def unshift_xy(xy: np.ndarray, name: str) -> np.ndarray:
    """Return places, (n, 2) in degrees of `name` of `SHIFTED`, in `DATA_CRS`."""
    inside = _in_china(xy)
    aim = xy[inside]
    found = aim.copy()
    for _ in range(_ROUNDS):
        error = aim - _forward(found, name)
        found += error
        if not error.size or np.abs(error).max() < _CLOSE:
            break
    made = np.array(xy, dtype=float)
    made[inside] = found
    return made


def _called(text: str) -> str | None:
    plain = re.sub(r"[\s_-]", "", text).upper()
    return {"GCJ02": "GCJ-02", "BD09": "BD-09", "BD09LL": "BD-09"}.get(plain)


def _moved(geometries: np.ndarray, move: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    xy = shapely.get_coordinates(geometries)
    with np.errstate(invalid="ignore"):
        wrong = int((~(np.abs(xy) <= (360, 90)).all(axis=1)).sum()) if len(xy) else 0
    if wrong:
        raise DataError(
            f"{wrong} of {len(xy)} coordinates are no degrees, and only degrees are in GCJ-02 or "
            "BD-09; state the system that the numbers are in, bring them to degrees (EPSG:4490) "
            "and unshift those"
        )
    return np.asarray(shapely.transform(geometries, move))


def _in_china(xy: np.ndarray) -> np.ndarray:
    west, south, east, north = CHINA
    with np.errstate(invalid="ignore"):
        return np.asarray(((xy >= (west, south)) & (xy <= (east, north))).all(axis=1))


def _forward(xy: np.ndarray, name: str) -> np.ndarray:
    made = np.asarray(xy + _gcj_offset(xy))
    if name == "GCJ-02":
        return made
    x, y = made.T
    radius = np.hypot(x, y) + 2e-5 * np.sin(y * _BAIDU)
    angle = np.arctan2(y, x) + 3e-6 * np.cos(x * _BAIDU)
    east, north = radius * np.cos(angle) + _BAIDU_EAST, radius * np.sin(angle) + _BAIDU_NORTH
    return np.column_stack([east, north])


def _gcj_offset(xy: np.ndarray) -> np.ndarray:
    """Return degrees east and north by which GCJ-02 moves places, which may be outside of China."""
    x, y = xy[:, 0] - 105, xy[:, 1] - 35
    root = np.sqrt(np.abs(x))
    ripple = 20 * np.sin(6 * np.pi * x) + 20 * np.sin(2 * np.pi * x)
    north_m = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    north_m += (ripple + _waves(y, (20, 1), (40, 1 / 3), (160, 1 / 12), (320, 1 / 30))) * 2 / 3
    east_m = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    east_m += (ripple + _waves(x, (20, 1), (40, 1 / 3), (150, 1 / 12), (300, 1 / 30))) * 2 / 3
    latitude = np.radians(xy[:, 1])
    square = 1 - _ECCENTRICITY2 * np.sin(latitude) ** 2
    along = _AXIS_M * (1 - _ECCENTRICITY2) / square**1.5
    across = _AXIS_M / np.sqrt(square) * np.cos(latitude)
    return np.asarray(np.degrees(np.column_stack([east_m / across, north_m / along])))


def _waves(at: np.ndarray, *waves: tuple[float, float]) -> np.ndarray:
    """Return the sum of sines at `at`: their heights, and their frequencies in half turns."""
    return np.asarray(sum(height * np.sin(np.pi * rate * at) for height, rate in waves))
