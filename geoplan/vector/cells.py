"""Small tables that people fill in: the cells of a CSV file or of a sheet, as texts."""

from __future__ import annotations

import csv
import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from xml.etree.ElementTree import ParseError

from geoplan import guard
from geoplan.errors import DataError, coded
from geoplan.vector.xlsx import Grid, Workbook, open_workbook

CELL_SUFFIXES = (".csv", ".txt", ".xlsx")
"""Formats that are read."""

LONGEST_CELL_LETTERS = 16 * 2**20
"""Letters that a cell of a CSV file may have; a shape as text may be long."""

MOST_COLUMNS = 4096

_FAULTS = (OSError, csv.Error, zipfile.BadZipFile, zlib.error, ParseError, EOFError)


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
    guard.checked(path)
    if suffix != ".xlsx":
        return csv_cells(path)
    with workbook(path) as book:
        rows = grid_of(path, book, wanted=sheet).rows
    width = max(map(len, rows), default=0)
    return [row + [""] * (width - len(row)) for row in rows]


@contextmanager
def workbook(path: Path) -> Iterator[Workbook]:
    """Open a workbook; `DataError` where it is broken."""
    try:
        with zipfile.ZipFile(path) as archive:
            yield open_workbook(path, archive)
    except (*_FAULTS, IndexError, ValueError, KeyError, RuntimeError) as fault:
        raise coded(DataError(f"{path}: cannot be read: {fault}"), "format.broken") from fault


def grid_of(path: Path, book: Workbook, *, wanted: str | None) -> Grid:
    """Return the cells of a sheet that is named, or of the first."""
    names = list(book.sheets)
    if wanted is not None and wanted not in names:
        text = f"{path}: has no sheet {wanted!r}; there are: {', '.join(names)}"
        raise coded(DataError(text), "format.no_layer")
    if not names:
        raise coded(DataError(f"{path}: has no sheet"), "format.no_layer")
    return book.grid(wanted or names[0])


def csv_cells(path: Path, *, encoding: str | None = None, strict: bool = False) -> list[list[str]]:
    """Return the cells of a CSV file; in UTF-8 or else GB18030, where no encoding is given.

    With `strict`, quotes have to be where they belong.

    Raises `DataError` where it is in another encoding, holds zero bytes, a quote that does
    not end, a cell of more than `LONGEST_CELL_LETTERS`, or more than `MOST_COLUMNS`.
    """
    try:
        content = path.read_bytes()
        text = _decoded(path, content, encoding)
        if "\0" in text:
            line = text[: text.index("\0")].count("\n") + 1
            raise coded(
                DataError(f"{path}: line {line} holds a zero byte; this is no table of texts"),
                "format.broken",
            )
        rows = [[cell.strip() for cell in row] for row in _rows(text, strict=strict)]
    except _FAULTS as fault:
        if "field limit" in str(fault):
            fault = csv.Error(f"a cell has more than {LONGEST_CELL_LETTERS} letters")
        raise coded(DataError(f"{path}: cannot be read: {fault}"), "format.broken") from fault
    widest = max(map(len, rows), default=0)
    if widest > MOST_COLUMNS:
        raise coded(
            DataError(f"{path}: has {widest} columns; {MOST_COLUMNS} are read at most"),
            "format.too_many_columns",
        )
    return rows


def _rows(text: str, *, strict: bool) -> list[list[str]]:
    # A title may stand above the heads.
    lines = text[:65_536].split("\n", 20)[:20]
    first = next((line for line in lines if any(mark in line for mark in ",;\t")), "")
    delimiter = max(",;\t", key=first.count)
    with _LIMIT:  # which is the process's
        before = csv.field_size_limit(LONGEST_CELL_LETTERS)
        try:
            text_lines = io.StringIO(text, newline="")
            return list(csv.reader(text_lines, delimiter=delimiter, strict=strict))
        finally:
            csv.field_size_limit(before)


_LIMIT = Lock()


def _decoded(path: Path, content: bytes, given: str | None) -> str:
    if given is None and content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        given = "utf-16"  # as Excel saves "Unicode text"
    for encoding in (given,) if given else ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding).removeprefix("\ufeff")
        except UnicodeError:
            continue
    if given:
        text = f"{path}: its texts are not {given}; give the right encoding with --encoding"
        raise coded(DataError(text), "encoding.contradicted")
    text = f"{path}: its texts are neither UTF-8 nor GB18030; save it as CSV UTF-8"
    raise coded(DataError(text), "encoding.unknown")
