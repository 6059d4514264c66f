"""Tables of a dossier about checks: claims, findings about texts, indicators."""

from __future__ import annotations

from collections import Counter

from geoplan.publish.claims import fixed, what
from geoplan.publish.dossier.cites import Cites
from geoplan.publish.dossier.say import Say, cells, ref
from geoplan.publish.dossier.subject import Row, Subject
from geoplan.publish.figures import rate, significant
from geoplan.publish.indicators import IndicatorTable, indicator_tables
from geoplan.publish.rows import Shown, rows_of
from geoplan.schema import ClaimStatus
from geoplan.schema.wording import measure_words, number_words
from geoplan.written import Cell, Head, Table
from geoplan.written import Row as Line

STATUSES: tuple[ClaimStatus, ...] = ("inconsistent", "differs", "agrees", "not_checkable")

MOST_CLAIMS, MOST_FINDINGS, MOST_INDICATORS = 30, 30, 20
"""Rows of a table; what is more is counted, with where it stands."""


def claims_table(subject: Subject, say: Say) -> Table | None:
    """Return the claims that were checked, in the columns that planners know.

    What has to be looked at comes first; what cannot be checked is counted below,
    by what is missing.
    """
    order = {status: i for i, status in enumerate(STATUSES)}
    if not subject.claims:
        return None
    checked = [row for row in subject.claims if row["status"] != "not_checkable"]
    rows = sorted(checked, key=lambda row: (order[row["status"]], row["method"] == "list"))
    widths = (0.8, 0.8, 1.7, 2.9, 3.4, 1.2, 1.9, 1.4, 1.4, 1.1, 1.2, 1.1, 2.0)
    right = ("published", "computed", "difference", "rate")
    centre = ("no", "document", "unit", "result")
    keys = (
        *("no", "document", "number_of", "section", "claim", "published", "unit", "basis"),
        *("computed", "difference", "rate", "result", "remark"),
    )
    heads = tuple(
        Head(
            say.word(f"dossier.claim.{key}"),
            width,
            "right" if key in right else "center" if key in centre else "left",
        )
        for key, width in zip(keys, widths, strict=True)
    )
    shown, cites = rows[:MOST_CLAIMS], Cites(subject, say)
    lines = tuple(_claim(row, cites, number=i) for i, row in enumerate(shown, 1))
    notes = [say.word("claims.lead")]
    if len(rows) > len(shown):
        n = len(rows) - len(shown)
        left = Counter(row["status"] for row in rows[MOST_CLAIMS:])
        told = say.word("dossier.comma").join(
            f"{say.code('claim', status)} {left[status]}" for status in STATUSES if left[status]
        )
        notes.append(say.word("dossier.left.claims", n=n, told=told, file="tables/claims.csv"))
    notes += _unchecked(subject, say)
    return Table(heads, lines, say.word("dossier.caption.claims"), (*notes, *cites.note()))


def _unchecked(subject: Subject, say: Say) -> list[str]:
    """Return a note that counts what cannot be checked, by what is missing."""
    rows = [row for row in subject.claims if row["status"] == "not_checkable"]
    if not rows:
        return []
    left = Counter(_lacking(row, say) for row in rows)
    told = say.word("dossier.comma").join(
        say.word("dossier.class_count", name=name, n=n) for name, n in left.most_common()
    )
    return [say.word("dossier.unchecked", n=len(rows), told=told, file="figures.html")]


def _lacking(row: Row, say: Say) -> str:
    if row.get("missing"):
        return say.code("missing", row["missing"])
    return say.code("reason", row["reason"]) if row["reason"] else "—"


def _claim(row: Row, cites: Cites, *, number: int) -> Line:
    subject, say = cites.subject, cites.say
    document = subject.documents[row["document"]]
    whole = row["measure"] in ("units", "features")
    basis = say.code("method", row["method"]) if row["method"] else "—"
    return Line(
        cells(
            str(number),
            cites.at(row["document"]),
            document["number"] or "—",
            row["section"],
            Cell(what(row)[say.number], _about(subject, row["of"], say), ref("claims", row)),
            number_words(row)[say.number],
            measure_words(row)[say.number] if row["measure"] else "—",
            basis,
            significant(row["computed"], like=row["published"]) or "—",
            significant(row["difference"], like=row["published"], sign=True) or "—",
            "—" if whole else rate(row) or "—",
            say.code("claim", row["status"]),
            _remark(row, say, whole=whole),
        )
    )


def _about(subject: Subject, of: str, say: Say) -> str:
    """Return what a claim is about: its layer, and the feature or class."""
    layer, _, part = of.partition("/")
    feature = subject.every.get((layer, part))
    names = [say.cell(subject.layers[layer], "title")]
    if feature:
        names.append(say.cell(feature, "name"))
    elif part in subject.classes:
        names.append(say.cell(subject.classes[part], "title"))
    return say.word("dossier.colon").join(dict.fromkeys(names))


def _remark(row: Row, say: Say, *, whole: bool) -> str:
    if row.get("formula") and not whole:
        return str(row["formula"])
    if whole or row["tolerance"] is None:
        return "—"
    return f"{say.word('claims.tolerance')} ±{fixed(row['tolerance'])}"


def findings_table(subject: Subject, say: Say) -> Table | None:
    """Return the findings about texts, with every place."""
    found = subject.findings
    if not found:
        return None
    heads = (
        Head(say.word("dossier.claim.no"), 0.5, "center"),
        Head(say.word("dossier.kind"), 1.3),
        Head(say.word("dossier.finding"), 5.2),
        Head(say.word("dossier.printed"), 2.0),
        Head(say.word("dossier.source"), 3.4),
    )
    lines, cites = [], Cites(subject, say)
    for number, rows in enumerate(found[:MOST_FINDINGS], 1):
        first = rows[0]
        places = (cites.at(row["document"], row["section"]) for row in rows)
        printed = list(dict.fromkeys(row["printed"] for row in rows))
        lines.append(
            Line(
                cells(
                    str(number),
                    say.code("finding", first["kind"]),
                    Cell(say.cell(first, "title"), say.cell(first, "detail")),
                    say.names(printed, most=6),
                    Cell(say.names(places, most=4), ref=ref("findings", first), quiet=True),
                )
            )
        )
    notes = [say.word("dossier.note.findings")]
    if len(found) > MOST_FINDINGS:
        n = len(found) - MOST_FINDINGS
        notes.append(say.word("dossier.left.findings", n=n, file="findings.html"))
    return Table(heads, tuple(lines), say.word("dossier.caption.findings"), (*notes, *cites.note()))


def indicator_blocks(subject: Subject, say: Say) -> list[Table]:
    """Return the indicators as the plans have them: a table for each layer."""
    tables = subject.atlas.tables
    chosen = {id(row) for row in subject.indicators}
    mask = [id(row) in chosen for row in rows_of(tables, "indicators")]
    part = Shown({name: tables[name] for name in ("documents", "layers")})
    part["indicators"] = tables["indicators"][mask].reset_index(drop=True)
    return [_indicators(made, say) for made in indicator_tables(part)]


def _indicators(made: IndicatorTable, say: Say) -> Table:
    heads = (
        Head(say.word("dossier.indicator"), 3.0),
        Head(say.word("dossier.claim.unit"), 1.3, "center"),
        *(Head(say.of(column), 1.4, "right") for column in made.columns),
    )
    units = len({row["unit"] for row in made.rows}) > 1
    lines = [
        Line(
            cells(
                (f"{say.of(row['unit'])} " if units else "") + say.of(row["name"]),
                say.of(row["measure"]) or "—",
                *(text or "—" for text in row["cells"]),
            )
        )
        for row in made.rows[:MOST_INDICATORS]
    ]
    notes = [made.source]
    if len(made.rows) > MOST_INDICATORS:
        n = len(made.rows) - MOST_INDICATORS
        notes.append(say.word("dossier.left.indicators", n=n, file="indicators.html"))
    title = say.of(made.title) + (f"［{say.of(made.status)}］" if made.status else "")
    return Table(heads, tuple(lines), title, tuple(notes))
