"""What is called otherwise, or is in one version only: units, documents, layers, classes."""

from __future__ import annotations

import pandas as pd

from geoplan.schema import Tables

KEYS = {
    "units": (("adcode",), "name"),
    "documents": (("document",), "title"),
    "themes": (("theme",), "title"),
    "classes": (("class",), "title"),
    "layers": (("layer",), "title"),
    "features": (("layer", "feature"), "name"),
}
"""Keys of what has a name, and the column with it."""

COLUMNS = ("table", "key", "old", "new", "change")


def renamed(old: Tables, new: Tables) -> pd.DataFrame:
    """Return rows with another name in the two versions (`renamed`), or in one only.

    `change` is ``renamed``, ``appeared`` or ``went``; names of the side that lacks it are empty.
    """
    rows = []
    for table, (keys, column) in KEYS.items():
        one, two = (_names(tables[table], keys, column) for tables in (old, new))
        for key in dict.fromkeys([*one, *two]):
            was, now = one.get(key, ""), two.get(key, "")
            if was != now:
                change = "renamed" if was and now else "went" if was else "appeared"
                rows.append((table, key, was, now, change))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _names(table: pd.DataFrame, keys: tuple[str, ...], column: str) -> dict[str, str]:
    joined = ["/".join(map(str, row)) for row in zip(*(table[k] for k in keys), strict=True)]
    return dict(zip(joined, table[column].astype(str), strict=True))
