"""Classes of whole numbers for choropleths, and ramps of colours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

MOST = 7
"""No more classes than this can be told apart."""

COUNTS = ("#ffffcc", "#c7e9b4", "#7fcdbb", "#41b6c4", "#1d91c0", "#225ea8", "#173a7a")
"""From few to many (YlGnBu), in steps that colour-blind readers tell apart too."""


@dataclass(frozen=True)
class Group:
    """Whole numbers from `least` to `most`, both included."""

    least: int
    most: int

    @property
    def text(self) -> str:
        """``3``, or ``4–6``."""
        return str(self.least) if self.least == self.most else f"{self.least}–{self.most}"


def grouped(numbers: Sequence[int]) -> list[Group]:
    """Return classes for positive whole `numbers`, sorted and each once.

    Up to `MOST` numbers stand alone. More of them are put into groups of
    1, 2, 5, 10, … that begin at multiples, as few wide as `MOST` allows;
    groups without a number are left out.
    """
    if len(numbers) <= MOST:
        return [Group(n, n) for n in numbers]
    step = next(s for s in _steps() if numbers[-1] // s - numbers[0] // s < MOST)
    starts = sorted({n // step * step for n in numbers})
    return [Group(max(start, 1), start + step - 1) for start in starts]


def _steps() -> Sequence[int]:
    return [factor * 10**power for power in range(16) for factor in (1, 2, 5)]


def ramp(colours: Sequence[str], count: int) -> list[str]:
    """Return `count` of the colours, spread; the dark end is for many classes only."""
    if count == 1:
        return [colours[len(colours) // 2]]
    top = min(len(colours) - 1, count + 1)
    return [colours[round(place * top / (count - 1))] for place in range(count)]
