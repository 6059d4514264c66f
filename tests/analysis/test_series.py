"""Which figures make a growth or repeat one another, and which findings tell of them."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from geoplan.analysis.faulty import Faulty
from geoplan.analysis.intervals import printed
from geoplan.analysis.numbers import Figure
from geoplan.analysis.series import growth_sums, repeated
from geoplan.analysis.written import Listed, written_checks
from geoplan.schema.measures import MEASURES


def figure(reading: str, year: str, value: float = 1.0, **more: Any) -> Figure:
    """Return a figure of an indicator in 亿元; growth is in percent."""
    grows = reading.endswith("growth")
    row = {
        "layer": "plan",
        "indicator": "gdp",
        "name": "产值",
        "adcode": "140700",
        "reading": reading,
        "year": year,
        "cumulative": False,
        "constant_prices": False,
        "measure": "percent" if grows else "100m_yuan",
        "published": value,
        **more,
    }
    name = f"{row['layer']}/{row['indicator']}@{reading}:{year}"
    span = printed(value, None, step=0.1, relation="equal")
    return Figure(name, f"indicators:{name}", row, MEASURES[row["measure"]], span)


GROWTH = figure("target_growth", "2020")


def test_growth_is_set_against_the_earliest_actual_value_and_its_own_end() -> None:
    first, later, end = figure("actual", "2010"), figure("actual", "2015"), figure("target", "2020")
    (made,) = growth_sums([later, figure("target", "2015"), end, first, GROWTH])
    assert (made.kind, made.result, list(made.parts)) == ("growth", GROWTH, [first, end])
    assert made.years == 10
    assert made.perhaps_total


def test_cumulative_growth_is_not_by_the_year_and_no_total_besides() -> None:
    growth = figure("target_growth", "2020", cumulative=True)
    ends = [figure("actual", "2015"), figure("target", "2020")]
    (made,) = growth_sums([*ends, growth])
    assert (made.years, made.perhaps_total) == (None, False)


@pytest.mark.parametrize(
    "others",
    [
        [figure("target", "2020")],
        [figure("actual", "2015")],
        # A target is no value that anything grew from, nor is one of the same year.
        [figure("target", "2015"), figure("target", "2020")],
        [figure("actual", "2020"), figure("target", "2020")],
        [figure("actual", "2015", layer="other"), figure("target", "2020")],
        [figure("actual", "2015", measure="10k_yuan"), figure("target", "2020")],
        [figure("actual", "2015"), figure("target", "2020", cumulative=True)],
    ],
)
def test_growth_without_two_ends_that_fit_is_no_sum(others: list[Figure]) -> None:
    assert list(growth_sums([*others, GROWTH])) == []


def test_points_are_of_shares_only() -> None:
    points = figure("target_growth", "2020", measure="percentage_points")
    money = [figure("actual", "2015"), figure("target", "2020")]
    shares = [figure("actual", "2015", measure="percent")]
    shares += [figure("target", "2020", measure="percent")]
    assert list(growth_sums([*money, points])) == []
    assert [list(made.parts) for made in growth_sums([*shares, points])] == [shares]


def test_an_increase_in_tons_or_yuan_is_no_growth_rate() -> None:
    more = figure("target_growth", "2020", measure="100m_yuan")
    assert list(growth_sums([figure("actual", "2015"), figure("target", "2020"), more])) == []


def test_a_figure_is_compared_with_the_first_of_its_kind() -> None:
    one, two, three = (figure("actual", "2015", layer=name) for name in "abc")
    made = list(repeated([one, two, three]))
    assert [(sum_.result, list(sum_.parts)) for sum_ in made] == [(two, [one]), (three, [one])]
    assert {sum_.kind for sum_ in made} == {"equal"}


@pytest.mark.parametrize(
    "other",
    [
        figure("target", "2015"),
        figure("actual", "2016"),
        figure("actual", "2015", adcode="140000"),
        figure("actual", "2015", name="增加值"),
        figure("actual", "2015", cumulative=True),
        figure("actual", "2015", measure="km2"),
    ],
)
def test_figures_of_other_kinds_are_not_compared(other: Figure) -> None:
    assert list(repeated([figure("actual", "2015"), other])) == []


def test_growth_rates_are_not_repetitions_but_other_measures_of_a_kind_are() -> None:
    assert list(repeated([GROWTH, figure("target_growth", "2020", layer="b")])) == []
    other = figure("actual", "2015", measure="10k_yuan")
    assert len(list(repeated([figure("actual", "2015"), other]))) == 1


def finding(
    key: str, said: str, *, kind: str = "sums_differ", lines: str = "10 12"
) -> dict[str, Any]:
    named = {"finding": key, "place": 0, "kind": kind, "printed": said, "lines": lines}
    texts = dict.fromkeys(("title", "title_en", "detail", "detail_en", "section"), "x")
    return {"document": "plan", "file_line": 1, "units": None, "about": None} | texts | named


def told(published: float, *rows: dict[str, Any], **more: Any) -> str | None:
    """Return which findings tell of a claim in line 12."""
    blank = {c: 0 if c.endswith("line") else None for row in rows for c in row}
    table = pd.DataFrame([blank | row for row in rows])
    claim = {"document": "plan", "lines": "12", "status": "differs", "published": published}
    return Faulty.of({"findings": table}).of_row(claim | more)


def test_a_finding_tells_of_a_figure_that_it_prints_in_that_line() -> None:
    rows = [finding("b", "共32.5万亩"), finding("a", "32.5、7"), finding("c", "8")]
    assert told(32.5, *rows) == "a b"
    assert told(32, *rows) is None
    assert told(-32.5, *rows) == "a b"
    assert told(32.5, *rows, lines="11") is None
    assert told(32.5, *rows, document="other") is None


@pytest.mark.parametrize(("status", "is_told"), [("inconsistent", True), ("agrees", False)])
def test_only_figures_that_do_not_agree_are_told(status: str, *, is_told: bool) -> None:
    assert (told(7, finding("a", "7"), status=status) == "a") is is_told
    assert told(7, finding("a", "7", kind="name_differs"), status=status) is None


@pytest.mark.parametrize("value", [10_877, 1_234_567.5, 10, 877])
def test_thousands_that_are_set_apart_are_one_number(value: float) -> None:
    expected = "a" if value > 1000 else None
    assert told(value, finding("a", "10,877元，共1,234,567.5元")) == expected


def checks(*rows: dict[str, Any]) -> Any:
    blank = {"check": "c", "years": None, "measure": None, "result": None, "parts": ""}
    features = pd.DataFrame([{"layer": "parks", "feature": "one", "name": "甲园"}])
    tables = {"checks": pd.DataFrame([blank | row for row in rows]), "features": features}
    named = [figure("actual", "2015"), figure("target", "2020")]
    return named, list(written_checks(tables, named))


A, B = "plan/gdp@actual:2015", "plan/gdp@target:2020"


def test_checks_take_their_figures_years_and_measure() -> None:
    row = {"kind": "factor", "result": B, "parts": f"{A} {B}", "years": 5, "measure": "10k_yuan"}
    named, (made,) = checks(row)
    assert (made.result, list(made.parts)) == (named[1], named)
    assert (made.years, made.measure, made.check) == (5, MEASURES["10k_yuan"], "c")
    (whole,) = checks({"kind": "whole", "parts": f"{A} {B}"})[1]
    assert (whole.result, whole.years, whole.measure) == (None, None, None)


def test_checks_whose_figures_or_features_are_left_out_are_not_made() -> None:
    gone = [{"kind": "sum", "result": B, "parts": f"{A} plan/x@actual:2015"}]
    gone += [{"kind": "sum", "result": "plan/x@actual:2015", "parts": A}]
    gone += [{"kind": "count", "result": A, "parts": "parks/one parks/two"}]
    gone += [{"kind": "count", "result": "plan/x@actual:2015", "parts": "parks/one"}]
    assert checks(*gone)[1] == []
    named, (made,) = checks({"kind": "count", "result": A, "parts": "parks/one"})
    assert made == Listed(named[0], (), ["甲园"], "c")
