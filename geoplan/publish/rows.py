"""Rows of tables as dictionaries, made once for all pages that read them."""

from __future__ import annotations

from typing import Any

import pandas as pd

from geoplan import schema
from geoplan.schema import records

Row = dict[str, Any]


class Shown(dict[str, pd.DataFrame]):
    """Tables that keep their rows; neither tables nor rows change once they are made."""

    def __init__(self, tables: schema.Tables) -> None:
        super().__init__(tables)
        self._rows: dict[str, list[Row]] = {}

    def rows(self, name: str) -> list[Row]:
        """Return the rows of table `name`."""
        if name not in self._rows:
            self._rows[name] = records(self[name])
        return self._rows[name]


def rows_of(tables: schema.Tables, name: str) -> list[Row]:
    """Return the rows of a table, kept where `tables` keep them."""
    return tables.rows(name) if isinstance(tables, Shown) else records(tables[name])
