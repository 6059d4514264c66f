"""``geoplan derive``: what it writes and prints, and what it says to wrong input."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import rasterio

from geoplan import crs
from geoplan.config import Project
from geoplan.derived import Wanted, derive_classes
from geoplan.derived.names import SMALL_SCALE
from geoplan.raster import look, read
from tests.commands import Command
from tests.raster.grids import write
from tests.small import SIDE, SOUTH, WEST, box, degrees
from tests.test_cli_tabulate import frame, refused, save


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in a folder with a DEM that rises 10 m a cell of 100 m to the east of the grid."""
    monkeypatch.chdir(tmp_path)
    heights = np.tile(np.arange(0, 80, 10, dtype="float32"), (6, 1))
    write(tmp_path / "dem.tif", heights)


def test_slope(command: Command) -> None:
    result = command("derive", "slope", "dem.tif", "--out", "out.tif", "--percent")
    assert result.code == 0
    assert result.out == ""
    told = result.err.splitlines()
    assert told[0] == "dem.tif: states no unit of heights; metres are assumed"
    assert told[1].startswith("out.tif: 8 x 6 cells of 100 m; 9.8")
    assert told[1].endswith("50.0% of the cells without a value")
    made = look(Path("out.tif"))
    across, _ = made.grid.cell_m
    assert read(made).compressed() == pytest.approx([1_000 / across] * 24, rel=1e-4)
    assert (made.unit, made.nodata) == ("%", -9999)
    assert made.tags["GEOPLAN_DERIVED"] == "percent"
    assert "Horn (1981)" in made.tags["GEOPLAN_METHOD"]
    assert str(Path.cwd()) not in json.dumps(made.tags)
    assert command("derive", "slope", "dem.tif", "--out", "out.tif", "-q").err == ""
    assert read(look(Path("out.tif"))).max() == pytest.approx(5.61, abs=0.01)


def test_aspect_as_json(command: Command) -> None:
    result = command("derive", "aspect", "dem.tif", "--out", "out.tif", "--json")
    (told,) = result.lines()
    assert (told["known"], told["mean"], told["unit"]) == (24, None, "deg")
    # The place lies 1.5° to 7° west of where the grid's north is the true one.
    faces = read(look(Path("out.tif")))
    assert 265 < faces.min() < faces.max() < 275
    assert look(Path("out.tif")).nodata == -1


def test_coarse_cells_are_refused_unless_forced(command: Command) -> None:
    place = rasterio.Affine(200, 0, WEST, 0, -200, SOUTH + SIDE)
    write(Path("coarse.tif"), np.zeros((5, 5), dtype="int16"), transform=place)
    words = ("derive", "slope", "coarse.tif", "--out", "out.tif")
    refused(command(*words), 2, "level out hills and valleys", "14.5° at 30 m", "--force")
    result = command(*words, "--force")
    assert result.code == 0
    assert "forced: cells of 20" in result.err
    assert "not the slope of the ground" in look(Path("out.tif")).tags["GEOPLAN_NOTES"]


def test_synthetic_stays_synthetic(command: Command) -> None:
    with rasterio.open("dem.tif", "r+") as file:
        file.update_tags(GEOPLAN_SYNTHETIC="1")
    assert "合成数据 synthetic" in command("derive", "slope", "dem.tif", "--out", "out.tif").err
    assert look(Path("out.tif")).synthetic
    with rasterio.open("out.tif") as file:
        assert file.descriptions == ("坡度 slope（合成数据 synthetic）",)


def test_distance_to_a_river(command: Command, ready: Project) -> None:
    words = ("derive", "distance", "长河", "--unit", "南水", "--cell", 500, "-C", ready.root)
    result = command(*words, "--out", "out.tif")
    assert result.code == 0, result.err
    made = look(Path("out.tif"))
    found = read(made)
    # The river runs through the middle, from west to east; cells' centres are 250 m off it.
    _, down = made.grid.cell_m
    assert found[9].tolist() == pytest.approx([down / 2] * 20, rel=1e-3)
    assert found[0].tolist() == pytest.approx([down * 9.5] * 20, rel=1e-3)
    assert "Gauss-Kruger" in made.tags["GEOPLAN_METHOD"]
    near = command(*words, "--out", "out.tif", "--max-km", 1, "--json").lines()[0]
    assert near["known"] == 4 * 20
    assert near["notes"] == [f"长河: {SMALL_SCALE}", "cells farther than 1 km have no value"]


def test_distance_to_a_sketch_says_so(command: Command, ready: Project) -> None:
    words = ("derive", "distance", "works/axis", "--cell", 2_000, "-C", ready.root)
    assert "示意" in command(*words, "--out", "out.tif").err
    assert "示意" in look(Path("out.tif")).tags["GEOPLAN_NOTES"]
    with rasterio.open("out.tif") as file:
        assert file.descriptions == ("距离：图层：要素（示意）",)


def test_lists_have_no_distance(command: Command, ready: Project) -> None:
    words = ("derive", "distance", "lists", "--cell", 2_000, "-C", ready.root, "--out", "out.tif")
    refused(command(*words), 2, "位于", "the extent is not known")
    words = ("derive", "distance", "长河", "--cell", 2_000, "-C", ready.root, "--out", "out.tif")
    refused(command(*words, "--max-km", -1), 2, "--max-km -1")


def test_classes(command: Command, ready: Project) -> None:
    words = ("derive", "classes", "zones", "--cell", 3_000, "-C", ready.root, "--out", "out.tif")
    result = command(*words)
    rows = [line.split("\t") for line in result.out.splitlines()]
    assert "good to some 100 m" in result.err
    assert rows[0] == ["class", "title", "exact_km2", "cells_km2"]
    # Of 20 km x 20 km in cells of 3 km whose edges lie elsewhere.
    assert [row[0] for row in rows[1:]] == ["zone_a", "zone_b"]
    assert [float(row[2]) for row in rows[1:]] == pytest.approx([200, 200], abs=2e-4)
    made = look(Path("out.tif"))
    cells = read(made)
    for value, row in enumerate(rows[1:], 1):
        assert float(row[3]) == (cells == value).sum() * 9
    assert made.nodata == 0
    assert [(c.value, c.title, c.colour) for c in made.legend] == [
        (1, "类", "#800040"),
        (2, "类", "#801040"),
    ]


def test_shares_add_up(command: Command, ready: Project) -> None:
    words = ("derive", "classes", "zones", "--cell", 700, "-C", ready.root, "--out", "out.tif")
    (told,) = command(*words, "--share", "--json").lines()
    areas = told["areas"]
    assert isinstance(areas, list)
    assert [area["exact_km2"] for area in areas] == pytest.approx([200, 200], rel=1e-8)
    for band in (1, 2):
        share = read(look(Path("out.tif"), band=band))
        assert share.sum(dtype="float64") * 0.49 == pytest.approx(200, rel=1e-7)
    with rasterio.open("out.tif") as file:
        assert (file.count, file.dtypes[0]) == (2, "float32")


def test_sketches_count_with_a_word(command: Command, ready: Project) -> None:
    words = ("derive", "classes", "works", "--cell", 500, "-C", ready.root, "--out", "out.tif")
    result = command(*words)
    assert "redline\t类\t20.00" in result.out
    assert "示意" in result.err
    assert [c.title for c in look(Path("out.tif")).legend] == ["类（示意）"]
    Path("out.tif").unlink()
    refused(command("derive", "classes", "lists", *words[3:]), 2, "no area to tabulate")


def test_classes_of_a_file(command: Command, ready: Project) -> None:
    save(frame([box(0, 0, 1, 1), box(1, 0, 2, 1)], use=["b", "a"]), "own.parquet")
    words = ("--cell", 5_000, "-C", ready.root, "--out", "out.tif")
    refused(command("derive", "classes", "own.parquet", *words), 2, "no column 'name'", "use")
    result = command("derive", "classes", "own.parquet", "--by", "use", *words)
    assert [line.split("\t")[0] for line in result.out.splitlines()[1:]] == ["a", "b"]
    assert read(look(Path("out.tif")))[-1].compressed().tolist() == [2, 2, 1, 1]
    Path("out.tif").unlink()
    points = frame([degrees(box(0, 0, 1, 1)).centroid], crs.DATA_CRS, use=["b"])
    save(points, "own.parquet")
    refused(
        command("derive", "classes", "own.parquet", "--by", "use", *words), 3, "has no polygons"
    )


@pytest.mark.parametrize("scheduler", ["threads", "synchronous"])
def test_same_bytes_whoever_computes(scheduler: str, command: Command, ready: Project) -> None:
    words = ("derive", "classes", "counties", "--by", "adcode", "--cell", 10, "--unit", "南水")
    more = ("-C", ready.root, "--scheduler", scheduler, "-q", "--out")
    assert command(*words, *more, "one.tif").code == 0
    derive_classes("counties", Wanted("南水", 10), out=Path("two.tif"), project=ready, by="adcode")
    assert Path("one.tif").read_bytes() == Path("two.tif").read_bytes()


def test_grid(command: Command, ready: Project) -> None:
    words = ("derive", "grid", "dem.tif", "--cell", 200, "-C", ready.root, "--out", "out.tif")
    result = command(*words)
    assert "cells of 100 m brought to 200 m: average" in result.err
    assert read(look(Path("out.tif")))[1].tolist() == [5, 25, 45, 65]
    Path("out.tif").unlink()
    refused(
        command(*words, "--kind", "categorical"), 2, "classes are whole numbers; cells are float32"
    )
    refused(command(*words[:-1], "out.png"), 2, "end the name in .tif")
