"""Who may see an atlas: its secrecy, and what a public one must not hold."""

from __future__ import annotations

from collections.abc import Iterable
from typing import get_args

import pandas as pd

from geoplan.config import Project
from geoplan.errors import ConfigError, listed
from geoplan.schema import Sensitivity, records

RANKS: tuple[Sensitivity, ...] = get_args(Sensitivity)
"""From open to closed."""


def check_public(layers: pd.DataFrame, project: Project) -> None:
    """Check that the project may be public if its audience is; `layers` is that table.

    An empty slot does not count: it gives nothing away.

    Raises
    ------
    ConfigError
        Naming every layer that is not public, and a missing review number.
    """
    if project.config.audience != "public":
        return
    held = _held(layers)
    closed = [r for r in records(held) if r["sensitivity"] != "public"]
    faults = []
    if closed:
        names = ", ".join(f"{row['layer']} ({row['sensitivity']})" for row in closed)
        faults.append(
            f"{len(closed)} of {len(held)} layers are not public: {names}; "
            "leave them out of the project"
        )
    if not project.config.review_number:
        faults.append("review_number (审图号) is not set; enter the number that the review gave")
    if faults:
        raise ConfigError(
            f'{project.file}: audience = "public" is not possible for {len(faults)} reason(s):\n'
            f'{listed(faults)}\nsettle them, or set audience = "internal"'
        )


def secrecy(layers: pd.DataFrame, audience: Sensitivity) -> Sensitivity:
    """Return the mark of an atlas: the most closed of its audience and its layers' sensitivity."""
    return most_closed([audience, *_held(layers)["sensitivity"]])


def most_closed(marks: Iterable[Sensitivity]) -> Sensitivity:
    """Return the most closed of `marks`."""
    return max(marks, key=RANKS.index)


def _held(layers: pd.DataFrame) -> pd.DataFrame:
    # A layer may hold indicators only.
    return layers.loc[(layers["features"] > 0) | (layers["kind"] != "slot")]
