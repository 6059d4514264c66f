"""Folders that are replaced as a whole: locked while in use, exchanged when ready."""

from __future__ import annotations

import glob
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import file_digest, sha256
from pathlib import Path
from uuid import uuid4

from filelock import FileLock, Timeout

from geoplan.errors import ConfigError, StageError, UsageError, listed

MANIFEST = "manifest.json"
_HARMLESS = {"README.md", ".gitignore", ".gitkeep", ".DS_Store", "Thumbs.db", "desktop.ini"}


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold `folder` (made if missing) for this process; `UsageError` if another one holds it."""
    lock = FileLock(folder / ".lock")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=0)
    except Timeout as fault:
        raise UsageError(
            f"{folder}: another build is running in this project; wait for it to end"
        ) from fault
    except (FileExistsError, NotADirectoryError, PermissionError) as fault:
        raise ConfigError(
            f"{folder}: cannot be used as a folder for tables: {fault.strerror}; "
            "set `build` in geoplan.toml to another name"
        ) from fault
    try:
        yield
    finally:
        lock.release()


@contextmanager
def reserved(target: Path) -> Iterator[None]:
    """Hold the name `target` on this machine; `UsageError` if another process holds it."""
    name = sha256(str(target.resolve()).encode()).hexdigest()[:32]
    lock = FileLock(Path(tempfile.gettempdir()) / f"geoplan-{name}.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout as fault:
        raise UsageError(f"{target}: another run is writing there; wait for it to end") from fault
    try:
        yield
    finally:
        lock.release()


def check_replaceable(target: Path) -> None:
    """Check that `target` may be replaced: it is missing, or all in it was published by geoplan.

    Raises `ConfigError` otherwise, so that nobody's own files are ever
    exchanged for maps.
    """
    if not target.exists():
        return
    if not target.is_dir():
        raise ConfigError(f"{target}: is no folder; set `maps` in geoplan.toml to another name")
    files = (path.relative_to(target) for path in target.rglob("*") if path.is_file())
    published = _published(target)
    own = [f.as_posix() for f in files if f.name not in _HARMLESS and f.as_posix() not in published]
    if own:
        raise ConfigError(
            f"{target}: holds {len(own)} file(s) that geoplan did not publish and keeps; "
            "move them elsewhere, or set `maps` in geoplan.toml to another name:\n"
            f"{listed(sorted(own), limit=5)}"
        )


def _published(target: Path) -> set[str]:
    """Return the files that the manifest of `target` lists; none if it is not one of geoplan."""
    try:
        manifest = json.loads((target / MANIFEST).read_text("utf-8"))
        return {MANIFEST, *manifest["outputs"]}
    except (OSError, ValueError, KeyError, TypeError):
        return set()


@contextmanager
def replacing(target: Path, check: Callable[[Path], None] = check_replaceable) -> Iterator[Path]:
    """Give an empty folder beside `target`; at the end it takes the place of `target`.

    The caller holds a lock. `check` raises where `target` may not be replaced.
    If the body raises, `target` stays as it was.
    """
    target = target.resolve()  # a link stays, the folder behind it is replaced
    recover(target)
    check(target)
    # A name of its own: what is left of a run that failed may still be writing.
    beside = target.with_name(f".{target.name}.{uuid4().hex}.new")
    before = target.with_name(f".{target.name}.old")
    for left in target.parent.glob(f"{glob.escape(f'.{target.name}.')}*.new"):
        shutil.rmtree(left, ignore_errors=True)
    beside.mkdir(parents=True)
    try:
        yield beside
        _exchange(beside, target, before)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def recover(target: Path) -> None:
    """Put back the folder that a build killed between two renames left aside."""
    target = target.resolve()
    before = target.with_name(f".{target.name}.old")
    if before.is_dir() and not target.exists():
        before.replace(target)
    shutil.rmtree(before, ignore_errors=True)


def _exchange(beside: Path, target: Path, before: Path) -> None:
    shutil.rmtree(before, ignore_errors=True)
    try:
        if target.exists():
            target.replace(before)
        beside.replace(target)
    except OSError as fault:
        recover(target)
        raise StageError(
            f"{target}: the new folder could not be put in place, the old one stays: {fault}"
        ) from fault
    except BaseException:
        recover(target)
        raise
    shutil.rmtree(before, ignore_errors=True)


def write_manifest(folder: Path, made_of: Mapping[str, object]) -> None:
    """Write ``manifest.json``: what it was made of, and the sha256 of every file of `folder`."""
    outputs = {
        path.relative_to(folder).as_posix(): file_hash(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    content = {**made_of, "outputs": outputs}
    text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True)
    write_text(folder / MANIFEST, text + "\n")


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 text beside `path` and rename, so that no half-written file is left."""
    beside = path.with_name(f".{path.name}.part")
    try:
        beside.write_text(text, encoding="utf-8", newline="\n")
        beside.replace(path)
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
