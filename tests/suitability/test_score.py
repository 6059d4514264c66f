"""Scores of cells by hand, and how counties share them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import shapely

from geoplan import geometry, raster
from geoplan.suitability import score
from geoplan.suitability.cover import cover_of, covered_half
from geoplan.suitability.model import Constraint

GRID = raster.snapped((0, 4_000_000, 4, 4_000_003), 1)


def masked(values: list[float], *hidden: int) -> np.ma.MaskedArray:
    """Return values of which those at some places are hidden."""
    return np.ma.MaskedArray(values, [place in hidden for place in range(len(values))])


def rule(**test: object) -> Constraint:
    """Return a constraint on a raster."""
    text = {"zh": "x", "en": "x"}
    return Constraint.model_validate(
        {"id": "a", "title": text, "raster": "r", "assumption": text, **test}
    )


def test_a_curve_is_straight_between_points_and_level_beyond() -> None:
    made = score.curve_scores(masked([-5, 0, 5, 10, 15, 99, 7], 6), [(0, 100), (10, 50), (20, 0)])
    assert made.tolist()[:6] == [100, 100, 75, 50, 25, 0]
    assert np.isnan(made[6])


def test_a_class_has_its_score_or_none() -> None:
    made = score.class_scores(masked([1, 2, 3, 1], 3), {1: 80, 2: 0})
    assert made.tolist()[:2] == [80, 0]
    assert np.isnan(made[2:]).all()


@pytest.mark.parametrize(
    ("test", "out"),
    [
        ({"above": 2}, [0, 0, 1]),
        ({"below": 2}, [1, 0, 0]),
        ({"between": [1, 2]}, [1, 1, 0]),
        ({"values": [1, 3]}, [1, 0, 1]),
    ],
)
def test_limits_themselves(test: dict[str, object], out: list[int]) -> None:
    made = score.excluded(masked([1, 2, 3, 2], 3), rule(**test))
    assert made.tolist() == [*map(bool, out), None]


def test_half_a_point_is_rounded_up_and_exclusion_comes_first() -> None:
    sums = np.array([59.5, 59.4999, 0.1 * 3 + 59.2, np.nan, np.nan, 100])
    out = np.array([False] * 4 + [True] * 2)
    assert score.codes(sums, out).tolist() == [60, 59, 60, 255, 254, 254]


def test_classes_of_codes() -> None:
    made = score.class_of_code([70, 40, 0])
    assert made[[0, 39, 40, 69, 70, 100, 254, 255]].tolist() == [3, 3, 2, 2, 1, 1, 0, 255]


def test_a_weight_is_changed_and_the_others_share_the_rest() -> None:
    made = score.variants([0.5, 0.3, 0.2])
    assert [(v.factor, v.change) for v in made] == [
        *((0, -0.2), (0, 0.2), (1, -0.2), (1, 0.2), (2, -0.2), (2, 0.2))
    ]
    assert made[0].weights == pytest.approx((0.4, 0.36, 0.24))
    assert score.variants([0.9, 0.1])[1].weights == pytest.approx((1, 0)), "never above 1"
    assert score.variants([1.0]) == []


@given(st.lists(st.floats(0.01, 1), min_size=2, max_size=6))
def test_weights_always_add_up_to_one(raw: list[float]) -> None:
    for variant in score.variants(score.rescaled(raw)):
        assert sum(variant.weights) == pytest.approx(1)
        assert min(variant.weights) >= 0


def test_a_cell_on_a_border_counts_on_both_sides() -> None:
    # 4 x 3 cells of 1 m; the border runs through the middle of the second column.
    south = 4_000_000
    west, east = shapely.box(0, south, 1.5, south + 3), shapely.box(1.5, south, 4, south + 3)
    cover = cover_of(GRID, [west, east])
    keys = np.zeros(GRID.shape, dtype="uint8")
    keys[0] = 1
    areas = cover.areas(keys, 2) / geometry.AREA_UNITS_PER_M2
    assert areas.tolist() == [[3, 1.5], [5, 2.5]]
    assert cover.inside.tolist() == list(range(12))


@given(st.lists(st.tuples(*[st.floats(0, 4)] * 2), min_size=3, max_size=8))
def test_what_rounding_leaves_is_not_lost(points: list[tuple[float, float]]) -> None:
    shape = shapely.MultiPoint([(x, 4_000_000 + y * 0.75) for x, y in points]).convex_hull
    if not geometry.is_polygonal(shape):
        return
    areas = cover_of(GRID, [shape]).areas(np.zeros(GRID.shape), 1)
    assert int(areas.sum()) == int(geometry.area_units(np.array([shape]))[0])


def test_a_layer_is_where_it_covers_half_a_cell() -> None:
    south = 4_000_000
    half = shapely.box(0, south, 1.5, south + 1), shapely.box(2.6, south, 4, south + 1)
    made = covered_half(GRID, half)
    assert made[2].tolist() == [True, True, False, True]
    assert not made[:2].any()
