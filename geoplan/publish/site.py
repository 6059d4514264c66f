"""The published folder: index, map pages, tables, shapes and a note on what it is."""

from __future__ import annotations

from pathlib import Path

from geoplan import schema
from geoplan.config import Project
from geoplan.publish.outputs import outputs


def publish(
    tables: schema.Tables, *, project: Project, out: Path, as_of: str | None = None
) -> list[Path]:
    """Write all files of :func:`outputs` into the empty folder `out`; return them, sorted.

    Raises what `outputs` raises, and `StageError` where a page cannot be brought
    within its budget.
    """
    written = []
    for output in outputs(tables, project=project, as_of=as_of):
        path = out / output.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(output.content())
        written.append(path)
    return sorted(written)
