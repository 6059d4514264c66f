"""What a raster says of parts of counties: sums of its cells, by their exact fractions."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

import shapely

from geoplan import cluster, crs, raster
from geoplan.errors import DataError, StageError, UsageError
from geoplan.raster import Grid, Source, Window

MOST_OFF = 1e-5
"""Parts of cells are right to this share of a shape, or of a cell."""

TILE = 512
"""Cells along the side of what is read at once."""


_CLASS = re.compile(r"-?\d+")


@dataclass(frozen=True)
class Ask:
    """How cells become weights."""

    source: Source
    density: bool = False
    """Cells are amounts per area, and count with theirs; else they are amounts of the cell."""
    by_class: Mapping[int, float] | None = None
    """Of a categorical raster: class to weight of a square metre of it."""


@dataclass(frozen=True)
class Task:
    """A county's parts, as WKB in EPSG:4490."""

    adcode: str
    ask: Ask
    parts: tuple[tuple[bytes, ...], ...]


@dataclass(frozen=True)
class Weighed:
    """Sums of one part: of weights, and of the area in m² that has cells with data."""

    weight: float
    known_m2: float


@dataclass(frozen=True)
class Result:
    """Sums of a county's parts in their order, and what was met that is wrong."""

    adcode: str
    parts: tuple[Weighed, ...]
    below: frozenset[tuple[int, int]] = frozenset()
    """Row and column of cells below 0."""
    unknown: tuple[int, ...] = ()
    """Classes without a weight."""


def weigh(
    ask: Ask,
    parts: Mapping[str, Sequence[Sequence[shapely.Geometry]]],
    *,
    scheduler: str = "threads",
    workers: int | None = None,
) -> dict[str, list[Weighed]]:
    """Return the weights of parts of counties, in their order, by code.

    Parameters
    ----------
    parts
        Code of a county to polygons in EPSG:4490 of each part.

    Raises
    ------
    UsageError
        Where a categorical raster has a class without a weight.
    DataError
        Where weights are below 0, or cells cannot be read.
    """
    tasks = [
        Task(
            code,
            ask,
            tuple(tuple(map(bytes, shapely.to_wkb(np.array(own, dtype=object)))) for own in every),
        )
        for code, every in parts.items()
    ]
    results = cluster.run(_weighed, tasks, scheduler=scheduler, workers=workers)
    path = ask.source.path
    # A cell on a border is one cell of both units.
    below = frozenset[tuple[int, int]]().union(*(result.below for result in results))
    if below:
        raise DataError(
            f"{path}: {len(below)} cell(s) in {_some(r.adcode for r in results if r.below)} are "
            "below 0; a weight is an amount of at least 0 (persons, light, built area)"
        )
    unknown = sorted({value for result in results for value in result.unknown})
    if unknown:
        names = {c.value: f"{c.value} ({c.title})" for c in ask.source.legend}
        raise UsageError(
            f"{path}: {len(unknown)} class(es) in the units have no weight: "
            f"{', '.join(names.get(v, str(v)) for v in unknown)}; give each one with --weights, "
            "0 for those in which there is nobody"
        )
    return {result.adcode: list(result.parts) for result in results}


def _some(codes: Iterator[str]) -> str:
    every = list(codes)
    return ", ".join(every[:5]) + (" …" if len(every) > 5 else "")


@dataclass
class _Sums:
    weights: list[float]
    known: list[float]


def _weighed(task: Task) -> Result:
    """Return the sums of one county; whatever is read at once, they are the same."""
    grid = task.ask.source.grid
    shapes, owner = [], []
    for place, own in enumerate(task.parts):
        shapes += [shapely.from_wkb(text) for text in own]
        owner += [place] * len(own)
    work = crs.data_to_work(np.array(shapes, dtype=object))
    placed = raster.sound(raster.densified(work, grid))
    sums = [_Sums([], []) for _ in task.parts]
    unknown: set[int] = set()
    below: set[tuple[int, int]] = set()
    covered = np.zeros(len(placed))
    for window in _windows(grid, placed):
        here = grid.part(window)
        near = np.flatnonzero(shapely.intersects(placed, shapely.box(*here.bounds))).tolist()
        if not near:
            continue
        cells = raster.read(task.ask.source, window)
        values = np.ma.getdata(cells).ravel()
        there = ~np.ma.getmaskarray(cells).ravel()
        areas = np.broadcast_to(raster.cell_areas_m2(grid, window), here.shape).ravel()
        covers = raster.fractions(here, [placed[place] for place in near])
        for place, cover in zip(near, covers, strict=True):
            covered[place] += float(cover.share.sum())
            known = there[cover.cells]
            at, share = cover.cells[known], cover.share[known]
            weights, missing = _weights(task.ask, values[at], areas[at])
            unknown |= missing
            own_sums = sums[owner[place]]
            rows, columns = np.divmod(at[weights < 0], window.width)
            below |= set(
                zip((rows + window.row).tolist(), (columns + window.col).tolist(), strict=True)
            )
            own_sums.weights.append(float((weights * share).sum()))
            own_sums.known.append(float((areas[at] * share).sum()))
    _check(covered, placed, grid, adcode=task.adcode)
    parts = tuple(Weighed(math.fsum(each.weights), math.fsum(each.known)) for each in sums)
    return Result(task.adcode, parts, frozenset(below), tuple(sorted(unknown)))


def _check(covered: np.ndarray, shapes: np.ndarray, grid: Grid, *, adcode: str) -> None:
    """Raise `StageError` unless the cells that shapes cover have the shapes' area."""
    box = shapely.box(*grid.bounds)
    inside = np.where(shapely.covers(box, shapes), shapes, shapely.intersection(shapes, box))
    wanted = shapely.area(inside) / (grid.dx * grid.dy)
    off = float(np.abs(covered - wanted).max(initial=0.0))
    if off > MOST_OFF * (1 + float(wanted.max(initial=0.0))):
        raise StageError(f"unit {adcode}: {off:.3g} cells of its area were lost; report this")


def _weights(ask: Ask, values: np.ndarray, areas: np.ndarray) -> tuple[np.ndarray, set[int]]:
    """Return the weights of whole cells, and classes that have none."""
    if ask.by_class is None:
        made = values.astype("float64")
        return (made * areas if ask.density else made), set()
    found, place = np.unique(values, return_inverse=True)
    known = [int(value) for value in found.tolist()]
    each = np.array([ask.by_class.get(value, 0.0) for value in known], dtype="float64")
    return each[place.ravel()] * areas, set(known) - set(ask.by_class)


def _windows(grid: Grid, shapes: np.ndarray) -> Iterator[Window]:
    """Yield what shapes may touch of a grid, in squares that depend on the grid alone."""
    west, south, east, north = (float(v) for v in shapely.total_bounds(shapes))
    whole = grid.window_of((west, south, east, north))
    if whole is None:
        return
    rows = _steps(whole.row, whole.height)
    columns = _steps(whole.col, whole.width)
    for row, height in rows:
        for col, width in columns:
            yield Window(row, col, height, width)


def _steps(first: int, count: int) -> list[tuple[int, int]]:
    """Return `count` cells from `first`, cut at multiples of `TILE`."""
    edges = [first, *range((first // TILE + 1) * TILE, first + count, TILE), first + count]
    return [(low, high - low) for low, high in pairwise(edges)]


def weights_of(text: str, source: Source) -> dict[int, float]:
    """Return the weight of each class that a text as ``forest=0,built=1`` or ``1=0.5`` gives.

    Raises `UsageError` for classes that are unknown, stand twice, or weights that are none.
    """
    by_title: dict[str, list[int]] = defaultdict(list)
    for each in source.legend:
        by_title[each.title].append(each.value)
    made: dict[int, float] = {}
    for pair in filter(None, (p.strip() for p in text.replace("，", ",").split(","))):
        name, equal, number = (t.strip() for t in pair.partition("="))
        values = by_title.get(name) or ([int(name)] if _CLASS.fullmatch(name) else [])
        if not equal or not values:
            known = ", ".join(f"{c.value} ({c.title})" for c in source.legend) or "no names"
            raise UsageError(
                f"--weights {pair!r}: write CLASS=WEIGHT; {source.path.name} has {known}"
            )
        weight = _weight(number, pair)
        for value in values:
            if value in made:
                raise UsageError(f"--weights: class {name} stands there twice")
            made[value] = weight
    if not any(made.values()):
        raise UsageError("--weights: no class has a weight above 0")
    return made


def _weight(text: str, pair: str) -> float:
    try:
        weight = float(text)
    except ValueError:
        weight = math.nan
    if not (math.isfinite(weight) and weight >= 0):
        raise UsageError(f"--weights {pair!r}: {text!r} is no number of at least 0")
    return weight
