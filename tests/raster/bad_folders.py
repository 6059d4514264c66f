"""Folders of tiles that are not one raster."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import rasterio
from rasterio import Affine

from geoplan.errors import DataError
from tests.raster.bad_places import NUMBERED
from tests.raster.grids import LEFT, TOP, numbered, write

EAST = Affine(100, 0, LEFT + 400, 0, -100, TOP)
"""The place beside the first tile."""


def tiles(*changes: dict[str, Any], names: str = "abc", dtype: str = "int16") -> Any:
    """Return what writes tiles; each has numbered cells, but for what is changed."""

    def make(path: Path) -> Path:
        folder = path.with_suffix("")
        folder.mkdir()
        for name, changed in zip(names, changes, strict=False):
            kept = {key: value for key, value in changed.items() if key != "cells"}
            cells = changed.get("cells", numbered(dtype=dtype))
            write(folder / f"{name}.tif", cells, **kept)
        return folder

    return make


def other_colours(path: Path) -> Path:
    """Write two tiles, one with colours."""
    folder: Path = tiles({"nodata": 0}, {"nodata": 0, "transform": EAST}, dtype="uint8")(path)
    with rasterio.open(folder / "b.tif", "r+") as file:
        file.write_colormap(1, {1: (255, 0, 0, 255)})
    return folder


def hidden(path: Path) -> Path:
    """Write a tile, and what macOS puts beside it."""
    folder: Path = tiles({})(path)
    (folder / "._a.tif").write_bytes(b"\0\5\26\7")
    return folder


def deeper(path: Path) -> Path:
    """Write tiles into a folder of the folder."""
    folder = path.with_name("b")
    folder.mkdir()
    tiles({})(folder / "c.tif")
    return folder


KRUGER = {"crs": "EPSG:4547", "transform": Affine(100, 0, 5e5, 0, -100, 4e6)}
UNFIT = "1 of 2 tiles do not fit a.tif:\n  - b.tif: "

CASES: dict[str, tuple[Any, ...]] = {
    "no tiles": (tiles(), DataError, "no raster in this folder; names end in .tif, "),
    "tiles in a folder below": (deeper, DataError, "no raster in this folder"),
    "two systems": (tiles({}, KRUGER), DataError, f"{UNFIT}is in EPSG:4547"),
    "two sizes of cells": (
        *(tiles({}, {"transform": Affine(50, 0, LEFT, 0, -50, TOP)}), DataError),
        f"{UNFIT}cells of 50 x 50 .* do not line up",
    ),
    "two origins": (
        *(tiles({}, {"transform": Affine(100, 0, LEFT + 433, 0, -100, TOP)}), DataError),
        f"{UNFIT}cells of 100 x 100 from 600433, 4000000 do not line up",
    ),
    "two types": (
        *(tiles({}, {"cells": numbered(dtype="float32"), "transform": EAST}), DataError),
        f"{UNFIT}dtype float32, not int16",
    ),
    "two nodata": (
        *(tiles({}, {"nodata": -9, "transform": EAST}), DataError),
        f"{UNFIT}nodata -9.0, not -1.0",
    ),
    "two legends": (other_colours, DataError, f"{UNFIT}(kind|its classes)"),
    "one tile is damaged": (
        *(tiles({}, {"transform": Affine(100, 9, LEFT, 9, -100, TOP)}), DataError),
        "1 of 2 tiles are wrong:\n.*b.tif: is rotated",
    ),
    "too far apart": (
        *(
            tiles(
                {"crs": "EPSG:3857", "transform": Affine(1, 0, -1.9e7, 0, -1, 1e7)},
                {"crs": "EPSG:3857", "transform": Affine(1, 0, 1.9e7, 0, -1, -1e7)},
            ),
            DataError,
        ),
        "the tiles span 38000004 x 20000003 cells; .* are they of one place",
    ),
    "tiles that disagree": (
        *(tiles({}, {"cells": numbered() + 50}), None),
        r"1 pair\(s\) of tiles overlap; the first by name holds",
        NUMBERED,
    ),
    "the same of many tiles": (
        *(tiles({"nodata": None}, {"nodata": None, "transform": EAST}), None),
        "a.tif and 1 more: states no nodata value",
        NUMBERED,
    ),
    "hidden files": (hidden, None, "1 tile is read", NUMBERED),
}
