"""GeoPackages of several layers: the same bytes for the same tables, whatever the day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

import geopandas as gpd
import pyogrio
import shapely

from geoplan.errors import StageError

OPTIONS = {
    "OGR_CURRENT_DATE": "2000-01-01T00:00:00.000Z",  # else the file says when it was written
    "OGR_SQLITE_SYNCHRONOUS": "OFF",  # what is read again at once need not reach the disk
    "OGR_SQLITE_JOURNAL": "OFF",
}


def geopackage(layers: Mapping[str, pd.DataFrame]) -> bytes:
    """Return a GeoPackage with `layers`, in that order.

    A table with geometry becomes a layer of the type that its shapes have;
    all must have one dimension. A table without becomes a plain table. Raises
    `StageError` where it cannot be written.
    """
    with TemporaryDirectory() as folder, _options():
        path = Path(folder) / "atlas.gpkg"
        for name, table in layers.items():
            try:
                _append(path, name, table)
            except (RuntimeError, ValueError, OSError) as fault:
                raise StageError(f"GeoPackage, layer {name}: cannot be written: {fault}") from fault
        return path.read_bytes()


def _append(path: Path, name: str, table: pd.DataFrame) -> None:
    kind = _kind(table) if isinstance(table, gpd.GeoDataFrame) else None
    pyogrio.write_dataframe(
        table,
        path,
        layer=name,
        driver="GPKG",
        geometry_type=kind,
        promote_to_multi=kind is not None and kind.startswith("Multi"),
        append=path.exists(),
        use_arrow=False,
    )


def _kind(table: gpd.GeoDataFrame) -> str:
    """Return the type of a layer: points stay single, lines and areas may be of several parts."""
    shapes = table.geometry.to_numpy()
    found = set(shapely.get_dimensions(shapes[shapely.is_geometry(shapes)]).tolist())
    if len(found) > 1:
        raise ValueError(f"shapes of {len(found)} dimensions; a layer has those of one")
    kinds = set(table.geometry.geom_type.dropna())
    for single, many in (("Point", "MultiPoint"), ("LineString", "MultiLineString")):
        if kinds and kinds <= {single, many}:
            return single if kinds == {"Point"} else many
    return "MultiPolygon"


@contextmanager
def _options() -> Iterator[None]:
    before = {key: pyogrio.get_gdal_config_option(key) for key in OPTIONS}
    pyogrio.set_gdal_config_options(OPTIONS)
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options(before)
