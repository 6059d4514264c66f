"""Two versions are read, set side by side, and what differs is gathered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from geoplan.build import layer_inputs
from geoplan.catalogue import documents_of, unit_of
from geoplan.config import Project
from geoplan.errors import UsageError
from geoplan.gazetteer import load as load_gazetteer
from geoplan.layers import read_registry
from geoplan.schema import Tables
from geoplan.sources import fresh_tables
from geoplan.toml import suggestion
from geoplan.versions.borders import Borders, border_changes
from geoplan.versions.renamed import COLUMNS as RENAMED
from geoplan.versions.renamed import renamed
from geoplan.versions.transfers import transfers
from geoplan.versions.version import NAMES, Version, check_folders, tables_of, version_of


@dataclass(frozen=True)
class Compared:
    """What two versions have in common, and what not."""

    old: str
    new: str
    changes: pd.DataFrame
    """`geoplan.versions.transfers.COLUMNS`; unchanged rows too, so that areas add up."""
    renamed: pd.DataFrame
    borders: Borders | None
    """None where boundaries are the same."""
    units: pd.DataFrame
    """The table `units` of the new version."""
    scopes: frozenset[str]
    """Scopes of the documents that are compared."""
    sketches: int
    """Indicative features, which are not compared."""

    @property
    def changed(self) -> pd.DataFrame:
        """The rows of `changes` that tell of a change."""
        return self.changes[self.changes["change"].isin(["moved", "appeared", "went", "extent"])]

    @property
    def silent(self) -> pd.DataFrame:
        """The rows of which one side does not speak, which is no change."""
        return self.changes[self.changes["change"].isin(["out_of_scope", "untold"])]


def compare_versions(
    old: str,
    new: str,
    *,
    project: Project,
    themes: Sequence[str] = (),
    unit: str | None = None,
) -> Compared:
    """Compare two folders of projects, or two periods or documents of `project`.

    Folders are compared layer by layer, with their boundaries; of periods and documents,
    classes are compared theme by theme. Nothing is written into either folder.

    Parameters
    ----------
    themes
        Ids; all by default.
    unit
        Code or name: this unit and those inside it.

    Raises
    ------
    UsageError
        Where a side is neither folder nor period nor document, or a theme is unknown.
    DataError
        Where files of a project are wrong, or its tables stale (of periods).
    """
    if check_folders(old, new):
        tables = tables_of(Path(old)), tables_of(Path(new))
        _check_themes(themes, tables)
        sides = [
            version_of(_of_themes(t, themes), name, group="layer")
            for t, name in zip(tables, (old, new), strict=True)
        ]
        names, borders = renamed(*tables), border_changes(*tables)
    else:
        sides = _periods(project, (old, new), themes)
        names, borders = pd.DataFrame(columns=list(RENAMED)), None
    changes = transfers(*sides)
    units = sides[1].tables["units"]
    if unit is not None:
        inside = _inside(project, unit)
        changes = changes[changes["adcode"].isin(inside)].reset_index(drop=True)
    drawn = [int((s.tables["features"]["extent"] == "indicative").sum()) for s in sides]
    scopes = frozenset(str(code) for s in sides for code in s.tables["layers"]["scope"])
    return Compared(old, new, changes, names, borders, units, scopes, sum(drawn))


def _periods(project: Project, names: tuple[str, str], themes: Sequence[str]) -> list[Version]:
    registry = read_registry(layer_inputs(project).folders)
    sides = [documents_of(name, registry) for name in names]
    shared = sorted(set(sides[0]) & set(sides[1]))
    if shared:
        raise UsageError(f"{names[0]!r} and {names[1]!r} both stand for {', '.join(shared)}")
    fresh_tables(project)
    from geoplan.build import read_tables

    tables = read_tables(project, NAMES)
    _check_themes(themes, (tables,))
    chosen = _of_themes(tables, themes)
    return [
        version_of(chosen, name, group="theme", documents=documents)
        for name, documents in zip(names, sides, strict=True)
    ]


def _check_themes(themes: Sequence[str], tables: Sequence[Tables]) -> None:
    known = list(dict.fromkeys(t for each in tables for t in each["themes"]["theme"]))
    for theme in themes:
        if theme not in known:
            hint = suggestion(theme, known)
            raise UsageError(f"theme {theme!r} is not known.{hint} There are: {', '.join(known)}")


def _of_themes(tables: Tables, themes: Sequence[str]) -> Tables:
    if not themes:
        return tables
    layers = tables["layers"][tables["layers"]["theme"].isin(list(themes))]
    return {**tables, "layers": layers}


def _inside(project: Project, unit: str) -> set[str]:
    gazetteer = load_gazetteer(project.folder("boundaries"))
    code = unit_of(unit, gazetteer, project=project)
    return {other for other in gazetteer.units if code and gazetteer.within(other, code)}
