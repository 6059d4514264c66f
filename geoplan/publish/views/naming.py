"""Which counties a plan names: what counts and comparisons of plans are made of."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from geoplan.publish.atlas import Atlas
from geoplan.publish.items import chains_of, inside_of, named_units
from geoplan.publish.rows import rows_of

COUNTED = ("whole", "delimited", "within", "passes")
"""Extents that name a county; statements and our own sketches name none."""


@dataclass(frozen=True)
class Naming:
    """What plans name, by county; features are ``(layer, feature)``."""

    atlas: Atlas

    @cached_property
    def counties(self) -> dict[tuple[str, str], tuple[str, ...]]:
        """The counties that each feature names.

        Those in its own delimited shape, or all of a city that it covers
        wholly; a list names those that it names itself: what lies somewhere
        in a city is not known to lie in any one county of it.
        """
        named = named_units(self.atlas.tables)
        found = {}
        for item in self.atlas.items:
            if item.basis == "indicative":
                continue
            for name, place in zip(item.features, item.places, strict=True):
                own = named.get((item.layer, name), [])
                whole = item.basis == "geometry"
                found[item.layer, name] = tuple(c for c in place if whole or c in own)
        return found

    @cached_property
    def features(self) -> dict[tuple[str, str], dict[str, Any]]:
        """Rows of all features."""
        return {
            (row["layer"], row["feature"]): row for row in rows_of(self.atlas.tables, "features")
        }

    @cached_property
    def layers(self) -> dict[str, dict[str, Any]]:
        """Rows of all layers."""
        return {row["layer"]: row for row in rows_of(self.atlas.tables, "layers")}

    @cached_property
    def documents(self) -> dict[str, dict[str, Any]]:
        """Rows of all documents."""
        return {row["document"]: row for row in rows_of(self.atlas.tables, "documents")}

    def document_of(self, feature: tuple[str, str]) -> str:
        """Return the document of a feature."""
        return str(self.layers[feature[0]]["document"])

    def scope(self, document: str) -> frozenset[str]:
        """Return the counties in the scope of a document.

        A scope above all units of the atlas holds all of them, one elsewhere none.
        """
        inside = inside_of(self.atlas.tables)
        code = self.documents[document]["scope"]
        if code not in chains_of(self.atlas.tables):
            # The layers' stage puts the topmost unit in the place of a wider scope.
            scopes = {row["scope"] for row in self.layers.values() if row["document"] == document}
            return frozenset(c for scope in scopes for c in inside.get(scope, ()))
        return frozenset(inside.get(code, ()))
