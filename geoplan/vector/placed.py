"""Shapes of tables: points of two coordinates, and shapes that are written as texts."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import numpy as np

import geopandas as gpd
import shapely

from geoplan import crs
from geoplan.errors import DataError, UsageError, coded
from geoplan.reading import Notice
from geoplan.vector.contents import Given, LayerFacts, rows_of, some
from geoplan.vector.figures import degrees_of, number_of
from geoplan.vector.frames import flattened
from geoplan.vector.own_table import OwnTable

EXCEL_LETTERS = 32_767
"""Letters that a cell of a workbook can hold: what is longer was cut."""

_SRID = re.compile(r"\s*SRID=(\d+);\s*", re.IGNORECASE)
_ONE_COMMA = re.compile(r"\d{1,3},\d{3}")

NORTHINGS_M = (1_800_000.0, 6_200_000.0)
EASTINGS_M = ((100_000.0, 900_000.0), (13_000_000.0, 46_000_000.0))
"""Metres of Gauss-Krüger in China: from the equator; without and with the zone before them."""


def table_facts(table: OwnTable) -> LayerFacts:
    """Return what a table holds, as a layer; without places it has no kinds."""
    frame, _ = table.frame(table.places.shape)
    fields = tuple((str(name), _type_of(str(kind))) for name, kind in frame.dtypes.items())
    kinds: tuple[str, ...] = ()
    if table.places.pair is not None:
        kinds = ("Point",)
    elif table.places.shape is not None:
        shapes, _ = _texts_as_shapes(table, table.places.shape)
        kinds = tuple(sorted({s.geom_type for s in shapes if s is not None})) or ("Unknown",)
    return LayerFacts(table.name, len(table.cells), kinds, fields, None)


def _type_of(kind: str) -> str:
    if kind.lower().startswith("int"):
        return "integer"
    return "number" if kind == "float64" else "text"


def placed(table: OwnTable) -> Given:
    """Return a table with its shapes; rows without a place have none, and are told.

    Raises
    ------
    DataError
        Where no row has a place, or shapes are of several systems.
    """
    places = table.places
    frame, read = table.frame(places.shape)
    system = None
    if places.shape is not None:
        shapes, notices = _texts_as_shapes(table, places.shape)
        system = _system(table, places.shape)
    else:
        shapes, notices = _points(table)
    if len(shapes) and shapely.is_missing(shapes).all():
        raise coded(
            DataError(
                f"table {table.name!r}: none of {len(shapes)} rows has a place that can be read: "
                + "; ".join(notice.message for notice in notices)
            ),
            "format.no_places",
        )
    shapes, high = flattened(shapes)
    made = gpd.GeoDataFrame(frame, geometry=gpd.GeoSeries(shapes, index=frame.index, crs=system))
    return Given(made, table.name, table.encoding, (*table.notices, *read, *notices, *high))


def _points(table: OwnTable) -> tuple[np.ndarray, list[Notice]]:
    first, second = table.places.pair or (0, 1)
    head_x, head_y = table.heads[first], table.heads[second]
    notices: list[Notice] = []
    x, told_x = _coordinates(table, first)
    y, told_y = _coordinates(table, second)
    notices += [*told_x, *told_y]
    if table.places.sides == ("x", "y") and _is_northing_first(x, y):
        x, y = y, x
        text = (
            f"column {head_x!r} is taken as north and {head_y!r} as east, as in Chinese surveys: "
            "the numbers of the first are northings"
        )
        proposal = f"If it is the other way, give --x {head_x!r} --y {head_y!r}: then x is east."
        evidence = f"{_span(y)}, {_span(x)}"
        notices.append(Notice("format.x_is_north", "warning", text, evidence, proposal))
    else:
        text = f"places are points of the columns {head_x!r} (east) and {head_y!r} (north)"
        notices.append(Notice("format.coordinates", "info", text))
    there = np.isfinite(x) & np.isfinite(y)
    shapes = np.full(len(x), None, dtype=object)
    shapes[there] = shapely.points(x[there], y[there])
    lost = np.flatnonzero(~there)
    if len(lost):
        text = f"{len(lost)} row(s) have no two coordinates that can be read, and no place"
        where = table.told(lost)
        rows = rows_of(lost)
        notices.append(
            Notice("format.no_place", "warning", text, where, rows=rows, count=len(lost))
        )
    return shapes, notices


def _span(numbers: np.ndarray) -> str:
    return f"{np.nanmin(numbers):.10g} to {np.nanmax(numbers):.10g}"


def _is_northing_first(x: np.ndarray, y: np.ndarray) -> bool:
    """Return whether x is north and y east, by the numbers that both have in China."""
    both = np.isfinite(x) & np.isfinite(y)
    x, y = x[both], y[both]
    if not len(x):
        return False
    degrees = (x >= 3).all() and (x <= 54).all() and (y >= 73).all() and (y <= 136).all()
    north = (x >= NORTHINGS_M[0]).all() and (x <= NORTHINGS_M[1]).all()
    east = any((y >= low).all() and (y <= high).all() for low, high in EASTINGS_M)
    return bool(degrees or (north and east))


def _coordinates(table: OwnTable, column: int) -> tuple[np.ndarray, list[Notice]]:
    made = np.full(len(table.cells), np.nan)
    angles: list[int] = []
    wrong: list[int] = []
    for at, cell in enumerate(table.column(column)):
        # 112,500 may be a thousand times as much as is meant.
        value = None if _ONE_COMMA.fullmatch(cell) else number_of(cell)
        if value is None and cell:
            value = degrees_of(cell)
            (wrong if value is None else angles).append(at)
        made[at] = np.nan if value is None else value
    head, cells = table.heads[column], table.column(column)
    notices = []
    if angles:
        first = angles[0]
        text = f"{len(angles)} cell(s) of {head!r} are degrees, minutes and seconds"
        evidence = f"{cells[first][:40]!r} is read as {made[first]:.9f}"
        notices.append(Notice("format.degrees", "info", text, evidence, count=len(angles)))
    if wrong:
        text = f"{len(wrong)} cell(s) of {head!r} are no coordinate: "
        text += some([cells[at][:40] for at in wrong], 3)
        where, rows = table.told(wrong), rows_of(wrong)
        notices.append(
            Notice("format.no_number", "warning", text, where, rows=rows, count=len(wrong))
        )
    return made, notices


def _system(table: OwnTable, column: int) -> object | None:
    """Return the system that shapes state as SRID."""
    cells = [cell for cell in table.column(column) if cell]
    found = set()
    for cell in cells:
        if _is_hex(cell):
            shape = _shape(cell)
            found.add(0 if shape is None else int(shapely.get_srid(shape)))
        else:
            stated = _SRID.match(cell)
            found.add(int(stated[1]) if stated else 0)
    if len(found) > 1:
        numbers = ", ".join(str(number or "none") for number in sorted(found))
        text = f"table {table.name!r}: shapes are of several systems: SRID {numbers}"
        raise coded(DataError(f"{text}; save each as a table of its own"), "crs.several")
    if found in (set(), {0}):
        return None
    number = found.pop()
    try:
        return crs.given(f"EPSG:{number}")
    except UsageError as fault:
        text = f"table {table.name!r}: SRID {number} is no code of EPSG; give --assume-crs"
        raise coded(DataError(text), "crs.unreadable") from fault


def _texts_as_shapes(table: OwnTable, column: int) -> tuple[np.ndarray, list[Notice]]:
    cells = table.column(column)
    shapes = np.array([_shape(cell) if cell else None for cell in cells] or [None], dtype=object)
    shapes = shapes[: len(cells)]
    text = f"shapes are read from the column {table.heads[column]!r}"
    proposal = ""
    if table.places.others:
        text += f", not from {some(table.places.others)}, which say places too"
        proposal = "To read points of coordinates, name their columns with --x and --y."
    notices = [Notice("format.shapes_as_text", "info", text, proposal=proposal)]
    wrong = [at for at, cell in enumerate(cells) if cell and shapes[at] is None]
    if wrong:
        cut = sum(len(cells[at]) >= EXCEL_LETTERS for at in wrong)
        text = f"{len(wrong)} cell(s) of {table.heads[column]!r} are no shape that can be read"
        proposal = ""
        if cut:
            text += f"; {cut} of them have {EXCEL_LETTERS} letters or more, and were cut by Excel"
            proposal = "Save the table as CSV, or the layer in a format with shapes."
        where, rows = table.told(wrong), rows_of(wrong)
        notices.append(
            Notice("format.broken_shapes", "warning", text, where, proposal, rows, len(wrong))
        )
    empty = [at for at, cell in enumerate(cells) if not cell]
    if empty:
        text = f"{len(empty)} row(s) have no shape"
        where, rows = table.told(empty), rows_of(empty)
        notices.append(
            Notice("format.no_place", "warning", text, where, rows=rows, count=len(empty))
        )
    return shapes, notices


def _is_hex(cell: str) -> bool:
    return cell.startswith(("00", "01"))


def _shape(cell: str) -> shapely.Geometry | None:
    read: Callable[..., shapely.Geometry | None] = shapely.from_wkt
    if _is_hex(cell):
        read = shapely.from_wkb
    elif cell.lstrip().startswith("{"):
        read = shapely.from_geojson
    try:
        return read(_SRID.sub("", cell, count=1), on_invalid="ignore")
    except (shapely.errors.GEOSException, NotImplementedError, ValueError, TypeError):
        return None


def chosen_table(path: object, tables: Sequence[OwnTable]) -> OwnTable:
    """Return the only table; `DataError` names all where there are several."""
    if len(tables) == 1:
        return tables[0]
    names = ", ".join(f"{table.name!r} ({len(table.cells)} rows)" for table in tables)
    raise coded(
        DataError(f"{path}: holds {len(tables)} tables: {names}; choose one with --layer"),
        "format.several_layers",
    )
