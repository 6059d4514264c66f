"""What a run has made: files, areas, and what became of earlier polygons."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from geoplan.difference.earlier import Followed


@dataclass(frozen=True)
class Made:
    """What was made; areas in m²."""

    out: Path
    sheet: Path
    polygons: int
    area_m2: float
    dropped: int
    dropped_m2: float
    totals_m2: dict[str, float]
    """By kind: the sum of polygons and dropped ones."""
    followed: Followed
    repaired: int
    overlapping: bool
    cut: int
    """Texts that were too long for a shapefile."""
