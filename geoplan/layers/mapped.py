"""Files that fit a field mapping: their columns, classes and declared areas."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

import geopandas as gpd
import shapely

from geoplan import crs, geometry, mappings
from geoplan.errors import DataError
from geoplan.layers.model import Source
from geoplan.reading import Notice
from geoplan.toml import suggestion

MOST_FEATURES = 2_000
"""Rows above which features of one class are merged, where the mapping allows it."""


@dataclass(frozen=True)
class Fields:
    """What a mapping makes of a file's columns."""

    source: Source
    """With `id` and `name` as the mapping has them, where the layer file says nothing."""
    match: mappings.Match | None
    notices: tuple[Notice, ...]
    known: mappings.Mappings

    @property
    def class_column(self) -> str | None:
        """The column that says of which class a row is; None where all are of one."""
        if self.match is None or not self.match.mapping.codes:
            return None
        return self.match.column("class")

    def classes(self, rows: pd.DataFrame) -> list[str]:
        """Return the class of every row."""
        if self.match is None or self.class_column is None:
            return [self.source.class_id] * len(rows)
        mapping, cells, other = self.match.mapping, rows[self.class_column], self.source.class_id
        values = cells.dropna().unique()
        of = {value: mappings.class_of(mapping, value, default=other) for value in values}
        return [of.get(value, other) for value in cells]


def fields_of(
    frame: pd.DataFrame, source: Source, *, known: mappings.Mappings, path: Path
) -> Fields:
    """Return which columns of a file to take, by the mapping that its layer names, if any.

    Raises
    ------
    DataError
        Where there is no such mapping, or the file has too few of its fields.
    """
    if source.mapping is None:
        return Fields(source, None, (), known)
    columns = [str(column) for column in frame.columns if column != frame.geometry.name]
    match = mappings.of(source.mapping, columns, known=known)
    if match is None or match.by != "name":
        hint = suggestion(source.mapping, list(known))
        raise DataError(
            f"{path}: its layer names the mapping {source.mapping!r}, which is not there.{hint} "
            f"There are: {', '.join(known)}"
        )
    own = source.id is not None and source.name is not None
    # A person says that it is this layer: with some of its fields it is taken, and others are told.
    if not match.confirmed and not own and not match.columns:
        told = match.notices[-1].message if match.notices else "fields are missing"
        raise DataError(
            f"{path}: {told}; there are: {', '.join(columns) or 'none'}. Give `id` and `name` in "
            "the table [file] of the layer file, without `mapping`"
        )
    chosen, notices = _columns(frame, source, match)
    return Fields(chosen, match, tuple(notices), known)


def _columns(
    frame: pd.DataFrame, source: Source, match: mappings.Match
) -> tuple[Source, list[Notice]]:
    """Fill in `id` and `name`; an id that repeats or is empty is told and not taken."""
    given: dict[str, str] = {}
    notices = []
    key = match.column("id")
    if source.id is None and key is not None:
        cells = frame[key].astype("str").str.strip()
        blank = frame[key].isna() | (cells == "")
        again = ~blank & cells.duplicated(keep=False)
        if blank.any() or again.any():
            notices.append(_no_ids(key, blank, again))
        else:
            given["id"] = key
    if source.name is None:
        columns = (match.column(role) for role in ("name", "unit_name", "class_name"))
        name = next((column for column in columns if column), None)
        given |= {"name": name} if name else {}
    return source.model_copy(update=given), notices


def _no_ids(key: str, blank: pd.Series, again: pd.Series) -> Notice:
    rows = np.flatnonzero(blank | again)
    return Notice(
        code="fields.id_repeats",
        severity="warning",
        message=f"{key} is empty or not unique, so features get ids from their shapes",
        evidence=f"{int(blank.sum())} rows empty, {int(again.sum())} with a value that repeats",
        rows=tuple(int(row) + 1 for row in rows[:20]),
        count=len(rows),
    )


def noticed(
    fields: Fields, frame: gpd.GeoDataFrame, *, shapes: np.ndarray, beyond_m2: np.ndarray
) -> tuple[Notice, ...]:
    """Return what there is to say of the columns of a file, row numbers as in it.

    Parameters
    ----------
    frame
        All rows of the file.
    shapes, beyond_m2
        Repaired shapes of the rows that have one, in `crs.WORK_CRS`, and what lies far outside.
    """
    if fields.match is None:
        return ()
    given = frame.geometry.to_numpy()
    areas = np.full(len(frame), np.nan)
    areas[~(shapely.is_missing(given) | shapely.is_empty(given))] = shapely.area(shapes) + beyond_m2
    told = mappings.checked(fields.match, frame, areas_m2=areas, known=fields.known)
    return (*told, *fields.notices)


def merged(shapes: gpd.GeoDataFrame, fields: Fields) -> tuple[gpd.GeoDataFrame, tuple[Notice, ...]]:
    """Merge shapes of one class (columns `feature`, `name`, `class`), where there are very many.

    Nothing is merged up to `MOST_FEATURES` rows, or where the mapping does not allow it.
    """
    match = fields.match
    if match is None or not match.mapping.merge or len(shapes) <= MOST_FEATURES:
        return shapes, ()
    titles = {each.id: each.title.zh for each in match.mapping.draws}
    groups = shapes.groupby("class", sort=True)
    columns: dict[str, list[str]] = {"feature": [], "name": [], "class": []}
    unions = []
    for name, rows in groups:
        key = str(name)
        columns["feature"].append(key.replace("_", "-"))
        columns["name"].append(titles.get(key, ""))
        columns["class"].append(key)
        unions.append(geometry.polygonal(shapely.union_all(rows.geometry.to_numpy())))
    made = gpd.GeoDataFrame(columns, geometry=unions, crs=crs.WORK_CRS)
    before, after = float(shapes.area.sum()), float(made.area.sum())
    note = Notice(
        code="fields.merged",
        severity="info",
        message=(
            f"{len(shapes)} rows are merged into {len(made)} feature(s), one for each class; "
            "what overlaps within a class counts once"
        ),
        evidence=f"{before / 1e6:.6f} km2 before, {after / 1e6:.6f} km2 after",
        count=len(shapes),
        area_before_m2=before,
        area_after_m2=after,
    )
    return made, (note,)
