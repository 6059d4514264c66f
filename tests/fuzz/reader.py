"""Target: files with geometry or tables, in every format, guarded, read, judged and repaired."""

from __future__ import annotations

import io
import tempfile
import zipfile
from functools import cache
from pathlib import Path

import pandas as pd

import geopandas as gpd
import shapely

from geoplan import crs, geometry, intake
from geoplan.errors import GeoplanError
from geoplan.reading import Reading
from tests.fuzz.parts import packed, unpacked
from tests.fuzz.target import Target, require
from tests.small import box, degrees

SUFFIXES = (
    *(".geojson", ".gpkg", ".fgb", ".parquet", ".kml", ".gml", ".dxf", ".csv", ".xlsx", ".zip"),
    *(".kmz", ".shp"),
)
BESIDE = (".dbf", ".shx", ".prj", ".cpg", ".gfs", ".xsd")
NAMES = tuple(f"a{suffix}" for suffix in (*SUFFIXES, *BESIDE))
READINGS = {
    ".csv": Reading(wkt="wkt", assume_crs="EPSG:4490"),
    ".xlsx": Reading(x="x", y="y", assume_crs="EPSG:4490"),
    ".dxf": Reading(assume_crs="EPSG:4546"),
    ".gml": Reading(assume_crs="EPSG:4490"),
}


def layer() -> gpd.GeoDataFrame:
    """Return a small layer with Chinese texts, a hole, several parts and a crossing."""
    hole = box(0, 0, 1, 1).difference(box(0.2, 0.2, 0.4, 0.4))
    parts = shapely.MultiPolygon([box(1, 1, 1.4, 1.5), box(1.5, 1.5, 1.9, 1.9)])
    corners = [box(0, 1, 0.1, 1.1).exterior.coords[i] for i in (0, 2, 1, 3)]
    shapes = [degrees(s) for s in (hole, parts, shapely.Polygon(corners))]
    columns = {"DLMC": ["林地", "耕地", "水面"], "MJ": [1.5, 2.0, 3.0], "n": [1, 2, 3]}
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=crs.DATA_CRS)


@cache
def seeds() -> list[bytes]:
    """Return the layer in every format."""
    made = layer()
    found: list[dict[str, bytes]] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for suffix in (".geojson", ".gpkg", ".fgb"):
            made.to_file(folder / f"a{suffix}", engine="pyogrio")
            found.append({f"a{suffix}": (folder / f"a{suffix}").read_bytes()})
        valid = made[:2]  # some drivers write no others
        valid.to_file(folder / "a.gml", engine="pyogrio")
        found.append({"a.gml": (folder / "a.gml").read_bytes()})
        valid.to_file(folder / "a.kml", driver="LIBKML" if _libkml() else "KML")
        found.append({"a.kml": (folder / "a.kml").read_bytes()})
        made.to_parquet(folder / "a.parquet")
        found.append({"a.parquet": (folder / "a.parquet").read_bytes()})
        lines = valid[["geometry"]].to_crs(4546).explode().boundary
        gpd.GeoDataFrame(geometry=lines).to_file(folder / "a.dxf", driver="DXF", engine="pyogrio")
        found.append({"a.dxf": (folder / "a.dxf").read_bytes()})
        made.to_file(folder / "a.shp", encoding="GBK", engine="pyogrio")
        ends = (".shp", ".dbf", ".shx", ".prj", ".cpg")
        found.append({f"a{end}": (folder / f"a{end}").read_bytes() for end in ends})
        table = pd.DataFrame({"名称": made["DLMC"], "wkt": made.geometry.to_wkt()})
        found.append({"a.csv": table.to_csv(index=False).encode("gb18030")})
        points = made.geometry.representative_point()
        sheet = pd.DataFrame({"名称": made["DLMC"], "x": points.x, "y": points.y})
        sheet.to_excel(folder / "a.xlsx", engine="xlsxwriter", index=False)
        found.append({"a.xlsx": (folder / "a.xlsx").read_bytes()})
    for files in (found[-3], found[0]):
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w", zipfile.ZIP_STORED) as archive:
            for name, text in files.items():
                archive.writestr(name, text)
        found.append({"a.zip": content.getvalue()})
    return [packed(files) for files in found]


def _libkml() -> bool:
    import pyogrio

    return "LIBKML" in pyogrio.list_drivers(write=True)


def run(data: bytes, folder: Path) -> str:
    """Take the file of an input, and check that it may be computed with."""
    files = {name: text for name, text in unpacked(data).items() if name in NAMES}
    main = [name for suffix in SUFFIXES for name in files if name.endswith(suffix)]
    if not main:
        return "nothing"
    for name, text in files.items():
        (folder / name).write_bytes(text)
    path = folder / main[0]
    reading = READINGS.get(path.suffix, Reading())
    try:
        taken = intake.take(path, reading)
    except GeoplanError as fault:
        said = str(fault).replace(str(path), "")
        require(str(fault).startswith(str(path)), f"does not name the file: {fault}")
        require("\x1b" not in said and "\0" not in said, f"control characters: {said!r}")
        return fault.code
    finally:
        for name in files:
            (folder / name).unlink(missing_ok=True)
    shapes = taken.frame.geometry.dropna().to_numpy()
    require(bool(shapely.is_valid(shapes).all()), "shapes are not valid")
    require(len(geometry.not_finite(shapes)) == 0, "coordinates are no numbers")
    require(taken.frame.crs is not None or not len(shapes), "no coordinate system")
    return f"{taken.format} {len(taken.frame)} {','.join(sorted({n.code for n in taken.notices}))}"


TARGET = Target(seeds, run, guided=("geoplan.guard", "geoplan.vector", "geoplan.intake"))
