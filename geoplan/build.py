"""Run the stages in order; keep their tables; publish as one step."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

import pandas as pd

import geopandas as gpd

from geoplan import cluster, crs, folders, provenance, vector
from geoplan.analysis import build_analysis
from geoplan.boundaries import build_sources, build_units, read_source
from geoplan.config import Project
from geoplan.errors import ConfigError, DataError, StageError, UsageError, listed
from geoplan.gazetteer import Gazetteer
from geoplan.gazetteer import load as load_gazetteer
from geoplan.layers import LayerInputs, build_layers, newest, read_registry
from geoplan.overlay import build_overlay
from geoplan.publish import check_public, publish
from geoplan.schema import TABLES, Tables, check, frame, records

Stage = Literal["boundaries", "layers", "overlay", "analysis", "publish"]
STAGES: tuple[Stage, ...] = get_args(Stage)

OUTPUTS: dict[Stage, tuple[str, ...]] = {
    "boundaries": ("units", "sources"),
    "layers": (
        *("documents", "themes", "classes", "layers", "features", "memberships"),
        *("stated", "indicators", "findings"),
    ),
    "overlay": ("coverage", "pieces", "overlaps"),
    "analysis": ("claims", "conflicts"),
    "publish": (),
}
"""Tables that each stage writes to the build folder, besides its part of `issues` and `dropped`."""

SHARED = ("issues", "dropped")
"""Tables to which every stage adds rows, in a file of its own."""

DERIVED: tuple[Stage, ...] = ("overlay", "analysis")
"""Stages that read tables only."""

Notify = Callable[[Stage], None]


@dataclass(frozen=True)
class Run:
    """How to run: Dask scheduler, workers, and who hears of progress."""

    scheduler: str = "threads"
    workers: int | None = None
    on_stage: Notify | None = None
    on_task: cluster.Progress | None = None

    def __post_init__(self) -> None:
        """Refuse what no scheduler understands; raises `UsageError`."""
        cluster.check_scheduler(self.scheduler)
        if self.workers is not None and self.workers < 1:
            raise UsageError(f"workers = {self.workers}: at least 1 is needed")


def build(project: Project, run: Run | None = None) -> list[Path]:
    """Run every stage and publish; returns the published files.

    The published folder is exchanged at the end: it is whole at any time.

    Raises
    ------
    GeoplanError
        Of the stage that failed; what was published before stays.
    """
    return run_stages(project, STAGES, run=run)


def run_stages(project: Project, stages: Iterable[str], *, run: Run | None = None) -> list[Path]:
    """Run `stages` in the given order, each on the tables that earlier ones left.

    Raises
    ------
    UsageError
        If a stage is unknown, or another build holds the folder's lock.
    """
    run = run or Run()
    if isinstance(stages, str):
        raise UsageError(f"stages is the text {stages!r}; give a list such as [{stages!r}]")
    wanted: list[Stage] = []
    for name in stages:
        if name not in STAGES:
            raise UsageError(f"stage {name!r} is not known; there are: {', '.join(STAGES)}")
        wanted.append(name)
    _check_audience(project)
    published: list[Path] = []
    with folders.locked(project.build_folder):
        folders.recover(project.maps_folder)
        folders.check_replaceable(project.maps_folder)
        for stage in wanted:
            if run.on_stage is not None:
                run.on_stage(stage)
            published = _run_stage(project, stage, run)
    return published


def list_units(project: Project, name: str | None = None) -> pd.DataFrame:
    """Return the units of the project, or those that `name` stands for.

    Columns `adcode`, `name`, `name_en`, `pinyin`, `level`, `parent`,
    `area_km2`; with a name also `mean_height_m`, from the coarse elevation
    sample (empty where no cell's centre lies in the unit), and `note`, what
    had to be known to read the name. Raises `UnitError` if the name is
    unknown or ambiguous.
    """
    from geoplan.raster import heights_in

    folder = project.folder("boundaries")
    gazetteer = load_gazetteer(folder)
    units, _ = build_units(folder, gazetteer, scope=project.config.scope)
    table = pd.DataFrame(
        units[["adcode", "name", "name_en", "pinyin", "level", "parent", "area_km2"]]
    )
    if name is None:
        return table
    found = gazetteer.resolve(name, scope=project.config.scope)
    wanted = units["adcode"].isin(found.adcodes)
    grid = project.folder("reference") / "elevation.tif"
    shapes = units.geometry[wanted]
    # A project's own reference data may come without a grid.
    heights = [heights_in(grid, shape) if grid.is_file() else None for shape in shapes]
    means = [None if height is None else height.mean_m for height in heights]
    made: pd.DataFrame = table[wanted].assign(mean_height_m=means, note=found.note or None)
    return made


def read_tables(project: Project, names: Iterable[str]) -> dict[str, pd.DataFrame]:
    """Read tables of the build folder and check them; raises `DataError` where one is missing."""
    folder = project.build_folder
    tables = {}
    for name in names:
        if name not in SHARED and not (folder / f"{name}.parquet").exists():
            stage = next(stage for stage, outputs in OUTPUTS.items() if name in outputs)
            raise DataError(
                f"{folder / f'{name}.parquet'}: there is no such table; "
                f"run `geoplan run {stage}` first, or `geoplan build` for all stages"
            )
        if name in SHARED:
            paths = sorted(folder.glob(f"{name}-*.parquet"))
            rows = [row for path in paths for row in records(_read_table(path, name))]
            tables[name] = frame(name, rows)
        else:
            tables[name] = _read_table(folder / f"{name}.parquet", name)
    return tables


def _read_table(path: Path, name: str) -> pd.DataFrame:
    table = vector.read_table(path)
    check(name, table)
    if isinstance(table, gpd.GeoDataFrame):
        crs.require(table, crs.DATA_CRS, source=str(path))
    return table


def _run_stage(project: Project, stage: Stage, run: Run) -> list[Path]:
    if stage == "publish":
        return _publish(project)
    made = _overlay(project, run) if stage == "overlay" else _MAKERS[stage](project)
    _write(project, stage, made)
    if stage in DERIVED:
        provenance.stamp(project, stage)
    return []


def _boundaries(project: Project) -> dict[str, pd.DataFrame]:
    folder = project.folder("boundaries")
    gazetteer = load_gazetteer(folder)
    _check_scope(project, gazetteer)
    provenance.record(project, "boundaries")
    units, issues = build_units(folder, gazetteer, scope=project.config.scope)
    sources = build_sources(folder, project.folder("reference"))
    return {"units": units, "sources": sources, "issues": issues}


def _layers(project: Project) -> dict[str, pd.DataFrame]:
    gazetteer = load_gazetteer(project.folder("boundaries"))
    units = gpd.GeoDataFrame(read_tables(project, ["units"])["units"])
    inputs = layer_inputs(project)
    as_of = newest(read_registry(inputs.folders), inputs)
    provenance.record(project, "layers", as_of=as_of)
    tables = build_layers(inputs, units=units, gazetteer=gazetteer)
    check_public(tables["layers"], project)
    return tables


def layer_inputs(project: Project) -> LayerInputs:
    """Return where the layers of `project` come from."""
    return LayerInputs(
        folders=project.layer_folders(),
        reference=project.folder("reference"),
        root=project.root,
        sources=project.config.sources,
        vintage=read_source(project.folder("boundaries")).vintage,
        as_of=project.config.as_of,
    )


def _overlay(project: Project, run: Run) -> dict[str, pd.DataFrame]:
    tables = read_tables(project, ["units", "layers", "features", "memberships"])
    return build_overlay(tables, scheduler=run.scheduler, workers=run.workers, progress=run.on_task)


def _analysis(project: Project) -> dict[str, pd.DataFrame]:
    names = ["units", "features", "memberships", "stated", "documents"]
    return build_analysis(read_tables(project, names))


_MAKERS: dict[Stage, Callable[[Project], dict[str, pd.DataFrame]]] = {
    "boundaries": _boundaries,
    "layers": _layers,
    "analysis": _analysis,
}


def _write(project: Project, stage: Stage, tables: Tables) -> None:
    files = {name: f"{name}.parquet" for name in OUTPUTS[stage]}
    files |= {name: f"{name}-{stage}.parquet" for name in SHARED if name in tables}
    for name, file in files.items():
        path = project.build_folder / file
        try:
            vector.write_table(tables[name], path)
        except OSError as fault:
            raise StageError(f"{path}: cannot be written: {fault.strerror or fault}") from fault


def _publish(project: Project) -> list[Path]:
    tables = read_tables(project, [*TABLES])
    provenance.require_fresh(project, DERIVED)
    target = project.maps_folder
    day = provenance.recorded(project, "layers")["as_of"]
    with folders.replacing(target) as beside:
        publish(tables, project=project, out=beside, as_of=day)
        folders.write_manifest(beside, provenance.manifest(project))
    return sorted(path for path in target.rglob("*") if path.is_file())


def summary(project: Project) -> dict[str, float]:
    """Return how many issues of each severity the last build has, and the area dropped in km²."""
    tables = read_tables(project, SHARED)
    counts = tables["issues"]["severity"].value_counts()
    found = {str(name): int(counts.get(name, 0)) for name in ("info", "warning", "error")}
    return {**found, "dropped_km2": float(tables["dropped"]["area_m2"].sum()) / 1e6}


def _check_scope(project: Project, gazetteer: Gazetteer) -> None:
    """Check that maps show a province or a city, and focus on cities in it."""
    config, faults = project.config, []
    for key, code in (("scope", config.scope), *(("focus", code) for code in config.focus)):
        unit = gazetteer.units.get(code)
        if unit is None:
            faults.append(f"{key}: {code} is no unit of the gazetteer")
        elif unit.level == "county":
            faults.append(f"{key}: {code} is a county, {unit.name}; a map shows a city or province")
        elif key == "focus" and not gazetteer.within(code, config.scope):
            faults.append(f"focus: {code}, {unit.name}, lies outside the scope {config.scope}")
    if faults:
        raise ConfigError(f"{project.file}: {len(faults)} fault(s):\n{listed(faults)}")


def _check_audience(project: Project) -> None:
    """Refuse to make public maps of anything that is not public, or without a review number."""
    config = project.config
    if config.audience == "public" and not config.review_number:
        raise ConfigError(
            f'{project.file}: audience = "public" needs review_number (审图号); '
            'without one, keep audience = "internal"'
        )
