"""``build/changes.json``: what the last build changed, and why. No page depends on it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geoplan.build.book import Book
from geoplan.build.keys import Parts
from geoplan.build.review import NEVER, changes
from geoplan.files import read_sealed, sealed, write_text

if TYPE_CHECKING:
    from geoplan.build.publishing import Published

NAME = "changes.json"


def note_changes(
    folder: Path,
    *,
    before: tuple[Parts | None, Mapping[str, int]],
    book: Book,
    done: Published,
    why: Mapping[str, list[str]],
) -> None:
    """Write what a build changed.

    `before` is what the published folder was made of, None where there was
    none, and the rows of tables; `why` are the reasons by output.
    """
    parts, rows = before
    moved = [c for c in changes(parts, book.parts("publish") or {}) if c.part != NEVER]
    now = book.rows()
    content = {
        "first": parts is None,
        "parts": [{"part": c.part, "before": c.before, "after": c.after} for c in moved],
        "rows": {
            name: [rows.get(name, 0), now.get(name, 0)]
            for name in sorted({*rows, *now})
            if rows.get(name, 0) != now.get(name, 0)
        },
        "made": {name: why.get(name) or [NEVER] for name in sorted(done.made)},
        "removed": sorted(done.removed),
        "missing": sorted(done.missing),
        "kept": len(done.kept),
    }
    write_text(folder / NAME, sealed(content))


def last_changes(folder: Path) -> dict[str, Any]:
    """Return what the last build that published changed; nothing if none is known."""
    return read_sealed(folder / NAME)
