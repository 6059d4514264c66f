"""Shapes as bytes: rings that were left open are closed, and told."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

import shapely

from geoplan.errors import GeometryError, coded
from geoplan.reading import Notice
from geoplan.repair.limits import rows_of, told


def from_wkb(texts: Sequence[bytes | None]) -> tuple[np.ndarray, tuple[Notice, ...]]:
    """Read well-known binary; a ring without its end gets one.

    Raises
    ------
    GeometryError
        With code ``repair.unreadable``, where bytes are no shape.
    """
    given = np.empty(len(texts), dtype=object)
    given[:] = list(texts)
    there = np.array([text is not None for text in texts], dtype=bool)
    made = np.full(len(given), None, dtype=object)
    with np.errstate(invalid="ignore"):
        made[there] = _read(given[there], "ignore")
        odd = np.flatnonzero(there & shapely.is_missing(made))
        made[odd] = _read(given[odd], "fix")
    lost = odd[shapely.is_missing(made[odd])]
    if len(lost):
        raise coded(
            GeometryError(
                f"{len(lost)} row(s) have a geometry that cannot be read, the first is row "
                f"{', '.join(map(str, rows_of(lost)[:5]))}: cut short, of one point, or of an "
                "unknown kind; export the file again"
            ),
            "repair.unreadable",
        )
    if not len(odd):
        return made, ()
    message = f"{len(odd)} shape(s) had a ring without its end; it was closed by a straight edge"
    return made, (told("repair.unclosed_ring", "warning", odd, message=message),)


def _read(texts: np.ndarray, how: str) -> np.ndarray:
    try:
        return np.asarray(shapely.from_wkb(texts, on_invalid=how), dtype=object)
    except NotImplementedError as fault:
        raise coded(
            GeometryError(
                "there are curves (arcs of circles) among the shapes; save them with straight "
                "edges (GDAL: ogr2ogr -nlt CONVERT_TO_LINEAR)"
            ),
            "repair.curves",
        ) from fault
