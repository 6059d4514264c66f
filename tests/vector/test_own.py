"""The door of own files: layers, columns, curves, systems; nothing is lost in silence."""

from __future__ import annotations

import json
import math
import sqlite3
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import geopandas as gpd
import pyogrio
import shapely

from geoplan import crs, vector
from geoplan.errors import DataError, UsageError
from geoplan.reading import Reading
from geoplan.vector.frames import columns_in, flattened, shapes_in, unique
from tests.corpus.formats import (
    PLAIN,
    SQUARE,
    deleted_row,
    feature,
    geojson,
    gpkg_of,
    squares,
    with_log,
    write,
    zipped,
)
from tests.vector.test_tables import told

RING = "112.5 37.5,112.51 37.5,112.51 37.51,112.5 37.5"


def areas(made: vector.Read) -> np.ndarray:
    """Return areas in the square of the coordinates' unit."""
    return np.asarray(shapely.area(made.frame.geometry.to_numpy()))


def test_names_of_columns() -> None:
    names = ["a", "a", "", "geometry", "a_2", "b"]
    made, notices = unique(names)
    assert made == ["a", "a_3", "column_3", "geometry_2", "a_2", "b"]
    assert notices[0].count == 3
    assert unique(["a", "b"]) == (["a", "b"], [])


def test_columns_keep_their_values() -> None:
    table = pa.table(
        {
            "big": pa.array([2**60 + 1, None], pa.int64()),
            "byte": pa.array([None, 255], pa.uint8()),
            "full": pa.array([1, 2], pa.int32()),
            "truth": pa.array([True, None]),
            "day": pa.array([pd.Timestamp("2020-02-29").date(), None]),
            "text": pa.array(["甲", None]),
            "view": pa.array(["甲", None], pa.string_view()),
            "kind": pa.array(["x", "x"]).dictionary_encode(),
            "none": pa.nulls(2),
            "money": pa.array([None, 1.25]).cast(pa.decimal128(5, 2)),
            "list": pa.array([[1, 2], None]),
            "record": pa.array([{"a": "乙"}, None]),
            "blob": pa.array([b"x", None]),
        }
    )
    made, notices = columns_in(table)
    assert made["big"][0] == 2**60 + 1
    assert made["byte"][1] == 255
    assert str(made["full"].dtype) == "int32"
    assert made["truth"][0] is np.True_
    assert made["day"][0] == pd.Timestamp("2020-02-29")
    for column in ("text", "view"):
        assert made[column][0] == "甲"
    assert list(made["kind"]) == ["x", "x"]
    assert made["money"][1] == 1.25
    assert (made["list"][0], made["record"][0]) == ("[1, 2]", '{"a": "乙"}')
    empty = {"big": 1, "byte": 0, "truth": 1, "day": 1, "text": 1, "none": 0, "list": 1, "money": 0}
    for column, row in empty.items():
        assert pd.isna(made[column][row]), column
    assert "blob" not in made.columns
    assert {n.code: n.count for n in notices} == {
        "format.binary_columns": 1,
        "format.nested_columns": 2,
    }


def test_rings_are_closed_and_what_is_no_shape_is_told() -> None:
    good, ring = shapely.to_wkb(SQUARE), bytearray(shapely.to_wkb(shapely.box(0, 0, 1, 1)))
    ring[-16:] = np.array([0.5, -0.5]).tobytes()  # ends elsewhere
    two = bytes(shapely.to_wkb(SQUARE)[:9]) + (2).to_bytes(4, "little") + b"\0" * 32
    shapes, notices = shapes_in([good, bytes(ring), None, two, b"\1\3"])
    assert shapes[0].equals(SQUARE)
    assert shapes[1].exterior.is_ring
    assert [shape is None for shape in shapes] == [False, False, True, True, True]
    assert [(n.code, n.rows) for n in notices] == [
        ("format.unclosed_rings", (2,)),
        ("format.broken_shapes", (4, 5)),
    ]


@pytest.mark.parametrize("wkt", ["POINT Z(1 2 3)", "POINT M(1 2 3)", "POINT ZM(1 2 3 4)"])
def test_heights_and_measures_are_left_out(wkt: str) -> None:
    shapes, (notice,) = flattened(np.array([shapely.from_wkt(wkt), shapely.Point(1, 2), None]))
    assert shapes[0].wkt == "POINT (1 2)"
    assert (notice.code, notice.count) == ("format.heights", 1)


def test_arcs_are_near_enough_for_areas(tmp_path: Path) -> None:
    circle = "CURVEPOLYGON(CIRCULARSTRING(112 37,112.01 37.01,112.02 37,112.01 36.99,112 37))"
    made = vector.read(gpkg_of(circle, f"POLYGON(({RING}))")(tmp_path))
    area = math.pi * 0.01**2
    assert areas(made)[0] == pytest.approx(area, rel=1e-6)
    assert areas(made)[0] < area
    notice = told(made, "format.curves")
    assert (notice.rows, notice.count) == ((1,), 1)
    # GDAL's own steps would make it a thousandth too small.
    assert pyogrio.get_gdal_config_option("OGR_ARC_STEPSIZE") is None


@pytest.mark.parametrize("wkt", ["CIRCULARSTRING(0 0,1 1,2 0)", "TIN(((0 0 0,2 0 0,0 2 1,0 0 0)))"])
def test_collections_of_arcs_are_refused(tmp_path: Path, wkt: str) -> None:
    path = gpkg_of("POINT(1 2)", f"GEOMETRYCOLLECTION({wkt})")(tmp_path)
    with pytest.raises(DataError, match="row 2 is a collection of shapes with arcs") as caught:
        vector.read(path)
    assert caught.value.code == "format.curves_in_collection"


def test_other_collections_are_read(tmp_path: Path) -> None:
    made = vector.read(gpkg_of("GEOMETRYCOLLECTION(POINT(1 2),LINESTRING(0 0,1 1))")(tmp_path))
    assert made.frame.geometry[0].geom_type == "GeometryCollection"


@pytest.mark.parametrize(
    ("wkt", "area"),
    [
        ("TIN(((0 0 0,2 0 0,0 2 1,0 0 0)),((2 0 0,2 2 0,0 2 1,2 0 0)))", 4),
        ("POLYHEDRALSURFACE(((0 0 0,2 0 0,2 2 0,0 0 0)))", 2),
        ("TRIANGLE((0 0,2 0,0 2,0 0))", 2),
    ],
)
def test_surfaces_are_polygons_from_above(tmp_path: Path, wkt: str, area: float) -> None:
    made = vector.read(gpkg_of(wkt)(tmp_path))
    assert areas(made)[0] == area
    assert told(made, "format.surfaces").severity == "warning"


def test_a_layer_is_chosen_or_the_choice_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    write(pd.DataFrame({"a": [1]}), path, layer="表")
    write(squares(), path, layer="红线", append=True)
    assert vector.read(path).layer == "红线"
    write(squares(), path, layer="农田", append=True)
    with pytest.raises(DataError, match=r"holds 2 layers: '红线' \(2 rows, Polygon\), '农田'"):
        vector.read(path)
    with pytest.raises(
        DataError, match=r"has no layer '绿'; there are: .*'表' \(1 rows, no shapes\)"
    ):
        vector.read(path, reading=Reading(layer="绿"))
    facts = vector.look(path).layers
    assert [(fact.name, fact.rows, fact.kinds) for fact in facts] == [
        ("红线", 2, ("Polygon",)),
        ("农田", 2, ("Polygon",)),
        ("表", 1, ()),
    ]
    assert facts[0].fields == (("DLMC", "text"),)
    assert facts[0].crs.to_epsg() == 4490


def test_a_layer_without_rows(tmp_path: Path) -> None:
    made = vector.read(write(squares()[:0], tmp_path / "a.gpkg"))
    assert (len(made.frame), list(made.frame.columns)) == (0, ["DLMC", "geometry"])


def test_the_system_is_the_one_that_a_person_says(tmp_path: Path) -> None:
    path = write(squares(), tmp_path / "a.gpkg")
    made = vector.read(path, reading=Reading(assume_crs="EPSG:4525"))
    assert made.frame.crs.to_epsg() == 4525
    assert made.frame.geometry[0].equals(SQUARE)  # numbers stay
    assert "in place of the stated EPSG:4490" in told(made, "crs.assumed").message
    with pytest.raises(UsageError, match="is not known"):
        vector.read(path, reading=Reading(assume_crs="Xi'an"))


def test_shifted_coordinates_are_moved_back(tmp_path: Path) -> None:
    away = squares()
    shapes = crs.shifted_from(away.geometry.to_numpy(), "GCJ-02")
    path = write(away.set_geometry(gpd.GeoSeries(shapes, crs=4490)), tmp_path / "a.gpkg")
    made = vector.read(path, reading=Reading(assume_crs="GCJ-02"))
    assert made.frame.crs == crs.DATA_CRS
    assert shapely.get_coordinates(made.frame.geometry[0]) == pytest.approx(
        shapely.get_coordinates(SQUARE), abs=1e-8
    )
    assert "GCJ-02 and were moved back" in told(made, "crs.assumed").message


def test_swapped_axes_are_swapped_before_the_system_is_given(tmp_path: Path) -> None:
    shape = shapely.Point(4_100_000, 37_500_000)
    path = write(gpd.GeoDataFrame({"a": [1]}, geometry=[shape]), tmp_path / "a.gpkg")
    made = vector.read(path, reading=Reading(assume_crs="EPSG:4525", swap_xy=True))
    assert made.frame.geometry[0].equals(shapely.Point(37_500_000, 4_100_000))
    assert made.frame.crs.to_epsg() == 4525


def test_deleted_rows_are_left_out_and_told(tmp_path: Path) -> None:
    path = deleted_row(tmp_path)
    made = vector.read(path)
    assert list(made.frame["DLMC"]) == ["耕地"]
    assert told(made, "format.deleted_rows").rows == (2,)
    assert vector.look(path).layers[0].rows == 1


def test_a_lost_index_is_made_anew_elsewhere(tmp_path: Path) -> None:
    path = write(squares(), tmp_path / "a.shp", encoding="UTF-8")
    path.with_suffix(".shx").unlink()
    made = vector.read(path)
    assert made.frame.geometry[1].equals(squares().geometry[1])
    assert not path.with_suffix(".shx").exists()


def test_rows_of_a_log_are_read_and_left_there(tmp_path: Path) -> None:
    path = with_log(tmp_path)
    before = path.read_bytes()
    assert list(vector.read(path).frame["DLMC"]) == ["草地", "林地"]
    assert path.read_bytes() == before
    assert path.with_name("b.gpkg-wal").stat().st_size


def test_a_geopackage_in_use(tmp_path: Path) -> None:
    path = write(squares(), tmp_path / "a.gpkg")
    held = sqlite3.connect(path)
    held.execute("PRAGMA journal_mode=WAL")
    held.execute("CREATE TABLE more (a)")
    held.execute("BEGIN IMMEDIATE")
    assert len(vector.read(path).frame) == 2
    held.rollback()
    held.close()


def test_fewer_rows_than_promised_are_a_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(squares(), tmp_path / "a.gpkg")
    real = pyogrio.raw.read_arrow

    def short(*given: Any, **options: Any) -> Any:
        meta, table = real(*given, **options)
        return meta, table[:1]

    monkeypatch.setattr(pyogrio.raw, "read_arrow", short)
    with pytest.raises(DataError, match="1 of 2 features can be read") as caught:
        vector.read(path)
    assert caught.value.code == "format.cut_short"


def test_a_system_that_makes_no_sense_is_told(tmp_path: Path) -> None:
    path = write(squares(), tmp_path / "a.shp", encoding="UTF-8")
    path.with_suffix(".prj").write_text('PROJCS["nonsense"')
    made = vector.read(path)
    assert made.frame.crs is None
    assert told(made, "crs.unreadable").severity == "warning"


def test_null_shapes_stay_rows(tmp_path: Path) -> None:
    path = geojson(feature(PLAIN, a=1), feature(None, a=2))(tmp_path)
    made = vector.read(path)
    assert [shape is None for shape in made.frame.geometry] == [False, True]
    assert list(made.frame["a"]) == [1, 2]


def test_geojson_in_gbk(tmp_path: Path) -> None:
    path = geojson(*(feature(PLAIN, 名称=f"榆次区{n}街道办事处耕地") for n in range(9)))(tmp_path)
    text = path.read_text("utf-8")
    path.write_bytes(text.encode("gb18030"))
    made = vector.read(path, reading=Reading(encoding="GB18030"))
    assert made.frame["名称"][0] == "榆次区0街道办事处耕地"
    assert made.encoding == "GB18030"


def test_an_archive_of_several_files(tmp_path: Path) -> None:
    one, two = (lambda folder: write(squares(), folder / "a.gpkg")), geojson(feature(PLAIN, a=1))
    path = zipped(one, two, below="数据/")(tmp_path)
    assert [(f.name, f.rows) for f in vector.look(path).layers] == [("b0", 2), ("b1", 1)]
    made = vector.read(path, reading=Reading(layer="b1"))
    assert (made.layer, list(made.frame["a"])) == ("b1", [1])


def test_tables_in_an_archive_count_only_alone(tmp_path: Path) -> None:
    def table(folder: Path) -> Path:
        (folder / "a.csv").write_text("lon,lat\n112,37\n")
        return folder / "a.csv"

    alone, beside = tmp_path / "1", tmp_path / "2"
    alone.mkdir()
    beside.mkdir()
    assert len(vector.read(zipped(table)(alone)).frame) == 1
    assert (
        len(vector.read(zipped(table, geojson(feature(PLAIN), feature(PLAIN)))(beside)).frame) == 2
    )


def test_same_file_same_notices(tmp_path: Path) -> None:
    path = gpkg_of("TRIANGLE((0 0,2 0,0 2,0 0))")(tmp_path)
    assert vector.read(path).notices == vector.read(path).notices
    json.dumps([notice.message for notice in vector.read(path).notices])


@pytest.mark.parametrize("name", ["A.GPKG", "地块 1'.gpkg", "a.b.gpkg"])
def test_names_of_files(tmp_path: Path, name: str) -> None:
    path = write(squares(), tmp_path / "a.gpkg").rename(tmp_path / name)
    assert list(vector.read(path).frame["DLMC"]) == ["耕地", "林地"]


@pytest.mark.parametrize("names", [("a.gdb.zip",), ("a.shp.zip",), ("a.ZIP",)])
def test_names_of_archives(tmp_path: Path, names: tuple[str]) -> None:
    path = zipped(lambda folder: write(squares(), folder / "a.gpkg"))(tmp_path)
    assert len(vector.read(path.rename(tmp_path / names[0])).frame) == 2


def test_rows_stay_in_their_order(tmp_path: Path) -> None:
    many = gpd.GeoDataFrame(
        {"n": range(3000)}, geometry=shapely.points(np.arange(3000) % 7, np.arange(3000)), crs=4490
    )
    for suffix in (".gpkg", ".shp", ".geojson"):
        made = vector.read(write(many, tmp_path / f"a{suffix}", driver=None))
        assert list(made.frame["n"]) == list(range(3000))
        assert list(shapely.get_y(made.frame.geometry.to_numpy())) == list(range(3000))


def test_a_file_is_left_as_it_was(tmp_path: Path) -> None:
    path = write(squares(), tmp_path / "a.gpkg")
    before = path.read_bytes(), path.stat().st_mtime_ns
    vector.read(path)
    vector.look(path)
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before


def test_errors_keep_their_code_and_name_the_file(tmp_path: Path) -> None:
    path = zipped(lambda folder: write(pd.DataFrame({"a": [1]}), folder / "a.gpkg"))(tmp_path)
    with pytest.raises(DataError) as caught:
        vector.read(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert caught.value.code == "format.no_geometry"


@pytest.mark.parametrize("suffix", [".gpkg", ".shp"])
def test_pyogrio_that_stumbles_over_a_system_is_no_traceback(
    tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumbles(*_: object, **__: object) -> None:
        raise UnboundLocalError("local variable 'wkt' referenced before assignment")

    path = tmp_path / f"a{suffix}"
    gpd.GeoDataFrame({"a": [1]}, geometry=[shapely.Point(112, 37)], crs=4490).to_file(path)
    monkeypatch.setattr("pyogrio.read_info", stumbles)
    monkeypatch.setattr("pyogrio.raw.read_arrow", stumbles)
    for call in (vector.read, vector.look, vector.describe):
        with pytest.raises(DataError, match="cannot be read"):
            call(path)
