"""Shapes cut along the lines of a grid: compiled, and closed however they lie on its lines.

A shape in a square is the shape's edges there, and edges on the square's
lower and upper side where the shape goes on beyond them. The upper side
counts to the square above: a shape is cut just below its height. Sides to the
left and right have no area under them and are not kept.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from geoplan.engine.compiled import compiled
from geoplan.engine.kernel import Array, Edges, Rings, put


class Grid(NamedTuple):
    """Squares of `size`: `nx` columns and `ny` rows, from `column` and `row` on.

    Those count from the corner `west`, `south`, so that a part of a grid has
    the very lines of the whole.
    """

    west: float
    south: float
    size: float
    nx: int
    ny: int
    column: int
    row: int


class Target(NamedTuple):
    """Where cut edges go: the next place by square, the edges, and the shape of each.

    Without room for edges they are only counted.
    """

    place: Array
    edges: Edges
    shape: Array


class Passed(NamedTuple):
    """Lines of rows that a shape passes, by number, and where."""

    line: Array
    x: Array


@compiled
def _line(k: int, origin: float, size: float, first: int) -> float:
    return origin + (first + k) * size


@compiled
def line_x(grid: Grid, column: int) -> float:
    """Return the western side of a column."""
    return _line(column, grid.west, grid.size, grid.column)


@compiled
def line_y(grid: Grid, row: int) -> float:
    """Return the southern side of a row."""
    return _line(row, grid.south, grid.size, grid.row)


@compiled
def row_of(y: float, grid: Grid) -> int:
    """Return the row of a height: -1 below the grid, `ny` above it."""
    return _step(y, grid.south, grid.size, grid.row, grid.ny)


@compiled
def column_of(x: float, grid: Grid) -> int:
    """Return the column of a place: -1 west of the grid, `nx` east of it."""
    return _step(x, grid.west, grid.size, grid.column, grid.nx)


@compiled
def _step(value: float, origin: float, size: float, first: int, count: int) -> int:
    if value < _line(0, origin, size, first):
        return -1
    if value >= _line(count, origin, size, first):
        return count
    k = int((value - origin) / size) - first
    # A quotient may be rounded across a line.
    while _line(k, origin, size, first) > value:
        k -= 1
    while _line(k + 1, origin, size, first) <= value:
        k += 1
    return k


@compiled
def _across(
    grid: Grid,
    row: int,
    piece: tuple[float, float, float, float],
    sign: int,
    shape: int,
    target: Target,
) -> None:
    """Cut an edge that lies within a row at the lines of columns."""
    x1, y1, x2, y2 = piece
    if row < 0 or row >= grid.ny or x1 >= x2 or x2 <= line_x(grid, 0):
        return
    column = column_of(x1, grid)
    x, y = x1, y1
    while x < x2 and column < grid.nx:
        to_x, to_y = x2, y2
        line = line_x(grid, column + 1)
        if line < x2:
            to_x, to_y = line, y1 + (y2 - y1) * ((line - x1) / (x2 - x1))
        if column >= 0 and to_x > x:
            square = row * grid.nx + column
            at = target.place[square]
            if len(target.shape) > 0:
                put(target.edges, at, (x, y, to_x, to_y), sign)
                target.shape[at] = shape
            target.place[square] = at + 1
        x, y = to_x, to_y
        column += 1


@compiled
def _edge(
    grid: Grid,
    edge: tuple[float, float, float, float],
    shape: int,
    target: Target,
    passed: Passed,
    n: int,
) -> int:
    """Cut an edge at the lines of rows, then of columns; note which of the former it passes."""
    x1, y1, x2, y2 = edge
    up = y2 >= y1
    row = row_of(y1, grid)
    x, y = x1, y1
    while True:
        at = row + 1 if up else row
        line = line_y(grid, at)
        done = at < 0 or at > grid.ny or (line > y2 if up else line <= y2)
        to_x, to_y = x2, y2
        if not done:
            to_x, to_y = x1 + (x2 - x1) * ((line - y1) / (y2 - y1)), line
            to_x = min(max(to_x, x), x2) if x2 >= x1 else max(min(to_x, x), x2)
        if x < to_x:
            _across(grid, row, (x, y, to_x, to_y), -1, shape, target)
        elif to_x < x:
            _across(grid, row, (to_x, to_y, x, y), 1, shape, target)
        if done:
            return n
        passed.line[n], passed.x[n] = at, to_x
        n += 1
        x, y = to_x, to_y
        row = row + 1 if up else row - 1


@compiled
def cut_one(shapes: Rings, i: int, grid: Grid, number: int, target: Target) -> None:
    """Cut one shape; its parts are of shape `number`."""
    many = 0
    for k in range(shapes.rings[i], shapes.rings[i + 1]):
        for p in range(shapes.points[k], shapes.points[k + 1] - 1):
            many += abs(row_of(shapes.y[p + 1], grid) - row_of(shapes.y[p], grid))
    passed = Passed(np.empty(many, dtype=np.int64), np.empty(many))
    n = 0
    for k in range(shapes.rings[i], shapes.rings[i + 1]):
        for p in range(shapes.points[k], shapes.points[k + 1] - 1):
            edge = (shapes.x[p], shapes.y[p], shapes.x[p + 1], shapes.y[p + 1])
            n = _edge(grid, edge, number, target, passed, n)
    # The shape goes on across a line between every two places where its border passes it.
    order = np.argsort(passed.x)
    order = order[np.argsort(passed.line[order], kind="mergesort")]
    for k in range(0, n - 1, 2):
        row, x1, x2 = passed.line[order[k]], passed.x[order[k]], passed.x[order[k + 1]]
        y = line_y(grid, row)
        _across(grid, row - 1, (x1, y, x2, y), 1, number, target)
        _across(grid, row, (x1, y, x2, y), -1, number, target)
