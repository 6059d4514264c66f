"""A model is run: the grid, its tiles in parallel, and what they add up to."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import shapely

from geoplan import cluster, crs, geometry, raster
from geoplan.build import read_tables
from geoplan.config import Project
from geoplan.derived import check_heights
from geoplan.errors import DataError, UsageError
from geoplan.gazetteer import load as load_gazetteer
from geoplan.schema import Tables
from geoplan.sources import fresh_tables
from geoplan.suitability import score
from geoplan.suitability.bind import Bound, Setting, bound
from geoplan.suitability.model import Suitability
from geoplan.suitability.shapes import shapes_of, targets_of
from geoplan.suitability.work import Done, Rule, Shapes, Task, work

TILE = 512
"""Cells along the side of a tile: some 60 MB a worker."""

BATCH = 64
"""Tiles whose results are held at once, whatever the number of workers."""

ROUGH_M = 1_000.0
"""Cells of a grid that only says where the result will lie."""

COARSE_M = 50.0
"""Cells above this make a rough sample, which is no 双评价."""

ROUNDED = 1.02
"""How far cells of inputs may be above a limit: their size on the ground is no round number."""

ODD = 0.01
"""Part of an input's cells that may have a value that cannot be; more is a wrong file or unit."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """How a model is run; what is left out has a default."""

    cell_m: float | None = None
    """Default: that of the finest raster, in whole metres."""
    without: Sequence[str] = ()
    """Criteria that are left out."""
    force: bool = False
    """Whether cells may be coarser than the model allows."""
    scheduler: str = "threads"
    workers: int | None = None


@dataclass(frozen=True)
class County:
    """One county of the unit."""

    adcode: str
    name: str
    area_units: int
    outline: shapely.Geometry
    """In `crs.WORK_CRS`."""


@dataclass(frozen=True)
class Run:
    """A model made ready: its grid, its counties, its tasks."""

    bound: Bound
    rule: Rule
    unit: str
    counties: tuple[County, ...]
    tasks: tuple[Task, ...]
    tables: Tables
    options: Options

    @property
    def cell_m(self) -> float:
        """Side of a cell in metres."""
        return self.rule.grid.dx

    @property
    def coarsest_m(self) -> float:
        """Side of the coarsest cells that the result rests on, inputs included."""
        return max([self.cell_m, *(cell_of(s) for s in self.bound.sources.values())])

    @property
    def coarse(self) -> bool:
        """Whether the result is a rough sample only."""
        inputs = map(cell_of, self.bound.sources.values())
        return self.cell_m > COARSE_M or any(size > COARSE_M * ROUNDED for size in inputs)

    @property
    def synthetic(self) -> list[str]:
        """Names of inputs whose values are made up."""
        return [name for name, source in self.bound.sources.items() if source.synthetic]


@dataclass
class Sums:
    """What tiles add up to: areas in 1e-4 m², by county of the run; see `Done`."""

    areas: np.ndarray
    changed: np.ndarray
    alone: np.ndarray
    in_order: np.ndarray
    unknown: np.ndarray
    odd: dict[str, tuple[int, int]]

    def add(self, done: Done) -> None:
        """Add a tile; whole numbers, so that no order matters."""
        place = list(done.counties)
        self.areas[:, place] += done.areas
        self.changed += done.changed
        self.alone[:, place] += done.alone
        self.in_order[:, place] += done.in_order
        self.unknown[:, place] += done.unknown
        for name, (odd, known) in done.odd.items():
            before = self.odd.get(name, (0, 0))
            self.odd[name] = (before[0] + odd, before[1] + known)


def prepare(
    model: Suitability,
    rasters: Mapping[str, Path],
    *,
    unit: str | None,
    project: Project,
    options: Options,
) -> Run:
    """Return a model ready to run over a unit or group of units (default: the project's scope).

    Raises
    ------
    UsageError
        Where inputs are missing (all of them are named), a name is unknown, or cells
        are coarser than the model allows.
    DataError, UnitError
        Where a raster or the unit is wrong, tables are stale, or a raster lies elsewhere.
    """
    cluster.check_scheduler(options.scheduler)
    wanted = ["classes", "coverage", "documents", "rasters", "sources", "themes"]
    tables: Tables = {**fresh_tables(project), **read_tables(project, wanted)}
    counties = _counties(unit, tables, project)
    west, south, east, north = shapely.total_bounds([county.outline for county in counties])
    bounds = (float(west), float(south), float(east), float(north))
    setting = Setting(project, tables, raster.snapped(bounds, ROUGH_M))
    ready = bound(model, rasters, without=options.without, setting=setting)
    grid = raster.snapped(bounds, _cell(ready, options))
    _check_place(ready, grid)
    for name in {c.input for c in ready.model.criteria if c.derived and c.input}:
        check_heights(ready.sources[name], force=options.force)
    shapes = shapes_of(ready, tables, grid=grid)
    rule = Rule(
        grid,
        ready.model.constraint,
        ready.model.factor,
        ready.weights,
        tuple(score.variants(ready.weights)),
        score.class_of_code([grade.from_ for grade in ready.model.class_]),
        ready.sources,
        {i.id: i.plausible for i in ready.model.input if i.plausible is not None},
        targets_of(ready, grid),
        options.force,
    )
    tasks = tuple(_tasks(rule, counties, shapes))
    name = unit or tables["units"].set_index("adcode")["name"].to_dict()[project.config.scope]
    return Run(ready, rule, name, counties, tasks, tables, options)


def run(ready: Run, *, keep: Callable[[raster.Window, np.ndarray], None]) -> Sums:
    """Score all tiles and return what they add up to; `keep` gets the codes of each, in order.

    Raises `DataError` where values of an input cannot be, so that its unit must be wrong.
    """
    rule = ready.rule
    counties, constraints = len(ready.counties), len(rule.constraints)
    several = 1 + len(rule.variants)
    sums = Sums(
        np.zeros((several, counties, 256), dtype="int64"),
        np.zeros(len(rule.variants), dtype="int64"),
        np.zeros((constraints, counties), dtype="int64"),
        np.zeros((constraints, counties), dtype="int64"),
        np.zeros((constraints + len(rule.factors), counties), dtype="int64"),
        {},
    )
    for start in range(0, len(ready.tasks), BATCH):
        for done in cluster.run(
            work,
            ready.tasks[start : start + BATCH],
            scheduler=ready.options.scheduler,
            workers=ready.options.workers,
        ):
            sums.add(done)
            keep(done.window, done.codes)
    _check_values(ready, sums)
    return sums


def cell_of(source: raster.Source) -> float:
    """Return the side in metres of a square as large as a cell of a raster."""
    return math.sqrt(math.prod(source.grid.cell_m))


def _cell(ready: Bound, options: Options) -> float:
    cell_m = options.cell_m
    if cell_m is None:
        if not ready.sources:
            raise UsageError(f"{ready.model.id}: uses no raster; say how large cells are: --cell M")
        cell_m = max(1.0, float(round(min(map(cell_of, ready.sources.values())))))
    if not (math.isfinite(cell_m) and cell_m > 0 and cell_m == round(cell_m, 2)):
        raise UsageError(f"--cell {cell_m:g}: give whole centimetres above 0, such as 30 or 12.5")
    most = ready.model.max_cell_m.value
    sizes = {f"raster {name}": cell_of(source) for name, source in ready.sources.items()}
    coarse = {what: m for what, m in {"--cell": cell_m, **sizes}.items() if m > most * ROUNDED}
    if coarse and not options.force:
        told = ", ".join(f"{what} has {m:.0f} m" for what, m in coarse.items())
        why = ready.model.max_cell_m.assumption
        raise UsageError(
            f"{ready.model.id}: cells of at most {most:g} m say something for this purpose; "
            f"{told}.{f' {why.en}.' if why else ''} Take finer rasters; --force makes a rough "
            "sample all the same, and says so on everything"
        )
    return cell_m


def _check_place(ready: Bound, grid: raster.Grid) -> None:
    for name, source in ready.sources.items():
        box = crs.bounds_to_any(source.grid.bounds, source=source.grid.crs, target=grid.crs)
        if grid.window_of(box) is None:
            raise DataError(
                f"{source.path}: raster {name} lies outside of the unit; is it the right file, and "
                "is its coordinate system right?"
            )


def _check_values(ready: Run, sums: Sums) -> None:
    for name, (odd, known) in sums.odd.items():
        if not known:
            raise DataError(
                f"{ready.bound.sources[name].path}: raster {name} has no value within the unit"
            )
        if odd > known * ODD:
            low, high = ready.rule.plausible[name]
            unit = ready.bound.model.input_of(name).unit or ""
            raise DataError(
                f"{ready.bound.sources[name].path}: {odd} of {known} cells of raster {name} are "
                f"not within {low:g} to {high:g} {unit}: is it the right file and unit?"
            )


def _counties(unit: str | None, tables: Tables, project: Project) -> tuple[County, ...]:
    gazetteer = load_gazetteer(project.folder("boundaries"))
    scope = project.config.scope
    named = gazetteer.resolve(unit, scope=scope).adcodes if unit else (scope,)
    units = tables["units"]
    own = units[units["level"] == "county"]
    inside = [any(gazetteer.within(code, name) for name in named) for code in own["adcode"]]
    own = own[inside]
    if own.empty:
        raise UsageError(f"{unit!r} has no county within the scope of the project")
    outlines = crs.data_to_work(own["geometry"].to_numpy())
    areas = geometry.area_units(outlines)
    return tuple(
        County(code, name, int(area), outline)
        for code, name, area, outline in zip(
            own["adcode"], own["name"], areas, outlines, strict=True
        )
    )


def _tasks(
    rule: Rule, counties: Sequence[County], shapes: Mapping[str, np.ndarray]
) -> Iterator[Task]:
    """Yield the tiles that a county touches, each with the shapes near it."""
    outlines = np.array([county.outline for county in counties], dtype=object)
    trees = {name: shapely.STRtree(found) for name, found in shapes.items()}
    for window in rule.grid.tiles(TILE):
        box = shapely.box(*rule.grid.part(window).bounds)
        there = np.flatnonzero(shapely.intersects(outlines, box))
        if not len(there):
            continue
        near: dict[str, Shapes] = {
            name: tuple(found[sorted(trees[name].query(box))]) for name, found in shapes.items()
        }
        yield Task(rule, window, tuple(map(int, there)), tuple(outlines[there]), near)
