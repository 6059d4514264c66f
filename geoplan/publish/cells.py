"""Cells of tables as numbers and as bytes: which rows hold what, and marks of their content."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2b, sha256
from typing import Any

import numpy as np
import pandas as pd

import shapely

from geoplan import schema

MARK = 16
"""Bytes that stand for a text or a shape; numbers stand for themselves."""


@dataclass(frozen=True)
class Cut:
    """Some columns of a table, and the places of some rows; None is all of them."""

    columns: tuple[str, ...]
    rows: np.ndarray | None = None


class Cells:
    """The cells of tables; what was asked of a column is kept."""

    def __init__(self, tables: schema.Tables) -> None:
        self._tables = tables
        self._found: dict[str, tuple[np.ndarray, list[Any]]] = {}
        self._marks: dict[str, np.ndarray] = {}

    def where(self, column: str, wanted: Callable[[str], bool]) -> np.ndarray:
        """Return for each row whether its text in `column` (``table.column``) is `wanted`.

        Empty cells are not.
        """
        codes, found = self._coded(column)
        # The code of an empty cell is -1: the last one.
        is_wanted = np.array([*(bool(wanted(text)) for text in found), False], dtype=bool)
        return np.asarray(is_wanted[codes])

    def texts(self, column: str, rows: np.ndarray | None = None) -> set[str]:
        """Return the texts of a column in `rows`, in all without them; no empty cells."""
        codes, found = self._coded(column)
        if rows is None:
            return set(found)
        return {found[code] for code in np.unique(codes[rows]) if code >= 0}

    def digest(self, cuts: Mapping[str, Cut], *more: str) -> str:
        """Return a sha256 over `cuts` by table, and `more`: the same wherever it is computed."""
        made = sha256()
        for text in more:
            made.update(f"{len(text)} {text}\n".encode())
        for name, cut in sorted(cuts.items()):
            for column in cut.columns:
                marks = self._marked(f"{name}.{column}")
                marks = marks if cut.rows is None else marks[cut.rows]
                made.update(f"{name}.{column} {marks.shape}\n".encode())
                made.update(marks.tobytes())
        return made.hexdigest()

    def _cells(self, column: str) -> pd.Series:
        table, _, name = column.partition(".")
        return self._tables[table][name]

    def _coded(self, column: str) -> tuple[np.ndarray, list[Any]]:
        if column not in self._found:
            codes, found = pd.factorize(self._cells(column))
            self._found[column] = codes, found.tolist()
        return self._found[column]

    def _marked(self, column: str) -> np.ndarray:
        if column not in self._marks:
            cells = self._cells(column)
            if column.endswith(".geometry"):
                written = shapely.to_wkb(cells.to_numpy(dtype=object), byte_order=1)
                marks = _stacked(b"" if w is None else _mark(w) for w in written)
            elif cells.dtype.kind in "fib":
                marks = _numbers(cells.to_numpy())
            else:
                codes, found = self._coded(column)
                marks = _stacked([*(_mark(_written(text)) for text in found), b""])[codes]
            self._marks[column] = marks
        return self._marks[column]


def _numbers(cells: np.ndarray) -> np.ndarray:
    # An empty cell may be any of many bit patterns.
    real = np.where(np.isnan(cells), np.nan, cells) if cells.dtype.kind == "f" else cells
    plain = real.astype("<f8" if cells.dtype.kind == "f" else "<i8")
    return plain.view(np.uint8).reshape(len(plain), 8)


def _stacked(marks: Iterable[bytes]) -> np.ndarray:
    joined = b"".join(mark.ljust(MARK, b"\0") for mark in marks)
    return np.frombuffer(joined, dtype=np.uint8).reshape(-1, MARK)


def _mark(content: bytes) -> bytes:
    return blake2b(content, digest_size=MARK).digest()


def _written(text: object) -> bytes:
    return text.encode("utf-8", "surrogatepass") if isinstance(text, str) else repr(text).encode()
