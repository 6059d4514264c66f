"""Exact parts of cells that shapes cover."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from exactextract.feature import Feature, FeatureSource
from exactextract.operation import prepare_operations
from exactextract.processor import FeatureSequentialProcessor
from exactextract.raster import NumPyRasterSource
from exactextract.writer import Writer

import shapely

from geoplan import crs, geometry
from geoplan.raster.grid import Grid

BEND_PER_M = 3e-7
"""How much an edge that is straight in one projection may bend in another, in 1/m."""

LONGEST_M = 50_000.0


@dataclass(frozen=True)
class Covered:
    """The cells of a grid that a shape covers, wholly or in part."""

    cells: np.ndarray
    """Row * width + column of each, ascending."""
    share: np.ndarray
    """Covered part of each, above 0 and at most 1."""


@dataclass(frozen=True)
class Parts:
    """The cells that many shapes cover: one row a shape and cell, shape by shape."""

    shape: np.ndarray
    """Number of the shape, ascending."""
    cells: np.ndarray
    """Row * width + column."""
    share: np.ndarray
    """Covered part, above 0 and at most 1."""


class _Shape(Feature):  # type: ignore[misc]
    """A polygon as bytes of WKB, and what is found for it."""

    def __init__(self, wkb: bytes | None = None) -> None:
        Feature.__init__(self)
        self._wkb = wkb
        self.found: dict[str, np.ndarray] = {}

    def geometry(self) -> bytes | None:
        return self._wkb

    def set(self, name: str, value: np.ndarray) -> None:
        self.found[name] = value

    def set_geometry(self, _: object) -> None:
        """Keep no shape."""

    def set_geometry_format(self) -> str:
        return "wkb"

    def fields(self) -> list[str]:
        return []


class _Shapes(FeatureSource):  # type: ignore[misc]
    """Polygons without columns."""

    def __init__(self, wkb: Sequence[bytes]) -> None:
        FeatureSource.__init__(self)
        self._wkb = wkb

    def count(self) -> int:
        return len(self._wkb)

    def __iter__(self) -> Iterator[_Shape]:
        return map(_Shape, self._wkb)

    def srs_wkt(self) -> None:
        return None


class _Kept(Writer):  # type: ignore[misc]
    """Keeps what is found for each shape, as arrays."""

    def __init__(self) -> None:
        Writer.__init__(self)
        self.found: list[dict[str, np.ndarray]] = []

    def add_operation(self, _: object) -> None:
        """Need no column."""

    def write(self, feature: Feature) -> None:
        kept = _Shape()
        feature.copy_to(kept)
        self.found.append(kept.found)

    def finish(self) -> None:
        """Have nothing to close."""


def parts(grid: Grid, shapes: np.ndarray) -> Parts:
    """Return the exact part of each cell that polygons in the grid's own system cover.

    As `fractions`, for many small shapes at once: without a table, and none of JSON.
    Cells of a shape ascend. Shapes may be missing or empty; of others see `sound`.
    """
    shapes = sound(shapes)
    west, south, east, north = grid.bounds
    # Views of one byte: a window of it costs nothing, and its values are not asked for.
    blank = NumPyRasterSource(
        np.broadcast_to(np.zeros(1, dtype="uint8"), grid.shape), west, south, east, north
    )
    there = np.flatnonzero(~(shapely.is_missing(shapes) | shapely.is_empty(shapes)))
    # All are held by name until the end: exactextract keeps plain pointers to them.
    source = _Shapes(shapely.to_wkb(shapes[there], output_dimension=2).tolist())
    kept = _Kept()
    operations = prepare_operations(["cell_id", "coverage"], [blank], [])
    FeatureSequentialProcessor(source, kept, operations, []).process()
    found = [(each.get("cell_id", _NONE), each.get("coverage", _NONE)) for each in kept.found]
    cells = np.concatenate([_NONE, *(cells for cells, _ in found)]).astype("int64")
    share = np.concatenate([_NONE, *(share for _, share in found)]).astype("float64")
    shape = np.repeat(there, [len(cells) for cells, _ in found])
    known = share > 0
    return Parts(shape[known], cells[known], share[known])


_NONE = np.empty(0)


def fractions(grid: Grid, shapes: Sequence[shapely.Geometry]) -> list[Covered]:
    """Return the exact part of each cell that polygons in the grid's own system cover.

    A shape that touches no cell has none; an invalid one is repaired first. Shares are
    good to 1e-7 of a cell. Memory is that of the cells covered; take a grid of one tile.
    """
    found = parts(grid, np.array(shapes, dtype=object))
    ends = np.searchsorted(found.shape, np.arange(len(shapes) + 1))
    return [
        Covered(found.cells[start:stop], found.share[start:stop])
        for start, stop in itertools.pairwise(ends.tolist())
    ]


def sound(shapes: np.ndarray) -> np.ndarray:
    """Return shapes whose cells can be told: of invalid rings, parts would be wrong.

    Invalid polygons are repaired, of collections the polygons are kept. A shape with a
    coordinate that is not finite has no place: it becomes empty. Others are the same objects.
    """
    made = np.asarray(shapes, dtype=object)
    mixed = shapely.get_type_id(made) == _COLLECTION
    odd = np.flatnonzero((~shapely.is_valid(made) | mixed) & ~shapely.is_missing(made))
    if not len(odd):
        return made
    made = made.copy()
    lost = geometry.not_finite(made[odd])
    made[odd[lost]] = shapely.Polygon()
    odd = np.delete(odd, lost)
    fixed, _, _ = geometry.repair(made[odd])
    made[odd] = [geometry.polygonal(shape) for shape in fixed]
    return made


_COLLECTION = 7


def densified(shapes: np.ndarray, grid: Grid) -> np.ndarray:
    """Return shapes of `WORK_CRS` in a grid's system; edges stay straight to a 1/100 of a cell.

    Moved, a ring may touch itself by the last digit: give them to `sound` before they are cut.
    """
    if grid.crs == crs.WORK_CRS:
        return shapes
    off = min(grid.cell_m) / 100
    length = min(math.sqrt(8 * off / BEND_PER_M), LONGEST_M)
    return crs.work_to_any(shapely.segmentize(shapes, length), grid.crs)
