"""Rows and columns of the matrix: classes of layers, with their areas and where they stand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from geoplan import schema
from geoplan.publish.citations import citation
from geoplan.publish.items import ordered_layers
from geoplan.publish.rows import rows_of
from geoplan.publish.statics import status_mark
from geoplan.publish.words import Pair

SECTIONS = 3
"""So many sections of a class are cited; it may stand in hundreds of lines."""

Key = tuple[str, str]
"""Layer and class."""


@dataclass(frozen=True)
class Side:
    """A class of a layer: what it is, how it is known, its area in km² where it has one."""

    layer: str
    cls: str
    theme: str
    title: Pair
    layer_title: Pair
    colour: str
    status: Pair | None
    basis: schema.Basis
    """The most exact one that it has."""
    net: float | None
    gross: float | None
    units: int
    """Counties that it concerns."""
    source: str


def sides(tables: schema.Tables, scope: str) -> list[Side]:
    """Return all classes that concern a county or share one, in the order of legends.

    Areas are those in the unit `scope`.
    """
    shown = _bases(tables)
    areas = _areas(tables, scope)
    counties = _counties(tables)
    sections = _sections(tables)
    documents = {row["document"]: row for row in rows_of(tables, "documents")}
    order = {row["class"]: (row["order"], row) for row in rows_of(tables, "classes")}
    made = []
    for layer in ordered_layers(tables):
        own = (key for key in shown if key[0] == layer["layer"])
        for key in sorted(own, key=lambda key: (order[key[1]][0], key[1])):
            net, gross = areas.get((*key, shown[key]), (None, None))
            made.append(
                Side(
                    *key,
                    layer["theme"],
                    (order[key[1]][1]["title"], order[key[1]][1]["title_en"]),
                    (layer["title"], layer["title_en"]),
                    order[key[1]][1]["colour"],
                    status_mark(layer["status"]),
                    shown[key],
                    net,
                    gross,
                    len(counties[key]),
                    citation(documents[layer["document"]], "；".join(sections[key][:SECTIONS])),
                )
            )
    return made


_RANK: dict[schema.Basis, int] = {"geometry": 0, "indicative": 1, "list": 2}


def _bases(tables: schema.Tables) -> dict[Key, schema.Basis]:
    found: dict[Key, set[schema.Basis]] = defaultdict(set)
    for row in rows_of(tables, "coverage"):
        if row["class"]:
            found[row["layer"], row["class"]].add(row["basis"])
    for row in rows_of(tables, "overlaps"):
        for end in ("a", "b"):
            found[row[f"layer_{end}"], row[f"class_{end}"]].add(row["basis"])
    return {key: min(bases, key=_RANK.__getitem__) for key, bases in found.items()}


def _areas(
    tables: schema.Tables, scope: str
) -> Mapping[tuple[str, str, str], tuple[float | None, float | None]]:
    return {
        (row["layer"], row["class"], row["basis"]): (row["area_net_km2"], row["area_gross_km2"])
        for row in rows_of(tables, "coverage")
        if row["adcode"] == scope
    }


def _counties(tables: schema.Tables) -> dict[Key, set[str]]:
    county = {row["adcode"] for row in rows_of(tables, "units") if row["level"] == "county"}
    found: dict[Key, set[str]] = defaultdict(set)
    for row in rows_of(tables, "coverage"):
        if row["class"] and row["adcode"] in county:
            found[row["layer"], row["class"]].add(row["adcode"])
    return found


def _sections(tables: schema.Tables) -> dict[Key, list[str]]:
    found: dict[Key, dict[str, Any]] = defaultdict(dict)
    for row in rows_of(tables, "features"):
        if row["extent"] != "statement" and row["section"]:
            found[row["layer"], row["class"]].setdefault(row["section"])
    return defaultdict(list, {key: list(sections) for key, sections in found.items()})
