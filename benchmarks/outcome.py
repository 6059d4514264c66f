"""What an engine computed, and whether two engines agree."""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

import shapely

from benchmarks.measure import BY

TOTALS_AGREE = 1e-9
GROUPS_AGREE = 1e-6
GROUPS_FLOOR_M2 = 1e-3
"""Groups may differ by this much whatever their size: the noise of coordinates in metres."""

PIECE_FLOOR_M2 = 1.0
"""Smaller pieces do not count: geoplan leaves them out, and whether they come to be is noise."""

Groups = dict[tuple[str, ...], float]


@dataclass(frozen=True)
class Outcome:
    """Total area, number of pieces above `PIECE_FLOOR_M2` (of an overlay), area by group."""

    total_m2: float
    pieces: int = 0
    groups: Groups = field(default_factory=dict)

    @property
    def told(self) -> str:
        """What there is, in words."""
        many = f"{len(self.groups):,} groups" if self.groups else f"{self.pieces:,} pieces"
        return f"{many}, {self.total_m2:,.3f} m²"


def of_table(path: Path) -> Outcome:
    """Read the area by group of a table; columns may be named ``layer.column``."""
    groups: Groups = {}
    with path.open(newline="", encoding="utf-8-sig") as file:
        for row in csv.DictReader(file):
            plain = {name.rsplit(".", 1)[-1]: value for name, value in row.items()}
            groups[tuple(plain[column] for column in BY)] = float(plain["area_m2"])
    return Outcome(math.fsum(groups.values()), groups=groups)


def of_pieces(path: Path) -> Outcome:
    """Count the pieces above the floor of a file or folder, and add up their areas."""
    files = sorted(path.rglob("*.parquet")) if path.is_dir() else [path]
    areas: list[np.ndarray] = []
    for each in files:
        with pq.ParquetFile(each) as file:
            for batch in file.iter_batches(columns=["geometry"]):
                column = batch.column(0)
                if isinstance(column, pa.ExtensionArray):
                    column = column.storage
                shapes = shapely.from_wkb(column.to_numpy(zero_copy_only=False))
                areas.append(shapely.area(shapes))
    every = np.concatenate([*areas, np.empty(0)])
    every = every[every > PIECE_FLOOR_M2]
    return Outcome(math.fsum(every.tolist()), len(every))


def disagreement(found: Outcome, expected: Outcome) -> tuple[str, list[str]]:
    """Return how far two results are apart, and the faults."""
    if found.groups or expected.groups:
        off, worst, faults = differences(found.groups, expected.groups)
        return f"totals {off:.1e}, worst group {worst:.1e}", faults
    off = _apart(found.total_m2, expected.total_m2)
    faults = _of_totals(off, found.total_m2, expected.total_m2)
    if found.pieces != expected.pieces:
        faults.append(f"pieces above {PIECE_FLOOR_M2:g} m²: {found.pieces} and {expected.pieces}")
    return f"total {off:.1e}, {found.pieces:,} and {expected.pieces:,} pieces", faults


def differences(found: Groups, expected: Groups) -> tuple[float, float, list[str]]:
    """Return the relative difference of totals, the largest of a group, and the faults."""
    total, wanted = math.fsum(found.values()), math.fsum(expected.values())
    off = _apart(total, wanted)
    faults = _of_totals(off, total, wanted)
    worst = 0.0
    for group in sorted(found.keys() | expected.keys()):
        a, b = found.get(group, 0.0), expected.get(group, 0.0)
        if abs(a - b) <= GROUPS_FLOOR_M2:
            continue
        share = abs(a - b) / max(abs(a), abs(b))
        worst = max(worst, share)
        if share > GROUPS_AGREE:
            faults.append(f"group {group}: {a} and {b} m²")
    return off, worst, faults


def _apart(total: float, wanted: float) -> float:
    return abs(total - wanted) / wanted if wanted else abs(total)


def _of_totals(off: float, total: float, wanted: float) -> list[str]:
    return [] if off <= TOTALS_AGREE else [f"totals differ by {off:.1e}: {total} and {wanted}"]
