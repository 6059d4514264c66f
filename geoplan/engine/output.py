"""Writing what was tabulated: CSV for people, Parquet for programs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from geoplan import folders, vector
from geoplan.errors import UsageError
from geoplan.sheet import csv_text

SUFFIXES = (".csv", ".parquet")


def check(path: Path, layers: Sequence[str | Path] = ()) -> None:
    """Raise `UsageError` unless a table can be written at `path`, which is none of `layers`."""
    folders.check_target(path, SUFFIXES)
    if path.resolve() in {Path(layer).resolve() for layer in layers}:
        raise UsageError(f"{path}: is one of the layers; give the table another name")


def save(table: pd.DataFrame, path: Path) -> None:
    """Write a table as CSV or Parquet, by its suffix, at once or not at all.

    Raises `UsageError` where the suffix is another, or the file cannot be written.
    """
    check(path)
    try:
        if path.suffix.lower() == ".csv":
            folders.write_text(path.resolve(), csv_text(table))
        else:
            vector.write_table(table, path.resolve())
    except OSError as fault:
        raise UsageError(f"{path}: cannot be written: {fault.strerror or fault}") from fault
