"""Which counties a feature concerns: those that its own shape enters, else those that it names."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pandas as pd

import shapely

from geoplan import crs, schema

SHAPED = ("axis", "buffer", "reference", "footprint", "file")
"""Values of ``drawn_by`` whose shape says where a feature is, whatever the text names."""

LEAST = 1.0
"""Least area (m²) or length (m) inside a county, as the overlay's slivers."""


def reached(tables: schema.Tables) -> dict[tuple[str, str], tuple[str, ...]]:
    """Return the counties that each shaped feature ``(layer, feature)`` enters, sorted.

    A shape that only touches or follows a county's border is not in it.
    Features without a shape of their own are left out.
    """
    units, features = tables["units"], tables["features"]
    counties = units[units["level"] == "county"]
    codes = counties["adcode"].to_numpy(dtype=object)
    rows = features[features["drawn_by"].isin(SHAPED) & (features["extent"] != "statement")]
    keys = list(zip(rows["layer"], rows["feature"], strict=True))
    drawn, outlines = _shapes(rows["geometry"]), _shapes(counties["geometry"])
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for i, j in _pairs(drawn, outlines):
        found[keys[i]].append(codes[j])
    own = (key for key, shape in zip(keys, drawn, strict=True) if shape is not None)
    return {key: tuple(sorted(found[key])) for key in own}


def _shapes(column: pd.Series) -> np.ndarray:
    shapes = column.to_numpy(dtype=object, copy=True)
    shapes[~shapely.is_geometry(shapes) | shapely.is_empty(shapes)] = None
    return np.asarray(shapes)


def _pairs(drawn: np.ndarray, outlines: np.ndarray) -> list[tuple[int, int]]:
    i, j = shapely.STRtree(outlines).query(drawn, predicate="intersects")
    apart = shapely.touches(drawn[i], outlines[j])
    i, j = i[~apart], j[~apart]
    inside = crs.data_to_work(shapely.intersection(drawn[i], outlines[j]))
    areal = shapely.get_dimensions(drawn[i]) == 2
    size = np.where(areal, shapely.area(inside), shapely.length(inside))
    kept = (size >= LEAST) | (shapely.get_dimensions(drawn[i]) == 0)
    return list(zip(i[kept].tolist(), j[kept].tolist(), strict=True))
