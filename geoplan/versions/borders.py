"""Boundaries of two vintages: what moved from county to county, and what is no more than noise."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd

import geopandas as gpd

from geoplan import crs, geometry
from geoplan.difference.pieces import parts_of
from geoplan.difference.sides import Side
from geoplan.schema import Tables
from geoplan.versions.version import counties_of

COLUMNS = ("from", "from_name", "to", "to_name", "area_km2", "uncertainty_km2", "above")


@dataclass(frozen=True)
class Borders:
    """How boundaries differ."""

    pairs: pd.DataFrame
    """`COLUMNS`: area that moved from a county to another (empty: to or from no county);
    `above` says whether it is more than the boundaries' own uncertainty."""
    kept: pd.DataFrame
    """`adcode`, `name`, `old_km2`, `new_km2`, `kept_km2`, `out_km2`, `in_km2`."""
    polygons: gpd.GeoDataFrame
    """What moved, with `COLUMNS` of its pair and its own `part_km2`."""


def border_changes(old: Tables, new: Tables) -> Borders | None:
    """Return how the counties of two versions differ, or None where they are the same shapes.

    For every old county, what it kept and what went adds up to its area, for every new
    one what it kept and what came.
    """
    one, two = counties_of(old), counties_of(new)
    if _same(one, two):
        return None
    sides = (_side(one), _side(two))
    outer = gpd.GeoDataFrame({"adcode": []}, geometry=[], crs=crs.DATA_CRS)
    outer = outer.astype({"adcode": object})
    frame = gpd.GeoDataFrame(two.reset_index()[["adcode", "geometry"]], crs=crs.DATA_CRS)
    with TemporaryDirectory(prefix="geoplan-") as folder:
        kinds = ("overlap", "only-a", "only-b")
        parts = parts_of(sides, kinds, counties=frame, folder=Path(folder)).table
    parts["from"] = np.array([*sides[0].kinds, ""], dtype=object)[parts["a"]]
    parts["to"] = np.array([*sides[1].kinds, ""], dtype=object)[parts["b"]]
    sums = parts.groupby(["from", "to"], sort=True)["units"].sum().astype(int).to_dict()
    return Borders(
        _pairs(sums, one, two), _kept(sums, one, two), _polygons(parts, _pairs(sums, one, two))
    )


def _same(one: pd.DataFrame, two: pd.DataFrame) -> bool:
    codes = sorted(one.index)
    if codes != sorted(two.index):
        return False
    return all(one["geometry"][c].equals_exact(two["geometry"][c], 1e-9) for c in codes)


def _side(counties: pd.DataFrame) -> Side:
    codes = [str(code) for code in counties.index]
    shapes = gpd.GeoSeries([geometry.polygonal(g) for g in counties["geometry"]], crs=crs.DATA_CRS)
    return Side("", "", codes, codes, None, shapes)


def _pairs(sums: dict[tuple[str, str], int], one: pd.DataFrame, two: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for (code, other), units in sums.items():
        if code == other:
            continue
        noise = math.hypot(
            *(_area(t, c, "uncertainty_km2") for t, c in ((one, code), (two, other)))
        )
        names = [str(_cell(t, c, "name")) if c else "" for t, c in ((one, code), (two, other))]
        area = geometry.km2(units)
        rows.append((code, names[0], other, names[1], area, noise, area > noise))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _cell(table: pd.DataFrame, code: str, column: str) -> object:
    return table[column].to_dict()[code]


def _kept(sums: dict[tuple[str, str], int], one: pd.DataFrame, two: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for code in sorted({*one.index, *two.index}):
        kept = sums.get((code, code), 0)
        out = sum(units for (a, b), units in sums.items() if a == code != b)
        came = sum(units for (a, b), units in sums.items() if b == code != a)
        name = str(_cell(two if code in two.index else one, code, "name"))
        areas = [_area(one, code), _area(two, code)]
        rows.append((code, name, *areas, *(geometry.km2(n) for n in (kept, out, came))))
    names = ["adcode", "name", "old_km2", "new_km2", "kept_km2", "out_km2", "in_km2"]
    return pd.DataFrame(rows, columns=names)


def _area(table: pd.DataFrame, code: str, column: str = "area_km2") -> float:
    return float(table[column].get(code, 0.0)) if code else 0.0


def _polygons(parts: gpd.GeoDataFrame, pairs: pd.DataFrame) -> gpd.GeoDataFrame:
    moved = parts[parts["from"] != parts["to"]]
    made = pd.DataFrame(moved[["from", "to"]]).merge(pairs, on=["from", "to"], how="left")
    made["part_km2"] = moved["units"].to_numpy() / geometry.AREA_UNITS_PER_KM2
    return gpd.GeoDataFrame(made, geometry=moved.geometry.to_numpy(), crs=crs.DATA_CRS)
