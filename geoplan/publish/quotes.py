"""Sentences of a page: for each citation the place of what the plan's text says there."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from geoplan import schema
from geoplan.publish.atlas import Texts
from geoplan.publish.items import named_units
from geoplan.publish.passages import Tiers, Words, quoted, words_of
from geoplan.publish.rows import rows_of
from geoplan.schema.wording import plain

Row = dict[str, Any]


class Quotes:
    """Sentences behind the rows of tables; each stands once among the texts of the page.

    Where `statements` is false, features that are mere statements get none.
    """

    def __init__(self, tables: schema.Tables, texts: Texts, *, statements: bool = True) -> None:
        self._lines = {
            (row["document"], row["line"]): row["text"] for row in rows_of(tables, "passages")
        }
        self._texts = texts
        self._statements = statements
        self._documents = {r["layer"]: r["document"] for r in rows_of(tables, "layers")}
        self._units = {r["adcode"]: r["name"] for r in rows_of(tables, "units")}
        self._named = named_units(tables) if self._lines else {}
        self._features = {
            (r["layer"], r["feature"]): r["name"] for r in rows_of(tables, "features")
        }

    def __bool__(self) -> bool:
        """Return whether the page has any text to show."""
        return bool(self._lines)

    def of_feature(self, row: Row) -> int | None:
        """Return the place of the sentence of a row of `features`, or None without a text."""
        if not self or (row["extent"] == "statement" and not self._statements):
            return None
        return self._put(self._documents[row["layer"]], row["lines"], self._of_feature(row))

    def of_claim(self, row: Row) -> int | None:
        """Return the place of the sentence of a row of `claims`, which should hold the figure."""
        if not self:
            return None
        figure = plain(row["published"])
        layer, _, part = row["of"].partition("/")
        names = filter(None, (row["label"], self._features.get((layer, part))))
        words = [word for name in names for word in (name, *words_of(name))]
        tiers: Tiers = [[(figure, word) for word in words], [(figure,)], _each(words)]
        return self._put(self._documents.get(layer, ""), row["lines"], tiers)

    def of_indicator(self, row: Row) -> int | None:
        """Return the place of the sentence of a row of `indicators`."""
        words = [row["name"], *words_of(row["name"])]
        tiers: Tiers = [
            [(word, row["printed"]) for word in words],
            _each(words),
            [(row["printed"],)],
        ]
        return self._put(row["document"], row["lines"], tiers)

    def of_finding(self, row: Row) -> int | None:
        """Return the place of the sentence of a row of `findings`: of the words at issue."""
        tiers: Tiers = [[(row["printed"],)], _each(row["printed"].split("、"))]
        return self._put(row["document"], row["lines"], tiers)

    def of_side(self, document: str, line: int, *, name: str) -> int | None:
        """Return the place of the sentence of one side of a row of `conflicts`."""
        return self._put(document, str(line), [[(name,)], _each(words_of(name))])

    def of_rule(self, row: Row) -> int | None:
        """Return the place of the sentence of a row of `rules`; None where it cites no document."""
        tiers: Tiers = [_each((row["printed"] or "").split("、"))]
        return self._put(row["document"], row["lines"], tiers) if row["document"] else None

    def _of_feature(self, row: Row) -> Tiers:
        printed = (row["printed"] or "").split("、")
        places = (row["places"] or "").replace("—", "、").split("、")
        codes = self._named.get((row["layer"], row["feature"]), [])
        units = [self._units.get(code, "") for code in codes]
        short = [name[:-1] for name in units if len(name) > 2]
        return [
            _each([row["name"], *printed]),
            _each(places),
            _each(words_of(row["name"])),
            _each([*units, *short]),
        ]

    def _put(self, document: str, lines: str, tiers: Tiers) -> int | None:
        found = ((document, line) for line in schema.line_numbers(lines))
        text = quoted((self._lines[at] for at in found if at in self._lines), tiers)
        return self._texts.put(text) if text else None


def _each(words: Iterable[str]) -> list[Words]:
    return [(word,) for word in words if word]
