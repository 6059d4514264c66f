"""Pivots as files: CSV, one workbook, one page that prints."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from decimal import Decimal

from geoplan.publish.frame import templates
from geoplan.publish.pivot.table import PivotTable, Value
from geoplan.sheet import guarded
from geoplan.spreadsheet import Cell, Head, Sheet, workbook_bytes


def csv_text(table: PivotTable) -> str:
    """Return a table as CSV with a byte order mark; notes stand below the rows."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(map(guarded, table.heads))
    for row in table.rows:
        writer.writerow(guarded(c) if isinstance(c, str) else written(c) for c in row)
    for note in table.notes:
        writer.writerow([guarded(note)])
    return "\ufeff" + buffer.getvalue()


def written(value: Value) -> str:
    """Return a number with the decimals that it has, no thousands separators; empty for None."""
    return "" if value is None else f"{value:f}" if isinstance(value, Decimal) else value


def xlsx_bytes(tables: Sequence[PivotTable], *, title: str) -> bytes:
    """Return a workbook with a sheet for each table; raises what `workbook_bytes` raises."""
    return workbook_bytes([_sheet(table) for table in tables], title=title)


def _sheet(table: PivotTable) -> Sheet:
    heads = [
        Head(head, _format(table.decimals.get(i)), 14.0 if i else 9.0)
        for i, head in enumerate(table.heads)
    ]
    rows = [[_cell(value) for value in row] for row in table.rows]
    notes = (table.title, *table.notes)
    return Sheet(table.sheet, heads, rows, notes, table.totals, frozen=2)


def _format(decimals: int | None) -> str:
    if decimals is None:
        return ""
    return f"0.{'0' * decimals}" if decimals else "0"


def _cell(value: Value) -> Cell:
    return float(value) if isinstance(value, Decimal) else value


def html_text(tables: Sequence[PivotTable], *, title: str, lang: str) -> str:
    """Return one page with all tables, in one language, to print or to paste into a report."""
    template = templates().get_template("pivot.html.j2")
    language = "zh-CN" if lang == "zh" else "en"
    return template.render(title=title, lang=language, tables=tables, written=written)
