"""Commands that are given a raster that is wrong: one message, its exit code, nothing written."""

from __future__ import annotations

from pathlib import Path

import pytest

import geopandas as gpd
import shapely

from geoplan import crs
from tests.commands import Command, Result
from tests.raster.bad import CASES
from tests.raster.grids import LEFT, TOP

WRONG = {name: case for name, case in CASES.items() if case.error and not case.options}
SOME = ("no system", "rotated", "vrt called tif", "half of its cells", "complex", "zip")
"""Faults that are met at different places."""


def refused(result: Result, folder: Path, case: str, before: set[Path]) -> None:
    """Check that a command said what is wrong once, with its exit code, and wrote nothing."""
    error = CASES[case].error
    assert error is not None
    assert result.code == error.exit_code, result.err
    assert result.out == ""
    assert result.err.count("geoplan: ") == 1
    assert "Traceback" not in result.err
    assert "Warning" not in result.err
    assert set(folder.iterdir()) == before


def made(folder: Path, case: str) -> Path:
    """Make a wrong raster in a folder of its own."""
    place = folder / "given"
    place.mkdir()
    return CASES[case].make(place / "a.tif") or place / "a.tif"


@pytest.mark.parametrize("case", WRONG)
def test_slopes(case: str, tmp_path: Path, command: Command) -> None:
    path = made(tmp_path, case)
    result = command("derive", "slope", path, "--out", tmp_path / "out.tif")
    refused(result, tmp_path, case, {tmp_path / "given"})


@pytest.mark.parametrize("case", SOME)
def test_zones(case: str, tmp_path: Path, command: Command) -> None:
    path = made(tmp_path, case)
    zone = [shapely.box(LEFT, TOP - 6_400, LEFT + 6_400, TOP)]
    zones = tmp_path / "zones.parquet"
    gpd.GeoDataFrame({"name": ["a"]}, geometry=zone, crs=crs.WORK_CRS).to_parquet(zones)
    result = command("zonal", path, zones, "--out", tmp_path / "out.csv")
    refused(result, tmp_path, case, {tmp_path / "given", zones})
