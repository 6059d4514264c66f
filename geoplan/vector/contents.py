"""What a file of the user's own holds, and what came of reading it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd

from geoplan.reading import Notice


@dataclass(frozen=True)
class LayerFacts:
    """One layer of a file, or one sheet of a workbook, as the file states it."""

    name: str
    rows: int
    kinds: tuple[str, ...]
    """Kinds of shapes that are stated: ``Polygon``; empty where it has none."""
    fields: tuple[tuple[str, str], ...]
    """Names and types of columns without the geometry: ``("DLMC", "text")``."""
    crs: Any
    """The coordinate system that is stated; None without."""


@dataclass(frozen=True)
class Contents:
    """What a file says of itself."""

    format: str
    """By content: ``shapefile``; of a zip, of what is in it."""
    layers: tuple[LayerFacts, ...]
    encoding: str | None
    """Encoding in which texts are read, where the format leaves it open."""
    notices: tuple[Notice, ...]


@dataclass(frozen=True)
class Read:
    """A layer as it was read: plane shapes, columns as they are, the CRS as stated or given."""

    frame: gpd.GeoDataFrame
    """The geometry column is called ``geometry``; rows without a shape have None."""
    notices: tuple[Notice, ...]
    format: str
    layer: str | None
    """The layer that was read, where the file can hold several."""
    encoding: str | None


@dataclass(frozen=True)
class Given:
    """A layer between reading and its last checks."""

    frame: gpd.GeoDataFrame
    layer: str | None = None
    encoding: str | None = None
    notices: tuple[Notice, ...] = field(default=())


MOST_ROWS = 20
"""Rows that a notice lists."""


def rows_of(positions: Any) -> tuple[int, ...]:
    """Return positions from 0 as the first rows of a notice, counted from 1."""
    return tuple(int(at) + 1 for at in positions[:MOST_ROWS])


def some(names: Any, most: int = 10) -> str:
    """Return names in one line, at most `most`, with how many are left out."""
    every = [repr(str(name)) for name in names]
    more = f" and {len(every) - most} more" if len(every) > most else ""
    return ", ".join(every[:most]) + more
