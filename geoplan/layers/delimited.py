"""Layers that come as files: official or surveyed shapes, checked and repaired, never guessed."""

from __future__ import annotations

import fnmatch
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import geopandas as gpd
import shapely

from geoplan import crs, geometry
from geoplan.errors import DataError, GeometryError, LayerError, UsageError
from geoplan.layers.clip import Projected, clip, project, require_inside
from geoplan.layers.model import Source
from geoplan.layers.read import LayerFile
from geoplan.schema import issue_row, row_id
from geoplan.vector import SUFFIXES, assumed_encoding, read_vector

Row = dict[str, Any]
Read = tuple[gpd.GeoDataFrame, list[Row], list[Row]]
"""Shapes, and rows of `issues` and `dropped`."""


def find_source(file: LayerFile, *, override: str | None, root: Path) -> Path | None:
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
    # Names differ in case between systems: STBHHX.SHP is stbhhx.shp elsewhere.
    pattern = source.path.lower()
    beside = (p for p in file.path.parent.iterdir() if p != file.path)
    here = sorted(p for p in beside if fnmatch.fnmatchcase(p.name.lower(), pattern))
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


def read_delimited(path: Path, source: Source, *, layer: str, scope: shapely.Geometry) -> Read:
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
    GeometryError
        Shapes that are no polygons, or have coordinates that are no numbers.
    """
    frame = read_vector(path, layer=source.layer)
    _check_columns(frame, source, path)
    _check_finite(frame, path)
    if frame.empty or frame.geometry.isna().all() or frame.geometry.is_empty.all():
        raise DataError(f"{path}: the layer is empty: {len(frame)} rows, none with a shape")
    area = _bounds_of(scope)
    crs.check_plausible(frame, source=str(path), area=area)
    polygons, issues = _polygons(frame, layer, path)
    projected = project(polygons, area=area, path=path)
    shapes, repairs = _repaired(polygons, source, projected, layer)
    kept, dropped = clip(shapes, beyond_m2=projected.beyond_m2, layer=layer, scope=scope)
    require_inside(len(kept), polygons, area=area, path=path)
    issues = [*_notes(frame, path, layer), *issues, *repairs]
    if dropped:
        size = f"{sum(row['area_m2'] for row in dropped) / 1e6:.6f} km2"
        gone = len(shapes) - len(kept)
        message = f"{len(dropped)} feature(s) reach outside the units, {gone} lie wholly outside"
        issues.append(issue_row("layers.outside_units", layer, message, measured=size))
    return kept, issues, dropped


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
    for column in wanted:
        _check_texts(frame[column], path, required=column == source.id)
    if source.id and frame[source.id].duplicated().any():
        repeated = frame[source.id][frame[source.id].duplicated()]
        raise DataError(
            f"{path}: column {source.id!r} repeats {len(repeated)} value(s), "
            f"for instance {repeated.iloc[0]!r}; ids must be unique"
        )


def _check_texts(cells: pd.Series, path: Path, *, required: bool) -> None:
    texts = _texts_of(cells)
    blank = _rows(texts.str.strip() == "")
    if required and blank:
        raise DataError(
            f"{path}: column {cells.name!r} is empty in {len(blank)} row(s), "
            f"the first is row {blank[0]}"
        )
    wrong = _rows(~texts.map(str.isprintable))
    if wrong:
        raise DataError(
            f"{path}: column {cells.name!r} holds characters that cannot be printed on one line "
            f"in {len(wrong)} row(s), the first is row {wrong[0]}"
        )


def _texts_of(cells: pd.Series) -> pd.Series:
    return cells.astype("str").where(cells.notna(), "")


def _rows(wrong: pd.Series) -> list[int]:
    """Return the rows of the file, counted from 1, where `wrong` is true."""
    return [int(i) + 1 for i in np.flatnonzero(wrong.to_numpy())]


def _check_finite(frame: gpd.GeoDataFrame, path: Path) -> None:
    wrong = geometry.not_finite(frame.geometry.to_numpy())
    if len(wrong):
        raise GeometryError(
            f"{path}: {len(wrong)} of {len(frame)} features have coordinates that are no finite "
            f"numbers, the first is row {wrong[0] + 1}; export the file again without them"
        )


def _polygons(
    frame: gpd.GeoDataFrame, layer: str, path: Path
) -> tuple[gpd.GeoDataFrame, list[Row]]:
    """Leave out rows without a shape, and the third dimension; refuse lines and points."""
    blank = frame.geometry.isna() | frame.geometry.is_empty
    lines = _rows(~blank & ~frame.geometry.map(_is_polygonal).astype(bool))
    if lines:
        raise GeometryError(
            f"{path}: {len(lines)} of {len(frame)} features are no polygons, the first is row "
            f"{lines[0]}; a delimited layer has polygons only"
        )
    frame = frame[~blank].reset_index(drop=True)
    flat = gpd.GeoSeries(shapely.force_2d(frame.geometry.to_numpy()), crs=frame.crs)
    issues = []
    if blank.any():
        rows = f"{int(blank.sum())} rows"
        message = f"{rows} without a shape left out"
        issues.append(issue_row("layers.no_shape", layer, message, measured=rows))
    return frame.set_geometry(flat), issues


def _is_polygonal(shape: shapely.Geometry | None) -> bool:
    return shape is not None and geometry.is_polygonal(shape)


def _notes(frame: gpd.GeoDataFrame, path: Path, layer: str) -> list[Row]:
    """Tell in which system and encoding a file was read, where that is not the usual one."""
    issues = []
    if assumed_encoding(path) == "GB18030":
        message = f"{path.name}: encoding assumed GB18030; put a .cpg beside it"
        issues.append(issue_row("layers.encoding", layer, message, measured="GB18030"))
    if frame.crs != crs.DATA_CRS:
        stated = crs.name_of(frame.crs)
        message = f"reprojected from {stated}"
        row = issue_row("layers.reprojected", layer, message, measured=stated, severity="info")
        issues.append(row)
    return issues


def _repaired(
    frame: gpd.GeoDataFrame, source: Source, projected: Projected, layer: str
) -> tuple[gpd.GeoDataFrame, list[Row]]:
    work = projected.shapes
    fixed, positions, reasons = geometry.repair(work)
    ids = _ids(frame, source, fixed)
    changes = shapely.area(fixed[positions]) - shapely.area(work[positions])
    repairs = sorted(
        [*zip(positions.tolist(), reasons, changes.tolist(), strict=True), *projected.repairs]
    )
    issues = [
        issue_row(
            "layers.repaired",
            f"{layer}/{ids[i]}",
            f"shape repaired: {reason}",
            measured=f"{change / 1e6:+.6f} km2",
        )
        for i, reason, change in repairs
    ]
    names = _texts_of(frame[source.name]) if source.name else [""] * len(frame)
    columns = {"feature": ids, "name": list(names)}
    return gpd.GeoDataFrame(columns, geometry=fixed, crs=crs.WORK_CRS), issues


def _ids(frame: gpd.GeoDataFrame, source: Source, shapes: np.ndarray) -> list[str]:
    if source.id:
        return [str(value) for value in frame[source.id]]
    ids = pd.Series([row_id(shapely.to_wkb(shapely.normalize(s)).hex()) for s in shapes])
    copies = ids.groupby(ids).cumcount()  # the same shape twice stays two features
    return [f"{i}-{n + 1}" if n else i for i, n in zip(ids, copies, strict=True)]


def _bounds_of(scope: shapely.Geometry) -> crs.Bounds:
    west, south, east, north = crs.work_to_data(np.array([scope]))[0].bounds
    return (west, south, east, north)
