"""Rows of `overlaps` for the trace page: pairs by list, of which there are most, in short form."""

from __future__ import annotations

import base64
import re
from collections import defaultdict
from typing import Any

from geoplan.publish.rows import rounded

Row = dict[str, Any]

_ID = re.compile(r"r[0-9a-f]{12}")


def short_id(key: str) -> str:
    """Return an id of a row in eight signs; one that is no such id as it is, behind ``=``."""
    if not _ID.fullmatch(key):
        return f"={key}"
    return base64.urlsafe_b64encode(bytes.fromhex(key[1:])).decode("ascii")


class Labels:
    """Layers with a class that rows point to by place."""

    def __init__(self, layers: dict[str, int], classes: dict[str, int]) -> None:
        self.all: list[list[int]] = []
        self._layers, self._classes = layers, classes
        self._found: dict[tuple[str, str], int] = {}

    def at(self, layer: str, cls: str) -> int:
        """Return the place of a layer's class."""
        if (layer, cls) not in self._found:
            self._found[layer, cls] = len(self.all)
            self.all.append([self._layers[layer], self._classes.get(cls, -1)])
        return self._found[layer, cls]


def overlap_data(
    rows: list[Row], labels: Labels, *, units: dict[str, int], bases: tuple[str, ...], bare: bool
) -> dict[str, list[Any]]:
    """Return the rows as ``full`` ones and ``lists``: two labels, ids, and places of counties.

    A pair by list has a total, then its counties. Where the page is `bare`,
    only totals of such pairs are in it.
    """
    pairs: dict[tuple[int, int], list[Row]] = defaultdict(list)
    full = []
    for row in rows:
        ends = tuple(labels.at(row[f"layer_{s}"], row[f"class_{s}"]) for s in "ab")
        if row["basis"] == "list":
            pairs[ends[0], ends[1]].append(row)
        else:
            full.append(_full(row, ends, units, bases))
    lists = []
    for ends, own in sorted(pairs.items()):
        total = [row for row in own if row["adcode"] is None]
        counties = [row for row in own if row["adcode"] is not None]
        plain = len(total) == 1 and total[0]["units"] == len(counties)
        plain = plain and all(row["units"] == 1 for row in counties)
        if not plain or any(_measured(row) for row in own):
            full += [_full(row, ends, units, bases) for row in own]
            continue
        shown = [] if bare else counties
        ids = ",".join(short_id(row["id"]) for row in (*total, *shown))
        lists.append([*ends, ids, len(counties), *(units[row["adcode"]] for row in shown)])
    return {"full": full, "lists": lists}


def _measured(row: Row) -> bool:
    return any(row[c] is not None for c in ("area_km2", "share_of_a", "share_of_b", "uncertainty"))


def _full(
    row: Row, ends: tuple[int, ...], units: dict[str, int], bases: tuple[str, ...]
) -> list[Any]:
    return [
        *ends,
        short_id(row["id"]),
        -1 if row["adcode"] is None else units[row["adcode"]],
        bases.index(row["basis"]),
        row["units"],
        rounded(row["area_km2"], 8),
        rounded(row["share_of_a"], 6),
        rounded(row["share_of_b"], 6),
        rounded(row["uncertainty"], 6),
    ]
