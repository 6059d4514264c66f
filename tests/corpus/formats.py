"""Files in every format that are broken, odd, or of habits that people have."""

from __future__ import annotations

import json
import sqlite3
import struct
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import xlsxwriter
from pyarrow import parquet

import geopandas as gpd
import pyogrio
import shapely

from geoplan.reading import Reading
from tests.corpus.case import Case

Make = Callable[[Path], Path]

DEGREES = Reading(assume_crs="EPSG:4490")
SQUARE = shapely.box(112.5, 37.5, 112.51, 37.51)
BESIDE = shapely.box(112.51, 37.5, 112.52, 37.51)
POLYGON = "POLYGON((112.5 37.5,112.51 37.5,112.51 37.51,112.5 37.5))"

WKB = shapely.to_wkb(shapely.set_srid(SQUARE, 4490), hex=True, include_srid=True)


def squares(**columns: Any) -> gpd.GeoDataFrame:
    """Return two squares side by side."""
    return gpd.GeoDataFrame(
        {"DLMC": ["耕地", "林地"], **columns}, geometry=[SQUARE, BESIDE], crs=4490
    )


def write(made: pd.DataFrame, path: Path, **options: Any) -> Path:
    """Write a table by the driver of the suffix, or the one that is named."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pyogrio.write_dataframe(made, path, **options)
    return path


def shapefile(folder: Path, made: gpd.GeoDataFrame | None = None) -> Path:
    """Write a shapefile in UTF-8."""
    return write(squares() if made is None else made, folder / "地块.shp", encoding="UTF-8")


def text(name: str, content: str) -> Make:
    """Return what writes a text file."""

    def make(folder: Path) -> Path:
        (folder / name).write_text(content, "utf-8", newline="")
        return folder / name

    return make


def cut(suffix: str, share: float) -> Make:
    """Return what writes a file of which only a share is there."""

    def make(folder: Path) -> Path:
        path = folder / f"a{suffix}"
        if suffix == ".parquet":
            squares().to_parquet(path)
        else:
            write(squares(), path)
        content = path.read_bytes()
        path.write_bytes(content[: int(len(content) * share)])
        return path

    return make


def without(end: str) -> Make:
    """Return what writes a shapefile without one of its parts."""

    def make(folder: Path) -> Path:
        path = shapefile(folder)
        path.with_suffix(end).unlink()
        return path

    return make


def capitals(folder: Path) -> Path:
    """Write a shapefile whose parts are called in different case."""
    path = shapefile(folder)
    for end in (".dbf", ".prj", ".cpg"):
        path.with_suffix(end).rename(path.with_suffix(end.upper()))
    return path.rename(path.with_suffix(".SHP"))


def twice(folder: Path) -> Path:
    """Write a shapefile with two tables whose names differ in case."""
    path = shapefile(folder, squares())
    path.with_suffix(".DBF").write_bytes(path.with_suffix(".dbf").read_bytes())
    return path


def one_row_more(folder: Path) -> Path:
    """Write a shapefile whose table has a row more than there are shapes."""
    path = shapefile(folder)
    table = path.with_suffix(".dbf")
    content = bytearray(table.read_bytes())
    head, width = struct.unpack("<HH", content[8:12])
    content[4:8] = struct.pack("<I", 3)
    content[head + 2 * width : head + 2 * width] = b" " * width
    table.write_bytes(content)
    return path


def deleted_row(folder: Path) -> Path:
    """Write a shapefile whose second row is marked as deleted."""
    path = shapefile(folder)
    table = path.with_suffix(".dbf")
    content = bytearray(table.read_bytes())
    head, width = struct.unpack("<HH", content[8:12])
    content[head + width] = ord("*")
    table.write_bytes(content)
    return path


def layers(*names: str, suffix: str = ".gpkg") -> Make:
    """Return what writes a file of several layers."""

    def make(folder: Path) -> Path:
        path = folder / f"a{suffix}"
        for name in names:
            write(squares(), path, layer=name, append=path.exists())
        return path

    return make


def only_a_table(folder: Path) -> Path:
    """Write a GeoPackage without shapes."""
    return write(pd.DataFrame({"a": [1, 2]}), folder / "a.gpkg", layer="表")


def gpkg_of(*shapes: str) -> Make:
    """Return what writes a GeoPackage of shapes that GEOS does not know, given as WKT."""

    def make(folder: Path) -> Path:
        source, path = folder / "source.csv", folder / "a.gpkg"
        rows = "".join(f'{n},"{shape}"\n' for n, shape in enumerate(shapes))
        source.write_text(f"id,WKT\n{rows}")
        meta, table = pyogrio.raw.read_arrow(source)
        source.unlink()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            pyogrio.raw.write_arrow(
                table.drop_columns(["WKT"]),
                path,
                layer="a",
                driver="GPKG",
                geometry_type="Unknown",
                geometry_name=meta["geometry_name"] or "wkb_geometry",
                crs="EPSG:4490",
            )
        return path

    return make


def with_log(folder: Path) -> Path:
    """Write a GeoPackage of which a program has not put all rows in place yet."""
    path = write(squares(), folder / "a.gpkg")
    held = sqlite3.connect(path)
    held.execute("PRAGMA journal_mode=WAL")
    # The index of places counts on functions of GDAL's.
    for function, arguments in (("ST_IsEmpty", 1), ("ST_MinX", 1), ("ST_MaxX", 1)):
        held.create_function(function, arguments, lambda _: 0)
        held.create_function(function.replace("X", "Y"), arguments, lambda _: 0)
    held.execute("UPDATE a SET DLMC = '草地' WHERE fid = 1")
    held.commit()
    copy = folder / "b.gpkg"
    copy.write_bytes(path.read_bytes())
    log = Path(f"{path}-wal").read_bytes()
    held.close()
    Path(f"{copy}-wal").write_bytes(log)
    path.unlink()
    return copy


def feature(shape: Any, **cells: Any) -> dict[str, Any]:
    """Return a feature of a GeoJSON."""
    return {"type": "Feature", "properties": cells, "geometry": shape}


RING = [[112.5, 37.5], [112.51, 37.5], [112.51, 37.51], [112.5, 37.5]]
PLAIN = {"type": "Polygon", "coordinates": [RING]}
AWAY = {"type": "Polygon", "coordinates": [[[x + 0.02, y] for x, y in RING]]}


def geojson(*features: dict[str, Any]) -> Make:
    """Return what writes a GeoJSON."""
    content = {"type": "FeatureCollection", "features": list(features)}
    return text("a.geojson", json.dumps(content, ensure_ascii=False))


def arrow(folder: Path, table: pa.Table) -> Path:
    """Write a GeoParquet with columns of all kinds."""
    made = squares()
    made.to_parquet(folder / "source.parquet")
    source = parquet.read_table(folder / "source.parquet")
    (folder / "source.parquet").unlink()
    for name in table.column_names:
        source = source.append_column(name, table.column(name))
    parquet.write_table(source, folder / "a.parquet")
    return folder / "a.parquet"


def bytes_and_lists(folder: Path) -> Path:
    """Write a GeoParquet with a column of bytes and one of lists."""
    return arrow(folder, pa.table({"bild": [b"\xff", None], "list": [[1, 2], None]}))


def no_geometry(folder: Path) -> Path:
    """Write a Parquet without shapes."""
    pd.DataFrame({"a": [1]}).to_parquet(folder / "a.parquet")
    return folder / "a.parquet"


def kml(inside: str) -> str:
    """Return a KML document."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2" '
        f'xmlns:gx="http://www.google.com/kml/ext/2.2"><Document>{inside}</Document></kml>'
    )


def placemark(coordinates: str, name: str = "甲") -> str:
    """Return a polygon of a KML."""
    ring = f"<LinearRing><coordinates>{coordinates}</coordinates></LinearRing>"
    shape = f"<Polygon><outerBoundaryIs>{ring}</outerBoundaryIs></Polygon>"
    return f"<Placemark><name>{name}</name>{shape}</Placemark>"


KML_RING = "112.5,37.5 112.51,37.5 112.51,37.51 112.5,37.5"
HIGH_RING = "112.5, 37.5, 9 112.51, 37.5, 9 112.51, 37.51, 9 112.5, 37.5, 9"
TRACK = (
    "<Placemark><gx:Track><when>2020-01-01</when><gx:coord>112 37 0</gx:coord></gx:Track>"
    "</Placemark>"
)
LINK = "<NetworkLink><Link><href>http://127.0.0.1:9/a.kml</href></Link></NetworkLink>"


def gml(*points: tuple[str, str]) -> str:
    """Return a GML of points, each with the name of its system."""
    members = "".join(
        f'<ogr:featureMember><ogr:p gml:id="p{n}"><ogr:g><gml:Point gml:id="g{n}" '
        f'srsName="{system}"><gml:pos>{at}</gml:pos></gml:Point></ogr:g><ogr:名称>甲</ogr:名称>'
        "</ogr:p></ogr:featureMember>"
        for n, (system, at) in enumerate(points)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><ogr:FeatureCollection '
        'xmlns:ogr="http://ogr.maptools.org/" xmlns:gml="http://www.opengis.net/gml/3.2" '
        f'gml:id="a">{members}</ogr:FeatureCollection>'
    )


NORTH_FIRST = ("urn:ogc:def:crs:EPSG::4490", "37.5 112.5")


def line(layer: str, *xy: tuple[float, float], closed: bool = False) -> str:
    """Return a polyline of a DXF."""
    ends = "".join(f"10\n{x}\n20\n{y}\n" for x, y in xy)
    head = f"0\nLWPOLYLINE\n100\nAcDbEntity\n8\n{layer}\n100\nAcDbPolyline\n"
    return f"{head}90\n{len(xy)}\n70\n{int(closed)}\n{ends}"


def drawn_square(layer: str, x: float, y: float, side: float) -> str:
    """Return a closed polyline."""
    corners = (x, y), (x + side, y), (x + side, y + side), (x, y + side)
    return line(layer, *corners, closed=True)


def label(words: str) -> str:
    """Return a text of a DXF."""
    return f"0\nTEXT\n100\nAcDbEntity\n8\n注记\n100\nAcDbText\n10\n1\n20\n1\n40\n2\n1\n{words}\n"


def dxf(*entities: str) -> Make:
    """Return what writes a drawing in GBK."""

    def make(folder: Path) -> Path:
        head = "0\nSECTION\n2\nHEADER\n9\n$ACADVER\n1\nAC1015\n9\n$DWGCODEPAGE\n3\nANSI_936\n"
        body = "".join(entities)
        content = f"{head}0\nENDSEC\n0\nSECTION\n2\nENTITIES\n{body}0\nENDSEC\n0\nEOF\n"
        (folder / "a.dxf").write_bytes(content.encode("gbk"))
        return folder / "a.dxf"

    return make


X, Y = 545_000.0, 4_152_000.0
IN_METRES = Reading(assume_crs="EPSG:4546")
"""A place in the zone of 111°, without the zone before it."""


def sheets(**tables: list[list[Any]]) -> Make:
    """Return what writes a workbook."""

    def make(folder: Path) -> Path:
        path = folder / "a.xlsx"
        with xlsxwriter.Workbook(path) as book:
            for name, rows in tables.items():
                sheet = book.add_worksheet(name)
                for at, row in enumerate(rows):
                    sheet.write_row(at, 0, row)
        return path

    return make


HEADS = ["名称", "经度", "纬度"]
ROWS: list[list[Any]] = [["甲", 112.5, 37.5], ["乙", 112.6, 37.6]]


def titled(folder: Path) -> Path:
    """Write a workbook with a title, heads of two rows with merged cells, and a hidden row."""
    path = folder / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("表")
        sheet.merge_range("A1:C1", "某某统计表")
        sheet.merge_range("A2:A3", "名称")
        sheet.merge_range("B2:C2", "坐标")
        sheet.write_row("B3", ["经度", "纬度"])
        for at, row in enumerate(ROWS, 3):
            sheet.write_row(at, 0, row)
        sheet.set_row(4, None, None, {"hidden": True})
    return path


def formulas(folder: Path) -> Path:
    """Write a workbook with a formula whose result was not saved."""
    path = sheets(表=[HEADS, *ROWS, ["丙", "", 37.7]])(folder)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    part = "xl/worksheets/sheet1.xml"
    cell = b'<c r="B4"><f>B3+0.1</f></c>'
    parts[part] = parts[part].replace(b'<c r="C4"', cell + b'<c r="C4"')
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def zipped(*files: Make, below: str = "") -> Make:
    """Return what packs files into an archive, as macOS does."""

    def make(folder: Path) -> Path:
        path = folder / "a.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("__MACOSX/._a.geojson", b"\0\5\x16\7")
            for n, file in enumerate(files):
                inner = folder / str(n)
                inner.mkdir()
                made = file(inner)
                for each in sorted(inner.rglob("*")):
                    if each.is_file():
                        name = each.relative_to(inner).as_posix().replace(made.stem, f"b{n}", 1)
                        archive.write(each, f"{below}{name}")
        return path

    return make


def geodatabase(folder: Path) -> Path:
    """Write a geodatabase of one layer."""
    return write(squares(), folder / "a.gdb", driver="OpenFileGDB", layer="地块")


def parquet_folder(folder: Path) -> Path:
    """Write a folder of two GeoParquet files."""
    whole = folder / "a.parquet"
    whole.mkdir()
    for n in range(2):
        squares()[n : n + 1].to_parquet(whole / f"{n}.parquet")
    return whole


def csv(content: str) -> Make:
    """Return what writes a CSV."""
    return text("a.csv", content)


def many_columns(folder: Path) -> Path:
    """Write a CSV of 65 000 columns."""
    row = ",".join(["x"] * 65_000)
    return csv(f"{row}\n{row}\n")(folder)


def not_finite(folder: Path) -> Path:
    """Write a GeoPackage with heights that are no numbers: they are left out."""
    shape = shapely.Point(112.5, 37.5, np.nan)
    return write(gpd.GeoDataFrame({"a": [1]}, geometry=[shape], crs=4490), folder / "a.gpkg")


CASES: dict[str, Case] = {
    "shapefile without .shx": Case(without(".shx"), "read", ("format.missing_index",)),
    "shapefile without .dbf": Case(without(".dbf"), "read", ("format.missing_table",)),
    "shapefile in capitals": Case(capitals, "read", ()),
    "shapefile with two tables": Case(twice, "error", ("format.parts_twice",)),
    "shapefile with rows of no shape": Case(one_row_more, "error", ("format.rows_differ",)),
    "shapefile with a deleted row": Case(deleted_row, "read", ("format.deleted_rows",)),
    "geopackage of two layers": Case(
        layers("红线", "基本农田"),
        "error",
        ("format.several_layers",),
        words=r"'红线' \(2 rows, Polygon\), '基本农田' \(2 rows, Polygon\); choose .*--layer",
    ),
    "geopackage, a layer chosen": Case(layers("红线", "x'y\" z"), "read", (), Reading("x'y\" z")),
    "geopackage, no such layer": Case(
        layers("红线"), "error", ("format.no_layer",), Reading("绿线"), words="there are: '红线'"
    ),
    "geopackage of a table": Case(only_a_table, "error", ("format.no_geometry",)),
    "geopackage with a log": Case(with_log, "read", ("format.log",)),
    "geopackage cut short": Case(cut(".gpkg", 0.5), "refused", ("refused.promise",)),
    "geopackage of arcs": Case(
        gpkg_of(
            "CURVEPOLYGON(CIRCULARSTRING(112.5 37.5,112.51 37.51,112.52 37.5,112.51 37.49,"
            "112.5 37.5))"
        ),
        "read",
        ("format.curves",),
    ),
    "geopackage of a TIN": Case(
        gpkg_of("TIN(((112.5 37.5 0,112.51 37.5 0,112.5 37.51 1,112.5 37.5 0)))"),
        "read",
        ("format.surfaces", "format.heights"),
    ),
    "geopackage with heights of no number": Case(not_finite, "read", ("format.heights",)),
    "geodatabase": Case(geodatabase, "read", ()),
    "geodatabase of two layers": Case(
        layers("红线", "农田", suffix=".gdb"), "error", ("format.several_layers",)
    ),
    "geojson of nested columns": Case(
        geojson(feature(PLAIN, a=[1, 2], b={"c": 1})), "read", ("format.nested_columns",)
    ),
    "geojson with a column called geometry": Case(
        geojson(feature(PLAIN, geometry="x")), "read", ("format.renamed_columns",)
    ),
    "geojson with an open ring": Case(
        geojson(feature({"type": "Polygon", "coordinates": [RING[:3]]})),
        "read",
        ("format.unclosed_rings",),
    ),
    "geojson cut short": Case(cut(".geojson", 0.7), "refused", ("refused.cut_short",)),
    "geojson in lines": Case(
        text(
            "a.geojsonl",
            "\n".join(json.dumps(feature(shape, a=1)) for shape in (PLAIN, AWAY)) + "\n",
        ),
        "read",
        (),
    ),
    "flatgeobuf without its last row": Case(cut(".fgb", 0.95), "error", ("format.broken",)),
    "flatgeobuf cut short": Case(cut(".fgb", 0.6), "refused", ("refused.promise",)),
    "parquet cut short": Case(cut(".parquet", 0.6), "refused", ("refused.cut_short",)),
    "parquet without geometry": Case(no_geometry, "error", ("format.no_geometry",)),
    "parquet with bytes and lists": Case(
        bytes_and_lists, "read", ("format.binary_columns", "format.nested_columns")
    ),
    "parquet in a folder": Case(parquet_folder, "read", ()),
    "kml of folders": Case(
        text(
            "a.kml",
            kml("".join(f"<Folder><name>{n}</name>{placemark(KML_RING)}</Folder>" for n in "ab")),
        ),
        "error",
        ("format.several_layers",),
        words="'a' .*'b'",
    ),
    "kml with heights and blanks": Case(
        text("a.kml", kml(placemark(HIGH_RING))), "read", ("format.heights",)
    ),
    "kml with tracks and links": Case(
        text("a.kml", kml(placemark(KML_RING) + TRACK + LINK)), "read", ("format.left_out",)
    ),
    "kml of words for numbers": Case(
        text("a.kml", kml(placemark(KML_RING) + placemark("here 1,2 3,4"))),
        "read",
        ("format.broken_shapes",),
    ),
    "kml that is no xml": Case(
        text("a.kml", "<kml><Document>"), "refused", ("refused.xml_broken",)
    ),
    "gml with north first": Case(text("a.gml", gml(NORTH_FIRST)), "read", ("format.axis_order",)),
    "gml with east first": Case(text("a.gml", gml(("EPSG:4490", "112.5 37.5"))), "read", ()),
    "gml of two systems": Case(
        text("a.gml", gml(NORTH_FIRST, ("urn:ogc:def:crs:EPSG::4326", "37 112"))),
        "error",
        ("crs.several",),
    ),
    "dxf of closed and open lines": Case(
        dxf(drawn_square("地类", X, Y, 10), line("路", (X, Y), (X + 5, Y + 5))),
        "read",
        ("format.closed_lines", "format.left_out"),
        IN_METRES,
        words="1 closed line.*1 open",
    ),
    "dxf with texts": Case(
        dxf(drawn_square("地类", X, Y, 10), label("榆次区")),
        "read",
        ("format.left_out",),
        IN_METRES,
        words="1 of 2 entities are left out: 1 texts.*'注记'",
    ),
    "dxf of a polygon within another": Case(
        dxf(drawn_square("地类", X, Y, 10), drawn_square("地类", X + 2, Y + 2, 1)),
        "read",
        ("format.nested_polygons",),
        IN_METRES,
    ),
    "csv of degrees in words": Case(
        csv("名称,经度,纬度\n甲,112°45′30″,37.5\n"), "read", ("format.degrees",), DEGREES
    ),
    "csv of a survey": Case(
        csv(f"点号,X坐标,Y坐标\n1,{Y},{X}\n"), "read", ("format.x_is_north",), IN_METRES
    ),
    "csv of two pairs": Case(
        csv("a,经度,纬度,X,Y\n1,112,37,5,6\n"), "error", ("format.several_columns",)
    ),
    "csv without heads": Case(csv("112,37\n113,38\n"), "error", ("format.no_heads",)),
    "csv of no place": Case(csv("a,b\np,q\n"), "error", ("format.no_geometry",)),
    "csv of no coordinate at all": Case(
        csv("经度,纬度\nx,y\n"), "error", ("format.no_places",), DEGREES
    ),
    "csv of a coordinate that is none": Case(
        csv('经度,纬度\n112.5,37.5\n"112,500",37.5\n'),
        "read",
        ("format.no_number", "format.no_place"),
        DEGREES,
        words="112,500.*line 3",
    ),
    "csv with a comma too many": Case(
        csv("经度,纬度\n112,37,x\n"), "error", ("format.ragged_rows",), words="line 2: 3 cells"
    ),
    "csv with a cell too few": Case(
        csv("经度,纬度,注\n112.5,37.5\n"), "read", ("format.short_rows",), DEGREES
    ),
    "csv with an open quote": Case(csv('经度,纬度\n"112,37\n'), "error", ("format.broken",)),
    "csv with a zero byte": Case(
        csv("经度,纬度\n112\0,37\n"), "refused", ("refused.other_format",)
    ),
    "csv of 65 000 columns": Case(many_columns, "error", ("format.too_many_columns",)),
    "csv with a huge cell": Case(
        csv(f"经度,纬度\n{'1' * (17 * 2**20)},37\n"), "error", ("format.broken",)
    ),
    "csv without rows": Case(csv("\n\n"), "refused", ("refused.empty",)),
    "csv of wkt": Case(
        csv(f'a,shape\n1,"{POLYGON}"\n2,\n'),
        "read",
        ("format.shapes_as_text", "format.no_place"),
        DEGREES,
    ),
    "csv of ewkt": Case(
        csv(f'a,shape\n1,"SRID=4490;{POLYGON}"\n'), "read", ("format.shapes_as_text",)
    ),
    "csv of two systems": Case(
        csv(f'a,shape\n1,"SRID=4490;{POLYGON}"\n2,"SRID=4326;{POLYGON}"\n'),
        "error",
        ("crs.several",),
    ),
    "csv of wkb": Case(
        csv(f"a,shape\n1,{WKB}\n"),
        "read",
        ("format.shapes_as_text",),
    ),
    "csv of geojson": Case(
        csv(f"a;shape\n1;{json.dumps(PLAIN)}\n"), "read", ("format.shapes_as_text",), DEGREES
    ),
    "csv, a column that is not there": Case(
        csv("a,b\n1,2\n"), "error", ("usage",), Reading(x="a", y="c"), words="no column 'c'"
    ),
    "xlsx of two tables": Case(
        sheets(一=[HEADS, *ROWS], 二=[HEADS, *ROWS]), "error", ("format.several_layers",)
    ),
    "xlsx, a sheet chosen": Case(
        sheets(一=[HEADS, *ROWS], 二=[HEADS, *ROWS]),
        "read",
        ("format.coordinates",),
        Reading("二", assume_crs="EPSG:4490"),
    ),
    "xlsx with a title and a hidden row": Case(
        titled, "read", ("format.head_row", "format.hidden_rows"), DEGREES, words="lines 5"
    ),
    "xlsx with a formula": Case(
        formulas, "read", ("format.formulas", "format.no_place"), DEGREES, words="lines? 4"
    ),
    "xlsx without rows": Case(sheets(一=[]), "error", ("format.empty",)),
    "zip of a folder": Case(zipped(shapefile, below="数据/"), "read", ()),
    "zip of a geodatabase": Case(zipped(geodatabase), "read", ()),
    "zip of two files": Case(
        zipped(shapefile, geojson(feature(PLAIN, a=1))),
        "error",
        ("format.several_layers",),
        words="'b0' .*'b1'",
    ),
    "zip, one of two chosen": Case(
        zipped(shapefile, geojson(feature(PLAIN, a=1))), "read", (), Reading("b0")
    ),
    "zip of no shapes": Case(zipped(text("readme.md", "# x")), "error", ("format.no_layer",)),
}
