"""What was noticed of a file, as rows of `issues`."""

from __future__ import annotations

from typing import Any

from geoplan.reading import Notice
from geoplan.schema import issue_row

SHOWN_ROWS = 5
"""Rows of the file that an issue lists; it says how many there are in all."""


def issue_of(notice: Notice, subject: str) -> dict[str, Any]:
    """Return a notice as a row of `issues`: ``fields.area_unit`` is the check `fields_area_unit`.

    `subject` is the layer, or a feature of it.
    """
    parts = [notice.message]
    if notice.rows:
        shown = ", ".join(map(str, notice.rows[:SHOWN_ROWS]))
        more = " …" if (notice.count or len(notice.rows)) > SHOWN_ROWS else ""
        parts.append(f"rows {shown}{more}")
    if notice.proposal:
        parts.append(notice.proposal)
    return issue_row(
        f"layers.{notice.code.replace('.', '_')}",
        subject,
        "; ".join(parts),
        measured=notice.evidence or None,
        severity=notice.severity,
    )
