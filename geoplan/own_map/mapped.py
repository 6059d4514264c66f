"""Which columns of a file are shown where nobody says: those of the mapping that it fits."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from geoplan import mappings, vector
from geoplan.config import Project
from geoplan.errors import UsageError
from geoplan.mappings import Match
from geoplan.reading import Reading
from geoplan.vector import LayerFacts

NAMED = 50
"""Columns that a message lists."""


@dataclass(frozen=True)
class Columns:
    """The columns of values and of names, and the code of the mapping that has them so."""

    by: str
    name: str | None
    code: str | None


def columns_of(
    path: Path, by: str | None, *, name: str | None, reading: Reading, project: Project
) -> Columns:
    """Return the columns to show: as given, else as the mapping has them that the file fits.

    Only a file that is named by the ministry's code, and has its fields, is taken to be one.

    Raises
    ------
    UsageError
        No column is given, and the file fits no mapping by its name.
    DataError
        The file cannot be read.
    """
    if by is not None:
        return Columns(by, name, None)
    layer = _layer(path, reading)
    fields = [field for field, _ in layer.fields] if layer else []
    known = mappings.read_mappings(project.mapping_folders())
    match = _match(path, layer, fields, known)
    roles: tuple[mappings.Role, ...] = ("class_name", "class", "kind", "unit_name", "name")
    chosen = _first(match, *roles) if match else None
    if match is None or chosen is None:
        more = f", … ({len(fields)} in all)" if len(fields) > NAMED else ""
        raise UsageError(
            f"{path}: name the column whose values are the classes with --by. There are: "
            f"{', '.join(fields[:NAMED]) or 'none'}{more}. Only files named by a code of the "
            f"ministry ({', '.join(known)}) need none"
        )
    named = name or _first(match, "name", "unit_name")
    return Columns(chosen, named, match.mapping.code)


def _layer(path: Path, reading: Reading) -> LayerFacts | None:
    """Return the layer that is shown; None where the reader has to say that it cannot be told."""
    layers = [each for each in vector.look(path, reading=reading).layers if each.kinds]
    wanted = [each for each in layers if reading.layer in (None, each.name)]
    return wanted[0] if len(wanted) == 1 else None


def _match(
    path: Path, layer: LayerFacts | None, fields: list[str], known: mappings.Mappings
) -> Match | None:
    names = [path.name, *([layer.name] if layer else [])]
    found = [mappings.of(name, fields, known=known) for name in names]
    return next((match for match in found if match and match.confirmed), None)


def _first(match: Match, *roles: mappings.Role) -> str | None:
    return next((column for role in roles if (column := match.column(role))), None)
