"""What a dossier ends with: documents and data that it rests on, and how figures are meant."""

from __future__ import annotations

from geoplan.publish.citations import is_plan
from geoplan.publish.dossier.places import period, status
from geoplan.publish.dossier.say import Say, cells
from geoplan.publish.dossier.subject import Subject
from geoplan.publish.rows import rows_of
from geoplan.written import Cell, Head, Section, Table, Text
from geoplan.written import Row as Line


def sources_section(subject: Subject, say: Say, *, heights: bool) -> Section:
    """Return the documents with number and sha256, and the base data with their licences."""
    tables = [_documents(subject, say), _data(subject, say, heights=heights)]
    return Section(say.word("dossier.sources"), tuple(t for t in tables if t.rows))


def _documents(subject: Subject, say: Say) -> Table:
    heads = (
        Head(say.word("dossier.claim.no"), 0.6, "center"),
        Head(say.word("dossier.document"), 3.6),
        Head(say.word("dossier.claim.number_of"), 1.6),
        Head(say.word("dossier.period"), 1.1, "center"),
        Head(say.word("dossier.status"), 0.9, "center"),
        Head("SHA-256", 3.2),
    )
    lines = []
    for row in subject.used_documents:
        title = f"《{row['title']}》" if is_plan(row) else row["title"]
        about = say.joined(row["issuer"] or "", row["date"] or "")
        number, digest = row["number"] or "—", row["sha256"] or "—"
        mark = f"[{subject.numbers[row['document']]}]"
        texts = (mark, Cell(title, about), number, period(row), status(row, say), Cell("", digest))
        lines.append(Line(cells(*texts)))
    return Table(heads, tuple(lines), say.word("dossier.caption.sources"))


def _data(subject: Subject, say: Say, *, heights: bool) -> Table:
    drawn = {"axis": "places", "buffer": "places", "sites": "places", "reference": "rivers"}
    used = {drawn[r["drawn_by"]] for r in subject.features.values() if r["drawn_by"] in drawn}
    used |= {"boundaries"} | ({"elevation"} if heights else set())
    heads = (
        Head(say.word("dossier.data"), 3.6),
        Head(say.word("dossier.licence"), 1.8),
        Head(say.word("dossier.notice"), 5.0),
    )
    lines = tuple(
        Line(cells(say.cell(row, "title"), row["licence"], say.cell(row, "notice")))
        for row in rows_of(subject.atlas.tables, "sources")
        if row["source"] in used
    )
    return Table(heads, lines, say.word("dossier.caption.data"))


def notes_section(subject: Subject, say: Say) -> Section:
    """Return how figures are meant, and what the report must not be taken for."""
    extents = {row["extent"] for row in subject.features.values()}
    keys = [
        *(["county_level"] if "whole" in extents else []),
        *(["lists"] if extents & {"within", "passes"} else []),
        *(["indicative"] if "indicative" in extents else []),
        *("areas", "borders", "status", "verdict"),
    ]
    day = subject.atlas.as_of or "—"
    texts = [say.word(f"dossier.explain.{key}", day=day) for key in keys]
    system = say.word("furniture.system.value", n=f"{subject.atlas.meridian:g}")
    texts.append(f"{say.word('furniture.system')}{say.word('dossier.colon')}{system}")
    points = [f"{i}. {text}" for i, text in enumerate(texts, 1)]
    return Section(say.word("dossier.explain"), tuple(Text(text, "note") for text in points))
