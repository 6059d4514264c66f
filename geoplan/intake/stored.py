"""Files that need a word of a person, or a format of their own, written once for the engine."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from geoplan import files, vector
from geoplan.config import Project
from geoplan.errors import StageError
from geoplan.intake.take import digest_of, take
from geoplan.reading import Notice, Reading

FOLDER = "taken"
"""Folder in the build folder: ``<key>/<stem of the file>.parquet`` and what was noticed."""

STREAMED = (".parquet", ".gpkg", ".fgb", ".shp", ".geojson", ".gdb")
"""Formats that the engine reads itself."""

VERSION = "1"
"""Raised when the same file and options come to something else."""

NOTES = "notes.json"


@dataclass(frozen=True)
class Stored:
    """A file that the engine reads in place of the given one."""

    path: Path
    notices: tuple[Notice, ...]
    reading: Reading


def needs_taking(path: Path, reading: Reading | None) -> bool:
    """Return whether commands cannot read a file as it is: it needs options, or is no such format.

    Folders of GeoParquet files are read as they are.
    """
    if reading is not None and reading != Reading():
        return True
    return path.is_file() and path.suffix.lower() not in STREAMED


def stored(path: Path, reading: Reading | None, *, project: Project) -> Stored:
    """Return a file as GeoParquet in the build folder of `project`, made anew where it changed.

    It is kept by the name and content of the file, the options, and the units by which it
    is judged and joined; what an older content of the same file left there is removed.

    Raises
    ------
    RefusedError, DataError, GeometryError, UsageError
        As `take`.
    StageError
        Where it cannot be written.
    """
    said = reading or Reading()
    folder = project.build_folder / FOLDER
    source = str(path.resolve())
    key = _key(path, said, project)
    place = folder / key
    made = place / f"{path.stem}.parquet"
    notes = files.read_sealed(place / NOTES)
    if notes and made.is_file() and notes.get("made") == files.file_hash(made):
        return Stored(made, tuple(_notice(n) for n in notes["notices"]), said)
    taken = take(path, said, project=project)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _prune(folder, source, said)
        with TemporaryDirectory(dir=folder, prefix=".") as beside:
            inside = Path(beside) / key
            inside.mkdir()
            vector.write_table(taken.frame, inside / made.name)
            content = {
                "source": source,
                "reading": asdict(said),
                "made": files.file_hash(inside / made.name),
                "notices": [asdict(notice) for notice in taken.notices],
            }
            files.write_text(inside / NOTES, files.sealed(content))
            _settle(inside, place)
    except OSError as fault:
        raise StageError(f"{made}: cannot be written: {fault.strerror or fault}") from fault
    return Stored(made, taken.notices, said)


def _settle(made: Path, place: Path) -> None:
    """Put a folder in its place; what another process put there meanwhile is as good."""
    if place.exists():
        shutil.rmtree(place)
    try:
        made.replace(place)
    except OSError:
        if not files.read_sealed(place / NOTES):
            raise


def _key(path: Path, said: Reading, project: Project) -> str:
    units = project.folder("boundaries")
    of_units = [
        [each.relative_to(units).as_posix(), files.file_hash(each)]
        for each in sorted(units.rglob("*"))
        if each.is_file()
    ]
    parts = [VERSION, path.stem, digest_of(path), project.config.scope, of_units, asdict(said)]
    return files.text_hash(json.dumps(parts, ensure_ascii=False))[:20]


def lines_of(path: Path, notices: Sequence[Notice]) -> list[str]:
    """Return what people have to be told of a file, short, a line each."""
    return [
        f"{path.name}: {n.message}" + (f" ({n.evidence})" if n.evidence else "")
        for n in notices
        if n.severity != "info"
    ]


def _prune(folder: Path, source: str, said: Reading) -> None:
    """Remove what an older content of the same file left here."""
    for place in sorted(folder.iterdir()):
        notes = files.read_sealed(place / NOTES) if place.is_dir() else {}
        if notes.get("source") == source and notes.get("reading") == asdict(said):
            shutil.rmtree(place, ignore_errors=True)


def _notice(content: dict[str, Any]) -> Notice:
    return Notice(**{**content, "rows": tuple(content["rows"])})
