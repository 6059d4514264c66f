"""What a case of the corpus is: how a bad file is made, and what has to come of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal, NamedTuple

from geoplan.reading import Reading


class Case(NamedTuple):
    """A file that is broken, odd or hostile, and how it ends."""

    make: Callable[[Path], Path]
    """Writes into an empty folder; returns the file to be read."""
    ends: Literal["refused", "error", "read"]
    """Refused unread; an error when it is read; or read, with what is noticed."""
    codes: tuple[str, ...]
    """Code of the error, or of notices that must all be there; none: nothing may be noticed."""
    reading: Reading = Reading()
    """Options that a person gives with it."""
    words: str = ""
    """Pattern of the error's message, or of the messages of all notices joined by new lines."""
