"""Coordinate systems: equal areas, lengths, and three kinds of wrong statements."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import geopandas as gpd
import pyproj
import shapely

from geoplan import crs
from geoplan.config import shipped
from geoplan.errors import ImplausibleCRSError, MismatchedCRSError, MissingCRSError
from geoplan.vector import read_vector

SHANXI = (110.2, 34.5, 114.6, 40.8)
ZONE_111 = 4546
"""CGCS2000, 3-degree Gauss-Kruger, central meridian 111 degrees, without a zone's number."""

SQUARE = shapely.box(112.4, 37.5, 112.8, 37.9)


def frame(shape: shapely.Geometry = SQUARE, state: object = 4490) -> gpd.GeoDataFrame:
    """Return a table with one shape that states a coordinate system."""
    return gpd.GeoDataFrame(geometry=[shape], crs=state)


def stated(table: gpd.GeoDataFrame, state: object) -> gpd.GeoDataFrame:
    """Return the same numbers under another statement."""
    return table.set_crs(state, allow_override=True)


def turned(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return a table with north before east."""
    shapes = shapely.transform(table.geometry.to_numpy(), lambda xy: xy[:, ::-1])
    return gpd.GeoDataFrame(geometry=shapes, crs=table.crs)


def moved(table: gpd.GeoDataFrame, east: float) -> gpd.GeoDataFrame:
    """Return a table whose numbers lie further east."""
    return gpd.GeoDataFrame(geometry=table.geometry.translate(east, 0), crs=table.crs)


def geodesic_twin(shape: shapely.Geometry) -> float:
    """Return the ellipsoidal area of a shape of the work CRS, its edges being straight there."""
    dense = shapely.segmentize(shape, 200)
    return crs.geodesic_area_m2(crs.work_to_data(np.array([dense]))[0])


def in_work(shape: shapely.Geometry) -> shapely.Geometry:
    """Return a shape of degrees in the work CRS."""
    return crs.data_to_work(np.array([shape]))[0]


def test_systems_are_those_of_the_design() -> None:
    assert crs.DATA_CRS.to_epsg() == 4490
    albers, printed = crs.WORK_CRS.coordinate_operation, crs.print_crs(112.5).coordinate_operation
    assert albers is not None
    assert printed is not None
    assert {p.name: float(p.value) for p in albers.params} == {
        "Latitude of false origin": 0,
        "Longitude of false origin": 105,
        "Latitude of 1st standard parallel": 25,
        "Latitude of 2nd standard parallel": 47,
        "Easting at false origin": 0,
        "Northing at false origin": 0,
    }
    assert albers.method_name == "Albers Equal Area"
    assert {axis.unit_name for axis in crs.WORK_CRS.axis_info} == {"metre"}
    assert 112.5 in [float(p.value) for p in printed.params if p.name.startswith("Longitude")]
    for system in (crs.WORK_CRS, crs.print_crs(112.5)):
        assert pyproj.CRS(system).geodetic_crs == crs.DATA_CRS


@pytest.mark.parametrize(
    ("west", "south"),
    [
        pytest.param(110.23, 34.6, id="west edge, south"),
        pytest.param(110.23, 39.6, id="west edge, north"),
        pytest.param(112.4, 37.5, id="middle"),
        pytest.param(114.35, 35.0, id="east edge, south"),
        pytest.param(114.35, 40.5, id="east edge, north"),
    ],
)
def test_area_of_cells_is_geodesic(west: float, south: float) -> None:
    cell = in_work(shapely.box(west, south, west + 0.2, south + 0.2))
    assert cell.area == pytest.approx(geodesic_twin(cell), rel=1e-6)


def test_area_of_counties_is_geodesic() -> None:
    counties = read_vector(shipped() / "data" / "boundaries" / "counties.parquet")
    jinzhong = counties[counties["adcode"].str.startswith("1407")]
    assert len(jinzhong) == 11
    shapes = crs.to_work(jinzhong).geometry.to_numpy()
    geodesic = np.array([geodesic_twin(shape) for shape in shapes])
    assert np.abs(shapely.area(shapes) / geodesic - 1).max() < 1e-6
    # The test could fail: other systems are off by far more.
    zone = jinzhong.to_crs(4547).geometry.area.to_numpy()
    assert np.abs(zone / geodesic - 1).max() > 1e-5


@settings(max_examples=30, deadline=None)
@given(
    st.floats(110, 114.5),
    st.floats(34.5, 40.5),
    st.floats(0.005, 0.1),
    st.floats(0.005, 0.1),
    st.floats(0, 360),
)
def test_area_is_geodesic_anywhere_in_the_province(
    lon: float, lat: float, width: float, height: float, angle: float
) -> None:
    made = shapely.affinity.rotate(shapely.box(lon, lat, lon + width, lat + height), angle)
    shape = in_work(made)
    assert shape.area == pytest.approx(geodesic_twin(shape), rel=1e-6)


def test_geodesic_area_of_one_square_degree_at_the_equator() -> None:
    # A degree of longitude is 111.320 km there, one of latitude 110.574 km.
    area = crs.geodesic_area_m2(shapely.segmentize(shapely.box(0, -0.5, 1, 0.5), 0.01))
    assert area == pytest.approx(111_319.49 * 110_574.28, rel=1e-4)


def test_geodesic_area_does_not_depend_on_the_direction_of_rings() -> None:
    with_hole = shapely.box(112, 37, 113, 38) - shapely.box(112.4, 37.4, 112.6, 37.6)
    reverse = shapely.reverse(with_hole)
    assert crs.geodesic_area_m2(with_hole) == pytest.approx(crs.geodesic_area_m2(reverse))
    whole = crs.geodesic_area_m2(shapely.box(112, 37, 113, 38))
    hole = crs.geodesic_area_m2(shapely.box(112.4, 37.4, 112.6, 37.6))
    assert crs.geodesic_area_m2(with_hole) == pytest.approx(whole - hole)


def test_geodesic_length() -> None:
    meridian = in_work(shapely.LineString([(105, 36.5), (105, 37.5)]))
    assert crs.geodesic_length_m(meridian) == pytest.approx(110_986, abs=10)
    assert crs.geodesic_length_m(shapely.LineString()) == 0.0


def test_geodesic_length_is_not_that_of_the_work_system() -> None:
    line = in_work(shapely.LineString([(110.5, 40.5), (114, 40.5)]))
    geod = pyproj.Geod(ellps="GRS80")
    degrees = crs.work_to_data(np.array([shapely.segmentize(line, 100)]))[0]
    assert crs.geodesic_length_m(line) == pytest.approx(geod.geometry_length(degrees), rel=1e-7)
    assert abs(line.length / crs.geodesic_length_m(line) - 1) > 0.003


@settings(deadline=None)
@given(st.floats(100, 125), st.floats(20, 50))
def test_there_and_back(lon: float, lat: float) -> None:
    point = np.array([shapely.Point(lon, lat)])
    back = crs.work_to_data(crs.data_to_work(point))[0]
    assert (back.x, back.y) == pytest.approx((lon, lat), abs=1e-9)


def test_conversions_make_copies() -> None:
    table = frame()
    assert crs.to_work(table).crs == crs.WORK_CRS
    assert crs.to_data(crs.to_work(table)).crs == crs.DATA_CRS
    assert table.geometry.iloc[0] is SQUARE
    assert table.crs.to_epsg() == 4490


@pytest.mark.parametrize("other", [4326, 3857, 4490, ZONE_111])
def test_areas_are_refused_in_another_system(other: int) -> None:
    table = frame().to_crs(other)
    name = re.escape(f"EPSG:{other} (")
    message = rf"redline\.shp: is in {name}.*needed is CGCS2000 / Albers 25-47; reproject"
    with pytest.raises(MismatchedCRSError, match=message):
        crs.require(table, crs.WORK_CRS, source="redline.shp")


def test_wgs84_is_not_cgcs2000() -> None:
    with pytest.raises(MismatchedCRSError, match=r"is in EPSG:4326 \(WGS 84\), needed is China"):
        crs.require(frame(state=4326), crs.DATA_CRS, source="a")


def test_the_right_system_passes() -> None:
    crs.require(crs.to_work(frame()), crs.WORK_CRS, source="a")
    crs.require(frame(), crs.DATA_CRS, source="a")


def test_missing_system() -> None:
    with pytest.raises(MissingCRSError, match=r"a\.shp: no coordinate system .* Albers"):
        crs.require(frame(state=None), crs.WORK_CRS, source="a.shp")
    message = r"a\.shp: 1 features, but no coordinate system is stated; add a \.prj .*EPSG:4490"
    with pytest.raises(MissingCRSError, match=message):
        crs.check_plausible(frame(state=None), source="a.shp", area=SHANXI)


@pytest.mark.parametrize(
    "table",
    [
        pytest.param(frame(), id="degrees"),
        pytest.param(frame(state=4326), id="degrees of WGS 84"),
        pytest.param(frame().to_crs(ZONE_111), id="Gauss-Kruger"),
        pytest.param(frame().to_crs(4525), id="Gauss-Kruger with a zone's number"),
        pytest.param(frame().to_crs(3857), id="Web Mercator"),
        pytest.param(crs.to_work(frame()), id="Albers"),
        pytest.param(frame(shapely.box(0, 0, 1, 1)), id="degrees elsewhere"),
        pytest.param(frame(shapely.box(116, 39, 117, 40)).to_crs(4548), id="metres elsewhere"),
        pytest.param(frame().iloc[:0], id="no rows"),
        pytest.param(frame(shapely.Polygon()), id="no shapes"),
    ],
)
def test_plausible(table: gpd.GeoDataFrame) -> None:
    crs.check_plausible(table, source="a", area=SHANXI)


METRES = frame().to_crs(ZONE_111)
NUMBERS = r"\(x [-+.e\d]+ to [-+.e\d]+, y [-+.e\d]+ to [-+.e\d]+\)"
DEGREES_AS_METRES = r"look like degrees; state EPSG:4490 or EPSG:4326"


@pytest.mark.parametrize(
    ("table", "name", "message"),
    [
        pytest.param(
            stated(frame(), ZONE_111), "EPSG:4546", DEGREES_AS_METRES, id="degrees as metres"
        ),
        pytest.param(
            stated(frame(), 3857), "EPSG:3857", DEGREES_AS_METRES, id="degrees as Web Mercator"
        ),
        pytest.param(
            stated(METRES, 4490), "EPSG:4490", "are no degrees; state", id="metres as degrees"
        ),
        pytest.param(
            stated(turned(METRES), 4490),
            "EPSG:4490",
            "are no degrees",
            id="turned metres as degrees",
        ),
        pytest.param(
            turned(METRES), "EPSG:4546", "are north before east", id="Gauss-Kruger, north first"
        ),
        pytest.param(
            turned(frame().to_crs(4525)),
            "EPSG:4525",
            "are north before east",
            id="Gauss-Kruger with a zone's number, north first",
        ),
        pytest.param(
            turned(frame()), "EPSG:4490", "are north before east", id="degrees, north first"
        ),
        pytest.param(
            moved(METRES, 37e6), "EPSG:4546", "have no place in it", id="an unstated zone's number"
        ),
    ],
)
def test_implausible(table: gpd.GeoDataFrame, name: str, message: str) -> None:
    pattern = rf"^a\.shp: states {name} \(.*\), but its coordinates {NUMBERS} .*{message}"
    with pytest.raises(ImplausibleCRSError, match=pattern):
        crs.check_plausible(table, source="a.shp", area=SHANXI)


def test_north_first_where_both_orders_are_degrees() -> None:
    xinjiang = (73.0, 34.0, 89.0, 49.0)
    table = turned(frame(shapely.box(80, 42, 81, 43)))
    with pytest.raises(ImplausibleCRSError, match="north before east"):
        crs.check_plausible(table, source="a", area=xinjiang)


def test_bounds_in_degrees() -> None:
    assert crs.bounds_in_data(frame(), source="a") == pytest.approx(SQUARE.bounds)
    # A box around the box in metres, whose sides lean against the meridians.
    box = crs.bounds_in_data(crs.to_work(frame()), source="a")
    assert box == pytest.approx(SQUARE.bounds, abs=0.05)
    assert shapely.box(*box).contains(SQUARE)


@pytest.mark.parametrize("table", [stated(METRES, 4490), moved(METRES, 37e6)])
def test_bounds_without_a_place(table: gpd.GeoDataFrame) -> None:
    with pytest.raises(ImplausibleCRSError, match="a: coordinates outside EPSG:4"):
        crs.bounds_in_data(table, source="a")


def test_names_of_systems() -> None:
    assert crs.name_of(4326) == "EPSG:4326 (WGS 84)"
    assert crs.name_of(crs.WORK_CRS) == "CGCS2000 / Albers 25-47"


def test_world_area_of_the_whole_world() -> None:
    # The ellipsoid GRS 80 has 510 065 622 km2.
    areas = crs.world_area_m2(np.array([shapely.box(-180, -90, 180, 90), shapely.Polygon()]))
    assert areas == pytest.approx([510_065_622e6, 0], rel=1e-9)
