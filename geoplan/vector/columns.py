"""Columns of Arrow tables: as codes and values, and taken from two tables at once."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from geoplan.errors import DataError

Array = np.ndarray
Table: TypeAlias = pa.Table
"""Columns of Arrow."""

Codes = tuple[Array, list[object]]
"""A code for each row, and the values that codes stand for."""


def codes_of(table: Table) -> tuple[Codes, ...]:
    """Return every column as codes and values; empty cells have the last code, None.

    Raises `DataError` where cells hold lists or records, which are no values to group by.
    """
    return tuple(_coded(name, table.column(name)) for name in table.column_names)


def plain(table: Table) -> Table:
    """Return a table without views of texts and bytes, of which rows cannot be taken."""
    kinds = {pa.string_view(): pa.large_string(), pa.binary_view(): pa.large_binary()}
    fields = [field.with_type(kinds.get(field.type, field.type)) for field in table.schema]
    return table.cast(pa.schema(fields))


def whole(column: pa.ChunkedArray) -> pa.Array:
    """Return a column in one piece."""
    made = column.combine_chunks()
    if isinstance(made, pa.ChunkedArray):
        made = pa.concat_arrays(made.chunks) if made.num_chunks else pa.array([], column.type)
    return made


def _coded(name: str, column: pa.ChunkedArray) -> Codes:
    coded = whole(column)
    if isinstance(coded.type, pa.BaseExtensionType):
        coded = coded.storage  # JSON in a cell is a text like any other
    if pa.types.is_nested(coded.type):
        raise DataError(
            f"column {name!r} holds {coded.type}; only texts, numbers, dates and truth values "
            "can be grouped by"
        )
    if not pa.types.is_dictionary(coded.type):
        coded = coded.dictionary_encode()
    codes = coded.indices.to_numpy(zero_copy_only=False).astype(np.float64)
    # A number that is none is a value like any other empty one.
    values = [None if _is_nan(value) else value for value in coded.dictionary.to_pylist()]
    codes = np.where(np.isnan(codes), len(values), codes).astype(np.int64)
    return codes, [*values, None]


def _is_nan(value: object) -> bool:
    return isinstance(value, float) and math.isnan(value)


def stacked(tables: Sequence[Table], columns: Sequence[str]) -> Table:
    """Return tables with the same columns one below the other; without any, an empty one."""
    nothing = pa.table({column: pa.nulls(0) for column in columns})
    return pa.concat_tables(tables) if tables else nothing


def table_of(columns: Mapping[str, Array]) -> Table:
    """Return arrays of the same length as a table."""
    return pa.table(dict(columns))


def taken(table: Table, rows: Array) -> Table:
    """Return rows by number; -1 is a row of empty cells."""
    numbers = pa.array(rows, mask=rows < 0)
    columns = [pc.take(whole(column), numbers) for column in table.columns]
    return Table.from_arrays(columns, names=table.column_names)


def beside(tables: Sequence[Table], names: Sequence[str]) -> Table:
    """Return the columns of tables of the same length side by side, under `names`."""
    columns = [column for table in tables for column in table.columns]
    return Table.from_arrays(columns, names=list(names))
