"""Counts given to parts: whole numbers, conserved, in proportion."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geoplan.apportion.shares import apportioned, whole_weights
from geoplan.errors import DataError

WEIGHTS = st.lists(
    st.one_of(st.integers(0, 10**15), st.floats(0, 1e9, allow_nan=False)), min_size=1, max_size=8
).filter(any)


@settings(max_examples=60, deadline=None)
@given(count=st.integers(0, 10**12), weights=WEIGHTS)
def test_sums_are_conserved_and_parts_are_next_to_their_share(
    count: int, weights: list[float]
) -> None:
    made = apportioned(count, weights)
    assert sum(made) == count
    total = sum(map(Fraction, weights))
    for part, weight in zip(made, weights, strict=True):
        assert abs(part - Fraction(weight) * count / total) < 1
        assert part == 0 or weight > 0


def test_largest_remainders_go_up_and_of_equal_ones_the_first() -> None:
    assert apportioned(10, [1, 1, 1]) == [4, 3, 3]
    assert apportioned(10, [1, 2, 4]) == [1, 3, 6]
    assert apportioned(100, [0, 0.1, 0.3]) == [0, 25, 75]
    assert apportioned(7, [0, 5]) == [0, 7]
    assert apportioned(0, [1, 2]) == [0, 0]


def test_weights_keep_their_proportion_exactly() -> None:
    assert whole_weights([0.5, 0.25, 2]) == [2, 1, 8]
    tiny, huge = whole_weights([5e-324, 1e300])
    assert Fraction(tiny, huge) == Fraction(5e-324) / Fraction(1e300)


@pytest.mark.parametrize("weights", [[0, 0.0], [1, -1e-9], [math.nan, 1], [math.inf]])
def test_weights_that_are_none(weights: list[float]) -> None:
    with pytest.raises(DataError, match="weight is"):
        apportioned(5, weights)
