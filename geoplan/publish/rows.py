"""Rows of tables as dictionaries, and parts of tables; each made once for all that read them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import Any, TypeVar

import pandas as pd

from geoplan import schema
from geoplan.publish.cells import Cut
from geoplan.schema import records

Row = dict[str, Any]
Made = TypeVar("Made")


class Shown(dict[str, pd.DataFrame]):
    """Tables that keep their rows; neither tables nor rows change once they are made."""

    def __init__(self, tables: schema.Tables) -> None:
        super().__init__(tables)
        self._rows: dict[str, list[Row]] = {}
        self.kept: dict[Hashable, Any] = {}
        """What depends on units alone, or on one shape; see :func:`kept`."""

    def rows(self, name: str) -> list[Row]:
        """Return the rows of table `name`."""
        if name not in self._rows:
            self._rows[name] = records(self[name])
        return self._rows[name]


class Part(Shown):
    """Some rows and columns of other tables, and nothing else; cut when they are asked for."""

    def __init__(self, whole: Shown, cuts: Mapping[str, Cut]) -> None:
        super().__init__({})
        self._whole = whole
        self._cuts = dict(cuts)
        self.kept = whole.kept

    def __missing__(self, name: str) -> pd.DataFrame:
        """Cut a table when it is first asked for; `KeyError` if the part has none of it."""
        cut = self._cuts[name]
        frame = self._whole[name][list(cut.columns)]
        self[name] = frame if cut.rows is None else frame.iloc[cut.rows].reset_index(drop=True)
        return self[name]

    def rows(self, name: str) -> list[Row]:
        """Return the rows of table `name` with the columns of this part."""
        if name not in self._rows and name in self._cuts:
            cut, rows = self._cuts[name], self._whole.rows(name)
            chosen = rows if cut.rows is None else [rows[i] for i in cut.rows]
            self._rows[name] = [{column: row[column] for column in cut.columns} for row in chosen]
        return super().rows(name)

    def replace(self, name: str, frame: pd.DataFrame) -> None:
        """Put `frame` in the place of table `name`, before its rows are asked for."""
        self._cuts.pop(name, None)
        self._rows.pop(name, None)
        self[name] = frame


def rows_of(tables: schema.Tables, name: str) -> list[Row]:
    """Return the rows of a table, kept where `tables` keep them."""
    return tables.rows(name) if isinstance(tables, Shown) else records(tables[name])


def rows_if_any(tables: schema.Tables, name: str) -> list[Row]:
    """Return the rows of a table that not every page holds; none where it is not held."""
    try:
        return rows_of(tables, name)
    except KeyError:
        return []


def kept(tables: schema.Tables, key: Hashable, *, make: Callable[[], Made]) -> Made:
    """Return what `make` returns, made once for all parts of the same tables.

    It must be the same for all of them: it may read the units, which every part
    has whole, or a shape that `key` names, and nothing else.
    """
    if not isinstance(tables, Shown):
        return make()
    if key not in tables.kept:
        tables.kept[key] = make()
    made: Made = tables.kept[key]
    return made


def rounded(value: float | None, digits: int) -> float | None:
    """Return the number in a cell with so many decimals; None where the cell is empty."""
    return None if value is None else round(value, digits)
