"""A user's own file with shapes as one page that opens offline."""

from geoplan.own_map.make import Options, map_file
from geoplan.own_map.told import Made

__all__ = ["Made", "Options", "map_file"]
