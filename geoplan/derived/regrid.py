"""Any raster on an equal-area grid, or on that of another raster."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np

from geoplan import crs
from geoplan.config import Project
from geoplan.derived.names import Wanted, grid_of
from geoplan.derived.terrain import side_m
from geoplan.derived.written import (
    Computed,
    How,
    Kind,
    Made,
    check_out,
    tags_of,
    titled,
    write,
)
from geoplan.errors import DataError, UsageError
from geoplan.raster import Grid, Method, Source, Window, method_for, read_on, snapped

NODATA = -9999.0

DIRECTIONS = "aspect"
"""What the tag ``GEOPLAN_DERIVED`` says of directions, which have no mean."""


def derive_grid(
    source: Source,
    wanted: Wanted,
    *,
    out: Path,
    project: Project,
    resampling: Method | None = None,
    how: How | None = None,
) -> Made:
    """Write a raster on another grid: of cells over a unit, of all of it, or of a raster.

    Classes keep type, legend and values: the nearest cell, or the commonest where several lie
    in a cell. Amounts become real numbers: in proportion, or their mean.

    Parameters
    ----------
    wanted
        Without a unit, the grid covers all of the raster.
    resampling
        Default: `raster.method_for` kind and size of cells.

    Raises
    ------
    UsageError
        If classes or directions would be averaged, or the file cannot be written there.
    UnitError, DataError
        As `grid_of`, or if cells cannot be read.
    """
    check_out(out, sources=(source,), project=project)
    grid = _grid(source, wanted, project)
    method = resampling or _method(source, grid)
    if method not in ("nearest", "mode") and _without_mean(source):
        raise UsageError(
            f"{source.path}: holds {_without_mean(source)}, which have no mean; {method} would "
            "make one: say --resampling nearest"
        )
    notes = (
        *source.decisions,
        f"cells of {side_m(source.grid):.4g} m brought to {side_m(grid):.4g} m: {method}",
    )
    facts = write(
        out,
        grid,
        tile=partial(_tile, source=source, grid=grid, method=method),
        kind=_kind(source),
        how=how or How(),
        told=tags_of("grid", f"resampled: {method}", sources=(source,), notes=notes),
    )
    return Made(out, grid, source.unit, facts, notes)


def _grid(source: Source, wanted: Wanted, project: Project) -> Grid:
    if wanted.unit is not None or wanted.grid_of is not None or wanted.cell_m is None:
        return grid_of(wanted, project)
    bounds = crs.bounds_to_any(source.grid.bounds, source=source.grid.crs, target=crs.WORK_CRS)
    return snapped(bounds, wanted.cell_m)


def _without_mean(source: Source) -> str:
    if source.kind == "categorical":
        return "classes"
    return "directions" if source.tags.get("GEOPLAN_DERIVED") == DIRECTIONS else ""


def _method(source: Source, grid: Grid) -> Method:
    return method_for(source, grid) if _without_mean(source) != "directions" else "nearest"


def _kind(source: Source) -> Kind:
    title = (titled(source.path.stem, synthetic=source.synthetic),)
    whole = source.kind == "categorical" and (source.scale, source.offset) == (1.0, 0.0)
    averaged = not _without_mean(source)
    if not whole:
        none = -1.0 if source.nodata == -1.0 else NODATA
        return Kind("float32", none, title, source.unit, averaged=averaged)
    dtype = "uint8" if source.dtype == "bool" else source.dtype
    stated = source.nodata
    nodata = float(np.iinfo(dtype).max) if stated is None else stated
    legend = source.legend if dtype == "uint8" else ()
    return Kind(dtype, nodata, title, legend=legend, averaged=averaged)


def _tile(window: Window, *, source: Source, grid: Grid, method: Method) -> Computed:
    kind = _kind(source)
    found = read_on(source, grid.part(window), resampling=method)
    values, known = np.ma.getdata(found), ~np.ma.getmaskarray(found)
    made = np.full(values.shape, kind.nodata, dtype=kind.dtype)
    made[known] = values[known]
    clash = int((made[known] == np.dtype(kind.dtype).type(kind.nodata)).sum())
    if clash:
        raise DataError(
            f"{source.path}: {kind.nodata:g} would mean no data, but {clash} cells have that "
            "value; say --nodata with a number that no cell has"
        )
    return Computed(made)
