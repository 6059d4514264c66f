"""Numbers and angles as people write them in tables: 1,234.5, １２３, 112°45′30″."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

import numpy as np
import pandas as pd

from geoplan.vector.frames import TEXT

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?")
_ANGLE = re.compile(
    r"(?P<before>[NSEW]|东经|西经|北纬|南纬)?\s*(?P<sign>[+-]?)"
    r"(?P<d>\d{1,3}(\.\d+)?)\s*(°|度|º|:|d)\s*"
    r"((?P<m>\d{1,2}(\.\d+)?)\s*('|分|:|m)?\s*)?"
    r"((?P<s>\d{1,2}(\.\d+)?)\s*(\"|''|秒|s)?\s*)?"
    r"(?P<after>[NSEW])?",
    re.IGNORECASE,
)
_NEGATIVE = ("S", "W", "南纬", "西经")
_MARKS = str.maketrans({"′": "'", "’": "'", "‘": "'", "″": '"', "”": '"', "“": '"', "−": "-"})


def number_of(text: str) -> float | None:
    """Return the number that a cell stands for; None where it is none."""
    plain = _plain(text)
    if _THOUSANDS.fullmatch(plain):
        plain = plain.replace(",", "")
    return float(plain) if _NUMBER.fullmatch(plain) else None


def degrees_of(text: str) -> float | None:
    """Return the degrees of an angle with minutes and seconds; None where it is none.

    Minutes and seconds are below 60; south and west are negative.
    """
    found = _ANGLE.fullmatch(_plain(text))
    if found is None:
        return None
    sides = [side.upper() for side in (found["before"], found["after"]) if side]
    minutes, seconds = float(found["m"] or 0), float(found["s"] or 0)
    if minutes >= 60 or seconds >= 60 or len(sides) > 1:
        return None
    if "." in found["d"] and found["m"]:
        return None
    value = float(found["d"]) + minutes / 60 + seconds / 3600
    minus = found["sign"] == "-" or any(side in _NEGATIVE for side in sides)
    return -value if minus else value


def _plain(text: str) -> str:
    if text.isascii():
        return text.strip()
    # The marks of minutes would fall apart when they are made plain.
    return unicodedata.normalize("NFKC", text.translate(_MARKS)).translate(_MARKS).strip()


def series_of(cells: Sequence[str]) -> tuple[pd.Series, bool]:
    """Return a column of cells as numbers where all of them are; and whether letters changed.

    Codes with zeros before them, and numbers of more than 15 digits, stay texts. What
    changed is thousands separators, and digits of full width.
    """
    there = [cell for cell in cells if cell]
    values = [number_of(cell) for cell in there]
    texts = [_plain(cell) for cell in there]
    if not there or None in values or any(map(_is_code, texts)):
        return pd.Series([cell or None for cell in cells], dtype=TEXT), False
    changed = any(
        "," in text or text != cell.strip() for text, cell in zip(texts, there, strict=True)
    )
    whole = all(re.fullmatch(r"[+-]?[\d,]+", text) for text in texts)
    each = iter(values)
    numbers = [next(each) if cell else None for cell in cells]
    if not whole:
        return pd.Series(np.array(numbers, dtype=np.float64)), changed
    integers = [None if number is None else int(number) for number in numbers]
    if None in integers:
        return pd.Series(pd.array(integers, dtype="Int64")), changed
    return pd.Series(np.array(integers, dtype=np.int64)), changed


def _is_code(text: str) -> bool:
    digits = text.lstrip("+-")
    long = sum(letter.isdigit() for letter in digits.partition("e")[0]) > 15
    return bool(re.match(r"0\d", digits)) or (long and "." not in digits)
