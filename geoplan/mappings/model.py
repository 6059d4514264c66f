"""What a mapping says of a kind of file: names, fields, classes and units, with their sources.

One file ``data/mappings/<code>.toml`` is one kind of layer of the ministry's
database standards, in one or more dialects.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Annotated, Literal, Self, get_args

from pydantic import Field, StrictBool, model_validator

from geoplan.config import Bilingual
from geoplan.strict import Strict, Text

AreaUnit = Literal["m2", "hm2", "km2", "mu"]
UNITS: tuple[AreaUnit, ...] = get_args(AreaUnit)
M2: dict[AreaUnit, float] = {"m2": 1.0, "hm2": 1e4, "km2": 1e6, "mu": 10_000 / 15}
"""Square metres in one of each unit; 15 mu are one hectare."""

UNIT_TITLES: dict[AreaUnit, str] = {"m2": "m²", "hm2": "ha", "km2": "km²", "mu": "mu"}
"""How messages write a unit."""

Role = Literal[
    "id",
    "name",
    "class",
    "class_name",
    "kind",
    "unit_code",
    "unit_name",
    "area",
    "net_area",
    "deducted_area",
    "landuse",
    "landuse_name",
]
"""What a field is for; a dialect has one field of each, but may have several of `area`."""

_AREAS: tuple[Role, ...] = ("area", "net_area", "deducted_area")
WIDTH = 10
"""Bytes of a field's name in a shapefile."""

Code = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$")]
_Id = Annotated[str, Field(pattern=r"^[a-z0-9]+(_[a-z0-9]+)*$")]
_Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
_Colour = Annotated[str, Field(pattern=r"^#[0-9a-f]{6}$")]


class Cited(Strict):
    """Where something is said; `unverified` where the text itself was not at hand."""

    title: Bilingual
    number: Text | None = None
    clause: Text | None = None
    unverified: StrictBool = False


class Column(Strict):
    """A field of a file."""

    name: Code
    title: Bilingual
    type: Literal["text", "real", "integer", "date"]
    role: Role | None = None
    required: StrictBool = False
    units: Annotated[tuple[AreaUnit, ...], Field(min_length=1)] | None = None
    """The unit of an area, or several that are in use."""
    codes: Code | None = None
    """The mapping whose codes stand in it."""

    @model_validator(mode="after")
    def _units_of_areas(self) -> Self:
        if (self.units is not None) != (self.role in _AREAS):
            raise ValueError(f"units belong to fields whose role is one of {', '.join(_AREAS)}")
        return self


class Dialect(Strict):
    """One way in which files of a kind have their fields."""

    id: _Slug
    title: Bilingual
    telling: tuple[Code, ...] = ()
    """Fields that no other kind of file has together: they give it away without its name."""
    field: Annotated[tuple[Column, ...], Field(min_length=1)]
    source: Cited

    def of(self, role: Role) -> Column | None:
        """Return the field of a role, the first of several."""
        return next((column for column in self.field if column.role == role), None)

    @property
    def required(self) -> tuple[str, ...]:
        """Names of the fields that a file has to have."""
        return tuple(column.name for column in self.field if column.required)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        names = [column.name for column in self.field]
        twice = _twice(short(name) for name in names)
        if twice:
            raise ValueError(f"fields are there twice, as shapefiles cut them: {', '.join(twice)}")
        roles = _twice(c.role for c in self.field if c.role and c.role != "area")
        if roles:
            raise ValueError(f"two fields have the role {', '.join(roles)}")
        strange = [name for name in self.telling if name not in names]
        if strange:
            raise ValueError(f"telling names {', '.join(strange)}, which is no field of it")
        if not self.required:
            raise ValueError("no field is required, so that anything would fit")
        return self


class ClassCode(Strict):
    """A code or name in the field of classes, and the class that it stands for."""

    value: Text
    title: Bilingual
    class_: Annotated[_Id | None, Field(alias="class")] = None
    also: tuple[Text, ...] = ()
    """Other ways of writing it."""


class Drawn(Strict):
    """A class as a registry has it, used where the project's own has none of its id."""

    id: _Id
    title: Bilingual
    colour: _Colour
    pattern: Literal["solid", "hatch", "dots", "line", "point"] = "solid"


class Group(Strict):
    """A theme, used where the project's own registry has none of its id."""

    id: _Id
    title: Bilingual


class Mapping(Strict):
    """A kind of file: what it is called, what is in it, and what it becomes."""

    code: Code
    aliases: tuple[Code, ...] = ()
    names: tuple[Text, ...] = ()
    """What such files are called in Chinese."""
    title: Bilingual
    layer: _Slug
    """Id of the layer that such a file becomes."""
    theme: Group
    class_: Annotated[_Id, Field(alias="class")]
    """Class of features whose own code says no other."""
    merge: StrictBool = False
    """Whether features of one class may be merged, where there are very many."""
    draws: Annotated[tuple[Drawn, ...], Field(min_length=1)]
    codes: tuple[ClassCode, ...] = ()
    codes_source: Cited | None = None
    dialect: Annotated[tuple[Dialect, ...], Field(min_length=1)]
    note: Bilingual | None = None

    @property
    def by_value(self) -> dict[str, ClassCode]:
        """Codes by every way of writing them."""
        return {value: code for code in self.codes for value in (code.value, *code.also)}

    @model_validator(mode="after")
    def _fits(self) -> Self:
        drawn = [each.id for each in self.draws]
        used = [self.class_, *(code.class_ for code in self.codes if code.class_)]
        strange = [name for name in dict.fromkeys(used) if name not in drawn]
        if strange:
            raise ValueError(f"class {', '.join(strange)} is not among its draws")
        values = [value for code in self.codes for value in (code.value, *code.also)]
        twice = _twice([*drawn]) + _twice(values) + _twice(d.id for d in self.dialect)
        if twice:
            raise ValueError(f"stand twice: {', '.join(twice)}")
        if bool(self.codes) != (self.codes_source is not None):
            raise ValueError("codes and codes_source come together")
        if self.codes and not any(dialect.of("class") for dialect in self.dialect):
            raise ValueError("has codes, but no dialect has a field whose role is class")
        return self


def short(name: str) -> str:
    """Return a field's name as all files have it alike: upper case, cut as shapefiles cut it."""
    return name.strip().upper().encode()[:WIDTH].decode(errors="ignore")


def normal(value: object) -> str:
    """Return a code of a cell as mappings write it: no blanks, upper case, no ``.0`` behind."""
    return re.sub(r"\.0+$", "", "".join(str(value).split()).upper())


def _twice(values: Iterable[str]) -> list[str]:
    return [value for value, count in Counter(values).items() if count > 1]
