"""The legend of a map sheet: it fits its box, or says how much more there is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import shapely

from geoplan.publish.paper.base import Base, border
from geoplan.publish.paper.ground import GAP, Signs, dot, hatched, symbols
from geoplan.publish.paper.layout import Box, Sizes
from geoplan.publish.paper.text import INK, PALE, Pen, width_of, wrapped
from geoplan.publish.statics import Row
from geoplan.publish.svg import element
from geoplan.publish.words import Pair, pair

LEAST = 0.75
"""How small letters of a legend may become."""
SHRINKING = (1.0, 0.92, 0.84, LEAST)
NARROWEST = 34.0
"""Least width of a column in mm."""
COLUMN = 72.0
"""Width that a column would like to have, in mm."""
GROUPS = (
    ("geometry", "basis.geometry"),
    ("list", "legend.list"),
    ("indicative", "indicative.group"),
)


@dataclass(frozen=True)
class Line:
    """One text of a legend, with what stands before and behind it."""

    text: str
    """A line break in it begins today's term."""
    kind: str
    """``group``, ``layer``, ``class``, ``small`` or ``borders``."""
    row: Row | None = None
    figures: tuple[str, str] = ("", "")


@dataclass(frozen=True)
class Fit:
    """A way to set a legend: its columns, the size of its letters."""

    box: Box
    columns: int
    scale: float
    sizes: Sizes

    @property
    def width(self) -> float:
        """Width of one column in mm."""
        gaps = (self.columns - 1) * self.sizes.gap
        return (self.box.width - gaps) / self.columns

    @property
    def text(self) -> float:
        """Height of letters in mm."""
        return self.sizes.text * self.scale

    @property
    def small(self) -> float:
        """Height of small letters in mm."""
        return self.sizes.small * self.scale


def lines_of(rows: Sequence[Row], *, lang: int) -> list[Line]:
    """Return what the legend of `rows` says, from top to bottom."""
    if not rows:
        return [Line(pair("legend.empty")[lang], "small")]
    made = list[Line]()
    for basis, title in GROUPS:
        group = [row for row in rows if row.item.basis == basis]
        made += _group(pair(title)[lang], group, lang=lang)
    if any(row.area for row in rows):
        made.append(Line(pair("legend.county_level.note")[lang], "small"))
    return made


def _group(title: str, rows: Sequence[Row], *, lang: int) -> Iterator[Line]:
    layer = None
    if rows:
        exact = any(row.area for row in rows)
        heads = (pair("measure.km2")[lang], pair("legend.share")[lang]) if exact else ("", "")
        yield Line(title[:1].upper() + title[1:], "group", figures=heads)
    for row in rows:
        if row.item.layer != layer:
            layer = row.item.layer
            marks = [text[lang] for text in (row.status, row.share and row.share_of) if text]
            more = "".join(_bracketed(mark, lang) for mark in marks)
            yield Line(row.layer[lang] + more, "layer")
        text = " ".join(row.cls[lang].split())
        if row.today[lang]:
            text += f"\n{pair('legend.today')[lang]}{row.today[lang]}"
        listed = pair("legend.count", n=row.count)[lang] if row.count else ""
        figures = ("", listed) if row.item.basis == "list" else (row.area, row.share)
        yield Line(text, "class", row, figures)


def legend(
    rows: Sequence[Row], unit: Pair, *, signs: Signs, box: Box, base: Base, pen: Pen
) -> list[str]:
    """Return the legend of `rows` within `box`; their figures are those of `unit`.

    Letters shrink to `LEAST`, then there is a column more, then it ends with
    the number of classes that are left out.
    """
    lines, sizes = lines_of(rows, lang=pen.lang), base.layout.sizes
    head = sizes.text * 1.25
    scope = _with_colon(pair("legend.scope"), unit)[pen.lang]
    end = {"text_anchor": "end", "fill": PALE}
    drawn = [
        pen.draw(pair("legend")[pen.lang], (box.x, box.y + head), size=head),
        pen.draw(scope, (box.right, box.y + head), size=sizes.small, **end),
    ]
    room = Box(box.x, box.y + head * 1.5, box.width, box.height - head * 1.5 - sizes.small * 2.4)
    for fit in _fits(room, sizes):
        placed = _placed(lines, fit)
        if len(placed) == len(lines):
            break
    else:
        placed = _cut_short(lines, fit, pen.lang)
    low = max((at[1] + _height(line, fit) for line, at in placed), default=room.y)
    drawn.append(_borders((box.x, low + sizes.small * 1.3), sizes, pen))
    return drawn + [_drawn(line, at, fit, signs=signs, pen=pen) for line, at in placed]


def _with_colon(name: Pair, value: Pair) -> Pair:
    return f"{name[0]}：{value[0]}", f"{name[1]}: {value[1]}"


def _bracketed(text: str, lang: int) -> str:
    return f"（{text}）" if lang == 0 else f" ({text})"


def _fits(box: Box, sizes: Sizes) -> Iterator[Fit]:
    columns = max(1, int(box.width // COLUMN))
    for scale in SHRINKING:
        yield Fit(box, columns, scale, sizes)
    while box.width / (columns + 1) >= NARROWEST:
        columns += 1
        yield Fit(box, columns, LEAST, sizes)


Placed = list[tuple[Line, tuple[float, float]]]


def _placed(lines: Sequence[Line], fit: Fit) -> Placed:
    """Return lines with their places, as many as fit; a title does not end a column."""
    made: Placed = []
    column, y = 0, fit.box.y
    for number, line in enumerate(lines):
        needed = _height(line, fit) + _following(lines[number:], fit)
        if y + needed > fit.box.bottom and y > fit.box.y:
            column, y = column + 1, fit.box.y
        if column >= fit.columns or y + needed > fit.box.bottom:
            break
        made.append((line, (fit.box.x + column * (fit.width + fit.sizes.gap), y)))
        y += _height(line, fit)
    return made


def _following(lines: Sequence[Line], fit: Fit) -> float:
    """Return the height of what has to stay below a title: the first line under it."""
    total = 0.0
    for line, following in pairwise(lines):
        if line.kind not in ("group", "layer"):
            break
        total += _height(following, fit)
    return total


def _cut_short(lines: Sequence[Line], fit: Fit, lang: int) -> Placed:
    placed = _placed(lines, fit)
    while placed:
        left = sum(line.kind == "class" for line in lines[len(placed) - 1 :])
        more = Line(pair("sheet.more", n=left)[lang], "small")
        tried = _placed([*lines[: len(placed) - 1], more], fit)
        if len(tried) == len(placed):
            return tried
        placed.pop()
    return [(Line(pair("sheet.more", n=len(lines))[lang], "small"), (fit.box.x, fit.box.y))]


def _columns(line: Line, fit: Fit) -> tuple[float, float]:
    """Return the widths of a line's two figures."""
    first = max(width_of(text, fit.small) for text in ("00000.00", line.figures[0]))
    second = max(width_of(text, fit.small) for text in ("100.0%", line.figures[1]))
    return (first if line.figures[0] else 0.0, second + fit.small if any(line.figures) else 0.0)


def _texts(line: Line, fit: Fit) -> tuple[list[str], float, float]:
    """Return a line's text as it is broken, the height of its letters, and where they begin."""
    size = fit.small if line.kind in ("small", "layer") else fit.text
    start = fit.text * 2.7 if line.kind == "class" else 0.0
    width = fit.width - start - sum(_columns(line, fit)) - (1.0 if any(line.figures) else 0.0)
    parts = [part for text in line.text.split("\n") for part in wrapped(text, width, size=size)]
    return parts, size, start


def _height(line: Line, fit: Fit) -> float:
    texts, size, _ = _texts(line, fit)
    above = {"group": 0.8, "layer": 0.45, "class": 0.35, "small": 0.6}[line.kind]
    return size * (1.25 * len(texts) + above)


def _drawn(line: Line, at: tuple[float, float], fit: Fit, *, signs: Signs, pen: Pen) -> str:
    x, top = at
    texts, size, start = _texts(line, fit)
    y = top + _height(line, fit) - size * (1.25 * len(texts) - 0.92)
    fill = PALE if line.kind in ("small", "layer") else INK
    made = [
        pen.draw(text, (x + start, y + n * size * 1.25), size=size, fill=fill)
        for n, text in enumerate(texts)
    ]
    first, second = line.figures
    right, end = x + fit.width - _columns(line, fit)[1], {"text_anchor": "end"}
    if first:
        made.append(pen.draw(first, (right, y), size=fit.small, **end))
    if second:
        made.append(pen.draw(second, (x + fit.width, y), size=fit.small, **end))
    if line.row is not None:
        box = Box(x, y - size * 0.82, fit.text * 2.1, size * 0.95)
        made.append(swatch(line.row, box, signs=signs))
    if line.kind == "group":
        ends = {"x1": x, "x2": x + fit.width, "y1": y + size * 0.4, "y2": y + size * 0.4}
        made.append(element("line", **ends, stroke="#999999", stroke_width=0.15))
    return "".join(made)


def swatch(row: Row, box: Box, *, signs: Signs) -> str:
    """Return the sign of an item: as it is drawn on the map, in a small box."""
    frame = shapely.box(box.x, box.y, box.right, box.bottom)
    edge = {"x": box.x, "y": box.y, "width": box.width, "height": box.height}
    line: dict[str, object] = {"stroke": "#777777", "stroke_width": 0.12}
    middle = shapely.Point(box.x + box.width / 2, box.y + box.height / 2)
    number, kinds = signs.hatches.get(row.item.key), signs.dimensions[row.item.key]
    if row.item.filled and number is not None:
        made = element("rect", **edge, fill="#ffffff", **line) + hatched(
            frame, number, colour=row.colour, gap=GAP / 2
        )
        return made + (dot(middle.x, middle.y, colour=row.colour) if 0 in kinds else "")
    if row.item.filled and row.item.basis == "geometry":
        return element("rect", **edge, fill=row.colour, fill_opacity=0.85, **line)
    across = shapely.LineString([(box.x, middle.y), (box.right, middle.y)])
    return "".join(symbols(row, [(middle, across, frame)[max(kinds, default=0)]]))


def _borders(at: tuple[float, float], sizes: Sizes, pen: Pen) -> str:
    """Return the key of borders, on one line that begins below `at`."""
    made, x, y = [], at[0], at[1] + sizes.small
    for level in ("province", "city", "county"):
        text = pair(f"level.{level}")[pen.lang]
        made.append(border(level, f"M{x:.2f} {y - sizes.small * 0.35:.2f}h{sizes.small * 2:.2f}"))
        made.append(pen.draw(text, (x + sizes.small * 2.4, y), size=sizes.small))
        x += sizes.small * 4 + width_of(text, sizes.small)
    return "".join(made)
