"""Files of tables with and without geometry: the door to pyogrio and Parquet."""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd

import geopandas as gpd
import pyogrio
from pyogrio.errors import DataSourceError

from geoplan.errors import DataError

SUFFIXES = (".parquet", ".gpkg", ".fgb", ".shp", ".geojson", ".gdb", ".zip")
"""Formats that layers may come in."""


def read_vector(path: Path) -> gpd.GeoDataFrame:
    """Read a file with geometry; the columns as they are, the CRS as stated (maybe None).

    Raises
    ------
    DataError
        If the file is missing, has a suffix outside `SUFFIXES`, or is broken.
    """
    if not path.exists():
        raise DataError(f"{path}: there is no such file")
    if path.suffix.lower() not in SUFFIXES:
        raise DataError(
            f"{path}: format {path.suffix!r} is not known; allowed: {', '.join(SUFFIXES)}"
        )
    try:
        if path.suffix.lower() == ".parquet":
            return gpd.read_parquet(path)
        return pyogrio.read_dataframe(path)
    except (DataSourceError, OSError, ValueError) as fault:
        raise DataError(f"{path}: cannot be read: {fault}") from fault


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
        if isinstance(frame, gpd.GeoDataFrame):
            frame.to_parquet(beside, compression="zstd", index=False)
        else:
            frame.to_parquet(beside, compression="zstd", index=False)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def read_csv(path: Path, *, columns: list[str]) -> pd.DataFrame:
    """Read a CSV of texts with exactly `columns`; empty cells are empty texts.

    Raises `DataError` if it is missing or has other columns.
    """
    try:
        frame = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except FileNotFoundError as fault:
        raise DataError(f"{path}: there is no such file") from fault
    except (UnicodeDecodeError, ValueError) as fault:
        raise DataError(f"{path}: cannot be read as UTF-8 CSV: {fault}") from fault
    missing = [c for c in columns if c not in frame]
    unknown = [c for c in frame if c not in columns]
    if missing or unknown:
        raise DataError(
            f"{path}: columns missing: {missing or 'none'}; unknown: {unknown or 'none'}"
        )
    return frame[columns]


def _metadata(path: Path) -> set[str]:
    from pyarrow import parquet

    return {key.decode() for key in parquet.read_schema(path).metadata or {}}
