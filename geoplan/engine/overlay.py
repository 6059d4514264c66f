"""Overlay of two layers: the pieces with the columns of both, streamed into a folder."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

import shapely

from geoplan import cluster, crs, folders, geometry, vector
from geoplan.engine.blame import blamed
from geoplan.engine.doubles import doubled_shapes, doubles_of
from geoplan.engine.features import Features, Met, features_of, polygons_of
from geoplan.engine.held import parts_of, read_layer
from geoplan.engine.kernel import Array
from geoplan.engine.output import check_folder
from geoplan.engine.pieces import Others, Pieces, pieces_of
from geoplan.engine.plan import CutPlan, check_files, cut_plan_of, threads_of
from geoplan.engine.table import MOST_OFF, MOST_WHOLE
from geoplan.engine.tiles import Tiles
from geoplan.engine.wkb import MULTIPOLYGON, POLYGON, SHORTEST
from geoplan.errors import StageError, UsageError

SQUARES_A_TILE = 2
"""The finest tile is so many squares wide."""


@dataclass(frozen=True)
class Task:
    """One part of the streamed layer, and the file for its pieces."""

    plan: CutPlan
    part: vector.Part
    file: str


@dataclass(frozen=True)
class Overlaid:
    """What an overlay has made, and what it has met.

    `area_m2` + `slivers_m2` + `left_out_m2` is `streamed_m2`, the area of the
    streamed layer; the third is None where shapes of the other layer overlap, be it
    by little. `overlaps` tells whether they do so by more than slivers.
    """

    rows: int
    pieces: int
    area_m2: float
    slivers: int
    slivers_m2: float
    left_out_m2: float | None
    streamed_m2: float
    repaired: int
    repairs: list[str]
    empty: int
    without_area: int
    overlaps: bool
    streamed: str


def overlay_layers(
    layers: Sequence[str | Path],
    *,
    out: Path,
    how: str = "identity",
    sliver_m2: float = geometry.SLIVER_M2,
    scheduler: str = "threads",
    workers: int | None = None,
) -> Overlaid:
    """Write the pieces of two layers into a folder of GeoParquet files.

    The first layer is streamed (for an intersection the one with more rows),
    the other is held in memory. Pieces stand in the order of the streamed
    layer, in the CRS of the first one, with `area_m2` in the work CRS.

    Parameters
    ----------
    layers
        Two files with polygons and a CRS.
    out
        The folder, which ends in ``.parquet``; one that an overlay has written
        before is replaced, at once or not at all.
    how
        ``identity``: all of the first layer, cut at the borders of the second;
        ``intersection``: what is in both; ``difference``: what is in the first only.
    sliver_m2
        Pieces of less than this are left out and counted, unless they are a whole
        feature or shape. What is below 1e-4 m² is no piece in any case.

    Raises
    ------
    UsageError
        Where `how` or `out` is not allowed, or columns would get the same name.
    DataError, GeometryError
        Where a file cannot be read, has no CRS, or coordinates that are no numbers.
    StageError
        Where a piece has another area than was computed, or the disk is full.
    """
    cluster.check_scheduler(scheduler)
    count = threads_of(workers)
    paths = [Path(layer) for layer in layers]
    plan = cut_plan_of(paths, how, sliver_m2=sliver_m2, threads=count)
    parts = vector.parts_of(Path(plan.paths[plan.large]), rows=plan.rows)
    check_folder(out)
    for layer in plan.paths:
        if out.resolve() in (Path(layer), *Path(layer).parents):
            raise UsageError(f"{out}: holds the layer {layer}; give the pieces another name")
    with folders.reserved(out), folders.replacing(out, check_folder) as beside:
        tasks = [
            Task(plan, part, str(beside / f"part-{n:05}.parquet"))
            for n, part in enumerate(parts or [vector.Part((), 0, 0, 0)])
        ]
        results = cluster.run(_work, tasks, scheduler=scheduler, workers=workers, named=_named)
        made = _told(plan, results)
        for lost in beside.glob(".*"):
            lost.unlink()
    return made


def _named(task: Task) -> str:
    """Return which rows a task works on."""
    return f"{task.plan.paths[task.plan.large]}, {task.part.where}"


def _work(task: Task) -> Met:
    """Write the pieces of one part of the streamed layer."""
    plan, others = task.plan, _others(task.plan)
    met = Met()
    path = Path(plan.paths[plan.large])
    with vector.PieceFile(Path(task.file), others.target) as file:
        for batch in _batches(path, task.part, plan):
            rows, shapes, counts = blamed(batch, lambda b: _cut(b, others, plan), path=path)
            file.write(rows, shapes)
            met.update(counts)
    met.counts["overlaps"] = int(others.overlaps)
    met.counts["doubled"] = int(others.doubled.any())
    # Every task tells what was met in the layer that all of them hold.
    met.update(Met(Counter({f"held_{k}": n for k, n in others.met.counts.items()})))
    met.update(Met(repairs=others.met.repairs))
    return met


def _batches(path: Path, part: vector.Part, plan: CutPlan) -> Iterator[vector.Batch]:
    """Yield the batches of a part; one without rows where there are none."""
    columns = plan.columns[plan.large]
    if part.start < part.stop:
        yield from vector.read_part(path, part, columns=columns, rows=plan.rows)
        return
    nothing, info = np.empty(0, dtype=np.uint8), vector.describe(path)
    offsets = np.zeros(1, dtype=np.int64)
    yield vector.Batch(nothing, offsets, vector.stacked([], columns), info.crs, path.name, 0)


def _cut(batch: vector.Batch, others: Others, plan: CutPlan) -> tuple[vector.Table, Array, Met]:
    """Return the pieces of a batch: columns, shapes as WKB, and what was met."""
    met = Met(Counter(rows=len(batch.offsets) - 1))
    features = features_of(batch, met)
    pieces, own = pieces_of(features, others, how=plan.how, most=MOST_WHOLE)
    thin = (pieces.units < plan.sliver_units) & ~pieces.uncut
    met.counts["slivers"] += int(thin.sum())
    met.counts["sliver_units"] += int(pieces.units[thin].sum())
    pieces = Pieces(*(column[~thin] for column in pieces))
    met.counts["pieces"] += len(pieces.units)
    met.counts["units"] += int(pieces.units.sum())
    met.counts["streamed"] += int(own[features.row >= 0].sum())
    sides = [
        vector.taken(batch.table, features.row[pieces.feature]),
        vector.taken(others.table, pieces.other),
    ]
    area = vector.table_of({"area_m2": pieces.units / geometry.AREA_UNITS_PER_M2})
    table = vector.beside([*(sides[::-1] if plan.large else sides), area], plan.names)
    return table, _wkb(batch, features, pieces, others.target), met


def _wkb(batch: vector.Batch, features: Features, pieces: Pieces, target: Any) -> Array:
    """Return the shapes of pieces in CRS `target`; the bytes of the file where they are whole."""
    made = np.full(len(pieces.feature), None, dtype=object)
    whole = shapely.is_missing(pieces.shape)
    same = np.zeros(len(made), dtype=bool)
    if batch.crs == target:
        as_read = _plain(batch)
        known = np.minimum(pieces.feature, max(len(as_read) - 1, 0))
        same = whole & (pieces.feature == known) & as_read[known]
    at = batch.offsets
    for n in np.flatnonzero(same):
        i = pieces.feature[n]
        made[n] = batch.data[at[i] : at[i + 1]].tobytes()
    shapes, again = pieces.shape.copy(), np.flatnonzero(whole & ~same)
    shapes[again] = polygons_of(features.shapes, pieces.feature[again])
    made[~same] = shapely.to_wkb(crs.work_to_any(shapes[~same], target))
    return made


def _plain(batch: vector.Batch) -> Array:
    """Return which rows are a polygon, or several, without z and m, as bytes."""
    start = batch.offsets[:-1]
    made = np.diff(batch.offsets) > SHORTEST
    kinds = np.array([POLYGON, MULTIPOLYGON], dtype=np.uint8)
    made[made] = np.isin(batch.data[start[made] + 1], kinds)
    for k in (2, 3, 4):
        made[made] = batch.data[start[made] + k] == 0
    return np.asarray(made)


def _told(plan: CutPlan, results: Sequence[Met]) -> Overlaid:
    every = Met()
    for result in results:
        every.update(result)
    met = every.counts
    per_m2 = geometry.AREA_UNITS_PER_M2
    left_out = met["streamed"] - met["units"] - met["sliver_units"]
    most = MOST_OFF * met["streamed"] + met["rows"] + met["pieces"] + met["slivers"]
    if plan.how == "identity" and not met["doubled"] and abs(left_out) > most:
        raise StageError(
            f"pieces and slivers differ by {abs(left_out) / per_m2:.4f} m2 from the layer that "
            "they are cut from; please report it with the layers"
        )
    return Overlaid(
        rows=met["rows"],
        pieces=met["pieces"],
        area_m2=met["units"] / per_m2,
        slivers=met["slivers"],
        slivers_m2=met["sliver_units"] / per_m2,
        left_out_m2=None if met["doubled"] else left_out / per_m2,
        streamed_m2=met["streamed"] / per_m2,
        repaired=met["repaired"] + results[0].counts["held_repaired"],
        repairs=[f"{file}, row {n}: {why}" for file, n, why in every.repairs],
        empty=met["empty"] + results[0].counts["held_empty"],
        without_area=met["without_area"] + results[0].counts["held_without_area"],
        overlaps=met["overlaps"] > 0,
        streamed=Path(plan.paths[plan.large]).name,
    )


_LOCK = threading.Lock()


def _others(plan: CutPlan) -> Others:
    """Return the layer of a plan that is not streamed; read once a process."""
    with _LOCK:
        return _read(plan)


@lru_cache(maxsize=1)
def _read(plan: CutPlan) -> Others:
    check_files(plan.paths, plan.stamps)
    met = Met()
    i = 1 - plan.large
    path, threads = Path(plan.paths[i]), plan.threads
    features, table, rows = read_layer(path, plan.columns[i], met=met, threads=threads)
    known = np.flatnonzero(features.row >= 0)
    polygons = np.full(rows, None, dtype=object)
    polygons[features.row[known]] = polygons_of(features.shapes, known)
    units = np.nan_to_num(geometry.area_units(polygons))
    parts = parts_of([features], threads=plan.threads)
    tiles = Tiles(polygons, SQUARES_A_TILE * parts.grid.size)
    doubled = doubled_shapes(parts, rows)
    overlaps = bool(doubled.any()) and len(doubles_of(parts).layer) > 0
    target = vector.describe(Path(plan.paths[0])).crs
    return Others(parts, polygons, units, tiles, table, doubled, overlaps, target, met)
