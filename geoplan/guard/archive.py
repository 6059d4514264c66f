"""Archives: looked through before they are unpacked, and unpacked under limits."""

from __future__ import annotations

import errno
import shutil
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from geoplan.errors import DataError, coded
from geoplan.guard.entries import Entry, check_directory, entries_of
from geoplan.guard.limits import LIMITS, Limits, size_text
from geoplan.guard.told import check_there, refusal, shown
from geoplan.reading import Notice

PACKED = (".zip", ".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz")
"""How names of archives end."""

CHUNK = 1 << 18

BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, struct.error)
"""What Python raises where the bytes of an entry are not what they should be."""


@contextmanager
def listed_archive(path: Path, limits: Limits) -> Iterator[tuple[zipfile.ZipFile, list[Entry]]]:
    """Open an archive for reading, with those of its entries that are files.

    Raises `RefusedError` where it is damaged, or an entry is refused.
    """
    check_directory(path, limits)
    try:
        archive = zipfile.ZipFile(path)
    except (*BROKEN, ValueError, OSError) as fault:
        raise refusal(
            path, "damaged", f"the archive cannot be read ({fault}); copy or pack it again"
        ) from fault
    with archive:
        entries = entries_of(archive, path=path, limits=limits)
        try:
            yield archive, entries
        except BROKEN as fault:
            raise refusal(
                path, "damaged", f"an entry cannot be read ({fault}); copy or pack it again"
            ) from fault


def archive_notices(entries: list[Entry], path: Path) -> tuple[Notice, ...]:
    """Return what people should know of an archive: guessed names, archives inside.

    Raises `RefusedError` where there is nothing in it, or archives only.
    """
    inside = [entry for entry in entries if entry.name.lower().endswith(PACKED)]
    if not entries:
        raise refusal(path, "empty", "the archive holds no file")
    if len(inside) == len(entries):
        raise refusal(
            path,
            "zip_nested",
            f"holds archives only, the first is {shown(inside[0].name)}; unpack it and give one "
            "of those",
        )
    notices = []
    guessed = [entry for entry in entries if entry.encoding in {"GB18030", "CP437"}]
    if guessed:
        first = guessed[0]
        notices.append(
            Notice(
                "encoding.zip_names",
                "info",
                f"names of {len(guessed)} entries of the archive were read as {first.encoding}, "
                "as it does not state their encoding",
                evidence=f"the first is {shown(first.name)}",
                count=len(guessed),
            )
        )
    if inside:
        notices.append(
            Notice(
                "format.archives_inside",
                "info",
                f"{len(inside)} archives inside the archive were not looked into",
                evidence=f"the first is {shown(inside[0].name)}",
                proposal="unpack it and give the one that is meant",
                count=len(inside),
            )
        )
    return tuple(notices)


@contextmanager
def unpacked(path: Path, *, limits: Limits = LIMITS, folder: Path | None = None) -> Iterator[Path]:
    """Unpack an archive into a temporary folder, which is removed in any case.

    Entries have the names that they have there, those of Chinese systems too; archives
    within it stay packed.

    Parameters
    ----------
    folder
        Where the temporary folder is made; by default, where the system has them.

    Raises
    ------
    RefusedError
        As `checked`; and where an entry is larger than the archive says, or damaged.
    DataError
        Where there is no such file, or not enough space.
    """
    check_there(path)
    with TemporaryDirectory(prefix="geoplan-", dir=folder) as made:
        with listed_archive(path, limits) as (archive, entries):
            archive_notices(entries, path)
            _check_space(entries, Path(made), path)
            for entry in entries:
                _unpack(archive, entry, Path(made), path)
        yield Path(made)


def _check_space(entries: list[Entry], folder: Path, path: Path) -> None:
    wanted = sum(entry.info.file_size for entry in entries)
    free = shutil.disk_usage(folder).free
    if wanted > free:
        raise _no_space(path, folder, wanted, free)


def _no_space(path: Path, folder: Path, wanted: int, free: int) -> DataError:
    text = (
        f"{path}: takes {size_text(wanted)} when unpacked, and {size_text(free)} are free in "
        f"{folder.parent}; free some space, or set TMPDIR to a folder that has it"
    )
    return coded(DataError(text), "data.no_space")


def _unpack(archive: zipfile.ZipFile, entry: Entry, folder: Path, path: Path) -> None:
    target = folder.joinpath(*entry.name.split("/"))
    left = entry.info.file_size
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(entry.info) as source, target.open("xb") as file:
            # The size in the list may lie: real bytes are counted.
            while piece := source.read(CHUNK):
                left -= len(piece)
                if left < 0:
                    break
                file.write(piece)
    except BROKEN as fault:
        raise refusal(
            path,
            "damaged",
            f"entry {shown(entry.name)} cannot be unpacked ({fault}); copy or pack it again",
        ) from fault
    except FileExistsError as fault:
        raise refusal(
            path, "zip_twice", f"holds {shown(entry.name)} as a file and as a folder"
        ) from fault
    except OSError as fault:
        if fault.errno in {errno.ENOSPC, errno.EDQUOT}:
            free = shutil.disk_usage(folder).free
            raise _no_space(path, folder, entry.info.file_size, free) from fault
        raise coded(
            DataError(f"{path}: cannot be unpacked: {fault.strerror or fault}"), "data.no_file"
        ) from fault
    if left:
        raise refusal(
            path,
            "zip_bomb" if left < 0 else "damaged",
            f"entry {shown(entry.name)} is {'larger' if left < 0 else 'smaller'} than the archive "
            "says",
        )
