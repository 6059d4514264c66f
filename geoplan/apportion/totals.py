"""Sums by class: of each unit, of cities, and of all, as a table for reports."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from geoplan.apportion.counts import Counts
from geoplan.apportion.parts import Labels, Target
from geoplan.apportion.rows import Given
from geoplan.gazetteer import Gazetteer


@dataclass(frozen=True)
class Line:
    """A unit and what each set of classes has of it; `held` of its `counties` are counted."""

    adcode: str
    name: str
    counties: int
    held: int
    cells: tuple[int | float, ...]
    total: int | float
    is_sum: bool


@dataclass(frozen=True)
class Totals:
    """Lines of units, of the cities above them, and of all; on exact shapes only."""

    titles: tuple[str, ...]
    classes: tuple[str, ...]
    lines: tuple[Line, ...]


def totals_of(
    given: Sequence[Given], target: Target, *, counts: Counts, gazetteer: Gazetteer, unit: str
) -> Totals:
    """Return sums of whole numbers of the last digit, so that rows and columns add up."""
    sums: dict[str, dict[Labels, int]] = defaultdict(lambda: defaultdict(int))
    held: dict[str, int] = defaultdict(int)
    own = {each.unit.adcode for each in given}
    for each in given:
        code = each.unit.adcode
        for above in [code, *gazetteer.ancestors(code)]:
            if not gazetteer.within(above, unit):
                continue
            held[above] += len(each.unit.counties)
            for share in each.shares:
                if share.count is not None:
                    sums[above][share.labels] += share.count
    every = sorted({labels for row in sums.values() for labels in row}, key=target.order_of)
    lines = [
        Line(
            code,
            gazetteer.units[code].name,
            len(gazetteer.counties(code)),
            held[code],
            tuple(counts.given(sums[code].get(labels, 0)) for labels in every),
            counts.given(sum(sums[code].values())),
            code not in own,
        )
        for code in sorted(sums, key=lambda code: (code == unit, code))
    ]
    return Totals(
        tuple(target.title_of(labels) for labels in every),
        tuple(";".join(labels) for labels in every),
        tuple(lines),
    )
