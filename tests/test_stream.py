"""Large files in parts and batches: every row once, as bytes and codes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import parquet

import geopandas as gpd
import shapely

from geoplan import crs
from geoplan.errors import DataError, MissingCRSError
from geoplan.vector import Batch, describe, parts_of, read_part, stream, taken
from tests.small import box

MANY = 11


@pytest.fixture(autouse=True)
def one_group_a_part(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make a part of every row group, however small, as large files have it."""
    monkeypatch.setattr(stream, "ROWS_A_PART", 1)


def rows(count: int = MANY, state: object = crs.WORK_CRS) -> gpd.GeoDataFrame:
    """Return squares side by side, each with its number and a text."""
    shapes = [box(i / 100, 0, (i + 1) / 100, 0.01) for i in range(count)]
    columns = {
        "n": np.arange(count, dtype=np.int32),
        "名称": [f"第{i % 3}类" for i in range(count)],
    }
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=crs.WORK_CRS).to_crs(state)


def batches(path: Path, *columns: str, size: int = 4) -> list[Batch]:
    """Read a whole file."""
    return [
        b for p in parts_of(path, rows=size) for b in read_part(path, p, columns=columns, rows=size)
    ]


def values(read: list[Batch], column: int = 0) -> list[object]:
    """Return the values of a column, row by row."""
    return [b.columns[column][1][code] for b in read for code in b.columns[column][0]]


def shapes(read: list[Batch]) -> list[shapely.Geometry | None]:
    """Return the shapes, row by row; null where a value has no bytes."""
    spans = [(b.data, *pair) for b in read for pair in zip(b.offsets, b.offsets[1:], strict=False)]
    return [shapely.from_wkb(data[a:z].tobytes()) if z > a else None for data, a, z in spans]


@pytest.fixture
def regeo(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes a GeoParquet whose geometry column says something else."""

    def write(change: Callable[[dict[str, object]], object]) -> Path:
        path = tmp_path / "other.parquet"
        rows(state=crs.DATA_CRS).to_parquet(path)
        table = parquet.read_table(path)
        head = dict(table.schema.metadata)
        geo = json.loads(head[b"geo"])
        change(geo["columns"]["geometry"])
        head[b"geo"] = json.dumps(geo).encode()
        parquet.write_table(table.replace_schema_metadata(head), path)
        return path

    return write


@pytest.mark.parametrize("group", [1, 5, 100])
@pytest.mark.parametrize("size", [1, 4, 100])
@pytest.mark.parametrize("most", [2, 500_000])
def test_every_row_of_a_parquet_comes_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, group: int, size: int, most: int
) -> None:
    monkeypatch.setattr(stream, "PARTS_A_GROUP", most)
    path = tmp_path / "a.parquet"
    rows().to_parquet(path, row_group_size=group)
    read = batches(path, "n", size=size)
    assert values(read) == list(range(MANY))
    assert shapes(read) == rows().geometry.tolist()
    assert max(len(b.offsets) - 1 for b in read) <= size
    assert [b.first for b in read] == [values([b])[0] for b in read]


@pytest.mark.parametrize("suffix", [".gpkg", ".fgb", ".shp", ".geojson", ".gdb"])
@pytest.mark.parametrize("size", [1, 4, 100])
def test_every_row_of_other_formats_comes_once(tmp_path: Path, suffix: str, size: int) -> None:
    path = tmp_path / f"地块{suffix}"
    rows(state=crs.DATA_CRS).to_file(path, driver="OpenFileGDB" if suffix == ".gdb" else None)
    read = batches(path, "名称", "n", size=size)
    numbers = values(read, 1)
    assert sorted(numbers) == list(range(MANY))  # type: ignore[type-var]
    assert values(read) == [f"第{n % 3}类" for n in numbers]  # type: ignore[operator]
    wests = [shape.bounds[0] for shape in shapes(read) if shape is not None]
    there = rows(state=crs.DATA_CRS).bounds["minx"]
    assert np.allclose(wests, there.loc[numbers], atol=1e-6)
    assert [len(b.offsets) - 1 for b in read] == [len(b.columns[0][0]) for b in read]
    assert max(len(b.offsets) - 1 for b in read) <= size


def test_a_file_says_what_it_holds(tmp_path: Path) -> None:
    rows(3).rename_geometry("shape").to_parquet(tmp_path / "a.parquet")
    rows(3).to_file(tmp_path / "a.gpkg")
    for name, geometry in (("a.parquet", "shape"), ("a.gpkg", "geometry")):
        info = describe(tmp_path / name)
        assert (info.rows, info.columns, info.geometry) == (3, ("n", "名称"), geometry)
        assert info.crs == crs.WORK_CRS


def test_a_file_without_rows_has_no_batches(tmp_path: Path) -> None:
    for suffix in ("parquet", "gpkg"):
        path = tmp_path / f"a.{suffix}"
        empty = rows(0).set_geometry(gpd.GeoSeries([], crs=crs.WORK_CRS))
        if suffix == "parquet":
            empty.to_parquet(path)
        else:
            empty.to_file(path, geometry_type="Polygon")
        assert describe(path).rows == 0
        assert batches(path, "n") == []


@pytest.mark.parametrize("suffix", [".parquet", ".gpkg"])
def test_null_shapes_are_values_without_bytes(tmp_path: Path, suffix: str) -> None:
    table = rows(6)
    table.loc[[0, 3, 5], "geometry"] = None
    path = tmp_path / f"a{suffix}"
    table.to_parquet(path) if suffix == ".parquet" else table.to_file(path)
    read = batches(path, "n", size=2)
    assert values(read) == list(range(6))
    assert [shape is None for shape in shapes(read)] == [True, False, False, True, False, True]


@pytest.mark.parametrize("suffix", [".parquet", ".gpkg"])
def test_empty_cells_of_any_type_are_none(tmp_path: Path, suffix: str) -> None:
    table = rows(4).assign(
        text=["a", None, "b", None],
        whole=pd.array([None, 7, None, 7], dtype="Int64"),
        real=[None, None, 0.5, 1.5],
        none=pd.array([None] * 4, dtype="str"),
    )
    path = tmp_path / f"a{suffix}"
    table.to_parquet(path) if suffix == ".parquet" else table.to_file(path)
    read = batches(path, "text", "whole", "real", "none", size=3)
    assert values(read) == ["a", None, "b", None]
    assert values(read, 1) == [None, 7, None, 7]
    assert values(read, 2) == [None, None, 0.5, 1.5]
    assert values(read, 3) == [None] * 4


def test_dictionary_columns_of_several_row_groups(tmp_path: Path) -> None:
    words = ["乙", None, "甲", "甲", "丙", None, "乙", "丁"]
    table = rows(8).assign(kind=pd.Categorical(words, categories=["丁", "丙", "乙", "甲", "戊"]))
    table.to_parquet(tmp_path / "a.parquet", row_group_size=3)
    for size in (2, 3, 8):
        assert values(batches(tmp_path / "a.parquet", "kind", size=size)) == words


def test_columns_come_in_the_order_asked_for(tmp_path: Path) -> None:
    rows(2).to_parquet(tmp_path / "a.parquet")
    read = batches(tmp_path / "a.parquet", "名称", "n")
    assert (values(read), values(read, 1)) == (["第0类", "第1类"], [0, 1])
    assert batches(tmp_path / "a.parquet")[0].columns == ()


def test_batches_say_where_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "PARTS_A_GROUP", 4)
    rows(8).to_parquet(tmp_path / "a.parquet", row_group_size=6)
    assert [b.where for b in batches(tmp_path / "a.parquet", size=5)] == [
        "row group 0, rows 0 to 3",
        "row group 0, rows 4 to 4",
        "row group 0, rows 5 to 5",
        "row group 1, rows 6 to 7",
    ]
    rows(5).to_file(tmp_path / "a.gpkg")
    assert [b.where for b in batches(tmp_path / "a.gpkg", size=3)] == ["rows 0 to 2", "rows 3 to 4"]


def test_batches_come_into_the_work_system(tmp_path: Path) -> None:
    rows(3, state=crs.DATA_CRS).to_parquet(tmp_path / "a.parquet")
    (batch,) = batches(tmp_path / "a.parquet")
    moved = batch.to_work(np.array(shapes([batch])))
    assert shapely.equals_exact(moved, rows(3).geometry.to_numpy(), 1e-4).all()
    x, y = shapely.get_coordinates(shapes([batch])).T
    assert np.allclose(batch.xy_to_work(x, y), shapely.get_coordinates(moved).T, atol=1e-6)


def test_geoparquet_that_names_no_system_is_in_degrees(regeo: Callable[..., Path]) -> None:
    path = regeo(lambda column: column.pop("crs"))
    assert describe(path).crs.to_authority() == ("OGC", "CRS84")
    (first, *_) = batches(path)
    at = shapely.get_coordinates(first.to_work(np.array(shapes([first])[:1])))[0]
    assert np.allclose(at, rows(1).geometry[0].exterior.coords[0], atol=2)


def test_a_system_that_is_said_to_be_unknown_is_missing(regeo: Callable[..., Path]) -> None:
    path = regeo(lambda column: column.update(crs=None))
    with pytest.raises(MissingCRSError, match=r"other\.parquet: has no coordinate system; state"):
        describe(path)


@pytest.mark.parametrize("suffix", [".gpkg", ".fgb", ".shp"])
def test_a_missing_system_is_refused(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    with pytest.warns(UserWarning, match="'crs' was not provided"):
        rows(2).set_crs(None, allow_override=True).to_file(path)
    with pytest.raises(MissingCRSError, match="has no coordinate system"):
        describe(path)


def test_geometry_that_is_no_wkb_is_refused(tmp_path: Path) -> None:
    rows(2).to_parquet(tmp_path / "a.parquet", geometry_encoding="geoarrow")
    with pytest.raises(DataError, match=r"a\.parquet: geometry is polygon; write it as WKB"):
        describe(tmp_path / "a.parquet")


def test_files_that_are_no_layers(tmp_path: Path) -> None:
    pd.DataFrame({"a": [1]}).to_parquet(tmp_path / "table.parquet")
    (tmp_path / "folder.parquet").mkdir()
    (tmp_path / "text.gpkg").write_text("this is no geometry\n" * 40)
    (tmp_path / "a.dwg").write_bytes(b"AC1027")
    for name, message in (
        ("table.parquet", "is no GeoParquet: it has no metadata about geometry"),
        ("folder.parquet", "is a folder without any .parquet file"),
        ("text.gpkg", "cannot be read"),
        ("a.dwg", "format is not known; allowed: .parquet, .gpkg"),
        ("none.parquet", "there is no such file"),
    ):
        with pytest.raises(DataError, match=f"{name}: {message}"):
            describe(tmp_path / name)


def test_broken_pages_are_a_fault_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    rows(2000).to_parquet(path)
    content = bytearray(path.read_bytes())
    content[400:20_000:37] = bytes(b ^ 0xFF for b in content[400:20_000:37])
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"a\.parquet: cannot be read: "):
        batches(path, "n")


BROKEN = {
    "no JSON": b"oops",
    "empty": b"{}",
    "no such column": b'{"primary_column": "shape", "columns": {}}',
    "no coordinate system": b'{"primary_column": "geometry", "columns": '
    b'{"geometry": {"encoding": "WKB", "crs": "nonsense"}}}',
    "not in the table": b'{"primary_column": "shape", "columns": '
    b'{"shape": {"encoding": "WKB", "crs": "EPSG:4490"}}}',
}


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
def test_broken_metadata_are_wrong_data(tmp_path: Path, text: bytes) -> None:
    path = tmp_path / "broken.parquet"
    table = pa.table({"geometry": pa.array([b""])}).replace_schema_metadata({b"geo": text})
    parquet.write_table(table, path)
    with pytest.raises(DataError, match=r"broken\.parquet: has no column|metadata about geometry"):
        describe(path)


@pytest.mark.parametrize("share", [0.3, 0.5, 0.7, 0.9])
def test_a_flatgeobuf_that_was_cut_short_is_wrong_data(tmp_path: Path, share: float) -> None:
    whole, path = tmp_path / "whole.fgb", tmp_path / "short.fgb"
    shapes = shapely.box(*np.stack([np.arange(3000.0)] * 2), *np.stack([np.arange(1, 3001.0)] * 2))
    gpd.GeoDataFrame({"n": range(3000)}, geometry=shapes, crs=crs.WORK_CRS).to_file(whole)
    content = whole.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])

    def read_all() -> None:
        for part in parts_of(path, rows=1000):
            list(read_part(path, part, columns=["n"], rows=1000))

    with pytest.raises(DataError, match=r"short\.fgb"):
        read_all()


def test_small_row_groups_are_one_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.parquet"
    rows().to_parquet(path, row_group_size=2)
    monkeypatch.setattr(stream, "ROWS_A_PART", 5)
    parts = parts_of(path, rows=100)
    assert [part.groups for part in parts] == [(0, 1), (2, 3), (4, 5)]
    assert [part.where for part in parts][1:] == [
        "row groups 2 to 3, rows 4 to 7",
        "row groups 4 to 5, rows 8 to 10",
    ]
    assert values(batches(path, "n", size=3)) == list(range(MANY))


def test_a_folder_of_files_is_read_as_one(tmp_path: Path) -> None:
    folder = tmp_path / "pieces.parquet"
    folder.mkdir()
    rows().iloc[:4].to_parquet(folder / "part-00000.parquet", row_group_size=3)
    rows().iloc[4:].to_parquet(folder / "part-00001.parquet")
    assert describe(folder).rows == MANY
    assert values(batches(folder, "n", size=100)) == list(range(MANY))
    assert [b.first for b in batches(folder, "n", size=100)] == [0, 3, 4]
    rows().drop(columns="n").to_parquet(folder / "part-00002.parquet")
    with pytest.raises(DataError, match=r"part-00002\.parquet: has other columns .* than part-"):
        describe(folder)


def test_a_file_says_how_large_its_shapes_are(tmp_path: Path) -> None:
    rows(500).to_parquet(tmp_path / "a.parquet")
    rows(500).to_file(tmp_path / "a.gpkg")
    size = len(rows().to_wkb()["geometry"][0])
    assert size - 20 <= describe(tmp_path / "a.parquet").bytes_a_row <= size + 20
    assert describe(tmp_path / "a.gpkg").bytes_a_row > size


def test_views_of_texts_are_read_as_texts(tmp_path: Path) -> None:
    rows().to_parquet(tmp_path / "a.parquet")
    table = parquet.read_table(tmp_path / "a.parquet")
    views = table.set_column(1, "名称", table.column("名称").cast(pa.string_view()))
    parquet.write_table(views, tmp_path / "a.parquet")
    (read,) = batches(tmp_path / "a.parquet", "名称", size=100)
    assert taken(read.table, np.array([2, -1, 0])).to_pydict() == {"名称": ["第2类", None, "第0类"]}
