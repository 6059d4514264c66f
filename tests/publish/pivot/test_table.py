"""Pivots: sums hold in every measure, what has no area has none, control areas stand beside."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from functools import cache
from typing import Any

import hypothesis.strategies as st
import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings

from geoplan.geometry import AREA_UNITS_PER_KM2
from geoplan.publish import (
    Ask,
    Control,
    PivotTable,
    csv_text,
    html_text,
    pivot_tables,
    xlsx_bytes,
)
from geoplan.publish.pivot.areas import REPEATED, UNCOVERED, adjusted, blocks
from tests.publish import sample

CITY = "140700"
MEASURES = ("km2", "ha", "mu", "10k_mu")


@cache
def tables() -> dict[str, pd.DataFrame]:
    """Return the sample with a piece for each county, of the exact classes that cover it."""
    made = sample.tables()
    coverage = made["coverage"]
    rows = []
    for unit in sample.units().to_dict("records"):
        if unit["level"] != "county":
            continue
        own = coverage[coverage["adcode"] == unit["adcode"]]
        own = own[(own["basis"] == "geometry") & (own["area_net_km2"] > 1)]
        labels = [f"{layer}/{cls}" for layer, cls in zip(own["layer"], own["class"], strict=True)]
        row = {"adcode": unit["adcode"], "classes": ";".join(sorted(labels))}
        rows.append(row | {"n_classes": len(labels), "area_km2": unit["area_km2"]})
    return made | {"pieces": sample.table("pieces", rows)}


def ask(unit: str = CITY, *layers: str, **more: Any) -> Ask:
    every = tuple(tables()["layers"]["layer"])
    return Ask(unit=unit, layers=layers or every, **more)


def table(made: list[PivotTable], key: str) -> PivotTable:
    return next(t for t in made if t.id == key)


def control(factor: float = 1.01, without: str = "") -> Control:
    units = sample.units()
    own = units[(units["parent"] == CITY) & (units["adcode"] != without)]
    areas = [round(a * factor * AREA_UNITS_PER_KM2) for a in own["area_km2"]]
    return Control(dict(zip(own["adcode"], areas, strict=True)), [])


def numbers(row: list[Any]) -> list[Decimal]:
    return [cell for cell in row if isinstance(cell, Decimal)]


def sums_hold(made: PivotTable, *, columns: int) -> None:
    """Check that classes add up to the total of each row, and counties to sums below them."""
    part: list[list[Decimal]] = []
    whole: list[list[Decimal]] = []
    for i, row in enumerate(made.rows):
        figures = numbers(row)[: columns + 1]
        assert sum(figures[:-1]) == figures[-1]
        assert numbers(row)[columns + 1] == figures[-1]
        if i not in made.totals:
            part.append(figures)
            whole.append(figures)
        elif i < len(made.rows) - 1:
            assert [sum(c) for c in zip(*part, strict=True)] == figures
            part = []
        else:
            assert [sum(c) for c in zip(*whole, strict=True)] == figures


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("digits", [None, 0, 1, 4])
def test_sums_hold_in_every_measure(measure: Any, digits: int | None) -> None:
    made = pivot_tables(tables(), ask(measure=measure, digits=digits, control=control()))
    for key, columns in (("area-zones", 4), ("adjusted-zones", 4), ("area-corridor-units", 2)):
        sums_hold(table(made, key), columns=columns)


@given(st.lists(st.floats(0.001, 1), min_size=11, max_size=11), st.sampled_from(MEASURES))
@settings(max_examples=25, deadline=None)
def test_sums_hold_whatever_the_areas(shares: list[float], measure: Any) -> None:
    """One class takes any part of each county."""
    made = dict(tables())
    coverage = made["coverage"].copy()
    rows = coverage.index[
        (coverage["layer"] == "zones")
        & coverage["area_net_km2"].notna()
        & ~coverage["adcode"].str.endswith("00")
    ]
    part = coverage["area_net_km2"].loc[rows] * shares[: len(rows)]
    coverage.loc[rows, "area_net_km2"] = part
    made["coverage"] = coverage
    pieces = made["pieces"].copy()
    by_code = dict(zip(coverage["adcode"].loc[rows], part, strict=True))
    pieces["area_km2"] = [by_code.get(c, a) for c, a in pieces[["adcode", "area_km2"]].to_numpy()]
    made["pieces"] = pieces
    zones = table(pivot_tables(made, ask(CITY, "zones", measure=measure)), "area-zones")
    sums_hold(zones, columns=4)


def test_figures_are_those_of_the_boundaries() -> None:
    zones = table(pivot_tables(tables(), ask()), "area-zones")
    areas = sample.units().set_index("adcode")["area_km2"]
    rows = {row[0]: row for row in zones.rows}
    assert list(rows) == [*sorted(c for own in sample.ZONES.values() for c in own), CITY]
    assert float(rows["140729"][4]) == pytest.approx(areas["140729"], abs=0.01)
    assert [str(v) for v in rows["140729"][2:4]] == ["0.00", "0.00"]
    # Totals are rounded to the nearest; they are what other pages show.
    whole = areas[list(sample.ZONES["key_development"])].sum()
    assert str(rows[CITY][2]) == f"{whole:.2f}" == "3311.46"


def test_columns_of_a_layer_that_leaves_some_out() -> None:
    made = table(pivot_tables(tables(), ask()), "area-corridor-units")
    assert made.heads[2:] == ["108廊带示范区", "未划定", "合计", "行政区面积（图形）"]
    rows = {row[0]: [str(v) for v in numbers(row)] for row in made.rows}
    assert rows["140702"][:2] == [rows["140702"][2], "0.00"]
    assert rows["140721"][:2] == ["0.00", rows["140721"][2]]


def test_a_city_has_a_row_below_its_counties() -> None:
    made = pivot_tables(tables(), ask("140000", "zones"))
    # The plan is of one city: no other county is said to be in no class.
    zones = table(made, "area-zones")
    assert zones.rows[-1][0] == CITY
    assert "只列文件规划范围（晋中市）内的县（市、区）。" in zones.notes
    assert len(zones.totals) == 1


def test_subtotals_of_cities_add_up() -> None:
    wide = dict(tables())
    layers = wide["layers"].copy()
    layers.loc[layers["layer"] == "zones", "scope"] = "140000"
    zones = table(pivot_tables(wide | {"layers": layers}, ask("140000", "zones")), "area-zones")
    names = [zones.rows[i][1] for i in sorted(zones.totals)]
    assert names == ["阳泉市小计", "晋中市小计", "合计"]
    sums = [numbers(zones.rows[i]) for i in sorted(zones.totals)]
    assert [a + b for a, b in zip(*sums[:2], strict=True)] == sums[2]
    sums_hold(zones, columns=4)


def test_one_county_alone_is_its_own_total() -> None:
    zones = table(pivot_tables(tables(), ask("140729", "zones")), "area-zones")
    assert [row[0] for row in zones.rows] == ["140729"]
    assert zones.totals == frozenset()


def test_classes_that_overlap_are_counted_once() -> None:
    made = dict(tables())
    twice = made["coverage"].copy()
    more = twice[(twice["layer"] == "zones") & (twice["adcode"] == "140729")].copy()
    more["class"] = "farm_products"
    more["area_net_km2"] = 100.0
    made["coverage"] = pd.concat([twice, more], ignore_index=True)
    (block,) = blocks(made, CITY, layers=["zones"])
    assert block.cells["140729"][REPEATED] == -100 * AREA_UNITS_PER_KM2
    assert block.cells["140729"][UNCOVERED] == 0
    zones = table(pivot_tables(made, ask(CITY, "zones")), "area-zones")
    assert "重复计算（扣除）" in zones.heads
    sums_hold(zones, columns=5)


def test_adjusted_areas_are_gis_times_the_ratio_and_end_at_the_control_area() -> None:
    (block,) = blocks(tables(), CITY, layers=["corridor-units"])
    given_ = {code: round(area * 0.98) for code, area in block.areas.items()}
    made = adjusted(block, given_)
    for code, row in made.cells.items():
        assert sum(row.values()) == given_[code] == made.areas[code]
        for cls, area in row.items():
            assert area == pytest.approx(block.cells[code][cls] * 0.98, abs=2)


def test_control_areas_and_ratios_stand_beside_gis_areas() -> None:
    made = pivot_tables(tables(), ask(control=control(1.02), control_file="c.xlsx"))
    zones = table(made, "area-zones")
    assert zones.heads[-3:] == ["行政区面积（图形）", "控制面积", "控制面积/图形面积"]
    assert {str(row[-1]) for row in zones.rows} == {"1.0200"}
    other = table(made, "adjusted-zones")
    # Both tables print the same control areas, which add up.
    assert [row[-1] for row in other.rows] == [row[-2] for row in zones.rows]
    assert sum(row[-2] for row in zones.rows[:-1]) == zones.rows[-1][-2]
    assert not any("不是法定勘界面积" in note for note in other.notes)
    assert any("c.xlsx" in note for note in other.notes)


def test_without_a_county_there_are_no_adjusted_totals() -> None:
    made = pivot_tables(tables(), ask(control=control(without="140729")))
    zones, other = table(made, "area-zones"), table(made, "adjusted-zones")
    rows = {row[0]: row for row in zones.rows}
    assert rows["140729"][-2:] == rows[CITY][-2:] == [None, None]
    assert "140729" not in {row[0] for row in other.rows}
    assert other.rows[-1][2:] == [None] * (len(other.heads) - 2)
    assert "有县（市、区）缺控制面积，平差表不给合计。" in other.notes


def test_lists_and_sketches_stand_apart_and_have_no_totals() -> None:
    made = pivot_tables(tables(), ask())
    listed = [t for t in made if t.kind == "list"]
    assert listed
    for one in listed:
        assert one.totals == frozenset()
        assert all(v == v.to_integral_value() for row in one.rows for v in numbers(row))
        assert any("不计面积" in note for note in one.notes)
    exact = {head for t in made if t.kind == "area" for head in t.heads}
    assert not any("工业园区" in head for head in exact)


def test_expired_documents_are_told() -> None:
    notes = table(pivot_tables(tables(), ask()), "area-zones").notes
    assert notes[0] == "单位：平方公里"
    assert notes[-1] == "所据文件已到期：《旧规划》（市政发〔2016〕1号）"
    assert any("不是法定勘界面积" in note for note in notes)


def test_files_hold_what_the_tables_do() -> None:
    made = pivot_tables(tables(), ask(measure="10k_mu", control=control()))
    zones = table(made, "area-zones")
    rows = list(csv.reader(io.StringIO(csv_text(zones).removeprefix("\ufeff"))))
    assert rows[0] == zones.heads
    assert rows[1][4] == f"{zones.rows[0][4]}"
    assert [row[0] for row in rows[len(zones.rows) + 1 :]] == zones.notes
    book = openpyxl.load_workbook(io.BytesIO(xlsx_bytes(made, title="t")))
    assert book.sheetnames[0].startswith("面积 ")
    sheet = book[book.sheetnames[0]]
    last = sheet[sheet.max_row]
    assert [c.value for c in last][2:6] == [float(v) for v in zones.rows[-1][2:6]]
    assert last[2].number_format == "0.00"
    assert last[len(zones.heads) - 1].number_format == "0.0000"
    text = html_text(made, title="表 <b>", lang="zh")
    assert "表 &lt;b&gt;" in text
    assert f'<td class="n">{zones.rows[0][4]}</td>' in text


def test_the_same_in_english() -> None:
    zones = table(pivot_tables(tables(), ask(lang="en")), "area-zones")
    assert zones.heads[:2] == ["Code", "County"]
    assert zones.rows[-1][1] == "Total"
    assert zones.notes[0] == "In km²"
