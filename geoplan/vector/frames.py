"""Arrow tables as tables of shapes: every column keeps its values, or it is told."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
import pyarrow as pa

import shapely

from geoplan.reading import Notice
from geoplan.vector.columns import whole
from geoplan.vector.contents import rows_of, some

TEXT = pd.StringDtype(na_value=np.nan)
GEOMETRY = "geometry"
"""Name of the column of shapes."""


def columns_in(table: pa.Table) -> tuple[pd.DataFrame, list[Notice]]:
    """Return the columns of a table without geometry, and what had to be changed.

    Whole numbers and truth values stay such where cells are empty; lists and records
    become JSON texts; bytes are left out; names are made unique.
    """
    notices = []
    blobs = [n for n, field in enumerate(table.schema) if _is_bytes(field.type)]
    if blobs:
        names = [table.schema.field(n).name for n in blobs]
        notices.append(
            Notice(
                "format.binary_columns",
                "info",
                f"{len(blobs)} column(s) of bytes are left out: {some(names)}",
                count=len(blobs),
            )
        )
    kept = [n for n in range(table.num_columns) if n not in blobs]
    nested = [n for n in kept if pa.types.is_nested(table.schema.field(n).type)]
    if nested:
        names = [table.schema.field(n).name for n in nested]
        notices.append(
            Notice(
                "format.nested_columns",
                "info",
                f"{len(nested)} column(s) of lists or records are read as JSON texts: "
                f"{some(names)}",
                count=len(nested),
            )
        )
    names, renamed = unique([str(table.schema.field(n).name) for n in kept])
    notices += renamed
    made = {name: _series(table.column(n)) for name, n in zip(names, kept, strict=True)}
    return pd.DataFrame(made, index=pd.RangeIndex(table.num_rows)), notices


def unique(names: Sequence[str]) -> tuple[list[str], list[Notice]]:
    """Return names of columns, none twice, none empty, none that of the shapes; and what changed.

    The second ``a`` is called ``a_2``.
    """
    taken = {GEOMETRY, *names}
    seen: set[str] = {GEOMETRY}
    made, told = [], []
    for at, name in enumerate(names, 1):
        new = name if name.strip() else f"column_{at}"
        if new in seen:
            number = 2
            while f"{new}_{number}" in taken or f"{new}_{number}" in seen:
                number += 1
            new = f"{new}_{number}"
        if new != name:
            told.append(f"column {at} {name!r} is called {new!r}")
        seen.add(new)
        made.append(new)
    if not told:
        return made, []
    more = f" and {len(told) - 10} more" if len(told) > 10 else ""
    text = f"names of columns that are empty or stand twice: {'; '.join(told[:10])}{more}"
    return made, [Notice("format.renamed_columns", "info", text, count=len(told))]


def _is_bytes(kind: pa.DataType) -> bool:
    kinds = pa.types.is_binary, pa.types.is_large_binary, pa.types.is_fixed_size_binary
    return any(test(kind) for test in kinds) or kind == pa.binary_view()


def _series(column: pa.ChunkedArray) -> pd.Series:
    kind = column.type
    if isinstance(kind, pa.ExtensionType | pa.JsonType):
        column, kind = column.cast(kind.storage_type), kind.storage_type
    if pa.types.is_dictionary(kind):
        column, kind = column.cast(kind.value_type), kind.value_type
    if pa.types.is_nested(kind):
        return pd.Series([_json(cell) for cell in column.to_pylist()], dtype=TEXT)
    if pa.types.is_null(kind):
        return pd.Series([None] * len(column), dtype=object)
    if _is_text(kind):
        return pd.Series(column.to_pylist(), dtype=TEXT)
    if pa.types.is_time(kind) or pa.types.is_duration(kind):
        return pd.Series([None if c is None else str(c) for c in column.to_pylist()], dtype=TEXT)
    if column.null_count and (pa.types.is_integer(kind) or pa.types.is_boolean(kind)):
        # As floats, numbers beyond 2**53 would change.
        return pd.Series(pd.array(column.to_pylist(), dtype=_capital(kind)))
    if pa.types.is_decimal(kind):
        column = column.cast(pa.float64())
    elif pa.types.is_date(kind):
        column = column.cast(pa.timestamp("ms"))
    return pd.Series(whole(column).to_pandas())


def _is_text(kind: pa.DataType) -> bool:
    return str(kind) in ("string", "large_string", "string_view")


def _capital(kind: pa.DataType) -> str:
    """Return the name of a type of pandas that has empty cells: ``Int64``, ``boolean``."""
    text = "boolean" if pa.types.is_boolean(kind) else str(kind)
    return text.replace("uint", "UInt") if text.startswith("u") else text.replace("int", "Int")


def _json(cell: object) -> str | None:
    return None if cell is None else json.dumps(cell, ensure_ascii=False, default=str)


def shapes_in(values: Iterable[bytes | None]) -> tuple[np.ndarray, list[Notice]]:
    """Return shapes of WKB; rings that do not close are closed, and what is no shape is told.

    The WKB of curves, surfaces and TINs has to be made plane before.
    """
    every = np.empty(0, dtype=object)
    if cells := list(values):
        every = np.array(cells, dtype=object)
    try:
        return np.asarray(shapely.from_wkb(every), dtype=object), []
    except shapely.errors.GEOSException:
        pass
    strict = np.asarray(shapely.from_wkb(every, on_invalid="ignore"))
    there = np.array([cell is not None for cell in every], dtype=bool)
    wrong = np.flatnonzero(there & shapely.is_missing(strict))
    mended = np.asarray(shapely.from_wkb(every[wrong], on_invalid="fix"))
    strict[wrong] = mended
    broken = shapely.is_missing(mended)
    notices = []
    if (~broken).any():
        rows = wrong[~broken]
        notices.append(
            Notice(
                "format.unclosed_rings",
                "warning",
                f"{len(rows)} shape(s) have rings that do not end where they begin; they are "
                "closed with a straight edge",
                rows=rows_of(rows),
                count=len(rows),
            )
        )
    if broken.any():
        rows = wrong[broken]
        notices.append(
            Notice(
                "format.broken_shapes",
                "warning",
                f"{len(rows)} shape(s) cannot be read and are left empty: rings or lines of too "
                "few points, or bytes that are no shape",
                proposal="Mend these rows in the program that made the file.",
                rows=rows_of(rows),
                count=len(rows),
            )
        )
    return strict, notices


def flattened(shapes: np.ndarray) -> tuple[np.ndarray, list[Notice]]:
    """Return shapes without heights and measures, and how many had some."""
    high = np.flatnonzero(shapely.has_z(shapes) | shapely.has_m(shapes))
    if not len(high):
        return shapes, []
    made = shapes.copy()
    made[high] = shapely.force_2d(shapes[high])
    text = f"{len(high)} shape(s) have heights or measures, which are left out"
    return made, [Notice("format.heights", "info", text, count=len(high))]
