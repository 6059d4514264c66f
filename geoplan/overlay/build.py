"""The stage: from units, features and memberships to coverage, pieces and overlaps."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

import geopandas as gpd
import shapely

from geoplan import cluster, crs, geometry
from geoplan.overlay.coverage import coverage_table
from geoplan.overlay.membership import Memberships
from geoplan.overlay.overlaps import overlaps_table
from geoplan.overlay.unit import Label, Shape, UnitResult, UnitTask, overlay_unit
from geoplan.schema import BASIS_OF, Tables, check, frame, row_id


def build_overlay(
    tables: Tables,
    *,
    scheduler: str = "threads",
    workers: int | None = None,
    progress: cluster.Progress | None = None,
) -> dict[str, pd.DataFrame]:
    """Overlay all layers on all counties.

    Parameters
    ----------
    tables
        `units`, `layers`, `features` and `memberships`.
    scheduler, workers, progress
        See `geoplan.cluster.run`. The result is the same, bit for bit, for
        every scheduler and any number of workers.

    Returns
    -------
    dict
        `coverage` of counties, cities and province; `pieces` of counties
        (EPSG:4490); `overlaps` by county and in total; `dropped`.

    Raises
    ------
    SchemaError
        If a table is not as `geoplan.schema` says.
    StageError
        If areas are not conserved; see `overlay_unit`.
    """
    for name in ("units", "layers", "features", "memberships"):
        check(name, tables[name])
    for name in ("units", "features"):
        crs.require(gpd.GeoDataFrame(tables[name]), crs.DATA_CRS, source=f"table {name!r}")
    members = Memberships.of(tables)
    tasks = list(_tasks(tables, members))
    results = cluster.run(
        overlay_unit, tasks, scheduler=scheduler, workers=workers, progress=progress
    )
    return {
        "coverage": coverage_table(tables, members, results=results),
        "pieces": _pieces(results),
        "overlaps": overlaps_table(tables, members, results=results),
        "dropped": _dropped(results),
    }


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
