"""One layer written to a file of people's choice: whole or not at all, and what it cannot hold."""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

import geopandas as gpd
import pyogrio
import shapely

from geoplan.errors import StageError
from geoplan.reading import Notice
from geoplan.vector.geopackage import VERSION, gdal_options
from geoplan.vector.workfiles import LONGEST_CELL

CLEAN = {
    ".gpkg": "GPKG",
    ".parquet": "",
    ".fgb": "FlatGeobuf",
    ".shp": "ESRI Shapefile",
    ".geojson": "GeoJSON",
}
"""Formats that a layer is written in, by suffix, and GDAL's driver for each."""

LONGEST_NAME = 10
"""Bytes of the name of a column in a shapefile."""

_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
_INDEXES = (".sbn", ".sbx", ".qix", ".idm", ".ain", ".aih")
_KINDS = {0: ("Point", "MultiPoint"), 1: ("LineString", "MultiLineString")}


def write_layer(frame: gpd.GeoDataFrame, path: Path, *, layer: str) -> tuple[Notice, ...]:
    """Write shapes of one dimension to `path`, by its suffix, in place of what is there.

    Returns what the format could not hold. GeoPackage, GeoParquet, FlatGeobuf and GeoJSON are
    the same bytes for the same table.

    Raises
    ------
    StageError
        Where it cannot be written; what was there stays.
    """
    suffix = path.suffix.lower()
    table, notices = _fitting(frame) if suffix == ".shp" else (frame, ())
    try:
        with TemporaryDirectory(dir=path.parent, prefix=".geoplan-") as folder, gdal_options():
            made = Path(folder) / path.name
            if suffix == ".parquet":
                table.to_parquet(made, compression="zstd", index=False)
            else:
                _write(table, made, layer)
            if suffix == ".shp":
                _place_parts(made, path)
            else:
                made.replace(path)
    except (RuntimeError, ValueError, OSError) as fault:
        raise StageError(f"{path}: cannot be written: {' '.join(str(fault).split())}") from fault
    return notices


def _write(table: gpd.GeoDataFrame, made: Path, layer: str) -> None:
    driver = CLEAN[made.suffix.lower()]
    kind = _kind_of(table)
    more: dict[str, object] = {}
    if driver == "GPKG":
        more = {"dataset_options": {"VERSION": VERSION}}
    elif driver == "ESRI Shapefile":
        more = {"encoding": "UTF-8"}
    elif driver == "GeoJSON":
        more = {"layer_options": {"COORDINATE_PRECISION": "12", "WRITE_NAME": "NO"}}
    if driver != "GeoJSON":
        more["promote_to_multi"] = kind.startswith("Multi")
    pyogrio.write_dataframe(
        table, made, layer=layer, driver=driver, geometry_type=kind, use_arrow=False, **more
    )


def _kind_of(table: gpd.GeoDataFrame) -> str:
    """Return the type of all shapes; several parts where one has them."""
    shapes = table.geometry.to_numpy()
    there = shapes[shapely.is_geometry(shapes)]
    found = sorted(set(shapely.get_dimensions(there).tolist()) - {-1})
    if len(found) > 1:
        raise ValueError("it holds shapes of several kinds; write each kind to a file of its own")
    single, many = _KINDS.get(found[0] if found else 2, ("Polygon", "MultiPolygon"))
    kinds = {str(kind) for kind in table.geometry.geom_type.dropna()}
    return single if kinds <= {single} else many


def _place_parts(made: Path, path: Path) -> None:
    """Put the files of a shapefile in their places, the main one last."""
    for end in (*_INDEXES, *reversed(_PARTS)):
        part, there = made.with_suffix(end), path.with_suffix(end)
        if part.exists():
            shutil.move(part, there)
        else:
            there.unlink(missing_ok=True)


def _fitting(frame: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, tuple[Notice, ...]]:
    """Return a table that a shapefile can hold, and what of it is cut."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    notices: list[Notice] = []
    table = frame.copy()
    for column in frame.columns.drop(frame.geometry.name):
        names[column] = _short(str(column), taken)
        taken.add(names[column].lower())
        cells = table[column]
        long = cells.map(lambda c: isinstance(c, str) and len(c.encode()) > LONGEST_CELL)
        if long.any():
            rows = [int(i) + 1 for i, cut in enumerate(long) if cut]
            message = (
                f"column {column!r}: {len(rows)} text(s) longer than {LONGEST_CELL} bytes are cut; "
                "a GeoPackage holds them whole"
            )
            notices.append(
                Notice("convert.cut", "warning", message, rows=tuple(rows[:20]), count=len(rows))
            )
            table[column] = cells.map(_cut)
        if pd.api.types.is_bool_dtype(cells):
            table[column] = cells.astype("int32")
    changed = [f"{old} → {new}" for old, new in names.items() if str(old) != new]
    if changed:
        message = f"{len(changed)} name(s) of columns are longer than {LONGEST_NAME} bytes"
        notices.append(Notice("convert.names", "warning", message, ", ".join(changed)))
    return gpd.GeoDataFrame(table.rename(columns=names)), tuple(notices)


def _short(name: str, taken: set[str]) -> str:
    short = name.encode()[:LONGEST_NAME].decode("utf-8", "ignore")
    n = 1
    while short.lower() in taken:
        tail = f"_{n}"
        short = name.encode()[: LONGEST_NAME - len(tail)].decode("utf-8", "ignore") + tail
        n += 1
    return short


def _cut(cell: object) -> object:
    if not isinstance(cell, str) or len(cell.encode()) <= LONGEST_CELL:
        return cell
    return cell.encode()[: LONGEST_CELL - 3].decode("utf-8", "ignore") + "…"
