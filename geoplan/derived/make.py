"""Derived grids as files: what `geoplan derive` does."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Literal

import numpy as np

from geoplan.config import Project
from geoplan.derived.distance import Target, distance_on, error_of, target_of
from geoplan.derived.names import Wanted, grid_of, shapes_of
from geoplan.derived.terrain import (
    COARSEST_M,
    LEVEL,
    ROUNDED,
    aspect_deg,
    check_heights,
    flattening,
    gradient_in,
    side_m,
    slope_deg,
)
from geoplan.derived.written import Computed, How, Kind, Made, check_out, tags_of, titled, write
from geoplan.errors import UsageError
from geoplan.raster import Grid, Source, Window

NODATA = -9999.0

Terrain = Literal["slope", "percent", "aspect"]

HORN = (
    "Horn (1981), 3 x 3 cells of the DEM's own grid; steps in metres on the ellipsoid, "
    "directions from true north; heights in metres"
)

KINDS: dict[Terrain, Kind] = {
    "slope": Kind("float32", NODATA, ("坡度 slope",), "deg"),
    "percent": Kind("float32", NODATA, ("坡度 slope",), "%"),
    "aspect": Kind("float32", LEVEL, ("坡向 aspect",), "deg", averaged=False),
}


def derive_terrain(
    what: Terrain, dem: Source, *, out: Path, project: Project | None = None, how: How | None = None
) -> Made:
    """Write the slope (degrees or percent) or aspect (degrees from true north) of a DEM.

    On the DEM's own grid. Cells without eight neighbours that have heights have none; in
    aspects, nor has level ground.

    Raises
    ------
    UsageError
        As `check_heights`, or if the file cannot be written there.
    DataError
        If cells cannot be read.
    """
    chosen, kind = how or How(), KINDS[what]
    check_out(out, sources=(dem,), project=project)
    check_heights(dem, force=chosen.force)
    notes = [*dem.decisions]
    if not dem.unit:
        notes.append(f"{dem.path.name}: states no unit of heights; metres are assumed")
    cell = side_m(dem.grid)
    if cell > COARSEST_M * ROUNDED:
        notes.append(f"forced: {flattening(cell)}")
    if what == "aspect":
        notes.append(f"{LEVEL:g}: level ground, or no data")
    if dem.synthetic:
        notes.append(f"{dem.path.name}: 合成数据 synthetic")
    titles = tuple(titled(title, synthetic=dem.synthetic) for title in kind.titles)
    facts = write(
        out,
        dem.grid,
        tile=partial(_terrain, what=what, dem=dem),
        kind=Kind(kind.dtype, kind.nodata, titles, kind.unit, averaged=kind.averaged),
        how=chosen,
        told=tags_of(what, HORN, sources=(dem,), notes=tuple(notes)),
    )
    return Made(out, dem.grid, kind.unit, facts, tuple(notes))


def _terrain(window: Window, *, what: Terrain, dem: Source) -> Computed:
    east, north = gradient_in(dem, window)
    if what == "aspect":
        made = aspect_deg(east, north)
    elif what == "percent":
        made = np.hypot(east, north) * 100
    else:
        made = slope_deg(east, north)
    return Computed(np.where(np.isnan(made), KINDS[what].nodata, made).astype("float32"))


def derive_distance(
    target: str,
    wanted: Wanted,
    *,
    out: Path,
    project: Project,
    max_km: float | None = None,
    how: How | None = None,
) -> Made:
    """Write the distance in metres from each cell's centre to a file's, layer's or river's shapes.

    Cells farther than `max_km` have no value. See `distance_on`, `shapes_of` and `grid_of`.

    Raises
    ------
    UsageError, UnitError, DataError
        As those do, or if the file cannot be written there.
    """
    check_out(out, project=project)
    if max_km is not None and not max_km > 0:
        raise UsageError(f"--max-km {max_km:g}: give a distance above 0")
    grid = grid_of(wanted, project)
    named = shapes_of(target, grid, project=project)
    ready = target_of(named.shapes, grid)
    limit = None if max_km is None else max_km * 1e3
    notes = [*named.notes]
    if limit is not None:
        notes.append(f"cells farther than {max_km:g} km have no value")
    method = (
        f"distance in metres of cells' centres to {named.source}; straight on the ground, "
        f"in Gauss-Kruger CM {ready.meridian:g} less its stretching; 0 inside of polygons; "
        f"good to {error_of(grid):.1g} of it"
    )
    title = titled(f"距离：{named.title}", indicative=named.indicative)
    facts = write(
        out,
        grid,
        tile=partial(_distance, target=ready, grid=grid, limit=limit),
        kind=Kind("float32", NODATA, (title,), "m"),
        how=how or How(),
        told=tags_of("distance", method, notes=tuple(notes)),
    )
    return Made(out, grid, "m", facts, tuple(notes))


def _distance(window: Window, *, target: Target, grid: Grid, limit: float | None) -> Computed:
    made = distance_on(target, grid.part(window))
    if limit is not None:
        made[made > limit] = NODATA
    return Computed(made.astype("float32"))
