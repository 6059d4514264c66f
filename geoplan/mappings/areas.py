"""Areas that a file declares, set against those of its shapes: which unit, and which rows differ.

A declared area is never used as an area: it is only compared.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from geoplan.mappings.match import Match
from geoplan.mappings.model import M2, UNIT_TITLES, UNITS, AreaUnit, Column
from geoplan.reading import Notice

TOLERANCE = 0.01
"""Share of the computed area by which a declared one may differ."""

ENOUGH = 0.5
"""Share of the rows that have to fit for a unit to be told."""

MOST_ROWS = 20
"""Rows that a notice lists."""

MOST_DECIMALS = 6


@dataclass(frozen=True)
class Fit:
    """How well declared areas fit those of the shapes in one unit."""

    unit: AreaUnit
    rows: int
    """Rows that have both areas, above nothing."""
    within: int
    """How many of those fit, within 1 % or half the last digit."""
    median: float
    """Median of declared by computed area."""

    @property
    def told(self) -> str:
        """The evidence in words."""
        return (
            f"{self.within} of {self.rows} rows within {TOLERANCE:.0%} in "
            f"{UNIT_TITLES[self.unit]}, median ratio {self.median:.6g}"
        )


def numbers(cells: pd.Series) -> np.ndarray:
    """Return the cells as numbers, NaN where a cell is empty or none; texts are read."""
    plain = cells if pd.api.types.is_numeric_dtype(cells) else cells.astype("str").str.strip()
    found = pd.to_numeric(plain, errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    return np.where(np.isfinite(found), found, np.nan)


def fits(declared: np.ndarray, areas_m2: np.ndarray) -> list[Fit]:
    """Return how areas fit in every unit, the best first; nothing where no row can be compared.

    Parameters
    ----------
    declared, areas_m2
        The column, and the areas of the shapes in m²; NaN where there is none.
    """
    both = np.flatnonzero((declared > 0) & (areas_m2 > 0))
    if not len(both):
        return []
    told, real = declared[both], areas_m2[both]
    step = _step(told)
    made = []
    for unit in UNITS:
        expected = real / M2[unit]
        within = int((np.abs(told - expected) <= _allowed(expected, step)).sum())
        made.append(Fit(unit, len(both), within, float(np.median(told / expected))))
    return sorted(made, key=lambda fit: (-fit.within, abs(np.log(fit.median))))


def compared(match: Match, columns: pd.DataFrame, *, areas_m2: np.ndarray) -> Iterator[Notice]:
    """Yield what there is to say of every declared area of a file.

    Parameters
    ----------
    columns
        The file's columns, a row a shape.
    areas_m2
        Areas of the shapes; NaN where a row has none or it cannot be told.
    """
    for field in match.fields("area"):
        declared = numbers(columns[match.columns[field.name]])
        yield from _empty(field, declared)
        yield from _of_field(field, declared, areas_m2)
    yield from _sum(match, columns)


def _of_field(field: Column, declared: np.ndarray, areas_m2: np.ndarray) -> Iterator[Notice]:
    every = fits(declared, areas_m2)
    if not every:
        return
    best, units = every[0], field.units or UNITS
    stated = " or ".join(UNIT_TITLES[unit] for unit in units)
    if best.within < ENOUGH * best.rows:
        yield Notice(
            code="fields.area_unit",
            severity="warning",
            message=(
                f"{field.name} fits the areas of the shapes in no unit; the mapping says {stated}. "
                "Areas are computed from the shapes, never taken from it"
            ),
            evidence=best.told,
            proposal="look whether the file's coordinate system and the column are what they seem",
            count=best.rows,
        )
        return
    if best.unit in units:
        also = f", which the mapping leaves open ({stated})" if len(units) > 1 else ""
        yield Notice(
            code="fields.area_unit_found",
            severity="info",
            message=f"{field.name} is in {UNIT_TITLES[best.unit]}{also}; it is compared, not used",
            evidence=best.told,
        )
    else:
        yield Notice(
            code="fields.area_unit",
            severity="warning",
            message=(
                f"{field.name} is declared in {stated} by the mapping, but its numbers are "
                f"{UNIT_TITLES[best.unit]}. Areas are computed from the shapes, never taken from it"
            ),
            evidence=best.told,
            count=best.rows,
        )
    yield from _differing(field, declared, areas_m2 / M2[best.unit], unit=best.unit)


def _differing(
    field: Column, declared: np.ndarray, expected: np.ndarray, *, unit: AreaUnit
) -> Iterator[Notice]:
    there = (declared > 0) & (expected > 0)
    if not there.any():
        return
    step = _step(declared[there])
    with np.errstate(invalid="ignore"):
        off = there & ~(np.abs(declared - expected) <= _allowed(expected, step))
    rows = np.flatnonzero(off)
    if not len(rows):
        return
    share = declared[rows] / expected[rows] - 1
    worst = rows[int(np.argmax(np.abs(share)))]
    name = UNIT_TITLES[unit]
    yield Notice(
        code="fields.area_differs",
        severity="warning",
        message=(
            f"{field.name} differs from the area of the shape by more than {TOLERANCE:.0%} in "
            f"{len(rows)} of {int(there.sum())} rows; the area of the shape counts"
        ),
        evidence=(
            f"worst in row {worst + 1}: {declared[worst]:.10g} {name} declared, "
            f"{expected[worst]:.10g} {name} computed ({declared[worst] / expected[worst] - 1:+.1%})"
        ),
        rows=_first(rows),
        count=len(rows),
    )


def _empty(field: Column, declared: np.ndarray) -> Iterator[Notice]:
    kinds = {
        "empty or no number": np.isnan(declared),
        "zero": declared == 0,
        "negative": declared < 0,
    }
    rows = np.flatnonzero(np.logical_or.reduce(list(kinds.values())))
    if len(rows):
        told = ", ".join(
            f"{int(there.sum())} {what}" for what, there in kinds.items() if there.any()
        )
        yield Notice(
            code="fields.area_empty",
            severity="warning",
            message=f"{field.name} says no area in {len(rows)} of {len(declared)} rows",
            evidence=told,
            rows=_first(rows),
            count=len(rows),
        )


def _sum(match: Match, columns: pd.DataFrame) -> Iterator[Notice]:
    """Tell where the net area is not the whole one without what is deducted."""
    whole, net, less = (match.fields(role) for role in ("area", "net_area", "deducted_area"))
    if not (whole and net and less):
        return
    names = [fields[0].name for fields in (whole, net, less)]
    total, left, gone = (numbers(columns[match.columns[name]]) for name in names)
    gone = np.where(np.isnan(gone), 0.0, gone)  # left empty where nothing is deducted
    there = ~(np.isnan(total) | np.isnan(left))
    allowed = 1.5 * max(_step(values) for values in (total, left, gone)) + 1e-9 * np.abs(total)
    off = there & (np.abs(total - gone - left) > allowed)
    rows = np.flatnonzero(off)
    if len(rows):
        first = rows[0]
        yield Notice(
            code="fields.area_sum",
            severity="warning",
            message=f"{names[1]} is not {names[0]} − {names[2]} in {len(rows)} of {len(off)} rows",
            evidence=(
                f"row {first + 1}: {total[first]:.10g} − {gone[first]:.10g} "
                f"is not {left[first]:.10g}"
            ),
            rows=_first(rows),
            count=len(rows),
        )


def _step(values: np.ndarray) -> float:
    """Return the last digit that a column has: 0.01 of numbers with two decimals."""
    there = values[np.isfinite(values)]
    for decimals in range(MOST_DECIMALS):
        scaled = there * 10.0**decimals
        if np.all(
            np.abs(scaled - np.round(scaled)) <= 1e-6 * np.maximum(1.0, np.abs(scaled) * 1e-6)
        ):
            return 10.0**-decimals
    return 10.0**-MOST_DECIMALS


def _allowed(expected: np.ndarray, step: float) -> np.ndarray:
    """Return by how much a declared area may differ: 1 %, or what rounding takes away."""
    return np.maximum(TOLERANCE * expected, step / 2 * (1 + 1e-9))


def _first(rows: np.ndarray) -> tuple[int, ...]:
    return tuple(int(row) + 1 for row in rows[:MOST_ROWS])
