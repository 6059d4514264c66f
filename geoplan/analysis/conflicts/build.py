"""The table `conflicts`: rules applied county by county, and what people say of the findings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

import shapely

from geoplan.analysis.conflicts.overruled import Overrides
from geoplan.analysis.conflicts.pairs import Met, meet, weaker
from geoplan.analysis.conflicts.places import Places
from geoplan.analysis.conflicts.sides import Chosen, Key, Member, lapsed, sides
from geoplan.schema import Tables, check, frame, records, row_id

Row = dict[str, Any]

_READ = ("units", "documents", "features", "memberships", "rules", "overrides")


def find_conflicts(tables: Tables) -> dict[str, pd.DataFrame]:
    """Find what the rules say of every county: tables `conflicts` and `issues`.

    A row is a rule, a county and two things. What several plans say alike is
    one row: that with the strongest evidence, then of the documents that are
    in force and latest; `also` names the others. Issues are of overrides that
    match nothing.
    """
    for name in _READ:
        check(name, tables[name])
    rules = records(tables["rules"])
    overrides = Overrides(records(tables["overrides"]))
    if not rules:
        return {"conflicts": frame("conflicts", []), "issues": frame("issues", overrides.issues())}
    places = Places(tables)
    rows = [row for rule in rules for row in _Applied(rule, places, overrides).rows()]
    return {"conflicts": frame("conflicts", rows), "issues": frame("issues", overrides.issues())}


@dataclass
class _Applied:
    """A rule as it is applied to all counties."""

    rule: Mapping[str, Any]
    places: Places
    overrides: Overrides

    def rows(self) -> Iterator[Row]:
        """Yield a row for each county and two things that meet there."""
        chosen = [self._chosen(end) for end in ("a", "b")]
        if not all(chosen):
            return
        for county in self.places.codes:
            a, b = ([i for i in self.places.here.get(county, ()) if i in ids] for ids in chosen)
            near_a, near_b = self._near(county, chosen) if a or b else ([], [])
            if not ((a or near_a) and (b or near_b)):
                continue
            one = sides(self.places, county, ids=a, near=near_a)
            two = sides(self.places, county, ids=b, near=near_b)
            yield from self._rows_of(county, one, two)

    def _chosen(self, end: str) -> set[int]:
        chosen = Chosen(self.rule[end].split(), self.rule, end)
        return {i for i, feature in enumerate(self.places.features) if feature in chosen}

    def _near(self, county: str, chosen: list[set[int]]) -> list[list[int]]:
        """Return what each side has outside the county, but as near to it as the rule says."""
        if self.rule["within_km"] is None or self.rule["same_unit"] is not None:
            return [[], []]
        outline, metres = self.places.outlines[county], self.rule["within_km"] * 1000
        found = []
        for ids in chosen:
            near = []
            for i in sorted(ids):
                shapes = np.array(self.places.full(i), dtype=object)
                if county not in self.places.counties.get(i, ()) and len(shapes):
                    near += [i] if shapely.dwithin(shapes, outline, metres).any() else []
            found.append(near)
        return found

    def _rows_of(
        self, county: str, one: dict[Key, list[Member]], two: dict[Key, list[Member]]
    ) -> Iterator[Row]:
        told: set[tuple[Key, ...]] = set()
        for a, b in product(sorted(one), sorted(two)):
            pair = tuple(sorted((a, b)))
            # The same thing on both sides is no pair, and a pair is told once.
            if a == b or pair in told:
                continue
            met = [
                found
                for x, y in product(one[a], two[b])
                if (found := meet(x, y, rule=self.rule)) is not None
            ]
            if met:
                told.add(pair)
                yield self._row(county, (a, b), sorted(met, key=_order))

    def _row(self, county: str, keys: tuple[Key, Key], met: list[Met]) -> Row:
        best = met[0]
        reconciled, reconciled_en = self._reconciled(county)
        grade = weaker(self.rule["grade"], best.evidence.most)
        if reconciled is not None:
            grade = weaker(grade, "attention")
        shown = {i for member in (best.a, best.b) for i in member.ids}
        others = {i for pair in met for member in (pair.a, pair.b) for i in member.ids} - shown
        refs = [self.places.features[i].ref for i in sorted(others)]
        row = {
            "id": row_id(self.rule["rule"], county, *("\x1e".join(key) for key in keys)),
            "rule": self.rule["rule"],
            "grade": grade,
            "basis": best.evidence.basis,
            "adcode": county,
            **_side("a", best.a),
            **_side("b", best.b),
            "area_km2": best.area_km2,
            "share": best.share,
            "reconciled_by": reconciled,
            "reconciled_by_en": reconciled_en,
            "also": " ".join(refs) or None,
        }
        names = [{n for p in met for n in m(p).names} for m in (_a, _b)]
        return row | self.overrides.on(row, names, units=self.places.chain(county))

    def _reconciled(self, county: str) -> tuple[str | None, str | None]:
        """Return what reconciles both in a county: a text, or passages that speak of it."""
        said, said_en = self.rule["reconciled_by"], self.rule["reconciled_by_en"]
        if said is None or said_en is not None:
            return said, said_en
        at = self.places.at
        refs = [r for r in said.split() if r in at and self.places.speaks_of(at[r], county)]
        return " ".join(refs) or None, None


def _a(met: Met) -> Member:
    return met.a


def _b(met: Met) -> Member:
    return met.b


def _order(met: Met) -> tuple[Any, ...]:
    """Return what sorts the best evidence first, then what is in force, then what is latest."""
    days = (max(met.a.feature.day, met.b.feature.day), min(met.a.feature.day, met.b.feature.day))
    later = tuple(tuple(-ord(sign) for sign in f"{day:<10}") for day in days)
    strength = ("breaks", "coordinate", "attention").index(met.evidence.most)
    return strength, lapsed(met.a, met.b), later, met.a.feature.ref, met.b.feature.ref


def _side(end: str, member: Member) -> Row:
    feature = member.feature
    return {
        f"layer_{end}": feature.layer,
        f"class_{end}": feature.cls,
        f"feature_{end}": feature.feature,
        f"features_{end}": len(member.ids),
        f"document_{end}": feature.document,
        f"section_{end}": feature.section,
        f"line_{end}": feature.line,
    }
