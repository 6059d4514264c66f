"""Hashes of files, remembered by size, times and inode as git's index does."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path

from geoplan.files import file_hash, read_sealed, sealed, write_text

NAME = ".hashes.json"

_FINE_NS, _COARSE_NS = 50_000_000, 2_000_000_000
"""How old a file has to be before its times can tell a later change: ticks of clocks, of FAT."""


class Hashes:
    """sha256 of files; a file whose size, times and inode are as before is not read again.

    What was changed within the last tick of the clock is not remembered, nor
    what claims to come from the future, as where a clock was set back.
    """

    def __init__(self, folder: Path) -> None:
        self._file = folder / NAME
        self._old: dict[str, list[object]] = read_sealed(self._file).get("files", {})
        self._now: dict[str, list[object]] = {}

    def of(self, path: Path) -> str:
        """Return the sha256 of a file; raises `OSError` if it cannot be read."""
        name, mark = str(path), _mark(path)
        known = self._now.get(name) or self._old.get(name)
        if known is not None and known[1:] == mark:
            self._now[name] = known
            return str(known[0])
        taken = time.time_ns()
        digest = file_hash(path)
        if _mark(path) == mark and _settled(mark, taken):
            self._now[name] = [digest, *mark]
        else:
            self._now.pop(name, None)
        return digest

    def find(self, path: Path) -> str | None:
        """Return the sha256 of a file, or None where it cannot be read."""
        try:
            return self.of(path)
        except OSError:
            return None

    def save(self) -> None:
        """Keep what was asked of this object, for the next one; without it, files are read."""
        with suppress(OSError, UnicodeEncodeError):
            write_text(self._file, sealed({"files": self._now}))


def mark_of(path: Path) -> list[object]:
    """Return what changes whenever a file is written: size, times, inode; empty if it is gone."""
    try:
        return _mark(path)
    except OSError:
        return []


def _mark(path: Path) -> list[object]:
    found = os.stat(path)  # noqa: PTH116 - a str, for speed
    return [found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino]


def _settled(mark: list[object], taken: int) -> bool:
    times = [int(str(moment)) for moment in mark[1:3]]
    # Times in whole seconds come from file systems that know no others.
    coarse = all(moment % 1_000_000_000 == 0 for moment in times)
    return max(times) < taken - (_COARSE_NS if coarse else _FINE_NS)
