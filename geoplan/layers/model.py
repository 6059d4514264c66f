"""What a layer file may say: pydantic models of ``layers/``, and their rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import Field, PrivateAttr, StrictBool, model_validator

from geoplan.config import Adcode, Bilingual, Strict, Text
from geoplan.layers.values import (
    MEASURES,
    ClassId,
    Figure,
    Latitude,
    Line,
    Longitude,
    Measure,
    Number,
    PartialDay,
    Period,
    Quantity,
    Slug,
    Waypoint,
)
from geoplan.schema import Extent, Sensitivity


class Site(Strict):
    """A place in a county; a point only where a public source gives one."""

    name: Text
    unit: Text
    lon: Longitude | None = None
    lat: Latitude | None = None

    @model_validator(mode="after")
    def _whole_point(self) -> Self:
        if (self.lon is None) != (self.lat is None):
            raise ValueError("lon and lat come together")
        return self


class Footprint(Strict):
    """A box in degrees and an official area: becomes an ellipse of that area."""

    west: Longitude
    south: Latitude
    east: Longitude
    north: Latitude
    area_km2: Annotated[Number, Field(gt=0)]

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.west >= self.east or self.south >= self.north:
            raise ValueError("west must be below east, and south below north")
        return self


class Source(Strict):
    """A file of delimited shapes beside the layer file, and what its columns are called."""

    path: Text
    class_id: ClassId
    id: Text | None = None
    name: Text | None = None
    layer: Text | None = None
    """Which layer of a file that holds several (.gdb, .gpkg)."""

    @model_validator(mode="after")
    def _beside(self) -> Self:
        if self.path in (".", "..") or "**" in self.path or set(self.path) & set("/\\:"):
            raise ValueError(
                f"path is {self.path!r}, but path is relative to the layer file: the name of a "
                "file beside it (redline.gpkg) or a pattern for one (redline.*); name files "
                "elsewhere under [sources] in geoplan.toml"
            )
        return self


class Feature(Strict):
    """One statement of a plan about a place."""

    id: Slug
    class_: Annotated[ClassId, Field(alias="class")]
    name: Bilingual
    extent: Extent
    members: tuple[Text, ...] = ()
    axis: tuple[Waypoint, ...] = ()
    buffer_of: Slug | None = None
    buffer_km: Annotated[Number, Field(gt=0, le=500)] | None = None
    reference: Text | None = None
    sites: tuple[Site, ...] = ()
    footprint: Footprint | None = None
    section: Text
    lines: Annotated[tuple[Line, ...], Field(min_length=1)]
    period: Period | None = None
    note: Bilingual | None = None

    @property
    def places(self) -> list[str]:
        """Which keys say where it is: axis, buffer, reference, footprint, sites, units."""
        given = {
            "axis": self.axis,
            "buffer": self.buffer_of,
            "reference": self.reference,
            "footprint": self.footprint,
            "sites": self.sites,
            "units": self.members,
        }
        return [key for key, value in given.items() if value]

    @property
    def drawn_by(self) -> str:
        """Which key gives the place, or none."""
        return self.places[0] if self.places else "none"

    @model_validator(mode="after")
    def _fits_extent(self) -> Self:
        if (self.buffer_of is None) != (self.buffer_km is None):
            raise ValueError("buffer_of and buffer_km come together")
        if len(self.axis) == 1:
            raise ValueError("an axis has at least two waypoints")
        if len(self.places) > 1:
            raise ValueError(f"takes its place from {' and '.join(self.places)}; keep one of them")
        allowed = {
            "whole": ("units",),
            "indicative": ("axis", "buffer", "reference", "footprint"),
            "within": ("units", "sites"),
            "passes": ("units",),
            "statement": ("none", "units"),
            "delimited": (),
        }[self.extent]
        if self.drawn_by not in allowed:
            raise ValueError(
                f"extent {self.extent!r} takes its place from "
                f"{' or '.join(allowed) or 'the file of its layer'}, "
                f"not from {self.drawn_by} (docs/design.md, section 4)"
            )
        return self


class Claim(Strict):
    """A figure as the plan prints it."""

    of: Text
    quantity: Quantity
    value: Figure
    measure: Measure
    section: Text
    lines: Annotated[tuple[Line, ...], Field(min_length=1)]
    approximate: StrictBool = False
    relative_to: Adcode | None = None

    @model_validator(mode="after")
    def _fits_quantity(self) -> Self:
        allowed = MEASURES[self.quantity]
        if self.measure not in allowed:
            raise ValueError(f"{self.quantity} is measured in {' or '.join(allowed)}")
        return self


class Layer(Strict):
    """One file ``layers/<theme>/<layer>.toml``."""

    id: Slug
    title: Bilingual
    theme: ClassId
    document: Slug
    partition: StrictBool = False
    slot: StrictBool = False
    sensitivity: Sensitivity = "public"
    note: Bilingual | None = None
    file: Source | None = None
    feature: tuple[Feature, ...] = ()
    claim: tuple[Claim, ...] = ()

    @model_validator(mode="after")
    def _has_content(self) -> Self:
        if self.slot and self.file is None:
            raise ValueError("a slot needs a table [file]")
        if not self.feature and self.file is None:
            raise ValueError("the layer is empty: it needs [[feature]] or [file]")
        if self.feature and self.file is not None:
            raise ValueError("a layer has features or a file, not both")
        return self


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


class Registry(Strict):
    """``documents.toml`` and ``classes.toml`` together."""

    document: tuple[Document, ...] = ()
    theme: tuple[Theme, ...] = ()
    class_: Annotated[tuple[Class, ...], Field(alias="class")] = ()
    _places: dict[tuple[str, str], str] = PrivateAttr(default_factory=dict)

    def located(self, places: Mapping[tuple[str, str], str]) -> Self:
        """Return the registry with ``file:line`` of its entries, by kind and id."""
        made = self.model_copy()
        made._places = dict(places)
        return made

    def at(self, kind: Literal["document", "theme", "class"], key: str) -> str:
        """Return ``file:line`` of an entry; the file's name alone where it was not read."""
        return self._places.get((kind, key), f"{kind} {key!r}")
