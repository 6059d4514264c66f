"""Where a layer lies, and what its shapes are."""

from __future__ import annotations

from collections import Counter

import numpy as np

import geopandas as gpd
import shapely

from geoplan import crs, geometry
from geoplan.intake.ground import Ground
from geoplan.intake.model import Place, Shapes

MOST_CUT = 20_000
"""Shapes across the border of the units that are cut there for the part outside."""


def shapes_of(frame: gpd.GeoDataFrame, fixed: gpd.GeoDataFrame, *, sampled: bool) -> Shapes:
    """Return what the shapes of a layer are; `fixed` is the same after repair.

    There is no area of a sample, nor where the system is not known.
    """
    given = np.asarray(frame.geometry.to_numpy())
    there = ~shapely.is_missing(given)
    kinds = Counter(str(shape.geom_type) for shape in given[there])
    wrong = given[there & ~shapely.is_valid(given)]
    reasons = Counter(str(r).partition("[")[0].strip() for r in shapely.is_valid_reason(wrong))
    return Shapes(
        looked_at=len(given),
        kinds=dict(sorted(kinds.items())),
        vertices=int(shapely.get_num_coordinates(given).sum()),
        null=int((~there).sum()),
        empty=int((there & shapely.is_empty(given)).sum()),
        with_z=int(shapely.has_z(given).sum()),
        invalid=dict(sorted(reasons.items())),
        area_km2=None if sampled else area_km2(fixed),
        length_km=None if sampled else length_km(fixed),
    )


def area_km2(frame: gpd.GeoDataFrame) -> float | None:
    """Return the area of all polygons on the ellipsoid; None without any, or where it is unsafe.

    That is without a system, and where shapes lie so far from China that the equal-area system
    has no place for them.
    """
    shapes = _there(frame)
    if frame.crs is None or not (shapely.get_dimensions(shapes) == 2).any():
        return None
    work = np.asarray(crs.any_to_work(shapes, frame.crs))
    xy = shapely.get_coordinates(work)
    if not np.isfinite(xy).all() or not crs.within_reach(xy[:, 0], xy[:, 1]).all():
        return None
    return float(shapely.area(work).sum() / 1e6)


def place_of(frame: gpd.GeoDataFrame, ground: Ground) -> Place:
    """Return where the shapes of a layer lie; those without a system lie nowhere."""
    nowhere = Place(None, ground.scope, (), 0, None)
    if frame.crs is None:
        return nowhere
    work = np.asarray(crs.any_to_work(_there(frame), frame.crs))
    xy, owners = shapely.get_coordinates(work, return_index=True)
    lost = np.unique(owners[~np.isfinite(xy).all(axis=1)])
    work = np.delete(work, lost)
    if not len(work):
        return nowhere
    bounds = shapely.total_bounds(crs.work_to_data(work))
    west, south, east, north = (float(v) for v in bounds)
    counties = ground.counties
    outlines = crs.data_to_work(np.asarray(counties.geometry.to_numpy()))
    at, found = _in_counties(work, outlines)
    counts = Counter(found.tolist())
    told = [
        {
            "adcode": str(counties["adcode"].iloc[n]),
            "name": str(counties["name"].iloc[n]),
            "features": count,
        }
        for n, count in sorted(counts.items(), key=lambda pair: counties["adcode"].iloc[pair[0]])
    ]
    inside = len(np.unique(at))
    share = _share_outside(work, ground)
    box = (west, south, east, north)
    return Place(box, ground.scope, tuple(told), len(work) - inside + len(lost), share)


def _in_counties(work: np.ndarray, outlines: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return pairs of a shape and a county that share more than a border.

    That is a square metre, a metre of a line, or a point; one on a border is in the first.
    """
    at, found = shapely.STRtree(outlines).query(work, predicate="intersects")
    dims = shapely.get_dimensions(work)[at]
    shapely.prepare(outlines)
    inside = shapely.contains_properly(outlines[found], work[at])
    open_ = np.flatnonzero(~inside & (dims > 0))
    shared = shapely.intersection(work[at[open_]], outlines[found[open_]])
    size = np.where(dims[open_] == 2, shapely.area(shared), shapely.length(shared))
    kept = np.ones(len(at), dtype=bool)
    kept[open_[size <= geometry.SLIVER_M2]] = False
    points = np.flatnonzero(dims == 0)
    kept[np.setdiff1d(points, points[np.unique(at[points], return_index=True)[1]])] = False
    return at[kept], found[kept]


def length_km(frame: gpd.GeoDataFrame) -> float | None:
    """Return the length of all lines on the ellipsoid; None without any, or without a system."""
    shapes = _there(frame)
    lines = shapes[shapely.get_dimensions(shapes) == 1]
    if frame.crs is None or not len(lines):
        return None
    work = np.asarray(crs.any_to_work(lines, frame.crs))
    total = sum(crs.geodesic_length_m(line) for line in work)
    return total / 1e3 if np.isfinite(total) else None


def _share_outside(work: np.ndarray, ground: Ground) -> float | None:
    """Return the part of the area of polygons that lies outside of the units."""
    polygons = work[shapely.get_dimensions(work) == 2]
    total = float(shapely.area(polygons).sum())
    if not total:
        return None
    whole = ground.whole
    shapely.prepare(whole)
    across = polygons[~shapely.contains_properly(whole, polygons)]
    if len(across) > MOST_CUT:
        return None
    outside = float(shapely.area(shapely.difference(across, whole)).sum())
    return min(1.0, outside / total)


def _there(frame: gpd.GeoDataFrame) -> np.ndarray:
    given = np.asarray(frame.geometry.to_numpy())
    there = ~(shapely.is_missing(given) | shapely.is_empty(given))
    return np.asarray(shapely.force_2d(given[there]))
