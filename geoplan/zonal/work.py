"""One task: the blocks of a window are read at once, and zones are measured in each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

import shapely

from geoplan import raster
from geoplan.zonal import quantiles
from geoplan.zonal.block import Block, Moments, Place, block_of
from geoplan.zonal.cover import Cover, Pieces, covers, near
from geoplan.zonal.keys import bits_of, value_of
from geoplan.zonal.measure import Classes, by_owner, cells_of, classes, moments, weights
from geoplan.zonal.quantiles import Runs

Array = np.ndarray

HERE, KEPT, COUNTED = range(3)
"""How a zone's quantiles are found: in its only block, of its cells, by counts of values."""

BINS_BITS = 16
"""Values are counted in at most this many bits of bins, unless they are few."""


class Ranges(NamedTuple):
    """Keys of which values are counted, sorted by owner."""

    number: Array
    """What the counts go by."""
    owner: Array
    low: Array
    high: Array
    """The last one, inclusive; uint64."""
    shift: Array
    """Bits of the distance from `low` that fall away."""

    def of(self, chosen: Array | int) -> Ranges:
        """Return some of them."""
        return Ranges(*(each[chosen] for each in self))


@dataclass(frozen=True)
class Task:
    """A window of a raster and the zones in it."""

    source: raster.Source
    window: raster.Window
    places: tuple[Place, ...]
    wkb: Array
    owner: Array
    size: Array
    """Area of the zone of each piece, in cells."""
    method: Array
    """`HERE`, `KEPT` or `COUNTED`, for each piece."""
    wanted: tuple[float, ...]
    """Quantiles; none for classes."""
    ranges: Ranges | None = None
    """Where values are counted once more, and nothing else is asked."""


class Sums(NamedTuple):
    """Moments of zones in blocks."""

    owner: Array
    block: Array
    moments: Moments


class Kept(NamedTuple):
    """Cells of zones that lie in several blocks."""

    owner: Array
    key: Array
    weight: Array


class Partial(NamedTuple):
    """What a task has found; each part in the order of blocks."""

    sums: list[Sums]
    classes: list[tuple[int, Classes]]
    """With the number of the block."""
    quantiles: list[tuple[Array, Array]]
    """Zones and a column of values for each quantile wanted."""
    kept: list[Kept]
    counts: list[Runs]
    """By number of the range; a number's rows are together."""


def work(task: Task) -> Partial:
    """Read the window of a task and measure its zones in every block."""
    grid = task.source.grid
    shapes = shapely.from_wkb(task.wkb)
    pieces = Pieces(shapes, task.owner, shapely.bounds(shapes).reshape(-1, 4), task.size)
    cells = raster.read(task.source, task.window)
    method = dict(zip(task.owner.tolist(), task.method.tolist(), strict=True))
    made = Partial([], [], [], [], [])
    for place in task.places:
        row, col = place.window.row - task.window.row, place.window.col - task.window.col
        part = place.window._replace(row=row, col=col)
        block = block_of(grid, place, cells=cells[part.slices])
        if task.ranges is not None:
            here = near(block, pieces)
            sought = task.ranges.of(np.isin(task.ranges.owner, here.owner))
            for cover in covers(block, here, squares=_met(block, sought)):
                _count(block, cover, sought, made)
            continue
        for cover in covers(block, pieces):
            how = np.array([method[zone] for zone in cover.zones.tolist()])
            _measure(task, block, cover, how, made)
    return made


def _met(block: Block, ranges: Ranges) -> Array:
    """Return which squares have a value in any of the ranges."""
    kind = block.keys.dtype.type
    met = np.zeros(block.keys.shape, dtype=bool)
    for low, high in {*zip(ranges.low.tolist(), ranges.high.tolist(), strict=True)}:
        met |= (block.keys >= kind(low)) & (block.keys <= kind(high))
    return np.asarray((met & block.known).any(axis=1))


def _measure(task: Task, block: Block, cover: Cover, method: Array, made: Partial) -> None:
    zones = cover.zones
    made.sums.append(Sums(zones, np.full(len(zones), block.place.number), moments(block, cover)))
    if task.source.kind == "categorical":
        made.classes.append((block.place.number, classes(block, cover)))
        return
    if not task.wanted:
        return
    if (method == HERE).any():
        found = cells_of(block, cover, wanted=method == HERE)
        keys = block.keys.ravel()[found.at]
        values = quantiles_of(
            Kept(found.owner, keys, found.weight),
            len(zones),
            wanted=task.wanted,
            dtype=block.values.dtype,
        )
        here = method == HERE
        made.quantiles.append((zones[here], values[here]))
    if (method == KEPT).any():
        found = cells_of(block, cover, wanted=method == KEPT)
        made.kept.append(Kept(zones[found.owner], block.keys.ravel()[found.at], found.weight))
    counted = np.unique(zones[method == COUNTED])
    if len(counted):
        _count(block, cover, everything(counted, block.values.dtype), made)


def everything(owner: Array, dtype: np.dtype) -> Ranges:
    """Return all keys of a type for owners."""
    bits = bits_of(dtype)
    top = np.full(len(owner), (1 << bits) - 1, dtype="uint64")
    return Ranges(
        owner, owner, np.zeros_like(top), top, np.full(len(owner), max(bits - BINS_BITS, 0))
    )


def quantiles_of(cells: Kept, count: int, *, wanted: tuple[float, ...], dtype: np.dtype) -> Array:
    """Return quantiles of zones (`count` x wanted) of which all cells are at hand."""
    heaviest = np.zeros(count)
    np.maximum.at(heaviest, cells.owner, cells.weight)
    weight = quantiles.steps(cells.weight / heaviest[cells.owner])
    made = quantiles.runs(cells.owner, cells.key, weight=weight)
    number, sums = quantiles.total(made, count)
    none = np.zeros(len(made.owner), dtype="int64")
    where = quantiles.stand(made, (none, none), number=number[made.owner])
    values = value_of(made.key, dtype)
    whole = (number - 1) * sums.astype("float64")
    return np.column_stack(
        [quantiles.at(made, values, where=where, target=q * whole) for q in wanted]
    )


def _count(block: Block, cover: Cover, ranges: Ranges, made: Partial) -> None:
    """Count the values of zones by bins of their ranges."""
    known = block.known.ravel()[cover.at]
    at = cover.at[known]
    share = weights(block, at, share=cover.share[known])
    keys = block.keys.ravel()[at]
    ends = np.searchsorted(cover.owner[known], np.arange(len(cover.zones) + 1))
    squares = dict(by_owner(cover))
    for local, zone in enumerate(cover.zones.tolist()):
        rows = np.flatnonzero(ranges.owner == zone)
        if not len(rows):
            continue
        edge = slice(ends[local], ends[local + 1])
        weight, values = [share[edge]], [keys[edge]]
        if local in squares:
            inner = squares[local]
            full = bool(block.whole[inner].all())
            there = slice(None) if full else block.known[inner].ravel()
            values.append(block.keys[inner].ravel()[there])
            area = (
                np.ones(len(values[1])) if block.area is None else block.area[inner].ravel()[there]
            )
            weight.append(area)
        key, heavy = np.concatenate(values), quantiles.steps(np.concatenate(weight))
        for row in rows.tolist():
            made.counts.append(_counted(key, heavy, ranges.of(row)))


def _counted(key: Array, weight: Array, asked: Ranges) -> Runs:
    """Return the cells of one zone in one range as runs."""
    number, _, low, high, shift = asked
    kind = key.dtype.type
    if low > 0 or int(high) < np.iinfo(key.dtype).max:
        inside = (key >= kind(low)) & (key <= kind(high))
        key, weight = key[inside], weight[inside]
    bins = (key - kind(low)) >> kind(shift)
    return _runs(int(number), bins, weight)


def _runs(owner: int, bins: Array, weight: Array) -> Runs:
    """Return cells of one owner as runs; without sorting where there are few bins."""
    if len(bins) < 1 << 12 or int(bins.max()) >= 1 << BINS_BITS:
        return quantiles.runs(np.full(len(bins), owner), bins, weight=weight)
    codes = bins.astype("int64")
    cells = np.bincount(codes)
    there = np.flatnonzero(cells)
    full = int(quantiles.STEPS)
    sums = cells * full
    lightest, heaviest = np.full(len(cells), 1 << 62), np.zeros(len(cells), "int64")
    odd = np.flatnonzero(weight != full)
    np.add.at(sums, codes[odd], weight[odd] - full)
    np.minimum.at(lightest, codes[odd], weight[odd])
    np.maximum.at(heaviest, codes[odd], weight[odd])
    plain = cells - np.bincount(codes[odd], minlength=len(cells)) > 0
    lightest = np.where(plain, np.minimum(lightest, full), lightest)
    heaviest = np.where(plain, np.maximum(heaviest, full), heaviest)
    owners = np.full(len(there), owner)
    return Runs(
        owners, there.astype("uint64"), cells[there], sums[there], lightest[there], heaviest[there]
    )
