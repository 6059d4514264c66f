"""The data of the trace page: no shapes; rows point to layers, units and texts by place."""

from __future__ import annotations

from typing import Any, get_args

from geoplan import schema
from geoplan.publish.atlas import STATES, Atlas, Texts
from geoplan.publish.citations import is_plan
from geoplan.publish.claims import what
from geoplan.publish.content import BASES, EXTENTS
from geoplan.publish.items import named_units
from geoplan.publish.reach import SHAPED, reached
from geoplan.publish.rows import rounded, rows_of
from geoplan.publish.tracing.figures import Printed
from geoplan.publish.tracing.overlaps import Labels, overlap_data, short_id
from geoplan.schema import Evidence
from geoplan.schema.wording import figure_words, reading_words

EVIDENCE: tuple[str, ...] = get_args(Evidence)
COLUMNS: dict[str, tuple[str, ...]] = {
    "units": ("adcode", "name", "name_en", "pinyin", "level", "parent", "geometry"),
    "documents": ("document", "title", "number", "sha256", "period_start"),
    "classes": ("class", "title", "title_en"),
    "layers": ("layer", "title", "title_en", "document", "file"),
    "features": (
        *("layer", "feature", "class", "name", "name_en", "extent", "drawn_by"),
        *("section", "lines", "file_line", "geometry"),
    ),
    "memberships": ("id", "layer", "feature", "adcode", "evidence"),
    "coverage": tuple(schema.TABLES["coverage"].names),
    "pieces": ("adcode", "classes", "area_km2"),
    "overlaps": tuple(schema.TABLES["overlaps"].names),
    "claims": (
        *("id", "of", "quantity", "label", "label_en", "published", "published_to", "measure"),
        *("relation", "counter", "computed", "difference", "tolerance", "status", "reason"),
        *("section", "line", "lines", "reading", "year", "inputs"),
    ),
    "stated": ("id", "of", "quantity", "label", "published", "line", "file_line"),
    "conflicts": tuple(schema.TABLES["conflicts"].names),
    "indicators": (
        *("layer", "indicator", "unit", "unit_en", "name", "name_en", "measure", "counter"),
        *("reading", "year", "printed", "value", "value_to", "relation", "cumulative"),
        *("document", "section", "lines", "file_line"),
    ),
    "findings": (
        *("finding", "place", "kind", "title", "title_en"),
        *("document", "section", "lines", "file_line"),
    ),
}
"""What the page shows of each table."""

Row = dict[str, Any]


def trace_data(atlas: Atlas, *, bare: bool = False) -> dict[str, Any]:
    """Return what the scripts of the trace page read; km², km, shares from 0 to 1.

    Where it is `bare`, counties of overlaps by list are left out.
    """
    made = _Data(atlas)
    return {
        "bare": int(bare),
        "states": list(STATES),
        "bases": list(BASES),
        "extents": list(EXTENTS),
        "evidence": list(EVIDENCE),
        "units": made.units(),
        "documents": made.documents(),
        "classes": [[r["class"], r["title"], r["title_en"]] for r in made.rows("classes")],
        "layers": made.layers(),
        "features": made.features(),
        "coverage": made.coverage(),
        "states_of": made.states(),
        "pieces": [
            [made.unit[r["adcode"]], r["classes"], rounded(r["area_km2"], 8)]
            for r in made.rows("pieces")
        ],
        "overlaps": overlap_data(
            made.rows("overlaps"), made.labels, units=made.unit, bases=BASES, bare=bare
        ),
        "claims": made.claims(),
        "conflicts": made.conflicts(),
        "indicators": made.indicators(),
        "findings": made.findings(),
        "labels": made.labels.all,
        "texts": made.texts.all,
    }


class _Data:
    """The lists of the page; sections stand once among the texts."""

    def __init__(self, atlas: Atlas) -> None:
        self._tables = atlas.tables
        self.texts = Texts()
        self.unit = {row["adcode"]: i for i, row in enumerate(self.rows("units"))}
        self.layer = {row["layer"]: i for i, row in enumerate(self.rows("layers"))}
        self.cls = {row["class"]: i for i, row in enumerate(self.rows("classes"))}
        self.document = {row["document"]: i for i, row in enumerate(self.rows("documents"))}
        self.labels = Labels(self.layer, self.cls)

    def rows(self, name: str) -> list[Row]:
        """Return the rows of a table."""
        return rows_of(self._tables, name)

    def units(self) -> list[list[Any]]:
        """Code, names, pinyin, place of the unit above (-1: none), whether it is a county."""
        return [
            [
                *(row[c] for c in ("adcode", "name", "name_en", "pinyin")),
                self.unit.get(row["parent"], -1),
                int(row["level"] == "county"),
            ]
            for row in self.rows("units")
        ]

    def documents(self) -> list[list[Any]]:
        """Id, title, number, sha256, whether it is a plan."""
        return [
            [*(row[c] for c in ("document", "title", "number", "sha256")), int(is_plan(row))]
            for row in self.rows("documents")
        ]

    def layers(self) -> list[list[Any]]:
        """Id, titles, document, file."""
        return [
            [
                *(row[c] for c in ("layer", "title", "title_en")),
                self.document.get(row["document"], -1),
                row["file"],
            ]
            for row in self.rows("layers")
        ]

    def features(self) -> list[list[Any]]:
        """Layer, id, class, names, extent, section, lines, file line, members, counties entered.

        Members are place of a unit, evidence and id, one behind the other. Counties
        are 0 where the feature has no shape of its own.
        """
        drawn, members = reached(self._tables), self._members()
        made = []
        for row in self.rows("features"):
            key = (row["layer"], row["feature"])
            at: list[int] | int = 0
            if row["drawn_by"] in SHAPED and row["extent"] != "statement":
                at = [self.unit[code] for code in drawn.get(key, ())]
            made.append(
                [
                    *(self.layer[row["layer"]], row["feature"], self.cls[row["class"]]),
                    *(row["name"], row["name_en"], EXTENTS.index(row["extent"])),
                    *(self.texts.put(row["section"]), row["lines"], row["file_line"]),
                    *(members.get(key, []), at),
                ]
            )
        return made

    def _members(self) -> dict[tuple[str, str], list[Any]]:
        found: dict[tuple[str, str], list[Any]] = {key: [] for key in named_units(self._tables)}
        for row in self.rows("memberships"):
            if row["adcode"] in self.unit:
                told = [self.unit[row["adcode"]], EVIDENCE.index(row["evidence"])]
                found[row["layer"], row["feature"]] += [*told, short_id(row["id"])]
        return found

    def coverage(self) -> list[list[Any]]:
        """Return what classes cover: unit, label, basis, net, gross, length, features, shares."""
        return [
            [
                self.unit[row["adcode"]],
                self.labels.at(row["layer"], row["class"]),
                BASES.index(row["basis"]),
                rounded(row["area_net_km2"], 8),
                rounded(row["area_gross_km2"], 8),
                rounded(row["length_km"], 4),
                row["count"],
                rounded(row["share_of_unit"], 6),
                rounded(row["share_of_class"], 6),
            ]
            for row in self.rows("coverage")
            if row["class"]
        ]

    def states(self) -> list[str]:
        """For each layer one sign for each unit: the place of its state, ``-`` without a row."""
        found = {layer: ["-"] * len(self.unit) for layer in self.layer}
        for row in self.rows("coverage"):
            if not row["class"]:
                found[row["layer"]][self.unit[row["adcode"]]] = str(STATES.index(row["state"]))
        return ["".join(signs) for signs in found.values()]

    def claims(self) -> list[list[Any]]:
        """Id, what it is of, figure as printed, figures, finding, place, figures behind it."""
        printed = Printed(self.rows("stated"))
        lines = {row["id"]: row["file_line"] for row in self.rows("stated")}
        return [
            [
                *(short_id(row["id"]), row["of"], list(what(row)), list(figure_words(row))),
                *(row["quantity"], row["measure"]),
                *(rounded(row[c], 8) for c in ("computed", "difference", "tolerance")),
                *(row["status"], row["reason"]),
                *(self.texts.put(row["section"]), row["lines"], lines.get(row["id"], 0)),
                # Most rest on nothing but the figure of the same id.
                None if (refs := printed.refs(row)) == [f"stated:{row['id']}"] else refs,
            ]
            for row in self.rows("claims")
        ]

    def conflicts(self) -> list[list[Any]]:
        """Id, unit, grade, basis, area, share, two sides, what reconciles or overrules."""
        return [
            [
                *(short_id(row["id"]), self.unit[row["adcode"]], row["grade"]),
                BASES.index(row["basis"]),
                *(rounded(row["area_km2"], 8), rounded(row["share"], 6)),
                [self._side(row, side) for side in "ab"],
                *(row["reconciled_by"], row["overruled_by"]),
            ]
            for row in self.rows("conflicts")
        ]

    def _side(self, row: Row, side: str) -> list[Any]:
        return [
            self.labels.at(row[f"layer_{side}"], row[f"class_{side}"]),
            row[f"feature_{side}"],
            self.document.get(row[f"document_{side}"], -1),
            self.texts.put(row[f"section_{side}"]),
            row[f"line_{side}"],
        ]

    def indicators(self) -> list[list[Any]]:
        """Layer, id, reading, year, unit, names, reading in words, place."""
        return [
            [
                *(self.layer[row["layer"]], row["indicator"], row["reading"], row["year"]),
                *([row["unit"], row["unit_en"]], [row["name"], row["name_en"]]),
                list(reading_words(row) or (row["printed"], row["printed"])),
                self.document.get(row["document"], -1),
                *(self.texts.put(row["section"]), row["lines"], row["file_line"]),
            ]
            for row in self.rows("indicators")
        ]

    def findings(self) -> list[list[Any]]:
        """Id, place, kind, titles, document, section, lines, file line."""
        return [
            [
                *(row["finding"], row["place"], row["kind"], [row["title"], row["title_en"]]),
                self.document.get(row["document"], -1),
                *(self.texts.put(row["section"]), row["lines"], row["file_line"]),
            ]
            for row in self.rows("findings")
        ]
