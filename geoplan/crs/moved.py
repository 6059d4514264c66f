"""Coordinates of one system in another."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import numpy as np

import pyproj
import shapely
from pyproj.exceptions import ProjError

from geoplan.crs.systems import (
    CENTRE_M,
    DATA_CRS,
    REACH_M,
    WORK_CRS,
    Bounds,
    bound,
    print_crs,
)

if TYPE_CHECKING:
    import geopandas as gpd


# Making one takes 5 ms, and they belong to one thread.
_MADE = threading.local()


def to_work(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return a copy of `frame` (any known CRS) in `WORK_CRS`, metres."""
    return _bound(frame).to_crs(WORK_CRS)


def to_data(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return a copy of `frame` (any known CRS) in `DATA_CRS`, degrees."""
    return _bound(frame).to_crs(DATA_CRS)


def work_to_data(geometries: np.ndarray) -> np.ndarray:
    """Return geometries in `WORK_CRS` as geometries in `DATA_CRS`; same shape, new objects."""
    return transformed(geometries, source=WORK_CRS, target=DATA_CRS)


def data_to_work(geometries: np.ndarray) -> np.ndarray:
    """Return geometries in `DATA_CRS` as geometries in `WORK_CRS`; same shape, new objects."""
    return transformed(geometries, source=DATA_CRS, target=WORK_CRS)


def data_to_print(geometries: np.ndarray, meridian: float) -> np.ndarray:
    """Return geometries in `DATA_CRS` in :func:`print_crs` of `meridian`; new objects."""
    return transformed(geometries, source=DATA_CRS, target=print_crs(meridian))


def print_to_data(geometries: np.ndarray, meridian: float) -> np.ndarray:
    """Return geometries in :func:`print_crs` of `meridian` in `DATA_CRS`; new objects."""
    return transformed(geometries, source=print_crs(meridian), target=DATA_CRS)


def any_to_work(geometries: np.ndarray, source: pyproj.CRS) -> np.ndarray:
    """Return geometries of `source` in `WORK_CRS`."""
    return (
        geometries
        if source == WORK_CRS
        else transformed(geometries, source=source, target=WORK_CRS)
    )


def work_to_any(geometries: np.ndarray, target: pyproj.CRS) -> np.ndarray:
    """Return geometries of `WORK_CRS` in `target`."""
    return (
        geometries
        if target == WORK_CRS
        else transformed(geometries, source=WORK_CRS, target=target)
    )


def xy_to_work(
    x: np.ndarray, y: np.ndarray, *, source: pyproj.CRS
) -> tuple[np.ndarray, np.ndarray]:
    """Return coordinates of `source` in `WORK_CRS`; the same arrays where they are in it."""
    if source == WORK_CRS:
        return x, y
    made = _transformer(source, WORK_CRS).transform(x, y)
    return np.asarray(made[0]), np.asarray(made[1])


def xy_to_any(
    x: np.ndarray, y: np.ndarray, *, source: pyproj.CRS, target: pyproj.CRS
) -> tuple[np.ndarray, np.ndarray]:
    """Return coordinates of `source` in `target`; the same arrays where both are one system."""
    if source == target:
        return x, y
    made = _transformer(source, target).transform(x, y)
    return np.asarray(made[0]), np.asarray(made[1])


def xy_back(
    x: np.ndarray, y: np.ndarray, *, source: pyproj.CRS, target: pyproj.CRS
) -> tuple[np.ndarray, np.ndarray]:
    """Return coordinates of `target` in `source`: `xy_to_any` turned round, the same operation."""
    if source == target:
        return x, y
    made = _transformer(source, target).transform(x, y, direction="INVERSE")
    return np.asarray(made[0]), np.asarray(made[1])


def bounds_to_any(bounds: Bounds, *, source: pyproj.CRS, target: pyproj.CRS) -> Bounds:
    """Return the box in `target` that holds a box of `source`, its edges densified."""
    if source == target:
        return bounds
    west, south, east, north = _transformer(source, target).transform_bounds(*bounds)
    return (west, south, east, north)


def within_reach(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return which places, in `WORK_CRS`, are finite and where its areas are right."""
    with np.errstate(invalid="ignore", over="ignore"):
        return np.asarray(np.hypot(x, y - CENTRE_M) <= REACH_M)


def bounds_to_data(box: Bounds, source: pyproj.CRS) -> Bounds | None:
    """Return a box of `source` in degrees, or None where its numbers have no place there."""
    try:
        west, south, east, north = _transformer(source, DATA_CRS).transform_bounds(*box)
    except ProjError:
        return None
    if not np.isfinite([west, south, east, north]).all():
        return None
    in_range = max(abs(west), abs(east)) <= 360 and max(abs(south), abs(north)) <= 90
    return (west, south, east, north) if in_range else None


def comes_back(x: float, y: float, *, system: pyproj.CRS) -> bool:
    """Return whether a place of `system` is one: brought to the globe and back, it is the same."""
    globe = system.geodetic_crs
    if globe is None or globe == system:
        return True
    try:
        there = _transformer(system, globe).transform(x, y)
        back = _transformer(globe, system).transform(*there)
    except ProjError:
        return False
    return bool(np.allclose(back, (x, y), rtol=1e-6, atol=1))


def _bound(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    known = frame.crs
    return frame.set_crs(bound(known), allow_override=True) if known and known.is_bound else frame


def _transformer(source: pyproj.CRS, target: pyproj.CRS) -> pyproj.Transformer:
    if not hasattr(_MADE, "transformers"):
        _MADE.transformers = {}
    made: dict[tuple[pyproj.CRS, pyproj.CRS], pyproj.Transformer] = _MADE.transformers
    if (source, target) not in made:
        made[source, target] = pyproj.Transformer.from_crs(
            bound(source), bound(target), always_xy=True
        )
    return made[source, target]


def transformed(geometries: np.ndarray, *, source: pyproj.CRS, target: pyproj.CRS) -> np.ndarray:
    """Return geometries of one system in another; same shape, new objects."""
    transformer = _transformer(source, target)
    return np.asarray(shapely.transform(geometries, transformer.transform, interleaved=False))
