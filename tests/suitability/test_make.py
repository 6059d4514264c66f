"""Runs of a model over squares: areas, exclusion in order, sensitivity, all by hand."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from geoplan import raster
from geoplan.suitability import Made, Run, make, make_files
from tests.suitability.conftest import GRID, by_county

Scored = Callable[..., Run]

EAST, WEST, SOUTH, TOWN = "910101", "910102", "910103", "910104"
COLUMNS = ["good_km2", "poor_km2", "excluded_km2", "nodata_km2"]


def areas(made: Made) -> dict[str, list[float]]:
    """Return the areas of counties by code; the total under ``""``."""
    table = made.tables.counties.set_index("adcode")[COLUMNS]
    return {
        code: [round(v, 6) for v in row]
        for code, row in zip(table.index, table.to_numpy(), strict=True)
    }


def test_counties_have_the_areas_of_their_classes(scored: Scored, tmp_path: Path) -> None:
    # 0.75 x 80 + 0.25 x 100 = 85 good; 0.75 x 40 + 0 = 30 poor; water; hot.
    heat = by_county({EAST: 80, WEST: 40, SOUTH: 50, TOWN: 95})
    cover = by_county({EAST: 1, WEST: 2, SOUTH: 3, TOWN: 1}, other=1)
    made = make_files(scored(heat, cover), tmp_path / "out")
    assert areas(made) == {
        EAST: [100, 0, 0, 0],
        WEST: [0, 100, 0, 0],
        SOUTH: [0, 0, 100, 0],
        TOWN: [0, 0, 100, 0],
        "": [100, 100, 200, 0],
    }
    table = made.tables.counties.set_index("adcode")
    assert table["mean_score"].tolist()[:2] == [85, 30]
    assert table["mean_score"].tolist()[4] == pytest.approx(57.5, abs=1e-6)
    assert table["rank"].tolist() == [1, 2, None, None, None]


def test_what_is_not_known_has_no_class_unless_it_is_excluded(
    scored: Scored, tmp_path: Path
) -> None:
    heat = by_county({EAST: -1, WEST: -1, SOUTH: 80, TOWN: 80})
    cover = by_county({EAST: 1, WEST: 3, SOUTH: 255, TOWN: 1}, other=1)
    made = make_files(scored(heat, cover), tmp_path / "out")
    found = areas(made)
    assert found[EAST] == [0, 0, 0, 100]
    assert found[WEST] == [0, 0, 100, 0], "water, whatever the heat"
    assert found[SOUTH] == [0, 0, 0, 100]
    assert found[TOWN] == [100, 0, 0, 0]
    unknown = made.tables.exclusion.set_index("criterion")["area_unknown_km2"]
    assert unknown.round(6).to_dict() == {"water": 100, "hot": 200}


def test_exclusion_alone_and_in_order(scored: Scored, tmp_path: Path) -> None:
    heat = by_county({EAST: 95, WEST: 95, SOUTH: 10, TOWN: 10})
    cover = by_county({EAST: 3, WEST: 1, SOUTH: 3, TOWN: 1}, other=1)
    table = make_files(scored(heat, cover), tmp_path / "out").tables.exclusion
    assert table["criterion"].tolist() == ["water", "hot"]
    assert table["area_alone_km2"].tolist() == pytest.approx([200, 200], abs=1e-6)
    assert table["area_in_order_km2"].tolist() == pytest.approx([200, 100], abs=1e-6)
    assert table["area_left_km2"].tolist() == pytest.approx([200, 100], abs=1e-6)
    assert table["share_left"].tolist() == pytest.approx([0.5, 0.25], abs=1e-8)


def test_sensitivity_by_hand(scored: Scored, tmp_path: Path) -> None:
    # Heat and cover weigh 0.75 and 0.25; a fifth less or more makes heat 0.6 and 0.9.
    heat = by_county({EAST: 50, WEST: 90, SOUTH: 70, TOWN: 0})
    cover = by_county({EAST: 1, WEST: 2, SOUTH: 2, TOWN: 1}, other=1)
    # Scores: 62.5 -> 63, 67.5 -> 68, 52.5 -> 53, 25.
    made = make_files(scored(heat, cover), tmp_path / "out")
    assert areas(made)[""] == [200, 200, 0, 0]
    table = made.tables.sensitivity
    assert table["factor"].tolist() == ["heat", "heat", "cover", "cover"]
    assert table["change"].tolist() == [-0.2, 0.2, -0.2, 0.2]
    assert table["weight_changed"].tolist() == pytest.approx([0.6, 0.9, 0.2, 0.3])
    # heat 0.6: 70, 54, 42, 40; 0.9: 55, 81, 63, 10; cover 0.2: 60, 72, 56, 20; 0.3: 65, 63, 49, 30
    assert table["good_km2"].tolist() == pytest.approx([100, 200, 200, 200], abs=1e-6)
    assert table["area_changed_km2"].tolist() == pytest.approx([100, 200, 0, 0], abs=1e-6)
    assert table["share_changed"].tolist() == pytest.approx([0.25, 0.5, 0, 0], abs=1e-8)
    assert table["counties_moved"].tolist() == [2, 2, 0, 2]
    assert table["moved"].tolist()[0] == "东山区 2→1、西山县 1→2"
    assert table["moved"].tolist()[1] == "东山区 2→3、南水县 3→2"


def test_areas_are_conserved_on_cells_that_do_not_fit(scored: Scored, tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    heat, cover = rng.uniform(0, 100, GRID.shape), rng.integers(1, 4, GRID.shape)
    made = make_files(scored(heat, cover, unit="试省", cell_m=770), tmp_path / "out")
    table = made.tables.counties
    assert table[COLUMNS].sum(axis=1).tolist() == pytest.approx(
        table["area_km2"].tolist(), abs=1e-9
    )
    assert table["area_km2"].tolist() == pytest.approx([100] * 6 + [600], abs=1e-6)
    assert (table[COLUMNS[:3]].iloc[-1] > 50).all()
    left = made.tables.exclusion["area_left_km2"].iloc[-1]
    assert left == pytest.approx(
        table[["good_km2", "poor_km2", "nodata_km2"]].iloc[-1].sum(), abs=1e-9
    )


def test_workers_and_tiles_do_not_matter(
    scored: Scored, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(2)
    heat, cover = rng.uniform(0, 100, GRID.shape), rng.integers(1, 4, GRID.shape)

    def made(name: str, tile: int, **more: object) -> dict[str, str]:
        monkeypatch.setattr(make, "TILE", tile)
        files = make_files(scored(heat, cover, **more), tmp_path / name).files
        return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}

    one = made("a", 512, scheduler="synchronous")
    assert len(one) == 7
    assert made("b", 512, scheduler="threads", workers=3) == one
    assert made("c", 7, scheduler="threads", workers=2) == one


def test_grids_say_what_they_are(scored: Scored, tmp_path: Path) -> None:
    heat = by_county({EAST: 80, WEST: 40, SOUTH: 50, TOWN: 95})
    cover = by_county({EAST: 1, WEST: 2, SOUTH: 3, TOWN: 1}, other=1)
    made = make_files(scored(heat, cover), tmp_path / "out")
    assert [path.name for path in made.files] == [
        *("test-class.tif", "test-counties.csv", "test-criteria.csv", "test-exclusion.csv"),
        *("test-score.tif", "test-sensitivity.csv", "test.xlsx"),
    ]
    classes = raster.look(tmp_path / "out/test-class.tif")
    assert classes.kind == "categorical"
    assert [(c.value, c.title, c.colour) for c in classes.legend] == [
        *((0, "约束排除", "#8c8c8c"), (1, "好", "#00aa00"), (2, "差", "#eeeeee"))
    ]
    assert raster.read(classes)[[0, 0, 19, 19], [0, 19, 0, 19]].tolist() == [1, 2, 0, 0]
    scores = raster.look(tmp_path / "out/test-score.tif")
    assert scores.kind == "continuous"
    corners = raster.read(scores).astype(int)[[0, 0, 19, 19], [0, 19, 0, 19]]
    assert corners.filled(-1).tolist() == [85, 30, -1, -1]
    assert json.loads(scores.tags["GEOPLAN_WEIGHTS"]) == {"heat": 0.75, "cover": 0.25}
    inputs = json.loads(scores.tags["GEOPLAN_INPUTS"])
    digest = hashlib.sha256((tmp_path / "heat.tif").read_bytes()).hexdigest()
    assert inputs["heat"] == {"heat.tif": digest}
    assert "粗略示例，不能用作双评价" in scores.tags["GEOPLAN_NOTES"], "1 km is coarse"
    assert not scores.synthetic


def test_what_is_synthetic_says_so_everywhere(scored: Scored, tmp_path: Path) -> None:
    flat = by_county({}, other=50), by_county({}, other=1)
    made = make_files(scored(*flat, synthetic=True), tmp_path / "out")
    for path in made.files:
        if path.suffix == ".csv":
            assert "synthetic 合成数据" in path.read_text("utf-8")
        if path.suffix == ".tif":
            found = raster.look(path)
            assert found.synthetic
            assert "合成数据" in found.tags["GEOPLAN_TITLE"]
    assert "合成数据" in made.notes[0][0]
