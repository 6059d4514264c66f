"""Claims: the rule of tolerances at its edges, measures, and every reason not to check."""

from __future__ import annotations

from typing import Any

import pytest

from geoplan.analysis import build_analysis, check_claims
from geoplan.schema import records
from tests.small import SmallProject, box, cell, claim, feature, layer, point, slot, small_units

# Two counties of 100 ± 2 km² each: together 200 ± √8.
ERROR = 8**0.5
PAIR = feature("f", members=["二山"])


def judged(small: SmallProject, *parts: str, document: str = "plan-p") -> list[dict[str, Any]]:
    small.write_layer(layer("other", *parts, document=document))
    tables = small.run("boundaries", "layers", "analysis")
    return [row for row in records(tables["claims"]) if row["layer"] == "other"]


def with_stated(small: SmallProject, **figures: Any) -> dict[str, Any]:
    """Judge a claim on the area of two counties, with figures of `stated` replaced."""
    small.write_layer(layer("other", PAIR, claim("other", 200), document="plan-p"))
    tables = small.layers()
    tables["stated"] = tables["stated"].assign(**figures)
    tables["units"] = small_units(small.root / "data/boundaries")
    (row,) = records(check_claims(tables))
    return row


@pytest.mark.parametrize(
    ("difference", "status"),
    [
        (0.0, "agrees"),
        (4.99, "agrees"),
        (-4.99, "agrees"),
        (5.01, "differs"),
        (-14.99, "differs"),
        (14.99, "differs"),
        (15.01, "inconsistent"),
        (-15.01, "inconsistent"),
    ],
)
def test_status_by_tolerance_of_the_last_digit(
    small: SmallProject, difference: float, status: str
) -> None:
    # A step of 10: half of it, 5, is more than the borders' error.
    row = with_stated(small, published=200.0 - difference, step=10.0)
    assert row["tolerance"] == 5.0
    assert row["difference"] == pytest.approx(difference, abs=1e-6)
    assert row["status"] == status


@pytest.mark.parametrize(
    ("value", "status"),
    [(3.0, "agrees"), (2.5, "agrees"), (3.5, "agrees"), (4.5, "differs"), (4.75, "inconsistent")],
)
def test_exact_edges_belong_to_the_milder_status(
    small: SmallProject, value: float, status: str
) -> None:
    features = [feature(f"f-{i}", "within", members=["东山"]) for i in range(3)]
    small.write_layer(layer("other", *features, claim("other", 3, "features", quantity="count")))
    tables = small.run("boundaries", "layers")
    tables["stated"] = tables["stated"].assign(published=value)
    (row,) = records(check_claims(tables))
    assert (row["tolerance"], row["computed"], row["status"]) == (0.5, 3.0, status)


@pytest.mark.parametrize(
    ("figures", "tolerance"),
    [
        ({"published": 200.0, "step": 1.0}, ERROR),
        ({"published": 200.0, "step": 0.01}, ERROR),
        ({"published": 200.0, "step": 100.0}, 50.0),
        ({"published": 200.0, "step": 1.0, "relation": "about"}, 10.0),
        ({"published": 20.0, "step": 1.0, "relation": "over"}, ERROR),
    ],
)
def test_tolerance_is_the_largest_of_three(
    small: SmallProject, figures: dict[str, Any], tolerance: float
) -> None:
    assert with_stated(small, **figures)["tolerance"] == pytest.approx(tolerance)


@pytest.mark.parametrize(
    ("measure", "factor"), [("km2", 1), ("ha", 100), ("mu", 1500), ("10k_mu", 0.15)]
)
def test_area_is_compared_in_the_measure_of_the_plan(
    small: SmallProject, measure: str, factor: float
) -> None:
    row = with_stated(small, measure=measure, published=200.0 * factor, step=1e-3)
    assert row["computed"] == pytest.approx(200 * factor)
    assert row["tolerance"] == pytest.approx(ERROR * factor)
    assert row["status"] == "agrees"


def test_area_of_a_city_is_that_of_its_counties(small: SmallProject) -> None:
    (row,) = judged(small, feature("f", members=["甲州"]), claim("other/f", 400))
    assert (row["computed"], row["tolerance"]) == pytest.approx((400.0, 4.0))


@pytest.mark.parametrize("of", ["other", "other/zone_a"])
def test_county_in_two_features_counts_once(small: SmallProject, of: str) -> None:
    features = PAIR, feature("g", members=["东山"])
    (row,) = judged(small, *features, claim(of, 200))
    assert row["computed"] == pytest.approx(200.0)


@pytest.mark.parametrize(("more", "computed"), [({}, 100 / 3), ({"relative_to": "910100"}, 50.0)])
def test_share_is_of_the_scope_or_of_what_it_names(
    small: SmallProject, more: dict[str, Any], computed: float
) -> None:
    figure = claim("other", round(computed), "percent", quantity="share", **more)
    (row,) = judged(small, PAIR, figure)
    assert row["computed"] == pytest.approx(computed)
    assert row["tolerance"] == pytest.approx(max(0.5, ERROR * computed / 200))
    assert row["status"] == "agrees"


@pytest.mark.parametrize(("measure", "figure"), [("percent", 33), ("permille", 333)])
def test_share_is_in_the_measure_of_the_plan(
    small: SmallProject, measure: str, figure: float
) -> None:
    (row,) = judged(small, PAIR, claim("other", figure, measure, quantity="share"))
    factor = figure // 33
    assert row["computed"] == pytest.approx(factor * 100 / 3)
    assert row["tolerance"] == pytest.approx(max(0.5, factor * ERROR / 6))
    assert row["status"] == "agrees"


def test_counts_of_units_and_of_features(small: SmallProject) -> None:
    units, features = judged(
        small,
        PAIR,
        feature("g", members=["东山", "河口"]),
        claim("other/zone_a", 3, "units", quantity="count"),
        claim("other/zone_a", 5, "features", quantity="count"),
    )
    assert (units["computed"], units["status"]) == (3.0, "agrees")
    assert (features["computed"], features["difference"], features["status"]) == (
        2.0,
        -3.0,
        "inconsistent",
    )


AXIS = feature("f", "indicative", axis=["东镇", "西镇"])
LIST = feature("f", "within", members=["二山"])
SAID = feature("f", "statement")
(WEST, SOUTH), (EAST, NORTH) = point(0.2, 0.2), point(0.8, 0.8)
PRINTED = feature("f", "indicative") + (
    f"footprint = {{ west = {WEST}, south = {SOUTH}, east = {EAST}, north = {NORTH}, "
    "area_km2 = 5 }\n"
)


@pytest.mark.parametrize(
    ("subject", "figure", "reason"),
    [
        (PRINTED, claim("other", 5), "made_from_figure"),
        (PRINTED, claim("other", 1, "percent", quantity="share"), "made_from_figure"),
        (AXIS, claim("other", 10, "km", quantity="length"), "indicative_geometry"),
        (AXIS, claim("other", 10), "indicative_geometry"),
        (feature("f", members=["老县"]), claim("other", 200), "indicative_geometry"),
        (feature("f", members=["东山", "老县"]), claim("other", 9), "indicative_geometry"),
        (feature("f", members=["老县", "河口"]), claim("other", 9), "indicative_geometry"),
        (LIST, claim("other", 200), "no_geometry"),
        (LIST, claim("other", 10, "km", quantity="length"), "no_geometry"),
        (SAID, claim("other", 200), "no_geometry"),
        (SAID, claim("other", 2, "units", quantity="count"), "no_geometry"),
        (SAID, claim("other/f", 20, "features", quantity="count"), "incomplete_list"),
        (
            LIST,
            claim("other", 1, "features", quantity="count", relation="over"),
            "incomplete_list",
        ),
        (PAIR, claim("other", 9, "10k_persons", quantity="population"), "no_data"),
        (PAIR, claim("other", 9, "percent", quantity="share_of_population"), "no_data"),
        (PAIR, claim("other", 9, "10k_kw", quantity="capacity"), "no_data"),
    ],
    ids=range(16),
)
def test_every_reason_not_to_check(
    small: SmallProject, subject: str, figure: str, reason: str
) -> None:
    (row,) = judged(small, subject, figure)
    assert (row["status"], row["reason"]) == ("not_checkable", reason)
    assert row["computed"] is None
    assert row["difference"] is None


def test_area_of_delimited_shapes_is_net(small: SmallProject) -> None:
    small.write_shapes([cell("910101"), box(0.5, 1, 1.5, 2)])
    small.write_layer(slot() + claim("redline/redline", 22.5, "10k_mu"))
    tables = small.run("boundaries", "layers", "analysis")
    (row,) = records(tables["claims"])
    assert row["computed"] == pytest.approx(150 * 0.15)
    assert row["status"] == "agrees"


def test_claim_on_an_empty_slot_waits_for_data(small: SmallProject) -> None:
    small.write_layer(slot() + claim("redline", 150))
    (row,) = records(small.run("boundaries", "layers", "analysis")["claims"])
    assert (row["status"], row["reason"]) == ("not_checkable", "no_data")


def test_claim_on_units_that_the_project_leaves_out(small: SmallProject) -> None:
    path = small.root / "geoplan.toml"
    text = path.read_text("utf-8").replace('scope = "910000"', 'scope = "910100"')
    path.write_text(text, encoding="utf-8")
    (row,) = judged(small, feature("f", members=["东山", "河口"]), claim("other", 200))
    assert (row["status"], row["reason"]) == ("not_checkable", "no_data")


def test_no_rules_make_no_conflicts(small: SmallProject) -> None:
    tables = small.run("boundaries", "layers")
    assert build_analysis(tables)["conflicts"].empty
