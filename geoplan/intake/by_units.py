"""Tables whose rows are units, by name or code: joined to the units' polygons, never by guess."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

import geopandas as gpd
import shapely

from geoplan import crs, vector
from geoplan.errors import DataError, UnitError, coded, listed
from geoplan.gazetteer import Gazetteer
from geoplan.reading import Notice, Reading
from geoplan.unit_table import CODES, NAMES, SUMS, plain, solid

TABLES = ("csv", "xlsx")
"""Formats whose rows may be units."""

OWN_CODES = CODES | {"区划代码", "行政区划码", "xzqhdm", "qhdm", "区县代码", "县级代码"}
OWN_NAMES = NAMES | {"区县", "县级", "县市", "市县名称", "区县名称", "县名称", "乡镇所属县"}
CITIES = frozenset({"市", "地市", "市名", "城市", "所属市", "地级市", "设区市", "city", "市名称"})
"""Heads of columns, as `unit_table.plain` writes them; of cities, that stand beside counties."""

TOTALS = frozenset(
    {*SUMS, "全市", "全省", "全县", "全国", "全区", "计", "平均", "平均值", "average"}
)
"""Rows that add up others."""


@dataclass(frozen=True)
class Areas:
    """The units that names are joined to."""

    gazetteer: Gazetteer
    scope: str
    """Code of the unit whose units come first."""
    units: gpd.GeoDataFrame
    """One row a unit: ``adcode``, ``level``, and its polygon in `crs.DATA_CRS`."""


@dataclass
class _Joined:
    """What became of the rows."""

    codes: list[tuple[str, ...]] = field(default_factory=list)
    """For each row, the units that it stands for; none for totals and rows without a name."""
    totals: list[int] = field(default_factory=list)
    blank: list[int] = field(default_factory=list)
    former: dict[str, str] = field(default_factory=dict)
    bare: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Names that stand alone, without a code or a city, and what they were taken for."""
    faults: list[str] = field(default_factory=list)


def is_unit_head(head: str) -> bool:
    """Return whether a column holds names or codes of units by its head."""
    text = plain(head)
    return text in OWN_CODES or text in OWN_NAMES or text in CITIES


def read(path: Path, *, reading: Reading, areas: Areas) -> vector.Read:
    """Read a layer as `vector.read`; a table by units as the polygons of its units.

    A table is one by units where it has no coordinates and no shapes, or where `reading`
    names the column. Rows that add up others, and rows without a name, have no shape.

    Raises
    ------
    UnitError
        With every name that is unknown or ambiguous, its line, and suggestions.
    UsageError, DataError
        As `vector.read`; where several columns could be meant.
    """
    format_ = vector.kind_of(path)
    if format_ not in TABLES:
        return vector.read(path, reading=reading)
    tables = vector.own_tables(path, reading=reading, known=is_unit_head)
    fitting = [t for t in tables if t.cells and (reading.unit or _columns(t) or t.places.any)]
    table = vector.chosen_table(path, fitting or tables)
    if reading.unit is None and (table.places.any or not _columns(table)):
        made = vector.read(path, reading=reading)
        return _with_way(made, table)
    return _joined(path, format_, table, reading, areas)


def _columns(table: vector.OwnTable) -> list[int]:
    return [at for at, head in enumerate(table.heads) if is_unit_head(head)]


def _with_way(made: vector.Read, table: vector.OwnTable) -> vector.Read:
    """Return a layer, with a word on units that were not used."""
    columns = _columns(table)
    if not columns:
        return made
    heads = ", ".join(repr(table.heads[at]) for at in columns)
    text = f"names of units in {heads} are not used: coordinates and shapes say places better"
    proposal = f"For the areas of units, give --unit {table.heads[columns[0]]}."
    notice = Notice("format.several_ways", "info", text, proposal=proposal)
    return vector.Read(made.frame, (*made.notices, notice), made.format, made.layer, made.encoding)


def _joined(
    path: Path, format_: str, table: vector.OwnTable, reading: Reading, areas: Areas
) -> vector.Read:
    columns = _chosen(path, table, reading.unit)
    found = _resolved(table, columns, areas)
    where = f"{path}: {len(found.faults)} row(s) are of no unit that is known"
    if found.faults:
        raise UnitError(f"{where}:\n{listed(found.faults)}\nmend these names in the table")
    if not any(found.codes):
        text = f"{path}: no row names a unit: {len(table.cells)} rows, all totals or empty"
        raise coded(DataError(text), "format.no_places")
    frame, read_ = table.frame()
    shapes = _shapes(path, found.codes, areas)
    made = gpd.GeoDataFrame(frame, geometry=gpd.GeoSeries(shapes, index=frame.index))
    made = made.set_crs(crs.DATA_CRS)
    heads = " and ".join(repr(table.heads[at]) for at in columns if at is not None)
    text = f"rows are joined to the polygons of {sum(map(bool, found.codes))} units by {heads}"
    notices = (
        *table.notices,
        *read_,
        Notice("format.joined_units", "info", text),
        *_told(table, found, areas),
    )
    return vector.Read(made, notices, format_, table.name, table.encoding)


Columns = tuple[int | None, int | None, int | None]
"""Where codes, names, and names of cities stand."""


def _chosen(path: Path, table: vector.OwnTable, unit: str | None) -> Columns:
    if unit is not None:
        at = table.heads.index(unit)
        return (None, at, None)
    kinds: dict[str, list[int]] = defaultdict(list)
    for at in _columns(table):
        head = plain(table.heads[at])
        kind = "code" if head in OWN_CODES else "name" if head in OWN_NAMES else "city"
        kinds[kind].append(at)
    for columns in kinds.values():
        if len(columns) > 1:
            heads = ", ".join(repr(table.heads[at]) for at in columns)
            raise coded(
                DataError(
                    f"{path}: {len(columns)} columns may name the units: {heads}; say which with "
                    "--unit"
                ),
                "format.several_columns",
            )
    code, name, city = (
        kinds[kind][0] if kinds[kind] else None for kind in ("code", "name", "city")
    )
    if code is None and name is None:
        return None, city, None
    return code, name, city


def _resolved(table: vector.OwnTable, columns: Columns, areas: Areas) -> _Joined:
    found = _Joined()
    for at, row in enumerate(table.cells):
        code, name, city = ("" if n is None else solid(row[n]) for n in columns)
        code = re.sub(r"\.0+$|(?<=^\d{6})0{3}(0{3})?$", "", code)
        units: tuple[str, ...] = ()
        # A total may stand in the column of the city, with the county's left empty.
        if {plain(text) for text in (code, name, city)} & TOTALS:
            found.totals.append(at)
        elif not code and not name:
            found.blank.append(at)
        else:
            try:
                units = _units(code, name, city, areas, found)
            except UnitError as fault:
                found.faults.append(f"line {table.lines[at]}: {fault}")
        found.codes.append(units)
    return found


def _units(code: str, name: str, city: str, areas: Areas, found: _Joined) -> tuple[str, ...]:
    gazetteer, scope = areas.gazetteer, areas.scope
    by_code = gazetteer.resolve_unit(code, scope=scope) if code else None
    if by_code is not None and name:
        known = set().union(*(gazetteer.called(unit) for unit in by_code.adcodes))
        if name in known:
            name = ""
    by_name = None
    if name:
        own = f"{city}{name}" if city and city != name else name
        try:
            by_name = gazetteer.resolve_unit(own, scope=scope)
        except UnitError:
            # The column beside it may be something else than the city.
            by_name = gazetteer.resolve_unit(name, scope=scope)
    if by_code is not None and by_name is not None and by_code.adcodes != by_name.adcodes:
        raise UnitError(f"code {code} and name {name!r} are of different units")
    if by_name is not None and by_name.note:
        found.former[by_name.name] = by_name.note + ("" if by_name.exact else "; not the same land")
    if by_code is not None and by_code.note:
        found.former[by_code.name] = by_code.note + ("" if by_code.exact else "; not the same land")
    chosen = by_code if by_code is not None else by_name
    if chosen is not None and not code and not city:
        found.bare[name] = chosen.adcodes
    return () if chosen is None else chosen.adcodes


def _shapes(path: Path, codes: Sequence[tuple[str, ...]], areas: Areas) -> np.ndarray:
    """Return the polygons of units, several of a row as one."""
    polygons = pd.Series(areas.units.geometry.to_numpy(), index=areas.units["adcode"].to_numpy())
    lost = sorted({code for row in codes for code in row} - set(polygons.index))
    if lost:
        names = [f"{areas.gazetteer.full_name(code)} ({code})" for code in lost]
        raise UnitError(
            f"{path}: {len(lost)} unit(s) have no polygon among the project's boundaries:\n"
            f"{listed(names)}\nleave their rows out, or add their boundaries"
        )
    shapes = [
        (polygons[row[0]] if len(row) == 1 else shapely.union_all(polygons[list(row)].to_numpy()))
        if row
        else None
        for row in codes
    ]
    return np.array(shapes, dtype=object)


def _told(table: vector.OwnTable, found: _Joined, areas: Areas) -> list[Notice]:
    notices = []
    for rows, code, text in (
        (found.totals, "format.totals", "add up others, and have no shape"),
        (found.blank, "format.no_place", "name no unit, and have no shape"),
    ):
        if rows:
            where = table.told(rows)
            first = tuple(at + 1 for at in rows[:20])
            severity = "info" if code == "format.totals" else "warning"
            message = f"{len(rows)} row(s) {text}"
            notices.append(Notice(code, severity, message, where, "", first, len(rows)))  # type: ignore[arg-type]
    if found.former:
        notes = "; ".join(list(found.former.values())[:10])
        text = f"{len(found.former)} name(s) or code(s) are former ones: {notes}"
        notices.append(Notice("format.former_units", "warning", text, count=len(found.former)))
    notices += _namesakes(found, areas)
    count = Counter(row for row in found.codes if row)
    again = [row for row, many in count.items() if many > 1]
    if again:
        names = ", ".join(areas.gazetteer.full_name(row[0]) for row in again[:10])
        text = f"{len(again)} unit(s) stand in several rows, which are all kept: {names}"
        notices.append(Notice("format.units_again", "warning", text, count=len(again)))
    levels = Counter(areas.gazetteer.units[row[0]].level for row in found.codes if row)
    if len(levels) > 1:
        each = ", ".join(f"{many} of level {level}" for level, many in sorted(levels.items()))
        text = f"rows are units of several levels ({each}), whose areas overlap"
        proposal = "Keep the rows of one level, if areas are to be added up."
        notices.append(Notice("format.mixed_levels", "warning", text, proposal=proposal))
    return notices


def _namesakes(found: _Joined, areas: Areas) -> list[Notice]:
    """Tell names that stand alone and were those of units of other cities too."""
    known = areas.gazetteer
    told = []
    for name, codes in found.bare.items():
        others = {
            f"{change.old_parent}{change.old_name} (until {change.date[:4]})"
            for change in known.changes
            if change.old_name == name
            and change.new_adcode not in codes
            and known.within(change.new_adcode, areas.scope)
        }
        if others:
            taken = ", ".join(known.full_name(code) for code in codes)
            told.append(f"{name} is taken as {taken}, and may be {', '.join(sorted(others))}")
    if not told:
        return []
    text = f"{len(told)} name(s) are those of former units of other cities too"
    proposal = "Put the city into a column beside the name, if those are meant."
    return [Notice("format.namesakes", "warning", text, "; ".join(told), proposal, (), len(told))]
