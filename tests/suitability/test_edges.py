"""Knots of curves, limits, weights, codes and ranks: what stands exactly on an edge."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest

from geoplan.errors import UsageError
from geoplan.suitability import score
from geoplan.suitability.bind import _same_unit, left_out
from geoplan.suitability.model import Constraint
from geoplan.suitability.tables import mean_scores, ranks
from tests.suitability.tiny import GROUND, TEXT, constraint, factor, model

Curve = Sequence[tuple[float, float]]

HILL: Curve = [(2, 100), (6, 80), (15, 50), (25, 0)]
STEP: Curve = [(0, 0), (10, 0), (10.5, 100), (20, 100)]
DIPS: Curve = [(-10, 50), (0, 0), (10, 50)]
LEVEL: Curve = [(0, 40), (1, 40)]


def scored(value: float, curve: Curve) -> float:
    """Return the score of one value."""
    return float(score.curve_scores(np.ma.MaskedArray([value], [False]), curve)[0])


@pytest.mark.parametrize(
    ("curve", "value", "expected"),
    [
        pytest.param(HILL, -1e9, 100, id="far below the first knot"),
        pytest.param(HILL, 1.999, 100, id="just below the first knot"),
        pytest.param(HILL, 2, 100, id="on the first knot"),
        pytest.param(HILL, 4, 90, id="between the first two"),
        pytest.param(HILL, 6, 80, id="on an inner knot"),
        pytest.param(HILL, 9, 70, id="a third of the way"),
        pytest.param(HILL, 15, 50, id="on the next knot"),
        pytest.param(HILL, 24, 5, id="a tenth before the last"),
        pytest.param(HILL, 25, 0, id="on the last knot"),
        pytest.param(HILL, 25.001, 0, id="just beyond the last"),
        pytest.param(HILL, 1e30, 0, id="far beyond the last"),
        pytest.param(STEP, 10, 0, id="at the foot of a step"),
        pytest.param(STEP, 10.25, 50, id="on a step"),
        pytest.param(STEP, 10.5, 100, id="at the top of a step"),
        pytest.param(DIPS, -11, 50, id="left of a valley"),
        pytest.param(DIPS, -5, 25, id="down into a valley"),
        pytest.param(DIPS, 0, 0, id="in a valley"),
        pytest.param(DIPS, 5, 25, id="out of a valley"),
        pytest.param(LEVEL, 0.5, 40, id="level"),
    ],
)
def test_a_curve_at_its_knots_and_beyond(curve: Curve, value: float, expected: float) -> None:
    assert scored(value, curve) == pytest.approx(expected, abs=1e-9)


def test_whole_numbers_have_scores_between_those_of_knots() -> None:
    values = np.ma.MaskedArray(np.array([0, 1, 2], dtype="uint8"), [False] * 3)
    assert score.curve_scores(values, [(0, 0), (2, 5)]).tolist() == [0, 2.5, 5]


def test_what_is_hidden_has_no_score_whatever_stands_there() -> None:
    values = np.ma.MaskedArray([5.0, 1e38, np.nan], [True, True, True])
    assert np.isnan(score.curve_scores(values, HILL)).all()
    assert np.isnan(score.class_scores(values, {5: 1})).all()


def test_a_mask_may_be_left_out() -> None:
    values = np.ma.MaskedArray([[4.0, 6.0]])
    assert score.curve_scores(values, HILL).tolist() == [[90, 80]]
    assert score.class_scores(values, {4: 7, 6: 0}).tolist() == [[7, 0]]


def test_values_are_not_changed_by_being_scored() -> None:
    values = np.ma.MaskedArray([1.0, 2.0], [True, False])
    score.curve_scores(values, HILL)
    score.class_scores(values, {1: 3})
    assert np.ma.getdata(values).tolist() == [1, 2]
    assert np.ma.getmaskarray(values).tolist() == [True, False]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(-3, 10, id="below 0"),
        pytest.param(0, 20, id="nought"),
        pytest.param(300, 30, id="above a byte"),
        pytest.param(44, None, id="300 less 256"),
        pytest.param(1, None, id="unknown"),
    ],
)
def test_scores_of_classes(value: int, expected: float | None) -> None:
    values = np.ma.MaskedArray(np.array([value], dtype="int16"), [False])
    found = float(score.class_scores(values, {-3: 10, 0: 20, 300: 30})[0])
    assert math.isnan(found) if expected is None else found == expected


def limit(**test: object) -> Constraint:
    """Return a constraint with a test."""
    return Constraint.model_validate({"id": "a", "title": TEXT, "raster": "r", **GROUND, **test})


@pytest.mark.parametrize(
    ("test", "value", "out"),
    [
        pytest.param({"above": 25}, 25, False, id="above leaves its limit"),
        pytest.param({"above": 25}, 25.0001, True, id="just above"),
        pytest.param({"above": 0}, 0, False, id="above nought leaves nought"),
        pytest.param({"above": 0}, 0.1, True, id="above nought"),
        pytest.param({"above": -5}, -4, True, id="above a limit below nought"),
        pytest.param({"below": 4.5}, 4.5, False, id="below leaves its limit"),
        pytest.param({"below": 4.5}, 4.4999, True, id="just below"),
        pytest.param({"below": 0}, 0, False, id="below nought leaves nought"),
        pytest.param({"below": 0}, -0.1, True, id="below nought"),
        pytest.param({"between": [-1, 0]}, -1, True, id="between takes its lower end"),
        pytest.param({"between": [-1, 0]}, 0, True, id="between takes its upper end"),
        pytest.param({"between": [-1, 0]}, 0.001, False, id="just outside"),
        pytest.param({"values": [0]}, 0, True, id="value nought"),
        pytest.param({"values": [-1, 7]}, 7, True, id="last of values"),
        pytest.param({"values": [-1, 7]}, 6, False, id="between values"),
    ],
)
def test_limits_at_their_edges(test: dict[str, object], value: float, *, out: bool) -> None:
    found = score.excluded(np.ma.MaskedArray([value], [False]), limit(**test))
    assert found.tolist() == [out]


def test_what_is_hidden_is_neither_excluded_nor_left() -> None:
    found = score.excluded(np.ma.MaskedArray([99.0, 99.0], [True, False]), limit(above=1))
    assert found.tolist() == [None, True]


@pytest.mark.parametrize(
    ("total", "code"),
    [
        pytest.param(0, 0, id="nothing"),
        pytest.param(0.4999, 0, id="below a half"),
        pytest.param(0.5, 1, id="a half"),
        pytest.param(1.5, 2, id="an odd half"),
        pytest.param(2.5, 3, id="an even half: not to the even number"),
        pytest.param(99.5, 100, id="the last half"),
        pytest.param(100, 100, id="all"),
        pytest.param(100.0000001, 100, id="a little above all, of floats"),
        pytest.param(0.35 * 50 + 0.65 * 50, 50, id="sum of shares"),
        pytest.param(0.1 * 5 + 0.2 * 5 + 0.7 * 5 + 54.5, 60, id="a half of floats"),
        pytest.param(59.4999999, 60, id="a half within a millionth"),
        pytest.param(59.49999, 59, id="less than that"),
    ],
)
def test_sums_become_codes(total: float, code: int) -> None:
    assert score.codes(np.array([total]), np.array([False])).tolist() == [code]


@pytest.mark.parametrize(
    ("lows", "code", "class_"),
    [
        pytest.param([70, 40, 0], 70, 1, id="on the limit"),
        pytest.param([70, 40, 0], 69, 2, id="below the limit"),
        pytest.param([70, 40, 0], 40, 2, id="on the next limit"),
        pytest.param([70, 40, 0], 0, 3, id="the least score"),
        pytest.param([59.5, 0], 59, 2, id="below a limit with a half"),
        pytest.param([59.5, 0], 60, 1, id="above a limit with a half"),
        pytest.param([100, 0], 100, 1, id="only the best"),
        pytest.param([100, 0], 99, 2, id="not the best"),
        pytest.param([70, 0], 254, 0, id="excluded"),
        pytest.param([70, 0], 255, 255, id="without data"),
        pytest.param([70, 0], 101, 255, id="no score at all"),
    ],
)
def test_codes_become_classes(lows: list[float], code: int, class_: int) -> None:
    assert score.class_of_code(lows)[code] == class_


def test_one_unknown_score_makes_the_sum_unknown_even_if_it_weighs_little() -> None:
    made = score.total([np.array([50, np.nan, 50.0]), np.array([100, 100, np.nan])], [0.99, 0.01])
    assert made[0] == pytest.approx(50.5)
    assert np.isnan(made[1:]).all()


@pytest.mark.parametrize(
    ("weights", "place", "change", "expected"),
    [
        pytest.param([0.5, 0.5], 0, -0.2, (0.4, 0.6), id="half less"),
        pytest.param([0.5, 0.5], 0, 0.2, (0.6, 0.4), id="half more"),
        pytest.param([0.5, 0.5], 1, 0.2, (0.4, 0.6), id="the other more"),
        pytest.param([0.6, 0.3, 0.1], 0, -0.2, (0.48, 0.39, 0.13), id="rest in proportion"),
        pytest.param([0.6, 0.3, 0.1], 1, 0.2, (0.6 * 0.64 / 0.7, 0.36, 0.64 / 7), id="middle"),
        pytest.param([0.6, 0.3, 0.1], 2, -0.2, (0.92 * 2 / 3, 0.92 / 3, 0.08), id="last"),
        pytest.param([0.8, 0.2], 0, 0.2, (0.96, 0.04), id="nearly all"),
        pytest.param([0.85, 0.15], 0, 0.2, (1, 0), id="more than all is all"),
        pytest.param([0.85, 0.15], 0, -0.2, (0.68, 0.32), id="and less as ever"),
    ],
)
def test_weights_changed_by_a_fifth(
    weights: list[float], place: int, change: float, expected: tuple[float, ...]
) -> None:
    (found,) = [v for v in score.variants(weights) if (v.factor, v.change) == (place, change)]
    assert found.weights == pytest.approx(expected)
    assert sum(found.weights) == pytest.approx(1)


def test_no_weights_and_one_weight_cannot_be_changed() -> None:
    assert score.variants([]) == []
    assert score.variants([1]) == []


@pytest.mark.parametrize(
    ("without", "left", "weights"),
    [
        pytest.param([], ["a", "b", "c"], (0.5, 0.3, 0.2), id="none"),
        pytest.param(["a"], ["b", "c"], (0.6, 0.4), id="the heaviest"),
        pytest.param(["c"], ["a", "b"], (0.625, 0.375), id="the lightest"),
        pytest.param(["a", "c"], ["b"], (1,), id="all but one"),
        pytest.param(["a", "a"], ["b", "c"], (0.6, 0.4), id="twice the same"),
        pytest.param(["no"], ["a", "b", "c"], (0.5, 0.3, 0.2), id="a constraint weighs nothing"),
        pytest.param(["no", "b"], ["a", "c"], (5 / 7, 2 / 7), id="constraint and factor"),
    ],
)
def test_weights_are_rescaled_without_a_factor(
    without: list[str], left: list[str], weights: tuple[float, ...]
) -> None:
    own = model(
        *(factor("a", 0.5), factor("b", 0.3), factor("c", 0.2)),
        constraints=[constraint("no", "a", above=5)],
    )
    shown, found = left_out(own, without)
    assert [f.id for f in shown.factor] == left
    assert found == pytest.approx(weights)
    assert sum(found) == pytest.approx(1)
    assert [c.id for c in shown.constraint] == ([] if "no" in without else ["no"])
    assert {i.id for i in shown.input} == {*left, *([] if "no" in without else ["a"])}
    assert [f.weight.value for f in own.factor] == [0.5, 0.3, 0.2], "what is written stands"


@pytest.mark.parametrize(
    ("without", "told"),
    [
        pytest.param(["z"], "has no such criterion", id="unknown"),
        pytest.param(["slop"], "Did you mean slope", id="nearly known"),
        pytest.param(["slope", "b"], "no factor is left", id="all factors"),
        pytest.param([""], "has no such criterion", id="nothing"),
        pytest.param(["z"], "It has: no, slope, b", id="what there is, in its order"),
    ],
)
def test_what_cannot_be_left_out_is_told(without: list[str], told: str) -> None:
    own = model(
        *(factor("slope", 0.5), factor("b", 0.5)), constraints=[constraint("no", "b", above=5)]
    )
    with pytest.raises(UsageError, match=told):
        left_out(own, without)


@pytest.mark.parametrize(
    ("means", "expected"),
    [
        pytest.param([], [], id="no county"),
        pytest.param([50], [1], id="one"),
        pytest.param([None], [None], id="one without a mean"),
        pytest.param([None, None], [None, None], id="none has one"),
        pytest.param([1, 2, 3], [3, 2, 1], id="the highest first"),
        pytest.param([7, 7, 7], [1, 1, 1], id="all alike"),
        pytest.param([9, 7, 7, 5], [1, 2, 2, 4], id="two second, no third"),
        pytest.param([9, 9, 7], [1, 1, 3], id="two first, no second"),
        pytest.param([0, None, 0], [1, None, 1], id="nought is a mean"),
        pytest.param([60, 60 + 4e-7], [1, 1], id="shown alike, ranked alike"),
        pytest.param([60, 60 + 2e-6], [2, 1], id="shown apart, ranked apart"),
        pytest.param([0.1 + 0.2, 0.3], [1, 1], id="floats"),
    ],
)
def test_ranks(means: list[float | None], expected: list[int | None]) -> None:
    assert ranks(means) == expected


def by_code(**areas: int) -> np.ndarray:
    """Return areas by code of one county: ``s60`` is the code 60."""
    made = np.zeros((1, 256), dtype="int64")
    for code, area in areas.items():
        made[0, int(code[1:])] = area
    return made


@pytest.mark.parametrize(
    ("areas", "mean"),
    [
        pytest.param({"s60": 5}, 60, id="one score"),
        pytest.param({"s60": 1, "s80": 3}, 75, id="weighed by area"),
        pytest.param({"s0": 1, "s100": 1}, 50, id="both ends"),
        pytest.param({"s0": 9}, 0, id="nought is a score"),
        pytest.param({"s40": 2, "s254": 7}, 40, id="excluded does not count"),
        pytest.param({"s40": 2, "s255": 7}, 40, id="without data does not count"),
        pytest.param({"s254": 2, "s255": 7}, None, id="nothing is scored"),
        pytest.param({}, None, id="nothing at all"),
        pytest.param({"s99": 2**52, "s100": 2**52}, 99.5, id="large areas do not overflow"),
    ],
)
def test_mean_scores(areas: dict[str, int], mean: float | None) -> None:
    assert mean_scores(by_code(**areas)) == [mean]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        pytest.param("m", "m", True, id="same"),
        pytest.param("m", "metres", True, id="in words"),
        pytest.param("m", "Meter", True, id="American"),
        pytest.param("m/s", "m s", False, id="a product is no quotient"),
        pytest.param("kWh/m2", "kWh/m²", True, id="raised"),
        pytest.param("kWh/m2", "kWh/m^2", True, id="with a caret"),
        pytest.param("mm", "m", False, id="a thousandth"),
        pytest.param("mm", "MM", True, id="capitals"),
        pytest.param("m", "ft", False, id="feet"),
        pytest.param("s", "s", True, id="a second is no plural"),
    ],
)
def test_units_that_mean_the_same(one: str, other: str, *, same: bool) -> None:
    assert _same_unit(one, other) is same
    assert _same_unit(other, one) is same
