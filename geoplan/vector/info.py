"""What a file with geometry says of itself, without reading its rows."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import parquet

import pyogrio

from geoplan import crs, guard
from geoplan.errors import DataError, coded
from geoplan.formats import SUFFIXES, files_of
from geoplan.vector.encodings import table_encoding
from geoplan.vector.files import layer_of
from geoplan.vector.kinds import looked_within
from geoplan.vector.opened import gdal_path


@dataclass(frozen=True)
class Info:
    """What a file says of itself: rows, columns without geometry, CRS."""

    rows: int
    columns: tuple[str, ...]
    geometry: str
    crs: Any
    bytes_a_row: int
    """Of geometry, on average, as it is when read."""


def describe(path: Path, *, layer: str | None = None) -> Info:
    """Say what a file holds, or one of its layers, without reading it.

    Raises
    ------
    DataError
        If it is missing, of no known format, has no geometry, or one that is no WKB.
    MissingCRSError
        If it does not say in which coordinate system it is.
    """
    guard.check_there(path)
    if path.suffix.lower() not in SUFFIXES:
        raise DataError(f"{path}: format is not known; allowed: {', '.join(SUFFIXES)}")
    looked_within(path)
    info = info_of_parquet(path) if path.suffix.lower() == ".parquet" else _of_other(path, layer)
    if info.crs is None:
        raise crs.missing(str(path))
    return info


def pieces_of(path: Path) -> list[Path]:
    """Return the files of a folder of GeoParquet files, sorted; of a file, itself."""
    if not path.is_dir():
        return [path]
    files = sorted(path.glob("*.parquet"))
    if not files:
        raise DataError(f"{path}: is a folder without any .parquet file")
    return files


def info_of_parquet(path: Path) -> Info:
    """Say what a GeoParquet file holds, or a folder of them, which have to be alike."""
    files = pieces_of(path)
    infos = [_of_parquet(file) for file in files]
    first = infos[0]
    for file, info in zip(files, infos, strict=True):
        if (info.columns, info.geometry, info.crs) != (first.columns, first.geometry, first.crs):
            raise DataError(f"{file}: has other columns or coordinates than {files[0].name}")
    rows = sum(info.rows for info in infos)
    size = sum(info.bytes_a_row * info.rows for info in infos)
    return replace(first, rows=rows, bytes_a_row=size // max(rows, 1))


def _of_parquet(path: Path) -> Info:
    try:
        file = parquet.ParquetFile(path)
    except (OSError, pa.ArrowInvalid) as fault:
        raise coded(DataError(f"{path}: cannot be read: {fault}"), "format.broken") from fault
    with file:
        head = (file.schema_arrow.metadata or {}).get(b"geo")
        if head is None:
            text = f"{path}: is no GeoParquet: it has no metadata about geometry"
            raise coded(DataError(text), "format.no_geometry")
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
            text = f"{path}: its metadata about geometry are broken: {fault}"
            raise coded(DataError(text), "format.broken") from fault
        if name not in file.schema_arrow.names:
            text = f"{path}: has no column {name!r}, in which geometry should be"
            raise coded(DataError(text), "format.no_geometry")
        if column.get("encoding") != "WKB":
            text = f"{path}: geometry is {column.get('encoding')}; write it as WKB"
            raise coded(DataError(text), "format.geometry_encoding")
        others = tuple(n for n in file.schema_arrow.names if n not in apart)
        each = _bytes_a_row(file.metadata, name)
        return Info(file.metadata.num_rows, others, name, stated, each)


def _of_other(path: Path, layer: str | None) -> Info:
    try:
        info = pyogrio.read_info(
            gdal_path(path),
            layer=layer_of(path, layer),
            encoding=table_encoding(path),
            force_feature_count=True,
        )
    except (OSError, ValueError, RuntimeError, IndexError, UnboundLocalError) as fault:
        raise DataError(f"{path}: cannot be read: {fault}") from fault
    if info["geometry_type"] is None:
        raise DataError(f"{path}: has no geometry")
    columns = tuple(map(str, info["fields"]))
    size = sum(each.stat().st_size for each in files_of(path))
    each = size // max(info["features"], 1)
    return Info(info["features"], columns, "geometry", crs.read(info["crs"]), each)


def _bytes_a_row(head: Any, name: str) -> int:
    """Return the bytes of a column of a row, on average, by the metadata of a file."""
    total = 0
    for n in range(head.num_row_groups):
        group = head.row_group(n)
        columns = (group.column(k) for k in range(group.num_columns))
        total += sum(c.total_uncompressed_size for c in columns if c.path_in_schema == name)
    return int(total // max(head.num_rows, 1))
