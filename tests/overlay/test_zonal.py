"""What units get of a raster: by exact parts of cells, in any tiles, kept between runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import geopandas as gpd
from rasterio import Affine

from geoplan import crs, raster
from geoplan.errors import StageError
from geoplan.kept import Kept
from geoplan.overlay import cells, mean_heights
from geoplan.overlay.zonal import zonal_table
from geoplan.raster import Grid, Window
from geoplan.schema import Tables, frame
from geoplan.zonal import Zones, statistics
from tests.grids import of_counties, write_grid
from tests.small import CELLS, CITY_A, CITY_B, PROVINCE

FACTS = {
    "layer": "dem",
    "raster_kind": "continuous",
    "measure": "m",
    "path": "x",
    "sha256": "1",
    "crs": "",
    "cell_width_m": 1.0,
    "cell_height_m": 1.0,
    "columns": 1,
    "rows": 1,
    "band": 1,
    "cell_type": "",
    "synthetic": False,
    "file_line": 1,
}
CLASSES = {"raster_kind": "categorical", "measure": None, "values": "1=zone_a 2=zone_b 3=zone_a"}
DEGREES = {"crs": "EPSG:4490", "transform": Affine(0.05, 0, 112.0, 0, -0.05, 37.6)}

Zonal = Callable[..., pd.DataFrame]


def tables_of(units: gpd.GeoDataFrame, **facts: Any) -> Tables:
    return {"units": units, "rasters": frame("rasters", [FACTS | facts])}


@pytest.fixture
def zonal(small_units: gpd.GeoDataFrame, tmp_path: Path) -> Zonal:
    """Return a function that makes the table of an array, with units as index."""

    def make(
        values: np.ndarray, facts: Mapping[str, Any] | None = None, **about: Any
    ) -> pd.DataFrame:
        path = write_grid(tmp_path / "dem.tif", values, **about)
        tables = tables_of(small_units, **(facts or {}))
        made, issues = zonal_table(tables, {"dem": path}, kept=Kept(None))
        made.attrs["issues"] = issues
        return made.set_index("adcode")

    return make


def test_cells_that_lie_in_one_county_are_its_own(zonal: Zonal) -> None:
    made = zonal(of_counties(c910202=90.0))
    assert list(made.index) == sorted([*CELLS, CITY_A, CITY_B, PROVINCE])
    for code in CELLS:
        expected = 90 if code == "910202" else int(code[-1])
        columns = ["mean", "min", "q10", "median", "q90", "max"]
        assert made.loc[code, columns].tolist() == pytest.approx([expected] * 6)
        assert made.loc[code, ["cells", "share_covered"]].tolist() == pytest.approx([16, 1])
    assert set(made["measure"]) == {"m"}
    assert set(made["class"]) == {""}
    assert made["area_km2"].isna().all()
    assert made.attrs["issues"] == []


def test_units_above_are_made_of_cells_not_of_means(zonal: Zonal) -> None:
    values = of_counties()
    values[0:4, 0:3] = -1.0  # without data: three quarters of 910101
    made = zonal(values, {"nodata": -1.0})
    assert made.loc["910101", "share_covered"] == pytest.approx(0.25)
    assert made.loc["910101", "mean"] == pytest.approx(1)
    # 4 cells of 1, and 16 each of 2, 3 and 4: not (1 + 2 + 3 + 4) / 4.
    assert made.loc[CITY_A, "mean"] == pytest.approx((4 + 16 * 9) / 52)
    assert made.loc[CITY_A, "share_covered"] == pytest.approx(52 / 64)
    assert made.loc[CITY_A, ["q10", "median", "q90"]].tolist() == pytest.approx([2, 3, 4])
    assert made.loc[PROVINCE, "cells"] == pytest.approx(84)


def test_cells_count_by_the_part_that_lies_in_the_unit(zonal: Zonal) -> None:
    # Cells as large as counties, shifted by a fifth of one to the west: a fifth of each is the
    # next one's, and the easternmost counties have a fifth without a cell.
    values = np.array([[10.0, 20.0, 30.0], [10.0, 20.0, 30.0]])
    made = zonal(values, left=-2_000.0, cell=10_000.0)
    assert made.loc["910101", "mean"] == pytest.approx(0.8 * 10 + 0.2 * 20)
    assert made.loc["910102", "mean"] == pytest.approx(0.8 * 20 + 0.2 * 30)
    assert made.loc["910201", ["mean", "cells", "share_covered"]].tolist() == pytest.approx(
        [30, 0.8, 0.8]
    )
    # Of two cells, the first stands at 0 and the last at 1: quantiles lie between in proportion.
    assert made.loc["910101", ["min", "q10", "median", "q90", "max"]].tolist() == pytest.approx(
        [10, 11, 15, 19, 20]
    )


def test_a_unit_without_a_cell_has_a_row_and_is_told(zonal: Zonal) -> None:
    made = zonal(of_counties()[:, :8])
    assert made.loc["910201", ["cells", "share_covered"]].tolist() == [0, 0]
    assert pd.isna(made.loc["910201", "mean"])
    assert made.loc[PROVINCE, "share_covered"] == pytest.approx(2 / 3)
    (issue,) = made.attrs["issues"]
    assert issue["check"] == "raster_uncovered"
    assert issue["message"] == "3 unit(s) have no cell with data, such as 910200"


def test_classes_have_areas_that_add_up(zonal: Zonal) -> None:
    values = of_counties(c910104=9, c910202=0).astype("uint8")
    values[4, 0] = 1  # a cell of 6.25 km2 in 910103, whose others are 3: both are zone_a
    made = zonal(values, CLASSES | {"nodata": 0.0}).set_index("class", append=True)
    assert made.loc[("910103", "zone_a"), "area_km2"] == pytest.approx(100)
    assert made.loc[("910103", "zone_a"), "cells"] == pytest.approx(16)
    city = made.loc[CITY_A]
    assert city["area_km2"].to_dict() == pytest.approx({"": 100, "zone_a": 200, "zone_b": 100})
    assert city["share_of_unit"].sum() == pytest.approx(1)
    # No data is a class of no unit; a unit without any keeps a row.
    assert made.loc[("910202", ""), ["cells", "share_covered"]].tolist() == [0, 0]
    assert pd.isna(made.loc[("910202", ""), "area_km2"])
    assert made["mean"].isna().all()
    checks = {issue["check"]: issue["measured"] for issue in made.attrs["issues"]}
    assert checks == {"raster_uncovered": "1", "raster_unlisted": "100.000000 km2"}


def test_in_degrees_too_areas_are_those_of_the_units(zonal: Zonal) -> None:
    values = np.arange(16 * 18, dtype="uint8").reshape(16, 18) % 3 + 1
    made = zonal(values, CLASSES, **DEGREES)
    sums = made.groupby("adcode")["area_km2"].sum()
    assert sums[PROVINCE] == pytest.approx(600, abs=1e-6)
    assert sums[list(CELLS)].tolist() == pytest.approx([100] * 6, abs=1e-6)
    assert (made["share_covered"] == 1).all()


def tiles_of(size: int) -> Callable[[Grid], list[Window]]:
    """Return what cuts a grid into squares of `size` cells."""

    def tiles(grid: Grid) -> list[Window]:
        return [
            Window(r, c, min(size, grid.height - r), min(size, grid.width - c))
            for r in range(0, grid.height, size)
            for c in range(0, grid.width, size)
        ]

    return tiles


@pytest.mark.parametrize("size", [1, 5])  # more tiles than are held at once
def test_tiles_change_no_figure(zonal: Zonal, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    values = np.random.default_rng(5).integers(0, 50, (16, 18)).astype("float32")
    whole = zonal(values, {"nodata": 7.0}, **DEGREES)
    monkeypatch.setattr(Grid, "tiles", tiles_of(size))
    parts = zonal(values, {"nodata": 7.0}, **DEGREES)
    pd.testing.assert_frame_equal(whole, parts, check_exact=False, rtol=1e-12)


def test_workers_change_no_bit(
    small_units: gpd.GeoDataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_grid(tmp_path / "dem.tif", np.random.default_rng(5).random((40, 60)), cell=500)
    monkeypatch.setattr(Grid, "tiles", tiles_of(13))
    found = [
        zonal_table(
            tables_of(small_units), {"dem": path}, scheduler=how, workers=n, kept=Kept(None)
        )[0]
        for how, n in (("synchronous", 1), ("threads", 2))
    ]
    pd.testing.assert_frame_equal(*found, check_exact=True)


def test_many_real_values_are_shortened_for_quantiles_alone(
    zonal: Zonal, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = np.random.default_rng(3).normal(1000, 400, (8, 12))
    exact = zonal(values)
    monkeypatch.setattr(cells, "MOST_EXACT", 10)
    short = zonal(values)
    same = ["mean", "min", "max", "cells", "share_covered"]
    pd.testing.assert_frame_equal(exact[same], short[same])
    for name in ("q10", "median", "q90"):
        off = (short[name] / exact[name] - 1).abs()
        assert 0 < off.max() <= 1 / 8_192


def test_a_raster_that_is_kept_is_not_opened(
    small_units: gpd.GeoDataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_grid(tmp_path / "dem.tif", of_counties())
    tables, folder = tables_of(small_units), tmp_path / "kept"
    first, _ = zonal_table(tables, {"dem": path}, kept=Kept(folder))
    opened: list[Path] = []

    def look(path: Path, **_: Any) -> raster.Source:
        opened.append(path)
        raise OSError("opened")

    monkeypatch.setattr(raster, "look", look)
    again, _ = zonal_table(tables, {}, kept=Kept(folder))
    pd.testing.assert_frame_equal(first, again)
    assert opened == []
    for changed in ({"sha256": "2"}, {"nodata": 1.0}, {"values": "1=a"}, {"band": 2}):
        with pytest.raises(OSError, match="opened"):
            zonal_table(tables_of(small_units, **changed), {"dem": path}, kept=Kept(folder))
    # Colours are of pages: no figure depends on them.
    zonal_table(tables_of(small_units, colours="#000000 #ffffff"), {}, kept=Kept(folder))


def test_without_a_path_nothing_is_guessed(small_units: gpd.GeoDataFrame) -> None:
    with pytest.raises(StageError, match="no file is given for the raster of dem"):
        zonal_table(tables_of(small_units), {}, kept=Kept(None))


def test_figures_are_those_of_the_command(small_units: gpd.GeoDataFrame, tmp_path: Path) -> None:
    values = np.random.default_rng(8).integers(0, 9, (16, 18)).astype("float32")
    path = write_grid(tmp_path / "dem.tif", values, **DEGREES)
    made = zonal_table(tables_of(small_units, nodata=7.0), {"dem": path}, kept=Kept(None))[0]
    zones = Zones(small_units[["adcode"]], crs.data_to_work(small_units.geometry.to_numpy()))
    told = statistics(raster.look(path, nodata=7.0), zones)
    columns = ["mean", "min", "q10", "median", "q90", "max", "cells", "share_covered"]
    pd.testing.assert_frame_equal(
        made.set_index("adcode")[columns], told.set_index("adcode")[columns], rtol=2e-5
    )


def test_mean_heights_are_of_any_shape(small_units: gpd.GeoDataFrame, tmp_path: Path) -> None:
    path = write_grid(tmp_path / "dem.tif", of_counties(c910101=100.0))
    shapes = small_units.set_index("adcode").geometry[["910101", "910103"]].to_numpy()
    assert mean_heights(path, shapes) == pytest.approx([100, 3])
    far = write_grid(tmp_path / "far.tif", of_counties(), left=-500_000.0)
    assert mean_heights(far, shapes) == [None, None]
