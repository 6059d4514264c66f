"""The published folder: index, map pages, tables, shapes and a note on what it is."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from geoplan import schema
from geoplan.config import Project
from geoplan.publish.exports import package
from geoplan.publish.outputs import outputs


def publish(
    tables: schema.Tables, *, project: Project, out: Path, as_of: str | None = None
) -> list[Path]:
    """Write :func:`outputs` and their package into the empty folder `out`; return all, sorted.

    Raises what `outputs` raises, and `StageError` where a page cannot be brought
    within its budget.
    """
    written, held = [], {}
    for output in outputs(tables, project=project, as_of=as_of):
        path, content = out / output.name, output.content()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        written.append(path)
        held[output.name] = package.Held(
            sha256=sha256(content).hexdigest(), bytes=len(content), sensitivity=output.sensitivity
        )
    day = as_of or project.config.as_of or ""
    text = package.package_text(tables, config=project.config, as_of=day, files=held)
    if text is not None:
        written.append(out / package.NAME)
        written[-1].write_bytes(text.encode())
    return sorted(written)
