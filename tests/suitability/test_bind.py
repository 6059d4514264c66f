"""What is missing, unknown, wrong or too coarse is told at once; layers exclude by their areas."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from geoplan import raster
from geoplan.errors import DataError, UsageError
from geoplan.suitability import Options, Run, make_files, prepare, read_models
from tests.small import SOUTH, WEST, SmallProject
from tests.suitability.conftest import GRID, GROUND, MODEL, by_county, write

Scored = Callable[..., Run]

FLAT = by_county({}, other=50), by_county({}, other=1)

LAYER = f"""[[suitability.constraint]]
id = "there"
title = {{ zh = "范围", en = "There" }}
layer = "NAME"
{GROUND}
[[suitability.factor]]
"""


def with_layer(project: SmallProject, name: str, tmp_path: Path, *, wide: str = "") -> Run:
    """Make ready a model that a layer constrains too."""
    text = MODEL.replace("[[suitability.factor]]\n", LAYER.replace("NAME", name), 1)
    path = project.root / "layers/suitability.toml"
    before = path.read_text("utf-8")
    path.write_text(text.replace(f'layer = "{name}"', f'layer = "{name}"\n{wide}'), "utf-8")
    given = {"heat": write(tmp_path / "heat.tif", FLAT[0])}
    given["cover"] = write(tmp_path / "cover.tif", FLAT[1], dtype="uint8")
    try:
        opened = project.load()
        model = read_models(opened)["test"]
        return prepare(model, given, unit="甲州市", project=opened, options=Options())
    finally:
        path.write_text(before, "utf-8")


def test_all_that_is_missing_is_told_with_who_needs_it(scored: Scored) -> None:
    with pytest.raises(UsageError, match="2 input\\(s\\) are missing") as told:
        scored(None, None)
    assert "raster heat (热, m), needed by hot, heat: give --raster heat=FILE" in str(told.value)
    assert "raster cover (覆盖), needed by water, cover" in str(told.value)
    assert "--without" in str(told.value)


def test_a_criterion_is_left_out_by_name_and_it_is_said(scored: Scored, tmp_path: Path) -> None:
    ready = scored(by_county({}, other=70), None, without=["water", "cover"])
    assert ready.rule.weights == (1.0,)
    made = make_files(ready, tmp_path / "out")
    assert made.tables.counties["good_km2"].iloc[-1] == pytest.approx(400, abs=1e-6)
    assert made.tables.sensitivity.empty
    told = "未参与评价：水、覆盖。其余因子的权重按比例放大。"
    assert told in [zh for zh, _ in made.notes]
    assert told in (tmp_path / "out/test-counties.csv").read_text("utf-8")
    assert told in raster.look(tmp_path / "out/test-score.tif").tags["GEOPLAN_NOTES"]
    used = made.tables.criteria.set_index("criterion")["used"].to_dict()
    assert used == {"hot": "是", "heat": "是", "water": "未参与", "cover": "未参与"}


@pytest.mark.parametrize(
    ("without", "told"),
    [(["hots"], "no such criterion. Did you mean hot"), (["heat", "cover"], "no factor is left")],
)
def test_what_cannot_be_left_out(scored: Scored, without: list[str], told: str) -> None:
    with pytest.raises(UsageError, match=told):
        scored(*FLAT, without=without)


@pytest.mark.parametrize(
    ("cell", "told"),
    [(0.123, "whole centimetres"), (-5, "whole centimetres"), (2000, "at most 1000 m")],
)
def test_cells_that_cannot_be(scored: Scored, cell: float, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        scored(*FLAT, cell_m=cell)


def test_coarse_cells_are_taken_by_force_only(scored: Scored) -> None:
    ready = scored(*FLAT, cell_m=2000, force=True)
    assert ready.coarse
    assert ready.coarsest_m == 2000


def test_a_raster_elsewhere_or_in_another_unit(
    scored: Scored, ready_template: SmallProject, tmp_path: Path
) -> None:
    with pytest.raises(DataError, match="400 of 400 cells of raster heat are not within -10"):
        make_files(scored(by_county({}, other=5000), FLAT[1]), tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == [], "nothing is half-written"
    far = raster.snapped((0, 3_000_000, 30_000, 3_020_000), 1_000)
    write(tmp_path / "far.tif", FLAT[0], grid=far)
    model = scored(*FLAT).bound.model
    given = {"heat": tmp_path / "far.tif", "cover": tmp_path / "cover.tif"}
    opened = ready_template.load()
    with pytest.raises(DataError, match="raster heat lies outside of the unit"):
        prepare(model, given, unit="甲州市", project=opened, options=Options())


def test_a_class_that_the_model_does_not_know_has_no_data(scored: Scored, tmp_path: Path) -> None:
    made = make_files(scored(FLAT[0], by_county({"910101": 9}, other=1)), tmp_path / "out")
    assert made.tables.counties["nodata_km2"].tolist() == pytest.approx(
        [100, 0, 0, 0, 100], abs=1e-6
    )


def test_whole_counties_exclude(ready_template: SmallProject, tmp_path: Path) -> None:
    ready = with_layer(ready_template, "zones/zone_a", tmp_path)
    table = make_files(ready, tmp_path / "out").tables.counties
    assert table["excluded_km2"].tolist() == pytest.approx([100, 100, 0, 0, 200], abs=1e-6)


@pytest.mark.parametrize(("wide", "area"), [("", 100), ("buffer_m = 2000", 140)])
def test_a_file_excludes_where_it_is_and_around(
    ready_template: SmallProject, tmp_path: Path, wide: str, area: float
) -> None:
    name = str(ready_template.root / "west.gpkg")
    ready = with_layer(ready_template, name, tmp_path, wide=wide)
    table = make_files(ready, tmp_path / "out").tables.counties
    assert table["excluded_km2"].iloc[-1] == pytest.approx(area, abs=1e-6)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("works-a", "layer works-a, needed by there: is known by list only \\(2 units\\)"),
        ("nowhere", "layer nowhere, needed by there: the catalogue has no shapes of that name"),
        ("gone.gpkg", "file gone.gpkg, needed by there: there is no such file"),
    ],
)
def test_what_has_no_area_excludes_nothing(
    ready_template: SmallProject, tmp_path: Path, name: str, told: str
) -> None:
    with pytest.raises(UsageError, match=told):
        with_layer(ready_template, name, tmp_path)


def test_the_grid_is_that_of_the_finest_raster_and_snapped(scored: Scored) -> None:
    grid = scored(*FLAT).rule.grid
    assert (grid.left, grid.top, grid.dx) == (WEST, SOUTH + 20_000, 1_000)
    assert grid.shape == (20, 20)
    assert np.prod(GRID.shape) == 600
