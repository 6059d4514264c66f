"""Models of suitability as people write them: ``suitability.toml`` at the root of the layers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import Field, StrictBool, StrictInt, model_validator

from geoplan.config import Bilingual
from geoplan.layers.values import ClassId, Number, Slug
from geoplan.raster import Kind
from geoplan.strict import Strict, Text

CLOSE = 1e-9
"""Weights that add up to 1 within this are taken to do so."""

MOST_CLASSES = 20

Derived = Literal["slope", "aspect", "distance"]
"""What is computed of heights, or of shapes: degrees, degrees from north, metres."""

Score = Annotated[Number, Field(ge=0, le=100)]
_Positive = Annotated[Number, Field(gt=0)]


class Cited(Strict):
    """A standard or guide, and where in it."""

    title: Bilingual
    number: Text | None = None
    """Issuing number."""
    clause: Text | None = None
    unverified: StrictBool = False
    """Whether the text was not at hand."""


class Backed(Strict):
    """Something that has a source, or is said to be an assumption; or both."""

    source: Cited | None = None
    assumption: Bilingual | None = None

    @model_validator(mode="after")
    def _has_one(self) -> Self:
        if self.source is None and self.assumption is None:
            raise ValueError(
                "needs a source = { title, clause, unverified } or an assumption = { zh, en }: "
                "nobody can judge a number that comes from nowhere"
            )
        return self


class Given(Backed):
    """A number with its ground."""

    value: _Positive


class Input(Strict):
    """A raster that a model needs, by the name to which a user's file is bound."""

    id: ClassId
    title: Bilingual
    kind: Kind = "continuous"
    unit: Text | None = None
    plausible: tuple[Number, Number] | None = None
    """Least and greatest value that can be in this unit: others are a wrong file or unit."""
    classes: Annotated[dict[str, Text], Field(default_factory=dict)]
    """Values of a categorical raster and what they mean."""

    @model_validator(mode="after")
    def _fits_kind(self) -> Self:
        if (self.kind == "categorical") != bool(self.classes):
            raise ValueError("classes are for kind = 'categorical', which needs them")
        _check_values(self.classes)
        if self.plausible is not None and self.plausible[0] >= self.plausible[1]:
            raise ValueError(f"plausible = {[*self.plausible]}: the lower value comes first")
        return self


class Criterion(Backed):
    """What constraints and factors share: what is looked at in each cell."""

    id: Slug
    title: Bilingual
    raster: ClassId | None = None
    derived: Derived | None = None
    of: Text | None = None
    """Of slope and aspect: an input; of distance: a layer or part of one, a river, a file."""
    layer: Text | None = None
    """A class of all layers, a layer, ``layer/class``, or a file with polygons."""
    buffer_m: _Positive | None = None

    @model_validator(mode="after")
    def _is_one_thing(self) -> Self:
        if sum(v is not None for v in (self.raster, self.derived, self.layer)) != 1:
            raise ValueError("needs one of raster, derived and layer, and only one")
        if (self.derived is None) != (self.of is None):
            raise ValueError("of goes with derived: derived = 'slope', of = 'elevation'")
        if self.buffer_m is not None and self.layer is None:
            raise ValueError("buffer_m goes with layer")
        return self

    @property
    def input(self) -> str | None:
        """Name of the raster that it needs; None of shapes."""
        return self.of if self.derived in ("slope", "aspect") else self.raster

    @property
    def shapes(self) -> str | None:
        """Name of the shapes that it needs; None of rasters."""
        return self.of if self.derived == "distance" else self.layer


class Constraint(Criterion):
    """What excludes a cell, whatever else speaks for it."""

    above: Number | None = None
    below: Number | None = None
    between: tuple[Number, Number] | None = None
    values: Annotated[tuple[StrictInt, ...], Field(min_length=1)] | None = None

    @model_validator(mode="after")
    def _has_test(self) -> Self:
        tests = [
            name
            for name in ("above", "below", "between", "values")
            if getattr(self, name) is not None
        ]
        if self.layer is not None and tests:
            raise ValueError(f"a layer excludes where it is: it takes no {', '.join(tests)}")
        if self.layer is None and len(tests) != 1:
            raise ValueError("needs one of above, below, between and values, and only one")
        if self.values is not None and self.raster is None:
            raise ValueError("values are those of a categorical raster")
        if self.between is not None and self.between[0] >= self.between[1]:
            raise ValueError(f"between = {[*self.between]}: the lower value comes first")
        return self


class Factor(Criterion):
    """What makes a cell better or worse: a score from 0 to 100, and its weight."""

    weight: Given
    curve: Annotated[tuple[tuple[Number, Score], ...], Field(min_length=2)] | None = None
    """Values and their scores: straight between them, level beyond the ends."""
    scores: Annotated[dict[str, Score], Field(min_length=1)] | None = None
    """Score of each value of a categorical raster; of a layer: ``inside`` and ``outside``."""
    flat: Score | None = None
    """Of aspect: the score of level ground, which faces nowhere."""

    @model_validator(mode="after")
    def _has_scores(self) -> Self:
        if (self.curve is None) == (self.scores is None):
            raise ValueError("needs curve = [[value, score], …] or scores, and only one of them")
        if (self.derived == "aspect") != (self.flat is not None):
            raise ValueError("flat is the score of level ground, and aspect needs it")
        if self.scores is not None and self.derived is not None:
            raise ValueError(f"{self.derived} is an amount: it takes a curve")
        if self.layer is not None and (self.scores or {}).keys() != {"inside", "outside"}:
            raise ValueError("a layer takes scores = { inside = …, outside = … }")
        if self.scores is not None and self.raster is not None:
            _check_values(self.scores)
        if self.curve is not None:
            places = [x for x, _ in self.curve]
            if any(a >= b for a, b in pairwise(places)):
                raise ValueError("values of a curve stand in ascending order, each once")
        return self


class Grade(Strict):
    """A class of the result: cells whose score is at least `from`."""

    id: ClassId
    title: Bilingual
    from_: Annotated[Score, Field(alias="from")]
    colour: Annotated[str, Field(pattern=r"^#[0-9a-f]{6}$")]


class Suitability(Strict):
    """A model: what is excluded, how the rest is scored, and what the scores are called."""

    id: Slug
    title: Bilingual
    purpose: ClassId
    """What the land would be for: farming, building, wind, photovoltaics, …"""
    max_cell_m: Given
    """Cells above this say nothing for the purpose: refused unless forced."""
    limits: Backed
    """Where the lower ends of the classes come from."""
    beside: tuple[Text, ...] = ()
    """Classes, layers, layer/class of the plans that are shown beside the result."""
    note: Bilingual | None = None
    input: tuple[Input, ...] = ()
    class_: Annotated[
        tuple[Grade, ...], Field(alias="class", min_length=2, max_length=MOST_CLASSES)
    ]
    constraint: tuple[Constraint, ...] = ()
    factor: Annotated[tuple[Factor, ...], Field(min_length=1)]

    @property
    def criteria(self) -> tuple[Constraint | Factor, ...]:
        """Constraints in their order, then factors."""
        return (*self.constraint, *self.factor)

    def input_of(self, name: str) -> Input:
        """Return an input by its name."""
        return next(known for known in self.input if known.id == name)

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        faults = [*_of_weights(self.factor), *_of_ids(self), *_of_inputs(self)]
        lows = [grade.from_ for grade in self.class_]
        if lows[-1] != 0 or any(a <= b for a, b in pairwise(lows)):
            faults.append("classes go from the best down, each from a lower score, the last from 0")
        if faults:
            raise ValueError("; ".join(faults))
        return self


class File(Strict):
    """``suitability.toml``."""

    suitability: tuple[Suitability, ...] = ()


def _check_values(keys: Iterable[str]) -> None:
    wrong = [key for key in keys if not key.removeprefix("-").isdecimal()]
    if wrong:
        raise ValueError(f"{', '.join(wrong)}: values of a categorical raster are whole numbers")


def _of_weights(factors: Sequence[Factor]) -> Iterator[str]:
    total = sum(factor.weight.value for factor in factors)
    if abs(total - 1) > CLOSE:
        told = " + ".join(f"{factor.weight.value:g}" for factor in factors)
        yield f"weights have to add up to 1; {told} = {total:.6g}"


def _of_ids(model: Suitability) -> Iterator[str]:
    groups = {
        "criteria": [criterion.id for criterion in model.criteria],
        "inputs": [known.id for known in model.input],
        "classes": [grade.id for grade in model.class_],
    }
    for what, ids in groups.items():
        twice = sorted({name for name in ids if ids.count(name) > 1})
        if twice:
            yield f"{what} have ids of their own; {', '.join(twice)} stand(s) there twice"


def _of_inputs(model: Suitability) -> Iterator[str]:
    known = {given.id: given for given in model.input}
    used = {criterion.input for criterion in model.criteria if criterion.input}
    for name in sorted(set(known) - used):
        yield f"input {name!r} is used by no criterion"
    for criterion in model.criteria:
        if criterion.input is None:
            continue
        if criterion.input not in known:
            there = ", ".join(known) or "none"
            yield f"{criterion.id}: {criterion.input!r} is no input; there are: {there}"
            continue
        given = known[criterion.input]
        values = _values_of(criterion)
        if (given.kind == "categorical") != (values is not None):
            yield (
                f"{criterion.id}: {given.id} is {given.kind}: classes take values or scores, "
                "amounts take limits or a curve"
            )
        unknown = [v for v in values or () if given.classes and v not in given.classes]
        if unknown:
            yield f"{criterion.id}: {', '.join(unknown)} is/are no class of {given.id}"


def _values_of(criterion: Constraint | Factor) -> list[str] | None:
    if isinstance(criterion, Factor):
        return None if criterion.scores is None else [*criterion.scores]
    return None if criterion.values is None else [str(value) for value in criterion.values]
