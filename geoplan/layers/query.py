"""Questions to the catalogue: filtered by theme, document, unit and year, or two plans compared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from geoplan.gazetteer import Gazetteer
from geoplan.layers.statements import Reach
from geoplan.schema import records
from geoplan.sides import change_of, side_by_side

Row = dict[str, Any]


@dataclass(frozen=True)
class Query:
    """Which statements are wanted; empty fields want all.

    `unit` is a code; a statement is of it when it names it, a unit above it
    or one inside it. `year` lies in the statement's period, or is that of one
    of its readings.
    """

    themes: Sequence[str] = ()
    documents: Sequence[str] = ()
    unit: str | None = None
    year: str | None = None


def select(
    table: pd.DataFrame, query: Query, *, gazetteer: Gazetteer, scopes: Mapping[str, str]
) -> pd.DataFrame:
    """Return the rows of `statements` that `query` wants, with the column `reach` before all.

    `reach` is one of `Reach` where a unit is asked for, else empty; `scopes`
    are those of documents.
    """
    kept = []
    for row in records(table):
        if query.themes and row["theme"] not in query.themes:
            continue
        if query.documents and row["document"] not in query.documents:
            continue
        if query.year is not None and not _in_year(row, query.year):
            continue
        reach = None
        if query.unit is not None:
            scope = scopes[row["document"]]
            reach = _reach(row, query.unit, gazetteer=gazetteer, scope=scope)
            if reach is None:
                continue
        kept.append({"reach": reach, **row})
    return pd.DataFrame(kept, columns=["reach", *table.columns])


def _in_year(row: Row, year: str) -> bool:
    start, end = row["period_start"], row["period_end"]
    inside = start is not None and start <= year <= (end or start)
    return inside or year in (row["years"] or "").split()


def _reach(row: Row, unit: str, *, gazetteer: Gazetteer, scope: str) -> Reach | None:
    codes = row["adcodes"].split()
    if unit in codes:
        return "own"
    if any(code in codes for code in gazetteer.ancestors(unit)):
        return "above"
    if any(unit in gazetteer.ancestors(code) for code in codes if code in gazetteer.units):
        return "within"
    if codes:
        return None
    if row["kind"] != "file" and row["extent"] != "indicative":
        return "above" if gazetteer.within(unit, scope) else None
    near = gazetteer.within(unit, scope) or gazetteer.within(scope, unit)
    return "drawn" if near else None


def compare(
    table: pd.DataFrame, *, first: Sequence[str], second: Sequence[str], unit: str | None = None
) -> pd.DataFrame:
    """Set the statements of two sets of documents side by side.

    A statement stands with every unit that it names; its figures, which are
    of all of them together, only where it names one, else in a row for all.
    Indicators are compared by name instead of class. With `unit`, only rows
    of it are kept.

    Returns
    -------
    pandas.DataFrame
        One row for each theme, class and unit (or list of units), in the
        order of themes and classes, then of codes: `first` and `second` hold
        what each set says there, `change` is ``both``, ``first_only`` or
        ``second_only``.
    """
    cells = side_by_side(_statements(table), first=first, second=second)
    names = ["theme", "theme_title", "class", "class_title", "adcode", "unit"]
    rows = [
        dict(zip(names, key, strict=True)) | _texts(said)
        for key, said in sorted(cells.items(), key=_order(cells))
        if unit is None or unit in key[4].split()
    ]
    return pd.DataFrame(rows, columns=[*names, "first", "second", "change"])


def _statements(table: pd.DataFrame) -> Iterable[tuple[str, tuple[str, ...], str]]:
    """Yield document, key and text of every statement, for each unit that it names."""
    for row in records(table):
        if row["kind"] == "file":
            continue
        for code, name, said in _said(row):
            label = row["name"] if row["kind"] == "indicator" else row["class_title"]
            head = (row["theme"], row["theme_title"], row["class"] or "")
            yield row["document"], (*head, label or row["layer_title"], code, name), said


def _said(row: Row) -> Iterable[tuple[str, str, str]]:
    """Yield code, unit and text of a statement: for each unit, and for all where it has figures."""
    codes = row["adcodes"].split()
    units = row["units"].split("、") if codes else []
    figures = row["figures"]
    if row["kind"] == "feature":
        whole = f"{row['name']}（{figures}）" if figures else row["name"]
    else:
        whole = figures
    if len(codes) == 1:
        yield codes[0], units[0], whole
        return
    if row["kind"] == "feature":
        for code, unit in zip(codes, units, strict=True):
            yield code, unit, row["name"]
    if figures or not codes:
        yield " ".join(codes), "、".join(units), whole


def _texts(said: tuple[list[str], list[str]]) -> dict[str, str]:
    first, second = ("；".join(texts) for texts in said)
    return {"first": first, "second": second, "change": change_of(said)}


def _order(cells: Mapping[tuple[str, ...], object]) -> Any:
    """Return a key that keeps the order in which themes and classes come, units by code."""
    themes: dict[str, int] = {}
    classes: dict[tuple[str, ...], int] = {}
    for key in cells:
        themes.setdefault(key[0], len(themes))
        classes.setdefault(key[:4], len(classes))
    return lambda item: (themes[item[0][0]], classes[item[0][:4]], item[0][4])
