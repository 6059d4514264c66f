"""Tables of a dossier about places: counties by zone, features by county, counties by class."""

from __future__ import annotations

from collections import Counter, defaultdict

from geoplan.publish.dossier.cites import Cites
from geoplan.publish.dossier.layers import (
    MOST_ROWS,
    about,
    class_name,
    counties_of,
    layer_name,
)
from geoplan.publish.dossier.say import Say, cells, ref, trimmed
from geoplan.publish.dossier.subject import Row, Subject
from geoplan.publish.rows import rows_of
from geoplan.schema import BASIS_OF
from geoplan.written import Cell, Head, Table
from geoplan.written import Row as Line

MOST_FEATURES = 150
"""Features in one table."""


def zone_tables(subject: Subject, say: Say) -> list[Table]:
    """Return counties against zones in km² for each layer that divides the unit, with totals."""
    found = []
    for layer in subject.layers.values():
        if layer["partition"] and (subject.kind == "unit" or layer["document"] == subject.key):
            table = _zone_table(subject, layer, say)
            found += [table] if table else []
    return found


def _zone_table(subject: Subject, layer: Row, say: Say) -> Table | None:
    chosen = set(subject.counties)
    areas: dict[str, dict[str, float]] = defaultdict(dict)
    for row in rows_of(subject.atlas.tables, "coverage"):
        own = row["layer"] == layer["layer"] and row["basis"] == "geometry"
        if own and row["adcode"] in chosen and row["area_net_km2"] is not None:
            areas[row["adcode"]][row["class"]] = row["area_net_km2"]
    if not areas:
        return None
    zones = layer["partition"].split()
    zones = [zone for zone in zones if any(zone in found for found in areas.values())]
    heads = (
        Head(say.word("level.county"), 1.3),
        *(Head(say.cell(subject.classes[zone], "title"), 1.4, "right") for zone in zones),
        Head(say.word("dossier.total"), 1.2, "right"),
    )
    lines = []
    for code in sorted(areas):
        texts = [say.km2(areas[code].get(zone)) for zone in zones]
        whole = say.km2(sum(areas[code].values()))
        lines.append(Line(cells(say.cell(subject.units[code], "name"), *texts, whole)))
    sums = {zone: sum(found.get(zone, 0.0) for found in areas.values()) for zone in zones}
    total = sum(sums.values())
    texts = [say.km2(sums[zone]) for zone in zones]
    lines.append(Line(cells(say.word("dossier.total"), *texts, say.km2(total)), "total"))
    shares = [say.percent(sums[zone] / total) for zone in zones]
    lines.append(Line(cells(say.word("dossier.share_of_total"), *shares, "100.0%"), "total"))
    title = say.word("dossier.caption.zones", name=layer_name(subject, layer["layer"], say=say))
    cites = Cites(subject, say)
    at = cites.of_layer(layer["layer"], _of(subject, layer["layer"]))
    told = f"{say.word('dossier.source')}{say.word('dossier.colon')}{at}"
    return Table(heads, tuple(lines), title, (told, *cites.note(), *_on_totals(areas, zones, say)))


def _on_totals(areas: dict[str, dict[str, float]], zones: list[str], say: Say) -> list[str]:
    """Return how areas are meant; and why a reader who adds what is printed gets another total."""
    columns = [[found.get(zone, 0.0) for found in areas.values()] for zone in zones]
    exact = all(
        say.km2(sum(round(area, 2) for area in column)) == say.km2(sum(column))
        for column in (*columns, [sum(column) for column in columns])
    )
    return [say.word("dossier.note.zones"), *([] if exact else [say.word("dossier.note.rounded")])]


def _of(subject: Subject, layer: str) -> list[Row]:
    return [row for row in rows_of(subject.atlas.tables, "features") if row["layer"] == layer]


def feature_table(subject: Subject, say: Say) -> Table | None:
    """Return the features of a theme or document by layer, where they are, how large."""
    heads = (
        Head(say.word("dossier.class"), 1.7),
        Head(say.word("dossier.items"), 3.0),
        Head(say.word("dossier.extent"), 1.25, "center"),
        Head(say.word("dossier.places"), 2.6),
        Head(say.word("dossier.size"), 1.5, "right"),
        Head(say.word("dossier.section"), 2.4),
    )
    lines: list[Line] = []
    layer, shown, left, total = "", 0, 0, 0
    cites = Cites(subject, say)
    for row in subject.features.values():
        if row["extent"] == "statement":
            continue
        if row["layer"] != layer:
            layer, shown = row["layer"], 0
            if total < MOST_FEATURES:
                lines.append(_layer_head(layer, cites))
        shown += 1
        if shown > MOST_ROWS or total >= MOST_FEATURES:
            left += 1
            continue
        total += 1
        lines.append(_feature_line(subject, row, say))
    if not lines:
        return None
    notes = [say.word("dossier.note.area")]
    if left:
        notes.append(say.word("dossier.left.features", n=left, file="tables/features.csv"))
    notes += cites.note()
    return trimmed(Table(heads, tuple(lines), say.word("dossier.caption.features"), tuple(notes)))


def _layer_head(layer: str, cites: Cites) -> Line:
    subject, say = cites.subject, cites.say
    row = subject.layers[layer]
    told = layer_name(subject, layer, say=say)
    if subject.kind == "theme":
        told += f" {cites.at(row['document'])}"
    else:
        told = f"{say.cell(subject.themes[row['theme']], 'title')} · {told}"
    return Line(cells(told), "group")


def _feature_line(subject: Subject, row: Row, say: Say) -> Line:
    places = subject.placed.get((row["layer"], row["feature"]), ())
    names = [say.cell(subject.units[code], "name") for code in places if code in subject.units]
    return Line(
        cells(
            class_name(subject, row["class"], say),
            say.cell(row, "name"),
            say.code("extent", row["extent"]),
            say.names(names, most=6) or "—",
            _size(subject, row, say),
            Cell(row["section"], ref=ref("features", row), quiet=True),
        )
    )


def _size(subject: Subject, row: Row, say: Say) -> str:
    """Return the area of a feature that is alone in its class; a list has none."""
    basis = BASIS_OF[row["extent"]]
    alone = sum(
        (other["layer"], other["class"], BASIS_OF[other["extent"]])
        == (row["layer"], row["class"], basis)
        for other in subject.features.values()
    )
    figure = subject.coverage.get((row["layer"], row["class"], basis))
    if basis == "list" or alone != 1 or figure is None:
        return "—"
    if basis == "indicative":
        return about(figure, say)[0]
    return say.km2(figure["area_net_km2"])


def county_list(subject: Subject, say: Say) -> Table | None:
    """Return the counties that features name: how many, and of which classes."""
    found = by_county(subject)
    if not found:
        return None
    heads = (
        Head(say.word("dossier.city"), 1.2),
        Head(say.word("level.county"), 1.6),
        Head(say.word("dossier.number"), 1.0, "right"),
        Head(say.word("dossier.classes"), 7.0),
    )
    lines = []
    for code in sorted(found):
        told = Counter(row["class"] for row in found[code])
        unit = subject.units[code]
        above = subject.units.get(unit["parent"] or "")
        classes = (
            say.word("dossier.class_count", name=say.cell(subject.classes[cls], "title"), n=n)
            for cls, n in told.most_common()
        )
        city = say.cell(above, "name") if above else ""
        name, number = say.cell(unit, "name"), str(len(found[code]))
        lines.append(Line(cells(city, name, number, say.names(classes, most=6))))
    note = say.word("dossier.note.counties")
    return Table(heads, tuple(lines), say.word("dossier.caption.counties"), (note,))


def by_county(subject: Subject) -> dict[str, list[Row]]:
    """Return the features that name each county, or whose own shape enters it.

    Statements are left out; so are buffers, which are an analysis and nothing that a plan says.
    """
    found: dict[str, list[Row]] = defaultdict(list)
    for key, row in subject.features.items():
        if row["extent"] != "statement" and row["drawn_by"] != "buffer":
            for code in dict.fromkeys(counties_of(subject, key, extent=row["extent"])):
                found[code].append(row)
    return dict(found)


def document_lines(subject: Subject, say: Say) -> Table:
    """Return by document how many layers and features of the theme it has."""
    heads = (
        Head(say.word("dossier.document"), 5.0),
        Head(say.word("dossier.period"), 1.4, "center"),
        Head(say.word("dossier.status"), 1.0, "center"),
        Head(say.word("dossier.layers"), 0.9, "right"),
        Head(say.word("dossier.placed"), 1.3, "right"),
        Head(say.word("dossier.stated"), 1.3, "right"),
    )
    lines = []
    for key, document in subject.documents.items():
        own = [
            r for r in subject.features.values() if subject.layers[r["layer"]]["document"] == key
        ]
        if own:
            said = sum(row["extent"] == "statement" for row in own)
            layers = len({row["layer"] for row in own})
            told = (Cell(document["title"], document["number"] or ""), period(document))
            numbers = (str(layers), str(len(own) - said), str(said))
            lines.append(Line(cells(*told, status(document, say), *numbers)))
    return Table(heads, tuple(lines), say.word("dossier.caption.documents"))


def theme_lines(subject: Subject, say: Say) -> Table:
    """Return by theme how many layers and features a document has."""
    heads = (
        Head(say.word("dossier.theme"), 4.0),
        Head(say.word("dossier.layers"), 1.0, "right"),
        Head(say.word("dossier.placed"), 1.6, "right"),
        Head(say.word("dossier.stated"), 1.6, "right"),
        Head(say.word("dossier.counties"), 1.4, "right"),
    )
    lines, totals = [], Counter[int]()
    for key, theme in subject.themes.items():
        own = [row for row in subject.features.values() if _theme(subject, row) == key]
        if not own:
            continue
        said = sum(row["extent"] == "statement" for row in own)
        there = {
            code
            for row in own
            if row["extent"] != "statement"
            for code in counties_of(subject, (row["layer"], row["feature"]), extent=row["extent"])
        }
        numbers = (len({row["layer"] for row in own}), len(own) - said, said)
        totals.update(dict(enumerate(numbers)))
        texts = (str(number) for number in (*numbers, len(there)))
        lines.append(Line(cells(say.cell(theme, "title"), *texts)))
    sums = (str(totals[place]) for place in range(3))
    lines.append(Line(cells(say.word("dossier.total"), *sums, "—"), "total"))
    return Table(heads, tuple(lines), say.word("dossier.caption.themes"))


def _theme(subject: Subject, row: Row) -> str:
    return str(subject.layers[row["layer"]]["theme"])


def period(document: Row) -> str:
    """Return the years of a plan, or a dash."""
    start, end = document["period_start"], document["period_end"]
    if not start:
        return "—"
    return start if start == end or not end else f"{start}—{end}"


def status(document: Row, say: Say) -> str:
    """Return the status of a document, or a dash where it is no plan."""
    return say.code("status", document["status"]) if document["status"] else "—"
