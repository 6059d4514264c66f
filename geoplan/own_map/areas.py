"""How much of each class lies in each county: areas, lengths or numbers, of full shapes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd

import geopandas as gpd
import shapely

from geoplan import crs, engine, geometry, vector
from geoplan.overlay.unit import LENGTH_UNITS_PER_KM
from geoplan.own_map.read import Kind

SAME_SHARE = 1e-3
"""Shapes overlap that share this much of the smaller one, or `geometry.SLIVER_M2`."""

LEAST_M = 1.0
"""Shorter parts of lines, in metres, say nothing about a county."""


@dataclass(frozen=True)
class Measured:
    """Amounts of shapes by county, as whole numbers.

    `parts` has a row for each shape and county: `row`, `adcode`, `amount`.
    Amounts are in 1e-4 m² of polygons and 1e-4 m of lines, and 1 of points.
    `net` has a row for each class and county: `code`, `adcode`, `amount`, a place
    counted once; for polygons only, else empty.
    """

    kind: Kind
    parts: pd.DataFrame
    net: pd.DataFrame
    totals: np.ndarray
    """The amount of each shape, wherever it lies."""
    tiled: bool
    """Whether the shapes are a coverage: neighbours share their borders, none overlap."""
    overlapping: int
    """How many shapes overlap another one of their class."""

    @property
    def outside(self) -> int:
        """What lies in no county, in the same units."""
        return int(self.totals.sum()) - int(self.parts["amount"].sum())


def measured(kind: Kind, shapes: np.ndarray, *, codes: np.ndarray, units: pd.DataFrame) -> Measured:
    """Measure shapes (`crs.WORK_CRS`) of classes `codes` in the counties of `units`.

    Raises `StageError` where areas are not conserved, which is a fault of the engine.
    """
    counties = units[units["level"] == "county"]
    if kind == "polygons":
        return _areas(shapes, codes, counties)
    outlines = crs.data_to_work(counties["geometry"].to_numpy())
    adcodes = counties["adcode"].to_numpy(dtype=object)
    i, j = shapely.STRtree(outlines).query(shapes, predicate="intersects")
    if kind == "points":
        parts = pd.DataFrame({"row": i, "adcode": adcodes[j], "amount": 1})
        # A point on a border is counted in the first of the counties.
        parts = parts.sort_values(["row", "adcode"]).drop_duplicates("row", ignore_index=True)
        totals = np.ones(len(shapes), dtype=np.int64)
    else:
        amounts = _lengths(shapely.intersection(shapes[i], outlines[j]))
        parts = pd.DataFrame({"row": i, "adcode": adcodes[j], "amount": amounts})
        parts = parts[parts["amount"] >= LEAST_M * LENGTH_UNITS_PER_KM / 1e3]
        parts = parts.sort_values(["row", "adcode"], ignore_index=True)
        totals = _lengths(shapes)
    return Measured(kind, parts, _nothing(), totals, tiled=False, overlapping=0)


def _nothing() -> pd.DataFrame:
    return pd.DataFrame({"code": [], "adcode": [], "amount": []}).astype({"amount": "int64"})


def _lengths(lines: np.ndarray) -> np.ndarray:
    """Return ellipsoidal lengths of the lines in geometries, in 1e-4 m."""
    metres = [
        sum(crs.geodesic_length_m(p) for p in shapely.get_parts(line) if geometry.is_linear(p))
        for line in lines
    ]
    return np.rint(np.array(metres) * (LENGTH_UNITS_PER_KM / 1e3)).astype(np.int64)


def _areas(shapes: np.ndarray, codes: np.ndarray, counties: pd.DataFrame) -> Measured:
    numbers = np.arange(len(shapes))
    outlines = gpd.GeoDataFrame(
        {"adcode": counties["adcode"].to_numpy()},
        geometry=crs.data_to_work(counties["geometry"].to_numpy()),
        crs=crs.WORK_CRS,
    )
    parts = shared(shapes, numbers, others=outlines, by="adcode").rename(columns={"number": "row"})
    tiled = bool(shapely.coverage_is_valid(shapes))
    groups = [] if tiled else _overlapping(shapes, codes)
    parts["code"] = codes[parts["row"]]
    together = np.concatenate([np.array(group) for group in groups]) if groups else numbers[:0]
    alone = parts[~parts["row"].isin(together)]
    pieces = [alone[["code", "adcode", "amount"]]]
    if groups:
        unions = np.array([shapely.union_all(shapes[group]) for group in groups], dtype=object)
        once = shared(unions, np.arange(len(unions)), others=outlines, by="adcode")
        once["code"] = codes[[groups[n][0] for n in once["number"]]]
        pieces.append(once[["code", "adcode", "amount"]])
    net = pd.DataFrame(pd.concat(pieces).groupby(["code", "adcode"])["amount"].sum().reset_index())
    totals = geometry.area_units(shapes)
    kept = parts[["row", "adcode", "amount"]]
    return Measured("polygons", kept, net, totals, tiled=tiled, overlapping=len(together))


def shared(
    shapes: np.ndarray, numbers: np.ndarray, *, others: gpd.GeoDataFrame, by: str
) -> pd.DataFrame:
    """Return the area that polygons share with those of `others`, from the engine.

    Columns `number`, `by` and `amount` (1e-4 m²), sorted; `numbers` stand for the shapes.
    """
    with TemporaryDirectory(prefix="geoplan-") as folder:
        own, held = Path(folder) / "own.parquet", Path(folder) / "units.parquet"
        frame = gpd.GeoDataFrame({"number": numbers}, geometry=shapes, crs=crs.WORK_CRS)
        vector.write_table(frame[~frame.geometry.is_empty], own)
        vector.write_table(others[[by, "geometry"]], held)
        table = engine.tabulate([own, held], by=["number", by])
    amount = np.rint(table["area_m2"].to_numpy() * geometry.AREA_UNITS_PER_M2).astype(np.int64)
    made = pd.DataFrame({"number": table["number"].astype("int64"), by: table[by]})
    made["amount"] = amount
    return made.sort_values(["number", by], ignore_index=True)


def _overlapping(shapes: np.ndarray, codes: np.ndarray) -> list[list[int]]:
    """Return what hangs together by overlaps within a class, as rows, sorted."""
    i, j = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    same = (i < j) & (codes[i] == codes[j])
    i, j = i[same], j[same]
    areas = shapely.area(shapely.intersection(shapes[i], shapes[j]))
    least = np.minimum(shapely.area(shapes[i]), shapely.area(shapes[j])) * SAME_SHARE
    found = areas >= np.minimum(geometry.SLIVER_M2, np.maximum(least, 1e-3))
    return geometry.connected(zip(i[found].tolist(), j[found].tolist(), strict=True))


def in_cells(kind: Kind, shapes: np.ndarray, *, cells: np.ndarray) -> pd.DataFrame:
    """Return what of each shape lies in which cell (`crs.WORK_CRS`): `row`, `cell`, `amount`.

    Amounts of polygons are exact, in 1e-4 m²; those of lines are lengths in the
    projection, good enough to compare cells with each other.
    """
    if kind == "polygons":
        held = gpd.GeoDataFrame({"cell": np.arange(len(cells))}, geometry=cells, crs=crs.WORK_CRS)
        found = shared(shapes, np.arange(len(shapes)), others=held, by="cell")
        return found.rename(columns={"number": "row"}).astype({"cell": "int64"})
    i, j = shapely.STRtree(cells).query(shapes, predicate="intersects")
    amounts = np.ones(len(i))
    if kind == "lines":
        amounts = np.asarray(shapely.length(shapely.intersection(shapes[i], cells[j])))
    made = pd.DataFrame({"row": i, "cell": j, "amount": amounts}).sort_values(["row", "cell"])
    return made.drop_duplicates("row") if kind == "points" else made[made["amount"] > 0]
