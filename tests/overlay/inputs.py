"""Tables to overlay: one layer of drawn features and members over the small province."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import geopandas as gpd
import shapely

from geoplan import crs
from geoplan.schema import Tables, frame, row_id
from tests.small import degrees

Drawn = tuple[str, str, str, shapely.Geometry]
"""Class, feature, extent and shape (work CRS) of a feature of the layer ``own``."""

Member = tuple[str, str, str, str]
"""Class, feature, adcode and extent."""


def overlay_inputs(
    units: gpd.GeoDataFrame, drawn: Iterable[Drawn] = (), *, members: Iterable[Member] = ()
) -> Tables:
    """Return tables for an overlay of the layer ``own``, whose scope is the province."""
    members = list(members)
    named = {(c, f): e for c, f, _, e in members}
    rows = [_feature(c, f, e, degrees(g)) for c, f, e, g in drawn]
    rows += [_feature(*key, extent, None) for key, extent in named.items()]
    features = gpd.GeoDataFrame(frame("features", rows), geometry="geometry", crs=crs.DATA_CRS)
    return {
        "units": units,
        "layers": frame("layers", [_layer(str(units["adcode"].iloc[0]), len(rows))]),
        "features": features,
        "memberships": frame("memberships", [_member(*member) for member in members]),
        "rasters": frame("rasters", []),
    }


def _layer(scope: str, features: int) -> dict[str, Any]:
    made = dict.fromkeys(("layer", "title", "title_en"), "own")
    made |= {"theme": "works", "document": "plan-p", "scope": scope, "kind": "vector"}
    return made | {"status": "in_force", "sensitivity": "public", "features": features, "file": ""}


def _member(class_: str, key: str, adcode: str, extent: str) -> dict[str, Any]:
    made = {"id": row_id(key, adcode), "layer": "own", "class": class_, "feature": key}
    made |= {"adcode": adcode, "name": adcode, "extent": extent}
    return made | {"evidence": "printed", "document": "plan-p", "section": "一", "line": 1}


def _feature(class_: str, key: str, extent: str, shape: shapely.Geometry | None) -> dict[str, Any]:
    drawn_by = {"delimited": "file", "indicative": "axis"}.get(extent, "units")
    made = {"layer": "own", "feature": key, "class": class_, "name": key, "name_en": key}
    made |= {"extent": extent, "drawn_by": drawn_by, "section": "", "lines": "", "file_line": 1}
    return made | {"geometry": shape}
