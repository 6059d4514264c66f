"""Checks that people write: which figures of the plans make which, and their table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Self

import pandas as pd
from pydantic import Field, model_validator

from geoplan.config import Bilingual
from geoplan.layers.values import MeasureId, Slug
from geoplan.schema import CheckKind, frame
from geoplan.strict import Strict, Text

PARTS: dict[CheckKind, tuple[int, int | None]] = {
    "sum": (2, None),
    "difference": (2, None),
    "ratio": (2, 2),
    "product": (1, None),
    "growth": (1, 2),
    "equal": (1, 1),
    "count": (1, None),
    "partition": (2, None),
}
"""Fewest and most parts of each kind."""


class Check(Strict):
    """One sum that must come out: `result` is what the plans print, `parts` make it.

    A figure is called ``layer@claim``, or ``layer/indicator@reading:year``; the parts of
    a count are features, ``layer/feature``. Only a partition has no result: its parts
    are shares that add up to 100 %.
    """

    id: Slug
    title: Bilingual
    kind: CheckKind
    result: Text | None = None
    parts: Annotated[tuple[Text, ...], Field(min_length=1)]
    years: Annotated[int, Field(ge=1, le=100, strict=True)] | None = None
    """Growth, or the factor of a product, is yearly over so many years; without, in all."""
    measure: MeasureId | None = None
    """Of the result, where its cell does not say it."""
    note: Bilingual | None = None

    @model_validator(mode="after")
    def _fits_kind(self) -> Self:
        least, most = PARTS[self.kind]
        n = len(self.parts)
        if n < least or (most is not None and n > most):
            told = f"at least {least}" if most is None else f"{least} to {most}"
            raise ValueError(f"a check of kind {self.kind!r} has {told} parts; {n} given")
        if (self.result is None) != (self.kind == "partition"):
            what = "takes no result" if self.kind == "partition" else "needs a result"
            raise ValueError(f"a check of kind {self.kind!r} {what}")
        if self.years is not None and self.kind not in ("growth", "product"):
            raise ValueError(f"years are for growth and product; {self.kind!r} takes none")
        if self.kind == "product" and n == 1 and self.years is None:
            raise ValueError("a product of one part needs years, such as 5 for a yearly figure")
        twice = sorted({part for part in self.parts if self.parts.count(part) > 1})
        if twice:
            raise ValueError(f"{', '.join(twice)} stand(s) twice among the parts")
        if self.result in self.parts:
            raise ValueError(f"{self.result} cannot be a part of itself")
        return self

    @property
    def named(self) -> list[tuple[tuple[str | int, ...], str]]:
        """Where figures and features are named in the entry, and how."""
        own: list[tuple[tuple[str | int, ...], str]] = []
        if self.result is not None:
            own.append((("result",), self.result))
        return own + [(("parts", i), part) for i, part in enumerate(self.parts)]


def checks_table(checks: Sequence[Check]) -> pd.DataFrame:
    """Make the table `checks`, in the order of the registry; parts are a text with spaces."""
    return frame(
        "checks",
        [
            {
                "check": c.id,
                "title": c.title.zh,
                "title_en": c.title.en,
                "kind": c.kind,
                "result": c.result,
                "parts": " ".join(c.parts),
                "years": None if c.years is None else str(c.years),
                "measure": c.measure,
                "note": c.note.zh if c.note else None,
                "note_en": c.note.en if c.note else None,
            }
            for c in checks
        ],
    )
