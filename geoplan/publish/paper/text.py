"""Texts on sheets: how wide they are, where they break, and how they are drawn."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from unicodedata import east_asian_width

from geoplan.publish.svg import element

INK, PALE = "#222222", "#666666"

NO_START = set("，。；：、！？）》〉】〕”’％%,.;:!?)]}")
"""Characters that begin no line."""
NO_END = set("（《〈【〔“‘([{")
"""Characters that end no line."""

NARROW, WIDE_LATIN = set("iIjlftr.,;:'|()[]! "), set("mwMW%@")


@dataclass(frozen=True)
class Pen:
    """How texts of a sheet are drawn: the fonts, in order, and the language (0 zh, 1 en)."""

    family: str
    lang: int

    def draw(self, text: str, at: tuple[float, float], *, size: float, **more: object) -> str:
        """Return a text whose line of writing begins at `at`."""
        x, y = at
        style = {"fill": INK, **more}
        return element("text", text, x=x, y=y, font_family=self.family, font_size=size, **style)

    def haloed(self, text: str, at: tuple[float, float], *, size: float, **more: object) -> str:
        """Return a text over a white edge, which Word draws only as a second text below."""
        edge = {"fill": "#ffffff", "stroke": "#ffffff", "stroke_width": round(size * 0.22, 2)}
        below = self.draw(text, at, size=size, **{**more, **edge, "stroke_linejoin": "round"})
        return below + self.draw(text, at, size=size, **more)


def family(fonts: Sequence[str]) -> str:
    """Return names of fonts as the value of ``font-family``, quoted where that is needed."""
    named = (re.sub(r"[\"'\\;<>&]", "", font) for font in fonts)
    return ", ".join(name if re.fullmatch(r"[A-Za-z-]+", name) else f"'{name}'" for name in named)


def width_of(text: str, size: float) -> float:
    """Return about how wide a text is: letters of Chinese are as wide as they are high."""
    return size * sum(map(_em, text))


def _em(c: str) -> float:
    if c in NARROW:
        return 0.36
    if east_asian_width(c) in ("W", "F") or c in "“”‘’…—·°′±×":
        return 1.0
    return 0.9 if c in WIDE_LATIN else 0.7 if c.isupper() else 0.58


def wrapped(text: str, width: float, *, size: float) -> list[str]:
    """Return a text in lines of at most `width`; a word that is wider is broken."""
    lines, line = [], ""
    for word in _words(text):
        if line and width_of(line + word.rstrip(), size) > width:
            lines.append(line.rstrip())
            line = word.lstrip()
        else:
            line += word
        while len(line) > 1 and width_of(line.rstrip(), size) > width:
            fits = next(n for n in range(len(line), 0, -1) if _fits(line[:n], width, size))
            lines.append(line[:fits])
            line = line[fits:]
    return [*lines, line.rstrip()] if line.strip() else lines


def _fits(text: str, width: float, size: float) -> bool:
    return len(text) == 1 or width_of(text, size) <= width


def _words(text: str) -> list[str]:
    """Return what a line may break between: words of Latin, letters of Chinese."""
    found: list[str] = []
    for piece in re.findall(r"[!-~\u00a0-\u024f′°]+ ?|.", " ".join(text.split())):
        if found and (piece[0] in NO_START or found[-1][-1] in NO_END):
            found[-1] += piece
        else:
            found.append(piece)
    return found


def shortened(text: str, width: float, *, size: float) -> str:
    """Return a text that is at most `width` wide, its end cut off with ``…`` if need be."""
    if width_of(text, size) <= width:
        return text
    while text and width_of(text + "…", size) > width:
        text = text[:-1]
    return f"{text}…"
