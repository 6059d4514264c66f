"""Dossiers put together: which sections there are for a unit, a theme and a document."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from geoplan import schema
from geoplan.config import Config, Project
from geoplan.errors import StageError
from geoplan.publish.atlas import Atlas
from geoplan.publish.audience import check_public, most_closed, sensitivities
from geoplan.publish.dossier import checks, closing, layers, locator, matters, places
from geoplan.publish.dossier.say import Say, cells
from geoplan.publish.dossier.subject import Kind, Subject
from geoplan.publish.items import items
from geoplan.publish.rows import Shown
from geoplan.publish.words import check_words
from geoplan.written import Block, Head, Lang, Report, Section, Table, Text, numbered
from geoplan.written import Row as Line


@dataclass(frozen=True)
class Dossiers:
    """Makes dossiers of the tables of one build."""

    atlas: Atlas

    def report(self, kind: Kind, key: str, *, lang: Lang, height_m: float | None = None) -> Report:
        """Return the dossier of a unit (its adcode), theme or document.

        `height_m` is the unit's mean height, if it is known. Raises `StageError`
        where the tables have no such row.
        """
        subject = Subject(self.atlas, kind, key)
        known = {"unit": subject.units, "theme": subject.themes, "document": subject.documents}
        if key not in known[kind]:
            raise StageError(f"the tables have no {kind} {key!r}; run `geoplan build`")
        say = Say(lang)
        if kind == "unit":
            sections = _of_unit(subject, say, height_m)
        else:
            sections = _of_theme(subject, say) if kind == "theme" else _of_document(subject, say)
        return _report(subject, say, sections)


def dossiers(tables: schema.Tables, *, project: Project, as_of: str | None = None) -> Dossiers:
    """Return what makes the dossiers of `tables`.

    Raises
    ------
    StageError
        Where a code has no words.
    ConfigError
        Where a public atlas holds layers that are not public, or has no review number.
    """
    check_public(tables, project)
    check_words(tables)
    shown = Shown(tables)
    day = as_of or project.config.as_of or ""
    return Dossiers(Atlas(shown, project.config, items(shown), [], day, project.config.audience))


def _report(subject: Subject, say: Say, sections: list[Section]) -> Report:
    config = subject.atlas.config
    marks = sensitivities(subject.atlas.tables)
    secrecy = most_closed([config.audience, *subject.secrecy(marks)])
    name, title = _name(subject, say)
    return Report(
        name=name if say.lang == "zh" else f"{name}-{say.lang}",
        lang=say.lang,
        title=title,
        subtitle=say.of((config.title.zh, config.title.en)),
        secrecy=f"{say.word('furniture.secrecy')}{say.word('dossier.colon')}"
        + say.code("secrecy", secrecy),
        marks=_marks(subject, say),
        warning="" if config.review_number else say.word("furniture.no_review"),
        author=config.compiled_by or "",
        day=config.compiled_on or "",
        sections=numbered(sections, say.lang),
    )


def _marks(subject: Subject, say: Say) -> tuple[tuple[str, str], ...]:
    config: Config = subject.atlas.config
    told = (
        ("furniture.by", config.compiled_by),
        ("print.date", config.compiled_on),
        ("furniture.as_of", subject.atlas.as_of),
        ("furniture.review", config.review_number),
    )
    found = [(say.word(key), str(text)) for key, text in told if text]
    return (*found, *([] if config.review_number else [("", say.word("furniture.no_review"))]))


def _name(subject: Subject, say: Say) -> tuple[str, str]:
    """Return the stem of the report's files and its title."""
    if subject.kind == "unit":
        name = say.cell(subject.units[subject.key], "name")
    elif subject.kind == "theme":
        name = say.cell(subject.themes[subject.key], "title")
    else:
        name = subject.documents[subject.key]["title"]
    stem = f"{subject.kind}-{subject.key}".replace("_", "-")
    return stem, say.word(f"dossier.title.{subject.kind}", name=name)


def _of_unit(subject: Subject, say: Say, height_m: float | None) -> list[Section]:
    county = subject.is_county
    if county:
        functions = layers.county_tables(subject, say, functions=True)
        described = layers.county_tables(subject, say, functions=False)
    else:
        functions = places.zone_tables(subject, say)
        summary = layers.summary_table(subject, say)
        described = [summary] if summary else []
    basics: list[Block] = [_basics(subject, say, height_m), locator.unit_map(subject, say)]
    return [
        Section(say.word("dossier.points"), _points(subject, say)),
        Section(say.word("dossier.basics"), tuple(basics)),
        Section(say.word("dossier.functions"), tuple(functions)),
        Section(say.word("dossier.described"), (*described, *_above(subject, say))),
        *_checks(subject, say),
        *_end(subject, say, heights=height_m is not None),
    ]


def _of_theme(subject: Subject, say: Say) -> list[Section]:
    return [
        Section(say.word("dossier.points"), _points(subject, say)),
        Section(say.word("dossier.by_document"), (places.document_lines(subject, say),)),
        *_where(subject, say),
        *_checks(subject, say),
        *_end(subject, say),
    ]


def _of_document(subject: Subject, say: Say) -> list[Section]:
    about: list[Block] = [_about_document(subject, say)]
    if subject.features:
        about.append(places.theme_lines(subject, say))
    return [
        Section(say.word("dossier.points"), _points(subject, say)),
        Section(say.word("dossier.about_document"), tuple(about)),
        *_where(subject, say),
        *_checks(subject, say),
        *_end(subject, say),
    ]


def _where(subject: Subject, say: Say) -> list[Section]:
    zones = places.zone_tables(subject, say) if subject.kind == "document" else []
    where = (locator.count_map(subject, say), places.county_list(subject, say))
    # A whole plan has too many features for a table of its own.
    table = layers.summary_table if subject.kind == "document" else places.feature_table
    features = table(subject, say)
    return [
        Section(say.word("dossier.functions"), tuple(zones)),
        Section(say.word("dossier.where"), tuple(block for block in where if block)),
        Section(say.word("dossier.described"), (features,) if features else ()),
    ]


def _checks(subject: Subject, say: Say) -> list[Section]:
    made = (
        ("conflicts", matters.matters_table(subject, say), False),
        ("claims", checks.claims_table(subject, say), True),
        ("dossier.findings", checks.findings_table(subject, say), False),
    )
    found = [Section(say.word(key), (table,), wide) for key, table, wide in made if table]
    numbers = checks.indicator_blocks(subject, say)
    return [*found, Section(say.word("dossier.indicators"), tuple(numbers))]


def _end(subject: Subject, say: Say, *, heights: bool = False) -> list[Section]:
    said = layers.statements_table(subject, say)
    return [
        Section(say.word("dossier.statements"), (said,) if said else ()),
        closing.sources_section(subject, say, heights=heights),
        closing.notes_section(subject, say),
    ]


def _above(subject: Subject, say: Say) -> list[Block]:
    above = subject.units.get(subject.units[subject.key]["parent"] or "")
    n = subject.only_above if above else 0
    return (
        [Text(say.word("dossier.above", n=n, name=say.cell(above or {}, "name")), "note")]
        if n
        else []
    )


def _points(subject: Subject, say: Say) -> tuple[Block, ...]:
    """Return the main points: what a reader with one minute has to know."""
    said = [row for row in subject.features.values() if row["extent"] == "statement"]
    texts = [_zone_point(subject, say)] if subject.is_county else []
    texts.append(
        say.word(
            "dossier.point.layers",
            layers=len({layer for layer, _ in subject.features}),
            n=len(subject.features) - len(said),
            said=len(said),
        )
    )
    texts.append(_matters_point(subject, say))
    if subject.claims:
        found = Counter(row["status"] for row in subject.claims)
        told = say.word("dossier.comma").join(
            f"{say.code('claim', status)} {found[status]}"
            for status in checks.STATUSES
            if found[status]
        )
        texts.append(say.word("dossier.point.claims", n=len(subject.claims), told=told))
    if subject.findings:
        texts.append(say.word("dossier.point.findings", n=len(subject.findings)))
    plans = [row for row in subject.used_documents if row["status"]]
    if plans:
        current = sum(row["status"] == "in_force" for row in plans)
        texts.append(say.count("dossier.point.plans", n=len(plans), current=current))
    return tuple(Text(text, "point") for text in texts if text)


def _zone_point(subject: Subject, say: Say) -> str:
    themes = layers.function_themes(subject)
    found = [
        f"{say.cell(subject.classes[cls], 'title')}（{layers.layer_name(subject, layer, say=say)}）"
        for layer, cls, basis in layers.grouped(subject.features.values())
        if basis == "geometry" and subject.layers[layer]["theme"] in themes
    ]
    return say.word("dossier.point.zones", zones=say.names(found)) if found else ""


def _matters_point(subject: Subject, say: Say) -> str:
    if not len(subject.atlas.tables["conflicts"]):
        return say.word("dossier.point.no_rules")
    open_ = [row for row in subject.conflicts if not row["overruled_by"]]
    found = Counter(row["grade"] for row in open_)
    if not found:
        return say.word("dossier.point.no_matters")
    told = say.word("dossier.comma").join(
        f"{say.code('grade', grade)} {found[grade]}" for grade in matters.GRADES if found[grade]
    )
    return say.word("dossier.point.matters", n=len(open_), told=told)


def _facts(rows: list[tuple[str, str]]) -> Table:
    heads = (Head("", 1.2), Head("", 4.0))
    return Table(heads, tuple(Line(cells(label, text)) for label, text in rows if text))


def _basics(subject: Subject, say: Say, height_m: float | None) -> Table:
    row = subject.units[subject.key]
    above = subject.units.get(row["parent"] or "")
    area = say.word(
        "dossier.area_value",
        area=say.km2(row["area_km2"]),
        error=f"{row['uncertainty_km2']:.2f}",
        share=f"{100 * row['uncertainty_km2'] / row['area_km2']:.2f}",
    )
    told = [
        (say.word("dossier.name"), say.cell(row, "name")),
        (say.word("dossier.adcode"), row["adcode"]),
        (say.word("dossier.level"), say.code("level", row["level"])),
        (say.word("dossier.parent"), say.cell(above, "name") if above else ""),
        (say.word("dossier.area"), area),
    ]
    if not subject.is_county:
        told.append((say.word("dossier.counties"), str(len(subject.counties))))
    if height_m is not None:
        told.append(
            (say.word("dossier.height"), say.word("dossier.height_value", n=round(height_m)))
        )
    return _facts(told)


def _about_document(subject: Subject, say: Say) -> Table:
    row = subject.documents[subject.key]
    return _facts(
        [
            (say.word("dossier.name"), row["title"]),
            (say.word("dossier.claim.number_of"), row["number"] or say.word("dossier.no_number")),
            (say.word("dossier.issuer"), row["issuer"] or ""),
            (say.word("dossier.date"), row["date"] or ""),
            (say.word("dossier.scope"), say.cell(subject.units[row["scope"]], "name")),
            (say.word("dossier.period"), places.period(row)),
            (say.word("dossier.status"), places.status(row, say)),
            (say.word("dossier.successor"), row["successor"] or ""),
            ("SHA-256", row["sha256"] or ""),
        ]
    )
