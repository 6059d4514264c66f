"""Which file a layer stands in, read from the heads of files that were checked before."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from geoplan.formats import data_files
from geoplan.layers.read import TEMPLATES
from geoplan.toml import UnreadableError, parsed


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
                key, takes = head
                shapes = beside.get(path.parent, []) if takes else []
                if takes == "mapping":  # a file that fits it may lie in the folder of any theme
                    shapes = [other for theme in beside.values() for other in theme]
                found[key] = [path, *shapes]
    return found


def _head(path: Path) -> tuple[str, str] | None:
    """Return the id of a layer, and what it takes shapes or cells by, if it does: file, mapping."""
    try:
        text = path.read_text("utf-8-sig")
        # Tables come after the keys of the file itself: most of the text need not be parsed.
        top = text[: text.index("\n[")] if "\n[" in text else text
        key = _id(top) or _id(text)
    except (OSError, UnicodeDecodeError):
        return None
    takes = "file" if "\n[file]" in text or "\n[raster]" in text else ""
    return (key, "mapping" if takes and "\nmapping" in text else takes) if key else None


def _id(text: str) -> str | None:
    try:
        found = parsed(text).get("id")
    except UnreadableError:
        return None
    return found if isinstance(found, str) else None
