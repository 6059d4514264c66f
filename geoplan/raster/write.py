"""Rasters are written as COG: by window, with overviews, and whole or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

import rasterio
import rasterio.shutil
from rasterio.errors import RasterioError
from rasterio.windows import Window as FileWindow

from geoplan.errors import StageError, UsageError
from geoplan.raster.cells import affine
from geoplan.raster.grid import Grid, Window
from geoplan.raster.opened import settled
from geoplan.raster.source import Class

BLOCK = 512
"""Cells along the side of a block of a written file."""


@dataclass(frozen=True, kw_only=True)
class About:
    """What a written raster says of itself."""

    titles: Sequence[str] = ("",)
    """One for each band."""
    unit: str = ""
    legend: Sequence[Class] = ()
    """Classes of a categorical raster (uint8): their colours and titles are written."""
    averaged: bool = True
    """Whether overviews are means where there is no legend; a mean of directions is none."""
    tags: Mapping[str, str] = field(default_factory=dict)
    """How it was made, of what; ``GEOPLAN_SYNTHETIC = "1"`` where values are made up."""


def write_cog(
    path: Path,
    grid: Grid,
    *,
    blocks: Iterable[tuple[Window, np.ndarray]],
    dtype: str,
    nodata: float | None,
    about: About | None = None,
) -> None:
    """Write a Cloud Optimized GeoTIFF of the blocks of a grid, in one step.

    Overviews are the commonest class where there is a legend, else means. The same
    input gives the same bytes.

    Parameters
    ----------
    blocks
        Windows of the grid, and their cells: height x width, or bands x height x width.
        Cells of no window are nodata.

    Raises
    ------
    UsageError
        If the name does not end in .tif.
    StageError
        If it cannot be written.
    """
    check_target(path)
    told = about or About()
    options = {
        "driver": "GTiff",
        "width": grid.width,
        "height": grid.height,
        "count": len(told.titles),
        "dtype": dtype,
        "nodata": nodata,
        "crs": grid.crs.to_wkt(),
        "transform": affine(grid),
        "tiled": True,
        "blockxsize": BLOCK,
        "blockysize": BLOCK,
        "compress": "ZSTD",
        "zstd_level": 1,
        "bigtiff": "IF_SAFER",
        "sparse_ok": True,
    }
    try:
        with TemporaryDirectory(prefix=f".{path.name}.", dir=path.parent) as folder, settled():
            first = Path(folder) / "first.tif"
            with rasterio.open(first, "w", **options) as target:
                for window, cells in blocks:
                    target.write(
                        cells if cells.ndim == 3 else cells[None],
                        window=FileWindow(window.col, window.row, window.width, window.height),
                    )
                _describe(target, told)
            final = Path(folder) / "final.tif"
            rasterio.shutil.copy(
                first,
                final,
                driver="COG",
                compress="DEFLATE",
                level=6,
                predictor="YES",
                blocksize=BLOCK,
                overview_resampling=_overviews(told),
                bigtiff="IF_SAFER",
            )
            final.replace(path)
    except (RasterioError, OSError) as fault:
        raise StageError(f"{path}: cannot be written: {fault}") from fault


def _overviews(told: About) -> str:
    if told.legend:
        return "MODE"
    return "AVERAGE" if told.averaged else "NEAREST"


def check_target(path: Path) -> None:
    """Raise `UsageError` where a raster cannot be written to `path`, before work is done."""
    if path.suffix.lower() not in (".tif", ".tiff"):
        raise UsageError(f"{path}: rasters are written as GeoTIFF (COG): end the name in .tif")
    if not path.parent.is_dir():
        raise UsageError(f"{path}: there is no folder {path.parent}")


def _describe(target: rasterio.io.DatasetWriter, told: About) -> None:
    for band, title in enumerate(told.titles, 1):
        if title:
            target.set_band_description(band, title)
    if told.unit:
        target.units = (told.unit,) * target.count
    target.update_tags(**told.tags)
    if told.legend:
        target.update_tags(1, **{f"class_{c.value}": c.title for c in told.legend})
        target.write_colormap(1, {c.value: rgb(c.colour) for c in told.legend if c.colour})


def rgb(colour: str) -> tuple[int, int, int, int]:
    """Return ``#rrggbb`` as red, green, blue and 255."""
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return red, green, blue, 255
