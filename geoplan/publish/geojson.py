"""Shapes as GeoJSON files: CGCS2000 longitude and latitude, 6 decimals, oriented rings."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

import shapely

DECIMALS = 6


def write_geojson(frame: pd.DataFrame, path: Path, *, properties: Sequence[str]) -> None:
    """Write `frame` with `properties` and its ``geometry`` (degrees), one feature a line."""
    lines = [
        json.dumps(_feature(row, properties), ensure_ascii=False, separators=(",", ":"))
        for row in frame.to_dict("records")
    ]
    body = ",\n".join(lines)
    text = f'{{"type":"FeatureCollection","features":[\n{body}\n]}}\n'
    path.write_text(text, encoding="utf-8", newline="\n")


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
