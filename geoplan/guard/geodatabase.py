"""File geodatabases: a folder whose files must be plain ones, and whose tables what they state."""

from __future__ import annotations

import os
import struct
from pathlib import Path

from geoplan.guard.limits import Limits, size_text
from geoplan.guard.told import refusal, shown


def check_geodatabase(path: Path, limits: Limits) -> None:
    """Look at the files of a file geodatabase.

    Raises
    ------
    RefusedError
        A folder that is none; links, devices, too many files; tables that promise more rows or
        bytes than there are.
    """
    names = []
    with os.scandir(path) as inside:
        for entry in inside:
            names.append(entry.name)
            if len(names) > limits.folder_files:
                raise refusal(
                    path,
                    "folder_files",
                    f"holds more than {limits.folder_files} files, the most that are allowed",
                )
            if entry.is_symlink() or not (entry.is_file() or entry.is_dir()):
                raise refusal(
                    path,
                    "folder_link",
                    f"{shown(entry.name)} in it is a link or no plain file; copy the geodatabase "
                    "with what it links to",
                )
    tables = sorted(name for name in names if name.lower().endswith(".gdbtable"))
    if "a00000001.gdbtable" not in {name.lower() for name in tables}:
        raise refusal(
            path,
            "other_format",
            "by its name a file geodatabase, by its content another folder; it lacks "
            "a00000001.gdbtable: copy the whole folder",
        )
    for name in tables:
        _check_table(path / name, path)


def _check_table(file: Path, path: Path) -> None:
    size = file.stat().st_size
    with file.open("rb") as source:
        head = source.read(40)
    if len(head) < 40 or head[:4] not in (b"\3\0\0\0", b"\4\0\0\0"):
        raise refusal(path, "damaged", f"{shown(file.name)} in it is no table; copy it again")
    rows = int.from_bytes(head[4:8], "little")
    stated, fields = struct.unpack("<QQ", head[24:40])
    if stated > size or fields > size:
        raise refusal(
            path,
            "promise",
            f"{shown(file.name)} in it states {size_text(max(stated, fields))} and has "
            f"{size_text(size)}; the file is cut short, or its header lies: copy it again",
        )
    if head[0] == 3:
        _check_offsets(file, path, rows)


def _check_offsets(file: Path, path: Path, rows: int) -> None:
    """Check the list of where rows are, which stands in a file of its own."""
    beside = file.with_name(f"{file.stem}.gdbtablx")
    if not beside.exists():
        return
    size = beside.stat().st_size
    with beside.open("rb") as source:
        head = source.read(16)
    if len(head) < 16:
        raise refusal(path, "damaged", f"{shown(beside.name)} in it is cut short; copy it again")
    _, blocks, count, width = struct.unpack("<IIII", head)
    if width not in (4, 5, 6) or 16 + 1024 * blocks * width > size or rows > count:
        raise refusal(
            path,
            "promise",
            f"{shown(beside.name)} in it states {count} rows in {blocks} blocks, and has "
            f"{size_text(size)}; it is cut short, or its header lies: copy it again",
        )
