"""Shapes that we draw for statements: axes, buffers, rivers, footprints, sites.

All of them are indicative or points; they end at the border of their
document's scope.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

import geopandas as gpd
import shapely

from geoplan import crs, geometry
from geoplan.errors import DataError, LayerError, listed
from geoplan.layers.model import Feature, Footprint
from geoplan.layers.read import LayerFile
from geoplan.toml import suggestion
from geoplan.vector import read_csv, read_vector

PLACE_COLUMNS = ["name", "kind", "adcode", "lon", "lat", "source"]
BUFFER_SEGMENTS = 16


@dataclass(frozen=True)
class Reference:
    """Places and rivers that features refer to by name; coordinates in degrees."""

    places: pd.DataFrame
    rivers: gpd.GeoDataFrame

    @cached_property
    def named(self) -> dict[str, list[tuple[str, float, float]]]:
        """Code of the county, longitude and latitude of all places of a name."""
        found: dict[str, list[tuple[str, float, float]]] = defaultdict(list)
        columns = [self.places[name].tolist() for name in ("name", "adcode", "lon", "lat")]
        for name, *place in zip(*columns, strict=True):
            found[name].append(tuple(place))
        return dict(found)


def read_reference(folder: Path) -> Reference:
    """Read ``places.csv`` and ``rivers.parquet``; raises `DataError` if one is missing or wrong."""
    places = read_csv(folder / "places.csv", columns=PLACE_COLUMNS)
    for name in ("lon", "lat"):
        numbers = pd.to_numeric(places[name], errors="coerce")
        wrong = places[~np.isfinite(numbers)]
        if len(wrong):
            raise DataError(
                f"{folder / 'places.csv'}: {len(wrong)} row(s) have no number in {name}, "
                f"for instance {wrong['name'].iloc[0]!r}: {wrong[name].iloc[0]!r}"
            )
        places[name] = numbers.astype(float)
    rivers = read_vector(folder / "rivers.parquet")
    wrong = geometry.not_finite(rivers.geometry.to_numpy())
    if len(wrong):
        names = ", ".join(map(str, rivers["name"].iloc[wrong]))
        raise DataError(
            f"{folder / 'rivers.parquet'}: {len(wrong)} river(s) have coordinates that are no "
            f"finite numbers: {names}"
        )
    crs.check_plausible(rivers, source=str(folder / "rivers.parquet"), area=(70, 0, 140, 56))
    return Reference(places, crs.to_data(rivers))


def draw(
    file: LayerFile,
    *,
    scope: shapely.Geometry | None,
    shown: shapely.Geometry,
    counties: list[str],
    reference: Reference,
) -> dict[str, shapely.Geometry]:
    """Draw the features of one layer, in `crs.WORK_CRS`, by feature id; others are left out.

    Parameters
    ----------
    scope
        Outline of the document's scope, in `crs.WORK_CRS`; None where the
        document reaches beyond the units that are `shown`: what lies outside
        of those is left out.
    counties
        Codes of its counties: a waypoint's name is looked up there first.

    Raises
    ------
    LayerError
        With every unknown waypoint or river, and shapes outside the scope.
    """
    faults: list[str] = []
    drawn: dict[str, shapely.Geometry] = {}
    layer = file.layer
    buffers = [f for f in layer.feature if f.drawn_by == "buffer"]
    others = [f for f in layer.feature if f.drawn_by not in ("buffer", "units", "none")]
    for feature in [*others, *buffers]:
        try:
            drawn[feature.id] = _shape(feature, drawn, counties, reference)
        except LayerError as fault:
            faults.append(f"{file.at('feature', layer.feature.index(feature))}: {fault}")
    result = {}
    for key, shape in drawn.items():
        clipped = shapely.intersection(shape, shown if scope is None else scope)
        if shape.is_empty or not clipped.is_empty:
            result[key] = clipped
        elif scope is not None:
            where = file.at("feature", [f.id for f in layer.feature].index(key))
            faults.append(f"{where}: feature {key!r} lies wholly outside its document's scope")
    if faults:
        raise LayerError(f"{len(faults)} fault(s) in shapes:\n{listed(faults)}")
    return result


def _shape(
    feature: Feature,
    drawn: Mapping[str, shapely.Geometry],
    counties: list[str],
    reference: Reference,
) -> shapely.Geometry:
    if feature.footprint is not None:
        return _ellipse(feature.footprint)
    if feature.buffer_of is not None and feature.buffer_km is not None:
        if feature.buffer_of not in drawn:
            raise LayerError(f"buffer_of {feature.buffer_of!r} has no shape to buffer")
        return drawn[feature.buffer_of].buffer(feature.buffer_km * 1e3, quad_segs=BUFFER_SEGMENTS)
    if feature.axis:
        points = [_waypoint(w, counties, reference) for w in feature.axis]
        if len(set(points)) == 1:
            raise LayerError("the axis has no length: all its waypoints are the same place")
        return _to_work(shapely.LineString(points))
    if feature.reference is not None:
        return _river(feature.reference, reference.rivers)
    points = [(s.lon, s.lat) for s in feature.sites if s.lon is not None and s.lat is not None]
    return _to_work(shapely.MultiPoint(points))


def _ellipse(footprint: Footprint) -> shapely.Geometry:
    box = shapely.box(footprint.west, footprint.south, footprint.east, footprint.north)
    # Edges of the box follow parallels and meridians: densify before projecting.
    whole = _to_work(shapely.segmentize(box, 0.01))
    if footprint.area_km2 * 1e6 > whole.area:
        raise LayerError(
            f"footprint: area_km2 = {footprint.area_km2:g} does not fit its box, "
            f"which has {whole.area / 1e6:.6g} km2"
        )
    bounds = whole.bounds
    return geometry.ellipse_in_box(bounds, area_m2=footprint.area_km2 * 1e6)


def _waypoint(
    waypoint: str | tuple[float, float], counties: list[str], reference: Reference
) -> tuple[float, float]:
    if not isinstance(waypoint, str):
        return waypoint
    every = reference.named.get(waypoint, [])
    found = [place for place in every if place[0] in counties] or every
    if len(found) != 1:
        hint = "" if found else suggestion(waypoint, list(reference.places["name"]))
        raise LayerError(f"waypoint {waypoint!r} fits {len(found)} rows of places.csv.{hint}")
    return found[0][1:]


def _river(name: str, rivers: gpd.GeoDataFrame) -> shapely.Geometry:
    found = rivers[rivers["name"] == name]
    if found.empty:
        known = ", ".join(sorted(set(rivers["name"])))
        raise LayerError(f"river {name!r} is not in rivers.parquet; there are: {known}")
    return _to_work(shapely.line_merge(shapely.union_all(found.geometry.to_numpy())))


def _to_work(shape: shapely.Geometry) -> shapely.Geometry:
    return crs.data_to_work(np.array([shape]))[0]
