"""Printed figures of the catalogue by what checks call them, with their intervals."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from geoplan.analysis.intervals import Printed, printed
from geoplan.schema import Tables, records, ref_of
from geoplan.schema.measures import MEASURES, Measure

Row = Mapping[str, Any]

COUNTED = ("number", "people", "households")
"""Kinds of measures whose figures are no rounded ones where they count single things."""

FRACTIONS = ("ratio", "points")
"""Kinds of measures that are hundredths of something."""


@dataclass(frozen=True)
class Figure:
    """One printed figure: a row of `stated` or a cell of `indicators`, in its measure."""

    name: str | None
    """What checks call it."""
    ref: str
    row: Row
    measure: Measure | None
    span: Printed

    @property
    def base(self) -> Printed:
        """Return the interval in the base measure; what is counted one by one is exact."""
        span = self.span
        if self._is_counted:
            span = Printed(span.core, span.core)
        return span.scaled(_factor(self.measure))

    @property
    def _is_counted(self) -> bool:
        """Return whether it counts single things: 40 villages are not 39.5."""
        single = self.measure is not None and self.measure.factor == 1
        whole = self.row["step"] == 1 and self.row["relation"] == "equal"
        return single and whole and self.measure is not None and self.measure.kind in COUNTED

    @property
    def plain(self) -> Printed:
        """Return the interval as a factor: in the base measure, percent as hundredths."""
        return self.base.scaled(0.01) if self.is_fraction else self.base

    @property
    def is_fraction(self) -> bool:
        """Return whether it is in percent, permille or points."""
        return self.measure is not None and self.measure.kind in FRACTIONS

    @property
    def digits(self) -> str:
        """Return the number as printed, without its relation."""
        low, high = self.row["published"], self.row["published_to"]
        return f"{low:.12g}" if high is None else f"{low:.12g}~{high:.12g}"


def _factor(measure: Measure | None) -> float:
    return 1.0 if measure is None else float(measure.factor)


def stated_figures(tables: Tables) -> list[Figure]:
    """Return the figures of `stated`, in its order."""
    return [
        _of(row, f"{row['layer']}@{row['slug']}" if row["slug"] else None, "stated")
        for row in records(tables["stated"])
    ]


def indicator_figures(tables: Tables) -> list[Figure]:
    """Return the cells of `indicators` that hold a number, in its order.

    Their rows have the columns of `stated` besides their own.
    """
    made = []
    for row in records(tables["indicators"]):
        if row["value"] is None:
            continue
        ends = sorted(row[k] for k in ("value", "value_to") if row[k] is not None)
        more = {
            "of": f"{row['layer']}/{row['indicator']}",
            "quantity": "indicator",
            "label": row["name"],
            "label_en": row["name_en"],
            "published": ends[0],
            "published_to": ends[1] if len(ends) > 1 else None,
            "counter": None if row["reading"].endswith("growth") else row["counter"],
            "step": step_of(row["printed"]),
        }
        name = f"{row['layer']}/{row['indicator']}@{row['reading']}:{row['year']}"
        made.append(_of({**row, **more}, name, "indicators"))
    return made


def _of(row: Row, name: str | None, table: str) -> Figure:
    span = printed(
        row["published"], row["published_to"], step=row["step"], relation=row["relation"]
    )
    measure = MEASURES[row["measure"]] if row["measure"] else None
    return Figure(name, ref_of(table, row), row, measure, span)


_DIGITS = re.compile(r"\d[\d,]*(?:\.(\d+))?")


def step_of(cell: str) -> float:
    """Return what one unit of the last digit of a cell counts: 0.1 for ``[7.6]``."""
    found = _DIGITS.search(cell)
    return 1.0 if found is None or found[1] is None else float(f"1e-{len(found[1])}")
