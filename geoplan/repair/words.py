"""How repairs are told."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from geoplan.reading import Notice, Severity
from geoplan.repair.limits import told

_TELL: dict[str, tuple[Severity, str, str]] = {
    "repair.near_duplicates": (
        "info",
        "had vertices nearer than the tolerance that crossed: one of each was left out",
        "",
    ),
    "repair.too_few_points": ("warning", "had a ring of fewer than three places: left out", ""),
    "repair.collapsed_ring": ("warning", "had a ring that encloses nothing: left out", ""),
    "repair.self_crossing": (
        "warning",
        "had a ring that crosses or touches itself: made of simple rings with the same edges",
        "look at them in a GIS: is a corner out of order?",
    ),
    "repair.hole_outside": (
        "warning",
        "had a hole that reaches out of its shell: a ring wholly outside is a part of its own",
        "look at them in a GIS: is the ring an island, or is it to be deleted?",
    ),
    "repair.nested": (
        "warning",
        "had a part within another part, or a hole within another: places are counted once",
        "look at them in a GIS: is the inner one a hole?",
    ),
    "repair.overlapping_parts": (
        "warning",
        "had parts that overlap: places are counted once",
        "",
    ),
    "repair.disconnected": ("info", "had a hole that cuts the shell: now two parts", ""),
    "repair.adjoining_parts": ("info", "had parts that share a border: now one part", ""),
    "repair.winding": (
        "warning",
        "had a part in another that turns the other way, as holes do; it is not taken as one",
        "if it is one, correct the file: the area is too large by the inner part",
    ),
    "repair.collapsed": (
        "warning",
        "had no area: they are kept as rows without a shape",
        "",
    ),
}


def repairs_told(
    positions: np.ndarray,
    found: list[dict[str, list[str]]],
    *,
    gone: np.ndarray,
    areas: tuple[np.ndarray, np.ndarray] | None,
) -> list[Notice]:
    """Return a notice for each kind of fault.

    Parameters
    ----------
    positions
        Where the repaired shapes stand in the layer.
    found
        For each of them, by code, the places.
    gone
        Which of them have no area.
    areas
        Of each before and after, in m², where they are known.
    """
    lost = set(gone.tolist())
    notices = []
    for code, (severity, words, advice) in _TELL.items():
        if code == "repair.collapsed":
            here = gone
        else:
            here = np.array([n for n, faults in enumerate(found) if code in faults], dtype=int)
        if not len(here):
            continue
        evidence = [
            f"row {positions[n] + 1}: {', '.join(_places(found[n], code))}{_gone(n, lost)}"
            for n in here.tolist()
        ]
        message = f"{len(here)} shape(s) {words}"
        notice = told(
            code, severity, positions[here], message=message, evidence=evidence, proposal=advice
        )
        if areas is not None:
            before, after = (float(part[here].sum()) for part in areas)
            if np.isfinite((before, after)).all():
                notice = replace(notice, area_before_m2=before, area_after_m2=after)
        notices.append(notice)
    return notices


def _places(faults: dict[str, list[str]], code: str) -> list[str]:
    return faults.get(code) or [place for places in faults.values() for place in places]


def _gone(n: int, lost: set[int]) -> str:
    return " (no area left)" if n in lost else ""
