"""What a raster is, before a cell is read: a value that goes to workers in place of a file."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, get_args

from geoplan.errors import UsageError
from geoplan.raster.grid import Grid, Window

Kind = Literal["continuous", "categorical"]
"""Whether cells hold amounts, or numbers of classes, which must never be averaged."""

KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True)
class Class:
    """A class of a categorical raster."""

    value: int
    title: str
    colour: str
    """``#rrggbb``; empty where the file gives none."""


@dataclass(frozen=True)
class Tile:
    """A file and the cells of the whole that it holds."""

    path: Path
    window: Window
    flipped: bool = False
    """Whether its rows run from south to north."""


@dataclass(frozen=True)
class Source:
    """One band of a raster: facts, no open file."""

    path: Path
    """The file, or the folder of tiles."""
    tiles: tuple[Tile, ...]
    """One for a file; in order of names, the first of which holds where they overlap."""
    grid: Grid
    band: int
    dtype: str
    kind: Kind
    nodata: float | None = None
    scale: float = 1.0
    offset: float = 0.0
    masked: bool = False
    """Whether the file holds a mask of its own."""
    unit: str = ""
    """Unit of the values as the file states it."""
    legend: tuple[Class, ...] = ()
    tags: dict[str, str] = field(default_factory=dict, hash=False)
    decisions: tuple[str, ...] = ()
    """What was decided where the file is silent or odd: to be told to people."""

    @property
    def files(self) -> tuple[Path, ...]:
        """Every file that cells are read from."""
        return tuple(tile.path for tile in self.tiles)

    @property
    def synthetic(self) -> bool:
        """Whether the file says of itself that its values are made up (`GEOPLAN_SYNTHETIC`)."""
        return self.tags.get("GEOPLAN_SYNTHETIC") == "1"


def check_kind(kind: str | None) -> None:
    """Raise `UsageError` unless `kind` is one of `KINDS` or left out."""
    if kind is not None and kind not in KINDS:
        raise UsageError(f"kind {kind!r} is not known; allowed: {', '.join(KINDS)}")
