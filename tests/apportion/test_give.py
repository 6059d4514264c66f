"""One unit's count given to parts: sums to the last digit, ties, methods, sketches."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import pytest
from hypothesis import given as drawn_by
from hypothesis import settings
from hypothesis import strategies as st

import shapely

from geoplan.apportion.counts import Counts
from geoplan.apportion.parts import LEFT, NONE, OUTSIDE, Part, Target, gathered
from geoplan.apportion.rows import CHECKS, COLUMNS, Given, Unit, Weights, check_of, give, rows_of
from geoplan.apportion.shares import apportioned, whole_weights
from geoplan.apportion.weights import Weighed

SHAPE = shapely.Polygon()
M2 = 10_000
"""Units of area in a square metre."""


def target(
    *parts: tuple[str, int], drawn: Sequence[tuple[str, int]] = (), code: str = "1"
) -> Target:
    """Return a target of one county: classes (``a;b`` overlap) with areas in m²."""
    exact, sketched = (
        [Part(tuple(name.split(";")), area * M2, ()) for name, area in own]
        for own in (parts, drawn)
    )
    return Target(
        "layer",
        "图层",
        {"b": "乙", "a": "甲"},
        {code: exact},
        {code: sketched} if sketched else {},
    )


def unit(count: int, *counties: str) -> Unit:
    """Return a unit with a count."""
    return Unit("1", "东山区", "东山区", count, counties or ("1",))


def weights(
    *each: float, known: Sequence[float] = (), fallback: bool = False, drawn: Sequence[float] = ()
) -> Weights:
    """Return weights of the parts of the county 1; `known` are m², all of 10 m² by default."""
    areas = known or [10.0] * len(each)
    exact = [Weighed(w, m2) for w, m2 in zip(each, areas, strict=True)]
    return Weights({"1": exact}, {"1": [Weighed(w, 1.0) for w in drawn]}, "raster", fallback)


def got(made: Given) -> dict[str, int | None]:
    """Return counts by classes."""
    return {";".join(share.labels): share.count for share in made.shares}


def counts(digits: int = 0, measure: str = "人") -> Counts:
    """Return what is known of a count, without figures."""
    return Counts("人口", measure, "2020", "年鉴", digits, {})


@pytest.mark.parametrize(
    ("count", "areas", "parts"),
    [
        pytest.param(1, [1, 1], [1, 0], id="one between two goes to the first"),
        pytest.param(2, [1, 1, 1], [1, 1, 0], id="two between three"),
        pytest.param(5, [1, 1, 1], [2, 2, 1], id="five between three"),
        pytest.param(3, [1, 1, 1], [1, 1, 1], id="no remainder"),
        pytest.param(10, [3, 3, 1], [4, 4, 2], id="4.29, 4.29 and 1.43: the last is largest"),
        pytest.param(1, [1, 2], [0, 1], id="the largest remainder"),
        pytest.param(1, [2, 1], [1, 0], id="the largest remainder first"),
        pytest.param(1, [1, 1, 999], [0, 0, 1], id="tiny parts get none"),
        pytest.param(100, [1, 0, 1], [50, 0, 50], id="nothing for no area"),
        pytest.param(1, [0, 1, 0], [0, 1, 0], id="all for the only one"),
        pytest.param(10**15 + 1, [1, 1], [500_000_000_000_001, 500_000_000_000_000], id="huge"),
        pytest.param(7, [1e-300, 1e-300], [4, 3], id="tiny weights"),
        pytest.param(7, [1e300, 1e300], [4, 3], id="huge weights"),
        pytest.param(3, [Fraction(1, 3), Fraction(2, 3)], [1, 2], id="thirds are exact"),
        pytest.param(10, [0.1, 0.2], [3, 7], id="floats as they are"),
    ],
)
def test_largest_remainders(count: int, areas: list[float], parts: list[int]) -> None:
    assert apportioned(count, areas) == parts


@settings(max_examples=40, deadline=None)
@drawn_by(
    count=st.integers(0, 10**9),
    parts=st.lists(st.integers(1, 10**6), min_size=1, max_size=6),
    factor=st.integers(2, 10**6),
)
def test_only_proportions_count(count: int, parts: list[int], factor: int) -> None:
    made = apportioned(count, parts)
    assert apportioned(count, [part * factor for part in parts]) == made
    assert apportioned(count, [Fraction(part, factor) for part in parts]) == made
    assert apportioned(count * sum(parts), parts) == [part * count for part in parts]


def test_whole_weights_have_the_smallest_common_denominator() -> None:
    assert whole_weights([Fraction(1, 4), Fraction(1, 6)]) == [3, 2]
    assert whole_weights([2, 4]) == [2, 4]
    assert whole_weights([0, 0.5]) == [0, 1]


@settings(max_examples=40, deadline=None)
@drawn_by(
    count=st.integers(0, 10**12),
    areas=st.lists(st.integers(0, 10**9), min_size=2, max_size=6).filter(any),
    values=st.data(),
)
def test_parts_of_a_unit_add_up_by_area_and_by_weights(
    count: int, areas: list[int], values: st.DataObject
) -> None:
    own = target(*((f"c{n}", area) for n, area in enumerate(areas)))
    size = len(areas)
    each = values.draw(st.lists(st.floats(0, 1e12), min_size=size, max_size=size))
    fallback = values.draw(st.booleans())
    for used in (None, weights(*each, fallback=fallback)):
        made = give(unit(count), own, weights=used)
        assert sum(share.count or 0 for share in made.shares) == count
        assert sum(share.share for share in made.shares) == pytest.approx(1)
        assert check_of(made, counts())["difference"] == 0


@pytest.mark.parametrize("digits", [0, 1, 2, 3, 6])
def test_figures_of_rows_add_up_to_the_last_digit(digits: int) -> None:
    made = give(unit(1_000_001), target(("a", 1), ("b", 1), (NONE, 1)), weights=None)
    rows = rows_of(made, target(), counts=counts(digits))
    assert [round(row["value"] * 10**digits) for row in rows] == [333_334, 333_334, 333_333]
    check = check_of(made, counts(digits))
    assert check["given"] == 1_000_001 / 10**digits
    assert check["apportioned"] == 666_668 / 10**digits
    assert check["none"] == 333_333 / 10**digits
    assert isinstance(rows[0]["value"], float if digits else int)


def test_rows_stand_in_the_order_of_the_legend_and_what_is_in_none_last() -> None:
    own = target((OUTSIDE, 1), (NONE, 1), ("a", 1), ("a;b", 1), ("b", 1), ("b;a", 1))
    made = give(unit(6), own, weights=None)
    assert list(got(made)) == ["b", "b;a", "a", "a;b", NONE, OUTSIDE]


def test_parts_under_the_same_classes_are_one() -> None:
    pieces = [(("a",), 3, SHAPE), ((NONE,), 5, SHAPE), (("a",), 4, SHAPE), (("a", "b"), 1, SHAPE)]
    made = gathered(pieces)
    assert [(part.labels, part.area, len(part.shapes)) for part in made] == [
        (("a",), 7, 2),
        (("a", "b"), 1, 1),
        ((NONE,), 5, 1),
    ]
    assert gathered([]) == []


def test_counties_of_a_city_are_added_before_the_count_is_rounded() -> None:
    own = target(("a", 1), (NONE, 1))
    both = Target("layer", "", {"a": "甲"}, {"1": own.exact["1"], "2": own.exact["1"]})
    made = give(unit(3, "1", "2"), both, weights=None)
    assert got(made) == {"a": 2, NONE: 1}
    assert [share.area for share in made.shares] == [2 * M2, 2 * M2]


@pytest.mark.parametrize(
    ("one", "told"),
    [
        pytest.param("a", "整个单元同属一类，结果不依赖假设", id="a class"),
        pytest.param("a;b", "整个单元同属一类，结果不依赖假设", id="two classes together"),
        pytest.param(NONE, "整个单元不在任何类别内，结果不依赖假设", id="no class"),
        pytest.param(OUTSIDE, "整个单元在规划范围外，结果不依赖假设", id="outside"),
        pytest.param(LEFT, "图层只有示意范围，数值不分配", id="sketches alone"),
    ],
)
def test_a_unit_of_one_part_rests_on_no_assumption(one: str, told: str) -> None:
    own = target((one, 4))
    for used in (None, weights(3.0), weights(0.0)):
        made = give(unit(9), own, weights=used)
        assert got(made) == {one: 9}
        assert made.shares[0].share == 1
    made = give(unit(9), own, weights=weights(3.0))
    assert made.method == "whole"
    assert rows_of(made, own, counts=counts())[0]["uncertainty"] == told


@pytest.mark.parametrize(
    ("used", "method", "parts"),
    [
        pytest.param(None, "area", {"a": 25, NONE: 75}, id="by area"),
        pytest.param(weights(3.0, 1.0), "raster", {"a": 75, NONE: 25}, id="by weights"),
        pytest.param(weights(0.0, 1.0), "raster", {"a": 0, NONE: 100}, id="no weight in a class"),
        pytest.param(weights(1.0, 0.0), "raster", {"a": 100, NONE: 0}, id="all in a class"),
        pytest.param(weights(0.0, 0.0), "left", {LEFT: 100}, id="no weight at all"),
        pytest.param(
            weights(0.0, 0.0, fallback=True), "fallback", {"a": 25, NONE: 75}, id="by area then"
        ),
        pytest.param(
            weights(1e-300, 0.0, fallback=True), "raster", {"a": 100, NONE: 0}, id="a tiny weight"
        ),
    ],
)
def test_methods(used: Weights | None, method: str, parts: dict[str, int]) -> None:
    made = give(unit(100), target(("a", 10), (NONE, 30)), weights=used)
    assert made.method == method
    assert {share.method for share in made.shares} == {method}
    assert got(made) == parts


def test_the_part_with_weights_is_of_the_area() -> None:
    own = target(("a", 10), (NONE, 30))
    assert give(unit(1), own, weights=None).known is None
    half = weights(1.0, 1.0, known=[5.0, 15.0])
    assert give(unit(1), own, weights=half).known == 0.5
    none = weights(0.0, 0.0, known=[0.0, 0.0])
    assert give(unit(1), own, weights=none).known == 0
    more = weights(1.0, 1.0, known=[10.000001, 30.0])
    assert give(unit(1), own, weights=more).known == 1


def test_a_count_of_nought_is_nought_everywhere() -> None:
    made = give(unit(0), target(("a", 10), (NONE, 30)), weights=None)
    assert got(made) == {"a": 0, NONE: 0}
    assert [share.share for share in made.shares] == [0.25, 0.75]
    assert check_of(made, counts())["given"] == 0


def test_sketches_take_no_part_and_have_two_digits() -> None:
    own = target((LEFT, 300), drawn=[("a", 100)])
    made = give(unit(1000), own, weights=None)
    assert got(made) == {LEFT: 1000, "a": None}
    drawn = rows_of(made, own, counts=counts())[1]
    assert drawn["value"] == 330
    assert drawn["share_of_unit"] == 0.33
    assert drawn["basis"] == "indicative"
    assert drawn["weight"] is None
    assert drawn["uncertainty"] == "示意范围，两位有效数字，不参与合计；假设在单元内均匀分布"
    assert check_of(made, counts())["apportioned"] == 0


def test_sketches_are_weighed_like_the_rest() -> None:
    own = target((NONE, 300), ("b", 100), drawn=[("a", 100)])
    made = give(unit(1000), own, weights=weights(2.0, 2.0, drawn=[1.0]))
    drawn = rows_of(made, own, counts=counts())[2]
    assert drawn["share_of_unit"] == 0.25
    assert drawn["value"] == 250
    assert drawn["weight"] == 1
    # By area where no weight says anything, and told so.
    fell = give(unit(1000), own, weights=weights(0.0, 0.0, drawn=[0.0], fallback=True))
    drawn = rows_of(fell, own, counts=counts())[2]
    assert drawn["share_of_unit"] == 0.25
    assert drawn["weight"] is None
    assert drawn["method"] == "fallback"


def test_a_sketch_is_no_more_than_its_unit() -> None:
    own = target((LEFT, 100), drawn=[("a", 101)])
    made = give(unit(1000), own, weights=None)
    assert rows_of(made, own, counts=counts())[1]["value"] == 1000


def test_a_unit_left_without_weights_has_no_sketches() -> None:
    own = target((NONE, 300), ("b", 100), drawn=[("a", 100)])
    made = give(unit(1000), own, weights=weights(0.0, 0.0, drawn=[0.0]))
    assert got(made) == {LEFT: 1000}


def test_small_figures_of_sketches_keep_two_digits() -> None:
    own = target((LEFT, 1000), drawn=[("a", 1)])
    made = give(unit(123), own, weights=None)
    assert rows_of(made, own, counts=counts())[1]["value"] == 0.12
    assert rows_of(made, own, counts=counts(2))[1]["value"] == 0.0012


def test_titles_of_classes_that_lie_together() -> None:
    own = target()
    assert own.title_of(("a", "b")) == "甲＋乙"
    assert own.title_of((NONE,)) == "不在任何类别内"
    assert own.title_of((OUTSIDE,)) == "不在规划范围内"
    assert own.title_of((LEFT,)) == "未分配"
    assert own.title_of(("unknown",)) == "unknown"


@pytest.mark.parametrize(
    ("parts", "drawn", "overlapping"),
    [
        pytest.param([("a", 1), ("b", 1)], [], False, id="side by side"),
        pytest.param([("a;b", 1)], [], True, id="on each other"),
        pytest.param([("a", 1)], [("a;b", 1)], True, id="sketches on each other"),
        pytest.param([("a", 1)], [("b", 1)], False, id="a sketch on a class"),
    ],
)
def test_overlaps_are_known(
    parts: list[tuple[str, int]], drawn: list[tuple[str, int]], *, overlapping: bool
) -> None:
    assert target(*parts, drawn=drawn).overlapping is overlapping


def test_rows_and_checks_have_their_columns() -> None:
    own = target(("a", 10), (NONE, 30))
    made = give(unit(100), own, weights=weights(3.0, 1.0))
    (first, _) = rows_of(made, own, counts=counts())
    assert tuple(first) == COLUMNS
    assert tuple(check_of(made, counts())) == CHECKS
    assert first["area_km2"] == 1e-5
    assert first["title"] == "甲"
    assert (first["count"], first["measure"], first["year"]) == ("人口", "人", "2020")


@pytest.mark.parametrize(
    ("units", "digits", "figure"),
    [
        pytest.param(5, 0, 5, id="whole"),
        pytest.param(5, 1, 0.5, id="a tenth"),
        pytest.param(123_456, 2, 1234.56, id="hundredths"),
        pytest.param(1, 6, 1e-06, id="a millionth"),
        pytest.param(0, 3, 0.0, id="nought"),
        pytest.param(10**20, 0, 10**20, id="longer than a float"),
    ],
)
def test_figures_of_last_digits(units: int, digits: int, figure: float) -> None:
    assert counts(digits).given(units) == figure
