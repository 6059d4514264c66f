"""The lines of the plans' texts that the catalogue cites, where the project has the texts."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from geoplan.layers.citations import Texts
from geoplan.schema import cited_lines, frame

OF_STAGE = ("features", "stated", "findings", "indicators", "rules")
"""Tables of this stage whose rows cite lines; claims are made of `stated`."""


def passages(made: Mapping[str, pd.DataFrame], texts: Texts) -> pd.DataFrame:
    """Make the table `passages`: every line that a row of `made` cites, once, by document.

    `made` are the tables of the layers stage. Lines that a text does not
    have, and blank ones, are left out: `catalogue check` tells of them.
    """
    layers = made["layers"]
    of_layer = dict(zip(layers["layer"], layers["document"], strict=True))
    cited = {
        pair for name in OF_STAGE for pair in cited_lines(name, made[name], documents=of_layer)
    }
    rows = [
        {"document": document, "line": line, "text": text}
        for document, line in sorted(cited)
        if (text := _line(texts, document, line))
    ]
    return frame("passages", rows)


def _line(texts: Texts, document: str, line: int) -> str:
    text = texts.lines.get(document, ())
    return text[line - 1].strip() if 1 <= line <= len(text) else ""
