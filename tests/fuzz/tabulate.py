"""Target: `tabulate` of two layers by chance; areas are conserved and those that GEOS finds."""

from __future__ import annotations

import json
import math
from functools import cache
from hashlib import sha256
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd

import geopandas as gpd
import shapely

from geoplan import crs, geometry
from geoplan.engine import tabulate
from geoplan.errors import GeoplanError
from tests.engine.shapes import at, box, frame, ring
from tests.engine.test_degenerate import HALF_A_UNIT, noise, noise_of_cuts
from tests.engine.test_like_geopandas import AGREES, layers_of, referee
from tests.fuzz.parts import packed, unpacked
from tests.fuzz.target import Target, require

Rng = np.random.Generator

COLUMNS = ["area_m2", "net_m2", "pieces"]
SEED = "seed.json"
"""Part of an input from which shapes are drawn."""

SUFFIXES = (".parquet", ".fgb", ".geojson")
DRAWN = (".parquet", ".fgb")
"""Formats that keep shapes of the work CRS to the last bit."""


def bow_tie(rng: Rng) -> shapely.Geometry:
    """Return two triangles that meet in a point, drawn in one line."""
    x, y = rng.integers(0, 5, 2).tolist()
    return ring((x, y), (x + 2, y + 2), (x + 2, y), (x, y + 2))


def tangled(rng: Rng) -> shapely.Geometry:
    """Return a ring of any places."""
    return ring(*rng.integers(0, 7, (rng.integers(3, 12), 2)).tolist())


def flat(rng: Rng) -> shapely.Geometry:
    """Return a ring without an area."""
    x, y = rng.integers(0, 5, 2).tolist()
    return ring((x, y), (x + 2, y), (x, y)) if rng.random() < 0.5 else ring((x, y), (x, y), (x, y))


def hole_outside(rng: Rng) -> shapely.Geometry:
    """Return a square whose hole lies beside it, or over its border, or is all of it."""
    x = rng.choice([0.0, 1.0, 3.0])
    return shapely.Polygon(box(0, 0, 2, 2).exterior, [box(x, 0, x + 2, 2).exterior])


def parts_over_parts(rng: Rng) -> shapely.Geometry:
    """Return squares that lie on each other as one shape."""
    corners = rng.integers(0, 4, (rng.integers(1, 5), 2)).tolist()
    return shapely.MultiPolygon([box(x, y, x + 2, y + 2) for x, y in corners])


def mixed(rng: Rng) -> shapely.Geometry:
    """Return a square with a line and a place."""
    line = shapely.LineString([at(0, 0), at(5, 5)])
    return shapely.GeometryCollection([box(1, 1, 2, 3), line, shapely.Point(at(3, 3))])


def nothing(rng: Rng) -> shapely.Geometry | None:
    """Return no shape, or an empty one."""
    return (None, shapely.Polygon(), shapely.MultiPolygon(), shapely.Point())[rng.integers(4)]


def line(rng: Rng) -> shapely.Geometry:
    """Return what is no polygon."""
    return shapely.LineString([at(0, 0), at(*rng.integers(1, 6, 2).tolist())])


def raised(rng: Rng) -> shapely.Geometry:
    """Return a square with heights."""
    return shapely.force_3d(box(0, 0, *rng.integers(1, 6, 2).tolist()), 7.0)


INVALID = (bow_tie, tangled, tangled, hole_outside, parts_over_parts)
STRANGE = (flat, mixed, nothing, line, raised)


def drawn(rng: Rng) -> tuple[list[shapely.Geometry | None], list[shapely.Geometry | None]]:
    """Return two layers: valid shapes, or with some that are not."""
    rows = int(rng.integers(1, 6))
    left, right = layers_of(int(rng.integers(1 << 31)), rows)
    share = rng.choice([0.0, 0.2, 0.6])
    for shapes in (left, right):
        for i in range(len(shapes)):
            if rng.random() < share:
                made = (*INVALID, *STRANGE)
                shapes[i] = made[rng.integers(len(made))](rng)
    return left, right


def written(folder: Path, name: str, shapes: list[shapely.Geometry | None], rng: Rng) -> Path:
    """Write a layer, in one of the formats, in rows of any order."""
    layer = frame(shapes, **{name: [*range(len(shapes))]})
    suffix = DRAWN[rng.integers(len(DRAWN))]
    if suffix != ".parquet" and any(s is None or s.is_empty or s.has_z for s in shapes):
        suffix = ".parquet"
    path = folder / f"{name}{suffix}"
    if suffix == ".parquet":
        layer.to_parquet(path, row_group_size=int(rng.integers(1, 8)))
    else:
        layer.to_file(path, SPATIAL_INDEX="NO", geometry_type="Unknown")
    return path


def polygons(shapes: list[shapely.Geometry | None]) -> np.ndarray:
    """Return shapes as they have to be understood: repaired, and only their polygons."""
    made = np.array([shapely.Polygon() if s is None else s for s in shapes], dtype=object)
    fixed, _, _ = geometry.repair(shapely.force_2d(made))
    return np.array([geometry.polygonal(s) for s in fixed], dtype=object)


def run(data: bytes, folder: Path) -> str:
    """Tabulate what an input holds, or what is drawn by it."""
    files = unpacked(data)
    if SEED in files or not files:
        rng = np.random.default_rng(int.from_bytes(sha256(data).digest()[:8], "big"))
        return _compared(folder, rng)
    named = [folder / name for name in sorted(files) if name in NAMES]
    for path in named:
        path.write_bytes(files[path.name])
    try:
        table = tabulate(named, BY, scheduler="synchronous")
    except GeoplanError as fault:
        return fault.code
    finally:
        for path in named:
            path.unlink(missing_ok=True)
    _plausible(table)
    return f"read {len(table)}"


BY = ["left", "right"]
NAMES = tuple(f"{name}{suffix}" for name in BY for suffix in (*SUFFIXES, ".gpkg", ".shp", ".dbf"))


def _plausible(table: pd.DataFrame) -> None:
    for name in COLUMNS if len(table) else ():
        values = table[name].to_numpy(dtype=float)
        require(bool(np.isfinite(values).all()), f"{name} is no number")
        require(bool((values >= 0).all()), f"{name} is below zero: {values.min()}")
    more = table["net_m2"] - table["area_m2"]
    require(bool((more <= HALF_A_UNIT * 4 + 1e-9 * table["area_m2"]).all()), "net above gross")


def _compared(folder: Path, rng: Rng) -> str:
    left, right = drawn(rng)
    paths = [written(folder, n, s, rng) for n, s in zip(BY, (left, right), strict=True)]
    try:
        table = tabulate(paths[:: rng.choice([1, -1])], BY, scheduler="synchronous")
    except GeoplanError as fault:
        # Nothing but a layer without any shape may be refused here.
        one = [all(s is None or s.is_empty for s in shapes) for shapes in (left, right)]
        require(any(one), f"refused: {fault}")
        return fault.code
    finally:
        for path in paths:
            path.unlink(missing_ok=True)
    _plausible(table)
    _agrees(table, polygons(left), polygons(right))
    return f"read {len(table)} {table.attrs['repaired']}"


def _agrees(table: pd.DataFrame, left: np.ndarray, right: np.ndarray) -> None:
    """Check every pair, and that what is streamed is either shared or told as uncovered."""
    rows = zip(table["left"], table["right"], table["area_m2"], strict=True)
    found = {(int(i), int(j)): area for i, j, area in rows}
    for i, a in enumerate(left):
        for j, b in enumerate(right):
            area = found.pop((i, j), 0.0)
            told = float(shapely.intersection(a, b).area)
            off = HALF_A_UNIT + AGREES * min(a.area, b.area) + _noise(a, b)
            if abs(area - told) > off:
                exact, more = referee(a, b)
                require(abs(area - exact) <= off + more, f"rows {i}, {j}: {area}, not {exact}")
    require(not found, f"pairs that are not there: {found}")
    streamed, held = (
        (left, right) if str(table.attrs["streamed"]).partition(".")[0] == "left" else (right, left)
    )
    cover = shapely.union_all(held, grid_size=1e-9) if len(held) else shapely.Polygon()
    free = math.fsum(s.difference(cover).area for s in streamed)
    off = (
        sum(_noise(s, cover) for s in streamed)
        + 1e-3 * (1 + len(table))
        + _slivers(held) * len(streamed)
    )
    told = float(table.attrs["uncovered_m2"])
    require(abs(told - free) <= off, f"uncovered {told}: not {free}")


def _slivers(shapes: np.ndarray) -> float:
    """Return the area of overlaps that are slivers, which the engine calls none."""
    shared = (shapely.intersection(a, b).area for a, b in combinations(shapes, 2))
    return math.fsum(area for area in shared if area < geometry.SLIVER_M2)


def _noise(a: shapely.Geometry, b: shapely.Geometry) -> float:
    return 0.0 if a.is_empty or b.is_empty else float(noise(a, b) + 3 * noise_of_cuts(a, b))


@cache
def seeds() -> list[bytes]:
    """Return seeds of shapes, and small files of two layers."""
    shapes = [box(0, 0, 2, 2), ring((1, 1), (4, 1), (4, 4)), bow_tie(np.random.default_rng(1))]
    data = crs.work_to_data(np.array(shapes))
    made = []
    for suffix in (".geojson", ".fgb", ".parquet"):
        files = {name: _content(name, data, suffix) for name in BY}
        made.append(packed({f"{name}{suffix}": text for name, text in files.items()}))
    return [*(packed({SEED: json.dumps(i).encode()}) for i in range(8)), *made]


def _content(name: str, shapes: np.ndarray, suffix: str) -> bytes:
    import tempfile

    layer = gpd.GeoDataFrame({name: [*range(len(shapes))]}, geometry=shapes, crs=crs.DATA_CRS)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"a{suffix}"
        if suffix == ".parquet":
            layer.to_parquet(path)
        else:
            layer.to_file(path)
        return path.read_bytes()


TARGET = Target(seeds, run)
