"""One version: what its documents say of units, by layer or by theme."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import pandas as pd

from geoplan.build import read_tables, run_stages
from geoplan.build.keys import READERS
from geoplan.config import FILE_NAME, Project, find_file, load
from geoplan.errors import UsageError
from geoplan.overlay.membership import Memberships
from geoplan.schema import Tables, records
from geoplan.sources import fresh_tables

NAMES = ("units", "documents", "themes", "classes", "layers", "features", "memberships")
"""Tables that are compared."""

Group = Literal["layer", "theme"]
"""What is set side by side: layers of two catalogues, or themes of two periods."""

Said = dict[tuple[str, str], frozenset[str]]
"""Classes by group and unit."""


@dataclass(frozen=True)
class Version:
    """What one side says."""

    label: str
    tables: Tables
    """Layers, features and memberships of this side alone; all units."""
    groups: dict[str, str]
    """Groups that it has, with their titles."""
    whole: Said
    """Counties that are wholly of classes."""
    listed: Said
    """Units, as named, of which plans say that something lies there."""
    scope: dict[str, frozenset[str]]
    """Counties of which the documents of a group speak."""
    period: bool = False
    """Whether it is a period: what it does not list, it does not deny."""

    def lists(self, group: str, classes: Collection[str]) -> bool:
        """Return whether it lists units of a group under one of `classes`, whatever the extent."""
        sides = (self.whole, self.listed)
        found = (said for side in sides for at, said in side.items() if at[0] == group)
        return any(said & set(classes) for said in found)


def tables_of(folder: Path) -> Tables:
    """Return the tables of a project: its own where they are fresh, else made in a folder aside.

    Nothing is written into the project. Raises `UsageError` where there is no such
    folder, and as the stages do.
    """
    project = load(folder)
    if (project.build_folder / "memberships.parquet").exists():
        fresh = _fresh(project)
        if fresh is not None:
            return fresh
    with TemporaryDirectory(prefix="geoplan-") as aside:
        places = {"build": f"{aside}/build", "maps": f"{aside}/maps"}
        made = replace(project, config=project.config.model_copy(update=places))
        run_stages(made, READERS)
        return read_tables(made, NAMES)


def _fresh(project: Project) -> Tables | None:
    from geoplan.errors import DataError

    try:
        fresh_tables(project)
        return read_tables(project, NAMES)
    except DataError:  # stale, or of another version of geoplan
        return None


def version_of(
    tables: Tables, label: str, *, group: Group, documents: Collection[str] | None = None
) -> Version:
    """Return what `documents` (all by default) say in `tables`."""
    layers = tables["layers"]
    own = layers if documents is None else layers[layers["document"].isin(list(documents))]
    ids = set(own["layer"])
    chosen = {
        **tables,
        "layers": own,
        **{n: tables[n][tables[n]["layer"].isin(ids)] for n in ("features", "memberships")},
    }
    members = Memberships.of(chosen)
    key = dict(zip(own["layer"], own[group], strict=True))
    whole: dict[tuple[str, str], set[str]] = defaultdict(set)
    listed: dict[tuple[str, str], set[str]] = defaultdict(set)
    for labels, found in ((members.wholly, whole), (members.listed, listed)):
        for name, features in labels.items():
            for codes in features.values():
                for code in codes:
                    found[key[name.layer], code].add(name.class_)
    scope: dict[str, set[str]] = defaultdict(set)
    for row in records(own):
        scope[key[row["layer"]]] |= set(members.counties.get(row["scope"], ()))
    source, column = (own, "layer") if group == "layer" else (tables["themes"], "theme")
    titles = dict(zip(source[column], source["title"], strict=True))
    return Version(
        label,
        chosen,
        {name: str(titles[name]) for name in dict.fromkeys(key.values())},
        {at: frozenset(found) for at, found in whole.items()},
        {at: frozenset(found) for at, found in listed.items()},
        {name: frozenset(codes) for name, codes in scope.items()},
        group == "theme",
    )


def check_folders(old: str, new: str) -> bool:
    """Return whether both are folders; `UsageError` where one of them is."""
    there = [Path(name).is_dir() for name in (old, new)]
    if there[0] != there[1]:
        other = new if there[0] else old
        raise UsageError(
            f"{other}: there is no such folder; give two folders of projects, or two periods or "
            "documents of one project"
        )
    for name in (old, new) if all(there) else ():
        # An empty folder stands for what is shipped: nobody means that here.
        if find_file(Path(name).resolve()) is None:
            raise UsageError(f"{name}: is no project: there is no {FILE_NAME} in it or above")
    if all(there) and Path(old).resolve() == Path(new).resolve():
        raise UsageError(f"{old} and {new} are the same folder; give two versions")
    return all(there)


def counties_of(tables: Tables) -> pd.DataFrame:
    """Return the counties by code: name, area in km² and its standard error, geometry."""
    units = tables["units"]
    return units[units["level"] == "county"].set_index("adcode")
