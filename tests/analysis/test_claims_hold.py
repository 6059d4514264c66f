"""Properties of checked figures: truth never fails, and no wording or measure changes it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from geoplan.analysis.arithmetic import Outcome, Sum, carried_out
from geoplan.analysis.intervals import printed
from geoplan.analysis.numbers import Figure, step_of
from geoplan.schema import CheckKind
from geoplan.schema.measures import MEASURES

DIGITS = st.integers(0, 3)
VALUES = st.floats(1.0, 5000.0)
MANY = settings(max_examples=60, deadline=None)


def figure(text: str, measure: str, *, to: str | None = None, relation: str = "equal") -> Figure:
    """Return a figure as a plan prints it."""
    low, high = float(text), None if to is None else float(to)
    step = step_of(text)
    row = {"published": low, "published_to": high, "step": step, "relation": relation}
    row |= {"section": "一", "document": "d"}
    span = printed(low, high, step=step, relation=relation)
    return Figure(None, f"stated:{text}", row, MEASURES[measure], span)


def rounded(value: float, digits: int, measure: str, **more: Any) -> Figure:
    """Return a true value as printed with so many decimals."""
    return figure(f"{value:.{digits}f}", measure, **more)


def outcome(
    kind: CheckKind, result: Figure | None, parts: Sequence[Figure], years: int | None = None
) -> Outcome:
    return carried_out(Sum(kind, result, parts, years))


def status(found: Outcome) -> str:
    return "not_checkable" if found.compared is None else found.compared.status


@MANY
@given(
    old=VALUES,
    times=st.floats(0.5, 3.0),
    years=st.integers(1, 10),
    digits=st.tuples(DIGITS, DIGITS, DIGITS),
)
def test_true_growth_is_never_said_to_differ(
    old: float, times: float, years: int, digits: tuple[int, int, int]
) -> None:
    """Also where it is negative, or so small that its ends are printed alike."""
    growth = 100 * (times ** (1 / years) - 1)
    parts = [
        rounded(value, d, "100m_yuan")
        for value, d in zip((old, old * times), digits[:2], strict=True)
    ]
    found = outcome("growth", rounded(growth, digits[2], "percent"), parts, years)
    assert status(found) in ("agrees", "not_checkable")
    if found.compared is None:
        assert found.reason in ("coarse_figures", "no_quotient")


@MANY
@given(
    old=st.integers(10, 999),
    new=st.integers(10, 999),
    off=st.floats(-40.0, 40.0),
    years=st.integers(1, 5),
)
def test_growth_that_agrees_has_the_sign_of_what_its_ends_make(
    old: int, new: int, off: float, years: int
) -> None:
    stated = rounded(off, 1, "percent")
    found = outcome("growth", stated, [figure(f"{n}", "100m_yuan") for n in (old, new)], years)
    if status(found) == "agrees" and abs(old - new) > 1 and abs(off) > 0.05:
        assert (off > 0) is (new > old)


@MANY
@given(values=st.lists(VALUES, min_size=2, max_size=6), off=st.floats(-50.0, 50.0))
def test_neither_the_order_nor_the_measure_of_parts_matters(
    values: list[float], off: float
) -> None:
    total = rounded(sum(values) + off, 1, "100m_yuan")
    fine = [f"{value:.1f}" for value in values]
    one = outcome("sum", total, [figure(text, "100m_yuan") for text in fine])
    other = outcome("sum", total, [figure(text, "100m_yuan") for text in fine[::-1]])
    assert status(one) == status(other)
    assert one.computed == pytest.approx(other.computed)
    # 12.3 亿元 and 123000 万元 are one amount; the latter is only printed finer.
    in_10k = [figure(f"{float(text) * 1e4:.0f}", "10k_yuan") for text in fine]
    finer = outcome("sum", total, in_10k)
    assert finer.computed == pytest.approx(one.computed)
    assert finer.compared is not None
    assert one.compared is not None
    assert finer.compared.difference == pytest.approx(one.compared.difference, abs=1e-6)
    assert finer.compared.tolerance <= one.compared.tolerance + 1e-9


@MANY
@given(a=VALUES, b=VALUES, off=st.floats(-200.0, 200.0))
def test_softer_words_never_make_a_figure_worse(a: float, b: float, off: float) -> None:
    order = ("agrees", "differs", "inconsistent")
    parts = [rounded(value, 1, "100m_yuan") for value in (a, b)]
    assume(a + b + off > 1)
    plain, about = (
        outcome("sum", rounded(a + b + off, 1, "100m_yuan", relation=relation), parts)
        for relation in ("equal", "about")
    )
    assert order.index(status(about)) <= order.index(status(plain))
    least = outcome("sum", rounded(a + b + off, 1, "100m_yuan", relation="at_least"), parts)
    if off < 0:
        assert status(least) == "agrees"
    else:
        assert status(least) == status(plain)


@MANY
@given(
    low=st.integers(1, 400),
    width=st.integers(1, 50),
    value=st.integers(1, 500),
)
def test_a_range_agrees_with_what_lies_in_it(low: int, width: int, value: int) -> None:
    stated = figure(f"{low}", "km2", to=f"{low + width}")
    found = outcome("equal", stated, [figure(f"{value}.0", "km2")])
    assert found.compared is not None
    if low <= value <= low + width:
        assert found.compared.difference == 0.0
        assert status(found) == "agrees"
    else:
        nearest = low if value < low else low + width
        assert found.compared.difference == pytest.approx(value - nearest)
        assert status(found) != "agrees"


@pytest.mark.parametrize(
    ("result", "measure", "expected"),
    [
        ("10", "percentage_points", "agrees"),
        ("10.0", "percentage_points", "agrees"),
        ("25", "percent", "agrees"),
        ("25", "percentage_points", "inconsistent"),
        ("10", "percent", "inconsistent"),
        ("-10", "percentage_points", "inconsistent"),
    ],
)
def test_points_are_a_difference_and_percent_a_ratio(
    result: str, measure: str, expected: str
) -> None:
    """A share that goes from 40 % to 50 % gains 10 points, which are 25 %."""
    shares = [figure(text, "percent") for text in ("40.00", "50.00")]
    assert status(outcome("growth", figure(result, measure), shares)) == expected


@pytest.mark.parametrize("years", [1, 5])
def test_a_fall_is_as_good_as_a_rise(years: int) -> None:
    """−2.1 % a year is what 100.0 falls by to 89.9 in five years, and never +2.1 %."""
    ends = [figure("100.00", "100m_yuan"), figure(f"{100 * 0.979**years:.2f}", "100m_yuan")]
    assert status(outcome("growth", figure("-2.1", "percent"), ends, years)) == "agrees"
    assert status(outcome("growth", figure("2.1", "percent"), ends, years)) == "inconsistent"


def test_growth_from_nothing_is_no_growth() -> None:
    for old, new in (("0", "5"), ("0.4", "0"), ("-3.0", "5.0")):
        found = outcome(
            "growth",
            figure("9", "percent"),
            [figure(old, "100m_yuan"), figure(new, "100m_yuan")],
            5,
        )
        assert (found.compared, found.reason) == (None, "no_quotient")


@MANY
@given(weights=st.lists(st.floats(1.0, 100.0), min_size=2, max_size=8), digits=DIGITS)
def test_shares_of_a_whole_always_add_up(weights: list[float], digits: int) -> None:
    shares = [rounded(100 * w / sum(weights), digits, "percent") for w in weights]
    found = outcome("partition", None, shares)
    assert status(found) == "agrees"
    # Without one that is well above the rounding of all they do not.
    largest = max(shares, key=lambda share: share.row["published"])
    room = 3 * len(shares) * largest.row["step"] / 2
    if largest.row["published"] > room:
        rest = [share for share in shares if share is not largest]
        assert status(outcome("partition", None, rest)) == "inconsistent"


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("[7.6]", 0.1),
        ("1,312.25", 0.01),
        ("12", 1.0),
        ("3.50～4.5", 0.01),
        ("约10.0", 0.1),
        ("-2.1", 0.1),
        ("7.60%", 0.01),
        ("完成", 1.0),
    ],
)
def test_the_last_digit_of_a_cell_is_what_is_printed(text: str, step: float) -> None:
    assert step_of(text) == pytest.approx(step)
