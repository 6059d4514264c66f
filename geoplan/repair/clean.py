"""Polygons made a coverage: no overlaps, no narrow gaps, the outer border where it was."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

import geopandas as gpd
import shapely

from geoplan import crs, geometry
from geoplan.errors import MissingCRSError
from geoplan.reading import Notice
from geoplan.repair.coverage import SLIVER_M
from geoplan.repair.faces import divided
from geoplan.repair.limits import Limits, Mended, check_limits, size_of, told
from geoplan.repair.mend import mended

DIGITS_M = 1e-8
"""What is nearer than this is the same place: in degrees, places lie a tenth of that apart."""


def cleaned(
    frame: gpd.GeoDataFrame,
    *,
    gap_m: float = SLIVER_M,
    limits: Limits | None = None,
) -> Mended:
    """Make the polygons of a layer a coverage whose outer border does not move.

    What several polygons claim goes to that of them along which it lies longest; gaps that
    are closed, and into which no circle of `gap_m` fits, go to a neighbour; vertices that
    are missing on one side of a border are put in. No vertex moves, so the outer border
    stays where it is; a slit that is open to the outside stays open. Edges are straight in
    `crs.WORK_CRS`; vertices that were there keep every digit in the layer's own system.

    Raises
    ------
    MissingCRSError
        If the layer's system is not known.
    GeometryError
        Beyond `limits`, with code ``repair.limit``.
    """
    if frame.crs is None:
        raise MissingCRSError("the coordinate system is not known: no widths can be told")
    limits = limits or Limits()
    sound = mended(frame, limits=limits, kind="polygons")
    own = np.array(sound.frame.geometry.to_numpy(), dtype=object)
    there = np.flatnonzero(~(shapely.is_missing(own) | shapely.is_empty(own)))
    before, _, _ = geometry.repair(crs.any_to_work(own[there], frame.crs))
    if not len(there) or shapely.coverage_is_valid(before, gap_width=gap_m):
        return sound
    after, filled, shared = divided(before, gap_m)
    change = shapely.area(after) - shapely.area(before)
    moved = np.flatnonzero(~_same(before, after))
    if not len(moved):
        return sound
    check_limits(
        limits,
        rows=len(there),
        total_m2=float(shapely.area(before).sum()),
        positions=there[moved],
        change_m2=change[moved],
    )
    own[there[moved]] = _in_own_system(after[moved], before, own[there], frame.crs)
    made = sound.frame.set_geometry(
        gpd.GeoSeries(own, index=sound.frame.index, crs=sound.frame.crs)
    )
    return _told(sound, made, there[moved], (before[moved], after[moved]), (filled, shared))


def _same(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Return which shapes have the same vertices, wherever their rings begin."""
    old, new = shapely.normalize(before), shapely.normalize(after)
    return np.asarray(shapely.equals_exact(old, new, 0.0), dtype=bool)


def _in_own_system(
    made: np.ndarray, work: np.ndarray, own: np.ndarray, system: crs.CRS
) -> np.ndarray:
    """Return shapes of the work CRS in a layer's own system; old vertices keep every digit."""
    if system == crs.WORK_CRS:
        return made
    moved = shapely.get_coordinates(crs.work_to_any(made, system))
    old, known = shapely.get_coordinates(work), shapely.get_coordinates(own)
    if len(old) == len(known):
        places = shapely.STRtree(shapely.points(old))
        new, at = places.query_nearest(
            shapely.points(shapely.get_coordinates(made)), max_distance=DIGITS_M, all_matches=False
        )
        moved[new] = known[at]
    back = shapely.set_coordinates(made.copy(), moved)
    return geometry.repair(np.asarray(back, dtype=object))[0]


def _told(
    sound: Mended,
    made: gpd.GeoDataFrame,
    positions: np.ndarray,
    shapes: tuple[np.ndarray, np.ndarray],
    faces: tuple[np.ndarray, np.ndarray],
) -> Mended:
    before, after = (np.asarray(shapely.area(each)) for each in shapes)
    evidence = [
        f"row {n + 1}: {size_of(old)} to {size_of(new)}"
        for n, old, new in zip(positions.tolist(), before.tolist(), after.tolist(), strict=True)
    ]
    filled, shared = (float(shapely.area(each).sum()) for each in faces)
    message = (
        f"{len(positions)} polygon(s) changed to make a coverage: {len(faces[0])} gap(s) of "
        f"{size_of(filled)} filled, {size_of(shared)} claimed twice given to one; the outer "
        "border is where it was"
    )
    notice = told("coverage.cleaned", "warning", positions, message=message, evidence=evidence)
    notice = replace(notice, area_before_m2=float(before.sum()), area_after_m2=float(after.sum()))
    gone = positions[after == 0]
    lost: tuple[Notice, ...] = ()
    if len(gone):
        words = f"{len(gone)} polygon(s) lay wholly in others, and have no area left"
        lost = (told("coverage.vanished", "warning", gone, message=words),)
    others = ~np.isin(sound.changed, positions)
    changed = np.concatenate([sound.changed[others], positions])
    order = np.argsort(changed, kind="stable")
    reasons = [text for text, kept in zip(sound.reasons, others, strict=True) if kept]
    reasons += ["made to fit its neighbours"] * len(positions)
    return Mended(
        made,
        (*sound.notices, notice, *lost),
        changed[order],
        np.concatenate([sound.before_m2[others], before])[order],
        np.concatenate([sound.after_m2[others], after])[order],
        tuple(reasons[n] for n in order.tolist()),
    )
