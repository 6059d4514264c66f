"""What a person asks for: a reference, a bare id, a feature, a code, or a line of a document."""

from __future__ import annotations

import re
from dataclasses import dataclass

from geoplan.errors import DataError
from geoplan.schema import TABLES, key_of_ref
from geoplan.toml import suggestion
from geoplan.trace.index import Index, Key, Row

_ID = re.compile(r"r[0-9a-f]{12}")
_LINE = re.compile(r"(?P<document>[^@\s]+)@(?P<line>\d{1,9})")

BARE = ("features", "layers", "documents", "units", "classes", "themes", "maps", "sources")
"""Tables whose keys may be given without the table, in the order in which they are tried."""


@dataclass(frozen=True)
class Line:
    """A line of a document's text, from 1."""

    document: str
    line: int


@dataclass(frozen=True)
class Found:
    """A row of a table."""

    table: str
    row: Row


def find(index: Index, asked: str) -> Found | Line:
    """Return what `asked` names.

    Raises
    ------
    DataError
        Where there is no such row; with suggestions.
    UsageError
        Where the number of keys is not that of the table.
    """
    asked = asked.strip()
    line = _LINE.fullmatch(asked)
    if line is not None:
        return _line(index, line["document"], int(line["line"]))
    if ":" in asked:
        table, key = key_of_ref(asked)
        row = index.one(table, *key)
        if row is None:
            raise DataError(f"{table} has no row {'/'.join(key)!r}.{_near(index, table, key)}")
        return Found(table, row)
    if _ID.fullmatch(asked):
        return _by_id(index, asked)
    return _bare(index, asked)


def _line(index: Index, document: str, line: int) -> Line:
    known = [row["document"] for row in index.rows("documents")]
    if document not in known:
        raise DataError(
            f"no document {document!r}.{suggestion(document, known)} There are: {', '.join(known)}"
        )
    if line < 1:
        raise DataError(f"{document}@{line}: lines are counted from 1")
    return Line(document, line)


def _by_id(index: Index, asked: str) -> Found:
    # A figure has one id in `stated` and in `claims`: the latter say more.
    tables = sorted((t for t in TABLES.values() if t.key == ("id",)), key=lambda t: t.name)
    for table in tables:
        row = index.one(table.name, asked)
        if row is not None:
            return Found(table.name, row)
    names = ", ".join(table.name for table in tables)
    raise DataError(
        f"no row has the id {asked!r}; looked in {names}. Ids change with what they are made of: "
        "take it from the tables of the last build"
    )


def _bare(index: Index, asked: str) -> Found:
    key = tuple(asked.split("/"))
    for table in BARE:
        row = index.one(table, *key)
        if row is not None:
            return Found(table, row)
    # People name a unit by its name, with or without 县, 市 or 区.
    called = [u for u in index.rows("units") if asked and asked in (u["name"], u["name"][:-1])]
    if len(called) == 1:
        return Found("units", called[0])
    if called:
        codes = ", ".join(f"{u['adcode']} ({_above(index, u)})" for u in called)
        raise DataError(f"{len(called)} units are called {asked!r}; give the code of one: {codes}")
    finding = index.one("findings", asked, "0")
    if finding is not None:
        return Found("findings", finding)
    if asked in TABLES:
        raise DataError(
            f"{asked} is a table; name a row of it: {asked}:{'/'.join(TABLES[asked].key)}"
        )
    known = ["/".join(k) for table in BARE[:4] for k in index.by_key(table)]
    raise DataError(
        f"nothing is called {asked!r}.{suggestion(asked, known)} Give TABLE:KEY, an id "
        "(r and 12 digits), LAYER/FEATURE, the code of a unit, or DOCUMENT@LINE"
    )


def _above(index: Index, unit: Row) -> str:
    return index.unit_name(unit["parent"])[0] if unit["parent"] else ""


def _near(index: Index, table: str, key: Key) -> str:
    known = ["/".join(k) for k in index.by_key(table)]
    if not known:
        return f" The table {table} is empty"
    return suggestion("/".join(key), known) or f" It has {len(known)} rows, such as {known[0]!r}"
