"""Files of tables: formats, faults, and writing as one step."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pandas as pd
import pytest

import geopandas as gpd
import pyogrio
import shapely

from geoplan import vector
from geoplan.errors import DataError
from geoplan.vector import assumed_encoding, read_csv, read_table, read_vector, write_table

SHAPES = [shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1), shapely.box(2, 0, 3, 1)]


def squares(state: object = 4490) -> gpd.GeoDataFrame:
    """Return three squares with a Chinese column and a name."""
    return gpd.GeoDataFrame({"名称": ["甲", "乙", "丙"]}, geometry=SHAPES, crs=state)


def write(path: Path, table: gpd.GeoDataFrame | None = None) -> Path:
    """Write squares in the format of the suffix."""
    table = squares() if table is None else table
    if path.suffix == ".parquet":
        table.to_parquet(path)
    elif path.suffix == ".zip":
        inner = write(path.with_suffix(".shp"), table)
        with zipfile.ZipFile(path, "w") as archive:
            for part in sorted(inner.parent.glob(f"{inner.stem}.*")):
                if part.suffix != ".zip":
                    archive.write(part, part.name)
    elif path.suffix == ".gdb":
        table.to_file(path, driver="OpenFileGDB")
    else:
        table.to_file(path)
    return path


@pytest.mark.parametrize("suffix", vector.SUFFIXES)
def test_read_every_format(tmp_path: Path, suffix: str) -> None:
    read = read_vector(write(tmp_path / f"地块{suffix}"))
    # FlatGeobuf sorts its rows by place.
    by_name = dict(zip(read["名称"], read.geometry, strict=True))
    assert {name: shape.bounds[0] for name, shape in by_name.items()} == {"甲": 0, "乙": 1, "丙": 2}
    assert shapely.area(read.geometry.to_numpy()).tolist() == [1, 1, 1]
    assert read.crs.to_epsg() == 4490


@pytest.mark.parametrize("suffix", [".shp", ".gpkg", ".fgb"])
def test_a_missing_system_stays_missing(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    with pytest.warns(UserWarning, match="'crs' was not provided"):
        squares(None).to_file(path)
    assert read_vector(path).crs is None


def test_suffix_in_capitals(tmp_path: Path) -> None:
    path = write(tmp_path / "a.gpkg").rename(tmp_path / "A.GPKG")
    assert len(read_vector(path)) == 3


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"redline\.shp: there is no such file"):
        read_vector(tmp_path / "redline.shp")


def test_unknown_suffix(tmp_path: Path) -> None:
    path = tmp_path / "redline.dwg"
    path.write_bytes(b"AC1027")
    with pytest.raises(DataError, match=r"format '\.dwg' is not known; allowed: .parquet, .gpkg"):
        read_vector(path)


@pytest.mark.parametrize("suffix", [".parquet", ".gpkg", ".fgb", ".shp", ".geojson", ".zip"])
@pytest.mark.parametrize("content", [b"", b"this is no geometry\n" * 40])
def test_file_of_something_else(tmp_path: Path, suffix: str, content: bytes) -> None:
    path = tmp_path / f"a{suffix}"
    path.write_bytes(content)
    with pytest.raises(DataError, match=rf"a\{suffix}: cannot be read: "):
        read_vector(path)


@pytest.mark.parametrize("share", [0.3, 0.7])
@pytest.mark.parametrize("suffix", [".parquet", ".gpkg", ".fgb", ".geojson"])
def test_file_cut_short(tmp_path: Path, suffix: str, share: float) -> None:
    path = write(tmp_path / f"a{suffix}")
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(DataError, match=rf"a\{suffix}: (cannot be read|0 of 3 features)"):
        read_vector(path)


def test_shapefile_without_its_index(tmp_path: Path) -> None:
    path = write(tmp_path / "a.shp")
    path.with_suffix(".shx").unlink()
    with pytest.raises(DataError, match=r"a\.shp: cannot be read: .*a\.shx"):
        read_vector(path)


def test_folder_in_place_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "a.gdb").mkdir()
    with pytest.raises(DataError, match=r"a\.gdb: cannot be read"):
        read_vector(tmp_path / "a.gdb")


def test_several_layers_are_not_guessed(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    squares().to_file(path, layer="红线")
    squares().to_file(path, layer="基本农田")
    with pytest.raises(
        DataError, match="holds 2 layers with shapes: 红线, 基本农田; a layer file names one"
    ):
        read_vector(path)


def test_a_table_beside_the_layer_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    pyogrio.write_dataframe(pd.DataFrame({"note": ["x"]}), path, layer="about")
    squares().to_file(path, layer="shapes", mode="a")
    assert len(read_vector(path)) == 3


def test_parquet_without_geometry_is_no_layer(tmp_path: Path) -> None:
    pd.DataFrame({"a": [1]}).to_parquet(tmp_path / "a.parquet")
    with pytest.raises(DataError, match=r"a\.parquet: cannot be read: Missing geo metadata"):
        read_vector(tmp_path / "a.parquet")


def test_tables_come_back_as_they_were(tmp_path: Path) -> None:
    plain = pd.DataFrame({"adcode": ["140100"], "share": [0.1], "n": [3], "note": [None]})
    plain["note"] = plain["note"].astype("str")
    write_table(plain, tmp_path / "plain.parquet")
    write_table(squares(), tmp_path / "shapes.parquet")
    read = read_table(tmp_path / "plain.parquet")
    pd.testing.assert_frame_equal(read, plain)
    assert not isinstance(read, gpd.GeoDataFrame)
    shapes = read_table(tmp_path / "shapes.parquet")
    assert isinstance(shapes, gpd.GeoDataFrame)
    assert shapes.geometry.tolist() == SHAPES
    assert sorted(p.name for p in tmp_path.iterdir()) == ["plain.parquet", "shapes.parquet"]


def test_same_table_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_table(squares(), tmp_path / f"{name}.parquet")
    assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "b.parquet").read_bytes()


def test_missing_and_broken_tables(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"units\.parquet: there is no such table; run the stage"):
        read_table(tmp_path / "units.parquet")
    (tmp_path / "units.parquet").write_bytes(b"PAR1 half")
    with pytest.raises(DataError, match=r"units\.parquet: cannot be read"):
        read_table(tmp_path / "units.parquet")


@pytest.mark.parametrize("table", [pd.DataFrame({"a": [1]}), squares()])
def test_failed_writing_leaves_nothing(
    tmp_path: Path, table: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(frame: pd.DataFrame, path: Path, **_: object) -> None:
        path.write_bytes(b"half")
        raise OSError("disk full")

    monkeypatch.setattr(type(table), "to_parquet", fail)
    with pytest.raises(OSError, match="disk full"):
        write_table(table, tmp_path / "units.parquet")
    assert list(tmp_path.iterdir()) == []


def test_failed_writing_keeps_the_old_table(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    write_table(pd.DataFrame({"a": [1]}), path)
    unwritable = pd.DataFrame({"a": [object()]})
    with pytest.raises(Exception, match="object"):
        write_table(unwritable, path)
    assert [p.name for p in tmp_path.iterdir()] == ["a.parquet"]
    assert read_table(path)["a"].tolist() == [1]


def csv(folder: Path, text: str, *, encoding: str = "utf-8") -> Path:
    """Write a CSV."""
    path = folder / "t.csv"
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize(
    "text", ["\ufeffa,b\n1,\nNA,x\n", "a,b\r\n1,\r\nNA,x\r\n", "b,a\n,1\nx,NA\n"]
)
def test_csv_is_text(tmp_path: Path, text: str) -> None:
    read = read_csv(csv(tmp_path, text), columns=["a", "b"])
    assert list(read.columns) == ["a", "b"]
    assert read.to_numpy().tolist() == [["1", ""], ["NA", "x"]]


def test_csv_with_quotes_and_empty_lines(tmp_path: Path) -> None:
    read = read_csv(csv(tmp_path, 'a,b\n"x,y","say ""hi"""\n\n"two\nlines",\n'), columns=["a", "b"])
    assert read.to_numpy().tolist() == [["x,y", 'say "hi"'], ["two\nlines", ""]]


def test_csv_without_rows(tmp_path: Path) -> None:
    read = read_csv(csv(tmp_path, "a,b\n"), columns=["a", "b"])
    assert len(read) == 0
    assert list(read.columns) == ["a", "b"]
    assert isinstance(read["a"].dtype, pd.StringDtype)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,c\n1,2\n", r"columns missing: \['b'\]; unknown: \['c'\]; needed are a, b"),
        ("a\n1\n", r"columns missing: \['b'\]; unknown: none"),
        ("a,b,b\n1,2,3\n", "columns missing: none; unknown: none; needed are a, b, each once"),
        ("", r"columns missing: \['a', 'b'\]"),
        ("a,b\n1\n", "rows without 2 cells:\n  - line 2: 1 cells"),
        ("a,b\n1,2\n1,2,3\n", "rows without 2 cells:\n  - line 3: 3 cells"),
        ('a,b\n"1,2\n', "cannot be read as UTF-8 CSV"),
    ],
)
def test_wrong_csv(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(DataError, match=rf"t\.csv: {message}"):
        read_csv(csv(tmp_path, text), columns=["a", "b"])


def test_csv_in_another_encoding(tmp_path: Path) -> None:
    path = csv(tmp_path, "a,b\n太谷,1\n", encoding="gbk")
    with pytest.raises(DataError, match=r"t\.csv: cannot be read as UTF-8 CSV"):
        read_csv(path, columns=["a", "b"])


def test_missing_csv(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"t\.csv: there is no such file"):
        read_csv(tmp_path / "t.csv", columns=["a"])


def write_shapefile(path: Path, encoding: str, names: list[str], *, page: int = 0) -> Path:
    """Write a shapefile that does not state its encoding; `page` is the table's code page."""
    table = gpd.GeoDataFrame({"名称": names}, geometry=SHAPES[: len(names)], crs=4490)
    pyogrio.write_dataframe(table, path, encoding=encoding)
    path.with_suffix(".cpg").unlink()
    dbf = bytearray(path.with_suffix(".dbf").read_bytes())
    dbf[29] = page
    path.with_suffix(".dbf").write_bytes(dbf)
    return path


@pytest.mark.parametrize("page", [0x00, 0x57])
@pytest.mark.parametrize("encoding", ["UTF-8", "GB18030"])
def test_shapefile_that_does_not_state_its_encoding(
    tmp_path: Path, encoding: str, page: int
) -> None:
    path = write_shapefile(tmp_path / "a.shp", encoding, ["晋中生态", "甲", "𠮷"], page=page)
    assert assumed_encoding(path) == encoding
    assert read_vector(path)["名称"].tolist() == ["晋中生态", "甲", "𠮷"]


def test_shapefile_in_a_zip_that_does_not_state_its_encoding(tmp_path: Path) -> None:
    write_shapefile(tmp_path / "a.shp", "GB18030", ["晋中生态"])
    path = tmp_path / "b.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for part in tmp_path.glob("a.*"):
            archive.write(part, part.name)
    assert assumed_encoding(path) == "GB18030"
    assert read_vector(path)["名称"].tolist() == ["晋中生态"]


def test_utf8_cell_that_ends_within_a_character(tmp_path: Path) -> None:
    path = write_shapefile(tmp_path / "a.shp", "UTF-8", ["晋" * 26])
    dbf = path.with_suffix(".dbf")
    # 78 bytes of 80 are taken; a program that cuts at the width leaves two bytes of the next.
    dbf.write_bytes(dbf.read_bytes().replace(b"  \x1a", "晋".encode()[:2] + b"\x1a"))
    assert assumed_encoding(path) == "UTF-8"


@pytest.mark.parametrize("name", ["a.CPG", "A.cpg"])
def test_stated_encoding_is_believed(tmp_path: Path, name: str) -> None:
    path = write_shapefile(tmp_path / "a.shp", "GB18030", ["晋中生态"])
    (tmp_path / name).write_text("GB18030")
    assert assumed_encoding(path) is None


def test_code_page_of_the_table_is_believed(tmp_path: Path) -> None:
    path = write_shapefile(tmp_path / "a.shp", "GBK", ["晋中生态"], page=0x4D)
    assert assumed_encoding(path) is None
    assert read_vector(path)["名称"].tolist() == ["晋中生态"]


def test_texts_in_no_known_encoding(tmp_path: Path) -> None:
    path = write_shapefile(tmp_path / "a.shp", "UTF-8", ["XX"])
    dbf = path.with_suffix(".dbf")
    dbf.write_bytes(dbf.read_bytes().replace(b"XX", b"\xff\xff"))
    with pytest.raises(DataError, match=r"a\.shp: its texts are neither .* put a \.cpg file"):
        read_vector(path)


def test_formats_with_an_encoding_of_their_own(tmp_path: Path) -> None:
    assert assumed_encoding(write(tmp_path / "a.gpkg")) is None


def test_json_in_cells_is_text_to_group_by(tmp_path: Path) -> None:
    features = [
        {"type": "Feature", "properties": {"a": cell}, "geometry": SQUARE_JSON}
        for cell in ({"b": [1]}, {"b": [2]}, {"b": [1]})
    ]
    path = tmp_path / "a.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    (part,) = vector.parts_of(path, rows=10)
    (batch,) = vector.read_part(path, part, columns=["a"], rows=10)
    ((codes, values),) = batch.columns
    assert [json.loads(str(values[code])) for code in codes] == [{"b": [1]}, {"b": [2]}, {"b": [1]}]


def test_control_characters_of_a_file_do_not_stand_in_messages(tmp_path: Path) -> None:
    path = tmp_path / "a.geojson"
    path.write_text('{"type": "FeatureCollection", "features": [\x1b]}', "utf-8")
    with pytest.raises(DataError, match="cannot be read") as caught:
        vector.read(path)
    assert str(caught.value).isprintable()


SQUARE_JSON = {"type": "Polygon", "coordinates": [[[112, 37], [113, 37], [113, 38], [112, 37]]]}
