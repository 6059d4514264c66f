"""Bytes of files that promise more than they hold, or hold what does harm."""

from __future__ import annotations

import io
import json
import sqlite3
import struct
import zipfile
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

RING = [[112.5, 37.5], [112.6, 37.5], [112.6, 37.6], [112.5, 37.6], [112.5, 37.5]]
"""A square within Shanxi, in degrees."""

Make = Callable[[Path], Path]


def saved(name: str, content: bytes | str) -> Make:
    """Return what writes a file of that name."""

    def make(folder: Path) -> Path:
        path = folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return make


def feature_collection(**more: object) -> str:
    """Return a GeoJSON of one square."""
    shape = {"type": "Polygon", "coordinates": [RING]}
    row = {"type": "Feature", "properties": {"name": "甲"}, "geometry": shape}
    return json.dumps({"type": "FeatureCollection", **more, "features": [row]}, ensure_ascii=False)


def dbf(rows: int, width: int, *, fields: Sequence[int] = (10,), more: bytes = b"") -> bytes:
    """Return a dBASE table with that header, whatever it holds."""
    head = struct.pack("<BBBBIHH20x", 3, 95, 7, 26, rows, 33 + 32 * len(fields), width)
    columns = b"".join(
        struct.pack("<11sc4xBB14x", f"F{n}".encode(), b"C", size, 0)
        for n, size in enumerate(fields)
    )
    return head + columns + b"\r" + more


def shp(words: int, body: bytes = b"", *, kind: int = 5) -> bytes:
    """Return a ``.shp`` or ``.shx`` whose header states a length in words of two bytes."""
    head = struct.pack(">I20xI", 9994, words) + struct.pack("<II8d", 1000, kind, *[0.0] * 8)
    return head + body


def shapefile(folder: Path, **parts: bytes) -> Path:
    """Write a shapefile of one square, or with other parts."""
    ring = b"".join(struct.pack("<2d", x, y) for x, y in RING[::-1])
    box = struct.pack("<4d", 112.5, 37.5, 112.6, 37.6)
    body = struct.pack("<I", 5) + box + struct.pack("<III", 1, 5, 0) + ring
    record = struct.pack(">II", 1, len(body) // 2) + body
    whole = {
        "shp": shp(50 + len(record) // 2, record),
        "shx": shp(54, struct.pack(">II", 50, len(body) // 2)),
        "dbf": dbf(1, 11, more=b" 140702    \x1a"),
        "prj": b'GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",'
        b'SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],'
        b'UNIT["Degree",0.0174532925199433]]',
    }
    for end, content in {**whole, **parts}.items():
        (folder / f"a.{end}").write_bytes(content)
    return folder / "a.shp"


def flatgeobuf(features: int, *, length: int | None = None, more: bytes = b"") -> bytes:
    """Return a FlatGeobuf whose header states that many features."""
    # A table of ten fields, of which the ninth (features) and tenth (node size) are there.
    vtable = struct.pack("<HH10H", 24, 16, *[0] * 8, 4, 12)
    table = struct.pack("<iQHxx", len(vtable), features, 16)
    head = struct.pack("<I", 4 + len(vtable)) + vtable + table
    return b"fgb\x03fgb\x00" + struct.pack("<I", length or len(head)) + head + more


def varint(value: int) -> bytes:
    """Return a number as Thrift writes it."""
    made = b""
    while value >= 0x80:
        made += bytes([value & 0x7F | 0x80])
        value >>= 7
    return made + bytes([value])


def parquet(rows: int, *, unpacked: int = 100, end: int = 40, stated: int | None = None) -> bytes:
    """Return a Parquet file of one column whose footer states all that."""
    number = lambda n: varint(2 * n)  # noqa: E731 - signed ones are doubled
    text = lambda t: varint(len(t)) + t  # noqa: E731
    schema = b"\x19\x2c" + b"\x48" + text(b"schema") + b"\x15\x02\x00" + b"\x15\x02\x25\x00\x18"
    schema += text(b"a") + b"\x00"
    # Fields 5, 6, 7 and 9 of the column: values, bytes unpacked and packed, where it begins.
    about = b"\x56" + number(rows) + b"\x16" + number(unpacked) + b"\x16" + number(end)
    about += b"\x26" + number(4) + b"\x00"
    chunk = b"\x26" + number(4) + b"\x1c" + about + b"\x00"
    group = b"\x19\x1c" + chunk + b"\x16" + number(unpacked) + b"\x16" + number(rows) + b"\x00"
    footer = b"\x15\x02" + schema + b"\x16" + number(rows if stated is None else stated)
    footer += b"\x19\x1c" + group + b"\x00"
    return b"PAR1" + b"\0" * 60 + footer + struct.pack("<I", len(footer)) + b"PAR1"


def geopackage(*statements: str, hidden: Sequence[tuple[str, str, str]] = ()) -> Make:
    """Return what writes a GeoPackage of one square and runs statements on it.

    `hidden` are kind, name and SQL of objects that SQLite would not make here.
    """

    def make(folder: Path) -> Path:
        import geopandas as gpd
        import shapely

        path = folder / "a.gpkg"
        frame = gpd.GeoDataFrame({"name": ["甲"]}, geometry=[shapely.Polygon(RING)], crs=4490)
        frame.to_file(path, layer="红线", driver="GPKG")
        with closing(sqlite3.connect(path, isolation_level=None)) as base:
            base.execute("PRAGMA synchronous = OFF")
            base.execute("PRAGMA writable_schema = ON")
            base.execute("BEGIN")
            for statement in statements:
                base.execute(statement)
            row = (
                "INSERT INTO sqlite_master (type, name, tbl_name, rootpage, sql) VALUES (?,?,?,0,?)"
            )
            base.executemany(row, [(kind, name, name, sql) for kind, name, sql in hidden])
            base.execute("COMMIT")
        return path

    return make


def sqlite(name: str, *statements: str) -> Make:
    """Return what writes another kind of database."""

    def make(folder: Path) -> Path:
        with closing(sqlite3.connect(folder / name)) as base:
            base.execute("PRAGMA synchronous = OFF")
            for statement in statements:
                base.execute(statement)
            base.commit()
        return folder / name

    return make


def gdbtable(size: int, *, rows: int = 1, fields: int = 40) -> bytes:
    """Return a table of a file geodatabase whose header states a size of the file."""
    return struct.pack("<IIIIIIQQ", 3, rows, 16, 5, 0, 0, size, fields)


def geodatabase(table: bytes, offsets: bytes = b"") -> Make:
    """Return what writes a folder of one table."""

    def make(folder: Path) -> Path:
        path = folder / "a.gdb"
        path.mkdir()
        (path / "gdb").write_bytes(b"\5\0\0\0")
        (path / "a00000001.gdbtable").write_bytes(table)
        if offsets:
            (path / "a00000001.gdbtablx").write_bytes(offsets)
        return path

    return make


def archive(
    entries: dict[str, bytes],
    *,
    name: str = "a.zip",
    method: int = zipfile.ZIP_DEFLATED,
    change: Callable[[zipfile.ZipInfo], None] | None = None,
    after: Callable[[bytes], bytes] | None = None,
) -> Make:
    """Return what writes an archive, with entries and bytes changed at will."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        for entry, content in entries.items():
            info = zipfile.ZipInfo(entry)
            info.compress_type = method
            if change:
                change(info)
            made.writestr(info, content)
    content = buffer.getvalue()
    return saved(name, after(content) if after else content)


def renamed(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    """Return what puts another name of the same length into an archive, both times."""
    assert len(old) == len(new)
    return lambda content: content.replace(old, new)


def flagged(bits: int) -> Callable[[bytes], bytes]:
    """Return what sets flags of all entries in the list of an archive."""

    def change(content: bytes) -> bytes:
        made = bytearray(content)
        at = made.find(b"PK\x01\x02")
        while at >= 0:
            made[at + 8 : at + 10] = struct.pack("<H", bits)
            at = made.find(b"PK\x01\x02", at + 1)
        return bytes(made)

    return change


def overlapped(content: bytes) -> bytes:
    """Return an archive whose entries all begin where the first does."""
    made = bytearray(content)
    at = made.find(b"PK\x01\x02")
    while at >= 0:
        made[at + 42 : at + 46] = b"\0\0\0\0"
        at = made.find(b"PK\x01\x02", at + 1)
    return bytes(made)


def workbook(sheet: str, *, texts: str = "", name: str = "a.xlsx") -> Make:
    """Return what writes a workbook of one sheet."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"/>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>'
        '<sheet name="一" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="rId1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/>'
        "</Relationships>",
        "xl/worksheets/sheet1.xml": sheet,
    }
    if texts:
        parts["xl/sharedStrings.xml"] = texts
    return archive({part: text.encode() for part, text in parts.items()}, name=name)


def dxf(blocks: str = "", entities: str = "", *, end: str = "  0\nEOF\n") -> str:
    """Return a drawing with these blocks and entities."""
    return (
        f"  0\nSECTION\n  2\nBLOCKS\n{blocks}  0\nENDSEC\n"
        f"  0\nSECTION\n  2\nENTITIES\n{entities}  0\nENDSEC\n{end}"
    )


def block(name: str, *uses: str, times: int = 1) -> str:
    """Return a block of a drawing that refers to others."""
    inside = "".join(insert(use, times=times) for use in uses) or "  0\nPOINT\n  8\n0\n 10\n1.0\n"
    return f"  0\nBLOCK\n  8\n0\n  2\n{name}\n 70\n0\n{inside}  0\nENDBLK\n  8\n0\n"


def insert(name: str, *, times: int = 1) -> str:
    """Return a reference to a block, repeated in columns."""
    return f"  0\nINSERT\n  8\n0\n  2\n{name}\n 10\n0.0\n 20\n0.0\n 70\n{times}\n"


def kml(inside: str = "", *, head: str = "", attributes: str = "") -> str:
    """Return a KML of one square."""
    ring = " ".join(f"{x},{y}" for x, y in RING)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{head}\n'
        f'<kml xmlns="http://www.opengis.net/kml/2.2"{attributes}><Document>{inside}<Placemark>'
        "<name>甲</name><Polygon><outerBoundaryIs><LinearRing><coordinates>"
        f"{ring}</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>"
        "</Document></kml>"
    )


def gml(head: str = "") -> str:
    """Return a GML of one square."""
    ring = " ".join(f"{x} {y}" for x, y in RING)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{head}\n'
        '<ogr:FeatureCollection xmlns:ogr="http://ogr.maptools.org/" '
        'xmlns:gml="http://www.opengis.net/gml"><gml:featureMember><ogr:a fid="a.0">'
        '<ogr:geometryProperty><gml:Polygon srsName="EPSG:4490"><gml:outerBoundaryIs>'
        f"<gml:LinearRing><gml:posList>{ring}</gml:posList></gml:LinearRing>"
        "</gml:outerBoundaryIs></gml:Polygon></ogr:geometryProperty></ogr:a>"
        "</gml:featureMember></ogr:FeatureCollection>"
    )
