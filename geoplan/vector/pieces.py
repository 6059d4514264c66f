"""GeoParquet that is written piece by piece: one file, or a folder of files of the same columns."""

from __future__ import annotations

import json
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

import numpy as np
import pyarrow as pa
from pyarrow import parquet

from geoplan.errors import DataError


class PieceFile:
    """A GeoParquet file that grows by row groups; it has its name only when it is whole.

    Parameters
    ----------
    path
        The file.
    crs
        The `pyproj.CRS` of the geometries.
    """

    def __init__(self, path: Path, crs: Any) -> None:
        self._path = path
        # Two workers may write the same file, one of them being taken for dead.
        self._beside = path.with_name(f".{path.name}.{uuid4().hex}.part")
        self._crs = crs
        self._writer: parquet.ParquetWriter | None = None

    def __enter__(self) -> Self:
        return self

    def write(self, table: pa.Table, shapes: np.ndarray) -> None:
        """Append rows: columns, and geometries as WKB, an array of bytes."""
        wkb = pa.array(shapes, type=pa.binary())
        if self._writer is None:
            self._writer = self._opened(table.schema)
        try:
            whole = table.append_column("geometry", wkb).cast(self._writer.schema)
        except (pa.ArrowInvalid, ValueError) as fault:
            raise DataError(f"{self._path}: columns are not the same all along: {fault}") from fault
        self._writer.write_table(whole.replace_schema_metadata(self._writer.schema.metadata))

    def _opened(self, columns: pa.Schema) -> parquet.ParquetWriter:
        column = {"encoding": "WKB", "geometry_types": [], "crs": self._crs.to_json_dict()}
        geo = {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": column}}
        schema = pa.schema(
            [*columns.remove_metadata(), pa.field("geometry", pa.binary())],
            metadata={"geo": json.dumps(geo, ensure_ascii=False, sort_keys=True)},
        )
        return parquet.ParquetWriter(self._beside, schema, compression="zstd")

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if self._writer is not None:
                self._writer.close()
                if kind is None:
                    self._beside.replace(self._path)
        finally:
            self._beside.unlink(missing_ok=True)
