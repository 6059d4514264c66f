"""Zonal statistics of a raster: tasks run, and what they find becomes a table."""

from __future__ import annotations

import math
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from geoplan import cluster, raster
from geoplan.errors import UsageError
from geoplan.zonal import plan
from geoplan.zonal.block import BLOCK, reference_m2
from geoplan.zonal.cover import Pieces
from geoplan.zonal.gather import Quantiles, Sought, classes_of, sums_of
from geoplan.zonal.table import Found, amounts, names_of, shares
from geoplan.zonal.work import Partial, Task, work
from geoplan.zonal.zones import Zones, pieces_of

Array = np.ndarray

DEFAULT_MEMORY = 256_000_000
"""Bytes of windows that are held at the same time, and of what comes back of them."""

BYTES_SOUGHT = 64
"""What comes back for a cell whose value may be a quantile."""

SECONDS_A_ZONE, SECONDS_A_CELL = 1e-4, 1e-7
"""What a zone and a cell take, roughly."""

WORTH_S = 8.0
"""Seconds of work from which on processes are worth their start."""

NEVER = 1 << 62
"""Number of a block behind all others."""


@dataclass(frozen=True)
class Options:
    """What is computed, and by whom."""

    quantiles: tuple[float, ...] = (0.1, 0.5, 0.9)
    """Of amounts; between 0 and 1."""
    scheduler: str | None = "threads"
    """As `cluster.run`; None: processes where there is enough work, else threads."""
    workers: int | None = None
    memory: int = DEFAULT_MEMORY

    def __post_init__(self) -> None:
        """Raise `UsageError` where something cannot be."""
        wrong = [q for q in self.quantiles if not 0 <= q <= 1]
        if wrong:
            raise UsageError(f"quantile {wrong[0]:g}: allowed are 0 to 1, as 0.1,0.5,0.9")
        if len(set(self.quantiles)) < len(self.quantiles):
            raise UsageError("a quantile is given twice")
        if len(set(names_of(self.quantiles))) < len(self.quantiles):
            raise UsageError("two quantiles are so close that their columns have one name")
        if self.workers is not None and self.workers < 1:
            raise UsageError(f"{self.workers} workers: there has to be 1 at least")
        if self.memory < 1:
            raise UsageError(f"{self.memory} bytes of memory: there has to be 1 at least")
        if self.scheduler is not None:
            cluster.check_scheduler(self.scheduler)


def statistics(
    source: raster.Source, zones: Zones, *, options: Options | None = None
) -> pd.DataFrame:
    """Return what zones have of a raster, by the exact part of each cell that they cover.

    Amounts: a row a zone, in the order given, with the columns `cells`, `mean`, `stdev`,
    `min`, `max`, `sum`, the quantiles. Classes: a row a zone and class. Both with
    `area_km2` of the zone, `share_covered` and `share_nodata` of it, and a `note`
    where something has to be known; among the `attrs` how many `zones` there are, `met` (how
    many have a note), and `scheduler`. All but `sum` and `cells` are by area where the cells
    of the grid differ in area; `sum` is that of the values of cells, times their parts, and
    only says something where they are counts (people in a cell).

    The result has the same bits for any workers, memory, and order of zones.
    Memory: the zones; `options.memory` shared by workers for windows, and as much for
    what comes back; some 60 MB a worker for the block at hand.

    Parameters
    ----------
    zones
        May overlap; those outside of the raster have a row as well.

    Raises
    ------
    DataError
        Where cells cannot be read.
    UsageError
        Where an option is wrong.
    """
    chosen = options or Options()
    run = _Run(source, zones, chosen)
    return run.table()


class _Run:
    """One run: pieces of zones, tasks in groups, and what they find."""

    def __init__(self, source: raster.Source, zones: Zones, options: Options) -> None:
        self._source, self._zones = source, zones
        self._pieces = pieces_of(zones.shapes, source.grid)
        count = len(zones.shapes)
        self._boxes = _boxes(self._pieces, count)
        self._methods = plan.methods(source.grid, self._boxes)
        cells = plan.spans(source.grid, self._boxes, side=1)
        self._cells = (cells.last_row - cells.first_row + 1).clip(0) * (
            cells.last_col - cells.first_col + 1
        ).clip(0)
        self._wanted = options.quantiles if source.kind == "continuous" else ()
        self._options = options
        self._workers = options.workers or os.cpu_count() or 1
        self.scheduler = options.scheduler or self._worth()

    def _worth(self) -> str:
        seconds = (
            len(self._pieces.owner) * SECONDS_A_ZONE + float(self._cells.sum()) * SECONDS_A_CELL
        )
        return "processes" if self._workers > 1 and seconds > WORTH_S else "threads"

    def table(self) -> pd.DataFrame:
        grid = self._source.grid
        blocks = plan.spans(grid, self._boxes)
        last = blocks.last_row * -(-grid.width // BLOCK) + blocks.last_col
        dtype = np.dtype(self._source.dtype)
        scaled = (self._source.scale, self._source.offset) != (1.0, 0.0)
        found = Quantiles(self._wanted, last, dtype=np.dtype("float64") if scaled else dtype)
        sums, classes = [], []
        made = plan.tasks(
            self._source,
            self._pieces,
            method=self._methods,
            wanted=self._wanted,
            memory=self._share,
        )
        for done, partial in self._run(made):
            for each in partial:
                sums += each.sums
                classes += each.classes
            found.add(partial, done=done)
        while (sought := found.take()) is not None:
            self._search(found, sought)
        whole = Found(
            self._zones,
            self._source,
            sums_of(sums, len(self._zones.shapes)),
            _inside(self._boxes, grid),
            reference_m2(grid),
        )
        if self._source.kind == "categorical":
            table = shares(whole, classes_of(classes))
        else:
            table = amounts(whole, self._wanted, quantiles=found.values)
        met = Counter(note for note in whole.notes if note)
        table.attrs.update(zones=len(whole.notes), scheduler=self.scheduler, met=dict(met))
        return table

    @property
    def _share(self) -> int:
        return self._options.memory // self._workers

    def _run(self, made: Iterator[Task]) -> Iterator[tuple[int, list[Partial]]]:
        """Run tasks in groups; yield what they find and the first block that is still to come."""
        groups = plan.groups(made, self._cells, memory=self._options.memory)
        group = next(groups, None)
        while group is not None:
            after = next(groups, None)
            found = cluster.run(
                work, group, scheduler=self.scheduler, workers=self._options.workers
            )
            yield self._band(after[0]) if after else NEVER, found
            group = after

    def _band(self, task: Task) -> int:
        """Return the first number of a block in the rows of a task."""
        return task.window.row // BLOCK * -(-self._source.grid.width // BLOCK)

    def _search(self, found: Quantiles, sought: Sought) -> None:
        """Count values in the ranges of what is sought, as many ranges at a time as fit."""
        rows = np.where(sought.shift == 0, sought.cells, np.minimum(sought.cells, 1 << 16))
        size = np.cumsum(rows * BYTES_SOUGHT) // self._options.memory
        for number in np.unique(size).tolist():
            part = sought.of(size == number)
            here = self._pieces.of(np.isin(self._pieces.owner, part.zone))
            made = plan.tasks(
                self._source,
                here,
                method=self._methods,
                wanted=self._wanted,
                memory=self._share,
                ranges=part.ranges,
            )
            partial = cluster.run(
                work, list(made), scheduler=self.scheduler, workers=self._options.workers
            )
            found.counted(part, partial)


def _boxes(pieces: Pieces, count: int) -> Array:
    """Return west, south, east, north of zones; NaN for those without pieces."""
    made = np.full((count, 4), np.nan)
    for column, how in enumerate((np.fmin, np.fmin, np.fmax, np.fmax)):
        how.at(made[:, column], pieces.owner, pieces.bounds[:, column])
    return made


def _inside(boxes: Array, grid: raster.Grid) -> Array:
    """Return which boxes lie in a grid wholly."""
    west, south, east, north = grid.bounds
    far = 1e-9 * max(abs(each) for each in grid.bounds)
    return np.asarray(
        (boxes[:, 0] >= west - far)
        & (boxes[:, 1] >= south - far)
        & (boxes[:, 2] <= east + far)
        & (boxes[:, 3] <= north + far)
    )


def parsed(text: str) -> tuple[float, ...]:
    """Return quantiles written as ``0.1,0.5,0.9``; `UsageError` where they are no numbers."""
    try:
        made = tuple(float(each) for each in text.split(",") if each.strip())
    except ValueError:
        raise UsageError(f"quantiles {text!r}: write numbers from 0 to 1, as 0.1,0.5,0.9") from None
    if not all(map(math.isfinite, made)):
        raise UsageError(f"quantiles {text!r}: write numbers from 0 to 1, as 0.1,0.5,0.9")
    return made
