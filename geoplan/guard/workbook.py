"""Workbooks: the XML within them, and how much text their cells would be."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from xml.parsers import expat
from zipfile import ZipFile

from geoplan.guard.archive import listed_archive
from geoplan.guard.entries import Entry
from geoplan.guard.limits import Limits, size_text
from geoplan.guard.markup import check_markup, pieces_of
from geoplan.guard.told import refusal

_TEXTS = "xl/sharedstrings.xml"
_SHEETS = "xl/worksheets/"


def check_workbook(path: Path, limits: Limits) -> int:
    """Look through an xlsx; return how many other workbooks it refers to, which are not read.

    Raises
    ------
    RefusedError
        As for archives and XML; too many parts together, or texts that are referred to so
        often that they would fill the memory.
    """
    with listed_archive(path, limits) as (archive, entries):
        # Pictures are not read; Excel's own notes (.vml) are, often, no well-formed XML.
        parts = [e for e in entries if e.name.lower().endswith((".xml", ".rels"))]
        total = sum(entry.info.file_size for entry in parts)
        if total > limits.workbook_bytes:
            raise refusal(
                path,
                "too_large",
                f"would be {size_text(total)} when unpacked; {size_text(limits.workbook_bytes)} "
                "of a workbook are read at most: save the sheet as CSV UTF-8",
            )
        counts: dict[str, int] = {}
        for entry in parts:
            with archive.open(entry.info) as source:
                seen = check_markup(
                    source,
                    path=path,
                    part=entry.name,
                    limits=limits,
                )
            counts[entry.name] = seen.count("c")
        cells = sum(n for name, n in counts.items() if name.lower().startswith(_SHEETS))
        _check_texts(archive, entries, cells, (path, limits))
        outward = [e for e in entries if e.name.lower().startswith("xl/externallinks/externallink")]
    return len(outward)


def _check_texts(
    archive: ZipFile, entries: list[Entry], cells: int, where: tuple[Path, Limits]
) -> None:
    """Refuse texts that are so long, and referred to so often, that they would fill the memory."""
    path, limits = where
    lengths = [
        length
        for entry in entries
        if entry.name.lower() == _TEXTS
        for length in _lengths(archive, entry, "si")
    ]
    if max(lengths, default=0) * cells <= limits.workbook_text_bytes:
        return
    total = 0
    for entry in entries:
        if entry.name.lower().startswith(_SHEETS) and entry.name.lower().endswith(".xml"):
            for place in _references(archive, entry):
                total += lengths[place] if 0 <= place < len(lengths) else 0
            if total > limits.workbook_text_bytes:
                raise refusal(
                    path,
                    "workbook_bomb",
                    f"its cells hold more than {size_text(limits.workbook_text_bytes)} of text, "
                    "as they repeat long ones; save the sheet as CSV UTF-8",
                )


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _lengths(archive: ZipFile, entry: Entry, element: str) -> list[int]:
    """Return how many bytes of text each element of a name holds."""
    found: list[int] = []
    parser = expat.ParserCreate()

    def start(name: str, _: dict[str, str]) -> None:
        if _local(name) == element:
            found.append(0)

    def text(piece: str) -> None:
        if found:
            found[-1] += len(piece)

    parser.StartElementHandler = start
    parser.CharacterDataHandler = text
    with archive.open(entry.info) as source:
        for piece in pieces_of(source):
            parser.Parse(piece, False)
    return found


def _references(archive: ZipFile, entry: Entry) -> Iterator[int]:
    """Yield the places of the shared texts that the cells of a sheet refer to."""
    found: list[str] = []
    shared = inside = False
    parser = expat.ParserCreate()

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal shared, inside
        local = _local(name)
        if local == "c":
            shared = attributes.get("t") == "s"
        inside = shared and local == "v"
        if inside:
            found.append("")

    def end(_: str) -> None:
        nonlocal inside
        inside = False

    def text(piece: str) -> None:
        if inside:
            found[-1] += piece[:20]

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    with archive.open(entry.info) as source:
        for piece in pieces_of(source):
            parser.Parse(piece, False)
            done, found[:] = found[:-1], found[-1:]
            yield from (int(one) for one in done if one.isdecimal())
    yield from (int(one) for one in found if one.isdecimal())
