"""How a grid is shown as a picture: steps of its values, their colours, and how large it may be."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

LONGEST_PX = 1200
"""Pixels of the longer side of a picture, at most."""

MOST_BYTES = 300_000
"""Bytes of a picture, at most."""

MOST_STEPS = 8
"""Steps of colour that can still be told apart."""

RAMP = ("#7fb38a", "#d3deb0", "#f6ecc6", "#e0bd86", "#b98a5e", "#8d6a57")
"""Colours of low to high values, pale enough for names and lines on top."""

COARSE_M = 50.0
"""Side of a cell, in metres, above which a grid is no base for 双评价."""

_ROUND = (1.0, 2.0, 2.5, 5.0, 10.0)


class Sized(Protocol):
    """A picture that has been made."""

    @property
    def png(self) -> bytes:
        """Its bytes."""


Made = TypeVar("Made", bound=Sized)


def edges_of(low: float, high: float, *, most: int = MOST_STEPS) -> tuple[float, ...]:
    """Return round limits of equal steps, at most `most`, that hold what lies from `low` to `high`.

    There is one limit more than there are steps. A single value is one step without width.
    """
    if not low < high:
        return (low, low)
    power = 10.0 ** math.floor(math.log10((high - low) / most))
    for width in (power * part for part in (*_ROUND, 20.0)):
        first, last = math.floor(low / width), math.ceil(high / width)
        if last - first <= most:
            break
    digits = max(0, 1 - math.floor(math.log10(width)))
    return tuple(round(i * width, digits) for i in range(first, last + 1))


def colours_of(ramp: Sequence[str], count: int) -> tuple[str, ...]:
    """Return `count` colours (``#rrggbb``) from the first of `ramp` to its last, evenly."""
    known = [tuple(int(text[i : i + 2], 16) for i in (1, 3, 5)) for text in ramp]
    made = []
    for number in range(count):
        at = (len(known) - 1) * (number / (count - 1) if count > 1 else 0.5)
        before = min(int(at), len(known) - 2) if len(known) > 1 else 0
        one, two = known[before], known[min(before + 1, len(known) - 1)]
        mixed = (round(a + (b - a) * (at - before)) for a, b in zip(one, two, strict=True))
        made.append("#" + "".join(f"{part:02x}" for part in mixed))
    return tuple(made)


def digits_of(low: float, high: float) -> int:
    """Return how many decimals tell a hundredth of what lies between `low` and `high`."""
    return min(6, max(0, -math.floor(math.log10((high - low) / 100)))) if low < high else 2


def bounded(
    make: Callable[[int], Made], *, longest_px: int = LONGEST_PX, most_bytes: int = MOST_BYTES
) -> Made:
    """Return what `make` makes, with fewer pixels as long as it has more than `most_bytes`.

    `make` is given the pixels of the longer side. What is still too large at 100 is returned.
    """
    made = make(longest_px)
    while len(made.png) > most_bytes and longest_px > 100:
        # Bytes grow about as the number of pixels does.
        part = math.sqrt(most_bytes / len(made.png))
        longest_px = max(100, int(longest_px * min(0.95, part)))
        made = make(longest_px)
    return made
