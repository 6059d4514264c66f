"""Layers in parts: the piece of each shape in each square of a grid. Compiled."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from geoplan.engine.compiled import compiled
from geoplan.engine.kernel import Array, Edges, Rings, bounds_of, empty_edges
from geoplan.engine.squares import Grid, Target, cut_one, line_x, line_y


class Parts(NamedTuple):
    """Shapes of several layers in parts, each the piece of a shape in a square.

    Part `p` has the edges ``starts[p]`` to ``starts[p + 1]`` and is of shape
    ``shape[p]`` of its layer. Square `q` of layer `l` has the parts from
    ``squares[l * nx * ny + q]`` to the next; `squares` has one more at the end.
    Where a square is covered by one shape and no other one of the layer enters
    it, ``cover[l * nx * ny + q]`` is that shape; elsewhere it is `SEVERAL` or `NONE`.
    """

    edges: Edges
    starts: Array
    shape: Array
    squares: Array
    cover: Array
    grid: Grid


NONE, SEVERAL = -1, -2
"""No shape of a layer enters a square; or shapes that do not just cover it."""


class Shapes(NamedTuple):
    """Shapes of several layers: for each its layer, its number there, and its box.

    Shapes of a number below 0 are left out.
    """

    shapes: Rings
    layer: Array
    number: Array
    boxes: Array


@compiled
def cut_band(every: Shapes, target: Target, band: Grid, grid: Grid) -> None:
    """Cut shapes at the lines of a grid, in the rows of a band; `target` is for all of the grid."""
    many, first = grid.nx * grid.ny, (band.row - grid.row) * grid.nx
    south, north = line_y(band, 0), line_y(band, band.ny)
    for i in range(len(every.layer)):
        if every.number[i] < 0 or every.boxes[i, 1] > north or every.boxes[i, 3] < south:
            continue
        start = every.layer[i] * many + first
        place = target.place[start : start + band.nx * band.ny]
        own = Target(place, target.edges, target.shape)
        cut_one(every.shapes, i, band, every.number[i], own)


@compiled
def uncounted(layers: int, grid: Grid) -> Target:
    """Return where edges are counted first."""
    places = np.zeros(layers * grid.nx * grid.ny, dtype=np.int64)
    return Target(places, empty_edges(0), np.empty(0, np.int64))


@compiled
def with_room(counted: Target) -> Target:
    """Return where the edges go that were counted."""
    ends = np.cumsum(counted.place)
    total = ends[-1] if len(ends) > 0 else 0
    return Target(ends - counted.place, empty_edges(total), np.empty(total, np.int64))


@compiled
def cut(shapes: Rings, layer: Array, number: Array, layers: int, grid: Grid) -> Parts:
    """Cut shapes at the lines of a grid; what lies outside of it is left out.

    `layer` and `number` are, for every shape, its layer and its number there.
    Shapes of a number below 0 are left out.
    """
    every = Shapes(shapes, layer, number, bounds_of(shapes))
    counted = uncounted(layers, grid)
    cut_band(every, counted, grid, grid)
    filled = with_room(counted)
    cut_band(every, filled, grid, grid)
    return in_parts(filled, grid)


@compiled
def in_parts(filled: Target, grid: Grid) -> Parts:
    """Return the runs of edges of one shape in each square; `filled` has the ends of squares."""
    first = np.zeros(len(filled.place) + 1, dtype=np.int64)
    first[1:] = filled.place
    total = 0
    for q in range(len(first) - 1):
        for e in range(first[q], first[q + 1]):
            if e == first[q] or filled.shape[e] != filled.shape[e - 1]:
                total += 1
    starts = np.empty(total + 1, dtype=np.int64)
    shape = np.empty(total, dtype=np.int64)
    squares = np.empty(len(first), dtype=np.int64)
    n = 0
    for q in range(len(first) - 1):
        squares[q] = n
        for e in range(first[q], first[q + 1]):
            if e == first[q] or filled.shape[e] != filled.shape[e - 1]:
                starts[n], shape[n] = e, filled.shape[e]
                n += 1
    squares[len(first) - 1] = n
    starts[n] = first[-1]
    cover = np.full(len(first) - 1, NONE)
    for q in range(len(first) - 1):
        p = squares[q]
        if squares[q + 1] == p + 1 and _is_whole(filled.edges, starts[p], starts[p + 1], q, grid):
            cover[q] = shape[p]
        elif squares[q + 1] > p:
            cover[q] = SEVERAL
    return Parts(filled.edges, starts, shape, squares, cover, grid)


@compiled
def _is_whole(edges: Edges, start: int, end: int, square: int, grid: Grid) -> bool:
    """Return whether edges are the lower and the upper side of a square, and nothing else."""
    if end != start + 2:
        return False
    here = square % (grid.nx * grid.ny)
    column, row = here % grid.nx, here // grid.nx
    west, east = line_x(grid, column), line_x(grid, column + 1)
    south, north = line_y(grid, row), line_y(grid, row + 1)
    sides = 0
    for k in range(start, end):
        if edges.x1[k] != west or edges.x2[k] != east or edges.y1[k] != edges.y2[k]:
            return False
        if edges.sign[k] < 0 and edges.y1[k] == south:
            sides += 1
        elif edges.sign[k] > 0 and edges.y1[k] == north:
            sides += 2
    return sides == 3
