"""Small tables that people fill in, read as texts: CSV of any habit, sheets of workbooks."""

from __future__ import annotations

from pathlib import Path

import pytest

from geoplan.errors import DataError
from geoplan.spreadsheet import Head, Sheet, workbook_bytes
from geoplan.vector import read_cells

ROWS = [["代码", "名称"], ["140702", "榆次区"], ["", "合计"]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_of_any_habit(tmp_path: Path, encoding: str, delimiter: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("\r\n".join(delimiter.join(row) for row in ROWS).encode(encoding))
    assert read_cells(path) == ROWS


def test_quoted_cells_keep_their_commas(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('名称,面积\n榆次区," 1,321.02 "\n', "utf-8")
    assert read_cells(path) == [["名称", "面积"], ["榆次区", "1,321.02"]]


def test_sheets_are_texts_and_the_first_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    heads = [Head("代码"), Head("面积", "0.00")]
    first = Sheet("一", heads, [["140702", 1321.5], [None, 3]], notes=["单位：公顷"])
    path.write_bytes(workbook_bytes([first, Sheet("二", [Head("x")], [["y"]])]))
    assert read_cells(path) == [
        ["单位：公顷", ""],
        ["代码", "面积"],
        ["140702", "1321.5"],
        ["", "3"],
    ]
    assert read_cells(path, sheet="二") == [["x"], ["y"]]
    with pytest.raises(DataError, match="has no sheet '三'; there are: 一, 二"):
        read_cells(path, sheet="三")


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.csv", b"\xff\xff\xff", "neither UTF-8 nor GB18030"),
        ("a.xlsx", b"no workbook", "cannot be read"),
        ("a.xlsx", b"", "cannot be read"),
        ("a.doc", b"", r"format '.doc' is not known; allowed: .csv, .txt, .xlsx"),
    ],
)
def test_files_that_cannot_be_read(tmp_path: Path, name: str, content: bytes, told: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(DataError, match=told):
        read_cells(path)
    with pytest.raises(DataError, match="there is no such file"):
        read_cells(tmp_path / "none.csv")
