"""The legend of a map sheet: it fits its box, or says how much more there is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from geoplan.publish.paper.base import Base, border
from geoplan.publish.paper.content import Content
from geoplan.publish.paper.ground import Signs
from geoplan.publish.paper.layout import Box, Sizes
from geoplan.publish.paper.lines import Line, lines_of
from geoplan.publish.paper.swatch import swatch
from geoplan.publish.paper.text import INK, PALE, Pen, width_of, wrapped
from geoplan.publish.svg import element
from geoplan.publish.words import Pair, pair

LEAST = 0.75
"""How small letters of a legend may become."""
SHRINKING = (1.0, 0.92, 0.84, LEAST)
NARROWEST = 34.0
"""Least width of a column in mm."""
COLUMN = 72.0
"""Width that a column would like to have, in mm."""


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


def legend(content: Content, *, signs: Signs, box: Box, base: Base, pen: Pen) -> list[str]:
    """Return the legend of `content` within `box`.

    Letters shrink to `LEAST`, then there is a column more, then it ends with
    the number of classes that are left out.
    """
    lines, sizes = lines_of(content, lang=pen.lang), base.layout.sizes
    head = sizes.text * 1.25
    scope = _with_colon(pair("legend.scope"), content.unit)[pen.lang]
    end = {"text_anchor": "end", "fill": PALE}
    drawn = [
        pen.draw(pair("legend")[pen.lang], (box.x, box.y + head), size=head, font_weight=700),
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
    for line, at in placed:
        drawn.append(_drawn(line, at, fit, pen=pen))
        if line.sign is not None:
            place = _sign_box(line, at, fit)
            drawn.append(swatch(line.sign, place, signs=signs, content=content))
    return [*drawn, _borders((box.x, low + sizes.small * 1.3), sizes, pen)]


def _with_colon(name: Pair, value: Pair) -> Pair:
    return f"{name[0]}：{value[0]}", f"{name[1]}: {value[1]}"


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
        more = Line(pair("print.more_classes", n=left)[lang], "small")
        tried = _placed([*lines[: len(placed) - 1], more], fit)
        if len(tried) == len(placed):
            return tried
        placed.pop()
    return [
        (
            Line(
                pair("print.more_classes", n=sum(line.kind == "class" for line in lines))[lang],
                "small",
            ),
            (fit.box.x, fit.box.y),
        )
    ]


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


def _base(line: Line, top: float, fit: Fit) -> float:
    """Return how low the first line of letters stands."""
    texts, size, _ = _texts(line, fit)
    return top + _height(line, fit) - size * (1.25 * len(texts) - 0.92)


def _sign_box(line: Line, at: tuple[float, float], fit: Fit) -> Box:
    y, size = _base(line, at[1], fit), fit.text
    return Box(at[0], y - size * 0.82, size * 2.1, size * 0.95)


def _drawn(line: Line, at: tuple[float, float], fit: Fit, *, pen: Pen) -> str:
    x, y = at[0], _base(line, at[1], fit)
    texts, size, start = _texts(line, fit)
    fill = PALE if line.kind in ("small", "layer") else INK
    # What is said in addition is smaller, in lines that are as high.
    main = len(_texts(replace(line, text=line.text.partition("\n")[0]), fit)[0])
    made = [
        pen.draw(
            text,
            (x + start, y + n * size * 1.25),
            size=size if n < main else fit.small,
            fill=fill if n < main else PALE,
        )
        for n, text in enumerate(texts)
    ]
    first, second = line.figures
    right, end = x + fit.width - _columns(line, fit)[1], {"text_anchor": "end"}
    if first:
        made.append(pen.draw(first, (right, y), size=fit.small, **end))
    if second:
        made.append(pen.draw(second, (x + fit.width, y), size=fit.small, **end))
    if line.kind == "group":
        low = y + (len(texts) - 1) * size * 1.25 + size * 0.4
        ends = {"x1": x, "x2": x + fit.width, "y1": low, "y2": low}
        made.append(element("line", **ends, stroke="#999999", stroke_width=0.15))
    return "".join(made)


def _borders(at: tuple[float, float], sizes: Sizes, pen: Pen) -> str:
    """Return the key of borders, on one line that begins below `at`."""
    made, x, y = [], at[0], at[1] + sizes.small
    for level in ("province", "city", "county"):
        text = pair(f"level.{level}")[pen.lang]
        made.append(border(level, f"M{x:.2f} {y - sizes.small * 0.35:.2f}h{sizes.small * 2:.2f}"))
        made.append(pen.draw(text, (x + sizes.small * 2.4, y), size=sizes.small))
        x += sizes.small * 4 + width_of(text, sizes.small)
    return "".join(made)
