"""What pages are made of: tables, items, and what all pages of an atlas share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape
from typing import Any, get_args

from geoplan import crs, schema
from geoplan.config import Config
from geoplan.publish.items import Item, inside_of, ordered_layers
from geoplan.publish.pages import Entry
from geoplan.publish.rows import Shown

STATES: tuple[str, ...] = get_args(schema.State)


@dataclass(frozen=True)
class Order:
    """Places by id: pages point to layers, classes and units by number."""

    layers: dict[str, int]
    classes: dict[str, int]
    units: dict[str, int]


@dataclass(frozen=True)
class Atlas:
    """What a page is made of: its tables and items, and what it shares with all others."""

    tables: Shown
    config: Config
    items: list[Item]
    pages: Sequence[Entry]
    """All maps, for the menu."""
    as_of: str
    sensitivity: str
    reports: frozenset[str] = frozenset()
    """Which of ``indicators``, ``findings``, ``conflicts`` and ``overlaps`` have rows."""

    @cached_property
    def order(self) -> Order:
        """Places of layers, classes and units in the lists of a page."""
        return Order(
            {row["layer"]: i for i, row in enumerate(ordered_layers(self.tables))},
            {row["class"]: i for i, row in enumerate(self.tables.rows("classes"))},
            {code: i for i, code in enumerate(self.tables["units"]["adcode"])},
        )

    @cached_property
    def bounds(self) -> crs.Bounds:
        """West, south, east and north of the atlas's scope, in degrees."""
        units = self.tables["units"]
        inside = units["adcode"].isin(inside_of(self.tables).get(self.config.scope, ()))
        west, south, east, north = units.loc[inside, "geometry"].total_bounds
        return float(west), float(south), float(east), float(north)

    @cached_property
    def meridian(self) -> float:
        """Central meridian of all maps, in degrees."""
        return crs.meridian_of(self.bounds)

    @cached_property
    def colours(self) -> dict[str, str]:
        """Colours of classes, checked by the layers' stage to be ``#rrggbb``, as HTML text."""
        return {row["class"]: escape(row["colour"]) for row in self.tables.rows("classes")}

    @cached_property
    def states(self) -> dict[str, str]:
        """For each layer one digit for each unit: its state there, as an index of `STATES`."""
        codes = self.order.units
        digits = {code: str(i) for i, code in enumerate(STATES)}
        found = {
            row["layer"]: [digits["not_concerned"]] * len(codes)
            for row in self.tables.rows("layers")
        }
        for row in self.tables.rows("coverage"):
            found[row["layer"]][codes[row["adcode"]]] = digits[row["state"]]
        return {layer: "".join(states) for layer, states in found.items()}


class Texts:
    """Texts that stand once and are pointed to: sections and notes repeat a hundred times."""

    def __init__(self) -> None:
        self.all: list[Any] = []
        self._found: dict[str, int] = {}

    def put(self, value: str | list[str]) -> int:
        """Return the place of a text, or of one in two languages."""
        key = value if isinstance(value, str) else "\x1f".join(value)
        if key not in self._found:
            self._found[key] = len(self.all)
            self.all.append(value)
        return self._found[key]
