"""The table `zonal`: what the cells of rasters are in each unit, by exact parts of cells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

import geopandas as gpd
import shapely

from geoplan import crs
from geoplan.errors import StageError
from geoplan.kept import Kept
from geoplan.schema import TABLES, Tables, frame, issue_row, records

if TYPE_CHECKING:
    from geoplan.overlay.cells import Cells

Row = dict[str, Any]

QUANTILES = {"q10": 0.1, "median": 0.5, "q90": 0.9}

FACTS = (
    *("layer", "raster_kind", "measure", "sha256"),
    *("assumed_crs", "band", "nodata", "values"),
)
"""Columns of `rasters` that figures depend on."""

DIGITS = 7
"""Significant digits of values, which are float32 as a rule."""

CELL_DIGITS = 6

CLOSE = 1e-9
"""Part of a unit within which it counts as wholly covered: what rounding leaves."""


def zonal_table(
    tables: Tables,
    paths: Mapping[str, Path],
    *,
    scheduler: str = "threads",
    workers: int | None = None,
    kept: Kept,
) -> tuple[pd.DataFrame, list[Row]]:
    """Make the table `zonal`, and rows of `issues` for cells of no class.

    Parameters
    ----------
    tables
        `units` and `rasters`.
    paths
        Where the raster of each layer is.
    kept
        Results of earlier runs: a raster that is as it was then is not opened.

    Cities and the province are measured as counties are, in outlines of their own. Raises
    `DataError` where cells cannot be read, `StageError` where a path is missing.
    """
    units = gpd.GeoDataFrame(tables["units"])
    outlines = crs.data_to_work(np.asarray(units.geometry))
    shapes, codes = b"".join(shapely.to_wkb(outlines)), " ".join(units["adcode"])
    rows: list[Row] = []
    for row in records(tables["rasters"]):
        facts = repr([row[column] for column in FACTS])
        name = f"zonal-{kept.key(facts, codes, shapes)}"
        table = kept.read(name)
        if table is None or list(table.columns) != TABLES["zonal"].names:
            if row["layer"] not in paths:
                raise StageError(f"no file is given for the raster of {row['layer']}; report this")
            # GDAL with it, which most builds do without.
            from geoplan.overlay.cells import gather

            path = paths[row["layer"]]
            cells = gather(path, row, outlines=outlines, scheduler=scheduler, workers=workers)
            made = _rows(row, records(units[["adcode", "area_km2"]]), cells)
            table = pd.DataFrame(made, columns=TABLES["zonal"].names)
            kept.write(name, table)
        rows += records(table)
    whole = frame("zonal", rows)
    return whole, list(_issues(tables["rasters"], whole))


def mean_heights(path: Path, shapes: np.ndarray) -> list[float | None]:
    """Return the mean of a raster of heights in each shape (EPSG:4490), None where it has none.

    Raises what `raster.look` and `raster.read` raise.
    """
    from geoplan.overlay.cells import gather

    plain = {"band": 1, "nodata": None, "assumed_crs": None, "raster_kind": "continuous"}
    found = gather(path, plain, outlines=crs.data_to_work(shapes))
    return [None if cells is None else cells.mean for cells in found]


def _rows(row: Row, units: Sequence[Row], cells: Sequence[Cells | None]) -> Iterator[Row]:
    for unit, own in zip(units, cells, strict=True):
        common = {"layer": row["layer"], "adcode": unit["adcode"], "measure": row["measure"]}
        common |= {"class": "", "cells": 0.0, "share_covered": 0.0}
        if own is None:
            yield common
            continue
        share = own.areas.sum() / 1e6 / unit["area_km2"]
        covered = {"share_covered": 1.0 if share > 1 - CLOSE else float(share)}
        if row["raster_kind"] == "continuous":
            yield common | covered | _amounts(own)
            continue
        for class_, areas, count in _by_class(row, own):
            yield (
                common
                | covered
                | {
                    "class": class_,
                    "area_km2": areas / 1e6,
                    "share_of_unit": min(areas / 1e6 / unit["area_km2"], 1.0),
                    "cells": round(count, CELL_DIGITS),
                }
            )


def _amounts(own: Cells) -> Row:
    low = dict(zip(QUANTILES, own.quantiles(list(QUANTILES.values())), strict=True))
    found = {"mean": own.mean, "min": own.low, "max": own.high, **low}
    made: Row = {name: float(f"{value:.{DIGITS}g}") for name, value in found.items()}
    return made | {"cells": round(float(own.counts.sum()), CELL_DIGITS)}


def _by_class(row: Row, own: Cells) -> Iterator[tuple[str, float, float]]:
    """Yield class, area in m² and cells; the class is empty for values that have none."""
    of = dict(pair.split("=") for pair in row["values"].split())
    classes = [of.get(str(int(value)), "") for value in own.distinct]
    for class_ in sorted(set(classes)):
        here = np.array([c == class_ for c in classes])
        yield class_, float(own.areas[here].sum()), float(own.counts[here].sum())


def _issues(rasters: pd.DataFrame, made: pd.DataFrame) -> Iterator[Row]:
    """Tell of rasters with cells of no class, and of those that leave units uncovered."""
    for row in records(rasters):
        own = made[made["layer"] == row["layer"]]
        bare = sorted(own["adcode"][own["share_covered"] == 0])
        if bare:
            message = f"{len(bare)} unit(s) have no cell with data, such as {bare[0]}"
            yield issue_row(
                "overlay.raster_uncovered", row["layer"], message, measured=str(len(bare))
            )
        lost = own[(own["class"] == "") & own["area_km2"].notna()]
        if len(lost):
            area = f"{lost['area_km2'].max():.6f} km2"
            message = "cells have values that no [[raster.class]] names; they count to no class"
            yield issue_row("overlay.raster_unlisted", row["layer"], message, measured=area)
