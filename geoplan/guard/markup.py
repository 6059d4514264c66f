"""XML, looked through in one pass with bounded memory before a library builds anything of it."""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO
from xml.parsers import expat

from geoplan.errors import RefusedError
from geoplan.guard.limits import Limits, size_text
from geoplan.guard.told import refusal, shown

CHUNK = 1 << 18

ENCODINGS = {
    *("utf-8", "utf-16", "utf-16-le", "utf-16-be", "iso8859-1", "ascii", "cp1252", "iso8859-15"),
    *("gbk", "gb2312", "gb18030", "big5", "cp950"),
}
"""Encodings of XML that are read, as Python calls them; UTF-7 and EBCDIC hide what a file holds."""

_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._:-]{1,40})[\"']")


@dataclass
class Markup:
    """What was seen of an XML file."""

    root: str = ""
    """Name of the outermost element, without its prefix."""
    namespace: str = ""
    """Its namespace, as the prefix stands for it; may be empty."""
    counts: Counter[str] = field(default_factory=Counter)
    """How often elements occur, by name as it is written."""
    has_references: bool = False
    outward: int = 0
    """Attributes ``xlink:href`` that lead out of the file."""
    encoding: str = "utf-8"

    def count(self, local: str) -> int:
        """Return how often elements of a name occur, whatever their prefix."""
        return sum(n for name, n in self.counts.items() if name.rpartition(":")[2] == local)


def encoding_of(start: bytes) -> str | None:
    """Return the encoding of XML by its first bytes, as Python calls it; None if not known."""
    if start.startswith(codecs.BOM_UTF8):
        return "utf-8"
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if start.startswith(b"<\0"):
        return "utf-16-le"
    if start.startswith(b"\0<"):
        return "utf-16-be"
    found = _DECLARED.match(start.lstrip())
    if not found:
        return "utf-8"
    try:
        return codecs.lookup(found[1].decode("ascii")).name
    except LookupError:
        return None


def pieces_of(source: IO[bytes], size: int = CHUNK) -> Iterator[bytes]:
    """Yield the bytes of a stream, in pieces."""
    while piece := source.read(size):
        yield piece


def check_markup(source: IO[bytes], *, path: Path, part: str = "", limits: Limits) -> Markup:
    """Look through XML from its beginning and say what it holds.

    Parameters
    ----------
    path, part
        The file, and which part of it, for messages.

    Raises
    ------
    RefusedError
        A document type or entity, an encoding that is not read, elements too deep, too many
        attributes, a tag without end, too many bytes, or what is no XML.
    """
    where = f"{part}: " if part else ""
    first = source.read(CHUNK)
    encoding = encoding_of(first)
    if encoding not in ENCODINGS:
        raise refusal(
            path,
            "xml_encoding",
            f"{where}its encoding is not read; save it as UTF-8 or GB18030",
        )
    seen = Markup(encoding=encoding or "utf-8")
    parser = _parser(seen, path, where, limits)
    fed, last = 0, b""
    try:
        for piece in _as_utf8(first, source, seen.encoding):
            fed += len(piece)
            if fed > limits.xml_bytes:
                raise refusal(
                    path,
                    "too_large",
                    f"{where}is larger than {size_text(limits.xml_bytes)} of XML, the most that "
                    "is read; save it as GeoPackage",
                )
            seen.has_references = seen.has_references or b":href" in last[-8:] + piece
            last = piece
            parser.Parse(piece, False)
            _check_counts(seen, path, where, limits)
            if fed - max(parser.CurrentByteIndex, 0) > limits.xml_token_bytes:
                raise refusal(
                    path,
                    "xml_token",
                    f"{where}line {parser.CurrentLineNumber}: one tag or comment is longer than "
                    f"{size_text(limits.xml_token_bytes)}",
                )
        parser.Parse(b"", True)
    except (expat.ExpatError, UnicodeError) as fault:
        line = f"line {fault.lineno}: " if isinstance(fault, expat.ExpatError) else ""
        reason = expat.ErrorString(fault.code) if isinstance(fault, expat.ExpatError) else fault
        raise refusal(
            path,
            "xml_broken",
            f"{where}{line}is no well-formed XML ({reason}); the file is cut short or damaged: "
            "export it again",
        ) from fault
    return seen


def _as_utf8(first: bytes, source: IO[bytes], encoding: str) -> Iterator[bytes]:
    """Yield a stream as UTF-8: expat knows few encodings, and Python's codecs know ours."""
    if encoding == "utf-8":
        yield first.removeprefix(codecs.BOM_UTF8)
        yield from pieces_of(source)
        return
    decoder = codecs.getincrementaldecoder("gb18030" if encoding.startswith("gb") else encoding)()
    yield decoder.decode(first).encode()
    for piece in pieces_of(source):
        yield decoder.decode(piece).encode()
    yield decoder.decode(b"", True).encode()


def _parser(seen: Markup, path: Path, where: str, limits: Limits) -> expat.XMLParserType:
    parser = expat.ParserCreate("utf-8")
    parser.ordered_attributes = True
    counts, most, depth = seen.counts, limits.xml_depth, 0
    many = 2 * limits.xml_attributes

    # Called for every element: as little as possible.
    def start(name: str, attributes: list[str]) -> None:
        nonlocal depth
        depth += 1
        counts[name] += 1
        if depth > most or len(attributes) > many:
            raise _too_much(
                path, f"{where}line {parser.CurrentLineNumber}", name, limits, attributes
            )
        if attributes and (seen.has_references or depth == 1):
            _note_attributes(seen, name, attributes, depth)
        if depth == 1:
            seen.root = name.rpartition(":")[2]

    def end(_: str) -> None:
        nonlocal depth
        depth -= 1

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.StartDoctypeDeclHandler = _refuser(path, where)
    parser.EntityDeclHandler = _refuser(path, where)
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    return parser


def _check_counts(seen: Markup, path: Path, where: str, limits: Limits) -> None:
    names, elements = len(seen.counts), seen.counts.total()
    if names > limits.xml_names or elements > limits.xml_elements:
        raise refusal(
            path,
            "xml_elements",
            f"{where}has more than {limits.xml_elements} elements, or {limits.xml_names} names of "
            "them, the most that are read; save it as GeoPackage or CSV UTF-8",
        )


def _too_much(
    path: Path, where: str, name: str, limits: Limits, attributes: list[str]
) -> RefusedError:
    if len(attributes) > 2 * limits.xml_attributes:
        return refusal(
            path,
            "xml_attributes",
            f"{where}: element {shown(name)} has {len(attributes) // 2} attributes; "
            f"{limits.xml_attributes} are allowed",
        )
    text = f"{where}: elements stand more than {limits.xml_depth} deep within one another"
    return refusal(path, "xml_depth", text)


def _refuser(path: Path, where: str) -> Callable[..., None]:
    def refuse(*_: object) -> None:
        raise refusal(
            path,
            "xml_entity",
            f"{where}has a document type (DOCTYPE), by which XML can name other files and grow "
            "without end; save it anew without one",
        )

    return refuse


def _note_attributes(seen: Markup, name: str, attributes: list[str], depth: int) -> None:
    prefix = name.rpartition(":")[0]
    spelled = f"xmlns:{prefix}" if prefix else "xmlns"
    for key, value in zip(attributes[::2], attributes[1::2], strict=True):
        local = key.rpartition(":")[2]
        if local == "href" and ":" in key and not value.startswith("#"):
            seen.outward += 1
        elif depth == 1 and key == spelled:
            seen.namespace = value
