"""Sums that follow from how indicators are printed: growth against its ends, repeated figures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from geoplan.analysis.arithmetic import Sum
from geoplan.analysis.numbers import Figure


def growth_sums(figures: Sequence[Figure]) -> Iterator[Sum]:
    """Yield a sum for each growth whose first and last value are printed beside it.

    The last value is the one of its year and kind (actual or target), the
    first the earliest actual one before. Growth at constant prices does not
    follow from them.
    """
    rows: dict[tuple[str, str], list[Figure]] = defaultdict(list)
    for figure in figures:
        rows[figure.row["layer"], figure.row["indicator"]].append(figure)
    for own in rows.values():
        for figure in own:
            if figure.row["reading"].endswith("growth") and not figure.row["constant_prices"]:
                yield from _growth(figure, own)


def _growth(figure: Figure, own: Sequence[Figure]) -> Iterator[Sum]:
    kind, year = figure.row["reading"].removesuffix("_growth"), figure.row["year"]
    ends = [f for f in own if (f.row["reading"], f.row["year"]) == (kind, year)]
    before = [f for f in own if f.row["reading"] == "actual" and f.row["year"] < year]
    if figure.measure is None or not ends or not before:
        return
    old, new = min(before, key=lambda f: f.row["year"]), ends[0]
    if old.measure != new.measure or old.row["cumulative"] or new.row["cumulative"]:
        return
    years = None if figure.row["cumulative"] else int(year) - int(old.row["year"])
    # An increase of jobs or tons may be a total of yearly numbers: people write such a check.
    if figure.measure.kind == "points" and not old.is_fraction:
        return
    if figure.measure.kind not in ("points", "ratio", "multiple"):
        return
    yield Sum("growth", figure, [old, new], years, perhaps_total=years is not None)


def repeated(figures: Sequence[Figure]) -> Iterator[Sum]:
    """Yield a sum for each figure that stands in an earlier table or document already.

    The same unit, name, reading and year: an actual value is never set
    against a target, nor a cumulative one against that of a year.
    """
    first: dict[tuple[object, ...], Figure] = {}
    for figure in figures:
        row = figure.row
        kind = figure.measure.kind if figure.measure else None
        if kind is None or row["reading"].endswith("growth"):
            continue
        key = (row["adcode"], row["name"], row["reading"], row["year"], row["cumulative"], kind)
        if key in first:
            yield Sum("equal", figure, [first[key]])
        else:
            first[key] = figure
