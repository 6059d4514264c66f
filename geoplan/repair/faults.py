"""What is wrong with invalid polygons: by ring, by part and by shape."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

import shapely

from geoplan import geometry
from geoplan.repair.sizes import even_odd

CODES = {
    "repair.too_few_points": "a ring of fewer than three places",
    "repair.collapsed_ring": "a ring that encloses nothing",
    "repair.self_crossing": "a ring that crosses or touches itself",
    "repair.hole_outside": "a hole that is not within its shell",
    "repair.nested": "a part within another, or a hole within another",
    "repair.overlapping_parts": "parts that overlap",
    "repair.disconnected": "a hole that cuts its shell in two",
    "repair.adjoining_parts": "parts that share a border",
    "repair.winding": "a part within another that turns the other way, as holes do",
}
"""Kinds of faults, in the order in which they are told."""


@dataclass
class Faults:
    """Faults of invalid polygons, by position."""

    before: np.ndarray
    """What the rings say, as valid polygons, for the area before: one for each ring."""
    sign: np.ndarray
    """1 for shells, -1 for holes."""
    owner: np.ndarray
    """Position of each ring's polygon."""
    part: np.ndarray
    """Number of each ring's part."""
    found: list[dict[str, list[str]]] = field(default_factory=list)
    """For each polygon: by code, the places."""


def examined(broken: np.ndarray, fixed: np.ndarray) -> Faults:
    """Return what is wrong with polygons.

    Parameters
    ----------
    broken
        Invalid Polygons and MultiPolygons.
    fixed
        The same, repaired.
    """
    parts, part_owner = shapely.get_parts(broken, return_index=True)
    rings, ring_part = shapely.get_rings(parts, return_index=True)
    starts = np.searchsorted(ring_part, np.arange(len(parts)))
    number = np.arange(len(rings)) - starts[ring_part]
    first_part = np.searchsorted(part_owner, np.arange(len(broken)))
    owner = part_owner[ring_part]
    enclosed = even_odd(rings)
    faults = Faults(enclosed, np.where(number == 0, 1.0, -1.0), owner, ring_part)
    faults.found = [{} for _ in broken]
    wrong = ~shapely.is_valid(shapely.polygons(rings)) if len(rings) else np.zeros(0, bool)
    for i in np.flatnonzero(wrong).tolist():
        here = int(owner[i])
        part = int(ring_part[i] - first_part[here]) + 1
        name = _ring_name(int(number[i]), part, several=_several(broken[here]))
        code, why = _ring_fault(rings[i], enclosed[i])
        faults.found[here].setdefault(code, []).append(f"{name}{why}")
    _examine_parts(faults, parts, part_owner, broken, first_part, wrong)
    for here, shape in enumerate(broken):
        if _several(shape):
            _examine_several(faults.found[here], shape, fixed[here])
        if not faults.found[here]:
            reason = str(shapely.is_valid_reason(shape))
            faults.found[here]["repair.self_crossing"] = [_readable(reason)]
    return faults


def _several(shape: shapely.Geometry) -> bool:
    return bool(shapely.get_num_geometries(shape) > 1)


def _ring_name(number: int, part: int, *, several: bool) -> str:
    name = f"hole {number}" if number else "shell"
    return f"{name} of part {part}" if several else name


def _ring_fault(ring: shapely.Geometry, enclosed: shapely.Geometry) -> tuple[str, str]:
    points = np.unique(shapely.get_coordinates(ring), axis=0)
    if len(points) < 3:
        return "repair.too_few_points", f" has {len(points)} place(s)"
    if enclosed.area == 0:
        return "repair.collapsed_ring", f" of {len(points)} places in a line encloses nothing"
    return "repair.self_crossing", f": {_readable(shapely.is_valid_reason(shapely.Polygon(ring)))}"


def _readable(reason: object) -> str:
    """Return the reason of GEOS with the place in few digits: ``Self-intersection at 1 2``."""
    text, bracket, place = str(reason).partition("[")
    if not bracket:
        return text
    numbers = [f"{float(number):.10g}" for number in place.rstrip("]").split()]
    return f"{text} at {' '.join(numbers)}"


def _examine_parts(
    faults: Faults,
    parts: np.ndarray,
    part_owner: np.ndarray,
    broken: np.ndarray,
    first_part: np.ndarray,
    wrong: np.ndarray,
) -> None:
    """Tell what is wrong with parts whose rings are sound, each by itself."""
    with_fault = np.zeros(len(parts), dtype=bool)
    with_fault[faults.part[wrong]] = True
    for i in np.flatnonzero(~shapely.is_valid(parts) & ~with_fault).tolist():
        here = int(part_owner[i])
        name = f"part {i - first_part[here] + 1}, " if _several(broken[here]) else ""
        for code, why in _part_faults(parts[i]):
            faults.found[here].setdefault(code, []).append(f"{name}{why}")


def _part_faults(part: shapely.Geometry) -> list[tuple[str, str]]:
    shell = shapely.Polygon(part.exterior)
    holes = [shapely.Polygon(ring) for ring in part.interiors]
    made = [
        ("repair.hole_outside", f"hole {n}: {_size_outside(hole, shell)}")
        for n, hole in enumerate(holes, start=1)
        if not shapely.covers(shell, hole)
    ]
    among = np.array(holes, dtype=object)
    pairs = geometry.overlaps(among) if len(among) > 1 else []
    made += [("repair.nested", f"holes {i + 1} and {j + 1} overlap") for i, j, _ in pairs]
    if not made:
        reason = str(shapely.is_valid_reason(part))
        cut = reason.startswith("Interior is disconnected")
        code = "repair.disconnected" if cut else "repair.self_crossing"
        made.append((code, _readable(reason)))
    return made


def _size_outside(hole: shapely.Geometry, shell: shapely.Geometry) -> str:
    beyond = shapely.difference(hole, shell).area / hole.area if hole.area else 0.0
    return "wholly outside" if beyond > 1 - 1e-12 else f"{beyond:.2%} of it outside"


def _examine_several(
    found: dict[str, list[str]], shape: shapely.Geometry, fixed: shapely.Geometry
) -> None:
    """Tell how the parts of one shape lie to one another."""
    parts = shapely.get_parts(shape)
    sound, _, _ = geometry.repair(parts)
    total = float(shapely.area(sound).sum())
    if total - fixed.area <= total * 1e-12:
        if not found:
            found["repair.adjoining_parts"] = ["parts share a border"]
        return
    for i, j, area in geometry.overlaps(sound):
        small, large = (i, j) if sound[i].area < sound[j].area else (j, i)
        if area < sound[small].area * (1 - 1e-12):
            found.setdefault("repair.overlapping_parts", []).append(f"parts {i + 1} and {j + 1}")
            continue
        found.setdefault("repair.nested", []).append(f"part {small + 1} in part {large + 1}")
        turns = shapely.is_ccw(shapely.get_exterior_ring(parts[[small, large]]))
        if turns[0] != turns[1]:
            found.setdefault("repair.winding", []).append(f"part {small + 1} in part {large + 1}")
