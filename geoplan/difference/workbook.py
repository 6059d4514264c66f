"""What people wrote into a sheet of difference polygons: read again, so that no run loses it."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from xml.etree import ElementTree

from geoplan.difference.columns import PEOPLE
from geoplan.errors import UsageError

_NS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_SERIAL = re.compile(r"[2-7]\d{4}(\.\d+)?")
_PLACE = re.compile(r"([A-Z]+)\d+")


def read_filled(path: Path) -> dict[str, dict[str, str]]:
    """Return what the columns for people hold in the first sheet, by `BSM`.

    Raises `UsageError` where the file is no workbook, or has no column BSM.
    """
    if not path.exists():
        return {}
    try:
        with zipfile.ZipFile(path) as archive:
            texts = _texts(archive)
            sheet = ElementTree.fromstring(archive.read("xl/worksheets/sheet1.xml"))  # noqa: S314
            rows = list(_rows(sheet, texts))
    except (zipfile.BadZipFile, KeyError, ElementTree.ParseError, IndexError) as fault:
        raise UsageError(
            f"{path}: exists and is no workbook of difference polygons ({fault}); move it away, "
            "or --force to replace it"
        ) from fault
    heads: dict[str, str] = {}
    found: dict[str, dict[str, str]] = {}
    for row in rows:
        if not heads:
            names = {column: text.split()[-1] for column, text in row.items() if text.split()}
            heads = names if "BSM" in names.values() else {}
            continue
        cells = {heads[column]: text for column, text in row.items() if column in heads}
        filled = {n: _said(n, cells[n]) for n in PEOPLE if cells.get(n, "").strip()}
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
    return text.strip()


def _texts(archive: zipfile.ZipFile) -> list[str]:
    if "xl/sharedStrings.xml" not in archive.namelist():
        return []
    root = ElementTree.fromstring(archive.read("xl/sharedStrings.xml"))  # noqa: S314
    return ["".join(t.text or "" for t in item.iter(f"{_NS}t")) for item in root]


def _rows(sheet: ElementTree.Element, texts: list[str]) -> Iterator[dict[str, str]]:
    for row in sheet.iter(f"{_NS}row"):
        cells = {}
        for cell in row.iter(f"{_NS}c"):
            place = _PLACE.match(cell.get("r", ""))
            if place is not None:
                cells[place[1]] = _cell(cell, texts)
        yield cells


def _cell(cell: ElementTree.Element, texts: list[str]) -> str:
    if cell.get("t") == "inlineStr":
        return "".join(t.text or "" for t in cell.iter(f"{_NS}t"))
    value = cell.findtext(f"{_NS}v") or ""
    return texts[int(value)] if cell.get("t") == "s" and value else value
