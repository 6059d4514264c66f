"""How much a repair may change before a person has to decide, and what comes of a repair."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

import geopandas as gpd

from geoplan.errors import GeometryError, coded
from geoplan.reading import Notice, Severity

NEAR_M = 0.001
"""Vertices nearer than this are one: no survey of land is better than a millimetre."""

SHOWN = 20
"""Rows that a notice names; all are counted."""


@dataclass(frozen=True)
class Limits:
    """Where repairs stop, and what else a person decides.

    A crossing that is untied, or a ring that is closed, changes no area. Where it does
    change, the file is ambiguous, and above these limits somebody has to look.
    """

    share: float = 0.01
    """Part of the whole layer's area that repairs may change: the same hundredth by which
    two counties may overlap before their boundaries are refused."""
    area_m2: float = 1_000_000.0
    """Area by which one shape may change: 1 km², a hundred steps of what plans print."""
    rows_share: float = 0.1
    """Part of the rows that may change their area by more than 1 m², or be left out since they
    are of another kind: a file of which a tenth is odd is not the file that was meant."""
    near_m: float = NEAR_M
    """Vertices of a shape nearer than this, in metres, are taken as one."""
    drop_duplicates: bool = False
    """Whether rows with the same shape and the same attributes as one before are left out."""


@dataclass(frozen=True)
class Mended:
    """A layer whose shapes are sound, and what was done to it.

    Rows keep their order and index; one whose shape could not be kept has an empty one.
    """

    frame: gpd.GeoDataFrame
    notices: tuple[Notice, ...]
    changed: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    """Positions, in the layer as it was given, of rows whose shape was changed or left out."""
    before_m2: np.ndarray = field(default_factory=lambda: np.zeros(0))
    after_m2: np.ndarray = field(default_factory=lambda: np.zeros(0))
    """Area of each of those; NaN where the coordinate system is not known."""
    reasons: tuple[str, ...] = ()
    """What was wrong with each of those."""


def rows_of(positions: np.ndarray) -> tuple[int, ...]:
    """Return the first `SHOWN` positions as rows of a file, counted from 1."""
    return tuple(int(n) + 1 for n in positions[:SHOWN])


def size_of(area_m2: float) -> str:
    """Return an area as people read it: square metres below a hectare, else km²."""
    return f"{area_m2:.1f} m2" if abs(area_m2) < 10_000 else f"{area_m2 / 1e6:.6f} km2"


def told(
    code: str,
    severity: Severity,
    positions: np.ndarray,
    *,
    message: str,
    evidence: Sequence[str] = (),
    proposal: str = "",
) -> Notice:
    """Return a notice about rows by position; of `evidence`, the first `SHOWN` texts are kept."""
    more = len(evidence) - SHOWN
    texts = [*evidence[:SHOWN], *([f"… and {more} more"] if more > 0 else [])]
    return Notice(
        code=code,
        severity=severity,
        message=message,
        evidence="; ".join(texts),
        proposal=proposal,
        rows=rows_of(positions),
        count=len(positions),
    )


def check_limits(
    limits: Limits,
    *,
    rows: int,
    total_m2: float,
    positions: np.ndarray,
    change_m2: np.ndarray,
    measured: bool = True,
) -> None:
    """Raise where repairs go beyond limits.

    Parameters
    ----------
    rows, total_m2
        Rows with a shape, and the area of the layer.
    positions, change_m2
        Rows that are changed, and by what.
    measured
        Whether areas are in m². Of a layer without a coordinate system they are in the
        square of its own unit, and only the share of the whole is compared.

    Raises
    ------
    GeometryError
        With code ``repair.limit``.
    """
    size = np.abs(change_m2)
    real = size > (1.0 if measured else 0.0)
    faults = []
    if size[real].sum() > limits.share * total_m2:
        part = size.sum() / total_m2 if total_m2 else 1.0
        amount = f"{size.sum() / 1e6:.6f} km2 in all, " if measured else ""
        faults.append(f"{amount}{part:.2%} of the layer; allowed is {limits.share:.2%}")
    if measured and (size > limits.area_m2).any():
        worst = int(np.argmax(size))
        faults.append(
            f"{size[worst] / 1e6:.6f} km2 in row {positions[worst] + 1}; allowed for one shape "
            f"is {limits.area_m2 / 1e6:.6f} km2"
        )
    if measured and real.sum() > max(limits.rows_share * rows, 1):
        faults.append(
            f"{int(real.sum())} of {rows} rows by more than 1 m2; allowed is "
            f"{limits.rows_share:.0%}"
        )
    if not faults:
        return
    named = ", ".join(map(str, rows_of(positions[real])))
    raise coded(
        GeometryError(
            f"repairing {len(positions)} shape(s) would change the area by "
            f"{'; by '.join(faults)}. Rows: {named}. Correct these shapes in a GIS, or "
            "take what `geoplan convert FILE OUT --repair-limit SHARE` makes of it (1 allows all)"
        ),
        "repair.limit",
    )
