"""Small layers for tests of repair, in metres of the work CRS around one place."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import shapely

from geoplan import crs

CORNER = (500_000.0, 4_000_000.0)

Ring = Sequence[tuple[float, float]]


def placed(shape: shapely.Geometry) -> shapely.Geometry:
    """Return a shape moved from the origin to where areas are right."""
    return shapely.transform(shape, lambda xy: xy + CORNER)


def polygon(shell: Ring, *holes: Ring) -> shapely.Geometry:
    """Return a polygon near `CORNER`."""
    return placed(shapely.Polygon(shell, holes))


def box(*bounds: float) -> shapely.Geometry:
    """Return a box near `CORNER`."""
    return placed(shapely.box(*bounds))


def several(*parts: shapely.Geometry) -> shapely.Geometry:
    """Return polygons as the parts of one."""
    return shapely.multipolygons(list(parts))


def layer(*shapes: shapely.Geometry | None, **columns: Sequence[object]) -> gpd.GeoDataFrame:
    """Return shapes of the work CRS with columns, by default one that numbers them."""
    cells = columns or {"n": list(range(len(shapes)))}
    return gpd.GeoDataFrame(cells, geometry=gpd.GeoSeries(list(shapes), crs=crs.WORK_CRS))
