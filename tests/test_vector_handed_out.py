"""FileGDB, shapefiles, GeoParquet: what GDAL reads back is what was written."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pandas as pd
import pytest

import geopandas as gpd
import pyogrio
import shapely

from geoplan import vector
from geoplan.errors import StageError
from geoplan.vector import About, Lost, geodatabase_files, parquet_bytes, shapefile_zip

NAMES = ["榆次区", "=1+1", '<img src=x onerror="a">', None]
SHORT = {"units": {"long_column_name": "long_name", "area_km2": "area_km2", "n": "n"}}
ABOUT = {
    "units": About(title="行政单元", fields={"long_column_name": ("名称", ""), "n": ("数", "")}),
    "plain": About(title="表", fields={"a": ("甲", "")}),
}


def units(names: list[str | None] = NAMES) -> gpd.GeoDataFrame:
    count = len(names)
    shapes = [shapely.box(112 + i, 37, 112.5 + i, 38) for i in range(count)]
    shapes[0] = shapely.MultiPolygon([shapes[0], shapely.box(100, 30, 101, 31)])
    return gpd.GeoDataFrame(
        {
            "long_column_name": pd.Series(names, dtype="object"),
            "area_km2": [1.5 + i for i in range(count)],
            "n": pd.Series(range(count), dtype="Int64"),
        },
        geometry=shapes,
        crs=4490,
    )


def as_texts(values: pd.Series) -> list[str | None]:
    return [None if pd.isna(value) else str(value) for value in values]


def unzipped(content: bytes, folder: Path) -> Path:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        archive.extractall(folder)
    return folder


@pytest.mark.parametrize("encoding", ["UTF-8", "GBK"])
def test_a_shapefile_reads_back_in_both_encodings(encoding: str, tmp_path: Path) -> None:
    content, lost = shapefile_zip(
        {"units": units()},
        short=SHORT,
        encoding=encoding,  # type: ignore[arg-type]
    )
    assert lost == []
    folder = unzipped(content, tmp_path)
    assert (folder / "units.cpg").read_text("ascii") == encoding
    read = pyogrio.read_dataframe(folder / "units.shp")
    assert list(read.columns) == ["long_name", "area_km2", "n", "geometry"]
    assert as_texts(read["long_name"]) == NAMES
    assert read["area_km2"].tolist() == units()["area_km2"].tolist()
    assert read.geometry.geom_equals(units().geometry).all()
    assert read.crs.to_epsg() == 4490
    assert "榆次区".encode(encoding) in (folder / "units.dbf").read_bytes()


def test_geoplan_reads_its_own_shapefiles_in_gbk(tmp_path: Path) -> None:
    content, _ = shapefile_zip({"units": units()}, short=SHORT, encoding="GBK")
    folder = unzipped(content, tmp_path)
    assert vector.read_vector(folder / "units.shp")["long_name"][0] == "榆次区"


def test_long_texts_are_cut_between_signs_and_told(tmp_path: Path) -> None:
    long = "晋" * 200
    content, lost = shapefile_zip({"units": units([long, "短", long, "a" * 254])}, short=SHORT)
    assert lost == [Lost(layer="units", column="long_column_name", cut=2)]
    read = pyogrio.read_dataframe(unzipped(content, tmp_path) / "units.shp")
    assert read["long_name"].tolist() == ["晋" * 84, "短", "晋" * 84, "a" * 254]
    assert "2 text(s) longer than 254 bytes are cut" in str(lost[0])


def test_signs_that_gbk_lacks_are_told(tmp_path: Path) -> None:
    content, lost = shapefile_zip({"units": units(["𠮷县", "祁县"])}, short=SHORT, encoding="GBK")
    assert lost == [Lost(layer="units", column="long_column_name", unknown=1)]
    read = pyogrio.read_dataframe(unzipped(content, tmp_path) / "units.shp")
    assert read["long_name"].tolist() == ["?县", "祁县"]
    assert "the encoding lacks" in str(lost[0])


def test_shapefiles_have_the_same_bytes_and_no_day() -> None:
    first, second = (
        shapefile_zip({"units": units()}, short=SHORT, beside={"a.csv": b"1"})[0] for _ in range(2)
    )
    assert first == second
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert archive.read("units.dbf")[1:4] == bytes((100, 1, 1))  # 2000-01-01
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.read("a.csv") == b"1"


def test_a_geodatabase_reads_back_with_its_tables(tmp_path: Path) -> None:
    plain = pd.DataFrame({"a": ["甲", None], "b": [1.5, None]})
    files = geodatabase_files({"units": units(), "plain": plain}, about=ABOUT)
    folder = tmp_path / "x.gdb"
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    assert dict(pyogrio.list_layers(folder).tolist()) == {"units": "MultiPolygon", "plain": None}
    read = pyogrio.read_dataframe(folder, layer="units")
    assert as_texts(read["long_column_name"]) == NAMES
    assert read["n"].tolist() == [0, 1, 2, 3]
    assert read["area_km2"].tolist() == units()["area_km2"].tolist()
    assert read.crs.to_epsg() == 4490
    for mine, own in zip(read.geometry, units().geometry, strict=True):
        # A geodatabase keeps coordinates on a fine grid.
        assert shapely.hausdorff_distance(mine, own) < 1e-7
    rows = pyogrio.read_dataframe(folder, layer="plain")
    assert as_texts(rows["a"]) == ["甲", None]


def test_a_geodatabase_holds_aliases() -> None:
    files = geodatabase_files({"units": units()}, about=ABOUT)
    everything = b"".join(files.values())
    for text in ("行政单元", "名称"):
        assert text.encode() in everything or text.encode("utf-16-le") in everything


def test_parquet_reads_back_and_has_the_same_bytes(tmp_path: Path) -> None:
    assert parquet_bytes(units()) == parquet_bytes(units())
    (tmp_path / "u.parquet").write_bytes(parquet_bytes(units()))
    read = vector.read_vector(tmp_path / "u.parquet")
    assert as_texts(read["long_column_name"]) == NAMES
    assert read.geometry.geom_equals(units().geometry).all()
    assert read.crs.to_epsg() == 4490


def test_what_cannot_be_written_is_told_with_its_layer() -> None:
    mixed = units()
    mixed.loc[0, "geometry"] = shapely.Point(1, 2)
    with pytest.raises(StageError, match=r"Shapefile, layer units: .*2 dimensions"):
        shapefile_zip({"units": mixed}, short=SHORT)
    with pytest.raises(StageError, match=r"FileGDB, layer units: .*2 dimensions"):
        geodatabase_files({"units": mixed}, about=ABOUT)


def test_a_column_without_any_value_is_one_of_texts(tmp_path: Path) -> None:
    bare = units([None, None])
    folder = tmp_path / "x.gdb"
    folder.mkdir()
    for name, content in geodatabase_files({"units": bare}, about=ABOUT).items():
        (folder / name).write_bytes(content)
    (tmp_path / "u.parquet").write_bytes(parquet_bytes(bare))
    for path in (folder, tmp_path / "u.parquet"):
        assert as_texts(vector.read_vector(path)["long_column_name"]) == [None, None]
        info = pyogrio.read_info(path) if path == folder else None
        assert info is None or info["ogr_types"][0] == "OFTString"


def test_empty_layers_are_written_too(tmp_path: Path) -> None:
    none = units().iloc[:0]
    files = geodatabase_files({"units": none}, about=ABOUT)
    content, _ = shapefile_zip({"units": none}, short=SHORT)
    assert files
    assert len(pyogrio.read_dataframe(unzipped(content, tmp_path) / "units.shp")) == 0
