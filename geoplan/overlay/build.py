"""The stage: from units, features and memberships to coverage, pieces and overlaps."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

import geopandas as gpd
import shapely

from geoplan import cluster, crs, geometry
from geoplan.kept import Kept
from geoplan.overlay.coverage import coverage_table
from geoplan.overlay.membership import Memberships
from geoplan.overlay.overlaps import overlaps_table
from geoplan.overlay.pictures import pictures_table
from geoplan.overlay.unit import (
    Label,
    Shape,
    UnitResult,
    UnitTask,
    overlay_unit,
    results_of,
    results_table,
)
from geoplan.overlay.zonal import zonal_table
from geoplan.schema import BASIS_OF, Tables, check, frame, row_id

KEPT = "overlay-units"
"""Name under which the results of the counties are kept."""


def build_overlay(
    tables: Tables,
    *,
    scheduler: str = "threads",
    workers: int | None = None,
    progress: cluster.Progress | None = None,
    kept: Kept | None = None,
    rasters: Mapping[str, Path] | None = None,
) -> dict[str, pd.DataFrame]:
    """Overlay all layers on all counties.

    Parameters
    ----------
    tables
        `units`, `layers`, `features`, `memberships`, `rasters`; `classes` where there are rasters.
    scheduler, workers, progress
        See `geoplan.cluster.run`. The result is the same, bit for bit, for
        every scheduler and any number of workers.
    kept
        Results of earlier runs: only counties with another input than then are
        cut, and `progress` hears of those only.
    rasters
        Files or folders with the cells of raster layers.

    Returns
    -------
    dict
        `coverage` of counties, cities and province; `pieces` of counties
        (EPSG:4490); `overlaps` by county and in total; `zonal`; `pictures`; `dropped` and `issues`.

    Raises
    ------
    SchemaError
        If a table is not as `geoplan.schema` says.
    StageError
        If areas are not conserved; see `overlay_unit`.
    OSError
        If results cannot be kept.
    """
    for name in ("units", "layers", "features", "memberships", "rasters"):
        check(name, tables[name])
    for name in ("units", "features"):
        crs.require(gpd.GeoDataFrame(tables[name]), crs.DATA_CRS, source=f"table {name!r}")
    members = Memberships.of(tables)
    tasks = list(_tasks(tables, members))
    cut = partial(
        cluster.run, overlay_unit, scheduler=scheduler, workers=workers, progress=progress
    )
    kept = kept or Kept(None)
    results = _results(tasks, kept, cut)
    zonal, issues = zonal_table(
        tables, rasters or {}, scheduler=scheduler, workers=workers, kept=kept
    )
    return {
        "coverage": coverage_table(tables, members, results=results),
        "pieces": _pieces(results),
        "overlaps": overlaps_table(tables, members, results=results),
        "zonal": zonal,
        "pictures": pictures_table(tables, rasters or {}, kept=kept),
        "issues": frame("issues", issues),
        "dropped": _dropped(results),
    }


def _results(
    tasks: list[UnitTask], kept: Kept, cut: Callable[[list[UnitTask]], list[UnitResult]]
) -> list[UnitResult]:
    """Take the results that are kept, cut the other counties, and keep all for the next run."""
    by_key = {kept.key(*task.parts): task for task in tasks}
    table = kept.read(KEPT)
    before = {} if table is None else results_of(table)
    missing = {key: task for key, task in by_key.items() if key not in before}
    made = dict(zip(missing, cut(list(missing.values())), strict=True))
    results = {key: made[key] if key in made else before[key] for key in by_key}
    if results.keys() != before.keys():
        kept.write(KEPT, results_table(results))
    return list(results.values())


def _tasks(tables: Tables, members: Memberships) -> Iterator[UnitTask]:
    units = tables["units"]
    counties = units[units["level"] == "county"]
    outlines = crs.data_to_work(np.asarray(counties.geometry))
    shapes = _shapes(tables["features"])
    tree = shapely.STRtree([shapely.from_wkb(shape.wkb) for shape in shapes])
    for adcode, outline in zip(counties["adcode"], outlines, strict=True):
        near = sorted(tree.query(outline, predicate="intersects"))
        yield UnitTask(
            adcode,
            shapely.to_wkb(outline),
            tuple(sorted({label for label, _ in members.wholly_in(adcode)})),
            tuple(shapes[i] for i in near),
        )


def _shapes(features: pd.DataFrame) -> list[Shape]:
    drawn = features[features["extent"].isin(["delimited", "indicative"])]
    drawn = drawn[~drawn["geometry"].isna()]
    work = crs.data_to_work(np.asarray(drawn.geometry))
    # Sorted, since the bits of a union depend on the order of its parts.
    return sorted(
        Shape(Label(row[0], row[1], BASIS_OF[row[2]]), row[3], shapely.to_wkb(shape))
        for row, shape in zip(
            drawn[["layer", "class", "extent", "feature"]].itertuples(index=False),
            work,
            strict=True,
        )
    )


def _pieces(results: list[UnitResult]) -> gpd.GeoDataFrame:
    rows = [
        {
            "adcode": result.adcode,
            "classes": ";".join(map(str, piece.labels)),
            "n_classes": len(piece.labels),
            "area_km2": geometry.km2(piece.area),
            "geometry": shapely.from_wkb(piece.wkb),
        }
        for result in results
        for piece in result.pieces
    ]
    return gpd.GeoDataFrame(frame("pieces", rows), geometry="geometry", crs=crs.DATA_CRS)


def _dropped(results: list[UnitResult]) -> pd.DataFrame:
    return frame(
        "dropped",
        [
            {
                "id": row_id("overlay", "sliver", result.adcode),
                "stage": "overlay",
                "layer": None,
                "feature": None,
                "adcode": result.adcode,
                "area_m2": result.dropped / geometry.AREA_UNITS_PER_M2,
                "reason": "sliver",
            }
            for result in results
            if result.dropped
        ],
    )
