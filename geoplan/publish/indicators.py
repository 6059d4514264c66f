"""Indicators of units as tables: one for each layer and set of columns, values as printed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from geoplan import schema
from geoplan.publish.citations import citation
from geoplan.publish.quotes import Quotes
from geoplan.publish.rows import rows_of
from geoplan.publish.words import Pair, coded, pair
from geoplan.schema.wording import measure_words, reading_words

Column = tuple[str, str]
"""What was read, and the year."""

_ORDER = ("actual", "actual_growth", "target", "target_growth")


@dataclass(frozen=True)
class IndicatorTable:
    """The indicators of one layer: columns are readings, rows are indicators in their order."""

    id: str
    title: Pair
    source: str
    status: Pair | None
    columns: list[Pair]
    rows: list[dict[str, Any]]


def indicator_tables(tables: schema.Tables) -> list[IndicatorTable]:
    """Return a table for each layer that has indicators; those with nothing else first."""
    by_layer: dict[str, dict[str, list[dict[str, Any]]]] = defaultdict(lambda: defaultdict(list))
    for row in rows_of(tables, "indicators"):
        by_layer[row["layer"]][row["indicator"]].append(row)
    documents = {row["document"]: row for row in rows_of(tables, "documents")}
    made = []
    for layer in sorted(rows_of(tables, "layers"), key=lambda row: row["features"] > 0):
        if layer["layer"] in by_layer:
            document = documents[layer["document"]]
            made.append(_table(layer, document, list(by_layer[layer["layer"]].values())))
    return made


def _table(
    layer: dict[str, Any], document: dict[str, Any], indicators: list[list[dict[str, Any]]]
) -> IndicatorTable:
    columns = _columns(row for rows in indicators for row in rows)
    status = document["status"]
    return IndicatorTable(
        layer["layer"],
        (layer["title"], layer["title_en"]),
        citation(document, ""),
        None if status in (None, "in_force") else pair(f"status.{status}"),
        [pair(f"reading.{kind}", year=year) for kind, year in columns],
        [_row(rows, columns) for rows in _by_group(indicators)],
    )


def _by_group(indicators: list[list[dict[str, Any]]]) -> list[list[dict[str, Any]]]:
    """Return the indicators with those of a group together, groups as they come first."""
    groups: dict[str | None, int] = {}
    for rows in indicators:
        groups.setdefault(rows[0]["group"], len(groups))
    return sorted(indicators, key=lambda rows: groups[rows[0]["group"]])


def _columns(rows: Iterable[dict[str, Any]]) -> list[Column]:
    found = {(row["reading"], row["year"]) for row in rows}
    return sorted(found, key=lambda column: (column[1], _ORDER.index(column[0])))


def _row(rows: list[dict[str, Any]], columns: list[Column]) -> dict[str, Any]:
    first = rows[0]
    cells = {(row["reading"], row["year"]): row["printed"] for row in rows}
    note = first["note"]
    return {
        "unit": (first["unit"], first["unit_en"]),
        "group": (first["group"] or "", first["group_en"] or first["group"] or ""),
        "name": (first["name"], first["name_en"]),
        "measure": _level(rows),
        "cells": [cells.get(column, "") for column in columns],
        "nature": coded("nature", first["nature"]) if first["nature"] else ("", ""),
        "note": (note, first["note_en"] or note) if note else None,
        "section": first["section"],
        "line": first["line"],
        "ref": schema.ref_of("indicators", first),
    }


def _level(rows: list[dict[str, Any]]) -> Pair:
    """Return the measure of the values, not of their growth."""
    levels = [row for row in rows if not row["reading"].endswith("growth")] or rows
    return measure_words(levels[0]) if levels[0]["measure"] else ("", "")


def indicator_data(tables: schema.Tables, quotes: Quotes) -> list[list[Any]]:
    """Return the indicators of counties for the panels: unit, name, values, source."""
    counties = set(tables["units"].loc[tables["units"]["level"] == "county", "adcode"])
    found: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for row in rows_of(tables, "indicators"):
        if row["adcode"] in counties:
            found[row["layer"], row["indicator"]].append(row)
    made = []
    for rows in found.values():
        told = [words for row in rows if (words := reading_words(row)) is not None]
        texts = ["；".join(zh for zh, _ in told), "; ".join(en for _, en in told)]
        first = rows[0]
        names = [first["name"], first["name_en"]]
        source = [first["document"], first["section"], first["line"], quotes.of_indicator(first)]
        made.append([first["adcode"], names, texts, source, schema.ref_of("indicators", first)])
    return made
