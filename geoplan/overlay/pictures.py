"""The table `pictures`: what maps show of rasters."""

from __future__ import annotations

import math
from base64 import b64encode
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

import geopandas as gpd
import shapely

from geoplan import crs
from geoplan.errors import StageError
from geoplan.kept import Kept
from geoplan.pictured import RAMP, bounded, colours_of, edges_of
from geoplan.schema import TABLES, Tables, frame, records

if TYPE_CHECKING:
    from geoplan.raster import Source

PAD = 0.03
"""How much of the longer side of the scope its picture shows beyond it."""

SAMPLE_PX = 400
"""Pixels of the longer side of the picture that steps are chosen by."""

OUTER, RARE = 0.02, 2.0
"""Values of so small a part at either end get no steps of their own, where all values span so many
times what the others do."""


FACTS = (
    *("layer", "raster_kind", "sha256", "assumed_crs", "band", "nodata"),
    *("values", "colours", "breaks"),
)
"""Columns of `rasters` that pictures depend on."""


def pictures_table(tables: Tables, paths: Mapping[str, Path], *, kept: Kept) -> pd.DataFrame:
    """Make the table `pictures`, of the rasters that lie on the map.

    Parameters
    ----------
    tables
        `units`, `rasters` and `classes`.
    paths
        Where the raster of each layer is.
    kept
        Results of earlier runs: a raster that is as it was then is not opened.

    Raises `DataError` where cells cannot be read, `StageError` where a path is missing.
    """
    if not len(tables["rasters"]):
        return frame("pictures", [])
    units = gpd.GeoDataFrame(tables["units"])
    scope = units[~units["parent"].isin(units["adcode"])]
    colours = {row["class"]: row["colour"] for row in records(tables["classes"])}
    box = repr(scope.total_bounds.tolist())
    rows: list[dict[str, object]] = []
    for row in records(tables["rasters"]):
        values = [pair.split("=") for pair in (row["values"] or "").split()]
        classes = [(int(value), name, colours[name]) for value, name in values]
        name = f"picture-{kept.key(repr([row[column] for column in FACTS]), repr(classes), box)}"
        table = kept.read(name)
        if table is None or list(table.columns) != TABLES["pictures"].names:
            if row["layer"] not in paths:
                raise StageError(f"no file is given for the raster of {row['layer']}; report this")
            made = _pictured(row, paths[row["layer"]], scope, classes)
            table = frame("pictures", [made] if made else [])
            kept.write(name, table)
        rows += records(table)
    return frame("pictures", rows)


def _pictured(
    row: Mapping[str, Any],
    path: Path,
    scope: gpd.GeoDataFrame,
    classes: Sequence[tuple[int, str, str]],
) -> dict[str, object] | None:
    # GDAL with it, which most builds do without.
    from geoplan.raster import look

    source = look(
        path,
        band=row["band"],
        nodata=row["nodata"],
        assume_crs=row["assumed_crs"],
        kind=row["raster_kind"],
    )
    return picture_row(
        row["layer"],
        source,
        scope=scope,
        colours=(row["colours"] or "").split(),
        breaks=[float(value) for value in (row["breaks"] or "").split()],
        classes=classes,
    )


def picture_row(
    layer: str,
    source: Source,
    *,
    scope: gpd.GeoDataFrame,
    colours: Sequence[str] = (),
    breaks: Sequence[float] = (),
    classes: Sequence[tuple[int, str, str]] = (),
) -> dict[str, object] | None:
    """Return the row of a raster in table `pictures`; None where it does not lie on the map.

    Parameters
    ----------
    scope
        The unit of the whole atlas (EPSG:4490): its middle is the meridian of maps.
    colours, breaks
        Of amounts: colours from low to high (any number, two or more), and the limits
        between steps, ascending. Without breaks there are round, even steps.
    classes
        Of categories: value of the cells, class, colour.
    """
    from geoplan.raster import Picture, picture

    west, south, east, north = scope.total_bounds.tolist()
    meridian = crs.meridian_of((west, south, east, north))
    system = crs.print_crs(meridian)
    if _lies_apart(source, (west, south, east, north)):
        return None
    bounds = _padded(crs.data_to_print(scope.geometry.to_numpy(), meridian))
    if classes:
        limits: list[float] = [value for value, *_ in classes]
        shown = [colour for *_, colour in classes]
        legend = ";".join(f"{name} {colour}" for _, name, colour in classes)
    else:
        edges = _edges(source, system, bounds=bounds, breaks=breaks)
        if not edges:
            return None
        limits, shown = list(edges[1:-1]), list(colours_of(colours or RAMP, len(edges) - 1))
        steps = zip(edges[:-1], edges[1:], shown, strict=True)
        legend = ";".join(f"{low:.10g} {high:.10g} {colour}" for low, high, colour in steps)

    def make(longest_px: int) -> Picture:
        return picture(
            source, system, bounds=bounds, colours=shown, breaks=limits, longest_px=longest_px
        )

    made = bounded(make)
    across, down = source.grid.cell_m
    return {
        "layer": layer,
        "meridian": meridian,
        **dict(zip(("west", "south", "east", "north"), made.bounds, strict=True)),
        "width": made.width,
        "height": made.height,
        "cell_width_m": across,
        "cell_height_m": down,
        "cell_minutes": source.grid.dy * 60 if source.grid.crs.is_geographic else None,
        "legend": legend,
        "png": b64encode(made.png).decode("ascii"),
    }


def _padded(shapes: np.ndarray) -> crs.Bounds:
    west, south, east, north = shapely.total_bounds(shapes).tolist()
    pad = PAD * max(east - west, north - south)
    return west - pad, south - pad, east + pad, north + pad


def _lies_apart(source: Source, bounds: crs.Bounds) -> bool:
    """Return whether a raster and a box in degrees have nothing in common."""
    box = crs.bounds_to_data(source.grid.bounds, source.grid.crs)
    if box is None:
        return True
    west, south, east, north = bounds
    return box[2] <= west or east <= box[0] or box[3] <= south or north <= box[1]


def _edges(
    source: Source, system: crs.CRS, *, bounds: crs.Bounds, breaks: Sequence[float]
) -> tuple[float, ...]:
    """Return the limits of steps, the outer ones infinite where values may lie beyond them.

    There are none where no cell has a value.
    """
    from geoplan.raster import Grid, method_for, read_on

    west, south, east, north = bounds
    step = max(east - west, north - south) / SAMPLE_PX
    size = math.ceil((east - west) / step), math.ceil((north - south) / step)
    grid = Grid(system, west, north, step, step, *size)
    method = method_for(source, grid)
    whole = method == "bilinear" and step <= min(source.grid.cell_m)
    found = read_on(source, grid, resampling="nearest" if method == "bilinear" else method)
    values = found.compressed()
    if not values.size:
        return ()
    if len(breaks):
        return (-math.inf, *breaks, math.inf)
    low, high = float(values.min()), float(values.max())
    inner, outer = np.quantile(values, (OUTER, 1 - OUTER)).tolist()
    if outer > inner and high - low > RARE * (outer - inner):
        low, high, whole = inner, outer, False
    edges = edges_of(low, high)
    if low == high and not whole:  # a step of one value, and what may lie beyond it
        return (-math.inf, low, math.inf)
    return edges if whole else (-math.inf, *edges[1:-1], math.inf)
