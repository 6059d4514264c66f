"""Old datums: what is told of how they come to CGCS2000."""

from __future__ import annotations

import numpy as np
import pytest

import geopandas as gpd
import pyproj
import shapely

from geoplan import crs
from geoplan.crs.datums import datum_shift
from geoplan.errors import ImplausibleCRSError, MissingCRSError
from tests.coordinates import (
    SHANXI,
    TOWN,
    codes,
    look,
    metres_between,
    of,
    projected,
    proposals,
    scattered,
)

PLACE = (112.6, 37.7)
PLACES = scattered(TOWN)


@pytest.mark.parametrize(
    ("code", "datum", "known"),
    [
        (2361, "Xian 1980", "EPSG has no parameters for Xian 1980"),
        (2382, "Xian 1980", "EPSG has no parameters"),
        (4610, "Xian 1980", "EPSG has no parameters"),
        (2413, "Beijing 1954", "sets of parameters for Beijing 1954"),
        (21419, "Beijing 1954", "sets of parameters for Beijing 1954"),
        (4214, "Beijing 1954", "sets of parameters for Beijing 1954"),
    ],
)
def test_an_old_datum_is_told(code: int, datum: str, known: str) -> None:
    found = look(projected(PLACES, code), code)
    assert codes(found) == ["crs.datum_shift"]
    notice = found[0]
    assert notice.severity == "info"
    assert f"brought from {datum} to CGCS2000: longitude and latitude are kept" in notice.message
    assert "no parameters of the shift are public" in notice.message
    assert "order of 100 m" in notice.message
    assert "moved here by 0.0 m" in notice.evidence
    assert known in notice.evidence


@pytest.mark.parametrize("code", [4490, 4326, 4525, 4546, 3857, 32649])
def test_datums_that_are_alike(code: int) -> None:
    assert datum_shift(pyproj.CRS(code), PLACE) is None
    assert crs.datum_notice(pyproj.CRS(code), PLACE) is None


def test_published_shifts_are_of_the_order_that_is_told() -> None:
    evidence = look(projected(PLACES, 2413), 2413)[0].evidence
    least, most = (float(word) for word in evidence.split("by ")[-1].split(" m")[0].split(" to "))
    assert 30 < least < most < 100


@pytest.mark.parametrize(
    ("shift", "metres"), [("10,0,0", 10), ("0,0,50", 50), ("31.4,-144.3,-74.8,0,0,0.814,-0.38", 0)]
)
def test_parameters_that_a_system_carries(shift: str, metres: float) -> None:
    text = "+proj=tmerc +lon_0=111 +x_0=500000 +ellps=krass +type=crs +towgs84=" + shift
    made = datum_shift(pyproj.CRS(text), PLACE)
    assert made is not None
    assert not made.ballpark
    # On the ground about what it is in space; the ellipsoid's own size adds some.
    assert made.moved_m <= metres + 1 or metres == 0
    assert made.moved_m > 3
    notice = crs.datum_notice(pyproj.CRS(text), PLACE)
    assert notice is not None
    assert "with the parameters that the system carries, accuracy not stated" in notice.message


def test_a_shift_along_the_axis_is_what_geometry_says() -> None:
    # 50 m along the axis of the Earth are 50 m x cos(latitude) to the north.
    text = "+proj=longlat +ellps=krass +towgs84=0,0,50 +type=crs"
    other = "+proj=longlat +ellps=krass +towgs84=0,0,0 +type=crs"
    points = gpd.GeoDataFrame(geometry=[shapely.Point(PLACE)])
    ways = (
        lambda system: crs.to_data(points.set_crs(system)).geometry[0].y,
        lambda system: crs.to_data(points.set_crs(crs.read(system))).geometry[0].y,
        lambda system: crs.to_data(points.set_crs(crs.given(system))).geometry[0].y,
        lambda system: float(
            crs.xy_to_any(
                np.array([PLACE[0]]),
                np.array([PLACE[1]]),
                source=pyproj.CRS(system),
                target=crs.DATA_CRS,
            )[1][0]
        ),
    )
    for way in ways:
        north_m = (way(text) - way(other)) * 111_000
        assert north_m == pytest.approx(50 * np.cos(np.radians(37.7)), rel=0.02)


def test_parameters_lead_to_where_proj_brings_them_in_wgs84() -> None:
    text = (
        "+proj=tmerc +lon_0=111 +x_0=500000 +ellps=krass +type=crs "
        "+towgs84=31.4,-144.3,-74.8,0,0,0.814,-0.38"
    )
    numbers = np.array([(640_000.0, 4_170_000.0)])
    want = pyproj.Transformer.from_crs(text, 4326, always_xy=True).transform(*numbers[0])
    point = gpd.GeoDataFrame(geometry=shapely.points(numbers), crs=text)
    here = crs.to_data(point).geometry[0]
    assert metres_between(np.array([want]), np.array([(here.x, here.y)])) < 0.01
    assert crs.to_work(point).geometry[0].x == pytest.approx(656_708.42, abs=0.1)
    # Nothing else is changed, nor what carries none.
    assert crs.given(text).is_bound
    assert crs.given("EPSG:2413") == pyproj.CRS(2413)


def test_parameters_that_lead_elsewhere_stay() -> None:
    wkt = pyproj.CRS("+proj=longlat +ellps=krass +towgs84=0,0,50 +type=crs").to_json_dict()
    wkt["target_crs"] = pyproj.CRS(4610).to_json_dict()
    kept = crs.read(wkt)
    assert kept is not None
    assert kept.target_crs == pyproj.CRS(4610)


def test_areas_barely_change_by_the_datum() -> None:
    square = gpd.GeoSeries([shapely.box(600_000, 4.1e6, 610_000, 4.11e6)])
    areas = [crs.to_work(square.set_crs(code).to_frame("g")).area[0] for code in (4546, 2382, 2434)]
    assert areas[1:] == pytest.approx([areas[0]] * 2, rel=1e-4)
    assert areas[0] != areas[2]


def test_three_datums_share_the_numbers_of_a_zone() -> None:
    found = of(look(projected(PLACES, 4525)), "crs.datum_unsure")
    assert found.severity == "info"
    assert proposals(found) == [
        "--assume-crs EPSG:4525",
        "--assume-crs EPSG:2361",
        "--assume-crs EPSG:2413",
    ]
    assert "Beijing 1954, CGCS2000, Xian 1980 share them" in found.message
    # The axis of Krasovsky's ellipsoid is 108 m longer: 4170 km from the equator that is 73 m.
    assert "Beijing 1954 73" in found.evidence
    assert "Xian 1980 1.9 m" in found.evidence


def test_turned_numbers_have_turned_proposals() -> None:
    found = of(look(projected(PLACES, 4525)[:, ::-1]), "crs.datum_unsure")
    assert all(each.startswith("--swap-xy --assume-crs") for each in proposals(found))


def test_web_mercator_has_one_datum() -> None:
    assert "crs.datum_unsure" not in codes(look(projected(PLACES, 3857)))


def frame(numbers: np.ndarray, stated: int | None) -> gpd.GeoDataFrame:
    """Return a table with one shape."""
    return gpd.GeoDataFrame(geometry=[shapely.MultiPoint(numbers)], crs=stated)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (4490, r"EPSG:4490\)\. The numbers suggest EPSG:4490 \(CGCS2000 degrees\); or EPSG:4326"),
        (4525, r"The numbers suggest EPSG:4525 \(CGCS2000 / 3-degree .* zone 37\); or EPSG:2361"),
        (4546, r"The numbers suggest EPSG:4546 "),
        (3857, r"The numbers suggest EPSG:3857 "),
    ],
)
def test_a_missing_system_tells_what_numbers_suggest(code: int, words: str) -> None:
    with pytest.raises(MissingCRSError, match=words) as told:
        crs.check_plausible(frame(projected(PLACES, code), None), source="a.shp", area=SHANXI)
    assert told.value.code == "crs.missing"
    assert "--" not in str(told.value)


@pytest.mark.parametrize(
    ("numbers", "stated", "code", "words"),
    [
        (PLACES, 4525, "crs.degrees_as_metres", "look like degrees.*suggest EPSG:4490"),
        (projected(PLACES, 4525), 4490, "crs.metres_as_degrees", "no degrees.*suggest EPSG:4525"),
        (projected(PLACES, 4525), 4546, "crs.zone_prefix", "no place in it.*suggest EPSG:4525"),
        (projected(PLACES, 4525), 4526, "crs.other_zone", "name zone 37.*suggest EPSG:4525"),
        (projected(PLACES, 4546)[:, ::-1], 4546, "crs.north_first", "north before east"),
        (projected(PLACES, 4546) / 1000, 4546, "crs.implausible", "suggest '.proj=tmerc"),
        (projected(PLACES, 4525)[:, ::-1], 4546, "crs.north_first", "suggest turned, EPSG:4525"),
    ],
)
def test_an_implausible_system_tells_what_numbers_suggest(
    numbers: np.ndarray, stated: int, code: str, words: str
) -> None:
    with pytest.raises(ImplausibleCRSError, match=rf"(?s)^a\.shp: .*{words}") as told:
        crs.check_plausible(frame(numbers, stated), source="a.shp", area=SHANXI)
    assert told.value.code == code


def test_numbers_that_suggest_nothing() -> None:
    with pytest.raises(MissingCRSError) as told:
        crs.check_plausible(frame(PLACES * 1e7, None), source="a.shp", area=(0, 0, 1, 1))
    assert "suggest" not in str(told.value)
