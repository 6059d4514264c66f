"""The tables of an atlas as CSV files."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from geoplan import schema
from geoplan.sheet import csv_text


def table_text(tables: schema.Tables, name: str) -> str:
    """Return table `name` as CSV, with names beside the codes of units."""
    frame = tables[name]
    if is_named(frame.columns):
        units = tables["units"]
        frame = with_names(frame, dict(zip(units["adcode"], units["name"], strict=True)))
    return csv_text(frame)


def is_named(columns: Collection[str]) -> bool:
    """Return whether names of units are added to a table: codes without a name of their own."""
    return "adcode" in columns and "name" not in columns


def with_names(frame: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
    """Return `frame` with the unit's ``name`` after ``adcode``, if it has no ``name`` yet."""
    if not is_named(frame.columns):
        return frame
    made = pd.DataFrame(frame).copy()
    made.insert(list(made.columns).index("adcode") + 1, "name", made["adcode"].map(names))
    return made
