"""Make and check tables against the schema; every fault of a table in one message."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

import pandas as pd

from geoplan.errors import SchemaError, listed
from geoplan.schema.columns import Column, Table
from geoplan.schema.tables import TABLES
from geoplan.schema.vocabulary import Dtype, Severity

Tables = Mapping[str, pd.DataFrame]
"""Tables by name."""


def row_id(*parts: object) -> str:
    """Identify a row by its content: ``r`` and 12 hexadecimal digits of a sha256.

    Never an ordinal; and never digits alone or such as 12e4567, which a
    spreadsheet would turn into a number.
    """
    joined = "\x1f".join(["" if part is None else str(part) for part in parts])
    return "r" + hashlib.sha256(joined.encode()).hexdigest()[:12]


def issue_row(
    check: str,
    subject: str,
    message: str,
    *,
    measured: str | None = None,
    limit: str | None = None,
    severity: Severity = "warning",
) -> dict[str, Any]:
    """Make a row of `issues`; `check` is ``stage.name``, such as ``layers.repaired``."""
    stage, _, name = check.partition(".")
    return {
        "id": row_id(stage, name, subject, measured, message),
        "stage": stage,
        "check": name,
        "severity": severity,
        "subject": subject,
        "measured": measured,
        "limit": limit,
        "message": message,
    }


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of `table` as dictionaries, with None in empty cells."""
    names = list(table.columns)
    columns = [_cells(column) for _, column in table.items()]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def _cells(column: pd.Series) -> list[Any]:
    """Return the cells of a column as Python has them, with None in empty ones."""
    cells = list(column.to_numpy(dtype=object)) if _is_text(column) else list(column)
    empty = column.isna().to_numpy()
    if empty.any():
        cells = [None if gone else cell for cell, gone in zip(cells, empty.tolist(), strict=True)]
    return cells


def _is_text(column: pd.Series) -> bool:
    return isinstance(column.dtype, pd.StringDtype)


_DTYPES: dict[str, Any] = {"text": "str", "real": "float64", "integer": "int64", "flag": "bool"}


def frame(name: str, rows: Iterable[Mapping[str, object]]) -> pd.DataFrame:
    """Make table `name` from rows, with its columns, types and order.

    Geometry stays an object column; callers that need one make a
    GeoDataFrame of it. Raises `SchemaError` on any fault.
    """
    table = TABLES[name]
    made = pd.DataFrame(list(rows), columns=table.names)
    for column in table.columns:
        if column.dtype != "geometry":
            made[column.name] = made[column.name].astype(_DTYPES[column.dtype])
    if table.sort:
        made = made.sort_values(
            list(table.sort),
            kind="stable",
            ignore_index=True,
            na_position="first",
            key=partial(_in_order, table),
        )
    check(name, made)
    return made


def _in_order(table: Table, cells: pd.Series) -> pd.Series:
    """Return what sorts words of a vocabulary in its order: grades from the strongest."""
    allowed = next(column.allowed for column in table.columns if column.name == cells.name)
    return cells.map({word: i for i, word in enumerate(allowed)}) if allowed else cells


def check(name: str, table: pd.DataFrame) -> None:
    """Check that `table` is the table `name` of the schema.

    Raises
    ------
    SchemaError
        With every fault at once: missing and unknown columns, wrong types,
        empty cells, values outside the vocabulary, repeated keys.
    """
    spec = TABLES[name]
    faults = [f"column {c!r} is missing" for c in spec.names if c not in table]
    faults += [f"column {c!r} is unknown" for c in table.columns if c not in spec.names]
    for column in spec.columns:
        if column.name in table:
            faults += _column_faults(column, table[column.name])
    if not any(c not in table for c in spec.key):
        repeated = table[table.duplicated(list(spec.key), keep=False)]
        if len(repeated):
            first = repeated.iloc[0][list(spec.key)].to_dict()
            faults.append(f"{len(repeated)} rows share their key {spec.key}, for instance {first}")
    if faults:
        raise SchemaError(f"table {name!r} has {len(faults)} fault(s):\n{listed(faults)}")


def _column_faults(column: Column, cells: pd.Series) -> list[str]:
    faults = []
    empty = int(cells.isna().sum())
    if empty and not column.nullable:
        faults.append(f"column {column.name!r} is empty in {empty} row(s)")
    if not _has_dtype(column.dtype, cells):
        faults.append(f"column {column.name!r} is {cells.dtype}, should be {column.dtype}")
    elif column.allowed:
        wrong = sorted(set(cells.dropna().unique()) - set(column.allowed))
        if wrong:
            faults.append(
                f"column {column.name!r} holds {wrong[:5]}; allowed: {', '.join(column.allowed)}"
            )
    return faults


def _has_dtype(dtype: Dtype, cells: pd.Series) -> bool:
    if dtype == "text":
        return isinstance(cells.dtype, pd.StringDtype) or (
            cells.dtype == object and all(isinstance(c, str) for c in cells.dropna())
        )
    if dtype == "geometry":
        return cells.dtype == object or str(cells.dtype) == "geometry"
    kinds = {"real": "f", "integer": "i", "flag": "b"}
    return getattr(cells.dtype, "kind", "") == kinds[dtype]
