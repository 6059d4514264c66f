"""Figures that other figures make: sums, differences, ratios, products, growth, repetitions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import isinf

from geoplan.analysis.intervals import (
    Compared,
    Printed,
    Span,
    added,
    compared,
    divided,
    grown,
    multiplied,
    negative,
    printed,
)
from geoplan.analysis.numbers import FRACTIONS, Figure
from geoplan.schema import CheckKind
from geoplan.schema.measures import MEASURES, Measure

WHOLE = printed(100.0, None, step=0.0, relation="equal")
"""What the shares of a partition add up to, in percent."""


@dataclass(frozen=True)
class Sum:
    """One sum that must come out: `parts` make `result` (None: the whole, 100 %)."""

    kind: CheckKind
    result: Figure | None
    parts: Sequence[Figure]
    years: int | None = None
    """Growth, or a factor, is yearly over so many years; None: in all."""
    check: str | None = None
    measure: Measure | None = None
    """Of the result, where it is not the figure's own."""
    perhaps_total: bool = False
    """Growth that says nothing of being cumulative may be so: what fits better holds."""


@dataclass(frozen=True)
class Outcome:
    """What a sum gives, in the measure of its result; `reason` says why it gives nothing."""

    computed: float | None = None
    compared: Compared | None = None
    reason: str | None = None
    formula: str = ""


def carried_out(made: Sum) -> Outcome:
    """Carry a sum out on intervals, and compare what it gives with what is printed."""
    outcome = _once(made)
    if made.perhaps_total and outcome.compared and outcome.compared.status != "agrees":
        total = _once(replace(made, years=None))
        if total.compared is not None and total.compared.status == "agrees":
            return replace(total, reason="as_total")
        if total.reason == "coarse_figures":
            return total
    return outcome


def _once(made: Sum) -> Outcome:
    formula = _formula(made)
    core, outer = (
        _value(made, [getattr(p, side) for p in _inputs(made)]) for side in Printed._fields
    )
    if core is None or outer is None:
        return Outcome(reason="no_quotient", formula=formula)
    computed, stated = Printed(core, outer), _stated(made)
    if made.result is not None:
        computed = computed.scaled(_scale(made))
    found = compared(computed, stated, repeated=made.kind == "equal")
    # What is open on the side where they meet would agree with anything.
    vague = computed.open and not stated.core.holds(computed.core)
    if found.status == "agrees" and (vague or isinf(found.tolerance)):
        return Outcome(reason="open_figures", formula=formula)
    if found.status == "agrees" and _is_coarse(found, computed, stated):
        return Outcome(reason="coarse_figures", formula=formula)
    low, high = computed.core
    value = low if isinf(high) else high if isinf(low) else (low + high) / 2
    return Outcome(value, found, None, formula)


def _is_coarse(found: Compared, computed: Printed, stated: Printed) -> bool:
    """Return whether the parts do not even say if there is more or less than 0.

    Where they give the very figure, up to its own rounding, they need not.
    """
    core, outer = stated
    own = min(core.low - outer.low, outer.high - core.high)
    around = computed.outer.low <= 0.0 <= computed.outer.high
    return around and abs(found.difference) > own + 1e-12


def _stated(made: Sum) -> Printed:
    return WHOLE if made.result is None else made.result.span


def _inputs(made: Sum) -> list[Printed]:
    if made.kind in ("ratio", "product") or (made.kind == "growth" and not _in_points(made)):
        return [part.plain for part in made.parts]
    return [part.base for part in made.parts]


def _measure(made: Sum) -> Measure | None:
    return made.measure or (None if made.result is None else made.result.measure)


def _in_points(made: Sum) -> bool:
    """Return whether growth is a difference: in points, or in the measure of the parts."""
    measure = _measure(made)
    return measure is None or measure.kind not in ("ratio", "multiple")


def _scale(made: Sum) -> float:
    """Return what turns the computed figure into the measure of the result."""
    measure = _measure(made)
    if measure is None:
        return 1.0
    hundred = made.kind in ("ratio", "product") and measure.kind in FRACTIONS
    times = made.kind == "growth" and measure.kind == "multiple"
    return (100.0 if hundred else 0.01 if times else 1.0) / float(measure.factor)


def _value(made: Sum, spans: Sequence[Span]) -> Span | None:
    if made.kind == "growth":
        return _growth(made, spans)
    if made.kind == "product" and made.years:
        return multiplied(spans).scaled(made.years)
    return _OF_KIND[made.kind](spans)


def _growth(made: Sum, spans: Sequence[Span]) -> Span | None:
    """Return growth between two figures, or from 1 where the only one is a multiple."""
    years = made.years or 1
    old, new = spans if len(spans) > 1 else (Span(1.0, 1.0), spans[0])
    if _in_points(made):
        return added([new, negative(old)]).scaled(1 / years)
    return grown(old, new, years=years)


_OF_KIND: dict[str, Callable[[Sequence[Span]], Span | None]] = {
    "sum": added,
    "partition": added,
    "difference": lambda spans: added([spans[0], *map(negative, spans[1:])]),
    "product": multiplied,
    "ratio": lambda spans: divided(spans[0], spans[1]),
    "equal": lambda spans: spans[0],
}

_SIGNS = {"sum": " + ", "partition": " + ", "difference": " − ", "product": " × ", "ratio": " ÷ "}


def _formula(made: Sum) -> str:
    """Return the sum as people write it, with the figures as printed."""
    terms = _terms(made)
    if made.kind == "equal":
        return f"{terms[0]}（{made.parts[0].row['section']}）"
    if made.kind != "growth":
        more = [str(made.years)] if made.years else []
        return _SIGNS[made.kind].join([*terms, *more])
    old, new = terms if len(terms) > 1 else ("1", terms[0])
    years = made.years or 1
    if _in_points(made):
        return f"({new} − {old}) ÷ {years}" if years > 1 else f"{new} − {old}"
    ratio = f"{new} ÷ {old}" if len(terms) > 1 else new
    if years == 1:
        return f"{ratio} − 1"
    return f"({ratio})^(1/{years}) − 1" if len(terms) > 1 else f"{ratio}^(1/{years}) − 1"


def _terms(made: Sum) -> list[str]:
    """Return the figures as printed; in base measures where their measures differ."""
    measures = {part.measure for part in made.parts}
    if made.kind == "equal":
        measures.add(_measure(made))
    mixed = len(measures) > 1 and made.kind != "growth"
    return [_term(part, mixed=mixed, fraction=made.kind in ("product",)) for part in made.parts]


def _term(part: Figure, *, mixed: bool, fraction: bool) -> str:
    if part.is_fraction and fraction and part.measure == MEASURES["percent"]:
        return f"{part.digits}%"
    if not mixed or part.measure is None or part.measure.factor == 1:
        return part.digits
    low, high = part.row["published"], part.row["published_to"]
    ends = [f"{end * float(part.measure.factor):.12g}" for end in (low, high) if end is not None]
    return "~".join(ends)
