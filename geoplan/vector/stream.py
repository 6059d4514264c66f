"""Large files with geometry, read in parts and batches: WKB and codes, no object a row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import parquet

import pyogrio

from geoplan import crs
from geoplan.errors import DataError
from geoplan.vector.columns import Codes, codes_of, plain, whole
from geoplan.vector.encodings import table_encoding
from geoplan.vector.files import layer_of
from geoplan.vector.info import describe, pieces_of
from geoplan.vector.opened import gdal_path

Array = np.ndarray

ROWS_A_PART = 16_384
"""Row groups of fewer rows are worked on together."""

PARTS_A_GROUP = 500_000
"""Rows of a row group from which it is worked on by several tasks."""


@dataclass(frozen=True)
class Part:
    """One task's share: rows `start` to `stop` of row groups, or of the file."""

    groups: tuple[int, ...]
    """Row groups of a Parquet file, one or several small ones; none for other formats."""
    start: int
    stop: int
    first: int
    """The number of its first row in the file, or in the folder of files."""
    file: str = ""
    """Which file of a folder."""

    @property
    def where(self) -> str:
        """Say which rows of the file these are."""
        return _where(self.groups, self.first, self.stop - self.start)


@dataclass(frozen=True)
class Batch:
    """Rows as bytes of WKB, and the columns beside; the first is row `first` of `file`."""

    data: Array
    offsets: Array
    table: pa.Table
    crs: Any
    file: str
    first: int
    groups: tuple[int, ...] = ()

    @property
    def where(self) -> str:
        """Say which rows of a file these are."""
        return _where(self.groups, self.first, len(self.offsets) - 1)

    @property
    def columns(self) -> tuple[Codes, ...]:
        """Return the columns as codes and the values that they stand for."""
        return codes_of(self.table)

    def rows(self, start: int, stop: int) -> Batch:
        """Return some of the rows, counted within the batch."""
        at = self.offsets[start : stop + 1]
        table = self.table.slice(start, stop - start)
        data = self.data[at[0] : at[-1]]
        where = self.file, self.first + start, self.groups
        return Batch(data, at - at[0], table, self.crs, *where)

    def xy_to_work(self, x: Array, y: Array) -> tuple[Array, Array]:
        """Return coordinates in the work CRS."""
        return crs.xy_to_work(x, y, source=self.crs)

    def to_work(self, geometries: Array) -> Array:
        """Return geometries in the work CRS."""
        return crs.any_to_work(geometries, self.crs)


def _where(groups: tuple[int, ...], first: int, count: int) -> str:
    rows = f"rows {first} to {first + count - 1}"
    if not groups:
        return rows
    many = f"row groups {groups[0]} to {groups[-1]}" if len(groups) > 1 else None
    return f"{many or f'row group {groups[0]}'}, {rows}"


def parts_of(path: Path, *, rows: int) -> list[Part]:
    """Return the parts of a file, or of a folder of files.

    That is row groups, small ones together and large ones split; of other
    formats, ranges of `rows` rows.
    """
    if path.suffix.lower() != ".parquet":
        total = describe(path).rows
        starts = range(0, total, rows)
        return [Part((), start, min(start + rows, total), start) for start in starts]
    parts, first = [], 0
    for piece in pieces_of(path):
        with parquet.ParquetFile(piece) as file:
            head = file.metadata
            sizes = [head.row_group(group).num_rows for group in range(head.num_row_groups)]
        name = piece.name if path.is_dir() else ""
        for groups in _together(sizes):
            size = sum(sizes[group] for group in groups)
            for start in range(0, size, PARTS_A_GROUP):
                stop = min(start + PARTS_A_GROUP, size)
                parts.append(Part(groups, start, stop, first + start, name))
            first += size
    return parts


def _together(sizes: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Yield row groups, those of few rows together."""
    waiting: list[int] = []
    rows = 0
    for group, size in enumerate(sizes):
        if waiting and rows + size > ROWS_A_PART:
            yield tuple(waiting)
            waiting, rows = [], 0
        waiting.append(group)
        rows += size
    if waiting:
        yield tuple(waiting)


def read_part(path: Path, part: Part, *, columns: Sequence[str], rows: int) -> Iterator[Batch]:
    """Read a part in batches of at most `rows` rows.

    Raises `DataError` where the file is broken, and as `describe`.
    """
    try:
        yield from _batches(path, part, columns, rows)
    except (pa.ArrowException, OSError, RuntimeError, UnboundLocalError) as fault:
        raise DataError(f"{path}: cannot be read: {fault}") from fault


def _batches(path: Path, part: Part, columns: Sequence[str], rows: int) -> Iterator[Batch]:
    if part.file:
        path = path / part.file
    info = describe(path)
    if not part.groups:
        encoding = table_encoding(path)
        meta, table = pyogrio.raw.read_arrow(
            gdal_path(path),
            layer=layer_of(path),
            columns=list(columns),
            skip_features=part.start,
            max_features=part.stop - part.start,
            encoding=encoding,
        )
        # GDAL reads a FlatGeobuf that was cut short as a shorter one.
        if len(table) != part.stop - part.start:
            raise DataError(
                f"{path}: {len(table)} of {part.stop - part.start} features can be read from row "
                f"{part.start} on; the file is cut short"
            )
        name = meta["geometry_name"] or "wkb_geometry"
        yield _batch(table, name, columns, info.crs, (path.name, part.start, ()))
        return
    with parquet.ParquetFile(path) as file:
        wanted = [info.geometry, *columns]
        at = 0
        batches = file.iter_batches(batch_size=rows, row_groups=list(part.groups), columns=wanted)
        for batch in batches:
            here, at = at, at + len(batch)
            low, high = max(part.start - here, 0), min(part.stop - here, len(batch))
            if here >= part.stop:
                break
            if low >= high:
                continue
            table = pa.Table.from_batches([batch.slice(low, high - low)])
            first = part.first + here + low - part.start
            yield _batch(table, info.geometry, columns, info.crs, (path.name, first, part.groups))


def _batch(
    table: pa.Table,
    name: str,
    columns: Sequence[str],
    stated: Any,
    place: tuple[str, int, tuple[int, ...]],
) -> Batch:
    values = whole(table.column(name)).cast(pa.large_binary())
    # A slice keeps its whole buffer: take the bytes of these rows only.
    offsets = np.frombuffer(values.buffers()[1], dtype=np.int64)
    offsets = offsets[values.offset : values.offset + len(values) + 1]
    buffer = values.buffers()[2]
    data = np.frombuffer(buffer, dtype=np.uint8) if buffer else np.empty(0, dtype=np.uint8)
    data = data[offsets[0] : offsets[-1]]
    return Batch(data, offsets - offsets[0], plain(table.select(list(columns))), stated, *place)
