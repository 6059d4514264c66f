"""Slope, aspect and distance on the grid of a model."""

from __future__ import annotations

import numpy as np

from geoplan import raster
from geoplan.derived import Target, aspect_on, distance_on, slope_on
from geoplan.suitability.model import Derived


def terrain_on(
    what: Derived,
    grid: raster.Grid,
    *,
    source: raster.Source | None,
    target: Target | None,
    forced: bool,
) -> np.ma.MaskedArray:
    """Return degrees of slope or aspect (below 0: level), or metres of distance, on a grid."""
    if target is not None:
        return np.ma.MaskedArray(distance_on(target, grid))
    assert source is not None, what  # noqa: S101 - slope and aspect name an input
    made = slope_on if what == "slope" else aspect_on
    return made(source, grid, force=forced)
