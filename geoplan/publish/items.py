"""What a reader can switch on: one item per layer, class and basis.

Indicative shapes are items of their own, so that they never mix with what a
plan says exactly; statements have no shape and are not items.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import pandas as pd

import shapely

from geoplan import schema
from geoplan.errors import StageError
from geoplan.publish.reach import reached
from geoplan.publish.rows import kept, rows_of

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
    named: frozenset[str] = frozenset()
    """Units that the features name themselves."""

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
        """Counties that stand for the features on a map, as they have no shape of their own.

        A list fills only those that it names: what lies in a city may lie anywhere in it.
        """
        placed = zip(self.features, self.places, strict=True)
        found = frozenset(c for name, place in placed if name not in self.shaped for c in place)
        return found & self.named if self.basis == "list" else found


def shape_of(row: Mapping[str, Any]) -> shapely.Geometry | None:
    """Return the shape of a row of `features`, or None where there is none or it is empty."""
    shape = row["geometry"]
    return None if shape is None or shape.is_empty else shape


def above(units: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    """Return, for every unit, its own code and those of the units that it lies in, upwards.

    Raises `StageError` where a unit lies in itself, by way of others or not.
    """
    parents = dict(zip(units["adcode"].tolist(), units["parent"].tolist(), strict=True))
    found = {}
    for code in parents:
        chain = [code]
        while (parent := parents[chain[-1]]) in parents:
            if parent in chain:
                ring = " → ".join([*chain[chain.index(parent) :], parent])
                raise StageError(
                    f"table 'units': a unit lies in itself: {ring}; mend the column parent of "
                    "the gazetteer and run `geoplan build`"
                )
            chain.append(parent)
        found[code] = tuple(chain)
    return found


def counties_of(units: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    """Return, for every unit, the codes of the counties in it (itself for a county)."""
    chains = above(units)
    inside: dict[str, list[str]] = defaultdict(list)
    for county in units.loc[units["level"] == "county", "adcode"]:
        for code in chains[county]:
            inside[code].append(county)
    return {code: tuple(found) for code, found in inside.items()}


def chains_of(tables: schema.Tables) -> dict[str, tuple[str, ...]]:
    """Return :func:`above` of the units of `tables`, made once."""
    return kept(tables, "above", make=lambda: above(tables["units"]))


def inside_of(tables: schema.Tables) -> dict[str, tuple[str, ...]]:
    """Return :func:`counties_of` of the units of `tables`, made once."""
    return kept(tables, "counties", make=lambda: counties_of(tables["units"]))


def named_units(tables: schema.Tables) -> dict[tuple[str, str], list[str]]:
    """Return the units that each feature ``(layer, feature)`` names, as named."""
    named: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in rows_of(tables, "memberships"):
        units = named[row["layer"], row["feature"]]
        if row["adcode"] not in units:
            units.append(row["adcode"])
    return dict(named)


def items(tables: schema.Tables) -> list[Item]:
    """Return all items, in the order of layers and of the legend."""
    inside = inside_of(tables)
    own = reached(tables)
    units = named_units(tables)
    named = {
        key: tuple(dict.fromkeys(county for code in codes for county in inside.get(code, ())))
        for key, codes in units.items()
    }
    grouped: dict[tuple[str, str, schema.Basis], list[dict[str, Any]]] = defaultdict(list)
    for row in rows_of(tables, "features"):
        if row["extent"] != "statement":
            basis = schema.BASIS_OF[row["extent"]]
            grouped[row["layer"], row["class"], basis].append(row)
    made = [
        replace(
            _item(key, rows, named, own),
            named=frozenset(c for row in rows for c in units.get((key[0], row["feature"]), ())),
        )
        for key, rows in grouped.items()
    ]
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
    drawn = any(places) or any(shape_of(row) is not None for row in rows)
    return Item(*key, names, places, shaped, drawn)


def _order(tables: schema.Tables) -> Any:
    layers = {row["layer"]: i for i, row in enumerate(ordered_layers(tables))}
    classes = dict(zip(tables["classes"]["class"], tables["classes"]["order"], strict=True))
    bases = {"geometry": 0, "list": 1, "indicative": 2}
    return lambda item: (layers[item.layer], bases[item.basis], classes.get(item.cls, 0), item.cls)


def ordered_layers(tables: schema.Tables) -> list[dict[str, Any]]:
    """Return the layers by theme, documents in force first, slots last."""
    themes = dict(zip(tables["themes"]["theme"], tables["themes"]["order"], strict=True))
    # A register that is no plan has no status and does not lapse.
    status = {None: 0, "in_force": 0, "draft": 1, "expired": 2, "history": 3}
    return sorted(
        rows_of(tables, "layers"),
        key=lambda row: (
            themes.get(row["theme"], len(themes)),
            row["kind"] == "slot",
            status[row["status"]],
            row["layer"],
        ),
    )
