"""Words of the interface in Chinese and English: one file, read by Python and by the pages."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

from geoplan import schema
from geoplan.errors import StageError, listed
from geoplan.schema.measures import MEASURES, QUANTITIES

ASSETS = Path(__file__).parent / "assets"
LANGUAGES = ("zh", "en")

Pair = tuple[str, str]
"""A text in Chinese and English."""


@cache
def words() -> dict[str, list[str]]:
    """Return every word by key: ``[Chinese, English]``."""
    loaded: dict[str, list[str]] = json.loads((ASSETS / "words.json").read_text("utf-8"))
    figures = {f"measure.{m.id}": [m.zh, m.en] for m in MEASURES.values()}
    figures |= {f"quantity.{q.id}": [q.zh, q.en] for q in QUANTITIES.values()}
    return loaded | figures


def words_in(script: str) -> dict[str, list[str]]:
    """Return the words that `script` may speak: those that it has the key of.

    ``'layer.'`` stands for every key that begins so: the script adds a code.
    """
    there = set(re.findall(r"['\"]([\w.]+)['\"]", script))
    there |= {f"{key}.one" for key in there}
    open_ = tuple(key for key in there if key.endswith("."))
    return {key: both for key, both in words().items() if key in there or key.startswith(open_)}


def pair(key: str, **values: object) -> tuple[str, str]:
    """Return the Chinese and English words of `key` with `values` put in.

    A key that is not there is a `StageError`; codes that come from data go
    through :func:`coded` instead.
    """
    if key not in words():
        raise StageError(f"assets/words.json has no word {key!r}")
    zh, en = words()[key]
    return zh.format(**values), en.format(**values)


def counted(key: str, *, n: int, **values: object) -> tuple[str, str]:
    """Return the words of `key` for a number; of one those of ``key.one``, where there are some."""
    one = f"{key}.one"
    return pair(one if n == 1 and one in words() else key, n=n, **values)


def coded(prefix: str, code: str) -> tuple[str, str]:
    """Return the words of a code from a table.

    A code of a vocabulary has its words, or it is a `StageError`. Reasons are
    no vocabulary of the schema: one that is not known stands for itself.
    """
    if prefix == OPEN and f"{prefix}.{code}" not in words():
        return code, code
    return pair(f"{prefix}.{code}")


OPEN = "reason"
"""The only codes that may come without words."""

CODES: tuple[tuple[str, str, str], ...] = (
    ("units", "level", "level"),
    ("documents", "status", "status"),
    ("layers", "status", "status"),
    ("layers", "sensitivity", "secrecy"),
    ("features", "extent", "extent"),
    ("coverage", "state", "state"),
    ("claims", "quantity", "quantity"),
    ("claims", "measure", "measure"),
    ("claims", "status", "claim"),
    ("claims", "method", "method"),
    ("claims", "missing", "missing"),
    ("conflicts", "grade", "grade"),
)
"""Columns whose codes pages print: table, column, and how keys of their words begin."""


def check_words(tables: schema.Tables) -> None:
    """Check that every code in `tables` that pages print has words in both languages.

    Raises `StageError` with every key that is missing and where its code stands.
    """
    missing = {
        f"{prefix}.{code} ({table}.{column})"
        for table, column, prefix in CODES
        for code in tables[table][column].dropna().unique()
        if f"{prefix}.{code}" not in words()
    }
    if missing:
        raise StageError(
            f"assets/words.json has no words for {len(missing)} code(s) of the tables; "
            f"add them:\n{listed(sorted(missing))}"
        )
