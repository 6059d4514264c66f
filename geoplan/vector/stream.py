"""Large files with geometry, read in parts and batches: WKB and codes, no object a row."""

from __future__ import annotations

import json
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
from geoplan.vector.columns import Codes, codes_of, whole
from geoplan.vector.files import SUFFIXES, assumed_encoding, layer_of

Array = np.ndarray

PARTS_A_GROUP = 500_000
"""Rows of a row group from which it is worked on by several tasks."""


@dataclass(frozen=True)
class Info:
    """What a file says of itself: rows, columns without geometry, CRS."""

    rows: int
    columns: tuple[str, ...]
    geometry: str
    crs: Any


@dataclass(frozen=True)
class Part:
    """One task's share: rows `start` to `stop` of a row group, or of the file."""

    group: int | None
    start: int
    stop: int
    first: int
    """The number of its first row in the file."""

    @property
    def where(self) -> str:
        """Say which rows of the file these are."""
        return _where(self.group, self.first, self.stop - self.start)


@dataclass(frozen=True)
class Batch:
    """Rows as bytes of WKB, and the columns beside; the first is row `first` of `file`."""

    data: Array
    offsets: Array
    table: pa.Table
    crs: Any
    file: str
    first: int
    group: int | None = None

    @property
    def where(self) -> str:
        """Say which rows of a file these are."""
        return _where(self.group, self.first, len(self.offsets) - 1)

    @property
    def columns(self) -> tuple[Codes, ...]:
        """Return the columns as codes and the values that they stand for."""
        return codes_of(self.table)

    def rows(self, start: int, stop: int) -> Batch:
        """Return some of the rows, counted within the batch."""
        at = self.offsets[start : stop + 1]
        table = self.table.slice(start, stop - start)
        data = self.data[at[0] : at[-1]]
        where = self.file, self.first + start, self.group
        return Batch(data, at - at[0], table, self.crs, *where)

    def xy_to_work(self, x: Array, y: Array) -> tuple[Array, Array]:
        """Return coordinates in the work CRS."""
        return crs.xy_to_work(x, y, source=self.crs)

    def to_work(self, geometries: Array) -> Array:
        """Return geometries in the work CRS."""
        return crs.any_to_work(geometries, self.crs)


def _where(group: int | None, first: int, count: int) -> str:
    rows = f"rows {first} to {first + count - 1}"
    return rows if group is None else f"row group {group}, {rows}"


def describe(path: Path) -> Info:
    """Say what a file holds, without reading it.

    Raises
    ------
    DataError
        If it is missing, of no known format, has no geometry, or one that is no WKB.
    MissingCRSError
        If it does not say in which coordinate system it is.
    """
    if not path.exists():
        raise DataError(f"{path}: there is no such file")
    if path.suffix.lower() not in SUFFIXES:
        raise DataError(f"{path}: format is not known; allowed: {', '.join(SUFFIXES)}")
    info = _of_parquet(path) if path.suffix.lower() == ".parquet" else _of_other(path)
    if info.crs is None:
        raise crs.missing(str(path))
    return info


def _of_parquet(path: Path) -> Info:
    try:
        file = parquet.ParquetFile(path)
    except (OSError, pa.ArrowInvalid) as fault:
        raise DataError(f"{path}: cannot be read: {fault}") from fault
    with file:
        head = (file.schema_arrow.metadata or {}).get(b"geo")
        if head is None:
            raise DataError(f"{path}: is no GeoParquet: it has no metadata about geometry")
        try:
            geo = json.loads(head)
            name = geo["primary_column"]
            column = geo["columns"][name]
            # Without a word GeoParquet means WGS 84.
            stated = crs.read(column.get("crs", "OGC:CRS84"))
            # A box a row says where the shapes were, which is of no use to what is made of them.
            boxes = {path[0] for path in column.get("covering", {}).get("bbox", {}).values()}
            apart = {*geo["columns"], *boxes}
        except (ValueError, KeyError, TypeError, AttributeError, RuntimeError) as fault:
            raise DataError(f"{path}: its metadata about geometry are broken: {fault}") from fault
        if name not in file.schema_arrow.names:
            raise DataError(f"{path}: has no column {name!r}, in which geometry should be")
        if column.get("encoding") != "WKB":
            raise DataError(f"{path}: geometry is {column.get('encoding')}; write it as WKB")
        others = tuple(n for n in file.schema_arrow.names if n not in apart)
        return Info(file.metadata.num_rows, others, name, stated)


def _of_other(path: Path) -> Info:
    try:
        info = pyogrio.read_info(
            path, layer=layer_of(path), encoding=assumed_encoding(path), force_feature_count=True
        )
    except (OSError, ValueError, RuntimeError, IndexError) as fault:
        raise DataError(f"{path}: cannot be read: {fault}") from fault
    if info["geometry_type"] is None:
        raise DataError(f"{path}: has no geometry")
    columns = tuple(map(str, info["fields"]))
    return Info(info["features"], columns, "geometry", crs.read(info["crs"]))


def parts_of(path: Path, *, rows: int) -> list[Part]:
    """Return the parts of a file: row groups, or ranges of rows; large groups are split."""
    parts, first = [], 0
    if path.suffix.lower() != ".parquet":
        total = describe(path).rows
        return [
            Part(None, start, min(start + rows, total), start) for start in range(0, total, rows)
        ]
    with parquet.ParquetFile(path) as file:
        for group in range(file.num_row_groups):
            size = file.metadata.row_group(group).num_rows
            for start in range(0, size, PARTS_A_GROUP):
                stop = min(start + PARTS_A_GROUP, size)
                parts.append(Part(group, start, stop, first + start))
            first += size
    return parts


def read_part(path: Path, part: Part, *, columns: Sequence[str], rows: int) -> Iterator[Batch]:
    """Read a part in batches of at most `rows` rows.

    Raises `DataError` where the file is broken, and as `describe`.
    """
    try:
        yield from _batches(path, part, columns, rows)
    except (pa.ArrowException, OSError, RuntimeError) as fault:
        raise DataError(f"{path}: cannot be read: {fault}") from fault


def _batches(path: Path, part: Part, columns: Sequence[str], rows: int) -> Iterator[Batch]:
    info = describe(path)
    if part.group is None:
        encoding = assumed_encoding(path)
        meta, table = pyogrio.raw.read_arrow(
            path,
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
        yield _batch(table, name, columns, info.crs, (path.name, part.start, None))
        return
    with parquet.ParquetFile(path) as file:
        wanted = [info.geometry, *columns]
        at = 0
        batches = file.iter_batches(batch_size=rows, row_groups=[part.group], columns=wanted)
        for batch in batches:
            here, at = at, at + len(batch)
            low, high = max(part.start - here, 0), min(part.stop - here, len(batch))
            if low >= high:
                continue
            table = pa.Table.from_batches([batch.slice(low, high - low)])
            first = part.first + here + low - part.start
            yield _batch(table, info.geometry, columns, info.crs, (path.name, first, part.group))


def _batch(
    table: pa.Table,
    name: str,
    columns: Sequence[str],
    stated: Any,
    place: tuple[str, int, int | None],
) -> Batch:
    values = whole(table.column(name)).cast(pa.large_binary())
    # A slice keeps its whole buffer: take the bytes of these rows only.
    offsets = np.frombuffer(values.buffers()[1], dtype=np.int64)
    offsets = offsets[values.offset : values.offset + len(values) + 1]
    buffer = values.buffers()[2]
    data = np.frombuffer(buffer, dtype=np.uint8) if buffer else np.empty(0, dtype=np.uint8)
    data = data[offsets[0] : offsets[-1]]
    return Batch(data, offsets - offsets[0], table.select(list(columns)), stated, *place)
