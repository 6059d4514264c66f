"""A user's own file with shapes as one page that opens offline."""

from geoplan.own_map.make import Made, Options, map_file

__all__ = ["Made", "Options", "map_file"]
