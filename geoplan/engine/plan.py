"""What is to be done: layers, the one that is streamed, columns to group by or to keep."""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from geoplan import geometry, vector
from geoplan.errors import DataError, UsageError
from geoplan.toml import suggestion

MOST_NAMED = 50
"""Columns that a message lists."""

BYTES_A_ROW = 4_000
"""What a row of the streamed layer takes while it is worked on, at most, as a rule."""

TIMES_READ = 8
"""And how many times the bytes that it has in the file, where it has many points."""

BATCH_BYTES, PIECE_ROWS = 8_000_000, 16_384
"""Bytes and rows of a batch that is cut into pieces, at most."""

MADE = ("area_m2", "net_m2", "pieces")
"""Columns of a table beside those to group by."""

MOST_ROWS = 65_536

MOST_HELD = 65_536
"""A streamed layer of more rows is not searched for shapes that overlap each other."""


@dataclass(frozen=True)
class By:
    """A column to group by: the number of its layer, and its name there."""

    layer: int
    column: str


@dataclass(frozen=True)
class Plan:
    """What every task has to know; small enough to be sent with each."""

    paths: tuple[str, ...]
    large: int
    by: tuple[By, ...]
    rows: int
    """Rows of a batch."""
    small: bool
    """Whether the streamed layer could be held as well."""
    threads: int
    """Threads that read and cut layers in one process."""
    stamps: tuple[tuple[int, int], ...]
    """Times and sizes of the files, so that a changed file is read again."""


def threads_of(workers: int | None) -> int:
    """Return how many threads there are to work with; `UsageError` where `workers` is below 1."""
    if workers is not None and workers < 1:
        raise UsageError(f"{workers} workers: there has to be 1 at least")
    return workers or os.cpu_count() or 1


def plan_of(paths: Sequence[Path], by: Sequence[str], *, workers: int, memory: int) -> Plan:
    """Check layers and columns; the layer with most rows is the one to stream.

    Raises as `tabulate`.
    """
    if len(paths) < 2:
        raise UsageError(f"{len(paths)} layer(s): an intersection is of at least two")
    infos, columns = _described(paths)
    if len(set(by)) < len(by):
        raise UsageError(f"a column to group by is given twice: {', '.join(by)}")
    if set(MADE) & set(by):
        raise UsageError(f"{', '.join(MADE)} are columns of the result; rename those of the layer")
    chosen = tuple(_column(name, columns) for name in by)
    large = max(range(len(infos)), key=lambda i: (infos[i].rows, -i))
    each = max(BYTES_A_ROW, TIMES_READ * infos[large].bytes_a_row)
    rows = min(max(memory // (workers * each), 1), MOST_ROWS)
    small = infos[large].rows <= MOST_HELD
    files = tuple(str(path.resolve()) for path in paths)
    return Plan(files, large, chosen, rows, small, workers, _stamps(paths))


def _described(paths: Sequence[Path]) -> tuple[list[vector.Info], dict[str, tuple[str, ...]]]:
    """Return what layers hold, and their columns by name of the layer."""
    infos = [vector.describe(path) for path in paths]
    names = [path.stem for path in paths]
    columns = {name: info.columns for name, info in zip(names, infos, strict=True)}
    if len(columns) < len(names):
        raise UsageError(f"layers have the same name: {', '.join(names)}; rename a file")
    return infos, columns


def _stamps(paths: Sequence[Path]) -> tuple[tuple[int, int], ...]:
    return tuple(_stamp(path) for path in paths)


def _stamp(path: Path) -> tuple[int, int]:
    """Return the newest time and the bytes of a file, or of the files of a folder."""
    stats = [each.stat() for each in vector.files_of(path)] or [path.stat()]
    return max(s.st_mtime_ns for s in stats), sum(s.st_size for s in stats)


def _column(name: str, columns: dict[str, tuple[str, ...]]) -> By:
    names = list(columns)
    for n, layer in enumerate(names):
        if name.startswith(f"{layer}.") and name[len(layer) + 1 :] in columns[layer]:
            return By(n, name[len(layer) + 1 :])
    holders = [key for key in names if name in columns[key]]
    if len(holders) == 1:
        return By(names.index(holders[0]), name)
    if holders:
        ways = " or ".join(f"{key}.{name}" for key in holders)
        raise UsageError(f"column {name!r} stands in {len(holders)} layers; write {ways}")
    known = [f"{key}.{column}" for key in names for column in columns[key]]
    more = f" and {len(known) - MOST_NAMED} more" if len(known) > MOST_NAMED else ""
    there = f"There are: {', '.join(known[:MOST_NAMED])}{more}"
    raise UsageError(f"column {name!r} is in no layer.{suggestion(name, known)} {there}")


def check_files(paths: Sequence[str], stamps: Sequence[tuple[int, int]]) -> None:
    """Raise `DataError` where a file is not the one that was planned with: on another machine."""
    for path, (_, size) in zip(paths, stamps, strict=True):
        if not Path(path).exists():
            raise DataError(f"{path}: there is no such file")
        here = _stamp(Path(path))[1]
        if here != size:
            raise DataError(
                f"{path}: has {here} bytes here, and {size} where the work was planned; workers "
                "have to find the same files under the same paths"
            )


HOWS = ("identity", "intersection", "difference")
"""Pieces of the first layer, cut at the second: all, those within it, those outside of it."""


@dataclass(frozen=True)
class CutPlan:
    """What every task of an overlay of two layers has to know."""

    paths: tuple[str, str]
    large: int
    """Which is streamed: the first, or for an intersection the one with more rows."""
    how: str
    columns: tuple[tuple[str, ...], tuple[str, ...]]
    names: tuple[str, ...]
    """Columns of the pieces, without geometry."""
    sliver_units: int
    rows: int
    """Rows of a batch, and so of a row group of the pieces, whoever works on it."""
    threads: int
    stamps: tuple[tuple[int, int], ...]


def cut_plan_of(paths: Sequence[Path], how: str, *, sliver_m2: float, threads: int) -> CutPlan:
    """Check what is to be cut, and how. Raises as `overlay_layers`."""
    if how not in HOWS:
        raise UsageError(f"how {how!r} is not known; allowed: {', '.join(HOWS)}")
    if not (math.isfinite(sliver_m2) and sliver_m2 >= 0):
        raise UsageError(f"{sliver_m2} m2 is no size of a sliver; allowed: 0 or more")
    if len(paths) != 2:
        raise UsageError(f"{len(paths)} layer(s): pieces are made of two")
    infos, columns = _described(paths)
    left, right = columns.values()
    large = 1 if how == "intersection" and infos[1].rows > infos[0].rows else 0
    if how == "difference":
        right = ()
    names = _piece_names(list(columns), left, right)
    first, second = (str(path.resolve()) for path in paths)
    units = round(sliver_m2 * geometry.AREA_UNITS_PER_M2)
    rows = min(max(BATCH_BYTES // max(infos[large].bytes_a_row, 1), 1), PIECE_ROWS)
    sides = (left, right)
    stamps = _stamps(paths)
    return CutPlan((first, second), large, how, sides, names, units, rows, threads, stamps)


def _piece_names(
    layers: Sequence[str], left: tuple[str, ...], right: tuple[str, ...]
) -> tuple[str, ...]:
    """Return the names of columns of both layers; with the layer's where they are not one's own."""
    shared = {*left} & {*right} | {"area_m2", "geometry"}
    own = (layers[0], left), (layers[1], right)
    names = [f"{layer}.{c}" if c in shared else c for layer, columns in own for c in columns]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise UsageError(f"columns would have the same name: {', '.join(twice)}; rename them")
    return (*names, "area_m2")
