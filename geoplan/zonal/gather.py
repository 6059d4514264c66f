"""What tasks have found is put together, in the order of blocks, whoever found it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from geoplan.zonal import quantiles
from geoplan.zonal.block import Moments
from geoplan.zonal.keys import value_of
from geoplan.zonal.measure import Classes, merged
from geoplan.zonal.quantiles import Runs
from geoplan.zonal.work import BINS_BITS, Kept, Partial, Ranges, Sums, everything, quantiles_of

Array = np.ndarray

MOST_ROWS = 1 << 20
"""Cells of a range up to which their values are fetched, not counted by bins once more."""


class Sought(NamedTuple):
    """Quantiles that are sought among the values of a range, a row each."""

    zone: Array
    column: Array
    """Which of the quantiles."""
    target: Array
    number: Array
    """Cells of the zone."""
    below_cells: Array
    below_weight: Array
    """What lies before the range; in steps."""
    cells: Array
    """Cells in the range."""
    low: Array
    high: Array
    shift: Array

    def of(self, chosen: Array) -> Sought:
        """Return some of them."""
        return Sought(*(each[chosen] for each in self))

    @property
    def ranges(self) -> Ranges:
        """What tasks have to count."""
        order = np.argsort(self.zone, kind="stable")
        made = Ranges(np.arange(len(self.zone)), self.zone, self.low, self.high, self.shift)
        return Ranges(*(each[order] for each in made))


def sums_of(parts: Sequence[Sums], count: int) -> Moments:
    """Return the moments of `count` zones from those in blocks."""
    if not parts:
        none = np.zeros(count)
        return Moments._make([*[none] * 7, np.full(count, np.inf), np.full(count, -np.inf)])
    owner = np.concatenate([each.owner for each in parts])
    block = np.concatenate([each.block for each in parts])
    many = zip(*(each.moments for each in parts), strict=True)
    rows = Moments(*(np.concatenate(each) for each in many))
    order = np.lexsort((block, owner))
    return merged(owner[order], Moments(*(each[order] for each in rows)), count=count)


def classes_of(parts: Sequence[tuple[int, Classes]]) -> Classes:
    """Return sums by zone and class from those in blocks, given with the number of the block."""
    if not any(len(each.owner) for _, each in parts):
        none = np.empty(0, dtype="int64")
        return Classes(none, none, np.empty(0), np.empty(0))
    block = np.concatenate([np.full(len(each.owner), number) for number, each in parts])
    rows = Classes(*map(np.concatenate, zip(*(each for _, each in parts), strict=True)))
    order = np.lexsort((block, rows.value, rows.owner))
    owner, value = rows.owner[order], rows.value[order]
    new = np.concatenate([[True], (owner[1:] != owner[:-1]) | (value[1:] != value[:-1])])
    group = np.cumsum(new) - 1
    cells, weight = (np.bincount(group, each[order]) for each in (rows.cells, rows.weight))
    return Classes(owner[new], value[new], cells, weight)


class Quantiles:
    """Quantiles of zones, as their cells and counts come in.

    Parameters
    ----------
    last
        Number of the last block of each zone.
    """

    def __init__(self, wanted: tuple[float, ...], last: Array, *, dtype: np.dtype) -> None:
        self.values = np.full((len(last), len(wanted)), np.nan)
        self.sought: list[Sought] = []
        self._wanted, self._last, self._dtype = wanted, last, dtype
        self._kept: list[Kept] = []
        self._counts: list[Runs] = []

    def add(self, found: Iterable[Partial], *, done: int) -> None:
        """Take what tasks have found; zones whose last block comes before `done` are whole."""
        for each in found:
            for zones, values in each.quantiles:
                self.values[zones] = values
            self._kept += each.kept
            self._counts += each.counts
        self._end_kept(done)
        self._end_counts(done)

    def _end_kept(self, done: int) -> None:
        if not self._kept:
            return
        rows = Kept(*map(np.concatenate, zip(*self._kept, strict=True)))
        whole = self._last[rows.owner] < done
        self._kept = [Kept(*(each[~whole] for each in rows))]
        zones, owner = np.unique(rows.owner[whole], return_inverse=True)
        cells = Kept(owner, rows.key[whole], rows.weight[whole])
        if len(zones):
            found = quantiles_of(cells, len(zones), wanted=self._wanted, dtype=self._dtype)
            self.values[zones] = found

    def _end_counts(self, done: int) -> None:
        if not self._counts:
            return
        rows = Runs(*map(np.concatenate, zip(*self._counts, strict=True)))
        whole = self._last[rows.owner] < done
        self._counts = [Runs(*(each[~whole] for each in rows))]
        zones, owner = np.unique(rows.owner[whole], return_inverse=True)
        if not len(zones):
            return
        made = quantiles.joined([Runs(owner, *(each[whole] for each in rows[1:]))])
        number, weight = quantiles.total(made, len(zones))
        for column, q in enumerate(self._wanted):
            found = first_sought(
                zones,
                column,
                target=q * ((number - 1) * weight.astype("float64")),
                number=number,
                dtype=self._dtype,
            )
            self._narrow(found, made)

    def _narrow(self, sought: Sought, made: Runs) -> None:
        """Find the quantiles whose values `made` tells, and narrow the ranges of the others.

        `made` are counts in the ranges, owned by the row of `sought`.
        """
        values, narrower = narrowed(sought, made, dtype=self._dtype)
        found = ~np.isnan(values)
        self.values[sought.zone[found], sought.column[found]] = values[found]
        if len(narrower.zone):
            self.sought.append(narrower)

    def take(self) -> Sought | None:
        """Return what is still sought; None where all is found."""
        if not self.sought:
            return None
        made = Sought(*map(np.concatenate, zip(*self.sought, strict=True)))
        self.sought = []
        order = np.lexsort((made.column, made.zone))
        return made.of(order)

    def counted(self, sought: Sought, found: Iterable[Partial]) -> None:
        """Take counts in the ranges of what is sought."""
        counts = [runs for each in found for runs in each.counts]
        rows = sum(len(each.owner) for each in counts)
        for chosen in np.array_split(np.arange(len(sought.zone)), rows // MOST_ROWS + 1):
            if len(chosen):
                low, high = chosen[0], chosen[-1]
                kept = [(each, (each.owner >= low) & (each.owner <= high)) for each in counts]
                part = [Runs(*(column[rows] for column in each)) for each, rows in kept]
                made = quantiles.joined(part)
                self._narrow(sought.of(chosen), made._replace(owner=made.owner - low))


def first_sought(
    zone: Array, column: int, *, target: Array, number: Array, dtype: np.dtype
) -> Sought:
    """Return quantiles sought among all values."""
    whole = everything(zone, dtype)
    none = np.zeros_like(number)
    return Sought(zone, np.full(len(zone), column), target, number, none, none, number, *whole[2:])


def narrowed(sought: Sought, made: Runs, *, dtype: np.dtype) -> tuple[Array, Sought]:
    """Return values that are found, NaN for others, and where those have to be sought."""
    own = made.owner
    below = sought.below_cells[own], sought.below_weight[own]
    where = quantiles.stand(made, below, number=sought.number[own])
    exact = sought.shift == 0
    values = np.full(len(exact), np.nan)
    known = Runs(*(each[exact[own]] for each in made))
    if len(known.owner):
        place = quantiles.Stand(*(each[exact[own]] for each in where))
        x = value_of(sought.low[known.owner] + known.key, dtype)
        values = quantiles.at(known, x, where=place, target=sought.target)
    rest = np.flatnonzero(~exact)
    low = np.searchsorted(own, rest)
    high = np.searchsorted(own, rest, side="right")
    first, last = low.copy(), high - 1
    for n, row in enumerate(rest.tolist()):
        span = slice(low[n], high[n])
        target = sought.target[row]
        first[n] += max(np.count_nonzero(where.first_most[span] < target) - 1, 0)
        last[n] = min(low[n] + np.count_nonzero(where.last[span] < target), high[n] - 1)
        first[n] = min(first[n], last[n])
    return values, _narrower(sought.of(rest), made, low, first, last)


def _narrower(sought: Sought, made: Runs, start: Array, first: Array, last: Array) -> Sought:
    """Return what is sought in the bins from `first` to `last`."""
    cells = np.concatenate([[0], np.cumsum(made.cells)])
    weight = np.concatenate([[0], np.cumsum(made.weight)])
    shift = sought.shift.astype("uint64")
    low = sought.low + (made.key[first] << shift)
    high = sought.low + (made.key[last] << shift) + ((np.uint64(1) << shift) - np.uint64(1))
    count = cells[last + 1] - cells[first]
    bits = np.array(
        [int(h - w).bit_length() for h, w in zip(high, low, strict=True)], dtype="int64"
    )
    finer = np.where(count > MOST_ROWS, np.maximum(bits - BINS_BITS, 0), 0)
    return sought._replace(
        below_cells=sought.below_cells + cells[first] - cells[start],
        below_weight=sought.below_weight + weight[first] - weight[start],
        cells=count,
        low=low,
        high=high,
        shift=finer,
    )
