"""Mappings as they are shipped, and those of a project beside them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from geoplan.config import MAPPINGS, Bilingual, shipped
from geoplan.errors import ConfigError
from geoplan.mappings.model import (
    Cited,
    ClassCode,
    Column,
    Dialect,
    Drawn,
    Group,
    Mapping,
)
from geoplan.strict import read_strict

Mappings = dict[str, Mapping]
"""Mappings by their code, in the order of codes."""

_MODELS = (Mapping, Dialect, Column, ClassCode, Drawn, Group, Cited, Bilingual)


def read_mappings(places: Sequence[Path]) -> Mappings:
    """Read all ``*.toml`` of the folders; a code of a later folder replaces that of an earlier.

    Raises
    ------
    ConfigError
        With every fault of every file and its line; a name that two mappings have.
    """
    found: Mappings = {}
    faults: list[str] = []
    where: dict[str, Path] = {}
    for place in places:
        here: dict[str, Path] = {}
        for path in sorted(place.glob("*.toml")):
            try:
                mapping = read_strict(path, Mapping, keys=_keys())
            except ConfigError as fault:
                faults.append(str(fault))
                continue
            if mapping.code in here:
                faults.append(f"{path}: code {mapping.code} stands in {here[mapping.code]} too")
            here[mapping.code] = path
            found[mapping.code] = mapping
        where |= here
    faults += _clashes(found, where)
    if faults:
        raise ConfigError("\n".join(faults))
    return dict(sorted(found.items()))


@cache
def shipped_mappings() -> Mappings:
    """Return the mappings that geoplan carries, read once."""
    return read_mappings([shipped() / MAPPINGS])


def _clashes(found: Mappings, where: dict[str, Path]) -> Iterator[str]:
    """Tell of names that two mappings have, and of codes that are taken from none."""
    taken: dict[str, str] = {}
    for code, mapping in found.items():
        for name in (code, *mapping.aliases, *mapping.names):
            if taken.setdefault(name, code) != code:
                also = f"{name} stands for {taken[name]} too"
                yield f"{where[code]}: {also}; a name is of one mapping"
        for dialect in mapping.dialect:
            for column in dialect.field:
                if column.codes and not (column.codes in found and found[column.codes].codes):
                    yield (
                        f"{where[code]}: {dialect.id}, field {column.name}: codes are those of "
                        f"{column.codes}, which is no mapping with codes"
                    )


def _keys() -> list[str]:
    return list(
        dict.fromkeys(f.alias or n for model in _MODELS for n, f in model.model_fields.items())
    )
