"""All shapes of an atlas as one GeoPackage, for QGIS and ArcGIS."""

from __future__ import annotations

import numpy as np
import pandas as pd

import geopandas as gpd
import shapely

from geoplan import crs, schema
from geoplan.publish import geojson
from geoplan.publish.exports import styles
from geoplan.publish.items import inside_of
from geoplan.publish.projected import union
from geoplan.publish.rows import kept, rows_of
from geoplan.publish.shapes import leaves
from geoplan.vector import geopackage

KINDS = {0: "features_point", 1: "features_line", 2: "features_polygon"}
"""Layers of features, by the dimension of their shapes: GIS programs want one type a layer."""

NO_SHAPE = "features_no_shape"

COVERAGE = (
    *("adcode", "layer", "class", "basis", "area_net_km2", "area_gross_km2", "length_km"),
    *("count", "share_of_unit"),
)

SAID = ("adcode", "unit_name", *COVERAGE[1:], *geojson.OF_LAYERS, "theme", "style", "ref")
"""Columns of coverage in the file."""


def geopackage_bytes(tables: schema.Tables) -> bytes:
    """Return units, features by type of shape, and coverage, with names and styles for QGIS.

    Degrees of EPSG:4490, areas in km², shares from 0 to 1. For each theme
    there is a view of the counties that it concerns, coloured by class.
    """
    layers = layers_of(tables)
    views = styles.views_of(layers["coverage"], tables)
    return geopackage(layers, views=views, about=styles.abouts(layers, views, tables=tables))


def style(name: str, tables: schema.Tables) -> str:
    """Return the style of the layer `name` as a file of QGIS (QML)."""
    layers = {name: layers_of(tables)[name]}
    return styles.abouts(layers, {}, tables=tables)[name].style


def layers_of(tables: schema.Tables) -> dict[str, pd.DataFrame]:
    """Return units, features by type of shape, and coverage as a table to join by ``adcode``.

    Columns as in the GeoJSON files; coverage too has the columns
    `geojson.OF_LAYERS`. Rows have a ``ref`` for trace. A feature that is whole
    units has their shape.
    """
    units, coverage = tables["units"], tables["coverage"]
    layers = {"units": _shaped(units[list(geojson.UNITS)], units["geometry"].to_numpy())}
    features = geojson.features_table(tables)
    own, extents, named = (features[c].tolist() for c in ("geometry", "extent", "units"))
    whole = [
        _units_of(codes.split(), tables) if extent == "whole" and _is_missing(shape) else shape
        for shape, extent, codes in zip(own, extents, named, strict=True)
    ]
    shapes = np.array(list(map(_plain, whole)), dtype=object)
    plain = _with_refs("features", pd.DataFrame(features.drop(columns="geometry")))
    dimensions = shapely.get_dimensions(shapes)
    for dimension, name in KINDS.items():
        rows = dimensions == dimension
        layers[name] = _shaped(plain[rows], shapes[rows])
    layers[NO_SHAPE] = plain[dimensions < 0]
    # What a plan does not say of a unit has no figures to join.
    said = geojson.with_layers(pd.DataFrame(coverage[coverage["state"] == "concerned"]), tables)
    layers["coverage"] = _with_refs("coverage", _with_themes(said, tables))[list(SAID)]
    return layers


def _with_themes(said: pd.DataFrame, tables: schema.Tables) -> pd.DataFrame:
    themes = {row["layer"]: row["theme"] for row in rows_of(tables, "layers")}
    names = {row["adcode"]: row["name"] for row in rows_of(tables, "units")}
    return said.assign(
        theme=[themes[layer] for layer in said["layer"]],
        unit_name=[names.get(code, "") for code in said["adcode"]],
        style=[f"{c}/{b}" for c, b in zip(said["class"], said["basis"], strict=True)],
    )


def _with_refs(table: str, rows: pd.DataFrame) -> pd.DataFrame:
    keys = schema.TABLES[table].key
    cells = zip(*(rows[key] for key in keys), strict=True)
    refs = [schema.ref_of(table, dict(zip(keys, row, strict=True))) for row in cells]
    return rows.assign(ref=refs)


def _shaped(columns: pd.DataFrame, shapes: np.ndarray) -> pd.DataFrame:
    made: pd.DataFrame = gpd.GeoDataFrame(columns, geometry=shapes, crs=crs.DATA_CRS)
    return made


def _is_missing(shape: object) -> bool:
    return not isinstance(shape, shapely.Geometry) or shape.is_empty


def _plain(shape: shapely.Geometry) -> shapely.Geometry | None:
    """Return the parts of a shape of its highest dimension; None where there are none."""
    if _is_missing(shape):
        return None
    dimension = shapely.get_dimensions(shape)
    parts = [part for part in leaves(shape) if shapely.get_dimensions(part) == dimension]
    many = {0: shapely.multipoints, 1: shapely.multilinestrings, 2: shapely.multipolygons}
    return parts[0] if len(parts) == 1 else many[int(dimension)](parts)


def _units_of(codes: list[str], tables: schema.Tables) -> shapely.Geometry | None:
    """Return the union of the counties of some units, made once for the same units."""
    inside = inside_of(tables)
    counties = tuple(sorted({county for code in codes for county in inside.get(code, ())}))

    def make() -> shapely.Geometry | None:
        units = tables["units"]
        shapes = units.loc[units["adcode"].isin(counties), "geometry"].to_numpy()
        return union(shapes) if counties else None

    return kept(tables, ("whole", counties), make=make)
