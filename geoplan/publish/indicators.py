"""Indicators of units as tables: one for each layer and set of columns, values as printed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from geoplan import schema
from geoplan.publish.citations import citation
from geoplan.publish.pages import Pair
from geoplan.publish.rows import rows_of
from geoplan.publish.words import coded, pair
from geoplan.schema.measures import measure_words

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
        [_row(rows, columns) for rows in indicators],
    )


def _columns(rows: Iterable[dict[str, Any]]) -> list[Column]:
    found = {(row["reading"], row["year"]) for row in rows}
    return sorted(found, key=lambda column: (column[1], _ORDER.index(column[0])))


def _row(rows: list[dict[str, Any]], columns: list[Column]) -> dict[str, Any]:
    first = rows[0]
    cells = {(row["reading"], row["year"]): row["printed"] for row in rows}
    note = first["note"]
    return {
        "unit": first["unit"],
        "group": (first["group"] or "", first["group_en"] or first["group"] or ""),
        "name": (first["name"], first["name_en"]),
        "measure": measure_words(first),
        "cells": [cells.get(column, "") for column in columns],
        "nature": coded("nature", first["nature"]) if first["nature"] else ("", ""),
        "note": (note, first["note_en"] or note) if note else None,
        "section": first["section"],
        "line": first["line"],
    }


def indicator_data(tables: schema.Tables) -> list[list[Any]]:
    """Return the indicators of counties for the panels: unit, name, values, source."""
    counties = set(tables["units"].loc[tables["units"]["level"] == "county", "adcode"])
    found: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for row in rows_of(tables, "indicators"):
        if row["adcode"] in counties:
            found[row["layer"], row["indicator"]].append(row)
    return [
        [
            rows[0]["adcode"],
            [rows[0]["name"], rows[0]["name_en"]],
            ["；".join(_said(row, 0) for row in rows), "; ".join(_said(row, 1) for row in rows)],
            [rows[0]["document"], rows[0]["section"], rows[0]["line"]],
        ]
        for rows in found.values()
    ]


def _said(row: dict[str, Any], language: int) -> str:
    """Return one reading as printed, with the measure where the cell is a plain number."""
    words = pair(f"reading.{row['reading']}", year=row["year"])[language]
    growth = row["reading"].endswith("growth")
    measure = "" if growth or row["value"] is None else measure_words(row)[language]
    return f"{words} {row['printed']}{measure}"
