"""Zones that people name: files, layers and units, and what is told of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import geopandas as gpd
import shapely

from geoplan import crs
from geoplan.errors import DataError, GeoplanError, UsageError
from geoplan.zones import Asked, zonal
from tests.commands import Command
from tests.raster.grids import LEFT, TOP, numbered, write
from tests.zonal.given import SERIAL, box


@pytest.fixture
def raster_path(tmp_path: Path) -> Path:
    """Return a raster of three rows and four columns, numbered from 0."""
    return write(tmp_path / "a.tif", numbered())


def layer(path: Path, given: list[Any], system: Any = crs.WORK_CRS, **columns: list[Any]) -> Path:
    """Write shapes of the work system in another one."""
    table = gpd.GeoDataFrame(columns, geometry=given, crs=crs.WORK_CRS).to_crs(system)
    table.to_parquet(path)
    return path


FIRST, SECOND, THIRD = box(0, 1, 1, 0), box(1, 2, 2, 1), box(2, 3, 4, 1)

ORDERS: list[Any] = [
    pytest.param([10, 9, 1], [1, 9, 10], id="numbers by size"),
    pytest.param([-1, 1, -10], [-10, -1, 1], id="below zero"),
    pytest.param([2.5, 10.0, 1.0], [1.0, 2.5, 10.0], id="parts of numbers"),
    pytest.param(["b", "a", "C"], ["C", "a", "b"], id="words"),
    pytest.param(["10", "9", "1"], ["1", "10", "9"], id="digits that are words"),
    pytest.param(["b", None, "a"], ["a", "b", None], id="what is missing comes last"),
    pytest.param([True, False, True], [False, True], id="truths"),
]


@pytest.mark.parametrize(("values", "expected"), ORDERS)
def test_zones_by_value_are_in_order(
    raster_path: Path, tmp_path: Path, values: list[Any], expected: list[Any]
) -> None:
    file = layer(tmp_path / "z.parquet", [FIRST, SECOND, THIRD], use=values)
    table = zonal(raster_path, file, asked=Asked(by="use"), options=SERIAL)
    assert [None if pd.isna(use) else use for use in table["use"]] == expected


def test_the_order_of_rows_does_not_change_a_bit(raster_path: Path, tmp_path: Path) -> None:
    shapes, uses = [FIRST, SECOND, THIRD, box(0.3, 2.9, 3.3, 0.2)], [1, 2, 1, 2]
    one = layer(tmp_path / "a.parquet", shapes, use=uses)
    turned = layer(tmp_path / "b.parquet", shapes[::-1], use=uses[::-1])
    first = zonal(raster_path, one, asked=Asked(by="use"), options=SERIAL)
    pd.testing.assert_frame_equal(
        zonal(raster_path, turned, asked=Asked(by="use"), options=SERIAL), first, check_exact=True
    )


def test_shapes_of_one_value_count_a_place_once(raster_path: Path, tmp_path: Path) -> None:
    file = layer(tmp_path / "z.parquet", [box(0, 2, 2, 0), box(1, 2, 3, 0)], use=["a", "a"])
    row = zonal(raster_path, file, asked=Asked(by="use"), options=SERIAL).iloc[0]
    assert row["shapes"] == 2
    assert row["cells"] == 6
    assert row["sum"] == 0 + 1 + 2 + 4 + 5 + 6


@pytest.mark.parametrize("by", ["shapes", "mean", "note", "zone_mean", "q10"])
def test_a_column_may_have_the_name_of_a_figure(raster_path: Path, tmp_path: Path, by: str) -> None:
    file = layer(tmp_path / "z.parquet", [FIRST, SECOND], **{by: ["x", "y"]})
    table = zonal(raster_path, file, asked=Asked(by=by), options=SERIAL)
    assert table.columns.is_unique
    assert table.iloc[:, 0].tolist() == ["x", "y"]
    assert table["mean"].tolist() == [0, 5]


def test_columns_that_would_meet_stay_apart(raster_path: Path, tmp_path: Path) -> None:
    file = layer(tmp_path / "z.parquet", [FIRST], mean=["a"], zone_mean=["b"])
    table = zonal(raster_path, file, options=SERIAL)
    assert table.columns.is_unique
    assert table.loc[0, ["zone_zone_mean", "zone_mean", "mean"]].tolist() == ["a", "b", 0]


def test_shapes_without_columns_are_numbered_from_1(raster_path: Path, tmp_path: Path) -> None:
    file = layer(tmp_path / "z.parquet", [FIRST, SECOND])
    table = zonal(raster_path, file, options=SERIAL)
    assert table["row"].tolist() == [1, 2]


@pytest.mark.parametrize("system", ["EPSG:4490", "EPSG:4326", "EPSG:4547", "EPSG:3857"])
def test_the_system_of_a_layer_does_not_matter(
    raster_path: Path, tmp_path: Path, system: str
) -> None:
    file = layer(tmp_path / "z.parquet", [FIRST, THIRD], system)
    table = zonal(raster_path, file, options=SERIAL)
    assert table["cells"].tolist() == pytest.approx([1, 4], rel=1e-4)
    assert table["mean"].tolist() == pytest.approx([0, 8.5], abs=1e-3)
    assert table["area_km2"].tolist() == pytest.approx([0.01, 0.04], rel=1e-4)


def test_shapes_that_are_no_areas_are_told(raster_path: Path, tmp_path: Path) -> None:
    line, point = shapely.LineString([(LEFT, TOP), (LEFT + 9, TOP)]), shapely.Point(LEFT, TOP)
    both = shapely.GeometryCollection([FIRST, line])
    file = layer(tmp_path / "z.parquet", [line, point, both, None, shapely.Polygon()])
    table = zonal(raster_path, file, options=SERIAL)
    assert table["cells"].tolist() == [0, 0, 1, 0, 0]
    assert (table["note"] == "has no shape").tolist() == [True, True, False, True, True]
    assert any("4 rows without a polygon" in note for note in table.attrs["notes"])


def test_a_bow_is_repaired_and_told(raster_path: Path, tmp_path: Path) -> None:
    bow = shapely.Polygon(
        [(LEFT, TOP), (LEFT + 200, TOP), (LEFT, TOP - 200), (LEFT + 200, TOP - 200)]
    )
    table = zonal(raster_path, layer(tmp_path / "z.parquet", [FIRST, bow]), options=SERIAL)
    assert table["cells"][1] == pytest.approx(2, rel=1e-6)
    assert any("1 invalid shapes repaired" in note for note in table.attrs["notes"])
    assert any("row 1: Self-intersection" in note for note in table.attrs["notes"])


def test_zones_that_are_all_elsewhere_have_rows(raster_path: Path, tmp_path: Path) -> None:
    file = layer(tmp_path / "z.parquet", [box(50, 60, 60, 50)])
    table = zonal(raster_path, file, options=SERIAL)
    assert table["note"].tolist() == ["lies outside of the raster"]
    assert table["share_covered"].tolist() == [0]


WRONG: list[Any] = [
    pytest.param([shapely.Point(LEFT, TOP)], Asked(), "has no polygons", id="points"),
    pytest.param([None, None], Asked(), "has no polygons", id="nothing"),
    pytest.param([FIRST], Asked(by="us"), r"no column 'us'\.", id="a column that is not there"),
    pytest.param([FIRST], Asked(by="geometry"), "no column 'geometry'", id="the shapes themselves"),
    pytest.param([FIRST], Asked(band=2), "2 is none of them", id="a band"),
    pytest.param([FIRST], Asked(nodata=0.5), "cannot be 0.5", id="no data that cannot be"),
    pytest.param([FIRST], Asked(assume_crs="EPSG:4490"), "is for files without", id="a system"),
    pytest.param([box(2e5, 9, 2e5 + 9, 0)], Asked(), "have no place in it", id="far away"),
]


@pytest.mark.parametrize(("shapes", "asked", "said"), WRONG)
def test_what_is_wrong_is_told(
    raster_path: Path, tmp_path: Path, shapes: list[Any], asked: Asked, said: str
) -> None:
    file = layer(tmp_path / "z.parquet", shapes, use=["a"] * len(shapes))
    with pytest.raises(GeoplanError, match=said):
        zonal(raster_path, file, asked=asked, options=SERIAL)


def test_a_near_name_is_proposed(raster_path: Path, tmp_path: Path) -> None:
    file = layer(tmp_path / "z.parquet", [FIRST], land_use=["a"])
    with pytest.raises(UsageError, match="land_use"):
        zonal(raster_path, file, asked=Asked(by="land_us"), options=SERIAL)


def test_a_layer_and_units_are_not_both_zones(raster_path: Path, tmp_path: Path) -> None:
    file = layer(tmp_path / "z.parquet", [FIRST])
    with pytest.raises(UsageError, match="give one of them"):
        zonal(raster_path, file, units="counties", options=SERIAL)


def test_a_layer_without_rows_is_refused(raster_path: Path, tmp_path: Path) -> None:
    file = layer(tmp_path / "z.parquet", [])
    with pytest.raises(DataError, match="has no polygons"):
        zonal(raster_path, file, options=SERIAL)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder with ``a.tif`` and ``z.parquet``: a zone inside, one half, one outside."""
    monkeypatch.chdir(tmp_path)
    write(Path("a.tif"), numbered())
    names = ["=1+1", "二", "-3"]
    layer(Path("z.parquet"), [FIRST, box(3, 3, 5, 2), box(9, 9, 10, 8)], name=names)
    return tmp_path


def test_json_has_null_where_there_is_no_figure(folder: Path, command: Command) -> None:
    rows = command("zonal", "a.tif", "z.parquet", "--json").lines()
    assert [row["mean"] for row in rows] == [0, 11, None]
    assert [row["median"] for row in rows] == [0, 11, None]
    assert [row["share_covered"] for row in rows] == pytest.approx([1, 0.5, 0])
    assert rows[0]["name"] == "=1+1"


def test_csv_is_guarded_and_empty_where_there_is_no_figure(folder: Path, command: Command) -> None:
    assert command("zonal", "a.tif", "z.parquet", "--out", "o.csv").code == 0
    lines = Path("o.csv").read_text("utf-8-sig").splitlines()
    assert len(lines) == 4
    assert not lines[1].startswith("=")
    assert "=1+1" in lines[1]
    assert lines[2].startswith("二,")
    assert ",,,,,,,," in lines[3]


def test_parquet_keeps_types_and_digits(folder: Path, command: Command) -> None:
    assert command("zonal", "a.tif", "z.parquet", "--out", "o.parquet").code == 0
    table = pd.read_parquet("o.parquet")
    shown = zonal("a.tif", "z.parquet", options=SERIAL)
    assert list(table.columns) == list(shown.columns)
    assert table["name"].tolist() == ["=1+1", "二", "-3"]
    assert np.array_equal(table["mean"], shown["mean"], equal_nan=True)
    assert table["area_km2"].tolist() == shown["area_km2"].tolist()


def test_classes_without_data_are_empty_in_every_form(folder: Path, command: Command) -> None:
    words = ["zonal", "a.tif", "z.parquet", "--kind", "categorical"]
    assert [row["class"] for row in command(*words, "--json").lines()] == [0, 11, None]
    assert command(*words, "--out", "o.parquet").code == 0
    assert pd.read_parquet("o.parquet")["class"].isna().tolist() == [False, False, True]
    shown = command(*words).out.splitlines()
    assert [line.split("\t")[1] for line in shown] == ["class", "0", "11", ""]


REFUSED: list[Any] = [
    pytest.param(["--out", "z.parquet"], 2, "is one of the layers", id="over the zones"),
    pytest.param(["--quantiles", "0.5,0.5"], 2, "given twice", id="a quantile twice"),
    pytest.param(["--quantiles", "-0.1"], 2, "allowed are 0 to 1", id="a quantile below 0"),
    pytest.param(["--quantiles", "0.12345671,0.12345672"], 2, "one name", id="too close"),
    pytest.param(["--memory", "0"], 2, "is no amount", id="no memory"),
    pytest.param(["--memory", "-5MB"], 2, "is no amount", id="less than none"),
    pytest.param(["--nodata", "70000"], 2, "cannot be 70000", id="no data beyond the type"),
    pytest.param(["--band", "9"], 2, "9 is none of them", id="a band"),
    pytest.param(["--by", "nam"], 2, "has no column 'nam'", id="a column"),
    pytest.param(["--units", "cities"], 2, "give one of them", id="units too"),
    pytest.param(["--assume-crs", "EPSG:4326"], 2, "is for files without", id="another system"),
    pytest.param(["--assume-crs", "moon"], 2, "moon", id="no system"),
]


@pytest.mark.parametrize(("words", "code", "said"), REFUSED)
def test_wrong_words_are_told_and_nothing_is_written(
    folder: Path, command: Command, words: list[str], code: int, said: str
) -> None:
    before = Path("z.parquet").read_bytes()
    result = command("zonal", "a.tif", "z.parquet", *words)
    told = " ".join((result.out + result.err).replace("│", " ").split())
    assert result.code == code
    assert said in told
    assert "Traceback" not in told
    assert Path("z.parquet").read_bytes() == before
    assert sorted(path.name for path in folder.iterdir()) == ["a.tif", "z.parquet"]
