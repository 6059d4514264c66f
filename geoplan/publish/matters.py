"""Matters to coordinate (需协调事项): rows of `conflicts` for the panels of maps and the index."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any, get_args

from geoplan import schema
from geoplan.publish.atlas import Atlas, Texts
from geoplan.publish.quotes import Quotes
from geoplan.publish.rows import rounded, rows_of
from geoplan.publish.words import Pair, coded
from geoplan.schema import Basis, Grade

GRADES: tuple[Grade, ...] = get_args(Grade)
BASES: tuple[Basis, ...] = get_args(Basis)

_REF = re.compile(r"[\w-]+/[\w-]+")

Row = dict[str, Any]


def matter_data(atlas: Atlas, texts: Texts, *, quotes: Quotes) -> list[Row]:
    """Return the matters of a page by grade: both sides, area in km², share from 0 to 1, reasons.

    A side is its layer and class by place, the feature's name, section, line
    and sentence, and how many features it stands for; names and sections are
    places in `texts`. Its document is its layer's.
    """
    rules = {row["rule"]: i for i, row in enumerate(rows_of(atlas.tables, "rules"))}
    told = _Told(atlas, texts, quotes)
    rows = sorted(rows_of(atlas.tables, "conflicts"), key=lambda row: GRADES.index(row["grade"]))
    made = []
    for row in rows:
        cells = {
            "id": row["id"],
            "r": rules.get(row["rule"]),
            "g": row["grade"],
            "b": BASES.index(row["basis"]),
            "u": atlas.order.units[row["adcode"]],
            "s": [told.side(row, letter) for letter in "ab"],
            "km2": rounded(row["area_km2"], 4),
            "sh": rounded(row["share"], 6),
            "by": told.reasons(row, "reconciled_by"),
            "over": told.reasons(row, "overruled_by"),
        }
        made.append({key: value for key, value in cells.items() if value is not None})
    return made


class _Told:
    """What matters say of features, with texts that stand once on a page."""

    def __init__(self, atlas: Atlas, texts: Texts, quotes: Quotes) -> None:
        self._order, self._texts, self._quotes = atlas.order, texts, quotes
        rows = rows_of(atlas.tables, "features")
        self._features = {(row["layer"], row["feature"]): row for row in rows}

    def _name(self, feature: Row) -> int:
        return self._texts.put([feature["name"], feature["name_en"]])

    def side(self, row: Row, letter: str) -> list[Any]:
        """Return one side of a matter."""
        layer, line = row[f"layer_{letter}"], row[f"line_{letter}"]
        feature = self._features.get((layer, row[f"feature_{letter}"]))
        several = row[f"features_{letter}"] > 1
        name = feature["name"] if feature else ""
        side = [
            self._order.layers[layer],
            self._order.classes.get(row[f"class_{letter}"], -1),
            self._name(feature) if feature and not several else None,
            self._texts.put(row[f"section_{letter}"]),
            line,
            self._quotes.of_side(row[f"document_{letter}"], line, name=name),
        ]
        return [*side, row[f"features_{letter}"]] if several else side

    def reasons(self, row: Row, key: str) -> list[Any] | str | dict[str, Any] | None:
        """Return what reconciles or overrules: features as they are cited, or the text itself.

        A reason may name features (``layer/feature``, by spaces); those that the
        page does not show are left to the overview: then the list is empty.
        """
        said, said_en = row[key], row[f"{key}_en"]
        if not said:
            return None
        if said_en:
            return {"w": [said, said_en]}
        refs = said.split()
        if not all(_REF.fullmatch(ref) for ref in refs):
            return str(said)
        found = [self._features[at] for ref in refs if (at := _key(ref)) in self._features]
        return [
            [
                self._order.layers[one["layer"]],
                self._name(one),
                self._texts.put(one["section"]),
                one["lines"],
                self._quotes.of_feature(one),
            ]
            for one in found
        ]


def _key(ref: str) -> tuple[str, str]:
    layer, _, feature = ref.partition("/")
    return layer, feature


def rule_data(tables: schema.Tables, quotes: Quotes) -> list[Row]:
    """Return the rules of a page: the reason and the source of each."""
    return [
        {"why": [row["reason"], row["reason_en"]]}
        | (
            {"src": [row["document"], row["section"], row["lines"], quotes.of_rule(row)]}
            if row["document"]
            else {"reg": [list(regulation(row)), int(row["unverified"])]}
        )
        for row in rows_of(tables, "rules")
    ]


def regulation(rule: Row) -> Pair:
    """Return title and clause of the regulation that a rule comes from."""
    zh, en = rule["source"], rule["source_en"]
    clause = rule["clause"]
    return (f"{zh}，{clause}", f"{en}, {clause}") if clause else (zh, en)


def matter_grades(tables: schema.Tables) -> list[tuple[Grade, Pair, int, int]]:
    """Return for each grade that there is: its words, and how many matters and units it has.

    What people have overruled is not counted.
    """
    rows = [row for row in rows_of(tables, "conflicts") if row["overruled_by"] is None]
    counts = Counter(row["grade"] for row in rows)
    units = {grade: {r["adcode"] for r in rows if r["grade"] == grade} for grade in counts}
    return [
        (grade, coded("grade", grade), counts[grade], len(units[grade]))
        for grade in GRADES
        if counts[grade]
    ]
