"""Which counties a feature concerns: those that its own shape enters, else those that it names."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pandas as pd

import shapely

from geoplan import crs, schema
from geoplan.publish.rows import kept

SHAPED = ("axis", "buffer", "reference", "footprint", "file")
"""Values of ``drawn_by`` whose shape says where a feature is, whatever the text names."""

LEAST = 1.0
"""Least area (m²) or length (m) inside a county, as the overlay's slivers."""


def reached(tables: schema.Tables) -> dict[tuple[str, str], tuple[str, ...]]:
    """Return the counties that each shaped feature ``(layer, feature)`` enters, sorted.

    A shape that only touches or follows a county's border is not in it.
    Features without a shape of their own are left out.
    """
    features = tables["features"]
    rows = features[features["drawn_by"].isin(SHAPED) & (features["extent"] != "statement")]
    shapes = _shapes(rows["geometry"])
    keys = zip(rows["layer"], rows["feature"], strict=True)
    own = [(key, shape) for key, shape in zip(keys, shapes, strict=True) if shape is not None]
    # A shape stands on several pages: where it is, is asked once.
    known: dict[int, Entered] = kept(tables, "reached", make=dict)
    new = {id(shape): shape for _, shape in own if id(shape) not in known}
    known |= _entered(tables["units"], list(new.values()))
    return {key: known[id(shape)][1] for key, shape in own}


Entered = tuple[shapely.Geometry, tuple[str, ...]]
"""A shape, kept so that its id stays its own, and the counties that it enters."""


def _entered(units: pd.DataFrame, shapes: list[shapely.Geometry]) -> dict[int, Entered]:
    counties = units[units["level"] == "county"]
    codes = counties["adcode"].to_numpy(dtype=object)
    found: dict[int, list[str]] = defaultdict(list)
    for i, j in _pairs(np.array(shapes, dtype=object), _shapes(counties["geometry"])):
        found[i].append(codes[j])
    return {id(shape): (shape, tuple(sorted(found[i]))) for i, shape in enumerate(shapes)}


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
