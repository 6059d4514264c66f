"""A ledger as a file: CSV, a workbook, a table in HTML, JSON."""

from __future__ import annotations

import html
import json
from pathlib import Path

from geoplan.errors import StageError
from geoplan.files import check_target, write_bytes, write_text
from geoplan.ledger.make import Ledger
from geoplan.schema import records
from geoplan.sheet import csv_text
from geoplan.spreadsheet import Cell, Head, Sheet, cell_of, workbook_bytes

SUFFIXES = (".csv", ".xlsx", ".html", ".json")

HEADS = {
    "step": "次序",
    "title": "约束因素",
    "basis": "依据",
    "counties": "涉及县（市、区）",
    "counties_alone": "单独：县数",
    "counties_in_order": "依次：新涉及县数",
    "counties_left": "依次：未涉及县数",
    "area_alone_km2": "单独占用（平方公里）",
    "area_in_order_km2": "依次占用（平方公里）",
    "area_left_km2": "剩余（平方公里）",
    "source": "来源",
}
"""Columns that people see, with their heads."""


def notes_of(ledger: Ledger) -> list[str]:
    """Return what people have to know of a ledger."""
    notes = [f"范围：{ledger.unit}，{ledger.counties}个县（市、区）。第0行是对象本身。"]
    if not ledger.measured:
        notes.append(
            "对象只有名单，没有图形：只计县数，不给面积。县被点名，不等于全县不可建，也不等于已落位。"
        )
    elif ledger.listed:
        notes.append(f"{ledger.listed}项约束只有名单，没有图形：只计县数，不扣面积。")
    if ledger.measured:
        notes.append("面积为椭球面积，平方公里；依次占用之和加剩余等于对象面积。")
    return notes


def check(path: Path) -> None:
    """Raise `UsageError` unless a ledger can be written at `path`."""
    check_target(path, SUFFIXES)


def save(ledger: Ledger, path: Path) -> None:
    """Write a ledger to a file, by its suffix, at once or not at all.

    Raises `UsageError` where the suffix is another, `StageError` where it cannot be written.
    """
    check(path)
    texts = {".csv": _csv, ".html": _page, ".json": _json}
    make = texts.get(path.suffix.lower())
    try:
        if make is None:
            write_bytes(path.resolve(), _workbook(ledger))
        else:
            write_text(path.resolve(), make(ledger))
    except OSError as fault:
        raise StageError(f"{path}: cannot be written: {fault.strerror or fault}") from fault


def _csv(ledger: Ledger) -> str:
    return csv_text(ledger.table)


def _json(ledger: Ledger) -> str:
    content = {
        "title": ledger.title,
        "unit": ledger.unit,
        "notes": notes_of(ledger),
        "rows": records(ledger.table),
    }
    return json.dumps(content, ensure_ascii=False, indent=1, default=int) + "\n"


def _shown(ledger: Ledger) -> list[str]:
    return [c for c in HEADS if ledger.measured or not c.endswith("_km2")]


def _rows(ledger: Ledger) -> list[list[Cell]]:
    shown = _shown(ledger)
    return [[cell_of(row[c]) for c in shown] for row in records(ledger.table)]


def _workbook(ledger: Ledger) -> bytes:
    wide = {"title": 32, "counties": 36, "source": 40}
    heads = [
        Head(HEADS[c], "0.00" if c.endswith("_km2") else "", wide.get(c, 12), c in wide)
        for c in _shown(ledger)
    ]
    sheet = Sheet("约束台账", heads, _rows(ledger), [ledger.title, *notes_of(ledger)], frozen=2)
    return workbook_bytes([sheet], title=ledger.title)


def _page(ledger: Ledger) -> str:
    heads = "".join(f"<th>{html.escape(HEADS[c])}</th>" for c in _shown(ledger))
    body = "\n".join(f"<tr>{''.join(_html(cell) for cell in row)}</tr>" for row in _rows(ledger))
    notes = "".join(f"<p>{html.escape(note)}</p>" for note in notes_of(ledger))
    title = html.escape(ledger.title)
    return (
        '<!DOCTYPE html>\n<html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title>\n<style>{_STYLE}</style></head>\n<body><h1>{title}</h1>{notes}\n"
        f"<div><table><thead><tr>{heads}</tr></thead>\n<tbody>\n{body}\n</tbody></table></div>"
        "</body></html>\n"
    )


def _html(cell: Cell) -> str:
    if isinstance(cell, float):
        return f'<td class="n">{cell:.2f}</td>'
    if isinstance(cell, int):
        return f'<td class="n">{cell}</td>'
    return f"<td>{html.escape(str(cell or ''))}</td>"


_STYLE = (
    'body{font:15px/1.6 "Microsoft YaHei","Noto Sans CJK SC",sans-serif;margin:24px;color:#222}'
    "h1{font-size:20px}p{margin:4px 0}div{overflow-x:auto}"
    "table{border-collapse:collapse;margin-top:12px}"
    "th,td{border:1px solid #999;padding:4px 8px;text-align:left;vertical-align:top;"
    "min-width:4em}"
    "th{background:#eef2f5}.n{text-align:right}"
    "@media print{body{margin:0;font-size:10.5pt}}"
)
