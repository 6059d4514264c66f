"""What people wrote into a sheet of difference polygons: read again, so that no run loses it."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

from geoplan import vector
from geoplan.difference.columns import PEOPLE
from geoplan.errors import DataError, UsageError

_SERIAL = re.compile(r"[2-7]\d{4}(\.\d+)?")
_SLASHED = re.compile(r"(\d{4})/(\d\d)/(\d\d)")
"""How days in cells of days are read."""


def read_filled(path: Path) -> dict[str, dict[str, str]]:
    """Return what the columns for people hold in the first sheet, by `BSM`.

    Raises `UsageError` where the file is no workbook, or has no column BSM.
    """
    if not path.exists():
        return {}
    try:
        rows = vector.read_cells(path)
    except DataError as fault:
        raise UsageError(
            f"{path}: exists and is no workbook of difference polygons ({fault}); move it away, "
            "or --force to replace it"
        ) from fault
    heads: list[str] = []
    found: dict[str, dict[str, str]] = {}
    for row in rows:
        if not heads:
            names = [(text.split() or [""])[-1] for text in row]
            heads = names if "BSM" in names else []
            continue
        cells = dict(zip(heads, row, strict=False))
        filled = {n: _said(n, cells[n]) for n in PEOPLE if cells.get(n)}
        if filled and cells.get("BSM"):
            found[cells["BSM"]] = filled
    if not heads:
        raise UsageError(
            f"{path}: exists and has no column BSM, so it is no sheet of difference polygons; "
            "move it away, or --force to replace it"
        )
    return found


def _said(name: str, text: str) -> str:
    """Return a cell as written; a day that a spreadsheet made a number of, as a day."""
    if name == "HSRQ" and _SERIAL.fullmatch(text):
        return (date(1899, 12, 30) + timedelta(days=int(text.partition(".")[0]))).isoformat()
    slashed = _SLASHED.fullmatch(text) if name == "HSRQ" else None
    return "-".join(slashed.groups()) if slashed else text.strip()
