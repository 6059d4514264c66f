"""What a table is: its columns, types, keys and order."""

from __future__ import annotations

from dataclasses import dataclass

from geoplan.schema.vocabulary import Dtype


@dataclass(frozen=True)
class Column:
    """One column: its name, type, whether it may be empty, and allowed values."""

    name: str
    dtype: Dtype = "text"
    nullable: bool = False
    allowed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """One table: its name, key columns and all columns in order.

    Rows are sorted by `sort`; () keeps the order of the files they come from.
    """

    name: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    sort: tuple[str, ...] = ()

    @property
    def names(self) -> list[str]:
        """Column names in order."""
        return [column.name for column in self.columns]
