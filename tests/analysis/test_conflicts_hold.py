"""Properties of matters to coordinate, over made-up catalogues: place, force, period, overrides."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geoplan.analysis.conflicts import find_conflicts
from geoplan.schema import records
from tests.analysis.matters import (
    DOCUMENTS,
    PERIODS,
    A,
    B,
    C,
    D,
    box,
    feature,
    found,
    override,
    rule,
    tables,
)
from tests.analysis.test_conflicts import RULES, catalogues
from tests.small import CITY_A, CITY_B

FEW = settings(max_examples=8, deadline=None)
INSIDE = {CITY_A: {A, B, C, D}, CITY_B: {"910201", "910202"}}
Row = dict[str, Any]


def told(rows: list[Row]) -> set[tuple[Any, ...]]:
    """Return what rows say, whichever side is called a."""
    return {
        (
            *(row["rule"], row["adcode"], row["grade"], row["basis"], row["area_km2"]),
            frozenset((row[f"layer_{end}"], row[f"feature_{end}"]) for end in "ab"),
        )
        for row in rows
    }


@FEW
@given(catalogues())
def test_a_row_is_of_a_county_that_both_sides_name_or_enter(features: list[Row]) -> None:
    """Nothing that is said of a city, however often, is said of its counties."""
    known = {(f["layer"], f["feature"]): f for f in features}
    for row in found(features, *RULES):
        for end in "ab":
            one = known[row[f"layer_{end}"], row[f"feature_{end}"]]
            if one["extent"] in ("within", "passes"):
                assert row["adcode"] in one["units"]
            elif one["extent"] == "whole":
                named = set(one["units"])
                assert row["adcode"] in named.union(*(INSIDE.get(u, set()) for u in named))
        if row["area_km2"] is not None:
            assert 0 < row["area_km2"] <= 100.0 + 1e-6
            assert row["share"] == pytest.approx(row["area_km2"] / 100.0)
        assert (row["share"] is None) is (row["area_km2"] is None)


@FEW
@given(catalogues())
def test_which_side_is_a_does_not_matter(features: list[Row]) -> None:
    plain = rule(a="mine", b="zone other", grade="breaks", in_force=True)
    turned = plain | {"a": plain["b"], "b": plain["a"]}
    assert told(found(features, plain)) == told(found(features, turned))


@FEW
@given(catalogues(), st.sampled_from([A, B, C, D]))
def test_what_a_rule_does_not_speak_of_changes_nothing(features: list[Row], code: str) -> None:
    more = [
        feature("more-1", "fourth", "whole", code, layer="w-now"),
        feature("more-2", "fourth", "delimited", layer="v-now", shape=box(0.0, 0.0, 4.0, 2.0)),
        feature("more-3", "mine", "statement", code, layer="w-now"),
        feature("more-4", "mine", "within", CITY_A, layer="w-now"),
    ]
    assert found(features, *RULES) == found([*features, *more], *RULES)


@FEW
@given(catalogues())
def test_conditions_of_force_and_period_hold_for_every_row(features: list[Row]) -> None:
    """Also where several plans tell the same: none but those that meet the condition are cited."""
    strict = rule(a="mine other", b="zone other", in_force=True) | {"rule": "force"}
    period = rule(a="mine other", b="zone other", same_period=True) | {"rule": "period"}
    other = rule(a="mine other", b="zone other", other_document=True) | {"rule": "document"}
    for row in found(features, strict, period, other):
        documents = [row["document_a"], row["document_b"]]
        also = [ref.partition("/")[0].partition("-")[2] for ref in (row["also"] or "").split()]
        if row["rule"] == "force":
            assert {DOCUMENTS[key] for key in (*documents, *also)} == {"in_force"}
        elif row["rule"] == "period":
            (start_a, end_a), (start_b, end_b) = (PERIODS[key] for key in documents)
            assert max(start_a, start_b) <= min(end_a, end_b)
        else:
            assert documents[0] != documents[1]


@FEW
@given(catalogues())
def test_a_stricter_condition_finds_no_more(features: list[Row]) -> None:
    """Each condition takes pairs away: what it leaves was there before it."""
    base = rule(a="mine", b="zone")
    every = {(row["adcode"], row["id"]) for row in found(features, base)}
    for more in (
        {"min_area_km2": 1.0},
        {"min_share_of_unit": 0.2},
        {"in_force": True},
        {"other_document": True},
        {"same_unit": "county"},
    ):
        rows = found(features, base | more)
        assert {(row["adcode"], row["id"]) for row in rows} <= every
        for row in rows:
            if "min_area_km2" in more:
                assert row["area_km2"] >= 1.0
            if "min_share_of_unit" in more:
                assert row["share"] >= 0.2


@FEW
@given(catalogues(), st.integers(0, 9), st.sampled_from([None, "attention", "compatible"]))
def test_a_word_on_one_feature_reaches_only_what_cites_it(
    features: list[Row], place: int, grade: str | None
) -> None:
    one = features[place % len(features)]
    ref = f"{one['layer']}/{one['feature']}"
    plain = found(features, *RULES)
    said = override(rule="wide", a=ref, grade=grade)
    made = find_conflicts(tables(features, RULES, [said]))
    reached = 0
    for before, after in zip(plain, sorted_as(plain, records(made["conflicts"])), strict=True):
        cited = {f"{after[f'layer_{end}']}/{after[f'feature_{end}']}" for end in "ab"}
        cited |= set((after["also"] or "").split())
        if after["overruled_by"] is None:
            assert before == after
            continue
        reached += 1
        assert after["rule"] == "wide"
        assert ref in cited
        order = ("breaks", "coordinate", "attention", "compatible")
        assert order.index(after["grade"]) >= order.index(before["grade"])
        assert (after["area_km2"], after["basis"]) == (before["area_km2"], before["basis"])
    # A word that reaches nothing is told, and only that.
    assert len(made["issues"]) == (0 if reached else 1)


def sorted_as(rows: list[Row], others: list[Row]) -> list[Row]:
    """Return rows in the order of others' ids: a lower grade moves a row down."""
    at = {row["id"]: row for row in others}
    assert len(at) == len(others)
    return [at[row["id"]] for row in rows]


@FEW
@given(catalogues())
def test_what_reconciles_lowers_the_grade_and_nothing_else(features: list[Row]) -> None:
    base = rule(a="mine", b="zone other", grade="coordinate")
    plain = found(features, base)
    words = base | {"reconciled_by": "文本已说明", "reconciled_by_en": "the text says how"}
    for before, after in zip(plain, sorted_as(plain, found(features, words)), strict=True):
        assert after["grade"] == "attention"
        assert after["reconciled_by"] == "文本已说明"
        same = {key for key in before if before[key] == after[key]}
        assert set(before) - same <= {"grade", "reconciled_by", "reconciled_by_en"}
    harmless = words | {"grade": "compatible"}
    assert {row["grade"] for row in found(features, harmless)} <= {"compatible"}


@pytest.mark.parametrize(
    ("a", "b", "km", "counties"),
    [
        # A shape in the west of A, and one in the east of B, 1 km of cells apart.
        (box(0.0, 1.0, 0.5, 2.0), box(1.5, 1.0, 2.0, 2.0), 9.0, []),
        (box(0.0, 1.0, 0.5, 2.0), box(1.5, 1.0, 2.0, 2.0), 11.0, [A, B]),
        (box(0.0, 1.0, 0.5, 2.0), box(0.5, 1.0, 0.9, 2.0), 0.0, [A]),
        (box(0.0, 1.0, 0.5, 2.0), box(0.6, 1.0, 0.9, 2.0), 0.0, []),
    ],
)
def test_distance_is_between_the_shapes_and_told_on_both_sides_of_a_border(
    a: Any, b: Any, km: float, counties: list[str]
) -> None:
    shapes = [
        feature("m", "mine", "delimited", layer="a-now", shape=a),
        feature("z", "zone", "delimited", layer="b-now", shape=b),
    ]
    rows = found(shapes, rule(within_km=km))
    assert sorted(row["adcode"] for row in rows) == counties
    assert all(row["area_km2"] is None for row in rows)


def test_a_list_has_no_distance_however_wide_the_rule() -> None:
    mine = feature("m", "mine", "within", A)
    zone = feature("z", "zone", "delimited", layer="b-now", shape=box(0.0, 1.0, 1.0, 2.0))
    assert found([mine, zone], rule(within_km=500.0)) == []
    assert len(found([mine, zone])) == 1


def test_the_first_of_several_words_holds_and_none_of_them_is_lost() -> None:
    zone, mine = feature("z", "zone", "whole", A), feature("m", "mine", "within", A)
    words = [
        override(override="one", units=CITY_A, by="甲", grade="attention"),
        override(override="two", units=A, by="乙", grade="compatible"),
        override(override="three", units=B, by="丙"),
    ]
    made = find_conflicts(tables([zone, mine], [rule()], words))
    (row,) = records(made["conflicts"])
    assert (row["overruled_by"], row["grade"]) == ("甲（甲，2020-01-01）", "attention")
    assert [issue["subject"] for issue in records(made["issues"])] == ["three"]


def test_a_word_on_both_sides_needs_both() -> None:
    zone, mine = feature("z", "zone", "whole", A, B), feature("m", "mine", "within", A, B)
    quarry = feature("q", "mine", "within", A)
    for a, b, names in (
        ("x-now/m", "x-now/z", {("m", A), ("m", B)}),
        ("x-now/z", "x-now/q", {("q", A)}),
        ("x-now/m", "x-now/q", set()),
        ("x-now/zone", "x-now/zone", set()),
        ("x-now/zone", "x-now/mine", {("m", A), ("m", B), ("q", A)}),
    ):
        rows = found([zone, mine, quarry], overrides=[override(a=a, b=b)])
        overruled = {(r["feature_a"], r["adcode"]) for r in rows if r["overruled_by"] is not None}
        assert overruled == names
