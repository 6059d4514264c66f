"""Which file a layer stands in, read from the heads of files that were checked before."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from pathlib import Path

from geoplan.formats import data_files
from geoplan.layers.read import TEMPLATES


def layer_files(folders: Sequence[Path]) -> dict[str, list[Path]]:
    """Return, by layer id, its file, and files beside it that may hold its shapes.

    A layer of a later folder replaces the one with the same id of an earlier.
    Files that cannot be read are passed over.
    """
    found: dict[str, list[Path]] = {}
    for folder in folders:
        beside: dict[Path, list[Path]] = {}
        for path in data_files(folder):
            if path.suffix != ".toml" and path.parent != folder:
                theme = folder / path.relative_to(folder).parts[0]
                beside.setdefault(theme, []).append(path)
        for path in sorted(folder.glob("*/*.toml")):
            head = None if path.parent.name == TEMPLATES else _head(path)
            if head is not None:
                shapes = beside.get(path.parent, []) if head[1] else []
                found[head[0]] = [path, *shapes]
    return found


def _head(path: Path) -> tuple[str, bool] | None:
    """Return the id of a layer, and whether it takes shapes or cells from a file."""
    try:
        text = path.read_text("utf-8-sig")
        # Tables come after the keys of the file itself: most of the text need not be parsed.
        top = text[: text.index("\n[")] if "\n[" in text else text
        key = _id(top) or _id(text)
    except (OSError, UnicodeDecodeError):
        return None
    return (key, "\n[file]" in text or "\n[raster]" in text) if key else None


def _id(text: str) -> str | None:
    try:
        found = tomllib.loads(text).get("id")
    except tomllib.TOMLDecodeError:
        return None
    return found if isinstance(found, str) else None
