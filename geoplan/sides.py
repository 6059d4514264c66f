"""Two sets of documents set side by side: what each says under one key."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Literal, TypeVar

Change = Literal["both", "first_only", "second_only"]
"""Which of two sets says something under a key."""

Key = TypeVar("Key")
Said = TypeVar("Said")


def side_by_side(
    said: Iterable[tuple[str, Key, Said]],
    *,
    first: Collection[str],
    second: Collection[str],
) -> dict[Key, tuple[list[Said], list[Said]]]:
    """Gather what documents say by key: that of `first`, and that of `second`.

    `said` are document, key and what it says; other documents are passed
    over, and what a set says twice under a key stands once. Keys keep the
    order in which they come.
    """
    cells: dict[Key, tuple[list[Said], list[Said]]] = {}
    for document, key, what in said:
        if document not in first and document not in second:
            continue
        texts = cells.setdefault(key, ([], []))[0 if document in first else 1]
        if what not in texts:
            texts.append(what)
    return cells


def change_of(sides: tuple[Collection[object], Collection[object]]) -> Change:
    """Return which of two sets says something; one of them does."""
    first, second = sides
    return "both" if first and second else "first_only" if first else "second_only"
