"""Shapes that GEOS does not know, as bytes of WKB: arcs made straight, surfaces made polygons."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import RLock

import numpy as np

import pyogrio
import shapely

from geoplan.errors import DataError, coded
from geoplan.reading import Notice

ARC_STEP_DEGREES = 0.1
"""A chord lies at most 4e-7 of the radius off its arc; a circle's area is 5e-7 too small."""


def straight(
    values: np.ndarray, linear: Callable[[], np.ndarray], *, source: Path
) -> tuple[np.ndarray, list[Notice]]:
    """Return WKB in which arcs are lines, and surfaces of faces several polygons.

    `linear` reads all shapes again, arcs as lines.

    Raises `DataError` where a collection holds either: GDAL leaves arcs in there as they are.
    """
    kinds = np.array([_kind(value) for value in values], dtype=np.int64)
    special = np.flatnonzero(kinds >= 7)
    if not len(special):
        return values, []
    with configured(OGR_ARC_STEPSIZE=str(ARC_STEP_DEGREES)):
        plain = linear()
    _check_collections(source, values, special[kinds[special] == 7])
    made = values.copy()
    made[special] = [_faces(value) for value in plain[special]]
    notices = []
    arcs = special[(kinds[special] > 7) & (kinds[special] < 15)]
    if len(arcs):
        notices.append(
            Notice(
                "format.curves",
                "info",
                f"{len(arcs)} shape(s) have arcs, which are read as chords of "
                f"{ARC_STEP_DEGREES}°: at most 4e-7 of the radius off (0.4 mm at 1 km)",
                rows=tuple(int(at) + 1 for at in arcs[:20]),
                count=len(arcs),
            )
        )
    faces = special[kinds[special] >= 15]
    if len(faces):
        notices.append(
            Notice(
                "format.surfaces",
                "warning",
                f"{len(faces)} shape(s) are surfaces in space (TIN, PolyhedralSurface), which are "
                "read as polygons seen from above",
                rows=tuple(int(at) + 1 for at in faces[:20]),
                count=len(faces),
            )
        )
    return made, notices


def _kind(value: bytes | None) -> int:
    """Return the type of a shape by the head of its WKB, without heights; 0 without a shape."""
    if value is None or len(value) < 5:
        return 0
    number = int.from_bytes(value[1:5], "little" if value[0] else "big")
    return (number & 0x0FFFFFFF) % 1000


def _check_collections(path: Path, values: np.ndarray, rows: np.ndarray) -> None:
    """Raise where a collection holds arcs, which GDAL leaves and GEOS takes for corners."""
    for row in rows:
        if not _is_plain(values[row]):
            raise coded(
                DataError(
                    f"{path}: row {row + 1} is a collection of shapes with arcs or surfaces, "
                    "which cannot be read; break it into its parts, or make lines of its arcs"
                ),
                "format.curves_in_collection",
            )


def _is_plain(value: bytes) -> bool:
    """Return whether a collection can be read, and holds shapes of straight edges only."""
    try:
        shape = shapely.from_wkb(value, on_invalid="fix")
        parts = shapely.get_parts(shape)
    except NotImplementedError:  # what shapely says to arcs within
        return False
    return shape is not None and bool((shapely.get_type_id(parts) <= 7).all())


def _faces(value: bytes | None) -> bytes | None:
    """Return a surface of polygons, or of triangles, as several polygons; others as they are."""
    kind = 0 if value is None else _kind(value)
    if value is None or kind not in (15, 16, 17):
        return value
    order = "little" if value[0] else "big"
    if kind == 17:  # one triangle is written as a polygon is
        return value[:1] + _number(value, order, 17, 3) + value[5:]
    made = bytearray(value[:1] + _number(value, order, kind, 6) + value[5:])
    if kind == 16:
        at, step = 9, 0
        for _ in range(int.from_bytes(value[5:9], order)):  # type: ignore[arg-type]
            made[at + 1 : at + 5] = _number(bytes(made[at : at + 5]), order, 17, 3)
            step = _triangle_bytes(bytes(made), at, order)
            at += step
    return bytes(made)


def _number(value: bytes, order: str, old: int, new: int) -> bytes:
    number = int.from_bytes(value[1:5], order)  # type: ignore[arg-type]
    return (number - old + new).to_bytes(4, order)  # type: ignore[arg-type]


def _triangle_bytes(value: bytes, at: int, order: str) -> int:
    number = int.from_bytes(value[at + 1 : at + 5], order)  # type: ignore[arg-type]
    flat = number & 0x0FFFFFFF
    size = 8 * (2 + (flat // 1000 in (1, 3)) + (flat // 1000 in (2, 3)) + (number >> 31 & 1))
    length = 9
    for _ in range(int.from_bytes(value[at + 5 : at + 9], order)):  # type: ignore[arg-type]
        start = at + length
        length += 4 + size * int.from_bytes(value[start : start + 4], order)  # type: ignore[arg-type]
    return length


@contextmanager
def configured(**options: str | None) -> Iterator[None]:
    """Set options of GDAL for a while; they are the process's, so that other threads wait."""
    with _SETTING:
        before = {name: pyogrio.get_gdal_config_option(name) for name in options}
        pyogrio.set_gdal_config_options(options)
        try:
            yield
        finally:
            pyogrio.set_gdal_config_options(before)


_SETTING = RLock()
