"""Workbooks for people: the one door to xlsxwriter. Same content, same bytes; texts never run."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import xlsxwriter

from geoplan.errors import StageError

LAST_ROW = 1_048_576
"""Rows that a sheet has room for."""

LONGEST_TEXT = 32_767
"""Characters that a cell has room for."""


@dataclass(frozen=True)
class Link:
    """A cell that leads to another sheet of the workbook, and shows its name."""

    sheet: str


Cell = str | float | int | bool | Link | None


def cell_of(value: object) -> Cell:
    """Return a value of a table as a cell: nothing for None and NaN, whole numbers as such."""
    if value is None or value != value:  # noqa: PLR0124 - NaN is not itself
        return None
    if isinstance(value, str | int):
        return value
    number = float(str(value))
    return int(number) if number.is_integer() and not isinstance(value, float) else number


_REFUSED = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@dataclass(frozen=True)
class Head:
    """A column: its title with its measure, how numbers stand in it, its width in characters."""

    title: str
    number: str = ""
    """A number format of spreadsheets, such as ``0.00`` or ``0.0%``; empty for text."""
    width: float = 12.0
    wrap: bool = False
    """Whether long texts go on below in their cell, not beyond it."""


@dataclass(frozen=True)
class Sheet:
    """One sheet: notes above, one row of heads, rows; totals are rows in bold."""

    name: str
    heads: Sequence[Head]
    rows: Iterable[Sequence[Cell]]
    notes: Sequence[str] = ()
    """Lines above the heads: what it is, measure, source."""
    totals: frozenset[int] = frozenset()
    """Places of rows, from 0, that are sums."""
    frozen: int = 0
    """Columns that stay when one scrolls sideways."""
    filtered: bool = True
    """Whether heads stay and have filters; not where the notes above fill a screen."""


def workbook_bytes(sheets: Sequence[Sheet], *, title: str = "") -> bytes:
    """Return an xlsx file: heads frozen, with filters; texts are texts, never formulas.

    Parameters
    ----------
    sheets
        At least one. A name is cut to 31 characters, signs that spreadsheets refuse become ``_``.
    title
        Of the file's properties.

    Raises
    ------
    StageError
        Where a sheet has more rows than a spreadsheet can hold, or none is given.
    KeyError
        Where a link leads to no sheet.
    """
    if not sheets:
        raise StageError("a workbook needs at least one sheet; none was given")
    buffer = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(buffer, options) as book:
        # The clock would change the bytes from day to day.
        book.set_properties({"title": title, "created": datetime(1980, 1, 1)})
        names: set[str] = set()
        known = [_name(sheet.name, names) for sheet in sheets]
        # Of sheets that were to have the same name, a link leads to the first.
        links = {s.name: n for s, n in reversed(list(zip(sheets, known, strict=True)))}
        for sheet, name in zip(sheets, known, strict=True):
            _write(book, sheet, name=name, links=links)
    return buffer.getvalue()


def _name(wanted: str, taken: set[str]) -> str:
    """Return a name that a spreadsheet takes and that no other sheet has, whatever its case."""
    plain = _REFUSED.sub("_", wanted).strip("'")[:31] or "Sheet"
    name, number = plain, 2
    while name.casefold() in taken:
        name, number = f"{plain[: 31 - len(str(number)) - 1]}_{number}", number + 1
    taken.add(name.casefold())
    return name


def _write(book: xlsxwriter.Workbook, sheet: Sheet, *, name: str, links: Mapping[str, str]) -> None:
    page = book.add_worksheet(name)
    plain, bold = {"font_name": "宋体", "font_size": 10.5, "valign": "top"}, {"bold": True}
    frame = {"border": 1, "border_color": "#999999"}
    note = book.add_format({**plain, "font_color": "#555555"})
    head = book.add_format({**plain, **bold, **frame, "text_wrap": True, "bg_color": "#eef2f5"})
    kinds = [
        {
            **plain,
            **frame,
            **({"num_format": h.number} if h.number else {}),
            **({"text_wrap": True} if h.wrap else {}),
        }
        for h in sheet.heads
    ]
    formats = [book.add_format(kind) for kind in kinds]
    sums = [book.add_format({**kind, **bold}) for kind in kinds]
    link = book.add_format({**plain, **frame, "font_color": "#0b5cad", "underline": 1})
    for place, column in enumerate(sheet.heads):
        page.set_column(place, place, column.width)
    for place, text in enumerate(sheet.notes):
        page.write_string(place, 0, _text(text), note)
    top = len(sheet.notes)
    for place, column in enumerate(sheet.heads):
        page.write_string(top, place, _text(column.title), head)
    last = top
    for last, row in enumerate(sheet.rows, top + 1):
        if last >= LAST_ROW:
            raise StageError(
                f"sheet {sheet.name!r} has more than {LAST_ROW - top - 1} rows, the most that a "
                "spreadsheet holds; write CSV or GeoParquet, or choose fewer units or layers"
            )
        chosen = sums if last - top - 1 in sheet.totals else formats
        lines = max(map(_lines, sheet.heads, row), default=1)
        page.set_row(last, LINE * lines if lines > 1 else None)
        for place, cell in enumerate(row):
            if isinstance(cell, Link):
                _link(page, (last, place), links[cell.sheet], link)
            else:
                _put(page, (last, place), cell, chosen[place])
    if sheet.filtered:
        page.freeze_panes(top + 1, sheet.frozen)
        page.repeat_rows(top)
    if sheet.filtered and last > top:
        page.autofilter(top, 0, last, len(sheet.heads) - 1)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)


LINE = 15.0
"""Height of a line in points."""


def _lines(head: Head, cell: Cell) -> int:
    """Return how many lines a cell takes; a Chinese sign is as wide as two digits."""
    if not head.wrap or not isinstance(cell, str):
        return 1
    width = sum(1 if ord(sign) < 0x2E80 else 2 for sign in cell)
    return max(1, math.ceil(width * 1.1 / head.width))


def _link(
    page: xlsxwriter.worksheet.Worksheet,
    place: tuple[int, int],
    name: str,
    form: xlsxwriter.format.Format,
) -> None:
    quoted = name.replace("'", "''")
    page.write_url(*place, f"internal:'{quoted}'!A1", form, string=name)


def _put(
    page: xlsxwriter.worksheet.Worksheet,
    place: tuple[int, int],
    cell: str | float | int | bool | None,
    form: xlsxwriter.format.Format,
) -> None:
    if cell is None or (isinstance(cell, float) and not math.isfinite(cell)):
        page.write_blank(*place, None, form)
    elif isinstance(cell, bool):
        page.write_boolean(*place, cell, form)
    elif isinstance(cell, str):
        page.write_string(*place, _text(cell), form)
    else:
        page.write_number(*place, cell, form)


def _text(text: str) -> str:
    """Return what a cell can hold: no unprintable signs, no more than fits."""
    plain = _UNPRINTABLE.sub("", text)
    return plain if len(plain) <= LONGEST_TEXT else plain[: LONGEST_TEXT - 1] + "…"
