"""Tables: made from rows, checked at a stage's door, every fault at once."""

from __future__ import annotations

import re
from typing import Any, get_args

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import geopandas as gpd
import shapely

from geoplan import schema
from geoplan.errors import SchemaError
from geoplan.schema import (
    BASIS_OF,
    TABLES,
    Basis,
    Extent,
    check,
    frame,
    issue_row,
    records,
    row_id,
)

ISSUE = {
    "id": "a",
    "stage": "layers",
    "check": "repaired",
    "severity": "warning",
    "subject": "x",
    "measured": None,
    "limit": None,
    "message": "m",
}
THEME = {"theme": "ecology", "title": "生态", "title_en": "Ecology", "order": 0}


def issue(**changed: object) -> dict[str, object]:
    """Return a row of `issues`."""
    return {**ISSUE, **changed}


def test_tables_are_well_formed() -> None:
    for name, table in TABLES.items():
        assert table.name == name
        assert len(set(table.names)) == len(table.names)
        assert {*table.key, *table.sort} <= set(table.names)
        assert not [c.name for c in table.columns if c.name in table.key and c.nullable]


def test_tables_of_the_design_are_all_there() -> None:
    named = "units documents layers features memberships coverage pieces overlaps dropped claims"
    named += " conflicts issues sources themes classes maps stated checks indicators findings"
    named += " passages rules overrides rasters zonal pictures"
    assert set(named.split()) == set(TABLES)


def test_every_extent_has_a_basis_and_only_shapes_have_areas() -> None:
    assert set(BASIS_OF) == set(get_args(Extent))
    assert set(BASIS_OF.values()) == set(get_args(Basis))
    areal = {extent for extent, basis in BASIS_OF.items() if basis != "list"}
    assert areal == {"whole", "delimited", "indicative"}


def test_frame_has_columns_types_and_order_of_the_schema() -> None:
    made = frame("themes", [dict(reversed(THEME.items()))])
    assert list(made.columns) == TABLES["themes"].names
    assert made["order"].dtype == np.int64
    assert isinstance(made["title"].dtype, pd.StringDtype)


def test_empty_frame_keeps_its_types() -> None:
    made = frame("coverage", [])
    assert len(made) == 0
    assert made["area_net_km2"].dtype == np.float64
    assert isinstance(made["adcode"].dtype, pd.StringDtype)
    check("coverage", made)


def test_rows_are_sorted_with_empty_cells_first() -> None:
    row: dict[str, Any] = {"stage": "overlay", "area_m2": 0.5, "reason": "sliver"}
    row |= {"layer": "l", "feature": None}
    rows = [{**row, "id": str(i), "adcode": code} for i, code in enumerate(["2", None, "1"])]
    assert frame("dropped", rows)["id"].tolist() == ["1", "2", "0"]


def test_tables_without_sort_keep_the_order_of_rows() -> None:
    rows = [{**THEME, "theme": t} for t in ("b", "a", "c")]
    assert frame("themes", rows)["theme"].tolist() == ["b", "a", "c"]


def test_all_faults_stand_in_one_message() -> None:
    table = frame("issues", [issue(), issue(id="b")])
    table["id"] = "a"
    table["severity"] = "awful"
    table["message"] = 7
    table["stage"] = pd.Series([None, "layers"], dtype="str")
    table["more"] = 1
    with pytest.raises(SchemaError) as caught:
        check("issues", table.drop(columns="limit"))
    message = str(caught.value)
    assert "table 'issues' has 6 fault(s)" in message
    for part in (
        "column 'limit' is missing",
        "column 'more' is unknown",
        "column 'stage' is empty in 1 row(s)",
        "column 'severity' holds ['awful']; allowed: info, warning, error",
        "column 'message' is int64, should be text",
        "2 rows share their key ('id',), for instance {'id': 'a'}",
    ):
        assert part in message


@pytest.mark.parametrize(
    ("column", "cells", "word"),
    [
        ("area_km2", [1], "int64, should be real"),
        ("n_classes", [1.0], "float64, should be integer"),
        ("adcode", [140100], "int64, should be text"),
        ("adcode", pd.Series([1], dtype="object"), "object, should be text"),
        ("geometry", ["POINT (0 0)"], "str, should be geometry"),
        ("classes", [None], "is empty in 1 row"),
    ],
)
def test_wrong_types_are_named(column: str, cells: Any, word: str) -> None:
    row = {"adcode": "1", "classes": "", "n_classes": 0, "area_km2": 1.0, "geometry": None}
    table = frame("pieces", [row])
    table[column] = cells
    with pytest.raises(SchemaError, match=re.escape(word)):
        check("pieces", table)


def test_geometry_may_be_a_column_of_objects_or_of_geopandas() -> None:
    row = {"adcode": "1", "classes": "", "n_classes": 0, "area_km2": 1.0}
    made = frame("pieces", [{**row, "geometry": shapely.box(0, 0, 1, 1)}])
    assert made["geometry"].dtype == object
    check("pieces", gpd.GeoDataFrame(made, geometry="geometry", crs=4490))


def test_a_missing_key_column_is_one_fault() -> None:
    table = frame("themes", [THEME, {**THEME, "theme": "energy"}]).drop(columns="theme")
    with pytest.raises(SchemaError, match=r"1 fault\(s\)") as caught:
        check("themes", table)
    assert "share their key" not in str(caught.value)


def test_check_does_not_change_the_table() -> None:
    table = frame("themes", [THEME])
    before = table.copy(deep=True)
    check("themes", table)
    pd.testing.assert_frame_equal(table, before)


def test_records_have_none_in_empty_cells() -> None:
    table = pd.DataFrame({"a": ["x", None], "b": [1.5, np.nan]})
    assert records(table) == [{"a": "x", "b": 1.5}, {"a": None, "b": None}]
    assert records(frame("issues", [issue()])) == [ISSUE]


@settings(deadline=None)
@given(st.lists(st.tuples(st.text(max_size=3), st.none() | st.integers()), max_size=5))
def test_records_and_frame_are_inverse(pairs: list[tuple[str, int | None]]) -> None:
    rows = [
        issue(id=str(i), message=f"{text}.", measured=None if n is None else str(n))
        for i, (text, n) in enumerate(pairs)
    ]
    made = sorted(records(frame("issues", rows)), key=lambda row: str(row["id"]))
    assert made == sorted(rows, key=lambda row: str(row["id"]))


def test_row_id_is_made_of_the_content_alone() -> None:
    assert row_id("layer", "太谷", 7) == row_id("layer", "太谷", 7)
    assert re.fullmatch("r[0-9a-f]{12}", row_id())
    assert row_id("a", None) == row_id("a", "")
    # The first 12 digits of the sha256 of "a\x1fb", so that ids stay between versions.
    assert row_id("a", "b") == "rf04cdced9736"


@settings(deadline=None)
@given(st.text(alphabet="ab"), st.text(alphabet="ab"), st.text(alphabet="ab"))
def test_row_id_knows_where_a_part_ends(a: str, b: str, c: str) -> None:
    assert (row_id(a + b, c) == row_id(a, b + c)) == (b == "")


def test_issue_rows_are_known_by_what_they_say() -> None:
    one = issue_row("layers.repaired", "a/b", "mended", measured="+1 km2")
    assert (one["stage"], one["check"], one["severity"]) == ("layers", "repaired", "warning")
    assert one == issue_row("layers.repaired", "a/b", "mended", measured="+1 km2")
    others = [
        issue_row("overlay.repaired", "a/b", "mended", measured="+1 km2"),
        issue_row("layers.repaired", "a/c", "mended", measured="+1 km2"),
        issue_row("layers.repaired", "a/b", "mended", measured="+2 km2"),
    ]
    assert len({row["id"] for row in (one, *others)}) == 4
    check("issues", frame("issues", [one, *others]))


def test_records_hold_values_of_python_and_none_in_empty_cells() -> None:
    table = pd.DataFrame(
        {
            "text": pd.Series(["a", None], dtype="str"),
            "real": [1.5, np.nan],
            "integer": [1, 2],
            "flag": [True, False],
            "geometry": [shapely.Point(0, 0), None],
        }
    )
    first, second = records(table)
    assert [type(value) for value in first.values()] == [str, float, int, bool, shapely.Point]
    assert second == {"text": None, "real": None, "integer": 2, "flag": False, "geometry": None}
    assert records(gpd.GeoDataFrame(table, geometry="geometry")) == [first, second]
    assert records(table.iloc[:0]) == []


def test_cited_lines_are_told_with_their_document_whatever_names_it() -> None:
    of_layer = {"zones": "plan-a"}
    claims = pd.DataFrame({"of": ["zones/one", "gone/x"], "lines": ["3 12", "4"]})
    told = list(schema.cited_lines("claims", claims, documents=of_layer))
    assert told == [("plan-a", 3), ("plan-a", 12), ("", 4)]
    both = pd.DataFrame(
        {"document_a": ["a"], "line_a": [7], "document_b": ["b"], "line_b": ["8 x"]}
    )
    assert list(schema.cited_lines("conflicts", both, documents={})) == [("a", 7), ("b", 8)]
    assert schema.line_numbers(" 2  x 10 ") == [2, 10]


def test_columns_that_cite_are_columns_of_their_tables() -> None:
    for name, columns in schema.CITING.items():
        names = schema.TABLES[name].names
        assert {column for both in columns for column in both} <= set(names)
