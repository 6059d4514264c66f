"""A count by unit becomes one by class: of what, by which weights, and the sum check."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

import geopandas as gpd

from geoplan import crs
from geoplan.apportion import say
from geoplan.apportion.counts import (
    About,
    Counts,
    counts_of_indicator,
    counts_of_table,
    is_indicator,
)
from geoplan.apportion.file import file_target
from geoplan.apportion.layer import layer_target
from geoplan.apportion.parts import Target
from geoplan.apportion.rows import CHECKS, COLUMNS, Given, Unit, Weights, check_of, give, rows_of
from geoplan.apportion.totals import Totals, totals_of
from geoplan.apportion.weights import Ask, weigh, weights_of
from geoplan.build import read_tables
from geoplan.build.exporting import built
from geoplan.config import Project
from geoplan.errors import UsageError
from geoplan.gazetteer import Gazetteer
from geoplan.gazetteer import load as load_gazetteer
from geoplan.intake import Ground
from geoplan.raster import look
from geoplan.schema import Tables, records
from geoplan.sources import fresh_tables, is_file
from geoplan.unit_table import one_unit


@dataclass(frozen=True, kw_only=True)
class How:
    """What a count is given to, and by what."""

    to: str
    """A layer, ``layer/class``, or a file with polygons."""
    class_column: str | None = None
    """Of a file."""
    file_layer: str | None = None
    """One of several layers in a file."""
    by: str = "area"
    """``area``, or a raster of weights."""
    density: bool = False
    """Cells of the raster are amounts per area; else amounts of the cell."""
    weights: str | None = None
    """Of a raster of classes: ``forest=0,built=1``."""
    look: Mapping[str, Any] = field(default_factory=dict)
    """`band`, `nodata`, `assume_crs` of the raster, as `raster.look` takes them."""
    unit: str | None = None
    """Default: the scope of the project."""
    fallback: Literal["area"] | None = None
    """What a unit is apportioned by, all of whose weights are 0 or missing."""
    about: About = field(default_factory=About)
    scheduler: str = "threads"
    workers: int | None = None


@dataclass(frozen=True)
class Apportioned:
    """Tables, and what people have to know of them."""

    title: str
    counts: Counts
    table: pd.DataFrame
    """`COLUMNS`; rows on the basis ``geometry`` add up to the count of each unit."""
    checks: pd.DataFrame
    """`CHECKS`, one row a unit, then one of all."""
    totals: Totals
    notes: list[str]
    decisions: list[str]
    """What was decided of the raster."""


def apportion(counts: str | Path, *, how: How, project: Project) -> Apportioned:
    """Give counts of units to classes, by area or by a raster of weights.

    Parameters
    ----------
    counts
        A CSV file or workbook with a row a unit, or an indicator (``layer/id@actual:2015``).

    Raises
    ------
    UsageError
        Where options, names, the measure or the target allow no apportioning.
    UnitError, DataError, GeometryError
        Where units, counts, the file or the raster are wrong, or tables are stale.
    StageError
        Where the sum check fails.
    """
    _check(how)
    file = is_file(how.to)
    tables = _tables(project, pieces=not file)
    gazetteer = load_gazetteer(project.folder("boundaries"))
    scope = project.config.scope
    unit = one_unit(gazetteer, how.unit or scope, scope=scope)
    if unit not in set(tables["units"]["adcode"]):
        raise UsageError(f"{how.unit}: lies outside the project's scope {scope}")
    read = _counts(str(counts), how, tables=tables, gazetteer=gazetteer, unit=unit)
    units = _units(read, gazetteer)
    counties = [code for each in units for code in each.counties]
    target = _target(how, file, tables=tables, gazetteer=gazetteer, counties=counties)
    weights, ask = _weights(how, target)
    given = [give(each, target, weights=weights) for each in units]
    return Apportioned(
        f"{read.title}按{target.title}分配",
        read,
        pd.DataFrame(
            [row for each in given for row in rows_of(each, target, counts=read)],
            columns=list(COLUMNS),
            dtype=object,
        ),
        _checks(given, read),
        totals_of(given, target, counts=read, gazetteer=gazetteer, unit=unit),
        say.notes(given, target, counts=read, ask=ask, error=_error(tables, counties)),
        list(ask.source.decisions) if ask else [],
    )


def _check(how: How) -> None:
    of_raster = {
        "--density": how.density,
        "--weights": how.weights,
        "--fallback": how.fallback,
        **{f"--{name.replace('_', '-')}": v for name, v in how.look.items()},
    }
    wrong = [name for name, value in of_raster.items() if value not in (None, False)]
    if how.by == "area" and wrong:
        raise UsageError(f"{', '.join(wrong)} is of rasters; name one with --by")
    if how.density and how.weights is not None:
        raise UsageError("--weights are of classes, --density of amounts; give one of them")
    if is_file(how.to) and how.class_column is None:
        raise UsageError(f"{how.to}: say with --class which column holds the classes")
    if not is_file(how.to) and (how.class_column or how.file_layer):
        raise UsageError(f"{how.to!r} is no file; --class and --layer are of files")


def _tables(project: Project, *, pieces: bool) -> Tables:
    made: Tables = fresh_tables(project)
    names = ["classes", "documents", "indicators"]
    if pieces:
        built(project)
        names.append("pieces")
    return {**made, **read_tables(project, names)}


def _counts(text: str, how: How, *, tables: Tables, gazetteer: Gazetteer, unit: str) -> Counts:
    if not is_indicator(text) or Path(text).is_file():
        return counts_of_table(Path(text), how.about, gazetteer=gazetteer, unit=unit)
    made = counts_of_indicator(text, how.about, tables=tables, gazetteer=gazetteer)
    outside = [code for code in made.by_unit if not gazetteer.within(code, unit)]
    if outside:
        names = "、".join(gazetteer.full_name(code) for code in outside)
        raise UsageError(f"indicator {text} is of {names}, outside of the unit")
    return made


def _units(counts: Counts, gazetteer: Gazetteer) -> list[Unit]:
    names = Counter(unit.name for unit in gazetteer.units.values())
    made = []
    for code, count in counts.by_unit.items():
        name = gazetteer.units[code].name
        called = gazetteer.full_name(code) if names[name] > 1 else name
        made.append(Unit(code, name, called, count, tuple(gazetteer.counties(code))))
    return made


def _target(
    how: How, file: bool, *, tables: Tables, gazetteer: Gazetteer, counties: Sequence[str]
) -> Target:
    if not file:
        return layer_target(how.to, tables=tables, gazetteer=gazetteer, counties=counties)
    shapes = tables["units"].set_index("adcode")["geometry"].loc[list(counties)]
    work = crs.data_to_work(shapes.to_numpy())
    return file_target(
        Path(how.to),
        by=str(how.class_column),
        layer=how.file_layer,
        ground=Ground(gpd.GeoDataFrame(tables["units"]), "", gazetteer),
        outlines=dict(zip(counties, work, strict=True)),
        scheduler=how.scheduler,
    )


def _weights(how: How, target: Target) -> tuple[Weights | None, Ask | None]:
    if how.by == "area":
        return None, None
    options = {name: value for name, value in how.look.items() if value is not None}
    source = look(how.by, **options, kind=None if how.weights is None else "categorical")
    if source.kind == "categorical" and how.weights is None:
        raise UsageError(
            f"{how.by}: holds classes, not amounts; give the weight of each with --weights, such "
            "as --weights 1=0,2=0.5"
        )
    ask = Ask(source, how.density, None if how.weights is None else weights_of(how.weights, source))
    parts = {
        code: [
            part.shapes for parts in (target.exact, target.drawn) for part in parts.get(code, ())
        ]
        for code in target.exact
    }
    found = weigh(ask, parts, scheduler=how.scheduler, workers=how.workers)
    exact = {code: found[code][: len(parts)] for code, parts in target.exact.items()}
    drawn = {code: found[code][len(exact[code]) :] for code in target.drawn}
    method = "raster" if how.weights is None else "classes"
    return Weights(exact, drawn, method, how.fallback == "area"), ask


def _checks(given: Sequence[Given], counts: Counts) -> pd.DataFrame:
    rows = [check_of(each, counts) for each in given]
    sums = {name: sum(row[name] for row in rows) for name in CHECKS[2:8]}
    if counts.digits:  # sums of floats are not those of their digits
        sums = {name: round(value, counts.digits) for name, value in sums.items()}
    rows.append({**dict.fromkeys(CHECKS), "adcode": "", "name": "合计", "method": "", **sums})
    return pd.DataFrame(rows, columns=list(CHECKS), dtype=object)


def _error(tables: Tables, counties: Sequence[str]) -> float:
    """Return the middle one of the relative standard errors of counties' areas."""
    rows = {row["adcode"]: row for row in records(tables["units"].drop(columns="geometry"))}
    found = [rows[code]["uncertainty_km2"] / rows[code]["area_km2"] for code in counties]
    return float(np.median(found))
