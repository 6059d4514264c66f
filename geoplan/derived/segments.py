"""Distances from points to straight pieces of lines, by plain numpy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

import shapely

LEAF = 32
"""Cells along the side of a block in which every near segment is measured."""

FEW = 4
"""With so few segments near a block, it is not divided further."""


@dataclass(frozen=True)
class Segments:
    """Straight pieces from `ax`, `ay` to `bx`, `by`; a point is one without length."""

    ax: np.ndarray
    ay: np.ndarray
    bx: np.ndarray
    by: np.ndarray

    def __len__(self) -> int:
        return len(self.ax)

    def taken(self, wanted: np.ndarray) -> Segments:
        """Return some of them, by position or mask."""
        return Segments(self.ax[wanted], self.ay[wanted], self.bx[wanted], self.by[wanted])

    def distances(self, x: float, y: float) -> np.ndarray:
        """Return the distance of a place to each."""
        ux, uy = self.bx - self.ax, self.by - self.ay
        px, py = x - self.ax, y - self.ay
        square = ux * ux + uy * uy
        along = (px * ux + py * uy) / np.where(square > 0, square, 1.0)
        along = np.clip(along, 0.0, 1.0)
        return np.asarray(np.hypot(px - along * ux, py - along * uy))


def segments_of(shapes: np.ndarray) -> Segments:
    """Return the lines, rings and points of shapes as segments, in order."""
    parts = shapely.get_parts(shapely.get_parts(shapes))
    kinds = shapely.get_type_id(parts)
    rings = shapely.get_rings(parts[kinds == 3])
    lines = np.concatenate([parts[(kinds == 1) | (kinds == 2)], rings])
    xy, owner = shapely.get_coordinates(lines, return_index=True)
    joined = np.flatnonzero(owner[1:] == owner[:-1])
    points = shapely.get_coordinates(parts[kinds == 0])
    start = np.concatenate([xy[joined], points])
    stop = np.concatenate([xy[joined + 1], points])
    return Segments(start[:, 0], start[:, 1], stop[:, 0], stop[:, 1])


def nearest(x: np.ndarray, y: np.ndarray, *, segments: Segments) -> tuple[np.ndarray, np.ndarray]:
    """Return how far each cell of a block is from the nearest segment, and the x of that place.

    A segment is left out of a block where another one is nearer to every cell of it: the
    distances of a block's cells are that of its middle, more or less half its diagonal.

    Parameters
    ----------
    x, y
        Of the cells, two-dimensional, in the segments' system.
    """
    far, place = np.empty(x.shape), np.empty(x.shape)
    blocks = [(slice(0, x.shape[0]), slice(0, x.shape[1]), segments)]
    while blocks:
        rows, cols, near = blocks.pop()
        near = _near(x[rows, cols], y[rows, cols], near)
        height, width = rows.stop - rows.start, cols.stop - cols.start
        if max(height, width) <= LEAF or len(near) <= FEW:
            far[rows, cols], place[rows, cols] = _measured(x[rows, cols], y[rows, cols], near)
            continue
        blocks += [(down, across, near) for down in _halves(rows) for across in _halves(cols)]
    return far, place


def _halves(part: slice) -> list[slice]:
    count = part.stop - part.start
    if count <= LEAF:
        return [part]
    middle = part.start + count // 2
    return [slice(part.start, middle), slice(middle, part.stop)]


def middle_of(x: np.ndarray, y: np.ndarray) -> tuple[float, float, float]:
    """Return the middle of a block of cells, and how far from it its cells lie at most."""
    row, col = x.shape[0] // 2, x.shape[1] // 2
    middle = float(x[row, col]), float(y[row, col])
    edge = [
        np.hypot(x[part] - middle[0], y[part] - middle[1]).max()
        for part in (np.s_[0], np.s_[-1], np.s_[:, 0], np.s_[:, -1])
    ]
    return *middle, float(max(edge))


def _near(x: np.ndarray, y: np.ndarray, segments: Segments) -> Segments:
    """Return the segments that may be nearest to a cell of a block."""
    mx, my, reach = middle_of(x, y)
    far = segments.distances(mx, my)
    return segments.taken(far <= far.min() + 2 * reach * (1 + 1e-9) + 1e-6)


def _measured(x: np.ndarray, y: np.ndarray, near: Segments) -> tuple[np.ndarray, np.ndarray]:
    least, place = np.full(x.shape, np.inf), np.empty(x.shape)
    for ax, ay, bx, by in zip(near.ax, near.ay, near.bx, near.by, strict=True):
        ux, uy = bx - ax, by - ay
        square = ux * ux + uy * uy
        px, py = x - ax, y - ay
        if square > 0:
            along = np.clip((px * ux + py * uy) / square, 0.0, 1.0)
            px -= along * ux
            py -= along * uy
        far = px * px + py * py
        better = far < least
        np.copyto(least, far, where=better)
        np.copyto(place, x - px, where=better)
    return np.sqrt(least), place
