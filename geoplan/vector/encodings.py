"""In which encoding the texts of a file are: what it states, what its bytes say, what fits."""

from __future__ import annotations

import codecs
import re
import time
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO, Literal

from geoplan.errors import DataError, coded
from geoplan.reading import Notice
from geoplan.vector.code_pages import LANGUAGE_BYTES, MEANT_FOR_NOTHING, given_name, named
from geoplan.vector.dbase import Cell, cells_of, head_of, lines_of, plain
from geoplan.vector.readings import Found, faults_of
from geoplan.vector.verdicts import Statement, Verdict, decided
from geoplan.vector.wrong_texts import noticed_in

How = Literal["stated", "detected", "assumed", "given"]

NO_TABLE = "there is no table with texts"
TEXTS = (".csv", ".txt", ".tsv", ".dxf", ".kml", ".gml", ".xml", ".geojson", ".json")
"""Formats that are texts as a whole."""


OPEN_ENCODINGS = (".shp", ".dbf", ".zip", *TEXTS)
"""How names of files end whose format leaves the encoding open."""


@dataclass(frozen=True)
class Encoding:
    """The encoding in which the texts of a file are read, and why."""

    name: str
    """As Python and GDAL know it: ``UTF-8``, ``GB18030``, ``CP950``, ``CP1252``."""
    how: How
    """Assumed is what nothing in the file decides: its texts are ASCII, or it has none."""
    evidence: str
    notices: tuple[Notice, ...] = ()

    def settled(self, what: str) -> Encoding:
        """Return itself; `DataError` of file `what` where a notice is an error."""
        for notice in self.notices:
            if notice.severity == "error":
                told = f"{what}: {notice.message}; {notice.proposal}"
                raise coded(DataError(told), notice.code)
        return self


def encoding_of(path: Path, *, given: str | None = None) -> Encoding:
    """Return in which encoding the texts of a file are.

    Every byte of its texts is looked at, in blocks: a shapefile's table (also the first in
    a ``.zip``), or the whole of a CSV, DXF, KML, GML or GeoJSON file. Other formats are UTF-8.

    Parameters
    ----------
    given
        What a person says, in place of what the file states.

    Raises
    ------
    UsageError
        `given` is no encoding.
    DataError
        The file cannot be read. What its bytes contradict is a notice, an error of
        `Encoding.settled`.
    """
    name = None if given is None else given_name(given)
    try:
        marks = _marks(path)
        # What was written just now may change again without a trace in its times.
        if any(time.time_ns() - changed < _TICK_NS for _, _, changed in marks):
            return _of(path, name)
        return _known(path, name, marks)
    except (OSError, zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError) as fault:
        raise coded(DataError(f"{path}: cannot be read: {fault}"), "format.unreadable") from fault


_TICK_NS = 2_000_000_000
_Marks = tuple[tuple[str, int, int], ...]


def _marks(path: Path) -> _Marks:
    """Return what changes when the texts of a file do: names, sizes and times."""
    files = [path]
    if path.suffix.lower() in (".shp", ".dbf"):
        stem = path.stem.lower()
        parts = (f"{stem}.dbf", f"{stem}.cpg")
        files = sorted(p for p in path.parent.iterdir() if p.name.lower() in parts)
    stats = [(p.name, p.stat()) for p in files if p.is_file()]
    return tuple((name, stat.st_size, stat.st_mtime_ns) for name, stat in stats)


@lru_cache(maxsize=64)
def _known(path: Path, given: str | None, _: _Marks) -> Encoding:
    """Return the encoding of a file, which large ones are asked for once a batch."""
    return _of(path, given)


def _of(path: Path, given: str | None) -> Encoding:
    suffix = path.suffix.lower()
    if suffix in (".shp", ".dbf", ".zip"):
        with _table(path) as (file, statement):
            return _of_table(file, statement, given)
    if suffix in TEXTS and path.is_file():
        with path.open("rb") as file:
            return _of_text(file, suffix, given)
    return Encoding("UTF-8", "stated", "the format has no other encoding than UTF-8")


def table_encoding(path: Path) -> str | None:
    """Return the encoding in which GDAL has to read the table of a shapefile; None for others.

    Raises `DataError` where its texts do not fit what is stated, or fit nothing.
    """
    if path.suffix.lower() not in (".shp", ".zip"):
        return None
    made = encoding_of(path).settled(str(path))
    return None if made.evidence == NO_TABLE else made.name


def assumed_encoding(path: Path) -> str | None:
    """Return the encoding in which texts of a shapefile are read that does not state any.

    None for other formats, and where a ``.cpg`` or the table itself states one. Raises
    `DataError` where the texts do not fit what is stated, or fit nothing.
    """
    if path.suffix.lower() not in (".shp", ".zip"):
        return None
    made = encoding_of(path).settled(str(path))
    return None if made.how == "stated" or made.evidence == NO_TABLE else made.name


def detected(samples: Iterable[bytes], *, stated: str | None = None) -> Encoding:
    """Return in which encoding samples are, each a whole text; rows are counted from 1.

    `stated` is the encoding that they are said to be in, as a file writes it.
    """
    cells = [Cell(text, "", (n,)) for n, text in enumerate(samples, 1)]
    said = () if stated is None else (Statement(stated, named(stated), "it"),)
    odd = [cell for cell in cells if not plain(cell.content)]
    return _encoding(decided(lambda: [odd], said, given=None, unit="row"))


def noticed(columns: Mapping[str, Iterable[object]]) -> tuple[Notice, ...]:
    """Return what texts should not hold that were decoded already: `columns` by name.

    Characters that were lost, texts that were encoded twice, control characters, private use.
    """
    found: dict[str, Found] = {}
    for column, values in columns.items():
        places: dict[str, list[int]] = {}
        for row, value in enumerate(values, 1):
            if isinstance(value, str) and not (value.isascii() and value.isprintable()):
                places.setdefault(value, []).append(row)
        texts = list(places)
        for i, kind, sample, meant in faults_of(texts):
            cell = Cell(b"", column, tuple(places[texts[i]]))
            found.setdefault(kind, Found()).add(cell, sample, meant=meant)
    return noticed_in(found, "row")


def _encoding(verdict: Verdict) -> Encoding:
    return Encoding(verdict.name, verdict.how, verdict.evidence, verdict.notices)


@contextmanager
def _table(path: Path) -> Iterator[tuple[BinaryIO | None, bytes | None]]:
    """Open the dBASE table of a shapefile, or of the first in a ``.zip``; beside, its ``.cpg``."""
    if path.suffix.lower() == ".zip":
        with zipfile.ZipFile(path) as archive:
            by_name = {name.lower(): name for name in archive.namelist()}
            tables = [name for name in by_name if name.endswith(".dbf")]
            if not tables:
                yield None, None
                return
            page = by_name.get(f"{tables[0][:-4]}.cpg")
            beside = None
            if page is not None:
                with archive.open(page) as file:
                    beside = file.read(_LONGEST_CPG)
            with archive.open(by_name[tables[0]]) as file:
                yield file, beside  # type: ignore[misc]
        return
    here = {p.name.lower(): p for p in sorted(path.parent.iterdir()) if p.is_file()}
    stem = path.stem.lower()
    table, stated = here.get(f"{stem}.dbf"), here.get(f"{stem}.cpg")
    beside = None
    if stated is not None:
        with stated.open("rb") as file:
            beside = file.read(_LONGEST_CPG)
    if table is None:
        yield None, beside
        return
    with table.open("rb") as file:
        yield file, beside


_LONGEST_CPG = 4096


def _of_table(file: BinaryIO | None, beside: bytes | None, given: str | None) -> Encoding:
    head = None if file is None else head_of(file)
    if file is None or head is None:
        name = given or _cpg(beside or b"")[0].name or "UTF-8"
        return Encoding(name, "given" if given else "assumed", NO_TABLE)
    said: list[Statement] = []
    if beside is not None:
        said += _cpg(beside)
    if head.language in LANGUAGE_BYTES:
        name = LANGUAGE_BYTES[head.language]
        where = f"the language byte 0x{head.language:02X} of its table"
        said.append(Statement(name, name, where))
    elif head.language not in MEANT_FOR_NOTHING:
        byte = f"0x{head.language:02X}"
        said.append(Statement(byte, None, f"the language byte {byte} of its table"))
    return _encoding(decided(lambda: cells_of(file, head), said, given=given, unit="row"))


def _cpg(content: bytes) -> list[Statement]:
    """Return what a ``.cpg`` file says; an empty one says nothing."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text = content.decode("utf-16", "replace")
    else:
        text = content.decode("utf-8-sig", "replace")
    word = " ".join(text.replace("\0", "").split())[:40]
    return [Statement(word, named(word), "its .cpg")]


_MARKS = (
    (codecs.BOM_UTF8, "UTF-8"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
    (b"\x84\x31\x95\x33", "GB18030"),
)
"""Byte order marks, with which a file may begin."""


def _of_text(file: BinaryIO, suffix: str, given: str | None) -> Encoding:
    start = file.read(1 << 16)
    file.seek(0)
    mark = next((name for bom, name in _MARKS if start.startswith(bom)), None)
    said = _stated_in(start, suffix)
    if mark is not None:
        said = [Statement(mark, mark, "its byte order mark"), *said]
    wanted = given or (said[0].name if said else None)
    if wanted == "UTF-16":
        return _utf16(file, "given" if given else "stated")
    skip = max((len(bom) for bom, _ in _MARKS if start.startswith(bom)), default=0)
    return _encoding(decided(lambda: lines_of(file, skip), said, given=given, unit="line"))


def _stated_in(start: bytes, suffix: str) -> list[Statement]:
    if suffix in (".kml", ".gml", ".xml"):
        found = re.match(rb"""[^<]{0,3}<\?xml[^>]{0,200}?encoding\s*=\s*["']([^"']{1,40})""", start)
        word = found[1].decode("ascii", "replace") if found else "UTF-8"
        where = "its XML declaration" if found else "XML without a declaration"
        return [Statement(word, named(word), where)]
    if suffix in (".geojson", ".json"):
        return [Statement("UTF-8", "UTF-8", "GeoJSON")]
    if suffix != ".dxf":
        return []
    version = re.search(rb"\$ACADVER\s+1\s+AC(\d{4})", start)
    if version and int(version[1]) >= _DXF_UTF8:
        return [Statement("UTF-8", "UTF-8", f"its version AC{int(version[1])}")]
    page = re.search(rb"\$DWGCODEPAGE\s+3\s+(\S{1,40})", start)
    if page is None:
        return []
    word = page[1].decode("ascii", "replace")
    return [Statement(word, named(word), "its $DWGCODEPAGE")]


_DXF_UTF8 = 1021
"""AutoCAD 2007, from which on texts are UTF-8, whatever code page is named."""


def _utf16(file: BinaryIO, how: How) -> Encoding:
    reader = codecs.getincrementaldecoder("utf-16")()
    made = Encoding("UTF-16", how, "it begins with a byte order mark of UTF-16")
    try:
        while content := file.read(1 << 20):
            reader.decode(content)
        reader.decode(b"", final=True)
    except UnicodeDecodeError as fault:
        code = "encoding.given_fails" if how == "given" else "encoding.contradicted"
        notice = Notice(code, "error", f"its texts are no UTF-16: {fault.reason}")
        return replace(made, notices=(notice,))
    return made
