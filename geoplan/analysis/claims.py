"""Claims: every figure that plans print, set against what can be computed of it.

That is geometry and complete lists, other figures of the same text, and other
texts. A figure with which nothing can be done says what that would take.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pandas as pd

from geoplan.analysis.arithmetic import Sum, carried_out
from geoplan.analysis.faulty import Faulty
from geoplan.analysis.intervals import Compared, Printed, Span, compared
from geoplan.analysis.measured import Measured, measure
from geoplan.analysis.missing import missing_for
from geoplan.analysis.numbers import Figure, Row, indicator_figures, stated_figures
from geoplan.analysis.series import growth_sums, repeated
from geoplan.analysis.subjects import Subjects
from geoplan.analysis.written import Listed, written_checks
from geoplan.schema import Tables, check, frame, row_id
from geoplan.schema.measures import MEASURES, converted

NEEDED = ("units", "features", "memberships", "documents", "stated", "indicators", "checks")


def check_claims(tables: Tables) -> pd.DataFrame:
    """Check every figure of `stated` and `indicators`; each has one row at least.

    Tolerance is what rounding of all figures leaves open, or an approximate
    wording allows, or the standard error of the borders. A figure agrees
    within one tolerance, differs within three, and is inconsistent beyond.
    A figure that is checked in several ways has a row for each.
    """
    for name in (*NEEDED, "findings"):
        check(name, tables[name])
    claims = _Claims.of(tables)
    rows = [
        _completed(row, claims.faulty) for figure in claims.figures for row in claims.rows(figure)
    ]
    return frame("claims", rows)


@dataclass(frozen=True)
class _Claims:
    """All figures, and what they can be set against."""

    figures: Sequence[Figure]
    subjects: Subjects
    scopes: Mapping[str, str]
    sums: Mapping[str, Sequence[Sum | Listed]]
    faulty: Faulty

    @classmethod
    def of(cls, tables: Tables) -> _Claims:
        cells = indicator_figures(tables)
        figures = [*stated_figures(tables), *cells]
        documents = tables["documents"]
        scopes = dict(zip(documents["document"], documents["scope"], strict=True))
        sums: dict[str, list[Sum | Listed]] = defaultdict(list)
        for made in (*written_checks(tables, figures), *growth_sums(cells), *repeated(cells)):
            sums[(made.result or made.parts[0]).ref].append(made)
        return cls(figures, Subjects.of(tables), scopes, sums, Faulty.of(tables))

    def rows(self, figure: Figure) -> Iterator[dict[str, Any]]:
        """Yield a row for each way in which a figure is checked; one if there is none."""
        found = [self._row_of(made, figure) for made in self.sums.get(figure.ref, ())]
        shares = [row for row in found if row["quantity"] == "partition"]
        found = [row for row in found if row["quantity"] != "partition"]
        own = self._own(figure)
        checked = [row for row in (own, *found) if row["status"] != "not_checkable"]
        # Of several reasons the one of a check that was tried says most.
        told = checked or [*found, own][:1]
        for i, row in enumerate((*told, *shares)):
            yield row if i == 0 else {**row, "id": row_id(*_key(figure), row["formula"])}

    def _own(self, figure: Figure) -> dict[str, Any]:
        """Return the row of a figure by itself: by geometry or lists, or why not."""
        row = figure.row
        if row["quantity"] == "indicator":
            return _unchecked(figure, _why_not(row))
        found = measure(row, self.subjects, scopes=self.scopes)
        if found.value is None:
            return _unchecked(figure, found.reason or "no_data")
        method = "list" if row["quantity"] == "count" else "geometry"
        return _copied(figure) | {"method": method} | _judged(found, figure)

    def _row_of(self, made: Sum | Listed, figure: Figure) -> dict[str, Any]:
        if isinstance(made, Listed):
            own = _judged(Measured(float(len(made.names))), figure)
            names = "、".join(made.names)
            return _copied(figure) | own | {"method": "list", "check": made.check, "formula": names}
        outcome = carried_out(made)
        inputs = " ".join(part.ref for part in made.parts)
        about: dict[str, Any] = {"check": made.check, "formula": outcome.formula, "inputs": inputs}
        row = _copied(figure)
        if made.result is None:
            row |= {"quantity": "partition", "label": None, "label_en": None, "relation": "equal"}
            row |= {"published": 100.0, "published_to": None, "reading": None}
            row["measure"] = "percent"
        if made.measure is not None:
            row["measure"] = made.measure.id
        if outcome.compared is None:
            return row | about | _reasoned(row, outcome.reason or "no_data")
        others = {part.row["document"] for part in made.parts} - {figure.row["document"]}
        method = "between_documents" if others else "arithmetic"
        found = _found(outcome.computed, outcome.compared)
        return row | about | found | {"method": method, "reason": outcome.reason}


def _key(figure: Figure) -> tuple[object, ...]:
    return (figure.ref,)


def _why_not(cell: Row) -> str:
    if not cell["reading"].endswith("growth"):
        return "no_data"
    if cell["constant_prices"]:
        return "constant_prices"
    return "meaning_unknown" if cell["measure"] is None else "no_data"


def _copied(figure: Figure) -> dict[str, Any]:
    row = {name: figure.row[name] for name in _COPIED}
    made = dict.fromkeys(_COMPUTED)
    key = row_id(*(figure.row[name] for name in _CELL)) if "reading" in figure.row else None
    return {**row, **made, "id": key or figure.row["id"], "reading": figure.row.get("reading")}


def _unchecked(figure: Figure, reason: str) -> dict[str, Any]:
    row = _copied(figure)
    return row | _reasoned(row, reason)


def _reasoned(row: Row, reason: str) -> dict[str, Any]:
    return {"status": "not_checkable", "reason": reason, "missing": missing_for(row, reason)}


def _judged(found: Measured, figure: Figure) -> dict[str, Any]:
    """Judge what shapes or lists give: their error and rounding count once, not both."""
    value = found.value or 0.0
    exact = Span(value, value)
    result = compared(Printed(exact, exact), figure.span)
    tolerance = max(_rounding(figure), found.error)
    return _found(value, Compared(result.difference, tolerance))


def _rounding(figure: Figure) -> float:
    """Return how much the last digit, or an approximate wording, leaves open."""
    core, outer = figure.span
    low = core.low - outer.low if core.low > float("-inf") else 0.0
    return low or outer.high - core.high


def _found(value: float | None, found: Compared) -> dict[str, Any]:
    return {
        "computed": value,
        "tolerance": found.tolerance,
        "difference": found.difference,
        "status": found.status,
    }


def _completed(row: dict[str, Any], faulty: Faulty) -> dict[str, Any]:
    """Add the figure in its base measure, and findings that tell of what does not agree."""
    return {**row, **_converted(row), "findings": faulty.of_row(row)}


def _converted(row: Row) -> dict[str, object]:
    if row["measure"] is None:
        return {"converted": None, "converted_to": None, "base_measure": None}
    low, high = (
        None if row[name] is None else float(converted(Decimal(str(row[name])), row["measure"]))
        for name in ("published", "published_to")
    )
    base = MEASURES[row["measure"]].base
    return {"converted": low, "converted_to": high, "base_measure": base}


_CELL = ("layer", "indicator", "reading", "year")
_COPIED = (
    *("layer", "of", "quantity", "label", "label_en", "published", "published_to"),
    *("measure", "relation", "counter", "year", "document", "section", "line", "lines"),
)
_COMPUTED = (
    *("computed", "tolerance", "difference", "reason", "method", "missing"),
    *("check", "formula", "inputs"),
)
