"""``geoplan zonal``: what it prints and writes, and what it says to wrong input."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import geopandas as gpd
import shapely
from rasterio import Affine

from geoplan import crs
from geoplan.errors import UsageError
from geoplan.zones import zonal
from tests.commands import Command, Result
from tests.raster.grids import write
from tests.small import CELLS, SIDE, SOUTH, WEST, SmallProject, box

CELL = 2_500.0
"""Four cells along the side of a county."""


def refused(result: Result, code: int, *parts: str) -> None:
    """Check that a command ended with one message that has all parts, and left no file."""
    said = " ".join((result.out + result.err).replace("│", " ").split())
    assert result.code == code, said
    assert [part for part in parts if part not in said] == [], said
    assert "Traceback" not in said
    assert [p.name for p in Path().iterdir() if p.name.startswith(("out.", ".out."))] == []


def no_number() -> shapely.Geometry:
    """Return a polygon with a coordinate that is no number."""
    with np.errstate(invalid="ignore"):
        return shapely.Polygon([(0, 0), (1, 0), (1, float("nan"))])


@pytest.fixture
def folder(small: SmallProject, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a small project with ``a.tif``: the number of the county, and 0 for no data."""
    monkeypatch.chdir(small.root)
    values = np.zeros((8, 12), dtype="int16")
    for n, (column, row) in enumerate(CELLS.values(), start=1):
        values[4 - 4 * row : 8 - 4 * row, 4 * column : 4 * column + 4] = n
    place = Affine(CELL, 0, WEST, 0, -CELL, SOUTH + 2 * SIDE)
    write(Path("a.tif"), values, transform=place, nodata=0)
    return small.root


def plots(path: str, **columns: list[object]) -> None:
    """Write three boxes: two in the first county, one half outside of the raster."""
    shapes = [box(0, 1, 0.5, 1.5), box(0.25, 1.25, 1.5, 1.5), box(2.5, 0, 3.5, 1)]
    made = gpd.GeoDataFrame(columns, geometry=shapes, crs=crs.WORK_CRS)
    made.to_file(path) if not path.endswith(".parquet") else made.to_parquet(path)


def test_counties_are_the_zones_where_none_are_given(folder: Path, command: Command) -> None:
    result = command("zonal", "a.tif", "--json")
    rows = result.lines()
    assert [row["adcode"] for row in rows] == list(CELLS)
    assert [row["mean"] for row in rows] == [1, 2, 3, 4, 5, 6]
    assert [row["area_km2"] for row in rows] == pytest.approx([100] * 6)
    assert [row["cells"] for row in rows] == pytest.approx([16] * 6)
    assert result.err.endswith("6 zones; threads\n")


@pytest.mark.parametrize(
    ("units", "codes", "means"),
    [
        ("cities", ["910100", "910200"], [2.5, 5.5]),
        ("西山", ["910102"], [2]),
        ("910201", ["910201"], [5]),
        ("二山", ["910101", "910102"], [1, 2]),
    ],
)
def test_units_are_named(
    folder: Path, command: Command, units: str, codes: list[str], means: list[float]
) -> None:
    rows = command("zonal", "a.tif", "--units", units, "--json").lines()
    assert [row["adcode"] for row in rows] == codes
    assert [row["mean"] for row in rows] == pytest.approx(means)


def test_shapes_of_a_file_are_zones_with_their_columns(folder: Path, command: Command) -> None:
    plots("plots.gpkg", mean=["x", "=y", "z"])
    result = command("zonal", "a.tif", "plots.gpkg")
    lines = [line.split("\t") for line in result.out.splitlines()]
    assert lines[0][:4] == ["zone_mean", "area_km2", "share_covered", "share_nodata"]
    assert [line[0] for line in lines[1:]] == ["x", "=y", "z"]
    assert [line[2] for line in lines[1:]] == ["1.0000", "1.0000", "0.5000"]
    assert lines[3][-1] == "lies partly outside of the raster"
    assert "1 with the note: lies partly outside of the raster" in result.err


def test_shapes_of_one_value_are_one_zone_and_a_place_counts_once(
    folder: Path, command: Command
) -> None:
    plots("plots.parquet", use=["a", "a", None])
    rows = command("zonal", "a.tif", "plots.parquet", "--by", "use", "--json").lines()
    assert [(row["use"], row["shapes"]) for row in rows] == [("a", 2), (None, 1)]
    # 25 km² and 31.25 km², of which 6.25 km² are the same.
    assert rows[0]["area_km2"] == pytest.approx(50)


def test_layers_of_the_project_are_zones_by_class(
    folder: Path, small: SmallProject, command: Command
) -> None:
    small.run()
    layer = "zones"
    rows = command("zonal", "a.tif", layer, "--by", "class", "--json").lines()
    assert [(row["class"], row["mean"]) for row in rows] == [
        ("zone_a", pytest.approx(1.5)),
        ("zone_b", pytest.approx(3.5)),
    ]


def test_classes_are_rows_and_files_have_all_digits(folder: Path, command: Command) -> None:
    result = command(
        "zonal", "a.tif", "--kind", "categorical", "--units", "cities", "--out", "out.csv"
    )
    assert (result.code, result.out) == (0, "")
    lines = Path("out.csv").read_text("utf-8-sig").splitlines()
    assert lines[0].startswith("adcode,name,class,title,area_km2,share_of_zone,cells")
    assert [line.split(",")[2] for line in lines[1:]] == ["1", "2", "3", "4", "5", "6"]
    assert lines[1].split(",")[4:6] == ["100.000000", "0.250000"]
    shown = command("zonal", "a.tif", "--kind", "categorical", "-q").out.splitlines()
    assert shown[1].split("\t")[2:6] == ["1", "1", "100.0000", "1.0000"]


def test_a_file_does_not_depend_on_who_computed_it(folder: Path, command: Command) -> None:
    made = []
    for scheduler in ("threads", "synchronous"):
        assert command("zonal", "a.tif", "--scheduler", scheduler, "--out", "out.parquet").code == 0
        made.append(Path("out.parquet").read_bytes())
    assert made[0] == made[1]


def test_quantiles_are_chosen(folder: Path, command: Command) -> None:
    (row,) = command("zonal", "a.tif", "--units", "西山", "--quantiles", "0.025", "--json").lines()
    assert row["q2.5"] == 2
    assert "median" not in row


def test_repairs_and_rows_without_a_polygon_are_told(folder: Path, command: Command) -> None:
    bow = shapely.Polygon(shapely.get_coordinates(box(0, 0, 1, 1))[[0, 2, 1, 3, 0]])
    made = gpd.GeoDataFrame(geometry=[bow, None], crs=crs.WORK_CRS)
    made.to_parquet("odd.parquet")
    result = command("zonal", "a.tif", "odd.parquet", "--json")
    assert "odd.parquet: 1 invalid shapes repaired: - row 0: Self-intersection" in " ".join(
        result.err.split()
    )
    assert "odd.parquet: 1 rows without a polygon" in result.err
    assert [(row["row"], row["note"]) for row in result.lines()] == [(1, ""), (2, "has no shape")]


def test_what_was_decided_on_the_raster_is_told(folder: Path, command: Command) -> None:
    write(Path("b.tif"), np.ones((8, 12), "int16"), nodata=None)
    assert "b.tif: states no nodata value" in command("zonal", "b.tif").err


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["no.tif"], 3, "there is no such file"),
        (["a.tif", "plots.gpkg", "--units", "cities"], 2, "give one of them"),
        (["a.tif", "--by", "use"], 2, "use is a column of a layer"),
        (["a.tif", "plots.gpkg", "--by", "usee"], 2, "has no column 'usee'"),
        (["a.tif", "--units", "西山省"], 3, "西山"),
        (["a.tif", "no-layer"], 3, "geoplan run boundaries"),
        (["a.tif", "no.gpkg"], 3, "there is no such file"),
        (["a.tif", "--quantiles", "2"], 2, "quantile 2: allowed are 0 to 1"),
        (["a.tif", "--quantiles", "half"], 2, "write numbers from 0 to 1"),
        (["a.tif", "--memory", "much"], 2, "is no amount"),
        (["a.tif", "--scheduler", "fast"], 2, "allowed: threads"),
        (["a.tif", "--band", "2"], 2, "2 is none of them"),
        (["a.tif", "--out", "out.csv", "--json"], 2, "give one of them"),
        (["a.tif", "--out", "out.doc"], 2, ".csv"),
        (["a.tif", "--out", "no/out.csv"], 2, "no"),
        (["f.tif", "--kind", "categorical"], 2, "classes are whole numbers"),
        (["c.tif"], 3, "--assume-crs"),
    ],
)
def test_wrong_input_is_told_and_leaves_no_file(
    folder: Path, command: Command, words: list[str], code: int, said: str
) -> None:
    plots("plots.gpkg", use=["a", "b", "c"])
    write(Path("f.tif"), np.ones((8, 12), "float32"))
    write(Path("c.tif"), np.ones((8, 12), "int16"), crs=None)
    refused(command("zonal", *words), code, said)


@pytest.mark.parametrize(
    ("shapes", "said"),
    [
        ([shapely.Point(WEST, SOUTH)], "has no polygons"),
        ([no_number()], "no finite numbers: row 0"),
        ([shapely.box(9e6, SOUTH, 9.1e6, SOUTH + 1e5)], "from China"),
    ],
)
def test_wrong_shapes_are_told(
    folder: Path, command: Command, shapes: list[shapely.Geometry], said: str
) -> None:
    gpd.GeoDataFrame(geometry=shapes, crs=crs.WORK_CRS).to_parquet("odd.parquet")
    refused(command("zonal", "a.tif", "odd.parquet"), 3, said)


def test_a_file_without_a_system_is_refused(folder: Path, command: Command) -> None:
    gpd.GeoDataFrame(geometry=[box(0, 0, 1, 1)]).to_parquet("odd.parquet")
    refused(command("zonal", "a.tif", "odd.parquet"), 3, "no coordinate system is stated")


def test_names_need_a_project(folder: Path) -> None:
    for names in ({"units": "西山"}, {"layer": "zones"}):
        with pytest.raises(UsageError, match="no project"):
            zonal("a.tif", **names)
