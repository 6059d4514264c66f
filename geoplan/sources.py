"""Layers that a command is given: files, or ids of the project's own layers, written as files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

import geopandas as gpd
import shapely

from geoplan import crs, engine, geometry, vector
from geoplan.build import changed_inputs, read_tables
from geoplan.build.keys import READERS, Stage
from geoplan.config import Project
from geoplan.errors import DataError, StageError, UsageError
from geoplan.files import file_hash
from geoplan.overlay.membership import Memberships
from geoplan.overlay.unit import Label
from geoplan.schema import BASIS_OF, Tables, records
from geoplan.toml import suggestion

FOLDER = "engine"
"""Folder in the build folder that layers are written to, each as ``<id>.parquet``."""

COLUMNS = ("layer", "class", "feature", "name", "extent")
"""Columns of a written layer, besides its geometry."""

UNITS = {"counties": "county", "cities": "city"}
"""Ids that stand for all units of a level, where no layer has them."""

AREAL = tuple(extent for extent, basis in BASIS_OF.items() if basis != "list")
"""Extents that may have an area."""

WHY_NO_AREA = {
    "whole": "of units that are not shown",
    "delimited": "without a polygon",
    "indicative": "drawn as lines",
    "within": "somewhere in the named units",
    "passes": "lines through the named units",
    "statement": "without a shape",
}
"""Why a feature of an extent has no area."""


@dataclass(frozen=True)
class Source:
    """A layer as a file, with what has to be known of its areas."""

    path: Path
    features: int = 0
    """Features with an area; 0 where the file was given, not written."""
    indicative: int = 0
    """How many of those are shapes that we sketched."""
    without: Counter[str] = field(default_factory=Counter)
    """Features that may have no area and were left out, by extent."""

    @property
    def note(self) -> str:
        """What people have to be told of the areas; empty where there is nothing."""
        told = []
        if self.indicative:
            told.append(
                f"{self.indicative} of {self.features} shapes are indicative: sketches of ours, "
                "whose areas have two digits at most"
            )
        if self.without:
            told.append(f"left out as they have no area: {_reasons(self.without)}")
        return f"{self.path.stem}: {'; '.join(told)}" if told else ""


def is_file(layer: str | Path) -> bool:
    """Return whether `layer` names a file, there or not, and no id."""
    path = Path(layer)
    return path.suffix.lower() in vector.SUFFIXES or path.is_file()


def resolved(layers: Sequence[str | Path], project: Project | None) -> list[Source]:
    """Return `layers` as files; ids of layers of `project` are written to its build folder.

    Of a layer, those features are written that have an area: `whole` ones as the
    counties that they name, `delimited` and `indicative` ones as they are drawn. A
    file is replaced only where its content changes.

    Parameters
    ----------
    layers
        Names of files; ids of layers; ``counties`` and ``cities`` for all units of a level.
    project
        Where ids are looked up. Its tables have to be there and fresh; with
        None, all layers have to be files.

    Raises
    ------
    UsageError
        Where an id is unknown, or its layer has no area.
    DataError
        Where the tables of the project are missing or older than its files.
    """
    names = [str(layer) for layer in layers if not is_file(layer)]
    if names and project is None:
        raise UsageError(f"{names[0]}: there is no such file, and no project to look up a layer")
    made: dict[str, Source] = {}
    if names and project is not None:
        tables = fresh_tables(project)
        made = {name: _source(name, tables, project) for name in dict.fromkeys(names)}
    return [made.get(str(layer)) or Source(Path(layer)) for layer in layers]


def tabulate(
    layers: Sequence[str | Path],
    by: Sequence[str],
    *,
    project: Project | None = None,
    scheduler: str = "threads",
    workers: int | None = None,
    memory: int = engine.DEFAULT_MEMORY,
) -> pd.DataFrame:
    """Return the area that layers share, as `engine.tabulate`; layers may be ids of `project`.

    `notes` among the table's `attrs` are what has to be known of the areas of
    its layers. Raises as `engine.tabulate` and `resolved`.
    """
    sources = resolved(layers, project)
    files = [source.path for source in sources]
    table = engine.tabulate(files, by, scheduler=scheduler, workers=workers, memory=memory)
    table.attrs["notes"] = [source.note for source in sources if source.note]
    return table


def fresh_tables(project: Project) -> Tables:
    """Read units, layers, features, memberships; `DataError` says which command makes them anew."""
    tables = read_tables(project, ["units", "layers", "features", "memberships"])
    for stage in READERS:
        changed = _changed(project, stage)
        if changed:
            more = f" and {len(changed) - 1} more" if len(changed) > 1 else ""
            raise DataError(
                f"{project.build_folder}: the tables of stage {stage!r} are stale: {changed[0]}"
                f"{more} changed since; run `geoplan run {stage}` and the stages after it, "
                "or `geoplan build`"
            )
    return tables


def _changed(project: Project, stage: Stage) -> list[str]:
    """Return what `stage` reads and is not what it was when it ran."""
    try:
        return changed_inputs(project, stage)
    except OSError as fault:
        raise DataError(f"{fault.filename}: cannot be read: {fault.strerror}") from fault


def _source(name: str, tables: Tables, project: Project) -> Source:
    """Write what `name` stands for."""
    path = project.build_folder / FOLDER / f"{name}.parquet"
    layers = tables["layers"].set_index("layer")
    if name in layers.index:
        features = tables["features"][tables["features"]["layer"] == name]
        made, without = _with_area(features, tables)
        if made.empty:
            raise UsageError(_no_area(name, str(layers.loc[name, "kind"]), without, project))
        _write(made, path)
        indicative = int((made["extent"] == "indicative").sum())
        return Source(path, len(made), indicative, without)
    if name in UNITS:
        made = _units(UNITS[name], tables["units"])
        _write(made, path)
        return Source(path, len(made))
    areal = tables["features"]["extent"].isin(AREAL)
    known = [*tables["features"]["layer"][areal].drop_duplicates(), *UNITS]
    raise UsageError(
        f"{name!r} is no file and no layer of {project.root}."
        f"{suggestion(name, [*layers.index, *UNITS])} Layers with areas: {', '.join(known)}"
    )


def _with_area(features: pd.DataFrame, tables: Tables) -> tuple[gpd.GeoDataFrame, Counter[str]]:
    """Return the features that have an area, and by extent how many have none."""
    wholly = Memberships.of(tables).wholly
    outlines = tables["units"].set_index("adcode")["geometry"]
    shapes: list[shapely.Geometry] = []
    for row in records(features):
        shape = shapely.Polygon()
        if row["extent"] in AREAL and row["geometry"] is not None:
            shape = geometry.polygonal(row["geometry"])
        elif row["extent"] == "whole":
            label = Label(row["layer"], row["class"], "geometry")
            codes = sorted(wholly[label][row["feature"]])
            shape = shapely.union_all(outlines[codes].to_numpy())
        shapes.append(shape)
    kept = ~shapely.is_empty(shapes)
    made = gpd.GeoDataFrame(features[[*COLUMNS]], geometry=shapes, crs=crs.DATA_CRS)
    return made[kept], Counter(features["extent"][~kept])


def _units(level: str, units: pd.DataFrame) -> gpd.GeoDataFrame:
    """Return the units of a level; of counties with the name of their city."""
    own = units[units["level"] == level]
    made = own[["adcode", "name", "parent"]]
    if level == "county":
        cities = units[units["level"] == "city"].set_index("adcode")["name"]
        made = made.assign(city=made["parent"].map(cities))
    return gpd.GeoDataFrame(made, geometry=own["geometry"], crs=crs.DATA_CRS)


def _no_area(name: str, kind: str, without: Counter[str], project: Project) -> str:
    if kind == "slot" and not without:
        return (
            f"layer {name!r} is a slot that waits for its shapes: name a file in the table "
            f"[sources] of {project.file}, then `geoplan build`"
        )
    if not without:
        return f"layer {name!r} has indicators only, no features: there is no area to tabulate"
    return (
        f"layer {name!r} has no area to tabulate: of {without.total()} features "
        f"are {_reasons(without)}; only whole units and polygons have one"
    )


def _reasons(without: Counter[str]) -> str:
    return ", ".join(f"{n} {e} ({WHY_NO_AREA[e]})" for e, n in sorted(without.items()))


def _write(table: gpd.GeoDataFrame, path: Path) -> None:
    """Write a layer, at once or not at all, unless its file is the same already."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=path.parent, prefix=".") as beside:
            made = Path(beside) / path.name
            vector.write_table(table, made)
            if not path.is_file() or file_hash(path) != file_hash(made):
                made.replace(path)
    except OSError as fault:
        raise StageError(f"{path}: cannot be written: {fault.strerror or fault}") from fault
