"""Dossiers as files: made of the tables that the last build left, as pages and for Word."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any, Literal, get_args

from geoplan import typeset
from geoplan.build.exporting import built_tables, export_folder, write_export
from geoplan.config import REFERENCE, Project
from geoplan.errors import StageError, UsageError
from geoplan.gazetteer import Gazetteer
from geoplan.gazetteer import load as load_gazetteer
from geoplan.publish import dossier_html, dossiers
from geoplan.schema import Tables, records
from geoplan.toml import suggestion
from geoplan.word import docx_bytes
from geoplan.written import Lang, Picture, Report

Format = Literal["html", "docx"]
FORMATS: tuple[Format, ...] = get_args(Format)

TRACE = "trace.html"
"""The page of an atlas that traces rows."""

DPI = 220
"""Of pictures in Word files."""

Subject = tuple[Literal["unit", "theme", "document"], str]


@dataclass(frozen=True, kw_only=True)
class Reports:
    """Which dossiers are made, and how."""

    unit: str | None = None
    """A name or code; default, if no theme or document is given: the scope."""
    theme: str | None = None
    document: str | None = None
    every: bool = False
    """Also of all units in the unit."""
    formats: tuple[str, ...] = FORMATS
    lang: Lang = "zh"
    out: Path | None = None
    """Folder, made if missing; default: ``export/report`` in that of the project."""


def report(
    project: Project,
    *,
    how: Reports,
    on_file: Callable[[Path], None] = lambda _: None,
    on_note: Callable[[str], None] = lambda _: None,
) -> list[Path]:
    """Write dossiers of units, a theme or a document; return the files.

    Parameters
    ----------
    on_file
        Is told of every file as it is written.
    on_note
        Is told once if Word files are made without their maps, and why.

    Raises
    ------
    UsageError
        For an unknown theme, document or format, more than one subject, or a
        folder that geoplan publishes to.
    UnitError
        For a unit that is unknown or ambiguous, or was split.
    DataError
        Where nothing is built yet, or tables do not fit together.
    StageError
        Where a file cannot be written.
    """
    formats = _formats(how.formats)
    _check(how)
    folder = export_folder(project, how.out, below="report")
    tables, as_of = built_tables(project)
    subjects = _subjects(project, how, tables)
    makers = dossiers(tables, project=project, as_of=as_of)
    heights = _heights(tables)
    trace = _trace(project, folder)
    pens = _Pens(on_note)
    written = []
    for kind, key in subjects:
        height = heights.get(key) if kind == "unit" else None
        made = makers.report(kind, key, lang=how.lang, height_m=height)
        for form in formats:
            path = folder / f"{made.name}.{form}"
            if form == "html":
                content = dossier_html(made, trace=trace).encode("utf-8")
            else:
                content = docx_bytes(made, pictures=pens.pictures(made))
            write_export(path, content)
            written.append(path)
            on_file(path)
    return written


def _formats(wanted: tuple[str, ...]) -> tuple[Format, ...]:
    unknown = [name for name in wanted if name not in FORMATS]
    if unknown or not wanted:
        told = ", ".join(map(repr, unknown)) or "none"
        raise UsageError(f"formats: {told}; allowed are {' and '.join(FORMATS)}, by commas")
    return tuple(form for form in FORMATS if form in wanted)


def _check(how: Reports) -> None:
    given = [name for name in ("unit", "theme", "document") if getattr(how, name) is not None]
    if len(given) > 1:
        options = ", ".join(f"--{name}" for name in given)
        raise UsageError(f"a report is about one thing, {len(given)} are given: {options}")
    if how.every and given not in ([], ["unit"]):
        raise UsageError(f"--all is of units; it does not go with --{given[0]}")


def _subjects(project: Project, how: Reports, tables: Tables) -> list[Subject]:
    if how.theme is not None:
        return [("theme", _known("theme", how.theme, records(tables["themes"])))]
    if how.document is not None:
        return [("document", _known("document", how.document, records(tables["documents"])))]
    gazetteer = load_gazetteer(project.folder("boundaries"))
    code = _unit(project, how.unit, gazetteer)
    there = set(tables["units"]["adcode"])
    if code not in there:
        scope = gazetteer.units[project.config.scope].name
        raise UsageError(
            f"{how.unit!r} ({code}) does not lie in the scope of the project, {scope}; "
            "see `geoplan units`"
        )
    if not how.every:
        return [("unit", code)]
    return [("unit", c) for c in sorted(there) if gazetteer.within(c, code)]


def _unit(project: Project, name: str | None, gazetteer: Gazetteer) -> str:
    if name is None:
        return project.config.scope
    found = gazetteer.resolve_unit(name, scope=project.config.scope)
    if len(found.adcodes) > 1:
        names = ", ".join(f"{gazetteer.full_name(c)} ({c})" for c in found.adcodes)
        raise UsageError(
            f"{name!r} stands for {len(found.adcodes)} units of today: {names}; give one"
        )
    return found.adcodes[0]


def _known(kind: str, name: str, rows: list[dict[str, Any]]) -> str:
    """Return the id of a theme or document that is called by its id or a title."""
    called: dict[str, str] = {}
    for row in rows:
        for column in ("title", "title_en", "number", kind):
            if row.get(column):
                called[str(row[column])] = row[kind]
    if name in called:
        return called[name]
    near = suggestion(name, list(called))
    ids = ", ".join(row[kind] for row in rows)
    raise UsageError(f"no {kind} {name!r}.{near} There are {len(rows)}: {ids}")


def _heights(tables: Tables) -> dict[str, float]:
    """Return the mean height of each unit, where a layer shows the project's sample of heights."""
    rasters, zonal = tables["rasters"], tables["zonal"]
    layers = rasters["layer"][rasters["path"] == f"{REFERENCE}elevation.tif"]
    own = zonal[zonal["layer"].isin(layers[:1]) & zonal["mean"].notna()]
    return dict(zip(own["adcode"], own["mean"], strict=True))


def _trace(project: Project, folder: Path) -> str | None:
    """Return the way from a report to the page that traces rows, where it lies in the project."""
    page = project.maps_folder / TRACE
    if not page.is_file() or not folder.resolve().is_relative_to(project.root.resolve()):
        return None
    return Path(os.path.relpath(page.resolve(), folder.resolve())).as_posix()


@dataclass
class _Pens:
    """Draws pictures for Word files; where it cannot, it says so once."""

    on_note: Callable[[str], None]
    font: str | None = None
    failed: bool = False

    def pictures(self, made: Report) -> Mapping[int, bytes]:
        """Return the pictures of a report as PNG, by place."""
        return dict(self._drawn(made))

    def _drawn(self, made: Report) -> Iterator[tuple[int, bytes]]:
        blocks = [block for section in made.sections for block in section.blocks]
        for place, picture in enumerate(b for b in blocks if isinstance(b, Picture)):
            if self.failed:
                return
            try:
                self.font = self.font or typeset.chinese_font()
                svg = picture.svg(font=escape(self.font), label="")
                size = picture.size
                yield place, typeset.typeset(svg, size=size, title="map", as_="png", dpi=DPI)
            except StageError as fault:
                self.failed = True
                self.on_note(f"Word files are made without their maps: {fault}")
