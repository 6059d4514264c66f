"""Seeded zones for the benchmarks, and the counties of Shanxi: the layers that are held.

Zones are cells of a shaken grid with fractal edges that neighbours share.
"""

from __future__ import annotations

import copy
from itertools import pairwise
from pathlib import Path

import numpy as np

import geopandas as gpd
import shapely

from geoplan.crs import to_work

ROOT = Path(__file__).parents[1]
SEED = 20_251
ZONES = 525
KINDS = ["ecological", "farmland", "urban", "reserve", "mining"]

CELL_M = 17_500.0
"""Side of the grid of zones."""

FINEST_M = 182.0
"""Edges of zones are broken until they are shorter; sets the number of vertices."""

COUNTY_STEP_M = 250.0


def counties() -> tuple[np.ndarray, np.ndarray]:
    """Return adcodes and shapes (`WORK_CRS`, a vertex at least every 250 m)."""
    frame = to_work(gpd.read_parquet(ROOT / "data/boundaries/counties.parquet"))
    frame = frame.sort_values("adcode")
    shapes = rounded(shapely.segmentize(frame.geometry.to_numpy(), COUNTY_STEP_M))
    return frame["adcode"].to_numpy(dtype=object), shapely.make_valid(shapes)


def zones(
    area: shapely.Geometry, seed: int = SEED, finest: float = FINEST_M
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return names, kinds and shapes of `ZONES` fractal polygons over `area`.

    They share edges but no area; one in four has a fractal hole. With another `finest` they are
    the same zones, drawn finer or coarser: large bends stay, small ones are drawn anew.
    """
    rng = np.random.default_rng([seed, 1])
    west, south, east, north = area.bounds
    columns, rows = int((east - west) / CELL_M) + 2, int((north - south) / CELL_M) + 2
    x, y = np.meshgrid(np.arange(columns + 1.0), np.arange(rows + 1.0))
    nodes = np.stack([x, y], axis=-1) + rng.uniform(-0.06, 0.06, (rows + 1, columns + 1, 2))
    nodes = nodes * CELL_M + [west - CELL_M / 2, south - CELL_M / 2]
    centres = (nodes[:-1, :-1] + nodes[1:, 1:]).reshape(-1, 2) / 2
    cover = shapely.area(shapely.intersection(shapely.buffer(shapely.points(centres), 8e3), area))
    chosen = np.sort(np.argsort(-cover, kind="stable")[:ZONES])
    edges: dict[tuple[int, int, int], np.ndarray] = {}

    def edge(row: int, column: int, up: int) -> np.ndarray:
        """Return one edge of the grid, broken once for both its cells."""
        key = (row, column, up)
        if key not in edges:
            end = nodes[row + up, column + 1 - up]
            own = np.random.default_rng([seed, 2, *key])
            edges[key] = _fractal(nodes[row, column], end, own, finest)
        return edges[key]

    shapes = []
    for cell in chosen.tolist():
        row, column = divmod(cell, columns)
        ring = [edge(row, column, 0)[:-1], edge(row, column + 1, 1)[:-1]]
        ring += [edge(row + 1, column, 0)[:0:-1], edge(row, column, 1)[:0:-1]]
        holes = [_lake(centres[cell], rng, finest)] if rng.random() < 0.25 else []
        shapes.append(shapely.Polygon(np.concatenate(ring), holes))
    made = rounded(np.array(shapes))
    if not shapely.is_valid(made).all():
        raise ValueError(f"seed {seed} gives zones that cross themselves; take another")
    names = np.array([f"Z{number:04d}" for number in range(ZONES)], dtype=object)
    return names, rng.choice(np.array(KINDS, dtype=object), ZONES), made


def _lake(centre: np.ndarray, rng: np.random.Generator, finest: float) -> np.ndarray:
    """Return the ring of a fractal square around `centre`."""
    half = CELL_M * rng.uniform(0.04, 0.1)
    corners = centre + half * np.array([[-1, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]])
    own = copy.deepcopy(rng)
    sides = [_fractal(a, b, rng, FINEST_M)[:-1] for a, b in pairwise(corners)]
    if finest != FINEST_M:  # the other zones stay as they are, however fine this one is
        sides = [_fractal(a, b, own, finest)[:-1] for a, b in pairwise(corners)]
    return np.concatenate(sides)


def _fractal(
    start: np.ndarray, end: np.ndarray, rng: np.random.Generator, finest: float
) -> np.ndarray:
    """Return a path from `start` to `end`: a Minkowski sausage of random height and side.

    Each segment longer than `finest` becomes eight; all of them stay within the rhombus of
    the parent segment, so that paths neither cross themselves nor one another.
    """
    path = np.stack([start, end])
    while True:
        step = np.diff(path, axis=0)
        long = np.hypot(step[:, 0], step[:, 1]) > finest
        if not long.any():
            return path
        count = len(step)
        along = np.array([0, 0.25, 0.25, 0.5, 0.5, 0.5, 0.75, 0.75]) * np.ones((count, 1))
        along[:, 1:] += rng.uniform(-0.01, 0.01, (count, 7))
        side = np.where(rng.random(count) < 0.5, -1.0, 1.0)
        heights = side[:, None] * rng.uniform(0.10, 0.175, (count, 2))
        off = np.zeros((count, 8))
        off[:, 2:4], off[:, 6], off[:, 5] = heights[:, :1], -heights[:, 1], -heights[:, 1]
        off[:, 1:] += rng.uniform(-0.006, 0.006, (count, 7))
        normal = np.stack([-step[:, 1], step[:, 0]], axis=1)
        points = (
            path[:-1, None] + along[..., None] * step[:, None] + off[..., None] * normal[:, None]
        )
        keep = np.ones((count, 8), dtype=bool)
        keep[~long, 1:] = False
        path = np.concatenate([points[keep], path[-1:]])


def rounded(shapes: np.ndarray) -> np.ndarray:
    """Return shapes with coordinates in whole millimetres."""
    return np.asarray(shapely.transform(shapes, lambda xy: np.round(xy, 3)))
