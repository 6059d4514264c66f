"""Units inside units: a city's row beside its counties' is their sum, not a count more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction

from geoplan.gazetteer import Gazetteer

SURE = 15
"""Significant digits of a figure; what spreadsheets write behind them is how computers round."""


def counted(
    values: Mapping[str, Fraction], gazetteer: Gazetteer, *, unit: str, rows: Mapping[str, int]
) -> tuple[dict[str, Fraction], list[str], list[str]]:
    """Return the counts of units in `unit` that are apportioned, notes, and faults.

    A unit whose counties all have counts below it is a sum, and is told; one beside
    a part of its counties is a fault.
    """
    outside = [code for code in values if not gazetteer.within(code, unit)]
    inside = {code: values[code] for code in sorted(values) if code not in outside}
    notes = []
    if outside:
        names = _names(outside, gazetteer)
        notes.append(
            f"{len(outside)}个单元不在{gazetteer.full_name(unit)}范围内，未计入：{names}。"
        )
    kept: dict[str, Fraction] = {}
    faults: list[str] = []
    for code, value in inside.items():
        below = [c for c in inside if c != code and gazetteer.within(c, code)]
        wanted = set(gazetteer.counties(code))
        lowest = [c for c in below if not any(d != c and gazetteer.within(d, c) for d in below)]
        held = {county for c in lowest for county in gazetteer.counties(c)}
        name = gazetteer.full_name(code)
        if not below:
            kept[code] = value
        elif held == wanted:
            parts = sum((inside[c] for c in lowest), Fraction(0))
            notes.append(_compared(name, value, parts, len(lowest)))
        else:
            faults.append(
                f"row {rows[code]}: {name} stands there with units inside it that hold only "
                f"{len(held)} of its {len(wanted)} counties; leave out one or the other"
            )
    missing = [c for c in gazetteer.counties(unit) if not any(gazetteer.within(c, k) for k in kept)]
    if kept and missing:
        notes.append(
            f"缺{len(missing)}个县（市、区）的数值，结果不含：{_names(missing, gazetteer)}。"
        )
    return kept, notes, faults


def _compared(name: str, value: Fraction, parts: Fraction, count: int) -> str:
    told = f"“{name}”的下级单元（{count}个）已全部列出，该行作为合计未计入；"
    if value == parts:
        return f"{told}与下级之和相等。"
    return f"{told}该行为{_text(value)}，下级之和为{_text(parts)}，相差{_text(value - parts)}。"


def _text(value: Fraction) -> str:
    return f"{float(value):.{SURE}g}"


def _names(codes: Iterable[str], gazetteer: Gazetteer, most: int = 8) -> str:
    names = [gazetteer.full_name(code) for code in codes]
    return "、".join(names[:most]) + ("等" if len(names) > most else "")
