"""A layer whose shapes are made sound, and what was wrong with them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

import geopandas as gpd
import shapely

from geoplan import crs, geometry
from geoplan.errors import GeometryError, coded
from geoplan.reading import Notice
from geoplan.repair.doubles import double_rows, repeated_ids
from geoplan.repair.faults import examined
from geoplan.repair.kinds import Kind, chosen_kind, of_kind
from geoplan.repair.limits import Limits, Mended, check_limits, rows_of, told
from geoplan.repair.near import near_vertices, thin_polygons, without_near
from geoplan.repair.sizes import areas_m2, tolerance
from geoplan.repair.words import repairs_told

_EMPTY = {
    "polygons": shapely.Polygon(),
    "lines": shapely.LineString(),
    "points": shapely.Point(),
}


@dataclass
class _Work:
    """Shapes as they become, and what was done to them."""

    shapes: np.ndarray
    system: crs.CRS | None
    kind: Kind
    notices: list[Notice] = field(default_factory=list)
    changes: dict[int, tuple[float, float, str]] = field(default_factory=dict)
    """By position: area before and after in m² (or units of no system), and why."""


def mended(
    frame: gpd.GeoDataFrame,
    *,
    limits: Limits | None = None,
    kind: Kind | None = None,
    ids: str | None = None,
) -> Mended:
    """Make the shapes of a layer sound, and tell what was wrong by kind.

    What is valid is not touched. Invalid polygons are made valid by their structure
    (shells bound area, holes take it away, a place counts once). The area before is what
    the rings say when each is taken by itself: shells less holes, part by part, each
    enclosing what `even_odd` says; so a place in two parts counts twice, and a figure
    eight has both its lobes. Areas are those on the ellipsoid.

    Parameters
    ----------
    frame
        A layer in its own system, which may be unknown; then no areas are told.
    kind
        What is kept; by default what most rows are.
    ids
        Column that should hold each value once, if any.

    Raises
    ------
    GeometryError
        Coordinates that are no numbers (code ``repair.not_finite``), or repairs beyond
        `limits` (``repair.limit``).
    """
    limits = limits or Limits()
    given = np.array(frame.geometry.to_numpy(), dtype=object)
    check_finite(given)
    blank = shapely.is_missing(given) | shapely.is_empty(given)
    work = _Work(given.copy(), frame.crs, kind or chosen_kind(given[~blank]))
    _tell_blank(work)
    _flatten(work, ~blank)
    left_out = _keep_kind(work, np.flatnonzero(~blank))
    if work.kind == "polygons":
        _repair_polygons(work, limits)
    elif work.kind == "lines":
        _repair_lines(work)
    _check(work, limits, rows=int((~blank).sum()), left_out=left_out)
    here = np.flatnonzero(~(shapely.is_missing(work.shapes) | shapely.is_empty(work.shapes)))
    near = tolerance(limits.near_m, work.system)
    work.notices += near_vertices(work.shapes, here, near=near)
    if work.kind == "polygons":
        work.notices += thin_polygons(work.shapes, here, near=near)
    made = frame.set_geometry(gpd.GeoSeries(work.shapes, index=frame.index, crs=frame.crs))
    kept, notices = double_rows(made, here, drop=limits.drop_duplicates)
    work.notices += notices
    work.notices += repeated_ids(made, ids)
    return _result(work, kept)


def check_finite(given: np.ndarray) -> None:
    """Raise `GeometryError` where a coordinate is no finite number, with its row."""
    wrong = geometry.not_finite(given)
    if len(wrong):
        raise coded(
            GeometryError(
                f"{len(wrong)} of {len(given)} features have coordinates that are no finite "
                f"numbers, the first is row {wrong[0] + 1}; export the file again without them"
            ),
            "repair.not_finite",
        )


def _result(work: _Work, kept: gpd.GeoDataFrame) -> Mended:
    places = sorted(work.changes)
    known = work.system is not None
    sizes = [work.changes[i] if known else (np.nan, np.nan, "") for i in places]
    return Mended(
        kept,
        tuple(work.notices),
        np.array(places, dtype=np.int64),
        np.array([before for before, _, _ in sizes], dtype=float),
        np.array([after for _, after, _ in sizes], dtype=float),
        tuple(work.changes[i][2] for i in places),
    )


def _tell_blank(work: _Work) -> None:
    missing = np.flatnonzero(shapely.is_missing(work.shapes))
    empty = np.flatnonzero(shapely.is_empty(work.shapes) & ~shapely.is_missing(work.shapes))
    if len(missing):
        message = f"{len(missing)} row(s) without a shape; they count nowhere"
        work.notices.append(told("repair.null", "warning", missing, message=message))
    if len(empty):
        message = f"{len(empty)} row(s) with an empty shape; they count nowhere"
        work.notices.append(told("repair.empty", "warning", empty, message=message))


def _flatten(work: _Work, there: np.ndarray) -> None:
    """Leave out heights and measures."""
    high = np.flatnonzero(there & shapely.has_z(work.shapes))
    measured = np.flatnonzero(there & shapely.has_m(work.shapes))
    if len(high):
        message = f"heights (Z) of {len(high)} shape(s) were left out; areas are those on the map"
        work.notices.append(told("repair.z_dropped", "info", high, message=message))
    if len(measured):
        message = f"measures (M) of {len(measured)} shape(s) were left out"
        work.notices.append(told("repair.m_dropped", "info", measured, message=message))
    both = np.union1d(high, measured)
    work.shapes[both] = shapely.force_2d(work.shapes[both])


def _keep_kind(work: _Work, there: np.ndarray) -> np.ndarray:
    """Keep what is of the layer's kind; return the positions of rows left out."""
    made, lost, cut = of_kind(work.shapes[there], work.kind)
    work.shapes[there] = made
    left: np.ndarray = there[lost]
    mixed = there[cut]
    for i in left.tolist():
        work.shapes[i] = _EMPTY[work.kind]
        work.changes[i] = (0.0, 0.0, f"no {work.kind} in it")
    if len(left):
        message = f"{len(left)} of {len(there)} shape(s) are no {work.kind}: left out"
        notice = told("repair.mixed_kinds", "warning", left, message=message)
        work.notices.append(notice)
    if len(mixed):
        message = f"{len(mixed)} shape(s) of several kinds: only their {work.kind} are kept"
        notice = told("repair.collections", "warning", mixed, message=message)
        work.notices.append(notice)
    return left


def _repair_polygons(work: _Work, limits: Limits) -> None:
    positions = np.flatnonzero(~shapely.is_valid(work.shapes) & ~shapely.is_missing(work.shapes))
    if not len(positions):
        return
    broken = work.shapes[positions]
    fixed, near = without_near(broken, tolerance(limits.near_m, work.system))
    faults = examined(broken, fixed)
    system = work.system or crs.WORK_CRS  # of no system, areas are compared in its own units
    sizes = areas_m2(faults.before, system) * faults.sign
    by_part = np.bincount(faults.part, weights=sizes)
    owner = np.zeros(len(by_part), dtype=np.int64)
    owner[faults.part] = faults.owner
    before = np.bincount(owner, weights=np.maximum(by_part, 0), minlength=len(broken))
    after = areas_m2(fixed, system)
    for n in near.tolist():
        places = [place for each in faults.found[n].values() for place in each]
        faults.found[n] = {"repair.near_duplicates": places}
    work.shapes[positions] = fixed
    for n, i in enumerate(positions.tolist()):
        reasons = [place for places in faults.found[n].values() for place in places]
        work.changes[i] = (float(before[n]), float(after[n]), "; ".join(reasons))
    gone = np.flatnonzero(shapely.is_empty(fixed))
    known = work.system is not None
    work.notices += repairs_told(
        positions, faults.found, gone=gone, areas=(before, after) if known else None
    )


def _repair_lines(work: _Work) -> None:
    """Leave out lines of one place, and such parts of lines."""
    positions = np.flatnonzero(~shapely.is_valid(work.shapes) & ~shapely.is_missing(work.shapes))
    for i in positions.tolist():
        parts = shapely.get_parts(work.shapes[i])
        kept = parts[shapely.length(parts) > 0]
        work.shapes[i] = shapely.multilinestrings(kept) if len(kept) else shapely.LineString()
        work.changes[i] = (0.0, 0.0, "a line of one place")
    if len(positions):
        message = f"{len(positions)} line(s) with a part of one place: that part was left out"
        notice = told("repair.too_few_points", "warning", positions, message=message)
        work.notices.append(notice)


def _check(work: _Work, limits: Limits, *, rows: int, left_out: np.ndarray) -> None:
    if len(left_out) > limits.rows_share * rows:
        raise coded(
            GeometryError(
                f"{len(left_out)} of {len(work.shapes)} features are no {work.kind}, the first is "
                f"row {left_out[0] + 1}; at most {limits.rows_share:.0%} are left out. Rows: "
                f"{', '.join(map(str, rows_of(left_out)))}. Save each kind as a file of its own"
            ),
            "repair.mixed_kinds",
        )
    places = np.array(sorted(work.changes), dtype=np.int64)
    change = np.array([work.changes[i][1] - work.changes[i][0] for i in places.tolist()])
    if not np.any(np.abs(change) > 0):
        return
    total = float(np.nansum(areas_m2(work.shapes, work.system or crs.WORK_CRS)))
    measured = work.system is not None
    check_limits(
        limits, rows=rows, total_m2=total, positions=places, change_m2=change, measured=measured
    )
