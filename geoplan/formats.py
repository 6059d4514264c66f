"""Which files of people are data, and which of them belong together; imports nothing large."""

from __future__ import annotations

import glob
from pathlib import Path

SUFFIXES = (".parquet", ".gpkg", ".fgb", ".shp", ".geojson", ".gdb", ".zip")
"""Formats that layers may come in."""

DATA = (*SUFFIXES, ".csv", ".toml", ".tif", ".dbf", ".shx", ".prj", ".cpg")
"""How names of files end that stages may read."""


def files_of(path: Path) -> list[Path]:
    """Return all files that belong to a file with geometry, sorted.

    The parts of a shapefile have its stem; a ``.gdb`` is a folder.
    """
    if path.is_dir():
        return sorted(p for p in path.rglob("*") if p.is_file())
    if path.suffix.lower() != ".shp":
        return [path]
    return sorted(p for p in path.parent.glob(f"{glob.escape(path.stem)}.*") if p.is_file())


def data_files(root: Path) -> list[Path]:
    """Return the files below `root` that stages may read, sorted."""
    # A .gdb is a folder: all files in it are data, whatever they are called.
    return [
        path
        for path in sorted(root.rglob("*"))
        if (path.suffix.lower() in DATA or any(p.suffix.lower() == ".gdb" for p in path.parents))
        and path.is_file()
    ]
