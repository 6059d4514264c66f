"""Files that GDAL's own drivers write in every format come back as they were written."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import geopandas as gpd
import pyogrio
import shapely

from geoplan import vector
from geoplan.errors import DataError
from geoplan.reading import Reading

HOLED = shapely.Polygon(
    [(112, 37), (112.5, 37), (112.5, 37.5), (112, 37.5)],
    [[(112.1, 37.1), (112.1, 37.2), (112.2, 37.2), (112.2, 37.1)]],
)
FAR = shapely.Polygon([(113, 37), (113.1, 37.2), (113.3, 37.1)])
POLYGONS = [HOLED, shapely.MultiPolygon([FAR, shapely.box(113.5, 37, 113.6, 37.1)]), None, FAR]
LINES = [
    shapely.LineString([(112, 37), (112.123456789012, 37.5), (113, 38)]),
    shapely.MultiLineString([[(112, 37), (113, 37)], [(112, 38), (113, 38.25)]]),
    None,
    shapely.LineString([(111, 36), (110, 35)]),
]
POINTS = [shapely.Point(112.123456789012, 37.987654321098), shapely.Point(1, 2), None]
KINDS: dict[str, list[Any]] = {
    "polygons": POLYGONS,
    "lines": LINES,
    "points": [*POINTS, shapely.Point(3, 4)],
}
NAMES: list[str | None] = ["榆次区“甲”", "太谷区, 乙", None, "龘靐𠮷<b>"]
BASIC: list[str | None] = ["榆次区甲", "太谷区, 乙", None, "龙城<b>"]
"""Names that GBK can write."""


def table(kind: str, names: list[str | None] = NAMES, *, crs: Any = 4490) -> gpd.GeoDataFrame:
    """Return four rows with Chinese texts, whole numbers and fractions."""
    columns = {"名称": names, "编号": [3, 1, 2, -7], "面积": [1.5, 0.1, np.nan, 1e-7]}
    return gpd.GeoDataFrame(columns, geometry=KINDS[kind], crs=crs)


def write(made: pd.DataFrame, path: Path, driver: str, **options: Any) -> Path:
    """Write a table by GDAL's driver."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pyogrio.write_dataframe(made, path, driver=driver, use_arrow=False, **options)
    return path


def check_same(read: gpd.GeoDataFrame, made: gpd.GeoDataFrame, *, within: float = 0.0) -> None:
    """Compare rows in their order: shapes, texts and numbers."""
    assert len(read) == len(made)
    for mine, theirs in zip(made.geometry, read.geometry, strict=True):
        if mine is None:
            assert theirs is None or theirs.is_empty
            continue
        own, back = _plain(mine), _plain(theirs)
        assert back.geom_type == own.geom_type
        if within:
            xy = shapely.get_coordinates(back), shapely.get_coordinates(own)
            assert xy[0] == pytest.approx(xy[1], abs=within)
        else:
            assert back.equals_exact(own, 0)
    for column in made.columns.drop("geometry"):
        cells = [[None if pd.isna(c) else c for c in frame[column]] for frame in (read, made)]
        assert cells[0] == cells[1], column


def _plain(shape: shapely.Geometry) -> shapely.Geometry:
    """Return a shape in one order of rings; several parts of one are one."""
    parts = shapely.get_parts(shape)
    return shapely.normalize(parts[0] if len(parts) == 1 else shape)


EXACT = [
    (".gpkg", "GPKG"),
    (".gdb", "OpenFileGDB"),
    (".geojson", "GeoJSON"),
    (".fgb", "FlatGeobuf"),
    (".shp", "ESRI Shapefile"),
]
OPTIONS: dict[str, dict[str, Any]] = {
    # FlatGeobuf sorts by place unless told; GeoJSON writes seven digits unless told.
    ".fgb": {"SPATIAL_INDEX": "NO"},
    ".geojson": {"COORDINATE_PRECISION": 15},
    ".shp": {"encoding": "UTF-8"},
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("suffix", "driver"), EXACT)
def test_formats_that_keep_doubles(tmp_path: Path, kind: str, suffix: str, driver: str) -> None:
    made = table(kind)
    if suffix == ".fgb":
        made = made[made.geometry.notna()].reset_index(drop=True)
    if suffix in (".fgb", ".gdb"):
        made = _all_multi(made)
    path = write(made, tmp_path / f"地块{suffix}", driver, **OPTIONS.get(suffix, {}))
    read = vector.read(path)
    # A geodatabase keeps coordinates on a grid of 1e-9 degrees.
    check_same(read.frame, made, within=2e-9 if suffix == ".gdb" else 0.0)
    assert read.frame.crs.to_epsg() == 4490
    assert read.format == vector.kind_of(path)
    facts = vector.look(path).layers
    assert [(fact.name, fact.rows) for fact in facts] == [("地块", len(made))]
    assert [name for name, _ in facts[0].fields] == ["名称", "编号", "面积"]


def _all_multi(made: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    multi = {1: shapely.multilinestrings, 3: shapely.multipolygons}
    shapes = [
        multi[shapely.get_type_id(shape)]([shape])
        if shape is not None and shapely.get_type_id(shape) in multi
        else shape
        for shape in made.geometry
    ]
    return made.set_geometry(gpd.GeoSeries(shapes, crs=made.crs))


@pytest.mark.parametrize("kind", KINDS)
def test_geoparquet(tmp_path: Path, kind: str) -> None:
    made = table(kind)
    made.to_parquet(tmp_path / "a.parquet")
    read = vector.read(tmp_path / "a.parquet")
    check_same(read.frame, made)
    assert (read.format, read.frame.crs.to_epsg()) == ("geoparquet", 4490)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("driver", ["KML", "LIBKML"])
def test_kml(tmp_path: Path, kind: str, driver: str) -> None:
    # KML knows no integers of 64 bits: GDAL writes them as texts.
    made = table(kind, crs=4326).astype({"编号": "int32"})
    named = made.rename(columns={"名称": "Name"})
    path = write(named, tmp_path / "地块.kml", driver, layer="地块")
    read = vector.read(path)
    # GDAL writes 15 significant digits.
    columns = ["编号", "面积"]
    check_same(read.frame[[*columns, "geometry"]], made[[*columns, "geometry"]], within=1e-12)
    assert [None if pd.isna(name) else name for name in read.frame["name"]] == NAMES
    assert (read.format, read.layer, read.frame.crs.to_epsg()) == ("kml", "地块", 4326)


@pytest.mark.parametrize(
    ("kind", "epsg", "form"),
    [
        *((kind, 4490, form) for kind in KINDS for form in ("GML2", "GML3.2")),
        *(("polygons", epsg, "GML3.2") for epsg in (4525, 4547, 2383, 32649)),
    ],
)
def test_gml(tmp_path: Path, kind: str, epsg: int, form: str) -> None:
    made = table(kind, crs=epsg)
    path = write(made, tmp_path / "a.gml", "GML", FORMAT=form)
    read = vector.read(path)
    # What GML 3.2 writes as north, east is read as east, north.
    check_same(read.frame, made, within=1e-9)
    assert read.frame.crs.to_epsg() == epsg
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a.gml", "a.xsd"]


@pytest.mark.parametrize("cpg", [True, False])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("encoding", ["GBK", "CP936"])
def test_shapefiles_in_gbk(tmp_path: Path, kind: str, encoding: str, cpg: bool) -> None:
    made = table(kind, BASIC)
    path = write(made, tmp_path / "a.shp", "ESRI Shapefile", encoding=encoding)
    if not cpg:
        path.with_suffix(".cpg").unlink(missing_ok=True)
    assert "榆次区甲".encode("gbk") in path.with_suffix(".dbf").read_bytes()
    check_same(vector.read(path).frame, made)


def test_dxf(tmp_path: Path) -> None:
    shapes = [shapely.box(0, 0, 10, 5), shapely.LineString([(0, 0), (3, 4.125)])]
    made = gpd.GeoDataFrame({"Layer": ["地类", "道路"]}, geometry=shapes)
    path = write(made, tmp_path / "a.dxf", "DXF")
    # GDAL writes UTF-8, and says that it is ANSI_1252.
    with pytest.raises(DataError, match=r"ANSI_1252.*--encoding UTF-8"):
        vector.read(path)
    read = vector.read(path, reading=Reading("entities", encoding="UTF-8"))
    assert list(read.frame["Layer"]) == ["地类", "道路"]
    for mine, theirs in zip(shapes, read.frame.geometry, strict=True):
        assert theirs.equals(mine)
    assert read.frame.crs is None


WAYS: dict[str, Callable[[Path, gpd.GeoDataFrame], Path]] = {
    "CSV as WKT": lambda folder, made: write(
        made, folder / "a.csv", "CSV", GEOMETRY="AS_WKT", encoding="UTF-8"
    ),
    "CSV of points": lambda folder, made: write(
        pd.DataFrame(
            {**made.drop(columns="geometry"), "经度": made.geometry.x, "纬度": made.geometry.y}
        ),
        folder / "a.csv",
        "CSV",
        encoding="UTF-8",
    ),
    "XLSX": lambda folder, made: _workbook(folder / "a.xlsx", made),
}


def _workbook(path: Path, made: gpd.GeoDataFrame) -> Path:
    plain = pd.DataFrame(made.drop(columns="geometry"))
    plain["wkt"] = [None if s is None else shapely.to_wkt(s, -1) for s in made.geometry]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pyogrio.write_dataframe(plain, path, driver="XLSX", layer="表")
    return path


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("way", WAYS)
def test_tables(tmp_path: Path, kind: str, way: str) -> None:
    if way == "CSV of points" and kind != "points":
        pytest.skip("only points have two coordinates")
    made = table(kind)
    read = vector.read(WAYS[way](tmp_path, made))
    wanted = ["名称", "编号", "面积", "geometry"]
    check_same(read.frame[wanted], made, within=1e-12)
    assert read.frame.crs is None


@pytest.mark.parametrize("suffix", [".gpkg", ".gdb"])
def test_one_of_several_layers(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    driver = vector.DRIVERS[suffix]
    for name in ("红线", "基本农田"):
        write(_all_multi(table("polygons")), path, driver, layer=name, append=path.exists())
    read = vector.read(path, reading=Reading(layer="基本农田"))
    assert (read.layer, len(read.frame)) == ("基本农田", 4)
    assert [fact.name for fact in vector.look(path).layers] == ["红线", "基本农田"]
