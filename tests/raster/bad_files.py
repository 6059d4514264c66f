"""Files that are no raster, or only part of one, or that name other files."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import numpy as np

import rasterio
import rasterio.shutil
from rasterio import Affine

from geoplan.errors import DataError
from tests.raster.bad_places import NUMBERED
from tests.raster.grids import LEFT, TOP, WORK, numbered, write

HEADER = "ncols 3\nnrows 2\nxllcorner 600000\nyllcorner 3999800\ncellsize 100\nNODATA_value -9999\n"


def text(content: str, suffix: str = ".tif") -> Any:
    """Return what writes a text; a text grid gets its system beside it."""

    def make(path: Path) -> Path:
        path = path.with_suffix(suffix)
        path.write_text(content, encoding="utf-8")
        if suffix == ".asc":
            path.with_suffix(".prj").write_text(WORK, encoding="utf-8")
        return path

    return make


def vrt(name: str, start: str = "") -> str:
    """Return a VRT that names a file."""
    return (
        f'{start}<VRTDataset rasterXSize="4" rasterYSize="3"><SRS>EPSG:4490</SRS>'
        "<GeoTransform>112, 0.1, 0, 37, 0, -0.1</GeoTransform>"
        '<VRTRasterBand dataType="Byte" band="1"><SimpleSource>'
        f'<SourceFilename relativeToVRT="0">{name}</SourceFilename><SourceBand>1</SourceBand>'
        "</SimpleSource></VRTRasterBand></VRTDataset>"
    )


def called_tif(driver: str) -> Any:
    """Return what writes an image of another format under a name that ends in .tif."""

    def make(path: Path) -> None:
        first = write(path.with_suffix(".first"), numbered(dtype="uint8"), nodata=None)
        rasterio.shutil.copy(first, path, driver=driver)
        path.with_name(path.name + ".aux.xml").unlink(missing_ok=True)

    return make


def zipped(path: Path) -> None:
    """Write an archive that holds a raster."""
    inner = write(path.with_suffix(".first"), numbered())
    with zipfile.ZipFile(path, "w") as file:
        file.write(inner, "a.tif")


NOISE = np.random.default_rng(8).integers(0, 9999, (64, 64), dtype="int16")


def cut(cells: float, **changed: Any) -> Any:
    """Return what writes a header and part of the cells, as a broken download leaves them."""

    def make(path: Path) -> None:
        write(path, NOISE, **changed)
        content = path.read_bytes()
        path.write_bytes(content[: len(content) - int(NOISE.nbytes * (1 - cells))])

    return make


def promised(side: int, **changed: Any) -> Any:
    """Return what writes a small file that says that it has many cells."""
    options: dict[str, Any] = {
        "driver": "GTiff",
        "dtype": "uint8",
        "crs": WORK,
        "count": 1,
        "BIGTIFF": "YES",
        "width": side,
        "height": side,
        "tiled": True,
        "SPARSE_OK": True,
        "transform": Affine(0.1, 0, LEFT, 0, -0.1, TOP),
        **changed,
    }

    def make(path: Path) -> None:
        with rasterio.open(path, "w", **options):
            pass

    return make


def beside(suffix: str, content: bytes) -> Any:
    """Return what writes a good file, and one beside it that says otherwise."""

    def make(path: Path) -> None:
        write(path, numbered())
        path.with_name(path.name + suffix).write_bytes(content)

    return make


def with_false_overview(path: Path) -> None:
    """Write zeros, and an overview of sevens beside them."""
    write(path, np.zeros((64, 64), dtype="int16"))
    first = write(path.with_suffix(".first"), np.full((32, 32), 7, dtype="int16"))
    rasterio.shutil.copy(first, f"{path}.ovr", driver="GTiff")


def with_pages(path: Path) -> None:
    """Write a file of two pages."""
    first = write(path.with_suffix(".first"), numbered())
    rasterio.shutil.copy(first, path, driver="GTiff")
    rasterio.shutil.copy(first, path, driver="GTiff", APPEND_SUBDATASET="YES")


PAM = (
    b"<PAMDataset><SRS>EPSG:3857</SRS><GeoTransform>0,1,0,0,0,-1</GeoTransform>"
    b'<PAMRasterBand band="1"><NoDataValue>5</NoDataValue><Scale>7</Scale></PAMRasterBand>'
    b'<Metadata domain="OVERVIEWS"><MDI key="OVERVIEW_FILE">/vsicurl/http://127.0.0.1:9/a'
    b"</MDI></Metadata></PAMDataset>"
)
FOREIGN = "is no raster that can be read; allowed are GeoTIFF and COG, .*gdal_translate -of COG"
FOLLOWED = "is a VRT, which names other files, and these are not followed; give the folder"
DAMAGED = "the file is damaged or incomplete"
BLOCK = {"blockxsize": 32768, "blockysize": 32768, "compress": "deflate"}

CASES: dict[str, tuple[Any, ...]] = {
    "text": (text("hello"), DataError, FOREIGN),
    "nothing": (text(""), DataError, "is empty"),
    "blank": (text(" \n"), DataError, "is empty"),
    "zip": (zipped, DataError, FOREIGN),
    "png": (called_tif("PNG"), DataError, FOREIGN),
    "jpeg": (called_tif("JPEG"), DataError, FOREIGN),
    "vrt of a folder elsewhere": (text(vrt("/etc/passwd"), ".vrt"), DataError, FOLLOWED),
    "vrt called tif": (text(vrt("../../b.tif")), DataError, FOLLOWED),
    "vrt of the network": (text(vrt("/vsicurl/http://127.0.0.1:9/a.tif")), DataError, FOLLOWED),
    "vrt of memory": (text(vrt("/vsimem/a.tif")), DataError, FOLLOWED),
    "vrt after other words": (
        *(text(vrt("b.tif", '\ufeff<?xml version="1.0"?><!-- a -->')), DataError, FOLLOWED),
    ),
    "tile service": (*(text("<GDAL_WMS><Service name='TMS'/></GDAL_WMS>"), DataError, FOREIGN),),
    "only its header": (cut(0), DataError, DAMAGED),
    "half of its cells": (cut(0.5), DataError, f"cells of rows 0 to 2, .* {DAMAGED}"),
    "half, packed": (cut(0.5, compress="deflate"), DataError, DAMAGED),
    "ten million a side": (
        *(promised(10**7, blockxsize=16384, blockysize=16384), DataError),
        "has 10000000 x 10000000 cells; at most 100000000000 are read",
    ),
    "three hundred thousand a side": (
        *(promised(300_000, blockxsize=4096, blockysize=4096, nodata=0), None, "amounts"),
        [[None] * 4] * 3,
    ),
    "one giant block": (
        *(promised(32768, **BLOCK), DataError),
        r"pieces of 32768 x 32768 cells \(1024 MiB\), .* store it in tiles: gdal_translate",
    ),
    "blocks of many bands": (
        *(
            promised(
                4096,
                **{**BLOCK, "blockxsize": 4096, "blockysize": 4096},
                count=40,
                interleave="pixel",
            ),
            DataError,
            r"\(640 MiB\)",
        ),
    ),
    "notes beside it": (
        *(beside(".aux.xml", PAM), None, r"beside it \(\.aux\.xml\) is not read", NUMBERED),
    ),
    "overview beside it": (with_false_overview, None, "", [[0.0] * 4] * 3),
    "pages": (with_pages, None, "the first of its 2 pages is read", NUMBERED),
    "text grid": (
        *(text(f"{HEADER}1 2 -9999\n4 5 6\n", ".asc"), None, "that of its .prj file"),
        [[1.0, 2.0, None], [4.0, 5.0, 6.0]],
    ),
    "text grid that ends early": (text(f"{HEADER}1 2 3\n4 \n", ".asc"), DataError, DAMAGED),
    "text grid of words": (
        *(text(f"{HEADER}1 two 3\n4 5 6\n", ".asc"), DataError, "no part of a number: .*two"),
    ),
    "text grid without end": (
        *(text(HEADER.replace("nrows 2", "nrows 2000000000"), ".asc"), DataError, DAMAGED),
    ),
    "text grid without header": (text("ncols are many\n", ".asc"), DataError, DAMAGED),
    "missing": (lambda path: path, DataError, "there is no such file$"),
    "in an archive": (
        *(
            lambda _: Path("/vsizip/a.zip/a.tif"),
            DataError,
            "addresses are not read: bring the file",
        ),
    ),
    "on the network": (
        *(lambda _: Path("/vsicurl/http://127.0.0.1:9/a.tif"), DataError, "bring the file here"),
    ),
    "address": (lambda _: Path("s3://bucket/a.tif"), DataError, "bring the file here"),
    "name without end": (lambda _: Path("x" * 300 + ".tif"), DataError, "cannot be read: "),
    "link to itself": (lambda path: path.symlink_to(path), DataError, "no such file"),
    **{
        f"name {name!r}": (
            *(lambda path, name=name: write(path.with_name(name), numbered()), None, "", NUMBERED),
        )
        for name in ("高程 数据 30 m.tif", "a?b#c%20d!e.tif", "zip:a.tif", "GTIFF_DIR:1:a.TIF")
    },
}
