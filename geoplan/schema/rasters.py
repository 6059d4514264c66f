"""Tables of rasters: what is known of each, and what units get of its cells."""

from __future__ import annotations

from geoplan.schema.columns import Column, Table
from geoplan.schema.columns import one_of as _one_of
from geoplan.schema.columns import real as _real
from geoplan.schema.columns import text as _text
from geoplan.schema.figures import FILE_LINE
from geoplan.schema.vocabulary import RasterKind

RASTERS = Table(
    "rasters",
    ("layer",),
    (
        *_text("layer"),
        _one_of("raster_kind", RasterKind),
        *_text("measure", nullable=True),
        *_text("path", "sha256", "crs"),
        *_text("assumed_crs", nullable=True),
        *_real("cell_width_m", "cell_height_m"),
        Column("columns", "integer"),
        Column("rows", "integer"),
        Column("band", "integer"),
        *_text("cell_type"),
        *_real("nodata", nullable=True),
        *_text("values", "colours", "breaks", "decisions", nullable=True),
        Column("synthetic", "flag"),
        FILE_LINE,
    ),
)
"""One row a raster layer. `path` is a name of inputs (`Project.input_file`), `values` holds
``value=class`` by spaces, `colours` go from low to high with `breaks` between them."""

ZONAL = Table(
    "zonal",
    ("layer", "adcode", "class"),
    (
        *_text("layer", "adcode", "class"),
        *_text("measure", nullable=True),
        *_real("mean", "min", "q10", "median", "q90", "max", nullable=True),
        *_real("area_km2", "share_of_unit", nullable=True),
        *_real("cells", "share_covered"),
    ),
    sort=("layer", "adcode", "class"),
)
"""Cells of a raster in each unit, by exact parts of cells.

Amounts have one row a unit, with an empty class; classes a row each, and one with an
empty class where cells have values of none, or no cell of the unit has data.
"""
