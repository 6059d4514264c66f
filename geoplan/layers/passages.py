"""The lines of the plans' texts that the catalogue cites, where the project has the texts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from geoplan.layers.citations import Texts
from geoplan.schema import frame, records

CITING = ("features", "stated", "findings", "indicators")
"""Tables whose rows cite lines; claims are made of `stated`, conflicts of `features`."""


def passages(made: Mapping[str, pd.DataFrame], texts: Texts) -> pd.DataFrame:
    """Make the table `passages`: every line that a row of `made` cites, once, by document.

    `made` are the tables of the layers stage. Lines that a text does not
    have, and blank ones, are left out: `catalogue check` tells of them.
    """
    cited = {pair for name in CITING for pair in _cited(made, name)}
    rows = [
        {"document": document, "line": line, "text": text}
        for document, line in sorted(cited)
        if (text := _line(texts, document, line))
    ]
    return frame("passages", rows)


def _cited(made: Mapping[str, pd.DataFrame], name: str) -> Iterator[tuple[str, int]]:
    of_layer = dict(zip(made["layers"]["layer"], made["layers"]["document"], strict=True))
    table = made[name]
    kept = [column for column in ("layer", "document", "lines") if column in table]
    for row in records(table[kept]):
        document = row["document"] if "document" in row else of_layer[row["layer"]]
        for line in row["lines"].split():
            yield document, int(line)


def _line(texts: Texts, document: str, line: int) -> str:
    text = texts.lines.get(document, ())
    return text[line - 1].strip() if 1 <= line <= len(text) else ""
