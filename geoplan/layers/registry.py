"""What the registries of ``layers/`` may say: documents, themes, classes, findings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import Field, PrivateAttr, StrictBool

from geoplan.config import Adcode, Bilingual
from geoplan.layers.values import ClassId, Line, PartialDay, Period, Printed, Slug
from geoplan.schema import FindingKind
from geoplan.strict import Strict, Text


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


class Registry(Strict):
    """``documents.toml``, ``classes.toml`` and ``findings.toml`` together."""

    document: tuple[Document, ...] = ()
    theme: tuple[Theme, ...] = ()
    class_: Annotated[tuple[Class, ...], Field(alias="class")] = ()
    finding: tuple[Finding, ...] = ()
    _places: dict[tuple[str, str], object] = PrivateAttr(default_factory=dict)

    def located(self, places: Mapping[tuple[str, str], object]) -> Self:
        """Return the registry with what reads as ``file:line`` of its entries, by kind and id."""
        made = self.model_copy()
        made._places = dict(places)
        return made

    def at(self, kind: Literal["document", "theme", "class", "finding"], key: str) -> str:
        """Return ``file:line`` of an entry; the file's name alone where it was not read."""
        return str(self._places.get((kind, key), f"{kind} {key!r}"))
