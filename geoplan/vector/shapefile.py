"""Shapefiles: their parts in any case, an index that is lost, tables that do not fit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from geoplan.errors import DataError, coded
from geoplan.reading import Notice
from geoplan.vector.contents import rows_of
from geoplan.vector.curves import configured
from geoplan.vector.ogr import states_sense, unreadable_system

PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")


@dataclass(frozen=True)
class Whole:
    """A shapefile as GDAL can open it."""

    path: Path
    notices: tuple[Notice, ...]
    deleted: int = 0
    """Rows that are marked as deleted, which GDAL counts and does not read."""


@contextmanager
def whole_shapefile(path: Path) -> Iterator[Whole]:
    """Yield a shapefile of which GDAL finds all parts; links in a temporary folder if need be.

    Raises
    ------
    DataError
        Where parts stand twice in different case, or the table has other rows than the shapes.
    """
    parts = parts_of_shapefile(path)
    notices = [*_of_rows(path, parts)]
    if {".shx", ".prj"} <= set(parts) and not states_sense(path):
        notices.append(unreadable_system(f"{parts.pop('.prj').name} is no system as WKT"))
    deleted = sum(n.count or 0 for n in notices if n.code == "format.deleted_rows")
    simple = all(part.name == path.stem + end for end, part in parts.items())
    simple &= not any(notice.code == "crs.unreadable" for notice in notices)
    if ".shx" in parts and simple:
        yield Whole(path, tuple(notices), deleted)
        return
    with TemporaryDirectory(prefix="geoplan-") as folder:
        for end, part in parts.items():
            Path(folder, path.stem + end).symlink_to(part.absolute())
        here = Path(folder, f"{path.stem}.shp")
        if ".shx" in parts:
            yield Whole(here, tuple(notices), deleted)
            return
        text = "the index (.shx) is missing; it was made anew from the shapes, in a temporary copy"
        notices.append(Notice("format.missing_index", "warning", text))
        with configured(SHAPE_RESTORE_SHX="YES"):
            yield Whole(here, tuple(notices), deleted)


def parts_of_shapefile(path: Path) -> dict[str, Path]:
    """Return the files of a shapefile by suffix in small letters, whatever their case."""
    found: dict[str, list[Path]] = {}
    for each in sorted(path.parent.iterdir()):
        end = each.suffix.lower()
        if end in PARTS and each.stem.lower() == path.stem.lower():
            found.setdefault(end, []).append(each)
    parts = {}
    for end, files in found.items():
        # Of several that differ in case only, the one of exactly this stem is meant.
        own = path if end == ".shp" else None
        exact = [f for f in files if f == own or (own is None and f.stem == path.stem)]
        best = exact if exact else files
        if len(best) > 1:
            names = ", ".join(f.name for f in best)
            raise coded(
                DataError(f"{path}: {len(best)} files could belong to it: {names}; keep one"),
                "format.parts_twice",
            )
        parts[end] = best[0]
    return parts


def _of_rows(path: Path, parts: dict[str, Path]) -> list[Notice]:
    if ".dbf" not in parts:
        text = "the table (.dbf) is missing: there are shapes only, and no columns"
        proposal = "Copy the .dbf file that belongs to it beside it."
        return [Notice("format.missing_table", "warning", text, proposal=proposal)]
    with parts[".dbf"].open("rb") as file:
        head = file.read(32)
        rows = int.from_bytes(head[4:8], "little")
        start, width = int.from_bytes(head[8:10], "little"), int.from_bytes(head[10:12], "little")
    shapes = None
    if ".shx" in parts:
        with parts[".shx"].open("rb") as file:
            stated = 2 * int.from_bytes(file.read(28)[24:], "big")
        shapes = (stated - 100) // 8
    if shapes is not None and shapes != rows:
        raise coded(
            DataError(
                f"{path}: {shapes} shapes, but {rows} rows in its table (.dbf): which belong "
                "together is not known; export it again"
            ),
            "format.rows_differ",
        )
    deleted = _deleted(parts[".dbf"], start, width, rows)
    if not len(deleted):
        return []
    text = f"{len(deleted)} row(s) are marked as deleted in the table (.dbf) and are left out"
    return [
        Notice("format.deleted_rows", "warning", text, rows=rows_of(deleted), count=len(deleted))
    ]


def _deleted(table: Path, start: int, width: int, rows: int) -> np.ndarray:
    if not (rows and width) or table.stat().st_size < start + width * rows:
        return np.empty(0, dtype=np.int64)
    marks = np.memmap(table, np.uint8, "r", start, (rows, width))[:, 0]
    return np.flatnonzero(marks == ord("*"))
