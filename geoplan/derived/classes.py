"""Classes of a layer as a grid, and any raster on an equal-area grid: as files."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

import geopandas as gpd

from geoplan import crs, geometry, vector
from geoplan.build import read_tables
from geoplan.config import Project
from geoplan.derived.names import SKETCH, Wanted, about, borders, grid_of
from geoplan.derived.shares import NONE, dissolved, largest, shares_on
from geoplan.derived.written import Computed, How, Kind, Made, check_out, tags_of, titled, write
from geoplan.errors import DataError, GeometryError, UsageError
from geoplan.layers.clip import project as project_shapes
from geoplan.raster import Class, Grid, Window, cell_areas_m2
from geoplan.sources import UNITS, is_file, resolved

MOST = 255
"""Classes that a grid of bytes can number."""

COLOURS = (
    *("#66c2a5", "#fc8d62", "#8da0cb", "#e78ac3", "#a6d854", "#ffd92f", "#e5c494"),
    *("#1b9e77", "#d95f02", "#7570b3", "#e7298a", "#66a61e", "#a6761d"),
)
"""Of classes that the project gives none: in turn. Source: ColorBrewer Set2 and Dark2."""


@dataclass(frozen=True)
class Ranked:
    """Classes of a layer, in order, with their polygons in the grid's system."""

    classes: tuple[Class, ...]
    keys: tuple[str, ...]
    polygons: tuple[np.ndarray, ...]


def derive_classes(
    layer: str,
    wanted: Wanted,
    *,
    out: Path,
    project: Project,
    by: str | None = None,
    how: How | None = None,
) -> Made:
    """Write the class with the largest exact part of each cell of a grid.

    Features that have an area count: whole units, delimited shapes, and indicative ones with
    a note. Classes are numbered from 1 in the order of the registry; 0 is where what no class
    covers is largest.

    Parameters
    ----------
    layer
        A layer, ``counties``, ``cities``, or a file with polygons.
    by
        Column of the classes; default: ``class``.

    Raises
    ------
    UsageError, UnitError, DataError
        As `sources.resolved` and `grid_of`; where there are more than `MOST` classes, or the
        file cannot be written there.
    """
    return _derive(layer, wanted, out=out, project=project, rule=_Rule(by, False, how or How()))


def derive_shares(
    layer: str,
    wanted: Wanted,
    *,
    out: Path,
    project: Project,
    by: str | None = None,
    how: How | None = None,
) -> Made:
    """Write the exact part of each cell, 0 to 1, that each class covers: a band for each.

    Shares times the cells' areas add up to the areas of the classes within the grid.
    Parameters and errors as `derive_classes`.
    """
    return _derive(layer, wanted, out=out, project=project, rule=_Rule(by, True, how or How()))


@dataclass(frozen=True)
class _Rule:
    by: str | None
    share: bool
    how: How


def _derive(layer: str, wanted: Wanted, *, out: Path, project: Project, rule: _Rule) -> Made:
    check_out(out, project=project)
    grid = grid_of(wanted, project)
    (source,) = resolved([layer], project)
    frame = _read(source.path)
    notes = [source.note] if source.note else []
    if source.indicative:
        notes.append(f"{layer}: {SKETCH}")
    if layer in UNITS or ("extent" in frame.columns and (frame["extent"] == "whole").any()):
        notes.append(f"{layer}: {borders(project)}")
    ranked = _ranked(frame, layer, grid, project=project, by=rule.by)
    titles = tuple(titled(c.title, indicative=bool(source.indicative)) for c in ranked.classes)
    if rule.share:
        kind = Kind("float32", -1.0, titles, "1")
        method = "exact part of each cell that each class covers"
    else:
        named = tuple(replace(c, title=t) for c, t in zip(ranked.classes, titles, strict=True))
        title = titled(f"类别：{layer}", indicative=bool(source.indicative))
        kind = Kind("uint8", NONE, (title,), legend=named)
        method = (
            "class with the largest exact part of each cell; of equal ones the first; "
            f"{NONE}: what no class covers is largest"
        )
    tile = partial(_tile, ranked=ranked, grid=grid, share=rule.share)
    told = tags_of("share" if rule.share else "classes", method, notes=tuple(notes))
    told["GEOPLAN_LAYER"] = layer if not is_file(layer) else Path(layer).name
    facts = write(out, grid, tile=tile, kind=kind, how=rule.how, told=told)
    exact, cells = facts.sums.reshape(2, -1) / 1e6
    areas = tuple(
        {"class": key, "title": c.title, "exact_km2": float(e), "cells_km2": float(n)}
        for key, c, e, n in zip(ranked.keys, ranked.classes, exact, cells, strict=True)
    )
    return Made(out, grid, kind.unit, replace(facts, mean=math.nan), tuple(notes), areas)


def _tile(window: Window, *, ranked: Ranked, grid: Grid, share: bool) -> Computed:
    """Return shares or classes, and the area of each class: exact, and as cells."""
    shares = shares_on(ranked.polygons, grid.part(window))
    areas = np.broadcast_to(cell_areas_m2(grid, window), shares.shape[1:])
    exact = (shares * areas).sum(axis=(1, 2))
    if share:
        return Computed(shares.astype("float32"), np.concatenate([exact, exact]))
    found = largest(shares)
    count = np.bincount(found.ravel(), weights=areas.ravel(), minlength=len(shares) + 1)
    return Computed(found, np.concatenate([exact, count[1:]]))


def _read(path: Path) -> gpd.GeoDataFrame:
    frame = vector.read_vector(path)
    if not isinstance(frame, gpd.GeoDataFrame):
        raise DataError(f"{path}: has no shapes")
    kept: gpd.GeoDataFrame = frame[~(frame.geometry.isna() | frame.geometry.is_empty)]
    return kept


def _ranked(
    frame: gpd.GeoDataFrame, layer: str, grid: Grid, *, project: Project, by: str | None
) -> Ranked:
    """Return the classes of a layer: those of the registry in its order, then others by name."""
    column = by or ("class" if "class" in frame.columns else "name")
    if column not in frame.columns or column == frame.geometry.name:
        known = ", ".join(map(str, frame.columns.drop(frame.geometry.name)))
        raise UsageError(f"{layer}: has no column {column!r}; say --by with one of: {known}")
    values = frame[column].astype("string").fillna("")
    registry = _registry(project)
    keys = [key for key in registry if (values == key).any()]
    keys += sorted(set(values) - set(keys))
    if len(keys) > MOST:
        raise UsageError(
            f"{layer}: has {len(keys)} classes by {column!r}, at most {MOST} can be numbered; "
            "choose another column with --by"
        )
    shapes = _in_work(frame, layer, grid)
    made = []
    for number, key in enumerate(keys, 1):
        title, colour = registry.get(key, (key or "（空）", COLOURS[(number - 1) % len(COLOURS)]))
        made.append(Class(number, title, colour))
    polygons = tuple(dissolved(shapes[(values == key).to_numpy()], grid) for key in keys)
    return Ranked(tuple(made), tuple(keys), polygons)


def _registry(project: Project) -> dict[str, tuple[str, str]]:
    """Return title and colour of the project's classes, in order, as far as its tables are made."""
    if not (project.build_folder / "classes.parquet").is_file():
        return {}
    table = read_tables(project, ["classes"])["classes"].sort_values("order")
    columns = (table[name].tolist() for name in ("class", "title", "colour"))
    return {key: (title, colour) for key, title, colour in zip(*columns, strict=True)}


def _in_work(frame: gpd.GeoDataFrame, layer: str, grid: Grid) -> np.ndarray:
    """Return shapes in `crs.WORK_CRS`, cut to what lies around a grid."""
    shapes = frame.geometry.to_numpy()
    lost = geometry.not_finite(shapes)
    if len(lost):
        raise GeometryError(
            f"{layer}: {len(lost)} of {len(frame)} features have coordinates that are no finite "
            "numbers; export the file again without them"
        )
    crs.check_plausible(frame, source=layer, area=about(grid))
    made = project_shapes(frame, area=about(grid), path=Path(layer)).shapes
    if all(geometry.polygonal(shape).is_empty for shape in made):
        raise DataError(f"{layer}: has no polygons, so no cell has a share of them")
    return made
