"""GCJ-02 and BD-09: the public formula, and the way back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import geopandas as gpd
import shapely

from geoplan import crs
from geoplan.crs.shifted import CHINA, shift_xy, unshift_xy
from geoplan.errors import DataError, UsageError
from tests.coordinates import SHANXI, TOWN, metres_between, scattered

PUBLISHED = [
    # Test values of eviltransform: Shanghai, Shenzhen, Beijing.
    ((121.5272106, 31.1774276), (121.531541859215, 31.17530398364597)),
    ((113.912316, 22.543847), (113.9171764808363, 22.540796131694766)),
    ((116.377817, 39.911954), (116.38404722455657, 39.91334545536069)),
    # The example of coordtransform.
    ((116.404, 39.915), (116.41024449916938, 39.91640428150164)),
]
BAIDU_OF_GCJ = ((116.404, 39.915), (116.41036949371029, 39.92133699351021))

polygons = st.builds(
    lambda x, y, w, h: shapely.box(x, y, x + w, y + h),
    st.floats(74, 134),
    st.floats(18.5, 52),
    st.floats(1e-4, 1),
    st.floats(1e-4, 1),
)


@pytest.mark.parametrize(("place", "shifted"), PUBLISHED)
def test_the_formula_is_the_public_one(
    place: tuple[float, float], shifted: tuple[float, float]
) -> None:
    assert shift_xy(np.array([place]), "GCJ-02")[0] == pytest.approx(shifted, abs=1e-11)


def test_baidu_shifts_what_is_shifted() -> None:
    place = unshift_xy(np.array([BAIDU_OF_GCJ[0]]), "GCJ-02")
    assert shift_xy(place, "BD-09")[0] == pytest.approx(BAIDU_OF_GCJ[1], abs=1e-9)


@pytest.mark.parametrize("name", crs.SHIFTED)
@settings(max_examples=40, deadline=None)
@given(shape=polygons)
def test_there_and_back(name: str, shape: shapely.Geometry) -> None:
    there = crs.shifted_from(np.array([shape]), name)
    again = crs.unshifted(there, name)
    xy, want = shapely.get_coordinates(again), shapely.get_coordinates(shape)
    assert np.abs(xy - want).max() < 1e-9
    far = metres_between(shapely.get_coordinates(there), want)
    assert 50 < far < 2500


@pytest.mark.parametrize("name", crs.SHIFTED)
def test_back_and_there(name: str) -> None:
    seen = scattered(SHANXI)
    assert np.abs(shift_xy(unshift_xy(seen, name), name) - seen).max() < 1e-9


def test_shanxi_is_moved_by_half_a_kilometre_to_the_east() -> None:
    places = scattered(SHANXI, 2000)
    east, north = (shift_xy(places, "GCJ-02") - places).T
    east_m = east * 111_320 * np.cos(np.radians(places[:, 1]))
    assert 440 < east_m.min() < east_m.max() < 650
    assert -170 < (north * 111_000).min() < (north * 111_000).max() < 200


@pytest.mark.parametrize("name", crs.SHIFTED)
@pytest.mark.parametrize("place", [(2.35, 48.85), (140.0, 36.0), (100.0, 60.0), (-70.0, 40.0)])
def test_nothing_is_shifted_outside_of_china(name: str, place: tuple[float, float]) -> None:
    point = np.array([shapely.Point(place)])
    assert crs.shifted_from(point, name)[0].equals(point[0])
    assert crs.unshifted(point, name)[0].equals(point[0])


def test_the_box_is_that_of_the_formula() -> None:
    west, south, east, north = CHINA
    corners = np.array([(west, south), (east, north), (west - 1e-6, south), (east, north + 1e-6)])
    moved = (shift_xy(corners, "GCJ-02") != corners).any(axis=1)
    assert moved.tolist() == [True, True, False, False]


@pytest.mark.parametrize(
    "shape",
    [
        shapely.Point(112.5, 37.5),
        shapely.MultiPoint([(112.5, 37.5), (112.6, 37.5)]),
        shapely.LineString([(112.5, 37.5), (112.6, 37.6)]),
        shapely.box(*TOWN).difference(shapely.box(112.5, 37.6, 112.6, 37.7)),
        shapely.MultiPolygon([shapely.box(*TOWN), shapely.box(113, 38, 113.1, 38.1)]),
        shapely.GeometryCollection([shapely.Point(112.5, 37.5), shapely.box(*TOWN)]),
        shapely.Polygon(),
    ],
)
def test_shapes_of_all_kinds(shape: shapely.Geometry) -> None:
    there = crs.shifted_from(np.array([shape]), "GCJ-02")[0]
    assert there.geom_type == shape.geom_type
    assert there.is_empty == shape.is_empty
    again = crs.unshifted(np.array([there]), "gcj02")[0]
    assert again.equals_exact(shape, 1e-9)


def test_rows_without_a_shape_stay_without() -> None:
    made = crs.unshifted(np.array([None, shapely.Point(112.5, 37.5)]), "BD-09")
    assert made[0] is None
    assert made[1].x < 112.5


def test_what_is_given_is_not_changed() -> None:
    given_ = np.array([shapely.Point(112.5, 37.5)])
    crs.unshifted(given_, "GCJ-02")
    assert (given_[0].x, given_[0].y) == (112.5, 37.5)
    xy = scattered(TOWN)
    copy = xy.copy()
    unshift_xy(xy, "BD-09")
    assert (xy == copy).all()


def test_no_shapes_at_all() -> None:
    assert len(crs.unshifted(np.array([], dtype=object), "GCJ-02")) == 0


@pytest.mark.parametrize(
    "xy", [(613_000.0, 4_130_000.0), (112.5, 91.0), (float("nan"), 37.5), (float("inf"), 37.0)]
)
def test_only_degrees_are_shifted(xy: tuple[float, float]) -> None:
    shapes = np.array([shapely.Point(xy), shapely.Point(112.5, 37.5)])
    with pytest.raises(DataError, match=r"1 of 2 coordinates are no degrees.*EPSG:4490"):
        crs.unshifted(shapes, "GCJ-02")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("GCJ-02", "GCJ-02"),
        ("gcj02", "GCJ-02"),
        ("GCJ 02", "GCJ-02"),
        ("gcj_02", "GCJ-02"),
        ("BD-09", "BD-09"),
        ("bd09", "BD-09"),
        ("BD09LL", "BD-09"),
    ],
)
def test_names_of_shifted_degrees(text: str, name: str) -> None:
    assert crs.shifted(text)
    assert crs.shift_name(text) == name


@pytest.mark.parametrize("text", ["", "EPSG:4490", "GCJ", "BD-09MC", "WGS84", "GCJ-03"])
def test_other_names(text: str) -> None:
    assert not crs.shifted(text)
    with pytest.raises(UsageError, match="known are GCJ-02 and BD-09"):
        crs.unshifted(np.array([shapely.Point(112.5, 37.5)]), text)


def test_areas_of_shifted_shapes_come_back() -> None:
    frame = gpd.GeoDataFrame(geometry=[shapely.box(*TOWN).segmentize(0.01)], crs=crs.DATA_CRS)
    area = crs.to_work(frame).area[0]
    there = crs.shifted_from(frame.geometry.to_numpy(), "GCJ-02")
    shifted = crs.data_to_work(there)[0].area
    again = crs.data_to_work(crs.unshifted(there, "GCJ-02"))[0].area
    assert abs(shifted / area - 1) > 1e-6
    assert again == pytest.approx(area, rel=1e-9)


def test_the_stated_accuracy_is_that_of_the_names() -> None:
    assert set(crs.SHIFT_ACCURACY_M) == set(crs.SHIFTED)


def test_no_system_of_proj() -> None:
    with pytest.raises(UsageError, match=r"GCJ-02 is not known here: .*convert the file"):
        crs.given("GCJ-02")
