"""Claims of the index: what was measured, what was counted in the text, what cannot be checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, get_args

from geoplan import schema
from geoplan.publish.atlas import Atlas, Texts
from geoplan.publish.citations import citation
from geoplan.publish.quotes import Quotes
from geoplan.publish.rows import rounded, rows_of
from geoplan.publish.words import Pair, coded
from geoplan.schema import ClaimStatus
from geoplan.schema.wording import figure_words, measure_words, number_words

STATUSES: tuple[ClaimStatus, ...] = get_args(ClaimStatus)

UNCHECKED = ("target_year", "voltage", "speed", "duration")
"""Quantities that nothing could be set against: they stand with their features only."""

OF_UNITS = ("indicator", "partition")
"""Quantities of units, of no feature: no map shows them."""

KINDS = {
    "geometry": "measured",
    "list": "counted",
    "arithmetic": "summed",
    "between_documents": "summed",
}
"""How claims are told apart, by method; those without one are unchecked."""

ORDER = ("area", "share", "length")
"""Quantities in the order of the table; others follow."""


@dataclass(frozen=True)
class Group:
    """Claims that were checked in one way, with how many there are of each finding."""

    kind: str
    """``measured`` or ``counted``."""
    rows: list[dict[str, Any]]
    """Those to show: of counted ones only what does not agree."""
    total: int
    findings: list[tuple[ClaimStatus, Pair, int]]


def claim_groups(atlas: Atlas) -> list[Group]:
    """Return the claims of the index as groups: measured, counted; empty ones are left out.

    A row has subject, figures with their measure, finding, reason and source.
    """
    documents = {row["document"]: row for row in rows_of(atlas.tables, "documents")}
    names = titles(atlas)
    grouped: dict[str, list[dict[str, Any]]] = {"measured": [], "counted": []}
    for row in rows_of(atlas.tables, "claims"):
        if _kind(row) not in grouped:
            continue
        source = citation(documents[row["document"]], row["section"])
        made = _row(row) | {"citation": source}
        made["subject"] = names.get(row["of"], (row["of"], row["of"]))
        grouped[_kind(row)].append(made)
    return [_group(kind, rows) for kind, rows in grouped.items() if rows]


def claim_data(atlas: Atlas, texts: Texts, *, quotes: Quotes) -> list[dict[str, Any]]:
    """Return the claims for the panels of maps; figures in the measure that is printed.

    What a claim is about is the place of its layer, and the name behind the
    ``/``; the words themselves where the page does not have the layer.
    """
    rows = (r for r in rows_of(atlas.tables, "claims") if r["quantity"] not in UNCHECKED)
    return [_told(row, texts, quotes) | {"of": _about(row["of"], atlas)} for row in rows]


def _about(of: str, atlas: Atlas) -> list[int | str] | str:
    layer, _, part = of.partition("/")
    at = atlas.order.layers.get(layer)
    return of if at is None else [at, *([part] if part else [])]


def _told(row: dict[str, Any], texts: Texts, quotes: Quotes) -> dict[str, Any]:
    made = {
        "id": row["id"],
        "q": row["quantity"],
        "n": texts.put(list(what(row))),
        "p": list(figure_words(row)),
        "v": rounded(row["computed"], 4),
        "df": rounded(row["difference"], 4),
        "m": list(measure_words(row)) if row["computed"] is not None else None,
        "st": None if row["method"] is None else row["status"],
        "r": row["reason"],
        "k": None if row["method"] is None else _kind(row),
        "ms": row["missing"],
        "fx": row["formula"] if row["method"] != "list" else None,
        "s": texts.put(row["section"]),
        "ln": row["line"],
        "qt": quotes.of_claim(row),
    }
    return {key: value for key, value in made.items() if value is not None}


def _kind(claim: dict[str, Any]) -> str:
    if claim["status"] == "not_checkable":
        return "unchecked"
    return KINDS[claim["method"]]


def _row(claim: dict[str, Any]) -> dict[str, Any]:
    quantity = claim["quantity"]
    whole = claim["measure"] in ("units", "features")
    return {
        "quantity": what(claim),
        "measure": measure_words(claim),
        "published": number_words(claim),
        "computed": fixed(claim["computed"], whole=whole),
        "difference": fixed(claim["difference"], whole=whole, sign=True),
        "tolerance": "" if whole else fixed(claim["tolerance"]),
        "status": claim["status"],
        "order": ORDER.index(quantity) if quantity in ORDER else len(ORDER),
        "finding": coded("count" if _kind(claim) == "counted" else "claim", claim["status"]),
        "reason": coded("reason", claim["reason"]) if claim["reason"] else ("", ""),
        "line": claim["line"],
        "ref": schema.ref_of("claims", claim),
    }


def what(claim: dict[str, Any]) -> Pair:
    """Return what a figure is of: its own label, or the word of its quantity."""
    if claim["label"] is not None:
        return claim["label"], claim["label_en"]
    return coded("quantity", claim["quantity"])


def _group(kind: str, rows: list[dict[str, Any]]) -> Group:
    rows = sorted(rows, key=lambda row: row["order"])
    found = [(status, [r for r in rows if r["status"] == status]) for status in STATUSES]
    told = [(s, own[0]["finding"], len(own)) for s, own in found if own]
    # A list that has as many names as its text says needs no line of its own.
    shown = [r for r in rows if r["status"] != "agrees"] if kind == "counted" else rows
    return Group(kind, shown, len(rows), told)


def titles(atlas: Atlas) -> dict[str, Pair]:
    """Return what claims are of, in words, by `of`."""
    found: dict[str, Pair] = {}
    classes = {row["class"]: row for row in rows_of(atlas.tables, "classes")}
    layers = {row["layer"]: row for row in rows_of(atlas.tables, "layers")}
    for layer, row in layers.items():
        found[layer] = (row["title"], row["title_en"])
    for row in rows_of(atlas.tables, "features"):
        layer, cls = layers[row["layer"]], classes[row["class"]]
        found.setdefault(f"{row['layer']}/{row['class']}", _joined(layer, cls))
        own = {"title": row["name"], "title_en": row["name_en"]}
        found[f"{row['layer']}/{row['feature']}"] = _joined(layer, own)
    return found


def _joined(layer: dict[str, Any], part: dict[str, Any]) -> Pair:
    return f"{layer['title']}：{part['title']}", f"{layer['title_en']}: {part['title_en']}"


def fixed(value: float | None, *, whole: bool = False, sign: bool = False) -> str:
    """Return a computed figure with 2 decimals (counts: none) and, if asked, its sign."""
    if value is None:
        return ""
    text = f"{value:.0f}" if whole else f"{value:.2f}"
    return f"+{text}" if sign and float(text) > 0 else text.replace("-", "−")
