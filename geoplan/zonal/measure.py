"""Statistics of zones in one block."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from geoplan.errors import DataError
from geoplan.zonal.block import SIDE, Block, Moments
from geoplan.zonal.cover import Cover

Array = np.ndarray

DENSE = 1 << 22
"""Groups up to which sums are kept for each that there may be."""

MOST_CLASS = (1 << 63) - 1
"""The highest number of a class."""


class Cells(NamedTuple):
    """Cells with data: one row a zone and cell, zone by zone."""

    owner: Array
    at: Array
    weight: Array
    """Covered area, in areas of the reference cell."""


class Classes(NamedTuple):
    """Sums for classes in zones, sorted by zone and class."""

    owner: Array
    value: Array
    cells: Array
    weight: Array


def moments(block: Block, cover: Cover) -> Moments:
    """Return the moments of each zone."""
    owner, count = cover.owner, len(cover.zones)
    x = block.flat[cover.at]
    known = block.known.ravel()[cover.at]
    weight_total = weights(block, cover.at, share=cover.share)
    share, weight = cover.share * known, weight_total * known
    sums = np.bincount(owner, weight, count)
    mean = _ratio(np.bincount(owner, weight * x, count), sums)
    least, most = np.full(count, np.inf), np.full(count, -np.inf)
    np.minimum.at(least, owner[known], x[known])
    np.maximum.at(most, owner[known], x[known])
    edge = Moments(
        np.bincount(owner, share, count),
        np.bincount(owner, cover.share, count),
        sums,
        np.bincount(owner, weight_total, count),
        np.bincount(owner, share * x, count),
        mean,
        np.bincount(owner, weight * (x - mean[owner]) ** 2, count),
        least,
        most,
    )
    if not len(cover.inner):
        return edge
    inner = [each[cover.inner] for each in block.squares]
    both = Moments(*(np.concatenate(pair) for pair in zip(edge, inner, strict=True)))
    return merged(np.concatenate([np.arange(count), cover.inner_owner]), both, count=count)


def merged(owner: Array, rows: Moments, *, count: int) -> Moments:
    """Return the moments of each owner, from rows that belong to it, added in their order."""
    sums = [np.bincount(owner, each, count) for each in rows[:5]]
    weight = sums[2]
    mean = _ratio(np.bincount(owner, rows.weight * rows.mean, count), weight)
    apart = rows.weight * (rows.mean - mean[owner]) ** 2
    least, most = np.full(count, np.inf), np.full(count, -np.inf)
    np.minimum.at(least, owner, rows.least)
    np.maximum.at(most, owner, rows.most)
    spread = np.bincount(owner, rows.spread + apart, count)
    return Moments._make([*sums, mean, spread, least, most])


def classes(block: Block, cover: Cover) -> Classes:
    """Return what each zone has of each class."""
    count = len(cover.zones)
    known = block.known.ravel()
    values, codes = np.unique(block.values, return_inverse=True)
    if values.dtype.kind == "u" and values[-1] > MOST_CLASS:
        raise DataError(f"class {values[-1]}: the highest class that is read is {MOST_CLASS}")
    codes, span = codes.ravel(), len(values)
    kept = known[cover.at]
    at, owner, share = cover.at[kept], cover.owner[kept], cover.share[kept]
    groups = [_sums(owner * span + codes[at], count * span, share, weights(block, at, share=share))]
    for local, squares in by_owner(cover):
        inner = inner_at(block, squares)
        ones = np.ones(len(inner))
        found = _sums(codes[inner], span, ones, weights(block, inner, share=ones))
        groups.append((found[0] + local * span, *found[1:]))
    where, cells, weight = map(np.concatenate, zip(*groups, strict=True))
    ids, cells, weight = _sums(where, count * span, cells, weight)
    return Classes(cover.zones[ids // span], values[ids % span].astype("int64"), cells, weight)


def cells_of(block: Block, cover: Cover, *, wanted: Array) -> Cells:
    """Return the cells with data of those zones of `cover` that are `wanted` (one truth a zone)."""
    kept = wanted[cover.owner] & block.known.ravel()[cover.at]
    owner, at, share = [cover.owner[kept]], [cover.at[kept]], [cover.share[kept]]
    for local, squares in by_owner(cover):
        if wanted[local]:
            inner = inner_at(block, squares)
            owner.append(np.full(len(inner), local))
            at.append(inner)
            share.append(np.ones(len(inner)))
    owners, places, shares = map(np.concatenate, (owner, at, share))
    made = Cells(owners, places, weights(block, places, share=shares))
    if len(owner) == 1:
        return made
    order = np.argsort(owners, kind="stable")
    return Cells(*(each[order] for each in made))


def by_owner(cover: Cover) -> list[tuple[int, Array]]:
    """Return the squares that are covered wholly, by zone."""
    owners, starts = np.unique(cover.inner_owner, return_index=True)
    return (
        list(zip(owners.tolist(), np.split(cover.inner, starts[1:]), strict=True))
        if len(owners)
        else []
    )


def inner_at(block: Block, squares: Array) -> Array:
    """Return the places of the cells with data in squares."""
    places = (squares[:, None] * SIDE**2 + np.arange(SIDE**2)).ravel()
    if block.whole[squares].all():
        return np.asarray(places)
    return np.asarray(places[block.known[squares].ravel()])


def weights(block: Block, at: Array, *, share: Array) -> Array:
    """Return the area of parts of cells, in areas of the reference cell."""
    return share if block.area is None else np.asarray(share * block.area.ravel()[at])


def _ratio(above: Array, below: Array) -> Array:
    return np.asarray(np.divide(above, below, out=np.zeros(len(above)), where=below > 0))


def _sums(group: Array, span: int, *weights: Array) -> tuple[Array, ...]:
    """Return the groups that there are, ascending, and sums of weights in the order of rows."""
    if span <= DENSE:
        ids = np.flatnonzero(np.bincount(group, minlength=span))
        return ids, *(np.bincount(group, each, span)[ids] for each in weights)
    ids, at = np.unique(group, return_inverse=True)
    return ids, *(np.bincount(at, each, len(ids)) for each in weights)
