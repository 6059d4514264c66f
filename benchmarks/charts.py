"""Charts of the benchmarks as plain SVG text."""

from __future__ import annotations

import math
from dataclasses import dataclass
from html import escape

COLOURS = ["#1b6ca8", "#c8553d", "#3a7d44", "#7a5195"]
INK, PALE, PAPER = "#333333", "#dddddd", "#ffffff"
WIDTH, HEIGHT = 460, 320
LEFT, RIGHT, TOP, BOTTOM = 64, 20, 46, 52
ROOM = 0.08
"""Share of the range that stays free at both ends of an axis."""


@dataclass(frozen=True)
class Line:
    """One line: its name and its points."""

    name: str
    points: list[tuple[float, float]]


@dataclass(frozen=True)
class Panel:
    """One chart; both axes are logarithmic unless `flat`, whose y-axis starts at 0."""

    title: str
    x: str
    y: str
    lines: list[Line]
    flat: bool = False


@dataclass(frozen=True)
class Axis:
    """Where values come to lie between two places."""

    low: float
    high: float
    start: float
    stop: float
    log: bool

    def place(self, value: float) -> float:
        """Return the coordinate of a value."""
        a, b, v = (math.log10(n) if self.log else n for n in (self.low, self.high, value))
        return self.start + (v - a) / (b - a) * (self.stop - self.start)

    def ticks(self) -> list[float]:
        """Return round values to be written at the axis."""
        if not self.log:
            step = _step((self.high - self.low) / 5)
            return [n * step for n in range(int(self.high / step + 1e-9) + 1)]
        decades = range(math.floor(math.log10(self.low)), math.ceil(math.log10(self.high)) + 1)
        wide = math.log10(self.high / self.low)
        wanted = (1, 2, 5) if wide < 1.5 else (1, 3) if wide < 3 else (1,)
        found = [digit * 10.0**power for power in decades for digit in wanted]
        return [value for value in found if self.low <= value <= self.high]


def _step(rough: float) -> float:
    """Return 1, 2 or 5 times a power of ten, not below `rough`."""
    power = 10.0 ** math.floor(math.log10(rough))
    return next(n * power for n in (1, 2, 5, 10) if n * power >= rough * (1 - 1e-9))


def axis(values: list[float], start: float, stop: float, *, log: bool) -> Axis:
    """Return an axis with some room around the values."""
    low, high = min(values), max(values)
    if not log:
        return Axis(0.0, max(high * (1 + ROOM), 1e-9), start, stop, log)
    a, b = math.log10(low), math.log10(high)
    room = max((b - a) * ROOM, 0.1)
    return Axis(10 ** (a - room), 10 ** (b + room), start, stop, log)


def short(value: float) -> str:
    """Return a number as people read it: 3,000, 300 k, 2.5 M."""
    if 1e3 <= value < 1e4:
        return f"{value:,.0f}"
    for size, letter in ((1e9, " G"), (1e6, " M"), (1e3, " k")):
        if value >= size:
            return f"{value / size:.3g}{letter}"
    return f"{value:.3g}"


def figure(panels: list[Panel], title: str) -> str:
    """Return an SVG of panels, two a row."""
    rows = -(-len(panels) // 2)
    columns = min(len(panels), 2)
    wide, high = columns * WIDTH, rows * HEIGHT
    size = f'width="{wide}" height="{high}" viewBox="0 0 {wide} {high}"'
    style = f'font-family="sans-serif" font-size="12" fill="{INK}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" {style}>',
        f"<title>{escape(title)}</title>",
        f'<rect width="100%" height="100%" fill="{PAPER}"/>',
    ]
    for number, panel in enumerate(panels):
        row, column = divmod(number, 2)
        parts.append(f'<g transform="translate({column * WIDTH} {row * HEIGHT})">')
        parts += [*_panel(panel), "</g>"]
    return "\n".join([*parts, "</svg>", ""])


def _panel(panel: Panel) -> list[str]:
    points = [point for line in panel.lines for point in line.points]
    x = axis([p[0] for p in points], LEFT, WIDTH - RIGHT, log=True)
    y = axis([p[1] for p in points], HEIGHT - BOTTOM, TOP, log=not panel.flat)
    parts = [_text(LEFT, 20, panel.title, 'font-weight="bold" font-size="13"')]
    for value in y.ticks():
        at = y.place(value)
        parts.append(_stroke((x.start, at), (x.stop, at), PALE))
        parts.append(_text(x.start - 6, at + 4, short(value), 'text-anchor="end"'))
    for value in x.ticks():
        at = x.place(value)
        parts.append(_stroke((at, y.start), (at, y.stop), PALE))
        parts.append(_text(at, y.start + 16, short(value), 'text-anchor="middle"'))
    parts.append(_stroke((x.start, y.start), (x.stop, y.start), INK))
    parts.append(_stroke((x.start, y.start), (x.start, y.stop), INK))
    parts.append(_text((x.start + x.stop) / 2, HEIGHT - 16, panel.x, 'text-anchor="middle"'))
    middle = (y.start + y.stop) / 2
    parts.append(_text(16, middle, panel.y, f'text-anchor="middle" {_turned(16, middle)}'))
    for number, line in enumerate(panel.lines):
        parts += _line(line, x, y, COLOURS[number % len(COLOURS)])
    if len(panel.lines) > 1:
        parts += _legend(panel.lines)
    return parts


def _line(line: Line, x: Axis, y: Axis, colour: str) -> list[str]:
    places = [(x.place(a), y.place(b)) for a, b in sorted(line.points)]
    path = " ".join(f"{a:.1f},{b:.1f}" for a, b in places)
    parts = [f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>']
    parts += [f'<circle cx="{a:.1f}" cy="{b:.1f}" r="3.5" fill="{colour}"/>' for a, b in places]
    return parts


def _legend(lines: list[Line]) -> list[str]:
    parts, at = [], LEFT
    for number, line in enumerate(lines):
        colour = COLOURS[number % len(COLOURS)]
        parts.append(f'<rect x="{at}" y="29" width="10" height="10" fill="{colour}"/>')
        parts.append(_text(at + 14, 38, line.name, ""))
        at += 28 + 7 * len(line.name)
    return parts


def _stroke(start: tuple[float, float], end: tuple[float, float], colour: str) -> str:
    ends = f'x1="{start[0]:.1f}" y1="{start[1]:.1f}" x2="{end[0]:.1f}" y2="{end[1]:.1f}"'
    return f'<line {ends} stroke="{colour}"/>'


def _text(x: float, y: float, text: str, options: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" {options}>{escape(text)}</text>'


def _turned(x: float, y: float) -> str:
    return f'transform="rotate(-90 {x:.1f} {y:.1f})"'
