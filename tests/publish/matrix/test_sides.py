"""Rows and columns of the matrix, and figures as the page prints them."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from geoplan import schema
from geoplan.publish.matrix import page
from geoplan.publish.matrix.sides import SECTIONS, Side, sides
from geoplan.publish.matrix.zones import zoned
from tests.publish import sample

Tables = dict[str, pd.DataFrame]


def changed(name: str, change: Any) -> Tables:
    """Return the sample with the rows of a table changed."""
    tables = sample.tables()
    rows = [row for row in map(change, schema.records(tables[name])) if row is not None]
    return tables | {name: sample.table(name, rows)}


def side(tables: Tables, cls: str, scope: str = "140000") -> Side:
    """Return a class; the sample has each in one layer that concerns counties."""
    return next(made for made in sides(tables, scope) if made.cls == cls)


def test_sides_stand_as_legends_do_what_is_in_force_first() -> None:
    made = [(one.theme, one.cls) for one in sides(sample.tables(), "140000")]
    themes = ["main_function_zone", "corridor_108", "energy"]
    assert list(dict.fromkeys(theme for theme, _ in made)) == themes
    assert [cls for theme, cls in made if theme == themes[0]] == list(sample.ZONES)
    tables = changed(
        "layers", lambda row: row | ({"status": "in_force"} if row["layer"] == "parks" else {})
    )
    own = [one.layer for one in sides(tables, "140000") if one.theme == "corridor_108"]
    assert own[0] == "parks"
    marks = {one.layer: one.status for one in sides(tables, "140000")}
    assert marks["parks"] is None
    assert marks["plots"] is None
    assert marks["zones"] is not None


def test_a_class_that_only_shares_a_place_is_a_side_without_area_or_counties() -> None:
    tables = changed("coverage", lambda row: None if row["layer"] == "rivers" else row)
    river = side(tables, "river")
    assert (river.basis, river.net, river.gross, river.units) == ("indicative", None, None, 0)
    # Words that concern nobody are none.
    assert all(one.layer not in ("words", "redline") for one in sides(tables, "140000"))


def test_the_most_exact_basis_is_told_with_its_own_area() -> None:
    tables = sample.tables()
    park = next(r for r in schema.records(tables["coverage"]) if r["class"] == "park")
    exact = park | {"adcode": "140000", "basis": "geometry", "area_net_km2": 4.0}
    exact |= {"area_gross_km2": 5.0}
    drawn = exact | {"basis": "indicative", "area_net_km2": 90.0}
    rows = schema.records(tables["coverage"])
    assert side(tables, "park").net is None
    for more, basis, net in (([drawn], "indicative", 90.0), ([drawn, exact], "geometry", 4.0)):
        made = side(tables | {"coverage": sample.table("coverage", [*rows, *more])}, "park")
        assert (made.basis, made.net) == (basis, net)


def test_areas_are_of_the_scope_and_counties_are_counted_without_cities() -> None:
    tables = sample.tables()
    areas = sample.units().set_index("adcode")["area_km2"]
    assert side(tables, "farm_products", "140703").net == pytest.approx(areas["140703"])
    assert side(tables, "farm_products", "140702").net is None
    assert side(tables, "farm_products").units == len(sample.ZONES["farm_products"])
    assert side(tables, "park").units == 2


def test_sections_are_cited_once_each_and_no_more_than_a_few() -> None:
    places = iter(["第九节", "第九节", *(f"第{i}节" for i in range(30))])
    tables = changed(
        "features", lambda row: row | ({"section": next(places)} if row["class"] == "plot" else {})
    )
    assert SECTIONS == 3
    assert side(tables, "plot").source == "公开资料，第九节；第0节；第1节"
    bare = changed("features", lambda row: row | {"section": ""})
    assert side(bare, "plot").source == "公开资料"


def pairs(*areas: float, whole: float = 1.0) -> Tables:
    """Return tables in which plots of `whole` km² lie in the zones with these areas."""
    rows = []
    for zone, area in zip(sample.ZONES, areas, strict=False):
        row = {"id": zone, "layer_a": "plots", "class_a": "plot", "layer_b": "zones"}
        row |= {"class_b": zone, "basis": "geometry", "units": 1, "adcode": None}
        row |= {"area_km2": area, "area_gross_km2": area}
        rows.append(row | {"share_of_a": area / whole, "share_of_b": area / 4000})
    tables = changed(
        "coverage", lambda row: row | ({"area_net_km2": whole} if row["class"] == "plot" else {})
    )
    return tables | {"overlaps": sample.table("overlaps", rows)}


def row_of(tables: Tables) -> Any:
    ((row,),) = (table.rows for table in zoned(tables, sides(tables, "140000")))
    return row


@pytest.mark.parametrize(
    ("areas", "whole"),
    [((1 / 3, 1 / 3, 1 / 3), 1.0), ((0.105, 0.105, 0.79), 1.0), ((0.014, 0.014, 0.004), 0.04)],
)
def test_printed_areas_and_shares_add_up(areas: tuple[float, ...], whole: float) -> None:
    row = row_of(pairs(*areas, whole=whole))
    cells = [*row.cells, *([row.outside] if row.outside else [])]
    assert sum(round(100 * float(c.km2)) for c in cells) == round(100 * float(row.total))
    assert float(row.total) == pytest.approx(whole, abs=0.005)
    assert sum(round(10 * float(c.share[:-1])) for c in cells) == 1000
    for cell, area in zip(row.cells, areas, strict=True):
        assert float(cell.km2) == pytest.approx(area, abs=0.01)


@pytest.mark.parametrize(("left", "is_told"), [(0.0049, False), (0.0051, True)])
def test_slivers_are_not_outside(left: float, *, is_told: bool) -> None:
    row = row_of(pairs(0.5, 0.5 - left))
    assert (row.outside is not None) is is_told
    assert row.cells[2] is None


def test_references_of_cells_lead_to_their_rows() -> None:
    tables = pairs(0.5, 0.25)
    ids = [cell.ref for cell in row_of(tables).cells if cell]
    wanted = [schema.ref_of("overlaps", r) for r in schema.records(tables["overlaps"])]
    assert (len(ids), set(ids)) == (2, set(wanted))
    assert schema.key_of_ref(ids[0]) == ("overlaps", ("key_development",))
    assert row_of(pairs(0.5, 0.5, whole=1.0)).outside is None


@pytest.mark.parametrize(
    ("value", "drawn", "area", "share"),
    [
        (0.8, False, "0.80", "80.0%"),
        (0.004, False, "0.00", "0.4%"),
        (0.81, True, "0.81", "81%"),
        # Two digits of what is only drawn, and never 1e-05.
        (0.0041, True, "0.0041", "0.41%"),
        (0.00001234, True, "0.00001234", "0.0012%"),
        (1.0, True, "1", "100%"),
    ],
)
def test_figures_as_they_are_printed(value: float, drawn: bool, area: str, share: str) -> None:
    assert page._area(value, drawn) == area
    assert page._share(value, drawn) == share


def test_gross_is_told_only_where_it_shows() -> None:
    row = {"area_km2": 1.001, "area_gross_km2": 1.004}
    assert page._gross(row, False) == ""
    assert page._gross(row, True) == "1.004"
    assert page._gross(row | {"area_gross_km2": None}, True) == ""
    assert page._gross(row | {"area_gross_km2": 1.4}, False) == "1.40"
