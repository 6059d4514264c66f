"""Folders that are replaced as a whole: locked while in use, exchanged when ready."""

from __future__ import annotations

import errno
import getpass
import json
import os
import re
import shutil
import socket
import sys
import tempfile
from collections.abc import Callable, Iterator, Set
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

from geoplan import manifest
from geoplan.errors import BusyError, ConfigError, StageError, listed
from geoplan.files import HARMLESS, write_text

HOLDER = "lock.json"
"""Says who holds the lock of a build folder, as long as somebody does."""


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold `folder` (made if missing) for this process.

    Raises
    ------
    BusyError
        If another process holds it; says which.
    ConfigError
        If the name is that of a file.
    StageError
        If nothing can be written there.
    """
    from filelock import FileLock, Timeout  # asyncio with it: too much where nothing is built

    lock = FileLock(folder / ".lock")
    holder = folder / HOLDER
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=0)
    except Timeout as fault:
        raise BusyError(
            f"{folder}: another build is running in this project{_held_by(holder)}; "
            "wait for it to end"
        ) from fault
    except OSError as fault:
        # A name that is taken is set in the configuration; rights and disks are the machine's.
        kind = ConfigError if fault.errno in (errno.EEXIST, errno.ENOTDIR) else StageError
        raise kind(
            f"{folder}: cannot be used as a folder for tables: {fault.strerror}; "
            "let this user write there, or set `build` in geoplan.toml to another name"
        ) from fault
    try:
        # Who holds it is a help, no more: a full disk must not stop the build here.
        with suppress(OSError):
            write_text(holder, json.dumps(_this_process(), ensure_ascii=False) + "\n")
        yield
    finally:
        with suppress(OSError):
            holder.unlink(missing_ok=True)
        lock.release()


def _this_process() -> dict[str, object]:
    user = "unknown"
    with suppress(OSError, KeyError, ImportError):  # no such user in a container
        user = getpass.getuser()
    since = datetime.now(UTC).isoformat(timespec="seconds")
    return {"pid": os.getpid(), "host": socket.gethostname(), "user": user, "since": since}


def _held_by(holder: Path) -> str:
    try:
        found = json.loads(holder.read_text("utf-8"))
        return " (process {pid} of {user} on {host}, since {since})".format(**found)
    except (OSError, ValueError, KeyError, TypeError):
        return ""


@contextmanager
def reserved(target: Path) -> Iterator[None]:
    """Hold the name `target` on this machine; `BusyError` if another process holds it."""
    from filelock import FileLock, Timeout

    name = sha256(str(target.resolve()).encode()).hexdigest()[:32]
    lock = FileLock(Path(tempfile.gettempdir()) / f"geoplan-{name}.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout as fault:
        raise BusyError(f"{target}: another run is writing there; wait for it to end") from fault
    try:
        yield
    finally:
        lock.release()


def check_replaceable(target: Path, known: Set[str] = frozenset()) -> None:
    """Check that `target` may be replaced: it is missing, or all in it was published by geoplan.

    `known` are files that geoplan published, whatever the manifest there says.
    Raises `ConfigError` otherwise, so that nobody's own files are ever
    exchanged for maps.
    """
    if not target.exists():
        return
    if not target.is_dir():
        raise ConfigError(f"{target}: is no folder; set `maps` in geoplan.toml to another name")
    if target.resolve().is_mount():  # what a link leads to, not the link
        raise ConfigError(
            f"{target}: is a mount point, which cannot be exchanged as one step; set `maps` in "
            f'geoplan.toml to a folder in it: maps = "{target.name}/atlas"'
        )
    # Whatever is no folder: links and pipes too.
    there = (path for path in target.rglob("*") if path.is_symlink() or not path.is_dir())
    files = [path.relative_to(target).as_posix() for path in there]
    published = manifest.names(target)
    own = [name for name in files if not _harmless(name) and name not in published | known]
    if own:
        damaged = (target / manifest.NAME).exists() and not published
        raise ConfigError(
            f"{target}: holds {len(own)} file(s) that geoplan did not publish and keeps; "
            "move them elsewhere, or set `maps` in geoplan.toml to another name:\n"
            f"{listed(sorted(own), limit=5)}"
            + (f"\n{manifest.NAME} there cannot be read, so ours are not known" if damaged else "")
        )


def _harmless(name: str) -> bool:
    return name.rpartition("/")[2] in HARMLESS or name == "README.md"


class Unchanged(Exception):  # noqa: N818 - no error
    """Said by who fills a new folder, where it turns out to be as the old one."""


@contextmanager
def replacing(target: Path, check: Callable[[Path], None] = check_replaceable) -> Iterator[Path]:
    """Give an empty folder beside `target`; at the end it takes the place of `target`.

    The caller holds a lock. `check` raises where `target` may not be replaced.
    If the body raises, `target` stays as it was; it may raise `Unchanged` for that.
    """
    target = target.resolve()  # a link stays, the folder behind it is replaced
    recover(target)
    check(target)
    # A name of its own: what is left of a run that failed may still be writing.
    beside = target.with_name(f".{target.name}.{uuid4().hex}.new")
    before = target.with_name(f".{target.name}.old")
    for left in leftovers(target):
        shutil.rmtree(left, ignore_errors=True)
    beside.mkdir(parents=True)
    try:
        yield beside
        _carry(target, beside)
        _exchange(beside, target, before)
    except Unchanged:
        pass
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _carry(target: Path, beside: Path) -> None:
    """Take notes for version control along, which people put into the folder."""
    for path in target.rglob(".git[ik]*"):
        place = beside / path.relative_to(target)
        if path.name in (".gitignore", ".gitkeep") and not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, place)


def leftovers(target: Path) -> list[Path]:
    """Return the folders that killed builds of `target` left beside it, and of nothing else."""
    ours = re.compile(rf"\.{re.escape(target.name)}\.[0-9a-f]{{32}}\.new")
    return sorted(path for path in target.parent.glob(".*.new") if ours.fullmatch(path.name))


def aside(target: Path) -> Path:
    """Return where a published folder is: aside, if a build was killed between two renames."""
    before = target.resolve().with_name(f".{target.resolve().name}.old")
    return before if before.is_dir() and not target.exists() else target


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
        if not target.exists():
            beside.replace(target)
        elif not _swapped(beside, target):
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


def _swapped(one: Path, other: Path) -> bool:
    """Exchange two folders as one step; False where the system cannot do that."""
    call = _renameat2()
    if call is None:
        return False
    here, exchange = -100, 2  # AT_FDCWD, RENAME_EXCHANGE
    return bool(call(here, os.fsencode(one), here, os.fsencode(other), exchange) == 0)


@cache
def _renameat2() -> Any:
    """Return the system's call that exchanges two names, or None."""
    if sys.platform != "linux":
        return None
    import ctypes

    call = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if call is not None:
        text = ctypes.c_char_p
        call.argtypes = (ctypes.c_int, text, ctypes.c_int, text, ctypes.c_uint)
    return call
