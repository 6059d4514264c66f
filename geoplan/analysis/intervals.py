"""Arithmetic of printed figures: each is an interval, as wide as its last digit leaves open."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf, isinf
from typing import NamedTuple

APPROXIMATE_SHARE = 0.05
"""What 约, 左右 or 多 allow, as a share of the printed figure."""

ROUNDING = 1e-9
"""Share by which floats may miss an edge that the figures meet exactly."""


class Span(NamedTuple):
    """All numbers from `low` to `high`."""

    low: float
    high: float

    def scaled(self, factor: float) -> Span:
        """Return the span times a positive number."""
        return Span(self.low * factor, self.high * factor)

    def holds(self, other: Span) -> bool:
        """Return whether all of `other` lies in it."""
        return self.low <= other.low and other.high <= self.high


class Printed(NamedTuple):
    """A printed figure: `core` is what it says, `outer` what it may have been before rounding."""

    core: Span
    outer: Span

    def scaled(self, factor: float) -> Printed:
        """Return the figure in another measure."""
        return Printed(self.core.scaled(factor), self.outer.scaled(factor))

    @property
    def open(self) -> bool:
        """Return whether it is known on one side only (以上, 以内)."""
        return any(map(isinf, self.outer))


def printed(low: float, high: float | None, *, step: float, relation: str) -> Printed:
    """Return the interval of a figure or range whose last digit counts `step`.

    约, 左右 and 多 allow 5 %; 以上 and 以内 leave one side open.
    """
    first, last = low, low if high is None else high
    about = relation in ("about", "over")
    slack = [max(step / 2, APPROXIMATE_SHARE * abs(end) if about else 0.0) for end in (first, last)]
    core, outer = Span(first, last), Span(first - slack[0], last + slack[1])
    if relation in ("at_least", "more_than"):
        return Printed(Span(core.low, inf), Span(outer.low, inf))
    if relation in ("at_most", "less_than"):
        return Printed(Span(-inf, core.high), Span(-inf, outer.high))
    return Printed(core, outer)


def added(spans: Sequence[Span]) -> Span:
    """Return the sum."""
    return Span(sum(s.low for s in spans), sum(s.high for s in spans))


def negative(span: Span) -> Span:
    """Return the span with the other sign."""
    return Span(-span.high, -span.low)


def multiplied(spans: Sequence[Span]) -> Span:
    """Return the product; 0 times what is open is 0."""
    made = Span(1.0, 1.0)
    for span in spans:
        ends = [0.0 if 0 in (a, b) else a * b for a in made for b in span]
        made = Span(min(ends), max(ends))
    return made


def divided(part: Span, whole: Span) -> Span | None:
    """Return the quotient, or None where the divisor may be 0."""
    if whole.low <= 0 <= whole.high:
        return None
    return multiplied([part, Span(1 / whole.high, 1 / whole.low)])


def grown(old: Span, new: Span, *, years: int) -> Span | None:
    """Return the yearly growth in percent that makes `new` of `old`, or None if one is not > 0."""
    if old.low <= 0 or new.low <= 0:
        return None
    power = 1 / years
    return Span(
        100 * ((new.low / old.high) ** power - 1), 100 * ((new.high / old.low) ** power - 1)
    )


class Compared(NamedTuple):
    """How far a computed figure lies from a printed one, and how far it may."""

    difference: float
    tolerance: float

    @property
    def status(self) -> str:
        """Return `agrees` up to one tolerance, `differs` up to three, else `inconsistent`."""
        far, near = abs(self.difference), self.tolerance * (1 + ROUNDING) + 1e-12
        if far <= near:
            return "agrees"
        return "differs" if far <= 3 * near else "inconsistent"


def compared(computed: Printed, stated: Printed, *, repeated: bool = False) -> Compared:
    """Compare two figures; they agree just where their outer intervals meet.

    The tolerance is what rounding leaves open on the side where they differ,
    of both together; infinite where a figure is open there. Where one figure
    is printed twice (`repeated`), the coarser is the finer one, rounded: so
    39.8 and 39.7 differ, and 2.07 and 2.1 agree.
    """
    core, outer = computed
    above = (_gap(core.low, outer.low), _gap(stated.outer.high, stated.core.high))
    below = (_gap(outer.high, core.high), _gap(stated.core.low, stated.outer.low))
    room = max if repeated else sum
    if core.low > stated.core.high:
        return Compared(core.low - stated.core.high, room(above))
    if core.high < stated.core.low:
        return Compared(core.high - stated.core.low, room(below))
    return Compared(0.0, max(room(above), room(below)))


def _gap(high: float, low: float) -> float:
    return 0.0 if high == low else high - low
