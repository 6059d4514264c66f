"""Classes of a column: texts as they are, few numbers as they are, many numbers by quantiles."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from geoplan.layers import Registry
from geoplan.own_map.numbers import digits_of, number_text, steady

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

MOST_LETTERS = 60
"""Letters of a text that are shown; what is longer is cut."""

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
    grouped: tuple[tuple[Pair, tuple[str, ...]], ...] = ()
    """Titles of classes of plans, with the texts that stand for each."""
    infinite: int = 0
    """How many numbers are infinite, and so not filled in."""
    cut: int = 0
    """How many different texts are longer than `MOST_LETTERS` and are cut where they are shown."""


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
        Classes of plans: texts that are the id, a title or today's term of one are that
        class, with its title and colour; letters may be small or large.
    """
    numeric = pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)
    if not numeric:
        return _of_texts(values, sizes, registry)
    numbers = steady(values.astype("float64").to_numpy())
    made = _of_numbers(numbers, np.isfinite(numbers))
    return replace(made, infinite=int(np.isinf(numbers).sum()))


def _of_numbers(numbers: np.ndarray, there: np.ndarray) -> Classes:
    different = np.unique(numbers[there])
    if len(different) <= MOST_NUMBERS:
        digits = digits_of(different.tolist())
        classes = _drawn([number_text(n, digits=digits) for n in different.tolist()], {})
        codes = np.searchsorted(different, numbers)
        texts = _texts_of(numbers, digits)
        return _with_empty(classes, np.where(there, codes, -1), texts, "numbers")
    breaks = np.quantile(numbers[there], np.linspace(0, 1, QUANTILES + 1)[1:-1])
    raw = np.searchsorted(breaks, numbers, side="left")
    # Where many numbers are the same, classes between them are empty.
    used = np.unique(raw[there])
    codes = np.searchsorted(used, raw)
    own = [numbers[there & (codes == code)] for code in range(len(used))]
    limits = [(float(n.min()), float(n.max())) for n in own]
    digits = digits_of([limit for pair in limits for limit in pair])
    ramp = [RAMP[round(i * (len(RAMP) - 1) / max(len(used) - 1, 1))] for i in range(len(used))]
    titles = []
    for pair in limits:
        low, high = (number_text(limit, digits=digits) for limit in pair)
        titles.append(low if low == high else f"{low} – {high}")
    classes = [Class((t, t), colour) for t, colour in zip(titles, ramp, strict=True)]
    texts = _texts_of(numbers, digits)
    return _with_empty(classes, np.where(there, codes, -1), texts, "quantiles")


def _texts_of(numbers: np.ndarray, digits: int) -> list[str]:
    return [number_text(n, digits=digits) if np.isfinite(n) else "" for n in numbers.tolist()]


def _of_texts(values: pd.Series, sizes: np.ndarray, registry: Registry) -> Classes:
    texts = [plain(cell) for cell in values]
    known = _known(registry)
    by_key: dict[str, float] = {}
    spelt: dict[str, set[str]] = {}
    for text, size in zip(texts, sizes.tolist(), strict=True):
        if text:
            key = _key(text, known)
            by_key[key] = by_key.get(key, 0.0) + size
            spelt.setdefault(key, set()).add(text)
    ordered = sorted(by_key, key=lambda key: (-by_key[key], key))
    kept = ordered if len(ordered) <= MOST_TEXTS else ordered[: MOST_TEXTS - 1]
    classes, others = _drawn(kept, known), len(ordered) - len(kept)
    grouped = tuple(
        (drawn.title, tuple(sorted(spelt[key])))
        for key, drawn in zip(kept, classes, strict=True)
        if spelt[key] != {drawn.title[0]}
    )
    classes = _cut(classes)
    if others:
        classes.append(Class((f"其他 {others} 类", f"{others} other classes"), *OTHER))
    place = {key: i for i, key in enumerate(kept)}
    place |= dict.fromkeys(ordered[len(kept) :], len(kept))
    codes = np.array([place.get(_key(text, known), -1) for text in texts], dtype=np.int64)
    made = _with_empty(classes, codes, [cut(text) for text in texts], "texts", others)
    return replace(made, grouped=grouped, cut=sum(len(key) > MOST_LETTERS for key in ordered))


def cut(text: str) -> str:
    """Return a text, or how it begins and ``…`` where it is longer than `MOST_LETTERS`."""
    return text if len(text) <= MOST_LETTERS else f"{text[:MOST_LETTERS]}…"


def _cut(classes: list[Class]) -> list[Class]:
    """Cut long titles; those that are then the same get a number."""
    seen: dict[str, int] = {}
    made = []
    for drawn in classes:
        zh, en = (cut(title) for title in drawn.title)
        n = seen[zh] = seen.get(zh, 0) + 1
        made.append(replace(drawn, title=(zh, en) if n == 1 else (f"{zh}（{n}）", f"{en} ({n})")))
    return made


def _key(text: str, known: dict[str, Class]) -> str:
    """Return what rows of one class have in common: the title that plans have, else the text."""
    drawn = known.get(text.casefold())
    return drawn.title[0] if drawn else text


def _with_empty(
    classes: list[Class], codes: np.ndarray, texts: list[str], method: str, others: int = 0
) -> Classes:
    """Give rows without a value (code -1) a class of their own, where there are some."""
    codes = codes.astype(np.int64)
    if (codes < 0).any():
        classes = [*classes, Class(("未填写", "not filled in"), *EMPTY)]
        codes = np.where(codes < 0, len(classes) - 1, codes)
    return Classes(classes, codes, texts, method, others)


def _known(registry: Registry) -> dict[str, Class]:
    """Return the classes of plans by their names in small letters.

    Names are ids and titles, and today's terms that stand for one class alone.
    """
    made = [
        (entry, Class((entry.title.zh, entry.title.en), entry.colour, entry.pattern))
        for entry in registry.class_
    ]
    terms: dict[str, list[Class]] = {}
    for entry, drawn in made:
        for name in {entry.today.zh, entry.today.en} if entry.today else ():
            terms.setdefault(_folded(name), []).append(drawn)
    known = {name: drawn[0] for name, drawn in terms.items() if len(drawn) == 1}
    for entry, drawn in reversed(made):  # where names are the same, the first has them
        known |= {_folded(n): drawn for n in (entry.title.en, entry.title.zh)}
    return known | {_folded(entry.id): drawn for entry, drawn in reversed(made)}


def _folded(name: str) -> str:
    return plain(name).casefold()


def _drawn(titles: Sequence[str], known: dict[str, Class]) -> list[Class]:
    """Return classes with colours: those that plans have, else of the palette in turn."""
    own = [known.get(title.casefold()) for title in titles]
    taken = {drawn.colour for drawn in own if drawn}
    free = [(colour, pattern) for pattern in PATTERNS for colour in PALETTE if colour not in taken]
    return [
        drawn or Class((title, title), *free.pop(0))
        for title, drawn in zip(titles, own, strict=True)
    ]


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
