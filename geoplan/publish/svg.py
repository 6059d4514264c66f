"""Pieces of SVG: paths in short steps, and texts that can hold anything."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from typing import TypeAlias

import numpy as np

import shapely

from geoplan.publish.shapes import leaves

Shape: TypeAlias = shapely.Geometry


UNKNOWN = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""Characters that XML does not know, and control characters, which no text needs."""


def clean(text: str) -> str:
    """Return `text` escaped for XML, without the characters that XML does not know."""
    return escape(UNKNOWN.sub("", text))


def number(value: float) -> str:
    """Return `value` with 2 decimals at most, as short as it can be."""
    return fixed(round(value * 100), 2)


def fixed(value: int, decimals: int) -> str:
    """Return a whole number of tenths (1 decimal), hundredths (2) and so on as a short decimal."""
    whole, rest = divmod(abs(value), 10**decimals)
    tail = f".{rest:0{decimals}d}".rstrip("0") if rest else ""
    return ("-" if value < 0 else "") + f"{whole}{tail}"


def element(name: str, text: str | None = None, /, **attributes: object) -> str:
    """Return an element; numbers get 2 decimals, ``_`` in names is ``-``, None is left out."""
    said = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_value(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{said}/>" if text is None else f"<{name}{said}>{clean(text)}</{name}>"


def _value(value: object) -> str:
    return number(value) if isinstance(value, int | float) else clean(str(value))


def area_data(shapes: Iterable[Shape], *, decimals: int) -> str:
    """Return the rings of polygons, of any collections of them, as the data of one path."""
    rings = [
        ring
        for shape in shapes
        for part in leaves(shape)
        if part.geom_type == "Polygon"
        for ring in (part.exterior, *part.interiors)
    ]
    steps = (_steps(shapely.get_coordinates(ring)[:-1], decimals) for ring in rings)
    return "".join(f"{step}Z" for step in steps if step)


def line_data(shapes: Iterable[Shape], *, decimals: int) -> str:
    """Return lines, of any collections of them, as the data of one path."""
    lines = [
        part
        for shape in shapes
        for part in leaves(shape)
        if part.geom_type in ("LineString", "LinearRing")
    ]
    return "".join(_steps(shapely.get_coordinates(line), decimals) for line in lines)


def _steps(points: np.ndarray, decimals: int) -> str:
    """Return a line as steps, a third shorter than places; rounding does not add up."""
    if not len(points):
        return ""
    whole = np.rint(points * 10**decimals).astype(int)
    start, steps = whole[0].tolist(), np.diff(whole, axis=0)
    moved = steps[steps.any(axis=1)].tolist()
    said = "".join(f"l{fixed(x, decimals)} {fixed(y, decimals)}" for x, y in moved)
    return f"M{fixed(start[0], decimals)} {fixed(start[1], decimals)}{said}".replace(" -", "-")
