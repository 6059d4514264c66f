"""Shapes for tests of the engine: random and degenerate, in the work CRS."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from hypothesis import strategies as st

import geopandas as gpd
import shapely

from geoplan import crs
from tests.small import SOUTH, WEST

UNIT = 100.0
"""Side of the squares that shapes are counted in, in metres."""


def at(x: float, y: float) -> tuple[float, float]:
    """Return a place counted in `UNIT`, as coordinates."""
    return WEST + x * UNIT, SOUTH + y * UNIT


def ring(*places: tuple[float, float]) -> shapely.Polygon:
    """Return the polygon of places."""
    return shapely.Polygon([at(*place) for place in places])


def box(west: float, south: float, east: float, north: float) -> shapely.Polygon:
    """Return a rectangle."""
    return ring((west, south), (east, south), (east, north), (west, north))


def star(x: float, y: float, reach: float, corners: int, turn: float) -> shapely.Polygon:
    """Return a star, which has no edge that is level."""
    angles = np.linspace(0, 2 * np.pi, 2 * corners, endpoint=False) + turn
    spokes = np.where(np.arange(2 * corners) % 2, reach, reach * 0.4)
    return ring(*zip(x + np.cos(angles) * spokes, y + np.sin(angles) * spokes, strict=True))


def ring_of_ring(x: float, y: float, reach: float) -> shapely.Polygon:
    """Return a diamond with a hole that touches its border in one corner."""
    return shapely.Polygon(
        [at(x + reach, y), at(x, y + reach), at(x - reach, y), at(x, y - reach)],
        [[at(x + reach, y), at(x, y + reach / 2), at(x - reach / 2, y), at(x, y - reach / 2)]],
    )


def sliver(x: float, y: float, reach: float, width: float) -> shapely.Polygon:
    """Return a strip whose long sides are nearly collinear with the grid."""
    return ring((x, y), (x + reach, y + width), (x + reach, y + 2 * width), (x, y + width))


GRID = st.integers(0, 6)
free = st.builds(
    star, st.floats(0, 6), st.floats(0, 6), st.floats(0.05, 3), st.integers(3, 40), st.floats(0, 1)
)
squares = st.builds(
    lambda x, y, w, h: box(x, y, x + w, y + h), GRID, GRID, *[st.integers(1, 3)] * 2
)
holed = st.builds(ring_of_ring, GRID, GRID, st.integers(1, 3))
strips = st.builds(sliver, GRID, GRID, st.integers(1, 4), st.sampled_from([1e-7, 1e-4, 0.01]))
parts = st.builds(
    lambda x, y, w: shapely.MultiPolygon(
        [box(x, y, x + w, y + w), box(x + w, y + w, x + 5, y + 5)]
    ),
    GRID,
    GRID,
    st.integers(1, 3),
)
empty = st.just(shapely.Polygon())
any_shape = st.one_of(free, squares, holed, strips, parts)
"""A valid shape with area: on the grid, so that edges are shared and corners touch, or off it."""

any_or_empty = st.one_of(any_shape, empty)


def frame(shapes: list[shapely.Geometry], **columns: list[object]) -> gpd.GeoDataFrame:
    """Return a layer in the work CRS."""
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=crs.WORK_CRS)


def write(folder: Path, name: str, layer: gpd.GeoDataFrame, *, group: int | None = None) -> Path:
    """Write a layer as GeoParquet with row groups of `group` rows."""
    path = folder / f"{name}.parquet"
    layer.to_parquet(path, row_group_size=group or max(len(layer), 1))
    return path


def overlaid(
    layers: list[gpd.GeoDataFrame], by: list[str]
) -> dict[tuple[object, ...], tuple[float, int]]:
    """Return area and count of pieces by group, as geopandas finds them."""
    made = layers[0]
    for other in layers[1:]:
        made = gpd.overlay(made, other, how="intersection", keep_geom_type=True)
    made["area"] = made.area
    groups = made.groupby(by, dropna=False)["area"].agg(["sum", "size"])
    return {
        key if isinstance(key, tuple) else (key,): (float(row["sum"]), int(row["size"]))
        for key, row in groups.iterrows()
    }


def areas(table: pd.DataFrame) -> dict[tuple[object, ...], float]:
    """Return the areas of a table of the engine, by group."""
    by = [c for c in table.columns if c not in ("area_m2", "net_m2", "pieces")]
    return {tuple(row[c] for c in by): row["area_m2"] for row in table.to_dict("records")}
