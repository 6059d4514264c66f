"""Text grids: words in them would be read as 0."""

from __future__ import annotations

from pathlib import Path

from geoplan.errors import DataError

PIECE = 2**20
HEADER_LINES = 8
ALLOWED = b"0123456789+-.,eEnNaAiIfF \t\r\n"
"""What numbers, NaN and infinities are written with."""


def check_digits(path: Path) -> None:
    """Raise `DataError` where cells of an ESRI ASCII grid are words; other files are not read."""
    if path.suffix.lower() != ".asc":
        return
    try:
        with path.open("rb") as file:
            start, lines = 0, 0
            while file.read(1).isalpha() and lines < HEADER_LINES:
                file.readline(PIECE)
                start, lines = file.tell(), lines + 1
            file.seek(start)
            while piece := file.read(PIECE):
                strange = piece.translate(None, ALLOWED)
                if strange:
                    place = start + piece.index(strange[:1])
                    word = piece[max(0, place - start - 10) :][:30].decode("utf-8", "replace")
                    raise DataError(
                        f"{path}: byte {place} is no part of a number: …{word.strip()}…; "
                        "cells have to be numbers"
                    )
                start += len(piece)
    except OSError as fault:
        raise DataError(f"{path}: cannot be read: {fault.strerror or fault}") from fault
