"""Grids that are made of others: slope, aspect, distance, classes; see `geoplan derive`.

`slope_on`, `aspect_on`, `distance_on` and `shares_on` answer for any grid, so for one tile.
"""

from geoplan.derived.classes import derive_classes, derive_shares
from geoplan.derived.distance import Target, distance_on, error_of, target_of
from geoplan.derived.make import derive_distance, derive_terrain
from geoplan.derived.names import Wanted
from geoplan.derived.regrid import derive_grid
from geoplan.derived.shares import dissolved, largest, shares_on
from geoplan.derived.terrain import LEVEL, aspect_on, check_heights, side_m, slope_on
from geoplan.derived.written import How, Made
from geoplan.raster import Source, look

__all__ = [
    "LEVEL",
    "How",
    "Made",
    "Source",
    "Target",
    "Wanted",
    "aspect_on",
    "check_heights",
    "derive_classes",
    "derive_distance",
    "derive_grid",
    "derive_shares",
    "derive_terrain",
    "dissolved",
    "distance_on",
    "error_of",
    "largest",
    "look",
    "shares_on",
    "side_m",
    "slope_on",
    "target_of",
]
