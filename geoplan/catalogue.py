"""The plan catalogue of a project: what plans say, two periods side by side, and its citations."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from geoplan.build import layer_inputs
from geoplan.config import Project
from geoplan.errors import UnitError, UsageError
from geoplan.files import check_target, write_text
from geoplan.gazetteer import Gazetteer
from geoplan.gazetteer import load as load_gazetteer
from geoplan.layers import (
    Checked,
    LayerInputs,
    Query,
    Registry,
    check,
    compare,
    list_statements,
    read_registry,
    select,
)
from geoplan.sheet import csv_text
from geoplan.toml import suggestion

_YEAR = re.compile("[12][0-9]{3}")


def list_catalogue(
    project: Project,
    *,
    themes: Sequence[str] = (),
    documents: Sequence[str] = (),
    unit: str | None = None,
    year: str | None = None,
) -> pd.DataFrame:
    """Return the statements of the plans, one a row, filtered; no build is needed.

    Parameters
    ----------
    unit
        Code or name. With one, `reach` says whether a statement names the unit
        (``own``), a unit above it (``above``) or one inside it (``within``).
    year
        Four digits; statements whose period holds it.

    Returns
    -------
    pandas.DataFrame
        Columns `reach` and `geoplan.layers.statements.COLUMNS`.

    Raises
    ------
    UsageError
        Where a theme, document or year is none.
    UnitError
        Where the unit is unknown, ambiguous, or a group of several.
    LayerError
        With every fault of the layer files.
    """
    inputs, gazetteer = _open(project)
    registry = read_registry(inputs.folders)
    _known("theme", themes, [theme.id for theme in registry.theme])
    _known("document", documents, [document.id for document in registry.document])
    if year is not None and not _YEAR.fullmatch(year):
        raise UsageError(f"year {year!r} is no year; write four digits, such as 2020")
    query = Query(themes, documents, unit_of(unit, gazetteer, project=project), year)
    scopes = {d.id: d.scope for d in registry.document}
    table = list_statements(inputs, gazetteer=gazetteer)
    return select(table, query, gazetteer=gazetteer, scopes=scopes)


def count_catalogue(table: pd.DataFrame) -> pd.DataFrame:
    """Count features and indicators by theme (rows) and document (columns), with totals."""
    table = table[table["kind"].isin(["feature", "indicator"])]
    if table.empty:
        return pd.DataFrame(columns=["theme_title", "total"])
    counted = pd.crosstab(table["theme"], table["document"])
    counted = counted.loc[table["theme"].drop_duplicates()]
    counted = counted[table["document"].drop_duplicates().sort_values()]
    counted["total"] = counted.sum(axis=1)
    counted.loc["total"] = counted.sum()
    titles = dict(zip(table["theme"], table["theme_title"], strict=True))
    counted.insert(0, "theme_title", [titles.get(theme, "") for theme in counted.index])
    return counted.reset_index()


def compare_catalogue(
    project: Project,
    periods: tuple[str, str],
    *,
    themes: Sequence[str] = (),
    unit: str | None = None,
) -> pd.DataFrame:
    """Set the statements of two periods (or documents) side by side, by theme, class and unit.

    `periods` are two ids of documents, or years: one, or two with
    a hyphen (``2016-2020``), which stand for the documents whose own period
    lies in it. Raises `UsageError` where one stands for none, or both share one.
    """
    inputs, gazetteer = _open(project)
    registry = read_registry(inputs.folders)
    first, second = periods
    code = unit_of(unit, gazetteer, project=project)
    sides = [documents_of(name, registry) for name in periods]
    shared = sorted(set(sides[0]) & set(sides[1]))
    if shared:
        raise UsageError(f"{first!r} and {second!r} both stand for {', '.join(shared)}")
    table = list_catalogue(project, themes=themes, unit=unit)
    return compare(table, first=sides[0], second=sides[1], unit=code)


def save(table: pd.DataFrame, path: Path) -> None:
    """Write a table of the catalogue as CSV for spreadsheets, at once or not at all.

    Raises `UsageError` where `path` is no CSV file.
    """
    check_target(path, [".csv"])
    try:
        write_text(path.resolve(), csv_text(table))
    except OSError as fault:
        raise UsageError(f"{path}: cannot be written: {fault.strerror or fault}") from fault


def check_catalogue(project: Project, folder: Path | None = None) -> Checked:
    """Check every citation against the texts in `folder`, by default the configuration's.

    Raises
    ------
    UsageError
        Where no folder is given and ``documents`` is not configured.
    DataError
        Where the folder does not exist or holds none of the texts.
    """
    if folder is None:
        if project.documents_folder is None:
            raise UsageError(
                "no folder with the plans' texts: give --documents FOLDER, "
                f"or set documents in {project.file}"
            )
        folder = project.documents_folder
    inputs, gazetteer = _open(project)
    return check(inputs, folder, gazetteer=gazetteer)


def findings_about(project: Project, unit: str) -> list[tuple[str, str]]:
    """Return title and detail of the findings about the texts that concern a unit."""
    inputs, gazetteer = _open(project)
    code = unit_of(unit, gazetteer, project=project)
    registry = read_registry(inputs.folders)
    return [
        (finding.title.zh, finding.detail.zh)
        for finding in registry.finding
        if any(code in gazetteer.resolve(name, scope="").adcodes for name in finding.units)
    ]


def outside_scope(project: Project, unit: str) -> list[tuple[str, str]]:
    """Return title and scope of the plans that say nothing about `unit`, which lies outside."""
    inputs, gazetteer = _open(project)
    code = unit_of(unit, gazetteer, project=project)
    return [
        (d.title, gazetteer.units[d.scope].name)
        for d in read_registry(inputs.folders).document
        if d.plan and code is not None and not _related(code, d.scope, gazetteer)
    ]


def _related(code: str, scope: str, gazetteer: Gazetteer) -> bool:
    return gazetteer.within(code, scope) or gazetteer.within(scope, code)


def _open(project: Project) -> tuple[LayerInputs, Gazetteer]:
    return layer_inputs(project), load_gazetteer(project.folder("boundaries"))


def unit_of(name: str | None, gazetteer: Gazetteer, *, project: Project) -> str | None:
    """Return the code of one unit; `UnitError` where the name is unknown or means several."""
    if name is None:
        return None
    codes = gazetteer.resolve(name, scope=project.config.scope).adcodes
    if len(codes) != 1:
        names = "、".join(gazetteer.full_name(code) for code in codes)
        raise UnitError(f"{name!r} stands for {len(codes)} units; name one of them: {names}")
    return codes[0]


def _known(kind: str, wanted: Sequence[str], there: Sequence[str]) -> None:
    for name in wanted:
        if name not in there:
            hint = suggestion(name, there)
            raise UsageError(f"{kind} {name!r} is not known.{hint} There are: {', '.join(there)}")


def documents_of(name: str, registry: Registry) -> list[str]:
    """Return the documents that an id, a year or a period stands for; `UsageError` where none."""
    ids = [d.id for d in registry.document]
    if name in ids:
        return [name]
    start, _, end = re.sub("[—–~～至]", "-", name).partition("-")
    end = end or start
    years = bool(_YEAR.fullmatch(start) and _YEAR.fullmatch(end))
    if years and start > end:
        raise UsageError(f"{name!r}: {start} is after {end}; the earlier year comes first")
    found = [
        d.id
        for d in registry.document
        if d.plan and d.period is not None and start <= d.period[0] and d.period[1] <= end
    ]
    if not (years and found):
        periods = ", ".join(f"{d.id} ({'-'.join(d.period)})" for d in registry.document if d.period)
        raise UsageError(
            f"{name!r} is no document, and no document's period lies in it; there are: {periods}"
        )
    return found
