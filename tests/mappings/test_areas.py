"""Declared areas: which unit they are in, which rows differ, and what is empty."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import geopandas as gpd
import shapely

from geoplan import mappings
from geoplan.mappings.model import M2, UNITS, AreaUnit
from geoplan.reading import Notice
from tests.mappings.squares import parcels, redlines, squares

KM2 = [1000.0, 2000.0, 3000.0]
"""Sides of squares of 1, 4 and 9 km²."""


def told(frame: gpd.GeoDataFrame, name: str = "STBHHX") -> dict[str, Notice]:
    """Return the notices of a file by their code."""
    found = mappings.examined(frame, name).notices
    assert len({notice.code for notice in found}) == len(found)
    return {notice.code: notice for notice in found}


@pytest.mark.parametrize(
    ("area", "unit"),
    [
        ([1, 4, 9], "km²"),
        ([100, 400, 900], "ha"),
        ([1_000_000, 4_000_000, 9_000_000], "m²"),
        (["1", " 4.00", "9.0"], "km²"),  # texts
    ],
)
def test_the_unit_is_found_and_told(area: list[object], unit: str) -> None:
    notices = told(redlines(*KM2, area=area))
    assert list(notices) == ["fields.area_unit_found"]
    assert f"MJ is in {unit}" in notices["fields.area_unit_found"].message
    assert notices["fields.area_unit_found"].evidence.startswith("3 of 3 rows within 1% in")


def test_a_unit_that_contradicts_the_mapping_is_a_warning() -> None:
    notices = told(redlines(*KM2, area=[1500, 6000, 13500]))  # 1 km² is 1500 mu
    assert list(notices) == ["fields.area_unit"]
    assert notices["fields.area_unit"].severity == "warning"
    assert "numbers are mu" in notices["fields.area_unit"].message


def test_a_field_that_has_one_unit_only() -> None:
    frame = parcels(100, 200, code=["0101", "0103"], TBMJ=[1.0, 4.0], TBDLMJ=[1.0, 4.0])
    notices = told(frame, "DLTB")
    assert "TBMJ is declared in m² by the mapping, but its numbers are ha" in (
        notices["fields.area_unit"].message
    )


def test_no_unit_fits() -> None:
    notices = told(redlines(*KM2, area=[17, 3, 55]))
    assert "in no unit" in notices["fields.area_unit"].message
    assert "fields.area_differs" not in notices


def test_rows_that_differ_are_counted_and_the_worst_is_named() -> None:
    notices = told(redlines(1000, 2000, 3000, 1000, area=[1, 4, 9.2, 0.5]))
    notice = notices["fields.area_differs"]
    assert (notice.rows, notice.count) == ((3, 4), 2)
    assert "in 2 of 4 rows" in notice.message
    assert "row 4: 0.5 km² declared, 1 km² computed (-50.0%)" in notice.evidence


def test_one_percent_is_allowed() -> None:
    assert "fields.area_differs" not in told(redlines(*KM2, area=[1.0099, 3.961, 9]))
    assert told(redlines(*KM2, area=[1.0101, 4.0, 9]))["fields.area_differs"].rows == (1,)


def test_what_rounding_takes_away_is_no_difference() -> None:
    # 0.0225 km² with two decimals is 0.02: 11 % less, but rightly rounded.
    assert list(told(redlines(150, 1000, area=[0.02, 1.0]))) == ["fields.area_unit_found"]
    assert told(redlines(150, 1000, area=[0.03, 1.0]))["fields.area_differs"].rows == (1,)


def test_empty_zero_and_negative_areas_are_told() -> None:
    notices = told(redlines(*KM2, 1000, 1000, area=[1, 4, None, 0, -1]))
    notice = notices["fields.area_empty"]
    assert notice.evidence == "1 empty or no number, 1 zero, 1 negative"
    assert notice.rows == (3, 4, 5)
    assert "fields.area_unit_found" in notices


def test_texts_that_are_no_numbers_are_no_areas() -> None:
    notices = told(redlines(*KM2, area=["1", "约4", "inf"]))
    assert notices["fields.area_empty"].rows == (2, 3)


def test_net_area_is_the_whole_without_what_is_deducted() -> None:
    right = parcels(100, 100, code=["0103"] * 2, KCMJ=[1234.5, None], TBDLMJ=[8765.5, 10000.0])
    assert "fields.area_sum" not in told(right, "DLTB")
    wrong = parcels(100, 100, code=["0103"] * 2, KCMJ=[1234.5, 0.0], TBDLMJ=[8765.5, 9000.0])
    notice = told(wrong, "DLTB")["fields.area_sum"]
    assert notice.rows == (2,)
    assert notice.evidence == "row 2: 10000 − 0 is not 9000"
    # TBDLMJ itself is not set against the shape, which holds the ridges too.
    assert "fields.area_differs" not in told(right, "DLTB")


def test_shapes_without_area_are_not_compared() -> None:
    frame = redlines(*KM2, area=[1, 4, 9])
    frame.loc[1, "geometry"] = None
    frame.loc[2, "geometry"] = shapely.Point(640_000, 4_000_000)
    assert told(frame)["fields.area_unit_found"].evidence.startswith("1 of 1 rows")
    assert "fields.area_unit_found" not in told(frame.iloc[1:])


def test_areas_are_those_of_the_ellipsoid_whatever_the_system() -> None:
    frame = redlines(*KM2, area=[1, 4, 9]).to_crs("EPSG:3857")  # half as large again there
    assert told(frame)["fields.area_unit_found"].evidence.startswith("3 of 3 rows")


def test_a_file_without_a_system_is_not_measured() -> None:
    frame = redlines(*KM2, area=[7, 7, 7]).set_crs(None, allow_override=True)
    assert told(frame) == {}


def test_a_table_without_shapes_has_codes_but_no_areas() -> None:
    table = parcels(100, code=["9999"]).drop(columns="geometry")
    examined = mappings.examined(table, "DLTB")
    assert [notice.code for notice in examined.notices] == ["fields.unknown_code"]


def test_coordinates_without_a_place_are_not_measured() -> None:
    frame = squares(100, BSM=["1"], YSDM=["1"], XZQDM=["1"], XZQMC=["甲"], MJ=[1.0])
    frame = frame.set_crs("EPSG:4326", allow_override=True)  # 640 000 degrees east
    assert told(frame, "XZQ") == {}


@settings(max_examples=40, deadline=None)
@given(
    unit=st.sampled_from(UNITS),
    areas=st.lists(st.floats(1e3, 1e9), min_size=1, max_size=8),
    wrong=st.integers(0, 2),
)
def test_the_unit_is_found_from_a_few_rows(unit: AreaUnit, areas: list[float], wrong: int) -> None:
    real = np.array([*areas, *areas, *areas])
    declared = real / M2[unit]
    declared[:wrong] *= 1.5
    best = mappings.fits(declared, real)[0]
    assert best.unit == unit or wrong == len(real)
    assert best.within >= len(real) - wrong


def test_nothing_to_compare() -> None:
    assert mappings.fits(np.array([0.0, np.nan]), np.array([1.0, 1.0])) == []
