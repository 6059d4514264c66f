"""A raster as an image of bounded size: what a map shows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rasterio.io import MemoryFile
from rasterio.windows import Window as FileWindow

from geoplan import crs
from geoplan.crs import Bounds
from geoplan.errors import UsageError
from geoplan.raster.cells import method_for, read_on
from geoplan.raster.grid import CLOSE, Grid, Window
from geoplan.raster.opened import settled
from geoplan.raster.source import Source
from geoplan.raster.write import rgb

MOST_COLOURS = 255

PIXELS_A_CELL = 32
"""Pixels along the side of a cell that lies askew, at most: its edge is off by half of one."""


@dataclass(frozen=True)
class Picture:
    """A PNG and where it lies."""

    png: bytes
    bounds: Bounds
    """West, south, east, north in the system of the map."""
    width: int
    height: int


def picture(
    source: Source,
    system: crs.CRS,
    *,
    bounds: Bounds,
    colours: Sequence[str],
    breaks: Sequence[float],
    longest_px: int = 1200,
) -> Picture:
    """Return a raster as an image in the system of a map, transparent where it has no data.

    Cells are shown as they are: several in a pixel by their mean or their commonest class,
    never blurred into each other. A cell has at most two pixels along its side, or
    `PIXELS_A_CELL` where cells lie askew in the system of the map.

    Parameters
    ----------
    bounds
        In `system`: what the map shows; the image covers what the raster has of it.
    colours, breaks
        Amounts: one colour more than breaks, which are the limits between them (a value
        on a limit belongs to the upper one). Classes: one colour for each value in
        `breaks`; others are transparent.
    longest_px
        Pixels of the longer side at most.

    Raises
    ------
    UsageError
        If colours and breaks do not fit together, or the raster lies elsewhere.
    """
    classes = source.kind == "categorical"
    if len(colours) != len(breaks) + (0 if classes else 1) or len(colours) > MOST_COLOURS:
        raise UsageError(f"{len(colours)} colours for {len(breaks)} limits or classes")
    grid = _grid(source, system, bounds, longest_px)
    method = method_for(source, grid)
    values = read_on(source, grid, resampling="nearest" if method == "bilinear" else method)
    data, empty = np.ma.getdata(values), np.ma.getmaskarray(values)
    limits = np.asarray(breaks)
    if classes:
        order = np.argsort(limits)
        place = np.searchsorted(limits[order], data).clip(0, len(limits) - 1)
        index = order[place]
        empty = empty | (limits[index] != data)
    else:
        index = np.searchsorted(limits, data, side="right")
    return Picture(
        png(np.where(empty, 0, index + 1).astype("uint8"), colours),
        grid.bounds,
        grid.width,
        grid.height,
    )


def png(cells: np.ndarray, colours: Sequence[str]) -> bytes:
    """Return a PNG with a palette: 0 is transparent, 1 the first colour; the same bytes always."""
    height, width = cells.shape
    palette = {0: (0, 0, 0, 0)} | {n: rgb(colour) for n, colour in enumerate(colours, 1)}
    with settled(), MemoryFile() as memory:
        with memory.open(
            driver="PNG", width=width, height=height, count=1, dtype="uint8", nodata=0, zlevel=9
        ) as target:
            target.write(cells, 1)
            target.write_colormap(1, palette)
        return bytes(memory.read())


def cropped(image: bytes, window: Window) -> bytes:
    """Return a part of a PNG with a palette, as `png` makes it; the window lies within it."""
    with settled(), MemoryFile(image) as memory, memory.open() as file:
        part = FileWindow(window.col, window.row, window.width, window.height)
        cells, palette = file.read(1, window=part), file.colormap(1)
    colours = [f"#{r:02x}{g:02x}{b:02x}" for r, g, b, a in palette.values()]
    return png(cells, colours[1:])


def _grid(source: Source, system: crs.CRS, bounds: Bounds, longest_px: int) -> Grid:
    """Return the pixels over what `bounds` and the raster share."""
    box = crs.bounds_to_any(source.grid.bounds, source=source.grid.crs, target=system)
    west, south = max(box[0], bounds[0]), max(box[1], bounds[1])
    east, north = min(box[2], bounds[2]), min(box[3], bounds[3])
    if west >= east or south >= north:
        raise UsageError(f"{source.path}: lies outside of the map")
    across, down = (box[2] - box[0]) / source.grid.width, (box[3] - box[1]) / source.grid.height
    finest = min(across, down) / (2 if source.grid.crs == system else PIXELS_A_CELL)
    step = max((east - west) / longest_px, (north - south) / longest_px, finest)
    width = min(longest_px, math.ceil((east - west) / step - CLOSE))
    height = min(longest_px, math.ceil((north - south) / step - CLOSE))
    return Grid(system, west, north, (east - west) / width, (north - south) / height, width, height)
