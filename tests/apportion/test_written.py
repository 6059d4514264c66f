"""Files of a result: every row and sum, guarded cells, notes, at once or not at all."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest

from geoplan.apportion import Apportioned, save
from geoplan.apportion import write as module
from geoplan.apportion.rows import COLUMNS
from geoplan.errors import StageError, UsageError
from tests.apportion.squares import EVERY, raster
from tests.apportion.test_layers import RUN

DECIMALS = EVERY.replace("1000", "1000.25").replace("2000", "2000.5")


def csv_rows(made: Apportioned, folder: Path) -> list[dict[str, str]]:
    """Return the rows of a result as CSV, by column."""
    save(made, folder / "a.csv")
    text = (folder / "a.csv").read_text("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def sheets_of(made: Apportioned, folder: Path) -> dict[str, list[list[Any]]]:
    """Return the cells of a result as a workbook, by sheet."""
    save(made, folder / "a.xlsx")
    book = openpyxl.load_workbook(folder / "a.xlsx")
    return {
        name: [list(row) for row in book[name].iter_rows(values_only=True)]
        for name in book.sheetnames
    }


def json_of(made: Apportioned, folder: Path) -> dict[str, Any]:
    """Return a result as JSON."""
    save(made, folder / "a.json")
    content: dict[str, Any] = json.loads((folder / "a.json").read_text("utf-8"))
    return content


def below(rows: list[list[Any]], head: str) -> list[list[Any]]:
    """Return the rows of a sheet below the one that starts with a head."""
    at = next(n for n, row in enumerate(rows) if row[0] == head)
    return rows[at + 1 :]


@pytest.fixture
def halves(run: RUN) -> Apportioned:
    """Return the redline's counts, with two decimals."""
    made: Apportioned = run(DECIMALS, "redline", year="2020", source="年鉴")
    return made


def test_rows_of_csv_add_up_by_unit(halves: Apportioned, tmp_path: Path) -> None:
    rows = csv_rows(halves, tmp_path)
    assert tuple(rows[0]) == COLUMNS
    given = dict(line.split(",") for line in DECIMALS.splitlines()[1:])
    for code, count in given.items():
        own = [float(row["value"]) for row in rows if row["adcode"] == code]
        assert round(sum(own), 2) == float(count)
    assert [row["value"] for row in rows[:2]] == ["250.06", "750.19"]


def test_rows_of_json_are_those_of_csv(halves: Apportioned, tmp_path: Path) -> None:
    one, other = csv_rows(halves, tmp_path), json_of(halves, tmp_path)
    assert [row["value"] for row in other["rows"]] == [float(row["value"]) for row in one]
    assert [row["class"] for row in other["rows"]] == [row["class"] for row in one]
    assert other["title"] == halves.title
    assert other["notes"] == halves.notes
    assert other["decisions"] == []


def test_totals_and_checks_of_json_agree_with_the_rows(halves: Apportioned, tmp_path: Path) -> None:
    content = json_of(halves, tmp_path)
    rows, total = content["rows"], content["totals"][-1]
    for name, value in total["values"].items():
        assert value == round(sum(row["value"] for row in rows if row["class"] == name), 2)
    assert total["total"] == 11_100.75
    last = content["checks"][-1]
    assert last["given"] == 11_100.75
    assert round(last["apportioned"] + last["none"], 2) == 11_100.75
    assert [check["difference"] for check in content["checks"]] == [0] * 7
    assert (total["counties"], total["counted"]) == (6, 6)


def test_a_workbook_shows_what_the_csv_holds(halves: Apportioned, tmp_path: Path) -> None:
    rows = csv_rows(halves, tmp_path)
    sheets = sheets_of(halves, tmp_path)
    assert list(sheets) == ["分配结果", "汇总", "核对"]
    shown = below(sheets["分配结果"], "行政区代码")
    assert [row[0] for row in shown] == [row["adcode"] for row in rows]
    assert [row[3] for row in shown] == [float(row["value"]) for row in rows]
    assert {row[6] for row in shown} == {"图形"}


def test_a_workbook_has_every_note_above_its_rows(halves: Apportioned, tmp_path: Path) -> None:
    first = [row[0] for row in sheets_of(halves, tmp_path)["分配结果"]]
    assert first[0] == halves.title
    assert [note for note in halves.notes if note not in first] == []


def test_sums_of_a_workbook(halves: Apportioned, tmp_path: Path) -> None:
    sheets = sheets_of(halves, tmp_path)
    lines = {row[0]: row[1:] for row in below(sheets["汇总"], "行政区代码")}
    assert lines["910100"] == ["甲州市", "4/4", 2500.19, 7500.56, 10_000.75]
    assert lines["910200"] == ["乙州市", "2/2", 0, 1100, 1100]
    assert lines["910000"] == ["试省", "6/6", 2500.19, 8600.56, 11_100.75]
    checks = below(sheets["核对"], "行政区代码")
    assert checks[-1][1:8] == ["合计", 11_100.75, 2500.19, 8600.56, 0, 0, 0]
    assert sum(row[2] for row in checks[:-1]) == 11_100.75


@pytest.mark.parametrize(
    ("counts", "digits", "shown"),
    [
        pytest.param(EVERY, None, "0", id="whole numbers"),
        pytest.param(EVERY, 1, "0.0", id="a digit that was asked for"),
        pytest.param(DECIMALS, None, "0.00", id="two decimals"),
    ],
)
def test_figures_are_shown_with_their_decimals(
    run: RUN, tmp_path: Path, counts: str, *, digits: int | None, shown: str
) -> None:
    save(run(counts, "redline", digits=digits), tmp_path / "a.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["汇总"]
    last = list(sheet.iter_rows())[-1]
    assert {cell.number_format for cell in last[3:]} == {shown}


@pytest.mark.parametrize("sign", ["=", "+", "-", "@"])
def test_no_text_of_a_table_runs(run: RUN, tmp_path: Path, sign: str) -> None:
    made = run(f'adcode,"{sign}人口+1（{sign}人）"\n910101,5\n', source=f"{sign}x", year="=1")
    made = replace(made, table=made.table.assign(title=f"{sign}cmd"))
    (row,) = csv_rows(made, tmp_path)
    for column in ("title", "count", "source", "year"):
        assert row[column][0] == "'"
    save(made, tmp_path / "b.xlsx")
    book = openpyxl.load_workbook(tmp_path / "b.xlsx")
    kinds = {cell.data_type for sheet in book for line in sheet.iter_rows() for cell in line}
    assert "f" not in kinds


def test_weights_have_columns_only_where_there_are_some(run: RUN, tmp_path: Path) -> None:
    by_area = sheets_of(run(EVERY, "redline"), tmp_path)["分配结果"]
    assert not any("权重之和" in row for row in by_area)
    path = raster(tmp_path / "w.tif", np.full((8, 12), 123.456789))
    weighed = sheets_of(run(EVERY, "redline", by=str(path)), tmp_path)
    head = next(row for row in weighed["分配结果"] if row[0] == "行政区代码")
    (first, *_) = below(weighed["分配结果"], "行政区代码")
    assert first[head.index("权重之和")] == 493.83
    assert first[head.index("有权重的面积占比")] == pytest.approx(1, abs=1e-6)


def test_sketches_have_a_sheet_of_their_own(run: RUN, tmp_path: Path) -> None:
    made = run("adcode,人口\n910101,1234\n910102,77\n", "sketch")
    sheets = sheets_of(made, tmp_path)
    assert list(sheets) == ["分配结果", "示意范围", "汇总", "核对"]
    assert [row[3] for row in below(sheets["分配结果"], "行政区代码")] == [1234, 77]
    (drawn,) = below(sheets["示意范围"], "行政区代码")
    assert drawn[3] == 120
    assert drawn[6] == "示意"
    assert [row[-1] for row in below(sheets["汇总"], "行政区代码")] == [1311, 1234, 77, 1311]


@pytest.mark.parametrize("end", ["csv", "xlsx", "json"])
def test_what_stood_there_stays_where_writing_fails(
    run: RUN, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    made = run(EVERY, "redline")
    path = tmp_path / f"a.{end}"
    path.write_text("before", "utf-8")
    for name in ("write_text", "write_bytes"):
        monkeypatch.setattr(module, name, full)
    with pytest.raises(StageError, match=r"a\.\w+: cannot be written: No space left"):
        save(made, path)
    assert path.read_text("utf-8") == "before"


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("a.pdf", id="another"),
        pytest.param("a", id="none"),
        pytest.param("a.csv.gz", id="packed"),
        pytest.param("csv", id="only the name"),
    ],
)
def test_suffixes_that_are_refused(run: RUN, tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match=r"has to end in \.csv or \.xlsx or \.json"):
        save(run(EVERY), tmp_path / name)
    assert not (tmp_path / name).exists()


def test_suffixes_in_capitals(run: RUN, tmp_path: Path) -> None:
    save(run(EVERY), tmp_path / "A.CSV")
    assert (tmp_path / "A.CSV").read_text("utf-8-sig").startswith("adcode,name")


def test_a_folder_that_is_not_there(run: RUN, tmp_path: Path) -> None:
    with pytest.raises((StageError, UsageError), match="nowhere"):
        save(run(EVERY), tmp_path / "nowhere" / "a.csv")
