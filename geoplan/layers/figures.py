"""What plans print as figures: claims about features, and indicators of a unit."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Self

from pydantic import Field, model_validator

from geoplan.config import Adcode, Bilingual, Strict, Text
from geoplan.layers.values import Figure, Line, MeasureId, Printed, Quantity, Slug, Year
from geoplan.schema import Nature, ReadingKind, Relation
from geoplan.schema.measures import MEASURES, measures_of


class Claim(Strict):
    """A figure as the plan prints it; `value_to` is the upper end of a range."""

    of: Text
    label: Bilingual | None = None
    """What the figure is of, where the word of its quantity does not say it (人口气化率)."""
    quantity: Quantity
    value: Figure
    value_to: Figure | None = None
    measure: MeasureId
    counter: Printed | None = None
    """The word behind the figure (家, 座, 处), where it is not that of the measure."""
    relation: Relation = "equal"
    year: Year | None = None
    section: Text
    lines: Annotated[tuple[Line, ...], Field(min_length=1)]
    relative_to: Adcode | None = None
    printed: tuple[Printed, ...] = ()
    """How the figure stands there, where digits are not (八大, 全部)."""

    @model_validator(mode="before")
    @classmethod
    def _not_approximate(cls, data: object) -> object:
        if isinstance(data, dict) and "approximate" in data:
            raise ValueError('approximate has become relation: write relation = "about" or "over"')
        return data

    @property
    def key(self) -> tuple[object, ...]:
        """What tells it from other claims of its layer."""
        claimed = (self.of, self.quantity, self.value, self.measure, self.counter, self.year)
        return *claimed, self.lines[0]

    @model_validator(mode="after")
    def _fits_quantity(self) -> Self:
        allowed = measures_of(self.quantity)
        if self.measure not in allowed:
            raise ValueError(f"{self.quantity} is measured in {', '.join(allowed)}")
        if self.value_to is not None and self.value_to <= self.value:
            raise ValueError("value_to is the upper end of a range: it must be above value")
        _check_counter(self.counter, self.measure)
        return self


def _check_counter(counter: str | None, measure: str) -> None:
    """Refuse a counter that hides 万 or 亿: 12万座 would read as 12座."""
    size = MEASURES[measure].zh[0]
    if counter is not None and size in "万亿" and not counter.startswith(size):
        raise ValueError(f"counter {counter!r} leaves out the {size} of {measure}: {size}{counter}")


@dataclass(frozen=True)
class Parsed:
    """A cell of a table of indicators as numbers; `value` is None where it holds words."""

    value: Decimal | None = None
    value_to: Decimal | None = None
    relation: Relation = "equal"
    cumulative: bool = False


_BEFORE: dict[str, Relation | None] = {
    **dict.fromkeys(("约",), "about"),
    **dict.fromkeys(("不低于", "≥"), "at_least"),
    **dict.fromkeys(("不超过", "≤"), "at_most"),
    **dict.fromkeys(("超过", "突破", "大于", "＞", ">", "〉"), "more_than"),
    **dict.fromkeys(("低于", "小于", "＜", "<", "〈"), "less_than"),
    **dict.fromkeys(("控制在", "达到", "增长", "下降"), None),
}
_BEHIND: dict[str, Relation] = {
    "左右": "about",
    **dict.fromkeys(("以上",), "at_least"),
    **dict.fromkeys(("以下", "以内", "内"), "at_most"),
}
_UNITS = sorted({re.escape(m.zh) for m in MEASURES.values()} | {"ug/m3"}, reverse=True)
_UNIT = f"(?:{'|'.join(_UNITS)})?"
_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_CELL = re.compile(
    rf"(?P<before>(?:{'|'.join(_BEFORE)})*)(?P<open>\[)?(?P<sign>-)?(?P<low>{_NUMBER}){_UNIT}"
    rf"(?:[-—~～](?P<high>{_NUMBER}){_UNIT})?(?(open)\]){_UNIT}"
    rf"(?P<behind>{'|'.join(_BEHIND)})?\*?"
)


def parse_cell(printed: str) -> Parsed:
    """Read a cell such as ``1046.1``, ``[16]``, ``60左右``, ``＞14``, ``3-5`` or ``下降20%``.

    A fall is negative. What has no number of that form (``--``, 完成省定任务,
    60以上80以下) has no value.
    """
    found = _CELL.fullmatch(printed.strip())
    if found is None:
        return Parsed()
    marks = re.findall("|".join(_BEFORE), found["before"])
    said = [_BEFORE[mark] for mark in marks] + [_BEHIND.get(found["behind"])]
    relations = [relation for relation in said if relation is not None]
    if len(relations) > 1:
        return Parsed()
    sign = -1 if "下降" in marks or found["sign"] else 1
    ends = [sign * Decimal(n.replace(",", "")) for n in (found["low"], found["high"]) if n]
    relation: Relation = relations[0] if relations else "equal"
    return Parsed(min(ends), max(ends) if len(ends) > 1 else None, relation, bool(found["open"]))


class Reading(Strict):
    """One cell of a table of indicators: what a unit had, or is to have, in a year."""

    kind: ReadingKind
    year: Year
    printed: Printed
    measure: MeasureId | None = None
    """Where it is not that of the indicator: growth may be in percent, or in all."""

    def measured_in(self, level: str, growth: str | None) -> str | None:
        """Return the measure of the cell; None for growth of which nothing says it."""
        if self.measure is not None or not self.kind.endswith("growth"):
            return self.measure or level
        return "percent" if "%" in self.printed else growth


class Indicator(Strict):
    """A value of a unit (never a shape): measured, and aimed at."""

    id: Slug
    name: Bilingual
    group: Bilingual | None = None
    unit: Text | None = None
    """As printed; the document's scope where there is none."""
    measure: MeasureId
    counter: Printed | None = None
    growth: MeasureId | None = None
    """The measure of growth, as the head of the table's column says it."""
    nature: Nature | None = None
    readings: Annotated[tuple[Reading, ...], Field(min_length=1)]
    section: Text
    lines: Annotated[tuple[Line, ...], Field(min_length=1)]
    printed: tuple[Printed, ...] = ()
    inferred: Bilingual | None = None
    """Why the unit is this one, where the lines do not name it."""
    note: Bilingual | None = None

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        keys = [(reading.kind, reading.year) for reading in self.readings]
        for kind, year in keys:
            if keys.count((kind, year)) > 1:
                raise ValueError(f"{kind} of {year} stands {keys.count((kind, year))} times")
        _check_counter(self.counter, self.measure)
        return self
