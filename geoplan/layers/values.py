"""Simple values of layer files: ids, line numbers, periods, places, quantities."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)

from geoplan.schema.measures import MEASURES, QUANTITIES
from geoplan.strict import Text
from geoplan.toml import suggestion

Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
ClassId = Annotated[str, Field(pattern=r"^[a-z0-9]+(_[a-z0-9]+)*$")]
LARGEST = 10**15
"""No number of a plan is larger; beyond it floats lose units."""

Line = Annotated[int, Field(ge=0, le=10_000_000, strict=True)]
Year = Annotated[str, Field(pattern=r"^[0-9]{4}$")]


def _is_number(value: object) -> object:
    """Refuse texts and truth values, which would be taken for numbers without a word."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise ValueError(f"{value!r} is no number; write it without quotes")
    number = Decimal(value)
    if not number.is_finite() or abs(number) > LARGEST:
        raise ValueError("is no finite number")
    return value


Number = Annotated[float, BeforeValidator(_is_number), Field(allow_inf_nan=False)]
Longitude = Annotated[Number, Field(ge=-180, le=180)]
Latitude = Annotated[Number, Field(ge=-90, le=90)]


def _waypoint(value: object, handler: ValidatorFunctionWrapHandler) -> object:
    """Say what a waypoint may be, in one sentence instead of one for each kind."""
    try:
        return handler(value)
    except ValidationError as fault:
        raise ValueError(
            "a waypoint is a name of places.csv, or [longitude, latitude] in degrees"
        ) from fault


Figure = Annotated[Decimal, Field(gt=0, lt=LARGEST, decimal_places=12)]
"""A printed figure: ``10.20`` is known to 0.01; a text where TOML would round."""

Waypoint = Annotated[Text | tuple[Longitude, Latitude], WrapValidator(_waypoint)]


def _in_order(period: tuple[str, str]) -> tuple[str, str]:
    if period[0] > period[1]:
        raise ValueError(f"{period[0]} is after {period[1]}; the earlier year comes first")
    return period


Period = Annotated[tuple[Year, Year], AfterValidator(_in_order)]


def _is_partial_day(text: str) -> str:
    try:
        date.fromisoformat(f"{text}-01-01"[:10])
    except ValueError as fault:
        raise ValueError(f"{text!r} is no year, month or day: {fault}") from fault
    return text


PartialDay = Annotated[
    str, Field(pattern=r"^[0-9]{4}(-[0-9]{2}){0,2}$"), AfterValidator(_is_partial_day)
]


def _is_quantity(text: str) -> str:
    if text not in QUANTITIES:
        raise ValueError(f"{text!r} is no quantity; there are: {', '.join(QUANTITIES)}")
    return text


def check_measure(text: str) -> str:
    """Return the id of a measure; `ValueError` where there is no such one."""
    if text not in MEASURES:
        hint = suggestion(text, list(MEASURES))
        raise ValueError(f"{text!r} is no measure.{hint} See docs/design.md, section 4")
    return text


Quantity = Annotated[str, AfterValidator(_is_quantity)]
MeasureId = Annotated[str, AfterValidator(check_measure)]


def _is_short(text: str) -> str:
    if len(text) > LONGEST_PRINTED:
        raise ValueError(
            f"has {len(text)} characters; names and figures have at most {LONGEST_PRINTED}: "
            "sentences of a plan are not copied"
        )
    return text


LONGEST_PRINTED = 40
Printed = Annotated[Text, AfterValidator(_is_short)]
"""Words of a document: a name or a figure, never a sentence."""
