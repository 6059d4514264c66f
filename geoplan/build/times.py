"""How long stages took last time, so that the next build can say how long it will take."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

from geoplan.files import write_text

NAME = ".times.json"

_GUESS = {"boundaries": 0.5, "layers": 1.0, "overlay": 1.0, "analysis": 0.5, "publish": 6.0}
"""Seconds for the shipped data, where nothing is known yet."""


def seconds_of(folder: Path) -> dict[str, float]:
    """Return how many seconds each stage took when it last ran, or a guess."""
    try:
        found = json.loads((folder / NAME).read_text("utf-8"))
        known = {name: float(found[name]) for name in _GUESS if name in found}
    except (OSError, ValueError, TypeError):
        known = {}
    return {**_GUESS, **known}


def note_seconds(folder: Path, stage: str, *, seconds: float) -> None:
    """Keep how long a stage took; where that cannot be written, nothing is lost."""
    with suppress(OSError):
        write_text(folder / NAME, json.dumps({**seconds_of(folder), stage: seconds}) + "\n")
