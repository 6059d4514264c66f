"""A count that was apportioned as a file: CSV, a workbook, JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from geoplan.apportion.make import Apportioned
from geoplan.errors import StageError
from geoplan.files import check_target, write_bytes, write_text
from geoplan.schema import records
from geoplan.sheet import csv_text
from geoplan.spreadsheet import Cell, Head, Sheet, cell_of, workbook_bytes

SUFFIXES = (".csv", ".xlsx", ".json")

HEADS = {
    "adcode": ("行政区代码", 11),
    "name": ("名称", 12),
    "title": ("类别", 26),
    "value": ("数值", 12),
    "share_of_unit": ("占单元数值", 11),
    "area_km2": ("面积（平方公里）", 16),
    "weight": ("权重之和", 12),
    "share_with_weights": ("有权重的面积占比", 17),
    "basis": ("依据", 8),
    "uncertainty": ("说明", 44),
}
"""Columns that people see, with head and width."""

CHECK_HEADS = {
    "adcode": ("行政区代码", 11),
    "name": ("名称", 12),
    "given": ("单元数值", 14),
    "apportioned": ("分配到类别", 14),
    "none": ("不在任何类别内", 14),
    "outside": ("不在规划范围内", 14),
    "left": ("未分配", 12),
    "difference": ("差", 8),
    "share_with_weights": ("有权重的面积占比", 17),
}

_BASIS = {"geometry": "图形", "indicative": "示意"}


def check(path: Path) -> None:
    """Raise `UsageError` unless a result can be written at `path`."""
    check_target(path, SUFFIXES)


def save(made: Apportioned, path: Path) -> None:
    """Write a result to a file, by its suffix, at once or not at all.

    Raises `UsageError` where the suffix is another, `StageError` where it cannot be written.
    """
    check(path)
    texts: dict[str, Callable[[], str]] = {
        ".csv": lambda: csv_text(made.table),
        ".json": lambda: _json(made),
    }
    text = texts.get(path.suffix.lower())
    try:
        if text is None:
            write_bytes(path.resolve(), _workbook(made))
        else:
            write_text(path.resolve(), text())
    except OSError as fault:
        raise StageError(f"{path}: cannot be written: {fault.strerror or fault}") from fault


def _json(made: Apportioned) -> str:
    content = {
        "title": made.title,
        "notes": made.notes,
        "decisions": made.decisions,
        "rows": records(made.table),
        "checks": records(made.checks),
        "totals": [
            {
                "adcode": line.adcode,
                "name": line.name,
                "counties": line.counties,
                "counted": line.held,
                "values": dict(zip(made.totals.classes, line.cells, strict=True)),
                "total": line.total,
            }
            for line in made.totals.lines
        ],
    }
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def _workbook(made: Apportioned) -> bytes:
    exact = made.table["basis"] == "geometry"
    sheets = [
        _sheet("分配结果", made.table[exact], made, notes=[made.title, *made.notes]),
        _totals(made),
        _checks(made),
    ]
    if not exact.all():
        told = [note for note in made.notes if note.startswith("示意")]
        sheets.insert(1, _sheet("示意范围", made.table[~exact], made, notes=told))
    return workbook_bytes(sheets, title=made.title)


def _number(made: Apportioned) -> str:
    return "0." + "0" * made.counts.digits if made.counts.digits else "0"


def _sheet(name: str, table: pd.DataFrame, made: Apportioned, *, notes: list[str]) -> Sheet:
    drawn = name == "示意范围"
    formats = {
        "value": "General" if drawn else _number(made),
        "share_of_unit": "[<0.1]0.0%;0%" if drawn else "0.0%",
        "area_km2": "General" if drawn else "0.00",
        "weight": "General",
        "share_with_weights": "0.0%",
    }
    weighed = table["share_with_weights"].notna().any()
    shown = [c for c in HEADS if weighed or c not in ("weight", "share_with_weights")]
    measure = made.counts.measure
    heads = []
    for column in shown:
        title, width = HEADS[column]
        title = f"{title}（{measure}）" if column == "value" and measure else title
        heads.append(
            Head(title, formats.get(column, ""), width, column in ("title", "uncertainty"))
        )
    rows = [[_cell(row[c], c) for c in shown] for row in records(table)]
    return Sheet(name, heads, rows, notes, frozen=2, filtered=len(notes) < 16)


def _cell(value: object, column: str) -> Cell:
    if column == "basis":
        return _BASIS[str(value)]
    made = cell_of(value)
    return float(f"{made:.5g}") if column == "weight" and isinstance(made, float) else made


def _totals(made: Apportioned) -> Sheet:
    number = _number(made)
    heads = [
        Head("行政区代码", "", 11),
        Head("名称", "", 14),
        Head("计入县数", "", 9),
        *(Head(title, number, 11) for title in made.totals.titles),
        Head("合计", number, 11),
    ]
    rows: list[list[Cell]] = []
    for line in made.totals.lines:
        held = f"{line.held}/{line.counties}"
        rows.append([line.adcode, line.name, held, *line.cells, line.total])
    sums = frozenset(at for at, line in enumerate(made.totals.lines) if line.is_sum)
    told = [made.title, "市、省的行是其中有数值的单元之和；不足的见“计入县数”。"]
    return Sheet("汇总", heads, rows, told, sums, frozen=2)


def _checks(made: Apportioned) -> Sheet:
    number = _number(made)
    figures = ("given", "apportioned", "none", "outside", "left", "difference")
    heads = [
        Head(title, number if c in figures else "0.0%" if c.startswith("share") else "", width)
        for c, (title, width) in CHECK_HEADS.items()
    ]
    rows = [[_cell(row[c], c) for c in CHECK_HEADS] for row in records(made.checks)]
    told = [made.title, "单元数值＝分配到类别＋不在任何类别内＋不在规划范围内＋未分配。"]
    return Sheet("核对", heads, rows, told, frozenset({len(rows) - 1}), frozen=2)
