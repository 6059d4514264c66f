"""Degrees along the frame of a map sheet."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

import shapely

from geoplan import crs
from geoplan.publish.atlas import Atlas
from geoplan.publish.paper.base import Base
from geoplan.publish.paper.layout import Box
from geoplan.publish.paper.names import Name, meet, within, written
from geoplan.publish.paper.text import PALE, Pen, width_of
from geoplan.publish.svg import element

STEPS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0)
"""Degrees between marks along the frame; the first that gives 3 to 8 along both sides is taken."""

TICK = 1.6
"""Length of the marks along the frame, in mm."""


def degrees(atlas: Atlas, base: Base, *, pen: Pen, taken: list[Box]) -> list[str]:
    """Return marks of longitude and latitude inside the frame; their room is added to `taken`."""
    box = base.layout.map
    corners = _in_degrees(base, atlas.meridian)
    step = _step(corners)
    east_west = [
        (lon, side, at)
        for lon in _multiples(corners[0], corners[2], step)
        for side, at in _ends(base, atlas.meridian, lon=lon)
    ]
    north_south = [
        (lat, side, at)
        for lat in _multiples(corners[1], corners[3], step)
        for side, at in _ends(base, atlas.meridian, lat=lat)
    ]
    size = base.layout.sizes.small * 0.85
    made = []
    for value, side, at in (*east_west, *north_south):
        text = degree_text(value)
        name = _beside(text, box, side, at=at, size=size)
        if name is None or any(meet(name.box(), other) for other in taken):
            continue
        taken.append(name.box())
        made += [_tick(box, side, at), written(name, (name.x, name.y), pen=pen)]
    return made


def degree_text(value: float) -> str:
    """Return degrees with minutes where there are any: ``112°30′``."""
    minutes = round(value * 60)
    return f"{minutes // 60}°{minutes % 60:02d}′" if minutes % 60 else f"{minutes // 60}°"


def _in_degrees(base: Base, meridian: float) -> tuple[float, float, float, float]:
    box, frame = base.layout.map, base.frame
    edge = shapely.segmentize(shapely.box(box.x, box.y, box.right, box.bottom), 5)
    metres = shapely.transform(
        np.array([edge]),
        lambda x, y: (x * frame.ground + frame.left, frame.top - y * frame.ground),
        interleaved=False,
    )
    west, south, east, north = shapely.total_bounds(crs.print_to_data(metres, meridian)).tolist()
    return west, south, east, north


def _step(corners: tuple[float, float, float, float]) -> float:
    west, south, east, north = corners
    for step in STEPS:
        counts = [len(_multiples(*ends, step)) for ends in ((west, east), (south, north))]
        if max(counts) <= 8:
            return step
    return STEPS[-1]


def _multiples(least: float, most: float, step: float) -> list[float]:
    return [float(n) * step for n in range(int(np.ceil(least / step)), int(most // step) + 1)]


def _ends(
    base: Base, meridian: float, *, lon: float | None = None, lat: float | None = None
) -> Iterable[tuple[str, float]]:
    """Return where a line of one longitude or latitude leaves the frame: side, and mm along it."""
    box = base.layout.map
    west, south, east, north = _in_degrees(base, meridian)
    along = np.linspace(-0.05, 1.05, 45)
    x = np.full(45, lon) if lon is not None else west + along * (east - west)
    y = np.full(45, lat) if lat is not None else south + along * (north - south)
    points = shapely.points(np.stack([x, y], axis=1))
    placed = shapely.get_coordinates(base.frame.place(crs.data_to_print(points, meridian)))
    if lon is not None:
        order = np.argsort(placed[:, 1])
        sides, (low, high) = (("top", box.y), ("bottom", box.bottom)), (box.x, box.right)
        ends = [(s, float(np.interp(e, placed[order, 1], placed[order, 0]))) for s, e in sides]
    else:
        sides, (low, high) = (("left", box.x), ("right", box.right)), (box.y, box.bottom)
        ends = [(s, float(np.interp(e, placed[:, 0], placed[:, 1]))) for s, e in sides]
    return [(side, at) for side, at in ends if low < at < high]


def _beside(text: str, box: Box, side: str, *, at: float, size: float) -> Name | None:
    """Return the text of a mark, or None where it would leave the frame."""
    half = width_of(text, size) / 2
    x, y = {
        "top": (at, box.y + TICK + size * 0.65),
        "bottom": (at, box.bottom - TICK - size * 0.65),
        "left": (box.x + TICK + 0.6 + half, at),
        "right": (box.right - TICK - 0.6 - half, at),
    }[side]
    name = Name(text, x, y, size, PALE)
    return name if within(name.box(), box.inner(0.4)) else None


def _tick(box: Box, side: str, at: float) -> str:
    x, y = {"left": (box.x, at), "right": (box.right, at)}.get(side, (at, box.y))
    y = box.bottom if side == "bottom" else y
    dx, dy = {"top": (0, 1), "bottom": (0, -1), "left": (1, 0), "right": (-1, 0)}[side]
    ends = {"x1": x, "y1": y, "x2": x + dx * TICK, "y2": y + dy * TICK}
    return element("line", **ends, stroke="#333333", stroke_width=0.2)
