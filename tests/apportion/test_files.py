"""What is printed and written: every row with its basis, the sums, the assumption."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import numpy as np
import openpyxl
import pytest

from geoplan.apportion import rows as module
from geoplan.apportion import save
from geoplan.errors import StageError, UsageError
from tests.apportion.squares import EVERY, raster
from tests.apportion.test_layers import RUN
from tests.commands import Command


@pytest.mark.parametrize("end", ["csv", "xlsx", "json"])
def test_same_input_same_bytes(run: RUN, tmp_path: Path, end: str) -> None:
    made = run(EVERY, "redline", year="2020", source="统计年鉴")
    path = tmp_path / f"a.{end}"
    save(made, path)
    first = path.read_bytes()
    save(run(EVERY, "redline", year="2020", source="统计年鉴"), path)
    assert path.read_bytes() == first
    assert [p.name for p in tmp_path.iterdir() if p.suffix == ".part"] == []


def test_csv_has_all_that_a_row_needs(run: RUN, tmp_path: Path) -> None:
    save(run(EVERY, "redline", year="2020", source="统计年鉴"), tmp_path / "a.csv")
    text = (tmp_path / "a.csv").read_text("utf-8")
    assert text.startswith("\ufeffadcode,name,layer,class,title,value,share_of_unit")
    first = next(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert first["value"] == "250"
    assert first["share_of_unit"] == "0.250000"
    assert (first["year"], first["source"], first["basis"]) == ("2020", "统计年鉴", "geometry")
    assert first["uncertainty"] == "假设在单元内均匀分布"


def test_a_workbook_has_results_totals_and_the_check(run: RUN, tmp_path: Path) -> None:
    path = raster(tmp_path / "w.tif", np.ones((8, 12)))
    save(run("adcode,人口（人）\n910101,1234\n", "sketch", by=str(path)), tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert book.sheetnames == ["分配结果", "示意范围", "汇总", "核对"]
    rows = [list(row) for row in book["分配结果"].iter_rows(values_only=True)]
    head = next(row for row in rows if row[0] == "行政区代码")
    assert "数值（人）" in head
    assert "权重之和" in head
    assert rows[-1][:4] == ["910101", "东山区", "未分配", 1234]
    assert any("这是假设" in str(row[0]) for row in rows)
    assert next(book["示意范围"].iter_rows(values_only=True))[0].startswith("示意范围")
    last = list(book["核对"].iter_rows(values_only=True))[-1]
    assert last[1:8] == ("合计", 1234, 0, 0, 0, 1234, 0)


def test_json_has_notes_rows_checks_and_totals(run: RUN, tmp_path: Path) -> None:
    save(run(EVERY, "redline"), tmp_path / "a.json")
    made = json.loads((tmp_path / "a.json").read_text("utf-8"))
    assert {"title", "notes", "rows", "checks", "totals"} <= set(made)
    assert made["totals"][-1]["values"] == {"redline": 2500, "~none": 8600}
    assert made["rows"][0]["weight"] is None


def test_texts_never_run_in_spreadsheets(run: RUN, tmp_path: Path) -> None:
    made = run("adcode,=人口+1\n910101,5\n", source="@x")
    save(made, tmp_path / "a.csv")
    assert "'=人口+1" in (tmp_path / "a.csv").read_text("utf-8")
    assert "'@x" in (tmp_path / "a.csv").read_text("utf-8")


def test_names_of_files_are_checked(run: RUN, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"has to end in \.csv or \.xlsx or \.json"):
        save(run(EVERY), tmp_path / "a.pdf")


def test_a_lost_count_fails(run: RUN, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "apportioned", lambda count, weights: [0] * len(weights))
    with pytest.raises(StageError, match="1000 of the count was lost"):
        run(EVERY, "redline")


def test_the_command(apportion_project: Path, tmp_path: Path, command: Command) -> None:
    counts = tmp_path / "人口.csv"
    counts.write_text(EVERY, "utf-8")
    words = ("apportion", counts, "--to", "redline", "-C", apportion_project)
    done = command(*words)
    assert done.code == 0
    assert "910101\t东山区\t类\t250\t25.0%\t假设在单元内均匀分布" in done.out
    assert "这是假设" in done.err
    assert command(*words, "-q").err == ""
    rows = command(*words, "--json", "-q").lines()
    assert rows[0]["value"] == 250
    out = tmp_path / "out.xlsx"
    done = command(*words, "--out", out)
    assert (done.code, done.out) == (0, "")
    assert out.is_file()
    sketch = command("apportion", counts, "--to", "sketch", "-C", apportion_project)
    assert "类（示意）\t100\t10%" in sketch.out


@pytest.mark.parametrize(
    ("more", "code", "told"),
    [
        (("--json", "--out", "x.csv"), 2, "give one of them"),
        (("--out", "x.pdf"), 2, "has to end in"),
        (("--unit", "无此县"), 3, "is no unit"),
        (("--by", "nowhere.tif"), 3, "nowhere.tif"),
        (("--density",), 2, "is of rasters"),
        (("--column", "x"), 2, "has no column"),
    ],
)
def test_wrong_use_is_one_message(
    apportion_project: Path,
    tmp_path: Path,
    command: Command,
    *,
    more: tuple[str, ...],
    code: int,
    told: str,
) -> None:
    counts = tmp_path / "c.csv"
    counts.write_text(EVERY, "utf-8")
    done = command("apportion", counts, "--to", "redline", "-C", apportion_project, *more)
    assert done.code == code
    assert told in done.err + done.out
    assert "Traceback" not in done.err
