"""The peer PostGIS: a server of our own, loading, and the query."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.peer import MissingPeerError, needed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.peer import Files, Report

CLUSTER = Path(os.environ.get("GEOPLAN_BENCH_POSTGRES", "/tmp/geoplan-bench-postgres"))
WORKERS = os.cpu_count() or 1

SETTINGS = {
    "listen_addresses": "",
    "shared_buffers": "1GB",
    "work_mem": "256MB",
    "maintenance_work_mem": "512MB",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "max_wal_size": "8GB",
    "autovacuum": "off",
    "jit": "off",
    "default_toast_compression": "lz4",
    "max_parallel_workers": str(WORKERS),
    "max_parallel_workers_per_gather": str(WORKERS),
    "max_parallel_maintenance_workers": str(WORKERS),
    "parallel_setup_cost": "0",
    "parallel_tuple_cost": "0",
    "min_parallel_table_scan_size": "0",
    "random_page_cost": "1.1",
}

POSTGIS_PREPARE = """
CREATE UNLOGGED TABLE zone_parts AS
    SELECT kind, part AS geometry FROM zones, LATERAL ST_Subdivide(geometry, 256) AS part;
CREATE UNLOGGED TABLE county_parts AS
    SELECT adcode, part AS geometry FROM counties, LATERAL ST_Subdivide(geometry, 256) AS part;
CREATE INDEX ON county_parts USING gist (geometry);
ANALYZE zone_parts, county_parts;
CREATE UNLOGGED TABLE parts AS
    SELECT adcode, kind,
        CASE WHEN ST_CoveredBy(z.geometry, c.geometry) THEN z.geometry
        ELSE ST_CollectionExtract(ST_Intersection(z.geometry, c.geometry), 3) END AS geometry
    FROM zone_parts z JOIN county_parts c ON ST_Intersects(z.geometry, c.geometry);
DELETE FROM parts WHERE ST_IsEmpty(geometry);
CREATE INDEX ON parts USING gist (geometry);
ANALYZE parts;
"""

# ST_Covers, not ST_CoveredBy, since only the former keeps the part prepared (1 M parcels: 25 s, not
# 61), and a stage of its own: grouped at once, the planner sorts first, and the parts come in
# another order (60 s, not 22).
POSTGIS_PIECES = """
CREATE UNLOGGED TABLE pieces AS
    SELECT adcode, kind, landuse,
        CASE WHEN ST_Covers(s.geometry, p.geometry) THEN ST_Area(p.geometry)
        ELSE ST_Area(ST_Intersection(p.geometry, s.geometry)) END AS area
    FROM parcels p JOIN parts s ON ST_Intersects(p.geometry, s.geometry);
"""

POSTGIS_QUERY = """
SELECT adcode, kind, landuse, sum(area) AS area_m2, count(*) AS pieces
FROM pieces GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""


def by_postgis(files: Files) -> Report:
    """Load what is not loaded yet, then take the time of subdividing and of the query."""
    psycopg = needed("psycopg")
    with _server(), psycopg.connect(host=str(CLUSTER), dbname="postgres", user="postgres") as base:
        base.autocommit = True
        try:
            base.execute("CREATE EXTENSION IF NOT EXISTS postgis")
        except psycopg.errors.FeatureNotSupported as error:
            raise MissingPeerError("apt-get install postgresql-15-postgis-3") from error
        for name, path in files.layers.items():
            _load(base, name, path)
        base.execute("DROP TABLE IF EXISTS zone_parts, county_parts, parts, pieces")
        start = time.perf_counter()
        for statement in filter(str.strip, POSTGIS_PREPARE.split(";")):
            base.execute(statement)
        prepared = time.perf_counter() - start
        base.execute(POSTGIS_PIECES)
        command = f"COPY ({POSTGIS_QUERY}) TO STDOUT (FORMAT csv, HEADER)"
        with (
            files.out.open("wb") as file,
            base.cursor() as cursor,
            cursor.copy(command) as copy,
        ):
            file.writelines(copy)
        seconds = time.perf_counter() - start
        row = base.execute("SELECT postgis_lib_version(), current_setting('server_version')")
        postgis, server = row.fetchone()
    names = f"PostGIS {postgis} on PostgreSQL {server.split()[0]}"
    return {"versions": names, "seconds": seconds, "prepare_seconds": prepared}


@contextmanager
def _server() -> Iterator[None]:
    """Run a PostgreSQL server of our own as a child, so that its memory counts."""
    found = [path for path in (shutil.which("postgres"), *_installed()) if path]
    if not found:
        raise MissingPeerError("no postgres; apt-get install postgresql-15-postgis-3")
    programs = Path(found[0]).resolve().parent
    # PostgreSQL refuses to be root.
    user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    prefix = user if os.getuid() == 0 else []
    if not (CLUSTER / "PG_VERSION").exists():
        CLUSTER.mkdir(parents=True, exist_ok=True)
        if prefix:
            shutil.chown(CLUSTER, "postgres", "postgres")
        command = [*prefix, str(programs / "initdb"), "-D", str(CLUSTER), "-U", "postgres"]
        options = ["-A", "trust", "--locale=C", "--encoding=UTF8"]
        subprocess.run([*command, *options], check=True, stdout=subprocess.DEVNULL, cwd="/")
    settings = [f"--{name}={value}" for name, value in SETTINGS.items()]
    command = [*prefix, str(programs / "postgres"), "-D", str(CLUSTER), "-k", str(CLUSTER)]
    with (CLUSTER.parent / f"{CLUSTER.name}.log").open("ab") as log:
        server = subprocess.Popen([*command, *settings], stdout=log, stderr=log, cwd="/")
    try:
        _wait(programs / "pg_isready", server)
        yield
    finally:
        server.terminate()
        server.wait()


def _installed() -> list[str]:
    return sorted(map(str, Path("/usr/lib/postgresql").glob("*/bin/postgres")), reverse=True)


def _wait(ready: Path, server: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        done = subprocess.run([ready, "-q", "-h", CLUSTER], check=False)
        if done.returncode == 0:
            return
        if server.poll() is not None:
            break
        time.sleep(0.1)
    raise MissingPeerError(f"PostgreSQL did not start; see {CLUSTER}.log")


def _load(base: Any, name: str, path: Path) -> None:
    """Copy a layer into a table with an index, unless the table is of that file already."""
    pq = needed("pyarrow.parquet")
    status = path.stat()
    mark = f"{path.resolve()} {status.st_size} {status.st_mtime_ns}"
    base.execute("CREATE TABLE IF NOT EXISTS loaded (name text PRIMARY KEY, mark text)")
    row = base.execute("SELECT mark FROM loaded WHERE name = %s", [name]).fetchone()
    if row and row[0] == mark:
        return
    file = pq.ParquetFile(path)
    columns = [column for column in file.schema_arrow.names if column not in {"geometry", "bbox"}]
    types = ", ".join(f"{column} {'bigint' if column == 'id' else 'text'}" for column in columns)
    base.execute(f"DROP TABLE IF EXISTS {name}")
    base.execute(f"CREATE UNLOGGED TABLE {name} ({types}, geometry geometry)")
    names = ", ".join([*columns, "geometry"])
    with base.cursor() as cursor, cursor.copy(f"COPY {name} ({names}) FROM STDIN") as copy:
        for batch in file.iter_batches(columns=[*columns, "geometry"]):
            values = [batch.column(column).to_pylist() for column in columns]
            shapes = [shape.hex() for shape in batch.column("geometry").to_pylist()]
            for record in zip(*values, shapes, strict=True):
                copy.write_row(record)
    base.execute(f"CREATE INDEX ON {name} USING gist (geometry)")
    base.execute(f"ALTER TABLE {name} SET (parallel_workers = {WORKERS})")
    base.execute(f"VACUUM ANALYZE {name}")
    base.execute(
        "INSERT INTO loaded VALUES (%s, %s) ON CONFLICT (name) DO UPDATE SET mark = excluded.mark",
        [name, mark],
    )
