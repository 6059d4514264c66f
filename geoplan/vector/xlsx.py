"""Sheets of a workbook: every cell in its place as text, with what people cannot see of them."""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

from geoplan.errors import DataError, coded

MOST_CELLS = 50_000_000
"""Cells of the rectangle that a sheet may span."""

_DATES = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
"""Numbers of formats of dates and times that are built in."""

_NO_DATE = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|General', re.IGNORECASE)
_PLACE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


@dataclass
class Grid:
    """The cells of a sheet: row n of the sheet is ``rows[n - 1]``; rows are not of one length."""

    rows: list[list[str]] = field(default_factory=list)
    hidden: list[int] = field(default_factory=list)
    """Numbers of rows that are hidden, by hand or by a filter."""
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    """First row and column, last row and column, from 0."""
    uncounted: list[int] = field(default_factory=list)
    """Numbers of rows with formulas whose result was not saved."""
    ragged: bool = False
    """Whether rows of fewer cells than others are a fault."""

    def filled(self) -> list[list[str]]:
        """Return the rows with the text of merged cells in all of them."""
        rows = [list(row) for row in self.rows]
        widest = max(map(len, rows), default=0)
        for top, left, bottom, right in self.merged:
            text = _cell(rows, top, left)
            if not text:
                continue
            for at in range(top, min(bottom + 1, len(rows))):
                row = rows[at]
                # What lies right of all cells would only be empty columns of that name.
                stop = min(right + 1, max(widest, left + 1))
                row.extend([""] * (stop - len(row)))
                row[left:stop] = [text] * (stop - left)
        return rows


def _cell(rows: list[list[str]], row: int, column: int) -> str:
    return rows[row][column] if row < len(rows) and column < len(rows[row]) else ""


@dataclass
class Workbook:
    """A workbook, open while its archive is."""

    archive: zipfile.ZipFile
    sheets: dict[str, str]
    """Names of sheets that are shown, or of all where none is, and their parts."""
    hidden_sheets: list[str]
    texts: list[str]
    dates: list[bool]
    """Whether a style is one of dates, by its number."""
    since: datetime

    def grid(self, sheet: str) -> Grid:
        """Return the cells of a sheet; `DataError` where it spans more than `MOST_CELLS`."""
        grid = Grid()
        widest = 0
        with self.archive.open(self.sheets[sheet]) as part:
            for _, element in ET.iterparse(part):  # noqa: S314 the guard looked through it
                tag = _local(element)
                if tag == "row":
                    row = self._row(element, grid)
                    widest = max(widest, len(row))
                    element.clear()
                elif tag == "mergeCell":
                    grid.merged += _range(element.get("ref", ""))
                if len(grid.rows) * widest > MOST_CELLS:
                    raise coded(
                        DataError(
                            f"sheet {sheet!r} spans more than {MOST_CELLS} cells; delete what "
                            "lies far off, or save the table as CSV"
                        ),
                        "format.too_many_cells",
                    )
        return grid

    def _row(self, element: ET.Element, grid: Grid) -> list[str]:
        number = int(element.get("r", len(grid.rows) + 1))
        cells: list[str] = []
        for cell in element:
            found = _PLACE.fullmatch(cell.get("r", ""))
            at = _column(found[1]) if found else len(cells)
            cells += [""] * (at + 1 - len(cells))
            cells[at] = self._text(cell)
            if _uncounted(cell):
                grid.uncounted.append(number)
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            grid.rows += [[] for _ in range(number - 1 - len(grid.rows))]
            grid.rows.append(cells)
            if element.get("hidden") in ("1", "true"):
                grid.hidden.append(number)
        return cells

    def _text(self, cell: ET.Element) -> str:
        kind = cell.get("t", "n")
        if kind == "inlineStr":
            return "".join(_runs(cell)).strip()
        value = next((child.text or "" for child in cell if _local(child) == "v"), "").strip()
        if not value:
            return ""
        if kind == "s":
            return self.texts[int(value)].strip()
        if kind == "b":
            return "TRUE" if value == "1" else "FALSE"
        if kind != "n":
            return value
        number = float(value)
        style = int(cell.get("s", 0))
        if style < len(self.dates) and self.dates[style]:
            return self._date(number)
        return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)

    def _date(self, days: float) -> str:
        try:
            moment = self.since + timedelta(seconds=round(days * 86_400))
        except OverflowError:
            return repr(days)
        if 0 <= days < 1:
            return moment.strftime("%H:%M:%S")
        whole = days == int(days)
        return moment.date().isoformat() if whole else moment.isoformat(sep=" ")


def _uncounted(cell: ET.Element) -> bool:
    """Return whether a formula has no result; openpyxl writes such with an empty value."""
    found = {_local(child): child.text for child in cell}
    if "f" not in found or "is" in found:
        return False
    # An empty text is a result too, where it is said to be a text.
    return not found.get("v") and not (cell.get("t") == "str" and "v" in found)


def open_workbook(path: Path, archive: zipfile.ZipFile) -> Workbook:
    """Return the sheets of a workbook whose archive is open.

    Raises `DataError` where parts are missing or broken.
    """
    try:
        book = _parsed(archive, "xl/workbook.xml")
        relations = {
            each.get("Id", ""): each.get("Target", "")
            for each in _parsed(archive, "xl/_rels/workbook.xml.rels")
        }
        shown: dict[str, str] = {}
        hidden: dict[str, str] = {}
        for sheet in (each for each in book.iter() if _local(each) == "sheet"):
            target = relations.get(sheet.get(_RELATION, ""), "")
            part = posixpath.normpath(posixpath.join("xl", target)).lstrip("/")
            if target.startswith("/"):
                part = target.lstrip("/")
            if "worksheets" in part:
                own = shown if sheet.get("state", "visible") == "visible" else hidden
                own[sheet.get("name", "")] = part
        old = any(each.get("date1904") in ("1", "true") for each in book.iter())
        since = datetime(1904, 1, 1) if old else datetime(1899, 12, 30)
        names = list(hidden) if shown else []
        texts = list(_shared(archive))
        return Workbook(archive, shown or hidden, names, texts, _date_styles(archive), since)
    except (KeyError, ET.ParseError, ValueError) as fault:
        text = f"{path}: is no workbook that can be read: {fault}; save it as .xlsx again"
        raise coded(DataError(text), "format.broken") from fault


def _parsed(archive: zipfile.ZipFile, part: str) -> ET.Element:
    with archive.open(part) as file:
        return ET.parse(file).getroot()  # noqa: S314 the guard looked through it


def _shared(archive: zipfile.ZipFile) -> Iterator[str]:
    if "xl/sharedStrings.xml" not in archive.namelist():
        return
    with archive.open("xl/sharedStrings.xml") as part:
        for _, element in ET.iterparse(part):  # noqa: S314
            if _local(element) == "si":
                yield "".join(_runs(element))
                element.clear()


def _runs(element: ET.Element) -> Iterator[str]:
    """Yield the pieces of a text, without how it is pronounced."""
    for child in element:
        if _local(child) == "t":
            yield child.text or ""
        elif _local(child) in ("r", "is"):
            yield from _runs(child)


def _date_styles(archive: zipfile.ZipFile) -> list[bool]:
    if "xl/styles.xml" not in archive.namelist():
        return []
    styles = _parsed(archive, "xl/styles.xml")
    own = {
        each.get("numFmtId", ""): each.get("formatCode", "")
        for each in styles.iter()
        if _local(each) == "numFmt"
    }
    cells = next((each for each in styles if _local(each) == "cellXfs"), ())
    return [_is_date(style.get("numFmtId", "0"), own) for style in cells]


def _is_date(number: str, own: dict[str, str]) -> bool:
    if number in own:
        return bool(re.search("[ymdhs]", _NO_DATE.sub("", own[number]), re.IGNORECASE))
    return number.isdigit() and int(number) in _DATES


def _range(text: str) -> list[tuple[int, int, int, int]]:
    ends = [_PLACE.fullmatch(end) for end in text.split(":")]
    if len(ends) != 2 or ends[0] is None or ends[1] is None:
        return []
    (top, left), (bottom, right) = ((int(e[2]) - 1, _column(e[1])) for e in ends if e)
    return [(top, left, bottom, right)]


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _local(element: ET.Element) -> str:
    return str(element.tag).rpartition("}")[2]
