"""Counts: matched by code or name, only what adds up, every fault at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from geoplan.errors import DataError, UsageError
from tests.apportion.squares import EVERY, cells

RUN = Any


def test_names_old_names_codes_and_thousands(run: RUN) -> None:
    rows = (',东山县,"1,000"', ",西山,2000", ",甲州市城区,3", "910103.0,,4")
    made = run("\n".join(["代码,名 称,2019年人口（人）", *rows]))
    assert cells(made) == {
        ("910101", "zone_a"): 1000,
        ("910102", "zone_a"): 2000,
        ("910103", "zone_b"): 4,
        ("910104", "zone_b"): 3,
    }
    assert (made.counts.year, made.counts.measure) == ("2019", "人")
    told = "\n".join(made.notes)
    assert "“东山县”按今名识别：东山县 → 东山区" in told
    assert "缺2个县（市、区）的数值" in told
    assert "未注明年份" not in told


def test_every_fault_of_a_table_is_told_at_once(run: RUN) -> None:
    with pytest.raises(DataError) as caught:
        run(
            "adcode,name,count\n410100,郑州市,5\n910101,西山县,5\n,东山,5\n910101,,6\n,城区,1\n"
            "910103,,-1\n910104,,许多\n910201,,\n,老县,4\n910202,,1e-9\n"
        )
    told = str(caught.value)
    assert "9 row(s) are wrong" in told
    for line in (
        "row 2: '410100' is no unit",
        "row 3: code 910101 and name '西山县' are of different units",
        "row 5: 910101 stands in row 4 too",
        "row 6: '城区' is ambiguous",
        "row 7: count '-1' is no number of at least 0",
        "row 8: count '许多' is no number",
        "row 9: count '' is no number",
        "row 10: '老县' stands for 2 units",
        "row 11: count 1e-09 has more than 6 decimals",
    ):
        assert line in told


def test_rows_of_cities_are_sums_of_their_counties(run: RUN) -> None:
    made = run(f"{EVERY}910000,11100\n910200,1200\n合 计,11100\n")
    assert len(made.checks) == 7
    told = "\n".join(made.notes)
    assert "“试省”的下级单元（6个）已全部列出，该行作为合计未计入；与下级之和相等。" in told
    assert "第10行“合 计”是合计，未计入。" in told
    assert "该行为1200，下级之和为1100，相差100。" in told


def test_a_city_beside_a_part_of_its_counties_is_a_fault(run: RUN) -> None:
    with pytest.raises(DataError, match="hold only 1 of its 4 counties; leave out one"):
        run("adcode,人口\n910100,10\n910101,5\n")


def test_units_outside_are_told_and_a_table_of_elsewhere_is_refused(run: RUN) -> None:
    made = run(EVERY, unit="甲州")
    assert any("2个单元不在试省甲州市" in n or "2个单元不在甲州市" in n for n in made.notes)
    assert len(made.checks) == 5
    with pytest.raises(DataError, match=r"none of its 1 unit\(s\) lies in"):
        run("adcode,人口\n910201,5\n", unit="甲州")


def test_columns(run: RUN) -> None:
    table = "adcode,人口,户数\n910101,5,2\n"
    assert cells(run(table, column="户 数")) == {("910101", "zone_a"): 2}
    with pytest.raises(UsageError, match="say with --column which is the count: 人口, 户数"):
        run(table)
    with pytest.raises(UsageError, match=r"has no column '人囗'.* There are: 人口, 户数"):
        run(table, column="人囗")
    with pytest.raises(UsageError, match="2 columns are called '人口'"):
        run("adcode,人口,人口\n910101,5,2\n", column="人口")
    with pytest.raises(DataError, match="first 10 rows have no heads"):
        run("a,b\n1,2\n")
    with pytest.raises(UsageError, match="says '人均'"):
        run("adcode,人均产值\n910101,5\n")


def test_decimals_are_those_of_the_counts(run: RUN, tmp_path: Path) -> None:
    path = tmp_path / "c.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["adcode", "人口（万人）"])
        sheet.write_row(1, 0, [910101, 0.1 + 0.7])
        sheet.write_row(2, 0, [910102, 1.25])
    made = run(str(path), "redline")
    assert made.counts.digits == 2
    assert cells(made) == {
        ("910101", "redline"): 0.2,
        ("910101", "~none"): 0.6,
        ("910102", "redline"): 0.31,
        ("910102", "~none"): 0.94,
    }
    assert any("可用 --digits 增加小数位" in note for note in made.notes)
    finer = cells(run(str(path), "redline", digits=4))
    assert finer["910101", "redline"] == 0.2
    assert finer["910102", "redline"] == 0.3125
    with pytest.raises(UsageError, match="--digits 1: the counts have 2 decimals"):
        run(str(path), "redline", digits=1)


def test_an_indicator_is_a_count_with_year_and_source(run: RUN) -> None:
    made = run("figures/people@actual:2015", "zones", unit="甲州")
    assert cells(made) == {("910100", "zone_a"): 50.4, ("910100", "zone_b"): 50.3}
    assert set(made.table["source"]) == {"《甲州规划》第一章"}
    assert (made.counts.year, made.counts.measure) == ("2015", "万人")
    same = run("indicators:figures/people/actual/2015", "zones")
    assert cells(same) == cells(made)
    aim = run("figures/people@target:2019", "zones", source="x", year="2020")
    assert (aim.counts.source, aim.counts.year) == ("x", "2020")
    assert any("这是规划目标值" in note for note in aim.notes)
    assert any("约数" in note for note in aim.notes)


@pytest.mark.parametrize(
    ("ref", "told"),
    [
        ("figures/people@actual:2020", "It has: figures/people@actual:2015"),
        ("figures/folk@actual:2015", "no indicator 'figures/folk@actual:2015'"),
        ("figures/people@actual_growth:2015", "9|growth|no measure|%"),
        ("figures/people@target:2018", "a bound, a range or words are no one count"),
        ("figures/income@actual:2015", "says '人均'"),
        ("figures/urban@actual:2015", "has %: shares, rates"),
    ],
)
def test_indicators_that_are_no_count(run: RUN, ref: str, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        run(ref, "zones")


def test_an_indicator_of_elsewhere(run: RUN) -> None:
    with pytest.raises(UsageError, match="is of 甲州市, outside of the unit"):
        run("figures/people@actual:2015", "zones", unit="乙州")
    with pytest.raises(UsageError, match="--column is of tables"):
        run("figures/people@actual:2015", "zones", column="x")
