"""Single files: written whole or not at all, told apart by their content."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from hashlib import file_digest
from pathlib import Path

from geoplan.errors import UsageError

HARMLESS = {"README.md", ".gitignore", ".gitkeep", ".DS_Store", "Thumbs.db", "desktop.ini"}
"""Files that a system or a person leaves in any folder."""


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 text beside `path` and rename, so that no half-written file is left."""
    beside = path.with_name(f".{path.name}.part")
    try:
        beside.write_text(text, encoding="utf-8", newline="\n")
        beside.replace(path)
    except OSError as fault:
        fault.filename = fault.filename or str(path)  # a full disk does not say where
        raise
    finally:
        beside.unlink(missing_ok=True)


def file_hash(path: Path) -> str:
    """Return the sha256 of a file, in hexadecimal digits."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def check_target(path: Path, suffixes: Sequence[str]) -> None:
    """Raise `UsageError` unless a file of one of `suffixes` can be written at `path`."""
    if path.suffix.lower() not in suffixes:
        raise UsageError(f"{path}: a name has to end in {' or '.join(suffixes)}")
    if not path.parent.is_dir():
        raise UsageError(f"{path}: there is no folder {path.parent}; make it first")
    if path.is_dir():
        raise UsageError(f"{path}: is a folder; give the name of a file")


def flushed(paths: Iterable[Path]) -> None:
    """Have the system put files and folders on the disk, so that a power cut leaves no empty ones.

    What cannot be flushed (folders on Windows) is passed over.
    """
    for path in paths:
        with suppress(OSError):
            opened = os.open(path, os.O_RDONLY)
            try:
                os.fsync(opened)
            finally:
                os.close(opened)
