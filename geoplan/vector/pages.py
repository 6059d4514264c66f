"""GeoPackages that a program is writing to: read as they are at one moment, and left alone."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from geoplan import guard
from geoplan.errors import DataError, coded


@contextmanager
def snapshot(path: Path) -> Iterator[Path]:
    """Yield a copy of a GeoPackage with the rows that are only in its log (``-wal``).

    Raises `DataError` where another program has it locked, or it is damaged.
    """
    with ExitStack() as stack:
        folder = stack.enter_context(TemporaryDirectory(prefix="geoplan-"))
        made = Path(folder, path.name)
        try:
            here = stack.enter_context(guard.untouched(path))
            source = sqlite3.connect(f"{here.absolute().as_uri()}?mode=ro", uri=True, timeout=2)
            with closing(source), closing(sqlite3.connect(made)) as target:
                source.backup(target)
                target.execute("PRAGMA journal_mode=DELETE")
        except sqlite3.Error as fault:
            text = f"{path}: cannot be read: {fault}; close it in other programs, and try again"
            raise coded(DataError(text), "format.locked") from fault
        yield made
