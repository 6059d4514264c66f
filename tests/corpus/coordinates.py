"""Files whose coordinates are in another system than they say, or that say nothing."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path

import numpy as np

import geopandas as gpd
import pyproj
import shapely

from geoplan import crs
from geoplan.config import shipped
from geoplan.reading import Reading
from geoplan.vector import read_vector
from tests.corpus.case import Case

Change = Callable[[np.ndarray], np.ndarray]
"""What becomes of coordinates (n, 2)."""

KILOMETRES = "+proj=tmerc +lat_0=0 +lon_0=111 +x_0=500000 +ellps=GRS80 +units=km +type=crs"


def fields() -> np.ndarray:
    """Return three shapes in Shanxi, in CGCS2000, of 40 uneven edges each."""
    dice = np.random.default_rng(7)
    made = []
    for x, y in ((112.45, 37.55), (112.62, 37.71), (112.77, 37.86)):
        turn = np.sort(dice.uniform(0, 2 * np.pi, 40))
        far = dice.uniform(0.03, 0.05, 40)
        made.append(shapely.Polygon(np.c_[x + far * np.cos(turn), y + far * np.sin(turn)]))
    return np.array(made)


@cache
def counties() -> np.ndarray:
    """Return the counties that geoplan carries."""
    path = shipped() / "data/boundaries/counties.parquet"
    return np.asarray(read_vector(path).geometry.to_numpy())


def points(*more: tuple[float, float]) -> np.ndarray:
    """Return a hundred places in Shanxi, and some more."""
    dots = np.random.default_rng(8).uniform((112.4, 37.5), (112.8, 37.9), (100, 2))
    return shapely.points(np.vstack([dots, *([more] if more else [])]))


def same(xy: np.ndarray) -> np.ndarray:
    """Change nothing."""
    return xy


def to(code: int | str) -> Change:
    """Return what brings degrees into another system, by PROJ alone."""
    made = pyproj.Transformer.from_crs(4490, code, always_xy=True)
    return lambda xy: np.column_stack(made.transform(*xy.T))


def times(factor: float, change: Change = same) -> Change:
    """Return what multiplies."""
    return lambda xy: change(xy) * factor


def turned(change: Change = same) -> Change:
    """Return what puts the other first."""
    return lambda xy: change(xy)[:, ::-1]


def less(x: float, y: float, change: Change) -> Change:
    """Return what cuts digits off."""
    return lambda xy: change(xy) - np.array([x, y])


def two_zones(xy: np.ndarray) -> np.ndarray:
    """Bring the west into zone 37 and the east into zone 38."""
    return np.where(xy[:, :1] < 112.6, to(4525)(xy), to(4526)(xy))


def packed(xy: np.ndarray) -> np.ndarray:
    """Write minutes and seconds as decimals: dd.mmss."""
    seconds = np.round(xy * 360_000).astype(int)
    minutes, seconds = np.divmod(seconds, 6000)
    whole, minutes = np.divmod(minutes, 60)
    return np.asarray(whole + minutes / 100 + seconds / 1_000_000)


def shifted(name: str) -> Change:
    """Return what moves degrees as web maps do."""
    return lambda xy: shapely.get_coordinates(crs.shifted_from(shapely.points(xy), name))


def write(
    shapes: Callable[[], np.ndarray], change: Change, stated: int | None, name: str, folder: Path
) -> Path:
    """Write shapes whose coordinates are changed under a statement, or none."""
    made = shapely.transform(shapes(), change)
    frame = gpd.GeoDataFrame({"DLMC": [f"a{i}" for i in range(len(made))]}, geometry=made)
    path = folder / name
    if name.endswith(".csv"):
        xy = shapely.get_coordinates(made)
        lines = [f"a{i},{x:.17g},{y:.17g}\n" for i, (x, y) in enumerate(xy)]
        path.write_text("DLMC,x,y\n" + "".join(lines), "utf-8")
    elif name.endswith(".geojson"):
        path.write_text(frame.to_json(), "utf-8")
    else:
        frame = frame if stated is None else frame.set_crs(stated)
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "'crs' was not provided")
            frame.to_file(path, encoding="utf-8")
    for index in folder.glob("*.cpg"):
        index.write_text("UTF-8")
    return path


def case(
    change: Change = same,
    *codes: str,
    stated: int | None = None,
    shapes: Callable[[], np.ndarray] = fields,
    name: str = "a.gpkg",
    ends: str = "error",
    reading: Reading | None = None,
    words: str = "",
) -> Case:
    """Return a case; stated is the code that the file says."""
    make = partial(write, shapes, change, stated, name)
    return Case(make, ends, codes, reading or Reading(), words)  # type: ignore[arg-type]


def missing(change: Change, words: str, **more: object) -> Case:
    """Return a case of a shapefile without .prj, and what its message proposes."""
    return case(change, "crs.missing", name="a.shp", words=words, **more)  # type: ignore[arg-type]


def said(system: str, *, swap: bool = False) -> Reading:
    """Return that a person says the system."""
    return Reading(assume_crs=system, swap_xy=swap)


MISSING = {
    "degrees": missing(same, "--assume-crs EPSG:4490"),
    "3-degree zone 37": missing(to(4525), "--assume-crs EPSG:4525 .*EPSG:2361.*EPSG:2413"),
    "3-degree zone 38": missing(to(4526), "--assume-crs EPSG:4526"),
    "6-degree zone 19": missing(to(4497), "--assume-crs EPSG:4497"),
    "meridian 111": missing(to(4546), "--assume-crs EPSG:4546"),
    "meridian 111 of 6 degrees": missing(to(4508), "--assume-crs EPSG:4508"),
    "meridian 114": missing(to(4547), "--assume-crs EPSG:4547"),
    "Web Mercator": missing(to(3857), "--assume-crs EPSG:3857"),
    "UTM": missing(to(32649), "--assume-crs EPSG:32649"),
    "Albers": missing(to(crs.WORK_CRS.to_wkt()), "proj=aea"),
    "Xian 1980, zone 37": missing(to(2361), "--assume-crs EPSG:2361"),
    "Beijing 1954, zone 37": missing(to(2413), "--assume-crs EPSG:2413"),
    "latitude first": missing(turned(), "--swap-xy --assume-crs EPSG:4490"),
    "northing first": missing(turned(to(4525)), "--swap-xy --assume-crs EPSG:4525"),
    "northing first, 6 degrees": missing(turned(to(4497)), "--swap-xy --assume-crs EPSG:4497"),
    "two zones": missing(two_zones, "EPSG:4525.*EPSG:4526"),
    "kilometres": missing(times(1e-3, to(4546)), "units=km"),
    "ten kilometres, zone 37": missing(times(1e-4, to(4525)), "to_meter=10000"),
    "feet": missing(times(1 / 0.3048, to(4546)), "units=ft"),
    "millimetres": missing(times(1e3, to(4546)), "units=mm"),
    "millionths of a degree": missing(times(1e6), "millionths of a degree"),
    "seconds of arc": missing(times(3600), "seconds of arc"),
    "packed degrees": missing(packed, "dd.mmss"),
    "local": missing(less(640_000, 4_150_000, to(4546)), "local or site system"),
    "nonsense": missing(times(1e9), "ask who made the file"),
    "degrees elsewhere": missing(less(20, 0, same), "outside the area"),
    "zeros only": missing(times(0), "", shapes=lambda: points((112.0, 37.0))[:1])._replace(
        codes=("crs.zero",)
    ),
    "GeoPackage": case(to(4525), "crs.missing", words="EPSG:4525"),
    "points, CSV": case(
        to(4525),
        "crs.missing",
        shapes=points,
        name="a.csv",
        reading=Reading(x="x", y="y"),
        words="EPSG:4525",
    ),
}

WRONG = {
    "zone 37 as meridian 111": case(to(4525), "crs.zone_prefix", stated=4546, words="zone 37"),
    "zone 37 as zone 38": case(to(4525), "crs.other_zone", stated=4526, words="EPSG:4525"),
    "meridian 111 as zone 37": case(to(4546), "crs.no_zone_prefix", stated=4525, words="EPSG:4546"),
    "degrees as metres": case(same, "crs.degrees_as_metres", stated=4525, words="EPSG:4490"),
    "degrees as Web Mercator": case(same, "crs.degrees_as_metres", stated=3857),
    "metres as degrees": case(to(4525), "crs.metres_as_degrees", stated=4490, words="EPSG:4525"),
    "latitude first as degrees": case(turned(), "crs.swapped", stated=4490, words="--swap-xy"),
    "latitude first, GeoJSON": case(turned(), "crs.swapped", name="a.geojson", words="--swap-xy"),
    "northing first as zone 37": case(
        turned(to(4525)), "crs.north_first", stated=4525, words="--swap-xy"
    ),
    "Web Mercator as meridian 111": case(
        to(3857), "crs.web_mercator", stated=4546, words="EPSG:3857"
    ),
    "kilometres as metres": case(times(1e-3, to(4546)), "crs.implausible", stated=4546),
    "local as meridian 111": case(
        less(640_000, 4_150_000, to(4546)), "crs.implausible", stated=4546, words="local"
    ),
    "packed degrees as degrees": case(packed, "crs.units", stated=4490, words="dd.mmss"),
    "two zones as one": case(two_zones, "crs.other_zone", stated=4525, words="save the rows"),
    "another meridian, by the borders": case(
        to(4546), "crs.contradicting", stated=4547, shapes=counties, words="EPSG:4546"
    ),
    "UTM as Gauss-Kruger, by the borders": case(
        to(32649), "crs.contradicting", stated=4546, shapes=counties, words="EPSG:32649"
    ),
}

NOTICED = {
    "places at zero": case(
        same, "crs.zero", stated=4490, shapes=lambda: points((0, 0), (0, 0)), ends="read"
    ),
    "outlier": case(
        same, "crs.outliers", stated=4490, shapes=lambda: points((12.5, 3.7)), ends="read"
    ),
    "another province": case(less(20, 0, same), "crs.elsewhere", stated=4490, ends="read"),
    "Xian 1980": case(to(2361), "crs.datum_shift", stated=2361, ends="read"),
    "Beijing 1954": case(to(2413), "crs.datum_shift", stated=2413, ends="read"),
    "GCJ-02": case(shifted("GCJ-02"), "crs.gcj02", stated=4326, shapes=counties),
    "BD-09": case(shifted("BD-09"), "crs.bd09", stated=4326, shapes=counties),
    "GCJ-02, said": case(
        shifted("GCJ-02"), "crs.assumed", stated=4326, ends="read", reading=said("GCJ-02")
    ),
    "zone 37, said": case(
        to(4525), "crs.assumed", name="a.shp", ends="read", reading=said("EPSG:4525")
    ),
    "zone 37, said as a bare code": case(
        to(4525), "crs.assumed", name="a.shp", ends="read", reading=said("4525")
    ),
    "northing first, said": case(
        turned(to(4525)),
        "crs.assumed",
        name="a.shp",
        ends="read",
        reading=said("EPSG:4525", swap=True),
    ),
    "kilometres, said": case(
        times(1e-3, to(4546)), "crs.assumed", name="a.shp", ends="read", reading=said(KILOMETRES)
    ),
}

HONEST = {
    "honest degrees": case(same, stated=4490, ends="read"),
    "honest zone 37": case(to(4525), stated=4525, name="a.shp", ends="read"),
    "honest 6-degree zone 19": case(to(4497), stated=4497, ends="read"),
    "honest Web Mercator": case(to(3857), stated=3857, ends="read"),
    "honest GeoJSON": case(same, name="a.geojson", ends="read"),
    "honest points": case(to(4546), stated=4546, shapes=points, ends="read"),
    "honest counties": case(same, stated=4490, shapes=counties, ends="read"),
}

CASES: dict[str, Case] = {**MISSING, **WRONG, **NOTICED, **HONEST}
"""All, by what is wrong with them."""
