"""Pivots county × class of the tables that the last build left, as files for reports."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from geoplan import publish, vector
from geoplan.build.exporting import built, export_folder, write_export
from geoplan.build.tables import read_tables
from geoplan.config import Project
from geoplan.errors import DataError, UsageError
from geoplan.gazetteer import Gazetteer
from geoplan.gazetteer import load as load_gazetteer
from geoplan.geometry import AREA_UNITS_PER_KM2
from geoplan.schema import Tables, records
from geoplan.toml import suggestion
from geoplan.unit_table import one_unit, resolver

PivotFormat = Literal["csv", "xlsx", "html"]
PivotMeasure = Literal["km2", "ha", "mu", "10k_mu"]

NEEDED = ("units", "documents", "themes", "classes", "layers", "coverage", "pieces")


@dataclass(frozen=True, kw_only=True)
class Pivot:
    """What a pivot is of, and how it is written."""

    formats: tuple[str, ...] = ("xlsx",)
    """Of `PivotFormat`."""
    unit: str | None = None
    """Name or code of a unit; default: the scope of the project."""
    theme: str | None = None
    layer: str | None = None
    measure: PivotMeasure = "km2"
    digits: int | None = None
    """Decimals of areas, 0 to 6; default: 2 of km² and 万亩, none of others."""
    lang: Literal["zh", "en"] = "zh"
    control: Path | None = None
    """Table of control areas."""
    control_measure: str | None = None
    out: Path | None = None


@dataclass(frozen=True)
class Pivoted:
    """The files that were written, and what has to be told of control areas."""

    files: list[Path]
    notes: list[str]


def pivot(project: Project, *, how: Pivot) -> Pivoted:
    """Write tables county × class: areas with totals, lists and indicative areas apart.

    Raises
    ------
    UsageError
        For an unknown theme, layer, format or number of decimals.
    UnitError
        For an unknown or ambiguous unit.
    DataError
        Where nothing is built yet, nothing is known of the unit, or control areas are wrong.
    StageError
        Where a file cannot be written.
    """
    _check(how)
    folder = export_folder(project, how.out)
    built(project)
    tables = read_tables(project, NEEDED)
    gazetteer = load_gazetteer(project.folder("boundaries"))
    unit = one_unit(gazetteer, how.unit or project.config.scope, scope=project.config.scope)
    if unit not in set(tables["units"]["adcode"]):
        raise UsageError(f"{how.unit}: lies outside the project's scope {project.config.scope}")
    control = _control(gazetteer, tables, how, unit)
    ask = publish.Ask(
        unit=unit,
        layers=_layers(tables, how),
        measure=how.measure,
        digits=how.digits,
        lang=how.lang,
        control=control,
        control_file=how.control.name if how.control else "",
    )
    made = publish.pivot_tables(tables, ask)
    if not made:
        raise DataError(f"{gazetteer.units[unit].name}: no class has an area or a list there")
    stem = "-".join(["pivot", unit, (how.layer or how.theme or "all").replace("_", "-")])
    named = next(row for row in records(tables["units"]) if row["adcode"] == unit)
    title = ask.say("pivot.title", unit=ask.of(named, "name"))
    files = []
    for form in dict.fromkeys(how.formats):
        for name, content in _written(form, made, stem, title, how.lang):
            write_export(folder / name, content)
            files.append(folder / name)
    return Pivoted(files, publish.control_notes(tables, ask))


def _written(
    form: str, made: list[publish.PivotTable], stem: str, title: str, lang: str
) -> list[tuple[str, bytes]]:
    stem = stem if lang == "zh" else f"{stem}-{lang}"
    if form == "csv":
        return [(f"{stem}-{t.id}.csv", publish.csv_text(t).encode("utf-8")) for t in made]
    if form == "xlsx":
        return [(f"{stem}.xlsx", publish.xlsx_bytes(made, title=title))]
    text = publish.html_text(made, title=title, lang=lang)
    return [(f"{stem}.html", text.encode("utf-8"))]


def _check(how: Pivot) -> None:
    unknown = [form for form in how.formats if form not in get_args(PivotFormat)]
    if unknown or not how.formats:
        what = f"format {unknown[0]!r} is not known" if unknown else "no format is chosen"
        raise UsageError(f"{what}; give one or more of {', '.join(get_args(PivotFormat))}")
    if how.theme and how.layer:
        raise UsageError("a theme and a layer are given; give one of them")
    if how.digits is not None and not 0 <= how.digits <= 6:
        raise UsageError(f"{how.digits} decimals are asked for; 0 to 6 are possible")
    known = ("km2", "ha", "mu", "10k_mu", "m2", "10k_ha")
    if how.control_measure is not None and how.control_measure not in known:
        raise UsageError(f"measure {how.control_measure!r} is not known; give {', '.join(known)}")
    if how.control_measure and not how.control:
        raise UsageError("--control-measure is given without --control-area")


def _layers(tables: Tables, how: Pivot) -> tuple[str, ...]:
    layers = records(tables["layers"])
    column, wanted = ("layer", how.layer) if how.layer else ("theme", how.theme)
    known = list(dict.fromkeys(row[column] for row in layers))
    key = wanted.replace("-", "_") if wanted and column == "theme" else wanted
    if key is not None and key not in known:
        near = suggestion(key, known)
        raise UsageError(f"no {column} {wanted!r}.{near} There are {len(known)}: {_some(known)}")
    return tuple(row["layer"] for row in layers if key is None or row[column] == key)


def _some(names: list[str]) -> str:
    return ", ".join(names[:30]) + (" …" if len(names) > 30 else "")


def _control(gazetteer: Gazetteer, tables: Tables, how: Pivot, unit: str) -> publish.Control | None:
    if how.control is None:
        return None
    areas = dict(zip(tables["units"]["adcode"], tables["units"]["area_km2"], strict=True))
    counties = gazetteer.counties(unit)
    return publish.control_areas(
        vector.read_cells(how.control),
        source=str(how.control),
        measure=how.control_measure,
        resolve=resolver(gazetteer, unit),
        gis={code: round(areas[code] * AREA_UNITS_PER_KM2) for code in counties if code in areas},
    )
