"""What a reader can switch on: one item per layer, class and basis.

Indicative shapes are items of their own, so that they never mix with what a
plan says exactly; statements have no shape and are not items.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from geoplan import schema
from geoplan.publish.reach import reached

Places = Mapping[tuple[str, str], tuple[str, ...]]
"""Counties by feature ``(layer, feature)``."""


@dataclass(frozen=True)
class Item:
    """Features of one layer, class and basis, with the counties that each concerns."""

    layer: str
    cls: str
    basis: schema.Basis
    features: tuple[str, ...]
    places: tuple[tuple[str, ...], ...]
    """For each feature its counties: those that its shape enters, else those that it names."""
    shaped: frozenset[str]
    """Features whose own shape says where they are."""
    drawn: bool

    @property
    def key(self) -> str:
        """Identifier on pages: ``layer|class|basis``."""
        return f"{self.layer}|{self.cls}|{self.basis}"

    @cached_property
    def counties(self) -> frozenset[str]:
        """All counties that the features concern."""
        return frozenset(code for place in self.places for code in place)

    @cached_property
    def filled(self) -> frozenset[str]:
        """Counties that stand for the features on a map, as they have no shape of their own."""
        named = zip(self.features, self.places, strict=True)
        return frozenset(c for name, place in named if name not in self.shaped for c in place)


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of `frame` as dictionaries, with None for empty cells and shapes."""
    rows = pd.DataFrame(frame).astype(object)
    filled = rows.where(rows.notna(), None)
    if "geometry" in filled:
        filled["geometry"] = [None if g is None or g.is_empty else g for g in filled["geometry"]]
    return [{str(key): cell for key, cell in row.items()} for row in filled.to_dict("records")]


def counties_of(units: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    """Return, for every unit, the codes of the counties in it (itself for a county)."""
    parents = {row["adcode"]: row["parent"] for row in records(units)}
    inside: dict[str, list[str]] = defaultdict(list)
    for row in records(units):
        if row["level"] != "county":
            continue
        code = row["adcode"]
        while code is not None and code in parents:
            inside[code].append(row["adcode"])
            code = parents[code]
    return {code: tuple(found) for code, found in inside.items()}


def named_units(tables: schema.Tables) -> dict[tuple[str, str], list[str]]:
    """Return the units that each feature ``(layer, feature)`` names, as named."""
    named: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in records(tables["memberships"]):
        units = named[row["layer"], row["feature"]]
        if row["adcode"] not in units:
            units.append(row["adcode"])
    return dict(named)


def items(tables: schema.Tables) -> list[Item]:
    """Return all items, in the order of layers and of the legend."""
    inside = counties_of(tables["units"])
    own = reached(tables)
    named = {
        key: tuple(dict.fromkeys(county for code in codes for county in inside.get(code, ())))
        for key, codes in named_units(tables).items()
    }
    grouped: dict[tuple[str, str, schema.Basis], list[dict[str, Any]]] = defaultdict(list)
    for row in records(tables["features"]):
        if row["extent"] != "statement":
            basis = schema.BASIS_OF[row["extent"]]
            grouped[row["layer"], row["class"], basis].append(row)
    made = [_item(key, rows, named, own) for key, rows in grouped.items()]
    return sorted(made, key=_order(tables))


def _item(
    key: tuple[str, str, schema.Basis],
    rows: list[dict[str, Any]],
    named: Places,
    own: Places,
) -> Item:
    names = tuple(row["feature"] for row in rows)
    refs = [(key[0], name) for name in names]
    places = tuple(own[ref] if ref in own else named.get(ref, ()) for ref in refs)
    shaped = frozenset(name for name in names if (key[0], name) in own)
    drawn = any(places) or any(row["geometry"] is not None for row in rows)
    return Item(*key, names, places, shaped, drawn)


def _order(tables: schema.Tables) -> Any:
    layers = {row["layer"]: i for i, row in enumerate(ordered_layers(tables))}
    classes = dict(zip(tables["classes"]["class"], tables["classes"]["order"], strict=True))
    bases = {"geometry": 0, "list": 1, "indicative": 2}
    return lambda item: (layers[item.layer], bases[item.basis], classes.get(item.cls, 0), item.cls)


def ordered_layers(tables: schema.Tables) -> list[dict[str, Any]]:
    """Return the layers by theme, documents in force first, slots last."""
    themes = dict(zip(tables["themes"]["theme"], tables["themes"]["order"], strict=True))
    status = {"in_force": 0, "draft": 1, "expired": 2, "history": 3}
    return sorted(
        records(tables["layers"]),
        key=lambda row: (
            themes.get(row["theme"], len(themes)),
            row["kind"] == "slot",
            status[row["status"]],
            row["layer"],
        ),
    )
