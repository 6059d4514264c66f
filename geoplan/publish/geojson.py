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
    """Return the features as GeoJSON; columns as of `features_table`."""
    return collection(features_table(tables), properties=FEATURE_PROPERTIES)


def features_table(tables: schema.Tables) -> pd.DataFrame:
    """Return the features with what a GIS needs to show them without the other tables.

    That is the titles of layer and class (Chinese), the layer's `status` and
    `sensitivity`, the document with title and number, and the codes of the units named.
    """
    named = named_units(tables)
    rows = with_layers(pd.DataFrame(tables["features"]), tables)
    documents = {row["document"]: row for row in rows_of(tables, "documents")}
    layers = {row["layer"]: row["document"] for row in rows_of(tables, "layers")}
    rows["document"] = of = [layers[layer] for layer in rows["layer"]]
    rows["document_title"] = [documents[document]["title"] for document in of]
    rows["document_number"] = [documents[document]["number"] for document in of]
    keys = zip(rows["layer"], rows["feature"], strict=True)
    rows["units"] = [" ".join(named.get(key, [])) for key in keys]
    return rows[[*FEATURE_PROPERTIES, "geometry"]]


def with_layers(rows: pd.DataFrame, tables: schema.Tables) -> pd.DataFrame:
    """Return rows that have a layer and a class with the columns `OF_LAYERS`."""
    layers = {row["layer"]: row for row in rows_of(tables, "layers")}
    classes = {row["class"]: row["title"] for row in rows_of(tables, "classes")}
    made = rows.copy()
    made["layer_title"] = [layers[layer]["title"] for layer in made["layer"]]
    # A row about all of a layer has no class.
    made["class_title"] = [classes[cls] if cls else "" for cls in made["class"]]
    for column in ("status", "sensitivity"):
        made[column] = [layers[layer][column] for layer in made["layer"]]
    return made


UNITS = ("adcode", "name", "name_en", "level", "parent", "area_km2")
OF_LAYERS = ("layer_title", "class_title", "status", "sensitivity")
"""Columns that are added to rows with a layer and a class."""
FEATURES = ("layer", "feature", "class", "name", "name_en", "extent")
FEATURE_PROPERTIES = (
    *(*FEATURES, *OF_LAYERS),
    *("document", "document_title", "document_number", "section", "units"),
)
NEEDED = {
    "features": (*FEATURES, "section", "geometry"),
    "layers": ("layer", "title", "document", "status", "sensitivity"),
    "classes": ("class", "title"),
    "documents": ("document", "title", "number"),
    "memberships": ("layer", "feature", "adcode"),
}
"""Columns that `features_table` reads, by table."""


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
