"""Workbooks for people: the one door to xlsxwriter. Same content, same bytes; texts never run."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import xlsxwriter

from geoplan.errors import StageError

LAST_ROW = 1_048_576
"""Rows that a sheet has room for."""

LONGEST_TEXT = 32_767
"""Characters that a cell has room for."""

Cell = str | float | int | bool | None

_REFUSED = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@dataclass(frozen=True)
class Head:
    """A column: its title with its measure, how numbers stand in it, its width in characters."""

    title: str
    number: str = ""
    """A number format of spreadsheets, such as ``0.00`` or ``0.0%``; empty for text."""
    width: float = 12.0


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
        for sheet in sheets:
            _write(book, sheet, name=_name(sheet.name, names))
    return buffer.getvalue()


def _name(wanted: str, taken: set[str]) -> str:
    """Return a name that a spreadsheet takes and that no other sheet has, whatever its case."""
    plain = _REFUSED.sub("_", wanted).strip("'")[:31] or "Sheet"
    name, number = plain, 2
    while name.casefold() in taken:
        name, number = f"{plain[: 31 - len(str(number)) - 1]}_{number}", number + 1
    taken.add(name.casefold())
    return name


def _write(book: xlsxwriter.Workbook, sheet: Sheet, *, name: str) -> None:
    page = book.add_worksheet(name)
    plain, bold = {"font_name": "宋体", "font_size": 10.5, "valign": "top"}, {"bold": True}
    frame = {"border": 1, "border_color": "#999999"}
    note = book.add_format({**plain, "font_color": "#555555"})
    head = book.add_format({**plain, **bold, **frame, "text_wrap": True, "bg_color": "#eef2f5"})
    kinds = [
        {**plain, **frame, **({"num_format": h.number} if h.number else {})} for h in sheet.heads
    ]
    formats = [book.add_format(kind) for kind in kinds]
    sums = [book.add_format({**kind, **bold}) for kind in kinds]
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
        for place, cell in enumerate(row):
            _put(page, (last, place), cell, chosen[place])
    page.freeze_panes(top + 1, sheet.frozen)
    if last > top:
        page.autofilter(top, 0, last, len(sheet.heads) - 1)
    page.repeat_rows(top)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)


def _put(
    page: xlsxwriter.worksheet.Worksheet,
    place: tuple[int, int],
    cell: Cell,
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
