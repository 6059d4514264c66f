"""Headers of FlatGeobuf and Parquet: what they promise must fit the file."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

from geoplan.guard.limits import Limits, size_text
from geoplan.guard.thrift import Reader, ThriftError
from geoplan.guard.told import refusal

_FEATURES, _NODE, _COLUMNS = 8, 9, 7
"""Numbers of fields in the header of a FlatGeobuf."""

_SMALLEST = 12
"""Bytes of the smallest feature of a FlatGeobuf."""

_CUT = "the file is cut short, or its header lies: copy or export it again"


def check_flatgeobuf(path: Path, limits: Limits) -> None:
    """Check the header of a FlatGeobuf; raises `RefusedError` where it cannot be true."""
    size = path.stat().st_size
    with path.open("rb") as file:
        start = file.read(12)
        length = int.from_bytes(start[8:12], "little")
        if len(start) < 12 or not 0 < length <= limits.head_bytes:
            raise refusal(
                path,
                "promise",
                f"its header states {size_text(length)}; up to {size_text(limits.head_bytes)} are "
                "allowed",
            )
        head = file.read(length)
    if len(head) < length:
        raise refusal(path, "promise", f"ends within its header; {_CUT}")
    try:
        rows, node, columns = _flat_fields(head)
    except (struct.error, IndexError) as fault:
        raise refusal(path, "damaged", "its header is broken; copy or export it again") from fault
    if columns > limits.columns:
        raise refusal(path, "columns", f"has {columns} columns; {limits.columns} are allowed")
    index = _index_bytes(rows, node)
    least = 12 + length + index + rows * _SMALLEST
    if rows and least > size:
        raise refusal(
            path,
            "promise",
            f"states {rows} features, which take {size_text(least)} at least, and has "
            f"{size_text(size)}; {_CUT}",
        )


def _flat_fields(head: bytes) -> tuple[int, int, int]:
    """Return features, node size and columns of a FlatGeobuf by its header (a flatbuffer)."""
    root = struct.unpack_from("<I", head)[0]
    table = root - struct.unpack_from("<i", head, root)[0]
    if table < 0:
        raise IndexError(table)
    entries = struct.unpack_from("<H", head, table)[0] // 2 - 2

    def place(number: int) -> int | None:
        if number >= entries:
            return None
        offset = struct.unpack_from("<H", head, table + 4 + 2 * number)[0]
        return root + offset if offset else None

    rows, node, columns = place(_FEATURES), place(_NODE), place(_COLUMNS)
    count = 0
    if columns is not None:
        vector = columns + struct.unpack_from("<I", head, columns)[0]
        count = struct.unpack_from("<I", head, vector)[0]
    return (
        struct.unpack_from("<Q", head, rows)[0] if rows is not None else 0,
        struct.unpack_from("<H", head, node)[0] if node is not None else 16,
        count,
    )


def _index_bytes(rows: int, node: int) -> int:
    """Return the size of the index of a FlatGeobuf: 40 bytes a box, `node` boxes in one."""
    if not rows or not node:
        return 0
    boxes, level = rows, rows
    while level > 1:
        level = -(-level // max(node, 2))
        boxes += level
    return 40 * boxes


def check_parquet(path: Path, limits: Limits) -> None:
    """Check the footer of a Parquet file; raises `RefusedError` where it cannot be true."""
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(size - 8, 0))
        end = file.read(8)
        if size < 12 or end[4:] != b"PAR1":
            if end[4:] == b"PARE":
                raise refusal(path, "encrypted", "is encrypted; save it without encryption")
            raise refusal(path, "cut_short", "has no footer; the file is cut short: copy it again")
        length = int.from_bytes(end[:4], "little")
        if length > min(size - 12, limits.footer_bytes):
            raise refusal(
                path,
                "promise",
                f"its footer states {size_text(length)}; the file has {size_text(size)}, and "
                f"{size_text(limits.footer_bytes)} are allowed",
            )
        file.seek(size - 8 - length)
        footer = file.read(length)
    try:
        _check_footer(Reader(footer, values=limits.footer_values).record(), path, limits)
    except (ThriftError, KeyError, TypeError, AttributeError) as fault:
        why = f" ({fault})" if isinstance(fault, ThriftError) else ""
        raise refusal(
            path, "damaged", f"its footer is broken{why}; copy or export it again"
        ) from fault


def _check_footer(footer: dict[int, Any], path: Path, limits: Limits) -> None:
    size = path.stat().st_size
    columns, rows, groups = len(footer[2]) - 1, footer[3], footer.get(4, [])
    if columns > limits.columns:
        raise refusal(path, "columns", f"has {columns} columns; {limits.columns} are allowed")
    sizes = [group[2] for group in groups]
    counts = [group[3] for group in groups]
    if min([rows, *sizes, *counts]) < 0 or sum(counts) != rows:
        raise refusal(
            path,
            "promise",
            f"states {rows} rows, and its row groups hold {sum(counts)}; {_CUT}",
        )
    if rows > max(limits.rows_a_byte * size, limits.small_bytes):
        raise refusal(
            path,
            "promise",
            f"states {rows} rows and has {size_text(size)}; {limits.rows_a_byte} rows a byte are "
            "allowed",
        )
    whole = 0
    for group in groups:
        for chunk in group[1]:
            about = chunk.get(3)
            if about is None:
                continue
            start = min((n for n in (about.get(9), about.get(11)) if n), default=-1)
            if start < 0 or about[7] < 0 or about[6] < 0 or start + about[7] > size:
                raise refusal(path, "promise", f"a column ends beyond the end of the file; {_CUT}")
            whole += about[6]
    if max(whole, sum(sizes)) > max(limits.parquet_ratio * size, limits.small_bytes):
        raise refusal(
            path,
            "parquet_bomb",
            f"has {size_text(size)} and would be {size_text(whole)} when read; more than "
            f"{limits.parquet_ratio} times is no honest file",
        )
