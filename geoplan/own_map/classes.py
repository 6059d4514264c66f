"""Classes of a column: texts as they are, few numbers as they are, many numbers by quantiles."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from geoplan.layers import Registry

MOST_NUMBERS = 12
"""Different numbers up to which each is a class of its own."""

QUANTILES = 5
"""Classes of more numbers, of about as many shapes each."""

MOST_TEXTS = 20
"""Classes of texts; of more, the largest stay and the others are one class."""

PALETTE = (
    *("#0072b2", "#e69f00", "#009e73", "#cc79a7"),
    *("#56b4e9", "#d55e00", "#332288", "#f0e442"),
)
"""Colours that people with any colour vision can tell apart (Okabe and Ito, and an indigo)."""

PATTERNS = ("solid", "hatch", "cross")
"""What tells classes apart once the colours begin again."""

RAMP = ("#ffffb2", "#fecc5c", "#fd8d3c", "#f03b20", "#bd0026")
"""From low to high; its lightness falls all along (ColorBrewer YlOrRd)."""

OTHER, EMPTY = ("#8a8a8a", "hatch"), ("#c4c4c4", "solid")
"""Colour and pattern of what is left, and of empty cells."""

Pair = tuple[str, str]


@dataclass(frozen=True)
class Class:
    """One class: its title, and how it is drawn."""

    title: Pair
    colour: str
    pattern: str = "solid"
    today: Pair | None = None


@dataclass(frozen=True)
class Classes:
    """Classes in the order of the legend, the number of each row's, and its value as text."""

    classes: list[Class]
    codes: np.ndarray
    texts: list[str]
    method: str
    """``texts``, ``numbers`` or ``quantiles``."""
    others: int = 0
    """How many texts stand together as one class."""


def classify(values: pd.Series, sizes: np.ndarray, *, registry: Registry) -> Classes:
    """Return the classes of a column.

    Parameters
    ----------
    values
        The column. Empty cells, blank texts and numbers that are none become a
        class of their own, the last one.
    sizes
        How much each row counts where classes are put in order: area, length, or 1.
    registry
        Classes of plans: a value that is an id or a title there has its colour.
    """
    numeric = pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)
    if not numeric:
        return _of_texts(values, sizes, registry)
    numbers = values.astype("float64").to_numpy()
    there = np.isfinite(numbers)
    texts = [_number(n) if known else "" for n, known in zip(numbers.tolist(), there, strict=True)]
    different = np.unique(numbers[there])
    if len(different) <= MOST_NUMBERS:
        classes = _drawn([_number(float(n)) for n in different], registry)
        codes = np.searchsorted(different, numbers)
        return _with_empty(classes, np.where(there, codes, -1), texts, "numbers")
    breaks = np.quantile(numbers[there], np.linspace(0, 1, QUANTILES + 1)[1:-1])
    raw = np.searchsorted(breaks, numbers, side="left")
    # Where many numbers are the same, classes between them are empty.
    used = np.unique(raw[there])
    codes = np.searchsorted(used, raw)
    ramp = [RAMP[round(i * (len(RAMP) - 1) / max(len(used) - 1, 1))] for i in range(len(used))]
    titles = []
    for code in range(len(used)):
        own = numbers[there & (codes == code)]
        low, high = _number(float(own.min())), _number(float(own.max()))
        titles.append(low if low == high else f"{low} – {high}")
    classes = [Class((t, t), colour) for t, colour in zip(titles, ramp, strict=True)]
    return _with_empty(classes, np.where(there, codes, -1), texts, "quantiles")


def _of_texts(values: pd.Series, sizes: np.ndarray, registry: Registry) -> Classes:
    texts = [plain(cell) for cell in values]
    by_text: dict[str, float] = {}
    for text, size in zip(texts, sizes.tolist(), strict=True):
        if text:
            by_text[text] = by_text.get(text, 0.0) + size
    ordered = sorted(by_text, key=lambda text: (-by_text[text], text))
    kept = ordered if len(ordered) <= MOST_TEXTS else ordered[: MOST_TEXTS - 1]
    classes, others = _drawn(kept, registry), len(ordered) - len(kept)
    if others:
        classes.append(Class((f"其他 {others} 类", f"{others} other classes"), *OTHER))
    place = {text: i for i, text in enumerate(kept)}
    place |= dict.fromkeys(ordered[len(kept) :], len(kept))
    codes = np.array([place.get(text, -1) for text in texts], dtype=np.int64)
    return _with_empty(classes, codes, texts, "texts", others)


def _with_empty(
    classes: list[Class], codes: np.ndarray, texts: list[str], method: str, others: int = 0
) -> Classes:
    """Give rows without a value (code -1) a class of their own, where there are some."""
    codes = codes.astype(np.int64)
    if (codes < 0).any():
        classes = [*classes, Class(("未填写", "not filled in"), *EMPTY)]
        codes = np.where(codes < 0, len(classes) - 1, codes)
    return Classes(classes, codes, texts, method, others)


def _drawn(titles: Sequence[str], registry: Registry) -> list[Class]:
    """Return classes with colours: those that plans have, else of the palette in turn."""
    known: dict[str, Class] = {}
    for entry in reversed(registry.class_):
        drawn = Class((entry.title.zh, entry.title.en), entry.colour, entry.pattern)
        names = [entry.id, entry.title.zh, entry.title.en]
        names += [entry.today.zh, entry.today.en] if entry.today else []
        known |= {name.casefold(): drawn for name in names}
    taken = {known[t.casefold()].colour for t in titles if t.casefold() in known}
    free = [(colour, pattern) for pattern in PATTERNS for colour in PALETTE if colour not in taken]
    made = []
    for title in titles:
        own = known.get(title.casefold())
        if own is None:
            made.append(Class((title, title), *free.pop(0)))
        else:
            english = own.title[1] if title in (own.title[0], own.title[1]) else title
            made.append(Class((title, english), own.colour, own.pattern))
    return made


def plain(cell: object) -> str:
    """Return a cell as text on one line; empty for what is empty or blank.

    Characters that cannot be printed are shown as U+FFFD.
    """
    if (
        cell is None
        or cell is pd.NA
        or cell is pd.NaT
        or (isinstance(cell, float) and math.isnan(cell))
    ):
        return ""
    text = " ".join(str(cell).split())
    return text if text.isprintable() else "".join(c if c.isprintable() else "\ufffd" for c in text)


def _number(value: float) -> str:
    """Return a number as people write it: whole ones in full, others with 6 digits."""
    return f"{value:.0f}" if value == int(value) and abs(value) < 1e15 else f"{value:.6g}"
