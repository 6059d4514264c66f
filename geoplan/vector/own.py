"""The door for files of the user's own: what is in one, and one layer of it, in every format."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

import geopandas as gpd
import shapely

from geoplan import crs
from geoplan.errors import DataError, coded
from geoplan.reading import Notice, Reading
from geoplan.vector.contents import Contents, Given, LayerFacts, Read
from geoplan.vector.encodings import noticed
from geoplan.vector.kinds import kind_of
from geoplan.vector.ogr import notices_of, told
from geoplan.vector.opening import Opened, opened_layers, tables_of
from geoplan.vector.own_table import Known, OwnTable

NOTHING = Reading()
"""Nothing is said of a file."""


def read(path: Path, *, reading: Reading = NOTHING) -> Read:
    """Read a layer of a file with shapes, in any format that is known.

    Shapes are plane; columns keep their values; a coordinate system is the one that the
    file states, or that `reading` gives in its place. What was done is among the notices.

    Raises
    ------
    RefusedError
        If it is refused unread.
    DataError
        If it is missing, of no known format, broken or cut short, has no layer (of that
        name), or several and none is chosen.
    UsageError
        If `reading` names an encoding, a system or a column that is not there.
    """
    with told(str(path), path) as said, opened_layers(path, reading) as opened:
        _check(path, opened.notices)
        layer = _chosen(path, opened, reading.layer)
        given = as_told(opened.read(layer), reading)
    notices = (*opened.notices, *given.notices, *_of_texts(given.frame), *notices_of(said))
    encoding = None if opened.encoding is None else opened.encoding.name
    return Read(given.frame, notices, opened.format, given.layer, encoding)


def _check(path: Path, notices: Sequence[Notice]) -> None:
    """Raise what has to be decided before rows are read."""
    for notice in notices:
        if notice.severity == "error":
            advice = f"; {notice.proposal}" if notice.proposal else ""
            raise coded(DataError(f"{path}: {notice.message}{advice}"), notice.code)


def _of_texts(frame: gpd.GeoDataFrame) -> tuple[Notice, ...]:
    """Tell of cells that look as if they were read in a wrong encoding."""
    texts = {
        str(name): frame[name]
        for name in frame.columns
        if name != frame.geometry.name and isinstance(frame[name].dtype, pd.StringDtype)
    }
    return noticed(texts)


def look(path: Path, *, reading: Reading = NOTHING) -> Contents:
    """Say what a file with shapes holds, all of its layers; rows are counted, not read.

    Raises as `read`, but never for the choice of a layer.
    """
    with told(str(path), path) as said, opened_layers(path, reading) as opened:
        layers = tuple(opened.layers())
    notices = (*opened.notices, *notices_of(said))
    encoding = None if opened.encoding is None else opened.encoding.name
    return Contents(opened.format, layers, encoding, notices)


def own_tables(
    path: Path, *, reading: Reading = NOTHING, known: Known = lambda _: False
) -> list[OwnTable]:
    """Return the tables of a CSV file or a workbook, without shapes.

    `known` says which heads are looked for besides those of coordinates and shapes.
    Raises as `read`.
    """
    format_ = kind_of(path)
    with told(str(path), path):
        tables, coding = tables_of(path, format_, reading=reading, known=known)
    if coding is None:
        return tables
    _check(path, coding.notices)
    return [replace(table, notices=(*coding.notices, *table.notices)) for table in tables]


def _chosen(path: Path, opened: Opened, wanted: str | None) -> str:
    """Return the layer that is wanted, or the only one with shapes."""
    layers = opened.layers()
    names = [layer.name for layer in layers]
    if wanted is not None:
        if wanted in names or opened.accepts(wanted):
            return wanted
        there = _listed(layers) or "none"
        raise coded(
            DataError(f"{path}: has no layer {wanted!r}; there are: {there}"), "format.no_layer"
        )
    if opened.default is not None:
        return opened.default
    with_shapes = [layer for layer in layers if layer.kinds]
    if len(with_shapes) > 1:
        raise coded(
            DataError(
                f"{path}: holds {len(with_shapes)} layers: {_listed(with_shapes)}; choose one "
                "with --layer"
            ),
            "format.several_layers",
        )
    if with_shapes:
        return with_shapes[0].name
    if layers:
        raise coded(
            DataError(
                f"{path}: has no layer with shapes, only tables: {_listed(layers)}; columns of a "
                ".csv or .xlsx that say where rows lie are named with --x and --y, --wkt or --unit"
            ),
            "format.no_geometry",
        )
    raise coded(DataError(f"{path}: holds no layer"), "format.no_layer")


def _listed(layers: Sequence[LayerFacts], most: int = 30) -> str:
    texts = [
        f"{layer.name!r} ({layer.rows} rows, {'/'.join(layer.kinds) or 'no shapes'})"
        for layer in layers[:most]
    ]
    more = [f"and {len(layers) - most} more"] if len(layers) > most else []
    return ", ".join([*texts, *more])


def as_told(given: Given, reading: Reading) -> Given:
    """Return a layer with its axes and its system as a person says that they are."""
    frame, notices = given.frame, []
    if reading.swap_xy:
        shapes = shapely.transform(frame.geometry.to_numpy(), lambda xy: xy[:, ::-1])
        frame = frame.set_geometry(gpd.GeoSeries(shapes, index=frame.index, crs=frame.crs))
        notices.append(
            Notice("crs.axes_turned", "info", "the two coordinates were swapped, as asked")
        )
    if reading.assume_crs is not None:
        stated = "none was stated"
        if frame.crs is not None:
            stated = f"in place of the stated {crs.name_of(frame.crs)}"
        if crs.shifted(reading.assume_crs):
            shapes = crs.unshifted(frame.geometry.to_numpy(), reading.assume_crs)
            name = f"{reading.assume_crs} and were moved back to {crs.name_of(crs.DATA_CRS)}"
            system = crs.DATA_CRS
            frame = frame.set_geometry(gpd.GeoSeries(shapes, index=frame.index, crs=system))
        else:
            system = crs.given(reading.assume_crs)
            name = crs.name_of(system)
            frame = frame.set_crs(system, allow_override=True)
        text = f"coordinates are read as {name}, as asked; {stated}"
        notices.append(Notice("crs.assumed", "info", text))
    return replace(given, frame=frame, notices=(*given.notices, *notices))
