"""Maps that people list beside the overview, cities and themes: their faults, and their table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import get_args

import pandas as pd

from geoplan.gazetteer import Gazetteer
from geoplan.layers.entries import Fault, Known, unknown
from geoplan.layers.faults import Faults
from geoplan.layers.read import PLACE, LayerFile
from geoplan.layers.registry import Map, Registry
from geoplan.schema import BASIS_OF, Basis, frame

TAKEN = (
    *("index", "overview", "indicators", "findings"),
    *("figures", "ledger", "matrix", "matters", "trace"),
)
"""Names of pages that every atlas has, or may have."""

DEVICES = frozenset(
    ("con", "prn", "aux", "nul", *(f"{port}{i}" for port in ("com", "lpt") for i in range(10)))
)
"""Names that Windows keeps for devices: no file can have them, whatever its suffix."""


def check_maps(
    registry: Registry,
    files: Sequence[LayerFile],
    *,
    gazetteer: Gazetteer,
    partial: bool = False,
) -> None:
    """Check that documents, themes, layers, classes and units of maps are there.

    Where some layer files are left out (`partial`), layers may be unknown.
    Raises `LayerError` with every fault and its line.
    """
    known = _Known(registry, files, gazetteer, partial)
    faults = Faults()
    faults.add(known.located("map", registry.map, faults=known.faults))
    faults.raise_any(PLACE)


def maps_table(registry: Registry) -> pd.DataFrame:
    """Make the table `maps`, in the order of the registry; lists are texts with spaces."""
    return frame(
        "maps",
        [
            {
                "map": m.id,
                "title": m.title.zh,
                "title_en": m.title.en,
                "note": m.note.zh if m.note else None,
                "note_en": m.note.en if m.note else None,
                "kind": m.kind,
                "unit": m.unit,
                "theme": m.theme,
                "stops": m.stops,
                **{key: " ".join(getattr(m, key)) or None for key in LISTS},
            }
            for m in registry.map
        ],
    )


LISTS = (
    *("themes", "layers", "on", "outline", "views", "named"),
    *("documents", "earlier", "later"),
)
"""Keys that hold several ids."""


@dataclass(frozen=True)
class _Known(Known):
    """What maps may name."""

    @cached_property
    def documents(self) -> list[str]:
        return [document.id for document in self.registry.document]

    @cached_property
    def themes(self) -> list[str]:
        return [theme.id for theme in self.registry.theme]

    def faults(self, entry: Map) -> Iterator[Fault]:
        yield from self._page_faults(entry)
        yield from self._unit_faults(entry)
        for key in ("documents", "earlier", "later"):
            yield from self._id_faults(entry, key, self.documents)
        yield from self._id_faults(entry, "themes", self.themes)
        if entry.theme is not None and entry.theme not in self.themes:
            yield ("theme",), unknown("theme", entry.theme, there=self.themes)
        for key, i, name in entry.parts:
            loc = (key,) if key == "stops" else (key, i)
            for sentence in self._part_faults(entry, key, name):
                yield loc, sentence

    def _page_faults(self, entry: Map) -> Iterator[Fault]:
        themes = [theme.replace("_", "-") for theme in self.themes]
        if entry.kind != "detail" and entry.id in (*TAKEN, *themes):
            yield ("id",), f"another page is called {entry.id}.html; choose another id"
        if entry.kind != "detail" and entry.id in DEVICES:
            yield (
                ("id",),
                f"Windows has no files called {entry.id}, nor {entry.id}.html; choose another id",
            )
        shown = [m.id for m in self.registry.map if m.theme and m.theme == entry.theme]
        if entry.kind == "detail" and shown[0] != entry.id:
            yield ("theme",), f"theme {entry.theme!r} has a map in detail already: {shown[0]!r}"

    def _unit_faults(self, entry: Map) -> Iterator[Fault]:
        unit = self.gazetteer.units.get(entry.unit or "")
        if entry.unit is not None and unit is None:
            yield ("unit",), f"unit {entry.unit} is no unit of the gazetteer"
        if unit is not None and unit.level == "county":
            yield ("unit",), f"{unit.name} is a county; a map shows a city or the province"

    def _id_faults(self, entry: Map, key: str, there: Sequence[str]) -> Iterator[Fault]:
        names: tuple[str, ...] = getattr(entry, key)
        for i, name in enumerate(names):
            if name not in there:
                yield (key, i), unknown(f"{key}:", name, there=there)
            elif names.index(name) != i:
                yield (key, i), f"{key}: {name!r} stands twice"

    def _part_faults(self, entry: Map, key: str, name: str) -> Iterator[str]:
        layer, *rest = name.split("/")
        file = self.layers.get(layer)
        if file is None:
            if not self.partial:
                yield unknown(f"{key}: layer", layer, there=list(self.layers))
            return
        if not self._is_shown(entry, file):
            yield f"{key}: layer {layer!r} is not on this map; add it to its themes or layers"
        if key == "stops":
            lines = [f.id for f in file.layer.feature if f.waypoints]
            if len(rest) != 1 or rest[0] not in lines:
                there = ", ".join(f"{layer}/{line}" for line in lines) or "none in this layer"
                yield f"stops: {name!r} is no feature with waypoints; there are: {there}"
            return
        most = {"on": 2, "layers": 1, "outline": 1}.get(key, 1)
        least = 1 if key in ("views", "named") else 0
        if not least <= len(rest) <= most:
            yield f"{key}: {name!r} must be {_FORMS[least, most]}"
            return
        yield from _class_faults(file, key, rest)

    def _is_shown(self, entry: Map, file: LayerFile) -> bool:
        named = {name.partition("/")[0] for name in entry.layers}
        also = {
            ref.partition("/")[0]
            for theme in self.registry.theme
            if theme.id == entry.theme
            for ref in theme.also
        }
        themes = (*entry.themes, entry.theme)
        return file.layer.theme in themes or file.layer.id in named | also


_FORMS = {
    (0, 2): "layer, layer/class or layer/class/basis",
    (0, 1): "layer or layer/class",
    (1, 1): "layer/class",
}


def _class_faults(file: LayerFile, key: str, rest: Sequence[str]) -> Iterator[str]:
    source = file.layer.file
    bases: dict[str, set[Basis]] = {source.class_id: {"geometry"}} if source else {}
    for feature in file.layer.feature:
        bases.setdefault(feature.class_, set()).add(BASIS_OF[feature.extent])
    if rest and rest[0] not in bases:
        yield unknown(f"{key}: in layer {file.layer.id!r} class", rest[0], there=list(bases))
    elif len(rest) == 2 and rest[1] not in bases[rest[0]]:
        there = ", ".join(basis for basis in get_args(Basis) if basis in bases[rest[0]])
        yield f"{key}: {file.layer.id}/{rest[0]} has no basis {rest[1]!r}; there are: {there}"
