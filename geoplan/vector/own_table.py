"""Tables of the user's own: heads found, rows in place, columns with the types that they show."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from geoplan.errors import DataError, coded, listed
from geoplan.reading import Notice, Reading
from geoplan.vector.cells import csv_cells, grid_of, workbook
from geoplan.vector.contents import MOST_ROWS, some
from geoplan.vector.figures import series_of
from geoplan.vector.frames import unique
from geoplan.vector.heads import Places, places_in
from geoplan.vector.xlsx import Grid

Known = Callable[[str], bool]
"""Whether a head of a column is one that is looked for."""


@dataclass(frozen=True)
class OwnTable:
    """A table without shapes yet."""

    name: str
    """Of the sheet, or the stem of the file."""
    heads: list[str]
    """Names of the columns, none twice."""
    cells: list[list[str]]
    """Rows as texts, each with a cell for every head."""
    lines: list[int]
    """Where each row stands in the sheet, counted from 1; in CSV, without lines in quotes."""
    places: Places
    notices: tuple[Notice, ...] = ()
    encoding: str | None = None

    def column(self, at: int) -> list[str]:
        """Return the cells of a column."""
        return [row[at] for row in self.cells]

    def frame(self, without: int | None = None) -> tuple[pd.DataFrame, list[Notice]]:
        """Return the columns, all but one, as numbers where all cells are; and what changed."""
        made, changed = {}, []
        for at, head in enumerate(self.heads):
            if at != without:
                made[head], read = series_of(self.column(at))
                changed += [head] if read else []
        notices = []
        if changed:
            text = (
                f"{len(changed)} column(s) hold numbers with separators of thousands or digits of "
                f"full width, which are read as numbers: {some(changed)}"
            )
            notices.append(Notice("format.numbers_as_text", "info", text, count=len(changed)))
        return pd.DataFrame(made, index=pd.RangeIndex(len(self.cells))), notices

    def told(self, positions: Sequence[int] | np.ndarray) -> str:
        """Return where rows stand, in words: ``lines 3, 7``."""
        lines = [str(self.lines[at]) for at in positions[:MOST_ROWS]]
        more = f" and {len(positions) - MOST_ROWS} more" if len(positions) > MOST_ROWS else ""
        return f"line{'s' if len(positions) > 1 else ''} {', '.join(lines)}{more}"


def own_tables(
    path: Path, format_: str, *, reading: Reading, encoding: str | None, known: Known
) -> list[OwnTable]:
    """Return the table of a CSV file, or of every sheet of a workbook that is not empty.

    Where `reading` names a layer, only that sheet is read. `known` says which heads are
    looked for besides coordinates and shapes.

    Raises `DataError` and `UsageError` as `places_in`, and where rows have more cells than heads.
    """
    if format_ == "csv":
        rows = csv_cells(path, encoding=encoding, strict=True)
        if not any(map(any, rows)):
            raise coded(DataError(f"{path}: is empty: it has no rows"), "format.empty")
        made = _table(path, path.stem, Grid(rows, ragged=True), reading, known)
        return [replace(made, encoding=encoding)]
    tables = []
    with workbook(path) as book:
        names = list(book.sheets)
        if reading.layer is not None:
            grid_of(path, book, wanted=reading.layer)
            names = [reading.layer]
        for name in names:
            grid = book.grid(name)
            if any(map(any, grid.rows)):
                where = path if len(names) == 1 else f"{path}, sheet {name!r}"
                tables.append(_table(where, name, grid, reading, known))
    if not tables:
        raise coded(DataError(f"{path}: is empty: its sheets have no rows"), "format.empty")
    return tables


def _table(path: object, name: str, grid: Grid, reading: Reading, known: Known) -> OwnTable:
    rows = grid.filled() if grid.merged else grid.rows
    places = places_in(path, rows, reading=reading, known=known)
    heads = list(rows[places.row])
    while heads and not heads[-1]:
        heads.pop()
    below = [(at + 1, rows[at]) for at in range(places.row + 1, len(rows)) if any(rows[at])]
    notices = [*_above(rows, places.row)]
    again = [line for line, row in below if row[: len(heads)] == heads]
    if again:
        text = f"{len(again)} row(s) repeat the heads and are left out: lines {again[:MOST_ROWS]}"
        notices.append(Notice("format.heads_again", "info", text, count=len(again)))
        below = [(line, row) for line, row in below if row[: len(heads)] != heads]
    width = max([len(heads), *(len(row) for _, row in below)])
    _check_width(path, heads, below)
    if grid.ragged:
        notices += _short(below, len(heads))
    names, renamed = unique(heads)
    cells = [(row + [""] * (width - len(row)))[: len(heads)] for _, row in below]
    notices += [*renamed, *_unseen(grid, places.row)]
    lines = [line for line, _ in below]
    return OwnTable(name, names, cells, lines, places, tuple(notices))


def _above(rows: Sequence[Sequence[str]], head: int) -> list[Notice]:
    above = [" ".join(dict.fromkeys(cell for cell in row if cell)) for row in rows[:head]]
    texts = [text[:60] for text in above if text]
    if not texts:
        return []
    text = f"the heads are in line {head + 1}; what stands above is left out: {some(texts, 3)}"
    return [Notice("format.head_row", "info", text, count=len(texts))]


def _check_width(path: object, heads: list[str], below: list[tuple[int, list[str]]]) -> None:
    wide = [
        f"line {line}: {len(row)} cells"
        for line, row in below
        if len(row) > len(heads) and any(row[len(heads) :])
    ]
    if wide:
        raise coded(
            DataError(
                f"{path}: {len(wide)} row(s) have more cells than the {len(heads)} heads, so that "
                f"cells may stand in wrong columns:\n{listed(wide)}\nwrite a head above each "
                "column, and put cells with commas in quotes"
            ),
            "format.ragged_rows",
        )


def _short(below: list[tuple[int, list[str]]], width: int) -> list[Notice]:
    short = [line for line, row in below if len(row) < width]
    if not short:
        return []
    text = f"{len(short)} row(s) have fewer cells than heads; the last cells are taken as empty"
    evidence = f"lines {', '.join(map(str, short[:MOST_ROWS]))}"
    return [Notice("format.short_rows", "warning", text, evidence=evidence, count=len(short))]


def _unseen(grid: Grid, head: int) -> list[Notice]:
    """Tell what people do not see in a sheet, or see otherwise."""
    notices = []
    hidden = [row for row in grid.hidden if row > head + 1]
    if hidden:
        text = f"{len(hidden)} row(s) are hidden in the sheet, and are read as all others"
        where = f"lines {', '.join(map(str, hidden[:MOST_ROWS]))}"
        proposal = "Delete these rows in the sheet if they are not meant."
        notices.append(
            Notice("format.hidden_rows", "warning", text, where, proposal, count=len(hidden))
        )
    uncounted = list(dict.fromkeys(row for row in grid.uncounted if row > head))
    if uncounted:
        text = (
            f"{len(uncounted)} row(s) have formulas without a saved result, whose cells are empty"
        )
        where = f"lines {', '.join(map(str, uncounted[:MOST_ROWS]))}"
        proposal = "Open the workbook in a spreadsheet program and save it."
        notices.append(
            Notice("format.formulas", "warning", text, where, proposal, count=len(uncounted))
        )
    merged = [place for place in grid.merged if place[2] > head]
    if merged:
        text = f"{len(merged)} merged range(s): the text stands in every row and column of them"
        notices.append(Notice("format.merged_cells", "info", text, count=len(merged)))
    return notices
