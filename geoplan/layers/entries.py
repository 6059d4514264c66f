"""Entries of registries that name other things: what they may name, and how faults are told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from geoplan.gazetteer import Gazetteer
from geoplan.layers.read import LayerFile
from geoplan.layers.registry import EntryKind, Registry
from geoplan.toml import suggestion

Fault = tuple[tuple[str | int, ...], str]
"""Where in an entry something is wrong, and what."""

SHOWN = 12
"""Names that a message lists where none is near."""


@dataclass(frozen=True)
class Known:
    """What entries may name."""

    registry: Registry
    files: Sequence[LayerFile]
    gazetteer: Gazetteer
    partial: bool
    """Whether some layer files are left out, so that layers may be unknown."""

    @cached_property
    def layers(self) -> dict[str, LayerFile]:
        """Layer files by the id of their layer."""
        return {file.layer.id: file for file in self.files}

    def located(
        self, kind: EntryKind, entries: Iterable[Any], *, faults: Callable[[Any], Iterable[Fault]]
    ) -> Iterator[str]:
        """Yield the faults of entries as sentences, each with its file and line."""
        for entry in entries:
            for loc, sentence in faults(entry):
                at = self.registry.at(kind, entry.id, *loc)
                yield f"{at}: {kind} {entry.id!r}: {sentence}"


def unknown(what: str, name: str, *, there: Sequence[str]) -> str:
    """Return that a name is not known, with the nearest one, or some of those that there are."""
    some = sorted(set(there))
    more = f" and {len(some) - SHOWN} more" if len(some) > SHOWN else ""
    hint = suggestion(name, there) or f" There are: {', '.join(some[:SHOWN]) or 'none'}{more}."
    return f"{what} {name!r} is not known.{hint}"
