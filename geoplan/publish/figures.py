"""The page of figures: every claim with what was computed of it, grouped by what came out."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from geoplan import schema
from geoplan.publish.atlas import Atlas
from geoplan.publish.claims import OF_UNITS, STATUSES, titles, what
from geoplan.publish.rows import rows_of
from geoplan.publish.words import Pair, coded, pair
from geoplan.schema.wording import READINGS, measure_words, number_words

Row = dict[str, Any]

FIRST = ("inconsistent", "differs", "agrees")
"""What came out, in the order of the page; what cannot be checked follows."""


ORDER = ("geometry", "arithmetic", "between_documents", "list", None)
"""Methods in the order of rows: the long lists of names last."""


@dataclass(frozen=True)
class Figures:
    """What the page shows: rows by status, and what cannot be checked by what is missing."""

    tally: list[tuple[str, Pair, int]]
    methods: list[tuple[Pair, int]]
    checked: list[tuple[str, Pair, list[Row]]]
    missing: list[tuple[str, Pair, list[Row]]]


def figures(atlas: Atlas) -> Figures:
    """Return all claims as rows: those that do not agree first, numbered through."""
    rows = sorted(rows_of(atlas.tables, "claims"), key=lambda r: ORDER.index(r["method"]))
    told = _Told(atlas)
    methods = Counter(row["method"] for row in rows if row["method"] is not None)
    missing = Counter(row["missing"] for row in rows if row["missing"] is not None)
    made = [
        (status, coded("claim", status), [told.row(r) for r in rows if r["status"] == status])
        for status in FIRST
    ]
    without = [
        (code, coded("missing", code), [told.row(r) for r in rows if r["missing"] == code])
        for code, _ in missing.most_common()
    ]
    return Figures(
        status_tally(atlas.tables),
        [(coded("method", method), n) for method, n in methods.most_common()],
        _numbered([group for group in made if group[2]]),
        _numbered(without),
    )


def status_tally(tables: schema.Tables) -> list[tuple[str, Pair, int]]:
    """Return how many claims there are of each status, those that agree first."""
    found = Counter(row["status"] for row in rows_of(tables, "claims"))
    return [(s, coded("claim", s), found[s]) for s in STATUSES if found[s]]


def _numbered(groups: list[tuple[str, Pair, list[Row]]]) -> list[tuple[str, Pair, list[Row]]]:
    for _, (zh, en), rows in groups:
        for number, row in enumerate(rows, 1):
            row["no"] = number
            row["called"] = f"{zh} {number}", f"{en} {number}"  # where only a link is read out
    return groups


class _Told:
    """Claims in words, with what rows need of other tables."""

    def __init__(self, atlas: Atlas) -> None:
        self._documents = {row["document"]: row for row in rows_of(atlas.tables, "documents")}
        self._titles = titles(atlas)
        self._checks = {row["check"]: row for row in rows_of(atlas.tables, "checks")}
        self._findings = {
            row["finding"]: ((row["title"], row["title_en"]), row["document"])
            for row in reversed(rows_of(atlas.tables, "findings"))
        }

    def row(self, claim: Row) -> Row:
        """Return a claim as the texts of its row."""
        document = self._documents[claim["document"]]
        return {
            "title": f"《{document['title']}》" if _is_plan(document) else document["title"],
            "number": document["number"] or "—",
            "section": claim["section"],
            "line": claim["line"],
            "name": self._name(claim),
            "subject": self._subject(claim),
            "published": number_words(claim),
            "measure": measure_words(claim) if claim["measure"] else ("—", "—"),
            "basis": _basis(claim),
            "computed": significant(claim["computed"], like=claim["published"]),
            "difference": significant(claim["difference"], like=claim["published"], sign=True),
            "rate": rate(claim),
            "status": claim["status"],
            "finding": coded("claim", claim["status"]),
            "method": coded("method", claim["method"]) if claim["method"] else ("", ""),
            "formula": claim["formula"] or "",
            "notes": self._notes(claim),
            "findings": self._told_before(claim),
            "ref": schema.ref_of("claims", claim),
        }

    def _name(self, claim: Row) -> Pair:
        check = self._checks.get(claim["check"] or "")
        if claim["quantity"] == "partition" and check is not None:
            return check["title"], check["title_en"]
        return what(claim)

    def _subject(self, claim: Row) -> Pair | None:
        """Return layer and feature of a figure; an indicator says itself what it is."""
        if claim["quantity"] in OF_UNITS:
            return None
        return self._titles.get(claim["of"], (claim["of"], claim["of"]))

    def _notes(self, claim: Row) -> list[Pair]:
        check = self._checks.get(claim["check"] or "")
        made = [coded("reason", claim["reason"])] if claim["reason"] else []
        if check is not None and claim["quantity"] != "partition":
            made.append((check["title"], check["title_en"]))
        if check is not None and check["note"]:
            made.append((check["note"], check["note_en"] or check["note"]))
        return made

    def _told_before(self, claim: Row) -> list[tuple[Pair, str]]:
        names = (claim["findings"] or "").split()
        return [self._findings[name] for name in names if name in self._findings]


def _is_plan(document: Row) -> bool:
    return document["status"] is not None


def _basis(claim: Row) -> Pair:
    """Return year and kind of a figure: 2020年目标增长."""
    if claim["reading"] is not None:
        zh, en = (form.format(claim["year"]) for form in READINGS[claim["reading"]])
        return zh, en
    if claim["method"] in ("geometry", "list"):
        return pair(f"figures.by_{claim['method']}")
    return pair("figures.year", year=claim["year"]) if claim["year"] else ("—", "—")


def rate(claim: Row) -> str:
    """Return the difference as a share of the printed figure, in percent."""
    if claim["difference"] is None or not claim["published"]:
        return ""
    share = 100 * claim["difference"] / abs(claim["published"])
    if not round(share, 2):
        return "0"
    return f"{share:+.{1 if abs(share) >= 0.1 else 2}f}%".replace("-", "−")


def significant(value: float | None, *, like: float, sign: bool = False) -> str:
    """Return a computed figure with up to 2 decimals, more where it is far below 1.

    `like` is the printed figure beside it: a small one keeps its decimals.
    """
    if value is None:
        return ""
    small = min(abs(n) for n in (value, like) if n) if value and like else 1.0
    digits = 2 if small >= 0.1 else 4 if small >= 0.001 else 6
    text = f"{value:.{digits}f}".rstrip("0").rstrip(".")
    text = "0" if text in ("-0", "") else text
    return f"+{text}" if sign and value > 0 and text != "0" else text.replace("-", "−")
