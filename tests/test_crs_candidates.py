"""Which systems come into question where: asked of PROJ's database."""

from __future__ import annotations

import pytest

import pyproj

from geoplan import crs
from geoplan.crs.candidates import DATUMS, Candidate, candidates, of_zone, width_of, zone_of
from geoplan.errors import UsageError
from tests.coordinates import SHANXI

HEILONGJIANG = (121.2, 43.4, 135.1, 53.6)
KASHGAR = (73.5, 35.5, 79.9, 40.3)


def options(area: crs.Bounds, **wanted: object) -> list[str]:
    """Return what may be written for candidates with such properties."""
    found = candidates(area)
    return [c.option for c in found if all(getattr(c, k) == v for k, v in wanted.items())]


def test_degrees_of_four_datums() -> None:
    found = options(SHANXI, kind="degrees")
    assert found == ["EPSG:4490", "EPSG:4326", "EPSG:4610", "EPSG:4214"]


def test_zones_of_shanxi_and_beside_it() -> None:
    zones = {c.zone for c in candidates(SHANXI) if c.kind == "3-degree" and c.zone}
    assert {37, 38} <= zones <= {35, 36, 37, 38, 39, 40}
    assert {c.zone for c in candidates(SHANXI) if c.kind == "6-degree" and c.zone} == {18, 19, 20}


@pytest.mark.parametrize(
    ("datum", "three", "six"),
    [
        ("CGCS2000", "EPSG:4525", "EPSG:4497"),
        ("Xian 1980", "EPSG:2361", "EPSG:2333"),
        ("Beijing 1954", "EPSG:2413", "EPSG:21419"),
    ],
)
def test_codes_of_zones(datum: str, three: str, six: str) -> None:
    assert options(SHANXI, datum=datum, zone=37) == [three]
    assert options(SHANXI, datum=datum, zone=19) == [six]


@pytest.mark.parametrize(
    ("datum", "three", "six"),
    [
        ("CGCS2000", "EPSG:4546", "EPSG:4508"),
        ("Xian 1980", "EPSG:2382", "EPSG:2344"),
        ("Beijing 1954", "EPSG:2434", "EPSG:21459"),
    ],
)
def test_codes_of_meridians(datum: str, three: str, six: str) -> None:
    found = options(SHANXI, datum=datum, zone=None, meridian=111.0)
    assert [o for o in found if "+proj" not in o] == [three, six]


def test_others() -> None:
    found = options(SHANXI)
    assert {"EPSG:3857", "EPSG:32649", "EPSG:32650"} <= set(found)
    (albers,) = [o for o in found if "+proj=aea" in o]
    middle = pyproj.Transformer.from_crs(crs.WORK_CRS, crs.given(albers), always_xy=True)
    assert middle.transform(600_000, 4_100_000) == pytest.approx((600_000, 4_100_000), abs=1e-6)


def test_the_area_decides() -> None:
    east = {c.zone for c in candidates(HEILONGJIANG)} - {None}
    west = {c.zone for c in candidates(KASHGAR)} - {None}
    assert {44, 45, 22, 23} <= east
    assert {25, 26, 13} <= west
    assert not east & west


def test_all_of_them_can_be_given() -> None:
    for each in candidates(HEILONGJIANG):
        assert crs.given(each.option) == each.system
        assert each.said.startswith("--assume-crs ")


def test_cgcs2000_comes_first() -> None:
    order = [DATUMS.index(c.datum) for c in candidates(SHANXI)]
    assert order == sorted(order)


def test_names_with_blanks_are_quoted() -> None:
    assert Candidate("+proj=x +y", "n", "CGCS2000", "albers").said == (
        "--assume-crs '+proj=x +y' (n)"
    )
    assert Candidate("EPSG:1", "n", "CGCS2000", "albers").said == "--assume-crs EPSG:1 (n)"


@pytest.mark.parametrize("zone", [*range(13, 24), *range(25, 46)])
def test_every_zone_of_china(zone: int) -> None:
    known = of_zone(zone)
    assert known is not None
    assert known.option == f"EPSG:{4491 + zone - 13 if zone < 24 else 4513 + zone - 25}"
    parameters = {p.name: p.value for p in pyproj.CRS(known.option).coordinate_operation.params}
    assert parameters["False easting"] == zone * 1e6 + 5e5
    assert parameters["Longitude of natural origin"] == known.meridian
    assert width_of(zone) == (6 if zone < 24 else 3)
    old = of_zone(zone, datum="Xian 1980")
    assert old is not None
    assert old.numbers == known.numbers


@pytest.mark.parametrize(
    ("easting", "zone"),
    [
        (37_613_455.6, 37),
        (19_613_455.6, 19),
        (25_500_000, 25),
        (45_500_000, 45),
        (13_500_000, 13),
        (23_500_000, 23),
        (24_500_000, None),
        (46_500_000, None),
        (12_500_470, None),
        (613_455, None),
        (37_050_000, None),
        (37_950_000, None),
        (-37_500_000, None),
        (112.5, None),
        (1e300, None),
    ],
)
def test_zone_of_an_easting(easting: float, zone: int | None) -> None:
    assert zone_of(easting) == zone


def test_zones_that_are_none() -> None:
    assert of_zone(24) is None
    assert of_zone(99) is None


def test_numbers_that_tell_nothing_apart() -> None:
    three, six = (
        next(c for c in candidates(SHANXI) if c.option == f"EPSG:{code}") for code in (4546, 4508)
    )
    assert three.numbers == six.numbers
    utm = next(c for c in candidates(SHANXI) if c.option == "EPSG:32649")
    assert utm.numbers != three.numbers
    assert utm.meridian == 111


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("4525", 4525),
        (" EPSG:4525 ", 4525),
        ("ＥＰＳＧ：４５２５", 4525),
        ("CGCS2000 / 3-degree Gauss-Kruger zone 37", 4525),
        ("EPSG:9518", 4326),
        ("EPSG:4979", 4326),
    ],
)
def test_systems_as_people_write_them(text: str, code: int) -> None:
    assert crs.given(text) == pyproj.CRS.from_epsg(code)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("37", "is not known; write it as EPSG:4490"),
        ("EPSG:99999999", "is not known"),
        ("", "is not known"),
        ("zone 37", "3-degree Gauss-Kruger zone 37"),
        ("EPSG:5773", "of heights"),
        ("EPSG:4978", "geocentric"),
    ],
)
def test_systems_that_are_none(text: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        crs.given(text)
