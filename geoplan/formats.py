"""Which files of people are data, and which of them belong together; imports nothing large."""

from __future__ import annotations

import os
from pathlib import Path

SUFFIXES = (".parquet", ".gpkg", ".fgb", ".shp", ".geojson", ".gdb", ".zip")
"""Formats that layers may come in."""

RASTERS = (".tif", ".tiff", ".img", ".asc")
"""Formats that layers of cells may come in."""

DATA = (
    *(*SUFFIXES, *RASTERS, ".csv", ".toml", ".dbf", ".shx", ".prj", ".cpg", ".gpkg-wal"),
    ".ige",  # what is too large for its .img
)
"""How names of files end that stages may read."""

ELSEWHERE = ("ledgers.toml", "suitability.toml")
"""Registries at the root of the layers that commands read, and no stage."""


def files_of(path: Path) -> list[Path]:
    """Return all files that are read with a file with geometry, itself included, sorted.

    The parts of a shapefile have its stem, in any case, as what belongs to an ``.img`` or
    ``.asc`` has; a ``.gdb`` is a folder, and so are tiles; rows that SQLite has not put in
    place yet lie beside a GeoPackage.
    """
    if path.is_dir():
        return files_below(path)
    if path.suffix.lower() not in (".shp", ".img", ".asc"):
        log = path.with_name(f"{path.name}-wal")
        return [path, *([log] if log.exists() else [])]
    # A layer file or another layer may have the stem too, and changes without the shapes.
    here = (p for p in path.parent.iterdir() if p.name.lower().startswith(f"{path.stem.lower()}."))
    others = (".toml", *SUFFIXES)
    return sorted(p for p in here if (p == path or p.suffix.lower() not in others) and p.is_file())


def files_below(root: Path) -> list[Path]:
    """Return all files below `root`, sorted; also those in folders that links lead to, once."""
    found: list[Path] = []
    seen = set()
    for folder, inside, names in os.walk(root, followlinks=True):
        there = Path(folder).stat()
        if (there.st_dev, there.st_ino) in seen:
            inside.clear()  # a link that leads back
            continue
        seen.add((there.st_dev, there.st_ino))
        found += [Path(folder, name) for name in names]
    return sorted(path for path in found if path.is_file())


def text_files(folder: Path) -> list[Path]:
    """Return the files of `folder` that may be texts of plans, sorted; none where it is not there.

    Folders in it are not looked into, nor files whose names begin with a dot or ``~$``.
    """
    if not folder.is_dir():
        return []
    named = (path for path in folder.iterdir() if not path.name.startswith((".", "~$")))
    return sorted(path for path in named if path.is_file())


def data_files(root: Path) -> list[Path]:
    """Return the files below `root` that stages may read, sorted."""
    # A .gdb is a folder: all files in it are data, whatever they are called.
    return [
        path
        for path in files_below(root)
        if path.suffix.lower() in DATA or any(p.suffix.lower() == ".gdb" for p in path.parents)
    ]
