"""GeoParquet files of the user's own, which Arrow reads."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import parquet

import geopandas as gpd

from geoplan.reading import Notice
from geoplan.vector.contents import Given, LayerFacts, some
from geoplan.vector.frames import columns_in, flattened, shapes_in
from geoplan.vector.info import Info, info_of_parquet, pieces_of
from geoplan.vector.ogr import system_of


def geoparquet_layers(path: Path) -> LayerFacts:
    """Return what a GeoParquet file states; `DataError` where it is broken or has no geometry."""
    info = info_of_parquet(path)
    with parquet.ParquetFile(pieces_of(path)[0]) as file:
        schema = file.schema_arrow
        column = json.loads(schema.metadata[b"geo"])["columns"][info.geometry]
    kinds = tuple(str(kind) for kind in column.get("geometry_types", [])) or ("Unknown",)
    fields = tuple((name, str(schema.field(name).type)) for name in info.columns)
    return LayerFacts(path.stem, info.rows, kinds, fields, info.crs)


def read_geoparquet(path: Path) -> Given:
    """Return all rows of a GeoParquet file, or of a folder of such files."""
    info = info_of_parquet(path)
    tables = [parquet.read_table(piece, partitioning=None) for piece in pieces_of(path)]
    table = pa.concat_tables(tables)
    apart = [name for name in table.column_names if name not in (info.geometry, *info.columns)]
    columns, notices = columns_in(table.select(list(info.columns)))
    notices += _other_shapes(apart, info)
    values = np.array(table.column(info.geometry).to_pylist(), dtype=object)
    shapes, torn = shapes_in(values)
    shapes, high = flattened(shapes)
    system, unreadable = system_of(info.crs)
    frame = gpd.GeoDataFrame(columns, geometry=gpd.GeoSeries(shapes, crs=system))
    return Given(frame, None, None, (*notices, *torn, *high, *unreadable))


def _other_shapes(apart: list[str], info: Info) -> list[Notice]:
    if not apart:
        return []
    text = (
        f"{len(apart)} more column(s) of shapes or boxes are left out: {some(apart)}; shapes are "
        f"those of {info.geometry!r}"
    )
    return [Notice("format.other_geometry", "info", text, count=len(apart))]
