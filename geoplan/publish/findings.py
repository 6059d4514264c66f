"""Findings about the texts (文本待核实事项): what a person should check, with where it stands."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from geoplan import schema
from geoplan.publish.citations import citation
from geoplan.publish.rows import rows_of
from geoplan.publish.words import coded


def finding_rows(tables: schema.Tables) -> list[dict[str, Any]]:
    """Return the findings for the index: kind, title and detail as pairs, and their places.

    A place has its citation, line, and the words there.
    """
    documents = {row["document"]: row for row in rows_of(tables, "documents")}
    return [
        {
            "kind": coded("finding", rows[0]["kind"]),
            "title": (rows[0]["title"], rows[0]["title_en"]),
            "detail": (rows[0]["detail"], rows[0]["detail_en"]),
            "places": [
                {
                    "citation": citation(documents[row["document"]], row["section"]),
                    "line": row["line"],
                    "printed": row["printed"],
                }
                for row in rows
            ],
        }
        for rows in _grouped(tables).values()
    ]


def finding_data(tables: schema.Tables) -> list[dict[str, Any]]:
    """Return the findings for the panels of maps, with the units that they concern."""
    return [
        {
            "k": rows[0]["kind"],
            "t": [rows[0]["title"], rows[0]["title_en"]],
            "x": [rows[0]["detail"], rows[0]["detail_en"]],
            "u": (rows[0]["units"] or "").split(),
            "at": [[row["document"], row["section"], row["line"]] for row in rows],
        }
        for rows in _grouped(tables).values()
    ]


def _grouped(tables: schema.Tables) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows_of(tables, "findings"):
        found[row["finding"]].append(row)
    return dict(found)
