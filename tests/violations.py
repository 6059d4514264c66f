"""What all kinds of the soak share: violations, how to see them again, and reports."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

Say = Callable[[str], None]


class ViolationError(AssertionError):
    """A promise was broken."""


def require(what: bool, message: str) -> None:
    """Raise `ViolationError` unless it holds."""
    if not what:
        raise ViolationError(message)


@dataclass
class Report:
    """What happened, by how often."""

    counts: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        return ", ".join(f"{count} {what}" for what, count in sorted(self.counts.items()))


@contextmanager
def told_with(kind: str, seed: int, moment: int, *, first: int | None = None) -> Iterator[None]:
    """Say in every violation how to try this moment again, with those since `first` before it."""
    first = moment if first is None else first
    try:
        yield
    except ViolationError as fault:
        raise ViolationError(
            f"{kind}, moment {moment} of seed {seed}: {fault}\n"
            f"again: python -m tests.soak --{kind} {moment - first + 1} "
            f"--first {first} --seed {seed}"
        ) from fault
