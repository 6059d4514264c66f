"""Which lines of the plans' texts a page cites."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from geoplan import schema

CITING: dict[str, tuple[tuple[str | None, str], ...]] = {
    "features": ((None, "lines"),),
    "claims": ((None, "lines"),),
    "findings": (("document", "lines"),),
    "indicators": (("document", "lines"),),
    "conflicts": (("document_a", "line_a"), ("document_b", "line_b")),
}
"""Columns of document and lines, by table; without a column, the document is that of the layer."""


def cited(tables: schema.Tables, masks: Mapping[str, np.ndarray]) -> np.ndarray:
    """Return for each row of `passages` whether a row in `masks` cites its line."""
    passages = tables["passages"]
    if not len(passages):
        return np.zeros(0, dtype=bool)
    found = {pair for name in CITING for pair in _lines(tables, name, masks[name])}
    pairs = zip(passages["document"], passages["line"], strict=True)
    return np.array([(document, int(line)) in found for document, line in pairs], dtype=bool)


def _lines(tables: schema.Tables, name: str, mask: np.ndarray) -> Iterator[tuple[str, int]]:
    table = tables[name].loc[np.asarray(mask)]
    for document, lines in CITING[name]:
        told = table[document] if document else _documents(tables, name, mask)
        for one, several in zip(told, table[lines], strict=True):
            yield from ((str(one), line) for line in numbers(str(several)))


def numbers(lines: str) -> list[int]:
    """Return the numbers of lines in a cell, without what is no number."""
    return [int(line) for line in lines.split() if line.isdecimal()]


def _documents(tables: schema.Tables, name: str, mask: np.ndarray) -> list[str]:
    """Return the documents of rows of a table that names layers."""
    layers = tables["layers"]
    of_layer = dict(zip(layers["layer"], layers["document"], strict=True))
    column = "layer" if name == "features" else "of"
    named = tables[name].loc[np.asarray(mask), column]
    return [of_layer.get(text.partition("/")[0], "") for text in named]
