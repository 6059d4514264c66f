"""What the registries of ``layers/`` may say: documents, themes, classes, findings, maps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, Protocol, Self, runtime_checkable

from pydantic import Field, PrivateAttr, StrictBool, model_validator

from geoplan.config import Adcode, Bilingual
from geoplan.layers.checks import Check
from geoplan.layers.rules import Override, Rule
from geoplan.layers.values import ClassId, Line, PartialDay, Period, Printed, Slug
from geoplan.schema import FindingKind, MapKind
from geoplan.strict import Strict, Text

EntryKind = Literal["document", "theme", "class", "finding", "map", "rule", "override", "check"]


@runtime_checkable
class Located(Protocol):
    """Where an entry stands; reads ``file:line``."""

    @property
    def line(self) -> int:
        """The line, from 1."""

    def inside(self, *loc: str | int) -> object:
        """Return where the value at `loc` of the same entry stands."""


class Document(Strict):
    """One plan document, or with ``plan = false`` a source that is no plan and has no status."""

    id: Slug
    title: Text
    number: Text | None = None
    issuer: Text | None = None
    date: PartialDay | None = None
    scope: Adcode
    period: Period | None = None
    successor: Text | None = None
    status: Literal["draft", "history"] | None = None
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None
    plan: StrictBool = True


class Theme(Strict):
    """A group of layers; themes stand in the order of the file.

    `also` are classes of other themes' layers (``layer/class``) that its map shows too.
    """

    id: ClassId
    title: Bilingual
    also: tuple[Text, ...] = ()


class Class(Strict):
    """A class of features: how it is called and drawn."""

    id: ClassId
    title: Bilingual
    today: Bilingual | None = None
    colour: Annotated[str, Field(pattern=r"^#[0-9a-f]{6}$")]
    pattern: Literal["solid", "hatch", "dots", "line", "point"] = "solid"


class Place(Strict):
    """Where a finding stands: lines of a document, and the words there."""

    document: Slug
    section: Text
    lines: Annotated[tuple[Line, ...], Field(min_length=1)]
    printed: Annotated[tuple[Printed, ...], Field(min_length=1)]


class Finding(Strict):
    """Something in a text that a person should check before relying on it."""

    id: Slug
    kind: FindingKind
    title: Bilingual
    detail: Bilingual
    units: tuple[Text, ...] = ()
    about: tuple[Text, ...] = ()
    """Features or layers that it bears on: ``layer`` or ``layer/feature``."""
    place: Annotated[tuple[Place, ...], Field(min_length=1)]


TAKES: dict[MapKind, tuple[str, ...]] = {
    "together": ("unit", "themes", "layers", "on", "outline"),
    "detail": ("theme", "on", "outline", "views", "named", "stops"),
    "compare": ("unit", "earlier", "later"),
    "count": ("unit", "documents"),
}
"""Keys of each kind of map, besides id, kind, title and note."""


_ClassIds = Annotated[tuple[ClassId, ...], Field(min_length=1)]
_Slugs = Annotated[tuple[Slug, ...], Field(min_length=1)]
_Texts = Annotated[tuple[Text, ...], Field(min_length=1)]


class Map(Strict):
    """One map of ``maps.toml``; which keys it takes, its kind says.

    Parts of layers are named ``layer``, ``layer/class`` or, in `on`,
    ``layer/class/basis``; one feature ``layer/feature``.
    """

    id: Slug
    kind: MapKind
    title: Bilingual
    note: Bilingual | None = None
    unit: Adcode | None = None
    """Unit whose counties answer; by default the atlas's scope."""
    theme: ClassId | None = None
    """The theme that is shown in detail."""
    themes: _ClassIds = ()
    layers: _Texts = ()
    on: _Texts = ()
    """What is shown at opening."""
    outline: _Texts = ()
    """Whole counties that are drawn as an outline, so that what lies under them is seen."""
    views: _Texts = ()
    """Classes whose features divide counties: each a view, one colour for each feature."""
    named: _Texts = ()
    """Classes whose features are written below the names of their counties."""
    stops: Text | None = None
    """Feature with waypoints whose units are numbered along the theme's axis."""
    documents: _Slugs = ()
    earlier: _Slugs = ()
    later: _Slugs = ()

    @model_validator(mode="after")
    def _fits_kind(self) -> Self:
        own = (*TAKES[self.kind], "id", "kind", "title", "note")
        other = sorted(self.model_fields_set - set(own))
        if other:
            raise ValueError(
                f"a map of kind {self.kind!r} takes no {' or '.join(other)}; "
                f"it takes {', '.join(TAKES[self.kind])}"
            )
        missing = {
            "together": not (self.themes or self.layers) and "themes or layers",
            "detail": self.theme is None and "theme",
            "compare": not (self.earlier and self.later) and "earlier and later",
            "count": False,
        }[self.kind]
        if missing:
            raise ValueError(f"a map of kind {self.kind!r} needs {missing}")
        both = sorted(set(self.earlier) & set(self.later))
        if both:
            raise ValueError(f"{', '.join(both)} cannot be both earlier and later")
        return self

    @property
    def parts(self) -> list[tuple[str, int, str]]:
        """Key, position and text of everything that names a layer or a part of one."""
        keys = ("layers", "on", "outline", "views", "named")
        named = [(key, i, name) for key in keys for i, name in enumerate(getattr(self, key))]
        return named + ([("stops", 0, self.stops)] if self.stops else [])


class Registry(Strict):
    """``documents.toml``, ``classes.toml`` and the other registries together."""

    document: tuple[Document, ...] = ()
    theme: tuple[Theme, ...] = ()
    class_: Annotated[tuple[Class, ...], Field(alias="class")] = ()
    finding: tuple[Finding, ...] = ()
    map: tuple[Map, ...] = ()
    rule: tuple[Rule, ...] = ()
    override: tuple[Override, ...] = ()
    check: tuple[Check, ...] = ()
    _places: dict[tuple[str, str], object] = PrivateAttr(default_factory=dict)

    def located(self, places: Mapping[tuple[str, str], object]) -> Self:
        """Return the registry with what reads as ``file:line`` of its entries, by kind and id."""
        made = self.model_copy()
        made._places = dict(places)
        return made

    def at(self, kind: EntryKind, key: str, *inside: str | int) -> str:
        """Return ``file:line`` of an entry, or of a value `inside` it.

        Where no file was read, it is the kind and the id.
        """
        place = self._places.get((kind, key), f"{kind} {key!r}")
        return str(place.inside(*inside) if isinstance(place, Located) else place)

    def line(self, kind: EntryKind, key: str) -> int:
        """Return the line of an entry in its file, from 1; 0 where no file was read."""
        place = self._places.get((kind, key))
        return place.line if isinstance(place, Located) else 0
