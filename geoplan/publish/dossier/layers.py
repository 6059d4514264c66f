"""Tables of a dossier about layers: what is where, how large, and where it is said."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from geoplan.publish.dossier.cites import Cites
from geoplan.publish.dossier.say import Say, cells, ref, trimmed
from geoplan.publish.dossier.subject import Key, Row, Subject
from geoplan.publish.items import inside_of
from geoplan.publish.rows import rows_of
from geoplan.publish.statics import status_mark
from geoplan.schema import BASIS_OF
from geoplan.written import Cell, Head, Table
from geoplan.written import Row as Line

Group = tuple[str, str, str]
"""Layer, class and basis."""

MOST_ROWS = 12
"""Rows of one layer in the table of a theme, and of a theme in that of a unit above counties."""

MOST_STATEMENTS = 30


def function_themes(subject: Subject) -> set[str]:
    """Return the themes that divide units into zones: those with a layer that is a partition."""
    return {row["theme"] for row in subject.layers.values() if row["partition"]}


def grouped(rows: Iterable[Row]) -> dict[Group, list[Row]]:
    """Return features by layer, class and basis, in their order; statements are left out."""
    found: dict[Group, list[Row]] = defaultdict(list)
    for row in rows:
        if row["extent"] != "statement":
            found[row["layer"], row["class"], BASIS_OF[row["extent"]]].append(row)
    return dict(found)


def layer_name(subject: Subject, layer: str, *, say: Say) -> str:
    """Return the title of a layer, with the status of its document where it is not in force."""
    row = subject.layers[layer]
    mark = status_mark(row["status"])
    return say.cell(row, "title") + (f"［{say.of(mark)}］" if mark else "")


def layer_cell(subject: Subject, layer: str, *, say: Say) -> Cell:
    """Return the title of a layer, with the status of its document below it."""
    row = subject.layers[layer]
    mark = status_mark(row["status"])
    return Cell(say.cell(row, "title"), say.of(mark) if mark else "")


def class_name(subject: Subject, cls: str, say: Say) -> Cell:
    """Return the title of a class, and today's term below it."""
    row = subject.classes[cls]
    today = say.cell(row, "today") if row["today"] else ""
    return Cell(say.cell(row, "title"), say.word("legend.today") + today if today else "")


def county_tables(subject: Subject, say: Say, *, functions: bool) -> list[Table]:
    """Return what is said of one county by class: exact and listed, then indicative apart."""
    themes = function_themes(subject)
    chosen = {
        group: rows
        for group, rows in grouped(subject.features.values()).items()
        if (subject.layers[group[0]]["theme"] in themes) is functions
    }
    exact = {group: rows for group, rows in chosen.items() if group[2] != "indicative"}
    drawn = {group: rows for group, rows in chosen.items() if group[2] == "indicative"}
    made = []
    if exact:
        made.append(_county_table(subject, exact, say, functions=functions))
    if drawn:
        made.append(_indicative(subject, drawn, say))
    return made


def _county_table(
    subject: Subject, groups: dict[Group, list[Row]], say: Say, *, functions: bool
) -> Table:
    heads = (
        Head(say.word("dossier.layer"), 2.3),
        Head(say.word("dossier.class"), 1.7),
        Head(say.word("dossier.items"), 2.9),
        Head(say.word("dossier.extent"), 1.25, "center"),
        Head(say.word("dossier.area_head"), 1.3, "right"),
        Head(say.word("dossier.share"), 1.2, "right"),
        Head(say.word("dossier.source"), 3.0),
    )
    lines: list[Line] = []
    theme, cites = "", Cites(subject, say)
    for group, rows in groups.items():
        if subject.layers[group[0]]["theme"] != theme:
            theme = subject.layers[group[0]]["theme"]
            if not functions:
                lines.append(Line(cells(say.cell(subject.themes[theme], "title")), "group"))
        lines.append(_county_line(group, rows, cites))
    silent = _silent(subject, {group[0] for group in groups}, cites) if functions else []
    key = "dossier.caption.functions" if functions else "dossier.caption.layers"
    notes = (say.word("dossier.note.area"), *silent, *cites.note())
    return trimmed(Table(heads, tuple(lines), say.word(key), notes))


def _silent(subject: Subject, told: set[str], cites: Cites) -> list[str]:
    """Return notes on what is not said of the county: one for each state."""
    say, themes = cites.say, function_themes(subject)
    states = {
        row["layer"]: row["state"]
        for row in rows_of(subject.atlas.tables, "coverage")
        if row["adcode"] == subject.key
    }
    found: dict[str, list[str]] = defaultdict(list)
    for key, layer in subject.layers.items():
        if layer["theme"] in themes and key not in told and layer["features"]:
            state = states.get(key, "not_concerned")
            word = "state.not_by_county" if state == "no_data" else f"state.{state}"
            if state != "out_of_scope" and layer["document"] in subject.numbers:
                found[word].append(f"{say.cell(layer, 'title')} {cites.at(layer['document'])}")
    return [
        say.word("dossier.note.silent", state=say.word(word), names=say.names(names))
        for word, names in found.items()
    ]


def _county_line(group: Group, rows: list[Row], cites: Cites) -> Line:
    subject, say = cites.subject, cites.say
    figure = subject.coverage.get(group)
    exact = figure if group[2] == "geometry" else None
    return Line(
        cells(
            layer_cell(subject, group[0], say=say),
            class_name(subject, group[1], say),
            say.names(say.cell(row, "name") for row in rows),
            say.names(say.code("extent", row["extent"]) for row in rows),
            say.km2(exact["area_net_km2"] if exact else None),
            say.percent(exact["share_of_unit"] if exact else None),
            Cell(
                cites.of_layer(group[0], rows),
                ref=ref("coverage", figure) if figure else "",
                quiet=True,
            ),
        )
    )


def _indicative(subject: Subject, groups: dict[Group, list[Row]], say: Say) -> Table:
    heads = (
        Head(say.word("dossier.layer"), 2.4),
        Head(say.word("dossier.class"), 1.8),
        Head(say.word("dossier.items"), 2.6),
        Head(say.word("dossier.about_size"), 1.7, "right"),
        Head(say.word("dossier.share"), 0.9, "right"),
        Head(say.word("dossier.source"), 3.2),
    )
    lines, cites = [], Cites(subject, say)
    for group, rows in groups.items():
        figure = subject.coverage.get(group)
        size, share = about(figure, say)
        place = ref("coverage", figure) if figure else ""
        lines.append(
            Line(
                cells(
                    layer_cell(subject, group[0], say=say),
                    class_name(subject, group[1], say),
                    say.names(say.cell(row, "name") for row in rows),
                    size,
                    share,
                    Cell(cites.of_layer(group[0], rows), ref=place, quiet=True),
                )
            )
        )
    note = say.word("dossier.note.indicative")
    return Table(heads, tuple(lines), say.word("dossier.caption.indicative"), (note, *cites.note()))


def about(figure: Row | None, say: Say) -> tuple[str, str]:
    """Return size and share of something indicative: two digits, and that they are about."""
    if figure is None:
        return "—", "—"
    word, area = say.word("legend.about"), figure["area_net_km2"]
    if area is None:
        length = figure["length_km"]
        size = "—" if length is None else f"{word}{_two(length)} {say.word('measure.km')}"
        return size, "—"
    share = figure["share_of_unit"]
    told = "—" if share is None else f"{word}{100 * share:.0f}%"
    return f"{word}{_two(area)} {say.word('measure.km2')}", told


def _two(value: float) -> str:
    return f"{float(f'{value:.2g}'):.10g}"


def summary_table(subject: Subject, say: Say) -> Table | None:
    """Return the layers by theme: classes with how many there are, areas, how many counties."""
    lines: list[Line] = []
    theme, left, cites = "", Counter[str](), Cites(subject, say)
    by_layer: dict[str, dict[Group, list[Row]]] = defaultdict(dict)
    for group, rows in grouped(subject.features.values()).items():
        by_layer[group[0]][group] = rows
    shown = Counter[str]()
    for layer, groups in by_layer.items():
        if subject.layers[layer]["theme"] != theme:
            theme = subject.layers[layer]["theme"]
            lines.append(Line(cells(say.cell(subject.themes[theme], "title")), "group"))
        shown[theme] += 1
        if shown[theme] > MOST_ROWS:
            left[theme] += 1
            continue
        lines.append(_summary_line(layer, groups, cites))
    if not lines:
        return None
    heads = (
        Head(say.word("dossier.layer"), 2.5),
        Head(say.word("dossier.classes"), 4.2),
        Head(say.word("dossier.counties"), 0.8, "right"),
        Head(say.word("dossier.area_head"), 1.8),
        Head(say.word("dossier.source"), 3.2),
    )
    notes = [say.word("dossier.note.area")]
    if left:
        notes.append(
            say.word("dossier.left.layers", n=sum(left.values()), file="tables/coverage.csv")
        )
    return Table(heads, tuple(lines), say.word("dossier.caption.summary"), (*notes, *cites.note()))


def _summary_line(layer: str, groups: dict[Group, list[Row]], cites: Cites) -> Line:
    subject, say = cites.subject, cites.say
    told, areas = [], []
    for group, rows in groups.items():
        name = say.cell(subject.classes[group[1]], "title")
        mark = say.word("indicative") if group[2] == "indicative" else ""
        told.append(
            say.word("dossier.class_count", name=name, n=len(rows))
            + (f"（{mark}）" if mark else "")
        )
        figure = subject.coverage.get(group)
        if group[2] == "geometry" and figure and figure["area_net_km2"] is not None:
            areas.append((name, figure["area_net_km2"]))
    one = len(areas) == 1
    size = "；".join(say.km2(v) if one else f"{n} {say.km2(v)}" for n, v in areas) or "—"
    rows = [row for found in groups.values() for row in found]
    at = Cell(cites.of_layer(layer, rows), ref=f"layers:{layer}", quiet=True)
    there = _counties(subject, rows)
    number = str(len(there)) if there else "—"
    return Line(
        cells(layer_cell(subject, layer, say=say), say.names(told, most=10), number, size, at)
    )


def _counties(subject: Subject, rows: list[Row]) -> set[str]:
    """Return the counties of the subject that features name, or that their shapes enter."""
    chosen = set(subject.counties)
    found: set[str] = set()
    for row in rows:
        found |= (
            set(counties_of(subject, (row["layer"], row["feature"]), extent=row["extent"])) & chosen
        )
    return found


def counties_of(subject: Subject, key: Key, *, extent: str) -> tuple[str, ...]:
    """Return the counties of a feature; of what lies in a city without more, none."""
    inside = inside_of(subject.atlas.tables)
    places = subject.placed.get(key, ())
    if extent == "whole":
        return tuple(county for code in places for county in inside.get(code, ()))
    return tuple(code for code in places if inside.get(code) == (code,))


def statements_table(subject: Subject, say: Say) -> Table | None:
    """Return what is said in words only, without a place; of many the first."""
    rows = [row for row in subject.features.values() if row["extent"] == "statement"]
    if not rows:
        return None
    heads = (
        Head(say.word("dossier.items"), 5.0),
        Head(say.word("dossier.source"), 4.0),
    )
    cites, lines, layer = Cites(subject, say), [], ""
    for row in rows[:MOST_STATEMENTS]:
        if row["layer"] != layer:
            layer = row["layer"]
            lines.append(Line(cells(layer_name(subject, layer, say=say)), "group"))
        at = Cell(cites.of_layer(layer, [row]), ref=ref("features", row), quiet=True)
        lines.append(Line(cells(say.cell(row, "name"), at)))
    notes = [say.word("dossier.note.statements")]
    if len(rows) > MOST_STATEMENTS:
        n = len(rows) - MOST_STATEMENTS
        notes.append(say.word("dossier.left.statements", n=n, file="tables/features.csv"))
    return Table(
        heads, tuple(lines), say.word("dossier.caption.statements"), (*notes, *cites.note())
    )
