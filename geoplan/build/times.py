"""How long stages took last time, so that the next build can say how long it will take."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from geoplan.files import read_sealed, sealed, write_text

NAME = ".times.json"

_GUESS = {"boundaries": 0.5, "layers": 1.0, "overlay": 1.0, "analysis": 0.5, "publish": 6.0}
"""Seconds for the shipped data, where nothing is known yet."""


def seconds_of(folder: Path) -> dict[str, float]:
    """Return how many seconds each stage took when it last ran, or a guess."""
    return {**_GUESS, **read_sealed(folder / NAME)}


def note_seconds(folder: Path, stage: str, *, seconds: float) -> None:
    """Keep how long a stage took; where that cannot be written, nothing is lost."""
    with suppress(OSError):
        write_text(folder / NAME, sealed({**seconds_of(folder), stage: seconds}))
