"""Zones that people name: units of the project, its layers, or files with polygons."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Real
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import geopandas as gpd
import shapely

from geoplan import crs, gazetteer, geometry, raster, vector
from geoplan.boundaries import build_units
from geoplan.config import Project
from geoplan.errors import DataError, UsageError, listed
from geoplan.sources import UNITS, is_file, resolved
from geoplan.toml import suggestion
from geoplan.zonal import Options, Zones, statistics

MOST_NAMED = 50
"""Columns that a message lists."""

NAMES = ("class", "feature", "name")
"""Columns of a layer of the project that say which zone it is."""


@dataclass(frozen=True)
class Asked:
    """How a raster is looked at, and by what zones are put together."""

    by: str | None = None
    """Column of a layer: shapes with the same value are one zone, a place counted once."""
    band: int = 1
    nodata: float | None = None
    assume_crs: str | None = None
    kind: raster.Kind | None = None


def zonal(
    path: Path | str,
    layer: str | Path | None = None,
    *,
    units: str | None = None,
    project: Project | None = None,
    asked: Asked | None = None,
    options: Options | None = None,
) -> pd.DataFrame:
    """Return what zones have of a raster; columns as in `zonal.statistics`.

    Parameters
    ----------
    path
        A raster file, or a folder of tiles.
    layer
        Zones: a file with polygons, or id of a layer of the project.
    units
        Zones, where there is no layer: ``counties`` (default) or ``cities`` of the project's
        scope; name or code of a unit, or name of a group.
    project
        Where units and layers are looked up; a file needs none.

    Returns
    -------
    DataFrame
        `notes` among its `attrs` are what people have to be told.

    Raises
    ------
    UsageError, UnitError
        Where zones, a column or an option is wrong.
    DataError
        Where a file cannot be read, or states no coordinate system.
    """
    how = asked or Asked()
    if layer is not None and units is not None:
        raise UsageError(f"layer {layer} and units {units} are both zones: give one of them")
    if how.by is not None and layer is None:
        raise UsageError(f"{how.by} is a column of a layer: give one")
    source = raster.look(
        path, band=how.band, nodata=how.nodata, assume_crs=how.assume_crs, kind=how.kind
    )
    if layer is None:
        made, notes = _of_units(units or "counties", project), list[str]()
    else:
        made, notes = _of_layer(layer, project, by=how.by, near=source.grid)
    table = statistics(source, made, options=options)
    table.attrs["notes"] = [*source.decisions, *notes]
    return table


def _of_layer(
    given: str | Path, project: Project | None, *, by: str | None, near: raster.Grid
) -> tuple[Zones, list[str]]:
    """Return the zones of a file or layer, and what people have to be told of them.

    Numbers that would fit `near` in another system are told as such.
    """
    area = crs.bounds_to_data(near.bounds, near.crs) or (-180.0, -90.0, 180.0, 90.0)
    if is_file(given):
        return _of_file(Path(given), by, area)
    source = resolved([given], project)[0]
    names = None if str(given) in UNITS else NAMES
    made, notes = _of_file(source.path, by, area, names=names)
    return made, [*notes, *([source.note] if source.note else [])]


def _of_units(name: str, project: Project | None) -> Zones:
    if project is None:
        raise UsageError(f"{name}: no project to look up a unit")
    folder = project.folder("boundaries")
    known = gazetteer.load(folder)
    units, _ = build_units(folder, known, scope=project.config.scope)
    if name in UNITS:
        kept = units["level"] == UNITS[name]
    else:
        kept = units["adcode"].isin(known.resolve(name, scope=project.config.scope).adcodes)
    here = units[kept]
    work = crs.data_to_work(here.geometry.to_numpy())
    return Zones(pd.DataFrame(here[["adcode", "name"]]).reset_index(drop=True), work)


def _of_file(
    path: Path, by: str | None, area: crs.Bounds, *, names: tuple[str, ...] | None = None
) -> tuple[Zones, list[str]]:
    table = vector.read_vector(path)
    called = path.name
    crs.check_plausible(table, source=called, area=area)
    columns = [name for name in table.columns if name != table.geometry.name]
    if by is not None and by not in columns:
        shown = ", ".join(map(str, columns[:MOST_NAMED])) or "none"
        raise UsageError(
            f"{called}: has no column {by!r}.{suggestion(by, columns)} There are: {shown}"
        )
    shapes, notes = _shapes(table, called)
    if by is not None:
        return _grouped(table[by], shapes, by), notes
    chosen = [name for name in names or columns if name in columns]
    kept = pd.DataFrame(table[chosen]).reset_index(drop=True)
    if not chosen:
        kept = pd.DataFrame({"row": np.arange(1, len(table) + 1)})
    return Zones(kept, shapes), notes


def _shapes(table: gpd.GeoDataFrame, called: str) -> tuple[np.ndarray, list[str]]:
    """Return the polygons of a table in the work CRS, repaired, and what was met."""
    given = np.array(table.geometry.to_numpy(), dtype=object)
    wrong = geometry.not_finite(given)
    if len(wrong):
        raise DataError(
            f"{called}: {len(wrong)} row(s) have coordinates that are no finite numbers: row "
            f"{', '.join(map(str, wrong[:5].tolist()))} (counted from 0); mend the file"
        )
    filled = ~shapely.is_missing(given)
    polygons = np.full(len(given), None, dtype=object)
    repaired, changed, reasons = geometry.repair(given[filled])
    polygons[filled] = repaired
    odd = np.flatnonzero(filled & ~np.isin(shapely.get_type_id(polygons), (3, 6)))
    polygons[odd] = [geometry.polygonal(each) for each in polygons[odd]]
    there = ~(shapely.is_missing(polygons) | shapely.is_empty(polygons))
    if not there.any():
        raise DataError(f"{called}: has no polygons: zones are areas")
    work = np.asarray(crs.any_to_work(polygons, table.crs))
    far = _far(work)
    if len(far):
        raise DataError(
            f"{called}: {len(far)} row(s) have coordinates that its coordinate system does not "
            f"have, or that are more than {crs.REACH_M / 1e6:.0f} 000 km from China, where areas "
            "would be wrong; is the right system stated in the file?"
        )
    notes = []
    if len(changed):
        first = [
            f"row {n}: {why}"
            for n, why in zip(np.flatnonzero(filled)[changed].tolist(), reasons, strict=True)
        ]
        notes.append(f"{called}: {len(changed)} invalid shapes repaired:\n{listed(first, limit=3)}")
    if not there.all():
        notes.append(f"{called}: {int((~there).sum())} rows without a polygon")
    return work, notes


def _far(shapes: np.ndarray) -> np.ndarray:
    points, owners = shapely.get_coordinates(shapes, return_index=True)
    return np.unique(owners[~crs.within_reach(points[:, 0], points[:, 1])])


def _grouped(values: pd.Series, shapes: np.ndarray, by: str) -> Zones:
    """Return a zone for each value, in order: its shapes as one, a place counted once."""
    codes, uniques = pd.factorize(values.to_numpy(), use_na_sentinel=False)
    order = sorted(range(len(uniques)), key=lambda n: _rank(uniques[n]))
    there = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    made = [shapely.union_all(shapes[there & (codes == n)]) for n in order]
    counts = [int((codes == n).sum()) for n in order]
    names = [None if pd.isna(uniques[n]) else uniques[n] for n in order]
    counted = "shapes" if by != "shapes" else "zone_shapes"
    return Zones(pd.DataFrame({by: names, counted: counts}), np.array(made, dtype=object))


def _rank(value: Any) -> tuple[bool, bool, float, str]:
    """Return where a value stands: numbers by size, then words, then what is missing."""
    if pd.isna(value):
        return True, False, 0.0, ""
    number = float(value) if isinstance(value, Real) else None
    return False, number is None, number or 0.0, str(value)
