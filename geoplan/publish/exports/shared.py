"""What is handed out in formats of GIS programs: layers, what they are called, further files."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

import pandas as pd

import geopandas as gpd

from geoplan import schema
from geoplan.publish import geojson
from geoplan.publish.exports import styles
from geoplan.publish.geopackage import layers_of
from geoplan.sheet import csv_text, guarded
from geoplan.vector import About


@dataclass(frozen=True, kw_only=True)
class Shared:
    """Layers of an atlas with and without shapes, by name, and what is said of them."""

    layers: Mapping[str, pd.DataFrame]
    about: Mapping[str, About]
    short: Mapping[str, Mapping[str, str]]
    """Names of columns in shapefiles, by layer and column."""
    short_styles: Mapping[str, str]
    """QML for shapefiles, by layer."""

    @property
    def shaped(self) -> dict[str, gpd.GeoDataFrame]:
        """The layers that have shapes."""
        return {n: t for n, t in self.layers.items() if isinstance(t, gpd.GeoDataFrame)}

    def columns_of(self, file: str) -> tuple[str, ...]:
        """Return the columns of the layer that a file is named after; none for other files."""
        path = PurePosixPath(file)
        known = path.suffix in (".parquet", ".geojson", ".csv") and path.stem in self.layers
        return tuple(self.layers[path.stem].columns) if known else ()

    def tables(self) -> dict[str, bytes]:
        """Return the others as CSV files, by name of the file."""
        plain = {n: t for n, t in self.layers.items() if n not in self.shaped}
        return {f"{name}.csv": csv_text(table).encode() for name, table in plain.items()}

    def geojson(self) -> dict[str, bytes]:
        """Return the layers with shapes as GeoJSON and their styles, by name of the file."""
        files = {}
        for name, table in self.shaped.items():
            properties = [column for column in table.columns if column != "geometry"]
            text = geojson.collection(table, properties=properties)
            files[f"{name}.geojson"] = text.encode()
            files[f"{name}.qml"] = self.about[name].style.encode()
        return files


def shared(tables: schema.Tables) -> Shared:
    """Return what can be handed out of `tables`; areas in km², shares from 0 to 1, EPSG:4490."""
    layers = layers_of(tables)
    fields = {name: styles.gis_fields(table) for name, table in layers.items()}
    return Shared(
        layers=layers,
        about=styles.abouts(layers, {}, tables=tables),
        short={name: {f.name: f.short for f in own} for name, own in fields.items()},
        short_styles={
            name: styles.short_style(name, table, tables=tables)
            for name, table in layers.items()
            if name in styles.SHAPES
        },
    )


def fields_csv(given: Shared) -> bytes:
    """Return what the columns of shapefiles are: layer, name there, full name, heads, meaning."""
    buffer = io.StringIO()
    rows = csv.writer(buffer, lineterminator="\n")
    rows.writerow(["layer", "field", "column", "title", "title_en", "measure", "description"])
    for name, table in given.shaped.items():
        rows.writerows(
            map(guarded, (name, f.short, f.name, f.zh, f.en, f.measure, f.note[0]))
            for f in styles.gis_fields(table)
        )
    return b"\xef\xbb\xbf" + buffer.getvalue().encode()
