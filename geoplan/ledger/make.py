"""A ledger: each constraint alone, then one after the other, and what remains of the base."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

import shapely

from geoplan import crs, geometry
from geoplan.build import read_tables
from geoplan.config import Project
from geoplan.errors import UsageError
from geoplan.gazetteer import load as load_gazetteer
from geoplan.ledger.places import Place, place_of
from geoplan.schema import Tables
from geoplan.sources import fresh_tables

COLUMNS = (
    *("step", "name", "title", "basis", "counties", "counties_alone", "counties_in_order"),
    *("counties_left", "area_alone_km2", "area_in_order_km2", "area_left_km2", "source"),
)
"""Columns of the table: first the base, then constraints in order."""


@dataclass(frozen=True)
class Ledger:
    """A ledger; areas are empty where something is known by list only."""

    title: str
    unit: str
    counties: int
    """Counties of the unit."""
    table: pd.DataFrame
    """`COLUMNS`; `counties` are names."""
    measured: bool
    """Whether the base has an area."""
    listed: int
    """Constraints that are known by list only, and so take no area."""


def make_ledger(
    of: str,
    constraints: Sequence[str],
    *,
    unit: str,
    project: Project,
    title: str | None = None,
) -> Ledger:
    """Return what each constraint takes of `of` within `unit`.

    Areas are exact integers inside: what constraints take in order, and what remains,
    add up to the base. What is known by list only is counted by county and takes
    no area, since a place in a county is not the county.

    Parameters
    ----------
    of, constraints
        A class of all layers, a layer, ``layer/class``, or a file with polygons.
    unit
        A unit or a group of units (东山五县).

    Raises
    ------
    UsageError
        Where a name is unknown, no constraint is given, one stands twice, or the base
        is nowhere in the unit.
    UnitError, DataError
        Where the unit is unknown, a file is wrong, or tables are stale.
    """
    if not constraints:
        raise UsageError(f"no constraint of {of!r} is given; name at least one with --constraint")
    twice = sorted({name for name in constraints if list(constraints).count(name) > 1})
    if twice:
        raise UsageError(f"{', '.join(twice)} stand(s) there twice: it would take nothing then")
    wanted = ["classes", "documents"]
    tables: Tables = {**fresh_tables(project), **read_tables(project, wanted)}
    codes = _counties(unit, tables, project)
    units = tables["units"].set_index("adcode")
    shapes = crs.data_to_work(units.loc[codes, "geometry"].to_numpy())
    outlines = dict(zip(codes, shapes, strict=True))
    base = place_of(of, tables)
    places = [place_of(name, tables) for name in constraints]
    there = base.counties(outlines)
    if not there:
        raise UsageError(
            f"{of!r} names no county of {unit} ({base.basis}; {base.statements} statement(s) or "
            "sketches are not counted): there is nothing to take from"
        )
    names = {code: str(units.loc[code, "name"]) for code in codes}
    rows = _rows(base, places, outlines=outlines, names=names)
    return Ledger(
        title or f"{unit}：{base.title}约束因素台账",
        unit,
        len(codes),
        _table(rows),
        base.measured,
        sum(not place.measured for place in places),
    )


def _table(rows: list[dict[str, object]]) -> pd.DataFrame:
    made = pd.DataFrame(rows, columns=list(COLUMNS))
    # An empty cell among numbers would make 2 counties 2.0.
    for name in ("counties_alone", "counties_in_order", "counties_left"):
        made[name] = pd.Series([row[name] for row in rows], dtype=object)
    return made


def _counties(unit: str, tables: Tables, project: Project) -> list[str]:
    gazetteer = load_gazetteer(project.folder("boundaries"))
    named = gazetteer.resolve(unit, scope=project.config.scope).adcodes
    units = tables["units"]
    every = units["adcode"][units["level"] == "county"]
    codes = [c for c in every if any(gazetteer.within(c, code) for code in named)]
    if not codes:
        raise UsageError(f"{unit!r} has no county within the scope of the project")
    return codes


def _rows(
    base: Place,
    places: list[Place],
    *,
    outlines: dict[str, shapely.Geometry],
    names: dict[str, str],
) -> list[dict[str, object]]:
    there = base.counties(outlines)
    rest = {c: _within(base, c, outlines[c]) for c in sorted(there)} if base.measured else {}
    first = dict(rest)
    total = _units(rest)
    rows = [_row(0, base, there, names) | {"counties_left": len(there)}]
    if base.measured:
        rows[0] |= {"area_left_km2": geometry.km2(total)}
    left = set(there)
    for step, place in enumerate(places, 1):
        touched = place.counties(outlines) & there
        row = _row(step, place, touched, names)
        row["counties_in_order"] = len(touched & left)
        left -= touched
        row["counties_left"] = len(left)
        if base.measured and place.measured:
            before = _units(rest)
            alone = _units(first) - _units(_without(first, place, outlines))
            rest = _without(rest, place, outlines)
            row |= {
                "area_alone_km2": geometry.km2(alone),
                "area_in_order_km2": geometry.km2(before - _units(rest)),
            }
        if base.measured:
            row["area_left_km2"] = geometry.km2(_units(rest))
        rows.append(row)
    return rows


def _row(
    step: int, place: Place, there: frozenset[str], names: dict[str, str]
) -> dict[str, object]:
    return {
        "step": step,
        "name": place.name,
        "title": place.title,
        "basis": place.basis,
        "counties": "、".join(names[code] for code in sorted(there)),
        "counties_alone": len(there),
        "counties_in_order": None,
        "counties_left": None,
        "area_alone_km2": None,
        "area_in_order_km2": None,
        "area_left_km2": None,
        "source": "、".join(place.sources),
    }


def _within(place: Place, code: str, outline: shapely.Geometry) -> shapely.Geometry:
    if code in place.whole:
        return outline
    return geometry.polygonal(shapely.intersection(place.shape, outline))


def _without(
    shapes: dict[str, shapely.Geometry], place: Place, outlines: dict[str, shapely.Geometry]
) -> dict[str, shapely.Geometry]:
    """Return what remains of shapes by county; a whole county leaves nothing."""
    made = {}
    for code, shape in shapes.items():
        if code in place.whole:
            made[code] = shapely.Polygon()
        elif place.shape.is_empty or shape.is_empty:
            made[code] = shape
        else:
            taken = shapely.intersection(place.shape, outlines[code])
            made[code] = geometry.polygonal(shapely.difference(shape, taken))
    return made


def _units(shapes: dict[str, shapely.Geometry]) -> int:
    if not shapes:
        return 0
    return int(geometry.area_units(np.array([*shapes.values()], dtype=object)).sum())
