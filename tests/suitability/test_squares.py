"""Runs over four counties of 2 x 2 cells: exclusion, weights, gaps and borders by hand."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import shapely

from geoplan import geometry, raster
from geoplan.errors import DataError, UsageError
from geoplan.suitability import make, make_files
from geoplan.suitability.bind import Bound
from geoplan.suitability.cover import cover_of, covered_half
from geoplan.suitability.score import EXCLUDED, NODATA
from geoplan.suitability.tables import tables_of
from geoplan.suitability.work import work
from tests.suitability.tiny import (
    LEFT,
    LOW,
    amount,
    by_county,
    constraint,
    done_over,
    factor,
    grades,
    grid_of,
    made_over,
    model,
    run_of,
    run_over,
    saved,
    squares,
)

KM2 = geometry.AREA_UNITS_PER_KM2

PLAIN = model(factor("a", 1))
BOTH = model(factor("a", 0.5), factor("b", 0.5))

TWO = [constraint("high", "a", above=50), constraint("low", "b", below=10)]

# Cells where a constraint holds: high in 甲 and 乙, low in 甲 and 丙.
CELLS = {"a": by_county(80, 80, 40, 40), "b": by_county(5, 50, 5, 50)}


def km2(areas: np.ndarray) -> list[float]:
    """Return areas in km²."""
    return [round(v / KM2, 6) for v in areas.tolist()]


def excluding(*constraints: dict[str, object]) -> Any:
    """Return a model of two factors with constraints."""
    return model(factor("a", 0.5), factor("b", 0.5), constraints=constraints)


def test_a_constraint_alone_does_not_know_of_the_others(tmp_path: Path) -> None:
    done = done_over(tmp_path, excluding(*TWO), CELLS)
    assert [km2(row) for row in done.alone] == [[4, 4, 0, 0], [4, 0, 4, 0]]
    assert [km2(row) for row in done.in_order] == [[4, 4, 0, 0], [0, 0, 4, 0]]


def test_the_order_changes_what_each_takes_and_not_what_is_left(tmp_path: Path) -> None:
    done = done_over(tmp_path, excluding(*reversed(TWO)), CELLS)
    assert [km2(row) for row in done.alone] == [[4, 0, 4, 0], [4, 4, 0, 0]]
    assert [km2(row) for row in done.in_order] == [[4, 0, 4, 0], [0, 4, 0, 0]]
    assert km2(done.areas[0, :, EXCLUDED]) == [4, 4, 4, 0]


@pytest.mark.parametrize("order", [*permutations(range(3))], ids=str)
def test_what_is_left_is_the_same_in_every_order(tmp_path: Path, order: tuple[int, ...]) -> None:
    three = [*TWO, constraint("mid", "b", between=[5, 60])]
    made = made_over(tmp_path, excluding(*(three[place] for place in order)), CELLS)
    table = made.tables.exclusion
    assert table["step"].tolist() == [1, 2, 3]
    assert table["area_left_km2"].iloc[-1] == 0
    assert table["area_in_order_km2"].sum() == pytest.approx(16)
    alone = table.set_index("criterion")["area_alone_km2"].to_dict()
    assert alone == {"high": 8, "low": 8, "mid": 16}
    assert table["area_in_order_km2"].iloc[0] == table["area_alone_km2"].iloc[0]


def test_a_constraint_that_takes_nothing_leaves_all(tmp_path: Path) -> None:
    made = made_over(tmp_path, excluding(constraint("never", "a", above=1000)), CELLS)
    (row,) = made.tables.exclusion.to_dict("records")
    assert row["area_alone_km2"] == 0
    assert row["area_in_order_km2"] == 0
    assert row["share_alone"] == 0
    assert row["area_left_km2"] == 16
    assert row["share_left"] == 1


def test_all_is_excluded(tmp_path: Path) -> None:
    made = made_over(tmp_path, excluding(constraint("always", "a", above=-50)), CELLS)
    table = made.tables.counties
    assert table["excluded_km2"].tolist() == [4, 4, 4, 4, 16]
    assert table["mean_score"].isna().all()
    assert table["rank"].tolist() == [None] * 5
    assert made.tables.sensitivity["area_changed_km2"].tolist() == [0] * 4
    assert made.tables.sensitivity["moved"].tolist() == [""] * 4


def test_without_constraints_nothing_is_excluded(tmp_path: Path) -> None:
    made = made_over(tmp_path, BOTH, CELLS)
    assert made.tables.exclusion.empty
    assert made.tables.counties["excluded_km2"].tolist() == [0] * 5
    text = (tmp_path / "out/t-exclusion.csv").read_text("utf-8-sig")
    assert text.count("\n") == 1, "heads only"


@pytest.mark.parametrize(
    ("a", "b", "code"),
    [
        pytest.param(40, 20, 30, id="both known"),
        pytest.param(-1, 20, NODATA, id="a factor unknown"),
        pytest.param(40, -1, NODATA, id="factor and constraint unknown"),
        pytest.param(-1, -1, NODATA, id="nothing known"),
        pytest.param(80, 20, EXCLUDED, id="excluded"),
        pytest.param(80, -1, EXCLUDED, id="excluded though another is unknown"),
        pytest.param(-1, 5, EXCLUDED, id="excluded by the second though the first is unknown"),
        pytest.param(50, 10, 30, id="on both limits"),
        pytest.param(0, 10, 5, id="nought is a value"),
        pytest.param(0, 11, 6, id="half a point goes up"),
    ],
)
def test_a_cell_by_what_is_known_of_it(tmp_path: Path, a: float, b: float, code: int) -> None:
    cells = {"a": by_county(a, 40, 40, 40), "b": by_county(b, 20, 20, 20)}
    done = done_over(tmp_path, excluding(*TWO), cells)
    assert (done.codes[:2, :2] == code).all()
    assert (done.codes[2:] == 30).all()
    assert km2(done.areas[0, :, code])[0] == 4


def test_what_is_not_known_is_told_by_criterion(tmp_path: Path) -> None:
    cells = {"a": by_county(-1, 40, -1, 40), "b": by_county(20, -1, -1, 20)}
    done = done_over(tmp_path, excluding(*TWO), cells)
    assert [km2(row) for row in done.unknown] == [[4, 0, 4, 0], [0, 4, 4, 0]] * 2


def test_a_value_that_is_no_number_is_without_data(tmp_path: Path) -> None:
    cells = by_county(30, 30, 30, 30)
    cells[0][0], cells[3][3] = np.nan, np.inf
    done = done_over(tmp_path, PLAIN, {"a": cells})
    assert km2(done.areas[0, :, NODATA]) == [1, 0, 0, 1]
    assert km2(done.areas[0, :, 30]) == [3, 4, 4, 3]


def test_a_raster_that_ends_within_the_unit_leaves_the_rest_without_data(tmp_path: Path) -> None:
    half = raster.snapped((LEFT, LOW, LEFT + 2_000, LOW + 4_000), 1_000)
    source = saved(tmp_path / "a.tif", [[30, 30]] * 4, grid=half)
    table = make_files(run_of(PLAIN, {"a": source}), tmp_path / "out").tables.counties
    assert table["nodata_km2"].tolist() == [0, 4, 0, 4, 8]
    assert table["mean_score"].iloc[-1] == 30
    assert table["rank"].tolist() == [1, None, 1, None, None]


# Scores of 甲 to 丁: 50 50, 70 40, 40 80, 30 90; with weights of a half each.
SWING = {"a": by_county(50, 70, 40, 30), "b": by_county(50, 40, 80, 90)}


@pytest.mark.parametrize(
    ("variant", "codes", "changed", "moved"),
    [
        # 55 is no 60: means by equal weights are 50, 55, 60, 60.
        pytest.param(0, [50, 52, 64, 66], 0, "丙 1→2", id="a less: 0.4 and 0.6"),
        pytest.param(1, [50, 58, 56, 54], 8, "乙 3→1、丙 1→2、丁 1→3", id="a more: 0.6 and 0.4"),
        pytest.param(2, [50, 58, 56, 54], 8, "乙 3→1、丙 1→2、丁 1→3", id="b less is a more"),
        pytest.param(3, [50, 52, 64, 66], 0, "丙 1→2", id="b more is a less"),
    ],
)
def test_what_a_fifth_of_a_weight_changes(
    tmp_path: Path, variant: int, codes: list[int], changed: float, moved: str
) -> None:
    ready = run_over(tmp_path, BOTH, SWING)
    sums = make.run(ready, keep=lambda *_: None)
    assert [int(np.flatnonzero(row)[0]) for row in sums.areas[0]] == [50, 55, 60, 60]
    assert [int(np.flatnonzero(row)[0]) for row in sums.areas[variant + 1]] == codes
    row = tables_of(ready, sums).sensitivity.iloc[variant]
    assert row["area_changed_km2"] == changed
    assert row["share_changed"] == changed / 16
    assert row["moved"] == moved
    assert row["counties_moved"] == len(moved.split("、"))
    assert row["c1_km2"] == 8 - changed
    assert row["c1_km2"] + row["c2_km2"] == 16


def test_a_change_of_class_one_way_does_not_cancel_one_the_other_way(tmp_path: Path) -> None:
    # Equal weights: 60 and 58; a more: 56 and 62.4, so that 甲 loses its class and 乙 gains it.
    cells = {"a": by_county(40, 80, 0, 0), "b": by_county(80, 36, 0, 0)}
    table = made_over(tmp_path, BOTH, cells).tables.sensitivity
    assert table["c1_km2"].tolist() == [4, 4, 4, 4]
    assert table["area_changed_km2"].tolist() == [0, 8, 8, 0]


def test_excluded_cells_change_no_class(tmp_path: Path) -> None:
    own = excluding(constraint("no", "b", above=60))
    table = made_over(tmp_path, own, SWING).tables.sensitivity
    assert table["excluded_km2"].tolist() == [8] * 4
    assert table["area_changed_km2"].tolist() == [0] * 4


def test_one_factor_has_no_sensitivity(tmp_path: Path) -> None:
    made = made_over(tmp_path, PLAIN, {"a": by_county(10, 20, 30, 40)})
    assert made.tables.sensitivity.empty
    assert made.tables.counties["mean_score"].tolist() == [10, 20, 30, 40, 25]
    assert made.tables.counties["rank"].tolist() == [4, 3, 2, 1, None]


def test_a_factor_left_out_weighs_nothing(tmp_path: Path) -> None:
    own = model(factor("a", 0.2), factor("b", 0.3), factor("c", 0.5))
    cells = {"a": by_county(100, 0, 0, 0), "b": by_county(0, 100, 0, 0)}
    made = made_over(tmp_path, own, cells, without=["c"])
    assert made.tables.counties["mean_score"].tolist() == [40, 60, 0, 0, 25]
    table = made.tables.criteria.set_index("criterion")
    assert table["weight_used"].tolist()[:2] == pytest.approx([0.4, 0.6])
    assert np.isnan(table.loc["c", "weight_used"])
    assert table.loc["c", "weight"] == 0.5
    assert table.loc["c", "used"] == "未参与"
    assert made.tables.sensitivity["weight_changed"].tolist() == pytest.approx(
        [0.32, 0.48, 0.48, 0.72]
    )


def test_counties_alike_share_a_rank(tmp_path: Path) -> None:
    made = made_over(tmp_path, PLAIN, {"a": by_county(70, 50, 70, 20)})
    assert made.tables.counties["rank"].tolist() == [1, 3, 1, 4, None]


def test_counties_alike_share_a_rank_though_their_areas_are_off_by_a_hair(tmp_path: Path) -> None:
    # Each county has two columns of 80 and 40; outlines are off by a hundredth of a millimetre.
    outlines = [
        shapely.affinity.translate(one, xoff=k * 1e-5) for k, one in enumerate(squares(4e3))
    ]
    ready = run_over(tmp_path, PLAIN, {"a": [[80, 40, 80, 40]] * 4}, counties=outlines)
    table = make_files(ready, tmp_path / "out").tables.counties
    assert table["rank"].tolist() == [1, 1, 1, 1, None]


@pytest.mark.parametrize("off_m", [0, 1, 250, 333.3, 500, 999])
def test_areas_are_those_of_counties_wherever_borders_run(tmp_path: Path, off_m: float) -> None:
    cells = [[10, 70, -1, 95], [70, 10, 95, -1], [-1, 95, 10, 70], [95, -1, 70, 10]]
    own = model(factor("a", 1), constraints=[constraint("high", "a", above=90)])
    outlines = squares(4_000, off_m=off_m)
    done = done_over(tmp_path, own, {"a": cells}, counties=outlines)
    exact = geometry.area_units(np.array(outlines))
    assert done.areas[0].sum(axis=1).tolist() == exact.tolist()
    assert done.areas.sum() == 16 * KM2 * len(done.areas)
    # Each row has each value once, so that each of them has a quarter of all.
    assert km2(done.areas[0].sum(axis=0)[[10, 70, EXCLUDED, NODATA]]) == pytest.approx([4] * 4)
    assert done.alone.sum() == done.areas[0, :, EXCLUDED].sum()


def test_a_cell_on_a_border_is_shared(tmp_path: Path) -> None:
    cells = [[0, 60, 0, 0]] * 4
    outlines = squares(4_000, off_m=250)
    done = done_over(tmp_path, PLAIN, {"a": cells}, counties=outlines)
    # The second column is 0.75 km wide in the west, 0.25 km in the east.
    assert km2(done.areas[0, :, 60]) == [0.75 * 2.25, 0.25 * 2.25, 0.75 * 1.75, 0.25 * 1.75]


def test_tiles_add_up_to_the_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    outlines = squares(4_000, off_m=333.3)
    ready = run_over(tmp_path, BOTH, SWING, counties=outlines)
    whole = make.run(ready, keep=lambda *_: None)
    monkeypatch.setattr(make, "TILE", 1)
    monkeypatch.setattr(make, "BATCH", 3)
    small = run_of(BOTH, ready.bound.sources, counties=outlines)
    kept: list[tuple[int, int]] = []
    parts = make.run(small, keep=lambda window, _: kept.append((window.row, window.col)))
    assert kept == [(row, col) for row in range(4) for col in range(4)]
    assert np.abs(parts.areas.sum(axis=2) - whole.areas.sum(axis=2)).max() <= 16, "1e-4 m² a tile"
    # Shares have 7 digits: 0.1 m² in each of the 7 cells on the borders.
    assert np.abs(parts.areas - whole.areas).max() <= 7_000
    assert np.abs(parts.changed - whole.changed).max() <= 7_000


def test_cells_outside_of_all_counties_are_without_data_and_count_nowhere(tmp_path: Path) -> None:
    (west, *_) = squares(4_000)
    done = done_over(tmp_path, PLAIN, {"a": by_county(30, 30, 30, 30)}, counties=[west])
    assert (done.codes[:2, :2] == 30).all()
    assert (done.codes[2:] == NODATA).all()
    assert (done.codes[:, 2:] == NODATA).all()
    assert done.areas.sum() == 4 * KM2


def test_a_county_that_only_touches_a_tile_has_nothing_there() -> None:
    grid = grid_of()
    beside = shapely.box(LEFT + 4_000, LOW, LEFT + 8_000, LOW + 4_000)
    corner = shapely.box(LEFT - 9, LOW - 9, LEFT, LOW)
    inner = shapely.box(LEFT, LOW, LEFT + 1_000, LOW + 500)
    cover = cover_of(grid, [beside, inner, corner])
    areas = cover.areas(np.zeros(grid.shape, dtype="uint8"), 1)[:, 0]
    assert km2(areas) == [0, 0.5, 0]
    assert cover.inside.tolist() == [12]


def test_a_county_smaller_than_a_cell_keeps_its_area() -> None:
    speck = shapely.box(LEFT + 10, LOW + 10, LEFT + 10.1, LOW + 10.1)
    areas = cover_of(grid_of(), [speck]).areas(np.zeros((4, 4), dtype="uint8"), 1)
    assert areas.tolist() == [[100]], "0.01 m²"


@pytest.mark.parametrize(
    ("width_m", "there"),
    [
        pytest.param(499, False, id="less than half"),
        pytest.param(500, True, id="half"),
        pytest.param(501, True, id="more than half"),
        pytest.param(0.001, False, id="a hair"),
    ],
)
def test_a_layer_needs_half_a_cell(width_m: float, *, there: bool) -> None:
    strip = shapely.box(LEFT, LOW, LEFT + width_m, LOW + 1_000)
    made = covered_half(grid_of(), [strip])
    assert bool(made[3, 0]) is there
    assert made.sum() == there


def test_two_parts_of_a_layer_make_half_a_cell_together() -> None:
    parts = [
        shapely.box(LEFT, LOW, LEFT + 250, LOW + 1_000),
        shapely.box(LEFT + 750, LOW, LEFT + 1_000, LOW + 1_000),
        shapely.box(LEFT + 9_000, LOW, LEFT + 9_999, LOW + 1_000),
    ]
    assert covered_half(grid_of(), parts)[3].tolist() == [True, False, False, False]
    assert not covered_half(grid_of(), parts[:1]).any()
    assert not covered_half(grid_of(), []).any()


def test_a_layer_scores_inside_and_outside(tmp_path: Path) -> None:
    zone = {**factor("zone", 1, scores={"inside": 90, "outside": 20}), "layer": "z"}
    del zone["raster"]
    own = model(zone)
    west = np.array([shapely.box(LEFT, LOW, LEFT + 2_000, LOW + 4_000)])
    ready = run_of(own, {}, shapes={"zone": west})
    table = make_files(ready, tmp_path / "out").tables.counties
    assert table["mean_score"].tolist() == [90, 20, 90, 20, 55]
    assert table["rank"].tolist() == [1, 3, 1, 3, None]


def test_a_layer_excludes_by_halves_of_cells(tmp_path: Path) -> None:
    zone = constraint("zone", "z")
    zone["layer"] = zone.pop("raster")
    own = model(factor("a", 1), constraints=[zone], inputs=[amount("a")])
    source = saved(tmp_path / "a.tif", by_county(30, 30, 30, 30), grid=grid_of())
    strip = np.array([shapely.box(LEFT, LOW, LEFT + 1_600, LOW + 4_000)])
    (task,) = run_of(own, {"a": source}, shapes={"zone": strip}).tasks
    done = work(task)
    assert km2(done.alone[0]) == [4, 0, 4, 0], "1.6 km are two cells"
    assert km2(done.unknown[0]) == [0] * 4, "a layer is known everywhere"


def heights(name: str, **more: object) -> dict[str, object]:
    """Return a part of a model that takes its values from heights."""
    return {"id": name, "title": {"zh": "试", "en": "x"}, "of": "dem", **more}


def facing(**test: object) -> Any:
    """Return a model that excludes by aspect."""
    ground = {"assumption": {"zh": "试", "en": "x"}}
    slope = heights("s", derived="slope", curve=[[0, 50], [90, 50]], **ground)
    slope["weight"] = {"value": 1, **ground}
    aspect = heights("face", derived="aspect", **ground, **test)
    return model(slope, constraints=[aspect], inputs=[amount("dem", unit="m")])


@pytest.mark.parametrize(
    ("test", "level", "west"),
    [
        pytest.param({"below": 45}, 0, 0, id="north-east"),
        pytest.param({"between": [225, 315]}, 0, 1, id="west"),
        pytest.param({"between": [-5, 45]}, 0, 0, id="a range about north"),
        pytest.param({"above": 180}, 0, 1, id="western half"),
    ],
)
def test_level_ground_faces_nowhere_and_is_not_excluded_by_aspect(
    tmp_path: Path, test: dict[str, object], level: int, west: int
) -> None:
    for rise, expected in ((0, level), (0.2, west)):
        # Wider than the counties, so that each cell has neighbours.
        wide = raster.snapped((LEFT - 100, LOW - 100, LEFT + 140, LOW + 140), 10)
        cells = np.tile(np.arange(24) * 10 * rise, (24, 1)).tolist()
        source = saved(tmp_path / f"{rise}.tif", cells, grid=wide, nodata=-9999)
        done = done_of(run_of(facing(**test), {"dem": source}, cell_m=10))
        assert int(done.in_order.sum()) == expected * 1_600 * geometry.AREA_UNITS_PER_M2


def done_of(ready: Any) -> Any:
    """Return what the one tile of a run gives."""
    (task,) = ready.tasks
    return work(task)


LIMITED = model(factor("a", 1), inputs=[amount("a", unit="m", plausible=[0, 50])])


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        pytest.param(by_county(0, 50, 25, 10), None, id="both ends can be"),
        pytest.param(by_county(51, 50, 25, 10), "4 of 16 cells of raster a", id="above"),
        pytest.param(by_county(-2, 50, 25, 10), "are not within 0 to 50 m", id="below"),
        pytest.param(by_county(-1, -1, -1, 99), "4 of 4 cells", id="gaps are no cells"),
        pytest.param(by_county(-1, -1, -1, -1), "has no value within the unit", id="gaps only"),
        pytest.param(by_county(-1, -1, -1, 5), None, id="one county only"),
    ],
)
def test_values_that_cannot_be(tmp_path: Path, cells: Any, told: str | None) -> None:
    ready = run_over(tmp_path, LIMITED, {"a": cells})
    if told is None:
        assert make.run(ready, keep=lambda *_: None).odd["a"][0] == 0
        return
    with pytest.raises(DataError, match=told):
        make_files(ready, tmp_path / "out")
    assert not [*(tmp_path / "out").iterdir()], "nothing is half-written"


@pytest.mark.parametrize(
    ("value", "told"),
    [(100, None), (5_000, "are not within 0 to 900 m"), (-1, "has no value within the unit")],
)
def test_heights_are_checked_though_only_their_slope_is_taken(
    tmp_path: Path, value: float, told: str | None
) -> None:
    ground = {"assumption": {"zh": "试", "en": "x"}}
    slope = heights("s", derived="slope", curve=[[0, 50], [90, 0]], **ground)
    slope["weight"] = {"value": 1, **ground}
    own = model(slope, inputs=[amount("dem", unit="m", plausible=[0, 900])])
    wide = raster.snapped((LEFT - 100, LOW - 100, LEFT + 140, LOW + 140), 10)
    source = saved(tmp_path / "dem.tif", [[value] * 24] * 24, grid=wide)
    ready = run_of(own, {"dem": source}, cell_m=10)
    if told is None:
        assert make.run(ready, keep=lambda *_: None).odd == {"dem": (0, 16)}
        return
    with pytest.raises(DataError, match=told):
        make.run(ready, keep=lambda *_: None)


def cell_for(own: Any, sources: dict[str, raster.Source], **options: Any) -> float:
    """Return the side of cells that is taken."""
    return make._cell(Bound(own, (1.0,), (), sources, {}, {}), make.Options(**options))


@pytest.mark.parametrize("cell_m", [0.01, 0.29, 1.1, 12.34, 30, 4_999.99, 5_000])
def test_sides_of_whole_centimetres_are_taken(cell_m: float) -> None:
    assert cell_for(PLAIN, {}, cell_m=cell_m) == cell_m


@pytest.mark.parametrize(
    "cell_m", [0, -30, 0.001, 1.234, float("nan"), float("inf"), float("-inf")]
)
def test_other_sides_are_not(cell_m: float) -> None:
    with pytest.raises(UsageError, match="give whole centimetres above 0"):
        cell_for(PLAIN, {}, cell_m=cell_m)


def test_without_rasters_a_side_has_to_be_given() -> None:
    with pytest.raises(UsageError, match="uses no raster; say how large cells are: --cell M"):
        cell_for(PLAIN, {})


def test_the_finest_raster_gives_the_side_and_the_coarsest_is_refused(tmp_path: Path) -> None:
    fine = saved(tmp_path / "a.tif", [[1] * 4] * 4, grid=grid_of(25))
    rough = saved(tmp_path / "b.tif", [[1] * 4] * 4, grid=grid_of(400))
    sources = {"a": fine, "b": rough}
    assert cell_for(BOTH, sources) == 25
    own = model(factor("a", 0.5), factor("b", 0.5), max_cell_m={"value": 100, **GROUND})
    with pytest.raises(UsageError, match="raster b has 400 m") as told:
        cell_for(own, sources)
    assert "--cell has" not in str(told.value), "25 m are fine enough"
    assert cell_for(own, sources, force=True) == 25
    assert cell_for(own, {"a": fine}, cell_m=102) == 102, "2 % are not coarser"
    with pytest.raises(UsageError, match="--cell has 103 m"):
        cell_for(own, {"a": fine}, cell_m=103)


GROUND = {"assumption": {"zh": "粗了没有意义", "en": "Coarse says nothing"}}


@pytest.mark.parametrize(
    ("lows", "areas"),
    [
        pytest.param((50, 0), [12, 4], id="two"),
        pytest.param((70, 50, 0), [4, 8, 4], id="three"),
        pytest.param((100, 70.5, 50, 0), [0, 0, 12, 4], id="four, two of them empty"),
        pytest.param((1, 0), [16, 0], id="nothing is as low as the last"),
    ],
)
def test_classes_of_the_result(tmp_path: Path, lows: tuple[float, ...], areas: list[float]) -> None:
    own = model(factor("a", 1), **{"class": grades(*lows)})
    made = made_over(tmp_path, own, {"a": by_county(70, 69.4, 50, 49.4)})
    columns = [f"c{place}_km2" for place in range(1, 1 + len(lows))]
    assert made.tables.counties[columns].iloc[-1].tolist() == areas
    found = raster.read(raster.look(tmp_path / "out/t-class.tif"))
    assert sorted({*found.compressed().tolist()}) == [i for i, a in enumerate(areas, 1) if a]
