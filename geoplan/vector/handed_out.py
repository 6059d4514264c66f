"""Layers written in the formats that GIS programs exchange: FileGDB, Shapefile, GeoParquet."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import pandas as pd
import pyarrow as pa

import geopandas as gpd
import pyogrio
import shapely

from geoplan.errors import StageError
from geoplan.vector.geopackage import About, shape_kind
from geoplan.vector.workfiles import DRIVERS, LONGEST_CELL

Encoding = Literal["UTF-8", "GBK"]

DATE = "2000-01-01"


@dataclass(frozen=True, kw_only=True)
class Lost:
    """What a shapefile could not hold of one column."""

    layer: str
    column: str
    cut: int = 0
    """Texts longer than `LONGEST_CELL` bytes, of which the beginning is kept."""
    unknown: int = 0
    """Texts with signs that the encoding does not have; ``?`` stands for each."""

    def __str__(self) -> str:
        """Return a sentence that says it."""
        told = [f"{self.cut} text(s) longer than {LONGEST_CELL} bytes are cut"] if self.cut else []
        if self.unknown:
            told.append(f"{self.unknown} text(s) have signs that the encoding lacks, written as ?")
        also = "GeoPackage and FileGDB hold them whole"
        return f"shapefile {self.layer}, column {self.column}: {'; '.join(told)}; {also}"


def geodatabase_files(
    layers: Mapping[str, pd.DataFrame], *, about: Mapping[str, About]
) -> dict[str, bytes]:
    """Return the files of a file geodatabase of `layers`, with the titles of `about` as aliases.

    They stand together in a folder with the suffix ``.gdb``. They hold random
    ids, so that no two are the same. Raises `StageError` where it cannot be written.
    """
    with TemporaryDirectory() as place:
        folder = Path(place) / "atlas.gdb"
        for name, table in layers.items():
            said = about[name]
            heads = {column: head for column, (head, _) in said.fields.items()}
            try:
                arrow, crs, kind = _arrow(table, heads)
                pyogrio.write_arrow(
                    arrow,
                    folder,
                    layer=name,
                    driver=DRIVERS[".gdb"],
                    geometry_name=None if kind is None else "geometry",
                    geometry_type=kind,
                    crs=crs,
                    append=folder.exists(),
                    layer_options={"LAYER_ALIAS": said.title},
                )
            except (RuntimeError, ValueError, OSError) as fault:
                raise StageError(f"FileGDB, layer {name}: cannot be written: {fault}") from fault
        return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def _arrow(
    table: pd.DataFrame, aliases: Mapping[str, str]
) -> tuple[pa.Table, str | None, str | None]:
    """Return columns with the metadata where GDAL looks for aliases, CRS and type of shape."""
    plain = _typed(pd.DataFrame(table.drop(columns="geometry", errors="ignore")))
    made = pa.Table.from_pandas(plain, preserve_index=False).replace_schema_metadata(None)
    fields = [
        field.with_metadata({"GDAL:OGR:alternative_name": aliases.get(field.name, field.name)})
        for field in made.schema
    ]
    # ArcGIS before Pro 3.2 has no integers of 64 bits.
    fields = [f.with_type(pa.int32()) if f.type == pa.int64() else f for f in fields]
    columns = [c.cast(f.type) for c, f in zip(made.columns, fields, strict=True)]
    if not isinstance(table, gpd.GeoDataFrame):
        return pa.Table.from_arrays(columns, schema=pa.schema(fields)), None, None
    kind = shape_kind(table)
    shapes = shapely.to_wkb(table.geometry.to_numpy(), flavor="iso")
    geometry = pa.field("geometry", pa.binary(), metadata={"ARROW:extension:name": "geoarrow.wkb"})
    made = pa.Table.from_arrays(
        [*columns, pa.array(shapes, pa.binary())], schema=pa.schema([*fields, geometry])
    )
    return made, f"EPSG:{table.crs.to_epsg()}", kind


def _typed(table: pd.DataFrame) -> pd.DataFrame:
    """Return `table` with columns of texts that say so: an empty one would have no type."""
    texts = [c for c in table.columns if table[c].dtype == object and c != "geometry"]
    return table.astype(dict.fromkeys(texts, "string"))


def shapefile_zip(
    layers: Mapping[str, gpd.GeoDataFrame],
    *,
    short: Mapping[str, Mapping[str, str]],
    encoding: Encoding = "UTF-8",
    beside: Mapping[str, bytes] | None = None,
) -> tuple[bytes, list[Lost]]:
    """Return a zip of shapefiles, and what they could not hold.

    `short` are the names of columns, at most 10 bytes, by layer; the ``.cpg``
    states `encoding`. `beside` are further files. The same bytes for the same
    content. Raises `StageError` where a layer cannot be written.
    """
    lost: list[Lost] = []
    with TemporaryDirectory() as place:
        folder = Path(place)
        for name, table in layers.items():
            fitted, own = _fitted(name, table, encoding)
            lost += own
            try:
                pyogrio.write_dataframe(
                    fitted.rename(columns=dict(short[name])),
                    folder / f"{name}.shp",
                    driver=DRIVERS[".shp"],
                    geometry_type=shape_kind(table),
                    encoding=encoding,
                    use_arrow=False,
                    layer_options={"DBF_DATE_LAST_UPDATE": DATE},
                )
            except (RuntimeError, ValueError, OSError) as fault:
                raise StageError(f"Shapefile, layer {name}: cannot be written: {fault}") from fault
        files = {path.name: path.read_bytes() for path in folder.iterdir()}
    return _zipped({**files, **(beside or {})}), lost


def _fitted(
    layer: str, table: gpd.GeoDataFrame, encoding: str
) -> tuple[gpd.GeoDataFrame, list[Lost]]:
    """Return `table` with texts that fit, and what had to go."""
    made, lost = table.copy(), []
    for column in table.columns:
        if column == "geometry" or not any(isinstance(v, str) for v in table[column]):
            continue
        values = [(v, *_cut(v, encoding)) if isinstance(v, str) else None for v in table[column]]
        made[column] = pd.Series([v and v[1] for v in values], index=table.index, dtype="object")
        cut = sum(bool(v and v[2]) for v in values)
        unknown = sum(bool(v and v[3]) for v in values)
        if cut or unknown:
            lost.append(Lost(layer=layer, column=column, cut=cut, unknown=unknown))
    return made, lost


def _cut(text: str, encoding: str) -> tuple[str, bool, bool]:
    """Return what fits of a text, whether it was cut, and whether signs are unknown."""
    written = text.encode(encoding, "replace")
    whole = written.decode(encoding)
    return (
        written[:LONGEST_CELL].decode(encoding, "ignore"),
        len(written) > LONGEST_CELL,
        whole != text,
    )


def parquet_bytes(table: pd.DataFrame) -> bytes:
    """Return a table as Parquet, with geometry as GeoParquet; the same bytes for the same table."""
    buffer = io.BytesIO()
    _typed(table).to_parquet(buffer, compression="zstd", index=False)
    return buffer.getvalue()


def _zipped(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            entry.create_system = 3  # else it is the one that runs this
            archive.writestr(entry, files[name])
    return buffer.getvalue()
