"""Layout of a map sheet: paper, boxes on it in millimetres, and the scale that fits."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, get_args

from geoplan.publish.words import ASSETS

Paper = Literal["A3", "A4"]
Orientation = Literal["landscape", "portrait", "auto"]
Lang = Literal["zh", "en"]
PAPERS: tuple[Paper, ...] = get_args(Paper)
ORIENTATIONS: tuple[Orientation, ...] = ("landscape", "portrait")


def sheet_name(file: str) -> str:
    """Return the name of the sheet of a map page in the folder of maps."""
    return f"print/{file.removesuffix('.html')}.svg"


@dataclass(frozen=True)
class Box:
    """A rectangle on paper, in mm from the upper left corner."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Its right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """Its lower edge."""
        return self.y + self.height

    def inner(self, by: float) -> Box:
        """Return the box `by` mm smaller on every side."""
        return Box(self.x + by, self.y + by, self.width - 2 * by, self.height - 2 * by)


@dataclass(frozen=True)
class Sizes:
    """Sizes of one paper, in mm: bands, gaps and heights of letters."""

    title: float
    side: float
    foot: float
    gap: float
    pad: float
    text: float
    small: float
    head: float
    sub: float


@dataclass(frozen=True)
class Layout:
    """Boxes of one sheet."""

    paper: Paper
    orientation: Orientation
    page: Box
    title: Box
    map: Box
    """The inner neat line."""
    key: Box
    """Where legend and furniture stand: a column in landscape, a band in portrait."""
    sizes: Sizes


@cache
def settings() -> dict[str, Any]:
    """Return ``assets/sheet.json``, which the pages' own print view reads too."""
    loaded: dict[str, Any] = json.loads((ASSETS / "sheet.json").read_text("utf-8"))
    return loaded


def fonts() -> tuple[str, ...]:
    """Return the names of fonts, the first that there is being used."""
    return tuple(settings()["fonts"])


@cache
def layout(paper: Paper, orientation: Orientation) -> Layout:
    """Return the boxes of a sheet."""
    long, short = settings()["papers"][paper]
    sizes, margin = Sizes(**settings()[paper]), settings()["margin"]
    wide = orientation == "landscape"
    width, height = (long, short) if wide else (short, long)
    top, inner = margin + sizes.title, width - 2 * margin
    body = height - margin - top
    if wide:
        drawn = Box(margin, top, inner - sizes.side - sizes.gap, body)
        key = Box(drawn.right + sizes.gap, top, sizes.side, body)
    else:
        drawn = Box(margin, top, inner, body - sizes.foot - sizes.gap)
        key = Box(margin, drawn.bottom + sizes.gap, inner, sizes.foot)
    page, title = Box(0, 0, width, height), Box(margin, margin, inner, sizes.title)
    return Layout(paper, orientation, page, title, drawn, key, sizes)


def denominator(width_m: float, height_m: float, *, box: Box) -> int:
    """Return the smallest round scale denominator at which an extent in metres fits into `box`."""
    least = 1000 * max(width_m / box.width, height_m / box.height)
    power = 1
    while True:
        for step in settings()["steps"]:
            found: int = round(step * power)
            if found >= max(least, 1) and found == step * power:
                return found
        power *= 10


def best(width_m: float, height_m: float, *, paper: Paper) -> tuple[Layout, int]:
    """Return the orientation with the larger scale, landscape if both are alike, and the scale."""
    found = []
    for orientation in ORIENTATIONS:
        made = layout(paper, orientation)
        room = made.map.inner(made.sizes.pad)
        found.append((denominator(width_m, height_m, box=room), made))
    scale, made = min(found, key=lambda pair: pair[0])
    return made, scale
