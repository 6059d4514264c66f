"""Areas by group of the intersection of layers: one streamed, the others held as faces."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from geoplan import cluster, geometry, vector
from geoplan.engine.areas import areas_in_parts
from geoplan.engine.blame import blamed
from geoplan.engine.features import features_of
from geoplan.engine.held import Held, held_layers
from geoplan.engine.labels import Label, groups_of, sorted_by
from geoplan.engine.plan import Plan, plan_of

Key = tuple[Label, tuple[Label, ...]]
"""Values of the by-columns of the streamed layer, and of each other one."""

MOST_WHOLE = 256
"""Shapes of more points are cut into squares before they are compared."""

DEFAULT_MEMORY = 256_000_000


@dataclass(frozen=True)
class Task:
    """One part of the streamed layer."""

    plan: Plan
    part: vector.Part


@dataclass
class Result:
    """Sums of a task: area in 1e-4 m² and pieces by labels; and what was met."""

    areas: Counter[Key] = field(default_factory=Counter)
    pieces: Counter[Key] = field(default_factory=Counter)
    met: Counter[str] = field(default_factory=Counter)
    held: Counter[str] = field(default_factory=Counter)


def tabulate(
    layers: Sequence[str | Path],
    by: Sequence[str],
    *,
    scheduler: str = "threads",
    workers: int | None = None,
    memory: int = DEFAULT_MEMORY,
    progress: cluster.Progress | None = None,
) -> pd.DataFrame:
    """Return the area that layers share, by the values of columns.

    The layer with most rows is streamed, the others are held in memory as
    the faces that they make together. Nothing depends on the order of rows,
    on batches or on workers.

    Parameters
    ----------
    layers
        Two or more files with polygons and a CRS.
    by
        Columns, as ``column`` or, where several layers have it, ``layer.column``,
        a layer being called as its file without the suffix.
    memory
        Bytes that the batches of all workers may take together.

    Returns
    -------
    pandas.DataFrame
        The by-columns, `area_m2` and `pieces` (how often a shape of the
        streamed layer shares an area with a face), sorted. Its `attrs` tell
        `uncovered_m2`, `repaired`, `empty` and `overlapping` rows of the
        streamed layer.

    Raises
    ------
    UsageError
        Where a column is unknown or stands in several layers, or layers are too few.
    DataError, GeometryError
        Where a file cannot be read, has no CRS, or coordinates that are no numbers.
    """
    cluster.check_scheduler(scheduler)
    count = workers or os.cpu_count() or 1
    plan = plan_of([Path(layer) for layer in layers], by, workers=count, memory=memory)
    parts = vector.parts_of(Path(plan.paths[plan.large]), rows=plan.rows)
    tasks = [Task(plan, part) for part in parts]
    results = cluster.run(_work, tasks, scheduler=scheduler, workers=workers, progress=progress)
    return _table(plan, by, results)


def _work(task: Task) -> Result:
    """Add up one part of the streamed layer."""
    plan, result = task.plan, Result()
    held = held_layers(plan)
    result.held = held.met
    columns = [b.column for b in plan.by if b.layer == plan.large]
    path = Path(plan.paths[plan.large])
    for batch in vector.read_part(path, task.part, columns=columns, rows=plan.rows):
        blamed(batch, lambda rows: _add(rows, held, result), path=path)
    return result


def _add(batch: vector.Batch, held: Held, result: Result) -> None:
    features = features_of(batch, result.met)
    units = float(geometry.AREA_UNITS_PER_M2)
    found, rest = areas_in_parts(
        features.shapes, features.row >= 0, held.parts, held.ways, units, MOST_WHOLE
    )
    codes, labels = groups_of(batch.table, len(batch.offsets) - 1)
    groups = np.column_stack([codes[features.row[found.feature]], held.groups_of(found.key)])
    keys, inverse, counts = np.unique(groups, axis=0, return_inverse=True, return_counts=True)
    sums = np.zeros(len(keys), dtype=np.int64)
    np.add.at(sums, np.asarray(inverse).reshape(-1), found.units)
    for (own, *others), area, count in zip(
        keys.tolist(), sums.tolist(), counts.tolist(), strict=True
    ):
        names = tuple(known[n] for known, n in zip(held.labels, others, strict=True))
        result.areas[labels[own], names] += area
        result.pieces[labels[own], names] += count
    result.met["rows"] += len(codes)
    result.met["uncovered"] += int(np.maximum(rest, 0).sum())
    result.met["overlapping"] += int((rest < -geometry.AREA_UNITS_PER_M2).sum())


def _table(plan: Plan, by: Sequence[str], results: Sequence[Result]) -> pd.DataFrame:
    areas: Counter[Key] = Counter()
    pieces: Counter[Key] = Counter()
    met: Counter[str] = Counter()
    for result in results:
        areas.update(result.areas)
        pieces.update(result.pieces)
        met.update(result.met)
    for key, count in (results[0].held if results else {}).items():
        met[key] += count
    rows = [
        (*_in_order(plan, key), area / geometry.AREA_UNITS_PER_M2, pieces[key])
        for key, area in areas.items()
    ]
    rows.sort(key=lambda row: sorted_by(row[: len(by)]))
    made = pd.DataFrame(rows, columns=[*by, "area_m2", "pieces"], dtype=object).convert_dtypes()
    made = made.astype({"area_m2": "float64", "pieces": "int64"})
    made.attrs = {
        "uncovered_m2": met["uncovered"] / geometry.AREA_UNITS_PER_M2,
        "repaired": met["repaired"],
        "empty": met["empty"],
        "without_area": met["without_area"],
        "overlapping": met["overlapping"],
        "rows": met["rows"],
        "streamed": Path(plan.paths[plan.large]).name,
    }
    return made


def _in_order(plan: Plan, key: Key) -> Iterator[object]:
    """Yield the values of a key in the order of the by-columns."""
    values = {plan.large: iter(key[0])}
    others = [i for i in range(len(plan.paths)) if i != plan.large]
    values |= {i: iter(label) for i, label in zip(others, key[1], strict=True)}
    for by in plan.by:
        yield next(values[by.layer])
