"""Matters to coordinate (需协调事项): rows of `conflicts` for the panels of maps and the index."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any, get_args

from geoplan import schema
from geoplan.publish.atlas import Atlas
from geoplan.publish.quotes import Quotes
from geoplan.publish.rows import rounded, rows_of
from geoplan.publish.words import Pair, coded
from geoplan.schema import Basis, Grade

GRADES: tuple[Grade, ...] = get_args(Grade)
BASES: tuple[Basis, ...] = get_args(Basis)

_REF = re.compile(r"[\w-]+/[\w-]+")

Row = dict[str, Any]


def matter_data(atlas: Atlas, quotes: Quotes) -> list[Row]:
    """Return the matters of a page by grade: both sides, area in km², share from 0 to 1, reasons.

    A side is its layer and class by place, the feature's name, and its citation.
    """
    features = {(r["layer"], r["feature"]): r for r in rows_of(atlas.tables, "features")}
    rows = sorted(rows_of(atlas.tables, "conflicts"), key=lambda row: GRADES.index(row["grade"]))
    made = []
    for row in rows:
        told = {
            "g": row["grade"],
            "b": BASES.index(row["basis"]),
            "u": atlas.order.units[row["adcode"]],
            "s": [_side(row, letter, atlas, features=features, quotes=quotes) for letter in "ab"],
            "km2": rounded(row["area_km2"], 4),
            "sh": rounded(row["share"], 6),
            "by": _reasons(row["reconciled_by"], atlas, features=features, quotes=quotes),
            "over": _reasons(row["overruled_by"], atlas, features=features, quotes=quotes),
        }
        made.append({key: value for key, value in told.items() if value is not None})
    return made


def _side(
    row: Row, letter: str, atlas: Atlas, *, features: dict[tuple[str, str], Row], quotes: Quotes
) -> list[Any]:
    layer, cls, document = (row[f"{key}_{letter}"] for key in ("layer", "class", "document"))
    feature = features.get((layer, row[f"feature_{letter}"]))
    line = row[f"line_{letter}"]
    return [
        atlas.order.layers[layer],
        atlas.order.classes.get(cls, -1),
        [feature["name"], feature["name_en"]] if feature else None,
        [document, row[f"section_{letter}"], line],
        quotes.of_side(document, line, name=feature["name"] if feature else ""),
    ]


def _reasons(
    said: str | None, atlas: Atlas, *, features: dict[tuple[str, str], Row], quotes: Quotes
) -> list[Any] | str | None:
    """Return what reconciles or overrules: features as they are cited, or the text itself.

    A reason may name features (``layer/feature``, by spaces); those that the
    page does not show are left to the overview: then the list is empty.
    """
    if not said:
        return None
    refs = said.split()
    if not all(_REF.fullmatch(ref) for ref in refs):
        return said
    order = atlas.order.layers
    found = [features[key] for ref in refs if (key := _key(ref)) in features]
    return [
        [
            order[row["layer"]],
            [row["name"], row["name_en"]],
            row["section"],
            row["lines"],
            quotes.of_feature(row),
        ]
        for row in found
    ]


def _key(ref: str) -> tuple[str, str]:
    layer, _, feature = ref.partition("/")
    return layer, feature


def matter_grades(tables: schema.Tables) -> list[tuple[Grade, Pair, int, int]]:
    """Return for each grade that there is: its words, and how many matters and units it has."""
    rows = rows_of(tables, "conflicts")
    counts = Counter(row["grade"] for row in rows)
    units = {grade: {r["adcode"] for r in rows if r["grade"] == grade} for grade in counts}
    return [
        (grade, coded("grade", grade), counts[grade], len(units[grade]))
        for grade in GRADES
        if counts[grade]
    ]
