"""Layers that come as files: official or surveyed shapes, checked and repaired, never guessed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import geopandas as gpd
import shapely

from geoplan import crs, geometry
from geoplan.errors import DataError, GeometryError, LayerError, UsageError
from geoplan.layers.model import Source
from geoplan.layers.read import LayerFile
from geoplan.schema import issue_row, row_id
from geoplan.vector import SUFFIXES, read_vector

Row = dict[str, Any]


def find_source(file: LayerFile, override: str | None, root: Path) -> Path | None:
    """Return the file of a layer's shapes: as `geoplan.toml` says, else beside the layer file.

    Returns None where the layer is a slot that nothing was put into.

    Raises
    ------
    LayerError
        If there is none, or several that fit.
    UsageError
        If `geoplan.toml` names a file that does not exist.
    """
    source = file.layer.file
    if source is None:
        return None
    if override is not None:
        path = root / override
        if not path.exists():
            raise UsageError(
                f"geoplan.toml: sources.{file.layer.id} = {override!r}: no file {path}"
            )
        return path
    here = sorted(p for p in file.path.parent.glob(source.path) if p != file.path)
    found = [p for p in here if p.suffix.lower() in SUFFIXES]
    where = file.at("file", "path")
    strange = [p.name for p in here if p.suffix.lower() not in (*SUFFIXES, *_BESIDE)]
    if strange:
        raise LayerError(
            f"{where}: {', '.join(strange)} fit(s) {source.path!r} but cannot be read; "
            f"formats: {', '.join(SUFFIXES)}"
        )
    if len(found) == 1:
        return found[0]
    if len(found) > 1:
        names = ", ".join(p.name for p in found)
        raise LayerError(f"{where}: {len(found)} files fit {source.path!r}: {names}; keep one")
    if file.layer.slot:
        return None
    raise LayerError(f"{where}: there is no file {file.path.parent / source.path}")


_BESIDE = (".dbf", ".shx", ".prj", ".cpg", ".sbn", ".sbx", ".qix", ".qmd", ".qml", ".sld", ".xml")
"""What may stand beside a file with geometry and belongs to it."""


def read_delimited(
    path: Path, source: Source, *, layer: str, scope: shapely.Geometry
) -> tuple[gpd.GeoDataFrame, list[Row], list[Row]]:
    """Read delimited shapes and check them.

    Parameters
    ----------
    scope
        Outline of all units, in `crs.WORK_CRS`.

    Returns
    -------
    shapes
        Columns `feature`, `name` and geometry in `crs.WORK_CRS`, clipped to `scope`.
    issues, dropped
        Rows: repairs with the change of area; parts outside `scope`.

    Raises
    ------
    DataError
        Missing column, no features, no or implausible CRS, nothing inside `scope`.
    """
    frame = read_vector(path, layer=source.layer)
    _check_columns(frame, source, path)
    if frame.empty or frame.geometry.isna().all() or frame.geometry.is_empty.all():
        raise DataError(f"{path}: the layer is empty: {len(frame)} rows, none with a shape")
    area = _bounds_of(scope)
    crs.check_plausible(frame, source=str(path), area=area)
    shapes, issues = _repaired(frame, source, layer, path)
    kept, dropped = _clipped(shapes, layer, scope, path, area)
    if dropped:
        size = f"{sum(row['area_m2'] for row in dropped) / 1e6:.6f} km2"
        gone = len(shapes) - len(kept)
        message = f"{len(dropped)} feature(s) reach outside the units, {gone} lie wholly outside"
        issues.append(issue_row("layers.outside_units", layer, message, measured=size))
    return kept, issues, dropped


def _clipped(
    shapes: gpd.GeoDataFrame,
    layer: str,
    scope: shapely.Geometry,
    path: Path,
    area: crs.Bounds,
) -> tuple[gpd.GeoDataFrame, list[Row]]:
    """Cut shapes at the border of `scope`; what lies outside is told, not lost."""
    before = shapes.geometry.to_numpy()
    inside = np.array([geometry.polygonal(g) for g in shapely.intersection(before, scope)])
    if not shapely.area(inside).any():
        box = ", ".join(f"{v:.4g}" for v in crs.bounds_in_data(shapes, source=str(path)))
        need = ", ".join(f"{v:.4g}" for v in area)
        raise DataError(
            f"{path}: all {len(shapes)} features lie outside the units: degrees {box}; "
            f"the units lie in {need}. Is the coordinate system right?"
        )
    lost = shapely.area(before) - shapely.area(inside)
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


def _check_columns(frame: gpd.GeoDataFrame, source: Source, path: Path) -> None:
    if not isinstance(frame, gpd.GeoDataFrame):
        raise DataError(f"{path}: has no geometry column")
    wanted = [c for c in (source.id, source.name) if c]
    missing = [c for c in wanted if c not in frame]
    if missing:
        raise DataError(
            f"{path}: column(s) {', '.join(missing)} missing; "
            f"there are: {', '.join(map(str, frame.columns.drop(frame.geometry.name)))}"
        )
    if source.id and frame[source.id].isna().any():
        raise DataError(
            f"{path}: column {source.id!r} is empty in {int(frame[source.id].isna().sum())} row(s)"
        )
    if source.id and frame[source.id].duplicated().any():
        repeated = frame[source.id][frame[source.id].duplicated()]
        raise DataError(
            f"{path}: column {source.id!r} repeats {len(repeated)} value(s), "
            f"for instance {repeated.iloc[0]!r}; ids must be unique"
        )


def _repaired(
    frame: gpd.GeoDataFrame, source: Source, layer: str, path: Path
) -> tuple[gpd.GeoDataFrame, list[Row]]:
    blank = frame.geometry.isna() | frame.geometry.is_empty
    frame = frame[~blank].reset_index(drop=True)
    flat = frame.set_geometry(
        gpd.GeoSeries(shapely.force_2d(frame.geometry.to_numpy()), crs=frame.crs)
    )
    work = crs.to_work(flat).geometry.to_numpy()
    lines = [i for i, g in enumerate(work) if not geometry.is_polygonal(g)]
    if lines:
        raise GeometryError(
            f"{path}: {len(lines)} of {len(work)} features are no polygons, the first is row "
            f"{lines[0] + 1}; a delimited layer has polygons only"
        )
    fixed, positions, reasons = geometry.repair(work)
    ids = _ids(frame, source, fixed)
    issues = [_reprojected(frame, layer)] if frame.crs != crs.DATA_CRS else []
    if blank.any():
        rows = f"{int(blank.sum())} rows"
        message = f"{rows} without a shape left out"
        issues.append(issue_row("layers.no_shape", layer, message, measured=rows))
    for i, reason in zip(positions, reasons, strict=True):
        change = f"{(shapely.area(fixed[i]) - shapely.area(work[i])) / 1e6:+.6f} km2"
        message = f"shape repaired: {reason}"
        subject = f"{layer}/{ids[i]}"
        issues.append(issue_row("layers.repaired", subject, message, measured=change))
    names = frame[source.name].astype("str") if source.name else [""] * len(frame)
    columns = {"feature": ids, "name": list(names)}
    return gpd.GeoDataFrame(columns, geometry=fixed, crs=crs.WORK_CRS), issues


def _ids(frame: gpd.GeoDataFrame, source: Source, shapes: np.ndarray) -> list[str]:
    if source.id:
        return [str(value) for value in frame[source.id]]
    ids = pd.Series([row_id(shapely.to_wkb(shapely.normalize(s)).hex()) for s in shapes])
    copies = ids.groupby(ids).cumcount()  # the same shape twice stays two features
    return [f"{i}-{n + 1}" if n else i for i, n in zip(ids, copies, strict=True)]


def _reprojected(frame: gpd.GeoDataFrame, layer: str) -> Row:
    stated = crs.name_of(frame.crs)
    message = f"reprojected from {stated}"
    return issue_row("layers.reprojected", layer, message, measured=stated, severity="info")


def _bounds_of(scope: shapely.Geometry) -> crs.Bounds:
    west, south, east, north = crs.work_to_data(np.array([scope]))[0].bounds
    return (west, south, east, north)
