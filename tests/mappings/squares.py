"""Squares with the fields of the ministry's layers, whose areas are mental arithmetic."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import shapely

from geoplan import crs

WEST, SOUTH = 640_000.0, 4_000_000.0


def squares(*sides_m: float, **columns: Sequence[object]) -> gpd.GeoDataFrame:
    """Return squares with these sides in a row, in the work CRS, and columns."""
    shapes, west = [], WEST
    for side in sides_m:
        shapes.append(shapely.box(west, SOUTH, west + side, SOUTH + side))
        west += side
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=crs.WORK_CRS)


def redlines(*sides_m: float, area: Sequence[object], **more: Sequence[object]) -> gpd.GeoDataFrame:
    """Return redlines in the dialect of planning, with declared areas."""
    n = len(sides_m)
    columns: dict[str, Sequence[object]] = {
        "BSM": [f"b{i}" for i in range(n)],
        "YSDM": ["2006010100"] * n,
        "XJXZQDM": ["140702"] * n,
        "XJXZQMC": ["榆次区"] * n,
        "LHLX": ["水土保持"] * n,
        "MJ": area,
    }
    return squares(*sides_m, **{**columns, **more})


def parcels(*sides_m: float, code: Sequence[object], **more: Sequence[object]) -> gpd.GeoDataFrame:
    """Return parcels of the land survey with declared areas that are right, in m²."""
    n, areas = len(sides_m), [side * side for side in sides_m]
    columns: dict[str, Sequence[object]] = {
        "BSM": [f"p{i}" for i in range(n)],
        "YSDM": ["2001010100"] * n,
        "TBBH": [str(i + 1) for i in range(n)],
        "DLBM": code,
        "DLMC": ["地类"] * n,
        "ZLDWDM": ["140702001001"] * n,
        "ZLDWMC": ["某村"] * n,
        "TBMJ": areas,
        "KCMJ": [0.0] * n,
        "TBDLMJ": areas,
    }
    return squares(*sides_m, **{**columns, **more})
