"""Headers of real files pass; what they promise beyond the file does not; names and kinds."""

from __future__ import annotations

import os
import sqlite3
import struct
import sys
import zipfile
from contextlib import AbstractContextManager, closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import geopandas as gpd
import pyogrio
import shapely

from geoplan import guard, vector
from geoplan.errors import DataError, RefusedError
from geoplan.guard import LIMITS, door, heads
from geoplan.guard.heads import _index_bytes
from geoplan.guard.shapes import parts_of
from geoplan.guard.sniff import sniff
from tests.corpus.guard_bytes import (
    RING,
    archive,
    dbf,
    feature_collection,
    flatgeobuf,
    geopackage,
    kml,
    saved,
    shapefile,
)


def squares(rows: int = 3) -> gpd.GeoDataFrame:
    xs = 112 + np.arange(rows) / 1000
    shapes = shapely.box(xs, 37, xs + 0.001, 37.001)
    return gpd.GeoDataFrame({"名": ["甲"] * rows, "n": range(rows)}, geometry=shapes, crs=4490)


@pytest.mark.parametrize("rows", [0, 1, 17, 400])
@pytest.mark.parametrize(
    ("suffix", "format_"),
    [
        (".gpkg", "geopackage"),
        (".shp", "shapefile"),
        (".fgb", "flatgeobuf"),
        (".parquet", "geoparquet"),
        (".geojson", "geojson"),
        (".gdb", "filegdb"),
    ],
)
@pytest.mark.filterwarnings("ignore")
def test_files_of_gdal_pass(tmp_path: Path, suffix: str, format_: str, rows: int) -> None:
    path = tmp_path / f"a{suffix}"
    if suffix == ".parquet":
        squares(rows).to_parquet(path, row_group_size=100)
    elif rows or suffix != ".fgb":
        pyogrio.write_dataframe(squares(rows), path, geometry_type="Polygon", encoding="UTF-8")
    else:
        pytest.skip("GDAL needs a row for an index")
    assert guard.checked(path) == guard.Checked(path, format_)


def test_tables_of_many_kinds_of_columns_pass(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "list": [[1, 2], [3]],
            "time": pd.to_datetime(["2020-01-01", None]),
            "same": ["a" * 1000] * 2,
            "none": [None, None],
        }
    )
    frame.to_parquet(tmp_path / "a.parquet", compression="zstd")
    assert guard.checked(tmp_path / "a.parquet").format == "geoparquet"


def test_many_equal_rows_pass(tmp_path: Path) -> None:
    pd.DataFrame({"a": np.zeros(3_000_000, dtype=np.int8)}).to_parquet(tmp_path / "a.parquet")
    assert (tmp_path / "a.parquet").stat().st_size < 20_000
    assert guard.checked(tmp_path / "a.parquet").format == "geoparquet"


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9, 0.99])
@pytest.mark.parametrize("suffix", [".gpkg", ".shp", ".parquet"])
def test_files_cut_short_are_refused(tmp_path: Path, suffix: str, share: float) -> None:
    path = tmp_path / f"a{suffix}"
    if suffix == ".parquet":
        squares(400).to_parquet(path)
    else:
        pyogrio.write_dataframe(squares(400), path, encoding="UTF-8")
    os.truncate(path, int(share * path.stat().st_size))
    with pytest.raises(RefusedError, match="cut short"):
        guard.checked(path)


@pytest.mark.parametrize(
    ("rows", "node", "boxes"),
    # Sixteen in one: 16 + 1; 17 need two, and these one above them; 1 is the root itself.
    [(16, 16, 17), (17, 16, 20), (1, 16, 1), (256, 16, 273), (5, 2, 11), (9, 0, 0), (0, 16, 0)],
)
def test_size_of_the_index_of_a_flatgeobuf(rows: int, node: int, boxes: int) -> None:
    assert _index_bytes(rows, node) == 40 * boxes


def test_a_flatgeobuf_holds_what_it_states(tmp_path: Path) -> None:
    # Two features: an index of three boxes of 40 bytes, and 12 bytes each at least.
    whole = flatgeobuf(2, more=bytes(3 * 40 + 2 * 12))
    assert guard.checked(saved("a.fgb", whole)(tmp_path)).format == "flatgeobuf"
    with pytest.raises(RefusedError, match="states 2 features, which take"):
        guard.checked(saved("b.fgb", whole[:-1])(tmp_path))


@pytest.mark.parametrize("places", [{}, {9: 0, 11: 0}])
def test_a_column_of_a_parquet_file_that_is_nowhere(tmp_path: Path, places: dict[int, int]) -> None:
    (tmp_path / "a.parquet").write_bytes(bytes(99))
    footer = {2: [{}, {}], 3: 1, 4: [{1: [{3: {6: 1, 7: 1, **places}}], 2: 1, 3: 1}]}
    with pytest.raises(RefusedError, match="a column ends beyond the end"):
        heads._check_footer(footer, tmp_path / "a.parquet", LIMITS)


@pytest.mark.parametrize("rows", [4, 5])
def test_a_table_holds_what_it_states(tmp_path: Path, rows: int) -> None:
    # Some programs count the byte that ends a table as one more row's: 65 + 4 × 11 are there.
    path = shapefile(tmp_path, dbf=dbf(rows, 11, more=b"           " * 4))
    if rows == 4:
        assert guard.checked(path).format == "shapefile"
        return
    with pytest.raises(RefusedError, match=r"a\.dbf states 5 rows of 11 bytes, which take 120"):
        guard.checked(path)


def test_parts_of_a_shapefile_in_any_case(tmp_path: Path) -> None:
    path = shapefile(tmp_path)
    (tmp_path / "a.dbf").rename(tmp_path / "A.DBF")
    os.truncate(tmp_path / "A.DBF", 70)
    assert parts_of(path)[".dbf"].name == "A.DBF"
    with pytest.raises(RefusedError, match=r"A\.DBF states 1 rows"):
        guard.checked(path)


def test_deleted_records_of_an_index_pass(tmp_path: Path) -> None:
    path = shapefile(tmp_path)
    index = path.with_suffix(".shx")
    content = bytearray(index.read_bytes() + bytes(8))
    content[24:28] = struct.pack(">I", len(content) // 2)
    index.write_bytes(content)
    assert guard.checked(path).format == "shapefile"


def test_old_bytes_behind_the_end_of_an_index_pass(tmp_path: Path) -> None:
    path = shapefile(tmp_path)
    index = path.with_suffix(".shx")
    index.write_bytes(index.read_bytes() + b"\xff" * 8)
    assert guard.checked(path).format == "shapefile"
    assert [layer.rows for layer in vector.look(path).layers] == [1]
    assert len(vector.read(path).frame) == 1


def test_rows_that_are_not_in_place_yet_count(tmp_path: Path) -> None:
    path = geopackage()(tmp_path)
    with closing(sqlite3.connect(path, isolation_level=None)) as base:
        base.execute("PRAGMA journal_mode = WAL")
        base.execute("PRAGMA wal_autocheckpoint = 0")
        base.execute("CREATE TABLE large (a)")
        base.execute("INSERT INTO large VALUES (zeroblob(300000))")
        assert guard.checked(path).format == "geopackage"
        base.execute("CREATE VIEW v AS SELECT load_extension('a') AS b")
        with pytest.raises(RefusedError, match="view 'v' calls load_extension"):
            guard.checked(path)


def test_nothing_of_a_database_is_changed(tmp_path: Path) -> None:
    path = geopackage("CREATE TABLE t (a)")(tmp_path)
    before = path.read_bytes(), sorted(tmp_path.iterdir())
    guard.checked(path)
    assert (path.read_bytes(), sorted(tmp_path.iterdir())) == before


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT ogr_layer_Extent('/etc/passwd') AS a",
        "SELECT \"readfile\"('/etc/passwd') AS a",
        "SELECT writefile/* a */('/tmp/a', 'b') AS a",
        "SELECT BlobFromFile('/etc/passwd') AS a",
        "SELECT ogr_geocode('a') AS a",
        "SELECT '--' AS a, ogr_geocode('a') AS b",
        "SELECT '/*' AS a, ogr_geocode('a') AS b, '*/' AS c",
        'SELECT 1 AS "--", ogr_geocode(1) AS b',
        "SELECT 1 AS a -- it's\n, ogr_geocode(1) AS b",
        "SELECT 'INTO '||ogr_geocode('(') AS a",
    ],
)
def test_functions_that_reach_outside(tmp_path: Path, sql: str) -> None:
    path = geopackage(f"CREATE VIEW v AS {sql}")(tmp_path)
    with pytest.raises(RefusedError) as caught:
        guard.checked(path)
    assert caught.value.code == "refused.sqlite_function"


@pytest.mark.parametrize(
    "sql",
    [
        'SELECT a.fid FROM "红线" a JOIN "红线" b ON a.fid = b.fid WHERE a.name IN (\'import(\')',
        'SELECT count(*) AS edits, max(fid) AS exported FROM "红线"',
        'SELECT fid FROM "红线" WHERE ' + " OR ".join(f"name = '{n}'" for n in range(300)),
    ],
)
def test_views_of_honest_people_pass(tmp_path: Path, sql: str) -> None:
    assert guard.checked(geopackage(f"CREATE VIEW v AS {sql}")(tmp_path)).format == "geopackage"


def test_triggers_that_keep_a_log_pass(tmp_path: Path) -> None:
    path = geopackage(
        "CREATE TABLE export_log (a)",
        'CREATE TABLE "edit" (a)',
        'CREATE TRIGGER t AFTER UPDATE ON "红线" BEGIN INSERT INTO export_log (a) VALUES (1); '
        'INSERT OR REPLACE INTO "edit"(a) VALUES (NEW.fid); END',
    )(tmp_path)
    assert guard.checked(path).format == "geopackage"


def test_the_name_of_a_virtual_table_says_nothing_of_its_kind(tmp_path: Path) -> None:
    sql = 'CREATE VIRTUAL TABLE "a USING rtree" USING csv(filename=1)'
    path = geopackage(hidden=[("table", "a USING rtree", sql)])(tmp_path)
    with pytest.raises(RefusedError) as caught:
        guard.checked(path)
    assert caught.value.code == "refused.sqlite_module"


def test_full_texts_of_a_database_pass(tmp_path: Path) -> None:
    path = geopackage("CREATE VIRTUAL TABLE words USING fts5(a)")(tmp_path)
    assert guard.checked(path).format == "geopackage"


def test_an_atlas_of_our_own_passes(tmp_path: Path) -> None:
    view = vector.View(
        table="rows",
        columns=["n"],
        layer="units",
        by="n",
        where={"n": ["1"]},
        shaped={"n": ["1"]},
    )
    layers = {"units": squares(), "rows": pd.DataFrame({"n": [1, 2]})}
    about = {"units": vector.About(title="县", style="<qgis/>")}
    (tmp_path / "a.gpkg").write_bytes(vector.geopackage(layers, views={"v": view}, about=about))
    assert guard.checked(tmp_path / "a.gpkg").format == "geopackage"


def test_a_folder_of_parquet_files(tmp_path: Path) -> None:
    folder = tmp_path / "a.parquet"
    folder.mkdir()
    squares().to_parquet(folder / "1.parquet")
    assert guard.checked(folder).format == "geoparquet"
    (folder / "2.parquet").write_bytes(b"PAR1" + bytes(20))
    with pytest.raises(RefusedError, match="has no footer"):
        guard.checked(folder)


def test_a_file_is_looked_at_again_only_where_it_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = []
    real = door._looked
    monkeypatch.setattr(door, "_looked", lambda *all_: looked.append(all_[0]) or real(*all_))
    path = shapefile(tmp_path)
    assert guard.checked(path) is guard.checked(path)
    path.with_suffix(".dbf").write_bytes(dbf(1, 11, more=b" 140703    \x1a "))
    guard.checked(path)
    assert looked == [path, path]
    guard.checked(path, limits=replace(LIMITS, columns=99))
    assert len(looked) == 3


def test_a_refusal_is_not_kept(tmp_path: Path) -> None:
    path = saved("a.geojson", "{")(tmp_path)
    with pytest.raises(RefusedError):
        guard.checked(path)
    saved("a.geojson", feature_collection())(tmp_path)
    assert guard.checked(path).format == "geojson"


@pytest.mark.parametrize(
    ("start", "format_"),
    [
        (b"PK\x03\x04", "zip"),
        (b"SQLite format 3\0", "geopackage"),
        (b"  0\r\nSECTION\r\n", "dxf"),
        (b"999\r\nremark\r\n  0\r\nSECTION\r\n", "dxf"),
        (b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- a -->\n<kml>", "kml"),
        (b"<ogr:FeatureCollection>", "gml"),
        (b'\x1e{"type": "Feature"}', "geojson"),
        (b"MZ,BM\n1,2\n", None),
        (b"name,value\n", None),
        ("[名称],X,Y\n".encode("gbk"), None),
        (b"\xe5\x8e\xbf,1\n", None),
    ],
)
def test_kinds_by_their_first_bytes(start: bytes, format_: str | None) -> None:
    found = sniff(start, len(start))
    assert (found.format if found else None) == format_


@pytest.mark.parametrize("encoding", ["gbk", "utf-8", "utf-8-sig"])
def test_a_list_of_boundary_points_says_what_it_is(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "a.txt").write_text("[属性描述]\n坐标系=2000国家大地坐标系\n", encoding=encoding)
    with pytest.raises(RefusedError, match=r"a list of boundary points \(界址点坐标\); make pol"):
        guard.checked(tmp_path / "a.txt")


def test_a_table_whose_heads_look_like_a_program(tmp_path: Path) -> None:
    assert guard.checked(saved("a.csv", "MZ,BM\n1,2\n")(tmp_path)).format == "csv"


@pytest.mark.parametrize("suffix", ["GEOJSON", "GeoJson", "JSON"])
def test_names_in_capitals(tmp_path: Path, suffix: str) -> None:
    assert guard.checked(saved(f"a.{suffix}", feature_collection())(tmp_path)).format == "geojson"


def test_files_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"a\.shp: there is no such file$") as caught:
        guard.checked(tmp_path / "a.shp")
    assert caught.value.code == "data.no_file"
    assert not isinstance(caught.value, RefusedError)


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        ("/vsicurl/http://a/b.shp", True),
        ("/VSIZIP/a.zip", True),
        ("http://a/b.json", True),
        ("https:/a/b.json", True),
        ("zip://a.zip!b.shp", True),
        ("PG:dbname=a", True),
        ("GPKG:a.gpkg:layer", True),
        ("a.zip!b.shp", True),
        ("C:/data/a.shp", False),
        ("data/a.shp", False),
        ("县界：新.shp", False),
        ("/data/vsi/a.shp", False),
    ],
)
def test_addresses_are_known(name: str, is_one: bool) -> None:
    assert guard.is_address(name) is is_one


@pytest.mark.skipif(sys.platform == "win32", reason="names of files")
def test_a_file_that_is_called_as_an_address_is_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    saved("PG:a.geojson", feature_collection())(tmp_path)
    assert guard.checked(Path("PG:a.geojson")).format == "geojson"


def test_a_zero_byte_in_the_name() -> None:
    with pytest.raises(RefusedError, match="NUL"):
        guard.checked(Path("a\0.shp"))


def test_a_link_that_leads_nowhere(tmp_path: Path) -> None:
    (tmp_path / "a.shp").symlink_to(tmp_path / "b.shp")
    with pytest.raises(RefusedError, match=r"is a link to '.*b\.shp', which is not there"):
        guard.checked(tmp_path / "a.shp")


@pytest.mark.parametrize(
    ("name", "text"),
    [("a", "'a'"), ("a\x1b[1m\n", r"'a\\x1b[1m\\n'"), ("甲" * 90, f"'{'甲' * 80}'…")],
)
def test_names_in_messages_are_on_one_line(name: str, text: str) -> None:
    assert guard.shown(name) == text


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 bytes"), (1023, "1023 bytes"), (1536, "1.5 KiB"), (5 << 30, "5.0 GiB")],
)
def test_sizes_in_messages(count: int, text: str) -> None:
    assert guard.size_text(count) == text


def test_limits_are_told_with_their_names() -> None:
    text = Path(guard.limits.__file__).read_text("utf-8")
    for name in vars(LIMITS):
        assert f"    {name}: " in text
        assert getattr(LIMITS, name) > 0


def test_what_is_in_an_archive_is_looked_at_when_it_is_read(tmp_path: Path) -> None:
    path = archive({"a.kml": kml(head="<!DOCTYPE a>").encode()})(tmp_path)
    assert guard.checked(path).format == "zip"
    with guard.unpacked(path) as folder, pytest.raises(RefusedError) as caught:
        guard.checked(folder / "a.kml")
    assert caught.value.code == "refused.xml_entity"


def test_what_is_in_an_archive_is_looked_at_before_gdal_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"

    def pack(sql: str) -> None:
        with zipfile.ZipFile(path, "w") as archive:
            made = geopackage(f"CREATE VIEW v AS {sql}")(tmp_path)
            archive.write(made, "a.gpkg")
            made.unlink()

    pack("SELECT load_extension('a') AS b")
    for read in (vector.read_vector, vector.describe):
        with pytest.raises(RefusedError, match=r"a\.zip: a\.gpkg: .* calls load_ext") as caught:
            read(path)
        assert caught.value.code == "refused.sqlite_function"
    pack("SELECT 1 AS b")
    assert len(vector.read_vector(path)) == 1
    assert vector.describe(path).rows == 1


def test_an_archive_is_unpacked_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.write(geopackage()(tmp_path), "a.gpkg")
    times: list[Path] = []
    own = guard.unpacked

    def counted(path: Path) -> AbstractContextManager[Path]:
        times.append(path)
        return own(path)

    monkeypatch.setattr(guard, "unpacked", counted)
    vector.describe(tmp_path / "a.zip")
    vector.read_vector(tmp_path / "a.zip")
    assert times == [tmp_path / "a.zip"]


def test_the_square_of_the_corpus_is_read(tmp_path: Path) -> None:
    read = vector.read_vector(shapefile(tmp_path))
    assert read.geometry.iloc[0].equals(shapely.Polygon(RING))
