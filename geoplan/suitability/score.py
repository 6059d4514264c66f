"""Scores of cells: pure functions over arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from geoplan.suitability.model import Constraint

NODATA = 255
"""Code of a cell of which something is not known, or that lies outside of the units."""

EXCLUDED = 254
"""Code of a cell that a constraint excludes; codes from 0 to 100 are scores."""

CHANGE = 0.2
"""How far a weight is changed to see what depends on it."""

DIGITS = 6
"""Decimals to which a sum of scores is rounded, so that 0.1 + 0.2 is 0.3 before it is cut."""


@dataclass(frozen=True)
class Variant:
    """Weights in which one is changed, and the others share the rest in proportion."""

    factor: int
    """Place of the factor."""
    change: float
    """-0.2 or +0.2."""
    weights: tuple[float, ...]


def curve_scores(values: np.ma.MaskedArray, curve: Sequence[tuple[float, float]]) -> np.ndarray:
    """Return scores straight between the points of a curve, level beyond; NaN where masked."""
    places, scores = zip(*curve, strict=True)
    made = np.interp(np.ma.getdata(values), places, scores)
    made[np.ma.getmaskarray(values)] = np.nan
    return np.asarray(made)


def class_scores(values: np.ma.MaskedArray, scores: Mapping[int, float]) -> np.ndarray:
    """Return the score of each class; NaN where masked, and where a class has none."""
    data = np.ma.getdata(values)
    made = np.full(data.shape, np.nan)
    for value, score in scores.items():
        made[data == value] = score
    made[np.ma.getmaskarray(values)] = np.nan
    return made


def excluded(values: np.ma.MaskedArray, constraint: Constraint) -> np.ma.MaskedArray:
    """Return where a constraint excludes; masked where its value is not known.

    ``above`` and ``below`` leave the limit itself, ``between`` takes both ends.
    """
    data = np.ma.getdata(values)
    if constraint.values is not None:
        found = np.isin(data, constraint.values)
    elif constraint.between is not None:
        found = (data >= constraint.between[0]) & (data <= constraint.between[1])
    elif constraint.above is not None:
        found = data > constraint.above
    else:
        found = data < constraint.below
    return np.ma.MaskedArray(found, np.ma.getmaskarray(values))


def total(scores: Sequence[np.ndarray], weights: Sequence[float]) -> np.ndarray:
    """Return the weighted sum of scores; NaN where one is not known."""
    made = np.zeros(scores[0].shape)
    for score, weight in zip(scores, weights, strict=True):
        made += score * weight
    return made


def codes(sums: np.ndarray, out: np.ndarray) -> np.ndarray:
    """Return cells as uint8: rounded score, `EXCLUDED` where `out`, `NODATA` where NaN.

    A half is rounded up. What is excluded is so whatever else is not known of it.
    """
    known = ~np.isnan(sums)
    made = np.full(sums.shape, NODATA, dtype="uint8")
    made[known] = np.floor(np.round(sums[known], DIGITS) + 0.5).astype("uint8")
    made[out] = EXCLUDED
    return made


def class_of_code(lows: Sequence[float]) -> np.ndarray:
    """Return the class of each of the 256 codes: 0 excluded, 1 the best and so on, 255 nodata.

    `lows` are the least scores of classes, from the best down.
    """
    made = np.full(256, NODATA, dtype="uint8")
    made[EXCLUDED] = 0
    for code in range(101):
        made[code] = 1 + next(place for place, low in enumerate(lows) if code >= low)
    return made


def rescaled(weights: Sequence[float]) -> tuple[float, ...]:
    """Return weights in proportion so that they add up to 1."""
    whole = sum(weights)
    return tuple(weight / whole for weight in weights)


def variants(weights: Sequence[float], change: float = CHANGE) -> list[Variant]:
    """Return each weight less and more by `change` of itself; none where there is one alone.

    The others are scaled so that all add up to 1; a weight does not pass 1.
    """
    if len(weights) < 2:
        return []
    made = []
    for place, weight in enumerate(weights):
        for step in (-change, change):
            own = min(weight * (1 + step), 1.0)
            rest = (1 - own) / (1 - weight)
            changed = [other * rest for other in weights]
            changed[place] = own
            made.append(Variant(place, step, tuple(changed)))
    return made
