"""Names on a map sheet, with counts and towns: what fits is written, nothing over anything else."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import shapely

from geoplan.publish import projected
from geoplan.publish.atlas import Atlas
from geoplan.publish.items import chains_of, inside_of
from geoplan.publish.paper.base import Base
from geoplan.publish.paper.content import STOP, Beside, Mark
from geoplan.publish.paper.layout import Box
from geoplan.publish.paper.text import INK, Pen, width_of
from geoplan.publish.rows import rows_of
from geoplan.publish.svg import element

GENERIC = re.compile(r" (County|District|City|Province)$")
"""Left out of English names on the map: there is little room."""


@dataclass(frozen=True)
class Name:
    """A text with its middle, in mm, and what stands with it."""

    text: str
    x: float
    y: float
    size: float
    colour: str = INK
    bold: bool = False
    marks: tuple[Mark, ...] = ()
    """Counts below the text."""
    lines: tuple[tuple[str, str], ...] = ()
    """Texts and colours of lines below it."""
    stop: int = 0
    """A number before it."""

    def at(self, dx: float = 0.0, dy: float = 0.0) -> tuple[float, float]:
        """Return its middle, moved by `dx` and `dy`."""
        return self.x + dx, self.y + dy

    def box(self, dx: float = 0.0, dy: float = 0.0) -> Box:
        """Return the room that it takes, moved by `dx` and `dy`."""
        width, height = max(self.widths), sum(self.heights)
        return Box(self.x + dx - width / 2, self.y + dy - height / 2, width, height)

    @property
    def widths(self) -> tuple[float, float, float]:
        """Widths of text, counts and lines."""
        before = self.size * 1.3 if self.stop else 0.0
        low = max((width_of(text, self.line) + 2.2 for text, _ in self.lines), default=0.0)
        counts = sum(width_of_mark(mark) for mark in self.marks)
        return width_of(self.text, self.size) + before, counts, low

    @property
    def heights(self) -> tuple[float, float, float]:
        """Heights of text, counts and lines."""
        return (
            self.size * 1.1 if self.text else 0.0,
            max(map(height_of_mark, self.marks), default=0.0),
            self.line * 1.2 * len(self.lines),
        )

    @property
    def line(self) -> float:
        """Height of letters of lines."""
        return self.size * 0.85


def width_of_mark(mark: Mark) -> float:
    """Return the width of a count with the gap behind it, in mm."""
    if not mark.text:
        return 2.3
    return max(3.4, width_of(mark.text, 2.6) + 1.4) + 0.4


def height_of_mark(mark: Mark) -> float:
    """Return the height of a count with the gap above it, in mm."""
    return 3.8 if mark.text else 2.4


def names(
    atlas: Atlas, base: Base, *, beside: Mapping[str, Beside], pen: Pen, taken: list[Box]
) -> list[str]:
    """Return the names of cities and counties that have room beside `taken`, which grows.

    Counts stay whatever happens, so names keep off those of others.
    """
    made = []
    room = base.layout.map.inner(1)
    wanted = _wanted(atlas, base, pen, beside)
    counts = {
        code: box
        for code, name, _ in wanted
        if name.marks and within(box := replace(name, text="", lines=(), stop=0).box(), room)
    }
    boxes: list[tuple[Box, str]] = [(box, "") for box in taken]
    boxes += [(box, code) for code, box in counts.items()]
    for code, name, own in wanted:
        for tried, dx, dy in _tries(name, beside.get(code)):
            box = tried.box(dx, dy)
            # A name that had to move must still stand in its own county.
            at = shapely.Point(*tried.at(dx, dy))
            at_home = not (dx or dy) or own is None or own.contains(at)
            free = not any(owner != code and meet(box, other) for other, owner in boxes)
            if at_home and within(box, room) and free:
                boxes.append((box, code))
                taken.append(box)
                made.append(written(tried, tried.at(dx, dy), pen=pen))
                break
        else:
            if code in counts:
                alone = replace(name, text="", lines=(), stop=0)
                made.append(written(alone, alone.at(), pen=pen))
                taken.append(counts[code])
    return made


def _tries(name: Name, beside: Beside | None) -> Iterator[tuple[Name, float, float]]:
    """Yield the ways in which a name is tried: with lines, with counts, moved to each side."""
    if not name.text:
        return
    if name.lines and beside:
        yield replace(name, marks=beside.fewer), 0, 0
    plain = replace(name, lines=())
    for dx, dy in _places(plain) if not name.marks else ((0.0, 0.0),):
        yield plain, dx, dy


def _places(name: Name) -> Iterator[tuple[float, float]]:
    """Yield the moves that are tried: none, then a little to each side."""
    high, wide = name.size * 1.15, name.size * 1.5
    yield from ((0, 0), (0, high), (0, -high), (wide, 0), (-wide, 0))
    yield from ((wide, high), (-wide, high), (wide, -high), (-wide, -high))


def within(box: Box, room: Box) -> bool:
    """Return whether a box lies in `room`."""
    across = room.x <= box.x and box.right <= room.right
    return across and room.y <= box.y and box.bottom <= room.bottom


def meet(one: Box, other: Box) -> bool:
    """Return whether two boxes have room in common."""
    across = one.x < other.right and other.x < one.right
    return across and one.y < other.bottom and other.y < one.bottom


Wanted = tuple[str, Name, shapely.Geometry | None]
"""Code and name of a unit, and its shape if it is a county."""


def _wanted(atlas: Atlas, base: Base, pen: Pen, beside: Mapping[str, Beside]) -> list[Wanted]:
    """Return the wanted names, the first first; those of cities may be counts alone."""
    chains, inside = chains_of(atlas.tables), inside_of(atlas.tables)
    cities = {code for code in base.inside for code in chains[code][1:2]}
    many = len(cities) > 1
    found: list[tuple[int, float, dict[str, Any]]] = []
    for row in rows_of(atlas.tables, "units"):
        code, level = row["adcode"], row["level"]
        counted = code in beside and bool(beside[code].marks) and code in inside
        if level == "county" and code in base.shapes:
            found.append((1 if code in base.inside else 2, -row["area_km2"], row))
        elif level == "city" and ((many and code in cities) or counted):
            found.append((0, -row["area_km2"], row))
    found.sort(key=lambda entry: (entry[0], entry[1], entry[2]["adcode"]))
    chosen = [row for _, _, row in found]
    if not chosen:
        return []
    placed = base.frame.place(projected.label_points(chosen, atlas.meridian))
    made = []
    for (rank, _, row), point in zip(found, placed, strict=True):
        code = row["adcode"]
        name = _name(base, rank, row, at=point, lang=pen.lang, many=many)
        if rank == 0 and not (many and code in cities):
            name = replace(name, text="")
        made.append((code, _with(name, beside.get(code), pen.lang), base.shapes.get(code)))
    return made


def _with(name: Name, beside: Beside | None, lang: int) -> Name:
    if beside is None:
        return name
    lines = tuple((text[lang], colour) for text, colour in beside.lines)
    return replace(name, marks=beside.marks, lines=lines, stop=beside.stop)


def _name(
    base: Base, rank: int, row: dict[str, Any], *, at: shapely.Point, lang: int, many: bool
) -> Name:
    sizes = base.layout.sizes
    text = (row["name"], GENERIC.sub("", row["name_en"] or row["name"]))[lang]
    size = sizes.text * 1.15 if rank == 0 else sizes.small if many else sizes.text
    colour = (INK, "#333333" if many else INK, "#8a8a84")[rank]
    return Name(text, at.x, at.y, size if rank < 2 else sizes.small, colour, bold=rank == 0)


def written(name: Name, at: tuple[float, float], *, pen: Pen) -> str:
    """Return a name with all that stands with it, its middle at `at`."""
    x, top = at[0], at[1] - sum(name.heights) / 2
    text, counts, _ = name.heights
    made = _title(name, (x, top + text / 2), pen) if name.text else ""
    top += text
    left = x - name.widths[1] / 2
    for mark in name.marks:
        made += _mark(mark, (left, top + counts / 2), pen)
        left += width_of_mark(mark)
    top += counts
    start = x - name.widths[2] / 2
    for number, (line, colour) in enumerate(name.lines):
        y = top + name.line * (1.2 * number + 0.6)
        style = {"fill": colour, "stroke": "#ffffff", "stroke_width": 0.2}
        made += element("circle", cx=start + 0.9, cy=y, r=0.75, **style)
        made += pen.haloed(line, (start + 2.2, y + name.line * 0.36), size=name.line)
    return made


def _title(name: Name, middle: tuple[float, float], pen: Pen) -> str:
    x, base = middle[0], middle[1] + name.size * 0.36
    weight = {"font_weight": 700} if name.bold else {}
    style = {"size": name.size, "fill": name.colour, "text_anchor": "middle", **weight}
    if not name.stop:
        return pen.haloed(name.text, (x, base), **style)  # type: ignore[arg-type]
    radius, left = name.size * 0.55, x - name.widths[0] / 2
    at = {"cx": left + radius, "cy": middle[1], "r": radius}
    made = element("circle", **at, fill=STOP, stroke="#ffffff", stroke_width=0.25)
    number = {"fill": "#ffffff", "text_anchor": "middle", "font_weight": 700}
    size = name.size * 0.72
    made += pen.draw(str(name.stop), (left + radius, middle[1] + size * 0.36), size=size, **number)
    return made + pen.haloed(name.text, (x + name.size * 0.65, base), **style)  # type: ignore[arg-type]


def _mark(mark: Mark, at: tuple[float, float], pen: Pen) -> str:
    """Return a count with its left edge at `at`, which lies at half its height."""
    x, y = at
    if not mark.text and mark.shape == "round":
        style = {"fill": mark.colour, "stroke": "#ffffff", "stroke_width": 0.2}
        return element("circle", cx=x + 1.15, cy=y, r=1.0, **style)
    width = width_of_mark(mark) - 0.4
    high = 3.4 if mark.text else 1.8
    style = {"fill": mark.colour, "stroke": "#ffffff", "stroke_width": 0.2}
    if mark.shape == "number":
        style["stroke"] = "#777777"
    made = (
        element("circle", cx=x + width / 2, cy=y, r=width / 2, **style)
        if mark.shape == "round"
        else element("rect", x=x, y=y - high / 2, width=width, height=high, **style)
    )
    if not mark.text:
        return made
    bold = {"text_anchor": "middle", "font_weight": 700, "fill": _ink(mark.colour)}
    return made + pen.draw(mark.text, (x + width / 2, y + 2.6 * 0.36), size=2.6, **bold)


def _ink(ground: str) -> str:
    """Return the colour of letters that can be read on `ground`."""
    red, green, blue = (int(ground[i : i + 2], 16) for i in (1, 3, 5))
    return INK if 0.3 * red + 0.59 * green + 0.11 * blue > 150 else "#ffffff"
