"""Which figures of the texts a claim rests on: the one that it checks, and those it is made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from geoplan.schema import ref_of

Row = Mapping[str, Any]

_SAME = ("of", "quantity", "label", "published", "line")
"""Columns that a figure of `stated` and every claim of it have in common."""


class Printed:
    """The figures of `stated`, to find those of claims."""

    def __init__(self, stated: Iterable[Row]) -> None:
        rows = list(stated)
        self._refs = {row["id"]: ref_of("stated", row) for row in rows}
        self._same = {_key(row): ref_of("stated", row) for row in reversed(rows)}

    def refs(self, claim: Row) -> list[str]:
        """Return references to rows of `stated` and `indicators`, the claim's own first.

        A figure that is checked in several ways has several claims. A partition
        is a sum that stands nowhere itself.
        """
        own = [*self._own(claim), *(claim["inputs"] or "").split()]
        return list(dict.fromkeys(own))

    def _own(self, claim: Row) -> list[str]:
        if claim["quantity"] == "indicator":
            layer, _, name = claim["of"].partition("/")
            return [ref_of("indicators", {**claim, "layer": layer, "indicator": name})]
        found = self._refs.get(claim["id"]) or self._same.get(_key(claim))
        return [found] if found else []


def _key(row: Row) -> tuple[object, ...]:
    return tuple(row[name] for name in _SAME)
