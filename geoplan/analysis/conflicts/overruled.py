"""Overrides: which findings people have overruled, and overrides that match nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from geoplan.analysis.conflicts.pairs import weaker
from geoplan.schema import issue_row

Row = dict[str, Any]


class Overrides:
    """Overrides in the order of their file; of several that match a finding the first holds."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self._rows = rows
        self._used: set[str] = set()

    def on(
        self, row: Mapping[str, Any], names: Sequence[Collection[str]], *, units: Sequence[str]
    ) -> Row:
        """Return the cells that an override gives to a finding; none where none matches.

        `names` are those of both sides, also of what tells the same; `units`
        are the county and what it lies in.
        """
        matching = [one for one in self._rows if _matches(one, row, names, units)]
        self._used.update(one["override"] for one in matching)
        if not matching:
            return {}
        first = matching[0]
        signed = first["by"], first["date"]
        cells: Row = {
            "overruled_by": "{}（{}，{}）".format(first["reason"], *signed),
            "overruled_by_en": "{} ({}, {})".format(first["reason_en"], *signed),
        }
        if first["grade"] is not None:
            cells["grade"] = weaker(row["grade"], first["grade"])
        return cells

    def issues(self) -> Iterator[Row]:
        """Yield an issue for each override that matched no finding."""
        for one in self._rows:
            if one["override"] not in self._used:
                about = [f"{key} = {one[key]}" for key in ("rule", "a", "b", "units") if one[key]]
                yield issue_row(
                    "analysis.override_without_finding",
                    one["override"],
                    f"overrides.toml: nothing is found with {', '.join(about)}: remove the "
                    "override, or mend what it names",
                )


def _matches(
    one: Row, row: Mapping[str, Any], names: Sequence[Collection[str]], units: Sequence[str]
) -> bool:
    if one["rule"] != row["rule"]:
        return False
    if one["units"] is not None and set(one["units"].split()).isdisjoint(units):
        return False
    asked = [one[key] for key in ("a", "b")]
    # Which of two is a and which is b need not be remembered.
    return any(
        all(ref is None or ref in side for ref, side in zip(order, names, strict=True))
        for order in (asked, asked[::-1])
    )
