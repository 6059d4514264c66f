"""The two sides of a difference: delimited features of a layer, or polygons of a file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

import geopandas as gpd
import shapely

from geoplan import crs, geometry, vector
from geoplan.build import read_tables
from geoplan.config import Project
from geoplan.errors import DataError, GeometryError, UsageError
from geoplan.files import file_hash
from geoplan.schema import Tables
from geoplan.sources import fresh_tables, is_file
from geoplan.toml import suggestion

_WHY = {
    "whole": "whole counties (全域): their borders are no line that somebody surveyed",
    "indicative": "indicative (示意): sketches of ours",
    "within": "somewhere in the named units (位于), extent unknown",
    "passes": "lines through the named units (途经)",
    "statement": "statements (表述) without a shape",
}
"""Why a feature that is not delimited has no difference polygons."""


@dataclass(frozen=True)
class Columns:
    """Which columns of a file hold class, name and land class; of a layer none is needed."""

    kind: str | None = None
    name: str | None = None
    land: str | None = None
    layer: str | None = None
    """Which layer of the file, where it has several."""


@dataclass(frozen=True)
class Side:
    """One side; arrays have an entry for each shape."""

    source: str
    """Title of the layer, or name of the file."""
    digest: str
    """The sha256 of the file; empty for a layer of the project."""
    kinds: list[str]
    names: list[str]
    land: list[str] | None
    shapes: gpd.GeoSeries
    """In `crs.DATA_CRS`, not yet repaired."""
    sensitivity: str = "internal"
    """That of the layer; what people bring is taken to be internal."""


def read_side(
    given: str, *, project: Project, columns: Columns | None = None, area: crs.Bounds
) -> Side:
    """Return one side: ``layer``, ``layer/class``, or a file with polygons.

    Parameters
    ----------
    columns
        Columns of a file. Without, its class is the file's stem and names are empty.
    area
        West, south, east, north of the units, in degrees.

    Raises
    ------
    UsageError
        Where a layer, class or column is unknown, or a layer is not delimited; says why.
    DataError, GeometryError
        Where a file cannot be read, has no CRS or no polygons, or tables are stale.
    """
    chosen = columns or Columns()
    if is_file(given):
        return _of_file(Path(given), chosen, area)
    stray = [name for name in vars(chosen).values() if name is not None]
    if stray:
        raise UsageError(f"{given}: is a layer of the project; {stray[0]!r} is for files only")
    tables = {**fresh_tables(project), **read_tables(project, ["classes"])}
    return _of_layer(given, tables, project)


def _of_layer(given: str, tables: Tables, project: Project) -> Side:
    name, _, kind = given.partition("/")
    layers = tables["layers"].set_index("layer")
    if name not in layers.index:
        known = sorted(delimited(tables))
        raise UsageError(
            f"{given!r} is no file and no layer of {project.root}."
            f"{suggestion(name, list(layers.index))} Delimited layers: {', '.join(known) or 'none'}"
        )
    every = tables["features"][tables["features"]["layer"] == name]
    own = every[every["class"] == kind] if kind else every
    if kind and own.empty:
        classes = list(every["class"].drop_duplicates())
        raise UsageError(
            f"layer {name!r} has no class {kind!r}.{suggestion(kind, classes)} "
            f"There are: {', '.join(classes) or 'none'}"
        )
    there = np.array([shape is not None for shape in own["geometry"]], dtype=bool)
    shaped = own[(own["extent"] == "delimited") & there]
    if shaped.empty:
        raise UsageError(_not_delimited(given, own, slot=str(layers.loc[name, "kind"]) == "slot"))
    titles = tables["classes"].set_index("class")["title"]
    return Side(
        source=str(layers.loc[name, "title"]),
        digest="",
        kinds=[str(titles.get(c, c)) for c in shaped["class"]],
        names=[_text(n) for n in shaped["name"]],
        land=None,
        sensitivity=str(layers.loc[name, "sensitivity"]),
        shapes=gpd.GeoSeries([geometry.polygonal(g) for g in shaped["geometry"]], crs=crs.DATA_CRS),
    )


def delimited(tables: Tables) -> set[str]:
    """Return the layers that have delimited features."""
    features = tables["features"]
    return set(features["layer"][features["extent"] == "delimited"])


def _not_delimited(given: str, own: pd.DataFrame, *, slot: bool) -> str:
    if own.empty:
        why = "is a slot that waits for its shapes: name a file in [sources] of geoplan.toml"
        return f"{given}: {why if slot else 'has no features'}"
    counts = own["extent"].value_counts().sort_index()
    told = "; ".join(f"{n} {_WHY.get(str(e), e)}" for e, n in counts.items())
    return (
        f"{given}: is not delimited, so there are no difference polygons: of {len(own)} features "
        f"{told}. Give a file with surveyed shapes, or for areas by county `geoplan tabulate`"
    )


def _of_file(path: Path, chosen: Columns, area: crs.Bounds) -> Side:
    frame = vector.read_vector(path, layer=chosen.layer)
    if not isinstance(frame, gpd.GeoDataFrame) or not len(frame):
        raise DataError(f"{path}: has no features with a shape")
    given = frame.geometry.to_numpy()
    lost = geometry.not_finite(given)
    if len(lost):
        raise GeometryError(
            f"{path}: {len(lost)} of {len(frame)} features have coordinates that are no finite "
            f"numbers, the first is row {lost[0] + 1}; export the file again without them"
        )
    crs.check_plausible(frame, source=str(path), area=area)
    there = np.isin(shapely.get_type_id(given), (3, 6, 7)) & ~shapely.is_empty(given)
    if not there.any():
        raise GeometryError(
            f"{path}: none of {len(frame)} features is a polygon; difference polygons need areas"
        )
    frame = frame[there].reset_index(drop=True)
    pure = [geometry.polygonal(g) for g in shapely.force_2d(frame.geometry.to_numpy())]
    known = [str(c) for c in frame.columns if c != frame.geometry.name]

    def cells(column: str | None) -> list[str] | None:
        if column is None:
            return None
        if column not in known:
            raise UsageError(
                f"{path}: has no column {column!r}.{suggestion(column, known)} "
                f"There are: {', '.join(known[:50]) or 'none'}"
            )
        return [_text(cell) for cell in frame[column]]

    return Side(
        source=path.name,
        digest=_digest(path),
        kinds=cells(chosen.kind) or [path.stem] * len(frame),
        names=cells(chosen.name) or [""] * len(frame),
        land=cells(chosen.land),
        shapes=crs.to_data(frame.set_geometry(gpd.GeoSeries(pure, crs=frame.crs))).geometry,
    )


def _digest(path: Path) -> str:
    files = vector.files_of(path)
    return file_hash(files[0]) if len(files) == 1 else ""


def _text(cell: object) -> str:
    """Return a cell as one line of text; a number that is whole without its point."""
    if cell is None or cell is pd.NA or (isinstance(cell, float) and np.isnan(cell)):
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return " ".join(str(cell).split())
