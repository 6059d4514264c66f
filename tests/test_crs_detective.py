"""What numbers tell of their coordinate system: it is named, and nothing is decided."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import pyproj

from geoplan import crs
from geoplan.crs.candidates import candidates
from geoplan.crs.odd_units import packed, unpacked
from tests.coordinates import (
    SHANXI,
    TOWN,
    XINJIANG,
    back,
    codes,
    look,
    metres_between,
    of,
    projected,
    proposals,
    scattered,
)

PLACES = scattered(TOWN)
PROVINCE = scattered(SHANXI, 600)


def in_dms(degrees: np.ndarray) -> np.ndarray:
    """Return degrees as dd.mmss, with hundredths of seconds."""
    seconds = np.round(degrees * 360_000).astype(int)
    minutes, seconds = np.divmod(seconds, 6000)
    whole, minutes = np.divmod(minutes, 60)
    return np.asarray(whole + minutes / 100 + seconds / 1_000_000)


def turned(numbers: np.ndarray) -> np.ndarray:
    """Return numbers with the other first."""
    return numbers[:, ::-1]


MISSING = [
    # numbers, codes beside crs.missing, the first proposal
    pytest.param(PLACES, ["crs.datum_unsure"], "EPSG:4490", id="degrees"),
    pytest.param(
        projected(PLACES, 4525),
        ["crs.zone_prefix", "crs.datum_unsure"],
        "EPSG:4525",
        id="3-degree zone 37",
    ),
    pytest.param(
        projected(PLACES, 4526),
        ["crs.zone_prefix", "crs.datum_unsure"],
        "EPSG:4526",
        id="3-degree zone 38",
    ),
    pytest.param(
        projected(PLACES, 4497),
        ["crs.zone_prefix", "crs.datum_unsure"],
        "EPSG:4497",
        id="6-degree zone 19",
    ),
    pytest.param(
        projected(PLACES, 2361),
        ["crs.zone_prefix", "crs.datum_unsure"],
        "EPSG:4525",
        id="Xian 1980, which has the numbers of CGCS2000",
    ),
    pytest.param(
        projected(PROVINCE, 4546),
        ["crs.no_zone_prefix", "crs.datum_unsure"],
        "EPSG:4546",
        id="CM 111",
    ),
    pytest.param(
        projected(PROVINCE, 4547),
        ["crs.no_zone_prefix", "crs.datum_unsure"],
        "EPSG:4547",
        id="CM 114",
    ),
    pytest.param(projected(PLACES, 3857), ["crs.web_mercator"], "EPSG:3857", id="Web Mercator"),
    pytest.param(
        turned(PLACES), ["crs.swapped", "crs.datum_unsure"], "--swap-xy EPSG:4490", id="swapped"
    ),
    pytest.param(
        turned(projected(PLACES, 4525)),
        ["crs.zone_prefix", "crs.north_first", "crs.datum_unsure"],
        "--swap-xy EPSG:4525",
        id="north first",
    ),
]


@pytest.mark.parametrize(("numbers", "others", "first"), MISSING)
def test_no_system_is_stated(numbers: np.ndarray, others: list[str], first: str) -> None:
    found = look(numbers)
    assert codes(found) == ["crs.missing", *others]
    missing = found[0]
    assert missing.severity == "error"
    assert "none is chosen" in missing.message
    said = proposals(missing)[0]
    assert said.replace("--assume-crs ", "") == first
    assert "median" in missing.evidence
    assert f"{len(numbers)} coordinates" in missing.evidence
    assert all("\n" not in each.message for each in found)


WRONG = [
    # numbers, stated, code, first proposal
    pytest.param(projected(PLACES, 4525), 4546, "crs.zone_prefix", "EPSG:4525", id="prefix"),
    pytest.param(projected(PLACES, 4525), 4526, "crs.other_zone", "EPSG:4525", id="zone 37 as 38"),
    pytest.param(projected(PLACES, 4526), 4497, "crs.other_zone", "EPSG:4526", id="38 as 6° 19"),
    pytest.param(projected(PLACES, 4546), 4525, "crs.no_zone_prefix", "EPSG:4546", id="no prefix"),
    pytest.param(PLACES, 4525, "crs.degrees_as_metres", "EPSG:4490", id="degrees as metres"),
    pytest.param(PLACES, 3857, "crs.degrees_as_metres", "EPSG:4490", id="degrees as Mercator"),
    pytest.param(
        projected(PLACES, 4525), 4490, "crs.metres_as_degrees", "EPSG:4525", id="metres as degrees"
    ),
    pytest.param(
        projected(PLACES, 3857), 4326, "crs.metres_as_degrees", "EPSG:3857", id="Mercator, degrees"
    ),
    pytest.param(projected(PLACES, 3857), 4546, "crs.web_mercator", "EPSG:3857", id="Mercator"),
    pytest.param(turned(PLACES), 4490, "crs.swapped", "--swap-xy", id="swapped degrees"),
    pytest.param(
        turned(projected(PLACES, 4525)), 4525, "crs.north_first", "--swap-xy", id="north first"
    ),
    pytest.param(
        turned(projected(PLACES, 4546)), 4546, "crs.north_first", "--swap-xy", id="CM, north first"
    ),
    pytest.param(
        turned(projected(PLACES, 4525)),
        4546,
        "crs.north_first",
        "--swap-xy EPSG:4525",
        id="north first and another system",
    ),
]


def test_albers_may_have_the_numbers_of_a_zone() -> None:
    # 105°E + 640 km is 111°E + 140 km: all that fit are told, and none is chosen.
    found = look(projected(PLACES, crs.WORK_CRS.to_wkt()))
    assert codes(found)[:2] == ["crs.missing", "crs.no_zone_prefix"]
    assert any("+proj=aea" in each for each in proposals(found[0]))
    # In the south its northings are those of no zone in the area.
    south = (108.0, 22.0, 110.0, 24.0)
    numbers = projected(scattered((108.5, 22.5, 109, 23)), crs.WORK_CRS.to_wkt())
    found = look(numbers, 4525, area=south)
    assert codes(found) == ["crs.contradicting"]


@pytest.mark.parametrize(("numbers", "stated", "code", "first"), WRONG)
def test_another_system_is_stated(numbers: np.ndarray, stated: int, code: str, first: str) -> None:
    found = look(numbers, stated)
    assert codes(found) == [code]
    assert found[0].severity == "error"
    assert first in proposals(found[0])[0].replace("--assume-crs ", "")
    assert f"EPSG:{stated}" in found[0].message + found[0].evidence


HONEST = [4490, 4326, 4525, 4526, 4497, 4546, 4547, 4508, 3857, 32649, 32650]


@pytest.mark.parametrize("stated", HONEST)
def test_honest_data_gives_no_notice(stated: int) -> None:
    numbers = projected(PLACES, stated)
    for part in (numbers, numbers[:1], numbers[:2], np.repeat(numbers[:1], 50, axis=0)):
        assert look(part, stated) == ()


@pytest.mark.parametrize("stated", HONEST)
def test_honest_data_of_which_most_lies_outside(stated: int) -> None:
    beside = (108.0, 37.0, 110.9, 38.0)
    assert look(projected(scattered(beside), stated), stated) == ()


def test_honest_data_of_the_country() -> None:
    country = scattered((75, 20, 130, 52), 3000)
    assert look(country, 4490) == ()
    found = look(country)
    assert codes(found) == ["crs.missing", "crs.datum_unsure"]
    assert proposals(found[0])[0] == "--assume-crs EPSG:4490"


boxes = st.builds(
    lambda x, y, w, h: (x, y, x + w, y + h),
    st.floats(75.5, 130),
    st.floats(20, 49),
    st.floats(0.01, 2.5),
    st.floats(0.01, 3),
)
"""Boxes of degrees in China."""


def puts_back(proposal: str, numbers: np.ndarray, places: np.ndarray) -> bool:
    """Return whether a proposal puts numbers where they come from, to a metre."""
    swap, _, option = proposal.rpartition("--assume-crs ")
    there = back(turned(numbers) if swap else numbers, option.strip("'"))
    return metres_between(there, places) <= 1


@settings(max_examples=15, deadline=None)
@given(area=boxes, which=st.integers(0, 1000), n=st.sampled_from([5, 40]))
def test_every_candidate_is_found_again(area: crs.Bounds, which: int, n: int) -> None:
    several = [c for c in candidates(area) if c.datum in ("CGCS2000", "WGS 84")]
    middle = (area[0] + area[2]) / 2
    near = [c for c in several if c.meridian is None or abs(c.meridian - middle) <= 3]
    chosen = near[which % len(near)]
    places = scattered(area, n, seed=which)
    numbers = projected(places, chosen.option)
    # In the system that it states, nothing is to be said of it.
    assert crs.suspected(chosen.system, numbers, area=area) == ()
    found = look(numbers, area=area)
    assert found[0].code == "crs.missing"
    assert any(puts_back(each, numbers, places) for each in proposals(found[0]))


@settings(max_examples=10, deadline=None)
@given(area=boxes, which=st.integers(0, 1000))
def test_the_best_proposal_for_a_numbered_zone_is_right(area: crs.Bounds, which: int) -> None:
    middle = (area[0] + area[2]) / 2
    zones = [
        c
        for c in candidates(area)
        if c.zone and c.datum == "CGCS2000" and abs((c.meridian or 0) - middle) <= 2
    ]
    assume(zones)
    chosen = zones[which % len(zones)]
    numbers = projected(scattered(area), chosen.option)
    for order in (numbers, turned(numbers)):
        said = proposals(look(order, area=area)[0])[0]
        assert said.endswith(f"--assume-crs {chosen.option}")
        assert said.startswith("--swap-xy") == (order is not numbers)
        zone = of(look(order, area=area), "crs.zone_prefix")
        assert f"number of their zone: {chosen.zone}," in zone.message


def test_no_zone_is_chosen_where_several_fit() -> None:
    # 100 km west of 114°E is 160 km east of 111°E: both lie in Shanxi.
    numbers = projected(scattered((112.0, 37.0, 112.6, 37.6)), 4546)
    found = of(look(numbers), "crs.no_zone_prefix")
    assert "111°E, 114°E" not in found.message
    small = projected(scattered((111.0, 37.0, 111.4, 37.4)), 4546)
    found = of(look(small), "crs.no_zone_prefix")
    assert "111°E, 114°E; none is chosen" in found.message
    assert {"--assume-crs EPSG:4546", "--assume-crs EPSG:4547"} <= set(proposals(found))


def test_both_orders_are_degrees_in_xinjiang() -> None:
    numbers = turned(scattered((84, 43, 85, 44)))
    assert codes(look(numbers, 4326, area=XINJIANG)) == ["crs.swapped"]
    assert codes(look(numbers, 4490, area=XINJIANG)) == ["crs.swapped"]
    assert codes(look(turned(numbers), 4326, area=XINJIANG)) == []


def test_data_elsewhere() -> None:
    found = look(PLACES - np.array([20, 0]), 4490)
    assert codes(found) == ["crs.elsewhere"]
    assert found[0].severity == "warning"
    # 17.4 degrees of longitude at 37.7°N are 1535 km.
    assert "the data lies 1" in found[0].message
    assert "nothing is to be done" in found[0].proposal


def test_data_elsewhere_in_a_zone_that_would_fit_with_another_meridian() -> None:
    numbers = projected(scattered((111.0, 37.0, 111.4, 37.4)), 4546)
    found = look(numbers, 4539)  # CM 90: the same numbers in Xinjiang, where it is used
    assert codes(found) == ["crs.elsewhere"]
    assert "if the stated system is wrong: --assume-crs EPSG:4546" in found[0].proposal


def test_nothing_stated_and_elsewhere() -> None:
    found = look(projected(scattered((84, 40, 85, 41)), 4516))
    assert codes(found) == ["crs.missing", "crs.zone_prefix", "crs.elsewhere"]
    assert proposals(found[0]) == ["--assume-crs EPSG:4516"]
    found = look(scattered((84, 40, 85, 41)))
    assert codes(found) == ["crs.missing", "crs.elsewhere"]
    assert "--assume-crs EPSG:4490" in found[0].proposal


def test_degrees_of_europe_are_elsewhere_in_any_system() -> None:
    paris = scattered((2.2, 48.8, 2.4, 48.9))
    assert codes(look(paris, 4326)) == ["crs.elsewhere"]
    assert codes(look(paris, 4490)) == ["crs.elsewhere"]


UNITS = [
    (1000.0, "kilometres", "+units=km"),
    (10_000.0, "万米", "+to_meter=10000"),
    (0.3048, "feet", "+units=ft"),
    (0.001, "millimetres", "+units=mm"),
    (0.01, "centimetres", "+units=cm"),
]


@pytest.mark.parametrize("code", [4525, 4546, 4497])
@pytest.mark.parametrize(("metres", "name", "told"), UNITS)
def test_other_units(code: int, metres: float, name: str, told: str) -> None:
    numbers = projected(PLACES, code) / metres
    found = look(numbers)
    assert codes(found) == ["crs.missing", "crs.units"]
    assert name in found[1].message
    said = found[1].proposal.split("'")[1]
    assert told in said
    assert metres_between(back(numbers, said), PLACES) < 0.01
    assert codes(look(numbers, code))[-1] == "crs.units"


@pytest.mark.parametrize(
    ("factor", "name"),
    [(1e6, "millionths"), (1e7, "ten-millionths"), (3600, "seconds of arc"), (np.pi / 180, "rad")],
)
def test_other_angles(factor: float, name: str) -> None:
    found = look(PLACES * factor)
    assert codes(found) == ["crs.missing", "crs.units"]
    assert name in found[1].message
    assert "state EPSG:4490" in found[1].proposal


@pytest.mark.parametrize("stated", [4490, 4326, None])
def test_packed_degrees(stated: int | None) -> None:
    found = look(in_dms(PLACES), stated)
    assert codes(found)[-1] == "crs.units"
    assert "dd.mmss" in found[-1].message
    assert metres_between(unpacked(in_dms(PLACES)), PLACES) < 1


def test_packed_degrees_without_a_point() -> None:
    found = look(in_dms(PLACES) * 10_000)
    assert codes(found) == ["crs.missing", "crs.units"]
    assert "dddmmss" in found[1].message


@pytest.mark.parametrize(
    "degrees",
    [
        PLACES,
        np.round(PLACES, 2),
        np.round(PLACES, 4),
        np.round(PLACES * 20) / 20,
        np.round(PLACES * 60) / 60,
        scattered((112.3001, 37.5001, 112.3055, 37.5055)),
        in_dms(PLACES)[:20],
        np.array([(112.0, 37.0)] * 100),
    ],
    ids=["any", "2 digits", "4 digits", "grid", "minutes", "small", "few", "one place"],
)
def test_degrees_that_are_not_packed(degrees: np.ndarray) -> None:
    assert not packed(degrees)
    assert look(degrees, 4490) == ()


def test_a_local_system() -> None:
    numbers = scattered((1200.0, 800.0, 3500.0, 2200.0))
    assert codes(look(numbers)) == ["crs.missing", "crs.local"]
    found = look(numbers, 4546)
    assert codes(found) == ["crs.implausible", "crs.local"]
    assert "geoplan cannot place a local system" in found[1].proposal
    assert "degrees" not in found[1].message
    assert "or degrees" in of(look(scattered((1.0, 2.0, 3.0, 4.0))), "crs.local").message


@pytest.mark.parametrize("stated", [4546, 4490, 3857, None])
def test_numbers_that_are_nothing(stated: int | None) -> None:
    found = look(scattered((3e11, 3e11, 4e11, 4e11)), stated)
    assert codes(found) == ["crs.missing" if stated is None else "crs.implausible"]
    assert "ask who made the file" in found[0].proposal


def test_places_at_zero() -> None:
    numbers = np.vstack([PLACES, np.zeros((7, 2))])
    found = look(numbers, 4490)
    assert codes(found) == ["crs.zero"]
    assert found[0].count == 7
    assert "7 of 207 coordinates" in found[0].message
    assert codes(look(np.zeros((3, 2)), 4490)) == ["crs.zero"]
    assert look(np.zeros((3, 2)), 4490)[0].severity == "error"
    assert codes(look(np.zeros((3, 2)))) == ["crs.zero", "crs.missing"]


def test_outliers_do_not_decide() -> None:
    numbers = projected(PLACES, 4525)
    numbers[5] = (3.0, 4.0)
    numbers[9] = (9e9, 4e6)
    assert proposals(look(numbers)[0])[0] == "--assume-crs EPSG:4525"
    found = look(numbers, 4525)
    assert codes(found) == ["crs.outliers"]
    assert found[0].count == 2
    assert "2 of 200" in found[0].message
    assert "3, 4" in found[0].evidence


def test_many_that_are_far_are_no_outliers() -> None:
    two = np.vstack([PLACES, scattered((87, 43, 88, 44))])
    assert look(two, 4490) == ()


@pytest.mark.parametrize("stated", [None, 4525, 4526, 4546])
def test_two_zones_in_one_file(stated: int | None) -> None:
    west = PROVINCE[:, :1] < 112.5
    numbers = np.where(west, projected(PROVINCE, 4525), projected(PROVINCE, 4526))
    found = of(look(numbers, stated), "crs.other_zone")
    assert found.severity == "error"
    assert "2 zones in one file" in found.message
    assert f"{int(west.sum())} name zone 37" in found.evidence
    assert "EPSG:4525" in found.proposal
    assert "EPSG:4526" in found.proposal
    assert codes(look(turned(numbers)))[-1] == "crs.other_zone"


def test_wide_data_of_one_zone_is_not_two() -> None:
    wide = scattered((100.0, 30.0, 122.0, 40.0), 2000)
    assert look(projected(wide, 4525), 4525) == ()


def test_web_mercator_that_looks_like_zones() -> None:
    # 121.2°E is 13.49 million metres, 130.2°E 14.49: the numbers of zones 13 and 14.
    places = np.vstack([scattered((121.0, 40, 121.4, 41)), scattered((130.0, 44, 130.4, 45))])
    north_east = (118.0, 38.0, 135.0, 54.0)
    assert look(projected(places, 3857), 3857, area=north_east) == ()
    found = look(projected(places, 3857), area=north_east)
    assert "crs.other_zone" not in codes(found)
    assert "--assume-crs EPSG:3857" in proposals(found[0])


def test_nothing_to_judge() -> None:
    assert look(np.empty((0, 2)), 4490) == ()
    assert look(np.empty(0)) == ()
    assert look(np.full((3, 2), np.nan), 4490) == ()
    numbers = PLACES.copy()
    numbers[::2] = np.inf
    assert look(numbers, 4490) == ()


def test_large_files_are_looked_at_by_sample() -> None:
    many = np.repeat(PLACES, 2000, axis=0)
    found = look(projected(many, 4525))
    assert proposals(found[0])[0] == "--assume-crs EPSG:4525"
    assert "400000 coordinates" in found[0].evidence


def test_the_same_numbers_give_the_same_notices() -> None:
    numbers = projected(PLACES, 4546)
    assert look(numbers) == look(numbers.copy())


def test_a_system_of_its_own() -> None:
    local = "+proj=tmerc +lat_0=0 +lon_0=112.5 +x_0=500000 +ellps=GRS80 +type=crs"
    numbers = projected(PLACES, local)
    assert crs.suspected(pyproj.CRS(local), numbers, area=SHANXI) == ()
    found = crs.suspected(pyproj.CRS(local), turned(numbers), area=SHANXI)
    assert codes(found) == ["crs.north_first"]
