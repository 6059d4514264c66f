"""Classes of a column: texts, few and many numbers, empty cells, colours."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from geoplan.config import Bilingual
from geoplan.layers import Registry
from geoplan.layers.registry import Class as Known
from geoplan.own_map.classes import EMPTY, OTHER, PALETTE, RAMP, Classes, classify, plain
from geoplan.own_map.told import notes_of
from geoplan.publish.words import pair

FARM = Known(
    id="farm_land",
    title=Bilingual(zh="农用地", en="Farm land"),
    today=Bilingual(zh="耕地等", en="Arable land"),
    colour=PALETTE[0],
    pattern="hatch",
)


def classes_of(values: object, sizes: object = None, *, known: tuple[Known, ...] = ()) -> Classes:
    """Return the classes of a column whose rows count the same."""
    column = pd.Series(values)
    weights = np.ones(len(column)) if sizes is None else np.array(sizes, dtype=float)
    return classify(column, weights, registry=Registry.model_validate({"class": known}))


def titles(found: Classes) -> list[str]:
    """Return the Chinese titles."""
    return [c.title[0] for c in found.classes]


def test_texts_are_classes_as_they_are_the_largest_first() -> None:
    found = classes_of(["b", "a ", "b", "c", None, "  "], [1, 5, 1, 2, 1, 1])
    assert titles(found) == ["a", "b", "c", "未填写"]
    assert found.codes.tolist() == [1, 0, 1, 2, 3, 3]
    assert found.method == "texts"
    last = found.classes[-1]
    assert (last.colour, last.pattern) == EMPTY


def test_texts_of_the_same_size_are_in_order() -> None:
    assert titles(classes_of(["乙", "甲", "丙"])) == sorted(["乙", "甲", "丙"])


def test_more_than_twenty_texts_leave_nineteen_and_the_others() -> None:
    values = [f"t{n:02d}" for n in range(25)]
    found = classes_of([*values, None], [*range(25, 0, -1), 1])
    assert titles(found) == [*values[:19], "其他 6 类", "未填写"]
    assert found.others == 6
    assert set(found.codes[19:25].tolist()) == {19}
    assert (found.classes[19].colour, found.classes[19].pattern) == OTHER
    assert titles(classes_of(values[:20])) == values[:20]


def test_classes_are_told_apart_by_colour_and_pattern() -> None:
    found = classes_of([f"t{n:02d}" for n in range(20)])
    drawn = [(c.colour, c.pattern) for c in found.classes]
    assert len(set(drawn)) == 20
    assert [pattern for _, pattern in drawn[:8]] == ["solid"] * 8
    assert {pattern for _, pattern in drawn[8:16]} == {"hatch"}
    assert {pattern for _, pattern in drawn[16:]} == {"cross"}


@pytest.mark.parametrize("value", ["农用地", "farm_land", "Farm land", "耕地等"])
def test_classes_of_plans_keep_their_colours(value: str) -> None:
    found = classes_of([value, "别的", "又一"], [3, 2, 1], known=(FARM,))
    own, *others = found.classes
    assert (own.title, own.colour, own.pattern) == (("农用地", "Farm land"), FARM.colour, "hatch")
    assert FARM.colour not in {c.colour for c in others}  # nobody else has it
    told = () if value == "农用地" else ((("农用地", "Farm land"), (value,)),)
    assert found.grouped == told


def test_all_names_of_a_class_of_plans_are_one_class() -> None:
    values = ["FARM_LAND", " 农用地", "farm  Land", "耕地等", "ARABLE LAND", "别的", None]
    found = classes_of(values, known=(FARM,))
    assert titles(found) == ["农用地", "别的", "未填写"]
    assert found.codes.tolist() == [0] * 5 + [1, 2]
    spelt = ("ARABLE LAND", "FARM_LAND", "farm Land", "农用地", "耕地等")
    assert found.grouped == ((("农用地", "Farm land"), spelt),)
    assert found.texts[0] == "FARM_LAND"  # the page shows what the file says


def test_todays_term_of_several_classes_is_none_of_them() -> None:
    other = FARM.model_copy(
        update={"id": "garden", "title": Bilingual(zh="园地", en="Gardens"), "colour": "#123456"}
    )
    found = classes_of(["耕地等", "园地", "耕地等"], known=(FARM, other))
    assert titles(found) == ["耕地等", "园地"]
    assert found.grouped == ()
    named = FARM.model_copy(update={"id": "x", "title": FARM.today, "today": None})
    assert named.title is not None
    assert classes_of(["耕地等"], known=(FARM, named)).classes[0].title[1] == "Arable land"


AREAS = [1234567.1, 1234567.2, 1234568.05, 987654321.25]


def test_numbers_have_the_digits_that_tell_them_apart() -> None:
    found = classes_of(AREAS)
    assert titles(found) == ["1234567.1", "1234567.2", "1234568.1", "987654321"]
    assert found.texts == titles(found)
    assert titles(classes_of([0.1 + 0.2, 0.3])) == ["0.3"]
    assert titles(classes_of([-0.0, 0.0])) == ["0"]
    assert titles(classes_of([1 / 3, 2 / 3])) == ["0.333333", "0.666667"]


def test_limits_of_classes_are_told_apart() -> None:
    found = classes_of([1234567 + n / 100 for n in range(50)])
    assert titles(found)[:2] == ["1234567 – 1234567.09", "1234567.1 – 1234567.19"]
    assert len(set(titles(found))) == 5
    assert titles(classes_of([n * 1e7 + 0.75 for n in range(50)]))[0] == "0.75 – 90000001"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1e15, "1000000000000000"),
        (123456789012345678.0, "123456789012345680"),
        (1.5e20, "1.5×10²⁰"),
        (-2e300, "-2×10³⁰⁰"),
        (0.000012345, "0.000012345"),
        (-1.25e-12, "-1.25×10⁻¹²"),
        (5e-324, "4.94066×10⁻³²⁴"),
    ],
)
def test_numbers_of_any_size_can_be_read(value: float, text: str) -> None:
    assert titles(classes_of([value])) == [text]


def test_few_numbers_are_classes_in_their_order() -> None:
    found = classes_of([3, 1, 2, 1, 10])
    assert (titles(found), found.method) == (["1", "2", "3", "10"], "numbers")
    assert found.codes.tolist() == [2, 0, 1, 0, 3]
    assert titles(classes_of([0.5, 1.0, None])) == ["0.5", "1", "未填写"]
    assert titles(classes_of(range(12))) == [str(n) for n in range(12)]


def test_many_numbers_are_classed_by_quantiles() -> None:
    found = classes_of([float(n) for n in range(100)])
    assert found.method == "quantiles"
    assert titles(found) == ["0 – 19", "20 – 39", "40 – 59", "60 – 79", "80 – 99"]
    assert np.bincount(found.codes).tolist() == [20] * 5
    assert [c.colour for c in found.classes] == list(RAMP)
    assert found.texts[:2] == ["0", "1"]


def test_equal_numbers_stay_together() -> None:
    found = classes_of([0.0] * 80 + [float(n) for n in range(1, 21)])
    assert titles(found)[0] == "0"
    assert len(set(found.codes[:80].tolist())) == 1
    assert len(found.classes) < 5
    lightest, darkest = found.classes[0], found.classes[-1]
    assert (lightest.colour, darkest.colour) == (RAMP[0], RAMP[-1])


def test_numbers_that_are_none_are_not_filled_in() -> None:
    found = classes_of([float("nan"), float("inf"), *map(float, range(20))])
    assert titles(found)[-1] == "未填写"
    assert found.codes[:2].tolist() == [5, 5]
    assert found.texts[:2] == ["", ""]
    assert found.infinite == 1  # what is empty is not infinite
    few = classes_of([float("-inf"), float("inf"), 1.0, None])
    assert (titles(few), few.infinite) == (["1", "未填写"], 2)


def test_long_texts_are_cut_and_stay_apart() -> None:
    long = "长" * 100_000
    found = classes_of([f"{long}甲", f"{long}乙", "长" * 60, long[:61]], [4, 3, 2, 1])
    begin = "长" * 60 + "…"
    assert titles(found) == [begin, f"{begin}（2）", "长" * 60, f"{begin}（3）"]
    assert found.classes[1].title[1] == f"{begin} (2)"
    assert found.codes.tolist() == [0, 1, 2, 3]
    assert found.texts == [begin, begin, "长" * 60, begin]
    assert (found.cut, found.grouped) == (3, ())


@pytest.mark.parametrize(
    ("column", "wanted"),
    [
        pytest.param(pd.Series([True, False, True]), ["True", "False"], id="truth"),
        pytest.param(pd.Series([1, None], dtype="Int64"), ["1", "未填写"], id="integers-with-gaps"),
        pytest.param(
            pd.to_datetime(pd.Series(["2020-01-02", None])),
            ["2020-01-02 00:00:00", "未填写"],
            id="days",
        ),
        pytest.param(pd.Series(["甲", None], dtype="category"), ["甲", "未填写"], id="categories"),
        pytest.param(pd.Series([None, None], dtype=object), ["未填写"], id="nothing"),
    ],
)
def test_columns_of_any_type(column: pd.Series, wanted: list[str]) -> None:
    assert titles(classes_of(column)) == wanted


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("  a\n b ", "a b"),
        ("a\x00b", "a\ufffdb"),
        (pd.NA, ""),
        (float("nan"), ""),
        (None, ""),
        (7, "7"),
    ],
)
def test_cells_become_texts_on_one_line(cell: object, text: str) -> None:
    assert plain(cell) == text


NONE = {"collapsed": 0, "assumed": None, "mapping": None}


def test_a_map_says_which_values_were_taken_together() -> None:
    zh = pair("own.grouped", list="农用地（farm_land）")[0]
    en = pair("own.grouped", list="Farm land (farm_land)")[1]
    assert "farm_land" in zh and "farm_land" in en  # noqa: PT018
    own = SimpleNamespace(
        shapes=[1], repaired=0, blank=0, flat=0, kind="points", encoding=None, **NONE
    )
    found = SimpleNamespace(
        parts=pd.DataFrame({"row": [0]}), overlapping=0, outside=0, totals=np.ones(1)
    )
    classes = classes_of(["farm_land"], known=(FARM,))
    notes = notes_of(own, classes, found=found, scope={})  # type: ignore[arg-type]
    assert notes == [(zh, en)]
