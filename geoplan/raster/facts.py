"""A raster is looked at: everything that may be wrong with it is said before a cell counts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

import rasterio
from rasterio.enums import Interleaving, MaskFlags

from geoplan.errors import (
    DataError,
    MissingCRSError,
    UsageError,
    listed,
)
from geoplan.raster.digits import check_digits
from geoplan.raster.grid import MAX_CELLS
from geoplan.raster.mosaic import joined
from geoplan.raster.opened import SUFFIXES, damaged_if_unread, files_of, opened, readable
from geoplan.raster.place import grid_of, system_of
from geoplan.raster.source import Class, Kind, Source, Tile, check_kind
from geoplan.raster.suspects import HUGE, can_hold, suspects

MAX_BLOCK = 256 * 2**20
"""Bytes of the largest piece that a file may be compressed in: one cell costs all of it."""

TYPES = (
    *("uint8", "int8", "uint16", "int16", "uint32", "int32"),
    *("uint64", "int64", "float32", "float64", "float16", "bool"),
)
"""Types of cells that are read."""


def look(
    path: Path | str,
    *,
    band: int = 1,
    nodata: float | None = None,
    assume_crs: str | None = None,
    kind: Kind | None = None,
) -> Source:
    """Return what a raster is: a file (GeoTIFF, COG, .img, .asc), or a folder of tiles.

    Reads headers and, where no nodata value is stated, three blocks.

    Parameters
    ----------
    nodata
        Value of cells without data; default: the one that the file states.
    assume_crs
        Coordinate system of a file that states none.
    kind
        Default: `categorical` where there are a colour table or names of classes.

    Raises
    ------
    DataError
        Where a file is missing, damaged, of a format or type that is not read, rotated,
        without a place on the earth, of absurd size, or tiles do not fit together.
    MissingCRSError, ImplausibleCRSError
    UsageError
        Where band, kind or coordinate system given is wrong.
    """
    check_kind(kind)
    given = Path(path)
    files = files_of(given)
    if files is None:
        return _looked(given, band=band, nodata=nodata, assume_crs=assume_crs, kind=kind)
    if not files:
        raise DataError(f"{given}: no raster in this folder; names end in {', '.join(SUFFIXES)}")
    found: list[Source] = []
    faults: list[str] = []
    for file in files:
        try:
            found.append(_looked(file, band=band, nodata=nodata, assume_crs=assume_crs, kind=kind))
        except DataError as fault:
            if len(files) == 1 or isinstance(fault, MissingCRSError):
                raise
            faults.append(str(fault))
    if faults:
        raise DataError(
            f"{given}: {len(faults)} of {len(files)} tiles are wrong:\n{listed(faults)}"
        )
    return joined(given, found)


def _looked(
    path: Path, *, band: int, nodata: float | None, assume_crs: str | None, kind: Kind | None
) -> Source:
    check_digits(path)
    told: list[str] = []
    with opened(path) as source, damaged_if_unread(path):
        if not 1 <= band <= source.count:
            raise UsageError(f"{path}: has {source.count} band(s), {band} is none of them")
        if source.count > 1:
            told.append(f"{path.name}: band {band} of {source.count} is read")
        dtype = source.dtypes[band - 1]
        if dtype not in TYPES:
            raise DataError(
                f"{path}: cells are of type {dtype}; needed are whole or real numbers: "
                "gdal_translate -ot Float32"
            )
        _check_size(source, path, band)
        system = system_of(source, path, assumed=assume_crs, told=told)
        grid, flipped = grid_of(source, path, system=system, told=told)
        found = Source(
            path=path,
            tiles=(Tile(path, grid.whole, flipped),),
            grid=grid,
            band=band,
            dtype=dtype,
            kind="continuous",
            nodata=_nodata(source, path, band=band, given=nodata, told=told),
            scale=float(source.scales[band - 1]),
            offset=float(source.offsets[band - 1]),
            masked=_has_mask(source.mask_flag_enums[band - 1]),
            unit=readable(lambda: source.units[band - 1]) or "",
            legend=_legend(source, band),
            tags=readable(source.tags) or {},
        )
        _check_scale(found, told)
        told += _left_out(source, path)
        chosen = _kind(found, kind, told)
        if found.nodata is None and not found.masked:
            told += suspects(source, band=band, name=path.name)
        return replace(found, kind=chosen, decisions=tuple(told))


def _check_size(source: rasterio.DatasetReader, path: Path, band: int) -> None:
    cells = source.width * source.height
    if cells > MAX_CELLS:
        raise DataError(
            f"{path}: says that it has {source.width} x {source.height} cells; "
            f"at most {MAX_CELLS} are read; is its header right?"
        )
    rows, cols = source.block_shapes[band - 1]
    size = rows * cols * np.dtype(source.dtypes[band - 1]).itemsize
    if source.interleaving == Interleaving.pixel:
        size *= source.count
    if size > MAX_BLOCK:
        raise DataError(
            f"{path}: is stored in pieces of {rows} x {cols} cells ({size >> 20} MiB), and each "
            f"would have to be read whole; at most {MAX_BLOCK >> 20} MiB are; "
            "store it in tiles: gdal_translate -of COG"
        )


def _check_scale(found: Source, told: list[str]) -> None:
    scale, offset = found.scale, found.offset
    if (scale, offset) == (1.0, 0.0):
        return
    # Cells are below 1e39 in all types but float64, where more is no amount.
    if not (scale and max(abs(scale), abs(offset)) < HUGE):
        raise DataError(
            f"{found.path}: states scale {scale:g} and offset {offset:g}, which make no values; "
            "state them anew: gdal_translate -a_scale 1 -a_offset 0"
        )
    told.append(f"{found.path.name}: values are cells x {scale:g} + {offset:g}")


def _left_out(source: rasterio.DatasetReader, path: Path) -> list[str]:
    """Return what is told of pages and files beside a raster that are not read."""
    told: list[str] = []
    if source.subdatasets:
        pages = sum("GTIFF_DIR" in name for name in source.subdatasets)
        told.append(f"{path.name}: the first of its {pages} pages is read")
    beside = [s for s in (".aux.xml", ".msk") if path.with_name(path.name + s).is_file()]
    if beside:
        told.append(f"{path.name}: what stands beside it ({', '.join(beside)}) is not read")
    return told


def _nodata(
    source: rasterio.DatasetReader,
    path: Path,
    *,
    band: int,
    given: float | None,
    told: list[str],
) -> float | None:
    stated: float | None = source.nodatavals[band - 1]
    dtype = source.dtypes[band - 1]
    if given is not None:
        if not can_hold(dtype, given):
            raise UsageError(f"{path}: cells of {dtype} cannot be {given:g}; give another nodata")
        if stated is not None and stated != given:
            told.append(f"{path.name}: states nodata {stated:g}; {given:g} was given and is used")
        return float(given)
    masked = _has_mask(source.mask_flag_enums[band - 1])
    if stated is not None and not can_hold(dtype, stated):
        told.append(
            f"{path.name}: states nodata {stated:g}, which cells of {dtype} cannot be; "
            "every cell counts"
        )
        return None
    if stated is None and not masked:
        told.append(f"{path.name}: states no nodata value; every cell counts")
    return stated


def _has_mask(flags: list[MaskFlags]) -> bool:
    return MaskFlags.per_dataset in flags or MaskFlags.alpha in flags


def _legend(source: rasterio.DatasetReader, band: int) -> tuple[Class, ...]:
    try:
        colours: dict[int, tuple[int, int, int, int]] = source.colormap(band)
    except ValueError:  # there is none
        return ()
    titles = readable(lambda: source.tags(band)) or {}
    return tuple(
        Class(value, titles.get(f"class_{value}", str(value)), f"#{r:02x}{g:02x}{b:02x}")
        for value, (r, g, b, _) in sorted(colours.items())
        if f"class_{value}" in titles or (r, g, b) != (0, 0, 0)
    )


def _kind(found: Source, given: Kind | None, told: list[str]) -> Kind:
    whole = found.dtype not in ("float16", "float32", "float64")
    if given == "categorical" and not whole:
        raise UsageError(f"{found.path}: classes are whole numbers; cells are {found.dtype}")
    scaled = (found.scale, found.offset) != (1.0, 0.0)
    if given == "categorical" and scaled:
        raise UsageError(
            f"{found.path}: classes have no scale, and the file states scale {found.scale:g} and "
            f"offset {found.offset:g}; take it off: gdal_translate -a_scale 1 -a_offset 0"
        )
    if given == "continuous" and found.legend:
        told.append(
            f"{found.path.name}: has colours or titles of classes, which were taken as amounts"
        )
    if given is not None:
        return given
    if (found.legend or found.dtype == "bool") and not scaled:
        return "categorical"
    if found.dtype in ("uint8", "int8"):
        told.append(
            f"{found.path.name}: cells are taken as amounts; for classes: --kind categorical"
        )
    return "continuous"
