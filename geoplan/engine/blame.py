"""Naming the feature at which work on a batch failed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from geoplan import vector
from geoplan.errors import DataError, GeoplanError, StageError

Done = TypeVar("Done")

MOST_NAMED = 4
"""Columns that name a feature."""


def blamed(batch: vector.Batch, work: Callable[[vector.Batch], Done], *, path: Path) -> Done:
    """Return what `work` makes of a batch.

    Raises
    ------
    GeoplanError
        Of the same kind as that of `work`, with the file and the rows.
    StageError
        Where `work` fails in another way: with the file, the row group, and the
        first row that fails alone, by number and by the values of its columns.
    """
    try:
        return work(batch)
    except MemoryError as fault:
        raise StageError(f"{path}, {batch.where}: no memory is left") from fault
    except Exception as fault:
        if isinstance(fault, GeoplanError) and not isinstance(fault, StageError):
            raise type(fault)(f"{path}, {batch.where}: {fault}") from fault
        said = str(fault) if isinstance(fault, StageError) else f"{type(fault).__name__}: {fault}"
        raise StageError(f"{path}, {batch.where}: {_culprit(path, batch, work)}{said}") from fault


def _culprit(path: Path, batch: vector.Batch, work: Callable[[vector.Batch], object]) -> str:
    """Return the first row that fails alone, to be said before the fault; else nothing."""
    here, stop = 0, len(batch.offsets) - 1
    if not _fails(batch, work):
        return ""
    while stop - here > 1:
        middle = (here + stop) // 2
        if _fails(batch.rows(here, middle), work):
            stop = middle
        elif _fails(batch.rows(middle, stop), work):
            here = middle
        else:
            return ""
    return f"{_named(path, batch.first + here)}: "


def _fails(batch: vector.Batch, work: Callable[[vector.Batch], object]) -> bool:
    try:
        work(batch)
    except Exception:  # noqa: BLE001 - whatever it is, it was met before
        return True
    return False


def _named(path: Path, row: int) -> str:
    """Return the number of a row of a file, and the values of its first columns."""
    columns = vector.describe(path).columns[:MOST_NAMED]
    for part in vector.parts_of(path, rows=row + 1):
        if not part.first <= row < part.first + part.stop - part.start:
            continue
        start = part.start + row - part.first
        one = replace(part, start=start, stop=start + 1, first=row)
        try:
            batch = next(iter(vector.read_part(path, one, columns=columns, rows=1_000)))
            cells = [str(values[codes[0]]) for codes, values in batch.columns]
        except (DataError, StopIteration):
            break
        said = ", ".join(f"{k} {v[:40]}" for k, v in zip(columns, cells, strict=True))
        return f"row {row} ({said})" if said else f"row {row}"
    return f"row {row}"
