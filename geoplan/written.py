"""Reports as plain values: sections of texts, tables and pictures, for a page or for Word."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

_UNKNOWN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_NUMERALS = "零一二三四五六七八九十"

Lang = Literal["zh", "en"]


def plain(text: str) -> str:
    """Return `text` on one line, without the signs that XML does not know."""
    return " ".join(_UNKNOWN.sub("", text).split())


@dataclass(frozen=True)
class Cell:
    """A cell of a table; `small` stands below its text, smaller."""

    text: str
    small: str = ""
    ref: str = ""
    """What the row is called, for tracing: see ``geoplan.schema.refs``."""
    quiet: bool = False
    """Whether `ref` is only a link on a screen: long ones crowd a table on paper."""


@dataclass(frozen=True)
class Row:
    """A row: plain, a head of the rows below it (one cell), or a total."""

    cells: tuple[Cell, ...]
    kind: Literal["plain", "group", "total"] = "plain"


@dataclass(frozen=True)
class Head:
    """A column: title, width against the others', and where its text stands."""

    title: str
    width: float = 1.0
    align: Literal["left", "center", "right"] = "left"


@dataclass(frozen=True)
class Table:
    """A table; without a caption it gets no number, without titles no row of heads."""

    heads: tuple[Head, ...]
    rows: tuple[Row, ...]
    caption: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Text:
    """A paragraph, a point of a list, or a smaller note."""

    text: str
    kind: Literal["plain", "point", "note"] = "plain"


@dataclass(frozen=True)
class Picture:
    """A drawing: what is inside of its SVG, its extent in units, its width in mm."""

    inside: str
    extent: tuple[int, int]
    width_mm: float
    caption: str

    @property
    def size(self) -> tuple[float, float]:
        """Width and height in mm."""
        width, height = self.extent
        return self.width_mm, round(self.width_mm * height / width, 2)

    def svg(self, *, font: str, label: str) -> str:
        """Return it as SVG; `font` is a list of families, `label` its text, both escaped."""
        width, height = self.extent
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
            f'width="{self.size[0]}mm" height="{self.size[1]}mm" role="img" '
            f'aria-label="{label}" font-family="{font}">{self.inside}</svg>'
        )


Block: TypeAlias = Text | Table | Picture


@dataclass(frozen=True)
class Section:
    """A heading and what stands below it; `wide` ones lie across the paper."""

    title: str
    blocks: tuple[Block, ...]
    wide: bool = False


@dataclass(frozen=True)
class Report:
    """A whole report."""

    name: str
    """Stem of its files, in ASCII."""
    lang: Lang
    title: str
    subtitle: str
    secrecy: str
    """At the head of its first page."""
    marks: tuple[tuple[str, str], ...]
    """Label and text of what is said of the report as a whole."""
    warning: str
    """What it must not be used for, at the foot of every page; empty where there is nothing."""
    author: str
    day: str
    """Day of compilation, ``YYYY-MM-DD``, or empty."""
    sections: tuple[Section, ...]


def numbered(sections: list[Section], lang: Lang) -> tuple[Section, ...]:
    """Return the sections that hold something, with numbers; so are tables and pictures."""
    made: list[Section] = []
    counts = {"表": 0, "图": 0}
    for section in sections:
        if not section.blocks:
            continue
        blocks = tuple(_counted(block, counts, lang) for block in section.blocks)
        number = len(made) + 1
        head = f"{_numeral(number)}、" if lang == "zh" else f"{number}. "
        made.append(replace(section, title=head + section.title, blocks=blocks))
    return tuple(made)


def _counted(block: Block, counts: dict[str, int], lang: Lang) -> Block:
    if isinstance(block, Text) or not block.caption:
        return block
    kind, word = ("图", "Figure") if isinstance(block, Picture) else ("表", "Table")
    counts[kind] += 1
    head = f"{kind}{counts[kind]}　" if lang == "zh" else f"{word} {counts[kind]}. "
    return replace(block, caption=head + block.caption)


def _numeral(number: int) -> str:
    tens, ones = divmod(number, 10)
    if number <= 10:
        return _NUMERALS[number]
    return ("" if tens == 1 else _NUMERALS[tens]) + "十" + (_NUMERALS[ones] if ones else "")
