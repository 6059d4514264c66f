"""Vertices that are so near to one another that they are one, and slips between them."""

from __future__ import annotations

import numpy as np

import shapely

from geoplan import geometry
from geoplan.reading import Notice
from geoplan.repair.limits import told


def without_near(broken: np.ndarray, near: float) -> tuple[np.ndarray, np.ndarray]:
    """Repair invalid polygons: by leaving out near vertices if that is enough, else by structure.

    Parts that a repair by structure leaves, and that are narrower than `near`, are left out.

    Returns
    -------
    fixed
        Valid polygons.
    near
        Positions of those where near vertices were all that was wrong.
    """
    merged = np.array([_merged(shape, near) for shape in broken], dtype=object)
    enough = shapely.is_valid(merged) & (shapely.area(merged) > 0)
    fixed, _, _ = geometry.repair(broken)
    fixed[~enough] = [_without_dust(shape, near) for shape in fixed[~enough]]
    fixed[enough] = merged[enough]
    return fixed, np.flatnonzero(enough)


def _merged(shape: shapely.Geometry, near: float) -> shapely.Geometry:
    try:
        return shapely.remove_repeated_points(shape, near)
    except shapely.errors.GEOSException:  # a ring of fewer than three places
        return shape


def _without_dust(shape: shapely.Geometry, near: float) -> shapely.Geometry:
    parts = shapely.get_parts(shape)
    wide = shapely.area(parts) > near * shapely.length(parts) / 2
    if wide.all():
        return shape
    kept = parts[wide]
    return kept[0] if len(kept) == 1 else shapely.multipolygons(kept) if len(kept) else _NONE


_NONE = shapely.Polygon()


def near_vertices(shapes: np.ndarray, there: np.ndarray, *, near: float) -> list[Notice]:
    """Tell of valid shapes with vertices as near as `near`, in their own units; they stay."""
    positions = there[_has_near(shapes[there], near)]
    if not len(positions):
        return []
    message = (
        f"{len(positions)} valid shape(s) have vertices at the same place or nearer than the "
        "tolerance; they stay as they are, since areas are right and neighbours may share them"
    )
    return [told("repair.near_duplicates", "info", positions, message=message)]


def thin_polygons(shapes: np.ndarray, there: np.ndarray, *, near: float) -> list[Notice]:
    """Tell of valid polygons narrower than `near` on average, in their own units; they stay."""
    given = shapes[there]
    area = np.asarray(shapely.area(given))
    positions = there[(area > 0) & (2 * area <= near * np.asarray(shapely.length(given)))]
    if not len(positions):
        return []
    message = (
        f"{len(positions)} polygon(s) are narrower than the tolerance for vertices: drawn as "
        "lines, as it seems; they stay, and have next to no area"
    )
    return [told("repair.thin", "info", positions, message=message)]


def _has_near(shapes: np.ndarray, near: float) -> np.ndarray:
    """Return which shapes have consecutive vertices that are as near."""
    xy, owner = shapely.get_coordinates(shapes, return_index=True)
    close = np.abs(np.diff(xy[:, 0])) <= near
    close &= np.abs(np.diff(xy[:, 1])) <= near
    close &= owner[1:] == owner[:-1]
    suspect = np.unique(owner[1:][close])
    found = np.zeros(len(shapes), dtype=bool)
    if not len(suspect):
        return found
    # A ring may begin where the one before it ends: so the rest is done ring by ring.
    lines, line_owner = _lines_of(shapes[suspect])
    xy, owner = shapely.get_coordinates(lines, return_index=True)
    length = np.hypot(*np.diff(xy, axis=0).T)
    close = owner[1:][(length <= near) & (owner[1:] == owner[:-1])]
    found[suspect[np.unique(line_owner[close])]] = True
    return found


def _lines_of(shapes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    parts, owner = shapely.get_parts(shapes, return_index=True)
    if shapely.get_dimensions(parts[0]) == 2:
        rings, part = shapely.get_rings(parts, return_index=True)
        return rings, owner[part]
    return parts, owner
