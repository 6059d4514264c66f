"""What describes a published folder: made of the hashes of its files, when they are all there."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from geoplan.config import Config
from geoplan.publish import Held, most_closed, package_text
from geoplan.schema import Sensitivity, Tables


def package_of(
    folder: Path,
    said: Mapping[str, Mapping[str, Any]],
    *,
    tables: Tables,
    config: Config,
    as_of: str,
) -> tuple[bytes, Sensitivity] | None:
    """Return ``datapackage.json`` of the files in `folder`, and its sensitivity.

    `said` tells the ``sha256`` and ``sensitivity`` of each. None where none is data.
    """
    held = {
        name: Held(
            sha256=about["sha256"],
            bytes=(folder / name).stat().st_size,
            sensitivity=about["sensitivity"],
        )
        for name, about in said.items()
    }
    text = package_text(tables, config=config, as_of=as_of, files=held)
    if text is None:
        return None
    return text.encode(), most_closed(about.sensitivity for about in held.values())
