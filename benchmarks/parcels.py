"""Seeded parcels for the benchmarks: tilings of fields in clusters, the layer that is streamed.

Clusters lie where a zone has an edge, so that many parcels straddle. Once such places are all
taken (about 1.5 M parcels), the ground is surveyed again, with other fields in the same places,
as yearly surveys stacked in one file; so the share that straddles is the same at every size, and
so is the size of a parcel. Rows go county by county within a survey. Parcels are made in batches,
so that memory does not grow with their number.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

import shapely

from benchmarks.zones import SEED

if TYPE_CHECKING:
    from collections.abc import Iterator

LANDUSE = ["0101", "0102", "0103", "0201", "0301", "0305", "0401", "0403", "0601", "0702", "1003"]
LANDUSE += ["1104"]
LANDUSE_SHARES = np.array([8, 14, 30, 7, 12, 6, 5, 3, 2, 6, 4, 3]) / 100

SLOT_M = 1_250.0
"""Side of the square that one cluster of fields may use."""

CROWDED = 85
"""Vertices of zones in a slot from which on it is used."""

BATCH_SLOTS = 256
BOUNDARY_POINTS = 32


@dataclass(frozen=True)
class Slots:
    """Where clusters of fields lie: centres, fields along and across, number, survey of each."""

    centres: np.ndarray
    grids: np.ndarray
    numbers: np.ndarray
    surveys: np.ndarray


def slots(count: int, areas: np.ndarray, edges: np.ndarray, seed: int = SEED) -> Slots:
    """Return enough slots on edges of zones for `count` parcels, by survey and county."""
    rng = np.random.default_rng([seed, 3])
    west, south, east, north = shapely.total_bounds(areas)
    x = np.arange(west + SLOT_M / 2, east, SLOT_M)
    y = np.arange(south + SLOT_M / 2, north, SLOT_M)
    centres = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    found, points = shapely.STRtree(shapely.points(centres)).query(areas, predicate="contains")
    county = np.full(len(centres), -1)
    county[points] = found
    coordinates = shapely.get_coordinates(edges)
    columns = ((coordinates[:, 0] - west) / SLOT_M).astype(int)
    rows = ((coordinates[:, 1] - south) / SLOT_M).astype(int)
    inside = (columns >= 0) & (columns < len(x)) & (rows >= 0) & (rows < len(y))
    vertices = np.bincount((rows * len(x) + columns)[inside], minlength=len(centres))
    field_m2 = np.exp(rng.uniform(np.log(4_000), np.log(16_000), len(centres)))
    stretch = np.exp(rng.uniform(-0.5, 0.5, len(centres)))
    side = 0.8 * SLOT_M / np.sqrt(field_m2)
    grids = np.rint(np.stack([side * stretch, side / stretch], axis=1)).astype(int)
    order = rng.permutation(len(centres))
    order = order[(county[order] >= 0) & (vertices[order] >= CROWDED)]
    room = int(grids[order].prod(axis=1).sum())
    if not room:
        raise ValueError("no zone has so fine an edge as to be a place for parcels")
    surveys = np.repeat(np.arange(-(-count // room)), len(order))
    order = np.tile(order, -(-count // room))
    last = int(np.searchsorted(np.cumsum(grids[order].prod(axis=1)), count)) + 1
    order, surveys = order[:last], surveys[:last]
    by = np.lexsort((order, county[order], surveys))
    chosen = order[by]
    return Slots(centres[chosen], grids[chosen], chosen, surveys[by])


def parcels(
    count: int, places: Slots, seed: int = SEED
) -> Iterator[tuple[dict[str, np.ndarray], np.ndarray]]:
    """Yield columns and shapes (`WORK_CRS`) of `count` parcels, batch by batch."""
    done = 0
    for first in range(0, len(places.numbers), BATCH_SLOTS):
        batch = range(first, min(first + BATCH_SLOTS, len(places.numbers)))
        clusters = [
            _cluster(
                places.centres[at],
                places.grids[at],
                np.random.default_rng([seed, 4, places.numbers[at], places.surveys[at]]),
            )
            for at in batch
        ]
        shapes = _shapes(*(np.concatenate(part) for part in zip(*clusters, strict=True)))
        shapes = shapes[: count - done]
        rng = np.random.default_rng([seed, 5, first])
        codes = rng.choice(np.array(LANDUSE, dtype=object), len(shapes), p=LANDUSE_SHARES)
        yield {"id": np.arange(done + 1, done + 1 + len(shapes)), "landuse": codes}, shapes
        done += len(shapes)


def _cluster(
    centre: np.ndarray, grid: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the fields of one cluster: 12 possible vertices, which are used, and the kind.

    Kind 0 is a plain polygon, 1 has a hole, 2 is of two parts.
    """
    across, along = (_spread(int(number), rng) for number in grid)
    finest = min(np.diff(across).min(), np.diff(along).min())
    x, y = np.meshgrid(across, along)
    nodes = np.stack([x, y], axis=-1) + rng.uniform(-0.12, 0.12, (*x.shape, 2)) * finest
    flat, flat_used = _broken(nodes[:, :-1], nodes[:, 1:], finest, rng)
    steep, steep_used = _broken(nodes[:-1], nodes[1:], finest, rng)
    corner = [nodes[:-1, :-1], nodes[:-1, 1:], nodes[1:, 1:], nodes[1:, :-1]]
    sides = [flat[:-1], steep[:, 1:], flat[1:, :, ::-1], steep[:, :-1, ::-1]]
    used = [flat_used[:-1], steep_used[:, 1:], flat_used[1:, :, ::-1], steep_used[:, :-1, ::-1]]
    count = int(grid.prod())
    points = np.concatenate(
        [part for c, s in zip(corner, sides, strict=True) for part in (c[:, :, None], s)], axis=2
    ).reshape(count, 12, 2)
    mask = np.ones((count, 12), dtype=bool)
    for at, which in enumerate(used):
        mask[:, 3 * at + 1 : 3 * at + 3] = which.reshape(count, 2)
    turn = rng.uniform(-0.2, 0.2)
    matrix = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    kinds = rng.choice(3, count, p=[0.965, 0.025, 0.01])
    return np.round(points @ matrix + centre, 3), mask, kinds


def _spread(number: int, rng: np.random.Generator) -> np.ndarray:
    """Return `number` + 1 uneven positions over the width of a cluster, centred on 0."""
    widths = rng.uniform(0.65, 1.45, number)
    positions = np.concatenate([[0], np.cumsum(widths)]) / widths.sum()
    return np.asarray((positions - 0.5) * 0.8 * SLOT_M)


def _broken(
    start: np.ndarray, end: np.ndarray, finest: float, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Return two displaced points on each edge and whether each is used."""
    step = end - start
    size = np.hypot(step[..., 0], step[..., 1])[..., None]
    normal = np.stack([-step[..., 1], step[..., 0]], axis=-1) / size
    at = np.array([0.25, 0.6]) + rng.uniform(0, 0.15, (*step.shape[:2], 2))
    off = rng.uniform(-0.16, 0.16, at.shape) * finest
    points = (
        start[:, :, None] + at[..., None] * step[:, :, None] + off[..., None] * normal[:, :, None]
    )
    return points, rng.random(at.shape) < 0.45


def _shapes(points: np.ndarray, mask: np.ndarray, kinds: np.ndarray) -> np.ndarray:
    """Return polygons of the used vertices, with holes and second parts by kind."""
    count = len(points)
    owners = np.repeat(np.arange(count), mask.sum(axis=1))
    shells = shapely.linearrings(points[mask], indices=owners)
    holed = np.flatnonzero(kinds == 1)
    inner = _inset(points[holed][:, ::3], (0.42, 0.62), (0.4, 0.6))
    rings = np.concatenate([shells, shapely.linearrings(inner)])
    owners = np.concatenate([np.arange(count), holed])
    order = np.argsort(owners, kind="stable")
    shapes = shapely.polygons(rings[order], indices=owners[order])
    split = np.flatnonzero(kinds == 2)
    corners = points[split][:, ::3]
    halves = [_inset(corners, (0.25, 0.45), (0.25, 0.75)), _inset(corners, (0.5, 0.75), (0.3, 0.7))]
    parts = np.stack([shapely.polygons(half) for half in halves], axis=1)
    shapes[split] = shapely.multipolygons(parts)
    return np.asarray(shapes)


def _inset(corners: np.ndarray, u: tuple[float, float], v: tuple[float, float]) -> np.ndarray:
    """Return quadrilaterals at the stated shares of the width and height of others."""
    made = []
    for s, t in ((u[0], v[0]), (u[1], v[0]), (u[1], v[1]), (u[0], v[1])):
        weights = np.array([(1 - s) * (1 - t), s * (1 - t), s * t, (1 - s) * t])
        made.append(np.einsum("k,nkd->nd", weights, corners))
    return np.round(np.stack(made, axis=1), 3)


def straddling(shapes: np.ndarray, *layers: np.ndarray) -> float:
    """Return the share of shapes that meet a boundary of the layers."""
    pieces = []
    for boundary in shapely.get_parts(shapely.boundary(np.concatenate(layers))):
        points = shapely.get_coordinates(boundary)
        starts = range(0, len(points) - 1, BOUNDARY_POINTS)
        pieces += [shapely.linestrings(points[at : at + BOUNDARY_POINTS + 1]) for at in starts]
    met = shapely.STRtree(pieces).query(shapes, predicate="intersects")[0]
    return len(np.unique(met)) / len(shapes)
