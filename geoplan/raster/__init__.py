"""Grids of cells: the door to rasterio and exactextract.

A raster is looked at once (`look`), which gives a value without an open file;
cells are read by window (`read`), or brought to another grid (`read_on`).
"""

from geoplan.raster.cells import Method, brought, method_for, read, read_on, stored_in
from geoplan.raster.exact import Covered, Parts, densified, fractions, parts, sound
from geoplan.raster.facts import look
from geoplan.raster.grid import (
    TILE,
    Grid,
    Metric,
    Window,
    cell_areas_m2,
    metric,
    snapped,
)
from geoplan.raster.image import Picture, cropped, picture, png
from geoplan.raster.opened import SUFFIXES
from geoplan.raster.source import KINDS, Class, Kind, Source, Tile
from geoplan.raster.write import About, check_target, write_cog

__all__ = [
    "KINDS",
    "SUFFIXES",
    "TILE",
    "About",
    "Class",
    "Covered",
    "Grid",
    "Kind",
    "Method",
    "Metric",
    "Parts",
    "Picture",
    "Source",
    "Tile",
    "Window",
    "brought",
    "cell_areas_m2",
    "check_target",
    "cropped",
    "densified",
    "fractions",
    "look",
    "method_for",
    "metric",
    "parts",
    "picture",
    "png",
    "read",
    "read_on",
    "snapped",
    "sound",
    "stored_in",
    "write_cog",
]
