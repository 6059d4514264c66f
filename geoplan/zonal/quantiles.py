"""Quantiles of values with weights, exact, from counts of values that may be added up.

The definition is that of exactextract 0.3: of n values, sorted, the i-th (from 0)
with weight w and C before it stands at s = i w + (n - 1) C, and the quantile q at
q (n - 1) times the sum of weights; between two values it is in proportion. Where
several cells have the same value, exactextract takes them in any order; here the
lighter come first.

Weights are whole numbers of `STEPS` to the heaviest cell, so that sums are exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

Array = np.ndarray

STEPS = float(1 << 26)
"""Steps of a weight of 1."""


class Runs(NamedTuple):
    """Equal values, or values of one bin, of a zone; sorted by owner and key."""

    owner: Array
    key: Array
    """uint64."""
    cells: Array
    """How many cells."""
    weight: Array
    """Sum of their weights, in steps."""
    lightest: Array
    heaviest: Array


class Stand(NamedTuple):
    """Where runs stand in the order of their owner: bounds, exact for runs of one value."""

    first: Array
    """Where the first cell stands, at least."""
    first_most: Array
    """And at most."""
    last: Array
    """Where the last cell stands, at least."""


def steps(weight: Array) -> Array:
    """Return weights, relative to the heaviest, in steps; none is lost."""
    return np.maximum(np.rint(weight * STEPS), 1).astype("int64")


def runs(owner: Array, key: Array, *, weight: Array) -> Runs:
    """Return cells, in any order, as runs of the same owner and key; weights are in steps."""
    if key.dtype.itemsize <= 4:
        order = np.argsort((owner.astype("uint64") << np.uint64(32)) | key.astype("uint64"))
    else:
        order = np.lexsort((key, owner))
    return added(
        owner[order],
        key[order].astype("uint64"),
        rows=(np.ones(len(order), "int64"), *(weight[order],) * 3),
    )


def added(owner: Array, key: Array, *, rows: tuple[Array, ...]) -> Runs:
    """Return rows sorted by owner and key, added up where both are equal."""
    if not len(owner):
        none = np.empty(0, dtype="int64")
        return Runs(none, none.astype("uint64"), none, none, none, none)
    new = np.concatenate([[True], (owner[1:] != owner[:-1]) | (key[1:] != key[:-1])])
    at = np.flatnonzero(new)
    cells, weight, lightest, heaviest = rows
    return Runs(
        owner[at],
        key[at],
        np.add.reduceat(cells, at),
        np.add.reduceat(weight, at),
        np.minimum.reduceat(lightest, at),
        np.maximum.reduceat(heaviest, at),
    )


def joined(many: Sequence[Runs]) -> Runs:
    """Return runs of several blocks as one."""
    rows = Runs(*map(np.concatenate, zip(*many, strict=True))) if many else _NOTHING
    order = np.lexsort((rows.key, rows.owner))
    return added(rows.owner[order], rows.key[order], rows=tuple(each[order] for each in rows[2:]))


_NOTHING = added(np.empty(0, dtype="int64"), np.empty(0, dtype="uint64"), rows=())


def total(made: Runs, count: int) -> tuple[Array, Array]:
    """Return cells and weight of each of `count` owners."""
    cells, weight = np.zeros(count, "int64"), np.zeros(count, "int64")
    np.add.at(cells, made.owner, made.cells)
    np.add.at(weight, made.owner, made.weight)
    return cells, weight


def stand(made: Runs, below: tuple[Array, Array], *, number: Array) -> Stand:
    """Return where runs stand, with `below` (cells and weight, a row) before the owner's first.

    `number` is how many cells the owner has, a row.
    """
    starts = np.searchsorted(made.owner, made.owner)
    rank = _before(made.cells, starts) + below[0]
    weight = _before(made.weight, starts) + below[1]
    many = (number - 1).astype("float64")
    lightest, heaviest = made.lightest.astype("float64"), made.heaviest.astype("float64")
    last = rank + made.cells - 1
    before_last = weight + made.weight - made.heaviest
    return Stand(
        rank * lightest + many * weight,
        rank * heaviest + many * weight,
        last * heaviest + many * before_last,
    )


def at(made: Runs, values: Array, *, where: Stand, target: Array) -> Array:
    """Return for each owner the value at `target`, an entry an owner; NaN for one without runs.

    Runs are of one value each, and have those on both sides of the target.
    """
    count = len(target)
    low = np.searchsorted(made.owner, np.arange(count))
    high = np.searchsorted(made.owner, np.arange(count), side="right")
    passed = np.concatenate([[0], np.cumsum(where.last < target[made.owner])])
    right = low + passed[high] - passed[low]
    there = np.flatnonzero(high > low)
    result = np.full(count, np.nan)
    right, low, high = right[there], low[there], high[there]
    beyond, right = right == high, np.minimum(right, high - 1)
    left = np.maximum(right - 1, low)
    begin, end = where.last[left], where.first[right]
    wanted = target[there]
    inside = beyond | (wanted >= end) | (left == right)
    gap = np.where(inside, 1.0, end - begin)
    between = values[left] + (wanted - begin) * (values[right] - values[left]) / gap
    result[there] = np.where(inside, values[right], between)
    return result


def _before(values: Array, starts: Array) -> Array:
    """Return the sum of what stands before, since the owner's first row; whole numbers."""
    sums = np.cumsum(values) - values
    return np.asarray(sums - sums[starts])
