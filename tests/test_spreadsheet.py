"""Workbooks: what openpyxl reads back, and the same bytes on every day."""

from __future__ import annotations

import io
import subprocess
import sys

import openpyxl
import pytest

from geoplan import spreadsheet
from geoplan.errors import StageError
from geoplan.spreadsheet import Cell, Head, Sheet, workbook_bytes

HEADS = (Head("县（市、区）"), Head("面积（平方公里）", "0.00"), Head("占比", "0.0%"))


def read(content: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


def sheet(*rows: list[Cell], **more: object) -> Sheet:
    return Sheet("面积", HEADS, rows, **more)  # type: ignore[arg-type]


def test_rows_read_back_below_notes_and_heads() -> None:
    made = sheet(
        ["榆次区", 1318.5, 0.25], ["合计", 1318.5, None], notes=("甲",), totals=frozenset({1})
    )
    page = read(workbook_bytes([made]))["面积"]
    rows = [[cell.value for cell in row] for row in page.iter_rows()]
    assert rows[0][0] == "甲"
    assert rows[1] == [head.title for head in HEADS]
    assert rows[2:] == [["榆次区", 1318.5, 0.25], ["合计", 1318.5, None]]
    assert page.freeze_panes == "A3"
    assert page.auto_filter.ref == "A2:C4"
    assert page["B3"].number_format == "0.00"
    assert not page["A3"].font.b
    assert page["A4"].font.b


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@a", '=HYPERLINK("http://x")', "{=1}"])
def test_texts_are_never_formulas(text: str) -> None:
    cell = read(workbook_bytes([sheet([text, 1, 1])]))["面积"]["A2"]
    assert (cell.value, cell.data_type) == (text, "s")
    assert cell.hyperlink is None


def test_numbers_that_are_none_are_empty_cells() -> None:
    page = read(workbook_bytes([sheet(["甲", float("nan"), float("inf")])]))["面积"]
    assert page["B2"].value is None
    assert page["C2"].value is None


def test_texts_that_no_cell_can_hold_are_cut() -> None:
    page = read(workbook_bytes([sheet(["甲\0\x0b" + "乙" * 40000, True, 0])]))["面积"]
    assert page["A2"].value.startswith("甲乙")
    assert len(page["A2"].value) == spreadsheet.LONGEST_TEXT
    assert page["A2"].value.endswith("…")
    assert page["B2"].value is True


def test_names_of_sheets_are_such_as_spreadsheets_take() -> None:
    wanted = ["a/b:c", "A/b:c", "长" * 40, "长" * 40, "", "'"]
    made = workbook_bytes([Sheet(name, HEADS, []) for name in wanted])
    names = read(made).sheetnames
    assert names[:2] == ["a_b_c", "A_b_c_2"]
    assert all(1 <= len(name) <= 31 for name in names)
    assert len({name.casefold() for name in names}) == len(wanted)


def test_too_many_rows_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheet, "LAST_ROW", 3)
    workbook_bytes([sheet(["甲", 1, 1], ["乙", 1, 1])])
    with pytest.raises(StageError, match="more than 2 rows"):
        workbook_bytes([sheet(["甲", 1, 1], ["乙", 1, 1], ["丙", 1, 1])])
    with pytest.raises(StageError, match="at least one sheet"):
        workbook_bytes([])


def test_same_content_gives_the_same_bytes_in_every_process() -> None:
    code = (
        "import hashlib, sys; from geoplan.spreadsheet import *;"
        "s = Sheet('a', [Head('b')], [['c'], [1.5]]);"
        "sys.stdout.write(hashlib.sha256(workbook_bytes([s])).hexdigest())"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"TZ": zone, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for zone, seed in [("UTC", "1"), ("Asia/Shanghai", "2")]
    }
    assert len(runs) == 1
