"""Shapes as GeoJSON files: CGCS2000 longitude and latitude, 6 decimals, oriented rings."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any

import pandas as pd

import shapely

from geoplan import schema
from geoplan.publish.items import named_units
from geoplan.publish.rows import rows_of

DECIMALS = 6


def units_text(tables: schema.Tables) -> str:
    """Return the units as GeoJSON."""
    return collection(tables["units"], properties=UNITS)


def features_text(tables: schema.Tables) -> str:
    """Return the features with their document and the units that they name, as GeoJSON."""
    return collection(features_table(tables), properties=FEATURE_PROPERTIES)


def features_table(tables: schema.Tables) -> pd.DataFrame:
    """Return the features with their document and the codes of the units that they name."""
    named = named_units(tables)
    documents = {row["layer"]: row["document"] for row in rows_of(tables, "layers")}
    rows = pd.DataFrame(tables["features"]).copy()
    keys = list(zip(rows["layer"], rows["feature"], strict=True))
    rows["document"] = [documents[layer] for layer, _ in keys]
    rows["units"] = [" ".join(named.get(key, [])) for key in keys]
    return rows[[*FEATURE_PROPERTIES, "geometry"]]


UNITS = ("adcode", "name", "name_en", "level", "parent", "area_km2")
FEATURES = ("layer", "feature", "class", "name", "name_en", "extent")
FEATURE_PROPERTIES = (*FEATURES, "document", "section", "units")


def collection(frame: pd.DataFrame, *, properties: Sequence[str]) -> str:
    """Return `frame` with `properties` and its ``geometry`` (degrees), one feature a line."""
    lines = [
        json.dumps(_feature(row, properties), ensure_ascii=False, separators=(",", ":"))
        for row in frame.to_dict("records")
    ]
    body = ",\n".join(lines)
    return f'{{"type":"FeatureCollection","features":[\n{body}\n]}}\n'


def _feature(row: dict[Any, Any], properties: Sequence[str]) -> dict[str, object]:
    return {
        "type": "Feature",
        "geometry": geometry(row["geometry"]),
        "properties": {name: _plain(row[name]) for name in properties},
    }


def geometry(shape: object) -> dict[str, Any] | None:
    """Return a GeoJSON geometry, or None for a feature without one."""
    if not isinstance(shape, shapely.Geometry) or shape.is_empty:
        return None
    oriented = shapely.orient_polygons(shape)
    made: dict[str, Any] = shapely.geometry.mapping(oriented)
    return {key: _rounded(part) for key, part in made.items()}


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _rounded(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_rounded(part) for part in value]
    return round(value, DECIMALS) if isinstance(value, float) else value


def _plain(value: object) -> object:
    if value is pd.NA or (isinstance(value, float) and math.isnan(value)):
        return None
    return value
