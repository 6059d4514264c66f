"""A derived grid is computed tile by tile, in parallel, and written as COG."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import numpy as np

from geoplan import cluster
from geoplan.config import Project
from geoplan.errors import UsageError
from geoplan.files import file_hash
from geoplan.raster import About, Class, Grid, Source, Window, check_target, write_cog

AT_ONCE = 16
"""Tiles that are held at once; their number depends on nothing, so nothing depends on it."""


@dataclass(frozen=True)
class How:
    """Who computes, and what may be."""

    scheduler: str = "threads"
    workers: int | None = None
    force: bool = False


@dataclass(frozen=True)
class Kind:
    """What the cells of a derived grid are."""

    dtype: str
    nodata: float
    titles: tuple[str, ...]
    unit: str = ""
    legend: tuple[Class, ...] = ()
    averaged: bool = True
    """Whether a mean of cells is one of them: not of directions."""


NOTHING = np.empty(0)


class Computed(NamedTuple):
    """What a tile gives: its cells, and amounts that are added up over all tiles."""

    cells: np.ndarray
    """Height x width, or bands x height x width."""
    sums: np.ndarray = NOTHING


Tile = Callable[[Window], Computed]


@dataclass(frozen=True)
class Facts:
    """What was met in the first band, over all tiles."""

    known: int
    """Cells with a value."""
    least: float
    mean: float
    most: float
    """Of those cells; NaN where there are none, or it says nothing."""
    sums: np.ndarray


@dataclass(frozen=True)
class Made:
    """A written grid, and what has to be known of it."""

    path: Path
    grid: Grid
    unit: str
    facts: Facts
    notes: tuple[str, ...]
    areas: tuple[Mapping[str, object], ...] = ()
    """Of classes: `class`, `title`, `exact_km2` and `cells_km2`."""

    @property
    def cells(self) -> int:
        """All cells."""
        return self.grid.width * self.grid.height


def check_out(out: Path, *, sources: tuple[Source, ...] = (), project: Project | None) -> None:
    """Raise `UsageError` where a result cannot be written, or would replace what it is made of."""
    check_target(out)
    if project is not None:
        project.check_outside(out)
    for source in sources:
        if out.resolve() in [file.resolve() for file in source.files]:
            raise UsageError(f"{out}: is a file that is read; give another name")


def write(
    out: Path, grid: Grid, *, tile: Tile, kind: Kind, how: How, told: Mapping[str, str]
) -> Facts:
    """Compute and write a grid, tile by tile.

    Parameters
    ----------
    tile
        May be sent to other processes.
    told
        Tags, besides notes.
    """
    met: list[_Met] = []
    sums: list[np.ndarray] = []

    def blocks() -> Iterator[tuple[Window, np.ndarray]]:
        windows = grid.tiles()
        for first in range(0, len(windows), AT_ONCE):
            batch = windows[first : first + AT_ONCE]
            found = cluster.run(tile, batch, scheduler=how.scheduler, workers=how.workers)
            for window, (cells, amounts) in zip(batch, found, strict=True):
                met.append(_met(cells if cells.ndim == 2 else cells[0], kind.nodata))
                sums.append(amounts)
                yield window, cells.astype(kind.dtype, copy=False)

    about = About(
        titles=kind.titles,
        unit=kind.unit,
        legend=kind.legend,
        tags=told,
        averaged=kind.averaged,
    )
    write_cog(out, grid, blocks=blocks(), dtype=kind.dtype, nodata=kind.nodata, about=about)
    known = sum(one.known for one in met)
    added = np.sum(sums, axis=0)
    if not known:
        return Facts(0, math.nan, math.nan, math.nan, added)
    mean = math.fsum(one.total for one in met) / known if kind.averaged else math.nan
    return Facts(known, min(o.least for o in met), mean, max(o.most for o in met), added)


class _Met(NamedTuple):
    known: int
    total: float
    least: float
    most: float


def _met(cells: np.ndarray, nodata: float) -> _Met:
    """Return how many cells have a value, their sum, the least and the most."""
    values = cells[cells != nodata].astype("float64")
    if not len(values):
        return _Met(0, 0.0, math.inf, -math.inf)
    return _Met(len(values), float(values.sum()), float(values.min()), float(values.max()))


def tags_of(
    derived: str, method: str, *, sources: tuple[Source, ...] = (), notes: tuple[str, ...] = ()
) -> dict[str, str]:
    """Return what a file says of how it was made; without a path or a time."""
    made = {"GEOPLAN_DERIVED": derived, "GEOPLAN_METHOD": method}
    if sources:
        made["GEOPLAN_SOURCE"] = "; ".join(
            f"{source.path.name} sha256 {digest_of(source)}" for source in sources
        )
    if notes:
        made["GEOPLAN_NOTES"] = "; ".join(notes)
    if any(source.synthetic for source in sources):
        made["GEOPLAN_SYNTHETIC"] = "1"
    return made


def digest_of(source: Source) -> str:
    """Return the sha256 of a raster: of its file, or of those of its tiles in order of names."""
    digests = [file_hash(file) for file in source.files]
    return digests[0] if len(digests) == 1 else sha256("\n".join(digests).encode()).hexdigest()


def titled(title: str, *, synthetic: bool = False, indicative: bool = False) -> str:
    """Return the title of a band, with what must not be forgotten of it."""
    marks = [*(["合成数据 synthetic"] if synthetic else []), *(["示意"] if indicative else [])]
    return f"{title}（{'，'.join(marks)}）" if marks else title
