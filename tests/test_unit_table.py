"""Tables with a row a unit: what is matched, and what is never matched silently."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from geoplan.errors import UnitError
from geoplan.gazetteer import Change, Gazetteer, Unit, load
from geoplan.unit_table import (
    Columns,
    Matched,
    columns_of,
    match,
    number_of,
    one_unit,
    plain,
    resolver,
    solid,
)


@pytest.fixture(scope="module")
def gazetteer(small_template: Path) -> Gazetteer:
    """Return the gazetteer of the small province."""
    return load(small_template / "data" / "boundaries")


def test_heads_are_found_whatever_their_spelling() -> None:
    rows = [["某表", ""], ["单位：人", ""], ["行政区 代码", "名　称", "数"], ["1", "2", "3"]]
    assert list(columns_of(rows)) == [(2, 0, 1)]
    assert list(columns_of([["a", "b"]])) == []
    assert list(columns_of([[""]] * 10 + [["名称"]])) == []
    assert (plain("县（市、区） "), solid("合　计")) == ("县(市、区)", "合计")


def test_rows_are_matched_and_sums_left_out(gazetteer: Gazetteer) -> None:
    rows = [
        ["代码", "名称", "数"],
        ["910101.0", "", "1,000"],
        ["", "西山", "2"],
        ["", "", ""],
        ["", "合 计", "1002"],
        ["小计", "", "1"],
        ["", "东山县", "3"],
        ["910103"],
    ]
    made = match(
        rows,
        Columns(0, 0, 1, 2),
        resolve=resolver(gazetteer, "910000"),
        number=lambda text: number_of(text, what="figure"),
    )
    assert made.values == {"910101": 1000, "910102": 2}
    assert made.rows == {"910101": 2, "910102": 3}
    assert made.sums == [(5, "合 计"), (6, "小计")]
    assert made.faults == [
        "row 7: 东山县 stands in row 2 too",
        "row 8: figure '' is no number",
    ]


@pytest.mark.parametrize(
    ("text", "zero", "value"),
    [
        ("1，234.5", False, Fraction(2469, 2)),
        ("0", True, 0),
        (" 7 ", False, 7),
        ("1e3", True, 1000),
        pytest.param("1,234,567", False, 1_234_567, id="thousands twice"),
        pytest.param("1 234", False, 1234, id="thousands by a space"),
        pytest.param("1\u00a0234", False, 1234, id="thousands by a hard space"),
        pytest.param("１２３", False, 123, id="wide digits"),
        pytest.param("+5", False, 5, id="a plus"),
        pytest.param(".5", False, Fraction(1, 2), id="no nought before the point"),
        pytest.param("5.", False, 5, id="nothing behind the point"),
        pytest.param("0.1", False, Fraction(1, 10), id="a tenth is exact"),
        pytest.param("-0", True, 0, id="minus nought"),
        pytest.param("12e-1", False, Fraction(6, 5), id="an exponent below"),
        pytest.param("9" * 30, False, 10**30 - 1, id="thirty digits"),
    ],
)
def test_figures(text: str, zero: bool, value: Fraction) -> None:
    assert number_of(text, what="area", zero=zero) == value


@pytest.mark.parametrize(
    ("text", "zero", "told"),
    [
        ("0", False, "area '0' is no positive number"),
        ("-1", True, "area '-1' is no number of at least 0"),
        ("1/2", True, "no number of at least 0"),
        ("1/0", True, "area '1/0' is no number"),
        ("nan", True, "is no number"),
        ("inf", True, "is no number"),
        ("—", True, "is no number"),
        pytest.param("1,5", True, "area '1,5' is no number", id="a comma of decimals"),
        pytest.param("1,23,456", True, "is no number", id="a comma after two"),
        pytest.param("1,2345", True, "is no number", id="a comma before four"),
        pytest.param(",123", True, "is no number", id="a comma first"),
        pytest.param("1 5", True, "is no number", id="two numbers"),
        pytest.param("12人", True, "is no number", id="a measure"),
        pytest.param("1.2.3", True, "is no number", id="two points"),
        pytest.param("1e999999999", True, "is no number", id="more digits than memory"),
        pytest.param("1e-999999999", True, "is no number", id="more decimals than memory"),
        pytest.param("1E+0100", True, "is no number", id="an exponent of a hundred"),
        pytest.param("9" * 41, True, "is no number", id="forty-one digits"),
        pytest.param("-0.0", False, "is no positive number", id="minus nought"),
    ],
)
def test_figures_that_are_none(text: str, zero: bool, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        number_of(text, what="area", zero=zero)


def test_one_unit_is_meant(gazetteer: Gazetteer) -> None:
    assert one_unit(gazetteer, "西山", scope="910000") == "910102"
    with pytest.raises(UnitError, match="'老县' stands for 2 units: 甲州市西山县, 甲州市南水县"):
        one_unit(gazetteer, "老县", scope="910000")
    assert one_unit(gazetteer, "城区", scope="910200") == "910201"


def test_a_merged_unit_is_refused_where_land_counts() -> None:
    units = {
        "1": Unit("1", "省", "P", "s", "province", ""),
        "2": Unit("2", "县", "C", "x", "county", "1"),
    }
    merged = Change("2019-01-01", "merged", "3", "旧县", "省", "2", whole=True)
    gazetteer = Gazetteer(units, (merged,))
    assert resolver(gazetteer, "1")("旧县") == ("2", "旧县 → 县 (merged 2019-01-01)")
    with pytest.raises(UnitError, match="the land of both is not the same"):
        resolver(gazetteer, "1", exact=True)("旧县")


@pytest.mark.parametrize(
    ("head", "code", "name"),
    [
        *(
            pytest.param(head, 0, None, id=head)
            for head in ("adcode", "XZQDM", "XZQHDM", "Code", "代码", "行政区划代码", "县 代码")
        ),
        *(
            pytest.param(head, None, 0, id=head)
            for head in ("name", "County", "XZQMC", "名　称", "县", "县（市、区）", "地区", "市县")
        ),
    ],
)
def test_heads_of_codes_and_names(head: str, code: int | None, name: int | None) -> None:
    assert list(columns_of([[head, "x"]])) == [(0, code, name)]


@pytest.mark.parametrize("head", ["adcodes", "代码表", "名", "县域", "", "编号"])
def test_heads_that_only_look_like_them(head: str) -> None:
    assert list(columns_of([[head, "x"]])) == []


def test_the_first_of_two_columns_holds_and_every_row_of_heads_is_told() -> None:
    rows = [["name", "名称", "代码", "code"], ["x", "y", "", ""], ["地区", "", "", ""]]
    assert list(columns_of(rows)) == [(0, 2, 0), (2, None, 0)]


def rows_matched(gazetteer: Gazetteer, *rows: list[str], scope: str = "910000") -> Matched:
    """Return what is matched of rows of code, name and figure below their heads."""
    return match(
        [["代码", "名称", "数"], *rows],
        Columns(0, 0, 1, 2),
        resolve=resolver(gazetteer, scope, exact=True),
        number=lambda text: number_of(text, what="count", zero=True),
    )


@pytest.mark.parametrize(
    ("row", "code"),
    [
        pytest.param(["910101", "", "1"], "910101", id="a code"),
        pytest.param(["910101.00", "", "1"], "910101", id="a code that became a number"),
        pytest.param([" 910101 ", "", "1"], "910101", id="a code with spaces"),
        pytest.param(["", "东山区", "1"], "910101", id="a full name"),
        pytest.param(["", "东山", "1"], "910101", id="a short name"),
        pytest.param(["", "甲州市东山区", "1"], "910101", id="a name behind its city"),
        pytest.param(["910104", "城区", "1"], "910104", id="a code makes a name of two units one"),
        pytest.param(["", "乙州市城区", "1"], "910201", id="a name of two units behind its city"),
        pytest.param(["", "甲州市", "1"], "910100", id="a city"),
        pytest.param(["", "试省", "1"], "910000", id="a province"),
    ],
)
def test_one_row_is_one_unit(gazetteer: Gazetteer, row: list[str], code: str) -> None:
    made = rows_matched(gazetteer, row)
    assert made.faults == []
    assert made.values == {code: 1}
    assert made.rows == {code: 2}


@pytest.mark.parametrize(
    ("row", "told"),
    [
        pytest.param(["", "", "5"], "row 2: has neither code nor name", id="a figure alone"),
        pytest.param(["910199", "", "5"], "'910199' is no unit", id="an unknown code"),
        pytest.param(["", "东山乡", "5"], "'东山乡'", id="an unknown name"),
        pytest.param(["", "城区", "5"], "'城区' is ambiguous", id="a name of two units"),
        pytest.param(["910101", "城区", "5"], "'城区' is ambiguous", id="code beside such a name"),
        pytest.param(["910101", "西山", "5"], "are of different units", id="code against name"),
        pytest.param(["", "老县", "5"], "stands for 2 units", id="a unit that was split"),
        pytest.param(["910101", "", ""], "count '' is no number", id="no figure"),
        pytest.param(["910101", "", "-5"], "is no number of at least 0", id="below nought"),
    ],
)
def test_one_row_is_one_fault(gazetteer: Gazetteer, row: list[str], told: str) -> None:
    made = rows_matched(gazetteer, row)
    assert made.values == {}
    assert len(made.faults) == 1
    assert made.faults[0].startswith("row 2: ")
    assert told in made.faults[0]


@pytest.mark.parametrize("word", ["合计", "合　计", "总计", "小 计", "总和", "Total", "SUM"])
def test_rows_that_add_up_others(gazetteer: Gazetteer, word: str) -> None:
    made = rows_matched(gazetteer, ["910101", "", "5"], ["", word, "许多"])
    assert made.values == {"910101": 5}
    assert made.sums == [(3, word)]
    assert made.faults == []


def test_a_unit_that_stands_twice_keeps_its_first_figure(gazetteer: Gazetteer) -> None:
    made = rows_matched(gazetteer, ["910101", "", "5"], ["", "东山", "6"], ["910101", "", "7"])
    assert made.values == {"910101": 5}
    assert made.faults == [
        "row 3: 东山 stands in row 2 too",
        "row 4: 910101 stands in row 2 too",
    ]


def test_short_rows_and_an_empty_table(gazetteer: Gazetteer) -> None:
    assert rows_matched(gazetteer).values == {}
    made = rows_matched(gazetteer, [], [""], ["", "", "", "a remark behind"])
    assert (made.values, made.faults) == ({}, [])


def test_a_renamed_unit_is_told_with_its_name_of_today(gazetteer: Gazetteer) -> None:
    made = rows_matched(gazetteer, ["", "东山县", "5"])
    assert made.values == {"910101": 5}
    assert len(made.read) == 1
    assert made.read[0][0] == "东山县"
    assert made.read[0][1].startswith("东山县 → 东山区")


def test_units_of_the_scope_come_first(gazetteer: Gazetteer) -> None:
    assert rows_matched(gazetteer, ["", "城区", "5"], scope="910200").values == {"910201": 5}
    assert rows_matched(gazetteer, ["", "城区", "5"], scope="910100").values == {"910104": 5}
