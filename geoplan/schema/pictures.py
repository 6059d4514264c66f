"""The table of pictures: what maps show of rasters. It goes from stage to stage and no further."""

from __future__ import annotations

from geoplan.schema.columns import Column, Table
from geoplan.schema.columns import real as _real
from geoplan.schema.columns import text as _text

PICTURES = Table(
    "pictures",
    ("layer",),
    (
        *_text("layer"),
        *_real("meridian", "west", "south", "east", "north"),
        Column("width", "integer"),
        Column("height", "integer"),
        *_real("cell_width_m", "cell_height_m"),
        *_real("cell_minutes", nullable=True),
        *_text("legend", "png"),
    ),
)
"""One row a raster layer that lies on the map. Bounds are metres of the print system about
`meridian`, size is in pixels; `cell_minutes` is the side of a cell in minutes of arc, of grids in
degrees. `legend` has ``low high #colour`` for steps, ``class #colour`` for classes, between
semicolons. `png` is in base64.
"""

INNER = ("pictures",)
"""Tables that are not handed out."""
