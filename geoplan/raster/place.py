"""Where a file says that its cells lie, in itself or in the files that belong beside it."""

from __future__ import annotations

import math
from pathlib import Path

import rasterio
from rasterio import Affine

from geoplan import crs
from geoplan.crs import Bounds
from geoplan.errors import DataError, ImplausibleCRSError, MissingCRSError, UsageError
from geoplan.raster.grid import Grid

WORLD = {".tif": (".tfw", ".tifw", ".wld"), ".tiff": (".tfw", ".tiffw", ".wld")}
"""How names of world files end, by that of the raster: six numbers that give its place."""

MAX_BESIDE = 2**16
"""Bytes of the largest file beside a raster that is read."""

FINEST = 1e-10
"""A cell smaller than this part of its coordinates is lost in their rounding."""


def system_of(
    source: rasterio.DatasetReader, path: Path, *, assumed: str | None, told: list[str]
) -> crs.CRS:
    """Return the coordinate system of a file: its own, the one assumed, or that of its .prj.

    Raises
    ------
    MissingCRSError
        Where there is none.
    UsageError
        If one is assumed for a file that states another.
    DataError
        Where it cannot be read, or is no system of degrees or of a map.
    """
    stated = source.crs.to_wkt() if source.crs is not None else ""
    if source.gcps[0] and source.transform.is_identity:
        raise DataError(f"{path}: is placed by control points only; make a grid of it: gdalwarp")
    system = _read(stated, path) if stated else None
    if system is not None and assumed is not None and crs.given(assumed) != system:
        raise UsageError(
            f"{path}: states {crs.name_of(system)}; --assume-crs {assumed} is for files without"
        )
    if system is None and assumed is not None:
        system = crs.given(assumed)
        told.append(f"{path.name}: states no coordinate system; taken is {crs.name_of(system)}")
    beside = path.with_suffix(".prj")
    if system is None and beside.is_file():
        system = _read(_text(beside), beside)
        told.append(f"{path.name}: its coordinate system is that of its .prj file")
    if system is None:
        raise MissingCRSError(
            f"{path}: no coordinate system is stated; say which one with --assume-crs "
            "(EPSG:4490 for CGCS2000 degrees)"
        )
    if not (system.is_geographic or system.is_projected):
        raise DataError(
            f"{path}: its coordinate system ({crs.name_of(system)}) has no place on the earth; "
            "needed are degrees or a map projection"
        )
    return system


def _read(wkt: str, path: Path) -> crs.CRS:
    try:
        return crs.plane(wkt)
    except DataError as fault:
        raise DataError(f"{path}: {fault}; state it anew: gdal_translate -a_srs EPSG:…") from fault


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(MAX_BESIDE).decode("utf-8-sig", "replace")
    except OSError as fault:
        raise DataError(f"{path}: cannot be read: {fault.strerror or fault}") from fault


def grid_of(
    source: rasterio.DatasetReader, path: Path, *, system: crs.CRS, told: list[str]
) -> tuple[Grid, bool]:
    """Return the grid of a file, north row first, and whether its own rows run from the south.

    Raises
    ------
    DataError
        Where cells have no place or size, or are rotated, sheared or mirrored.
    ImplausibleCRSError
        Where the coordinates have no place in the system.
    """
    place = _transform(source, path, told)
    if not all(map(math.isfinite, tuple(place)[:6])):
        raise DataError(f"{path}: the place of its cells is no number; state it: gdal_translate")
    if place.b or place.d:
        raise DataError(
            f"{path}: is rotated or sheared ({place.b:g}, {place.d:g}); rows have to run from "
            "west to east; make a grid of it: gdalwarp"
        )
    if place.a == 0 or place.e == 0:
        raise DataError(
            f"{path}: its cells have no size ({place.a:g} x {place.e:g}); "
            "state it: gdal_translate -a_ullr"
        )
    if place.a < 0:
        raise DataError(f"{path}: columns run from east to west; turn it: gdalwarp")
    flipped = place.e > 0
    height = abs(place.e)
    top = place.f + height * source.height if flipped else place.f
    if flipped:
        told.append(f"{path.name}: rows run from south to north; they are turned on reading")
    grid = Grid(system, place.c, top, place.a, height, source.width, source.height)
    _check_place(grid, path, told)
    return grid, flipped


def _transform(source: rasterio.DatasetReader, path: Path, told: list[str]) -> Affine:
    if not source.transform.is_identity:
        return source.transform
    for suffix in WORLD.get(path.suffix.lower(), ()):
        beside = path.with_suffix(suffix)
        if beside.is_file():
            told.append(f"{path.name}: its place is that of its world file ({suffix})")
            return _world(beside)
    raise DataError(
        f"{path}: has no place on the earth: nothing says where its cells lie; "
        "state it: gdal_translate -a_ullr"
    )


def _world(path: Path) -> Affine:
    """Return the place that a world file gives by the middle of the first cell."""
    words = _text(path).split()
    try:
        a, d, b, e, x, y = map(float, words)
    except ValueError as fault:
        raise DataError(
            f"{path}: a world file has six numbers, one a line; this one does not"
        ) from fault
    return Affine(a, b, x - (a + b) / 2, d, e, y - (d + e) / 2)


def _check_place(grid: Grid, path: Path, told: list[str]) -> None:
    system = grid.crs
    west, south, east, north = grid.bounds
    largest = max(map(abs, grid.bounds))
    if min(grid.dx, grid.dy) < FINEST * largest:
        raise DataError(
            f"{path}: cells of {grid.dx:g} x {grid.dy:g} are lost in the rounding of coordinates "
            f"up to {largest:.6g}; state their size: gdal_translate -a_ullr"
        )
    degrees = crs.bounds_to_data(grid.bounds, system)
    if degrees is None or not crs.comes_back((west + east) / 2, (south + north) / 2, system=system):
        raise ImplausibleCRSError(
            f"{path}: states {crs.name_of(system)}, but its coordinates (x {west:.6g} to "
            f"{east:.6g}, y {south:.6g} to {north:.6g}) have no place in it; "
            "state the system that the numbers are in"
        )
    small = max(abs(west), abs(east)) <= 360 and max(abs(south), abs(north)) <= 90
    if system.is_projected and small:
        raise ImplausibleCRSError(
            f"{path}: states {crs.name_of(system)}, but its coordinates look like degrees; "
            "state EPSG:4490 or EPSG:4326"
        )
    if system.is_projected and _is_far(degrees, crs.area_of_use(system)):
        west, south, east, north = degrees
        told.append(
            f"{path.name}: lies at {west:.4g} to {east:.4g}°E, {south:.4g} to {north:.4g}°N, far "
            f"from where {crs.name_of(system)} is used; is its coordinate system right?"
        )


def _is_far(box: Bounds, area: Bounds | None) -> bool:
    """Return whether a box lies more than the size of an area beside it."""
    if area is None or area[2] < area[0]:
        return False
    across, up = area[2] - area[0], area[3] - area[1]
    return (
        box[0] > area[2] + across
        or box[2] < area[0] - across
        or box[1] > area[3] + up
        or box[3] < area[1] - up
    )
