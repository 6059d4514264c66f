"""Shapes as pages show them: layers of many shapes merged, all of it simplified by steps."""

from __future__ import annotations

import numpy as np
import pandas as pd

import geopandas as gpd
import shapely

from geoplan import crs, schema
from geoplan.publish.topology import Topology, simplified, simplified_features, topology

MANY = 300
"""Number of shapes above which a page shows a layer's shapes merged by class."""

MERGED = "all-"
"""How the ids of merged shapes begin."""

NOTE = ("图上合并显示", "shown merged")
"""What a merged layer says of itself; its figures are those of the single shapes."""


def merged(features: pd.DataFrame, layers: pd.DataFrame) -> pd.DataFrame:
    """Return `features` with one row a class for layers from files with more than `MANY` shapes.

    The shape is the union of theirs; names are those of the layer.
    """
    counts = features.loc[features["drawn_by"] == "file", "layer"].value_counts()
    large = [layer for layer, count in counts.items() if count > MANY]
    rest = features[~features["layer"].isin(large)]
    titles = layers.set_index("layer")
    rows = []
    many = features[features["layer"].isin(large)]
    for _, group in many.groupby(["layer", "class"], sort=True):
        first = schema.records(pd.DataFrame(group.iloc[:1]))[0]
        layer, class_ = first["layer"], first["class"]
        first |= {
            "feature": f"{MERGED}{class_}",
            "name": f"{titles.loc[layer, 'title']}（{len(group)} 处，{NOTE[0]}）",
            "name_en": f"{titles.loc[layer, 'title_en']} ({len(group)} shapes, {NOTE[1]})",
            "geometry": shapely.union_all(np.asarray(group["geometry"])),
        }
        rows.append(first)
    if not rows:
        return features
    parts = [pd.DataFrame(rest), schema.frame("features", rows)]
    whole: pd.DataFrame = gpd.GeoDataFrame(
        pd.concat(parts, ignore_index=True), geometry="geometry", crs=crs.DATA_CRS
    )
    return whole


class Display:
    """Counties and features of an atlas at each step of simplification, made once and kept."""

    def __init__(self, counties: gpd.GeoDataFrame, features: pd.DataFrame) -> None:
        self._counties = counties
        self._features = features
        self._kept: dict[float, tuple[Topology, pd.DataFrame, float]] = {}

    def at(self, tolerance_m: float) -> tuple[Topology, pd.DataFrame, float]:
        """Return arcs of the counties, features, and the largest error in metres."""
        if tolerance_m not in self._kept:
            counties, error = simplified(self._counties, tolerance_m)
            large = self._features["feature"].str.startswith(MERGED).to_numpy()
            few, other = simplified_features(self._features[~large], tolerance_m)
            blurred = self._features[large].copy()
            if tolerance_m and large.any():
                work = crs.data_to_work(np.asarray(blurred["geometry"]))
                coarse = np.array([_blurred(shape, tolerance_m) for shape in work], dtype=object)
                blurred["geometry"] = crs.work_to_data(coarse)
                other = max(other, tolerance_m)
            made = pd.concat([few, blurred]).loc[self._features.index]
            self._kept[tolerance_m] = (topology(counties), made, max(error, other))
        return self._kept[tolerance_m]


def _blurred(shape: shapely.Geometry, tolerance_m: float) -> shapely.Geometry:
    """Close gaps up to `tolerance_m` wide, then leave out what is too small to see at that step."""
    half = tolerance_m / 2
    # Part by part: as one shape of many parts, each of these steps takes a minute.
    wide = shapely.union_all(shapely.buffer(shapely.get_parts(shape), half, quad_segs=2))
    closed = shapely.buffer(shapely.get_parts(wide), -half, quad_segs=2)
    parts = shapely.get_parts(shapely.simplify(shapely.get_parts(closed), half))
    kept = parts[shapely.area(parts) >= half**2]
    return shapely.multipolygons(kept if len(kept) else parts[:1])
