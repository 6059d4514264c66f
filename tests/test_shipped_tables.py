"""The shipped plans and boundaries give the figures that the project promises."""

from __future__ import annotations

from itertools import pairwise

import pandas as pd
import pytest

from geoplan.analysis.missing import MISSING, REASONS
from geoplan.schema import TABLES, check, records

Tables = dict[str, pd.DataFrame]
CORRIDOR, ZONES, JINZHONG = "jinzhong-108-corridor", "jinzhong-main-function-zones", "140700"
AREAS = ["area_net_km2", "area_gross_km2", "share_of_unit", "share_of_class"]
PAIR = ["layer_a", "class_a", "layer_b", "class_b"]


def claim(tables: Tables, of: str, quantity: str) -> dict[str, object]:
    claims = tables["claims"]
    (row,) = records(claims[(claims["of"] == of) & (claims["quantity"] == quantity)])
    return row


@pytest.mark.parametrize("name", list(TABLES))
def test_every_table_is_as_the_schema_says(shipped_tables: Tables, name: str) -> None:
    check(name, shipped_tables[name])


def test_counties_add_up_to_the_province(shipped_tables: Tables) -> None:
    units = shipped_tables["units"]
    counties = units[units["level"] == "county"]
    assert len(counties) == 117
    assert counties["area_km2"].sum() == pytest.approx(156_665.6, abs=1)
    areas = units.set_index("adcode")["area_km2"]
    assert areas["140000"] == pytest.approx(counties["area_km2"].sum(), abs=1e-6)
    assert areas[JINZHONG] == pytest.approx(16_406, abs=1)


def test_nothing_needs_repair_and_zones_divide_jinzhong(shipped_tables: Tables) -> None:
    # Former names are told, and nothing else: no repair, no gap, no double membership.
    assert set(shipped_tables["issues"]["check"]) <= {"former_name"}
    assert shipped_tables["dropped"]["area_m2"].sum() < 1
    coverage = shipped_tables["coverage"]
    zones = coverage[(coverage["layer"] == ZONES) & (coverage["adcode"] == JINZHONG)]
    assert len(zones) == 3
    assert zones["share_of_unit"].sum() == pytest.approx(1, abs=1e-12)


def test_corridor_has_the_printed_area(shipped_tables: Tables) -> None:
    coverage = shipped_tables["coverage"]
    row = coverage[(coverage["layer"] == CORRIDOR) & (coverage["adcode"] == JINZHONG)]
    assert row["area_net_km2"].iloc[0] == pytest.approx(6421, abs=1)
    figure = claim(shipped_tables, CORRIDOR, "area")
    assert figure["status"] == "agrees"
    assert figure["published"] == 6422
    assert figure["computed"] == pytest.approx(6421, abs=1)


def test_corridor_has_the_printed_share(shipped_tables: Tables) -> None:
    figure = claim(shipped_tables, CORRIDOR, "share")
    assert figure["status"] == "agrees"
    assert figure["published"] == 39
    assert figure["computed"] == pytest.approx(39.1, abs=0.1)


@pytest.mark.parametrize(
    ("of", "quantity", "published", "reason"),
    [
        ("g108-axis/g108-road-axis", "length", 184, "indicative_geometry"),
        (CORRIDOR, "share_of_population", 73, "no_data"),
        (CORRIDOR, "population", 247, "no_data"),
        (f"{CORRIDOR}/core-area", "area", 2280, "no_geometry"),
        ("national-nature-reserves/manghe-reserve", "area", 5573, "made_from_figure"),
    ],
)
def test_figures_that_cannot_be_checked_say_why(
    shipped_tables: Tables, of: str, quantity: str, published: float, reason: str
) -> None:
    figure = claim(shipped_tables, of, quantity)
    assert figure["published"] == published
    assert (figure["status"], figure["reason"]) == ("not_checkable", reason)


def test_every_reserve_was_made_from_its_figure(shipped_tables: Tables) -> None:
    claims = shipped_tables["claims"].query("layer == 'national-nature-reserves'")
    features = shipped_tables["features"].query("layer == 'national-nature-reserves'")
    assert len(claims) == len(features) > 4
    assert set(claims["reason"]) == {"made_from_figure"}
    assert set(features["extent"]) == {"indicative"}


def test_every_claim_has_a_status_and_a_reason_only_if_not_checkable(
    shipped_tables: Tables,
) -> None:
    claims = shipped_tables["claims"]
    assert set(shipped_tables["stated"]["id"]) <= set(claims["id"])
    cells = shipped_tables["indicators"].dropna(subset=["value"])
    told = set(claims[["of", "reading", "year"]].dropna().itertuples(index=False, name=None))
    named = (cells["layer"] + "/" + cells["indicator"]).tolist()
    assert set(zip(named, cells["reading"], cells["year"], strict=True)) <= told
    unchecked = claims["status"] == "not_checkable"
    assert (claims["missing"].notna() == unchecked).all()
    assert (claims["method"].isna() == unchecked).all()
    assert claims.loc[unchecked, "reason"].notna().all()
    assert set(claims["reason"].dropna()) <= {*REASONS, "as_total"}
    assert set(claims["missing"].dropna()) <= set(MISSING)
    assert (claims["computed"].isna() == unchecked).all()
    # What shapes say agrees: a build with --strict stops at nothing that is shipped.
    assert set(claims[claims["method"] == "geometry"]["status"]) == {"agrees"}


def test_areas_are_conserved_in_every_county(shipped_tables: Tables) -> None:
    units = shipped_tables["units"].query("level == 'county'").set_index("adcode")["area_km2"]
    pieces = shipped_tables["pieces"].groupby("adcode")["area_km2"].sum()
    dropped = shipped_tables["dropped"].groupby("adcode")["area_m2"].sum() / 1e6
    total = pieces.add(dropped, fill_value=0.0)
    assert list(total.index) == list(units.index)
    assert (total - units).abs().max() * 1e6 < 1


def test_lists_have_no_area(shipped_tables: Tables) -> None:
    coverage, overlaps = shipped_tables["coverage"], shipped_tables["overlaps"]
    listed = coverage[coverage["basis"] == "list"]
    assert listed[[*AREAS, "length_km"]].isna().all(axis=None)
    assert (listed["count"] > 0).any()
    pairs = overlaps[overlaps["basis"] == "list"]
    assert pairs[["area_km2", "share_of_a", "share_of_b"]].isna().all(axis=None)
    assert len(pairs) > 100


def test_what_lies_within_units_has_no_area(shipped_tables: Tables) -> None:
    features, coverage = shipped_tables["features"], shipped_tables["coverage"]
    key = ["layer", "class"]
    areal = features[features["extent"].isin(["whole", "delimited", "indicative"])]
    with_area = coverage[coverage["area_net_km2"].notna()]
    assert set(with_area[key].itertuples(index=False, name=None)) <= set(
        areal[key].itertuples(index=False, name=None)
    )
    within = features[features["extent"] == "within"]
    assert len(within) > 30
    assert set(within.geometry.dropna().geom_type) <= {"Point", "MultiPoint"}


def test_areas_of_pairs_come_from_exact_or_indicative_shapes(shipped_tables: Tables) -> None:
    features = shipped_tables["features"]
    extents = features.groupby(["layer", "class"])["extent"].agg(set).to_dict()
    pairs = records(shipped_tables["overlaps"].dropna(subset="area_km2"))
    assert pairs
    for row in pairs:
        sides = [extents[row["layer_a"], row["class_a"]], extents[row["layer_b"], row["class_b"]]]
        exact = all(side & {"whole", "delimited"} for side in sides)
        drawn = any("indicative" in side for side in sides)
        assert (row["basis"] == "geometry" and exact) or (row["basis"] == "indicative" and drawn)


def test_indicative_figures_have_two_digits(shipped_tables: Tables) -> None:
    coverage = shipped_tables["coverage"].query("basis == 'indicative'")
    assert len(coverage) > 20
    for name in (*AREAS, "length_km"):
        for value in coverage[name].dropna():
            assert value == float(f"{value:.2g}")


def test_counties_of_a_pair_add_up_to_its_total(shipped_tables: Tables) -> None:
    overlaps = shipped_tables["overlaps"].query("basis == 'geometry'")
    by_county = overlaps.dropna(subset="adcode").groupby(PAIR)["area_km2"].sum()
    total = overlaps[overlaps["adcode"].isna()].set_index(PAIR)["area_km2"]
    # Zones, corridor and poor counties are of whole counties; everything else is lists.
    layers = {CORRIDOR, ZONES, "jinzhong-poor-counties"}
    assert {name for pair in total.index for name in (pair[0], pair[2])} == layers
    assert len(total) == 5
    pd.testing.assert_series_equal(by_county, total.sort_index(), rtol=0, atol=1e-9)


def test_the_corridor_by_zone_adds_up_to_the_corridor(shipped_tables: Tables) -> None:
    totals = shipped_tables["overlaps"].query("basis == 'geometry'")
    totals = totals[totals["adcode"].isna() & (totals["layer_a"] == CORRIDOR)]
    zones = totals[totals["layer_b"] == ZONES].set_index("class_b")
    # 灵石; 太谷 and 祁县; 榆次, 平遥 and 介休: added by hand from the areas of counties.
    units = shipped_tables["units"].set_index("adcode")["area_km2"]
    by_hand = {
        "ecological_function": units["140729"],
        "farm_products": units["140703"] + units["140727"],
        "key_development": units["140702"] + units["140728"] + units["140781"],
    }
    assert zones["area_km2"].to_dict() == pytest.approx(by_hand, abs=1e-6)
    assert [round(area, 2) for area in by_hand.values()] == [1207.33, 1902.23, 3311.46]
    assert zones["share_of_a"].sum() == pytest.approx(1, abs=1e-9)
    coverage = shipped_tables["coverage"].query("basis == 'geometry' and adcode == '140000'")
    whole = coverage.set_index("layer")["area_net_km2"][CORRIDOR]
    assert abs(zones["area_km2"].sum() - whole) < 1e-6


def test_gross_areas_are_net_ones_where_classes_are_of_whole_counties(
    shipped_tables: Tables,
) -> None:
    rows = shipped_tables["overlaps"]
    assert (rows["area_gross_km2"].isna() == rows["area_km2"].isna()).all()
    areas = rows.dropna(subset="area_km2")
    assert len(areas) > 20
    assert (areas["area_gross_km2"] == areas["area_km2"]).all()


def test_a_pair_stands_once_in_order_of_its_sides(shipped_tables: Tables) -> None:
    totals = shipped_tables["overlaps"]
    totals = totals[totals["adcode"].isna()]
    assert not totals.duplicated([*PAIR, "basis"]).any()
    first = totals[["layer_a", "class_a"]].agg(tuple, axis=1)
    second = totals[["layer_b", "class_b"]].agg(tuple, axis=1)
    assert (first <= second).all()


def test_coverage_of_cities_is_the_sum_of_their_counties(shipped_tables: Tables) -> None:
    units = shipped_tables["units"].set_index("adcode")
    coverage = shipped_tables["coverage"].query("basis == 'geometry'")
    key = ["layer", "class"]
    for below, above in pairwise(("county", "city", "province")):
        rows = coverage[coverage["adcode"].map(units["level"]) == below]
        parents = rows["adcode"].map(units["parent"])
        sums = rows.groupby([parents, *[rows[k] for k in key]])["area_net_km2"].sum()
        direct = coverage[coverage["adcode"].map(units["level"]) == above]
        areas = direct.set_index(["adcode", *key])["area_net_km2"]
        pd.testing.assert_series_equal(
            sums.sort_index(), areas.sort_index(), check_names=False, atol=1e-9, rtol=0
        )


def test_every_unit_has_one_state_for_every_layer(shipped_tables: Tables) -> None:
    coverage = shipped_tables["coverage"]
    states = coverage.groupby(["adcode", "layer"])["state"].nunique()
    # Layers of indicators say nothing about places.
    places = shipped_tables["layers"].query("features > 0 or kind == 'slot'")
    assert len(states) == len(shipped_tables["units"]) * len(places)
    assert len(places) > 150
    assert (states == 1).all()
    assert set(coverage["state"]) == {"concerned", "not_concerned", "out_of_scope", "no_data"}


def test_every_row_points_at_what_exists(shipped_tables: Tables) -> None:
    documents = set(shipped_tables["documents"]["document"])
    classes = set(shipped_tables["classes"]["class"])
    layers = set(shipped_tables["layers"]["layer"])
    codes = set(shipped_tables["units"]["adcode"])
    for name in ("layers", "memberships", "stated", "claims"):
        assert set(shipped_tables[name]["document"]) <= documents
    for name in ("features", "memberships"):
        assert set(shipped_tables[name]["class"]) <= classes
        assert set(shipped_tables[name]["layer"]) <= layers
    assert set(shipped_tables["memberships"]["adcode"]) <= codes
    assert set(shipped_tables["layers"]["theme"]) == set(shipped_tables["themes"]["theme"])


def test_slot_for_redlines_is_empty_and_ready(shipped_tables: Tables) -> None:
    layer = shipped_tables["layers"].set_index("layer").loc["ecological-redline"]
    assert (layer["kind"], layer["features"], layer["sensitivity"]) == ("slot", 0, "internal")
    rows = shipped_tables["coverage"].query("layer == 'ecological-redline'")
    assert set(rows["state"]) == {"no_data"}
    assert len(rows) == 129


def test_plan_in_force_and_expired(shipped_tables: Tables) -> None:
    status = shipped_tables["documents"].set_index("document")["status"]
    assert status["shanxi-14fyp"] == "in_force"
    assert status["jinzhong-13fyp"] == "expired"
