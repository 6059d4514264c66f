"""Words and figures of a dossier in its language."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from geoplan import schema
from geoplan.publish.statics import km2, percent
from geoplan.publish.words import Pair, coded, counted, pair
from geoplan.written import Cell, Lang, Table

MOST_NAMES = 8
"""How many names stand in a cell before the rest is counted."""


@dataclass(frozen=True)
class Say:
    """Chooses the language of all that a dossier says."""

    lang: Lang

    @property
    def number(self) -> int:
        """Place of the language in pairs."""
        return ("zh", "en").index(self.lang)

    def word(self, key: str, **values: object) -> str:
        """Return the words of a key."""
        return pair(key, **values)[self.number]

    def count(self, key: str, *, n: int, **values: object) -> str:
        """Return the words of a key for a number."""
        return counted(key, n=n, **values)[self.number]

    def code(self, prefix: str, code: str) -> str:
        """Return the words of a code of a table."""
        return coded(prefix, code)[self.number]

    def of(self, texts: Pair | Sequence[str]) -> str:
        """Return one of two texts."""
        return texts[self.number]

    def cell(self, row: dict[str, Any], column: str) -> str:
        """Return a text of a row that has it in both languages."""
        other = row.get(f"{column}_en")
        return str(other if self.lang == "en" and other else row[column] or "")

    def names(self, found: Iterable[str], *, most: int = MOST_NAMES) -> str:
        """Return names as a list; of many the first, and how many there are."""
        names = list(dict.fromkeys(name for name in found if name))
        text = self.word("dossier.comma").join(names[:most])
        return self.word("dossier.and_more", names=text, n=len(names)) if names[most:] else text

    def joined(self, *parts: str) -> str:
        """Return parts of a sentence, those that are there."""
        return self.word("dossier.semicolon").join(part for part in parts if part)

    def km2(self, value: float | None) -> str:
        """Return an area, or a dash."""
        return km2(value) or "—"

    def percent(self, value: float | None) -> str:
        """Return a share, or a dash."""
        return percent(value) or "—"


def ref(table: str, row: dict[str, Any]) -> str:
    """Return what calls a row of `table`."""
    return schema.ref_of(table, row)


def cells(*texts: str | Cell) -> tuple[Cell, ...]:
    """Return cells of texts."""
    return tuple(text if isinstance(text, Cell) else Cell(text) for text in texts)


def trimmed(table: Table) -> Table:
    """Return a table without columns that say nothing in any row."""
    rows = [row for row in table.rows if row.kind != "group"]
    kept = [
        place
        for place in range(len(table.heads))
        if any(row.cells[place].text not in ("", "—") or row.cells[place].ref for row in rows)
    ]
    lines = (
        row if row.kind == "group" else replace(row, cells=tuple(row.cells[p] for p in kept))
        for row in table.rows
    )
    return replace(table, heads=tuple(table.heads[p] for p in kept), rows=tuple(lines))
