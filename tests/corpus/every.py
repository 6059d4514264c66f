"""All cases of all tables, and how each is read."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from geoplan.errors import GeoplanError
from tests.corpus import look, projects
from tests.corpus.case import Case


class Entry(NamedTuple):
    """A case, and where it stands."""

    table: str
    name: str
    case: Case

    def __str__(self) -> str:
        """Return what tests call it."""
        return f"{self.table}: {self.name}"


class Ended(NamedTuple):
    """What came of a file: the code of its error, or what was noticed."""

    error: str
    message: str
    codes: tuple[str, ...] = ()


FILES = ("guard", "formats", "encodings", "coordinates", "geometries", "fields", "misc")
"""Tables of files of the user's own; their modules have `CASES`."""

OTHER_TABLES = {
    "formats": ("repair.", "coverage."),
    "guard": ("repair.", "coverage."),
    "encodings": ("format.", "crs.", "repair."),
}
"""Families of notices that a table is silent about: its shapes are as simple as can be."""

FOLDERS: dict[str, tuple[dict[str, Case], Callable[[Path], None]]] = {
    "config": (projects.CONFIGS, look.project),
    "layers": (projects.LAYERS, look.project),
    "boundaries": (projects.BOUNDARIES, look.project),
    "manifest": (projects.MANIFESTS, look.manifest),
}
"""Tables of project folders, and how they are read."""


def _files() -> dict[str, dict[str, Case]]:
    there = [name for name in FILES if find_spec(f"tests.corpus.{name}")]
    return {name: importlib.import_module(f"tests.corpus.{name}").CASES for name in there}


CASES = [
    Entry(table, name, case)
    for table, cases in (*_files().items(), *((t, c) for t, (c, _) in FOLDERS.items()))
    for name, case in cases.items()
]


def ended(entry: Entry, path: Path) -> Ended:
    """Read what a case has made; any other error than geoplan's own is raised."""
    try:
        if entry.table in FOLDERS:
            FOLDERS[entry.table][1](path)
            return Ended("", "")
        look_at = {"fields": look.fields, "formats": look.formats}.get(entry.table, look.file)
        silent = OTHER_TABLES.get(entry.table, ("-",))
        notices = [
            n
            for n in look_at(path, entry.case.reading)
            if n.code in entry.case.codes or not n.code.startswith(silent)
        ]
    except GeoplanError as fault:
        return Ended(fault.code, str(fault))
    told = "\n".join(f"{n.message} {n.evidence} {n.proposal}" for n in notices)
    return Ended("", told, tuple(n.code for n in notices))


__all__ = ["CASES", "FILES", "FOLDERS", "Ended", "Entry", "ended"]
