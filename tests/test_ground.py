"""The ellipsoid below a plane: lengths and areas that are known from books."""

from __future__ import annotations

import numpy as np
import pytest

from geoplan import crs
from geoplan.crs.ground import band_area_m2, directions, is_equal_area, radii_m, unit_m
from geoplan.errors import DataError

DEGREES = crs.DATA_CRS
SPHERE = crs.given("+proj=longlat +R=1000 +type=crs")
GRADS = crs.given("EPSG:4807")
MERCATOR = crs.given("EPSG:3857")

A, B = 6_378_137.0, 6_356_752.314_140_356
"""Half axes of GRS80, in metres."""


def one(value: float) -> np.ndarray:
    """Return an array of one number."""
    return np.array([value])


def test_radii_at_the_equator_and_the_pole() -> None:
    along, across = radii_m(np.radians([0.0, 90.0]), DEGREES)
    assert across[0] == pytest.approx(A, rel=1e-12)
    assert along[0] == pytest.approx(B**2 / A, rel=1e-9)
    assert along[1] == pytest.approx(A**2 / B, rel=1e-9)
    assert across[1] == pytest.approx(A**2 / B, rel=1e-9)


@pytest.mark.parametrize("latitude", [-90, -30, 0, 37.5, 90])
def test_a_sphere_has_one_radius(latitude: float) -> None:
    along, across = radii_m(np.radians(one(latitude)), SPHERE)
    assert along[0] == pytest.approx(1000)
    assert across[0] == pytest.approx(1000)


BANDS = [
    pytest.param(-90, 90, 4 * np.pi, id="all"),
    pytest.param(0, 90, 2 * np.pi, id="the northern half"),
    pytest.param(0, 30, np.pi, id="up to 30 degrees: a quarter"),
    pytest.param(30, 90, np.pi, id="from 30 degrees: a quarter"),
    pytest.param(-30, 30, 2 * np.pi, id="around the equator"),
    pytest.param(40, 40, 0, id="no band"),
]


@pytest.mark.parametrize(("south", "north", "expected"), BANDS)
def test_bands_of_a_sphere_are_those_of_archimedes(
    south: float, north: float, expected: float
) -> None:
    area = band_area_m2(np.radians(one(south)), np.radians(one(north)), system=SPHERE)
    assert area[0] * 2 * np.pi == pytest.approx(expected * 1e6, abs=1e-6)


def test_the_whole_ellipsoid_has_its_known_area() -> None:
    area = band_area_m2(np.radians(one(-90)), np.radians(one(90)), system=DEGREES)
    assert area[0] * 2 * np.pi / 1e6 == pytest.approx(510_065_621.72, abs=0.01)


def test_bands_add_up() -> None:
    edges = np.radians(np.linspace(-90, 90, 181))
    parts = band_area_m2(edges[:-1], edges[1:], system=DEGREES)
    whole = band_area_m2(edges[:1], edges[-1:], system=DEGREES)
    assert parts.sum() == pytest.approx(whole[0], rel=1e-12)
    assert parts[:90] == pytest.approx(parts[:89:-1], rel=1e-9)
    assert (np.diff(parts[90:]) < 0).all()


STEPS = [
    pytest.param(0, 111_320, 110_574, id="at the equator"),
    pytest.param(45, 78_847, 111_132, id="halfway"),
    pytest.param(60, 55_800, 111_412, id="at 60 degrees"),
]
"""Whole metres of a degree, as tables have them."""


@pytest.mark.parametrize(("latitude", "east", "north"), STEPS)
@pytest.mark.parametrize("sign", [1, -1])
def test_degrees_lead_as_far_as_tables_say(
    latitude: float, east: float, north: float, sign: int
) -> None:
    found = directions(one(112.0), one(sign * latitude), system=DEGREES)
    assert found[0][0] == pytest.approx(east, abs=0.6)
    assert found[3][0] == pytest.approx(north, abs=0.6)
    assert found[1][0] == found[2][0] == 0


def test_a_grad_leads_nine_tenths_of_a_degree() -> None:
    grads = directions(one(10.0), one(50.0), system=GRADS)
    # 50 grads are 45 degrees; the ellipsoid of Clarke is a little other.
    assert grads[0][0] == pytest.approx(78_846.8 * 0.9, rel=1e-4)
    assert grads[3][0] == pytest.approx(111_131.8 * 0.9, rel=1e-4)


@pytest.mark.parametrize("latitude", [0.0, 35.0, 60.0])
def test_web_mercator_is_longer_than_the_ground(latitude: float) -> None:
    x, y = crs.xy_to_any(one(112.0), one(latitude), source=DEGREES, target=MERCATOR)
    east_x, north_x, east_y, north_y = directions(x, y, system=MERCATOR)
    along, across = radii_m(np.radians(one(latitude)), MERCATOR)
    cosine = np.cos(np.radians(latitude))
    assert east_x[0] == pytest.approx(cosine * across[0] / A, rel=1e-6)
    assert north_y[0] == pytest.approx(cosine * along[0] / A, rel=1e-6)
    assert north_x[0] == pytest.approx(0, abs=1e-9)
    assert east_y[0] == pytest.approx(0, abs=1e-9)


def test_a_step_over_the_date_line_is_a_step() -> None:
    found = directions(one(20_037_508.34), one(4_000_000.0), system=MERCATOR)
    beside = directions(one(19_000_000.0), one(4_000_000.0), system=MERCATOR)
    assert found[0][0] == pytest.approx(beside[0][0], rel=1e-6)


def test_axes_turn_away_from_the_middle_meridian() -> None:
    system = crs.given("EPSG:4547")  # middle meridian 114
    x, y = crs.xy_to_any(
        np.array([112.5, 114.0, 115.5]), np.full(3, 37.0), source=DEGREES, target=system
    )
    _, north_x, east_y, _ = directions(x, y, system=system)
    turned = 1.5 * np.sin(np.radians(37))
    assert np.degrees(north_x) == pytest.approx([turned, 0, -turned], abs=1e-3)
    assert east_y == pytest.approx(-north_x, abs=1e-6)


EQUAL = [
    pytest.param("+proj=aea +lat_1=25 +lat_2=47 +lon_0=105 +ellps=GRS80", True, id="Albers"),
    pytest.param("+proj=laea +lat_0=37 +lon_0=112 +ellps=GRS80", True, id="Lambert azimuthal"),
    pytest.param("+proj=cea +lat_ts=30 +ellps=GRS80", True, id="cylindrical"),
    pytest.param("+proj=eqearth +ellps=GRS80", True, id="Equal Earth"),
    pytest.param("+proj=lcc +lat_1=25 +lat_2=47 +lon_0=105 +ellps=GRS80", False, id="conformal"),
    pytest.param("+proj=tmerc +lon_0=114 +ellps=GRS80", False, id="transverse Mercator"),
    pytest.param("+proj=longlat +ellps=GRS80", False, id="degrees"),
    pytest.param("+proj=merc +ellps=GRS80", False, id="Mercator"),
]


@pytest.mark.parametrize(("text", "expected"), EQUAL)
def test_which_projections_keep_areas(text: str, expected: bool) -> None:
    assert is_equal_area(crs.given(text + " +type=crs")) is expected


@pytest.mark.parametrize("text", [case.values[0] for case in EQUAL if case.values[1]])
def test_those_keep_them_indeed(text: str) -> None:
    system = crs.given(f"{text} +type=crs")
    x, y = crs.xy_to_any(
        np.array([95.0, 112.0, 130.0]), np.array([20.0, 37.0, 50.0]), source=DEGREES, target=system
    )
    east_x, north_x, east_y, north_y = directions(x, y, system=system)
    assert east_x * north_y - north_x * east_y == pytest.approx(1, rel=1e-6)


UNITS = [
    pytest.param("EPSG:4490", np.pi / 180, id="degrees"),
    pytest.param("EPSG:4807", np.pi / 200, id="grads"),
    pytest.param("EPSG:4547", 1.0, id="metres"),
    pytest.param("EPSG:2263", 1200 / 3937, id="feet"),
]


@pytest.mark.parametrize(("code", "expected"), UNITS)
def test_units_in_metres_or_radians(code: str, expected: float) -> None:
    assert unit_m(crs.given(code)) == pytest.approx(expected, rel=1e-12)


def test_a_system_without_an_ellipsoid_has_no_areas() -> None:
    local = crs.CRS.from_wkt(
        'ENGCRS["mine",EDATUM["mine"],CS[Cartesian,2],AXIS["x",east],AXIS["y",north],'
        'LENGTHUNIT["metre",1]]'
    )
    with pytest.raises(DataError, match="has no ellipsoid"):
        radii_m(one(0.5), local)
