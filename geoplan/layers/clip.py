"""Shapes of files, cut at the border of the units: what lies outside is told, not lost."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import geopandas as gpd
import shapely

from geoplan import crs, geometry
from geoplan.errors import DataError, GeometryError
from geoplan.schema import row_id

Row = dict[str, Any]

REACH_DEGREES = 10.0
"""How far beyond the units a shape may reach before it is cut in degrees."""


@dataclass(frozen=True)
class Projected:
    """Shapes in `crs.WORK_CRS`, and what was cut off before they could be projected.

    `beyond_m2` is that area for each shape, nothing for most; `repairs` are
    position, reason and change of area in m² of those repaired on the way.
    """

    shapes: np.ndarray
    beyond_m2: np.ndarray
    repairs: list[tuple[int, str, float]]


def degrees_of(frame: gpd.GeoDataFrame, path: Path) -> np.ndarray:
    """Return the shapes of a file in `crs.DATA_CRS`.

    Raises
    ------
    GeometryError
        If coordinates have no place in the system that the file states.
    """
    degrees = np.asarray(crs.to_data(frame).geometry.to_numpy())
    lost = geometry.not_finite(degrees)
    if len(lost):
        raise GeometryError(
            f"{path}: {len(lost)} of {len(degrees)} features have coordinates without a place in "
            f"{crs.name_of(frame.crs)}; state the system that the numbers are in"
        )
    return degrees


def project(frame: gpd.GeoDataFrame, *, area: crs.Bounds, path: Path) -> Projected:
    """Project polygons of any size, those of the whole world included.

    The equal-area system has no place for much of the world, so shapes that
    reach far beyond `area` (degrees) are cut in degrees first.

    Raises
    ------
    GeometryError
        If coordinates have no place in the system that the file states.
    """
    degrees = degrees_of(frame, path)
    reach = np.array(area) + np.array([-1, -1, 1, 1]) * REACH_DEGREES
    bounds = shapely.bounds(degrees)
    far = ((bounds[:, :2] < reach[:2]) | (bounds[:, 2:] > reach[2:])).any(axis=1)
    work = np.empty(len(degrees), dtype=object)
    work[~far] = crs.to_work(frame[~far]).geometry.to_numpy()
    beyond = np.zeros(len(degrees))
    fixed, repaired, reasons = geometry.repair(degrees[far])
    near = np.array([geometry.polygonal(g) for g in shapely.intersection(fixed, _box(reach))])
    work[far] = crs.data_to_work(shapely.segmentize(near, 0.1)) if far.any() else near
    beyond[far] = crs.world_area_m2(fixed) - crs.world_area_m2(near)
    change = crs.world_area_m2(fixed) - crs.world_area_m2(degrees[far])
    places = np.flatnonzero(far)
    repairs = [
        (int(places[i]), r, float(change[i])) for i, r in zip(repaired, reasons, strict=True)
    ]
    return Projected(work, beyond, repairs)


def clip(
    shapes: gpd.GeoDataFrame,
    *,
    beyond_m2: np.ndarray,
    layer: str,
    scope: shapely.Geometry,
) -> tuple[gpd.GeoDataFrame, list[Row]]:
    """Cut shapes (column `feature`, `crs.WORK_CRS`) at the border of `scope`.

    Returns what is left, and rows of `dropped` with the area outside, to
    which `beyond_m2` is added.
    """
    before = shapes.geometry.to_numpy()
    inside = np.array([geometry.polygonal(g) for g in shapely.intersection(before, scope)])
    lost = shapely.area(before) - shapely.area(inside) + beyond_m2
    dropped: list[Row] = []
    for feature, area_m2 in zip(shapes["feature"], lost, strict=True):
        if area_m2 > geometry.SLIVER_M2:
            dropped.append(
                {
                    "id": row_id("layers", layer, feature, "outside_units"),
                    "stage": "layers",
                    "layer": layer,
                    "feature": feature,
                    "adcode": None,
                    "area_m2": float(area_m2),
                    "reason": "outside_units",
                }
            )
    kept = shapes.set_geometry(gpd.GeoSeries(inside, index=shapes.index, crs=shapes.crs))
    return kept[shapely.area(inside) > 0].reset_index(drop=True), dropped


def require_inside(kept: int, frame: gpd.GeoDataFrame, *, area: crs.Bounds, path: Path) -> None:
    """Raise `DataError` where none of the shapes of a file lies in the units."""
    if kept:
        return
    box = ", ".join(f"{v:.4g}" for v in crs.bounds_in_data(frame, source=str(path)))
    need = ", ".join(f"{v:.4g}" for v in area)
    raise DataError(
        f"{path}: all {len(frame)} features lie outside the units: degrees {box}; "
        f"the units lie in {need}. Is the coordinate system right?"
    )


def _box(bounds: np.ndarray) -> shapely.Geometry:
    return shapely.box(*bounds.tolist())
