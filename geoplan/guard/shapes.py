"""Shapefiles and dBASE tables: what their headers promise must be in the file."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np

from geoplan.guard.limits import Limits, size_text
from geoplan.guard.told import refusal

_ROWS = 1 << 18
"""Entries of an index that are looked at together."""


def parts_of(path: Path) -> dict[str, Path]:
    """Return the files of a shapefile by suffix in lower case: those of its stem, in any case."""
    stem = path.stem.lower()
    found: dict[str, Path] = {}
    for each in sorted(path.parent.iterdir()):
        if each.stem.lower() == stem and each.suffix:
            found.setdefault(each.suffix.lower(), each)
    return {**found, path.suffix.lower(): path}


def check_shapefile(path: Path, limits: Limits) -> None:
    """Check the headers of all files of a shapefile against their sizes.

    Raises `RefusedError` where one promises more than there is, or is no plain file.
    """
    parts = parts_of(path)
    for end in (".shp", ".shx", ".dbf", ".prj", ".cpg", ".qix", ".sbn"):
        if end in parts and not parts[end].is_file():
            raise refusal(path, "not_a_file", f"{parts[end].name} beside it is no plain file")
    for end in (".prj", ".cpg"):
        size = parts[end].stat().st_size if end in parts else 0
        if size > limits.beside_bytes:
            raise refusal(
                path,
                "too_large",
                f"{parts[end].name} beside it has {size_text(size)}; "
                f"{size_text(limits.beside_bytes)} are allowed",
            )
    _check_head(path, path)
    if ".shx" in parts:
        # Behind the end that is stated, old bytes may lie, which nobody reads.
        stated = _check_head(parts[".shx"], path)
        _check_index(parts[".shx"], path, stated)
    if ".dbf" in parts:
        check_table(parts[".dbf"], path, limits=limits)


def _check_head(file: Path, path: Path) -> int:
    """Check the header of a ``.shp`` or ``.shx``; return where it ends by it."""
    size = file.stat().st_size
    with file.open("rb") as source:
        head = source.read(100)
    if len(head) < 100 or head[:4] != b"\0\0\x27\x0a":
        raise refusal(
            path, "damaged", f"{file.name} has no header of a shapefile; copy or export it again"
        )
    promised = 2 * int.from_bytes(head[24:28], "big")
    if promised > size:
        raise refusal(
            path,
            "promise",
            f"{file.name} states {size_text(promised)} and has {size_text(size)}; the file is cut "
            "short, or its header lies: copy or export it again",
        )
    return promised


def _check_index(file: Path, path: Path, end: int) -> None:
    """Refuse an index whose records, up to its end, lie outside of the shapes."""
    row, size = 0, path.stat().st_size
    with file.open("rb") as source:
        source.seek(100)
        while content := source.read(min(8 * _ROWS, max(end - 100 - 8 * row, 0))):
            pairs = np.frombuffer(content[: len(content) // 8 * 8], dtype=">u4").reshape(-1, 2)
            starts, lengths = 2 * pairs[:, 0].astype(np.int64), 2 * pairs[:, 1].astype(np.int64)
            # A record of no length at the beginning stands for one that was deleted.
            wrong = (starts + 8 + lengths > size) & ((starts > 0) | (lengths > 0))
            if wrong.any():
                at = int(np.argmax(wrong))
                raise refusal(
                    path,
                    "promise",
                    f"{file.name}: record {row + at + 1} should end at byte "
                    f"{starts[at] + 8 + lengths[at]}, and {path.name} has {size}; the file is cut "
                    "short, or its index lies: copy or export it again",
                )
            row += len(pairs)


def check_table(file: Path, path: Path, *, limits: Limits) -> None:
    """Check the header of a dBASE table of a shapefile against its size.

    Raises `RefusedError` where rows and columns do not fit it.
    """
    size = file.stat().st_size
    with file.open("rb") as source:
        head = source.read(32)
        if len(head) < 32:
            raise refusal(path, "damaged", f"{file.name} has no header of a table")
        rows, length, width = struct.unpack("<IHH", head[4:12])
        columns = source.read(max(length - 32, 0))
    ends = (at for at in range(0, len(columns), 32) if columns[at] == 0x0D)
    count = next(ends, len(columns)) // 32
    if count > limits.columns:
        raise refusal(
            path, "columns", f"{file.name} has {count} columns; {limits.columns} are allowed"
        )
    if length < 33 or (rows and not width):
        raise refusal(
            path,
            "damaged",
            f"{file.name}: its header of {length} bytes, with rows of {width} bytes, is none of a "
            "table",
        )
    # Some programs count a last byte that is not there.
    if length + rows * width > size + 1:
        raise refusal(
            path,
            "promise",
            f"{file.name} states {rows} rows of {width} bytes, which take "
            f"{size_text(length + rows * width)}, and has {size_text(size)}; the file is cut "
            "short, or its header lies: copy or export it again",
        )
    widths = sum(columns[at + 16] for at in range(0, 32 * count, 32))
    if widths > width and rows:
        raise refusal(
            path,
            "damaged",
            f"{file.name}: its columns take {widths} bytes, and a row has {width}; copy or "
            "export it again",
        )
