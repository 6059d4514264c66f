"""Weights of a raster: exact fractions, equal to numpy where cells line up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import geopandas as gpd

from geoplan import crs
from geoplan.apportion import weights as module
from geoplan.apportion.weights import weights_of
from geoplan.errors import DataError, MissingCRSError, StageError, UsageError
from geoplan.raster import Class, Covered, look
from tests.apportion.squares import EVERY, cells, raster
from tests.raster import grids
from tests.small import CELLS

RUN = Any
RANDOM = np.random.default_rng(7)


def test_aligned_cells_equal_numpy(run: RUN, tmp_path: Path) -> None:
    values = RANDOM.integers(0, 90, (8, 12)).astype("int32")
    path = raster(tmp_path / "w.tif", values)
    made = run(EVERY, "redline", by=str(path))
    table = made.table.set_index(["adcode", "class"])
    inside = np.zeros(values.shape, dtype=bool)
    inside[2:6, 2:6] = True
    counts = dict(line.split(",") for line in EVERY.splitlines()[1:])
    for code, (column, row) in CELLS.items():
        square = (slice(4 - 4 * row, 8 - 4 * row), slice(4 * column, 4 * column + 4))
        own, whole = values[square][inside[square]].sum(), values[square].sum()
        rest = table.loc[(code, "~none")]
        assert rest["weight"] == pytest.approx(whole - own, rel=1e-6)
        assert rest["share_with_weights"] == pytest.approx(1, abs=1e-6)
        if own:
            given = table.loc[(code, "redline")]
            assert given["share_of_unit"] == pytest.approx(own / whole, rel=1e-6)
            assert abs(given["value"] - int(counts[code]) * own / whole) < 1
            assert given["method"] == "raster"
    assert made.checks["difference"].tolist() == [0] * 7
    city = run("name,人口\n甲州市,100000\n", "redline", by=str(path))
    share = values[2:6, 2:6].sum() / values[:, :8].sum()
    assert city.table["share_of_unit"].iloc[0] == pytest.approx(share, rel=1e-6)


def test_cells_that_get_lost_fail(
    run: RUN, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nothing = Covered(np.empty(0, dtype="int64"), np.empty(0))
    monkeypatch.setattr(module.raster, "fractions", lambda _, shapes: [nothing] * len(shapes))
    path = raster(tmp_path / "w.tif", np.ones((8, 12)))
    with pytest.raises(StageError, match="cells of its area were lost"):
        run(EVERY, "redline", by=str(path))


def test_cells_are_cut_by_their_exact_part(run: RUN, tmp_path: Path) -> None:
    # One cell a county: redline covers a quarter of it, whatever its weight.
    path = raster(tmp_path / "w.tif", np.array([[5, 7, 1], [9, 2, 1]], "float64"), cell=10_000)
    made = run(EVERY, "redline", by=str(path))
    assert cells(made)["910103", "redline"] == 750
    assert any("6个单元不足100个像元" in note for note in made.notes)


def test_density_counts_with_the_area_of_cells(
    run: RUN, tmp_path: Path, small_units: gpd.GeoDataFrame
) -> None:
    # In degrees, cells in the north are smaller: even density is an even spread.
    west, south, east, north = small_units.total_bounds + np.array([-0.01, -0.01, 0.01, 0.01])
    rows, columns = 250, 300
    place = grids.Affine((east - west) / columns, 0, west, 0, -(north - south) / rows, north)
    even = np.full((rows, columns), 3.0)
    path = grids.write(tmp_path / "d.tif", even, transform=place, crs="EPSG:4490")
    dense = run(EVERY, "redline", by=str(path), density=True)
    assert cells(dense)["910104", "redline"] == 1000
    row = dense.table.set_index(["adcode", "class"]).loc[("910104", "redline")]
    assert row["weight"] == pytest.approx(3 * 25e6, rel=1e-4)
    assert any("为密度，乘以像元面积" in note for note in dense.notes)
    assert any("为每像元数量" in n for n in run(EVERY, "redline", by=str(path)).notes)


@pytest.fixture
def holes(tmp_path: Path) -> Path:
    """Return weights: none in 910101, zeros in 910102, a half in 910103, else ones."""
    values = np.ones((8, 12))
    values[:4, :4] = -1  # nodata
    values[:4, 4:8] = 0
    values[4:, :2] = -1
    return raster(tmp_path / "holes.tif", values)


def test_zero_and_missing_weights_leave_a_count_unless_told(run: RUN, holes: Path) -> None:
    made = run(EVERY, "redline", by=str(holes))
    assert cells(made)["910101", "~left"] == 1000
    assert cells(made)["910102", "~left"] == 2000
    assert cells(made)["910103", "redline"] == 3000 / 2
    assert made.checks["left"].tolist() == [1000, 2000, 0, 0, 0, 0, 3000]
    told = "\n".join(made.notes)
    assert "2个单元的权重全为零或缺失，数值未分配：东山区、西山县" in told
    assert "2个单元只有部分面积有权重" in told
    assert "南水县50%" in told
    assert "未分配3000" in told
    fell = run(EVERY, "redline", by=str(holes), fallback="area")
    assert cells(fell)["910101", "redline"] == 250
    assert fell.table["method"].tolist()[:2] == ["fallback"] * 2
    assert any("改按面积分配：东山区、西山县" in note for note in fell.notes)
    # A unit that is all one class needs no weights.
    whole = run(EVERY, by=str(holes))
    assert cells(whole)["910101", "zone_a"] == 1000


def test_sketches_are_weighed_too(run: RUN, tmp_path: Path) -> None:
    path = raster(tmp_path / "w.tif", np.ones((80, 120)), cell=1000)
    made = run("adcode,人口\n910101,1234\n", "sketch", by=str(path))
    assert cells(made, "indicative") == {("910101", "line_work"): 120}


def test_tiles_do_not_matter(run: RUN, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = raster(tmp_path / "w.tif", RANDOM.random((16, 24)), cell=1270.5)
    one = run(EVERY, "redline", by=str(path))
    monkeypatch.setattr(module, "TILE", 7)
    many = run(EVERY, "redline", by=str(path), workers=2)
    assert cells(many) == cells(one)
    assert many.table["weight"].astype(float).tolist() == pytest.approx(
        one.table["weight"].astype(float).tolist(), rel=1e-6
    )


def test_classes_with_weights(run: RUN, tmp_path: Path) -> None:
    values = np.ones((8, 12), "uint8")
    values[:, ::2] = 2
    values[2:4, 2:4] = 3  # all of the redline in 910101
    path = raster(tmp_path / "k.tif", values, nodata=None)
    made = run(EVERY, "redline", by=str(path), weights="1=0,2=1, 3=3")
    # 4 cells of 3, and 6 of 2 outside.
    assert cells(made)["910101", "redline"] == round(1000 * 12 / 18)
    assert set(made.table["method"]) == {"classes", "whole"}
    assert any("按地类权重" in note and "3=3" in note for note in made.notes)
    with pytest.raises(UsageError, match=r"1 class\(es\) in the units have no weight: 3"):
        run(EVERY, "redline", by=str(path), weights="1=0,2=1")


def test_weights_are_read_by_number_or_title(tmp_path: Path) -> None:
    from dataclasses import replace

    path = raster(tmp_path / "k.tif", np.ones((8, 12), "uint8"), nodata=None)
    source = replace(look(path), legend=(Class(1, "林地", ""), Class(2, "建设用地", "")))
    assert weights_of("林地=0，2=1.5", source) == {1: 0.0, 2: 1.5}
    for text, told in (
        ("草地=1", r"write CLASS=WEIGHT; k.tif has 1 \(林地\), 2 \(建设用地\)"),
        ("1", "write CLASS=WEIGHT"),
        ("1=x", "'x' is no number of at least 0"),
        ("1=-1", "no number of at least 0"),
        ("1=1,林地=2", "林地 stands there twice"),
        ("1=0", "no class has a weight above 0"),
        ("", "no class has a weight above 0"),
    ):
        with pytest.raises(UsageError, match=told):
            weights_of(text, source)


def test_rasters_that_are_no_weights(run: RUN, tmp_path: Path) -> None:
    values = np.full((8, 12), 4.0)
    values[5, 5] = -3
    path = raster(tmp_path / "below.tif", values)
    with pytest.raises(DataError, match=r"1 cell\(s\) in 910104 are below 0"):
        run(EVERY, "redline", by=str(path))
    with pytest.raises(DataError, match=r"none\.tif"):
        run(EVERY, "redline", by=str(tmp_path / "none.tif"))
    path = raster(tmp_path / "bare.tif", np.ones((8, 12)), crs=None)
    with pytest.raises(MissingCRSError, match="--assume-crs"):
        run(EVERY, "redline", by=str(path))
    assumed = run(EVERY, "redline", by=str(path), look={"assume_crs": crs.WORK_CRS.to_wkt()})
    assert cells(assumed)["910101", "redline"] == 250
    assert any("states no coordinate system" in line for line in assumed.decisions)


def test_a_raster_of_elsewhere_leaves_all(run: RUN, tmp_path: Path) -> None:
    path = grids.write(tmp_path / "far.tif", np.ones((4, 4)))
    made = run(EVERY, "redline", by=str(path))
    assert made.checks.iloc[-1]["left"] == 10_000
    assert cells(made)["910201", "~none"] == 500
