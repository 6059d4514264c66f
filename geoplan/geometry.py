"""Exact areas, repairs and simple shapes: functions over arrays of geometries.

Areas are integers of 1e-4 square metres (`AREA_UNITS_PER_M2`), so that sums
do not depend on the order, the batches or the number of workers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

import shapely

AREA_UNITS_PER_M2 = 10_000
AREA_UNITS_PER_KM2 = AREA_UNITS_PER_M2 * 1_000_000
SLIVER_M2 = 1.0
"""Pieces below this area, in square metres, are dropped, and counted as such."""

_POLYGONAL = (3, 6)
_LINEAR = (1, 2, 5)


def area_units(geometries: np.ndarray) -> np.ndarray:
    """Return the areas of geometries in `crs.WORK_CRS`, as int64 multiples of 1e-4 m²."""
    areas = np.asarray(shapely.area(geometries))
    return np.asarray(np.rint(areas * AREA_UNITS_PER_M2), dtype=np.int64)


def km2(units: int) -> float:
    """Return square kilometres of an area in units of 1e-4 m²."""
    return units / AREA_UNITS_PER_KM2


def polygonal(geometry: shapely.Geometry) -> shapely.Geometry:
    """Return the polygons of `geometry` as one shape, without its lines and points."""
    if geometry.is_empty or shapely.get_type_id(geometry) in _POLYGONAL:
        return geometry if not geometry.is_empty else shapely.Polygon()
    parts = shapely.get_parts(geometry)
    kept = [part for part in parts if shapely.get_type_id(part) in _POLYGONAL]
    return shapely.union_all(kept) if kept else shapely.Polygon()


def not_finite(geometries: np.ndarray) -> np.ndarray:
    """Return the positions of geometries with a coordinate that is no finite number, sorted.

    Without this check the repair would make a polygon of what is left.
    """
    xy, positions = shapely.get_coordinates(geometries, return_index=True)
    return np.unique(positions[~np.isfinite(xy).all(axis=1)])


def overlaps(geometries: np.ndarray) -> list[tuple[int, int, float]]:
    """Return the pairs of polygons that overlap, by position, with the area that they share.

    Each pair stands once, the lower position first; areas are in the square
    of the coordinates' unit.
    """
    pairs = shapely.STRtree(geometries).query(geometries, predicate="intersects").T
    pairs = np.unique(pairs[pairs[:, 0] < pairs[:, 1]], axis=0)
    areas = shapely.area(shapely.intersection(geometries[pairs[:, 0]], geometries[pairs[:, 1]]))
    return [(int(i), int(j), float(a)) for (i, j), a in zip(pairs, areas, strict=True) if a > 0]


def is_linear(geometry: shapely.Geometry) -> bool:
    """Return whether `geometry` is a line or several lines."""
    return bool(shapely.get_type_id(geometry) in _LINEAR)


def is_polygonal(geometry: shapely.Geometry) -> bool:
    """Return whether `geometry` is a polygon or several polygons."""
    return bool(shapely.get_type_id(geometry) in _POLYGONAL)


def repair(geometries: np.ndarray) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Make invalid geometries valid by their structure.

    Returns
    -------
    geometries
        A new array; valid ones are the same objects.
    repaired
        Positions of those that were invalid.
    reasons
        What was wrong with each of those.
    """
    repaired = np.flatnonzero(~shapely.is_valid(geometries))
    fixed = geometries.copy()
    broken = geometries[repaired]
    reasons = [str(reason) for reason in shapely.is_valid_reason(broken)]
    fixed[repaired] = _made_valid(broken)
    return fixed, repaired, reasons


def _made_valid(broken: np.ndarray) -> np.ndarray:
    """Repair polygons by their structure.

    GEOS 3.14 leaves parts that share an edge where three edges of a ring meet in one
    point; repaired again, those are one.
    """
    made = broken.copy()
    todo = np.arange(len(broken))
    while len(todo):
        fixed = shapely.make_valid(made[todo], method="structure", keep_collapsed=False)
        before = made[todo]
        made[todo] = [polygonal(shape) for shape in fixed]
        again = ~shapely.is_valid(made[todo])
        if shapely.equals_exact(before[again], made[todo[again]], 0.0).any():
            rest = todo[again]
            made[rest] = [polygonal(shape) for shape in shapely.make_valid(made[rest])]
            break
        todo = todo[again]
    return made


def ellipse_in_box(box: Sequence[float], *, area_m2: float, segments: int = 64) -> shapely.Geometry:
    """Return an ellipse of `area_m2` centred in `box` (west, south, east, north; metres).

    Its axes have the proportion of the box; a polygon of 4 × `segments`
    edges with exactly the area asked for.
    """
    west, south, east, north = box
    circle = shapely.Point(0, 0).buffer(1, quad_segs=segments)
    scale = np.sqrt(area_m2 / (circle.area * (east - west) * (north - south)))
    size = np.array([(east - west) * scale, (north - south) * scale])
    centre = np.array([(west + east) / 2, (south + north) / 2])
    return shapely.transform(circle, lambda xy: xy * size + centre)


def connected(pairs: Iterable[tuple[int, int]]) -> list[list[int]]:
    """Return what hangs together by pairs, sorted."""
    above: dict[int, int] = {}

    def top(n: int) -> int:
        while above.setdefault(n, n) != n:
            above[n] = above[above[n]]
            n = above[n]
        return n

    for a, b in pairs:
        one, other = top(a), top(b)
        above[max(one, other)] = min(one, other)
    made: dict[int, list[int]] = {}
    for n in sorted(above):
        made.setdefault(top(n), []).append(n)
    return [made[n] for n in sorted(made)]
