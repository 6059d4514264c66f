"""Files whose texts are in another encoding than stated, in none, cut, lost or misread."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from geoplan.reading import Reading
from tests.corpus.case import Case

Maker = Callable[[Path], Path]

PLAIN = ("太原市生态保护红线", "晋中市太谷区", "忻州市繁峙县")
COMPLEX = ("太原縣國土規劃", "臺灣省臺北縣", "保護區與農業區")
GEOGRAPHIC = (
    'GEOGCS["China Geodetic Coordinate System 2000",DATUM["China_2000",SPHEROID["CGCS2000",'
    '6378137,298.257222101]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]]'
)


def table(
    rows: Sequence[bytes], *, column: bytes = b"NAME", language: int = 0, width: int = 60
) -> bytes:
    """Return a dBASE table of one column of texts, as bytes."""
    head = bytes([3, 124, 1, 1]) + struct.pack("<IHH", len(rows), 65, width + 1)
    head += bytes(17) + bytes([language, 0, 0])
    field = column.ljust(11, b"\0") + b"C" + bytes(4) + bytes([width]) + bytes(15)
    return head + field + b"\r" + b"".join(b" " + r.ljust(width)[:width] for r in rows) + b"\x1a"


def squares(count: int) -> tuple[bytes, bytes]:
    """Return the ``.shp`` and ``.shx`` of squares of a tenth of a degree, apart from each other."""
    shapes, places, at = b"", b"", 50
    for n in range(count):
        west, south = 112.0 + n * 0.3, 37.0
        east, north = west + 0.1, south + 0.1
        ring = [(west, south), (west, north), (east, north), (east, south), (west, south)]
        content = struct.pack("<i4dii", 5, west, south, east, north, 1, 5) + struct.pack("<i", 0)
        content += b"".join(struct.pack("<2d", *point) for point in ring)
        shapes += struct.pack(">ii", n + 1, len(content) // 2) + content
        places += struct.pack(">ii", at, len(content) // 2)
        at += 4 + len(content) // 2
    box = (112.0, 37.0, 112.1 + (count - 1) * 0.3, 37.1, 0, 0, 0, 0)

    def head(size: int) -> bytes:
        begin = struct.pack(">7i", 9994, 0, 0, 0, 0, 0, 50 + size // 2)
        return begin + struct.pack("<2i8d", 1000, 5, *box)

    return head(len(shapes)) + shapes, head(len(places)) + places


def shapefile(
    folder: Path,
    *,
    rows: Sequence[bytes],
    cpg: bytes | None = None,
    beside: str = "a.cpg",
    **how: object,
) -> Path:
    """Write a shapefile of squares with a text each; `cpg` is what a file beside it states."""
    (folder / "a.shp").write_bytes(squares(len(rows))[0])
    (folder / "a.shx").write_bytes(squares(len(rows))[1])
    (folder / "a.prj").write_text(GEOGRAPHIC, encoding="ascii")
    (folder / "a.dbf").write_bytes(table(rows, **how))  # type: ignore[arg-type]
    if cpg is not None:
        (folder / beside).write_bytes(cpg)
    return folder / "a.shp"


def written(folder: Path, *, name: str, content: bytes) -> Path:
    """Write a file."""
    (folder / name).write_bytes(content)
    return folder / name


def shape(encoding: str, texts: Sequence[str] = PLAIN, **how: object) -> Maker:
    """Return what writes a shapefile whose texts are in an encoding."""
    return partial(shapefile, rows=[t.encode(encoding) for t in texts], **how)  # type: ignore[arg-type]


def csv(encoding: str, texts: Sequence[str] = PLAIN, *, mark: bytes = b"") -> Maker:
    """Return what writes a table of points."""
    lines = ["name,x,y", *(f"{t},{112 + n / 10},37.5" for n, t in enumerate(texts)), ""]
    return partial(written, name="a.csv", content=mark + "\n".join(lines).encode(encoding))


def kml(declared: str, encoding: str, texts: Sequence[str] = PLAIN) -> Maker:
    """Return what writes points as KML."""
    marks = "".join(
        f"<Placemark><name>{t}</name><Point><coordinates>{112 + n / 10},37.5</coordinates></Point>"
        "</Placemark>"
        for n, t in enumerate(texts)
    )
    head = f'<?xml version="1.0" encoding="{declared}"?>\n' if declared else ""
    body = f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{marks}</Document></kml>\n'
    return partial(written, name="a.kml", content=(head + body).encode(encoding))


def geojson(encoding: str, texts: Sequence[str] = PLAIN) -> Maker:
    """Return what writes points as GeoJSON."""
    features = ",".join(
        f'{{"type":"Feature","properties":{{"name":"{t}"}},"geometry":'
        f'{{"type":"Point","coordinates":[{112 + n / 10},37.5]}}}}'
        for n, t in enumerate(texts)
    )
    content = f'{{"type":"FeatureCollection","features":[{features}]}}\n'.encode(encoding)
    return partial(written, name="a.geojson", content=content)


def dxf(version: str, page: str, encoding: str, texts: Sequence[str] = PLAIN) -> Maker:
    """Return what writes a drawing with texts."""
    head = ["0", "SECTION", "2", "HEADER", "9", "$ACADVER", "1", version]
    head += ["9", "$DWGCODEPAGE", "3", page, "0", "ENDSEC", "0", "SECTION", "2", "ENTITIES"]
    parts = [
        ["0", "TEXT", "8", "注记", "10", f"{112 + n / 10}", "20", "37.5", "40", "1.0", "1", t]
        for n, t in enumerate(texts)
    ]
    lines = [*head, *(line for part in parts for line in part), "0", "ENDSEC", "0", "EOF", ""]
    return partial(written, name="a.dxf", content="\n".join(lines).encode(encoding))


def misread(texts: Sequence[str], meant: str, taken: str) -> list[str]:
    """Return texts as they are after bytes in one encoding were taken for another."""
    return [t.encode(meant).decode(taken, "ignore") for t in texts]


USUAL = Reading()
GEO = Reading(assume_crs="EPSG:4490")
POINTS = Reading(assume_crs="EPSG:4490", x="x", y="y")


def _read(make: Maker, *codes: str, reading: Reading = USUAL, words: str = "") -> Case:
    return Case(make, "read", codes, reading, words)


def _error(make: Maker, code: str, words: str, reading: Reading = USUAL) -> Case:
    return Case(make, "error", (code,), reading, words)


CUT = [("a" + "太原市" * 20).encode("gbk")[:59] + "晋".encode("gbk")[:1], PLAIN[1].encode("gbk")]

CASES: dict[str, Case] = {
    # Stated in all dialects: nothing to tell.
    "cpg UTF-8": _read(shape("utf-8", cpg=b"UTF-8")),
    "cpg 65001 with blanks": _read(shape("utf-8", cpg=b" 65001 \r\n")),
    "cpg with a byte order mark": _read(shape("utf-8", cpg=b"\xef\xbb\xbfutf8\n")),
    "cpg in UTF-16": _read(shape("gbk", cpg="GBK".encode("utf-16"))),
    "cpg ANSI 936": _read(shape("gbk", cpg=b"ANSI 936")),
    "cpg OEM 936": _read(shape("gbk", cpg=b"OEM 936")),
    "cpg gb2312 of characters beyond it": _read(
        shape("gb18030", ["朱镕基路", "太原市"], cpg=b"gb2312")
    ),
    "cpg Big5": _read(shape("big5", COMPLEX, cpg=b"Big5")),
    "CPG in upper case": _read(shape("gbk", cpg=b"GBK", beside="A.CPG")),
    "language byte 0x4D": _read(shape("gbk", language=0x4D)),
    "texts that are ASCII": _read(shape("ascii", ["a", "b"])),
    # Not stated: told.
    "nothing stated, UTF-8": _read(shape("utf-8"), "encoding.detected", words="read as UTF-8"),
    "nothing stated, GBK": _read(shape("gbk"), "encoding.detected", words="read as GB18030"),
    "nothing stated, Big5": _read(shape("big5", COMPLEX), "encoding.detected", words="CP950"),
    "language byte that means nothing": _read(shape("gbk", language=0x57), "encoding.detected"),
    "cpg that is empty": _read(shape("gbk", cpg=b"\n"), "encoding.detected"),
    "cpg with a word that nobody knows": _read(
        shape("gbk", cpg=b"Klingon"), "encoding.unknown", "encoding.detected", words="Klingon"
    ),
    "two characters that fit two encodings": _read(
        shape("gbk", ["太原"]), "encoding.ambiguous", words="may be UTF-8"
    ),
    # Contradictions.
    "cpg UTF-8 over GBK": _error(
        shape("gbk", cpg=b"UTF-8"), "encoding.contradicted", "row 1.*太原市.*--encoding GB18030"
    ),
    "cpg GBK over UTF-8": _error(
        shape("utf-8", ["太原市生态", *PLAIN], cpg=b"GBK"),
        "encoding.contradicted",
        "GBK, but its texts are not.*--encoding UTF-8",
    ),
    "cpg GBK over UTF-8, even": _read(
        shape("utf-8", ["太原县城", "晋中新区"], cpg=b"GBK"),
        "encoding.implausible",
        words="like UTF-8",
    ),
    "cpg Latin-1 over GBK": _read(
        shape("gbk", cpg=b"ISO 8859-1"), "encoding.implausible", words="look like GB18030"
    ),
    "cpg 1252 over UTF-8": _error(
        shape("utf-8", cpg=b"1252"), "encoding.contradicted", "--encoding UTF-8"
    ),
    "language byte of GBK, cpg UTF-8": _read(
        shape("utf-8", cpg=b"UTF-8", language=0x4D), "encoding.statements_differ"
    ),
    "given, against a wrong cpg": _read(
        shape("gbk", cpg=b"UTF-8"), reading=Reading(encoding="ANSI_936")
    ),
    "given, and wrong": _error(
        shape("gbk"),
        "encoding.given_fails",
        r"row 1, column 1 \(NAME\).*--encoding GB18030",
        Reading(encoding="utf8"),
    ),
    "given, and no encoding": _error(
        shape("gbk"), "encoding.unknown", "Do you mean GB18030", Reading(encoding="GB18O30")
    ),
    "texts in no encoding": _error(
        partial(shapefile, rows=[b"\xff\xfe\xff", "太原".encode()]),
        "encoding.undecided",
        "neither UTF-8 nor GB18030 nor BIG5",
    ),
    # What no encoding mends.
    "cut within a character": _read(
        partial(shapefile, rows=CUT, cpg=b"GBK"), "encoding.cut", words="half a character"
    ),
    "column cut within a character": _read(
        shape("gbk", cpg=b"GBK", column="甲乙丙丁a戊".encode("gbk")[:10]), "encoding.cut"
    ),
    "UTF-8 misread as Latin-1": _read(
        shape("utf-8", misread(PLAIN, "utf-8", "latin-1"), cpg=b"UTF-8", width=120),
        "encoding.double",
        words="太原市",
    ),
    "UTF-8 misread as GBK": _read(
        shape("utf-8", misread(PLAIN, "utf-8", "gb18030"), cpg=b"UTF-8"), "encoding.double"
    ),
    "GBK misread as Latin-1": _read(
        shape("utf-8", misread(PLAIN, "gbk", "latin-1"), cpg=b"UTF-8"), "encoding.double"
    ),
    "characters lost before": _read(
        shape("utf-8", ["锟斤拷锟斤拷", "太\ufffd市"], cpg=b"UTF-8"),
        "encoding.lost",
        words="2 text",
    ),
    "control characters": _read(
        shape("utf-8", ["太原\x1b[31m市", "\u202e太原"], cpg=b"UTF-8"), "encoding.control"
    ),
    "private use": _read(shape("utf-8", ["\ue863太原", "市"], cpg=b"UTF-8"), "encoding.private"),
    # Texts as a whole.
    "csv UTF-8 with a mark": _read(
        csv("utf-8", mark=b"\xef\xbb\xbf"), "crs.assumed", reading=POINTS
    ),
    "csv GBK": _read(csv("gbk"), "encoding.detected", reading=POINTS, words="GB18030"),
    "csv UTF-16": _read(csv("utf-16"), "crs.assumed", reading=POINTS),
    "csv given, and wrong": _error(
        csv("gbk"),
        "encoding.given_fails",
        "line 2",
        Reading(assume_crs="EPSG:4490", x="x", y="y", encoding="UTF-8"),
    ),
    "kml UTF-8": _read(kml("UTF-8", "utf-8")),
    "kml GBK, as declared": _read(kml("GBK", "gbk")),
    "geojson GBK": _error(geojson("gbk"), "encoding.contradicted", "--encoding GB18030"),
    "geojson GBK that is UTF-8 by chance": _read(
        geojson("gbk", ["太原"]), "encoding.implausible", words="GB18030"
    ),
    "dxf of 2000 in GBK": _read(dxf("AC1015", "ANSI_936", "gbk"), "crs.assumed", reading=GEO),
    "dxf of 2007 in UTF-8": _read(dxf("AC1021", "ANSI_936", "utf-8"), "crs.assumed", reading=GEO),
    "dxf of 2000 in GBK that says 1252": _read(
        dxf("AC1015", "ANSI_1252", "gbk"), "encoding.implausible", reading=GEO
    ),
    "dxf of 2007 in GBK": _error(
        dxf("AC1021", "ANSI_936", "gbk"), "encoding.contradicted", "--encoding GB18030", GEO
    ),
}
