"""Files are opened here only: with drivers that read no other file, and without the network."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import rasterio
from rasterio.errors import CRSError, NotGeoreferencedWarning, RasterioError

from geoplan.errors import DataError

MAGIC = {
    b"II*\0": "GTiff",
    b"MM\0*": "GTiff",
    b"II+\0": "GTiff",
    b"MM\0+": "GTiff",
    b"EHFA_HEADER_TAG": "HFA",
    b"ncols": "AAIGrid",
}
"""How files begin, and GDAL's driver for each: GeoTIFF and COG, ERDAS Imagine, ESRI ASCII grid.

Formats that name other files (VRT, WMS, …) are not among them: what a file from
elsewhere names is not read.
"""

SUFFIXES = (".tif", ".tiff", ".img", ".asc")
"""How names of rasters end."""

SETTINGS = {
    "GDAL_CACHEMAX": 64,  # MB, shared by all threads: memory is planned for without it
    "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR",
    "GDAL_PAM_ENABLED": "NO",  # an .aux.xml beside a file may say anything
    "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".none",
    "GDAL_NUM_THREADS": 1,  # tasks are what runs in parallel
}
"""GDAL's settings while a file is open."""


@contextmanager
def settled() -> Iterator[None]:
    """Set GDAL's settings, and let no warning through that is an error or a decision of ours."""
    with rasterio.Env(**SETTINGS), warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        yield


@contextmanager
def opened(path: Path) -> Iterator[rasterio.DatasetReader]:
    """Open a raster for reading.

    Raises
    ------
    DataError
        Where there is no such file, it is of a format that is not read, or damaged.
    """
    driver = _driver(path)
    with settled():
        try:
            source = rasterio.open(str(path.resolve()), driver=driver)
        except UnicodeDecodeError as fault:
            raise DataError(
                f"{path}: the name of its coordinate system is no UTF-8, so that it cannot be "
                "read; state it anew: gdal_translate -a_srs EPSG:…"
            ) from fault
        except (RasterioError, CRSError) as fault:
            raise DataError(
                f"{path}: cannot be opened: the file is damaged or incomplete ({fault})"
            ) from fault
        with source:
            yield source


@contextmanager
def damaged_if_unread(path: Path) -> Iterator[None]:
    """Raise `DataError` where something in a file that was opened cannot be read."""
    try:
        yield
    except (RasterioError, CRSError) as fault:
        raise DataError(
            f"{path}: cannot be read: the file is damaged or incomplete ({fault})"
        ) from fault


def files_of(folder: Path) -> list[Path] | None:
    """Return the rasters in a folder by name, but hidden ones; None where it is no folder.

    Raises `DataError` where it cannot be read.
    """
    try:
        if not folder.is_dir():
            return None
        return sorted(
            path
            for path in folder.iterdir()
            if path.suffix.lower() in SUFFIXES
            and not path.name.startswith(".")  # macOS puts "._name.tif" beside name.tif
            and path.is_file()
        )
    except OSError as fault:
        raise DataError(f"{folder}: cannot be read: {fault.strerror or fault}") from fault


Text = TypeVar("Text")


def readable(get: Callable[[], Text]) -> Text | None:
    """Return what a file says of itself; None where that is no UTF-8, as in old files."""
    try:
        return get()
    except UnicodeDecodeError:
        return None


def _driver(path: Path) -> str:
    """Return GDAL's driver for a file, by its first bytes."""
    try:
        if not path.is_file():
            raise DataError(f"{path}: {_missing(path)}")
        with path.open("rb") as file:
            start = file.read(512)
    except OSError as fault:
        raise DataError(f"{path}: cannot be read: {fault.strerror or fault}") from fault
    for magic, driver in MAGIC.items():
        if start.lower().startswith(magic.lower()):
            return driver
    if not start.strip():
        raise DataError(f"{path}: is empty")
    if b"<VRTDataset" in start:
        raise DataError(
            f"{path}: is a VRT, which names other files, and these are not followed; "
            "give the folder of its tiles, or make one file: gdal_translate -of COG"
        )
    raise DataError(
        f"{path}: is no raster that can be read; allowed are GeoTIFF and COG, "
        "ERDAS Imagine (.img), ESRI ASCII grid (.asc); for others: gdal_translate -of COG"
    )


def _missing(path: Path) -> str:
    if path.exists():
        return "is neither a file nor a folder"
    if re.match(r"[/\\]vsi|[A-Za-z][A-Za-z0-9+.-]+:", str(path)):
        return "there is no such file; archives and addresses are not read: bring the file here"
    return "there is no such file"
