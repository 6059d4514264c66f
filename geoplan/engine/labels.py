"""What rows are grouped by: the values of their columns, as codes and labels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from geoplan import vector
from geoplan.engine.kernel import Array

MOST_KEYS = 2**62

Label = tuple[object, ...]
"""Values of by-columns."""


def unique_rows(table: Array) -> tuple[Array, Array]:
    """Return the different rows of a table, sorted, and for each row the number of its like.

    As `numpy.unique` along an axis, which compares rows byte by byte; of whole
    numbers that are not negative.
    """
    sizes = table.max(axis=0, initial=0) + 1
    if np.prod(sizes, dtype=float) >= MOST_KEYS:
        rows, inverse = np.unique(table, axis=0, return_inverse=True)
        return rows, np.asarray(inverse).reshape(-1)
    keys, inverse = np.unique(_keys(table, sizes), return_inverse=True)
    rows = np.empty((len(keys), len(sizes)), dtype=np.int64)
    for k in range(len(sizes) - 1, -1, -1):
        keys, rows[:, k] = np.divmod(keys, sizes[k])
    return rows, np.asarray(inverse)


def _keys(table: Array, sizes: Array) -> Array:
    made = np.zeros(len(table), dtype=np.int64)
    for k, size in enumerate(sizes.tolist()):
        made = made * size + table[:, k]
    return made


def groups_of(table: vector.Table, rows: int) -> tuple[Array, list[Label]]:
    """Return for each of the rows of a table the number of its label, and the labels, sorted."""
    columns = vector.codes_of(table)
    if not columns:
        return np.zeros(rows, dtype=np.int64), [()]
    codes = np.stack([codes for codes, _ in columns], axis=1)
    unique, inverse = unique_rows(codes)
    values = [values for _, values in columns]
    labels = [tuple(values[k][n] for k, n in enumerate(row)) for row in unique.tolist()]
    # Cells that are empty in two ways have one label.
    known = sorted(set(labels), key=sorted_by)
    places = {label: n for n, label in enumerate(known)}
    numbers = np.array([places[label] for label in labels], dtype=np.int64)
    return numbers[inverse], known


def sorted_by(label: Sequence[Any]) -> tuple[tuple[bool, str, Any], ...]:
    """Order labels of any types: empty values first, then by type and value."""
    return tuple((v is not None, type(v).__name__, 0 if v is None else v) for v in label)
