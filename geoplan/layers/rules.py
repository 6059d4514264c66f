"""What ``rules.toml`` and ``overrides.toml`` may say."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import (
    Field,
    StrictBool,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    model_validator,
)

from geoplan.config import Bilingual
from geoplan.layers.values import Line, Number, PartialDay, Printed, Slug
from geoplan.schema import Grade
from geoplan.strict import Strict, Text

Placed = Literal["whole", "delimited", "indicative", "within", "passes"]
"""Extents that a rule may speak of: a statement has no place."""

_Refs = Annotated[tuple[Text, ...], Field(min_length=1)]
_Positive = Annotated[Number, Field(gt=0)]


class RuleSource(Strict):
    """Why a rule holds: lines of a registered document, or a regulation and its clause."""

    document: Slug | None = None
    section: Text | None = None
    lines: tuple[Line, ...] = ()
    printed: tuple[Printed, ...] = ()
    """Words that stand in these lines."""
    title: Bilingual | None = None
    clause: Text | None = None
    unverified: StrictBool = False
    """Whether the regulation was not at hand."""

    @model_validator(mode="after")
    def _is_one_of_two(self) -> Self:
        if (self.document is None) == (self.title is None):
            raise ValueError(
                "a source is { document, section, lines } or a regulation { title, clause }"
            )
        if self.document is not None and (not self.lines or self.section is None or self.clause):
            raise ValueError("a document is cited by section and lines, without a clause")
        if self.title is not None and (self.lines or self.section or self.printed):
            raise ValueError("a regulation is cited by its clause; lines are of a document")
        return self


class When(Strict):
    """Conditions of a rule; a condition that cannot be judged is not met."""

    same_unit: Literal["county"] | None = None
    """Both in one county; without it, `within_km` reaches over borders."""
    min_area_km2: _Positive | None = None
    min_share_of_unit: Annotated[Number, Field(gt=0, le=1)] | None = None
    within_km: Annotated[Number, Field(ge=0)] | None = None
    same_period: StrictBool = False
    in_force: StrictBool = False
    other_document: StrictBool = False


def _reconciling(value: object, handler: ValidatorFunctionWrapHandler) -> object:
    try:
        return handler(value)
    except ValidationError as fault:
        raise ValueError(
            "what reconciles is a list of features, layer/feature, or a text { zh, en }"
        ) from fault


class Rule(Strict):
    """Two sets of features that ask for coordination where they meet in a county.

    `a` and `b` are classes (``class``), classes of a layer (``layer/class``) or
    single features (``layer/feature``).
    """

    id: Slug
    title: Bilingual
    a: _Refs
    b: _Refs
    grade: Grade
    """The most that a pair may be given; its evidence may lower it."""
    reason: Bilingual
    source: RuleSource
    when: When = When()
    extents_a: Annotated[tuple[Placed, ...], Field(min_length=1)] | None = None
    extents_b: Annotated[tuple[Placed, ...], Field(min_length=1)] | None = None
    reconciled_by: Annotated[_Refs | Bilingual | None, WrapValidator(_reconciling)] = None
    """Passages that say how both go together, or a text; then a pair is `attention` at most."""
    except_: Annotated[tuple[Text, ...], Field(alias="except")] = ()

    @model_validator(mode="after")
    def _may_break(self) -> Self:
        if self.grade == "breaks" and not self.when.in_force:
            raise ValueError(
                "only what is in force can be broken; write when = { in_force = true }"
            )
        if self.grade == "breaks" and not (self.source.lines or self.source.clause):
            raise ValueError("the grade 'breaks' needs a source with its clause")
        return self


class Override(Strict):
    """A person's word on what a rule found: it is shown apart, with reason, name and day.

    Without `a`, `b` and `units` it is about all that the rule found.
    """

    id: Slug
    rule: Slug
    a: Text | None = None
    b: Text | None = None
    units: tuple[Text, ...] = ()
    reason: Bilingual
    by: Text
    date: PartialDay
    grade: Grade | None = None
    """A lower grade; the evidence still caps it."""
