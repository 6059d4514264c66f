"""Cells are read by window, never a file as a whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal

import numpy as np

import rasterio
from rasterio.enums import Resampling
from rasterio.errors import RasterioError
from rasterio.warp import reproject
from rasterio.windows import Window as FileWindow

from geoplan import crs
from geoplan.errors import DataError, UsageError
from geoplan.raster.grid import Grid, Window
from geoplan.raster.opened import opened, settled
from geoplan.raster.source import Source, Tile
from geoplan.raster.suspects import is_nodata

Method = Literal["nearest", "mode", "bilinear", "average"]
"""Ways to bring cells to another grid."""

OF_CLASSES: tuple[Method, ...] = ("nearest", "mode")
"""Those that invent no class."""

COARSER = 1.5
"""From this many cells of a source to a cell on, several of them stand for it."""

MOST_CELLS = 8_000_000
"""Cells of a source that are held at once while they are brought to another grid."""

EDGE = 2
"""Cells around a window that resampling looks at."""


def read(source: Source, window: Window | None = None) -> np.ma.MaskedArray:
    """Return the cells of a window, with a mask where there is no data.

    Scale and offset are applied. No data is what the file or its mask says, NaN,
    infinities, more than 1e30, and where a folder has no tile.

    Raises
    ------
    DataError
        Where cells cannot be read, with their place.
    """
    part = window or source.grid.whole
    first = source.tiles[0]
    if len(source.tiles) == 1 and first.window == source.grid.whole:
        return _scaled(_cells(source, first, part), source)
    made = _nothing((part.height, part.width), source.dtype)
    # The first by name holds, so it is written last.
    for tile in reversed(source.tiles):
        shared = _shared(tile.window, part)
        if shared is not None:
            inside = shared._replace(row=shared.row - part.row, col=shared.col - part.col)
            here = shared._replace(
                row=shared.row - tile.window.row, col=shared.col - tile.window.col
            )
            cells = _cells(source, tile, here)
            known = ~np.ma.getmaskarray(cells)
            target = made[inside.slices]
            target[known] = cells[known]
    return _scaled(made, source)


def stored_in(source: Source) -> tuple[int, int]:
    """Return rows and columns of the pieces in which the first file of a raster is stored."""
    with opened(source.tiles[0].path) as file:
        rows, cols = file.block_shapes[source.band - 1]
    return rows, cols


def _cells(source: Source, tile: Tile, window: Window) -> np.ma.MaskedArray:
    """Return cells of a file as they stand there, with what the file says is no data masked."""
    row = tile.window.height - window.row - window.height if tile.flipped else window.row
    part = FileWindow(window.col, row, window.width, window.height)
    with opened(tile.path) as file:
        if (file.height, file.width) != (tile.window.height, tile.window.width):
            raise DataError(f"{tile.path}: was changed while it was read; run again")
        try:
            values = file.read(source.band, window=part)
            mask = file.read_masks(source.band, window=part) == 0 if source.masked else None
        except RasterioError as fault:
            raise DataError(
                f"{tile.path}: cells of rows {row} to {row + window.height - 1}, columns "
                f"{window.col} to {window.col + window.width - 1} cannot be read: the file is "
                f"damaged or incomplete ({fault.__cause__ or fault})"
            ) from fault
    empty = is_nodata(values, source.nodata)
    if mask is not None:
        empty |= mask
    if tile.flipped:
        values, empty = values[::-1], empty[::-1]
    return np.ma.MaskedArray(values, empty)


def _scaled(cells: np.ma.MaskedArray, source: Source) -> np.ma.MaskedArray:
    if (source.scale, source.offset) == (1.0, 0.0):
        return cells
    values = np.ma.getdata(cells).astype("float64") * source.scale + source.offset
    return np.ma.MaskedArray(values, np.ma.getmaskarray(cells))


def _nothing(shape: tuple[int, int], dtype: np.dtype | str) -> np.ma.MaskedArray:
    """Return cells that are all without data."""
    return np.ma.MaskedArray(np.zeros(shape, dtype=dtype), np.ones(shape, dtype=bool))


def _shared(one: Window, other: Window) -> Window | None:
    row, col = max(one.row, other.row), max(one.col, other.col)
    height = min(one.row + one.height, other.row + other.height) - row
    width = min(one.col + one.width, other.col + other.width) - col
    return Window(row, col, height, width) if height > 0 and width > 0 else None


def method_for(source: Source, grid: Grid) -> Method:
    """Return how cells of a source are brought to a grid: right for its kind and size.

    Classes: the nearest cell, or the commonest where a cell of `grid` holds several.
    Amounts: between the four nearest in proportion, or the mean where it holds several.
    """
    coarser = min(np.divide(grid.cell_m, source.grid.cell_m)) >= COARSER
    if source.kind == "categorical":
        return "mode" if coarser else "nearest"
    return "average" if coarser else "bilinear"


def read_on(source: Source, grid: Grid, *, resampling: Method | None = None) -> np.ma.MaskedArray:
    """Return a source's values for the cells of a grid; masked where it has none.

    Cells that are the same in both are read as they are. Memory is bounded: what a
    source has below the grid is read in parts of at most `MOST_CELLS`.

    Parameters
    ----------
    resampling
        Default: :func:`method_for` the two.

    Raises
    ------
    UsageError
        If classes would be averaged.
    DataError
        If cells cannot be read.
    """
    method = resampling or method_for(source, grid)
    if source.kind == "categorical" and method not in OF_CLASSES:
        raise UsageError(
            f"{source.path}: classes cannot be resampled by {method}: a mean of classes is none; "
            f"allowed: {', '.join(OF_CLASSES)}"
        )
    if grid.lines_up_with(source.grid):
        return _same_cells(source, grid)
    whole = source.kind == "categorical" and source.scale == 1.0 and source.offset == 0.0
    dtype = np.dtype(source.dtype) if whole else np.dtype("float64")
    values = brought(
        lambda part: _filled(read(source, part)), source.grid, grid=grid, method=method
    )
    made, known = _nothing(grid.shape, dtype), ~np.isnan(values)
    made[known] = values[known].astype(dtype)
    return made


def _filled(cells: np.ma.MaskedArray) -> np.ndarray:
    values = np.ma.getdata(cells).astype("float64")
    values[np.ma.getmaskarray(cells)] = np.nan
    return values


def brought(
    cells: Callable[[Window], np.ndarray], own: Grid, *, grid: Grid, method: Method
) -> np.ndarray:
    """Return what is known on the cells of `own` for those of `grid`, NaN where there is none.

    Parameters
    ----------
    cells
        Gives a window of `own` as float64, NaN where there is none; it is asked for
        parts of at most `MOST_CELLS`.
    """
    made = np.full(grid.shape, np.nan)
    for part in _parts(own, grid, grid.whole):
        made[part.slices] = _warped(cells, own, grid.part(part), method=method)
    return made


def _same_cells(source: Source, grid: Grid) -> np.ma.MaskedArray:
    row, col = source.grid.place_of(grid)
    wanted = Window(row, col, grid.height, grid.width)
    shared = _shared(wanted, source.grid.whole)
    if shared is None:
        return _nothing(grid.shape, source.dtype)
    found = read(source, shared)
    if shared == wanted:
        return found
    made = _nothing(grid.shape, found.dtype)
    made[shared._replace(row=shared.row - row, col=shared.col - col).slices] = found
    return made


def _below(own: Grid, grid: Grid) -> Window | None:
    """Return the cells of `own` that lie under a grid, and those around that count."""
    bounds = crs.bounds_to_any(grid.bounds, source=grid.crs, target=own.crs)
    found = own.window_of(bounds)
    if found is None:
        return None
    edge = EDGE
    row, col = max(0, found.row - edge), max(0, found.col - edge)
    return Window(
        row,
        col,
        min(own.height, found.row + found.height + edge) - row,
        min(own.width, found.col + found.width + edge) - col,
    )


def _parts(own: Grid, grid: Grid, window: Window) -> Iterator[Window]:
    """Yield a window in parts that have at most `MOST_CELLS` of `own` below them."""
    below = _below(own, grid.part(window))
    if below is None:
        return
    if below.height * below.width <= MOST_CELLS or window.height * window.width == 1:
        yield window
        return
    row, col, height, width = window
    if height >= width:
        half = height // 2
        yield from _parts(own, grid, Window(row, col, half, width))
        yield from _parts(own, grid, Window(row + half, col, height - half, width))
    else:
        half = width // 2
        yield from _parts(own, grid, Window(row, col, height, half))
        yield from _parts(own, grid, Window(row, col + half, height, width - half))


def _warped(
    cells: Callable[[Window], np.ndarray], own: Grid, grid: Grid, *, method: Method
) -> np.ndarray:
    """Return values on a grid, NaN where there are none."""
    made = np.full(grid.shape, np.nan)
    below = _below(own, grid)
    if below is None:
        return made
    values = cells(below)
    with settled():
        reproject(
            values,
            made,
            src_transform=affine(own.part(below)),
            src_crs=own.crs.to_wkt(),
            src_nodata=np.nan,
            dst_transform=affine(grid),
            dst_crs=grid.crs.to_wkt(),
            dst_nodata=np.nan,
            resampling=Resampling[method],
            tolerance=0,
        )
    return made


def affine(grid: Grid) -> rasterio.Affine:
    """Return the place of a grid as rasterio writes it."""
    return rasterio.Affine(grid.dx, 0, grid.left, 0, -grid.dy, grid.top)
