"""Geometries as pages carry them: small whole numbers, differences instead of places."""

from __future__ import annotations

from typing import Any

import shapely

from geoplan.errors import StageError
from geoplan.publish.topology import encode, quantised


def shape_data(shape: shapely.Geometry) -> dict[str, Any]:
    """Return a geometry in degrees as ``{"t": point | line | polygon, "v": parts}``.

    Points are ``[x, y]``, lines flat differences, polygons lists of rings,
    all in 1/100000 degree. Mixed collections keep their parts of the highest
    dimension.
    """
    dimension = shapely.get_dimensions(shape)
    parts = [p for p in leaves(shape) if shapely.get_dimensions(p) == dimension]
    if dimension == 0:
        return {"t": "point", "v": [list(quantised(shapely.get_coordinates(p))[0]) for p in parts]}
    if dimension == 1:
        return {"t": "line", "v": [encode(quantised(shapely.get_coordinates(p))) for p in parts]}
    if dimension == 2:
        return {"t": "polygon", "v": [_polygon(p) for p in parts]}
    raise StageError(f"a feature's shape is empty ({shape.geom_type}); it cannot be drawn")


def leaves(shape: shapely.Geometry) -> list[shapely.Geometry]:
    """Return the single points, lines and polygons of a geometry, of collections in it too."""
    parts = list(shapely.get_parts(shape))
    if len(parts) == 1 and parts[0] is shape:
        return parts
    simple = ("Point", "LineString", "LinearRing", "Polygon")
    return [leaf for p in parts for leaf in ([p] if p.geom_type in simple else leaves(p))]


def _polygon(polygon: shapely.Polygon) -> list[list[int]]:
    rings = [polygon.exterior, *polygon.interiors]
    return [encode(quantised(shapely.get_coordinates(ring))) for ring in rings]
