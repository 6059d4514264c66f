"""Layers that come as files: official or surveyed shapes, checked and repaired, never guessed."""

from __future__ import annotations

import fnmatch
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import geopandas as gpd
import shapely

from geoplan import crs, geometry, repair, vector
from geoplan.errors import DataError, GeometryError, LayerError, UsageError, coded
from geoplan.layers.clip import Projected, clip, project, require_inside
from geoplan.layers.mapped import Fields, fields_of, merged, noticed
from geoplan.layers.model import Source
from geoplan.layers.noticed import issue_of
from geoplan.layers.read import LayerFile
from geoplan.layers.scope import Scope, judged
from geoplan.mappings import Mappings, shipped_mappings
from geoplan.reading import Notice, Reading
from geoplan.schema import issue_row, row_id
from geoplan.vector import SUFFIXES, encoding_of, read_vector

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
    if source.path is None and not file.layer.slot:
        raise LayerError(f"{file.at('file')}: no file of a theme is called {source.mapping}")
    # Names differ in case between systems: STBHHX.SHP is stbhhx.shp elsewhere.
    pattern = (source.path or "").lower()
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
    raise LayerError(f"{where}: there is no file {file.path.parent / (source.path or '')}")


_BESIDE = (".dbf", ".shx", ".prj", ".cpg", ".sbn", ".sbx", ".qix", ".qmd", ".qml", ".sld", ".xml")
"""What may stand beside a file with geometry and belongs to it."""


def read_delimited(
    path: Path,
    source: Source,
    *,
    layer: str,
    scope: Scope,
    known: Mappings | None = None,
) -> Read:
    """Read delimited shapes and check them.

    Parameters
    ----------
    scope
        Outline of all units, and their borders.
    known
        Field mappings; default: the shipped ones.

    Returns
    -------
    shapes
        Columns `feature`, `name`, `class` and geometry in `crs.WORK_CRS`, clipped to `scope`.
    issues, dropped
        Rows: repairs with the change of area; parts outside `scope`.

    Raises
    ------
    DataError
        Missing column, no features, no or implausible CRS, nothing inside `scope`.
    GeometryError
        Shapes of which many are no polygons, that have coordinates that are no numbers, or
        that repairs would change beyond `repair.Limits`.
    """
    frame, of_file = _as_said(path, source)
    if not isinstance(frame, gpd.GeoDataFrame):
        raise DataError(f"{path}: has no geometry column")
    mappings = shipped_mappings() if known is None else known
    fields = fields_of(frame, source, known=mappings, path=path)
    _check_columns(frame, fields.source, path)
    if frame.empty or frame.geometry.isna().all() or frame.geometry.is_empty.all():
        raise DataError(f"{path}: the layer is empty: {len(frame)} rows, none with a shape")
    area = scope.bounds
    doubts = judged(frame, path=path, scope=scope, given=source.assume_crs)
    sound, issues, repairs_of_file = _sound(frame, layer, path)
    polygons = sound[_there(sound)].reset_index(drop=True)
    projected = project(polygons, area=area, path=path)
    projected = replace(projected, repairs=[*repairs_of_file, *projected.repairs])
    shapes, repairs = _repaired(polygons, fields, projected, layer)
    beyond = projected.beyond_m2
    told = noticed(fields, sound, shapes=shapes.geometry.to_numpy(), beyond_m2=beyond)
    kept, dropped = clip(shapes, beyond_m2=beyond, layer=layer, scope=scope.outline)
    require_inside(len(kept), polygons, area=area, path=path)
    kept, joined = merged(kept, fields)
    told_issues = [issue_of(notice, layer) for notice in (*of_file, *doubts, *told, *joined)]
    issues = [*_notes(frame, path, layer, source), *issues, *repairs, *told_issues]
    if dropped:
        size = f"{sum(row['area_m2'] for row in dropped) / 1e6:.6f} km2"
        gone = len(shapes) - len(kept)
        message = f"{len(dropped)} feature(s) reach outside the units, {gone} lie wholly outside"
        issues.append(issue_row("layers.outside_units", layer, message, measured=size))
    return kept, issues, dropped


def _as_said(path: Path, source: Source) -> tuple[gpd.GeoDataFrame, tuple[Notice, ...]]:
    """Read a file; as the layer file says, where it says something of its state."""
    if source.reading == Reading(layer=source.layer):
        return read_vector(path, layer=source.layer), ()
    found = vector.read(path, reading=source.reading)
    return found.frame, found.notices


def _check_columns(frame: gpd.GeoDataFrame, source: Source, path: Path) -> None:
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


def _there(frame: gpd.GeoDataFrame) -> np.ndarray:
    return np.asarray(~(frame.geometry.isna() | frame.geometry.is_empty))


def _sound(
    frame: gpd.GeoDataFrame, layer: str, path: Path
) -> tuple[gpd.GeoDataFrame, list[Row], list[tuple[int, str, float]]]:
    """Return all rows with sound polygons or none, issues of the layer, and repairs of shapes.

    Repairs are position among the rows with a shape, reason and change of area in m².
    """
    try:
        made = repair.mended(frame, kind="polygons")
    except GeometryError as fault:
        raise coded(GeometryError(f"{path}: {fault}"), fault.code) from fault
    blank, kept = ~_there(frame), _there(made.frame)
    places = np.cumsum(kept) - 1
    changes = zip(made.changed.tolist(), made.reasons, made.after_m2 - made.before_m2, strict=True)
    repairs = [(int(places[i]), why, float(change)) for i, why, change in changes if kept[i]]
    issues = []
    if blank.any():
        rows = f"{int(blank.sum())} rows"
        message = f"{rows} without a shape left out"
        issues.append(issue_row("layers.no_shape", layer, message, measured=rows))
    issues += [issue_of(each, layer) for each in made.notices if each.code in _OF_THE_LAYER]
    return made.frame, issues, repairs


_OF_THE_LAYER = (
    "repair.collapsed",
    "repair.collections",
    "repair.duplicate_rows",
    "repair.duplicate_shapes",
    "repair.m_dropped",
    "repair.mixed_kinds",
    "repair.winding",
    "repair.z_dropped",
)
"""Notices that are issues of the layer; of other repairs, each shape has a row."""


def _notes(frame: gpd.GeoDataFrame, path: Path, layer: str, source: Source) -> list[Row]:
    """Tell in which system and encoding a file was read, where that is not the usual one."""
    issues = []
    # What `vector.read` noticed is told with the rest.
    plain = source.reading == Reading(layer=source.layer)
    coding = encoding_of(path, given=source.encoding)
    for notice in coding.notices if plain else ():
        message = f"{path.name}: {notice.message}"
        if notice.code == "encoding.detected":
            message = f"{path.name}: encoding assumed {coding.name}; put a .cpg beside it"
        if notice.severity == "warning":
            issues.append(issue_row("layers.encoding", layer, message, measured=coding.name))
    if frame.crs != crs.DATA_CRS:
        stated = crs.name_of(frame.crs)
        message = f"reprojected from {stated}"
        row = issue_row("layers.reprojected", layer, message, measured=stated, severity="info")
        issues.append(row)
    return issues


def _repaired(
    frame: gpd.GeoDataFrame, fields: Fields, projected: Projected, layer: str
) -> tuple[gpd.GeoDataFrame, list[Row]]:
    source, work = fields.source, projected.shapes
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
    columns = {"feature": ids, "name": list(names), "class": fields.classes(frame)}
    return gpd.GeoDataFrame(columns, geometry=fixed, crs=crs.WORK_CRS), issues


def _ids(frame: gpd.GeoDataFrame, source: Source, shapes: np.ndarray) -> list[str]:
    if source.id:
        return [str(value) for value in frame[source.id]]
    ids = pd.Series([row_id(shapely.to_wkb(shapely.normalize(s)).hex()) for s in shapes])
    copies = ids.groupby(ids).cumcount()  # the same shape twice stays two features
    return [f"{i}-{n + 1}" if n else i for i, n in zip(ids, copies, strict=True)]
