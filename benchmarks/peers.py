"""The same work by other tools, from the same files, each as a process of its own.

    python -m benchmarks.peers [--overlay] geopandas|sedonadb|duckdb|postgis
        PARCELS ZONES COUNTIES OUT

Area of parcels × zones × counties by ``adcode``, ``kind``, ``landuse`` as CSV with ``area_m2``
and ``pieces``; with ``--overlay`` the pieces of parcels in zones as Parquet. The last line printed
is JSON: versions and, for PostGIS, the seconds after loading. Leaves with `MISSING` and the reason
where the peer cannot be had. Imports nothing of geoplan: runs in an environment made from
requirements-bench.in.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.peer import Files, MissingPeerError, Report, needed
from benchmarks.postgis import by_postgis

if TYPE_CHECKING:
    from collections.abc import Callable

MISSING = 3
"""Exit code: this peer cannot be had here."""

PARTS_SQL = """
SELECT c.adcode AS adcode, z.kind AS kind, ST_Intersection(z.geometry, c.geometry) AS geometry
FROM zones AS z JOIN counties AS c ON ST_Intersects(z.geometry, c.geometry)
"""

TABLE_SQL = """
SELECT s.adcode AS adcode, s.kind AS kind, p.landuse AS landuse,
    SUM(ST_Area(ST_Intersection(p.geometry, s.geometry))) AS area_m2, COUNT(*) AS pieces
FROM parcels AS p JOIN parts AS s ON ST_Intersects(p.geometry, s.geometry)
GROUP BY s.adcode, s.kind, p.landuse ORDER BY s.adcode, s.kind, p.landuse
"""

PIECES_SQL = """
SELECT p.id AS id, p.landuse AS landuse, z.zone AS zone, z.kind AS kind,
    ST_Intersection(p.geometry, z.geometry) AS geometry
FROM parcels AS p JOIN zones AS z ON ST_Intersects(p.geometry, z.geometry)
"""


def by_geopandas(files: Files) -> Report:
    """Overlay twice and group."""
    gpd = needed("geopandas")
    parcels = gpd.read_parquet(files.parcels, columns=["landuse", "geometry"])
    zones = gpd.read_parquet(files.zones, columns=["kind", "geometry"])
    counties = gpd.read_parquet(files.counties, columns=["adcode", "geometry"])
    pieces = gpd.overlay(parcels, zones, how="intersection")
    pieces = gpd.overlay(pieces, counties, how="intersection")
    groups = pieces.assign(area=pieces.area).groupby(["adcode", "kind", "landuse"])["area"]
    groups.agg(area_m2="sum", pieces="count").reset_index().to_csv(files.out, index=False)
    return {"versions": f"geopandas {version('geopandas')}, shapely {version('shapely')}"}


def by_sedonadb(files: Files) -> Report:
    """Run SQL on the GeoParquet files; zones × counties first."""
    connection = needed("sedonadb").connect()
    for name, path in files.layers.items():
        connection.read_parquet(str(path)).to_view(name)
    connection.sql(PARTS_SQL).to_memtable().to_view("parts")
    connection.sql(TABLE_SQL).to_pandas().to_csv(files.out, index=False)
    return {"versions": f"SedonaDB {version('sedonadb')}"}


def by_duckdb(files: Files) -> Report:
    """Run the same SQL in DuckDB."""
    connection = _duckdb(files)
    connection.execute(f"CREATE TABLE parts AS {PARTS_SQL}")
    connection.execute(f"COPY ({TABLE_SQL}) TO '{files.out}' (HEADER)")
    return {"versions": f"DuckDB {version('duckdb')} spatial"}


def _duckdb(files: Files) -> Any:
    """Return DuckDB with the layers; its extension comes from a package (no download)."""
    duckdb = needed("duckdb")
    package = needed("duckdb_extension_spatial")
    found = f"extensions/v{version('duckdb')}/spatial.duckdb_extension"
    extension = Path(package.__file__).parent / found
    if not extension.exists():
        raise MissingPeerError(f"duckdb-extension-spatial has no {found}")
    connection = duckdb.connect()
    connection.execute(f"LOAD '{extension}'")
    for name, path in files.layers.items():
        connection.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet('{path}')")
    return connection


def pieces_by_geopandas(files: Files) -> Report:
    """Overlay once and write the pieces."""
    gpd = needed("geopandas")
    pieces = gpd.overlay(
        gpd.read_parquet(files.parcels), gpd.read_parquet(files.zones), how="intersection"
    )
    pieces.to_parquet(files.out, index=False)
    return {"versions": f"geopandas {version('geopandas')}, shapely {version('shapely')}"}


def pieces_by_sedonadb(files: Files) -> Report:
    """Write what SQL gives."""
    connection = needed("sedonadb").connect()
    for name, path in files.layers.items():
        connection.read_parquet(str(path)).to_view(name)
    connection.sql(PIECES_SQL).to_parquet(files.out, single_file_output=True)
    return {"versions": f"SedonaDB {version('sedonadb')}"}


def pieces_by_duckdb(files: Files) -> Report:
    """Make a table of the pieces by the same SQL and write it."""
    connection = _duckdb(files)
    connection.execute(f"CREATE TABLE pieces AS {PIECES_SQL}")
    connection.execute(f"COPY pieces TO '{files.out}' (FORMAT parquet)")
    return {"versions": f"DuckDB {version('duckdb')} spatial"}


PEERS: dict[str, Callable[[Files], Report]] = {
    "sedonadb": by_sedonadb,
    "duckdb": by_duckdb,
    "postgis": by_postgis,
    "geopandas": by_geopandas,
}

OVERLAY_PEERS: dict[str, Callable[[Files], Report]] = {
    "sedonadb": pieces_by_sedonadb,
    "duckdb": pieces_by_duckdb,
    "geopandas": pieces_by_geopandas,
}


def main() -> None:
    """Run one peer."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--overlay", action="store_true")
    parser.add_argument("name", choices=list(PEERS))
    for path in ("parcels", "zones", "counties", "out"):
        parser.add_argument(path, type=Path)
    given = parser.parse_args()
    files = Files(given.parcels, given.zones, given.counties, given.out)
    try:
        report = (OVERLAY_PEERS if given.overlay else PEERS)[given.name](files)
    except MissingPeerError as error:
        print(f"{given.name}: {error}", file=sys.stderr)
        sys.exit(MISSING)
    print(json.dumps({"python": platform.python_version(), **report}))


if __name__ == "__main__":
    main()
