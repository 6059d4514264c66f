"""Files of strangers: what is refused unread, and honest ones that look like it."""

from __future__ import annotations

import os
import struct
import zipfile
from pathlib import Path

from tests.corpus.case import Case
from tests.corpus.guard_bytes import (
    Make,
    archive,
    block,
    dbf,
    dxf,
    feature_collection,
    flagged,
    flatgeobuf,
    gdbtable,
    geodatabase,
    geopackage,
    gml,
    insert,
    kml,
    overlapped,
    parquet,
    renamed,
    saved,
    shapefile,
    shp,
    sqlite,
    workbook,
)

BILLION = 1_000_000_000
SIZE = 1 << 20
SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'

CELL = '<c t="s"><v>0</v></c>'

LAUGHS = (
    "<!DOCTYPE a [<!ENTITY b 'ha'>"
    + "".join(
        f"<!ENTITY {now} '{f'&{before};' * 10}'>"
        for before, now in zip("bcdefghi", "cdefghij", strict=True)
    )
    + "]>"
)
OUTSIDE = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
VRT = (
    "<OGRVRTDataSource><OGRVRTLayer name='a'><SrcDataSource>/etc/passwd</SrcDataSource>"
    "</OGRVRTLayer></OGRVRTDataSource>"
)
HTML = "<!DOCTYPE html>\n<html><head><title>404</title></head><body>登录后下载</body></html>"


def refused(make: Make, code: str, words: str = "") -> Case:
    return Case(make, "refused", (f"refused.{code}",), words=words)


def _loop(folder: Path) -> Path:
    (folder / "a.gpkg").symlink_to("b.gpkg")
    (folder / "b.gpkg").symlink_to("a.gpkg")
    return folder / "a.gpkg"


def _pipe(folder: Path) -> Path:
    os.mkfifo(folder / "a.geojson")
    return folder / "a.geojson"


def _folder(folder: Path) -> Path:
    (folder / "a").mkdir()
    return folder / "a"


def _no_geodatabase(folder: Path) -> Path:
    (folder / "a.gdb").mkdir()
    return folder / "a.gdb"


def _linked(folder: Path) -> Path:
    path = geodatabase(gdbtable(40))(folder)
    (path / "a00000002.gdbtable").symlink_to("/etc/passwd")
    return path


def _pages(folder: Path) -> Path:
    path = geopackage()(folder)
    os.truncate(path, path.stat().st_size // 2)
    return path


def _scribbled(folder: Path) -> Path:
    path = geopackage()(folder)
    content = bytearray(path.read_bytes())
    content[100:4096] = b"\xa5" * 3996
    path.write_bytes(content)
    return path


def _schema(folder: Path) -> Path:
    saved("a.xsd", f"<?xml version='1.0'?>{OUTSIDE}<schema>&x;</schema>")(folder)
    return saved("a.gml", gml())(folder)


def _piped_index(folder: Path) -> Path:
    path = shapefile(folder)
    path.with_suffix(".shx").unlink()
    os.mkfifo(path.with_suffix(".shx"))
    return path


def _link(info: zipfile.ZipInfo) -> None:
    info.create_system, info.external_attr = 3, 0o120777 << 16


def _twice(folder: Path) -> Path:
    return archive({"a.csv": b"a", "b.csv": b"b"}, after=renamed(b"b.csv", b"a.csv"))(folder)


def _nested_views(depth: int) -> list[str]:
    first = "CREATE VIEW v0 AS SELECT a.fid FROM 红线 a, 红线 b"
    rest = [
        f"CREATE VIEW v{n} AS SELECT a.fid FROM v{n - 1} a, v{n - 1} b" for n in range(1, depth)
    ]
    return [first, *rest]


def _texts(length: int) -> str:
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<sst xmlns="{main}"><si><t>{"a" * length}</t></si></sst>'


NAMES: dict[str, Case] = {
    "an empty file": refused(saved("a.gpkg", b""), "empty"),
    "nothing but zeros": refused(saved("a.shp", bytes(5000)), "empty", "not copied whole"),
    "nothing but blanks": refused(saved("a.csv", " \n" * 50), "empty"),
    "a web page as zip": refused(saved("a.zip", HTML), "other_format", "zip archive.*HTML"),
    "a web page after comments": refused(
        saved("a.geojson", "<!-- --> \n" * 400 + HTML), "other_format", "HTML"
    ),
    "a VRT as GeoJSON": refused(saved("a.geojson", VRT), "names_other_files", "VRT"),
    "a VRT behind a comment": refused(
        saved("a.gml", f"<?xml version='1.0'?><!-- a -->{VRT}"), "names_other_files", "ogr2ogr"
    ),
    "a service's description": refused(
        saved("a.gml", "<OGRWFSDataSource><URL>http://127.0.0.1/</URL></OGRWFSDataSource>"),
        "names_other_files",
    ),
    "the name of a service": refused(
        saved("a.geojson", "WFS:http://127.0.0.1/wfs"), "names_other_files"
    ),
    "a Git LFS pointer": refused(
        saved("a.parquet", "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n"),
        "other_format",
        "git lfs pull",
    ),
    "a lone table": refused(saved("a.dbf", dbf(0, 11)), "suffix", r"give the \.shp"),
    "a DWG as DXF": refused(saved("a.dxf", b"AC1027" + bytes(200)), "other_format", "DWG"),
    "a RAR as zip": refused(saved("a.zip", b"Rar!\x1a\x07\x01\0" + bytes(99)), "other_format"),
    "an old xls as xlsx": refused(
        saved("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99)), "other_format", "xlsx"
    ),
    "a Word document as xlsx": refused(
        archive({"[Content_Types].xml": b"<a/>", "word/document.xml": b"<a/>"}, name="a.xlsx"),
        "other_format",
        "Word",
    ),
    "a raster as shapefile": refused(saved("a.shp", b"II*\0" + bytes(99)), "other_format", "zonal"),
    "GeoJSON as GeoPackage": refused(
        saved("a.gpkg", feature_collection()), "other_format", r"rename it to \.geojson"
    ),
    "a name without an ending": refused(saved("a", feature_collection()), "suffix"),
    "a name that pyogrio splits": refused(saved("a!b.geojson", feature_collection()), "name"),
    "a link that leads to itself": refused(_loop, "not_a_file"),
    "a pipe": refused(_pipe, "not_a_file"),
    "a folder": refused(_folder, "folder"),
    "an address": refused(lambda _: Path("http://127.0.0.1:9/a.geojson"), "address", "bring"),
    "a virtual file": refused(lambda _: Path("/vsicurl/http://127.0.0.1:9/a.shp"), "address"),
    "a file in an archive": refused(lambda folder: folder / "a.zip!b.shp", "address"),
    "a layer by GDAL's prefix": refused(lambda _: Path("GPKG:a.gpkg:layer"), "address"),
}

PROMISES: dict[str, Case] = {
    "a table of a billion rows": refused(
        lambda folder: shapefile(folder, dbf=dbf(BILLION, 11)), "promise", "1000000000 rows"
    ),
    "rows of no width": refused(lambda folder: shapefile(folder, dbf=dbf(9, 0)), "damaged"),
    "columns wider than a row": refused(
        lambda folder: shapefile(folder, dbf=dbf(1, 5, fields=(200, 200), more=bytes(99))),
        "damaged",
        "400 bytes",
    ),
    "a shapefile of 8 GiB": refused(lambda f: shapefile(f, shp=shp(0xFFFFFFFF)), "promise"),
    "an index that leads outside": refused(
        lambda folder: shapefile(folder, shx=shp(54, struct.pack(">II", 50, 0x7FFFFFF0))),
        "promise",
        "record 1",
    ),
    "a coordinate system of 2 MiB": refused(
        lambda folder: shapefile(folder, prj=b"GEOGCS[" + b" " * 2 * SIZE), "too_large"
    ),
    "a pipe beside": refused(_piped_index, "not_a_file"),
    "a FlatGeobuf of a billion features": refused(
        saved("a.fgb", flatgeobuf(BILLION)), "promise", "1000000000 features"
    ),
    "a FlatGeobuf with a header of 4 GiB": refused(
        saved("a.fgb", flatgeobuf(1, length=0xFFFFFFFF)), "promise"
    ),
    "a FlatGeobuf with a broken header": refused(
        saved("a.fgb", b"fgb\x03fgb\0" + struct.pack("<I", 8) + b"\xff" * 8), "damaged"
    ),
    "a Parquet file without its end": refused(saved("a.parquet", parquet(1)[:-20]), "cut_short"),
    "a Parquet file with a footer of 4 GiB": refused(
        saved("a.parquet", b"PAR1" + bytes(99) + b"\xff\xff\xff\xffPAR1"), "promise"
    ),
    "a Parquet file with a broken footer": refused(
        saved("a.parquet", b"PAR1" + b"\x19\xfc\xff\xff\xff\xff\x0f" + b"\7\0\0\0PAR1"), "damaged"
    ),
    "a Parquet file of a billion rows": refused(
        saved("a.parquet", parquet(BILLION)), "promise", "1000000000 rows"
    ),
    "a Parquet file that states other rows": refused(
        saved("a.parquet", parquet(3, stated=5)), "promise", "hold 3"
    ),
    "a Parquet file that unpacks to 1 TiB": refused(
        saved("a.parquet", parquet(3, unpacked=1 << 40)), "parquet_bomb"
    ),
    "a Parquet column beyond the end": refused(
        saved("a.parquet", parquet(3, end=1 << 30)), "promise"
    ),
    "an encrypted Parquet file": refused(
        saved("a.parquet", b"PARE" + bytes(99) + b"PARE"), "encrypted"
    ),
    "a geodatabase that is another folder": refused(_no_geodatabase, "other_format"),
    "a geodatabase with a link": refused(_linked, "folder_link"),
    "a geodatabase table of 1 TiB": refused(geodatabase(gdbtable(1 << 40)), "promise"),
    "a geodatabase of a billion rows": refused(
        geodatabase(gdbtable(40, rows=5), struct.pack("<IIII", 3, BILLION, 5, 5)), "promise"
    ),
    "a geodatabase table of zeros": refused(geodatabase(bytes(99)), "damaged"),
}

DATABASES: dict[str, Case] = {
    "SpatiaLite as GeoPackage": refused(
        sqlite("a.gpkg", "CREATE TABLE geometry_columns (a)", "CREATE TABLE spatial_ref_sys (a)"),
        "other_format",
        "SpatiaLite",
    ),
    "a database without layers": refused(sqlite("a.gpkg", "CREATE TABLE a (b)"), "other_format"),
    "a database cut short": refused(_pages, "promise", "cut short"),
    "a database that is scribbled over": refused(_scribbled, "damaged"),
    "a table that reads a file": refused(
        geopackage(
            hidden=[("table", "t", "CREATE VIRTUAL TABLE t USING VirtualOGR('/etc/passwd')")]
        ),
        "sqlite_module",
        "virtualogr",
    ),
    "a table that reads a file, with comments": refused(
        geopackage(hidden=[("table", "t", "CREATE/**/VIRTUAL/**/TABLE t USING/**/csv(a)")]),
        "sqlite_module",
    ),
    "a trigger that loads code": refused(
        geopackage(
            "CREATE TRIGGER t AFTER INSERT ON \"红线\" BEGIN SELECT load_extension('/tmp/a'); END"
        ),
        "sqlite_function",
        "load_extension",
    ),
    "a view that reads a file": refused(
        geopackage("CREATE VIEW v AS SELECT readfile ('/etc/passwd') AS a"), "sqlite_function"
    ),
    "a view without an end": refused(
        geopackage(
            "CREATE VIEW v AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x FROM c) "
            "SELECT x FROM c"
        ),
        "sqlite_view",
    ),
    "views of views of views": refused(geopackage(*_nested_views(12)), "sqlite_view"),
    "a database of too many views": refused(
        geopackage(
            hidden=[("view", f"v{n}", f"CREATE VIEW v{n} AS SELECT 1") for n in range(1001)]
        ),
        "sqlite_objects",
    ),
}

ARCHIVES: dict[str, Case] = {
    "a zip bomb": refused(archive({"a.shp": bytes(48 * SIZE)}), "zip_bomb", "48.0 MiB"),
    "a bomb of entries that overlap": refused(
        archive({f"{n}.csv": b"a,b" for n in range(5)}, after=overlapped), "zip_bomb", "within"
    ),
    "too many entries": refused(
        archive({f"{n}": b"" for n in range(10_001)}), "zip_entries", "10001 entries"
    ),
    "a path that leads out": refused(archive({"../a.csv": b"a"}), "zip_name", "leads outside"),
    "an absolute path": refused(archive({"/a.csv": b"a"}), "zip_name", "absolute"),
    "a drive": refused(archive({"C:/a.csv": b"a"}), "zip_name", "absolute"),
    "a backslash": refused(
        archive({"a/b.csv": b"a"}, after=renamed(b"a/b.csv", b"a\\b.csv")), "zip_name"
    ),
    "a zero byte in a name": refused(
        archive({"a_b.csv": b"a"}, after=renamed(b"a_b.csv", b"a\0b.csv")), "zip_name"
    ),
    "an escape in a name": refused(archive({"a\x1b[31m.csv": b"a"}), "zip_name", r"x1b\[31m"),
    "a device of Windows": refused(archive({"con.csv": b"a"}), "zip_name", "devices"),
    "a link as an entry": refused(archive({"a.shp": b"/etc/passwd"}, change=_link), "zip_link"),
    "a name twice": refused(_twice, "zip_twice"),
    "names that differ in case": refused(archive({"a.csv": b"a", "A.CSV": b"b"}), "zip_twice"),
    "an encrypted entry": refused(archive({"a.csv": b"a"}, after=flagged(1)), "encrypted"),
    "an entry packed by LZMA": refused(
        archive({"a.csv": b"a"}, method=zipfile.ZIP_LZMA), "zip_method"
    ),
    "archives in an archive": refused(archive({"a.zip": b"PK\5\6" + bytes(18)}), "zip_nested"),
    "an archive of nothing": refused(archive({}), "empty"),
    "an archive cut short": refused(
        archive({"a.csv": b"a,b\n" * 99}, after=lambda content: content[:-40]), "damaged"
    ),
    "an entry whose bytes are wrong": refused(
        archive(
            {"a.csv": b"a,b\n1,2\n"},
            method=zipfile.ZIP_STORED,
            after=lambda content: content.replace(b"1,2", b"1,3"),
        ),
        "damaged",
        "cannot be unpacked",
    ),
    "a workbook of too many cells of one text": refused(
        workbook(
            f"{SHEET}<row>{CELL * 17_000}</row></sheetData></worksheet>",
            texts=_texts(32_767),
        ),
        "workbook_bomb",
    ),
    "a workbook with an entity": refused(
        workbook(f"<?xml version='1.0'?>{OUTSIDE}{SHEET}</sheetData></worksheet>"), "xml_entity"
    ),
}

TEXTS: dict[str, Case] = {
    "a billion laughs": refused(saved("a.kml", kml(head=LAUGHS)), "xml_entity"),
    "an entity that is a file": refused(saved("a.gml", gml(OUTSIDE)), "xml_entity"),
    "an entity in UTF-16": refused(
        saved("a.kml", kml(head=OUTSIDE).replace("UTF-8", "UTF-16").encode("utf-16")), "xml_entity"
    ),
    "an entity in UTF-16 without a mark": refused(
        saved("a.gml", gml(OUTSIDE).replace("UTF-8", "UTF-16").encode("utf-16-be")), "xml_entity"
    ),
    "an entity in UTF-7": refused(
        saved("a.kml", kml(head=OUTSIDE).replace("UTF-8", "UTF-7").encode("utf-7")),
        "xml_encoding",
    ),
    "an entity behind a mark": refused(
        saved("a.kml", kml(head=OUTSIDE).encode("utf-8-sig")), "xml_entity"
    ),
    "an entity in a KMZ": refused(
        archive({"doc.kml": kml(head=LAUGHS).encode()}, name="a.kmz"), "xml_entity"
    ),
    "an entity in the schema beside": refused(_schema, "xml_entity", r"a\.xsd"),
    "elements a thousand deep": refused(
        saved("a.kml", kml("<Folder>" * 1000 + "</Folder>" * 1000)), "xml_depth"
    ),
    "a thousand attributes": refused(
        saved("a.kml", kml(attributes="".join(f' a{n}="1"' for n in range(1000)))),
        "xml_attributes",
    ),
    "a tag of 5 MiB": refused(
        saved("a.kml", kml(attributes=f' a="{"b" * 5 * SIZE}"')), "xml_token"
    ),
    "ten thousand names of elements": refused(
        saved("a.gml", f"<a>{''.join(f'<e{n}/>' for n in range(10_001))}</a>"), "xml_elements"
    ),
    "XML cut short": refused(saved("a.kml", kml()[:-60]), "xml_broken", "line 2"),
    "lists a thousand deep": refused(
        saved("a.geojson", f'{{"type": "Feature", "a": {"[" * 1000}{"]" * 1000}}}'), "json_depth"
    ),
    "a coordinate system that is an address": refused(
        saved(
            "a.geojson",
            feature_collection(
                crs={"type": "link", "properties": {"href": "http://127.0.0.1:9/crs"}}
            ),
        ),
        "link",
    ),
    "an address behind other words": refused(
        saved(
            "a.geojson",
            feature_collection(
                crs={"properties": {"url": "http://127.0.0.1:9/crs"}, "type": "URL"}
            ).replace(":", " \n :"),
        ),
        "link",
    ),
    "an address that is hidden": refused(
        saved(
            "a.geojson",
            feature_collection(crs={"type": "link", "properties": {"href": "http://a"}}).replace(
                '"crs"', '"\\u0063rs"'
            ),
        ),
        "json_hidden",
    ),
    "TopoJSON": refused(
        saved("a.geojson", '{"type": "Topology", "objects": {"a": {"type": "Polygon"}}}'),
        "other_format",
        "TopoJSON",
    ),
    "ESRI JSON": refused(
        saved("a.json", '{"geometryType": "esriGeometryPolygon", "features": []}'),
        "other_format",
        "ESRI",
    ),
    "a service as JSON": refused(
        saved("a.json", '{"type": "gdal_streamed_alg", "gdalg": "gdal vector read /etc/passwd"}'),
        "other_format",
    ),
    "GeoJSON cut short": refused(saved("a.geojson", feature_collection()[:-30]), "cut_short"),
    "too many closing brackets": refused(saved("a.geojson", '{"a": 1}}}'), "damaged"),
    "blocks that multiply": refused(
        saved(
            "a.dxf",
            dxf(
                block("B0") + "".join(block(f"B{n}", f"B{n - 1}", times=99) for n in range(1, 9)),
                insert("B8"),
            ),
        ),
        "dxf_bomb",
    ),
    "a block that holds itself": refused(
        saved("a.dxf", dxf(block("A", "B") + block("B", "A"), insert("A"))), "dxf_bomb", "itself"
    ),
    "blocks fifty deep": refused(
        saved(
            "a.dxf",
            dxf(
                block("B0") + "".join(block(f"B{n}", f"B{n - 1}") for n in range(1, 50)),
                insert("B49"),
            ),
        ),
        "dxf_depth",
    ),
    "a binary DXF": refused(
        saved("a.dxf", b"AutoCAD Binary DXF\r\n\x1a\0" + bytes(99)), "dxf_binary", "ASCII"
    ),
    "a DXF without an end": refused(saved("a.dxf", dxf(end="")), "cut_short"),
}


def _read(make: Make, *codes: str) -> Case:
    return Case(make, "read", codes)


def _gbk_names(folder: Path) -> Path:
    inside = folder / "in"
    inside.mkdir()
    parts = sorted(shapefile(inside).parent.iterdir())
    # Names of the same length, as Chinese systems write them: without saying in which encoding.
    content = {f"________{part.suffix}": part.read_bytes() for part in parts}
    name = "生态红线".encode("gb18030")
    for part in parts:
        part.unlink()
    inside.rmdir()
    return archive(content, after=renamed(b"________", name))(folder)


def _large(folder: Path) -> Path:
    rows = "".join(f"{n},112.5{n:06},37.5{n:06}\n" for n in range(50_000))
    extra = {"readme.txt": b"a\n" * 10, **{f"photos/{n}.jpg": os.urandom(99) for n in range(300)}}
    return archive({"a.geojson": feature_collection().encode(), "b.md": rows.encode(), **extra})(
        folder
    )


HONEST: dict[str, Case] = {
    "an archive with names in GBK": _read(_gbk_names, "encoding.zip_names"),
    "a large archive": _read(_large),
    "a GeoPackage with views and triggers": _read(
        geopackage(
            'CREATE VIEW v AS SELECT fid, name FROM "红线"',
            'CREATE TRIGGER t AFTER INSERT ON "红线" BEGIN SELECT 1; END',
        )
    ),
    "a KML with other namespaces": _read(
        saved("a.kml", kml(attributes=' xmlns:gx="http://www.google.com/kml/ext/2.2"'))
    ),
    "GeoJSON with letters as numbers": _read(
        saved("a.geojson", feature_collection().replace("甲", "\\u7532 \\\\u0061 \\u003c"))
    ),
    "GeoJSON with links as values": _read(
        saved("a.geojson", feature_collection().replace('"甲"', '"甲", "type": "link"'))
    ),
    "GeoJSON with brackets in texts": _read(
        saved("a.geojson", feature_collection().replace("甲", '[[[{{\\"]' * 40))
    ),
    "a shapefile": _read(shapefile),
}

CASES: dict[str, Case] = {**NAMES, **PROMISES, **DATABASES, **ARCHIVES, **TEXTS, **HONEST}
