"""Tiles of a folder as one raster."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from geoplan import crs
from geoplan.errors import DataError, listed
from geoplan.raster.grid import MAX_CELLS, Grid, Window
from geoplan.raster.source import Source, Tile

SAME = ("dtype", "nodata", "scale", "offset", "masked", "kind", "unit", "legend")
"""What all tiles have to share, besides grid and coordinate system."""


def joined(path: Path, found: list[Source]) -> Source:
    """Return tiles as one raster; where they overlap, the first by name holds.

    Raises `DataError` where they do not fit together, naming the tiles that differ.
    """
    first = found[0]
    faults = [fault for other in found[1:] if (fault := _differs(first, other))]
    if faults:
        raise DataError(
            f"{path}: {len(faults)} of {len(found)} tiles do not fit {first.path.name}:\n"
            + listed(faults)
        )
    places = [first.grid.place_of(one.grid) for one in found]
    top, left = min(row for row, _ in places), min(col for _, col in places)
    tiles = tuple(
        Tile(
            one.path,
            Window(row - top, col - left, one.grid.height, one.grid.width),
            one.tiles[0].flipped,
        )
        for one, (row, col) in zip(found, places, strict=True)
    )
    height = max(t.window.row + t.window.height for t in tiles)
    width = max(t.window.col + t.window.width for t in tiles)
    base = first.grid
    grid = Grid(
        base.crs,
        base.left + left * base.dx,
        base.top - top * base.dy,
        base.dx,
        base.dy,
        width,
        height,
    )
    if width * height > MAX_CELLS:
        raise DataError(
            f"{path}: the tiles span {width} x {height} cells; at most {MAX_CELLS} are read; "
            "are they of one place?"
        )
    count = "1 tile is" if len(tiles) == 1 else f"{len(tiles)} tiles are"
    told = [f"{path.name}: {count} read as one raster", *_together(found)]
    doubles = _overlapping(tiles)
    if doubles:
        told.append(f"{path.name}: {doubles} pair(s) of tiles overlap; the first by name holds")
    # One tile that is made up makes the whole so.
    tags = first.tags | next((one.tags for one in found if one.synthetic), {})
    return replace(first, path=path, tiles=tiles, grid=grid, tags=tags, decisions=tuple(told))


def _together(found: list[Source]) -> list[str]:
    """Return what is told of tiles, the same of many only once."""
    names: dict[str, list[str]] = {}
    for one in found:
        for text in one.decisions:
            names.setdefault(text.removeprefix(f"{one.path.name}: "), []).append(one.path.name)
    return [
        f"{of[0]}{f' and {len(of) - 1} more' if len(of) > 1 else ''}: {text}"
        for text, of in names.items()
    ]


def _differs(first: Source, other: Source) -> str:
    """Return in what a tile differs from the first one; empty where it fits."""
    if other.grid.crs != first.grid.crs:
        return f"{other.path.name}: is in {crs.name_of(other.grid.crs)}"
    for name in SAME:
        mine, its = getattr(first, name), getattr(other, name)
        # NaN is not itself.
        if mine != its and not (mine != mine and its != its):  # noqa: PLR0124
            if name == "legend":
                return f"{other.path.name}: its classes or their colours are others"
            return f"{other.path.name}: {name} {its}, not {mine}"
    if not other.grid.lines_up_with(first.grid):
        grid = other.grid
        return (
            f"{other.path.name}: cells of {grid.dx:g} x {grid.dy:g} from "
            f"{grid.left:.10g}, {grid.top:.10g} do not line up"
        )
    return ""


def _overlapping(tiles: tuple[Tile, ...]) -> int:
    """Return how many pairs of tiles share cells, by a sweep down the rows."""
    order = sorted((t.window for t in tiles), key=lambda w: (w.row, w.col))
    found, open_ = 0, list[Window]()
    for window in order:
        open_ = [other for other in open_ if other.row + other.height > window.row]
        found += sum(
            other.col < window.col + window.width and window.col < other.col + other.width
            for other in open_
        )
        open_.append(window)
    return found
