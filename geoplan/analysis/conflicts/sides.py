"""Sides of a pair: features of a county that say one thing, in one plan or in several."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import shapely

from geoplan.analysis.conflicts.places import Feature, Places
from geoplan.schema.wording import normalised

Key = tuple[str, ...]
"""What makes two features the same thing in a county: class, and name or layer."""

_LAPSED = {None: 0, "in_force": 0, "draft": 1, "expired": 2, "history": 3}


@dataclass(frozen=True)
class Member:
    """A feature, or all features of one layer of shapes, as they meet another side.

    `here` says whether it lies in the county, and not only near it.
    """

    places: Places
    county: str
    ids: tuple[int, ...]
    here: bool

    @cached_property
    def feature(self) -> Feature:
        """Return the feature, or the first of the layer's: what is cited."""
        return self.places.features[self.ids[0]]

    @property
    def extent(self) -> str:
        """Return the extent, which all its features share."""
        return self.feature.extent

    @cached_property
    def part(self) -> shapely.Geometry | None:
        """Return what lies in the county, merged; None where no shape says so."""
        found = [self.places.part(i, self.county) for i in self.ids]
        parts = [part for part in found if part is not None]
        return (parts[0] if len(parts) == 1 else shapely.union_all(parts)) if parts else None

    @cached_property
    def full(self) -> shapely.Geometry | None:
        """Return all shapes, in the county and outside; None where there are none."""
        shapes = [shape for i in self.ids for shape in self.places.full(i)]
        return shapely.union_all(shapes) if shapes else None

    @property
    def names(self) -> set[str]:
        """Return what an override may call it.

        One of several shapes is not all of them: these go by their class.
        """
        feature = self.feature
        single = {feature.ref} if len(self.ids) == 1 else set()
        return {f"{feature.layer}/{feature.cls}"} | single

    @property
    def rank(self) -> int:
        """Return how far its document has lapsed; 0 is in force."""
        return _LAPSED[self.feature.status]


Sides = dict[Key, list[Member]]
"""Members by what they say."""


class Chosen:
    """The features that one side of a rule speaks of."""

    def __init__(self, refs: Sequence[str], rule: Mapping[str, Any], end: str) -> None:
        self.classes = {ref for ref in refs if "/" not in ref}
        self.refs = {ref for ref in refs if "/" in ref}
        self.extents = (rule[f"extents_{end}"] or "").split()
        self.excepted = set((rule["except"] or "").split())

    def __contains__(self, feature: Feature) -> bool:
        """Return whether the rule speaks of `feature` on this side."""
        names = {feature.ref, f"{feature.layer}/{feature.cls}"}
        if feature.extent == "statement" or not names.isdisjoint(self.excepted):
            return False
        if self.extents and feature.extent not in self.extents:
            return False
        return feature.cls in self.classes or not names.isdisjoint(self.refs)


def sides(
    places: Places, county: str, *, ids: Sequence[int], near: Collection[int] = ()
) -> dict[Key, list[Member]]:
    """Group features of a county, and those `near` it, by what they say.

    Whole counties of a class are one thing, whatever a plan calls them, and
    so is a list of that class where there is such a county; a layer of shapes
    from a file is one thing; of all others class and name tell.
    """
    features = places.features
    whole = {features[i].cls for i in ids if features[i].extent == "whole"}
    files: dict[Key, list[int]] = defaultdict(list)
    made: Sides = defaultdict(list)
    here = set(ids)
    for i in sorted({*ids, *near}):
        feature = features[i]
        if feature.from_file:
            where = "here" if i in here else "near"
            files[feature.cls, feature.layer, where].append(i)
        elif feature.cls in whole:
            made[(feature.cls,)].append(Member(places, county, (i,), i in here))
        else:
            key = (feature.cls, normalised(feature.name))
            made[key].append(Member(places, county, (i,), i in here))
    for (cls, layer, where), found in files.items():
        member = Member(places, county, tuple(found), where == "here")
        made[cls, layer, "file"].append(member)
    return dict(made)


def lapsed(one: Member, two: Member) -> tuple[int, int]:
    """Return how far two documents have lapsed, the worse one first."""
    return max(one.rank, two.rank), one.rank + two.rank
