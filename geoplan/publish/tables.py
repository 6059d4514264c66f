"""Tables as CSV for people: UTF-8 with BOM, fixed decimals, no cell that a spreadsheet runs."""

from __future__ import annotations

import csv
import io
import math
from pathlib import Path

import pandas as pd

from geoplan import schema

FORMULA_STARTS = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""First characters that make a spreadsheet treat a text cell as a formula, full-width ones too."""


def guarded(text: str) -> str:
    """Return `text` on one line, with a leading apostrophe where a spreadsheet would run it."""
    line = " ".join(text.replace("\0", "").splitlines()) if text else text
    risky = line[:1].isspace() or line.strip().startswith(FORMULA_STARTS)
    return f"'{line}" if risky else line


def write_csv(frame: pd.DataFrame, path: Path) -> None:
    """Write `frame`, rows as given, without geometry.

    km² and shares get 6 decimals, other figures as many as they have (at
    most 6), text cells are guarded, empty cells stay empty.
    """
    columns = [c for c in frame.columns if c != "geometry"]
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(columns)
    cells = [[_cell(c, value) for value in frame[c].tolist()] for c in columns]
    writer.writerows(zip(*cells, strict=True))
    path.write_text("\ufeff" + buffer.getvalue(), encoding="utf-8", newline="\n")


def write_tables(tables: schema.Tables, folder: Path) -> list[Path]:
    """Write every table of the schema that is given into `folder`; return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    units = tables["units"]
    names = dict(zip(units["adcode"], units["name"], strict=True))
    written = []
    for name in schema.TABLES:
        if name in tables:
            path = folder / f"{name}.csv"
            write_csv(with_names(tables[name], names), path)
            written.append(path)
    return written


def with_names(frame: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
    """Return `frame` with the unit's ``name`` after ``adcode``, if it has no ``name`` yet."""
    if "adcode" not in frame or "name" in frame:
        return frame
    made = pd.DataFrame(frame).copy()
    made.insert(list(made.columns).index("adcode") + 1, "name", made["adcode"].map(names))
    return made


def _cell(column: str, value: object) -> str:
    if value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        fixed = f"{value:.6f}"
        exact = column.endswith("_km2") or column.startswith("share")
        return fixed if exact else fixed.rstrip("0").rstrip(".")
    return guarded(value) if isinstance(value, str) else str(value)
