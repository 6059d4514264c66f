"""GDAL as it is used here: few drivers, no network, nothing that a file only names.

GDAL's virtual file systems (``/vsicurl/``, ``/vsizip/``, …) cannot be taken out of it, so
that it is given absolute paths of files that are there, by `gdal_path`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyogrio
from pyogrio import _ogr

from geoplan import guard
from geoplan.errors import StageError

ALLOWED = (
    *("ESRI Shapefile", "GPKG", "OpenFileGDB", "GeoJSON", "GeoJSONSeq", "FlatGeobuf"),
    *("LIBKML", "KML", "GML", "DXF", "CSV", "XLSX", "MEM"),
)
"""GDAL's drivers of the formats that are read and written; all others are taken away.

Those others would read what files name (VRT, GDALG), ask services (WFS, HTTP), or are of
formats that nobody brings.
"""

SETTINGS = {
    "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".none",
    # Whatever would connect asks a local socket that is not there, and asks for no name.
    "GDAL_HTTP_PROXY": "socks5h://localhost/nonexistent/geoplan",
    "GDAL_HTTPS_PROXY": "socks5h://localhost/nonexistent/geoplan",
    "GDAL_HTTP_TIMEOUT": "1",
    "GDAL_HTTP_CONNECTTIMEOUT": "1",
    "GDAL_HTTP_MAX_RETRY": "0",
    "GDAL_PAM_ENABLED": "NO",  # an .aux.xml beside a file may say anything
    "GDAL_VRT_ENABLE_PYTHON": "NO",
    "GDAL_VRT_ENABLE_RAWRASTERBAND": "NO",
    "GDAL_DRIVER_PATH": "disable",
    "GML_DOWNLOAD_SCHEMA": "NO",
    "GML_USE_SCHEMA_IMPORT": "NO",
    "GML_SKIP_RESOLVE_ELEMS": "ALL",
    "GML_SAVE_RESOLVED_TO": "",
    "LIBKML_RESOLVE_STYLE": "NO",
    "OGR_SQLITE_LOAD_EXTENSIONS": "",
    "OGR_SQLITE_PRAGMA": "trusted_schema=OFF",
    "OGR_GEOJSON_MAX_OBJ_SIZE": "200",  # MB of one feature
    "CPL_CURL_VERBOSE": "NO",
}
"""GDAL's settings, whatever the environment says; they hold for the whole process."""


def _settle() -> None:
    pyogrio.set_gdal_config_options(SETTINGS)


def _keep_allowed() -> None:
    """Take away all drivers that are not needed; importing pyogrio registers every one.

    Raises `StageError` where they cannot be.
    """
    if others := _not_needed():
        pyogrio.set_gdal_config_options({"GDAL_SKIP": ",".join(others)})
        # Nothing public has GDAL look at its drivers again; another version may lack this.
        register = getattr(_ogr, "_register_drivers", lambda: None)
        register()
    if others := _not_needed():
        raise StageError(
            f"pyogrio {pyogrio.__version__}: drivers that read what files name cannot be taken "
            f"away ({', '.join(others[:5])}); install the version in requirements.txt"
        )


def _not_needed() -> list[str]:
    return sorted(set(pyogrio.list_drivers()) - set(ALLOWED))


_settle()
_keep_allowed()


@contextmanager
def settled() -> Iterator[None]:
    """Have GDAL's settings as they should be, should another library have changed them.

    They are not put back: another thread may be at work.
    """
    _settle()
    yield


def gdal_path(path: Path) -> str:
    """Return what GDAL is given to open a file or folder: an absolute path, and nothing else.

    Raises
    ------
    RefusedError
        An address, or a name by which pyogrio would open another file.
    DataError
        There is no such file.
    """
    guard.check_there(path)
    return guard.plain_path(path)
