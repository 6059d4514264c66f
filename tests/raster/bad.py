"""Rasters that are wrong, each by name: how to make it, and what has to be said of it.

`python -m tests.raster.bad FOLDER` makes and looks at those that promise or hold much, and prints
the memory that it took.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from geoplan.errors import GeoplanError
from geoplan.raster import Source, Window, look, read
from tests.memory import peak_mib
from tests.raster import bad_files, bad_folders, bad_places, bad_values

Cells = list[list[float | None]]


class Case(NamedTuple):
    """What is made, and what comes of it: an error, or decisions and cells."""

    make: Callable[[Path], Path | None]
    """Writes below a path that ends in .tif; returns what to look at, if it is another."""
    error: type[GeoplanError] | None
    words: str
    """Pattern of the message, or of what is told to people."""
    cells: Cells | None = None
    """Where there is no error, and they matter."""
    options: dict[str, Any] | None = None


CASES: dict[str, Case] = {
    name: Case(*case)
    for table in (bad_places.CASES, bad_values.CASES, bad_files.CASES, bad_folders.CASES)
    for name, case in table.items()
}


def looked(path: Path, options: dict[str, Any] | None = None) -> tuple[Source, np.ma.MaskedArray]:
    """Look at a raster and read its first cells; a warning is a fault."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        source = look(path, **(options or {}))
        height, width = min(3, source.grid.height), min(4, source.grid.width)
        return source, read(source, Window(0, 0, height, width))


def main(folder: Path) -> None:
    """Make and look at bad files, and print the most memory held, in MiB."""
    for name in bad_files.CASES:
        case = CASES[name]
        place = folder / name
        place.mkdir()
        path = place / "a.tif"
        with suppress(GeoplanError):
            looked(case.make(path) or path, case.options)
    sys.stdout.write(str(peak_mib()))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
