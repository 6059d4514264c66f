"""Shapes of criteria on the grid of a model: where layers are, widened where a model says so."""

from __future__ import annotations

import numpy as np

import shapely

from geoplan import crs, geometry, raster
from geoplan.derived import Target, target_of
from geoplan.ledger.places import Place
from geoplan.schema import Tables
from geoplan.suitability.bind import Bound

QUARTER = 16
"""Edges of a quarter of the circle that a buffer draws around a corner: off by 0.1 %."""


def shapes_of(ready: Bound, tables: Tables, *, grid: raster.Grid) -> dict[str, np.ndarray]:
    """Return the shapes of criteria by their ids: polygons of `crs.WORK_CRS` that do not overlap.

    Those within reach of the grid are taken. Buffers are drawn in Gauss-Krüger about the
    grid's middle, where metres are those of the ground.
    """
    made: dict[str, np.ndarray] = {}
    for criterion in ready.model.criteria:
        if criterion.layer is not None:
            place = ready.places[criterion.id]
            made[criterion.id] = _parts(place, tables, grid, criterion.buffer_m or 0.0)
    return made


def _parts(place: Place, tables: Tables, grid: raster.Grid, buffer_m: float) -> np.ndarray:
    units = tables["units"].set_index("adcode")
    whole = crs.data_to_work(units.loc[sorted(place.whole), "geometry"].to_numpy())
    every = shapely.get_parts(np.array([*whole, place.shape], dtype=object))
    reach = shapely.box(*grid.bounds).buffer(buffer_m * 1.1)  # Albers is off by a few percent
    near = every[shapely.intersects(every, reach)]
    if not len(near):
        return np.asarray(near)
    if buffer_m:
        near = _widened(near, grid, buffer_m)
    merged: shapely.Geometry = geometry.polygonal(shapely.union_all(near))
    return np.asarray(shapely.get_parts(merged))


def _widened(shapes: np.ndarray, grid: raster.Grid, buffer_m: float) -> np.ndarray:
    west, _, east, _ = crs.bounds_to_any(grid.bounds, source=grid.crs, target=crs.DATA_CRS)
    plane = crs.print_crs((west + east) / 2)
    flat = crs.work_to_any(shapely.segmentize(shapes, 1_000.0), plane)
    wide = np.asarray(shapely.buffer(flat, buffer_m, quad_segs=QUARTER))
    return np.asarray(crs.any_to_work(wide, plane))


def targets_of(ready: Bound, grid: raster.Grid) -> dict[str, Target]:
    """Return what distances are taken to, by the ids of criteria, made ready for a grid."""
    return {name: target_of(shapes, grid) for name, shapes in ready.far.items()}
