"""Distance on the ground from every cell of a grid to shapes."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

import shapely

from geoplan import crs
from geoplan.derived.segments import Segments, middle_of, nearest, segments_of
from geoplan.errors import UsageError
from geoplan.raster import Grid, densified

RADIUS_M = 6_371_000.0
"""Of the earth, for what the projection stretches."""

BEND_PER_M = 1e-6
"""How much a row of cells that is straight on its grid may bend in another projection, in 1/m."""

OFF, REACH_M = 2e-6, 270_000.0
"""Greatest error of a distance, as a part of it, where no cell is farther from the middle."""

MOST_OFF = 0.01
"""With a greater error there is no distance: the grid is too wide for one plane."""

BLOCK = 32
"""Cells along the side of a block that is wholly inside, wholly outside, or looked at."""


@dataclass(frozen=True)
class Target:
    """Shapes that distances are taken to, in Gauss-Krüger about the middle of a grid."""

    meridian: float
    """Its central meridian, in degrees."""
    segments: Segments
    polygons: np.ndarray

    @property
    def axis_x(self) -> float:
        """Return x of the central meridian."""
        x, _ = crs.xy_to_any(
            np.array([self.meridian]), np.array([0.0]), source=crs.DATA_CRS, target=self.system
        )
        return float(x[0])

    @property
    def system(self) -> crs.CRS:
        """Coordinate system of the shapes, in metres."""
        return crs.print_crs(self.meridian)


def target_of(shapes: np.ndarray, grid: Grid) -> Target:
    """Return shapes of `crs.WORK_CRS` as a target for a grid and for parts of it.

    Points, lines and polygons may be mixed. Their edges, straight in `WORK_CRS`, stay so
    to a hundredth of a cell.

    Raises
    ------
    UsageError
        If there is no shape, or the grid is too wide for one plane.
    """
    if error_of(grid) > MOST_OFF:
        raise UsageError(
            f"the grid spans {grid.width * grid.cell_m[0] / 1e3:,.0f} x "
            f"{grid.height * grid.cell_m[1] / 1e3:,.0f} km, in which distances of one plane would "
            f"be off by more than {MOST_OFF:.0%}; take a smaller unit"
        )
    kept = np.asarray(shapes, dtype=object)
    kept = kept[~(shapely.is_missing(kept) | shapely.is_empty(kept))]
    if not len(kept):
        raise UsageError("there is no shape to take a distance to")
    west, _, east, _ = crs.bounds_to_any(grid.bounds, source=grid.crs, target=crs.DATA_CRS)
    meridian = round((west + east) / 2, 2)
    cell = min(grid.cell_m)
    plane = Grid(crs.print_crs(meridian), 0.0, 0.0, cell, cell, 1, 1)
    parts = shapely.get_parts(shapely.get_parts(shapely.force_2d(kept)))
    flat = densified(parts, plane)
    return Target(meridian, segments_of(flat), flat[shapely.get_type_id(flat) == 3])


def error_of(grid: Grid) -> float:
    """Return the greatest error of distances on a grid, as a part of them.

    What the series of the stretching leaves out grows with the fourth power of the way from
    the middle; tested against geodesics up to 1,300 km from it.
    """
    across, down = grid.cell_m
    reach = math.hypot(across * grid.width, down * grid.height) / 2
    return OFF * max(1.0, reach / REACH_M) ** 4


def distance_on(shapes: np.ndarray | Target, grid: Grid) -> np.ndarray:
    """Return the distance in metres of each cell's centre to the nearest of some shapes.

    The shortest straight way on the ground, without heights: from point to segment in
    Gauss-Krüger about the grid's middle, less what that projection stretches. Not in the
    equal-area system, whose lengths are off by percents. Inside of polygons it is 0.

    Parameters
    ----------
    shapes
        Of `crs.WORK_CRS`; or a `target_of` a larger grid that `grid` is part of, which
        spares projecting them for every part.

    Returns
    -------
    distance
        float64 of `grid.shape`, good to `error_of` the grid, and to 1e-3 of a cell.

    Raises
    ------
    UsageError
        If there is no shape.
    """
    target = shapes if isinstance(shapes, Target) else target_of(shapes, grid)
    x, y = centres_in(target.system, grid)
    far, place = nearest(x, y, segments=target.segments)
    axis = target.axis_x
    made = far * _shrunk(x - axis, place - axis)
    if len(target.polygons):
        _clear_inside(made, far, x, y, polygons=target.polygons)
    return np.asarray(made)


def _shrunk(here: np.ndarray, there: np.ndarray) -> np.ndarray:
    """Return metres on the ground of a metre between two distances from the central meridian.

    The mean of 1 - x²/2R² along the way; source: Bomford, Geodesy.
    """
    return np.asarray(1 - (here * here + here * there + there * there) / (6 * RADIUS_M**2))


def centres_in(system: crs.CRS, grid: Grid) -> tuple[np.ndarray, np.ndarray]:
    """Return x and y of the cells' centres in another system, to 1e-3 of a cell.

    They are projected on a lattice of cells, and between its nodes in proportion.
    """
    cell = max(grid.cell_m)
    step = int(np.clip(np.sqrt(8e-3 * cell / BEND_PER_M) / cell, 1, 64))
    rows, cols = np.arange(0, grid.height + step, step), np.arange(0, grid.width + step, step)
    across, down = np.meshgrid(
        grid.left + (cols + 0.5) * grid.dx, grid.top - (rows + 0.5) * grid.dy
    )
    nodes = crs.xy_to_any(across, down, source=grid.crs, target=system)
    x, y = (_between(values, grid.shape, step) for values in nodes)
    return x, y


def _between(nodes: np.ndarray, shape: tuple[int, int], step: int) -> np.ndarray:
    """Return values at every `step`-th cell for all cells, in proportion."""
    row, col = np.arange(shape[0]), np.arange(shape[1])
    part = (row % step / step)[:, None]
    lines = nodes[row // step] * (1 - part) + nodes[row // step + 1] * part
    part = col % step / step
    return np.asarray(lines[:, col // step] * (1 - part) + lines[:, col // step + 1] * part)


def _clear_inside(
    made: np.ndarray, far: np.ndarray, x: np.ndarray, y: np.ndarray, *, polygons: np.ndarray
) -> None:
    """Set the distance of cells within polygons to 0.

    A block that lies farther from every edge than its own half is in or out as a whole.
    """
    bounds = shapely.bounds(polygons)
    for row in range(0, made.shape[0], BLOCK):
        for col in range(0, made.shape[1], BLOCK):
            part = np.s_[row : row + BLOCK, col : col + BLOCK]
            bx, by = x[part], y[part]
            low, high = (bx.min(), by.min()), (bx.max(), by.max())
            met = (bounds[:, :2] <= high).all(axis=1) & (bounds[:, 2:] >= low).all(axis=1)
            if not met.any():
                continue
            mx, my, reach = middle_of(bx, by)
            whole = far[part][bx.shape[0] // 2, bx.shape[1] // 2] > reach
            box = (mx, my, mx, my) if whole else (*low, *high)
            inside = _inside(polygons[met], np.array(box), bx, by, whole=whole)
            made[part][inside] = 0.0


def _inside(
    polygons: np.ndarray, box: np.ndarray, x: np.ndarray, y: np.ndarray, *, whole: bool
) -> np.ndarray:
    """Return which cells of a block lie in any of some polygons."""
    found = np.zeros(x.shape, dtype=bool)
    # Clipped pieces are small, and belong to this thread: what is prepared may not be shared.
    near = shapely.clip_by_rect(polygons, *(box + np.array([-1.0, -1.0, 1.0, 1.0])))
    for piece in near[~shapely.is_empty(near)]:
        if whole:
            if shapely.contains_xy(piece, *box[:2]):
                return ~found
        else:
            found |= shapely.contains_xy(piece, x, y)
    return found
