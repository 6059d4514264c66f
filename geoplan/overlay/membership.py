"""What memberships say of units: labels by county, and features by label and unit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from geoplan.overlay.unit import Label
from geoplan.schema import BASIS_OF, Tables


@dataclass(frozen=True)
class Memberships:
    """Memberships by label; statements are left out.

    Attributes
    ----------
    parents
        Code of each unit to the code above it; the topmost to "".
    counties
        Code of each unit to its counties, sorted; a county to itself.
    wholly
        Label to feature to the counties that it covers wholly.
    listed
        Label to feature to the units as named, by list only.
    """

    parents: dict[str, str]
    counties: dict[str, list[str]]
    wholly: dict[Label, dict[str, set[str]]]
    listed: dict[Label, dict[str, set[str]]]

    @classmethod
    def of(cls, tables: Tables) -> Memberships:
        """Gather the memberships of `tables`."""
        units = tables["units"]
        parents = dict(zip(units["adcode"], units["parent"].fillna(""), strict=True))
        made = cls(parents, _counties(tables, parents), _nested(), _nested())
        members = tables["memberships"]
        columns = [members[name].tolist() for name in _COLUMNS]
        for layer, class_, feature, code, extent in zip(*columns, strict=True):
            if extent == "statement" or code not in parents:
                continue
            label = Label(layer, class_, BASIS_OF[extent])
            if label.basis == "list":
                made.listed[label][feature].add(code)
            else:
                made.wholly[label][feature].update(made.counties[code])
        return made

    def ancestors(self, adcode: str) -> list[str]:
        """Return the codes above `adcode`, nearest first."""
        return list(self._above[adcode])

    @cached_property
    def _above(self) -> dict[str, tuple[str, ...]]:
        return {code: tuple(_climb(code, self.parents)) for code in self.parents}

    def wholly_in(self, county: str) -> list[tuple[Label, str]]:
        """Return labels and features that cover `county` wholly."""
        return list(self._wholly_in.get(county, ()))

    @cached_property
    def _wholly_in(self) -> dict[str, list[tuple[Label, str]]]:
        found: dict[str, list[tuple[Label, str]]] = defaultdict(list)
        for label, features in self.wholly.items():
            for feature, counties in features.items():
                for county in counties:
                    found[county].append((label, feature))
        return dict(found)

    def named(self) -> list[tuple[Label, str, str]]:
        """Return label, feature and unit of everything that is known by list only."""
        return [
            (label, feature, code)
            for label, features in self.listed.items()
            for feature, codes in features.items()
            for code in sorted(codes)
        ]


_COLUMNS = ("layer", "class", "feature", "adcode", "extent")


def _climb(code: str, parents: dict[str, str]) -> Iterator[str]:
    while code := parents[code]:
        yield code


def _nested() -> dict[Label, dict[str, set[str]]]:
    return defaultdict(lambda: defaultdict(set))


def _counties(tables: Tables, parents: dict[str, str]) -> dict[str, list[str]]:
    units = tables["units"]
    found: dict[str, list[str]] = {code: [] for code in parents}
    for code in units["adcode"][units["level"] == "county"]:
        above = code
        while above:
            found[above].append(code)
            above = parents[above]
    return {code: sorted(counties) for code, counties in found.items()}
