"""Workbooks: what openpyxl reads back, and the same bytes on every day."""

from __future__ import annotations

import io
import subprocess
import sys

import numpy as np
import openpyxl
import pandas as pd
import pytest

from geoplan import spreadsheet
from geoplan.errors import StageError
from geoplan.spreadsheet import Cell, Head, Link, Sheet, cell_of, workbook_bytes

HEADS = (Head("县（市、区）"), Head("面积（平方公里）", "0.00"), Head("占比", "0.0%"))


def read(content: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


def sheet(*rows: list[Cell], **more: object) -> Sheet:
    return Sheet("面积", HEADS, rows, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(None, None, id="nothing"),
        pytest.param(np.nan, None, id="no number"),
        pytest.param("=1+1", "=1+1", id="text"),
        pytest.param(True, True, id="truth"),
        pytest.param(2**60 + 1, 2**60 + 1, id="large whole number"),
        pytest.param(np.int64(7), 7, id="whole number of a table"),
        pytest.param(np.float64(7), 7.0, id="real number of a table"),
        pytest.param(pd.Series([7], dtype="Int64")[0], 7, id="number that may be missing"),
    ],
)
def test_a_value_of_a_table_is_a_cell(value: object, expected: Cell) -> None:
    made = cell_of(value)
    assert made == expected
    assert type(made) in (type(expected), np.float64)


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


def test_links_lead_to_sheets_whatever_their_names() -> None:
    odd = "甲'乙:表"
    first = Sheet("目录", (Head("工作表"),), [[Link(odd)], [Link("面积")]])
    book = read(workbook_bytes([first, Sheet(odd, HEADS, []), sheet(["甲", 1, 1])]))
    cells = [book["目录"]["A2"], book["目录"]["A3"]]
    assert [cell.value for cell in cells] == ["甲'乙_表", "面积"]
    assert [cell.hyperlink.location for cell in cells] == ["'甲''乙_表'!A1", "'面积'!A1"]


def test_a_sheet_may_scroll_as_a_whole() -> None:
    page = read(workbook_bytes([sheet(["甲", 1, 1], notes=("注",) * 40, filtered=False)]))["面积"]
    assert page.freeze_panes is None
    assert page.auto_filter.ref is None


def test_long_texts_wrap_where_they_are_told_to() -> None:
    heads = (Head("来源", "", 20, wrap=True), Head("说明", "", 20))
    rows = [["规划纲要" * 10, "甲" * 40], ["短", "甲" * 40]]
    page = read(workbook_bytes([Sheet("台账", heads, rows)]))["台账"]
    assert page["A2"].alignment.wrap_text
    assert not page["B2"].alignment.wrap_text
    assert page.row_dimensions[2].height >= 4 * spreadsheet.LINE
    assert page.row_dimensions[3].height is None
