"""Slope and aspect of heights, in metres on the ground and from true north on any grid."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

import numpy as np

from geoplan.errors import UsageError
from geoplan.raster import Grid, Metric, Source, Window, brought, method_for, metric, read

LEVEL = -1.0
"""Aspect of ground that is level: it faces nowhere."""

FLAT = 1e-7
"""Rise over run up to which ground is level: a metre in 10,000 km; rounding makes as much."""

COARSEST_M = 100.0
"""Cells above this have no slope of the ground; see `FLATTENED`."""

ROUNDED = 1.002
"""Cells may be larger by as much: that of 100 m in a projection is not quite that on the ground."""

STRIP = 256
"""Rows of a DEM whose gradient is held at once where many cells of it lie in one of a grid."""

FLATTENED = {30: 14.5, 90: 11.3, 240: 9.0, 990: 6.0, 9_000: 2.1}
"""Mean slope in degrees of one synthetic terrain, by size of cell in metres.

Made by `tests/derived/hills.py` (fractal, seeded), which a test computes again.
"""

Cells = Callable[[Window], np.ndarray]
"""Gives values of a window of the DEM, NaN where there are none."""

METRES = ("", "m", "metre", "metres", "meter", "meters", "米")
"""Units of heights that are metres, or not stated."""


def side_m(grid: Grid) -> float:
    """Return the side in metres of a square as large as the cell in the middle of a grid."""
    across, down = grid.cell_m
    return math.sqrt(across * down)


def check_heights(source: Source, *, force: bool = False) -> None:
    """Check that slope and aspect can be had of a raster.

    Raises
    ------
    UsageError
        If cells are classes, heights are stated in another unit than metres, or cells are
        larger than `COARSEST_M` and it is not forced.
    """
    if source.kind == "categorical":
        raise UsageError(
            f"{source.path}: holds classes, which have no slope; if they are heights, say "
            "--kind continuous"
        )
    if source.unit.strip().lower() not in METRES:
        raise UsageError(
            f"{source.path}: states heights in {source.unit!r}; metres are needed: convert them"
        )
    cell = side_m(source.grid)
    if cell > COARSEST_M * ROUNDED and not force:
        raise UsageError(
            f"{source.path}: {flattening(cell)} Take a DEM of at most {COARSEST_M:g} m, "
            "or say --force"
        )


def flattening(cell_m: float) -> str:
    """Return why the slope of large cells is not one of the ground, for people."""
    known = ", ".join(f"{mean:g}° at {size:,} m" for size, mean in FLATTENED.items())
    return (
        f"cells of {cell_m:,.0f} m level out hills and valleys, so what comes out is not the "
        f"slope of the ground: the same synthetic terrain has a mean slope of {known}."
    )


def gradient(heights: np.ndarray, steps: Metric) -> tuple[np.ndarray, np.ndarray]:
    """Return the rise in metres for a metre east and for one north, by Horn's 3 x 3 cells.

    Source: Horn (1981), Hill shading and the reflectance map. Steps in cells become metres
    by the inverse of `steps`, so that rows need run neither east nor level.

    Parameters
    ----------
    heights
        Metres, with one more cell on each side; NaN where there are none.
    steps
        Of the cells within.

    Returns
    -------
    east, north
        Two less in each direction than `heights`; NaN without nine heights.
    """
    rows = heights[:-2] + 2 * heights[1:-1] + heights[2:]
    along = (rows[:, 2:] - rows[:, :-2]) / 8
    cols = heights[:, :-2] + 2 * heights[:, 1:-1] + heights[:, 2:]
    down = (cols[2:] - cols[:-2]) / 8
    size = steps.east_col * steps.north_row - steps.north_col * steps.east_row
    lost = np.isnan(heights[1:-1, 1:-1])
    east = (along * steps.north_row - down * steps.north_col) / size
    north = (down * steps.east_col - along * steps.east_row) / size
    east[lost] = np.nan
    north[lost] = np.nan
    return east, north


def slope_deg(east: np.ndarray, north: np.ndarray) -> np.ndarray:
    """Return the angle of the steepest way, in degrees, of a `gradient`."""
    return np.asarray(np.degrees(np.arctan(np.hypot(east, north))))


def aspect_deg(east: np.ndarray, north: np.ndarray) -> np.ndarray:
    """Return where ground faces, down the steepest way: degrees from true north over east.

    From 0 to below 360; `LEVEL` where it is level.
    """
    turned = np.degrees(np.arctan2(-east, -north)) % 360.0
    turned[turned >= 360.0] = 0.0  # the remainder of a very small negative number
    turned[np.hypot(east, north) <= FLAT] = LEVEL
    return np.asarray(turned)


def gradient_in(source: Source, window: Window) -> tuple[np.ndarray, np.ndarray]:
    """Return the `gradient` of cells of a DEM; it is read with one cell around the window."""
    return gradient(_with_halo(source, window), metric(source.grid, window))


def _with_halo(source: Source, window: Window) -> np.ndarray:
    """Return heights of a window and of one cell around it, NaN where there are none."""
    made = np.full((window.height + 2, window.width + 2), np.nan)
    row, col = max(0, window.row - 1), max(0, window.col - 1)
    bottom = min(source.grid.height, window.row + window.height + 1)
    right = min(source.grid.width, window.col + window.width + 1)
    found = read(source, Window(row, col, bottom - row, right - col))
    values = np.ma.getdata(found).astype("float64")
    values[np.ma.getmaskarray(found)] = np.nan
    top, left = row - window.row + 1, col - window.col + 1
    made[top : top + values.shape[0], left : left + values.shape[1]] = values
    return made


def slope_on(source: Source, grid: Grid, *, force: bool = False) -> np.ma.MaskedArray:
    """Return the slope of a DEM, in degrees, for the cells of any grid.

    It is taken on the DEM's own cells, and then brought to the grid: in proportion
    between the nearest four, or as the mean of those in a cell where there are several
    (`raster.method_for`). A DEM that is resampled first has steps, which are slopes too.

    Returns
    -------
    slope
        float64 of `grid.shape`, masked where a cell has not eight neighbours with heights.

    Raises
    ------
    UsageError, DataError
        As `check_heights`, and where cells cannot be read.
    """
    check_heights(source, force=force)

    def own(window: Window) -> np.ndarray:
        return slope_deg(*gradient_in(source, window))

    return np.ma.masked_invalid(_on(own, source, grid), copy=False)


def aspect_on(source: Source, grid: Grid, *, force: bool = False) -> np.ma.MaskedArray:
    """Return where the ground of a DEM faces, in degrees from true north, for any grid.

    The gradient is taken on the DEM's own cells and brought to the grid as a vector, since
    a mean of 350° and 10° is no 180°. `LEVEL` (below 0) is ground that faces nowhere.
    Returns and raises as `slope_on`.
    """
    check_heights(source, force=force)
    east = _on(lambda window: gradient_in(source, window)[0], source, grid)
    north = _on(lambda window: gradient_in(source, window)[1], source, grid)
    return np.ma.masked_invalid(aspect_deg(east, north), copy=False)


def _by_rows(window: Window, *, own: Cells) -> np.ndarray:
    """Return values of a large window, computed strip by strip, as a gradient takes memory."""
    first, stop = window.row, window.row + window.height
    return np.concatenate(
        [
            own(window._replace(row=row, height=min(STRIP, stop - row)))
            for row in range(first, stop, STRIP)
        ]
    )


def _on(own: Cells, source: Source, grid: Grid) -> np.ndarray:
    """Return what is computed on the DEM's cells for those of a grid, NaN where there is none."""
    if not grid.lines_up_with(source.grid):
        strips = partial(_by_rows, own=own)
        return brought(strips, source.grid, grid=grid, method=method_for(source, grid))
    row, col = source.grid.place_of(grid)
    made = np.full(grid.shape, np.nan)
    top, left = max(row, 0), max(col, 0)
    bottom = min(row + grid.height, source.grid.height)
    right = min(col + grid.width, source.grid.width)
    if bottom > top and right > left:
        found = own(Window(top, left, bottom - top, right - left))
        made[top - row : bottom - row, left - col : right - col] = found
    return made
