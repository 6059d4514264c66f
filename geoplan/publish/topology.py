"""County polygons as shared arcs, so that a border is embedded once a page.

Counties are a coverage: neighbours have the same vertices along their
border. A ring becomes a list of arc numbers, negative (``~i``) where the arc
runs backwards, as in TopoJSON. City and province lines follow from the arcs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

import geopandas as gpd
import shapely

from geoplan import crs

SCALE = 100_000
"""Coordinates are embedded as whole numbers of 1/100000 degree, about a metre."""

Point = tuple[int, int]
Ring = list[Point]


@dataclass(frozen=True)
class Topology:
    """Arcs, each a list of points, and for each unit its polygons as rings of arc numbers."""

    arcs: list[Ring]
    units: dict[str, list[list[list[int]]]]


def encode(points: Iterable[Point]) -> list[int]:
    """Return points as flat differences: ``[x0, y0, dx1, dy1, …]``."""
    flat: list[int] = []
    last = (0, 0)
    for point in points:
        flat += [point[0] - last[0], point[1] - last[1]]
        last = point
    return flat


def quantised(coordinates: np.ndarray) -> Ring:
    """Return coordinates (n × 2, degrees) as whole numbers, repeated points left out."""
    whole = np.rint(np.asarray(coordinates)[:, :2] * SCALE).astype(int)
    keep = np.ones(len(whole), dtype=bool)
    keep[1:] = (whole[1:] != whole[:-1]).any(axis=1)
    return [(int(x), int(y)) for x, y in whole[keep]]


def topology(counties: gpd.GeoDataFrame) -> Topology:
    """Return the shared arcs of `counties` (``adcode``, polygons in degrees)."""
    rings = {
        code: [_rings(part) for part in shapely.get_parts(shape)]
        for code, shape in zip(counties["adcode"], counties.geometry, strict=True)
    }
    nodes = _nodes(rings)
    arcs: list[Ring] = []
    known: dict[tuple[Point, ...], int] = {}
    units: dict[str, list[list[list[int]]]] = {}
    for code, polygons in rings.items():
        units[code] = [
            [[_number(arc, arcs, known) for arc in _split(ring, nodes)] for ring in polygon]
            for polygon in polygons
        ]
    return Topology(arcs, units)


def simplified(counties: gpd.GeoDataFrame, tolerance_m: float) -> tuple[gpd.GeoDataFrame, float]:
    """Return a copy of `counties` with fewer vertices and shared borders kept, and its error.

    The error is the largest distance, in metres, between an old and a new
    border. `tolerance_m` of 0 returns the counties as they are.
    """
    if tolerance_m <= 0:
        return counties, 0.0
    shapes = crs.data_to_work(counties.geometry.to_numpy())
    fewer, error = _fewer(shapes, tolerance_m)
    made = counties.set_geometry(
        gpd.GeoSeries(crs.work_to_data(fewer), index=counties.index, crs=crs.DATA_CRS)
    )
    return made, error


def simplified_features(features: pd.DataFrame, tolerance_m: float) -> tuple[pd.DataFrame, float]:
    """Return a copy of `features` whose own shapes have fewer vertices, and the largest error.

    Polygons of a layer keep their shared borders; lines and points stay.
    """
    made, worst = features.copy(), 0.0
    if tolerance_m <= 0:
        return made, worst
    shapes = made["geometry"].to_numpy(dtype=object, copy=True)
    areal = shapely.get_dimensions(shapes) == 2
    for layer in sorted(set(made["layer"][areal])):
        chosen = areal & (made["layer"] == layer).to_numpy()
        fewer, error = _fewer(crs.data_to_work(shapes[chosen]), tolerance_m)
        shapes[chosen] = crs.work_to_data(fewer)
        worst = max(worst, error)
    made["geometry"] = shapes
    return made, worst


def _fewer(shapes: np.ndarray, tolerance_m: float) -> tuple[np.ndarray, float]:
    if not shapely.coverage_is_valid(shapes):
        shapes = shapely.coverage_clean(shapes)
    fewer = shapely.coverage_simplify(shapes, tolerance_m)
    error = shapely.hausdorff_distance(shapely.boundary(shapes), shapely.boundary(fewer))
    return fewer, float(np.max(error))


def _rings(polygon: shapely.Polygon) -> list[Ring]:
    lines = [polygon.exterior, *polygon.interiors]
    made = [quantised(shapely.get_coordinates(line)) for line in lines]
    return [ring for ring in made if len(ring) >= 4]


def _nodes(rings: dict[str, list[list[Ring]]]) -> set[Point]:
    owners: dict[frozenset[Point], set[str]] = defaultdict(set)
    for code, polygons in rings.items():
        for polygon in polygons:
            for ring in polygon:
                for edge in pairwise(ring):
                    owners[frozenset(edge)].add(code)
    meeting: dict[Point, list[frozenset[str]]] = defaultdict(list)
    for edge_points, codes in owners.items():
        for point in edge_points:
            meeting[point].append(frozenset(codes))
    return {p for p, sets in meeting.items() if len(sets) != 2 or sets[0] != sets[1]}


def _split(ring: Ring, nodes: set[Point]) -> list[Ring]:
    body = ring[:-1]
    starts = [i for i, point in enumerate(body) if point in nodes]
    if not starts:
        first = body.index(min(body))
        turned = body[first:] + body[: first + 1]
        return [turned]
    turned = body[starts[0] :] + body[: starts[0]] + [body[starts[0]]]
    cuts = [i - starts[0] for i in starts] + [len(turned) - 1]
    return [turned[a : b + 1] for a, b in pairwise(cuts)]


def _number(arc: Ring, arcs: list[Ring], known: dict[tuple[Point, ...], int]) -> int:
    key = tuple(arc)
    if key in known:
        return known[key]
    number = len(arcs)
    arcs.append(arc)
    known[key[::-1]] = ~number
    known[key] = number
    return number
