"""One file becomes one page: read, measured, shown, written whole or not at all."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import geopandas as gpd
import shapely

from geoplan import crs, geometry
from geoplan.boundaries import build_sources, build_units
from geoplan.config import Budgets, Config, Project
from geoplan.errors import ConfigError, DataError, StageError, UsageError
from geoplan.files import check_target, write_text
from geoplan.gazetteer import load as load_gazetteer
from geoplan.layers import read_registry
from geoplan.overlay.unit import LENGTH_UNITS_PER_KM
from geoplan.own_map.areas import Measured, in_cells, measured
from geoplan.own_map.classes import Classes, classify, plain
from geoplan.own_map.read import OwnLayer, read_own
from geoplan.own_map.tables import class_id, coverage_of, own_tables, section_of
from geoplan.publish import MARK, Own, OwnMap, OwnText, own_text
from geoplan.publish.words import pair
from geoplan.schema import Sensitivity, Tables

HEAD = 400
"""Characters in which the mark of a page stands."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """How a layer is to be shown; what is left out has a default."""

    layer: str | None = None
    """Layer of the file, where it has several."""
    title: str | None = None
    name: str | None = None
    """Column with names of shapes."""
    sensitivity: Sensitivity = "internal"
    budget: int | None = None
    """Bytes of the page; default: `budgets.page` of the project."""
    force: bool = False
    """Whether a file that is no such page may be replaced."""


@dataclass(frozen=True)
class Made:
    """The page that was made, and what it says."""

    out: Path
    bytes: int
    how: str
    """``whole``, ``simplified``, ``merged`` or ``cells``."""
    error_m: int
    kind: str
    features: int
    shown: int
    """Features that enter a county."""
    classes: pd.DataFrame
    """`class`, `features`, and by kind `area_km2` and `area_gross_km2`, or `length_km`."""
    outside: float
    """What lies outside the units: km², km or a number."""
    notes: list[str]


def map_file(
    path: Path,
    by: str,
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
        more are classed by quantiles.
    out
        Where the page goes; default: the file's name in the current folder.

    Raises
    ------
    UsageError
        Unknown column, too many rows, or a file at `out` that is no such page.
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
    out = _target(path, out, project, force=chosen.force)
    folder = project.folder("boundaries")
    units, _ = build_units(folder, load_gazetteer(folder), scope=project.config.scope)
    west, south, east, north = units.total_bounds
    area = (float(west), float(south), float(east), float(north))
    own = read_own(path, by, layer=chosen.layer, name=chosen.name, area=area)
    sizes = _sizes(own)
    classes = classify(own.values, sizes, registry=read_registry(project.layer_folders()))
    found = measured(own.kind, own.shapes, classes.codes, units)
    if found.parts.empty:
        raise DataError(_all_outside(path, own, area))
    about, shown, coverage = _ready(own, classes, found, units=units, project=project, options=chosen)
    made = own_text(about, shown)
    try:
        write_text(out, made.text)
    except OSError as fault:
        raise StageError(f"{out}: cannot be written: {fault.strerror or fault}") from fault
    return _told(out, made, own, classes=classes, found=found, about=about, coverage=coverage)


def _target(path: Path, out: Path | None, project: Project, *, force: bool) -> Path:
    """Return where the page goes; `UsageError` where it may not go there."""
    if out is None:
        stem = re.sub(r"[^A-Za-z0-9_-]+", "-", path.stem).strip("-")
        out = Path(f"{stem or 'own-map'}.html")
    check_target(out, (".html", ".htm"))
    if out.resolve().is_relative_to(project.maps_folder.resolve()):
        raise UsageError(
            f"{out}: lies in {project.maps_folder.name}/, where only `geoplan build` writes; "
            "give another folder with --out"
        )
    if out.exists() and not force and not _is_ours(out):
        raise UsageError(
            f"{out}: exists and was not made by `geoplan map`; give another name with --out, or "
            "--force to replace it"
        )
    return out


def _is_ours(out: Path) -> bool:
    try:
        with out.open(encoding="utf-8", errors="replace") as file:
            return MARK in file.read(HEAD)
    except OSError:
        return False


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
    tables["coverage"] = coverage_of(found, classes.codes, tables)
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
    if options.budget is not None:
        config = config.model_copy(update={"budgets": Budgets(page=options.budget)})
    about = OwnMap(
        tables=tables,
        config=config,
        file="map.html",
        title=_title(own, options.title),
        sensitivity=options.sensitivity,
        by=own.by,
        notes=_notes(own, classes, found, units=units, config=config, outside=len(own.shapes) - len(rows)),
    )
    return about, shown, tables["coverage"]


def _cells(own: OwnLayer, shapes: np.ndarray) -> Callable[[np.ndarray], pd.DataFrame]:
    return lambda cells: in_cells(own.kind, shapes, cells)


def _title(own: OwnLayer, title: str | None) -> tuple[str, str]:
    if title is not None:
        return plain(title) or own.file, plain(title) or own.file
    stem = own.layer or own.file.rpartition(".")[0] or own.file
    return pair("own.title", file=stem, by=own.by)


def _notes(
    own: OwnLayer,
    classes: Classes,
    found: Measured,
    *,
    units: gpd.GeoDataFrame,
    config: Config,
    outside: int,
) -> list[tuple[str, str]]:
    """Return what has to be said of the layer, where there is anything."""
    notes: list[tuple[str, str]] = []

    def note(key: str, **values: Any) -> None:
        notes.append(pair(f"own.{key}", **values))

    if classes.method == "quantiles":
        note("quantiles", n=len(classes.classes) - ("" in classes.texts))
    if classes.others:
        note("others", n=classes.others)
    if found.overlapping:
        note("overlapping", n=found.overlapping)
    if own.repaired:
        note("repaired", n=own.repaired)
    if own.blank:
        note("blank", n=own.blank)
    amount = outside_amount(own, found)
    if outside or amount >= 0.005:
        row = units[units["adcode"] == config.scope].iloc[0]
        zh, _ = pair(f"own.outside.{own.kind}", n=outside, value=f"{amount:.2f}", unit=row["name"])
        _, en = pair(
            f"own.outside.{own.kind}", n=outside, value=f"{amount:.2f}", unit=row["name_en"]
        )
        notes.append((zh, en))
    if own.encoding == "GB18030":
        note("encoding", encoding=own.encoding)
    return notes


def outside_amount(own: OwnLayer, found: Measured) -> float:
    """Return what of a layer lies outside the units: km², km or a number of points."""
    if own.kind == "polygons":
        return geometry.km2(found.outside) + own.beyond_m2 / 1e6
    return found.outside / (LENGTH_UNITS_PER_KM if own.kind == "lines" else 1)


def _told(
    out: Path,
    made: OwnText,
    own: OwnLayer,
    *,
    classes: Classes,
    found: Measured,
    about: OwnMap,
    coverage: pd.DataFrame,
) -> Made:
    notes = [made.note[1], *(note[1] for note in about.notes)]
    return Made(
        out=out,
        bytes=len(made.text.encode("utf-8")),
        how=made.step.how,
        error_m=made.error_m,
        kind=own.kind,
        features=len(own.shapes),
        shown=int(found.parts["row"].nunique()),
        classes=_summary(own, classes, about.tables, coverage, scope=about.config.scope),
        outside=outside_amount(own, found),
        notes=notes,
    )


def _summary(
    own: OwnLayer, classes: Classes, tables: Tables, coverage: pd.DataFrame, *, scope: str
) -> pd.DataFrame:
    """Return a row for each class with its figures within the scope."""
    rows = coverage[(coverage["adcode"] == scope) & (coverage["class"] != "")].set_index("class")
    columns = {
        "polygons": ["area_net_km2", "area_gross_km2"],
        "lines": ["length_km"],
        "points": [],
    }[own.kind]
    titles = [c.title[0] for c in classes.classes]
    ids = [class_id(i) for i in range(len(titles))]
    figures = rows.reindex(ids)
    made = pd.DataFrame({"class": titles, "features": figures["count"].fillna(0).astype("int64")})
    for column in columns:
        made[column.replace("_net", "")] = figures[column].fillna(0.0)
    return made.reset_index(drop=True)
