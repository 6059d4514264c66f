"""Ledgers that people write down: ``ledgers.toml`` at the root of the layers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from geoplan.config import Bilingual, Project
from geoplan.errors import ConfigError, UsageError
from geoplan.strict import Strict, Text, read_strict
from geoplan.toml import suggestion

FILE = "ledgers.toml"


class Entry(Strict):
    """One ledger: of what, where, and the constraints in their order."""

    id: Text
    title: Bilingual
    of: Text
    """A class of all layers, a layer, ``layer/class``, or a file."""
    unit: Text
    constraints: Annotated[tuple[Text, ...], Field(min_length=1)]


class _File(Strict):
    ledger: tuple[Entry, ...] = ()


def entry_of(name: str, entries: Mapping[str, Entry]) -> Entry:
    """Return a ledger by id; `UsageError` with suggestions where there is none."""
    if name not in entries:
        raise UsageError(
            f"{name!r} is no ledger of layers/{FILE}.{suggestion(name, list(entries))} "
            f"There are: {', '.join(entries) or 'none'}; of a class, give --unit and --constraint"
        )
    return entries[name]


def read_entries(project: Project) -> dict[str, Entry]:
    """Return the ledgers of all folders of layers by id; later folders replace earlier ones.

    Raises `ConfigError` with every fault and its line.
    """
    found: dict[str, Entry] = {}
    for folder in project.layer_folders():
        path = folder / FILE
        if not path.is_file():
            continue
        made = read_strict(path, _File, keys=[*_File.model_fields, *Entry.model_fields])
        ids = [entry.id for entry in made.ledger]
        twice = sorted({name for name in ids if ids.count(name) > 1})
        if twice:
            raise ConfigError(f"{path}: {', '.join(twice)} stand(s) there twice; give other ids")
        found |= {entry.id: entry for entry in made.ledger}
    return found
