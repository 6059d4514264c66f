"""Listed maps that would show nothing: told, so that nobody looks for them in vain."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import geopandas as gpd
import shapely

from geoplan.gazetteer import Gazetteer
from geoplan.layers.registry import Document, Map, Registry
from geoplan.schema import issue_row, records


def silent_maps(
    registry: Registry,
    tables: Mapping[str, pd.DataFrame],
    *,
    units: gpd.GeoDataFrame,
    documents: Mapping[str, Document],
    gazetteer: Gazetteer,
) -> Iterator[dict[str, Any]]:
    """Yield a row of `issues` for each map that is left out, or on which no county has a class.

    `tables` are `layers`, `features` and `memberships`; `units` is the table
    of that name (EPSG:4490). `documents` have scopes that the units hold.
    """
    known = _Known(tables, units, documents, gazetteer)
    for entry in registry.map:
        unit = entry.unit or known.top
        if unit not in known.codes:
            continue  # such a map is refused when pages are made
        # The name of the file alone: tables hold no path of a machine.
        at = Path(registry.at("map", entry.id)).name
        found = _left_out(entry, known), _empty(entry, known, unit=unit)
        for check, what, why in (
            ("map_left_out", "has no page", found[0]),
            ("map_empty", "shows no county", None if found[0] else found[1]),
        ):
            if why:
                message = f"{at}: map {entry.id!r} of kind {entry.kind!r} {what}: {why}"
                yield issue_row(f"layers.{check}", f"map {entry.id}", message)


@dataclass(frozen=True)
class _Known:
    """What the layers say, as far as listed maps show it."""

    tables: Mapping[str, pd.DataFrame]
    units: gpd.GeoDataFrame
    documents: Mapping[str, Document]
    gazetteer: Gazetteer

    @cached_property
    def codes(self) -> frozenset[str]:
        return frozenset(self.units["adcode"])

    @cached_property
    def top(self) -> str:
        """The unit of a map that names none."""
        return str(self.units["adcode"][self.units["parent"].isna()].iloc[0])

    @cached_property
    def layers(self) -> dict[str, dict[str, Any]]:
        """Layers that a map can show: those with features, and slots."""
        rows = records(self.tables["layers"])
        return {row["layer"]: row for row in rows if row["features"] or row["kind"] == "slot"}

    @cached_property
    def features(self) -> dict[tuple[str, str], dict[str, Any]]:
        rows = records(pd.DataFrame(self.tables["features"])[["layer", "feature", "class"]])
        return {(row["layer"], row["feature"]): row for row in rows}

    def inside(self, unit: str) -> frozenset[str]:
        """Return the counties of a unit that the atlas has; none of one elsewhere."""
        return frozenset(self.gazetteer.counties(unit)) & self.codes

    def scope(self, documents: Collection[str]) -> frozenset[str]:
        """Return the counties in the scope of any of the documents."""
        scopes = {self.documents[document].scope for document in documents}
        return frozenset[str]().union(*(self.inside(scope) for scope in scopes & self.codes))

    @cached_property
    def places(self) -> dict[tuple[str, str], set[str]]:
        """The counties that each feature names, by layer and feature.

        A list names those that it names itself, a shape those that it meets;
        statements and our own sketches name none.
        """
        table = pd.DataFrame(self.tables["features"])
        keys = list(zip(table["layer"], table["feature"], strict=True))
        extents = dict(zip(keys, table["extent"], strict=True))
        found: dict[tuple[str, str], set[str]] = defaultdict(set)
        for row in records(self.tables["memberships"]):
            key = row["layer"], row["feature"]
            inside = self.inside(row["adcode"])
            if extents[key] == "whole":
                found[key] |= inside
            elif extents[key] in ("within", "passes") and row["adcode"] in inside:
                found[key].add(row["adcode"])
        own = np.flatnonzero(table["extent"] == "delimited")
        counties = self.units[self.units["level"] == "county"]
        tree = shapely.STRtree(counties.geometry.to_numpy())
        met = tree.query(np.asarray(table["geometry"])[own], predicate="intersects")
        for shape, county in met.T:
            found[keys[own[shape]]].add(counties["adcode"].iloc[county])
        return found

    def named(self, document: str) -> Iterator[tuple[tuple[str, str], set[str]]]:
        """Yield theme and class of each feature of a document, and the counties that it names."""
        for (layer, feature), counties in self.places.items():
            row = self.layers[layer]
            if row["document"] == document:
                yield (row["theme"], self.features[layer, feature]["class"]), counties


def _left_out(entry: Map, known: _Known) -> str | None:
    """Return why a map has no page; None where it has one."""
    themes = (entry.theme,) if entry.theme else entry.themes
    named = [name.partition("/")[0] for name in entry.layers]
    documents = _documents(entry, known)
    for layer, row in known.layers.items():
        if row["theme"] in themes or row["document"] in documents or layer in named:
            return None
    what = {"theme(s)": themes, "layer(s)": named, "document(s)": documents}
    told = "; ".join(f"{kind} {', '.join(ids)}" for kind, ids in what.items() if ids)
    return f"there is no layer with features of {told}; add one, or take the map out"


def _empty(entry: Map, known: _Known, *, unit: str) -> str | None:
    """Return why no county has a class on a count or comparison; None where one has."""
    inside, name = known.inside(unit), known.gazetteer.full_name(unit)
    if entry.kind == "count":
        for document in _documents(entry, known):
            scope = inside & known.scope([document])
            if any(not scope.isdisjoint(counties) for _, counties in known.named(document)):
                return None
        return (
            f"none of its documents names a county of {name} within its own scope; "
            "choose other documents or another unit"
        )
    if entry.kind == "compare":
        periods = entry.earlier, entry.later
        inside &= known.scope(periods[0]) & known.scope(periods[1])
        first, second = (
            {key for d in side for key, named in known.named(d) if not inside.isdisjoint(named)}
            for side in periods
        )
        if first.isdisjoint(second):
            return (
                f"there is no class of a theme for which both periods name counties of {name} "
                "within the scopes of both; only its table has anything"
            )
    return None


def _documents(entry: Map, known: _Known) -> tuple[str, ...]:
    """Return the documents that a map shows; a count without any is of all plans."""
    if entry.kind == "count" and not entry.documents:
        return tuple(key for key, document in known.documents.items() if document.plan)
    return (*entry.documents, *entry.earlier, *entry.later)
