"""Rows of the result, unit by unit, and the check that nothing was lost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from geoplan.apportion.counts import Counts
from geoplan.apportion.parts import LEFT, NONE, OUTSIDE, Labels, Part, Target
from geoplan.apportion.shares import apportioned
from geoplan.apportion.weights import Weighed
from geoplan.errors import StageError
from geoplan.geometry import AREA_UNITS_PER_M2, km2
from geoplan.overlay.coverage import rounded

COLUMNS = (
    *("adcode", "name", "layer", "class", "title", "value", "share_of_unit", "area_km2"),
    *("weight", "share_with_weights", "basis", "method", "uncertainty"),
    *("count", "measure", "year", "source"),
)
"""Columns of the table. `share_of_unit` is of the count, `share_with_weights` of the area."""

CHECKS = (
    *("adcode", "name", "given", "apportioned", "none", "outside", "left", "difference"),
    *("share_with_weights", "method"),
)
"""Columns of the sum check: `given` is what was apportioned, and the three that were not."""

WORDS = {
    "whole": "整个单元同属一类，结果不依赖假设",
    NONE: "整个单元不在任何类别内，结果不依赖假设",
    OUTSIDE: "整个单元在规划范围外，结果不依赖假设",
    LEFT: "图层只有示意范围，数值不分配",
    "area": "假设在单元内均匀分布",
    "raster": "假设与权重成正比、像元内均匀",
    "classes": "假设与地类权重成正比、同类内均匀",
    "fallback": "单元内权重全为零或缺失，改按面积：假设均匀分布",
    "left": "单元内权重全为零或缺失，未分配",
}
"""What a row rests on, by `method`; of units of one part, by what that is."""

INDICATIVE = "示意范围，两位有效数字，不参与合计"


@dataclass
class _Sum:
    area: int = 0
    weight: list[float] = field(default_factory=list)
    known_m2: list[float] = field(default_factory=list)


@dataclass(frozen=True)
class Weights:
    """Weights of counties' parts, in their order; of those of `Target.exact` and `drawn`."""

    exact: Mapping[str, Sequence[Weighed]]
    drawn: Mapping[str, Sequence[Weighed]]
    method: str
    """``raster`` or ``classes``."""
    fallback: bool


@dataclass(frozen=True)
class Unit:
    """A unit with its count, in units of the last digit, and its counties."""

    adcode: str
    name: str
    called: str
    """The name, behind that of its city where several units have it."""
    count: int
    counties: tuple[str, ...]


@dataclass(frozen=True)
class Share:
    """What a set of classes gets of a unit."""

    labels: Labels
    count: int | None
    """In units of the last digit; None on an indicative basis."""
    share: float
    area: int
    weight: float | None
    basis: str
    method: str


@dataclass(frozen=True)
class Given:
    """All shares of a unit; `known` is the part of its area with weights, None by area."""

    unit: Unit
    shares: tuple[Share, ...]
    known: float | None
    method: str


def give(unit: Unit, target: Target, *, weights: Weights | None) -> Given:
    """Apportion the count of one unit.

    Raises
    ------
    StageError
        Where what was given does not add up to the count.
    """
    sums = _summed(unit.counties, target.exact, weights.exact if weights else None)
    labels = sorted(sums, key=target.order_of)
    total = sum(each.area for each in sums.values())
    known = None
    if weights is not None:
        m2 = sum(value for each in sums.values() for value in each.known_m2)
        known = min(1.0, m2 * AREA_UNITS_PER_M2 / total)
    way, used = _used([sums[each] for each in labels], weights)
    method = "whole" if used is not None and len(labels) == 1 else way
    if used is None:
        shares = [Share((LEFT,), unit.count, 1.0, total, 0.0, "geometry", "left")]
    else:
        whole = sum(used, Fraction(0))
        counts = apportioned(unit.count, used)
        shares = [
            Share(
                each,
                count,
                float(part / whole),
                sums[each].area,
                None if weights is None else float(sum(sums[each].weight)),
                "geometry",
                method,
            )
            for each, count, part in zip(labels, counts, used, strict=True)
        ]
        shares += _drawn(unit, target, weights, whole=whole, way=way)
    lost = unit.count - sum(share.count or 0 for share in shares)
    if lost:
        raise StageError(
            f"{unit.called} ({unit.adcode}): {lost} of the count was lost; report this"
        )
    return Given(unit, tuple(shares), known, method)


def _used(sums: list[_Sum], weights: Weights | None) -> tuple[str, list[Fraction] | None]:
    """Return the method, and what the count is in proportion to; None: to nothing."""
    areas = [Fraction(each.area) for each in sums]
    if weights is None:
        return "area", areas
    exact = [sum(map(Fraction, each.weight), Fraction(0)) for each in sums]
    if any(exact):
        return weights.method, exact
    # Where all is one class, it does not matter that nothing has a weight.
    return ("fallback", areas) if weights.fallback or len(sums) == 1 else ("left", None)


def _summed(
    counties: Iterable[str],
    parts: Mapping[str, Sequence[Part]],
    weights: Mapping[str, Sequence[Weighed]] | None,
) -> dict[Labels, _Sum]:
    sums: dict[Labels, _Sum] = defaultdict(_Sum)
    for code in counties:
        for place, part in enumerate(parts.get(code, ())):
            own = sums[part.labels]
            own.area += part.area
            if weights is not None:
                own.weight.append(weights[code][place].weight)
                own.known_m2.append(weights[code][place].known_m2)
    return dict(sums)


def _drawn(
    unit: Unit, target: Target, weights: Weights | None, *, whole: Fraction, way: str
) -> list[Share]:
    """Return what lies below sketches, which take no part in the sum."""
    use = weights if weights is not None and way == weights.method else None
    sums = _summed(unit.counties, target.drawn, use.drawn if use else None)
    made = []
    for labels in sorted(sums, key=target.order_of):
        own = sums[labels]
        weight = sum(map(Fraction, own.weight), Fraction(0))
        share = min(1.0, float((weight if use else Fraction(own.area)) / whole))
        shown = float(weight) if use else None
        made.append(Share(labels, None, share, own.area, shown, "indicative", way))
    return made


def rows_of(given: Given, target: Target, *, counts: Counts) -> list[dict[str, Any]]:
    """Return the rows of a unit, `COLUMNS`."""
    return [
        {
            "adcode": given.unit.adcode,
            "name": given.unit.name,
            "layer": target.name,
            "class": ";".join(share.labels),
            "title": target.title_of(share.labels),
            "value": _value(share, given.unit, counts),
            "share_of_unit": rounded(share.share) if share.count is None else share.share,
            "area_km2": rounded(km2(share.area)) if share.count is None else km2(share.area),
            "weight": rounded(share.weight) if share.count is None else share.weight,
            "share_with_weights": given.known,
            "basis": share.basis,
            "method": share.method,
            "uncertainty": _words(share),
            "count": counts.title,
            "measure": counts.measure,
            "year": counts.year,
            "source": counts.source,
        }
        for share in given.shares
    ]


def _words(share: Share) -> str:
    whole = share.method == "whole" and share.labels[0] in WORDS
    told = WORDS[share.labels[0] if whole else share.method]
    return told if share.count is not None else f"{INDICATIVE}；{told}"


def _value(share: Share, unit: Unit, counts: Counts) -> float | int | None:
    if share.count is not None:
        return counts.given(share.count)
    made = rounded(float(counts.given(unit.count)) * share.share) or 0.0
    return int(made) if counts.digits == 0 and made >= 1 else made


def check_of(given: Given, counts: Counts) -> dict[str, Any]:
    """Return the row of a unit in the sum check, `CHECKS`."""
    sums = {NONE: 0, OUTSIDE: 0, LEFT: 0, "": 0}
    for share in given.shares:
        if share.count is not None:
            sums[share.labels[0] if share.labels[0] in sums else ""] += share.count
    return {
        "adcode": given.unit.adcode,
        "name": given.unit.name,
        "given": counts.given(given.unit.count),
        "apportioned": counts.given(sums[""]),
        "none": counts.given(sums[NONE]),
        "outside": counts.given(sums[OUTSIDE]),
        "left": counts.given(sums[LEFT]),
        "difference": counts.given(given.unit.count - sum(sums.values())),
        "share_with_weights": given.known,
        "method": given.method,
    }
