"""The workbook of all tables: what openpyxl reads back, in Chinese, with every row."""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from geoplan import schema
from geoplan.publish import outputs
from geoplan.publish.exports import workbook
from geoplan.publish.words import pair
from geoplan.schema.fields import field_of
from tests.publish import sample

Rows = list[dict[str, Any]]


def book_of(tables: dict[str, pd.DataFrame]) -> openpyxl.Workbook:
    made = outputs(tables, project=sample.project(Path()), as_of=sample.AS_OF)
    (output,) = (o for o in made if o.name == workbook.NAME)
    return openpyxl.load_workbook(io.BytesIO(output.content()))


@cache
def book() -> openpyxl.Workbook:
    return book_of(sample.tables(attack=True))


def rows_of(book: openpyxl.Workbook, name: str) -> Rows:
    """Return the rows of a sheet by its heads, which stand where filters are."""
    page = book[name]
    cells = [[cell.value for cell in row] for row in page.iter_rows()]
    top = next(i for i, row in enumerate(cells) if row[-1] == "溯源编号")
    return [dict(zip(cells[top], row, strict=True)) for row in cells[top + 1 :]]


UNSEEN = ("coverage", "rasters", "zonal", *schema.INNER)
"""Coverage has sheets by city; the sample has no rasters; some tables are never handed out."""


def title(table: str) -> str:
    return pair(f"table.{table}")[0]


@pytest.mark.parametrize("name", [n for n in schema.TABLES if n not in UNSEEN])
def test_every_table_has_a_sheet_with_its_rows(name: str) -> None:
    table = sample.tables(attack=True)[name]
    rows = rows_of(book(), title(name))
    assert len(rows) == len(table)
    refs = [schema.ref_of(name, row) for row in schema.records(table)]
    assert [row["溯源编号"] for row in rows] == refs
    for column in schema.TABLES[name].columns:
        if column.dtype == "real" and rows:
            found = [row[field_of(name, column.name).zh] for row in rows]
            wanted = [None if pd.isna(v) else v for v in table[column.name]]
            assert found == pytest.approx(wanted, nan_ok=True)


def test_coverage_leaves_out_what_nobody_knows() -> None:
    told = sample.tables()["coverage"].query("state in ['concerned', 'not_concerned']")
    rows = rows_of(book(), title("coverage"))
    assert len(rows) == len(told)
    assert {row["情况"] for row in rows} == {"涉及", "未涉及"}
    notes = [row[0].value for row in book()[title("coverage")].iter_rows(max_row=4)]
    assert any("tables/coverage.csv" in str(note) for note in notes)


def test_codes_are_words_and_keys_are_names() -> None:
    row = next(r for r in rows_of(book(), title("coverage")) if r["口径"] == "图形")
    assert row["行政单元"].endswith(("县", "区", "市", "省"))
    assert row["图层"] in set(sample.tables()["layers"]["title"])
    assert row["类别"] in set(sample.tables()["classes"]["title"])
    told = {r["结论"] for r in rows_of(book(), title("claims"))}
    assert told == {"一致", "有差异", "不一致（待核实）", "无法核验"}
    assert rows_of(book(), title("layers"))[0]["图层代码"] == sample.tables()["layers"]["layer"][0]


def test_subjects_are_named() -> None:
    found = {row["对象"] for row in rows_of(book(), title("claims"))}
    layers = sample.tables()["layers"].set_index("layer")["title"]
    classes = sample.tables()["classes"].set_index("class")["title"]
    assert f"{layers['zones']} · {classes['key_development']}" in found
    assert layers["parks"] in found
    assert f"{layers['sketch']} · 示意轴线" in found or f"{layers['sketch']} · {classes['axis']}"


def test_heads_stay_with_filters_and_shares_are_percentages() -> None:
    page = book()[title("coverage")]
    assert page.freeze_panes is not None
    assert page.auto_filter.ref is not None
    assert page.auto_filter.ref.endswith(f"{page.max_row}")
    top = next(r for r in page.iter_rows() if r[-1].value == "溯源编号")
    share = next(cell.column for cell in top if cell.value == "占单元面积（%）")
    assert page.cell(top[0].row + 1, share).number_format == "0.0%"
    area = next(cell.column for cell in top if cell.value == "净面积（平方公里）")
    assert page.cell(top[0].row + 1, area).number_format == "0.00"


def test_nothing_runs() -> None:
    texts = [cell for page in book() for row in page.iter_rows() for cell in row]
    kinds = {cell.data_type for cell in texts}
    assert "f" not in kinds
    assert sample.FORMULA in {cell.value for cell in texts}
    outside = [c for c in texts if c.hyperlink is not None and c.hyperlink.target is not None]
    assert outside == []


def test_the_first_sheet_tells_what_the_others_are() -> None:
    page = book()["说明"]
    texts = [str(cell.value) for row in page.iter_rows() for cell in row if cell.value is not None]
    assert "山西省规划图集" in texts
    assert f"密级：{pair('secrecy.internal')[0]}" in texts
    assert f"时效判断日：{sample.AS_OF}" in texts
    linked = [c.hyperlink.location for row in page.iter_rows() for c in row if c.hyperlink]
    assert linked == [f"'{name}'!A1" for name in book().sheetnames[1:]]
    assert page.freeze_panes is None


def test_what_people_open_the_workbook_for_comes_first() -> None:
    assert book().sheetnames[1:4] == [title(name) for name in ("conflicts", "claims", "findings")]


def test_long_tables_have_a_sheet_for_each_city(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "LONG", 20)
    tables = sample.tables()
    made = book_of(tables)
    names = [name for name in made.sheetnames if name.startswith(title("coverage"))]
    assert names == [f"{title('coverage')} {part}" for part in ("合计", "阳泉市", "晋中市")]
    counties = set(tables["units"].query("level == 'county'")["adcode"])
    parts = [rows_of(made, name) for name in names]
    assert {r["行政区划代码"] for r in parts[0]}.isdisjoint(counties)
    assert {r["行政区划代码"][:4] for r in parts[2]} == {"1407"}
    whole = rows_of(book(), title("coverage"))
    refs = [row["溯源编号"] for rows in parts for row in rows]
    assert sorted(refs) == sorted(row["溯源编号"] for row in whole)


def test_totals_without_a_unit_stand_with_totals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "LONG", 1)
    made = book_of(sample.tables())
    rows = rows_of(made, f"{title('overlaps')} 合计")
    assert {row["行政区划代码"] for row in rows} == {None}


def test_empty_tables_say_so() -> None:
    page = book()[title("dropped")]
    assert [row[0].value for row in page.iter_rows(max_row=2)][1] == pair("book.nothing")[0]


def test_the_same_tables_give_the_same_bytes() -> None:
    made = [
        output.content()
        for _ in range(2)
        for output in outputs(sample.tables(), project=sample.project(Path("/a")), as_of="2020")
        if output.name == workbook.NAME
    ]
    assert made[0] == made[1]
