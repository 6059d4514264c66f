"""The pieces that areas were summed from."""

from __future__ import annotations

from collections.abc import Collection
from math import fsum

from geoplan.schema import ref_of
from geoplan.schema.measures import MEASURES
from geoplan.trace.index import Index, Row
from geoplan.trace.model import Piece, Sum

EQUAL_KM2 = 1e-6
"""1 m²: within it a sum is the result."""

MARK = "~"
"""Behind a class of `pieces` whose shape is indicative."""


def coverage_sum(index: Index, row: Row) -> Sum | None:
    """Return the pieces of a row of `coverage`; None where it has no area."""
    if row["area_net_km2"] is None:
        return None
    exact = row["basis"] == "geometry"
    label = f"{row['layer']}/{row['class']}" + ("" if exact else MARK)
    counties = index.inside[row["adcode"]]
    found = [p for p in _pieces(index, counties) if label in p.classes.split(";")]
    return _sum(found, row["area_net_km2"], compared=exact)


def overlap_sum(index: Index, row: Row) -> Sum | None:
    """Return the pieces of a row of `overlaps`; None where it has no area."""
    if row["area_km2"] is None:
        return None
    exact = row["basis"] == "geometry"
    sides = [f"{row[f'layer_{s}']}/{row[f'class_{s}']}" for s in "ab"]
    found = []
    for piece in _pieces(index, None if row["adcode"] is None else index.inside[row["adcode"]]):
        classes = piece.classes.split(";")
        plain = [name.removesuffix(MARK) for name in classes]
        both = all(side in (classes if exact else plain) for side in sides)
        drawn = any(f"{side}{MARK}" in classes for side in sides)
        if both and (exact or drawn):
            found.append(piece)
    return _sum(found, row["area_km2"], compared=exact)


def conflict_sum(index: Index, row: Row) -> Sum | None:
    """Return the pieces of both sides of a row of `conflicts`; its area may be of features."""
    if row["area_km2"] is None:
        return None
    found = overlap_sum(index, row)
    return None if found is None else _same_or_unknown(found)


def claim_sum(index: Index, row: Row) -> Sum | None:
    """Return the pieces behind an area or share that was computed for a row of `claims`."""
    if row["computed"] is None or row["quantity"] not in ("area", "share"):
        return None
    features = [f for f in index.select(row["of"]) if f["extent"] != "statement"]
    if not features or any(f["extent"] not in ("whole", "delimited") for f in features):
        return None
    labels = {f"{f['layer']}/{f['class']}" for f in features}
    found = [p for p in _pieces(index, None) if labels.intersection(p.classes.split(";"))]
    if row["quantity"] == "share":
        return _sum(found, None, compared=False)
    # A claim may be computed in another way than from all of a class.
    result = row["computed"] * float(MEASURES[row["measure"]].factor)
    return _same_or_unknown(_sum(found, result, compared=True))


def _same_or_unknown(found: Sum) -> Sum:
    if found.equal:
        return found
    return Sum(
        pieces=found.pieces, area_km2=found.area_km2, result_km2=found.result_km2, equal=None
    )


def _pieces(index: Index, counties: Collection[str] | None) -> list[Piece]:
    return [
        Piece(
            ref=ref_of("pieces", row),
            adcode=row["adcode"],
            name=index.unit_name(row["adcode"]),
            classes=row["classes"],
            area_km2=row["area_km2"],
        )
        for row in index.rows("pieces")
        if counties is None or row["adcode"] in counties
    ]


def _sum(pieces: list[Piece], result: float | None, *, compared: bool) -> Sum:
    total = fsum(piece.area_km2 for piece in pieces)
    equal = abs(total - result) <= EQUAL_KM2 if compared and result is not None else None
    return Sum(pieces=tuple(pieces), area_km2=total, result_km2=result, equal=equal)
