"""Matters to coordinate in a dossier: both sides, evidence, reason; never a verdict."""

from __future__ import annotations

from typing import get_args

from geoplan.publish.dossier.cites import Cites
from geoplan.publish.dossier.say import Say, cells, ref
from geoplan.publish.dossier.subject import Row, Subject
from geoplan.schema import Grade
from geoplan.written import Cell, Head, Table
from geoplan.written import Row as Line

GRADES: tuple[Grade, ...] = get_args(Grade)

MOST_MATTERS = 24
"""Rows of the table; what is more is counted, with where it stands."""


def matters_table(subject: Subject, say: Say) -> Table | None:
    """Return the matters to coordinate by unit and grade: both sides, evidence, reason."""
    rows = sorted(
        subject.conflicts,
        key=lambda row: (
            row["overruled_by"] is not None,
            GRADES.index(row["grade"]),
            row["adcode"],
        ),
    )
    if not rows:
        return None
    where = () if subject.is_county else (Head(say.word("level.county"), 1.1),)
    heads = (
        Head(say.word("grade"), 1.0, "center"),
        *where,
        Head(say.word("dossier.side_a"), 2.7),
        Head(say.word("dossier.side_b"), 2.7),
        Head(say.word("dossier.evidence"), 1.3),
        Head(say.word("dossier.reason"), 3.0),
    )
    cites = Cites(subject, say)
    lines = [_matter(row, cites) for row in rows[:MOST_MATTERS]]
    notes = [say.word("conflicts.lead")]
    if len(rows) > MOST_MATTERS:
        n = len(rows) - MOST_MATTERS
        notes.append(say.word("dossier.left.matters", n=n, file="tables/conflicts.csv"))
    return Table(heads, tuple(lines), say.word("dossier.caption.matters"), (*notes, *cites.note()))


def _matter(row: Row, cites: Cites) -> Line:
    subject, say = cites.subject, cites.say
    unit = () if subject.is_county else (say.cell(subject.units[row["adcode"]], "name"),)
    reason, basis = _rule(subject.rules.get(row["rule"]), cites)
    told = [reason]
    for column, key in (
        ("reconciled_by", "conflicts.reconciled"),
        ("overruled_by", "dossier.overruled"),
    ):
        if row[column]:
            told.append(say.word(key) + _reason(row, column, cites))
    return Line(
        cells(
            say.code("grade", row["grade"]),
            *unit,
            _side(row, "a", cites),
            _side(row, "b", cites),
            _evidence(row, say),
            Cell(" ".join(filter(None, told)) or "—", basis, ref("conflicts", row)),
        )
    )


def _rule(rule: Row | None, cites: Cites) -> tuple[str, str]:
    """Return why a rule asks for coordination, and where that stands."""
    if rule is None:
        return "", ""
    say = cites.say
    if rule["document"] in cites.subject.numbers:
        source = cites.at(rule["document"], rule["section"] or "")
    else:
        mark = say.word("dossier.unverified") if rule["unverified"] else ""
        source = say.joined(say.cell(rule, "source"), rule["clause"] or "") + mark
    return say.cell(rule, "reason"), say.word("dossier.rule_source", source=source)


def _side(row: Row, end: str, cites: Cites) -> Cell:
    subject, say = cites.subject, cites.say
    layer = subject.layers.get(row[f"layer_{end}"])
    cls = subject.classes.get(row[f"class_{end}"])
    feature = subject.every.get((row[f"layer_{end}"], row[f"feature_{end}"]))
    names = [say.cell(found, "title") for found in (layer, cls) if found]
    several = row.get(f"features_{end}", 1)
    if feature:
        name = say.cell(feature, "name")
        told = say.word("dossier.several", name=name, n=several) if several > 1 else name
        names.append(told)
    text = say.word("dossier.colon").join(dict.fromkeys(names))
    return Cell(text, cites.at(row[f"document_{end}"], row[f"section_{end}"]))


def _evidence(row: Row, say: Say) -> Cell:
    """Return the basis, and an area where both sides have one of their own."""
    if row["basis"] == "list" or row["area_km2"] is None:
        return Cell(say.code("basis", row["basis"]))
    area = f"{say.km2(row['area_km2'])} {say.word('measure.km2')}"
    if row["basis"] == "indicative":
        area = f"{say.word('legend.about')}{float(format(row['area_km2'], '.2g')):.10g} "
        return Cell(say.code("basis", row["basis"]), area + say.word("measure.km2"))
    share = "" if row["share"] is None else f"{say.word('legend.share.county')} "
    return Cell(area, share + say.percent(row["share"]) if share else "")


def _reason(row: Row, column: str, cites: Cites) -> str:
    """Return what reconciles or overrules: features as they are cited, or the words themselves."""
    subject, say = cites.subject, cites.say
    said, features = str(row[column]), subject.every
    if row.get(f"{column}_en"):
        return say.cell(row, column)
    told = []
    for place in said.split():
        layer, _, name = place.partition("/")
        found = features.get((layer, name))
        if found is None:
            return said
        told.append(f"{say.cell(found, 'name')}（{cites.of_layer(layer, [found])}）")
    return "；".join(told)
