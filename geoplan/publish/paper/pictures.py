"""Rasters on a map sheet: pictures cut off at its frame, pale outside of the unit."""

from __future__ import annotations

from base64 import b64encode

import numpy as np

import shapely

from geoplan.publish import projected
from geoplan.publish.images import Image
from geoplan.publish.paper.base import Base
from geoplan.publish.paper.content import Content
from geoplan.publish.paper.layout import Box
from geoplan.publish.svg import area_data, element

XLINK = "http://www.w3.org/1999/xlink"
"""What Word and LibreOffice read of a picture's address."""


def pictures(base: Base, content: Content) -> list[str]:
    """Return the rasters of a sheet, and what makes them pale outside of its unit."""
    made = [part for image in content.images if (part := _picture(base, image))]
    if not made:
        return []
    shapes = [shape for code, shape in base.shapes.items() if code in base.inside]
    inside = projected.union(np.array(shapes, dtype=object))
    outside = area_data([shapely.difference(base.window, inside)], decimals=2)
    style = {"fill": "#ffffff", "fill_opacity": 0.72, "fill_rule": "evenodd"}
    return [*made, element("path", d=outside, **style)] if outside else made


def _picture(base: Base, image: Image) -> str:
    """Return a raster in mm; only what lies in the frame is in it. Empty where nothing does."""
    west, south, east, north = image.bounds
    corners = base.frame.place(shapely.points([(west, north), (east, south)]))
    (left, top), (right, bottom) = shapely.get_coordinates(corners).tolist()
    step = ((right - left) / image.size[0], (bottom - top) / image.size[1])
    frame = base.layout.map
    cols = _inside((frame.x - left) / step[0], (frame.right - left) / step[0], image.size[0])
    rows = _inside((frame.y - top) / step[1], (frame.bottom - top) / step[1], image.size[1])
    if not cols or not rows:
        return ""
    part = image.png
    if (len(cols), len(rows)) != image.size:
        part = _cropped(part, rows, cols)
    x, y = left + cols.start * step[0], top + rows.start * step[1]
    return _element(part, Box(x, y, len(cols) * step[0], len(rows) * step[1]))


def _inside(start: float, end: float, most: int) -> range:
    """Return the whole pixels between two edges of the frame."""
    # An edge that is one of the picture may differ in the last digit.
    return range(max(0, int(np.ceil(start - 1e-6))), min(most, int(np.floor(end + 1e-6))))


def _cropped(png: bytes, rows: range, cols: range) -> bytes:
    from geoplan.raster import Window, cropped

    return cropped(png, Window(rows.start, cols.start, len(rows), len(cols)))


def _element(png: bytes, box: Box) -> str:
    address = f"data:image/png;base64,{b64encode(png).decode('ascii')}"
    # Hundredths of a millimetre would move the far edge of small pixels: more digits here.
    place = {"x": box.x, "y": box.y, "width": box.width, "height": box.height}
    said = " ".join(f'{name}="{value:.4f}"' for name, value in place.items())
    return (
        f'<image {said} preserveAspectRatio="none" image-rendering="pixelated" '
        f'xmlns:xlink="{XLINK}" xlink:href="{address}"/>'
    )
