"""Matters to coordinate: evidence and grades, areas, duplicates, conditions, overrides."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geoplan.analysis.conflicts import find_conflicts
from geoplan.analysis.conflicts.pairs import GRADES, evidence_of
from geoplan.schema import records
from tests.analysis.matters import A, B, C, D, box, feature, found, override, rule, tables
from tests.small import CITY_A, PROVINCE

ZONE = feature("zone", "zone", "whole", A)
MINE = feature("mine", "mine", "within", A)
LEFT = box(0.0, 1.0, 0.5, 2.0)  # the western half of A
RIGHT = box(0.4, 1.0, 1.0, 2.0)  # the eastern part of A


def delimited(key: str, cls: str, shape: Any, layer: str) -> dict[str, Any]:
    return feature(key, cls, "delimited", layer=layer, shape=shape)


@pytest.mark.parametrize(
    ("one", "two", "basis", "most"),
    [
        ("delimited", "delimited", "geometry", "breaks"),
        ("whole", "delimited", "geometry", "coordinate"),
        ("whole", "whole", "geometry", "coordinate"),
        ("whole", "within", "list", "coordinate"),
        ("passes", "delimited", "list", "coordinate"),
        ("within", "within", "list", "attention"),
        ("within", "passes", "list", "attention"),
        ("indicative", "delimited", "indicative", "attention"),
        ("indicative", "within", "indicative", "attention"),
    ],
)
def test_the_weaker_evidence_caps_the_grade(one: str, two: str, basis: str, most: str) -> None:
    for pair in ((one, two), (two, one)):
        known = evidence_of(*pair)
        assert (known.basis, known.most) == (basis, most)


def test_a_park_in_a_whole_county_is_to_be_coordinated_and_has_no_area() -> None:
    (row,) = found([ZONE, MINE], rule(grade="breaks"))
    assert (row["grade"], row["basis"], row["adcode"]) == ("coordinate", "list", A)
    assert row["area_km2"] is row["share"] is None
    assert (row["layer_a"], row["feature_a"], row["feature_b"]) == ("x-now", "mine", "zone")
    assert (row["document_a"], row["section_a"], row["line_a"]) == ("now", "一", 7)


def test_shapes_have_a_net_area_in_the_county_and_may_break_a_rule() -> None:
    mines = [delimited(f"m{i}", "mine", LEFT, "a-now") for i in range(2)]
    lines = [delimited("red", "zone", RIGHT, "b-now")]
    (row,) = found([*mines, *lines], rule(grade="breaks", in_force=True))
    assert (row["grade"], row["basis"], row["adcode"]) == ("breaks", "geometry", A)
    assert row["area_km2"] == pytest.approx(10.0, abs=1e-6)
    assert row["share"] == pytest.approx(0.1, abs=1e-8)
    assert (row["features_a"], row["features_b"]) == (2, 1)


def test_whole_counties_share_the_county_and_a_shape_what_lies_in_it() -> None:
    shape = delimited("m", "mine", box(0.5, 1.0, 1.25, 2.0), "a-now")
    (row,) = found([ZONE, shape])
    assert (row["adcode"], row["grade"]) == (A, "coordinate")
    assert row["area_km2"] == pytest.approx(50.0, abs=1e-6)
    (row,) = found([ZONE, feature("m", "mine", "whole", A, B)])
    assert (row["area_km2"], row["share"]) == (100.0, 1.0)


def test_shapes_that_lie_apart_or_only_touch_are_no_matter() -> None:
    apart = delimited("m", "mine", box(0.6, 1.0, 0.9, 2.0), "a-now")
    touching = delimited("m", "mine", box(0.5, 1.0, 1.0, 2.0), "a-now")
    for other in (apart, touching):
        assert found([delimited("red", "zone", LEFT, "b-now"), other]) == []
    sketch = feature("m", "mine", "indicative", shape=box(0.6, 1.0, 0.9, 2.0))
    assert found([delimited("red", "zone", LEFT, "b-now"), sketch]) == []
    (row,) = found([delimited("red", "zone", RIGHT, "b-now"), sketch])
    assert (row["grade"], row["basis"], row["area_km2"]) == ("attention", "indicative", None)


def test_what_is_said_of_a_city_is_not_said_of_its_counties() -> None:
    assert found([ZONE, feature("m", "mine", "within", CITY_A)]) == []
    assert found([ZONE, feature("m", "mine", "passes", PROVINCE)]) == []
    assert found([ZONE, feature("m", "mine", "statement", A)]) == []
    rows = found([feature("z", "zone", "whole", CITY_A), feature("m", "mine", "within", A, C)])
    assert [row["adcode"] for row in rows] == [A, C]


def test_a_sketch_that_hardly_enters_a_county_says_nothing_of_it() -> None:
    sketch = feature("m", "mine", "indicative", shape=box(0.995, 1.0, 1.995, 2.0))
    zones = feature("z", "zone", "whole", A, B)
    assert [row["adcode"] for row in found([zones, sketch])] == [B]


def test_the_same_thing_told_by_two_plans_is_one_row_of_the_one_in_force() -> None:
    old = feature("mine-old", "mine", "within", A, layer="x-old", name="一号 矿")
    new = feature("mine-new", "mine", "within", A, name="一号矿")
    (row,) = found([old, ZONE, new])
    assert (row["feature_a"], row["also"]) == ("mine-new", "x-old/mine-old")
    zone = feature("zone-list", "zone", "within", A, layer="y-now")
    (row,) = found([MINE, feature("zone", "zone", "whole", A, layer="x-old"), zone])
    # Evidence comes first: the list in force is only named.
    assert (row["feature_b"], row["grade"], row["also"]) == (
        "zone",
        "coordinate",
        "y-now/zone-list",
    )


def test_a_pair_is_told_once_and_nothing_is_paired_with_itself() -> None:
    both = [feature("one", "mine", "within", A), feature("two", "mine", "within", A)]
    (row,) = found(both, rule(a="mine", b="mine"))
    assert {row["feature_a"], row["feature_b"]} == {"one", "two"}
    same = [feature("one", "mine", "within", A), feature("o", "mine", "within", A, name="one")]
    assert found(same, rule(a="mine", b="mine")) == []


def test_references_name_classes_of_layers_and_features() -> None:
    other = feature("mine-2", "mine", "within", A, layer="y-now")
    for a, names in (
        ("x-now/mine", ["mine"]),
        ("y-now/mine-2", ["mine-2"]),
        ("mine", ["mine", "mine-2"]),
    ):
        rows = found([ZONE, MINE, other], rule(a=a))
        assert sorted(row["feature_a"] for row in rows) == names
    excepted = found([ZONE, MINE, other], rule() | {"except": "y-now/mine-2"})
    assert [row["feature_a"] for row in excepted] == ["mine"]
    assert found([ZONE, MINE], rule(extents_a="whole passes")) == []


@pytest.mark.parametrize(
    ("more", "layers", "met"),
    [
        ({"in_force": True}, ("x-now", "x-now"), True),
        ({"in_force": True}, ("x-facts", "x-now"), True),
        ({"in_force": True}, ("x-old", "x-now"), False),
        ({"in_force": True}, ("x-draft", "x-now"), False),
        ({"same_period": True}, ("x-old", "x-now"), False),
        ({"same_period": True}, ("x-draft", "x-now"), True),
        ({"same_period": True}, ("x-facts", "x-old"), True),
        ({"other_document": True}, ("x-now", "y-now"), False),
        ({"other_document": True}, ("x-old", "y-now"), True),
        # A list has neither area nor distance: such a condition is not met.
        ({"min_area_km2": 0.001}, ("x-now", "x-now"), False),
        ({"min_share_of_unit": 0.001}, ("x-now", "x-now"), False),
        ({"within_km": 100.0}, ("x-now", "x-now"), False),
    ],
)
def test_conditions(more: dict[str, Any], layers: tuple[str, str], met: bool) -> None:
    features = [
        feature("m", "mine", "within", A, layer=layers[0]),
        feature("z", "zone", "whole", A, layer=layers[1]),
    ]
    assert bool(found(features, rule(**more))) is met


@pytest.mark.parametrize(("limit", "met"), [(9.9, True), (10.1, False)])
def test_the_least_area_and_share_are_of_the_net_area(limit: float, met: bool) -> None:
    shapes = [delimited("m", "mine", LEFT, "a-now"), delimited("z", "zone", RIGHT, "b-now")]
    assert bool(found(shapes, rule(min_area_km2=limit))) is met
    assert bool(found(shapes, rule(min_share_of_unit=limit / 100))) is met


def test_distance_reaches_over_borders_unless_both_are_in_one_county() -> None:
    near = delimited("m", "mine", box(0.5, 1.2, 0.95, 1.8), "a-now")
    red = delimited("z", "zone", box(1.05, 1.2, 1.5, 1.8), "b-now")
    rows = found([near, red], rule(within_km=1.1))
    assert [(row["adcode"], row["area_km2"]) for row in rows] == [(A, None), (B, None)]
    assert found([near, red], rule(within_km=0.9)) == []
    assert found([near, red], rule(within_km=1.1, same_unit="county")) == []
    (row,) = found([near, feature("z", "zone", "whole", B)], rule(within_km=0.6) | {"a": "mine"})[
        :1
    ]
    assert row["area_km2"] is None


def test_what_reconciles_caps_the_grade_where_it_speaks_of_the_county() -> None:
    words = feature("both", "said", "statement", A)
    zones, mines = feature("z", "zone", "whole", A, B), feature("m", "mine", "within", A, B)
    rows = found([words, zones, mines], rule(reconciled_by="x-now/both"))
    told = {row["adcode"]: (row["grade"], row["reconciled_by"]) for row in rows}
    assert told == {A: ("attention", "x-now/both"), B: ("coordinate", None)}
    rows = found([zones, mines], rule(reconciled_by="两者兼顾", reconciled_by_en="both"))
    assert {(row["grade"], row["reconciled_by_en"]) for row in rows} == {("attention", "both")}


def test_an_override_is_shown_with_reason_name_and_day_and_may_lower_the_grade() -> None:
    zones, mines = feature("z", "zone", "whole", A, B), feature("m", "mine", "within", A, B)
    said = override(units=A, grade="compatible", a="x-now/z")  # sides need no order
    rows = {r["adcode"]: r for r in found([zones, mines], overrides=[said])}
    assert rows[A]["overruled_by"] == "甲（某人，2020-01-01）"
    assert rows[A]["overruled_by_en"] == "because (某人, 2020-01-01)"
    assert (rows[A]["grade"], rows[B]["grade"]) == ("compatible", "coordinate")
    assert rows[B]["overruled_by"] is None
    (row,) = found([ZONE, MINE], overrides=[override(grade="breaks")])
    assert row["grade"] == "coordinate"


def test_an_override_reaches_what_tells_the_same_and_one_without_finding_is_an_issue() -> None:
    old = feature("m-old", "mine", "within", A, layer="x-old", name="mine")
    features = [ZONE, MINE, old]
    overrides = [override(a="x-old/m-old"), override(override="lost", units=D)]
    made = find_conflicts(tables(features, [rule()], overrides))
    (row,) = records(made["conflicts"])
    assert row["feature_a"] == "mine"
    assert row["overruled_by"] is not None
    (issue,) = records(made["issues"])
    assert (issue["check"], issue["subject"]) == ("override_without_finding", "lost")
    assert "rule = r, units = 910104" in issue["message"]


def test_a_word_on_one_of_several_shapes_is_not_on_all_of_them() -> None:
    """A layer of shapes is one side of a matter: a polygon that is cleared does not clear it."""
    red = delimited("red", "zone", RIGHT, "b-now")
    mines = [delimited(f"m{i}", "mine", LEFT, "a-now") for i in range(2)]
    made = find_conflicts(tables([red, *mines], [rule()], [override(a="a-now/m0")]))
    (row,) = records(made["conflicts"])
    assert (row["features_a"], row["overruled_by"]) == (2, None)
    assert len(made["issues"]) == 1
    for ref, shapes in (("a-now/m0", mines[:1]), ("a-now/mine", mines)):
        (row,) = found([red, *shapes], overrides=[override(b=ref)])
        assert row["overruled_by"] is not None


def test_rows_are_by_county_and_grade_and_their_ids_hold() -> None:
    features = [
        feature("z", "zone", "whole", A, B),
        feature("y", "other", "within", A, B),
        feature("m", "mine", "within", A, B),
    ]
    rules = [rule() | {"rule": "z-first"}, rule(b="other") | {"rule": "a-second"}]
    rows = found(features, *rules)
    assert [(r["adcode"], r["grade"]) for r in rows] == [
        *((A, "coordinate"), (A, "attention")),
        *((B, "coordinate"), (B, "attention")),
    ]
    again = found([*features, feature("new", "mine", "within", C)], *rules)
    assert [r["id"] for r in again] == [r["id"] for r in rows]


def test_without_rules_there_is_nothing() -> None:
    made = find_conflicts(tables([ZONE, MINE], []))
    assert made["conflicts"].empty
    assert made["issues"].empty


SHAPES = [LEFT, RIGHT, box(0.2, 0.5, 1.6, 1.5), box(1.0, 0.0, 3.0, 0.7)]
EXTENTS = ["whole", "within", "passes", "delimited", "indicative", "statement"]


@st.composite
def catalogues(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Make up a catalogue of up to ten features of three classes in five layers."""
    made = []
    for i in range(draw(st.integers(2, 10))):
        extent = draw(st.sampled_from(EXTENTS))
        cls = draw(st.sampled_from(["mine", "zone", "other"]))
        layer = f"{'f' if extent == 'delimited' else draw(st.sampled_from('xy'))}-"
        layer += draw(st.sampled_from(["now", "old", "draft"]))
        shaped = extent in ("delimited", "indicative")
        shape = draw(st.sampled_from(SHAPES)) if shaped else None
        codes = draw(st.sets(st.sampled_from([A, B, C, D, CITY_A]), min_size=1, max_size=3))
        if CITY_A in codes and extent == "whole":
            codes = {CITY_A}
        name = draw(st.sampled_from(["甲", "乙", "丙"]))
        units = () if shaped else tuple(sorted(codes))
        made.append(feature(f"f{i}", cls, extent, *units, layer=layer, shape=shape, name=name))
    return made


RULES = [
    rule(grade="breaks", in_force=True) | {"rule": "strict"},
    rule(a="mine zone", b="other zone", grade="coordinate") | {"rule": "wide"},
    rule(b="other", reconciled_by="x-now/f0", grade="coordinate") | {"rule": "reconciled"},
]


@settings(max_examples=25, deadline=None)
@given(catalogues())
def test_no_grade_is_above_its_evidence(features: list[dict[str, Any]]) -> None:
    extents = {(f["layer"], f["feature"]): f["extent"] for f in features}
    most = {r["rule"]: r["grade"] for r in RULES}
    for row in found(features, *RULES):
        one, two = (extents[row[f"layer_{end}"], row[f"feature_{end}"]] for end in "ab")
        assert "statement" not in (one, two)
        known = evidence_of(one, two)
        rank = GRADES.index(row["grade"])
        assert rank >= max(GRADES.index(known.most), GRADES.index(most[row["rule"]]))
        assert row["basis"] == known.basis
        assert (row["area_km2"] is None) or {one, two} <= {"whole", "delimited"}
        assert row["reconciled_by"] is None or row["grade"] == "attention"


@settings(max_examples=15, deadline=None)
@given(catalogues(), st.randoms(use_true_random=False))
def test_the_order_of_files_and_features_does_not_matter(
    features: list[dict[str, Any]], random: Any
) -> None:
    other = list(features)
    random.shuffle(other)
    assert found(features, *RULES) == found(other, *RULES[::-1])


@settings(max_examples=15, deadline=None)
@given(catalogues(), st.sampled_from([A, B, CITY_A]), st.sampled_from([None, "x-now/mine"]))
def test_an_override_matches_exactly(
    features: list[dict[str, Any]], unit: str, ref: str | None
) -> None:
    plain = found(features, *RULES)
    said = override(rule="wide", units=unit, a=ref)
    inside = {A: {A}, B: {B}, CITY_A: {A, B, C, D}}[unit]
    for before, after in zip(plain, found(features, *RULES, overrides=[said]), strict=True):
        assert before["id"] == after["id"]
        classes = {f"{after[f'layer_{end}']}/{after[f'class_{end}']}" for end in "ab"}
        also = {f"{f['layer']}/{f['feature']}": f for f in features}
        classes |= {
            f"{f['layer']}/{f['class']}" for r in (after["also"] or "").split() for f in [also[r]]
        }
        asked = after["rule"] == "wide" and after["adcode"] in inside
        asked = asked and (ref is None or ref in classes)
        assert (after["overruled_by"] is not None) is asked
        assert {k: v for k, v in before.items() if "overruled" not in k} == {
            k: v for k, v in after.items() if "overruled" not in k
        }
