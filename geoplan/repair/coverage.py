"""Whether polygons divide a region without overlaps and gaps: what is told of those that do not."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

import geopandas as gpd
import shapely

from geoplan import crs, geometry
from geoplan.errors import MissingCRSError
from geoplan.reading import Notice, Severity
from geoplan.repair.limits import size_of, told

SLIVER_M = 1.0
"""Overlaps and gaps narrower than this, in metres, come from drawing, not from a claim."""

MOST_SHAPES = 100_000
"""Shapes that are compared with their neighbours; of more, a part that hangs together is."""

MOST_PAIRS = 500_000
"""Pairs of neighbours whose common area is taken."""

_GRID_M = 0.01
_LEAST_M2 = 1e-4


def coverage(
    frame: gpd.GeoDataFrame, *, sliver_m: float = SLIVER_M, most: int = MOST_SHAPES
) -> tuple[Notice, ...]:
    """Tell of overlaps, gaps and borders that do not match between the polygons of a layer.

    An overlap or gap is a sliver where it is narrower than `sliver_m` on average (twice
    its area by its perimeter). All is taken in `crs.WORK_CRS`, as areas are. Of more than
    `most` polygons, as many that lie together are looked at, without gaps, and that is told.

    Raises
    ------
    MissingCRSError
        If the layer's system is not known: widths could not be told.
    """
    if frame.crs is None:
        raise MissingCRSError("the coordinate system is not known: no widths can be told")
    shapes, rows = _polygons(frame)
    notices: list[Notice] = []
    chosen = np.arange(len(shapes))
    if len(shapes) > most:
        chosen = _together(shapes, most)
        message = (
            f"only {most} of {len(shapes)} polygons, which lie together, were looked at for "
            "overlaps; gaps were not looked for"
        )
        notices.append(Notice("coverage.sampled", "info", message, count=len(shapes)))
    here, rows = shapes[chosen], rows[chosen]
    if not len(here):
        return tuple(notices)
    edges = np.asarray(shapely.coverage_invalid_edges(here, gap_width=0.1 * sliver_m))
    bad = np.flatnonzero(~shapely.is_empty(edges))
    pairs = _overlaps(here, bad)
    if pairs.left_out:
        message = f"{pairs.left_out} pairs of neighbours were not compared: there are too many"
        notices.append(Notice("coverage.sampled", "info", message, count=pairs.left_out))
    notices += _overlaps_told(pairs, rows, sliver_m)
    unmatched = np.setdiff1d(bad, pairs.positions.ravel())
    if len(unmatched):
        notices.append(_edges_told(unmatched, edges, rows))
    if len(shapes) <= most:
        notices += _gaps_told(gaps(here), here, rows, sliver_m)
    return tuple(notices)


def gaps(shapes: np.ndarray) -> list[shapely.Geometry]:
    """Return what lies between polygons of `crs.WORK_CRS` and belongs to none, wider than 10 cm."""
    if shapely.coverage_is_valid(shapes, gap_width=2 * _GRID_M):  # no slits either
        whole = shapely.coverage_union_all(shapes)
    else:
        # On a grid of 1 cm, so that no slit between two borders opens a gap to the outside;
        # what is narrower than 10 cm may come from the grid itself.
        whole = shapely.union_all(shapes, grid_size=_GRID_M)
    holes = holes_of(whole)
    wide = ~shapely.is_empty(shapely.buffer(holes, -5 * _GRID_M))
    return list(holes[wide])


def holes_of(whole: shapely.Geometry) -> np.ndarray:
    """Return the holes of a region as polygons, without the islands in them."""
    parts = shapely.get_parts(whole)
    # A union on a grid leaves what is thinner than the grid as lines.
    parts = parts[shapely.get_dimensions(parts) == 2]
    rings = [ring for part in parts for ring in part.interiors]
    holes = np.array([shapely.Polygon(ring) for ring in rings], dtype=object)
    inside, islands = shapely.STRtree(parts).query(holes, predicate="contains")
    for n in np.unique(inside).tolist():
        here = shapely.union_all(parts[islands[inside == n]])
        holes[n] = shapely.difference(holes[n], here)
    return holes


def _polygons(frame: gpd.GeoDataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return the polygons of a layer in the work CRS, sound, and their positions."""
    given = np.asarray(frame.geometry.to_numpy(), dtype=object)
    there = ~(shapely.is_missing(given) | shapely.is_empty(given))
    rows = np.flatnonzero(there & (shapely.get_dimensions(given) == 2))
    moved = np.asarray(crs.any_to_work(given[rows], frame.crs), dtype=object)
    placed = np.ones(len(moved), dtype=bool)  # no place in the work CRS: nothing to compare
    xy, at = shapely.get_coordinates(moved, return_index=True)
    placed[at[~np.isfinite(xy).all(axis=1)]] = False
    sound, _, _ = geometry.repair(moved[placed])
    rows = rows[placed]
    kept = shapely.area(sound) > 0
    return sound[kept], rows[kept]


def _together(shapes: np.ndarray, most: int) -> np.ndarray:
    """Return positions of as many shapes, those nearest to the middle one, in order."""
    boxes = shapely.bounds(shapes)
    middle = (boxes[:, :2] + boxes[:, 2:]) / 2
    off = np.abs(middle - np.median(middle, axis=0)).max(axis=1)
    return np.sort(np.argsort(off, kind="stable")[:most])


@dataclass(frozen=True)
class _Pairs:
    positions: np.ndarray
    areas_m2: np.ndarray
    widths_m: np.ndarray
    left_out: int


def _overlaps(shapes: np.ndarray, bad: np.ndarray) -> _Pairs:
    """Return the pairs that overlap; in each, one at least has an edge that is wrong."""
    found = shapely.STRtree(shapes).query(shapes[bad], predicate="intersects")
    pairs = np.column_stack([bad[found[0]], found[1]])
    pairs = np.sort(pairs[pairs[:, 0] != pairs[:, 1]], axis=1)
    pairs = np.unique(pairs, axis=0)
    left_out = max(len(pairs) - MOST_PAIRS, 0)
    pairs = pairs[:MOST_PAIRS]
    common = shapely.intersection(shapes[pairs[:, 0]], shapes[pairs[:, 1]])
    areas = np.asarray(shapely.area(common))
    real = areas > _LEAST_M2
    polygons = [geometry.polygonal(shape) for shape in common[real]]
    around = np.asarray(shapely.length(np.array(polygons, dtype=object)))
    return _Pairs(pairs[real], areas[real], 2 * areas[real] / around, left_out)


def _overlaps_told(pairs: _Pairs, rows: np.ndarray, sliver_m: float) -> list[Notice]:
    notices = []
    thin = pairs.widths_m < sliver_m
    kinds: tuple[tuple[str, Severity, np.ndarray, str], ...] = (
        ("coverage.overlap", "warning", ~thin, "overlap"),
        ("coverage.sliver_overlap", "info", thin, f"overlap by less than {sliver_m:g} m of width"),
    )
    for code, severity, which, words in kinds:
        order = np.flatnonzero(which)
        order = order[np.argsort(-pairs.areas_m2[order], kind="stable")]
        if not len(order):
            continue
        total = pairs.areas_m2[order].sum()
        evidence = [
            f"rows {rows[i] + 1} and {rows[j] + 1}: {size_of(area)}"
            for (i, j), area in zip(pairs.positions[order], pairs.areas_m2[order], strict=True)
        ]
        about = np.unique(rows[pairs.positions[order].ravel()])
        message = (
            f"{len(order)} pair(s) of polygons {words}, {size_of(total)} in all; "
            "such places count in both"
        )
        notice = told(
            code,
            severity,
            about,
            message=message,
            evidence=evidence,
            proposal="--clean-coverage gives each place to one polygon",
        )
        notices.append(replace(notice, area_before_m2=float(total)))
    return notices


def _edges_told(unmatched: np.ndarray, edges: np.ndarray, rows: np.ndarray) -> Notice:
    lengths = np.asarray(shapely.length(edges[unmatched]))
    evidence = [
        f"row {rows[i] + 1}: {length:.1f} m of border"
        for i, length in zip(unmatched.tolist(), lengths.tolist(), strict=True)
    ]
    message = (
        f"{len(unmatched)} polygon(s) have borders that do not match those of neighbours to the "
        "last digit, without an overlap: a vertex is missing on one side, or there is a slit"
    )
    return told("coverage.edges", "info", rows[unmatched], message=message, evidence=evidence)


def _gaps_told(
    found: list[shapely.Geometry], shapes: np.ndarray, rows: np.ndarray, sliver_m: float
) -> list[Notice]:
    if not found:
        return []
    holes = np.array(found, dtype=object)
    areas = np.asarray(shapely.area(holes))
    thin = 2 * areas / shapely.length(holes) < sliver_m
    tree = shapely.STRtree(shapes)
    notices = []
    kinds: tuple[tuple[str, Severity, np.ndarray, str], ...] = (
        ("coverage.gap", "warning", ~thin, "gap(s) between polygons"),
        ("coverage.sliver_gap", "info", thin, f"gap(s) narrower than {sliver_m:g} m"),
    )
    for code, severity, which, words in kinds:
        order = np.flatnonzero(which)
        order = order[np.argsort(-areas[order], kind="stable")]
        if not len(order):
            continue
        near = [
            np.sort(tree.query(holes[i], predicate="dwithin", distance=0.1)) for i in order[:20]
        ]
        evidence = [
            f"{size_of(areas[i])} between rows {', '.join(str(rows[n] + 1) for n in n_[:5])}"
            for i, n_ in zip(order.tolist(), near, strict=False)
        ]
        about = np.unique(rows[np.concatenate(near)])
        message = f"{len(order)} {words}, {size_of(areas[order].sum())} in all"
        notice = told(code, severity, about, message=message, evidence=evidence)
        total = float(areas[order].sum())
        notices.append(replace(notice, count=len(order), area_before_m2=total))
    return notices
