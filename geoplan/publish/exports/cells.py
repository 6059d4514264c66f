"""Tables as people read them: codes in words, names instead of keys, a reference for trace."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

import pandas as pd

from geoplan import schema
from geoplan.publish.rows import rows_of
from geoplan.publish.words import coded, words
from geoplan.schema.fields import Field, field_of

_TITLES = {
    "units": ("adcode", "name"),
    "documents": ("document", "title"),
    "layers": ("layer", "title"),
    "classes": ("class", "title"),
    "themes": ("theme", "title"),
}
"""Key and name of the tables whose rows cells name."""


class Named:
    """Chinese words for the codes and keys of tables; one that has none stands for itself."""

    def __init__(self, tables: schema.Tables) -> None:
        self._tables = tables
        self._titles: dict[str, dict[str, str]] = {}

    def titles(self, table: str) -> dict[str, str]:
        """Return the names of the rows of `table` by key."""
        if table not in self._titles:
            key, name = _TITLES[table]
            self._titles[table] = {r[key]: r[name] for r in rows_of(self._tables, table)}
        return self._titles[table]

    @cached_property
    def _features(self) -> dict[tuple[str, str], str]:
        rows = rows_of(self._tables, "features")
        return {(row["layer"], row["feature"]): row["name"] for row in rows}

    def shown(self, field: Field, value: str) -> str:
        """Return what a text cell of a column is to people."""
        if field.codes:
            key = f"{field.codes}.{value}"
            return coded(field.codes, value)[0] if key in words() else value
        if field.names == "subjects":
            return "；".join(map(self.subject, value.split()))
        return self.titles(field.names).get(value, value) if field.names else value

    def subject(self, ref: str) -> str:
        """Return the names of a layer, layer/class or layer/feature, joined by a dot."""
        layer, _, rest = ref.partition("/")
        first = self.titles("layers").get(layer)
        if first is None:
            return ref
        own, _, _basis = rest.partition("/")
        name = self.titles("classes").get(own) or self._features.get((layer, own)) or own
        return f"{first} · {name}" if name else first


def people_table(tables: schema.Tables, name: str, *, named: Named) -> dict[str, list[Any]]:
    """Return the columns of table `name` as people read them, in order, by name.

    The name of a unit stands beside its code, ``ref`` at the end calls each row.
    """
    frame = tables[name]
    made: dict[str, list[Any]] = {}
    for column in schema.TABLES[name].names:
        if column == "geometry":
            continue
        made[column] = _cells(frame[column], field_of(name, column), named.shown)
        if column == "adcode" and "name" not in frame:
            units = named.titles("units")
            made["unit_name"] = [units.get(code, "") for code in frame[column]]
    keys = schema.TABLES[name].key
    rows = zip(*(frame[key] for key in keys), strict=True)
    made["ref"] = [schema.ref_of(name, dict(zip(keys, row, strict=True))) for row in rows]
    return made


def _cells(column: pd.Series, field: Field, shown: Callable[[Field, str], str]) -> list[Any]:
    values = column.tolist()
    # Most texts of a long table stand there many times.
    texts: Mapping[Any, str] = {v: shown(field, v) for v in set(values) if isinstance(v, str)}
    return [texts[v] if isinstance(v, str) else _plain(v) for v in values]


def _plain(value: object) -> object:
    if value is True or value is False:
        return "是" if value else "否"
    if value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
        return None
    return value
