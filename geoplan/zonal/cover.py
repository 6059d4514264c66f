"""Which cells of a block zones cover, and how much of each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

import shapely

from geoplan import raster
from geoplan.geometry import polygonal
from geoplan.raster import Parts, parts
from geoplan.zonal.block import SIDE, Block

Array = np.ndarray

SMALL = 4 * SIDE**2
"""Cells below the box of a shape up to which it is taken whole, not by squares."""

MOST_CELLS = 1_000_000
"""Cells of shapes that are asked of exactextract in one call."""

TOUCHED, NOTHING = 1e-7, 1e-6
"""A part below `TOUCHED` of a cell and `NOTHING` of its zone is no more than a rounding error."""

MOST_POINTS = 256
"""A shape of more points is clipped to the block before it is asked for."""


class Pieces(NamedTuple):
    """Polygons of zones in the grid's system; a zone may have several, which do not overlap."""

    shapes: Array
    owner: Array
    """Number of the zone, ascending."""
    bounds: Array
    """West, south, east, north of each."""
    size: Array
    """Area of its zone, in cells."""

    def of(self, chosen: Array) -> Pieces:
        """Return some of them."""
        return Pieces(*(each[chosen] for each in self))


class Cover(NamedTuple):
    """Cells of a block that zones cover."""

    zones: Array
    """Numbers of the zones; others refer to places in it."""
    owner: Array
    """Zone of each cell at its edge, ascending."""
    at: Array
    """Place of the cell in the flat arrays of the block."""
    share: Array
    """Covered part, above 0 and at most 1."""
    inner_owner: Array
    """Zone of each square that is covered wholly, ascending."""
    inner: Array
    """Number of the square."""


class _Asked(NamedTuple):
    """Shapes to be asked of exactextract, and squares that need not be."""

    shapes: list[shapely.Geometry]
    squares: list[int]
    """The square that a shape was clipped to; -1 where it is whole."""
    inner: list[int]
    cells: int
    """Cells below the shapes, at most."""
    size: float
    """Area of the zone, in cells."""


def covers(block: Block, pieces: Pieces, *, squares: Array | None = None) -> Iterator[Cover]:
    """Yield what zones cover of a block, as many zones together as memory allows.

    Of large zones only what lies in `squares` (one truth each), where they are given.
    """
    wanted = np.ones(block.boxes.size, dtype=bool) if squares is None else squares
    grid = block.grid
    here = near(block, pieces)
    zones, starts = np.unique(here.owner, return_index=True)
    if not len(zones):
        return
    waiting: list[tuple[int, _Asked]] = []
    cells = 0
    counts = _cells_below(grid, here, starts)
    many = np.maximum.reduceat(shapely.get_num_coordinates(here.shapes), starts) > MOST_POINTS
    stops = [*starts[1:].tolist(), len(here.owner)]
    for n, (zone, start) in enumerate(zip(zones.tolist(), starts.tolist(), strict=True)):
        shapes, size = here.shapes[start : stops[n]], float(here.size[start])
        count = int(counts[n])
        if many[n] or count > SMALL:
            asked = _clipped_first(block, shapes, wanted, count=count, size=size)
        else:
            asked = _Asked([_together(shapes)], [-1], [], count, size)
        waiting.append((zone, asked))
        cells += asked.cells + len(asked.inner)
        if cells >= MOST_CELLS:
            yield _covered(block, waiting)
            waiting, cells = [], 0
    if waiting:
        yield _covered(block, waiting)


def near(block: Block, pieces: Pieces) -> Pieces:
    """Return the pieces whose box meets a block."""
    west, south, east, north = block.grid.bounds
    box = pieces.bounds
    met = (box[:, 0] < east) & (box[:, 2] > west) & (box[:, 1] < north) & (box[:, 3] > south)
    return pieces.of(np.flatnonzero(met))


def _cells_below(grid: raster.Grid, pieces: Pieces, starts: Array) -> Array:
    """Return how many cells of a grid lie below the box of each zone, at most."""
    west, south = (np.minimum.reduceat(pieces.bounds[:, i], starts) for i in (0, 1))
    east, north = (np.maximum.reduceat(pieces.bounds[:, i], starts) for i in (2, 3))
    cols = np.ceil((np.clip(east, *grid.bounds[::2]) - grid.left) / grid.dx) - np.floor(
        (np.clip(west, *grid.bounds[::2]) - grid.left) / grid.dx
    )
    rows = np.ceil((grid.top - np.clip(south, *grid.bounds[1::2])) / grid.dy) - np.floor(
        (grid.top - np.clip(north, *grid.bounds[1::2])) / grid.dy
    )
    return np.asarray(np.maximum(cols, 1) * np.maximum(rows, 1))


def _clipped_first(
    block: Block, shapes: Array, wanted: Array, *, count: int, size: float
) -> _Asked:
    """Return what is to be asked for a zone with a large shape: what of it lies in the block."""
    many = shapely.get_num_coordinates(shapes) > MOST_POINTS
    kept = shapes.copy()
    kept[many] = _clipped(kept[many], shapely.box(*block.grid.bounds))
    whole = _together(kept)
    if count <= SMALL:
        return _Asked([whole], [-1], [], count, size)
    return _by_squares(block, whole, wanted.reshape(block.boxes.shape), size=size)


def _by_squares(block: Block, whole: shapely.Geometry, wanted: Array, *, size: float) -> _Asked:
    """Return a large shape as squares that it covers, and as what it has of others."""
    # First in strips, so that a square is not compared with the whole shape.
    strips = _clipped(np.full(len(block.strips), whole), block.strips)
    shapely.prepare(strips)
    full = shapely.covers(strips[:, None], block.boxes) & wanted
    touched = shapely.intersects(strips[:, None], block.boxes) & wanted & ~full
    row, col = np.nonzero(touched)
    shapes = _clipped(strips[row], block.boxes[row, col])
    squares = row * block.across + col
    inner = np.flatnonzero(full.ravel())
    return _Asked(shapes.tolist(), squares.tolist(), inner.tolist(), len(row) * SIDE**2, size)


def _clipped(shapes: Array, boxes: Array | shapely.Geometry) -> Array:
    """Return what shapes have in boxes: polygons, maybe empty."""
    made = np.atleast_1d(shapely.intersection(shapes, boxes))
    kind = shapely.get_type_id(made)
    odd = np.flatnonzero((kind != 3) & (kind != 6))
    made[odd] = [polygonal(each) for each in made[odd]]
    return np.asarray(made)


def _together(shapes: Array) -> shapely.Geometry:
    """Return polygons that do not overlap as one shape."""
    if len(shapes) == 1:
        return shapes[0]
    return shapely.multipolygons(shapely.get_parts(shapes))


def _covered(block: Block, waiting: list[tuple[int, _Asked]]) -> Cover:
    shapes = [shape for _, asked in waiting for shape in asked.shapes]
    squares = np.array([n for _, asked in waiting for n in asked.squares], dtype="int64")
    owner = np.repeat(np.arange(len(waiting)), [len(asked.shapes) for _, asked in waiting])
    found = _with_lost(block.grid, np.array(shapes, dtype=object), squares < 0)
    at = block.position(found.cells)
    asked_for = squares[found.shape]
    # A clipped shape may reach a rounding error beyond its square, where another counts.
    inside = (asked_for < 0) | (asked_for == at // SIDE**2)
    size = np.array([asked.size for _, asked in waiting])[owner[found.shape]]
    inside &= (found.share >= TOUCHED) | (found.share >= NOTHING * size)
    return Cover(
        np.array([zone for zone, _ in waiting], dtype="int64"),
        owner[found.shape][inside],
        at[inside],
        found.share[inside],
        np.repeat(np.arange(len(waiting)), [len(asked.inner) for _, asked in waiting]),
        np.array([n for _, asked in waiting for n in asked.inner], dtype="int64"),
    )


def _with_lost(grid: raster.Grid, shapes: Array, whole: Array) -> Parts:
    """Return the parts of cells; a shape too small for its part to be told has one cell too."""
    found = parts(grid, shapes)
    whole[found.shape] = False
    lost = np.flatnonzero(whole)
    area = shapely.area(shapely.intersection(shapes[lost], shapely.box(*grid.bounds)))
    lost, area = lost[area > 0], area[area > 0]
    if not len(lost):
        return found
    points = shapely.get_coordinates(shapely.point_on_surface(shapes[lost]))
    col = np.floor((points[:, 0] - grid.left) / grid.dx).astype("int64")
    row = np.floor((grid.top - points[:, 1]) / grid.dy).astype("int64")
    inside = (col >= 0) & (col < grid.width) & (row >= 0) & (row < grid.height)
    part = np.minimum(area / (grid.dx * grid.dy), 1.0)
    more = Parts(lost[inside], (row * grid.width + col)[inside], part[inside])
    both = Parts(
        np.concatenate([found.shape, more.shape]),
        np.concatenate([found.cells, more.cells]),
        np.concatenate([found.share, more.share]),
    )
    order = np.argsort(both.shape, kind="stable")
    return Parts(both.shape[order], both.cells[order], both.share[order])
