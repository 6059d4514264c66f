"""One file becomes one page: read, measured, shown, written whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd

import geopandas as gpd
import shapely

from geoplan import crs, schema
from geoplan.boundaries import build_sources
from geoplan.config import Budgets, Project
from geoplan.errors import ConfigError, DataError, StageError
from geoplan.files import write_text
from geoplan.intake import ground_of
from geoplan.layers import read_registry
from geoplan.own_map.areas import Measured, in_cells, measured
from geoplan.own_map.classes import Classes, classify, plain
from geoplan.own_map.mapped import columns_of
from geoplan.own_map.read import OwnLayer, read_own
from geoplan.own_map.tables import class_id, coverage_of, own_tables, section_of
from geoplan.own_map.target import origin_of, target
from geoplan.own_map.told import Made, notes_of, noticed, outside_amount, summary_of
from geoplan.publish import Own, OwnMap, own_text
from geoplan.publish.words import pair
from geoplan.reading import Reading
from geoplan.schema import Sensitivity


@dataclass(frozen=True, kw_only=True)
class Options:
    """How a layer is to be shown; what is left out has a default."""

    layer: str | None = None
    """Layer of the file, where it has several."""
    reading: Reading = field(default_factory=Reading)
    """What else a person says of the file: its encoding, coordinate system."""
    title: str | None = None
    name: str | None = None
    """Column with names of shapes."""
    sensitivity: Sensitivity = "internal"
    budget: int | None = None
    """Bytes of the page; default: `budgets.page` of the project."""
    force: bool = False
    """Whether a file that is no such page, or that of another file, may be replaced."""


def map_file(
    path: Path,
    by: str | None = None,
    *,
    project: Project,
    out: Path | None = None,
    options: Options | None = None,
) -> Made:
    """Make a page of the shapes of a file, coloured by the values of a column.

    Figures are those of full shapes. Up to 2,000 shapes are shown each; more are
    merged by class, or stand in hexagons, so that the page keeps within its budget.

    Parameters
    ----------
    path
        Polygons, lines or points with a CRS, 100,000 rows at most.
    by
        The column. Texts are classes as they are; up to 12 different numbers too,
        more are classed by quantiles. None where the file is named by a code of the
        ministry (``DLTB``, ``STBHHX``): then its mapping says which.
    out
        Where the page goes; default: the file's name in the current folder.

    Raises
    ------
    UsageError
        Unknown column, too many rows, or a file at `out` that is no such page or was
        made of a file of another name.
    ConfigError
        A public map of a project that has no review number.
    DataError
        See `geoplan.own_map.read.read_own`; also where all shapes lie outside the units.
    StageError
        Where the page does not get within its budget, or cannot be written.
    """
    chosen = options or Options()
    if chosen.sensitivity == "public" and not project.config.review_number:
        raise ConfigError(
            f"{project.file}: a public map needs review_number (审图号); enter the number that the "
            "review gave, or make an internal map"
        )
    out = target(path, out, project=project, force=chosen.force)
    ground = ground_of(project)
    units = ground.units
    said = replace(chosen.reading, layer=chosen.layer or chosen.reading.layer)
    shown_by = columns_of(path, by, name=chosen.name, reading=said, project=project)
    own = read_own(path, shown_by.by, ground=ground, reading=said, name=shown_by.name)
    own = replace(own, mapping=shown_by.code)
    sizes = _sizes(own)
    classes = classify(own.values, sizes, registry=read_registry(project.layer_folders()))
    found = measured(own.kind, own.shapes, codes=classes.codes, units=units)
    if found.parts.empty:
        raise DataError(_all_outside(path, own, ground.area))
    about, shown, coverage = _ready(
        own, classes, found, units=units, project=project, options=chosen
    )
    made = own_text(about, shown)
    try:
        write_text(out, made.text)
    except OSError as fault:
        raise StageError(f"{out}: cannot be written: {fault.strerror or fault}") from fault
    scope = project.config.scope
    return Made(
        out=out,
        bytes=len(made.text.encode("utf-8")),
        how=made.step.how,
        error_m=made.error_m,
        kind=own.kind,
        features=len(own.shapes) + own.collapsed,
        shown=int(found.parts["row"].nunique()),
        classes=summary_of(own, classes, coverage=coverage, scope=scope),
        outside=outside_amount(own, found),
        notes=[made.note[1], *(note[1] for note in about.notes), *noticed(own)],
    )


def _sizes(own: OwnLayer) -> np.ndarray:
    if own.kind == "points":
        return np.ones(len(own.shapes))
    size = shapely.area if own.kind == "polygons" else shapely.length
    return np.asarray(size(own.shapes))


def _all_outside(path: Path, own: OwnLayer, area: crs.Bounds) -> str:
    need = ", ".join(f"{v:.4g}" for v in area)
    west, south, east, north = shapely.total_bounds(crs.work_to_data(own.shapes))
    box = ", ".join(f"{v:.4g}" for v in (west, south, east, north))
    here = f"degrees {box}" if np.isfinite(west) else "far away"
    return (
        f"{path}: all {len(own.shapes)} features lie outside the units: {here}; the units lie in "
        f"{need} (west, south, east, north). Is the coordinate system right?"
    )


def _ready(
    own: OwnLayer,
    classes: Classes,
    found: Measured,
    *,
    units: gpd.GeoDataFrame,
    project: Project,
    options: Options,
) -> tuple[OwnMap, Own, pd.DataFrame]:
    """Return the page's tables and words, the shapes that it shows, and the coverage."""
    places: dict[int, tuple[str, ...]] = {}
    for row, code in zip(found.parts["row"].tolist(), found.parts["adcode"].tolist(), strict=True):
        places[row] = (*places.get(row, ()), code)
    rows = np.array(list(places), dtype=np.int64)
    sources = build_sources(project.folder("boundaries"), project.folder("reference"))
    tables = own_tables(
        own,
        classes.classes,
        units=units,
        sources=sources,
        sensitivity=options.sensitivity,
        shown=len(rows),
    )
    tables["coverage"] = coverage_of(found, classes.codes, tables=tables)
    names = [] if own.names is None else [plain(own.names.iloc[i]) for i in rows]
    own_shapes = own.shapes[rows]
    shown = Own(
        kind=own.kind,
        shapes=own_shapes,
        classes=[class_id(code) for code in classes.codes[rows]],
        titles={class_id(i): c.title for i, c in enumerate(classes.classes)},
        names=names,
        values=[classes.texts[i] for i in rows],
        places=list(places.values()),
        tiled=found.tiled,
        section=section_of(own),
        in_cells=_cells(own, own_shapes),
    )
    config = project.config
    scope = schema.records(units[units["adcode"] == config.scope][["name", "name_en"]])[0]
    if options.budget is not None:
        config = config.model_copy(update={"budgets": Budgets(page=options.budget)})
    about = OwnMap(
        tables=tables,
        config=config,
        file="map.html",
        origin=origin_of(own),
        title=_title(own, options.title),
        sensitivity=options.sensitivity,
        by=own.by,
        notes=notes_of(own, classes, found=found, scope=scope),
    )
    return about, shown, tables["coverage"]


def _cells(own: OwnLayer, shapes: np.ndarray) -> Callable[[np.ndarray], pd.DataFrame]:
    return lambda cells: in_cells(own.kind, shapes, cells=cells)


def _title(own: OwnLayer, title: str | None) -> tuple[str, str]:
    if title is not None:
        return plain(title) or own.file, plain(title) or own.file
    return pair("own.title", file=own.title, by=own.by)
