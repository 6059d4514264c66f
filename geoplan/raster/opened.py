"""Files are opened here only: with drivers that read no other file, and without the network."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import rasterio
from rasterio.errors import CRSError, NotGeoreferencedWarning, RasterioError

from geoplan.errors import DataError
from geoplan.guard import missing

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
    # Whatever would connect asks a local socket that is not there, and asks for no name.
    "GDAL_HTTP_PROXY": "socks5h://localhost/nonexistent/geoplan",
    "GDAL_HTTPS_PROXY": "socks5h://localhost/nonexistent/geoplan",
    "GDAL_HTTP_TIMEOUT": 1,
    "GDAL_HTTP_MAX_RETRY": 0,
    "GDAL_VRT_ENABLE_PYTHON": "NO",
    "GDAL_NUM_THREADS": 1,  # tasks are what runs in parallel
}
"""GDAL's settings while a file is open."""

SKIPPED = (
    *("VRT", "GTI", "DERIVED", "STACIT", "STACTA", "TIL", "ECRGTOC", "RPFTOC", "SAFE", "SENTINEL2"),
    *("WMS", "WMTS", "WCS", "HTTP", "EEDA", "EEDAI", "PLMOSAIC", "PLSCENES", "OGCAPI", "DAAS"),
    *("NGW", "MRF", "PDS4", "PDS", "ISIS3", "VICAR", "GDALG", "ADBC", "MBTiles", "PMTiles", "MVT"),
    *("OGR_VRT", "WFS", "OAPIF", "CSW", "Carto", "AmigoCloud", "Elasticsearch", "GeoRSS", "GMLAS"),
    *("PostgreSQL", "PostGISRaster", "MySQL", "MSSQLSpatial", "ODBC", "SQLite", "Rasterlite"),
    *("GPKG", "GeoJSON", "GeoJSONSeq", "ESRIJSON", "TopoJSON", "JSONFG", "GNMFile", "GNMDatabase"),
    *("KMLSUPEROVERLAY", "Zarr", "netCDF", "HDF5", "HDF5Image", "BAG", "S102", "S104", "S111"),
    *("DIMAP", "RS2", "TSX", "COSAR", "SAR_CEOS", "PDF", "OSM", "ESRIC", "NITF", "PCIDSK"),
)
"""Drivers that are taken away: those that read what a file names, and those that ask services."""

# Drivers are registered once a process, when the first environment begins.
with rasterio.Env(GDAL_SKIP=",".join(SKIPPED)):
    pass


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
            raise DataError(f"{path}: {missing(path)}")
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
