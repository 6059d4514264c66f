"""What names stand for: shapes that a distance is taken to, and the grid that is wanted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

import geopandas as gpd
import shapely

from geoplan import crs, geometry, vector
from geoplan.boundaries import build_units, read_source
from geoplan.config import Project
from geoplan.errors import DataError, GeometryError, UsageError
from geoplan.gazetteer import load as load_gazetteer
from geoplan.layers.clip import REACH_DEGREES
from geoplan.layers.shapes import read_reference
from geoplan.overlay.membership import Memberships
from geoplan.overlay.unit import Label
from geoplan.raster import Grid, look, snapped
from geoplan.schema import Tables, records
from geoplan.sources import fresh_tables, is_file
from geoplan.toml import suggestion

SKETCH = "示意图形，非实测位置 (indicative shapes, not surveyed)"
"""What is said of results that are made of shapes drawn by us."""

SMALL_SCALE = (
    "粗略：参考数据按小比例尺绘制，近处须用实测河道 "
    "(coarse: reference data drawn for small scales; near the river take a surveyed line)"
)
"""What is said of rivers of the reference data."""

_WHY = {
    "within": "位于: somewhere in the named units, the extent is not known",
    "passes": "途经: a line through the named units, whose course is not known",
    "statement": "表述: without a shape",
    "whole": "全域: of units that are not shown",
    "delimited": "有界: without a shape",
    "indicative": "示意: without a shape",
}
"""Why features of an extent have no shape."""


@dataclass(frozen=True)
class Wanted:
    """Which grid is wanted: cells of `cell_m` over a unit, or the grid of a raster."""

    unit: str | None = None
    """A unit or group; without it, all units of the project."""
    cell_m: float | None = None
    grid_of: Path | None = None


@dataclass(frozen=True)
class Named:
    """Shapes, and what has to be known of them."""

    title: str
    shapes: np.ndarray
    """In `crs.WORK_CRS`; none is missing or empty."""
    source: str
    """Layer or file that they come from."""
    notes: tuple[str, ...] = ()

    @property
    def indicative(self) -> bool:
        """Whether any of them was drawn by us."""
        return any(SKETCH in note for note in self.notes)


def grid_of(wanted: Wanted, project: Project) -> Grid:
    """Return the grid that is wanted: equal-area with edges at multiples of the cell, or given.

    Raises
    ------
    UsageError
        Where it says too little, or two things.
    UnitError, DataError
        Where the unit is unknown, or the raster cannot be read.
    """
    if wanted.grid_of is not None:
        if wanted.unit is not None or wanted.cell_m is not None:
            raise UsageError("--grid-of gives the grid; leave --unit and --cell out, or it")
        return look(wanted.grid_of).grid
    if wanted.cell_m is None:
        raise UsageError("which cells? Say --cell with their size in metres, or --grid-of a raster")
    return snapped(unit_bounds(wanted.unit, project), wanted.cell_m)


def unit_bounds(unit: str | None, project: Project) -> crs.Bounds:
    """Return west, south, east, north of a unit or group in `WORK_CRS`; of all units for None."""
    folder = project.folder("boundaries")
    gazetteer, scope = load_gazetteer(folder), project.config.scope
    codes = gazetteer.resolve(unit or scope, scope=scope).adcodes
    units, _ = build_units(folder, gazetteer, scope=scope)
    shapes = units.geometry[units["adcode"].isin(codes)].to_numpy()
    if not len(shapes):
        raise UsageError(f"{unit}: lies outside of the scope of {project.file}")
    west, south, east, north = shapely.total_bounds(crs.data_to_work(shapes))
    return float(west), float(south), float(east), float(north)


def borders(project: Project) -> str:
    """Return how exact the borders of units are, for people."""
    off_m = read_source(project.folder("boundaries")).displacement_km * 1e3
    return f"borders of units are generalised: good to some {off_m:.0f} m (界线已概化)"


def about(grid: Grid) -> crs.Bounds:
    """Return west, south, east, north in degrees of where shapes of a grid are looked for."""
    west, south, east, north = crs.bounds_to_any(grid.bounds, source=grid.crs, target=crs.DATA_CRS)
    return west - REACH_DEGREES, south - REACH_DEGREES, east + REACH_DEGREES, north + REACH_DEGREES


def shapes_of(name: str, grid: Grid, *, project: Project) -> Named:
    """Return the shapes that a name stands for.

    Parameters
    ----------
    name
        A file with any shapes; a layer, ``layer/feature`` or ``layer/class``; a river of the
        reference data.
    grid
        Tells whether coordinates of a file are plausible.

    Raises
    ------
    UsageError
        Where there is none of that name, with suggestions, or it has no shape, with the reason.
    DataError
        Where a file or the tables are wrong.
    """
    if is_file(name):
        return _of_file(Path(name), grid)
    rivers = read_reference(project.folder("reference")).rivers
    found = rivers[(rivers["name"] == name) | (rivers["name_en"] == name)]
    if len(found):
        shapes = crs.data_to_work(found.geometry.to_numpy())
        return Named(name, shapes, f"rivers.parquet: {name}", (f"{name}: {SMALL_SCALE}",))
    tables = fresh_tables(project)
    features = _features(name, tables, [*rivers["name"]])
    shapes, sketched, without = _shapes(features, tables)
    if not len(shapes):
        raise UsageError(
            f"{name!r} has no shape to take a distance to: of {len(features)} features are "
            f"{_reasons(without)}"
        )
    notes = [f"{name}: {sketched} of {len(shapes)} shapes: {SKETCH}"] if sketched else []
    if (features["extent"] == "whole").any():
        notes.append(f"{name}: {borders(project)}")
    if without:
        notes.append(f"{name}: left out, as they have no shape: {_reasons(without)}")
    titles = tables["layers"].set_index("layer")["title"].to_dict()
    layer, _, part = name.partition("/")
    own = features["name"].iloc[0] if part and len(features) == 1 else part
    title = f"{titles[layer]}：{own}" if part else titles[layer]
    return Named(title, shapes, name, tuple(notes))


def _features(name: str, tables: Tables, rivers: list[str]) -> pd.DataFrame:
    features = tables["features"]
    layer, slash, part = name.partition("/")
    own = features[features["layer"] == layer]
    found = own[(own["feature"] == part) | (own["class"] == part)] if slash else own
    if found.empty:
        pairs = [*(own["layer"] + "/" + own["feature"]), *(own["layer"] + "/" + own["class"])]
        known = [*dict.fromkeys([*tables["layers"]["layer"], *rivers, *pairs])]
        raise UsageError(
            f"{name!r} is no file, layer, layer/feature or river, or it has no features."
            f"{suggestion(name, known)} `geoplan catalogue` lists layers; rivers are: "
            f"{'、'.join(rivers)}"
        )
    return found


def _shapes(features: pd.DataFrame, tables: Tables) -> tuple[np.ndarray, int, Counter[str]]:
    """Return shapes, how many are drawn by us, and by extent how many features have none.

    A site that a plan names by its town is a point there, drawn by us.
    """
    wholly = Memberships.of(tables).wholly
    outlines = tables["units"].set_index("adcode")["geometry"]
    made: list[shapely.Geometry] = []
    sketched, without = 0, Counter[str]()
    for row in records(features):
        extent, shape = row["extent"], row["geometry"]
        if extent == "whole":
            label = Label(row["layer"], row["class"], "geometry")
            shape = shapely.union_all(outlines[sorted(wholly[label][row["feature"]])].to_numpy())
        site = extent == "within" and row["drawn_by"] == "sites"
        if shape is None or shape.is_empty or not (extent in _SHAPED or site):
            without[extent] += 1
            continue
        sketched += site or extent == "indicative"
        made.append(shape)
    return crs.data_to_work(np.array(made, dtype=object)), sketched, without


_SHAPED = ("whole", "delimited", "indicative")


def _reasons(without: Counter[str]) -> str:
    return ", ".join(f"{n} {e} ({_WHY[e]})" for e, n in sorted(without.items()))


def _of_file(path: Path, grid: Grid) -> Named:
    frame = vector.read_vector(path)
    if not isinstance(frame, gpd.GeoDataFrame):
        raise DataError(f"{path}: has no shapes")
    frame = frame[~(frame.geometry.isna() | frame.geometry.is_empty)]
    if frame.empty:
        raise DataError(f"{path}: has no features with a shape")
    lost = geometry.not_finite(frame.geometry.to_numpy())
    if len(lost):
        raise GeometryError(
            f"{path}: {len(lost)} of {len(frame)} features have coordinates that are no finite "
            "numbers; export the file again without them"
        )
    crs.check_plausible(frame, source=str(path), area=about(grid))
    shapes = crs.to_work(frame).geometry.to_numpy()
    xy, place = shapely.get_coordinates(shapes, return_index=True)
    far = np.unique(place[~crs.within_reach(xy[:, 0], xy[:, 1])])
    if len(far):
        raise GeometryError(
            f"{path}: {len(far)} of {len(frame)} features lie on the other side of the earth; "
            "take out those that are not meant"
        )
    return Named(path.name, shapes, path.name)
