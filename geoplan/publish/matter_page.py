"""The page of matters to coordinate: counts, findings by county, what is overruled, the rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from geoplan import schema
from geoplan.publish.citations import citation
from geoplan.publish.matters import GRADES, regulation
from geoplan.publish.rows import rows_of
from geoplan.publish.statics import km2, percent
from geoplan.publish.words import Pair, coded, pair

Row = dict[str, Any]


def matter_page(tables: schema.Tables) -> dict[str, Any]:
    """Return what the template of the page is given: `groups`, `overruled`, `rules`, `counts`.

    Groups are counties in the order of their codes, their rows by grade;
    what people have overruled stands apart and is not counted.
    """
    told = _Told(tables)
    rows = rows_of(tables, "conflicts")
    open_ = [row for row in rows if row["overruled_by"] is None]
    closed = [row for row in rows if row["overruled_by"] is not None]
    return {
        "groups": [
            {"code": code, "name": told.unit(code), "rows": [told.row(r) for r in found]}
            for code, found in _by(open_, lambda row: row["adcode"]).items()
        ],
        "overruled": [told.row(row) for row in closed],
        "rules": told.rules(rows),
        "grades": [(grade, coded("grade", grade)) for grade in GRADES],
        "counts": told.counts(open_),
        "total": len(open_),
    }


def _by(rows: Iterable[Row], key: Callable[[Row], str]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(key(row), []).append(row)
    return {
        name: sorted(found[name], key=lambda row: GRADES.index(row["grade"]))
        for name in sorted(found)
    }


@dataclass(frozen=True)
class _Told:
    """The tables of the page, by what their rows are called."""

    tables: schema.Tables

    def _all(self, name: str, *keys: str) -> dict[Hashable, Row]:
        return {
            tuple(row[key] for key in keys) if len(keys) > 1 else row[keys[0]]: row
            for row in rows_of(self.tables, name)
        }

    @cached_property
    def units(self) -> dict[Hashable, Row]:
        return self._all("units", "adcode")

    @cached_property
    def documents(self) -> dict[Hashable, Row]:
        return self._all("documents", "document")

    @cached_property
    def layers(self) -> dict[Hashable, Row]:
        return self._all("layers", "layer")

    @cached_property
    def features(self) -> dict[Hashable, Row]:
        return self._all("features", "layer", "feature")

    @cached_property
    def classes(self) -> dict[Hashable, Row]:
        return self._all("classes", "class")

    @cached_property
    def titles(self) -> dict[Hashable, Row]:
        return self._all("rules", "rule")

    def unit(self, code: str) -> Pair:
        row = self.units[code]
        above = self.units.get(row["parent"])
        if above is None or row["level"] != "county" or above["level"] == "province":
            return row["name"], row["name_en"]
        return above["name"] + row["name"], f"{row['name_en']}, {above['name_en']}"

    def row(self, row: Row) -> Row:
        rule = self.titles.get(row["rule"])
        listed = row["basis"] == "list"
        sides = [self._side(row, end) for end in "ab"]
        return {
            "id": row["id"],
            "unit": self.unit(row["adcode"]),
            "grade": row["grade"],
            "words": coded("grade", row["grade"]),
            "sides": sides,
            "rule": row["rule"],
            "title": (rule["title"], rule["title_en"]) if rule else None,
            "basis": pair(f"basis.{row['basis']}"),
            "area": "" if listed else km2(row["area_km2"]),
            "share": "" if listed else percent(row["share"]),
            "reconciled": self._reasons(row, "reconciled_by"),
            "overruled": self._reasons(row, "overruled_by"),
            "also": self._cited(row["also"]),
            "ref": schema.ref_of("conflicts", row),
            "name": self._called(row, sides),
        }

    def _called(self, row: Row, sides: list[Row]) -> Pair:
        """Return what tells the matter apart where only its link is read out."""
        unit, (a, b) = self.unit(row["adcode"]), (side["name"] or side["title"] for side in sides)
        return f"{unit[0]} {a[0]} × {b[0]}", f"{unit[1]}: {a[1]} × {b[1]}"

    def _side(self, row: Row, end: str) -> Row:
        layer = self.layers[row[f"layer_{end}"]]
        cls = self.classes.get(row[f"class_{end}"])
        feature = self.features.get((row[f"layer_{end}"], row[f"feature_{end}"]))
        several = row[f"features_{end}"] > 1
        title = (cls["title"], cls["title_en"]) if cls else (layer["title"], layer["title_en"])
        name = (feature["name"], feature["name_en"]) if feature and not several else None
        status = layer["status"]
        return {
            "colour": cls["colour"] if cls else None,
            "title": title,
            "name": name if name and name[0] != title[0] else None,
            "several": pair("conflicts.features", n=row[f"features_{end}"]) if several else None,
            "citation": citation(self.documents[row[f"document_{end}"]], row[f"section_{end}"]),
            "line": row[f"line_{end}"],
            "status": None if status in (None, "in_force") else pair(f"status.{status}"),
        }

    def _reasons(self, row: Row, key: str) -> list[Pair]:
        said, said_en = row[key], row[f"{key}_en"]
        if not said:
            return []
        return [(said, said_en)] if said_en else self._cited(said) or [(said, said)]

    def _cited(self, refs: str | None) -> list[Pair]:
        """Return name and citation of the features that a text names."""
        found = []
        for ref in (refs or "").split():
            layer, _, key = ref.partition("/")
            feature = self.features.get((layer, key))
            if feature is not None:
                document = self.documents[self.layers[layer]["document"]]
                where = citation(document, feature["section"])
                found.append((f"{feature['name']}（{where}）", f"{feature['name_en']} ({where})"))
        return found

    def rules(self, rows: Iterable[Row]) -> list[Row]:
        counts = Counter(row["rule"] for row in rows if row["overruled_by"] is None)
        return [
            {
                "id": rule["rule"],
                "title": (rule["title"], rule["title_en"]),
                "reason": (rule["reason"], rule["reason_en"]),
                "most": (rule["grade"], coded("grade", rule["grade"])),
                "source": self._source(rule),
                "lines": (rule["lines"] or "").replace(" ", "、"),
                "unverified": rule["unverified"],
                "n": counts[rule["rule"]],
            }
            for rule in rows_of(self.tables, "rules")
        ]

    def _source(self, rule: Row) -> Pair:
        if not rule["document"]:
            return regulation(rule)
        cited = citation(self.documents[rule["document"]], rule["section"] or "")
        return cited, cited

    def counts(self, rows: list[Row]) -> list[Row]:
        """Return tables of counts by county, pair of classes, theme and document."""
        keys: dict[str, Callable[[Row], Iterable[Pair]]] = {
            "unit": lambda row: [self.unit(row["adcode"])],
            "pair": lambda row: [self._pair(row)],
            "theme": lambda row: dict.fromkeys(self._theme(row, end) for end in "ab"),
            "document": lambda row: dict.fromkeys(
                (self._document(row, "a"), self._document(row, "b"))
            ),
        }
        return [{"key": key, "rows": _counted(rows, of)} for key, of in keys.items()]

    def _class(self, row: Row, end: str) -> Pair:
        cls = self.classes.get(row[f"class_{end}"])
        return (cls["title"], cls["title_en"]) if cls else ("", "")

    def _pair(self, row: Row) -> Pair:
        a, b = self._class(row, "a"), self._class(row, "b")
        return f"{a[0]} × {b[0]}", f"{a[1]} × {b[1]}"

    def _theme(self, row: Row, end: str) -> Pair:
        themes = self._all("themes", "theme")
        theme = themes[self.layers[row[f"layer_{end}"]]["theme"]]
        return theme["title"], theme["title_en"]

    def _document(self, row: Row, end: str) -> Pair:
        cited = citation(self.documents[row[f"document_{end}"]], "")
        return cited, cited


def _counted(rows: list[Row], of: Callable[[Row], Iterable[Pair]]) -> list[Row]:
    """Return how many rows there are by grade under each name; most first, then as they come."""
    counts: dict[Pair, Counter[str]] = {}
    for row in rows:
        for name in of(row):
            counts.setdefault(name, Counter())[row["grade"]] += 1
    made = [
        {"name": name, "by": [found[grade] for grade in GRADES], "n": found.total()}
        for name, found in counts.items()
    ]
    return sorted(made, key=lambda row: tuple(-n for n in (*row["by"], row["n"])))
