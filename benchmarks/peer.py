"""What peers of the benchmarks share; imports nothing of geoplan."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

Report = dict[str, Any]


class MissingPeerError(Exception):
    """A peer, or what it needs, is not installed here."""


@dataclass(frozen=True)
class Files:
    """The three layers and the table."""

    parcels: Path
    zones: Path
    counties: Path
    out: Path

    @property
    def layers(self) -> dict[str, Path]:
        """Paths by the name of the layer."""
        return {"parcels": self.parcels, "zones": self.zones, "counties": self.counties}


def needed(name: str) -> Any:
    """Return a module, or say that its peer is missing."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise MissingPeerError(f"{error}; pip install -r requirements-bench.in") from error
