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
    ``code`` is what the kind of fault is called in ``docs/errors.md``.
    """

    exit_code = 4
    code = "fault"
    files: tuple[str, ...] = ()


class UsageError(GeoplanError):
    """Wrong use of a command or function."""

    code = "usage"
    exit_code = 2


class BusyError(UsageError):
    """Another process is at work in the same place."""

    code = "usage.busy"


class ConfigError(UsageError):
    """``geoplan.toml`` is missing, unreadable or holds a wrong key or value."""

    code = "usage.config"


class DataError(GeoplanError):
    """Input data is missing, broken or says something impossible."""

    code = "data"
    exit_code = 3


class LayerError(DataError):
    """A layer file or a registry beside it is wrong."""

    code = "data.layer"


class UnitError(DataError):
    """A unit's name or code is unknown or ambiguous."""

    code = "data.unit"


class GeometryError(DataError):
    """A geometry is empty, of the wrong type, or cannot be repaired."""

    code = "data.geometry"


class MissingCRSError(DataError):
    """A file has geometry but does not say in which coordinate system."""

    code = "crs.missing"


class MismatchedCRSError(DataError):
    """Two tables that must share a coordinate system do not."""

    code = "crs.mismatched"


class ImplausibleCRSError(DataError):
    """Coordinates do not fit the coordinate system that the file states."""

    code = "crs.implausible"


class RefusedError(DataError):
    """A file is refused unread: it holds or promises what no honest file of its format does.

    ``code`` says which limit or rule it is: ``refused.zip_bomb``.
    """

    code = "refused"


class SchemaError(DataError):
    """A table does not have the columns, types or keys of ``geoplan.schema``."""

    code = "data.schema"


class StageError(GeoplanError):
    """A stage failed for a reason other than its input."""

    code = "stage"


Fault = TypeVar("Fault", bound=GeoplanError)


def coded(fault: Fault, code: str) -> Fault:
    """Return `fault` with the name of its kind in ``docs/errors.md``; it survives pickling too."""
    fault.code = code
    return fault


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
