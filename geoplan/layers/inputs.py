"""What the tables of layers are made from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class LayerInputs:
    """Where layers come from: folders, files for slots, and the day of reference.

    `sources` are paths relative to `root`, by layer id; `as_of` is an ISO
    date, or None for the newest date of documents and `vintage`; `without`
    are layer files (``theme/layer.toml``) to be left out, whatever they hold;
    `documents` is the folder of the plans' texts, if there is one; `mappings` are folders
    of field mappings, later ones winning, by default the shipped one.
    """

    folders: Sequence[Path]
    reference: Path
    root: Path
    sources: Mapping[str, str]
    vintage: str
    as_of: str | None = None
    without: frozenset[str] = frozenset()
    documents: Path | None = None
    mappings: Sequence[Path] = ()
