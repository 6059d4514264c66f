"""The stage: same bytes on every scheduler, coverage and overlaps with the right basis."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import geopandas as gpd
import shapely
from shapely import affinity

from geoplan.errors import SchemaError, UsageError
from geoplan.overlay import build_overlay
from geoplan.schema import Tables
from tests.overlay.inputs import overlay_inputs
from tests.small import CITY_A, CITY_B, PROVINCE, box, cell

OUTPUTS = ("coverage", "pieces", "overlaps", "dropped")


def star(x: float, y: float, radius: float) -> shapely.Geometry:
    centre = box(x, y, x + 1e-9, y + 1e-9).centroid
    return centre.buffer(radius * 10_000, quad_segs=7)


@pytest.fixture(scope="module")
def mixed(small_units: gpd.GeoDataFrame) -> Tables:
    """Return inputs with all that may be overlaid: shapes that cross, lines, wholes, lists."""
    drawn = [
        ("zone_a", "a1", "delimited", star(0.8, 0.9, 0.7)),
        ("zone_a", "a2", "delimited", star(1.3, 1.2, 0.8)),
        ("zone_a", "a3", "delimited", star(1.1, 0.7, 0.9)),
        ("zone_b", "b1", "delimited", star(2.0, 1.0, 1.1)),
        # Around one centre: the bits of their union depend on the order in which it is taken.
        *[
            ("mine", f"c{i}", "delimited", affinity.rotate(star(1.5, 1.5, r), turn))
            for i, (r, turn) in enumerate([(0.3, 10), (0.32, 33), (0.31, 71), (0.305, 50)])
        ],
        ("redline", "r1", "indicative", star(1.5, 1.0, 0.6)),
        ("line_work", "l1", "indicative", shapely.LineString(box(0.2, 0.2, 2.7, 1.8).exterior)),
    ]
    members = [
        ("mine", "m1", "910201", "whole"),
        ("mine", "m2", CITY_A, "within"),
        ("mine", "m3", "910202", "within"),
    ]
    return overlay_inputs(small_units, drawn, members=members)


def bits(tables: dict[str, pd.DataFrame]) -> dict[str, list[Any]]:
    """Return all cells, geometry as WKB."""
    found = {}
    for name in OUTPUTS:
        table = pd.DataFrame(tables[name])
        if "geometry" in table:
            table["geometry"] = shapely.to_wkb(np.asarray(tables[name].geometry))
        found[name] = [list(map(repr, row)) for row in table.itertuples(index=False)]
    return found


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("scheduler", ["threads", "processes"])
def test_bytes_are_the_same_on_every_scheduler(mixed: Tables, scheduler: str, workers: int) -> None:
    serial = bits(build_overlay(mixed, scheduler="synchronous"))
    assert len(serial["pieces"]) > 12
    assert bits(build_overlay(mixed, scheduler=scheduler, workers=workers)) == serial


@pytest.mark.filterwarnings("ignore")
def test_bytes_are_the_same_on_a_cluster(mixed: Tables, address: str) -> None:
    serial = bits(build_overlay(mixed, scheduler="synchronous"))
    assert bits(build_overlay(mixed, scheduler=address)) == serial


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_bytes_do_not_depend_on_the_order_of_rows(mixed: Tables, seed: int) -> None:
    shuffled = {
        **mixed,
        "features": mixed["features"].sample(frac=1, random_state=seed, ignore_index=True),
        "memberships": mixed["memberships"].sample(frac=1, random_state=seed, ignore_index=True),
    }
    assert list(shuffled["features"]["feature"]) != list(mixed["features"]["feature"])
    assert bits(build_overlay(shuffled)) == bits(build_overlay(mixed))


def test_scheduler_that_is_not_known(mixed: Tables) -> None:
    with pytest.raises(UsageError, match="scheduler 'dragons' is not known; allowed: threads"):
        build_overlay(mixed, scheduler="dragons")


def test_tables_are_checked_at_the_door(mixed: Tables) -> None:
    wrong = {**mixed, "features": mixed["features"].drop(columns="extent")}
    with pytest.raises(SchemaError, match="column 'extent' is missing"):
        build_overlay(wrong)


def test_progress_is_told_for_every_county(mixed: Tables) -> None:
    told: list[tuple[int, int]] = []
    build_overlay(mixed, progress=lambda done, total: told.append((done, total)))
    assert sorted(told) == [(i, 6) for i in range(1, 7)]


def test_areas_of_all_counties_are_conserved(mixed: Tables) -> None:
    made = build_overlay(mixed)
    total = made["pieces"].groupby("adcode")["area_km2"].sum()
    lost = made["dropped"].set_index("adcode")["area_m2"].reindex(total.index).fillna(0) / 1e6
    assert (total + lost).to_numpy() == pytest.approx([100.0] * 6, abs=1e-6)


class TestCoverage:
    def of(self, units: gpd.GeoDataFrame, *drawn: Any, members: Any = ()) -> pd.DataFrame:
        made = build_overlay(overlay_inputs(units, drawn, members=members))["coverage"]
        return made.set_index("adcode")

    def test_half_a_county(self, small_units: gpd.GeoDataFrame) -> None:
        found = self.of(small_units, ("zone_a", "f", "delimited", box(0, 0, 0.5, 1)))
        row = found.loc["910103"]
        assert (row["area_net_km2"], row["area_gross_km2"]) == pytest.approx((50.0, 50.0))
        assert (row["share_of_unit"], row["share_of_class"]) == pytest.approx((0.5, 1.0))
        assert (row["basis"], row["state"], row["count"]) == ("geometry", "concerned", 1)

    def test_net_and_gross_of_two_features_on_one_place(
        self, small_units: gpd.GeoDataFrame
    ) -> None:
        both = [("zone_a", key, "delimited", cell("910103")) for key in "fg"]
        row = self.of(small_units, *both).loc["910103"]
        assert (row["area_net_km2"], row["area_gross_km2"]) == pytest.approx((100.0, 200.0))
        assert (row["share_of_unit"], row["count"]) == pytest.approx((1.0, 2))

    def test_city_is_the_sum_of_its_counties(self, small_units: gpd.GeoDataFrame) -> None:
        found = self.of(small_units, ("zone_a", "f", "delimited", box(0.5, 0.5, 2.5, 1.5)))
        areas = found["area_net_km2"]
        in_a = areas[["910101", "910102", "910103", "910104"]]
        assert list(in_a) == pytest.approx([25.0, 50.0, 25.0, 50.0])
        assert [areas[CITY_A], areas[CITY_B], areas[PROVINCE]] == pytest.approx([150, 50, 200])
        assert found.loc[CITY_B, "share_of_unit"] == pytest.approx(0.25)
        assert found.loc[CITY_B, "share_of_class"] == pytest.approx(0.25)

    def test_indicative_figures_have_two_digits(self, small_units: gpd.GeoDataFrame) -> None:
        found = self.of(small_units, ("zone_a", "f", "indicative", box(0, 0, 0.123456, 1)))
        row = found.loc["910103"]
        assert row["basis"] == "indicative"
        assert (row["area_net_km2"], row["share_of_unit"]) == (12.0, 0.12)

    def test_line_has_a_length_without_area(self, small_units: gpd.GeoDataFrame) -> None:
        line = shapely.LineString(box(0.25, 0.25, 0.75, 0.75).exterior)
        row = self.of(small_units, ("line_work", "f", "indicative", line)).loc["910103"]
        assert row["length_km"] == 20.0
        assert np.isnan(row["area_net_km2"])

    @pytest.mark.parametrize("extent", ["within", "passes"])
    def test_list_has_a_count_and_no_area(self, small_units: gpd.GeoDataFrame, extent: str) -> None:
        members = [("mine", "m1", "910103", extent), ("mine", "m2", "910103", extent)]
        found = self.of(small_units, members=members)
        row = found.loc["910103"]
        assert (row["basis"], row["count"], row["state"]) == ("list", 2, "concerned")
        figures = ["area_net_km2", "area_gross_km2", "length_km", "share_of_unit", "share_of_class"]
        assert row[figures].isna().all()
        assert found.loc[CITY_A, "count"] == 2

    def test_feature_named_by_city_is_counted_there_only(
        self, small_units: gpd.GeoDataFrame
    ) -> None:
        found = self.of(small_units, members=[("mine", "m1", CITY_A, "within")])
        assert found.loc[CITY_A, "state"] == "concerned"
        assert found.loc["910103", "state"] == "no_data"
        assert found.loc["910201", "state"] == "not_concerned"

    def test_split_unit_stays_apart_from_exact_ones(self, small_units: gpd.GeoDataFrame) -> None:
        members = [
            ("zone_a", "f", "910101", "whole"),
            ("zone_a", "f", "910102", "indicative"),
        ]
        found = self.of(small_units, members=members)
        assert list(found.loc[["910101", "910102"], "basis"]) == ["geometry", "indicative"]
        assert list(found["area_net_km2"][CITY_A]) == pytest.approx([100.0, 100.0])

    def test_four_states(self, small_units: gpd.GeoDataFrame) -> None:
        inputs = overlay_inputs(small_units, [("zone_a", "f", "delimited", cell("910103"))])
        own = inputs["layers"]
        city = own.assign(layer="city", scope=CITY_A)
        slot = own.assign(layer="slot", kind="slot", features=0)
        layers = pd.concat([own, city, slot], ignore_index=True)
        found = build_overlay({**inputs, "layers": layers})["coverage"]
        states = found.set_index(["layer", "adcode"])["state"]
        assert states["own", "910103"] == "concerned"
        assert states["own", "910101"] == "not_concerned"
        assert states["city", "910101"] == "not_concerned"
        assert states["city", "910201"] == "out_of_scope"
        assert states["city", PROVINCE] == "out_of_scope"
        assert set(states["slot"]) == {"no_data"}


class TestOverlaps:
    def of(self, units: gpd.GeoDataFrame, *drawn: Any, members: Any = ()) -> pd.DataFrame:
        made = build_overlay(overlay_inputs(units, drawn, members=members))["overlaps"]
        return made.set_index(made["adcode"].fillna("all"))

    def test_pair_by_county_and_in_total(self, small_units: gpd.GeoDataFrame) -> None:
        found = self.of(
            small_units,
            ("zone_a", "f", "delimited", box(0, 0, 2, 1)),
            ("zone_b", "g", "delimited", box(0.5, 0, 1.5, 0.5)),
        )
        assert list(found.loc[["910103", "910104"], "area_km2"]) == pytest.approx([25.0, 25.0])
        total = found.loc["all"]
        assert (total["units"], total["basis"]) == (2, "geometry")
        assert total["area_km2"] == pytest.approx(50.0)
        assert (total["share_of_a"], total["share_of_b"]) == pytest.approx((0.25, 1.0))
        # No border of a county bounds these overlaps.
        assert found["uncertainty"].isna().all()

    def gross(self, units: gpd.GeoDataFrame, *drawn: Any, members: Any = ()) -> dict[str, Any]:
        """Return net and gross area by place of the one pair that there is."""
        found = self.of(units, *drawn, members=members)
        assert len(set(zip(found["class_a"], found["class_b"], strict=True))) == 1
        areas = found[["area_km2", "area_gross_km2"]]
        return {place: tuple(row) for place, row in zip(areas.index, areas.to_numpy(), strict=True)}

    def test_gross_is_net_where_no_place_counts_twice(self, small_units: gpd.GeoDataFrame) -> None:
        found = self.gross(
            small_units,
            ("zone_a", "f", "delimited", box(0, 0, 0.5, 1)),
            ("zone_a", "g", "delimited", box(0.5, 0, 1, 1)),
            ("zone_b", "h", "delimited", box(0.25, 0, 0.75, 1)),
        )
        assert set(found) == {"all", "910103"}
        assert {net == gross for net, gross in found.values()} == {True}

    def test_gross_is_added_over_pairs_of_features(self, small_units: gpd.GeoDataFrame) -> None:
        # Two of one class lie over each other on 20 km², 10 of them below the other class.
        found = self.gross(
            small_units,
            ("zone_a", "f", "delimited", box(0, 0, 0.6, 1)),
            ("zone_a", "g", "delimited", box(0.4, 0, 1, 1)),
            ("zone_b", "h", "delimited", box(0.5, 0, 1, 1)),
        )
        assert found["910103"] == pytest.approx((50, 60))
        assert found["all"] == pytest.approx((50, 60))

    def test_gross_of_whole_counties_counts_each_feature(
        self, small_units: gpd.GeoDataFrame
    ) -> None:
        twice = [("zone_a", name, "910103", "whole") for name in ("f", "g")]
        shape = ("zone_b", "h", "delimited", box(0, 0, 0.5, 1))
        assert self.gross(small_units, shape, members=twice)["all"] == pytest.approx((50, 100))
        also = [*twice, ("zone_b", "h", "910103", "whole")]
        assert self.gross(small_units, members=also)["all"] == pytest.approx((100, 200))

    def test_gross_of_a_class_of_whole_counties_and_shapes(
        self, small_units: gpd.GeoDataFrame
    ) -> None:
        member = [("zone_a", "f", "910103", "whole")]
        drawn = [
            ("zone_a", "g", "delimited", box(0, 0, 0.4, 1)),
            ("zone_b", "h", "delimited", box(0, 0, 0.2, 1)),
            ("zone_b", "i", "delimited", box(0.1, 0, 0.3, 1)),
        ]
        # 20 and 20 km² meet the county and the shape; 30 of 40 are their union.
        found = self.gross(small_units, *drawn, members=member)
        assert found["all"] == pytest.approx((30, 80))

    def test_a_class_of_shapes_and_lists_is_one_side(self, small_units: gpd.GeoDataFrame) -> None:
        found = self.of(
            small_units,
            members=[
                ("zone_a", "f", "910101", "whole"),
                ("zone_a", "g", "910102", "within"),
                ("mine", "m", "910101", "within"),
                ("mine", "n", "910102", "within"),
            ],
        )
        assert list(found.index) == ["all", "910101", "910102"]
        assert set(found["basis"]) == {"list"}
        assert found.loc["all", "units"] == 2
        # The class is not set against itself.
        assert set(zip(found["class_a"], found["class_b"], strict=True)) == {("mine", "zone_a")}

    def test_uncertainty_of_whole_counties(self, small_units: gpd.GeoDataFrame) -> None:
        found = self.of(
            small_units,
            ("zone_a", "f", "delimited", box(0, 0, 2, 1)),
            ("zone_b", "g", "delimited", box(0, 0, 2, 1)),
        )
        # Borders of a square county are uncertain by 2 km².
        assert found.loc["910103", "uncertainty"] == pytest.approx(2 / 100)
        assert found.loc["all", "uncertainty"] == pytest.approx(8**0.5 / 200)

    def test_uncertainty_is_unknown_where_one_county_is_in_part(
        self, small_units: gpd.GeoDataFrame
    ) -> None:
        found = self.of(
            small_units,
            ("zone_a", "f", "delimited", box(0, 0, 2, 1)),
            ("zone_b", "g", "delimited", box(0, 0, 1.5, 1)),
        )
        assert found.loc["910103", "uncertainty"] == pytest.approx(2 / 100)
        assert np.isnan(found.loc["910104", "uncertainty"])
        assert np.isnan(found.loc["all", "uncertainty"])

    def test_indicative_side_makes_the_pair_indicative(self, small_units: gpd.GeoDataFrame) -> None:
        found = self.of(
            small_units,
            ("zone_a", "f", "delimited", cell("910103")),
            ("zone_b", "g", "indicative", box(0.11111, 0, 1, 1)),
        )
        row = found.loc["all"]
        assert (row["basis"], row["area_km2"], row["share_of_a"]) == ("indicative", 89.0, 0.89)
        assert np.isnan(row["uncertainty"])

    def test_list_side_has_a_number_of_counties_and_no_area(
        self, small_units: gpd.GeoDataFrame
    ) -> None:
        found = self.of(
            small_units,
            ("zone_a", "f", "delimited", box(0, 0, 2, 0.5)),
            members=[("mine", "m", "910103", "within"), ("mine", "m", "910201", "within")],
        )
        assert list(found["adcode"].fillna("all")) == ["all", "910103"]
        row = found.loc["all"]
        assert (row["basis"], row["units"]) == ("list", 1)
        assert all(np.isnan(row[k]) for k in ("area_km2", "share_of_a", "share_of_b"))

    @pytest.mark.parametrize("class_", ["line_work", "zone_a"])
    def test_list_may_be_either_side(self, small_units: gpd.GeoDataFrame, class_: str) -> None:
        members = [("mine", "f", "910103", "whole"), (class_, "m", "910103", "within")]
        row = self.of(small_units, members=members).loc["all"]
        assert {row["class_a"], row["class_b"]} == {"mine", class_}
        assert (row["basis"], row["units"]) == ("list", 1)

    def test_whole_counties_and_a_list_have_no_area_either(
        self, small_units: gpd.GeoDataFrame
    ) -> None:
        members = [("zone_a", "f", "910103", "whole"), ("mine", "m", "910103", "within")]
        row = self.of(small_units, members=members).loc["all"]
        assert (row["basis"], row["units"]) == ("list", 1)
        assert np.isnan(row["area_km2"])

    def test_neighbours_do_not_overlap(self, small_units: gpd.GeoDataFrame) -> None:
        sides = ("zone_a", "f", "delimited", box(0, 0, 0.3, 1))
        assert self.of(small_units, sides, ("zone_b", "g", "delimited", box(0.3, 0, 1, 1))).empty
