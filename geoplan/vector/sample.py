"""An even sample of the rows of a large file, where all of them would take too long."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pandas as pd
from pyarrow import parquet

import geopandas as gpd
import pyogrio

from geoplan.errors import DataError, coded
from geoplan.vector.opened import gdal_path, settled
from geoplan.vector.shapefile import whole_shapefile

SAMPLED = ("geoparquet", "geopackage", "flatgeobuf", "shapefile", "filegdb")
"""Formats of which some rows can be read without the others."""

CHUNKS = 20
"""Places in the file that rows come from."""


def read_sample(
    path: Path,
    format_: str,
    *,
    layer: str | None,
    rows: int,
    wanted: int,
    encoding: str | None = None,
) -> gpd.GeoDataFrame:
    """Return about `wanted` of `rows` rows, in `CHUNKS` runs spread evenly over the file.

    `path` is no archive; `encoding` is that of a shapefile's table.
    The index of the table is the row in the file, counted from 0; the system is the stated one.

    Raises
    ------
    DataError
        Where it cannot be read.
    """
    starts = np.linspace(0, max(rows - wanted // CHUNKS, 0), CHUNKS).astype(int)
    size = wanted // CHUNKS
    try:
        with settled(), ExitStack() as stack:
            if format_ == "geoparquet":
                return _of_parquet(path, starts, size)
            here = path
            if format_ == "shapefile":
                here = stack.enter_context(whole_shapefile(path)).path
            frames = []
            for start in starts.tolist():
                frame = pyogrio.read_dataframe(
                    gdal_path(here),
                    layer=layer,
                    encoding=encoding,
                    skip_features=start,
                    max_features=size,
                )
                frame.index = pd.RangeIndex(start, start + len(frame))
                frames.append(frame)
    except (OSError, RuntimeError, ValueError) as fault:
        text = " ".join(str(fault).split())
        raise coded(DataError(f"{path}: cannot be read: {text}"), "format.unreadable") from fault
    made = pd.concat(frames)
    return gpd.GeoDataFrame(made[~made.index.duplicated()])


def _of_parquet(path: Path, starts: np.ndarray, size: int) -> gpd.GeoDataFrame:
    """Return rows of row groups: of each group that a start lies in, the first rows from there."""
    import pyarrow as pa

    with parquet.ParquetFile(path) as file:
        counts = [file.metadata.row_group(n).num_rows for n in range(file.metadata.num_row_groups)]
        ends = np.cumsum(counts)
        tables, places = [], []
        for start in starts.tolist():
            group = int(np.searchsorted(ends, start, side="right"))
            first = int(ends[group] - counts[group])
            seen = first
            for batch in file.iter_batches(batch_size=size, row_groups=[group]):
                if seen + batch.num_rows > start or seen + batch.num_rows >= int(ends[group]):
                    tables.append(pa.Table.from_batches([batch]))
                    places.append(np.arange(seen, seen + batch.num_rows))
                    break
                seen += batch.num_rows
        table = pa.concat_tables(tables).replace_schema_metadata(file.schema_arrow.metadata)
    made = gpd.GeoDataFrame.from_arrow(table)
    made.index = pd.Index(np.concatenate(places))
    return gpd.GeoDataFrame(made[~made.index.duplicated()])
