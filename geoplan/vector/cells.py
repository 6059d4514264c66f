"""Small tables that people fill in: the cells of a CSV file or of a sheet, as texts."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError

from geoplan.errors import DataError

CELL_SUFFIXES = (".csv", ".txt", ".xlsx")
"""Formats that are read."""


def read_cells(path: Path, *, sheet: str | None = None) -> list[list[str]]:
    """Return the rows of a table as texts, as they stand in the file; empty cells are ``""``.

    CSV is UTF-8, else GB18030, with commas, semicolons or tabs; `sheet` names one of several
    sheets of a workbook.

    Raises
    ------
    DataError
        If the file is missing, of another format, broken, or a workbook whose sheet is not known.
    """
    if not path.is_file():
        raise DataError(f"{path}: there is no such file")
    suffix = path.suffix.lower()
    if suffix not in CELL_SUFFIXES:
        raise DataError(
            f"{path}: format {path.suffix!r} is not known; allowed: {', '.join(CELL_SUFFIXES)}"
        )
    try:
        return _sheet(path, sheet) if suffix == ".xlsx" else _csv(path)
    except (DataSourceError, DataLayerError, OSError, csv.Error) as fault:
        raise DataError(f"{path}: cannot be read: {fault}") from fault


def _csv(path: Path) -> list[list[str]]:
    content = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        first = text.partition("\n")[0]
        delimiter = max(",;\t", key=first.count)
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        return [[cell.strip() for cell in row] for row in rows]
    raise DataError(f"{path}: its texts are neither UTF-8 nor GB18030; save it as CSV UTF-8")


def _sheet(path: Path, wanted: str | None) -> list[list[str]]:
    names = [str(name) for name, _ in pyogrio.list_layers(path)]
    if wanted is not None and wanted not in names:
        raise DataError(f"{path}: has no sheet {wanted!r}; there are: {', '.join(names)}")
    if not names:
        raise DataError(f"{path}: has no sheet")
    _, _, _, columns = pyogrio.raw.read(
        path,
        layer=wanted or names[0],
        read_geometry=False,
        HEADERS="DISABLE",
        FIELD_TYPES="STRING",
    )
    return [
        ["" if cell is None else str(cell).strip() for cell in row]
        for row in zip(*(column.tolist() for column in columns), strict=True)
    ]
