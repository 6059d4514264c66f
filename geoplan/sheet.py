"""Tables as CSV for people: UTF-8 with BOM, fixed decimals, no cell that a spreadsheet runs."""

from __future__ import annotations

import csv
import io
import math
import unicodedata

import pandas as pd

FORMULA_STARTS = (
    *("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20"),
    *("\ufe66", "\ufe62", "\ufe63", "\ufe6b"),
)
"""First characters that make a spreadsheet treat a text cell as a formula, full-width ones too."""


def guarded(text: str) -> str:
    """Return `text` on one line, with a leading apostrophe where a spreadsheet would run it."""
    line = " ".join(text.replace("\0", "").splitlines()) if text else text
    if line[:1].isascii() and line[:1].isalnum():  # as most are
        return line
    seen = line.lstrip()
    # Signs that cannot be seen are left out by some programs before they look.
    while seen and unicodedata.category(seen[0]) in ("Cc", "Cf", "Zs"):
        seen = seen[1:]
    risky = line[:1].isspace() or seen.startswith(FORMULA_STARTS)
    return f"'{line}" if risky else line


def csv_text(frame: pd.DataFrame) -> str:
    """Return `frame` as CSV with a byte order mark, rows as given, without geometry.

    km² and shares get 6 decimals, other figures as many as they have (at
    most 6), text cells are guarded, empty cells stay empty.
    """
    columns = [c for c in frame.columns if c != "geometry"]
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow([guarded(str(column)) for column in columns])
    writer.writerows(zip(*(_cells(c, frame[c].tolist()) for c in columns), strict=True))
    return "\ufeff" + buffer.getvalue()


def _cells(column: str, values: list[object]) -> list[str]:
    # Most texts of a long table stand there many times.
    texts = {value: guarded(value) for value in {v for v in values if isinstance(v, str)}}
    return [texts[v] if isinstance(v, str) else _cell(column, v) for v in values]


def _cell(column: str, value: object) -> str:
    if value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        fixed = f"{value:.6f}"
        exact = column.endswith("_km2") or column.startswith("share")
        return fixed if exact else fixed.rstrip("0").rstrip(".")
    return str(value)
