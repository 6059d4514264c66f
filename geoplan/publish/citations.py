"""Citations as people read them."""

from __future__ import annotations

from typing import Any


def is_plan(document: dict[str, Any]) -> bool:
    """Return whether a document is a plan: what has no period is another source of facts."""
    return document["period_start"] is not None


def citation(document: dict[str, Any], section: str) -> str:
    """Return 《title》（number），section; a source that is no plan has no 《》."""
    if not is_plan(document):
        return f"{document['title']}" + (f"，{section}" if section else "")
    number = f"（{document['number']}）" if document["number"] else ""
    return f"《{document['title']}》{number}" + (f"，{section}" if section else "")
