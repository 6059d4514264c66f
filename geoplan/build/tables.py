"""Tables of the build folder: which stage leaves which, and whether they fit together."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import pandas as pd

import geopandas as gpd

from geoplan import crs, vector
from geoplan.build.book import Book
from geoplan.build.keys import DERIVED, READERS, Stage
from geoplan.config import Project
from geoplan.errors import DataError, StageError
from geoplan.schema import Tables, check, frame, records

OUTPUTS: dict[Stage, tuple[str, ...]] = {
    "boundaries": ("units", "sources"),
    "layers": (
        *("documents", "themes", "classes", "maps", "layers", "features", "memberships"),
        *("stated", "checks", "indicators", "findings", "passages"),
        *("rules", "overrides", "rasters"),
    ),
    "overlay": ("coverage", "pieces", "overlaps", "zonal", "pictures"),
    "analysis": ("claims", "conflicts"),
    "publish": (),
}
"""Tables that each stage writes to the build folder, besides its part of `issues` and `dropped`."""

SHARED = ("issues", "dropped")
"""Tables to which every stage adds rows, in a file of its own."""


def write_tables(project: Project, stage: Stage, *, tables: Tables) -> list[str]:
    """Write the tables that `stage` made; return the names of their files, sorted.

    Raises `StageError` where one cannot be written.
    """
    files = {name: f"{name}.parquet" for name in OUTPUTS[stage]}
    files |= {name: f"{name}-{stage}.parquet" for name in SHARED if name in tables}
    for name, file in files.items():
        path = project.build_folder / file
        try:
            vector.write_table(tables[name], path)
        except OSError as fault:
            raise StageError(f"{path}: cannot be written: {fault.strerror or fault}") from fault
    for name in set(SHARED) - set(files):
        with suppress(OSError):
            (project.build_folder / f"{name}-{stage}.parquet").unlink()
    return sorted(files.values())


def read_tables(project: Project, names: Iterable[str]) -> dict[str, pd.DataFrame]:
    """Read tables of the build folder and check them; raises `DataError` where one is missing."""
    folder = project.build_folder
    tables = {}
    for name in names:
        if name not in SHARED and not (folder / f"{name}.parquet").exists():
            stage = next(stage for stage, outputs in OUTPUTS.items() if name in outputs)
            raise DataError(
                f"{folder / f'{name}.parquet'}: there is no such table; "
                f"run `geoplan run {stage}` first, or `geoplan build` for all stages"
            )
        if name in SHARED:
            paths = sorted(folder.glob(f"{name}-*.parquet"))
            rows = [row for path in paths for row in records(_read_table(path, name))]
            tables[name] = frame(name, rows)
        else:
            tables[name] = _read_table(folder / f"{name}.parquet", name)
    return tables


def _read_table(path: Path, name: str) -> pd.DataFrame:
    table = vector.read_table(path)
    check(name, table)
    if isinstance(table, gpd.GeoDataFrame):
        crs.require(table, crs.DATA_CRS, source=str(path))
    return table


def require_fresh(book: Book) -> None:
    """Check that tables fit together; `DataError` names the first stage that has to run again."""
    read = {stage: book.parts(stage) for stage in READERS}
    for stage, parts in read.items():
        if parts is None:
            raise DataError(f"the tables of stage {stage!r} are not whole; {_again(stage)}")
    boundaries, layers = read["boundaries"] or {}, read["layers"] or {}
    shared = (name for name in boundaries.keys() & layers.keys() if name.startswith("file "))
    if any(boundaries[name] != layers[name] for name in shared):
        raise DataError(_stale("layers"))
    for stage in ("layers", *DERIVED):
        parts = book.parts(stage) or {}
        if any(parts.get(name) != digest for name, digest in book.columns(stage).items()):
            raise DataError(_stale(stage))


def _stale(stage: str) -> str:
    return (
        f"the tables of stage {stage!r} were made of other inputs than those of the stages before; "
        + _again(stage)
    )


def _again(stage: str) -> str:
    return f"run `geoplan run {stage}` and the stages after it, or `geoplan build`"


def summary(project: Project) -> dict[str, float]:
    """Return how many issues of each severity the last build has, and the area dropped in km²."""
    tables = read_tables(project, SHARED)
    counts = tables["issues"]["severity"].value_counts()
    found = {str(name): int(counts.get(name, 0)) for name in ("info", "warning", "error")}
    return {**found, "dropped_km2": float(tables["dropped"]["area_m2"].sum()) / 1e6}


def faults(project: Project) -> list[str]:
    """Return the faults of plans that a strict build stops at.

    Those are issues that are no mere notes, and figures that the geometry contradicts.
    """
    tables = read_tables(project, ["issues", "claims"])
    issues = tables["issues"][tables["issues"]["severity"] != "info"]
    found = [
        f"{row['stage']}.{row['check']}: {row['subject']}: {row['message']}"
        for row in records(issues)
    ]
    claims = tables["claims"]
    # A printed sum that does not add up is a finding about a text; only shapes stop a build.
    claims = claims[(claims["status"] == "inconsistent") & (claims["method"] == "geometry")]
    found += [
        f"claim {row['of']} ({row['quantity']}): printed {row['published']:g} {row['measure']}, "
        f"computed {row['computed']:g}; {row['document']}, line {row['line']}"
        for row in records(claims)
    ]
    return found
