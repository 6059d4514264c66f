"""A user's file with shapes, read and checked: one value and one shape a row."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd

import geopandas as gpd
import shapely

from geoplan import crs, geometry
from geoplan.errors import DataError, GeometryError, UsageError
from geoplan.intake import Ground, rows_of, take
from geoplan.layers.clip import REACH_DEGREES, degrees_of, project
from geoplan.reading import Notice, Reading
from geoplan.toml import suggestion

Kind = Literal["polygons", "lines", "points"]
KINDS: tuple[Kind, ...] = ("points", "lines", "polygons")
"""Kinds of layers, by the dimension of their shapes."""

MOST = 100_000
"""Rows that one page may be made of."""

NAMED = 50
"""Columns that a message lists."""


@dataclass(frozen=True)
class OwnLayer:
    """A layer as it was read; arrays have one entry for each row with a shape."""

    file: str
    """Name of the file, without its folder."""
    layer: str
    """Name of the layer, where the file holds several; else empty."""
    by: str
    digest: str
    """The sha256 of the file, or of all its files."""
    kind: Kind
    values: pd.Series
    names: pd.Series | None
    shapes: np.ndarray
    """In `crs.WORK_CRS`, repaired; empty where a shape lies too far away to have a place there."""
    beyond_m2: float
    """Area that lies too far away to be in `shapes`."""
    repaired: int
    flat: int
    """Polygons without an area, or lines without a length."""
    blank: int
    """Rows without a shape, which are left out."""
    encoding: str | None
    """Encoding that was found out, where the file states none."""
    collapsed: int = 0
    """Shapes that were left out by repair since they have no size."""
    assumed: str | None = None
    """Coordinate system that a person gave in place of what the file states."""
    notices: tuple[Notice, ...] = ()
    """What was noticed of the file."""
    mapping: str | None = None
    """Code of the mapping that says which columns are shown, where nobody did."""

    @property
    def title(self) -> str:
        """What the layer is called: its own name, else the file's without its ending."""
        return self.layer or self.file.rpartition(".")[0] or self.file


def read_own(
    path: Path,
    by: str,
    *,
    ground: Ground,
    reading: Reading | None = None,
    name: str | None = None,
    paged: bool = True,
) -> OwnLayer:
    """Take a file (`intake.take`) and check that it can be shown.

    Parameters
    ----------
    by, name
        Columns: of the values, and of names of shapes, if any.
    ground
        The units, by which coordinates are judged.
    reading
        What a person says of the file: its layer, encoding, coordinate system.
    paged
        Whether it has to fit on one page; else any number of rows is read.

    Raises
    ------
    UsageError
        More than `MOST` rows for a page, or a column that is not there.
    DataError
        No file, no shapes, several layers, no or implausible CRS, a column of lists.
    GeometryError
        Shapes of several kinds, or coordinates that are no numbers.
    """
    said = reading or Reading()
    if paged:
        _check_rows(path, said, by)
    taken = take(path, said, ground=ground)
    frame = taken.frame
    if not len(frame):
        raise DataError(f"{path}: the layer is empty: it has no features")
    for column in (by, *([name] if name else [])):
        _check_column(frame, column, path)
    given = frame.geometry.to_numpy()
    there = ~(shapely.is_missing(given) | shapely.is_empty(given))
    if not there.any() and taken.collapsed:
        _flat(np.ones(taken.collapsed, dtype=bool), _kind_of(given, path), path)
    if not there.any():
        raise DataError(f"{path}: the layer is empty: {len(frame)} rows, none with a shape")
    frame = frame[there].reset_index(drop=True)
    kind = _kind_of(frame.geometry.to_numpy(), path)
    shapes, beyond, repaired, flat = _placed(frame, kind, ground.area, path)
    return OwnLayer(
        file=path.name,
        layer=said.layer or "",
        by=by,
        digest=taken.digest,
        kind=kind,
        values=pd.Series(frame[by]),
        names=pd.Series(frame[name]) if name else None,
        shapes=shapes,
        beyond_m2=beyond,
        repaired=max(repaired, taken.repaired - taken.collapsed),
        flat=flat,
        collapsed=taken.collapsed,
        blank=int((~there).sum()) - taken.collapsed,
        encoding=taken.encoding if taken.guessed else None,
        assumed=crs.name_of(frame.crs) if said.assume_crs else None,
        notices=taken.notices,
    )


def _check_rows(path: Path, reading: Reading, by: str) -> None:
    """Raise `UsageError` where a file has more rows than fit on a page, before they are read."""
    rows = rows_of(path, reading)
    if rows > MOST:
        raise UsageError(
            f"{path}: {rows} rows; a page is made of {MOST} at most. For figures use "
            f"`geoplan tabulate {path.name} counties --by {by} --by counties.name`; for a map "
            "take a part of the file"
        )


def _check_column(frame: gpd.GeoDataFrame, column: str, path: Path) -> None:
    others = [str(c) for c in frame.columns if c != frame.geometry.name]
    if column not in others:
        more = f", … ({len(others)} in all)" if len(others) > NAMED else ""
        raise UsageError(
            f"{path}: has no column {column!r}.{suggestion(column, others)} "
            f"There are: {', '.join(others[:NAMED]) or 'none'}{more}"
        )
    cells = frame[column]
    if cells.dtype == object and cells.map(_is_nested).any():
        raise DataError(
            f"{path}: column {column!r} holds lists or records; only texts, numbers, dates and "
            "truth values can be shown"
        )


def _is_nested(cell: object) -> bool:
    return isinstance(cell, list | tuple | dict | set | np.ndarray)


def _kind_of(shapes: np.ndarray, path: Path) -> Kind:
    """Return the kind of all shapes; `GeometryError` where there are several."""
    counts = np.bincount(shapely.get_dimensions(shapes), minlength=3)
    kinds = [f"{count} {kind}" for count, kind in zip(counts, KINDS, strict=True) if count]
    if len(kinds) > 1:
        raise GeometryError(
            f"{path}: holds {', '.join(kinds)}; a map shows one kind: save each as a file "
            "of its own"
        )
    return KINDS[int(np.argmax(counts))]


def _placed(
    frame: gpd.GeoDataFrame, kind: Kind, area: crs.Bounds, path: Path
) -> tuple[np.ndarray, float, int, int]:
    """Return shapes in the work CRS, and what is told of them.

    That is the area without a place in it, and how many are mended and how many flat.
    """
    flat = frame.set_geometry(
        gpd.GeoSeries(shapely.force_2d(frame.geometry.to_numpy()), crs=frame.crs)
    )
    if kind == "polygons":
        pure = [geometry.polygonal(shape) for shape in flat.geometry]
        made = project(flat.set_geometry(gpd.GeoSeries(pure, crs=frame.crs)), area=area, path=path)
        fixed, positions, _ = geometry.repair(made.shapes)
        mended = {*positions.tolist(), *(row for row, _, _ in made.repairs)}
        flat = (shapely.area(fixed) == 0) & (np.asarray(made.beyond_m2) == 0)
        return fixed, float(made.beyond_m2.sum()), len(mended), _flat(flat, kind, path)
    degrees = degrees_of(flat, path)
    # The equal-area system has no place for much of the world.
    reach = np.array(area) + np.array([-1, -1, 1, 1]) * REACH_DEGREES
    near = shapely.intersection(degrees, shapely.box(*reach.tolist()))
    if kind == "lines":  # a line that runs along the edge of the box leaves points there
        linear = shapely.get_dimensions(near) == 1
        near = np.where(linear, near, shapely.LineString())
        flat = _flat(shapely.length(degrees) == 0, kind, path)
    else:
        flat = 0
    return crs.data_to_work(near), 0.0, 0, flat


def _flat(flat: np.ndarray, kind: Kind, path: Path) -> int:
    """Return how many shapes have no size; `GeometryError` where none has one."""
    if flat.all():
        size = "an area" if kind == "polygons" else "a length"
        raise GeometryError(
            f"{path}: no {kind[:-1]} has {size} ({len(flat)} in all); draw them again, or take a "
            "file with shapes"
        )
    return int(flat.sum())
