"""Which lines of the plans' texts rows of tables cite."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

CITING: dict[str, tuple[tuple[str, str], ...]] = {
    "features": (("layer", "lines"),),
    "stated": (("layer", "lines"),),
    "claims": (("of", "lines"),),
    "findings": (("document", "lines"),),
    "indicators": (("document", "lines"),),
    "rules": (("document", "lines"),),
    "conflicts": (("document_a", "line_a"), ("document_b", "line_b")),
}
"""Columns of the document, or of the layer that has one, and of lines, by table."""


def cited_lines(
    name: str, rows: pd.DataFrame, *, documents: Mapping[str, str]
) -> Iterator[tuple[str, int]]:
    """Yield document and line (from 1) of all that `rows` of table `name` cite.

    `documents` are those of the layers. What a row says of no document has the document ``""``.
    """
    for column, lines in CITING[name]:
        for one, several in zip(rows[column], rows[lines], strict=True):
            of = str(one)
            if not column.startswith("document"):
                of = documents.get(of.partition("/")[0], "")
            yield from ((of, line) for line in line_numbers(str(several)))


def line_numbers(lines: str) -> list[int]:
    """Return the numbers of lines in a cell, without what is no number."""
    return [int(line) for line in lines.split() if line.isdecimal()]
