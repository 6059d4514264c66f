"""Pairs of sides: what evidence they have, whether a rule's conditions hold, their grade."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_args

import numpy as np

import shapely

from geoplan import geometry
from geoplan.analysis.conflicts.sides import Member
from geoplan.schema import Basis, Grade

GRADES: tuple[Grade, ...] = get_args(Grade)
EXACT = ("whole", "delimited")
SHAPED = ("delimited", "indicative")


@dataclass(frozen=True)
class Evidence:
    """What is known of a pair: its basis, and the most that a finding on it may be."""

    basis: Basis
    most: Grade


def evidence_of(one: str, two: str) -> Evidence:
    """Return the evidence of two extents: the weaker one decides.

    Only two delimited shapes may break a rule. Whole counties are told by the
    county, so they ask for coordination at most; two lists, and what we drew
    ourselves, only for attention.
    """
    both = (one, two)
    if "indicative" in both:
        return Evidence("indicative", "attention")
    if all(extent in EXACT for extent in both):
        return Evidence("geometry", "breaks" if both == ("delimited",) * 2 else "coordinate")
    exact = any(extent in EXACT for extent in both)
    return Evidence("list", "coordinate" if exact else "attention")


def weaker(*grades: Grade) -> Grade:
    """Return the weakest of several grades."""
    return max(grades, key=GRADES.index)


@dataclass(frozen=True)
class Met:
    """Two members that meet in a county, or come near: what they share, in km² and of it."""

    a: Member
    b: Member
    evidence: Evidence
    area_km2: float | None = None
    share: float | None = None


def meet(a: Member, b: Member, *, rule: Mapping[str, Any]) -> Met | None:
    """Return how two members meet by the conditions of `rule`; None where they do not.

    A condition that cannot be judged is not met: no area or distance of a list.
    """
    if not _fits(rule, a, b) or not _is_near(rule, a, b):
        return None
    evidence = evidence_of(a.extent, b.extent)
    area = share = None
    if evidence.basis == "geometry" and a.here and b.here:
        total = a.places.areas[a.county]
        area = _area(a, b, total)
        share = min(area / total, 1.0)
    apart = rule["within_km"] is None and not _share_place(a, b, area)
    if apart or not _at_least(area, rule["min_area_km2"]):
        return None
    if not _at_least(share, rule["min_share_of_unit"]):
        return None
    told = area is not None and area * 1e6 >= geometry.SLIVER_M2
    return Met(a, b, evidence, area if told else None, share if told else None)


def _fits(rule: Mapping[str, Any], a: Member, b: Member) -> bool:
    if not set(a.ids).isdisjoint(b.ids):
        return False
    one, two = a.feature, b.feature
    if rule["other_document"] and one.document == two.document:
        return False
    if rule["in_force"] and (a.rank or b.rank):
        return False
    return not rule["same_period"] or _overlap(one.period, two.period)


def _overlap(one: tuple[str | None, str | None], two: tuple[str | None, str | None]) -> bool:
    """Return whether two periods have a year in common; what has no end goes on."""
    starts = [start for start, _ in (one, two) if start]
    ends = [end for _, end in (one, two) if end]
    return not starts or not ends or max(starts) <= min(ends)


def _is_near(rule: Mapping[str, Any], a: Member, b: Member) -> bool:
    """Return whether shapes come as near as the rule says, one of them in the county."""
    if rule["within_km"] is None:
        return a.here and b.here
    metres = rule["within_km"] * 1000
    for one, two in ((a, b), (b, a)):
        part, full = (one.part, two.full) if one.here else (None, None)
        if part is not None and full is not None and shapely.distance(part, full) <= metres:
            return True
    return False


def _area(a: Member, b: Member, total: float) -> float:
    """Return the area in km² that both have in the county, counted once."""
    if a.extent == b.extent == "whole":
        return total
    one, two = a.part, b.part
    if one is None or two is None:
        return 0.0
    if a.extent == "whole" or b.extent == "whole":
        shared = two if a.extent == "whole" else one
    else:
        shared = shapely.intersection(one, two)
    return geometry.km2(int(geometry.area_units(np.array([shared]))[0]))


def _share_place(a: Member, b: Member, area: float | None) -> bool:
    """Return whether nothing says that two members of a county lie apart."""
    if area is not None and area * 1e6 >= geometry.SLIVER_M2:
        return True
    if a.extent in SHAPED and b.extent in SHAPED and a.part is not None and b.part is not None:
        shared = shapely.intersection(a.part, b.part)
        flat = min(shapely.get_dimensions(a.part), shapely.get_dimensions(b.part)) < 2
        return bool(shared.area >= geometry.SLIVER_M2 or (flat and not shared.is_empty))
    return area is None or not (_is_flat(a) and _is_flat(b))


def _is_flat(member: Member) -> bool:
    return member.part is not None and shapely.get_dimensions(member.part) == 2


def _at_least(value: float | None, limit: float | None) -> bool:
    return limit is None or (value is not None and value >= limit)
