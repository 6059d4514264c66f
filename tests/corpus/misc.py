"""Names that are odd or hostile, of honest files; and what is no file at all."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path

import geopandas as gpd

from geoplan import crs
from tests.corpus.case import Case
from tests.small import CELLS, cell, degrees


@cache
def honest() -> bytes:
    """Return a small GeoJSON: two squares, in degrees."""
    shapes = [degrees(cell(code)) for code in list(CELLS)[:2]]
    frame = gpd.GeoDataFrame({"DLMC": ["林地", "耕地"]}, geometry=shapes, crs=crs.DATA_CRS)
    return frame.to_json().encode()


def named(name: str, folder: Path) -> Path:
    """Write an honest file under a name."""
    path = folder / name
    path.write_bytes(honest())
    return path


def put(make: Callable[[Path], object], name: str, folder: Path) -> Path:
    """Put something else in the place of a file."""
    make(folder / name)
    return folder / name


def given(path: str, _: Path) -> Path:
    """Return a path as it is."""
    return Path(path)


def itself(path: Path) -> None:
    """Write a link that leads to itself."""
    path.symlink_to(path.name)


def read(name: str) -> Case:
    """Return a case of an honest file, to which a strange name is no hindrance."""
    return Case(partial(named, name), "read", ())


def refused(path: str, code: str = "refused.address", words: str = "") -> Case:
    """Return a case of a path that names no plain file."""
    return Case(partial(given, path), "error", (code,), words=words)


def no_file(make: Callable[[Path], object], code: str, words: str = "") -> Case:
    """Return a case of something that is no plain file."""
    return Case(partial(put, make, "a.geojson"), "refused", (code,), words=words)


BAD_NAMES = ("a b\tc.geojson", "a\nb.geojson", "a!b.geojson", "a;b.geojson", "\ra.geojson")
"""Names by which libraries would open another file."""

GOOD_NAMES = (
    "地块 (最终) v2.geojson",
    "\x1b[31mred\x1b[0m.geojson",
    "\u202enosjoeg.geojson",
    "-rf.geojson",
    "--json.geojson",
    "a?b#c%20d\\e&f.geojson",
    "a && rm -rf $HOME`id`.geojson",
    "<img src=x onerror=alert(1)>.geojson",
    "'quoted' \"twice\".geojson",
    "=cmd|'A1.geojson",
    "%s%n{0}{path}.geojson",
    "zip:a.geojson",
    "GPKG:a.gpkg:layer.geojson",
    "a.shp.geojson",
    "A.GEOJSON",
    "图" * 70 + ".geojson",
    "a\u0301e\u0301.geojson",
    "😀.geojson",
    "con.geojson",
    "..geojson.geojson",
)

CASES = {
    **{
        f"name {name!r}": Case(partial(named, name), "refused", ("refused.name",))
        for name in BAD_NAMES
    },
    **{f"name {name[:24]!r}": read(name) for name in GOOD_NAMES},
    "missing": refused("/nowhere/a.geojson", "data.no_file", words="no such file"),
    "name without end": refused("x" * 300 + ".geojson", "data.no_file"),
    "name with NUL": refused("a\0b.geojson"),
    "archive that is looked into": refused("/vsizip/a.zip/a.geojson"),
    "address": refused("https://127.0.0.1:9/a.geojson"),
    "address of GDAL": refused("/vsicurl/http://127.0.0.1:9/a.geojson"),
    "what comes in": refused("/vsistdin/.geojson"),
    "memory of GDAL": refused("/vsimem/a.geojson"),
    "database": refused("PG:dbname=a.geojson"),
    "part of an archive": refused("zip://a.zip!a.geojson"),
    "folder": no_file(Path.mkdir, "refused.folder"),
    "pipe": no_file(os.mkfifo, "refused.not_a_file"),
    "link to itself": no_file(itself, "refused.not_a_file"),
    "link to a device": no_file(lambda path: path.symlink_to("/dev/zero"), "refused.not_a_file"),
    "link to a folder": no_file(lambda path: path.symlink_to("/"), "refused.folder"),
}
