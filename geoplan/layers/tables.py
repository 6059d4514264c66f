"""Tables of what the registries and layer files say, without any geometry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

import pandas as pd

from geoplan.layers.model import Document, Registry
from geoplan.layers.read import LayerFile
from geoplan.schema import frame, row_id


def status_of(document: Document, as_of: str) -> str | None:
    """Return whether a document is in force at `as_of`: by its own word, else by its period."""
    if not document.plan:
        return None
    if document.status is not None:
        return document.status
    if document.period is not None and f"{document.period[1]}-12-31" < as_of:
        return "expired"
    return "in_force"


def documents(registry: Registry, as_of: str) -> pd.DataFrame:
    """Make the table `documents`, with the status of each at `as_of`."""
    return frame(
        "documents",
        [
            {
                "document": d.id,
                "title": d.title,
                "number": d.number,
                "issuer": d.issuer,
                "date": d.date,
                "scope": d.scope,
                "period_start": d.period[0] if d.period else None,
                "period_end": d.period[1] if d.period else None,
                "successor": d.successor,
                "status": status_of(d, as_of),
                "sha256": d.sha256,
            }
            for d in registry.document
        ],
    )


def themes(registry: Registry) -> pd.DataFrame:
    """Make the table `themes`, in the order of the registry."""
    return frame(
        "themes",
        [
            {
                "theme": t.id,
                "title": t.title.zh,
                "title_en": t.title.en,
                "also": " ".join(t.also) or None,
                "order": i,
            }
            for i, t in enumerate(registry.theme)
        ],
    )


def classes(registry: Registry) -> pd.DataFrame:
    """Make the table `classes`, in the order of the registry."""
    return frame(
        "classes",
        [
            {
                "class": c.id,
                "title": c.title.zh,
                "title_en": c.title.en,
                "today": c.today.zh if c.today else None,
                "today_en": c.today.en if c.today else None,
                "colour": c.colour,
                "pattern": c.pattern,
                "order": i,
            }
            for i, c in enumerate(registry.class_)
        ],
    )


def layers(
    files: Sequence[LayerFile],
    documents: Mapping[str, Document],
    *,
    counts: Mapping[str, int],
    as_of: str,
) -> pd.DataFrame:
    """Make the table `layers`; `counts` are features by layer, empty slots left out."""
    return frame(
        "layers",
        [
            {
                "layer": f.layer.id,
                "theme": f.layer.theme,
                "title": f.layer.title.zh,
                "title_en": f.layer.title.en,
                "document": f.layer.document,
                "scope": documents[f.layer.document].scope,
                "kind": "slot" if f.layer.slot and f.layer.id not in counts else "vector",
                "status": status_of(documents[f.layer.document], as_of),
                "sensitivity": f.layer.sensitivity,
                "features": counts.get(f.layer.id, 0),
                "note": f.layer.note.zh if f.layer.note else None,
                "note_en": f.layer.note.en if f.layer.note else None,
            }
            for f in files
        ],
    )


def stated(files: Sequence[LayerFile]) -> pd.DataFrame:
    """Make the table `stated`: claims as printed; `step` is one unit of the last digit."""
    return frame(
        "stated",
        [
            {
                "id": row_id(file.layer.id, c.of, c.quantity, c.value, c.measure, c.lines[0]),
                "layer": file.layer.id,
                "of": c.of,
                "quantity": c.quantity,
                "published": float(c.value),
                "step": 10.0 ** min(0, int(Decimal(str(c.value)).as_tuple().exponent)),
                "measure": c.measure,
                "approximate": c.approximate,
                "relative_to": c.relative_to,
                "document": file.layer.document,
                "section": c.section,
                "line": c.lines[0],
            }
            for file in files
            for c in file.layer.claim
        ],
    )
