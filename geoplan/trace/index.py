"""Tables as a trace looks things up in them: rows by key, features by class, units by place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

from geoplan.publish.items import above, counties_of
from geoplan.publish.reach import SHAPED, reached
from geoplan.publish.tracing.figures import Printed
from geoplan.schema import BASIS_OF, TABLES, Tables, records
from geoplan.trace.model import Pair

Row = dict[str, Any]
Key = tuple[str, ...]


class Index:
    """Rows of the tables of a build, each looked up at once."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self._rows: dict[str, list[Row]] = {}
        self._keys: dict[str, dict[Key, Row]] = {}

    def rows(self, name: str) -> list[Row]:
        """Return the rows of a table, without shapes."""
        if name not in self._rows:
            table = self.tables[name]
            self._rows[name] = records(table[[c for c in table.columns if c != "geometry"]])
        return self._rows[name]

    def by_key(self, name: str) -> dict[Key, Row]:
        """Return the rows of a table by their key, as text."""
        if name not in self._keys:
            keys = TABLES[name].key
            self._keys[name] = {
                tuple("" if row[k] is None else str(row[k]) for k in keys): row
                for row in self.rows(name)
            }
        return self._keys[name]

    def one(self, name: str, *key: str) -> Row | None:
        """Return the row of a table with this key, or None."""
        return self.by_key(name).get(key)

    @cached_property
    def above(self) -> dict[str, tuple[str, ...]]:
        """For every unit its own code and those above it."""
        return above(self.tables["units"])

    @cached_property
    def inside(self) -> dict[str, frozenset[str]]:
        """For every unit the counties in it."""
        found = counties_of(self.tables["units"])
        return {code: frozenset(found.get(code, ())) for code in self.above}

    @cached_property
    def members(self) -> dict[Key, list[Row]]:
        """Rows of `memberships` by layer and feature."""
        found: dict[Key, list[Row]] = defaultdict(list)
        for row in self.rows("memberships"):
            found[row["layer"], row["feature"]].append(row)
        return found

    @cached_property
    def drawn(self) -> Mapping[tuple[str, str], tuple[str, ...]]:
        """The counties that features with a shape of their own enter, by layer and feature."""
        return reached(self.tables)

    @cached_property
    def features(self) -> dict[str, list[Row]]:
        """Rows of `features` by layer."""
        found: dict[str, list[Row]] = defaultdict(list)
        for row in self.rows("features"):
            found[row["layer"]].append(row)
        return found

    @cached_property
    def printed(self) -> Printed:
        """The figures of the texts, to find those that claims rest on."""
        return Printed(self.rows("stated"))

    def select(self, of: str) -> list[Row]:
        """Return the features of a layer, or of its feature or class behind a ``/``."""
        layer, _, part = of.partition("/")
        own = self.features.get(layer, [])
        if not part:
            return own
        one = [row for row in own if row["feature"] == part]
        return one or [row for row in own if row["class"] == part]

    def concerning(self, of: str, unit: str | None, *, bases: Iterable[str]) -> list[Row]:
        """Return the features that `of` names, on one of `bases`, that concern `unit` if given.

        Statements are of no unit in particular: they are left out.
        """
        return [
            row
            for row in self.select(of)
            if row["extent"] != "statement"
            and BASIS_OF[row["extent"]] in bases
            and (unit is None or self.is_in(row, unit))
        ]

    def is_in(self, feature: Row, unit: str) -> bool:
        """Return whether a row of `features` concerns a unit, by the rule of coverage.

        A shape does where it enters a county of it, whole units where they share
        counties, and a list where the unit, or one inside it, is named.
        """
        key = (feature["layer"], feature["feature"])
        if key in self.drawn:
            return not self.inside[unit].isdisjoint(self.drawn[key])
        if feature["drawn_by"] in SHAPED:
            return False
        named = [row["adcode"] for row in self.members.get(key, ())]
        if BASIS_OF[feature["extent"]] == "list":
            return any(unit in self.above.get(code, ()) for code in named)
        return any(not self.inside[unit].isdisjoint(self.inside.get(code, ())) for code in named)

    def members_in(self, feature: Row, unit: str | None) -> list[Row]:
        """Return the memberships of a feature; with a unit those in it, or around it."""
        own = self.members.get((feature["layer"], feature["feature"]), [])
        if unit is None:
            return own
        return [
            row
            for row in own
            if unit in self.above.get(row["adcode"], ())
            or row["adcode"] in self.above.get(unit, ())
        ]

    def unit_name(self, code: str | None) -> Pair:
        """Return the name of a unit; without a code, those of the topmost unit."""
        top = next((c for c, chain in self.above.items() if len(chain) == 1), "")
        row = self.one("units", code or top)
        return (row["name"], row["name_en"]) if row else (code or "", code or "")

    def title(self, table: str, key: str) -> Pair:
        """Return the title of a layer or class; the key itself where there is none."""
        row = self.one(table, key)
        return (row["title"], row.get("title_en") or row["title"]) if row else (key, key)
