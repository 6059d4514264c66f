"""What memberships say of units: labels by county, and features by label and unit."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from geoplan.overlay.unit import Label
from geoplan.schema import BASIS_OF, Tables, records


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
        for row in records(tables["memberships"]):
            if row["extent"] == "statement" or row["adcode"] not in parents:
                continue
            label = Label(row["layer"], row["class"], BASIS_OF[row["extent"]])
            if label.basis == "list":
                made.listed[label][row["feature"]].add(row["adcode"])
            else:
                made.wholly[label][row["feature"]].update(made.counties[row["adcode"]])
        return made

    def ancestors(self, adcode: str) -> list[str]:
        """Return the codes above `adcode`, nearest first."""
        parent = self.parents[adcode]
        return [parent, *self.ancestors(parent)] if parent else []

    def wholly_in(self, county: str) -> list[tuple[Label, str]]:
        """Return labels and features that cover `county` wholly."""
        return [
            (label, feature)
            for label, features in self.wholly.items()
            for feature, counties in features.items()
            if county in counties
        ]

    def named(self) -> list[tuple[Label, str, str]]:
        """Return label, feature and unit of everything that is known by list only."""
        return [
            (label, feature, code)
            for label, features in self.listed.items()
            for feature, codes in features.items()
            for code in sorted(codes)
        ]


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
