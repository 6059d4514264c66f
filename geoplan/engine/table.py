"""Areas by group of the intersection of layers: one is streamed, the others are held."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from geoplan import cluster, geometry, vector
from geoplan.engine.areas import areas_in_parts
from geoplan.engine.blame import blamed
from geoplan.engine.features import Features, Met, features_of
from geoplan.engine.held import Held, held_layers
from geoplan.engine.kernel import Array
from geoplan.engine.labels import Label, groups_of, sorted_by, unique_rows
from geoplan.engine.net import Overlap, net_layers, overlaps_of
from geoplan.engine.plan import MADE, Plan, plan_of, threads_of
from geoplan.errors import StageError

Key = tuple[Label, tuple[Label, ...]]
"""Values of the by-columns of the streamed layer, and of each other one."""

MOST_WHOLE = 256
"""Shapes of more points are cut into squares before they are compared."""

MOST_OFF = 1e-9
"""Areas are right to this share."""

DEFAULT_MEMORY = 256_000_000


@dataclass(frozen=True)
class Task:
    """One part of the streamed layer; without one, to look which layers overlap themselves."""

    plan: Plan
    part: vector.Part | None


@dataclass
class Sums:
    """Area in 1e-4 m² and pieces by labels."""

    areas: Counter[Key] = field(default_factory=Counter)
    pieces: Counter[Key] = field(default_factory=Counter)

    def update(self, other: Sums) -> None:
        """Add other sums."""
        self.areas.update(other.areas)
        self.pieces.update(other.pieces)


@dataclass
class Result:
    """Sums of a task, and what was met: gross, or what layers cover counted once."""

    sums: Sums = field(default_factory=Sums)
    met: Met = field(default_factory=Met)
    held: Met | None = None
    overlaps: dict[int, Overlap] = field(default_factory=dict)

    def update(self, other: Result) -> None:
        """Add what another task has found; what the held layers are is the same for all."""
        self.sums.update(other.sums)
        self.met.update(other.met)
        self.held = other.held or self.held
        self.overlaps |= other.overlaps


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

    The layer with most rows is streamed, the others are held in memory.
    Nothing depends on the order of rows,
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
        The by-columns, `area_m2`, `net_m2` and `pieces`, sorted. `area_m2` is
        gross: the areas of all pieces, a piece being what one shape of each
        layer share. `net_m2` counts a place once, however many shapes with the
        same values overlap there; a streamed layer of more than `MOST_HELD`
        rows is taken to have no such shapes. The table's `attrs` tell
        `uncovered_m2` of the streamed layer, which layers have shapes that
        `overlaps` each other, whether the streamed layer was `searched` for such
        shapes, how many rows were `repaired`,
        `empty` or `without_area`, and the first `repairs` with their reason.

    Raises
    ------
    UsageError
        Where a column is unknown or stands in several layers, or layers are too few.
    DataError, GeometryError
        Where a file cannot be read, has no CRS, or coordinates that are no numbers.
    """
    cluster.check_scheduler(scheduler)
    count = threads_of(workers)
    plan = plan_of([Path(layer) for layer in layers], by, workers=count, memory=memory)
    parts = vector.parts_of(Path(plan.paths[plan.large]), rows=plan.rows)
    tasks = [Task(plan, part) for part in (None, *parts)]

    def run(work: Callable[[Task], Result], tasks: Sequence[Task]) -> Result:
        made = Result()
        results = cluster.run(
            work, tasks, scheduler=scheduler, workers=workers, progress=progress, named=_named
        )
        for result in results:
            made.update(result)
        return made

    gross = run(_work, tasks)
    # Sums are net as they are unless a layer overlaps itself.
    net = run(_net_work, tasks) if gross.overlaps else gross
    return _table(plan, by, gross, net)


def _named(task: Task) -> str:
    """Return which rows a task works on."""
    path = Path(task.plan.paths[task.plan.large])
    return f"{path}, {task.part.where}" if task.part else f"{path}, as a whole"


def _work(task: Task) -> Result:
    """Add up one part of the streamed layer."""
    plan, result = task.plan, Result()
    held = held_layers(plan)
    result.held = held.met
    if task.part is None:
        result.overlaps = overlaps_of(plan)
        return result
    for batch in _batches(plan, task.part):
        made = blamed(batch, lambda b: _added(b, held), path=Path(plan.paths[plan.large]))
        result.update(made)
    return result


def _net_work(task: Task) -> Result:
    """Add up one part of the streamed layer, or all of it, without counting anything twice."""
    plan, result = task.plan, Result()
    net = net_layers(plan)
    if task.part is None:
        if net.own is not None:
            features, codes, labels = net.own
            result.sums, _ = _sums(features, codes, labels, net.by_label)
        return result
    for batch in _batches(plan, task.part):
        path = Path(plan.paths[plan.large])
        if net.own is None:
            result.sums.update(blamed(batch, lambda b: _added(b, net.by_label), path=path).sums)
        result.met.update(blamed(batch, lambda b: _added(b, net.cover), path=path).met)
    return result


def _batches(plan: Plan, part: vector.Part) -> Iterator[vector.Batch]:
    columns = [b.column for b in plan.by if b.layer == plan.large]
    path = Path(plan.paths[plan.large])
    return vector.read_part(path, part, columns=columns, rows=plan.rows)


def _added(batch: vector.Batch, held: Held) -> Result:
    """Add up a batch."""
    met = Met()
    features = features_of(batch, met)
    codes, labels = groups_of(batch.table, len(batch.offsets) - 1)
    sums, rest = _sums(features, codes, labels, held)
    met.counts["rows"] += len(codes)
    met.counts["uncovered"] += int(np.maximum(rest, 0).sum())
    met.counts["excess"] += int(np.maximum(-rest, 0).sum())
    met.counts["streamed"] += sums.areas.total() + int(rest.sum())
    return Result(sums, met)


def _sums(features: Features, codes: Array, labels: list[Label], held: Held) -> tuple[Sums, Array]:
    """Return sums of features, each with the code of its row, and what of each is not covered."""
    units, made = float(geometry.AREA_UNITS_PER_M2), Sums()
    found, rest = areas_in_parts(
        features.shapes, features.row >= 0, held.parts, held.ways, units, MOST_WHOLE
    )
    groups = np.column_stack([codes[features.row[found.feature]], held.groups_of(found.key)])
    keys, inverse = unique_rows(groups)
    counts = np.bincount(inverse, minlength=len(keys))
    sums = np.zeros(len(keys), dtype=np.int64)
    np.add.at(sums, inverse, found.units)
    for (own, *others), area, count in zip(
        keys.tolist(), sums.tolist(), counts.tolist(), strict=True
    ):
        names = tuple(known[n] for known, n in zip(held.labels, others, strict=True))
        made.areas[labels[own], names] += area
        made.pieces[labels[own], names] += count
    return made, rest


def _table(plan: Plan, by: Sequence[str], gross: Result, net: Result) -> pd.DataFrame:
    per_m2 = geometry.AREA_UNITS_PER_M2
    _check(plan, gross, net)
    areas, once = gross.sums.areas, net.sums.areas
    rows = [
        # Rounded on other squares, a net area might be a unit a piece more.
        (*_in_order(plan, key), area / per_m2, min(once[key], area) / per_m2, pieces)
        for (key, area), pieces in zip(areas.items(), gross.sums.pieces.values(), strict=True)
    ]
    rows.sort(key=lambda row: sorted_by(row[: len(by)]))
    columns = [*by, *MADE]
    made = pd.DataFrame(rows, columns=columns, dtype=object)
    # A column of 1.0 and 2.0 stays one of real numbers.
    real = [c for c in by if any(isinstance(value, float) for value in made[c])]
    made = made.convert_dtypes().assign(**{c: made[c].astype("float64") for c in real})
    made = made.astype({"area_m2": "float64", "net_m2": "float64", "pieces": "int64"})
    met = gross.met
    met.update(gross.held or Met())
    made.attrs = {
        "uncovered_m2": net.met.counts["uncovered"] / per_m2,
        "repaired": met.counts["repaired"],
        "repairs": [f"{file}, row {n}: {why}" for file, n, why in met.repairs],
        "empty": met.counts["empty"],
        "without_area": met.counts["without_area"],
        "overlaps": [Path(plan.paths[i]).name for i in sorted(gross.overlaps)],
        "rows": met.counts["rows"],
        "streamed": Path(plan.paths[plan.large]).name,
        "searched": plan.small,
    }
    return made


def _check(plan: Plan, gross: Result, net: Result) -> None:
    """Raise `StageError` where areas are not conserved, which is a fault of the engine."""
    met, areas, once = gross.met.counts, gross.sums.areas, net.sums.areas
    pieces, per_m2 = gross.sums.pieces, geometry.AREA_UNITS_PER_M2
    # Shapes that share less than a sliver are not said to overlap, and may do so in every piece.
    most = MOST_OFF * met["streamed"] + pieces.total() * (1 + geometry.SLIVER_M2 * per_m2)
    if not {*gross.overlaps} - {plan.large} and met["excess"] > most + met["rows"]:
        raise StageError(
            f"features share {met['excess'] / per_m2:.4f} m2 more with the other layers than they "
            "have; please report it with the layers"
        )
    wrong = [k for k in once if once[k] > areas[k] + pieces[k] + MOST_OFF * areas[k]]
    if wrong:
        raise StageError(
            f"{len(wrong)} of {len(areas)} groups have a net area above the gross one; please "
            f"report it with the layers: {wrong[0]}"
        )


def _in_order(plan: Plan, key: Key) -> Iterator[object]:
    """Yield the values of a key in the order of the by-columns."""
    values = {plan.large: iter(key[0])}
    others = [i for i in range(len(plan.paths)) if i != plan.large]
    values |= {i: iter(label) for i, label in zip(others, key[1], strict=True)}
    for by in plan.by:
        yield next(values[by.layer])
