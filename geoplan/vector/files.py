"""Files of tables with and without geometry: the door to pyogrio and Parquet."""

from __future__ import annotations

import csv
import io
import os
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd

import geopandas as gpd
import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError

from geoplan import guard
from geoplan.errors import DataError, listed
from geoplan.formats import SUFFIXES
from geoplan.vector.encodings import table_encoding
from geoplan.vector.kinds import looked_within
from geoplan.vector.opened import gdal_path

_UNREADABLE = (DataSourceError, DataLayerError, zipfile.BadZipFile, UnboundLocalError)


def read_vector(path: Path, *, layer: str | None = None) -> gpd.GeoDataFrame:
    """Read a file with geometry; the columns as they are, the CRS as stated (maybe None).

    `layer` names one of several layers in the file.

    Raises
    ------
    DataError
        If the file is missing, has a suffix outside `SUFFIXES`, is broken or cut
        short, has no layer of that name, or several and none is named.
    """
    guard.check_there(path)
    if path.suffix.lower() not in SUFFIXES:
        raise DataError(
            f"{path}: format {path.suffix!r} is not known; allowed: {', '.join(SUFFIXES)}"
        )
    looked_within(path)
    try:
        # Coordinates that are no numbers would warn here; stages refuse them with a row.
        with np.errstate(invalid="ignore"):
            if path.suffix.lower() == ".parquet":
                return gpd.read_parquet(path)
            return _read_layer(path, layer)
    except (*_UNREADABLE, OSError, ValueError, IndexError) as fault:
        raise DataError(f"{path}: cannot be read: {fault}") from fault


def _read_layer(path: Path, wanted: str | None) -> gpd.GeoDataFrame:
    layer = layer_of(path, wanted)
    encoding = table_encoding(path)
    read = pyogrio.read_dataframe(gdal_path(path), layer=layer, encoding=encoding)
    promised = pyogrio.read_info(gdal_path(path), layer=layer, encoding=encoding)["features"]
    # GDAL reads a FlatGeobuf that was cut short as an empty one.
    if 0 <= promised != len(read):
        raise DataError(
            f"{path}: {len(read)} of {promised} features can be read; the file is cut short"
        )
    return read


def layer_of(path: Path, wanted: str | None = None) -> str | None:
    """Return the layer of a file that is wanted, or its only one; `DataError` if there is none."""
    layers = [str(name) for name, kind in pyogrio.list_layers(gdal_path(path)) if kind is not None]
    if wanted is not None and wanted not in layers:
        raise DataError(f"{path}: has no layer {wanted!r}; there are: {', '.join(layers)}")
    if wanted is None and len(layers) > 1:
        raise DataError(
            f"{path}: holds {len(layers)} layers with shapes: {', '.join(layers)}; "
            "a layer file names one of them (`layer` in the table [file]), `geoplan map` does with "
            "--layer; other commands take files of one layer"
        )
    return wanted or (layers[0] if layers else None)


def read_table(path: Path) -> pd.DataFrame:
    """Read a Parquet table that `write_table` wrote; a GeoDataFrame if it has geometry.

    Raises `DataError` if it is missing or broken.
    """
    if not path.exists():
        raise DataError(f"{path}: there is no such table; run the stage that makes it")
    try:
        if "geo" in _metadata(path):
            made: pd.DataFrame = gpd.read_parquet(path)
            return made
        return pd.read_parquet(path)
    except (OSError, ValueError) as fault:
        raise DataError(f"{path}: cannot be read: {fault}") from fault


def write_table(frame: pd.DataFrame, path: Path) -> None:
    """Write `frame` as Parquet beside `path` and rename, so that no half-written file is left."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        frame.to_parquet(beside, compression="zstd", index=False)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def read_csv(path: Path, *, columns: list[str]) -> pd.DataFrame:
    """Read a CSV of texts with exactly `columns`; empty cells are empty texts.

    Raises `DataError` if it is missing, has other columns, or a row is too
    short or too long.
    """
    try:
        text = path.read_text("utf-8-sig")
        # pandas would fill short rows up and shift long ones without a word.
        reader = csv.reader(io.StringIO(text), strict=True)
        rows = [(reader.line_num, row) for row in reader if row]
    except FileNotFoundError as fault:
        raise DataError(f"{path}: there is no such file") from fault
    except (UnicodeDecodeError, csv.Error) as fault:
        raise DataError(f"{path}: cannot be read as UTF-8 CSV: {fault}") from fault
    header = rows[0][1] if rows else []
    missing = [c for c in columns if c not in header]
    unknown = [c for c in header if c not in columns]
    if missing or unknown or len(header) != len(columns):
        raise DataError(
            f"{path}: columns missing: {missing or 'none'}; unknown: {unknown or 'none'}; "
            f"needed are {', '.join(columns)}, each once"
        )
    uneven = [f"line {n}: {len(row)} cells" for n, row in rows if len(row) != len(header)]
    if uneven:
        raise DataError(f"{path}: rows without {len(header)} cells:\n{listed(uneven)}")
    frame = pd.DataFrame([row for _, row in rows[1:]], columns=header, dtype="str")
    return frame[columns]


def _metadata(path: Path) -> set[str]:
    from pyarrow import parquet

    return {key.decode() for key in parquet.read_schema(path).metadata or {}}
