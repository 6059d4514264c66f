"""Which lines of the plans' texts a page cites."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from geoplan import schema

ON_PAGES = ("features", "claims", "findings", "indicators", "conflicts", "rules")
"""Tables that pages show whose rows cite lines."""


def cited(tables: schema.Tables, masks: Mapping[str, np.ndarray]) -> np.ndarray:
    """Return for each row of `passages` whether a row in `masks` cites its line."""
    passages, layers = tables["passages"], tables["layers"]
    if not len(passages):
        return np.zeros(0, dtype=bool)
    of_layer = dict(zip(layers["layer"], layers["document"], strict=True))
    found = {
        pair
        for name in ON_PAGES
        for pair in schema.cited_lines(
            name, tables[name].loc[np.asarray(masks[name])], documents=of_layer
        )
    }
    pairs = zip(passages["document"], passages["line"], strict=True)
    return np.array([(document, int(line)) in found for document, line in pairs], dtype=bool)
