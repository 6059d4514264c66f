"""Sheets of workbooks: cells in their places, dates, merged cells, what is hidden."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from geoplan.errors import DataError
from geoplan.vector.cells import workbook
from geoplan.vector.xlsx import Grid


def write(path: Path, fill: Callable[[Any, Any], None], **options: Any) -> Path:
    """Write a workbook of one sheet."""
    with xlsxwriter.Workbook(path, options) as book:
        fill(book, book.add_worksheet("表"))
    return path


def grid(path: Path) -> Grid:
    """Read the first sheet."""
    with workbook(path) as book:
        return book.grid(next(iter(book.sheets)))


def test_cells_stand_where_they_stand(tmp_path: Path) -> None:
    def fill(_: Any, sheet: Any) -> None:
        sheet.write("B2", "乙")
        sheet.write("D4", 1.25)
        sheet.write("A5", True)

    rows = grid(write(tmp_path / "a.xlsx", fill)).rows
    assert rows == [[], ["", "乙"], [], ["", "", "", "1.25"], ["TRUE"]]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3, "3"),
        (0.1, "0.1"),
        (1e22, "1e+22"),
        (37.51234567890123, "37.51234567890123"),
        (140702, "140702"),
        (-2.5, "-2.5"),
        ("00123", "00123"),
        (" 甲 ", "甲"),
    ],
)
def test_values(tmp_path: Path, value: object, text: str) -> None:
    path = write(tmp_path / "a.xlsx", lambda _, sheet: sheet.write(0, 0, value))
    assert grid(path).rows == [[text]]


def test_texts_in_several_fonts_and_in_place(tmp_path: Path) -> None:
    def fill(book: Any, sheet: Any) -> None:
        bold = book.add_format({"bold": True})
        sheet.write_rich_string("A1", "榆", bold, "次", "区")

    assert grid(write(tmp_path / "a.xlsx", fill)).rows == [["榆次区"]]
    plain = write(tmp_path / "b.xlsx", lambda _, s: s.write("A1", "甲"), constant_memory=True)
    assert grid(plain).rows == [["甲"]]


@pytest.mark.parametrize("old", [False, True])
def test_dates(tmp_path: Path, old: bool) -> None:
    def fill(book: Any, sheet: Any) -> None:
        sheet.write_datetime(0, 0, date(2020, 2, 29), book.add_format({"num_format": 14}))
        own = book.add_format({"num_format": 'yyyy"年"m"月"d"日" hh:mm'})
        sheet.write_datetime(0, 1, datetime(2021, 1, 1, 6, 30), own)
        sheet.write(0, 2, 0.5, book.add_format({"num_format": "h:mm"}))
        sheet.write(0, 3, 43890, book.add_format({"num_format": '0.00"days"'}))

    rows = grid(write(tmp_path / "a.xlsx", fill, date_1904=old)).rows
    assert rows == [["2020-02-29", "2021-01-01 06:30:00", "12:00:00", "43890"]]


def test_merged_cells_have_one_text(tmp_path: Path) -> None:
    def fill(_: Any, sheet: Any) -> None:
        sheet.merge_range("A1:B1", "坐标")
        sheet.merge_range("A2:A3", "榆次区")
        sheet.write("B2", 1)
        sheet.write("B3", 2)

    read = grid(write(tmp_path / "a.xlsx", fill))
    assert read.rows == [["坐标"], ["榆次区", "1"], ["", "2"]]
    assert read.filled() == [["坐标", "坐标"], ["榆次区", "1"], ["榆次区", "2"]]


def test_a_merged_title_makes_no_columns(tmp_path: Path) -> None:
    read = Grid(rows=[["题"], ["a", "b"]], merged=[(0, 0, 0, 16_383), (1, 0, 1_048_575, 0)])
    assert read.filled() == [["题", "题"], ["a", "b"]]


def test_hidden_rows_and_formulas(tmp_path: Path) -> None:
    def fill(_: Any, sheet: Any) -> None:
        sheet.write("A1", "a")
        sheet.write("A2", "b")
        sheet.set_row(1, None, None, {"hidden": True})
        sheet.write_formula("A3", "=1+1", value=2)
        sheet.write("A4", "c")

    path = write(tmp_path / "a.xlsx", fill)
    read = grid(path)
    assert (read.rows, read.hidden, read.uncounted) == ([["a"], ["b"], ["2"], ["c"]], [2], [])
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    part = "xl/worksheets/sheet1.xml"
    written = parts[part]
    # openpyxl writes an empty value; of a text, that is a result.
    for value, kind, uncounted in ((b"", b"", [3]), (b"<v></v>", b"", [3]), (b"<v/>", b"str", [])):
        parts[part] = written.replace(b"<v>2</v>", value)
        if kind:
            parts[part] = parts[part].replace(b'<c r="A3"', b'<c r="A3" t="%s"' % kind)
        with zipfile.ZipFile(path, "w") as archive:
            for name, content in parts.items():
                archive.writestr(name, content)
        assert grid(path).uncounted == uncounted


def test_hidden_sheets_are_passed_over(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        book.add_worksheet("一").write("A1", "x")
        hidden = book.add_worksheet("二")
        hidden.hide()
    with workbook(tmp_path / "a.xlsx") as read:
        assert (list(read.sheets), read.hidden_sheets) == (["一"], ["二"])


def test_cells_far_off_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("geoplan.vector.xlsx.MOST_CELLS", 99)
    path = write(tmp_path / "a.xlsx", lambda _, sheet: sheet.write(9, 9, 1))
    with pytest.raises(DataError, match="sheet '表' spans more than 99 cells") as caught:
        grid(path)
    assert caught.value.code == "format.too_many_cells"


def test_an_archive_that_is_no_workbook(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as archive:
        archive.writestr("a.txt", "x")
    with pytest.raises(DataError, match="no item named"), workbook(tmp_path / "a.xlsx"):
        pass
