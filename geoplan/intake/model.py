"""What is told of a file: facts, what was noticed, and what to do next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from geoplan.reading import Notice, Reading


@dataclass(frozen=True)
class Layer:
    """A layer of a file, or a sheet of a workbook."""

    name: str
    rows: int | None
    kinds: tuple[str, ...]
    """Kinds of its shapes, as the format states them; none for a table."""
    fields: tuple[tuple[str, str], ...]
    """Names and types."""
    crs: str | None


@dataclass(frozen=True)
class Field:
    """A column of the layer that was looked at."""

    name: str
    type: str
    empty: int
    distinct: int
    least: object
    most: object
    samples: tuple[object, ...]
    """The commonest values, at most three."""


@dataclass(frozen=True)
class System:
    """Coordinate systems: stated, and that of the figures told."""

    stated: str | None
    used: str | None
    """In which system the place and the areas were worked out; None: nowhere."""
    why: str
    """``stated``, ``given`` by an option, ``assumed`` of the first proposal, ``unknown``."""
    suggested: tuple[str, ...]
    """What the numbers fit, best first."""


@dataclass(frozen=True)
class Place:
    """Where the layer lies."""

    bounds: tuple[float, float, float, float] | None
    """West, south, east, north in degrees (CGCS2000)."""
    units: str
    """What the units of the project are called together."""
    counties: tuple[Mapping[str, object], ...]
    """`adcode`, `name` and `features`: those that lie in the county, wholly or partly."""
    outside: int
    """Features that lie in no county."""
    share_outside: float | None
    """Part of the area that lies outside; None where there is none, or it is not known."""


@dataclass(frozen=True)
class Shapes:
    """What the shapes of the layer are."""

    looked_at: int
    """Rows; less than the layer has where it is large."""
    kinds: Mapping[str, int]
    vertices: int
    null: int
    empty: int
    with_z: int
    invalid: Mapping[str, int]
    """Number of invalid shapes by reason."""
    area_km2: float | None
    """On the ellipsoid, of all polygons as they are after repair; overlaps count twice."""
    length_km: float | None
    """On the ellipsoid, of all lines."""


@dataclass(frozen=True)
class Step:
    """What a person may do next: a command, or something by hand."""

    what: str
    argv: tuple[str, ...] = ()
    command: str = ""
    """The same, quoted for the shell of this system."""


@dataclass(frozen=True)
class Inspected:
    """All that is told of a file; whatever could not be found out is None or empty."""

    path: Path
    format: str
    """What it is by its content; ``unreadable`` where that could not be told."""
    files: tuple[tuple[str, int], ...] = ()
    """Names and bytes of the files that belong together."""
    sha256: str = ""
    layers: tuple[Layer, ...] = ()
    layer: str | None = None
    """The layer that was looked at."""
    rows: int | None = None
    encoding: str | None = None
    encoding_how: str = ""
    """``stated``, ``detected``, ``assumed``, ``given``; empty where the format fixes it."""
    encoding_evidence: str = ""
    fields: tuple[Field, ...] = ()
    system: System | None = None
    place: Place | None = None
    shapes: Shapes | None = None
    facts: Mapping[str, object] = field(default_factory=dict)
    """Of what is no layer: a raster, a layer file, a text."""
    becomes: Mapping[str, object] = field(default_factory=dict)
    """The ministry's code that it fits, and what it would become by that."""
    notices: tuple[Notice, ...] = ()
    proposed: Reading = field(default_factory=Reading)
    """The options that were given, and those that the notices propose."""
    steps: tuple[Step, ...] = ()
    refused: bool = False
    """Whether nothing of it could be read."""

    @property
    def exit_code(self) -> int:
        """0: usable as it is; 1: something has to be decided; 3: refused or unreadable."""
        if self.refused:
            return 3
        return int(any(needs_decision(notice) for notice in self.notices))

    def as_json(self) -> dict[str, object]:
        """Return all of it as plain values: the keys are the attributes, in their order."""
        made: dict[str, Any] = asdict(self)
        made["path"] = str(self.path)
        made["files"] = [{"name": name, "bytes": size} for name, size in self.files]
        for layer in made["layers"]:
            layer["fields"] = [{"name": name, "type": kind} for name, kind in layer["fields"]]
        how, evidence = made.pop("encoding_how"), made.pop("encoding_evidence")
        made["encoding"] = {"name": self.encoding, "how": how, "evidence": evidence}
        return {**made, "exit_code": self.exit_code}


def needs_decision(notice: Notice) -> bool:
    """Return whether a person has to decide before the file is used."""
    asks = notice.severity == "warning" and notice.proposal.startswith("--")
    return notice.severity == "error" or asks
