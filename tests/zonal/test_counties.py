"""Vector and raster give one answer for all shipped counties, as far as cells allow.

A cell has one class, that which covers most of it. Of a cell that k classes and the
outside share, at most 1 - 1/k is given to a class that does not have it: half of
it, where two meet. So a county's area of a class may be off by the sum of that over
the cells that it touches and that more than one class has; no other cell can be wrong.
"""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest

import shapely

from geoplan import crs, raster
from geoplan.zonal import Options, Zones, statistics

CELL_M = 500.0
CLASSES = 5
NONE = 9
"""Class of cells that no zone has most of."""

SERIAL = Options(scheduler="synchronous")


class Land(NamedTuple):
    """Counties, classes that cut across them, and both on a grid."""

    counties: Zones
    classes: np.ndarray
    vector: np.ndarray
    """Area of each class in each county by overlay, in km²."""
    grid: raster.Grid
    shares: np.ndarray
    """Part of each cell that classes cover; the last is what none of them has."""


@pytest.fixture(scope="module")
def land(shipped_tables: dict[str, pd.DataFrame]) -> Land:
    """Return the 117 counties, and five classes: one of whole counties, bands across the others."""
    units = shipped_tables["units"]
    own = units[units["level"] == "county"]
    shapes = crs.data_to_work(own["geometry"].to_numpy())
    counties = Zones(pd.DataFrame(own[["adcode", "name"]]).reset_index(drop=True), shapes)
    west, south, east, north = shapely.total_bounds(shapes)
    whole = np.arange(len(shapes)) % 3 == 0
    rest = shapely.union_all(shapes[~whole])
    edges = np.linspace(south - 1, north + 1, CLASSES)
    bands = [shapely.box(west, low, east, high) for low, high in itertools.pairwise(edges)]
    classes = np.array([shapely.union_all(shapes[whole]), *(rest & band for band in bands)])
    vector = shapely.area(shapely.intersection(shapes[:, None], classes[None, :])) / 1e6
    grid = raster.snapped((west, south, east, north), CELL_M)
    shares = np.zeros((CLASSES + 1, grid.height * grid.width))
    for n, covered in enumerate(raster.fractions(grid, list(classes))):
        shares[n, covered.cells] = covered.share
    shares[CLASSES] = np.maximum(1 - shares[:CLASSES].sum(axis=0), 0)
    shares[shares < 1e-6] = 0
    return Land(counties, classes, vector, grid, shares)


def written(path: Path, grid: raster.Grid, values: np.ndarray, nodata: float | None) -> Path:
    """Write the values of a grid."""
    blocks = [(window, values[window.slices]) for window in grid.tiles()]
    raster.write_cog(path, grid, blocks=blocks, dtype=str(values.dtype), nodata=nodata)
    return path


def test_areas_by_class_agree_for_every_county(land: Land, tmp_path: Path) -> None:
    winner = land.shares.argmax(axis=0)
    values = np.where(winner == CLASSES, NONE, winner).reshape(land.grid.shape).astype("uint8")
    file = written(tmp_path / "classes.tif", land.grid, values, 255)
    table = statistics(raster.look(file, kind="categorical"), land.counties, options=SERIAL)
    found = np.zeros((len(land.vector), NONE + 1))
    places = {code: n for n, code in enumerate(land.counties.names["adcode"])}
    rows = table["adcode"].map(places).to_numpy()
    found[rows, table["class"].to_numpy(dtype=int)] = table["area_km2"]
    several = (land.shares > 0).sum(axis=0)
    wrong = np.where(several > 1, 1 - 1 / np.maximum(several, 1), 0) * (CELL_M / 1000) ** 2
    touched = raster.fractions(land.grid, list(land.counties.shapes))
    bound = np.array([wrong[covered.cells].sum() for covered in touched])
    off = np.abs(found[:, :CLASSES] - land.vector)
    assert len(land.vector) == 117
    assert (off <= bound[:, None] + 1e-6).all()
    # The bound is no empty word: some are off, and far less than what they are.
    assert off.max() > 0.1
    assert bound.max() < 0.1 * land.vector.sum(axis=1).max()
    assert found.sum(axis=1) == pytest.approx(land.vector.sum(axis=1), rel=1e-7)


def test_parts_of_cells_give_the_area_itself(land: Land, tmp_path: Path) -> None:
    every = Zones(pd.DataFrame({"n": [0]}), np.array([shapely.box(*land.grid.bounds)]))
    for n in (0, 2):
        values = land.shares[n].reshape(land.grid.shape)
        file = written(tmp_path / f"share-{n}.tif", land.grid, values, None)
        table = statistics(raster.look(file), every, options=SERIAL)
        area = table["sum"][0] * (CELL_M / 1000) ** 2
        assert area == pytest.approx(shapely.area(land.classes[n]) / 1e6, rel=1e-8)


def test_cells_of_every_county_add_up_to_its_area(land: Land, tmp_path: Path) -> None:
    file = written(tmp_path / "one.tif", land.grid, np.ones(land.grid.shape, "uint8"), None)
    table = statistics(raster.look(file), land.counties, options=SERIAL)
    assert (table["share_covered"] == 1).all()
    area = table["cells"].to_numpy() * (CELL_M / 1000) ** 2
    assert area == pytest.approx(table["area_km2"].to_numpy(), rel=1e-8)
    assert table["area_km2"].to_numpy() == pytest.approx(shapely.area(land.counties.shapes) / 1e6)
    assert (table[["mean", "median", "min", "max"]] == 1).all(axis=None)
