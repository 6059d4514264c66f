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


_ABOUT = ("约", "左右")
_RELATIONS: tuple[tuple[Relation, tuple[str, ...]], ...] = (
    ("about", _ABOUT),
    ("at_least", ("以上", "≥", "不低于")),
    ("at_most", ("以下", "以内", "≤", "不超过")),
    ("more_than", ("＞", ">", "〉", "超过", "突破")),
    ("less_than", ("＜", "<", "〈", "低于")),
)
_UNITS = sorted({re.escape(m.zh) for m in MEASURES.values()} | {"ug/m3"}, reverse=True)
_UNIT = f"(?:{'|'.join(_UNITS)})?"
_CELL = re.compile(
    rf"(?P<open>\[?)(?P<low>-?\d+(?:\.\d+)?){_UNIT}(?:[-—~～](?P<high>\d+(?:\.\d+)?))?"
    rf"(?P<close>\]?){_UNIT}\*?"
)


def parse_cell(printed: str) -> Parsed:
    """Read a cell such as ``1046.1``, ``[16]``, ``60左右``, ``＞14``, ``3-5`` or ``下降20%``.

    A fall is negative. What has no number of that form (``--``, 完成省定任务) has no value.
    """
    text, relation = printed, None
    for name, marks in _RELATIONS:
        if any(mark in text for mark in marks):
            relation = relation or name
            for mark in marks:
                text = text.replace(mark, "")
    falls = text.startswith("下降")
    text = text.removeprefix("下降").removeprefix("控制在").strip()
    found = _CELL.fullmatch(text)
    if found is None:
        return Parsed()
    sign = -1 if falls else 1
    high = found["high"]
    return Parsed(
        sign * Decimal(found["low"]),
        None if high is None else sign * Decimal(high),
        relation or "equal",
        bool(found["open"]),
    )


class Reading(Strict):
    """One cell of a table of indicators: what a unit had, or is to have, in a year."""

    kind: ReadingKind
    year: Year
    printed: Printed


class Indicator(Strict):
    """A value of a unit (never a shape): measured, and aimed at."""

    id: Slug
    name: Bilingual
    group: Bilingual | None = None
    unit: Text | None = None
    """As printed; the document's scope where there is none."""
    measure: MeasureId
    counter: Printed | None = None
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
