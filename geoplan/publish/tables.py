"""The tables of an atlas as CSV files."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from geoplan import schema
from geoplan.sheet import csv_text


def write_tables(tables: schema.Tables, folder: Path) -> list[Path]:
    """Write every table of the schema that is given into `folder`; return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    units = tables["units"]
    names = dict(zip(units["adcode"], units["name"], strict=True))
    written = []
    for name in schema.TABLES:
        if name in tables:
            path = folder / f"{name}.csv"
            text = csv_text(with_names(tables[name], names))
            path.write_text(text, encoding="utf-8", newline="\n")
            written.append(path)
    return written


def with_names(frame: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
    """Return `frame` with the unit's ``name`` after ``adcode``, if it has no ``name`` yet."""
    if "adcode" not in frame or "name" in frame:
        return frame
    made = pd.DataFrame(frame).copy()
    made.insert(list(made.columns).index("adcode") + 1, "name", made["adcode"].map(names))
    return made
