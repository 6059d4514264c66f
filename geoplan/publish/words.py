"""Words of the interface in Chinese and English: one file, read by Python and by the pages."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from geoplan.errors import StageError

ASSETS = Path(__file__).parent / "assets"
LANGUAGES = ("zh", "en")


@cache
def words() -> dict[str, list[str]]:
    """Return every word by key: ``[Chinese, English]``."""
    loaded: dict[str, list[str]] = json.loads((ASSETS / "words.json").read_text("utf-8"))
    return loaded


def pair(key: str, **values: object) -> tuple[str, str]:
    """Return the Chinese and English words of `key` with `values` put in.

    A key that is not there is a `StageError`; codes that come from data go
    through :func:`coded` instead.
    """
    if key not in words():
        raise StageError(f"assets/words.json has no word {key!r}")
    zh, en = words()[key]
    return zh.format(**values), en.format(**values)


def coded(prefix: str, code: str) -> tuple[str, str]:
    """Return the words of a code from a table, or the code itself where none are known."""
    known = words().get(f"{prefix}.{code}")
    return (known[0], known[1]) if known else (code, code)
