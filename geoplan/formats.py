"""Which files of people are data, and which of them belong together; imports nothing large."""

from __future__ import annotations

from pathlib import Path

SUFFIXES = (".parquet", ".gpkg", ".fgb", ".shp", ".geojson", ".gdb", ".zip")
"""Formats that layers may come in."""

DATA = (*SUFFIXES, ".csv", ".toml", ".tif", ".dbf", ".shx", ".prj", ".cpg", ".gpkg-wal")
"""How names of files end that stages may read."""


def files_of(path: Path) -> list[Path]:
    """Return all files that are read with a file with geometry, itself included, sorted.

    The parts of a shapefile have its stem, in any case; a ``.gdb`` is a folder;
    rows that SQLite has not put in place yet lie beside a GeoPackage.
    """
    if path.is_dir():
        return sorted(p for p in path.rglob("*") if p.is_file())
    if path.suffix.lower() != ".shp":
        log = path.with_name(f"{path.name}-wal")
        return [path, *([log] if log.exists() else [])]
    # A layer file may have the stem too, and changes without the shapes.
    here = (p for p in path.parent.iterdir() if p.name.lower().startswith(f"{path.stem.lower()}."))
    return sorted(p for p in here if p.suffix.lower() != ".toml" and p.is_file())


def data_files(root: Path) -> list[Path]:
    """Return the files below `root` that stages may read, sorted."""
    # A .gdb is a folder: all files in it are data, whatever they are called.
    return [
        path
        for path in sorted(root.rglob("*"))
        if (path.suffix.lower() in DATA or any(p.suffix.lower() == ".gdb" for p in path.parents))
        and path.is_file()
    ]
