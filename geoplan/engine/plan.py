"""What a tabulation is to do: layers, the one that is streamed, columns to group by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from geoplan import vector
from geoplan.errors import UsageError
from geoplan.toml import suggestion

BYTES_A_ROW = 4_000
"""What a row of the streamed layer takes while it is worked on, at most, as a rule."""

MOST_ROWS = 65_536


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
    stamps: tuple[tuple[int, int], ...]
    """Times and sizes of the files, so that a changed file is read again."""


def plan_of(paths: Sequence[Path], by: Sequence[str], *, workers: int, memory: int) -> Plan:
    """Check layers and columns; the layer with most rows is the one to stream.

    Raises as `tabulate`.
    """
    if len(paths) < 2:
        raise UsageError(f"{len(paths)} layer(s): an intersection is of at least two")
    infos = [vector.describe(path) for path in paths]
    names = [path.stem for path in paths]
    columns = {name: info.columns for name, info in zip(names, infos, strict=True)}
    if len(columns) < len(names):
        raise UsageError(f"layers have the same name: {', '.join(names)}; rename a file")
    if len(set(by)) < len(by):
        raise UsageError(f"a column to group by is given twice: {', '.join(by)}")
    if {"area_m2", "pieces"} & set(by):
        raise UsageError("area_m2 and pieces are columns of the result; rename those of the layer")
    chosen = tuple(_column(name, columns) for name in by)
    large = max(range(len(infos)), key=lambda i: (infos[i].rows, -i))
    rows = min(max(memory // (workers * BYTES_A_ROW), 1_000), MOST_ROWS)
    stats = [path.stat() for path in paths]
    stamps = tuple((s.st_mtime_ns, s.st_size) for s in stats)
    return Plan(tuple(str(p.resolve()) for p in paths), large, chosen, rows, stamps)


def _column(name: str, columns: dict[str, tuple[str, ...]]) -> By:
    names = list(columns)
    layer, _, column = name.rpartition(".")
    if layer in columns and column in columns[layer]:
        return By(names.index(layer), column)
    holders = [key for key in names if name in columns[key]]
    if len(holders) == 1:
        return By(names.index(holders[0]), name)
    if holders:
        ways = " or ".join(f"{key}.{name}" for key in holders)
        raise UsageError(f"column {name!r} stands in {len(holders)} layers; write {ways}")
    known = [f"{key}.{column}" for key in names for column in columns[key]]
    raise UsageError(
        f"column {name!r} is in no layer.{suggestion(name, known)} There are: {', '.join(known)}"
    )
