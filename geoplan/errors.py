"""Errors that geoplan raises, each with the exit code of the command line.

Every error takes one message string, so that it survives pickling between
workers. A message says what is wrong, where, how many, what is allowed and
what to do.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar


class GeoplanError(Exception):
    """Base of all errors of geoplan; ``exit_code`` is that of the command.

    ``files`` are the layer files at fault (``theme/layer.toml``): without them
    it would not have been raised. Empty where something else is at fault too.
    """

    exit_code = 4
    files: tuple[str, ...] = ()


class UsageError(GeoplanError):
    """Wrong use of a command or function."""

    exit_code = 2


class BusyError(UsageError):
    """Another process is at work in the same place."""


class ConfigError(UsageError):
    """``geoplan.toml`` is missing, unreadable or holds a wrong key or value."""


class DataError(GeoplanError):
    """Input data is missing, broken or says something impossible."""

    exit_code = 3


class LayerError(DataError):
    """A layer file or a registry beside it is wrong."""


class UnitError(DataError):
    """A unit's name or code is unknown or ambiguous."""


class GeometryError(DataError):
    """A geometry is empty, of the wrong type, or cannot be repaired."""


class MissingCRSError(DataError):
    """A file has geometry but does not say in which coordinate system."""


class MismatchedCRSError(DataError):
    """Two tables that must share a coordinate system do not."""


class ImplausibleCRSError(DataError):
    """Coordinates do not fit the coordinate system that the file states."""


class SchemaError(DataError):
    """A table does not have the columns, types or keys of ``geoplan.schema``."""


class StageError(GeoplanError):
    """A stage failed for a reason other than its input."""


Fault = TypeVar("Fault", bound=GeoplanError)


def blaming(fault: Fault, files: Iterable[str]) -> Fault:
    """Return `fault` with `files` as those at fault, sorted; they survive pickling too."""
    fault.files = tuple(sorted(set(files)))
    return fault


def listed(faults: Sequence[str], *, limit: int = 20) -> str:
    """Join faults as indented lines, at most `limit` of them, and say how many are left out."""
    lines = [f"  - {fault}" for fault in faults[:limit]]
    if len(faults) > limit:
        lines.append(f"  … and {len(faults) - limit} more")
    return "\n".join(lines)
