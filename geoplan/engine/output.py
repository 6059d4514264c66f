"""Writing what was tabulated: CSV for people, Parquet for programs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from geoplan import files, vector
from geoplan.errors import UsageError, listed
from geoplan.sheet import csv_text

SUFFIXES = (".csv", ".parquet")
_PIECES = re.compile(r"part-\d{5,}\.parquet|\.part-\d{5,}\.parquet\.[0-9a-f]{32}\.part")


def check(path: Path, layers: Sequence[str | Path] = ()) -> None:
    """Raise `UsageError` unless a table can be written at `path`, which is none of `layers`."""
    files.check_target(path, SUFFIXES)
    if path.resolve() in {Path(layer).resolve() for layer in layers}:
        raise UsageError(f"{path}: is one of the layers; give the table another name")


def check_folder(path: Path) -> None:
    """Raise `UsageError` unless pieces can be written at `path`: nothing, or pieces, are there."""
    if path.suffix.lower() != ".parquet":
        raise UsageError(f"{path}: the name of the folder has to end in .parquet")
    if not path.parent.is_dir():
        raise UsageError(f"{path}: there is no folder {path.parent}; make it first")
    if path.exists() and not path.is_dir():
        raise UsageError(f"{path}: is a file; pieces are a folder of files, give another name")
    there = list(path.iterdir()) if path.exists() else []
    own = [p.name for p in there if p.is_dir() or not _PIECES.fullmatch(p.name)]
    if own:
        raise UsageError(
            f"{path}: holds {len(own)} file(s) that are no pieces and are kept; give another "
            f"name:\n{listed(sorted(own), limit=5)}"
        )


def save(table: pd.DataFrame, path: Path) -> None:
    """Write a table as CSV or Parquet, by its suffix, at once or not at all.

    Raises `UsageError` where the suffix is another, or the file cannot be written.
    """
    check(path)
    try:
        if path.suffix.lower() == ".csv":
            files.write_text(path.resolve(), csv_text(table))
        else:
            vector.write_table(table, path.resolve())
    except OSError as fault:
        raise UsageError(f"{path}: cannot be written: {fault.strerror or fault}") from fault
