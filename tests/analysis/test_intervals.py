"""Arithmetic of intervals: what was true before rounding is never said to differ."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import inf

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

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

DIGITS = st.integers(0, 3)
VALUES = st.floats(0.5, 5000.0)


def as_printed(value: float, digits: int) -> Printed:
    """Return what a plan prints of a true value, with so many decimals."""
    return printed(round(value, digits), None, step=10.0**-digits, relation="equal")


def both(
    parts: Sequence[Printed], make: Callable[[Sequence[Span]], Span | None]
) -> tuple[Span | None, Span | None]:
    return make([p.core for p in parts]), make([p.outer for p in parts])


MAKE: dict[str, tuple[Callable[[Sequence[Span]], Span | None], Callable[..., float]]] = {
    "sum": (added, lambda *v: sum(v)),
    "difference": (lambda s: added([s[0], *map(negative, s[1:])]), lambda a, *b: a - sum(b)),
    "product": (multiplied, lambda a, b, c: a * b * c),
    "ratio": (lambda s: divided(s[0], s[1]), lambda a, b, c: a / b),
    "growth": (lambda s: grown(s[0], s[1], years=5), lambda a, b, c: 100 * ((b / a) ** 0.2 - 1)),
}


@pytest.mark.parametrize("kind", MAKE)
@given(
    values=st.tuples(VALUES, VALUES, VALUES),
    digits=st.tuples(DIGITS, DIGITS, DIGITS),
    of_result=DIGITS,
)
def test_true_values_always_agree(
    kind: str, values: tuple[float, ...], digits: tuple[int, ...], of_result: int
) -> None:
    spans, plain = MAKE[kind]
    parts = [as_printed(v, d) for v, d in zip(values, digits, strict=True)]
    core, outer = both(parts, spans)
    assume(core is not None and outer is not None)
    assert core is not None
    assert outer is not None
    assert outer.low <= core.low <= core.high <= outer.high
    found = compared(Printed(core, outer), as_printed(plain(*values), of_result))
    assert found.status == "agrees"


@given(value=VALUES, coarse=DIGITS, fine=DIGITS)
def test_one_value_printed_twice_agrees_however_fine(value: float, coarse: int, fine: int) -> None:
    coarse, fine = sorted((coarse, fine))
    finer = round(value, fine)  # as the coarser is made of the finer, so no half falls between
    found = compared(as_printed(value, fine), as_printed(finer, coarse), repeated=True)
    assert found.status == "agrees"


@given(value=st.integers(1, 9999), digits=DIGITS, off=st.integers(-9, 9))
def test_one_figure_printed_twice_agrees_only_if_it_is_the_same(
    value: int, digits: int, off: int
) -> None:
    step = 10.0**-digits
    one, other = (as_printed(n * step, digits) for n in (value, value + off))
    found = compared(one, other, repeated=True)
    expected = "agrees" if off == 0 else "differs" if abs(off) == 1 else "inconsistent"
    assert found.status == expected


@pytest.mark.parametrize(
    ("relation", "core", "outer"),
    [
        ("equal", (60.0, 60.0), (59.5, 60.5)),
        ("about", (60.0, 60.0), (57.0, 63.0)),
        ("over", (60.0, 60.0), (57.0, 63.0)),
        ("at_least", (60.0, inf), (59.5, inf)),
        ("more_than", (60.0, inf), (59.5, inf)),
        ("at_most", (-inf, 60.0), (-inf, 60.5)),
        ("less_than", (-inf, 60.0), (-inf, 60.5)),
    ],
)
def test_words_widen_a_figure(
    relation: str, core: tuple[float, float], outer: tuple[float, float]
) -> None:
    assert printed(60.0, None, step=1.0, relation=relation) == Printed(Span(*core), Span(*outer))


def test_ranges_keep_both_ends() -> None:
    found = printed(35.0, 45.0, step=1.0, relation="equal")
    assert found == Printed(Span(35.0, 45.0), Span(34.5, 45.5))


@pytest.mark.parametrize(
    ("difference", "status"),
    [
        (0.0, "agrees"),
        (-2.0, "agrees"),
        (2.01, "differs"),
        (-6.0, "differs"),
        (6.1, "inconsistent"),
    ],
)
def test_three_grades(difference: float, status: str) -> None:
    assert Compared(difference, 2.0).status == status


def test_nothing_is_divided_by_what_may_be_zero() -> None:
    assert divided(Span(1.0, 2.0), Span(-0.5, 0.5)) is None
    assert divided(Span(1.0, 2.0), Span(0.0, 1.0)) is None
    assert grown(Span(0.0, 1.0), Span(1.0, 2.0), years=5) is None
    assert divided(Span(1.0, 2.0), Span(2.0, 4.0)) == Span(0.25, 1.0)


def test_products_know_their_signs() -> None:
    assert multiplied([Span(-2.0, 3.0), Span(-1.0, 4.0)]) == Span(-8.0, 12.0)
    assert multiplied([Span(0.0, inf), Span(0.0, 2.0)]) == Span(0.0, inf)
