"""Shapes as pages show them: layers of many shapes merged, all of it simplified by steps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

import geopandas as gpd
import shapely

from geoplan import crs, schema
from geoplan.publish.rows import kept
from geoplan.publish.topology import (
    Topology,
    encode,
    simplified,
    simplified_features,
    topology,
)

MANY = 300
"""Number of shapes above which a page shows a layer's shapes merged by class."""

MERGED = "all-"
"""How the ids of merged shapes begin."""

NOTE = ("图上合并显示", "shown merged")
"""What a merged layer says of itself; its figures are those of the single shapes."""


def merged(tables: schema.Tables) -> pd.DataFrame:
    """Return the features with one row a class for layers from files of more than `MANY` shapes.

    The shape is the union of theirs; names are those of the layer.
    """
    features = tables["features"]
    counts = features.loc[features["drawn_by"] == "file", "layer"].value_counts()
    large = [layer for layer, count in counts.items() if count > MANY]
    if not large:
        return features
    titles = tables["layers"].set_index("layer")
    rows = []
    many = features[features["layer"].isin(large)]
    for _, group in many.groupby(["layer", "class"], sort=True):
        first = schema.records(pd.DataFrame(group.iloc[:1]))[0]
        layer, class_ = first["layer"], first["class"]
        first |= {
            "feature": f"{MERGED}{class_}",
            "name": f"{titles.loc[layer, 'title']}（{len(group)} 处，{NOTE[0]}）",
            "name_en": f"{titles.loc[layer, 'title_en']} ({len(group)} shapes, {NOTE[1]})",
            "geometry": _union(tables, np.asarray(group["geometry"])),
        }
        rows.append(first)
    rest = pd.DataFrame(features[~features["layer"].isin(large)])
    added = pd.DataFrame(rows, columns=features.columns)
    plain = {name: kind for name, kind in rest.dtypes.items() if name != "geometry"}
    whole: pd.DataFrame = gpd.GeoDataFrame(
        pd.concat([rest, added.astype(plain)], ignore_index=True),
        geometry="geometry",
        crs=crs.DATA_CRS,
    )
    return whole


def _union(tables: schema.Tables, shapes: np.ndarray) -> shapely.Geometry:
    """Return the union of shapes, made once for all pages; the shapes are kept with it."""
    key = ("union", *map(id, shapes))
    return kept(tables, key, make=lambda: (shapely.union_all(shapes), shapes))[0]


@dataclass(frozen=True)
class Ground:
    """Counties at one step of simplification: arcs, as they are and encoded, and the error."""

    topology: Topology
    arcs: list[list[int]]
    error_m: float


def ground(tables: schema.Tables, tolerance_m: float) -> Ground:
    """Return the counties at one step of simplification, made once for all pages."""
    return kept(tables, ("ground", tolerance_m), make=lambda: _ground(tables, tolerance_m))


def _ground(tables: schema.Tables, tolerance_m: float) -> Ground:
    units = tables["units"]
    counties = gpd.GeoDataFrame(units[units["level"] == "county"], crs=crs.DATA_CRS)
    fewer, error = simplified(counties, tolerance_m)
    made = topology(fewer)
    return Ground(made, [encode(arc) for arc in made.arcs], error)


def displayed(features: pd.DataFrame, tolerance_m: float) -> tuple[pd.DataFrame, float]:
    """Return features at one step of simplification, and the largest error in metres."""
    if tolerance_m <= 0:
        return features, 0.0
    large = features["feature"].str.startswith(MERGED).to_numpy()
    few, error = simplified_features(features[~large], tolerance_m)
    blurred = features[large].copy()
    if large.any():
        work = crs.data_to_work(np.asarray(blurred["geometry"]))
        coarse = np.array([_blurred(shape, tolerance_m) for shape in work], dtype=object)
        blurred["geometry"] = crs.work_to_data(coarse)
        error = max(error, tolerance_m)
    return pd.concat([few, blurred]).loc[features.index], error


def _blurred(shape: shapely.Geometry, tolerance_m: float) -> shapely.Geometry:
    """Close gaps up to `tolerance_m` wide, then leave out what is too small to see at that step."""
    half = tolerance_m / 2
    # Part by part: as one shape of many parts, each of these steps takes a minute.
    wide = shapely.union_all(shapely.buffer(shapely.get_parts(shape), half, quad_segs=2))
    closed = shapely.buffer(shapely.get_parts(wide), -half, quad_segs=2)
    parts = shapely.get_parts(shapely.simplify(shapely.get_parts(closed), half))
    kept = parts[shapely.area(parts) >= half**2]
    return shapely.multipolygons(kept if len(kept) else parts[:1])
