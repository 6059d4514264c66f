"""Which columns say where rows lie, and in which row their heads are."""

from __future__ import annotations

import pytest

from geoplan.errors import DataError, UsageError
from geoplan.reading import Reading
from geoplan.vector.heads import Places, is_shape, places_in, side_of

NOTHING = Reading()


@pytest.mark.parametrize(
    ("head", "side"),
    [
        *(
            (head, "lon")
            for head in ("经度", "东经", "lon", "LNG", "Longitude", "经度(°)", "中心经度")
        ),
        *((head, "lat") for head in ("纬度", "北纬", "lat", "Latitude", "纬 度", "GPS纬度")),
        *((head, "east") for head in ("横坐标", "横坐标Y(m)", "Easting", "东坐标")),
        *((head, "north") for head in ("纵坐标", "纵坐标（X）", "northing", "北坐标")),
        *((head, "x") for head in ("X", "X坐标", "X坐标(米)", "POINT_X", "x_coord")),
        *((head, "y") for head in ("y", "Y坐标", "Y 坐标", "POINT_Y")),
        *((head, None) for head in ("经纬度", "名称", "面积", "max", "年份", "", "xy")),
    ],
)
def test_heads(head: str, side: str | None) -> None:
    assert side_of(head) == side


@pytest.mark.parametrize(
    ("cell", "wanted"),
    [
        ("POINT(1 2)", True),
        ("SRID=4490;POLYGON ((0 0,1 0,1 1,0 0))", True),
        ("multipolygon z (((0 0 1,1 0 1,1 1 1,0 0 1)))", True),
        ("POINT EMPTY", True),
        ('{"type": "Point", "coordinates": [1, 2]}', True),
        ("0101000000000000000000F03F0000000000000040", True),
        ("point of interest", False),
        ("0101", False),
        ("耕地", False),
        ('{"a": 1}', False),
    ],
)
def test_shapes_as_text(cell: str, wanted: bool) -> None:
    assert is_shape(cell) is wanted


def test_heads_below_a_title() -> None:
    rows = [["某表", "", ""], [], ["名称", "经度", "纬度"], ["甲", "112", "37"]]
    assert places_in("a", rows, reading=NOTHING) == Places(2, pair=(1, 2), sides=("lon", "lat"))


def test_the_first_row_of_texts_where_nothing_is_known() -> None:
    rows = [["标题"], ["名称", "面积"], ["甲", "12"]]
    assert places_in("a", rows, reading=NOTHING) == Places(1)


def test_a_head_that_is_looked_for() -> None:
    rows = [["统计", "表"], ["县名", "x1"], ["甲", "1"]]
    assert places_in("a", rows, reading=NOTHING, known=lambda head: head == "县名").row == 1


def test_columns_that_a_person_names() -> None:
    rows = [["标题", "", ""], ["a", "b", "c"], ["1", "2", "POINT(1 2)"]]
    assert places_in("a", rows, reading=Reading(x="b", y="a")) == Places(1, pair=(1, 0))
    assert places_in("a", rows, reading=Reading(wkt="c")) == Places(1, shape=2)
    assert places_in("a", rows, reading=Reading(unit="a")) == Places(1)


def test_shapes_come_before_coordinates_and_are_told() -> None:
    rows = [["lon", "lat", "shape"], ["1", "2", "POINT(1 2)"]]
    assert places_in("a", rows, reading=NOTHING) == Places(0, shape=2, others=("lon", "lat"))


@pytest.mark.parametrize(
    ("reading", "told"),
    [
        (Reading(x="a"), "--x and --y are given together"),
        (Reading(x="a", y="q"), "a: has no column 'q'; there are: 'a', 'b', 'a'"),
    ],
)
def test_columns_that_are_not_there(reading: Reading, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        places_in("a", [["a", "b", "a"], ["1", "2", "3"]], reading=reading)


@pytest.mark.parametrize(
    ("rows", "reading", "told"),
    [
        (
            [["lon", "lat", "经度"], ["1", "2", "3"]],
            NOTHING,
            "more than one pair.*'lon', '经度', 'lat'",
        ),
        ([["lon", "lat", "x", "y"], ["1"] * 4], NOTHING, "more than one pair.*--x and --y"),
        ([["a", "b"], ["POINT(1 2)"] * 2], NOTHING, "2 columns of shapes: 'a', 'b'.*--wkt"),
        ([["a", "a"], ["1", "2"]], Reading(wkt="a"), "2 columns are called 'a'"),
        ([["1", "2"], ["3", "4"]], NOTHING, "no row of heads"),
        ([], NOTHING, "no row of heads"),
    ],
)
def test_what_is_not_guessed(rows: list[list[str]], reading: Reading, told: str) -> None:
    with pytest.raises(DataError, match=told):
        places_in("a", rows, reading=reading)


def test_one_coordinate_alone_is_none() -> None:
    assert not places_in("a", [["经度", "名"], ["1", "2"]], reading=NOTHING).any
