"""How a file of the user's own is read, and what was noticed about it; imports nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["info", "warning", "error"]
"""Of an error, nothing is computed from the file until it is mended or an option decides."""


@dataclass(frozen=True)
class Reading:
    """What a person says of a file that is silent or wrong; nothing by default."""

    layer: str | None = None
    """Which of several layers, or sheets of a workbook."""
    encoding: str | None = None
    """Encoding of texts: ``GB18030``."""
    assume_crs: str | None = None
    """The system that the numbers are in, in place of what is stated: ``EPSG:4525``, WKT,
    ``GCJ-02`` or ``BD-09``."""
    swap_xy: bool = False
    """Whether the first coordinate is the northing."""
    x: str | None = None
    y: str | None = None
    """Columns of a table with coordinates."""
    wkt: str | None = None
    """Column of a table with shapes as WKT."""
    unit: str | None = None
    """Column of a table with names or codes of units."""


@dataclass(frozen=True)
class Notice:
    """Something about a file that people have to know: what, on what grounds, what to do."""

    code: str
    """What its kind is called in ``docs/errors.md``: ``crs.missing``, ``repair.self_crossing``."""
    severity: Severity
    message: str
    """What is wrong, where and how many; one line, without the file's name."""
    evidence: str = ""
    """The numbers that it rests on."""
    proposal: str = ""
    """What to do: options, as on the command line, or a step outside of geoplan."""
    rows: tuple[int, ...] = ()
    """The first rows that it is about, counted from 1, at most 20."""
    count: int | None = None
    """How many rows it is about in all."""
    area_before_m2: float | None = None
    area_after_m2: float | None = None
    """Area of what was changed, where it is about shapes that were repaired."""
