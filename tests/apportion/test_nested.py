"""Rows of cities beside those of their counties: counted once, compared, never guessed."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from geoplan.apportion.nested import counted
from geoplan.gazetteer import Gazetteer, load

COUNTIES = ("910101", "910102", "910103", "910104", "910201", "910202")


@pytest.fixture(scope="module")
def gazetteer(small_template: Path) -> Gazetteer:
    """Return the gazetteer of the small province."""
    return load(small_template / "data" / "boundaries")


def kept_of(
    gazetteer: Gazetteer, values: dict[str, float], *, unit: str = "910000"
) -> tuple[dict[str, Fraction], list[str], list[str]]:
    """Return what is counted of figures by code, notes and faults; rows count from 2."""
    exact = {code: Fraction(str(value)) for code, value in values.items()}
    rows = {code: at for at, code in enumerate(values, 2)}
    return counted(exact, gazetteer, unit=unit, rows=rows)


@pytest.mark.parametrize(
    ("above", "kept"),
    [
        pytest.param([], COUNTIES, id="counties alone"),
        pytest.param(["910000"], COUNTIES, id="the province above counties"),
        pytest.param(["910100"], COUNTIES, id="one city above counties"),
        pytest.param(["910100", "910200", "910000"], COUNTIES, id="both cities and the province"),
    ],
)
def test_sums_of_all_counties_are_left_out(
    gazetteer: Gazetteer, above: list[str], kept: tuple[str, ...]
) -> None:
    made, _, faults = kept_of(gazetteer, dict.fromkeys([*above, *COUNTIES], 1))
    assert tuple(made) == kept
    assert faults == []


def test_cities_alone_are_counted_and_so_is_a_province_alone(gazetteer: Gazetteer) -> None:
    assert kept_of(gazetteer, {"910200": 2, "910100": 4}) == (
        {"910100": 4, "910200": 2},
        [],
        [],
    )
    assert kept_of(gazetteer, {"910000": 6}) == ({"910000": 6}, [], [])


def test_a_city_beside_counties_of_the_other(gazetteer: Gazetteer) -> None:
    values = {"910000": 10, "910100": 7, "910201": 1, "910202": 2}
    made, notes, faults = kept_of(gazetteer, values)
    assert made == {"910100": 7, "910201": 1, "910202": 2}
    assert notes == ["“试省”的下级单元（3个）已全部列出，该行作为合计未计入；与下级之和相等。"]
    assert faults == []


def test_a_sum_is_compared_with_the_lowest_units_alone(gazetteer: Gazetteer) -> None:
    values = {"910000": 6, "910100": 99} | dict.fromkeys(COUNTIES, 1)
    _, notes, _ = kept_of(gazetteer, values)
    assert notes[0].endswith("与下级之和相等。")
    assert "（6个）" in notes[0]
    assert notes[1].endswith("该行为99，下级之和为4，相差95。")


def test_a_difference_has_its_sign_and_no_noise_of_floats(gazetteer: Gazetteer) -> None:
    values = {"910200": 0.3, "910201": 0.1, "910202": 0.2}
    assert kept_of(gazetteer, values)[1][0].endswith("与下级之和相等。")
    values["910200"] = 0.2
    assert kept_of(gazetteer, values)[1][0].endswith("该行为0.2，下级之和为0.3，相差-0.1。")


@pytest.mark.parametrize(
    ("values", "fault"),
    [
        pytest.param(
            {"910100": 5, "910101": 1},
            "row 2: 甲州市 stands there with units inside it that hold only 1 of its 4 counties",
            id="a city and one county",
        ),
        pytest.param(
            {"910101": 1, "910102": 1, "910103": 1, "910100": 5},
            "row 5: 甲州市 stands there with units inside it that hold only 3 of its 4 counties",
            id="a city and all but one",
        ),
        pytest.param(
            {"910000": 5, "910100": 1},
            "row 2: 试省 stands there with units inside it that hold only 4 of its 6 counties",
            id="a province and one city",
        ),
    ],
)
def test_a_sum_of_only_a_part_is_a_fault(
    gazetteer: Gazetteer, values: dict[str, float], fault: str
) -> None:
    _, _, faults = kept_of(gazetteer, values)
    assert [text.partition(";")[0] for text in faults] == [fault]


def test_every_sum_of_a_part_is_told(gazetteer: Gazetteer) -> None:
    _, _, faults = kept_of(gazetteer, {"910000": 9, "910100": 5, "910101": 1})
    assert [text.partition(":")[0] for text in faults] == ["row 2", "row 3"]


def test_what_lies_outside_is_told_and_does_not_count(gazetteer: Gazetteer) -> None:
    values = {"910201": 1, "910000": 9} | dict.fromkeys(COUNTIES[:4], 1)
    made, notes, faults = kept_of(gazetteer, values, unit="910100")
    assert tuple(made) == COUNTIES[:4]
    assert notes == ["2个单元不在甲州市范围内，未计入：乙州市城区、试省。"]
    assert faults == []


def test_nothing_inside_has_no_note_of_what_is_missing(gazetteer: Gazetteer) -> None:
    made, notes, _ = kept_of(gazetteer, {"910201": 1}, unit="910100")
    assert made == {}
    assert [note[:2] for note in notes] == ["1个"]


def test_what_is_missing_is_named(gazetteer: Gazetteer) -> None:
    _, notes, _ = kept_of(gazetteer, dict.fromkeys(COUNTIES[1:], 1))
    assert notes == ["缺1个县（市、区）的数值，结果不含：甲州市东山区。"]
    _, notes, _ = kept_of(gazetteer, {"910100": 1})
    assert notes == ["缺2个县（市、区）的数值，结果不含：乙州市城区、乙州市河口县。"]


def test_a_count_of_nought_is_no_missing_one(gazetteer: Gazetteer) -> None:
    made, notes, _ = kept_of(gazetteer, dict.fromkeys(COUNTIES, 0))
    assert set(made.values()) == {0}
    assert notes == []
