"""What claims are about, looked up once for all of them: features, their units and areas."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import pandas as pd

import shapely

from geoplan.schema import Tables


class Feature(NamedTuple):
    """What analysis needs of a row of `features`."""

    layer: str
    feature: str
    class_: str
    extent: str
    drawn_by: str
    geometry: shapely.Geometry | None


class Unit(NamedTuple):
    """What analysis needs of a row of `units`."""

    adcode: str
    level: str
    area_km2: float
    uncertainty_km2: float


@dataclass(frozen=True)
class Subjects:
    """Features by layer, codes of units by layer and feature, units by code with those above."""

    features: dict[str, list[Feature]]
    members: dict[tuple[str, str], list[str]]
    units: dict[str, Unit]
    above: dict[str, tuple[str, ...]]

    @classmethod
    def of(cls, tables: Tables) -> Subjects:
        """Index `units`, `features` and `memberships`."""
        features: dict[str, list[Feature]] = defaultdict(list)
        for row in _rows(tables["features"], _FEATURE):
            feature = Feature(*row)
            features[feature.layer].append(feature)
        members: dict[tuple[str, str], list[str]] = defaultdict(list)
        for layer, key, code in _rows(tables["memberships"], ("layer", "feature", "adcode")):
            members[layer, key].append(code)
        units = {row[0]: Unit(*row) for row in _rows(tables["units"], _UNIT)}
        parents = dict(_rows(tables["units"], ("adcode", "parent")))
        above = {code: _above(code, parents) for code in units}
        return cls(dict(features), dict(members), units, above)

    def select(self, layer: str, of: str) -> Sequence[Feature]:
        """Return what `of` names: the layer, or its feature or class behind a ``/``."""
        every = self.features.get(layer, [])
        part = of.partition("/")[2]
        if not part:
            return every
        one = [feature for feature in every if feature.feature == part]
        return one or [feature for feature in every if feature.class_ == part]

    def named(self, features: Iterable[Feature]) -> set[str]:
        """Return the codes of the units that stand in `features`."""
        return {code for f in features for code in self.members.get((f.layer, f.feature), ())}

    def counties(self, features: Iterable[Feature]) -> list[Unit]:
        """Return the counties that `features` name or that lie in what they name, each once."""
        named = self.named(features)
        return [
            unit
            for code, unit in self.units.items()
            if unit.level == "county" and not named.isdisjoint((code, *self.above[code]))
        ]


_FEATURE = ("layer", "feature", "class", "extent", "drawn_by", "geometry")
_UNIT = ("adcode", "level", "area_km2", "uncertainty_km2")


def _rows(table: pd.DataFrame, columns: Sequence[str]) -> Iterable[tuple[Any, ...]]:
    return zip(*(table[name].tolist() for name in columns), strict=True)


def _above(code: str, parents: dict[str, str]) -> tuple[str, ...]:
    """Return the codes above a unit, nearest first; the topmost unit has no parent here."""
    found: list[str] = []
    while (code := parents[code]) in parents:
        found.append(code)
    return tuple(found)
