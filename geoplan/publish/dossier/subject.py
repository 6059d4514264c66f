"""What a dossier is about: a unit, a theme or a document, and the rows that concern it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from geoplan.publish.atlas import Atlas
from geoplan.publish.claims import UNCHECKED
from geoplan.publish.items import chains_of, inside_of, named_units, ordered_layers
from geoplan.publish.reach import reached
from geoplan.publish.rows import rows_of
from geoplan.schema import Sensitivity

Kind = Literal["unit", "theme", "document"]
Row = dict[str, Any]
Key = tuple[str, str]
"""Layer and feature."""


@dataclass(frozen=True)
class Subject:
    """What a dossier is about, and what of the tables concerns it."""

    atlas: Atlas
    kind: Kind
    key: str
    """An adcode, or the id of a theme or document."""

    @cached_property
    def units(self) -> dict[str, Row]:
        """All units by code."""
        return {row["adcode"]: row for row in rows_of(self.atlas.tables, "units")}

    @cached_property
    def documents(self) -> dict[str, Row]:
        """All documents by id."""
        return {row["document"]: row for row in rows_of(self.atlas.tables, "documents")}

    @cached_property
    def layers(self) -> dict[str, Row]:
        """All layers by id, in the order of the legend."""
        return {row["layer"]: row for row in ordered_layers(self.atlas.tables)}

    @cached_property
    def classes(self) -> dict[str, Row]:
        """All classes by id."""
        return {row["class"]: row for row in rows_of(self.atlas.tables, "classes")}

    @cached_property
    def themes(self) -> dict[str, Row]:
        """All themes by id, in their order."""
        rows = sorted(rows_of(self.atlas.tables, "themes"), key=lambda r: (r["order"], r["theme"]))
        return {row["theme"]: row for row in rows}

    @property
    def unit(self) -> str:
        """The unit that figures are of: that of the dossier, else the scope of the atlas."""
        if self.kind == "unit":
            return self.key
        if self.kind == "document":
            return str(self.documents[self.key]["scope"])
        return self.atlas.config.scope

    @property
    def is_county(self) -> bool:
        """Whether it is about one county."""
        return self.kind == "unit" and self.units[self.key]["level"] == "county"

    @cached_property
    def counties(self) -> tuple[str, ...]:
        """The counties of :attr:`unit`."""
        return inside_of(self.atlas.tables).get(self.unit, ())

    @cached_property
    def inside(self) -> frozenset[str]:
        """The unit and all units in it."""
        chains = chains_of(self.atlas.tables)
        return frozenset(code for code, chain in chains.items() if self.unit in chain)

    @cached_property
    def features(self) -> dict[Key, Row]:
        """Rows of `features` that concern the subject, statements too, in the legend's order."""
        order = {layer: i for i, layer in enumerate(self.layers)}
        rows = sorted(
            (row for row in rows_of(self.atlas.tables, "features") if self._concerns(row)),
            key=lambda row: (order[row["layer"]], self.classes[row["class"]]["order"]),
        )
        return {(row["layer"], row["feature"]): row for row in rows}

    @cached_property
    def every(self) -> dict[Key, Row]:
        """All features by layer and id."""
        return {(r["layer"], r["feature"]): r for r in rows_of(self.atlas.tables, "features")}

    @cached_property
    def coverage(self) -> dict[tuple[str, str, str], Row]:
        """Rows of `coverage` of the unit by layer, class and basis, where it is concerned."""
        return {
            (row["layer"], row["class"], row["basis"]): row
            for row in rows_of(self.atlas.tables, "coverage")
            if row["adcode"] == self.unit and row["state"] == "concerned"
        }

    @cached_property
    def placed(self) -> dict[Key, tuple[str, ...]]:
        """Units that each feature names, or the counties that its own shape enters."""
        own, named = reached(self.atlas.tables), named_units(self.atlas.tables)
        return {key: own.get(key, tuple(named.get(key, ()))) for key in {*own, *named}}

    def _concerns(self, row: Row) -> bool:
        layer = self.layers[row["layer"]]
        if self.kind == "theme":
            return bool(layer["theme"] == self.key)
        if self.kind == "document":
            return bool(layer["document"] == self.key)
        places = self.placed.get((row["layer"], row["feature"]), ())
        if row["extent"] == "whole":  # what covers a city covers its counties
            chain = chains_of(self.atlas.tables)[self.key]
            return any(code in self.inside or code in chain for code in places)
        return any(code in self.inside for code in places)

    @property
    def only_above(self) -> int:
        """How many features name the unit above, and no unit in it."""
        above = self.units[self.key]["parent"]
        return sum(
            row["extent"] != "whole"
            and (row["layer"], row["feature"]) not in self.features
            and row["extent"] != "statement"
            and above in self.placed.get((row["layer"], row["feature"]), ())
            for row in rows_of(self.atlas.tables, "features")
        )

    @cached_property
    def claims(self) -> list[Row]:
        """Rows of `claims` about the features above, their classes and layers."""
        whole = self.kind != "unit"
        about = {f"{layer}/{name}" for layer, name in self.features}
        there = [row for row in self.features.values() if row["extent"] != "statement"]
        about |= {row["layer"] for row in there}
        about |= {f"{row['layer']}/{row['class']}" for row in there}
        return [
            row
            for row in rows_of(self.atlas.tables, "claims")
            if (self._own_layer(row["layer"]) if whole else row["of"] in about)
            and row["quantity"] not in UNCHECKED
        ]

    def _own_layer(self, layer: str) -> bool:
        column = "theme" if self.kind == "theme" else "document"
        return bool(self.layers[layer][column] == self.key)

    @cached_property
    def conflicts(self) -> list[Row]:
        """Rows of `conflicts` with a side in the subject."""
        rows = rows_of(self.atlas.tables, "conflicts")
        if self.kind == "unit":
            return [row for row in rows if row["adcode"] in self.inside]
        return [row for row in rows if any(self._own_layer(row[f"layer_{end}"]) for end in "ab")]

    @cached_property
    def rules(self) -> dict[str, Row]:
        """Rules of matters to coordinate by id, where the tables have them."""
        if "rules" not in self.atlas.tables:
            return {}
        return {row["rule"]: row for row in rows_of(self.atlas.tables, "rules")}

    @property
    def _rules_used(self) -> set[str]:
        return {row["rule"] for row in self.conflicts} & set(self.rules)

    @cached_property
    def findings(self) -> list[list[Row]]:
        """Rows of `findings` that concern the subject, the places of one finding together."""
        found: dict[str, list[Row]] = defaultdict(list)
        for row in rows_of(self.atlas.tables, "findings"):
            found[row["finding"]].append(row)
        return [rows for rows in found.values() if self._found(rows)]

    def _found(self, rows: list[Row]) -> bool:
        if self.kind == "document":
            return any(row["document"] == self.key for row in rows)
        if self.kind == "unit":
            return not self.inside.isdisjoint((rows[0]["units"] or "").split())
        layers = {ref.partition("/")[0] for ref in (rows[0]["about"] or "").split()}
        return any(layer in self.layers and self._own_layer(layer) for layer in layers)

    @cached_property
    def indicators(self) -> list[Row]:
        """Rows of `indicators` of the unit itself, or of the layers of the subject."""
        rows = rows_of(self.atlas.tables, "indicators")
        if self.kind == "unit":
            return [row for row in rows if row["adcode"] == self.key]
        return [row for row in rows if self._own_layer(row["layer"])]

    @cached_property
    def used_layers(self) -> frozenset[str]:
        """Layers that the dossier says something of."""
        used = {layer for layer, _ in self.features} | {row["layer"] for row in self.claims}
        used |= {row["layer"] for row in self.indicators}
        for row in self.conflicts:
            used |= {row["layer_a"], row["layer_b"]}
        used |= {
            ref.partition("/")[0]
            for rows in self.findings
            for ref in (rows[0]["about"] or "").split()
        }
        return frozenset(used & set(self.layers))

    @cached_property
    def used_documents(self) -> list[Row]:
        """Documents that the dossier cites, in their order."""
        used = {self.layers[layer]["document"] for layer in self.used_layers}
        used |= {row["document"] for rows in self.findings for row in rows}
        used |= {row[f"document_{end}"] for row in self.conflicts for end in "ab"}
        used |= {self.rules[rule]["document"] for rule in self._rules_used}
        if self.kind == "document":
            used.add(self.key)
        return [row for key, row in self.documents.items() if key in used]

    @cached_property
    def numbers(self) -> dict[str, int]:
        """Numbers of the documents that the dossier cites, from 1."""
        return {row["document"]: i for i, row in enumerate(self.used_documents, 1)}

    def secrecy(self, marks: dict[str, Sensitivity]) -> list[Sensitivity]:
        """Return the sensitivity of the layers that the dossier uses."""
        return [marks[layer] for layer in sorted(self.used_layers) if layer in marks]
