"""``build/manifest.json``: what each stage was made of when it ran, and what it left.

It is written after every stage, so a build that was killed goes on where it
was. It holds no path of a machine and no time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from geoplan import manifest
from geoplan.build.keys import READS, Parts, Stage
from geoplan.errors import DataError, UsageError
from geoplan.files import read_sealed, sealed, write_text

NAME = "manifest.json"
FORMAT = 2
"""To be raised where what stages note changes its shape: an older book counts as none."""


class Book:
    """What is known of earlier runs of the stages of one project."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / NAME
        content = read_sealed(self._file)
        good = content.get("format") == FORMAT
        self.stages: dict[str, dict[str, Any]] = content["stages"] if good else {}

    def parts(self, stage: Stage) -> Parts | None:
        """Return what `stage` was made of when it last ran, or None if it never ran."""
        found = self.stages.get(stage)
        return dict(found["parts"]) if found else None

    def files(self, stage: Stage) -> dict[str, str]:
        """Return the files in the build folder that `stage` left, with their sha256."""
        return dict(self.stages.get(stage, {}).get("files", {}))

    def facts(self, stage: Stage) -> dict[str, Any]:
        """Return what `stage` noted besides its tables; raises `DataError` if it never ran."""
        if stage not in self.stages:
            raise DataError(f"{self._file.parent}: run `geoplan run {stage}` first")
        return dict(self.stages[stage]["facts"])

    def columns(self, stage: Stage) -> Parts:
        """Return the columns that a stage computes with, as the stages before it left them."""
        every = {
            name: digest
            for found in self.stages.values()
            for name, digest in found.get("columns", {}).items()
        }
        names = (f"column {table}.{c}" for table, cs in READS.get(stage, {}).items() for c in cs)
        return {name: every.get(name, "missing") for name in names}

    def rows(self) -> dict[str, int]:
        """Return the number of rows of every table."""
        counted: dict[str, int] = {}
        for found in self.stages.values():
            for name, count in found.get("rows", {}).items():
                counted[name] = counted.get(name, 0) + int(count)
        return counted

    def check_only(self, themes: Iterable[str]) -> None:
        """Raise `UsageError` for themes that the layers stage, if it ran, does not know."""
        known = self.stages.get("layers", {}).get("facts", {}).get("themes")
        unknown = [theme for theme in themes if known is not None and theme not in known]
        if unknown:
            raise UsageError(f"no theme {', '.join(unknown)}; there are: {', '.join(known)}")

    def published(self) -> frozenset[str]:
        """Return the files that the last publication left in the folder of maps."""
        outputs = self.stages.get("publish", {}).get("facts", {}).get("outputs", {})
        return frozenset((*outputs, manifest.NAME) if outputs else ())

    def record(self, stage: Stage, parts: Mapping[str, str], **more: Mapping[str, Any]) -> None:
        """Note that `stage` ran, and keep that at once."""
        self.stages[stage] = {"parts": dict(parts), "facts": {}, **more}
        self.save()

    def forget(self, stages: Iterable[Stage]) -> None:
        """Note that the tables of `stages` are about to be written anew."""
        gone = [self.stages.pop(stage) for stage in stages if stage in self.stages]
        if gone:
            self.save()

    def save(self) -> None:
        """Write the file."""
        write_text(self._file, sealed({"format": FORMAT, "stages": self.stages}), flush=True)
