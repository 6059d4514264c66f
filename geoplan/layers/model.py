"""What a layer file may say: pydantic models of ``layers/``, and their rules."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import BeforeValidator, Field, StrictBool, model_validator

from geoplan.config import Bilingual
from geoplan.layers.figures import Claim, Indicator
from geoplan.layers.raster_model import Raster
from geoplan.layers.values import (
    ClassId,
    Latitude,
    Line,
    Longitude,
    Number,
    Period,
    Printed,
    Slug,
    Waypoint,
)
from geoplan.reading import Reading
from geoplan.schema import Extent, Sensitivity
from geoplan.strict import Strict, Text


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


class Stop(Strict):
    """A place that a line goes through: in a unit, or with none outside the province."""

    name: Text
    unit: Text | None = None


def _stop(value: object) -> object:
    """Take a name alone for a place that is a unit."""
    return {"name": value, "unit": value} if isinstance(value, str) else value


class Inferred(Bilingual):
    """Why units are named that the cited lines do not name; `units` empty: all of the feature."""

    units: tuple[Text, ...] = ()


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

    path: Text | None = None
    """Name or pattern of the file; with a `mapping`, one that is called like it needs none."""
    class_id: ClassId
    id: Text | None = None
    name: Text | None = None
    layer: Text | None = None
    """Which layer of a file that holds several (.gdb, .gpkg)."""
    mapping: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$")] | None = None
    """Code of the field mapping that says what its columns are: ``STBHHX``."""
    assume_crs: Text | None = None
    """The system that its numbers are in, whatever it states: ``EPSG:4525``, ``GCJ-02``."""
    encoding: Text | None = None
    """Of its texts, whatever it states: ``GB18030``."""
    swap_xy: StrictBool = False
    """Whether the first coordinate is the northing."""

    @property
    def reading(self) -> Reading:
        """How the file is read."""
        return Reading(self.layer, self.encoding, self.assume_crs, self.swap_xy)

    @model_validator(mode="after")
    def _beside(self) -> Self:
        if self.path is None:
            if self.mapping is None:
                raise ValueError("needs a path, or the code of a mapping that files are called by")
            return self
        if self.path in (".", "..") or "**" in self.path or set(self.path) & set("/\\:"):
            raise ValueError(
                f"path is {self.path!r}, but path is relative to the layer file: the name of a "
                "file beside it (redline.gpkg) or a pattern for one (redline.*); name files "
                "elsewhere under [sources] in geoplan.toml"
            )
        return self


TO_FILL_IN = "待填"
"""What templates have for a section."""


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
    waypoints: tuple[Annotated[Stop, BeforeValidator(_stop)], ...] = ()
    footprint: Footprint | None = None
    slot: StrictBool = False
    """A ready place: nothing is said until members and lines are filled in."""
    section: Text
    lines: tuple[Line, ...] = ()
    printed: tuple[Printed, ...] = ()
    """Words that stand in the lines, where the name as such does not."""
    inferred: Inferred | None = None
    period: Period | None = None
    note: Bilingual | None = None

    @property
    def named_units(self) -> list[tuple[str, str]]:
        """Names of units as the layer file has them, each behind its key."""
        named = [("members", name) for name in self.members]
        named += [("sites", site.unit) for site in self.sites]
        return named + [("waypoints", stop.unit) for stop in self.waypoints if stop.unit]

    def is_inferred(self, unit: str) -> bool:
        """Return whether the unit is marked as not standing in the cited lines."""
        return self.inferred is not None and unit in (self.inferred.units or (unit,))

    @property
    def places(self) -> list[str]:
        """Which keys say where it is: axis, buffer, reference, footprint, sites, units, …."""
        given = {
            "axis": self.axis,
            "buffer": self.buffer_of,
            "reference": self.reference,
            "footprint": self.footprint,
            "sites": self.sites,
            "waypoints": self.waypoints,
            "units": self.members,
        }
        return [key for key, value in given.items() if value]

    @property
    def drawn_by(self) -> str:
        """Which key gives the place, or none."""
        return self.places[0] if self.places else "none"

    @model_validator(mode="after")
    def _is_filled_or_slot(self) -> Self:
        filled = bool(self.places or self.lines)
        if self.slot and filled:
            raise ValueError("is filled in, so it is no slot any more: remove slot = true")
        if not self.slot and not self.lines:
            raise ValueError("lines: at least one line of the document has to be cited")
        if not self.slot and self.section == TO_FILL_IN:
            raise ValueError(f"section: {TO_FILL_IN} is for slots; write where the plan says it")
        if len(set(self.lines)) < len(self.lines):
            raise ValueError("lines: a line stands twice")
        return self

    @model_validator(mode="after")
    def _fits_extent(self) -> Self:
        if self.slot:
            return self
        if (self.buffer_of is None) != (self.buffer_km is None):
            raise ValueError("buffer_of and buffer_km come together")
        if len(self.axis) == 1:
            raise ValueError("an axis has at least two waypoints")
        if len({stop.name for stop in self.waypoints}) == 1:
            raise ValueError("waypoints are at least two places in their order, else use members")
        if len(self.places) > 1:
            raise ValueError(f"takes its place from {' and '.join(self.places)}; keep one of them")
        allowed = {
            "whole": ("units",),
            "indicative": ("axis", "buffer", "reference", "footprint"),
            "within": ("units", "sites"),
            "passes": ("units", "waypoints"),
            "statement": ("none", "units"),
            "delimited": (),
        }[self.extent]
        if self.drawn_by not in allowed:
            raise ValueError(
                f"extent {self.extent!r} takes its place from "
                f"{' or '.join(allowed) or 'the file of its layer'}, "
                f"not from {self.drawn_by} (docs/design.md, section 4)"
            )
        units = [unit for _, unit in self.named_units]
        for unit in self.inferred.units if self.inferred else ():
            if unit not in units:
                raise ValueError(f"inferred names {unit!r}, which is no unit of the feature")
        return self


class Layer(Strict):
    """One file ``layers/<theme>/<layer>.toml``."""

    id: Slug
    title: Bilingual
    theme: ClassId
    document: Slug
    partition: StrictBool | Annotated[tuple[ClassId, ...], Field(min_length=1)] = False
    """Whether the layer, or each of these classes, divides the document's scope."""
    slot: StrictBool = False
    sensitivity: Sensitivity = "public"
    note: Bilingual | None = None
    file: Source | None = None
    raster: Raster | None = None
    feature: tuple[Feature, ...] = ()
    claim: tuple[Claim, ...] = ()
    indicator: tuple[Indicator, ...] = ()

    @property
    def filled(self) -> list[tuple[int, Feature]]:
        """Features that say something, with their positions: all but empty slots."""
        return [(i, f) for i, f in enumerate(self.feature) if not f.slot]

    @model_validator(mode="after")
    def _has_content(self) -> Self:
        given = {"features": self.feature, "a file": self.file, "a raster": self.raster}
        held = [what for what, value in given.items() if value]
        if self.slot and held in ([], ["features"]) and not any(f.slot for f in self.feature):
            raise ValueError(
                "a slot needs a table [file] or [raster], or features that are slots; "
                "once all are filled in, remove slot = true of the layer too"
            )
        if not held and not self.indicator:
            raise ValueError(
                "the layer is empty: it needs [[feature]], [[indicator]], [file] or [raster]"
            )
        if len(held) > 1:
            raise ValueError(f"a layer has {' or '.join(held)}, not both")
        if self.raster and self.partition:
            raise ValueError("cells divide nothing: a raster layer has no partition")
        return self
