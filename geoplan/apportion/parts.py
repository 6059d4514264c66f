"""What counts are given to: parts of counties under one set of classes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

import shapely

NONE, OUTSIDE, LEFT = "~none", "~outside", "~left"
"""In place of classes: in no class; the plan says nothing there; nothing says where it belongs."""

Labels = tuple[str, ...]
"""Classes that cover a place together, sorted; `NONE` or `OUTSIDE` alone."""


@dataclass(frozen=True)
class Part:
    """What lies under one set of classes in a county: area in 1e-4 m², polygons in EPSG:4490."""

    labels: Labels
    area: int
    shapes: tuple[shapely.Geometry, ...]


@dataclass(frozen=True)
class Target:
    """Classes of a layer or file, and the parts of each county."""

    name: str
    """Id of the layer, or the file's name."""
    title: str
    classes: dict[str, str]
    """Id to title, in the order of the legend."""
    exact: dict[str, list[Part]]
    """Code of a county to parts that make it up, what is in no class included."""
    drawn: dict[str, list[Part]] = field(default_factory=dict)
    """Code of a county to parts below sketches of ours, beside those of `exact`."""
    source: str = ""
    notes: list[str] = field(default_factory=list)

    @property
    def overlapping(self) -> bool:
        """Whether a place lies in more than one class."""
        every = [part for parts in (*self.exact.values(), *self.drawn.values()) for part in parts]
        return any(len(part.labels) > 1 for part in every)

    def title_of(self, labels: Labels) -> str:
        """Return what people call a set of classes."""
        return "＋".join(TITLES.get(label) or self.classes.get(label, label) for label in labels)

    def order_of(self, labels: Labels) -> tuple[int, ...]:
        """Return the place of a set of classes among others; `NONE`, `OUTSIDE`, `LEFT` last."""
        places = {label: at for at, label in enumerate((*self.classes, *TITLES))}
        return tuple(places.get(label, len(places)) for label in labels)


TITLES = {NONE: "不在任何类别内", OUTSIDE: "不在规划范围内", LEFT: "未分配"}


def gathered(pieces: Iterable[tuple[Labels, int, shapely.Geometry]]) -> list[Part]:
    """Return pieces of a county as one part for each set of classes."""
    areas: dict[Labels, int] = defaultdict(int)
    shapes: dict[Labels, list[shapely.Geometry]] = defaultdict(list)
    for labels, area, shape in pieces:
        areas[labels] += area
        shapes[labels].append(shape)
    return [Part(labels, areas[labels], tuple(shapes[labels])) for labels in sorted(areas)]
