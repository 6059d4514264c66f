"""The synthetic terrain: plausible, the same each time, and called synthetic everywhere."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest

import rasterio

from geoplan import raster
from geoplan.config import Project, shipped
from geoplan.derived.names import unit_bounds
from geoplan.suitability import Made, Options, make_files, prepare, read_models

ROOT = Path(__file__).parents[1]
UNIT, CELL_M = "寿阳", 900.0
WORD = "合成"


@pytest.fixture(scope="module")
def example() -> ModuleType:
    """Return the script of the example as a module."""
    path = ROOT / "examples" / "dongshan" / "make.py"
    spec = importlib.util.spec_from_file_location("dongshan_make", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look it up
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def grid(shipped_project: Project) -> raster.Grid:
    """Return coarse cells over one county."""
    return raster.snapped(unit_bounds(UNIT, shipped_project), CELL_M)


@pytest.fixture(scope="module")
def files(
    example: ModuleType, grid: raster.Grid, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Path]:
    """Return the four rasters by name; do not change them."""
    folder = tmp_path_factory.mktemp("terrain")
    made = example.write_all(folder, example.land_over(grid.bounds), grid)
    return {path.stem: path for path in made}


@pytest.fixture(scope="module")
def wind(
    files: dict[str, Path], shipped_project: Project, tmp_path_factory: pytest.TempPathFactory
) -> Made:
    """Return what the model of wind makes of them."""
    model = read_models(shipped_project)["wind"]
    given = {name: files[name] for name in ("elevation", "wind_speed", "landcover")}
    options = Options(without=("ecological-redline",), force=True, workers=1)
    ready = prepare(model, given, unit=UNIT, project=shipped_project, options=options)
    folder = tmp_path_factory.mktemp("wind") / "out"
    return make_files(ready, folder, project=shipped_project)


def test_between_nodes_values_are_smooth(example: ModuleType) -> None:
    nodes = np.arange(8.0)[None, :] * np.ones((8, 1))
    found = example.Lattice(0, 0, 10, nodes).at(np.array([20.0, 25.0]), np.array([-30.0, -31.0]))
    assert found == pytest.approx(np.array([[2, 2.5], [2, 2.5]]))


def test_a_place_has_its_height_whatever_the_window(example: ModuleType, grid: raster.Grid) -> None:
    land = example.land_over(grid.bounds)
    whole = land.heights(*grid.centres())
    window = raster.Window(3, 5, 7, 9)
    assert np.array_equal(land.heights(*grid.centres(window)), whole[window.slices])


def test_land_cover_by_hand(example: ModuleType) -> None:
    flat, steep = np.full((3, 3), 1000.0), np.arange(3.0)[:, None] * np.full((1, 3), 30.0)
    none, many = np.zeros((1, 1)), np.ones((1, 1))
    assert example.cover(flat, 30, none, none).tolist() == [[10]]
    assert example.cover(flat, 30, -50 * many, many).tolist() == [[80]]
    assert example.cover(steep, 30, none, none).tolist() == [[90]]
    assert example.cover(steep / 3, 30, none, none).tolist() == [[40]]
    assert example.cover(1300 + steep / 3, 30, none, many).tolist() == [[20]]


def means(cells: np.ndarray) -> np.ndarray:
    """Return means of squares of 10 x 10 cells; what is left at the edges does not count."""
    down, across = cells.shape[0] // 10, cells.shape[1] // 10
    squares = cells[: down * 10, : across * 10].reshape(down, 10, across, 10)
    return np.asarray(squares.mean(axis=(1, 3))).ravel()


def test_values_could_be_and_mountains_stand_where_they_are(
    files: dict[str, Path], grid: raster.Grid
) -> None:
    heights = raster.read(raster.look(files["elevation"]))
    assert not np.ma.getmaskarray(heights).any()
    assert 600 < heights.min() < heights.max() < 2100
    sample = raster.look(shipped() / "data" / "reference" / "elevation.tif")
    known = raster.read_on(sample, grid)
    # Below 9 km it is noise, so means of 10 x 10 cells are what can agree.
    assert np.corrcoef(means(heights), means(known))[0, 1] > 0.9
    assert abs(heights.mean() - known.mean()) < 60
    wind = raster.read(raster.look(files["wind_speed"]))
    assert 2 <= wind.min() < wind.max() <= 10
    radiation = raster.read(raster.look(files["radiation"]))
    assert 1300 < radiation.min() < radiation.max() < 1700


def test_all_files_are_called_synthetic(files: dict[str, Path]) -> None:
    for path in files.values():
        source = raster.look(path)
        assert source.synthetic
        assert WORD in source.tags["TITLE"]
        with rasterio.open(path) as file:
            assert [WORD in title for title in file.descriptions] == [True]
    cover = raster.look(files["landcover"])
    assert cover.kind == "categorical"
    assert all(WORD in known.title for known in cover.legend)


def test_the_same_bytes_again(
    example: ModuleType, files: dict[str, Path], grid: raster.Grid, tmp_path: Path
) -> None:
    for path in example.write_all(tmp_path, example.land_over(grid.bounds), grid):
        assert path.read_bytes() == files[path.stem].read_bytes()


def test_results_are_called_synthetic_wherever_they_are_read(wind: Made) -> None:
    suffixes = {path.suffix for path in wind.files}
    assert suffixes >= {".tif", ".csv", ".html", ".xlsx"}
    for path in wind.files:
        if path.suffix == ".tif":
            assert raster.look(path).synthetic
        elif path.suffix in (".csv", ".html"):
            assert WORD in path.read_text("utf-8-sig"), path.name
        else:
            sheets = pd.read_excel(path, sheet_name=None, header=None, engine=None)
            assert any(WORD in str(sheet.to_numpy()) for sheet in sheets.values())
    assert any(WORD in zh and "synthetic" in en for zh, en in wind.notes)


def test_a_coarse_sample_is_no_evaluation(wind: Made) -> None:
    assert any("不能用作双评价" in zh for zh, _ in wind.notes)


def test_make_runs_both_models_on_it() -> None:
    text = (ROOT / "Makefile").read_text("utf-8")
    target = text.partition("\nsuitability:")[2].partition("\n\n")[0]
    for model, name in {"wind": "wind_speed", "photovoltaics": "radiation"}.items():
        assert f"geoplan suitability {model} $(ON_DONGSHAN) --raster {name}=" in target
    assert "synthetic" in target
