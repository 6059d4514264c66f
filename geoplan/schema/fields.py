"""The dictionary of fields: what each column is called and means, for people and for GIS files."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from geoplan.errors import StageError

FILE = "fields.json"

SHORT = 10
"""Bytes that the name of a column has room for in a shapefile."""

GIS = "gis"
"""What `field_of` takes for tables with shapes that are published: codes stay codes there."""


@dataclass(frozen=True, kw_only=True)
class Field:
    """One column: heads with their measure, what it means, and its name in a shapefile."""

    name: str
    zh: str
    """Head in Chinese; with the measure where there is one for the whole column."""
    en: str
    short: str
    """At most `SHORT` ASCII letters; no two columns of a table have the same."""
    note: tuple[str, str]
    """What it means, in Chinese and English."""
    measure: str = ""
    """``km2``, ``m2``, ``km``, ``degree``, ``items``, ``share`` (0 to 1), or empty."""
    codes: str = ""
    """How keys of the words of its codes begin; empty where cells hold no codes."""
    names: str = ""
    """The table whose row each cell names, or ``subjects`` (layer/class or layer/feature)."""


def field_of(table: str, column: str) -> Field:
    """Return what is known of a column of `table`, or of one that exports add.

    Raises `StageError` where the dictionary does not have it.
    """
    book = _book()
    found = book["columns"].get(column) or book["added"].get(column)
    if found is None:
        raise StageError(f"schema/{FILE} has no field {column!r} (table {table}); add it")
    own = book["tables"].get(table, {}).get(column, {})
    said = {**found, **own}
    return Field(name=column, **{**said, "note": tuple(said["note"])})


def fields_of(table: str, columns: list[str]) -> list[Field]:
    """Return the fields of some columns, in their order; raises what `field_of` raises."""
    return [field_of(table, column) for column in columns]


@cache
def _book() -> dict[str, dict[str, Any]]:
    loaded: dict[str, dict[str, Any]] = json.loads(
        (Path(__file__).parent / FILE).read_text("utf-8")
    )
    return loaded
