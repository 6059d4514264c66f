"""How tables of the schema are written down: columns, and groups of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

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


def text(*names: str, nullable: bool = False) -> tuple[Column, ...]:
    """Return columns of texts."""
    return tuple(Column(name, nullable=nullable) for name in names)


def real(*names: str, nullable: bool = False) -> tuple[Column, ...]:
    """Return columns of numbers."""
    return tuple(Column(name, "real", nullable) for name in names)


def one_of(name: str, vocabulary: object) -> Column:
    """Return a column of words of a vocabulary, a ``Literal``."""
    return Column(name, allowed=get_args(vocabulary))
