"""What format a file is, by its first bytes and by what stands in it."""

from __future__ import annotations

import re
import struct
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from geoplan.guard.markup import ENCODINGS, encoding_of

Format = Literal[
    "geopackage",
    "shapefile",
    "filegdb",
    "geojson",
    "flatgeobuf",
    "geoparquet",
    "kml",
    "kmz",
    "gml",
    "dxf",
    "csv",
    "xlsx",
    "zip",
]
FORMATS: tuple[Format, ...] = get_args(Format)

SUFFIXES: dict[str, tuple[Format, ...]] = {
    ".gpkg": ("geopackage",),
    ".shp": ("shapefile",),
    ".gdb": ("filegdb",),
    ".geojson": ("geojson",),
    ".json": ("geojson",),
    ".geojsonl": ("geojson",),
    ".geojsons": ("geojson",),
    ".ndjson": ("geojson",),
    ".fgb": ("flatgeobuf",),
    ".parquet": ("geoparquet",),
    ".geoparquet": ("geoparquet",),
    ".kml": ("kml",),
    ".kmz": ("kmz",),
    ".gml": ("gml",),
    ".xml": ("gml", "kml"),
    ".dxf": ("dxf",),
    ".csv": ("csv",),
    ".txt": ("csv",),
    ".tsv": ("csv",),
    ".xlsx": ("xlsx",),
    ".zip": ("zip",),
}
"""How names of files end, and what has to be in such a file."""

NAMES: dict[str, str] = {
    "geopackage": "GeoPackage",
    "shapefile": "Shapefile",
    "filegdb": "file geodatabase",
    "geojson": "GeoJSON",
    "flatgeobuf": "FlatGeobuf",
    "geoparquet": "Parquet",
    "kml": "KML",
    "kmz": "KMZ",
    "gml": "GML",
    "dxf": "DXF",
    "csv": "table as text (CSV)",
    "xlsx": "Excel workbook (xlsx)",
    "zip": "zip archive",
}
"""What people call the formats."""


@dataclass(frozen=True)
class Sniffed:
    """What the first bytes say."""

    format: Format | None
    """None where it is nothing that is read."""
    what: str
    """What it is, as a message says it: ``a web page (HTML)``."""
    advice: str = ""
    code: str = "other_format"


def _not(what: str, advice: str = "", code: str = "other_format") -> Sniffed:
    return Sniffed(None, what, advice, code)


_SAVE = "save it as UTF-8 or GB18030"

_VRT = _not(
    "a VRT, which names other files and addresses",
    "these are not followed; save the layer as a file of its own: ogr2ogr out.gpkg in.vrt",
    "names_other_files",
)

_MAGIC: tuple[tuple[bytes, Sniffed], ...] = (
    (b"PAR1", Sniffed("geoparquet", "a Parquet file")),
    (b"PARE", _not("an encrypted Parquet file", "save it without encryption", "encrypted")),
    (b"fgb\x03", Sniffed("flatgeobuf", "a FlatGeobuf")),
    (b"\0\0\x27\x0a", Sniffed("shapefile", "a shapefile")),
    (b"AutoCAD Binary DXF", Sniffed("dxf", "a binary DXF")),
    (b"AC10", _not("a DWG drawing", "save it as DXF (ASCII) in the CAD program")),
    (b"ARROW1", _not("an Arrow file", "save it as GeoParquet")),
    (b"Rar!", _not("a RAR archive", "unpack it and give the file in it")),
    (b"7z\xbc\xaf", _not("a 7z archive", "unpack it and give the file in it")),
    (b"\x1f\x8b", _not("a gzip archive", "unpack it and give the file in it")),
    (b"BZh", _not("a bzip2 archive", "unpack it and give the file in it")),
    (b"\xfd7zXZ", _not("an xz archive", "unpack it and give the file in it")),
    (
        b"\xd0\xcf\x11\xe0",
        _not("an old Office document (xls, mdb, doc)", "save it as xlsx or CSV UTF-8"),
    ),
    (b"\0\x01\0\0Standard Jet", _not("an Access database (mdb)", "export it as GeoPackage")),
    (b"\0\x01\0\0Standard ACE", _not("an Access database (accdb)", "export it as GeoPackage")),
    (b"%PDF", _not("a PDF document")),
    (b"\x89PNG", _not("a picture (PNG)")),
    (b"\xff\xd8\xff", _not("a picture (JPEG)")),
    (b"II*\0", _not("a raster (TIFF)", "`geoplan zonal` takes rasters")),
    (b"MM\0*", _not("a raster (TIFF)", "`geoplan zonal` takes rasters")),
    (b"II+\0", _not("a raster (TIFF)", "`geoplan zonal` takes rasters")),
    (b"MM\0+", _not("a raster (TIFF)", "`geoplan zonal` takes rasters")),
    (b"EHFA_HEADER_TAG", _not("a raster (Imagine)", "`geoplan zonal` takes rasters")),
    (b"\x7fELF", _not("a program")),
    (b"MZ", _not("a program")),
    (
        b"version https://git-lfs",
        _not("a Git LFS pointer", "fetch the file itself: git lfs pull"),
    ),
)

_POINTS = tuple(
    f"[{word}]".encode(encoding)
    for word in ("属性描述", "地块坐标")
    for encoding in ("utf-8", "gb18030")
)
"""How the ministry's exchange format for borders of plots begins."""

_HTML = re.compile(rb"<(!doctype\s+html|html|head|body|script)\b", re.IGNORECASE)
_XML_ROOT = re.compile(rb"<(?:[\w.-]{1,100}:)?([\w.-]{1,100})")


def sniff(start: bytes, size: int) -> Sniffed | None:
    """Say what a file is by its first bytes; None where only its name can tell.

    Parameters
    ----------
    start
        The first 64 KiB.
    size
        Bytes of the whole file.
    """
    if not size:
        return _not("empty", "copy or export it again", "empty")
    if not start.strip(b"\0"):
        return _not("nothing but zeros", "it was not copied whole: copy it again", "empty")
    if not start.strip():
        return _not("nothing but blanks", "copy or export it again", "empty")
    if start.startswith(b"SQLite format 3\0"):
        return Sniffed("geopackage", "an SQLite database")
    if start.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return Sniffed("zip", "a zip archive")
    for magic, found in _MAGIC:
        # Text may begin with two letters too.
        if start.startswith(magic) and (len(magic) > 2 or b"\0" in start or magic[0] > 127):
            return found
    return _text(start)


def _text(start: bytes) -> Sniffed | None:
    plain = start
    for mark, encoding in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if start.startswith(mark):
            plain = start[2:].decode(encoding, "replace").encode()
    plain = plain.removeprefix(b"\xef\xbb\xbf").lstrip()
    if plain.startswith((b"<\0", b"\0<")):
        plain = plain.replace(b"\0", b"")
    if plain.startswith(b"<"):
        return _xml(plain)
    if plain.startswith((b"{", b"\x1e{")):
        return Sniffed("geojson", "JSON")
    if plain.startswith(_POINTS):
        return _not(
            "a list of boundary points (界址点坐标)",
            "make polygons of it in the program that wrote it, and save these as a shapefile or "
            "GeoPackage",
            "boundary_points",
        )
    if re.match(rb"\[\s*[\[\]{\"\d-]", plain):
        return _not("JSON without features", 'GeoJSON begins with {"type": "FeatureCollection"')
    if re.match(rb"(999\s*\n[^\n]*\n\s*)*0[ \t]*\r?\n[ \t]*SECTION", plain):
        return Sniffed("dxf", "a DXF")
    if re.match(rb"(WFS|WMS|HTTP|PG|MYSQL|OAPIF|GPKG|SQLITE):", plain, re.IGNORECASE):
        return _not("the name of a service, not data", "", "names_other_files")
    return None


def _xml(plain: bytes) -> Sniffed:
    body = _past_prolog(plain)
    if _HTML.match(body):
        return _not(
            "a web page (HTML)",
            "the download failed, and this is what the site answered: open it to see why",
        )
    if encoding_of(plain) not in ENCODINGS:
        return _not("XML in an encoding that is not read", _SAVE, "xml_encoding")
    if body[:9].upper() == b"<!DOCTYPE":
        what = "XML with a document type (DOCTYPE)"
        return _not(what, "by which it can name other files and grow without end", "xml_entity")
    root = _XML_ROOT.match(body)
    name = root[1].decode("ascii", "replace") if root else ""
    if name.startswith("OGRVRT") or name == "VRTDataset":
        return _VRT
    if name in {"GDAL_WMS", "OGRWFSDataSource", "WMT_MS_Capabilities", "Capabilities"}:
        return _not("the description of a service, not data", "", "names_other_files")
    if name == "kml":
        return Sniffed("kml", "KML")
    if name in {"gpx", "osm", "rss", "svg", "qgis"}:
        return _not(f"{name.upper()}, which is not read", "save it as GeoPackage or GeoJSON")
    return Sniffed("gml", "XML")


def _past_prolog(text: bytes) -> bytes:
    """Return XML from its document type or outermost element on."""
    while True:
        text = text.lstrip()
        ends = {b"<!--": b"-->", b"<?": b"?>"}
        end = next((stop for begin, stop in ends.items() if text.startswith(begin)), None)
        if end is None or end not in text:
            return text
        text = text.partition(end)[2]


def sniff_zip(names: list[str], suffix: str) -> Sniffed:
    """Say what an archive is by the names of its entries and its own suffix."""
    have = {name.lower() for name in names}
    if "[content_types].xml" in have:
        if any(name.startswith("xl/") for name in have):
            return Sniffed("xlsx", "an Excel workbook")
        kind = "a Word document" if any(n.startswith("word/") for n in have) else "an Office file"
        return _not(kind)
    if suffix == ".kmz" and any(name.endswith(".kml") for name in have):
        return Sniffed("kmz", "a KMZ")
    if "mimetype" in have and "content.xml" in have:
        return _not("an OpenDocument file", "save it as xlsx or CSV UTF-8")
    return Sniffed("zip", "a zip archive")


def names_in(path: Path) -> list[str]:
    """Return the names in an archive as they are; none where it cannot be read."""
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, struct.error):
        return []
