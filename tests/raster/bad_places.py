"""Rasters whose cells have no place, or a strange one."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import rasterio
from rasterio import Affine
from rasterio.control import GroundControlPoint

from geoplan.errors import DataError, ImplausibleCRSError, MissingCRSError, UsageError
from tests.raster.grids import LEFT, TOP, WORK, numbered, quietly, write

NUMBERED = [[0.0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11]]


def at(*place: float, system: str = WORK) -> Any:
    """Return what writes numbered cells at a place: left, cell width, top, cell height, turns."""
    left, dx, top, dy, *turns = place
    across, down = turns or (0, 0)

    def make(path: Path) -> None:
        with quietly():
            write(path, numbered(), crs=system, transform=Affine(dx, across, left, down, dy, top))

    return make


def without(system: str | None = None) -> Any:
    """Return what writes cells of a system, or none."""
    return lambda path: write(path, numbered(), crs=system)


def nowhere(path: Path) -> None:
    """Write cells with neither system nor place."""
    with quietly():
        write(path, numbered(), crs=None, transform=None)


def with_world_file(text: str, system: str | None = WORK) -> Any:
    """Return what writes cells whose place is in a world file, and the system in a .prj."""

    def make(path: Path) -> None:
        nowhere(path)
        path.with_suffix(".tfw").write_text(text, encoding="utf-8")
        if system is not None:
            path.with_suffix(".prj").write_text(system, encoding="utf-8")

    return make


def by_control_points(path: Path) -> None:
    """Write cells that are placed by points, as scanned maps are."""
    places = [(0, 0, 112, 37), (0, 4, 112.1, 37), (3, 0, 112, 36.9)]
    with (
        quietly(),
        rasterio.open(path, "w", driver="GTiff", width=4, height=3, count=1, dtype="int16") as file,
    ):
        file.write(numbered(), 1)
        file.gcps = ([GroundControlPoint(*place) for place in places], "EPSG:4490")


def named_in_gbk(path: Path) -> None:
    """Write cells whose coordinate system has a Chinese name, as old programs write it."""
    write(path, numbered(), crs=WORK.replace("CGCS2000 / Albers 25-47", "QQQQ"))
    content = path.read_bytes()
    assert b"QQQQ" in content
    path.write_bytes(content.replace(b"QQQQ", "北京".encode("gbk")))


LOCAL = 'LOCAL_CS["site",UNIT["metre",1]]'
UNKNOWN = (
    'PROJCS["x",GEOGCS["g",DATUM["d",SPHEROID["s",6378137,298]],PRIMEM["G",0],'
    'UNIT["degree",0.0174532925199433]],PROJECTION["Nowhere"],UNIT["metre",1]]'
)
WORLD = "100\n0\n0\n-100\n600050\n3999950\n"

CASES: dict[str, tuple[Any, ...]] = {
    "no system": (without(), MissingCRSError, "is stated; say which one with --assume-crs"),
    "no system, one assumed": (
        *(without(), None, "states no coordinate system; taken is EPSG:4546", None),
        {"assume_crs": "EPSG:4546"},
    ),
    "a system, another assumed": (
        *(without(WORK), UsageError, "--assume-crs EPSG:4490 is for files without", None),
        {"assume_crs": "EPSG:4490"},
    ),
    "no place": (
        *(nowhere, DataError, "nothing says where its cells lie; state it: ", None),
        {"assume_crs": WORK},
    ),
    "control points": (by_control_points, DataError, "by control points only; .* gdalwarp"),
    "world file": (with_world_file(WORLD), None, "that of its world file .*", NUMBERED),
    "world file, no system": (with_world_file(WORLD, None), MissingCRSError, "--assume-crs"),
    "world file of words": (with_world_file("here"), DataError, r"a\.tfw: .* has six numbers"),
    "world file, prj of words": (
        *(with_world_file(WORLD, "albers"), DataError),
        r"a\.prj: a coordinate system cannot be read: .*; state it anew",
    ),
    "rotated": (at(LEFT, 100, TOP, -100, 5, 5), DataError, "is rotated or sheared .* gdalwarp"),
    "sheared": (at(LEFT, 100, TOP, -100, 5, 0), DataError, "is rotated or sheared .* gdalwarp"),
    "quarter turn": (at(LEFT, 0, TOP, 0, 100, 100), DataError, "is rotated or sheared"),
    "south row first": (
        *(at(LEFT, 100, TOP - 300, 100), None, "rows run from south to north; they are turned"),
        NUMBERED[::-1],
    ),
    "mirrored": (at(LEFT + 400, -100, TOP, -100), DataError, "from east to west; turn it"),
    "no height of cells": (at(LEFT, 100, TOP, 0), DataError, r"no size \(100 x 0\); state it"),
    "cells that are no number": (
        *(at(LEFT, math.nan, TOP, -100), DataError, "the place of its cells is no number"),
    ),
    "infinitely far": (at(math.inf, 100, TOP, -100), DataError, "is no number"),
    "huge cells": (at(LEFT, 1e30, TOP, -1e30), ImplausibleCRSError, "have no place in it"),
    "tiny cells": (at(LEFT, 1e-12, TOP, -1e-12), DataError, "are lost in the rounding"),
    "degrees called metres": (
        *(at(112, 0.01, 37, -0.01, system="EPSG:4547"), ImplausibleCRSError),
        "look like degrees; state EPSG:4490",
    ),
    "metres called degrees": (
        *(at(5e5, 30, 4e6, -30, system="EPSG:4490"), ImplausibleCRSError),
        r"x 500000 to 500120, .* no place in it; state the system that the numbers are in",
    ),
    "north before east": (
        *(at(37, 0.01, 112, -0.01, system="EPSG:4490"), ImplausibleCRSError, "no place in it"),
    ),
    "zone number in x": (
        *(at(38_500_000, 30, 4.1e6, -30, system="EPSG:4547"), ImplausibleCRSError, "no place"),
    ),
    "no zone number in x": (
        *(at(500_000, 30, 4.1e6, -30, system="EPSG:4526"), ImplausibleCRSError, "no place"),
    ),
    "far from its zone": (
        *(at(4.1e6, 30, 5e5, -30, system="EPSG:4547"), None),
        r"144\.8 to 144\.8°E, .* far from where EPSG:4547 .* is used; is its .* system right\?",
    ),
    "local system": (without(LOCAL), DataError, "has no place on the earth; needed are degrees"),
    "geocentric system": (without("EPSG:4978"), DataError, "has no place on the earth"),
    "system with a name in GBK": (
        *(named_in_gbk, DataError, "name of its coordinate system is no UTF-8, .* state it anew"),
    ),
    "unknown projection": (without(UNKNOWN), ImplausibleCRSError, "states x, .* have no place"),
}
