"""Which format a file is in, by its content; nothing is opened that was not looked through."""

from __future__ import annotations

import os
from pathlib import Path

from geoplan import guard
from geoplan.errors import DataError, GeoplanError, coded
from geoplan.guard import Checked
from geoplan.vector.archive import data_sets


def looked_through(path: Path) -> Checked:
    """Return what a file is, after the guard looked through it.

    A folder of GeoParquet files is one of those.

    Raises
    ------
    RefusedError, DataError
        As `guard.checked`.
    """
    if not (path.is_dir() and path.suffix.lower() != ".gdb"):
        return guard.checked(path)
    pieces = sorted(path.glob("*.parquet"))
    if not pieces:
        text = f"{path}: is a folder without any .parquet file; give one of its files"
        raise coded(DataError(text), "format.folder")
    notices = [notice for piece in pieces for notice in guard.checked(piece).notices]
    return Checked(path, "geoparquet", tuple(notices))


def looked_within(path: Path) -> None:
    """Look through a file, and through what is in an archive, before GDAL reads from it.

    An archive that has not changed since is not unpacked again.

    Raises
    ------
    RefusedError, DataError
        As `guard.checked`; an archive without shapes.
    """
    checked = guard.checked(path)
    if checked.format != "zip" or _within.get(path) is checked:
        return
    with guard.unpacked(path) as folder:
        sets = data_sets(folder)
        if not sets:
            raise coded(DataError(f"{path}: holds no file with shapes"), "format.no_layer")
        try:
            for each in sets:
                guard.checked(each)
        except GeoplanError as fault:
            text = str(fault).replace(f"{folder}{os.sep}", "")
            raise coded(type(fault)(f"{path}: {text}"), fault.code) from fault
    if len(_within) >= _KEPT:
        _within.clear()
    _within[path] = checked


_within: dict[Path, Checked] = {}
_KEPT = 64


def kind_of(path: Path) -> str:
    """Return the format of a file: ``shapefile``; raises as `looked_through`."""
    return str(looked_through(path).format)
