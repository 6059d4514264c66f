"""Zonal statistics: what zones have of a raster, by exact parts of cells, in bounded memory."""

from geoplan.zonal.run import DEFAULT_MEMORY, Options, parsed, statistics
from geoplan.zonal.zones import Zones

__all__ = ["DEFAULT_MEMORY", "Options", "Zones", "parsed", "statistics"]
