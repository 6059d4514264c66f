"""GeoPackages of several layers: the same bytes for the same tables, whatever the day."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

import geopandas as gpd
import pyogrio
import shapely

from geoplan.errors import StageError

DAY = "2000-01-01T00:00:00.000Z"

VERSION = "1.2"
"""Of GeoPackage: the newest that older QGIS and ArcGIS read without a warning."""

OPTIONS = {
    "OGR_CURRENT_DATE": DAY,  # else the file says when it was written
    "OGR_SQLITE_SYNCHRONOUS": "OFF",  # what is read again at once need not reach the disk
    "OGR_SQLITE_JOURNAL": "OFF",
}


@dataclass(frozen=True, kw_only=True)
class View:
    """Rows of a plain table with the shapes of a layer, joined by a column; no shape is repeated.

    It shows the rows that have one of the values that `where` names for a column of
    the table, and `shaped` for one of the layer.
    """

    table: str
    columns: Sequence[str]
    layer: str
    by: str
    where: Mapping[str, Sequence[str]]
    shaped: Mapping[str, Sequence[str]]


@dataclass(frozen=True, kw_only=True)
class About:
    """What a layer is called, what its columns mean, and how QGIS draws it (QML)."""

    title: str
    note: str = ""
    fields: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Head and meaning, by column."""
    style: str = ""


def geopackage(
    layers: Mapping[str, pd.DataFrame],
    *,
    views: Mapping[str, View] | None = None,
    about: Mapping[str, About] | None = None,
) -> bytes:
    """Return a GeoPackage with `layers`, in that order, then `views` of them.

    A table with geometry becomes a layer of the type that its shapes have;
    all must have one dimension. A table without becomes a plain table. What is
    said `about` layers stands where GIS programs look for it: titles, columns'
    aliases, and default styles. Raises `StageError` where it cannot be written.
    """
    with TemporaryDirectory() as folder, gdal_options():
        path = Path(folder) / "atlas.gpkg"
        for name, table in layers.items():
            try:
                _append(path, name, table)
            except (RuntimeError, ValueError, OSError) as fault:
                raise StageError(f"GeoPackage, layer {name}: cannot be written: {fault}") from fault
        if views or about:
            try:
                _tell(path, views or {}, about or {})
            except sqlite3.Error as fault:
                raise StageError(f"GeoPackage: cannot be written: {fault}") from fault
        return path.read_bytes()


def _append(path: Path, name: str, table: pd.DataFrame) -> None:
    kind = shape_kind(table) if isinstance(table, gpd.GeoDataFrame) else None
    pyogrio.write_dataframe(
        table,
        path,
        layer=name,
        driver="GPKG",
        geometry_type=kind,
        promote_to_multi=kind is not None and kind.startswith("Multi"),
        append=path.exists(),
        dataset_options={"VERSION": VERSION},
        use_arrow=False,
    )


def shape_kind(table: gpd.GeoDataFrame) -> str:
    """Return the type of a layer: points stay single, lines and areas may be of several parts.

    Raises `ValueError` where shapes have several dimensions.
    """
    shapes = table.geometry.to_numpy()
    found = set(shapely.get_dimensions(shapes[shapely.is_geometry(shapes)]).tolist())
    if len(found) > 1:
        raise ValueError(f"shapes of {len(found)} dimensions; a layer has those of one")
    kinds = set(table.geometry.geom_type.dropna())
    for single, many in (("Point", "MultiPoint"), ("LineString", "MultiLineString")):
        if kinds and kinds <= {single, many}:
            return single if kinds == {"Point"} else many
    return "MultiPolygon"


def _tell(path: Path, views: Mapping[str, View], about: Mapping[str, About]) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        file.execute("PRAGMA journal_mode = OFF")
        file.execute("PRAGMA synchronous = OFF")
        file.executescript(_TABLES)
        file.execute("BEGIN")
        file.execute(_LISTED, (DAY,))
        for name, view in views.items():
            _add_view(file, name, view)
        for name, said in about.items():
            file.execute(
                "UPDATE gpkg_contents SET identifier = ?, description = ? WHERE table_name = ?",
                (f"{said.title}（{name}）", said.note, name),
            )
            # Titles of columns have to differ within a table.
            rows = [(name, c, head, head, note) for c, (head, note) in said.fields.items()]
            file.executemany(f"INSERT INTO gpkg_data_columns VALUES ({'?, ' * 5}NULL, NULL)", rows)
            if said.style:
                row = (name, _shape_column(file, name), said.title, said.style, said.note, DAY)
                file.execute(_STYLE, row)
        file.execute("COMMIT")


def _shape_column(file: sqlite3.Connection, name: str) -> str:
    found = file.execute(
        "SELECT column_name FROM gpkg_geometry_columns WHERE table_name = ?", (name,)
    ).fetchone()
    return found[0] if found else ""


def _add_view(file: sqlite3.Connection, name: str, view: View) -> None:
    columns = "".join(f", t.{_quoted(column)}" for column in view.columns)
    wanted = " AND ".join((*_conditions("t", view.where), *_conditions("s", view.shaped)))
    file.execute(  # names and values are quoted
        f"CREATE VIEW {_quoted(name)} AS SELECT t.fid AS OGC_FID, s.geom AS geom{columns} "
        f"FROM {_quoted(view.table)} t JOIN {_quoted(view.layer)} s "
        f"ON s.{_quoted(view.by)} = t.{_quoted(view.by)} "
        f"WHERE {wanted}"
    )
    file.execute(
        "INSERT INTO gpkg_contents SELECT ?, 'features', ?, '', last_change, min_x, min_y, "
        "max_x, max_y, srs_id FROM gpkg_contents WHERE table_name = ?",
        (name, name, view.layer),
    )
    file.execute(
        "INSERT INTO gpkg_geometry_columns SELECT ?, 'geom', geometry_type_name, srs_id, z, m "
        "FROM gpkg_geometry_columns WHERE table_name = ?",
        (name, view.layer),
    )


def _conditions(table: str, wanted: Mapping[str, Sequence[str]]) -> list[str]:
    return [
        f"{table}.{_quoted(column)} IN ({', '.join(map(_literal, values))})"
        for column, values in wanted.items()
    ]


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


_TABLES = """
CREATE TABLE gpkg_data_columns (
  table_name TEXT NOT NULL, column_name TEXT NOT NULL, name TEXT, title TEXT,
  description TEXT, mime_type TEXT, constraint_name TEXT,
  CONSTRAINT pk_gdc PRIMARY KEY (table_name, column_name),
  CONSTRAINT gdc_tn UNIQUE (table_name, name));
CREATE TABLE IF NOT EXISTS gpkg_extensions (
  table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL, definition TEXT NOT NULL,
  scope TEXT NOT NULL, CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name));
INSERT INTO gpkg_extensions VALUES ('gpkg_data_columns', NULL, 'gpkg_schema',
  'http://www.geopackage.org/spec121/#extension_schema', 'read-write');
CREATE TABLE layer_styles (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256),
  f_table_schema TEXT(256), f_table_name TEXT(256), f_geometry_column TEXT(256),
  styleName TEXT(30), styleQML TEXT, styleSLD TEXT, useAsDefault BOOLEAN, description TEXT,
  owner TEXT(30), ui TEXT(30), update_time DATETIME);
"""
"""The schema extension of GeoPackage, and the table where QGIS looks for styles."""

_LISTED = """
INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change)
VALUES ('layer_styles', 'attributes', 'layer_styles', '', ?)
"""

_STYLE = """
INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column,
  styleName, styleQML, styleSLD, useAsDefault, description, owner, ui, update_time)
VALUES ('', '', ?, ?, ?, ?, '', 1, ?, '', NULL, ?)
"""


@contextmanager
def gdal_options() -> Iterator[None]:
    """Set what makes files the same every day, for as long as the context lasts."""
    before = {key: pyogrio.get_gdal_config_option(key) for key in OPTIONS}
    pyogrio.set_gdal_config_options(OPTIONS)
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options(before)
