"""Findings about the texts (文本待核实事项): what a person should check, with where it stands."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Set
from dataclasses import dataclass
from typing import Any

from geoplan import schema
from geoplan.publish.citations import citation
from geoplan.publish.quotes import Quotes
from geoplan.publish.rows import rows_of
from geoplan.publish.words import Pair, coded


@dataclass(frozen=True)
class Group:
    """The findings whose first place is in one document."""

    document: str
    source: str
    rows: list[dict[str, Any]]


def finding_groups(tables: schema.Tables) -> list[Group]:
    """Return the findings by document, in the order of documents.

    A row has kind, title and detail as pairs, and places: each with its
    section (with the document where it is another), lines, and the words there.
    """
    documents = {row["document"]: row for row in rows_of(tables, "documents")}
    grouped: dict[str, list[dict[str, Any]]] = {key: [] for key in documents}
    for rows in _grouped(tables).values():
        home = rows[0]["document"]
        grouped[home].append(_row(rows, home, documents))
    return [Group(key, citation(documents[key], ""), rows) for key, rows in grouped.items() if rows]


def _row(
    rows: list[dict[str, Any]], home: str, documents: dict[str, dict[str, Any]]
) -> dict[str, Any]:
    return {
        "kind": coded("finding", rows[0]["kind"]),
        "title": (rows[0]["title"], rows[0]["title_en"]),
        "detail": (rows[0]["detail"], rows[0]["detail_en"]),
        "places": [
            {
                "section": row["section"]
                if row["document"] == home
                else citation(documents[row["document"]], row["section"]),
                "lines": row["lines"].replace(" ", "、"),
                "ref": schema.ref_of("findings", row),
                "printed": row["printed"],
            }
            for row in rows
        ],
    }


def finding_kinds(tables: schema.Tables) -> list[tuple[Pair, int]]:
    """Return how many findings there are of each kind, most first."""
    kinds = Counter(rows[0]["kind"] for rows in _grouped(tables).values())
    return [(coded("finding", kind), n) for kind, n in kinds.most_common()]


def finding_data(
    tables: schema.Tables, counties: Set[str], *, quotes: Quotes
) -> list[dict[str, Any]]:
    """Return the findings that name one of `counties`, with these, for the panels of maps."""
    return [
        {
            "id": rows[0]["finding"],
            "k": rows[0]["kind"],
            "t": [rows[0]["title"], rows[0]["title_en"]],
            "x": [rows[0]["detail"], rows[0]["detail_en"]],
            "u": [code for code in (rows[0]["units"] or "").split() if code in counties],
            "at": [
                [row["document"], row["section"], row["line"], quotes.of_finding(row)]
                for row in rows
            ],
        }
        for rows in _grouped(tables).values()
        if not counties.isdisjoint((rows[0]["units"] or "").split())
    ]


def _grouped(tables: schema.Tables) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows_of(tables, "findings"):
        found[row["finding"]].append(row)
    return dict(found)
