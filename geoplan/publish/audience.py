"""Who may see an atlas: its secrecy, and what a public one must not hold."""

from __future__ import annotations

from collections.abc import Iterable
from typing import get_args

from geoplan.config import Project
from geoplan.errors import ConfigError, listed
from geoplan.schema import Sensitivity, Tables, records

RANKS: tuple[Sensitivity, ...] = get_args(Sensitivity)
"""From open to closed."""


def check_public(tables: Tables, project: Project) -> None:
    """Check that the project may be public if its audience is, by `layers` and what is of them.

    An empty slot does not count: it gives nothing away.

    Raises
    ------
    ConfigError
        Naming every layer that is not public, and a missing review number.
    """
    if project.config.audience != "public":
        return
    marks = sensitivities(tables)
    closed = {layer: mark for layer, mark in marks.items() if mark != "public"}
    faults = []
    if closed:
        names = ", ".join(f"{layer} ({mark})" for layer, mark in closed.items())
        faults.append(
            f"{len(closed)} of {len(marks)} layers are not public: {names}; "
            "leave them out of the project"
        )
    if not project.config.review_number:
        faults.append("review_number (审图号) is not set; enter the number that the review gave")
    if faults:
        raise ConfigError(
            f'{project.file}: audience = "public" is not possible for {len(faults)} reason(s):\n'
            f'{listed(faults)}\nsettle them, or set audience = "internal"'
        )


def most_closed(marks: Iterable[Sensitivity]) -> Sensitivity:
    """Return the most closed of `marks`."""
    return max(marks, key=RANKS.index)


_TOLD = ("indicators", "stated", "rasters")


def sensitivities(tables: Tables) -> dict[str, Sensitivity]:
    """Return the sensitivity of each layer that gives anything away: shapes, lists, figures."""
    told = {layer for name in _TOLD for layer in tables[name]["layer"]}
    return {
        row["layer"]: row["sensitivity"]
        for row in records(tables["layers"][["layer", "sensitivity", "features"]])
        if row["features"] or row["layer"] in told
    }
