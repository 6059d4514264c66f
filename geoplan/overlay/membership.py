"""What memberships say of units: labels by county, and features by label and unit."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

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
        for row in tables["memberships"].itertuples(index=False):
            layer, class_, feature, adcode, extent = row[1], row[2], row[3], row[4], row[6]
            if extent == "statement" or adcode not in parents:
                continue
            label = Label(layer, class_, BASIS_OF[extent])
            if label.basis == "list":
                made.listed[label][feature].add(adcode)
            else:
                made.wholly[label][feature].update(made.counties[adcode])
        return made

    def ancestors(self, adcode: str) -> list[str]:
        """Return the codes above `adcode`, nearest first."""
        parent = self.parents[adcode]
        return [parent, *self.ancestors(parent)] if parent else []

    def whole_labels(self, county: str) -> list[Label]:
        """Return the labels that cover `county` wholly."""
        return [
            label
            for label, features in self.wholly.items()
            if any(county in counties for counties in features.values())
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
