"""What plans print as figures: claims about features, and indicators of a unit."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Self

from pydantic import Field, StrictBool, model_validator

from geoplan.config import Adcode, Bilingual
from geoplan.layers.values import Figure, Line, MeasureId, Printed, Quantity, Slug, Year
from geoplan.schema import Nature, ReadingKind, Relation, row_id
from geoplan.schema.measures import MEASURES, measures_of
from geoplan.strict import Strict, Text


class Claim(Strict):
    """A figure as the plan prints it; `value_to` is the upper end of a range."""

    of: Text
    id: Slug | None = None
    """How checks call it (``layer@id``), where one needs it."""
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
        what = (self.of, self.label and self.label.zh, self.quantity, self.year)
        much = (self.value, self.value_to, self.relation, self.measure, self.counter)
        return *what, *much, self.lines[0]

    def row_id(self, layer: str) -> str:
        """Return the id of its row in the tables, as a claim of `layer`."""
        return row_id(layer, *self.key)

    @model_validator(mode="after")
    def _fits_quantity(self) -> Self:
        allowed = measures_of(self.quantity)
        if self.measure not in allowed:
            raise ValueError(f"{self.quantity} is measured in {', '.join(allowed)}")
        if self.value_to is not None and self.value_to <= self.value:
            raise ValueError("value_to is the upper end of a range: it must be above value")
        if self.value_to is not None and self.relation not in ("equal", "about"):
            raise ValueError(f"a range is not {self.relation}; leave relation or value_to out")
        whole = self.quantity == "target_year" or self.measure in ("units", "features", "items")
        if whole and self.value != self.value.to_integral_value():
            raise ValueError(f"{self.value} of {self.measure} is no whole number")
        _check_counter(self.counter, self.measure)
        return self


def _check_counter(counter: str | None, measure: str) -> None:
    """Refuse counters of what is not counted, and those that hide or invent 万 or 亿."""
    found = MEASURES[measure]
    if counter is None or counter.startswith(found.zh):  # 万吨/年
        return
    if found.kind not in ("number", "households", "people", "visits"):
        raise ValueError(f"counter {counter!r}: {measure} has a measure of its own; leave it out")
    size = found.zh[0] if found.zh[0] in "万亿" else ""
    if size and not counter.startswith(size):
        raise ValueError(f"counter {counter!r} leaves out the {size} of {measure}: {size}{counter}")
    if not size and counter[0] in "万亿":
        raise ValueError(f"counter {counter!r} has a {counter[0]} that {measure} has not")


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
    **dict.fromkeys(("控制在", "达到", "增长", "下降", "降低", "减少"), None),
}
_BEHIND: dict[str, Relation] = {
    "左右": "about",
    **dict.fromkeys(("以上",), "at_least"),
    **dict.fromkeys(("以下", "以内", "内"), "at_most"),
}
_UNITS = sorted({re.escape(m.zh) for m in MEASURES.values()} | {"ug/m3"}, reverse=True)
_UNIT = f"(?:{'|'.join(_UNITS)})?"
_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_FALLS = ("下降", "降低", "减少")
_TURNED: Mapping[Relation, Relation] = {
    "at_least": "at_most",
    "at_most": "at_least",
    "more_than": "less_than",
    "less_than": "more_than",
}
"""下降5以上 is a change of -5 or less."""
_CELL = re.compile(
    rf"(?P<before>(?:{'|'.join(_BEFORE)})*)(?P<open>\[)?(?P<sign>-)?"
    rf"(?P<low>{_NUMBER})(?P<u1>{_UNIT})(?:[-—~～](?P<high>{_NUMBER})(?P<u2>{_UNIT}))?"
    rf"(?(open)\])(?P<u3>{_UNIT})(?P<behind>{'|'.join(_BEHIND)})?\*?"
)


def parse_cell(printed: str, *, measure: str | None = None) -> Parsed:
    """Read a cell such as ``1046.1``, ``[16]``, ``60左右``, ``＞14``, ``3-5`` or ``下降20%``.

    A fall is negative. What has no number of that form (``--``, 完成省定任务,
    60以上80以下), or another measure than `measure`, has no value.
    """
    found = _CELL.fullmatch("".join(printed.split()))
    if found is None:
        return Parsed()
    marks = re.findall("|".join(_BEFORE), found["before"])
    said = [_BEFORE[mark] for mark in marks] + [_BEHIND.get(found["behind"])]
    relations = [relation for relation in said if relation is not None]
    units = {found[name] for name in ("u1", "u2", "u3")} - {"", None}
    other = measure is not None and units and units != {_WORDS_OF.get(measure)}
    if len(relations) > 1 or len(units) > 1 or other:
        return Parsed()
    falls = any(mark in _FALLS for mark in marks)
    sign = -1 if falls or found["sign"] else 1
    ends = [sign * Decimal(n.replace(",", "")) for n in (found["low"], found["high"]) if n]
    relation: Relation = relations[0] if relations else "equal"
    relation = _TURNED.get(relation, relation) if falls else relation
    return Parsed(min(ends), max(ends) if len(ends) > 1 else None, relation, bool(found["open"]))


_WORDS_OF = {m.id: m.zh for m in MEASURES.values()} | {"ug_m3": "ug/m3"}


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
    constant_prices: StrictBool = False
    """Growth is at constant prices: it does not follow from values at current prices."""
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
