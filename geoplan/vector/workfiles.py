"""Files that people go on working in: written whole, with other layers carried along."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

import geopandas as gpd
import pyogrio

from geoplan.errors import StageError
from geoplan.vector.geopackage import gdal_options
from geoplan.vector.opened import gdal_path

DRIVERS = {".gpkg": "GPKG", ".gdb": "OpenFileGDB", ".shp": "ESRI Shapefile"}
"""Formats of such files, by suffix."""

LONGEST_CELL = 254
"""Bytes of a text in a shapefile."""

_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
_INDEXES = (".sbn", ".sbx", ".qix", ".idm", ".ain", ".aih")


def layers_in(path: Path) -> list[str]:
    """Return the names of all layers and tables of a file."""
    return [str(name) for name, _ in pyogrio.list_layers(gdal_path(path))]


def write_layers(path: Path, layers: Mapping[str, pd.DataFrame], *, keep: Sequence[str]) -> None:
    """Write layers of polygons and plain tables to a file, by its suffix.

    Of a shapefile the first layer has the name itself, others ``stem-layer.shp``;
    plain tables are left out, and so are layers without rows but the first. All is
    written beside and then renamed.

    Parameters
    ----------
    keep
        Names of layers of the file there that are carried along (not of shapefiles).

    Raises
    ------
    StageError
        Where it cannot be written; what was there stays.
    """
    try:
        with TemporaryDirectory(dir=path.parent, prefix=".geoplan-") as folder, gdal_options():
            if path.suffix.lower() == ".shp":
                _shapefiles(path, layers, Path(folder))
                return
            made = Path(folder) / path.name
            for name, table in layers.items():
                _append(made, name, table)
            for name in keep:
                _append(made, name, pyogrio.read_dataframe(gdal_path(path), layer=name))
            _put(made, path)
    except (RuntimeError, ValueError, OSError) as fault:
        raise StageError(f"{path}: cannot be written: {fault}") from fault


def _put(made: Path, path: Path) -> None:
    """Put a file, or a folder, in its place; what was there comes back where that fails."""
    if not path.is_dir():
        made.replace(path)
        return
    before = made.with_name("before.gdb")
    path.replace(before)
    try:
        made.replace(path)
    except OSError:
        before.replace(path)
        raise


def _append(path: Path, name: str, table: pd.DataFrame) -> None:
    shapes = isinstance(table, gpd.GeoDataFrame)
    pyogrio.write_dataframe(
        table,
        path,
        layer=name,
        driver=DRIVERS[path.suffix.lower()],
        geometry_type=_kind(table) if shapes else None,
        append=path.exists(),
        use_arrow=False,
    )


def _kind(table: pd.DataFrame) -> str | None:
    kinds = sorted(set(gpd.GeoSeries(table.geometry).geom_type.dropna())) or ["Polygon"]
    return kinds[0] if len(kinds) == 1 else None


def _shapefiles(path: Path, layers: Mapping[str, pd.DataFrame], folder: Path) -> None:
    tables = [(n, t) for n, t in layers.items() if isinstance(t, gpd.GeoDataFrame)]
    for place, (name, table) in enumerate(tables):
        stem = path.stem if place == 0 else f"{path.stem}-{name}"
        if place == 0 or len(table):
            pyogrio.write_dataframe(
                _fitting(table),
                folder / f"{stem}.shp",
                driver=DRIVERS[".shp"],
                geometry_type="Polygon",
                encoding="UTF-8",
                use_arrow=False,
            )
    # The first one last: until then what people wrote still stands in the old file.
    for place, (name, _) in reversed(list(enumerate(tables))):
        stem = path.stem if place == 0 else f"{path.stem}-{name}"
        for end in (*_PARTS, *_INDEXES):
            made, there = folder / f"{stem}{end}", path.with_name(f"{stem}{end}")
            if made.exists():
                shutil.move(made, there)
            else:
                there.unlink(missing_ok=True)


def _fitting(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return a table whose texts a shapefile can hold; longer ones end in ``…``."""
    made = table.copy()
    for column in made.columns:
        if column != made.geometry.name and made[column].map(lambda c: isinstance(c, str)).any():
            made[column] = made[column].map(_cut)
    return gpd.GeoDataFrame(made)


def _cut(cell: object) -> object:
    if not isinstance(cell, str) or len(cell.encode()) <= LONGEST_CELL:
        return cell
    return cell.encode()[: LONGEST_CELL - 3].decode("utf-8", "ignore") + "…"
