"""Single polygons of what two sides share, or only one has, cut at the borders of counties."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

import geopandas as gpd
import shapely

from geoplan import crs, engine, geometry, vector
from geoplan.difference.columns import KINDS
from geoplan.difference.sides import Side
from geoplan.errors import DataError, StageError

FINEST_M = 1e-6
"""Grid in metres on which corners of polygons lie."""

MOST_OFF_UNITS = geometry.AREA_UNITS_PER_M2
"""Polygons of a kind may differ from the engine's own sum by 1 m²."""


@dataclass(frozen=True)
class Parts:
    """Polygons of all kinds, and what was met."""

    table: gpd.GeoDataFrame
    """`kind`, `a`, `b` (rows of the sides; -1: none), `adcode` (empty: in no county), `units`,
    `geometry` in `crs.DATA_CRS`."""
    totals: dict[str, int]
    """Area by kind, in 1e-4 m²."""
    repaired: int
    overlapping: bool
    """Whether shapes of one side overlap each other, so that places count several times."""


def parts_of(
    sides: tuple[Side, Side],
    kinds: Sequence[str],
    *,
    counties: gpd.GeoDataFrame,
    folder: Path,
    workers: int | None = None,
) -> Parts:
    """Cut two sides with the engine, then the pieces by county, and take the pieces apart.

    Parameters
    ----------
    kinds
        Of `KINDS`.
    counties
        `adcode` and `geometry` in `crs.DATA_CRS`.
    folder
        For what lies between; has to be empty.

    Raises
    ------
    DataError, GeometryError
        As `engine.overlay_layers`.
    StageError
        Where single polygons have another area than the pieces.
    """
    for name, side in zip("ab", sides, strict=True):
        columns = {name: np.arange(len(side.shapes)), "side": name}
        frame = gpd.GeoDataFrame(columns, geometry=crs.data_to_work(side.shapes.to_numpy()))
        frame = frame.set_crs(crs.WORK_CRS)
        vector.write_table(frame, folder / f"{name}.parquet")
    vector.write_table(crs.to_work(counties[["adcode", "geometry"]]), folder / "counties.parquet")
    paths = [folder / "a.parquet", folder / "b.parquet"]
    shared = engine.tabulate(paths, ["a.side", "b.side"], workers=workers)
    found, totals = [], {}
    for kind in kinds:
        layers, how = _LAYERS[kind]
        paths = [folder / f"{name}.parquet" for name in layers]
        pieces, cut = folder / f"{kind}.parquet", folder / f"{kind}-cut.parquet"
        met = engine.overlay_layers(paths, out=pieces, how=how, sliver_m2=0.0, workers=workers)
        if not met.pieces:
            totals[kind] = 0
            continue
        engine.overlay_layers(
            [pieces, folder / "counties.parquet"], out=cut, sliver_m2=0.0, workers=workers
        )
        table = _single(vector.read_vector(cut), kind)
        totals[kind] = int(table["units"].sum())
        _check(totals[kind], met.area_m2, table=table, kind=kind)
        found.append(table)
    made = pd.concat(found, ignore_index=True) if found else _nothing()
    return Parts(
        gpd.GeoDataFrame(made), totals, shared.attrs["repaired"], bool(shared.attrs["overlaps"])
    )


_LAYERS = {
    "overlap": ("ab", "intersection"),
    "only-a": ("ab", "difference"),
    "only-b": ("ba", "difference"),
}


def _nothing() -> gpd.GeoDataFrame:
    texts = {c: np.array([], dtype=object) for c in ("kind", "adcode")}
    numbers = {c: np.array([], dtype=np.int64) for c in ("a", "b", "units")}
    return gpd.GeoDataFrame({**texts, **numbers}, geometry=[], crs=crs.DATA_CRS)


def _single(cut: gpd.GeoDataFrame, kind: str) -> gpd.GeoDataFrame:
    """Return each polygon of the pieces as a row of its own, in a fixed order of its points."""
    # Where borders were drawn along each other, spikes of no width stay; they would not
    # survive the way into degrees.
    clean = shapely.set_precision(cut.geometry.to_numpy(), FINEST_M)
    shapes, rows = shapely.get_parts(clean, return_index=True)
    kept = shapely.get_type_id(shapes) == 3
    shapes, rows = shapely.normalize(shapes[kept]), rows[kept]
    made = pd.DataFrame({"kind": kind}, index=range(len(shapes)))
    for name in "ab":
        there = name in cut
        made[name] = cut[name].to_numpy()[rows].astype(np.int64) if there else -1
    made["adcode"] = cut["adcode"].fillna("").astype(str).to_numpy()[rows]
    made["units"] = geometry.area_units(shapes)
    made = gpd.GeoDataFrame(made, geometry=crs.work_to_data(shapes), crs=crs.DATA_CRS)
    return gpd.GeoDataFrame(made[made["units"] > 0].reset_index(drop=True))


def _check(units: int, area_m2: float, *, table: pd.DataFrame, kind: str) -> None:
    off = abs(units - round(area_m2 * geometry.AREA_UNITS_PER_M2))
    if off > max(MOST_OFF_UNITS, 1e-8 * units):
        raise StageError(
            f"{KINDS[kind]}: {len(table)} polygons differ by {off / 1e4:.4f} m2 from the pieces "
            "that they are cut from; please report it with the layers"
        )


def ids_of(table: pd.DataFrame, shapes: np.ndarray) -> list[str]:
    """Return the content ids: 18 characters of what a polygon is of and its shape.

    Parameters
    ----------
    table
        The columns that say what a polygon is of; equal rows with equal shapes are numbered.
    shapes
        In `crs.DATA_CRS`; they count to 1e-9 degrees, 0.1 mm.
    """
    if len(table) != len(shapes):
        raise DataError(f"{len(table)} rows, but {len(shapes)} shapes")
    from hashlib import sha256

    plain = shapely.normalize(shapely.transform(shapes, lambda xy: np.round(xy, 9) + 0.0))
    seen: dict[bytes, int] = {}
    made = []
    for cells, wkb in zip(table.itertuples(index=False), shapely.to_wkb(plain), strict=True):
        content = "\0".join(map(str, cells)).encode() + b"\0" + wkb
        count = seen[content] = seen.get(content, -1) + 1
        made.append(sha256(content + bytes(str(count or ""), "ascii")).hexdigest()[:18].upper())
    return made
