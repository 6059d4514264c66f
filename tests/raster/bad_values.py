"""Rasters whose cells are not what they seem."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

import rasterio

from geoplan.errors import DataError, UsageError
from tests.raster.grids import numbered, write

OUT = [[1.0, None, None, 4.0]]


def row(*values: float, dtype: str = "float32", **changed: Any) -> Any:
    """Return what writes one row of cells; no nodata is stated unless it is given."""
    cells = np.array([values], dtype=dtype)
    return lambda path: write(path, cells, **{"nodata": None, **changed})


def stated(text: str, dtype: str = "int16") -> Any:
    """Return what writes cells whose nodata is a text, as programs other than GDAL write it."""

    def make(path: Path) -> None:
        write(path, numbered(dtype=dtype), nodata=11111)
        content = path.read_bytes()
        assert content.count(b"11111") == 1
        path.write_bytes(content.replace(b"11111", text.encode().ljust(5, b"\0")))

    return make


def scaled(scale: float, offset: float) -> Any:
    """Return what writes cells with scale and offset."""

    def make(path: Path) -> None:
        with rasterio.open(write(path, numbered(1, 3)), "r+") as file:
            file.scales, file.offsets = (scale,), (offset,)

    return make


def masked(*, inside: bool) -> Any:
    """Return what writes cells with a mask, in the file or beside it."""

    def make(path: Path) -> None:
        write(path, numbered(1, 3), nodata=None)
        with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=inside), rasterio.open(path, "r+") as file:
            file.write_mask(np.array([[255, 0, 255]], dtype="uint8"))

    return make


def with_alpha(path: Path) -> None:
    """Write cells, and how opaque they are."""
    bands = np.array([[[1, 2, 3]], [[255, 0, 128]]], dtype="uint8")
    write(path, bands, nodata=None, alpha="YES")


def with_palette(path: Path) -> None:
    """Write cells that stand for colours."""
    with rasterio.open(write(path, numbered(1, 3, "uint8"), nodata=None), "r+") as file:
        file.write_colormap(1, {0: (9, 9, 9, 255), 1: (255, 0, 0, 255), 2: (0, 0, 255, 255)})


def in_gbk(path: Path) -> None:
    """Write cells whose unit and notes are not in UTF-8, as old programs in China write them."""
    write(path, numbered(1, 3))
    with rasterio.open(path, "r+") as file:
        file.units = ("UUUU",)
        file.update_tags(NOTE="UUUU")
        file.update_tags(1, class_1="UUUU")
    path.write_bytes(path.read_bytes().replace(b"UUUU", "高程".encode("gbk")))


NONE = "states no nodata value; every cell counts"
CASES: dict[str, tuple[Any, ...]] = {
    "no nodata, −9999 and −32768": (
        *(row(1, -9999, -32768, 3, dtype="int16"), None),
        f"{NONE}(.|\n)*-32768, -9999 look like no data; if so, say --nodata -32768",
        [[1.0, -9999, -32768, 3]],
    ),
    "no nodata, 255 in bytes": (
        *(row(1, 255, dtype="uint8"), None, "255 looks like no data; if so, say --nodata 255"),
    ),
    "no nodata, −3.4e38": (row(1, -3.4e38, 3.4e38, 4), None, NONE, OUT),
    "nodata written otherwise than in cells": (
        *(row(1, -3.4028230607370965e38, -3.4e38, 4, nodata=-3.4028234663852886e38), None, "", OUT),
    ),
    "infinities": (row(1, np.inf, -np.inf, 4), None, NONE, OUT),
    "nodata is NaN": (row(1, np.nan, np.nan, 4, nodata=np.nan), None, "", OUT),
    "nodata is NaN, cells are whole": (stated("nan"), None, NONE),
    "nodata is infinite, cells are whole": (stated("inf"), None, NONE),
    "nodata is no whole number": (
        *(stated("4.5"), None, "states nodata 4.5, which cells of int16 cannot be; every cell"),
    ),
    "nodata beyond the type": (stated("1e40"), None, NONE),
    "NaN given for whole cells": (
        *(row(1, dtype="int16"), UsageError, "cells of int16 cannot be nan; give another", None),
        {"nodata": float("nan")},
    ),
    "nodata given that no cell can be": (
        *(row(1, dtype="uint8"), UsageError, "cells of uint8 cannot be -9999", None),
        {"nodata": -9999.0},
    ),
    "another nodata given": (
        *(row(1, 2, 3, 4, nodata=2), None, "states nodata 2; 3 was given and is used"),
        *([[1.0, 2.0, None, 4.0]], {"nodata": 3.0}),
    ),
    "complex": (row(1, dtype="complex64"), DataError, "of type complex64; needed are whole or"),
    "int8": (row(1, -2, dtype="int8", nodata=-2), None, "taken as amounts", [[1.0, None]]),
    "int64": (
        *(row(2**53 + 1, 2**53, dtype="int64", nodata=2**53), None, ""),
        [[2**53 + 1, None]],
    ),
    "uint64": (row(2**63, 5, dtype="uint64", nodata=5), None, "", [[2**63, None]]),
    "bits": (row(0, 1, dtype="uint8", nbits=1), None, NONE, [[0.0, 1.0]]),
    "scale and offset": (scaled(0.5, 10), None, r"cells x 0\.5 \+ 10", [[10.0, 10.5, 11.0]]),
    "scale 0": (scaled(0, 0), DataError, "scale 0 and offset 0, which make no values"),
    "scale that is no number": (scaled(np.nan, 0), DataError, "which make no values"),
    "offset that is infinite": (scaled(1, np.inf), DataError, "offset inf, which make no values"),
    "scale beyond all numbers": (scaled(1e308, 0), DataError, "which make no values"),
    "mask in the file": (masked(inside=True), None, "", [[0.0, None, 2.0]]),
    "mask beside the file": (
        *(masked(inside=False), None, r"what stands beside it \(\.msk\) is not read"),
        [[0.0, 1.0, 2.0]],
    ),
    "alpha": (with_alpha, None, "band 1 of 2 is read", [[1.0, None, 3.0]]),
    "no such band": (
        *(with_alpha, UsageError, r"has 2 band\(s\), 3 is none of them", None, {"band": 3}),
    ),
    "colours": (
        *(lambda path: write(path, np.zeros((3, 1, 2), "uint8"), nodata=None), None),
        "band 1 of 3 is read",
    ),
    "palette": (with_palette, None, NONE, [[0.0, 1.0, 2.0]]),
    "classes that are real numbers": (
        *(row(1.5), UsageError, "classes are whole numbers; cells are float32", None),
        {"kind": "categorical"},
    ),
    "texts that are no UTF-8": (in_gbk, None, "", [[0.0, 1.0, 2.0]]),
}
