"""Single files: written whole or not at all, told apart by their content."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any

from geoplan.errors import UsageError

HARMLESS = {".gitignore", ".gitkeep", ".DS_Store", "Thumbs.db", "desktop.ini"}
"""Files that systems leave in any folder, and those of version control."""


def write_text(path: Path, text: str, *, flush: bool = False) -> None:
    """Write UTF-8 text as `write_bytes` writes bytes."""
    write_bytes(path, text.encode("utf-8"), flush=flush)


def write_bytes(path: Path, content: bytes, *, flush: bool = False) -> None:
    """Write a file beside `path` and rename, so that no half-written file is left.

    With `flush`, it is on the disk before it has its name.
    """
    beside = path.with_name(f".{path.name}.part")
    try:
        if flush:
            write_flushed(beside, content)
        else:
            beside.write_bytes(content)
        beside.replace(path)
    except OSError as fault:
        fault.filename = fault.filename or str(path)  # a full disk does not say where
        raise
    finally:
        beside.unlink(missing_ok=True)


def sealed(content: Mapping[str, object]) -> str:
    """Return `content` as JSON with the sha256 of itself in it; the same for the same content."""
    return _json({**content, _SEAL: _seal(content)})


def unsealed(text: str) -> dict[str, Any] | None:
    """Return what `sealed` was given, or None where it is not that text to the last byte."""
    try:
        content = json.loads(text)
        good = isinstance(content, dict) and content.pop(_SEAL) == _seal(content)
        return content if good and sealed(content) == text else None
    except (ValueError, KeyError, RecursionError):
        return None


def read_sealed(path: Path) -> dict[str, Any]:
    """Return the content of a file of `sealed`; nothing where it is missing or damaged."""
    try:
        return unsealed(path.read_text("utf-8")) or {}
    except (OSError, UnicodeDecodeError):
        return {}


_SEAL = "sha256"


def _json(content: Mapping[str, object]) -> str:
    return json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _seal(content: Mapping[str, object]) -> str:
    return sha256(_json(content).encode()).hexdigest()


def file_hash(path: Path) -> str:
    """Return the sha256 of a file, in hexadecimal digits."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def text_hash(text: str) -> str:
    """Return the sha256 of a text, in hexadecimal digits."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def check_target(path: Path, suffixes: Sequence[str]) -> None:
    """Raise `UsageError` unless a file of one of `suffixes` can be written at `path`."""
    if path.suffix.lower() not in suffixes:
        raise UsageError(f"{path}: a name has to end in {' or '.join(suffixes)}")
    if not path.parent.is_dir():
        raise UsageError(f"{path}: there is no folder {path.parent}; make it first")
    if path.is_dir():
        raise UsageError(f"{path}: is a folder; give the name of a file")


def write_flushed(path: Path, content: bytes) -> None:
    """Write a file and have the system put it on the disk, so that a power cut leaves no empty one.

    Raises `OSError` where that fails, as disks may tell only then that they are full.
    """
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def flush_folders(folders: Iterable[Path]) -> None:
    """Have the system put the names in folders on the disk, where it can (Windows cannot)."""
    for folder in folders:
        with suppress(OSError):
            opened = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(opened)
            finally:
                os.close(opened)
