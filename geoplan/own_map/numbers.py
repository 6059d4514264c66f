"""Numbers as texts: never an exponent as 1e+06, with as many digits as tell them apart."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

FEWEST, MOST = 6, 15
"""Significant digits; more than 15 show how computers round."""

SMALL, LARGE = 1e-9, 1e18
"""Numbers beyond these are written as 1.5×10²⁰."""

_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def steady(numbers: np.ndarray) -> np.ndarray:
    """Return numbers to 15 digits, so that 0.1 + 0.2 is 0.3; whole ones as they are."""
    there = np.isfinite(numbers)
    broken = there & (numbers != np.rint(np.where(there, numbers, 0.0)))
    made = numbers + 0.0  # there is no -0
    made[broken] = [float(f"{n:.{MOST}g}") for n in numbers[broken].tolist()]
    return made


def digits_of(numbers: Sequence[float]) -> int:
    """Return the fewest digits (6 to 15) with which different numbers have different texts."""
    wanted = len(set(numbers))
    for digits in range(FEWEST, MOST):
        if len({number_text(n, digits=digits) for n in numbers}) == wanted:
            return digits
    return MOST


def number_text(value: float, *, digits: int) -> str:
    """Return a number with so many digits, whole ones in full, without zeros at the end."""
    size = abs(value)
    if value == 0:
        return "0"
    if SMALL <= size < LARGE:
        if value == int(value):
            return f"{value:.0f}"
        decimals = max(digits - 1 - math.floor(math.log10(size)), 0)
        text = f"{value:.{decimals}f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    head, _, power = f"{value:.{digits - 1}e}".partition("e")
    head = head.rstrip("0").rstrip(".") if "." in head else head
    return f"{head}×10{str(int(power)).translate(_RAISED)}"
