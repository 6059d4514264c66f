"""What rows are grouped by: the values of their columns, as codes and labels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from geoplan import vector
from geoplan.engine.kernel import Array

Label = tuple[object, ...]
"""Values of by-columns."""


def groups_of(table: vector.Table, rows: int) -> tuple[Array, list[Label]]:
    """Return for each of the rows of a table the number of its label, and the labels, sorted."""
    columns = vector.codes_of(table)
    if not columns:
        return np.zeros(rows, dtype=np.int64), [()]
    codes = np.stack([codes for codes, _ in columns], axis=1)
    unique, inverse = np.unique(codes, axis=0, return_inverse=True)
    values = [values for _, values in columns]
    labels = [tuple(values[k][n] for k, n in enumerate(row)) for row in unique.tolist()]
    # Cells that are empty in two ways have one label.
    known = sorted(set(labels), key=sorted_by)
    places = {label: n for n, label in enumerate(known)}
    numbers = np.array([places[label] for label in labels], dtype=np.int64)
    return numbers[np.asarray(inverse).reshape(-1)], known


def sorted_by(label: Sequence[Any]) -> tuple[tuple[bool, str, Any], ...]:
    """Order labels of any types: empty values first, then by type and value."""
    return tuple((v is not None, type(v).__name__, 0 if v is None else v) for v in label)
