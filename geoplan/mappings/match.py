"""Which mapping a file fits: named by its code and confirmed by its fields, or by fields alone."""

from __future__ import annotations

from collections.abc import Mapping as Table
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from geoplan.mappings.files import Mappings, shipped_mappings
from geoplan.mappings.model import Column, Dialect, Mapping, Role, short
from geoplan.mappings.names import named
from geoplan.reading import Notice

LEAST = 0.5
"""Share of a dialect's required fields that have to be there for a name to be believed."""


@dataclass(frozen=True)
class Match:
    """A file and the mapping that it fits."""

    mapping: Mapping
    dialect: Dialect
    """The one that fits best, even where none does."""
    by: Literal["name", "fields"]
    confirmed: bool
    """Whether name and fields agree, so that it may be taken; else it is a proposal."""
    columns: Table[str, str]
    """Columns of the file by the names that the mapping gives its fields."""
    notices: tuple[Notice, ...]

    def column(self, role: Role) -> str | None:
        """Return the file's column of a role, if it is there."""
        for field in self.fields(role):
            return self.columns[field.name]
        return None

    def fields(self, role: Role) -> tuple[Column, ...]:
        """Return the fields of a role that the file has."""
        there = (field for field in self.dialect.field if field.name in self.columns)
        return tuple(field for field in there if field.role == role)


def of(name: str, fields: Sequence[str], *, known: Mappings | None = None) -> Match | None:
    """Return the mapping that a file fits by its name and the names of its fields.

    Parameters
    ----------
    name
        Of the file, or of the layer in it; places and years around the code do not count.
    fields
        Names of its columns, in any case, cut to 10 bytes or not.
    known
        Mappings to choose from; default: the shipped ones.

    Returns
    -------
    Match or None
        `confirmed` where the name is that of a mapping and at least half of what a dialect
        requires is there. A name without the fields, or fields without the name, is a proposal.
    """
    mappings = shipped_mappings() if known is None else known
    columns = _by_short(fields)
    meant = named(name, mappings)
    if meant is None:
        return _by_fields(mappings, columns)
    mapping, foreign = meant
    dialect = max(mapping.dialect, key=lambda each: _share(each, columns))
    missing = [field for field in dialect.required if short(field) not in columns]
    fits = _share(dialect, columns) >= LEAST
    notices = []
    if foreign:
        notices.append(_says_more(mapping, foreign))
    if missing:
        notices.append(_missing(mapping, dialect, missing, fits=fits))
    return Match(
        mapping, dialect, "name", fits and not foreign, _columns(dialect, columns), tuple(notices)
    )


def _by_short(fields: Sequence[str]) -> dict[str, str]:
    """Return columns by their names as all files have them alike; an exact name comes first."""
    found: dict[str, str] = {}
    for field in sorted(map(str, fields), key=lambda f: (f != f.upper(), f)):
        found.setdefault(short(field), field)
    return found


def _share(dialect: Dialect, columns: Table[str, str]) -> float:
    wanted = dialect.required
    return sum(short(field) in columns for field in wanted) / len(wanted)


def _columns(dialect: Dialect, columns: Table[str, str]) -> dict[str, str]:
    there = (field.name for field in dialect.field)
    return {name: columns[short(name)] for name in there if short(name) in columns}


def _by_fields(mappings: Mappings, columns: Table[str, str]) -> Match | None:
    """Return the one mapping whose telling fields are all there, as a proposal."""
    fits = [
        (mapping, dialect)
        for mapping in mappings.values()
        for dialect in mapping.dialect
        if dialect.telling and all(short(field) in columns for field in dialect.telling)
    ]
    if not fits or len({mapping.code for mapping, _ in fits}) > 1:
        return None
    mapping, dialect = max(fits, key=lambda pair: _share(pair[1], columns))
    told = Notice(
        code="fields.proposed",
        severity="info",
        message=f"the fields are those of {mapping.code} ({mapping.title.zh}), the name is not",
        evidence=f"fields: {', '.join(columns[short(field)] for field in dialect.telling)}",
        proposal=f"call the file or layer {mapping.code} if that is what it is",
    )
    return Match(mapping, dialect, "fields", False, _columns(dialect, columns), (told,))


def _says_more(mapping: Mapping, foreign: str) -> Notice:
    return Notice(
        code="fields.proposed",
        severity="warning",
        message=f"the name holds {mapping.code} ({mapping.title.zh}), but also {foreign}",
        proposal=(
            f"call it {mapping.code}, with a place before and a year behind if you like, "
            "if that is what it is"
        ),
    )


def _missing(mapping: Mapping, dialect: Dialect, missing: Sequence[str], *, fits: bool) -> Notice:
    count = len(dialect.required)
    if fits:
        what = f"of {count} fields that {mapping.code} has in the dialect {dialect.title.zh}"
        message = f"{len(missing)} {what} are missing: {', '.join(missing)}"
    else:
        others = ", ".join(each.title.zh for each in mapping.dialect)
        message = (
            f"the name is {mapping.code}, but {len(missing)} of its {count} fields are missing: "
            f"{', '.join(missing)} (dialects: {others})"
        )
    return Notice(
        code="fields.missing",
        severity="warning",
        message=message,
        evidence="compared without case, and by the first 10 bytes, as shapefiles cut names",
        proposal="" if fits else "write a layer file that says which columns there are",
    )
