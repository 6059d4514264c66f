"""The bytes of texts in files, without any library: cells of dBASE tables, pieces of text files."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np

BLOCK = 4 << 20
"""Bytes that are looked at at a time, so that memory does not grow with the file."""


@dataclass(frozen=True)
class Cell:
    """A text as bytes, and where it stands."""

    content: bytes
    column: str
    """Which column, for people; empty where that is not known."""
    rows: tuple[int, ...]
    """Rows, or lines, that hold it, counted from 1; 0 stands for names of columns."""
    full: bool = False
    """Whether it fills its room, so that it may have been cut within a character."""


@dataclass(frozen=True)
class _Column:
    name: bytes
    kind: bytes
    start: int
    width: int


@dataclass(frozen=True)
class Head:
    """What the head of a dBASE table says."""

    language: int
    rows: int
    size: int
    """Bytes of the head."""
    width: int
    """Bytes of a row."""
    columns: tuple[_Column, ...]


def head_of(file: BinaryIO) -> Head | None:
    """Read the head of a dBASE table; None where it is too broken to have cells."""
    start = file.read(32)
    if len(start) < 32:
        return None
    size, width = int.from_bytes(start[8:10], "little"), int.from_bytes(start[10:12], "little")
    rest = file.read(max(size - 32, 0))
    if width < 1 or len(rest) < size - 32:
        return None
    columns: list[_Column] = []
    at = 1
    for i in range(0, len(rest) - 31, 32):
        field = rest[i : i + 32]
        if field[0] == 0x0D:
            break
        # Of texts, some programs use the second byte too.
        wide = field[11:12] == b"C" and at + field[16] + 256 * field[17] <= width
        room = field[16] + (256 * field[17] if wide else 0)
        columns.append(_Column(field[:11].partition(b"\0")[0], field[11:12], at, room))
        at += room
    rows = int.from_bytes(start[4:8], "little")
    return Head(start[29], rows, size, width, tuple(columns))


def cells_of(file: BinaryIO, head: Head) -> Iterator[list[Cell]]:
    """Yield the texts of a table that are not plain ASCII, names of columns first, in blocks.

    Of rows that hold the same text there is one cell.
    """
    yield [
        Cell(c.name, f"{n}", (0,), full=len(c.name) >= 10)
        for n, c in enumerate(head.columns, 1)
        if not plain(c.name)
    ]
    file.seek(head.size)
    texts = [(n, c) for n, c in enumerate(head.columns, 1) if c.kind == b"C" and c.width]
    each, row, left = max(BLOCK // head.width, 1), 1, head.rows
    while left > 0:
        content = file.read(min(each, left) * head.width)
        count = len(content) // head.width
        if not count:
            return
        table = np.frombuffer(content, np.uint8, count * head.width).reshape(count, head.width)
        table = table[table[:, 0] != 0x2A]  # rows that were deleted are no features
        yield [cell for n, c in texts for cell in _column(table, n, c, row)]
        row += len(table)
        left -= count


def _column(table: np.ndarray, number: int, column: _Column, first: int) -> Iterator[Cell]:
    part = table[:, column.start : column.start + column.width]
    odd = (part >= 0x7F) | ((part < 0x20) & (part != 0))
    where = np.flatnonzero(odd.any(axis=1))
    texts = np.ascontiguousarray(part[where]).view(f"V{part.shape[1]}").ravel().tolist()
    found: dict[bytes, list[int]] = {}
    for content, row in zip(texts, (where + first).tolist(), strict=True):
        found.setdefault(content, []).append(row)
    name = column.name.decode("ascii", "ignore") if plain(column.name) else ""
    label = f"{number} ({name})" if name else f"{number}"
    for whole, rows in found.items():
        # GDAL too takes a zero byte for the end.
        content = whole.partition(b"\0")[0]
        if not plain(content):
            yield Cell(content, label, tuple(rows), full=len(content) == part.shape[1])


def plain(content: bytes) -> bool:
    """Return whether a text is ASCII without control characters."""
    return content.isascii() and content.decode("ascii").isprintable()


_BETWEEN = re.compile(rb'[\n\r\t",;<>= ]+')
"""Bytes that are never part of a character of several bytes, in UTF-8, GB18030 and Big5."""


def lines_of(file: BinaryIO, skip: int = 0) -> Iterator[list[Cell]]:
    """Yield the lines of a text file that are not plain ASCII, in blocks, from byte `skip` on."""
    file.seek(skip)
    line, rest = 1, b""
    while content := file.read(BLOCK):
        rest += content
        # Where a line has no end, any sign that is no part of a character will do.
        end = rest.rfind(b"\n")
        if end < 0:
            end = max(rest.rfind(sign) for sign in _ENDS)
        if end < 0 and len(rest) >= 4 * BLOCK:
            end = len(rest) - 1
        whole, rest = rest[: end + 1], rest[end + 1 :]
        yield list(_pieces(whole, line))
        line += whole.count(b"\n")
    yield list(_pieces(rest, line))


_ENDS = (b'"', b",", b">", b" ")


def _pieces(whole: bytes, first: int) -> Iterator[Cell]:
    if whole.isascii() and not _CONTROL.search(whole):
        return
    for n, content in enumerate(whole.split(b"\n"), first):
        if content.isascii() and not _CONTROL.search(content):
            continue
        if len(content) < 1 << 16:
            yield Cell(content, "", (n,))
        else:
            for piece in set(_BETWEEN.split(content)):
                if not plain(piece):
                    yield Cell(piece, "", (n,))


_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def cell_number(line: bytes, at: int) -> int:
    """Return in which cell of a line of CSV byte `at` stands, counted from 1."""
    head = line[:at].decode("latin-1")
    delimiter = max(",;\t", key=line.decode("latin-1").count)
    try:
        return len(next(csv.reader([head or " "], delimiter=delimiter)))
    except csv.Error:
        return 1
