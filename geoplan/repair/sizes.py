"""Areas of shapes before and after repair: on the ellipsoid, wherever they lie."""

from __future__ import annotations

import numpy as np

import shapely

from geoplan import crs, geometry

STEP_DEGREES, STEP_M = 0.1, 10_000.0
"""Longest edge that is moved to another system as it is; longer ones are densified."""

MOST_STEPS = 10_000
"""How many of these a shape may be wide: the whole Earth is 4,000."""


def areas_m2(geometries: np.ndarray, system: crs.CRS | None) -> np.ndarray:
    """Return the areas of valid polygons of `system` in square metres on the ellipsoid.

    In `crs.WORK_CRS`, or where that has no place for a shape, in `crs.WORLD_CRS`. NaN
    where `system` is not known, or a shape has no place in it.
    """
    if system is None:
        return np.full(len(geometries), np.nan)
    if system == crs.WORK_CRS:
        return np.asarray(shapely.area(geometries))
    if len(geometries) == 0:
        return np.zeros(0)
    longest = step(system)
    with np.errstate(invalid="ignore", over="ignore"):
        boxes = shapely.bounds(geometries)
        sides = np.nan_to_num((boxes[:, 2:] - boxes[:, :2]).max(axis=1, initial=0.0))
    # A shape so wide has no place in any system, and would be cut into billions of edges.
    placed = sides <= MOST_STEPS * longest
    fine = shapely.segmentize(np.where(placed, geometries, shapely.Polygon()), longest)
    with np.errstate(invalid="ignore"):
        work = crs.any_to_work(fine, system)
        made = np.asarray(shapely.area(work))
        points, owners = shapely.get_coordinates(work, return_index=True)
        far = np.unique(owners[~crs.within_reach(points[:, 0], points[:, 1])])
        if len(far):
            made[far] = crs.any_world_area_m2(fine[far], system)
    return np.where(placed & np.isfinite(made), made, np.nan)


def step(system: crs.CRS) -> float:
    """Return the longest edge, in units of `system`, that need not be densified."""
    return STEP_DEGREES if system.is_geographic else STEP_M / crs.unit_m(system)


def tolerance(near_m: float, system: crs.CRS | None) -> float:
    """Return metres in units of `system`; none where it is not known, so only the same is near."""
    if system is None:
        return 0.0
    if not system.is_geographic:
        return near_m / crs.unit_m(system)
    radius_m = 6_378_137.0
    return near_m / (radius_m * crs.unit_m(system))


def even_odd(rings: np.ndarray) -> np.ndarray:
    """Return what closed rings (an array of LinearRings) enclose, as valid polygons.

    A place belongs to a ring if a line from it to far away crosses the ring an odd number of
    times. So both lobes of a figure eight count, though its signed area is 0, and the middle
    of a star drawn in one go does not. An edge that is drawn several times counts as one.
    """
    made = shapely.polygons(rings) if len(rings) else np.zeros(0, dtype=object)
    broken = np.flatnonzero(~shapely.is_valid(made))
    made[broken] = [geometry.polygonal(shape) for shape in shapely.make_valid(made[broken])]
    return np.asarray(made)
