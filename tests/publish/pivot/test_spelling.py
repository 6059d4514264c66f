"""Control tables as people set them, and pivots of lists, sketches and other units."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pandas as pd
import pytest

from geoplan.errors import DataError
from geoplan.publish import Control, control_areas, pivot_tables
from geoplan.publish.pivot.areas import UNCOVERED, Block, adjusted
from geoplan.publish.pivot.control import WRONG_MEASURE
from geoplan.publish.pivot.files import written
from geoplan.publish.pivot.table import control_notes
from geoplan.schema.measures import MEASURES
from tests.publish import sample
from tests.publish.pivot.test_control import GIS, HEADS, KM2, resolve
from tests.publish.pivot.test_table import CITY, ask, numbers, table, tables


def read(*rows: list[str], measure: str | None = None) -> Control:
    return control_areas(rows, source="c.csv", measure=measure, resolve=resolve, gis=GIS)


@pytest.mark.parametrize("word", ["合　计", "总\u00a0计", " Total ", "小　　计"])
def test_sums_are_known_however_they_are_spaced(word: str) -> None:
    made = read(HEADS, ["140702", "榆次区", "1320"], ["", word, "1320"])
    assert made.areas == {"140702": 1320 * KM2}
    assert ("pivot.control.sum", {"row": "3", "name": word.strip()}) in made.notes


@pytest.mark.parametrize("name", ["名　称", "县（市、区）", " NAME ", "行政区\u00a0名称"])
@pytest.mark.parametrize("area", ["控制面积 （ 公顷 ）", "控制面积　（hm²）", "KZMJ_ha"])
def test_heads_are_known_however_they_are_spaced(name: str, area: str) -> None:
    assert read([name, area], ["榆次区", "132000"]).areas == {"140702": 1320 * KM2}


@pytest.mark.parametrize("text", ["132 000", "132\u00a0000", "132　000", "132,000.00", "1.32e5"])
def test_numbers_are_known_however_they_are_grouped(text: str) -> None:
    assert read(["名称", "面积（公顷）"], ["榆次区", text]).areas == {"140702": 1320 * KM2}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("0", "no positive number"),
        ("2640/2", "no positive number"),
        ("1/0", "no number"),
        ("nan", "no number"),
        ("inf", "no number"),
        ("", "area '' is no number"),
        ("1320平方公里", "no number"),
    ],
)
def test_areas_that_are_none_are_told(text: str, told: str) -> None:
    with pytest.raises(DataError, match=f"row 2: .*{told}"):
        read(HEADS, ["140702", "榆次区", text])


@pytest.mark.parametrize("ratio", [WRONG_MEASURE, 1 / WRONG_MEASURE])
def test_the_limit_of_another_measure_is_of_the_median(ratio: float) -> None:
    area = Fraction(1321) * Fraction(ratio)
    assert read(HEADS, ["140702", "", str(float(area))]).areas
    beyond = area * (Fraction(101, 100) if ratio > 1 else Fraction(99, 100))
    with pytest.raises(DataError, match="state their measure"):
        read(HEADS, ["140702", "", str(float(beyond))])
    # One county that is far off among others is odd, not another measure.
    made = read(
        HEADS, ["140702", "", str(float(beyond))], ["140703", "", "1048"], ["140729", "", "1207"]
    )
    assert made.notes == [("pivot.control.odd", {"codes": "140702"})]


def test_empty_rows_and_short_rows_are_no_fault() -> None:
    made = read(["表"], HEADS, [], ["", "", ""], ["140702", "榆次区", "1320", "备注"])
    assert made.areas == {"140702": 1320 * KM2}
    with pytest.raises(DataError, match="row 2: area '' is no number"):
        read(HEADS, ["140702"])


def test_heads_may_stand_in_the_tenth_row_and_not_below() -> None:
    rows = [["晋中市"], *([[""]] * 8), HEADS, ["140702", "榆次区", "1320"]]
    assert read(*rows).areas == {"140702": 1320 * KM2}
    with pytest.raises(DataError, match="first 10 rows"):
        read([""], *rows)


def test_what_is_told_of_a_file_names_units() -> None:
    notes = [("pivot.control.missing", {"codes": "140729 140702"})]
    zh, en = (
        control_notes(tables(), ask(control=Control({}, notes), lang=lang)) for lang in ("zh", "en")
    )
    assert "灵石县、榆次区" in zh[0]
    assert "Lingshi" in en[0]
    assert ", Yuci" in en[0]
    assert control_notes(tables(), ask()) == []


def test_rounding_ends_in_the_largest_part_and_counties_without_are_left_out() -> None:
    cells = {"1": {"a": 301, "b": 301, UNCOVERED: 398}, "2": {"a": 5, "b": 0, UNCOVERED: 0}}
    block = Block("x", "0", ("a", "b"), cells, {"1": 1000, "2": 5})
    made = adjusted(block, {"1": 500, "9": 1})
    assert made.cells == {"1": {"a": 151, "b": 151, UNCOVERED: 198}}
    assert made.areas == {"1": 500}
    assert block.cells["1"]["a"] == 301


@pytest.mark.parametrize("unit", ["140729", CITY, "140000"])
def test_lists_hold_the_counties_of_the_unit_that_are_concerned(unit: str) -> None:
    every = sample.units()
    near = {code for code in every["adcode"] if unit == "140000" or code[:4] == unit[:4]}
    made = [one for one in pivot_tables(tables(), ask(unit)) if one.kind == "list"]
    assert bool(made) is (unit != "140729")
    for one in made:
        codes = [row[0] for row in one.rows]
        assert set(codes) <= near - set(every["adcode"][every["level"] != "county"])
        assert all(numbers(row) for row in one.rows)
        assert set(one.decimals) == set(range(2, len(one.heads)))


@pytest.mark.parametrize(("measure", "text"), [("km2", "120"), ("ha", "12000"), ("mu", "190000")])
def test_sketches_have_two_digits_in_every_measure(measure: Any, text: str) -> None:
    coverage = tables()["coverage"].copy()
    at = (coverage["basis"] == "indicative") & (coverage["adcode"] == "140729")
    coverage.loc[at, "area_net_km2"] = 123.456
    made = pivot_tables(tables() | {"coverage": coverage}, ask(measure=measure))
    drawn = [one for one in made if one.kind == "drawn"]
    assert {written(v) for one in drawn for row in one.rows for v in numbers(row)} == {text}
    assert all([row[0] for row in one.rows] == ["140729"] for one in drawn)
    word = MEASURES[measure].zh
    assert all(one.notes[0] == f"单位：{word}" and one.totals == frozenset() for one in drawn)


def test_layers_that_are_not_asked_for_are_left_out() -> None:
    made = pivot_tables(tables(), ask(CITY, "parks", "zones"))
    assert [one.id for one in made] == ["area-zones", "list-corridor-108"]
    assert pivot_tables(tables(), ask("140300", "zones")) == []
    parks = table(made, "list-corridor-108")
    assert parks.heads[2:] == ["工业园区（重点工业园区）"]
    assert {row[0]: row[2] for row in parks.rows} == {"140702": 1, "140781": 1}


def test_a_layer_of_the_province_has_all_counties_and_what_is_nobodys() -> None:
    made = table(pivot_tables(tables(), ask("140000", "plots")), "area-plots")
    assert len(made.rows) == 16 + 2 + 1
    rows: dict[Any, list[Decimal]] = {row[0]: numbers(row) for row in made.rows}
    assert {code for code, row in rows.items() if row[0]} == {"140728", "140700", "140000"}
    whole = pd.Series(sample.units().set_index("adcode")["area_km2"])
    assert float(rows["140300"][-3]) == pytest.approx(whole["140300"], abs=0.01)
    assert rows["140300"][-1] + rows["140700"][-1] == rows["140000"][-1]
