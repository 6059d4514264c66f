"""What a trace holds: plain values, which become JSON as they are."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from geoplan.layers.citations import Word

Pair = tuple[str, str]
"""A text in Chinese and English."""

Proof = Literal["verified", "not_found", "no_text", "not_cited"]
"""Whether cited lines hold what they should: 已核对, 未找到, 文本不在手边; or there are none."""


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A figure of the result by its column; `measure` may be ``km2``, ``share`` (0 to 1), …."""

    column: str
    value: float | str
    measure: str


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A row of `pieces` that the result was summed from; km²."""

    ref: str
    adcode: str
    name: Pair
    classes: str
    area_km2: float


@dataclass(frozen=True, kw_only=True)
class Sum:
    """The pieces behind an area, and whether they add up to it, to 1 m²."""

    pieces: tuple[Piece, ...]
    area_km2: float
    result_km2: float | None
    equal: bool | None
    """None where the two are no same figure: rounded (indicative), or of more than one class."""


@dataclass(frozen=True, kw_only=True)
class Member:
    """A unit as the plan names it."""

    id: str
    adcode: str
    name: Pair
    evidence: str


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where a statement stands in a file that people wrote, and whether that file moved since."""

    file: str
    line: int
    sha256_built: str | None = None
    sha256_now: str | None = None

    @property
    def moved(self) -> bool:
        """Whether the file is another one than the tables were made of."""
        return self.sha256_now != self.sha256_built


@dataclass(frozen=True, kw_only=True)
class Cited:
    """Where a plan says it, and with the text at hand what stands there."""

    document: str
    title: str
    number: str | None
    section: str
    lines: tuple[int, ...]
    sha256: str | None
    proof: Proof = "no_text"
    sentences: tuple[tuple[int, str], ...] = ()
    words: tuple[Word, ...] = ()
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Part:
    """What people wrote that a result rests on: a feature, figure, indicator or finding."""

    ref: str
    name: Pair
    layer: str
    layer_title: Pair
    kind: Pair
    """The title of a feature's class, or what the figure is of."""
    extent: str | None = None
    members: tuple[Member, ...] = ()
    origin: Origin
    cited: Cited


@dataclass(frozen=True, kw_only=True)
class Trace:
    """The chain from a row to what it rests on; `rests` are rows that rest on it."""

    ref: str
    table: str
    name: Pair
    figures: tuple[Figure, ...] = ()
    sum: Sum | None = None
    parts: tuple[Part, ...] = ()
    rests: tuple[tuple[str, Pair], ...] = ()
    sentence: str | None = None
    """Of a line that is asked for: what stands there, with the text at hand."""
    row: dict[str, Any] = field(default_factory=dict)

    @property
    def fails(self) -> bool:
        """Whether something does not stand where it is cited."""
        return any(part.cited.proof == "not_found" for part in self.parts)

    def as_json(self) -> dict[str, Any]:
        """Return all of it for JSON; ``moved`` and ``fails`` too."""
        made = asdict(self) | {"fails": self.fails}
        for told, part in zip(made["parts"], self.parts, strict=True):
            told["origin"]["moved"] = part.origin.moved
        return made
