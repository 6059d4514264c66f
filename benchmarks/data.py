"""Seeded layers for the overlay benchmark: parcels, zones, counties.

    python -m benchmarks.data FOLDER [--sizes 100000 1000000] [--crs work|4490] [--bbox]

Zones are cells of a shaken grid with fractal edges that neighbours share. Parcels are tilings
of fields in clusters; clusters lie where a zone has an edge as long as there is such room (so
that many parcels straddle), and elsewhere after that. Rows go county by county, as surveys are
delivered. Everything comes from one seed; parcels are made and written in batches, so that
memory does not grow with their number. Coordinates are rounded to a millimetre.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

import geopandas as gpd
import shapely

from geoplan.crs import DATA_CRS, WORK_CRS, to_work, work_to_data

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    import pyproj

ROOT = Path(__file__).parents[1]
SEED = 20_251
ROW_GROUP = 65_536
ZONES = 525
KINDS = ["ecological", "farmland", "urban", "reserve", "mining"]
LANDUSE = ["0101", "0102", "0103", "0201", "0301", "0305", "0401", "0403", "0601", "0702", "1003"]
LANDUSE += ["1104"]
LANDUSE_SHARES = np.array([8, 14, 30, 7, 12, 6, 5, 3, 2, 6, 4, 3]) / 100

CELL_M = 17_500.0
"""Side of the grid of zones."""

FINEST_M = 182.0
"""Edges of zones are broken until they are shorter; sets the number of vertices."""

SLOT_M = 1_250.0
"""Side of the square that one cluster of fields may use."""

CROWDED = 85
"""Vertices of zones in a slot from which on it is among the first to be used."""

COUNTY_STEP_M = 250.0
BATCH_SLOTS = 256


class LayerWriter:
    """Writes GeoParquet 1.1 (WKB) in row groups of `ROW_GROUP` rows, whatever comes in.

    Parameters
    ----------
    path
        The file.
    fields
        The columns besides ``geometry``.
    crs
        What the coordinates are in.
    bbox
        Whether to add the covering column of GeoParquet 1.1.
    """

    def __init__(
        self, path: Path, fields: list[pa.Field], crs: pyproj.CRS, *, bbox: bool = False
    ) -> None:
        column: dict[str, Any] = {
            "encoding": "WKB",
            "geometry_types": ["MultiPolygon", "Polygon"],
            "crs": crs.to_json_dict(),
        }
        fields = [*fields, pa.field("geometry", pa.binary())]
        if bbox:
            sides = ["xmin", "ymin", "xmax", "ymax"]
            column["covering"] = {"bbox": {side: ["bbox", side] for side in sides}}
            fields.append(pa.field("bbox", pa.struct([(side, pa.float64()) for side in sides])))
        geo = {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": column}}
        self._schema = pa.schema(fields, metadata={"geo": json.dumps(geo)})
        self._bbox = bbox
        self._writer = pq.ParquetWriter(path, self._schema, compression="zstd")
        self._waiting: list[pa.Table] = []
        self._rows = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._flush(last=True)
        self._writer.close()

    def write(self, columns: dict[str, np.ndarray], shapes: np.ndarray) -> None:
        """Append rows."""
        arrays: dict[str, pa.Array] = {
            name: pa.array(values, type=self._schema.field(name).type)
            for name, values in columns.items()
        }
        arrays["geometry"] = pa.array(shapely.to_wkb(shapes), type=pa.binary())
        if self._bbox:
            sides = [pa.array(side) for side in shapely.bounds(shapes).T]
            arrays["bbox"] = pa.StructArray.from_arrays(
                sides, fields=list(self._schema.field("bbox").type)
            )
        table = pa.table([arrays[name] for name in self._schema.names], schema=self._schema)
        self._waiting.append(table)
        self._rows += len(table)
        self._flush(last=False)

    def _flush(self, *, last: bool) -> None:
        while self._rows >= ROW_GROUP or (last and self._rows):
            table = pa.concat_tables(self._waiting)
            self._writer.write_table(table.slice(0, ROW_GROUP), row_group_size=ROW_GROUP)
            rest = table.slice(ROW_GROUP)
            self._waiting, self._rows = [rest], len(rest)


def counties() -> tuple[np.ndarray, np.ndarray]:
    """Return adcodes and shapes (`WORK_CRS`, a vertex at least every 250 m)."""
    frame = to_work(gpd.read_parquet(ROOT / "data/boundaries/counties.parquet"))
    frame = frame.sort_values("adcode")
    shapes = _rounded(shapely.segmentize(frame.geometry.to_numpy(), COUNTY_STEP_M))
    return frame["adcode"].to_numpy(dtype=object), shapely.make_valid(shapes)


# Zones ------------------------------------------------------------------------------------


def zones(area: shapely.Geometry, seed: int = SEED) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return names, kinds and shapes of `ZONES` fractal polygons over `area`.

    They share edges but no area; one in four has a fractal hole.
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
            edges[key] = _fractal(nodes[row, column], end, np.random.default_rng([seed, 2, *key]))
        return edges[key]

    shapes = []
    for cell in chosen.tolist():
        row, column = divmod(cell, columns)
        ring = [edge(row, column, 0)[:-1], edge(row, column + 1, 1)[:-1]]
        ring += [edge(row + 1, column, 0)[:0:-1], edge(row, column, 1)[:0:-1]]
        holes = [_lake(centres[cell], rng)] if rng.random() < 0.25 else []
        shapes.append(shapely.Polygon(np.concatenate(ring), holes))
    made = _rounded(np.array(shapes))
    if not shapely.is_valid(made).all():
        raise ValueError(f"seed {seed} gives zones that cross themselves; take another")
    names = np.array([f"Z{number:04d}" for number in range(ZONES)], dtype=object)
    return names, rng.choice(np.array(KINDS, dtype=object), ZONES), made


def _lake(centre: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return the ring of a fractal square around `centre`."""
    half = CELL_M * rng.uniform(0.04, 0.1)
    corners = centre + half * np.array([[-1, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]])
    sides = [_fractal(a, b, rng)[:-1] for a, b in pairwise(corners)]
    return np.concatenate(sides)


def _fractal(start: np.ndarray, end: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return a path from `start` to `end`: a Minkowski sausage of random height and side.

    Each segment longer than `FINEST_M` becomes eight; all of them stay within the rhombus of
    the parent segment, so that paths neither cross themselves nor one another.
    """
    path = np.stack([start, end])
    while True:
        step = np.diff(path, axis=0)
        long = np.hypot(step[:, 0], step[:, 1]) > FINEST_M
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


# Parcels ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Slots:
    """Where clusters of fields lie: centres, fields along and across, the number of each."""

    centres: np.ndarray
    grids: np.ndarray
    numbers: np.ndarray


def slots(count: int, areas: np.ndarray, edges: np.ndarray, seed: int = SEED) -> Slots:
    """Return enough slots for `count` parcels, by county, those on an edge of zones first."""
    rng = np.random.default_rng([seed, 3])
    west, south, east, north = shapely.total_bounds(areas)
    x = np.arange(west + SLOT_M / 2, east, SLOT_M)
    y = np.arange(south + SLOT_M / 2, north, SLOT_M)
    centres = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    points, found = shapely.STRtree(areas).query(shapely.points(centres), predicate="within")
    county = np.full(len(centres), -1)
    county[points] = found
    coordinates = shapely.get_coordinates(edges)
    columns = ((coordinates[:, 0] - west) / SLOT_M).astype(int)
    rows = ((coordinates[:, 1] - south) / SLOT_M).astype(int)
    inside = (columns >= 0) & (columns < len(x)) & (rows >= 0) & (rows < len(y))
    vertices = np.bincount((rows * len(x) + columns)[inside], minlength=len(centres))
    rank = np.searchsorted([-CROWDED, -3], -vertices)
    field_m2 = np.exp(rng.uniform(np.log(4_000), np.log(16_000), len(centres)))
    stretch = np.exp(rng.uniform(-0.5, 0.5, len(centres)))
    side = 0.8 * SLOT_M / np.sqrt(field_m2)
    grids = np.rint(np.stack([side * stretch, side / stretch], axis=1)).astype(int)
    order = rng.permutation(len(centres))
    order = order[county[order] >= 0]
    order = order[np.argsort(rank[order], kind="stable")]
    filled = np.cumsum(grids[order].prod(axis=1))
    if filled[-1] < count:
        raise ValueError(f"there is room for {filled[-1]:,} parcels, not for {count:,}")
    chosen = order[: int(np.searchsorted(filled, count)) + 1]
    chosen = chosen[np.lexsort((chosen, county[chosen]))]
    return Slots(centres[chosen], grids[chosen], chosen)


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
                np.random.default_rng([seed, 4, places.numbers[at]]),
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


def _rounded(shapes: np.ndarray) -> np.ndarray:
    return np.asarray(shapely.transform(shapes, lambda xy: np.round(xy, 3)))


# Files ------------------------------------------------------------------------------------


def make(
    folder: Path, sizes: list[int], *, degrees: bool = False, bbox: bool = False, seed: int = SEED
) -> list[Path]:
    """Write what is missing of the layers and return all paths; names tell size and CRS.

    Parameters
    ----------
    folder
        Where ``parcels-N.parquet``, ``zones.parquet`` and ``counties.parquet`` go.
    sizes
        Numbers of parcels.
    degrees
        Write EPSG:4490 into ``…-4490.parquet`` instead of `WORK_CRS`.
    bbox
        Add the covering column of GeoParquet 1.1.
    seed
        Same seed, same bytes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    tail, crs = ("-4490", DATA_CRS) if degrees else ("", WORK_CRS)
    text = [("adcode",), ("zone", "kind")]
    paths = [folder / f"{name}{tail}.parquet" for name in ("counties", "zones")]
    paths += [folder / f"parcels-{size}{tail}.parquet" for size in sizes]
    if all(path.exists() for path in paths):
        return paths
    adcodes, areas = counties()
    names, kinds, shapes = zones(shapely.union_all(areas), seed)
    tables: list[tuple[list[np.ndarray], np.ndarray]] = [
        ([adcodes], areas),
        ([names, kinds], shapes),
    ]
    for path, columns, (values, layer) in zip(paths[:2], text, tables, strict=True):
        fields = [pa.field(name, pa.string()) for name in columns]
        if not path.exists():
            with LayerWriter(_part(path), fields, crs, bbox=bbox) as writer:
                writer.write(dict(zip(columns, values, strict=True)), _placed(layer, degrees))
            _part(path).rename(path)
    fields = [pa.field("id", pa.int64()), pa.field("landuse", pa.string())]
    for size, path in zip(sizes, paths[2:], strict=True):
        if path.exists():
            continue
        with LayerWriter(_part(path), fields, crs, bbox=bbox) as writer:
            for values_of, layer in parcels(size, slots(size, areas, shapes, seed), seed):
                writer.write(values_of, _placed(layer, degrees))
        _part(path).rename(path)
    return paths


def _part(path: Path) -> Path:
    return path.with_suffix(".part")


def _placed(shapes: np.ndarray, degrees: bool) -> np.ndarray:
    """Return shapes in the CRS of the file; degrees are rounded to 1e-9."""
    if not degrees:
        return shapes
    return np.asarray(shapely.transform(work_to_data(shapes), lambda xy: np.round(xy, 9)))


def main() -> None:
    """Write the layers and say where."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sizes", type=int, nargs="*", default=[100_000, 1_000_000])
    parser.add_argument("--crs", choices=["work", "4490"], default="work")
    parser.add_argument("--bbox", action="store_true")
    parser.add_argument("--seed", type=int, default=SEED)
    given = parser.parse_args()
    degrees = given.crs == "4490"
    for path in make(given.folder, given.sizes, degrees=degrees, bbox=given.bbox, seed=given.seed):
        print(f"{path}  {path.stat().st_size / 2**20:.1f} MiB")


if __name__ == "__main__":
    main()
