"""Axes, buffers, rivers and footprints: drawn from names, ending at the border of the scope."""

from __future__ import annotations

from math import pi
from typing import Any

import numpy as np
import pytest

import geopandas as gpd
import pyproj
import shapely

from geoplan import crs
from geoplan.errors import DataError, LayerError
from tests.small import CITY_A, SIDE, SOUTH, WEST, SmallProject, box, feature, layer, point

AXIS = feature("axis", "indicative", axis=["东镇", "西镇"])


def drawn(small: SmallProject, *parts: str, document: str = "plan-p") -> dict[str, Any]:
    """Return the shapes of a layer, in the work CRS, by feature id."""
    small.write_layer(layer("other", *parts, document=document, theme="works"))
    features = small.layers()["features"].query("layer == 'other'")
    assert features.crs == crs.DATA_CRS
    return dict(
        zip(features["feature"], crs.data_to_work(np.asarray(features.geometry)), strict=True)
    )


def lonlat(column: float, row: float) -> list[float]:
    return list(point(column, row))


def test_axis_goes_through_its_waypoints_in_order(small: SmallProject) -> None:
    points = [lonlat(2.5, 1.5), "西镇", lonlat(1.5, 0.5)]
    line = drawn(small, feature("axis", "indicative", axis=points))["axis"]
    found = (shapely.get_coordinates(line) - [WEST, SOUTH]) / SIDE
    assert np.allclose(found, [[2.5, 1.5], [1.5, 1.5], [1.5, 0.5]], atol=1e-5)


def test_axis_ends_at_the_border_of_the_scope(small: SmallProject) -> None:
    line = drawn(
        small, feature("axis", "indicative", axis=["东镇", lonlat(2.5, 1.5)]), document="plan-a"
    )["axis"]
    assert line.length == pytest.approx(1.5 * SIDE, abs=0.1)
    assert line.bounds[2] == pytest.approx(WEST + 2 * SIDE, abs=0.01)


def test_waypoint_is_looked_up_in_the_scope_first(small: SmallProject) -> None:
    line = drawn(small, feature("axis", "indicative", axis=["东镇", "同名"]), document="plan-a")[
        "axis"
    ]
    assert line.length == pytest.approx(SIDE, abs=0.1)


def test_buffer_has_the_area_of_its_distance(small: SmallProject) -> None:
    shapes = drawn(small, AXIS, feature("b", "indicative", buffer_of="axis", buffer_km=1.0))
    # A strip of 10 km by 2 km and two half circles.
    expected = 20e6 + pi * 1e6
    assert shapes["b"].area == pytest.approx(expected, rel=2e-3)
    assert shapes["b"].area < expected


def test_buffer_ends_at_the_border_of_the_scope(small: SmallProject) -> None:
    shapes = drawn(small, AXIS, feature("b", "indicative", buffer_of="axis", buffer_km=50.0))
    assert shapes["b"].area == pytest.approx(box(0, 0, 3, 2).area, rel=1e-9)


def test_buffer_may_stand_before_its_axis(small: SmallProject) -> None:
    shapes = drawn(small, feature("b", "indicative", buffer_of="axis", buffer_km=1.0), AXIS)
    assert shapes["b"].contains(shapes["axis"])


def test_river_is_cut_to_the_scope(small: SmallProject) -> None:
    line = drawn(small, feature("r", "indicative", reference="长河"))["r"]
    geod = pyproj.Geod(ellps="GRS80")
    (west, south), (east, north) = point(0, 0.5), point(3, 0.5)
    _, _, metres = geod.inv(west, south, east, north)
    assert crs.geodesic_length_m(line) == pytest.approx(metres, rel=1e-5)


@pytest.mark.parametrize("area", [1.0, 9.5])
def test_footprint_has_the_printed_area_and_the_centre_of_its_box(
    small: SmallProject, area: float
) -> None:
    (west, south), (east, north) = point(1.1, 0.9), point(1.9, 1.1)
    text = f"footprint = {{ west = {west}, south = {south}, east = {east}, north = {north}, "
    shape = drawn(small, feature("f", "indicative") + text + f"area_km2 = {area} }}\n")["f"]
    assert shape.area / 1e6 == pytest.approx(area, rel=1e-9)
    assert shape.centroid.x == pytest.approx(WEST + 1.5 * SIDE, abs=200)
    width, height = shape.bounds[2] - shape.bounds[0], shape.bounds[3] - shape.bounds[1]
    assert width > 3 * height


def test_a_site_outside_its_unit_is_told(small: SmallProject) -> None:
    for column, count in ((0.5, 0), (1.5, 1)):
        lon, lat = point(column, 1.5)
        site = f'sites = [{{ name = "甲", unit = "东山", lon = {lon}, lat = {lat} }}]\n'
        small.write_layer(layer("other", feature("s", "within") + site))
        issues = small.layers()["issues"].query("check == 'site_outside'")
        assert len(issues) == count
    assert issues["message"].iloc[0] == "the point of 甲 lies outside 东山"


def test_sites_with_coordinates_become_points(small: SmallProject) -> None:
    lon, lat = point(0.5, 1.5)
    sites = (
        f'sites = [{{ name = "甲", unit = "东山", lon = {lon}, lat = {lat} }}, '
        '{ name = "乙", unit = "西山" }]\n'
    )
    shape = drawn(small, feature("s", "within") + sites)["s"]
    assert shape.distance(shapely.Point(WEST + SIDE / 2, SOUTH + 1.5 * SIDE)) < 0.01


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (
            {"axis": ["东镇", "西甲镇"]},
            "waypoint '西甲镇' fits 0 rows of places.csv. Did you mean 西镇",
        ),
        ({"axis": ["东镇", "同名"]}, "waypoint '同名' fits 2 rows of places.csv"),
        ({"reference": "短河"}, "river '短河' is not in rivers.parquet; there are: 长河"),
        (
            {"axis": ["东镇", "东镇"]},
            "the axis has no length: all its waypoints are the same place",
        ),
        ({"axis": [lonlat(5, 5), lonlat(6, 6)]}, "lies wholly outside its document's scope"),
    ],
)
def test_wrong_reference_is_named_with_file_and_line(
    small: SmallProject, more: dict[str, Any], message: str
) -> None:
    with pytest.raises(LayerError) as fault:
        drawn(small, AXIS, feature("f", "indicative", **more))
    path = small.root / "layers/works/other.toml"
    starts = [i for i, t in enumerate(path.read_text("utf-8").split("\n"), 1) if t == "[[feature]]"]
    assert f"{path}:{starts[1]}: " in str(fault.value)
    assert message in str(fault.value)


def test_buffer_of_a_feature_without_shape(small: SmallProject) -> None:
    named = feature("named", "within", members=["东山"])
    with pytest.raises(LayerError, match="buffer_of 'named' has no shape to buffer"):
        drawn(small, named, feature("b", "indicative", buffer_of="named", buffer_km=1.0))


def test_shapes_beyond_a_smaller_project_are_left_out(small: SmallProject) -> None:
    path = small.root / "geoplan.toml"
    path.write_text(
        path.read_text("utf-8").replace('scope = "910000"', f'scope = "{CITY_A}"'), encoding="utf-8"
    )
    east = feature("east", "indicative", axis=[lonlat(2.2, 1.5), lonlat(2.8, 1.5)])
    small.write_layer(layer("other", AXIS, east, document="plan-p", theme="works"))
    tables = small.run("boundaries", "layers", "overlay")
    features = tables["features"].set_index("feature")["geometry"]
    assert features["east"] is None
    assert features["axis"] is not None
    coverage = tables["coverage"].query("layer == 'other'").set_index("adcode")
    # The document speaks of the whole province, so that no unit of the city is out of its scope.
    assert coverage.loc["910101", "state"] == "concerned"
    assert coverage.loc["910103", "state"] == "no_data"


def test_footprint_larger_than_its_box(small: SmallProject) -> None:
    (west, south), (east, north) = point(0.5, 0.5), point(1.5, 1.5)
    text = f"footprint = {{ west = {west}, south = {south}, east = {east}, north = {north}, "
    with pytest.raises(
        LayerError, match=r"area_km2 = 130 does not fit its box, which has \d+"
    ) as e:
        drawn(small, feature("f", "indicative") + text + "area_km2 = 130 }\n")
    assert "other.toml:6: " in str(e.value)


@pytest.mark.parametrize("number", [np.nan, np.inf])
def test_reference_with_coordinates_that_are_no_numbers(small: SmallProject, number: float) -> None:
    folder = small.root / "data/reference"
    places = folder / "places.csv"
    before = places.read_text("utf-8")
    places.write_text(before + f"\n新镇,town,910101,112,{number},test\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"places\.csv: 1 row\(s\) have no number in lat, .*'新镇'"):
        small.layers()
    places.write_text(before, encoding="utf-8")
    rivers = gpd.read_parquet(folder / "rivers.parquet")
    with np.errstate(invalid="ignore"):
        line = shapely.LineString([(112, 36), (113, number)])
    rivers.set_geometry([line], crs=rivers.crs).to_parquet(folder / "rivers.parquet")
    with pytest.raises(DataError, match=r"rivers\.parquet: 1 river\(s\) have .* numbers: 长河"):
        small.layers()
