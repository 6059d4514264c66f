"""What lies in an unpacked archive: data sets, however deep, without what systems add."""

from __future__ import annotations

import os
from pathlib import Path

from geoplan.guard import SUFFIXES

_TABLES = ("csv", "xlsx")
_BESIDE = (".json", ".txt", ".tsv", ".xml")
"""Endings of data that are more often something else."""


def data_sets(folder: Path) -> list[Path]:
    """Return the files and geodatabases below a folder that hold layers, sorted by name.

    Tables are among them only where there is nothing else; archives within are left alone.
    """
    found: list[Path] = []
    for here, inside, names in os.walk(folder):
        found += [Path(here, name) for name in inside if name.lower().endswith(".gdb")]
        inside[:] = [n for n in inside if not _is_added(n) and not n.lower().endswith(".gdb")]
        found += [Path(here, name) for name in names if not _is_added(name)]
    known = [p for p in found if _format(p) not in (None, "zip")]
    for test in (_is_shapes, _is_table, lambda _: True):
        chosen = sorted(path for path in known if test(path))
        if chosen:
            return chosen
    return []


def _is_added(name: str) -> bool:
    return name == "__MACOSX" or name.startswith(".")


def _is_shapes(path: Path) -> bool:
    return not _is_table(path) and path.suffix.lower() not in _BESIDE


def _is_table(path: Path) -> bool:
    return _format(path) in _TABLES and path.suffix.lower() not in _BESIDE


def _format(path: Path) -> str | None:
    suffix = path.suffix.lower()
    return "filegdb" if suffix == ".gdb" else SUFFIXES[suffix][0] if suffix in SUFFIXES else None
