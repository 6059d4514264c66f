"""Names of units: today's, short ones, old ones, and named groups of units.

Read from `data/boundaries/*.csv`; nothing here knows which province it is.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import get_args

import pandas as pd

from geoplan.errors import UnitError, listed
from geoplan.schema import Level, records
from geoplan.toml import suggestion
from geoplan.vector import read_csv

UNIT_COLUMNS = [
    *("adcode", "name", "name_en", "pinyin", "level", "parent", "short"),
    *("label_lon", "label_lat"),
]
CHANGE_COLUMNS = [
    *("date", "kind", "old_adcode", "old_name", "old_parent"),
    *("new_adcode", "share", "note"),
]
SHARES = ("whole", "part")
GROUP_COLUMNS = ["group", "reading", "member", "document", "line", "note"]


@dataclass(frozen=True)
class Unit:
    """One unit: code, names and place in the hierarchy."""

    adcode: str
    name: str
    name_en: str
    pinyin: str
    level: str
    parent: str
    short: tuple[str, ...] = ()


@dataclass(frozen=True)
class Change:
    """One old unit and one unit of today that holds all (`whole`) or part of it."""

    date: str
    kind: str
    old_adcode: str
    old_name: str
    old_parent: str
    new_adcode: str
    whole: bool


@dataclass(frozen=True)
class Resolution:
    """What a printed name stands for: codes of today's units, in order of code.

    `exact` is False where an old unit was split, so that today's units are
    more than what was meant; `note` says what had to be known.
    """

    name: str
    adcodes: tuple[str, ...]
    exact: bool = True
    note: str = ""


@dataclass(frozen=True)
class Gazetteer:
    """All units by code, what changed, and the groups; see `load`."""

    units: dict[str, Unit]
    changes: tuple[Change, ...] = ()
    groups: dict[str, dict[str, tuple[str, ...]]] = field(default_factory=dict)

    def children(self, adcode: str) -> list[str]:
        """Return the codes directly below `adcode`, sorted."""
        return sorted(u.adcode for u in self.units.values() if u.parent == adcode)

    def counties(self, adcode: str) -> list[str]:
        """Return the codes of the counties in `adcode`, itself if it is one, sorted."""
        if self.units[adcode].level == "county":
            return [adcode]
        counties = (code for code, unit in self.units.items() if unit.level == "county")
        return sorted(code for code in counties if self.within(code, adcode))

    def ancestors(self, adcode: str) -> list[str]:
        """Return the codes above `adcode`, nearest first."""
        parent = self.units[adcode].parent
        return [parent, *self.ancestors(parent)] if parent in self.units else []

    def within(self, adcode: str, scope: str) -> bool:
        """Return whether the unit lies in `scope` or is it."""
        return adcode == scope or scope in self._above[adcode]

    @cached_property
    def _above(self) -> dict[str, list[str]]:
        return {code: self.ancestors(code) for code in self.units}

    def full_name(self, adcode: str) -> str:
        """Return the unit's name behind that of its city: 晋城市城区."""
        unit = self.units[adcode]
        above = self.units.get(unit.parent)
        return (above.name if above and unit.level == "county" else "") + unit.name

    def called(self, adcode: str) -> set[str]:
        """Return today's names of a unit: long and short, alone and behind its city's."""
        unit = self.units[adcode]
        names = {unit.name, *unit.short}
        above = self.units.get(unit.parent)
        if above is None or unit.level != "county":
            return names
        return names | {city + own for city in (above.name, *above.short) for own in names}

    def resolve(self, name: str, *, scope: str, year: str | None = None) -> Resolution:
        """Return what `name` stands for in a document of `year` with the scope `scope`.

        A name is a code (a former one too), a name or short form, alone or behind
        its city's (晋城市城区), a name in use in `year`, or a group (`group@reading`
        where it has several). Units of the scope come first; without a year,
        today's names before former ones.

        Raises
        ------
        UnitError
            Unknown (with suggestions) or ambiguous (with the candidates).
        """
        if name.partition("@")[0] in self.groups:
            return self._resolve_group(name, scope=scope)
        return self.resolve_unit(name, scope=scope, year=year)

    def resolve_unit(self, name: str, *, scope: str, year: str | None = None) -> Resolution:
        """Return what `name` stands for, as `resolve`, but never a group."""
        if name in self.units:
            return Resolution(name, (name,))
        if old := [c for c in self.changes if c.old_adcode == name]:
            return self._resolve_former(name, old, None)
        every, past = self._called.get(name, ()), self._former(name)
        for inside in (True, False):  # units of the scope come first
            today = [code for code in every if self.within(code, scope) is inside]
            former = [c for c in past if self.within(c.new_adcode, scope) is inside]
            if today and (year is None or all(year > c.date[:4] for c in former)):
                former = []
            olds = {c.old_adcode: f"{c.old_parent}{c.old_name}" for c in former}
            if len(today) + len(olds) > 1:
                today_names = [f"{self.full_name(c)} ({c})" for c in today]
                names = ", ".join([*today_names, *(f"formerly {old}" for old in olds.values())])
                raise UnitError(
                    f"{name!r} is ambiguous: {len(today) + len(olds)} units have or had this name: "
                    f"{names}; write the city before it or use the code"
                )
            if today:
                return Resolution(name, tuple(today))
            if former:
                return self._resolve_former(name, former, year)
        raise UnitError(f"{name!r} is no unit or group.{suggestion(name, self._all_names())}")

    @cached_property
    def _called(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for code in self.units:
            for name in self.called(code):
                found[name].append(code)
        return dict(found)

    def _former(self, name: str) -> list[Change]:
        return [
            change
            for change in self.changes
            if name.endswith(change.old_name)
            and change.new_adcode in self.units
            and name.removesuffix(change.old_name) in ("", *self._names_of(change.old_parent))
        ]

    def _names_of(self, name: str) -> set[str]:
        return {name}.union(*(u.short for u in self.units.values() if u.name == name))

    def _resolve_former(self, name: str, found: list[Change], year: str | None) -> Resolution:
        codes = tuple(sorted({change.new_adcode for change in found}))
        now = "、".join(self.units[code].name for code in codes)
        note = f"{name} → {now} ({found[0].kind} {found[0].date})"
        if year is not None and year > found[0].date[:4]:
            note += f"; the name was out of use in {year}"
        # A merged unit is smaller than the one that holds it today.
        exact = all(change.whole for change in found) and found[0].kind != "merged"
        return Resolution(name, codes, exact, note)

    def _resolve_group(self, name: str, *, scope: str) -> Resolution:
        group, _, reading = name.partition("@")
        readings = self.groups[group]
        if reading not in readings:
            allowed = ", ".join(f"{group}@{r}" if r else group for r in readings)
            raise UnitError(
                f"group {name!r} has {len(readings)} reading(s); write one of: {allowed}"
            )
        members = [self.resolve_unit(member, scope=scope) for member in readings[reading]]
        codes = {code for member in members for code in member.adcodes}
        exact = all(member.exact for member in members)
        return Resolution(name, tuple(sorted(codes)), exact, f"group {name}")

    def _all_names(self) -> list[str]:
        units = [n for unit in self.units.values() for n in (unit.name, *unit.short)]
        return [*units, *(change.old_name for change in self.changes), *self.groups]


def load(folder: Path) -> Gazetteer:
    """Load the gazetteer of `folder`: ``gazetteer.csv``, ``changes.csv``, ``groups.csv``.

    Raises `DataError` if a table is missing or has other columns, and `UnitError` with every
    fault of a table: a code twice, an unknown level or share, a parent that is unknown or not
    above, a new code or a member that is unknown.
    """
    rows = list(_units(read_csv(folder / "gazetteer.csv", columns=UNIT_COLUMNS)))
    _raise(folder / "gazetteer.csv", _unit_faults(rows))
    units = {unit.adcode: unit for unit in rows}
    changed = read_csv(folder / "changes.csv", columns=CHANGE_COLUMNS)
    changes = tuple(_changes(changed))
    faults = [f"share {s!r}; allowed: {', '.join(SHARES)}" for s in {*changed["share"]} - {*SHARES}]
    lost = {c.new_adcode for c in changes} - set(units)
    _raise(
        folder / "changes.csv", sorted([*faults, *(f"{c!r} is no code of a unit" for c in lost)])
    )
    groups = _groups(read_csv(folder / "groups.csv", columns=GROUP_COLUMNS))
    gazetteer = Gazetteer(units, changes, groups)
    _raise(folder / "groups.csv", _member_faults(gazetteer))
    return gazetteer


def _unit_faults(units: list[Unit]) -> list[str]:
    by_code = {unit.adcode: unit for unit in units}
    rank = {level: i for i, level in enumerate(get_args(Level))}
    count = Counter(unit.adcode for unit in units)
    faults = [f"{code} stands {n} times" for code, n in count.items() if n > 1]
    for unit in units:
        above = by_code.get(unit.parent)
        faults += _text_faults(unit)
        if unit.level not in rank:
            faults.append(f"{unit.adcode}: level {unit.level!r}; allowed: {', '.join(rank)}")
        elif unit.parent and above is None:
            faults.append(f"{unit.adcode}: parent {unit.parent!r} is no code of a unit")
        elif above is not None and rank.get(above.level, -1) >= rank[unit.level]:
            faults.append(f"{unit.adcode}: parent {unit.parent} is no level above")
    return faults


def _text_faults(unit: Unit) -> list[str]:
    faults = []
    if not re.fullmatch("[0-9]{6}", unit.adcode):
        faults.append(f"adcode {unit.adcode!r} ({unit.name}) is not six digits")
    for key in ("name", "name_en"):
        text: str = getattr(unit, key)
        if not text.strip() or not text.isprintable():
            faults.append(f"{unit.adcode}: {key} {text!r} is empty or cannot be printed")
    return faults


def _member_faults(gazetteer: Gazetteer) -> list[str]:
    groups = gazetteer.groups.values()
    faults = []
    for name in dict.fromkeys(m for group in groups for names in group.values() for m in names):
        try:
            gazetteer.resolve_unit(name, scope="")
        except UnitError as fault:
            faults.append(str(fault))
    return faults


def _raise(path: Path, faults: list[str]) -> None:
    if faults:
        raise UnitError(f"{path}: {len(faults)} fault(s):\n{listed(faults)}")


def _units(table: pd.DataFrame) -> Iterable[Unit]:
    for row in records(table):
        short = tuple(s for s in row["short"].split("|") if s)
        yield Unit(**{key: row[key] for key in UNIT_COLUMNS[:6]} | {"short": short})


def _changes(table: pd.DataFrame) -> Iterable[Change]:
    for row in records(table):
        whole = row["share"] == "whole"
        yield Change(**{key: row[key] for key in CHANGE_COLUMNS[:6]} | {"whole": whole})


def _groups(table: pd.DataFrame) -> dict[str, dict[str, tuple[str, ...]]]:
    members: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in records(table):
        members[row["group"]][row["reading"]].append(row["member"])
    return {
        group: {reading: tuple(names) for reading, names in readings.items()}
        for group, readings in members.items()
    }
