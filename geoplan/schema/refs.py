"""References to rows: how people and pages call a row of any table, and find it again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from geoplan.errors import UsageError
from geoplan.schema.tables import TABLES


def ref_of(table: str, row: Mapping[str, Any]) -> str:
    """Return what calls a row of `table`: ``table:key``, several keys joined by ``/``.

    Such as ``claims:r0c1…``, ``features:jinzhong-108-corridor/zone`` or
    ``coverage:140729/shanxi-zones/ecological_function/geometry``. It is made
    of the row's key, so it holds as long as the row does.
    """
    keys = ("" if row[name] is None else str(row[name]) for name in TABLES[table].key)
    return f"{table}:{'/'.join(keys)}"


def key_of_ref(ref: str) -> tuple[str, tuple[str, ...]]:
    """Return table and key of a reference; raises `UsageError` where it is none.

    Only the last key of a table holds a ``/`` (as in ``pieces``).
    """
    table, colon, rest = ref.partition(":")
    if not colon or table not in TABLES:
        raise UsageError(
            f"{ref!r} names no row; write TABLE:KEY, such as features:LAYER/FEATURE; "
            f"tables: {', '.join(TABLES)}"
        )
    names = TABLES[table].key
    keys = rest.split("/", len(names) - 1)
    if len(keys) != len(names):
        raise UsageError(
            f"{ref!r}: a row of {table} has {len(names)} keys, {'/'.join(names)}; {len(keys)} given"
        )
    return table, tuple(keys)
