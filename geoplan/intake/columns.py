"""What the columns of a layer hold."""

from __future__ import annotations

import math
from collections.abc import Hashable

import numpy as np
import pandas as pd

from geoplan.intake.model import Field

LONGEST = 60
"""Letters of a value that are told."""

SAMPLES = 3


def fields_of(table: pd.DataFrame) -> tuple[Field, ...]:
    """Return what each column of a table without geometry holds."""
    return tuple(
        _field(str(name), table.iloc[:, place]) for place, name in enumerate(table.columns)
    )


def grouping_column(fields: tuple[Field, ...], rows: int) -> str | None:
    """Return the column that looks most like classes: few values, most of them filled."""
    likely = [
        f
        for f in fields
        if f.type == "text" and 1 < f.distinct <= max(2, min(30, rows // 2)) and f.empty < rows / 2
    ]
    likely.sort(key=lambda f: f.distinct)
    texts = [f for f in fields if f.type == "text" and f.distinct]
    others = [f for f in fields if f.distinct]
    chosen = [*likely, *texts, *others]
    return chosen[0].name if chosen else None


def _field(name: str, cells: pd.Series) -> Field:
    missing = cells.isna() | (cells.astype(object).map(_is_blank))
    filled = cells[~missing]
    values = filled.map(_plain)
    counts = values.value_counts(sort=True) if len(values) else pd.Series(dtype="int64")
    # Of values that are as common, the first in order: the same file, the same words.
    order = sorted(counts.items(), key=lambda pair: (-pair[1], str(pair[0])))
    ordered = _kind(cells) in ("number", "integer", "date")
    return Field(
        name=name,
        type=_kind(cells),
        empty=int(missing.sum()),
        distinct=len(counts),
        least=_told(filled.min()) if ordered and len(filled) else None,
        most=_told(filled.max()) if ordered and len(filled) else None,
        samples=tuple(_told(value) for value, _ in order[:SAMPLES]),
    )


def _kind(cells: pd.Series) -> str:
    if pd.api.types.is_bool_dtype(cells):
        return "yes/no"
    if pd.api.types.is_integer_dtype(cells):
        return "integer"
    if pd.api.types.is_numeric_dtype(cells):
        return "number"
    if pd.api.types.is_datetime64_any_dtype(cells):
        return "date"
    kinds = {type(cell) for cell in cells[cells.notna()].head(1_000)}
    if kinds <= {str}:
        return "text" if kinds else "empty"
    return "other"


def _is_blank(cell: object) -> bool:
    return isinstance(cell, str) and not cell.strip()


def _plain(cell: object) -> Hashable:
    """Return a cell as something that can be counted."""
    if isinstance(cell, list | dict | set | np.ndarray | bytes):
        return str(cell)[:LONGEST]
    return cell if isinstance(cell, Hashable) else str(cell)


def _told(value: object) -> object:
    """Return a value as JSON has it; long texts are cut."""
    made = getattr(value, "item", lambda: value)()
    if isinstance(made, float):
        return made if math.isfinite(made) else str(made)
    if isinstance(made, bool | int) or made is None:
        return made
    text = str(made)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
