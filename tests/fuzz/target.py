"""What a target of the fuzzer is, and the rules that hold for all of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

SECONDS = 10.0
"""How long one input may take."""

MEMORY = 1 << 30
"""Bytes that one input may take."""


class WrongError(AssertionError):
    """A result that is wrong, where nothing was raised."""


class Target(NamedTuple):
    """What is fed with inputs."""

    seeds: Callable[[], list[bytes]]
    """Honest inputs, made by code."""
    run: Callable[[bytes, Path], str]
    """Takes an input and a folder; returns what came of it in a word. Any error but
    `GeoplanError`, which it catches itself, is a finding."""
    guided: tuple[str, ...] = ()
    """Modules whose branches guide the fuzzer; none: chance alone."""


def require(good: bool, told: str) -> None:
    """Raise `WrongError` where something does not hold."""
    if not good:
        raise WrongError(told)
