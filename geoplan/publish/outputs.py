"""Every file that is published: what it shows, a key of what it is made of, and how to make it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import cached_property, partial
from typing import Any

import numpy as np

from geoplan import schema
from geoplan.config import Config, Project
from geoplan.errors import StageError
from geoplan.publish import columns, cuts, geojson, geopackage
from geoplan.publish.atlas import Atlas
from geoplan.publish.audience import check_public, most_closed, sensitivities
from geoplan.publish.cells import Cells, Cut
from geoplan.publish.generalise import merged
from geoplan.publish.items import items
from geoplan.publish.maps import budget_of, map_text
from geoplan.publish.pages import Entry, menu, page_of
from geoplan.publish.paper.drawn import Drawn, Print, draw
from geoplan.publish.paper.layout import sheet_name
from geoplan.publish.reports import findings_text, index_text, indicators_text, readme_text
from geoplan.publish.rows import Part, Shown
from geoplan.publish.tables import is_named, table_text
from geoplan.publish.words import check_words
from geoplan.schema import Sensitivity

NEEDED = tuple(schema.TABLES)

RARE = ("passages",)
"""Tables that are published only where they have rows: without the plans' texts there are none."""


@dataclass(frozen=True)
class Output:
    """One file: all that is known of it before it is made."""

    name: str
    """Its path in the folder of maps, with ``/``."""
    layers: frozenset[str]
    """Layers whose content it shows."""
    themes: frozenset[str]
    """The theme whose map it is; empty for all other files."""
    sensitivity: Sensitivity
    """The most closed of the audience and its layers' sensitivity."""
    key: str
    """A sha256 over all that it is made of, besides code and libraries."""
    make: Callable[[], str | bytes]
    """Return its text or bytes; raises `StageError`, as where a map exceeds its budget."""

    def content(self) -> bytes:
        """Make it, and return what its file holds; raises what `make` raises."""
        made = self.make()
        return made.encode("utf-8") if isinstance(made, str) else made


def outputs(tables: schema.Tables, *, project: Project, as_of: str | None = None) -> list[Output]:
    """Return the files of the atlas of `tables`, by name; nothing is made yet.

    Parameters
    ----------
    tables
        Tables of ``geoplan.schema``; areas in km², shapes in EPSG:4490.
    as_of
        Day of judgement, ``YYYY-MM-DD``; default: the configuration's.

    Raises
    ------
    StageError
        Where a table is missing, or a code has no words.
    ConfigError
        Where a public atlas holds layers that are not public, or has no review number.
    """
    plan = _planned(tables, project, as_of)
    made = sorted(plan.outputs(), key=lambda output: output.name)
    closed = [output.name for output in made if output.sensitivity != "public"]
    if closed and project.config.audience == "public":  # a second lock, should the first be open
        raise StageError(f"{', '.join(closed)}: not public, in a public atlas; report this")
    return made


def sheets(
    tables: schema.Tables, *, project: Project, as_of: str | None = None
) -> dict[str, Callable[[Print], Drawn]]:
    """Return what makes the sheet of each map, by the stem of its page, in the order of the menu.

    Parameters and errors are those of `outputs`.
    """
    return _planned(tables, project, as_of).sheets()


def _planned(tables: schema.Tables, project: Project, as_of: str | None) -> _Plan:
    missing = [name for name in NEEDED if name not in tables]
    if missing:
        raise StageError(f"publish needs {len(missing)} more table(s): {', '.join(missing)}")
    check_public(tables, project)
    check_words(tables)
    shown = Shown(tables)
    return _Plan(shown, Cells(shown), project.config, as_of or project.config.as_of or "")


@dataclass(frozen=True)
class _Plan:
    tables: Shown
    cells: Cells
    config: Config
    as_of: str

    @cached_property
    def entries(self) -> list[Entry]:
        return menu(self.tables, self.config)

    @cached_property
    def reports(self) -> frozenset[str]:
        named = ("indicators", "findings", "conflicts")
        return frozenset(name for name in named if len(self.tables[name]))

    @cached_property
    def layers(self) -> frozenset[str]:
        return frozenset(self.tables["layers"]["layer"])

    def outputs(self) -> Iterator[Output]:
        for entry in self.entries:
            chosen = cuts.Choice(self.tables, self.cells, entry).cuts()
            yield self._map(entry, chosen)
            yield self._sheet(entry, cuts.sheet(chosen))
        sizes = {name: len(self.tables[name]) for name in schema.TABLES}
        sizes = {name: n for name, n in sizes.items() if n or name not in RARE}
        yield self._index(sizes)
        yield self._report("README.md", {"sources": columns.INDEX["sources"]}, readme_text)
        if "indicators" in self.reports:
            yield self._report("indicators.html", columns.INDICATORS, indicators_text)
        if "findings" in self.reports:
            yield self._report("findings.html", columns.FINDINGS, findings_text)
        for name in sizes:
            yield self._table(name)
        shape = ("geometry",)
        units = {"units": Cut((*geojson.UNITS, *shape))}
        yield self._plain("data/units.geojson", units, geojson.units_text)
        features = cuts.whole(geojson.NEEDED)
        yield self._plain("data/features.geojson", features, geojson.features_text)
        coverage = {"coverage": Cut((*geopackage.COVERAGE, "state"))}
        every = {**units, **features, **coverage}
        yield self._plain("data/atlas.gpkg", every, geopackage.geopackage_bytes)

    def sheets(self) -> dict[str, Callable[[Print], Drawn]]:
        made: dict[str, Callable[[Print], Drawn]] = {}
        for entry in self.entries:
            chosen = cuts.sheet(cuts.Choice(self.tables, self.cells, entry).cuts())
            mark = self._mark(frozenset(self.cells.texts("layers.layer", chosen["layers"].rows)))
            made[entry.file.removesuffix(".html")] = partial(self._drawn, entry, chosen, mark)
        return made

    def _map(self, entry: Entry, chosen: dict[str, Cut]) -> Output:
        layers = frozenset(self.cells.texts("layers.layer", chosen["layers"].rows))
        mark = self._mark(layers)
        others = [[e.file, e.menu, e.theme] for e in self.entries]
        base = self.config.base_map
        tiles = base.for_page() if base else None
        facts = self._facts(mark, entry=asdict(entry), menu=others, base_map=tiles)
        key = self.cells.digest(chosen, facts, str(budget_of(entry, self.config)))
        make = partial(self._map_text, entry, chosen, mark)
        themes = frozenset({entry.theme} if entry.theme else ())
        return Output(entry.file, layers, themes, mark, key, make)

    def _map_text(self, entry: Entry, chosen: dict[str, Cut], mark: Sensitivity) -> str:
        atlas = self._atlas(chosen, mark)
        return map_text(atlas, page_of(entry, atlas.tables, items=atlas.items))

    def _sheet(self, entry: Entry, chosen: dict[str, Cut]) -> Output:
        """Return the sheet of a map, which is as closed as the map."""
        layers = frozenset(self.cells.texts("layers.layer", chosen["layers"].rows))
        mark = self._mark(layers)
        about = {name: value for name, value in asdict(entry).items() if name != "menu"}
        key = self.cells.digest(chosen, self._facts(mark, entry=about))
        make = partial(self._sheet_text, entry, chosen, mark)
        themes = frozenset({entry.theme} if entry.theme else ())
        return Output(sheet_name(entry.file), layers, themes, mark, key, make)

    def _sheet_text(self, entry: Entry, chosen: dict[str, Cut], mark: Sensitivity) -> str:
        return self._drawn(entry, chosen, mark, Print()).svg

    def _drawn(self, entry: Entry, chosen: dict[str, Cut], mark: Sensitivity, how: Print) -> Drawn:
        atlas = self._atlas(chosen, mark)
        return draw(atlas, page_of(entry, atlas.tables, items=atlas.items), how=how)

    def _index(self, sizes: dict[str, int]) -> Output:
        chosen, mark = cuts.whole(columns.INDEX), self._mark(self.layers)
        entries = [asdict(entry) for entry in self.entries]
        key = self.cells.digest(chosen, self._facts(mark, entries=entries, sizes=sizes))
        make = partial(self._index_text, chosen, mark, sizes)
        return Output("index.html", self.layers, frozenset(), mark, key, make)

    def _index_text(self, chosen: dict[str, Cut], mark: Sensitivity, sizes: dict[str, int]) -> str:
        atlas = self._atlas(chosen, mark)
        pages = [page_of(entry, atlas.tables, items=atlas.items) for entry in self.entries]
        return index_text(atlas, pages, sizes=sizes)

    def _report(
        self, name: str, columns: dict[str, tuple[str, ...]], text: Callable[[Atlas], str]
    ) -> Output:
        layers, chosen = self._reported(columns)
        mark = self._mark(layers)
        titles = [asdict(entry) for entry in self.entries] if name == "README.md" else []
        key = self.cells.digest(chosen, self._facts(mark, entries=titles))

        def make() -> str:
            part = Part(self.tables, chosen)
            return text(Atlas(part, self.config, [], self.entries, self.as_of, mark, self.reports))

        return Output(name, layers, frozenset(), mark, key, make)

    def _reported(
        self, columns: dict[str, tuple[str, ...]]
    ) -> tuple[frozenset[str], dict[str, Cut]]:
        """Return the layers that a report is about, and its cut: they, and their documents."""
        chosen = cuts.whole(columns)
        if "documents" not in columns:
            return self.layers, chosen
        told = "indicators" if "indicators" in columns else "findings"
        column, texts = "layer", self.cells.texts("indicators.layer")
        if told == "findings":
            # A finding may be about no layer: its document's stand for it.
            column, texts = "document", self.cells.texts(f"{told}.document")
        rows = np.flatnonzero(self.cells.where(f"layers.{column}", texts.__contains__))
        documents = self.cells.texts("layers.document", rows)
        documents |= texts if told == "findings" else set()
        kept = np.flatnonzero(self.cells.where("documents.document", documents.__contains__))
        chosen["documents"] = Cut(columns["documents"], kept)
        if "layers" in columns:
            chosen["layers"] = Cut(columns["layers"], rows)
        return frozenset(self.cells.texts("layers.layer", rows)), chosen

    def _table(self, name: str) -> Output:
        columns = tuple(c for c in self.tables[name].columns if c != "geometry")
        chosen = {name: Cut(columns)}
        if is_named(columns):
            chosen["units"] = Cut(("adcode", "name"))
        return self._plain(f"tables/{name}.csv", chosen, lambda tables: table_text(tables, name))

    def _plain(
        self, name: str, chosen: dict[str, Cut], text: Callable[[schema.Tables], str | bytes]
    ) -> Output:
        base = not {"units", "sources"}.isdisjoint(chosen) and len(chosen) == 1
        layers = frozenset[str]() if base else self.layers
        key = self.cells.digest(chosen)
        make = lambda: text(Part(self.tables, chosen))  # noqa: E731
        return Output(name, layers, frozenset(), self._mark(layers), key, make)

    def _atlas(self, chosen: dict[str, Cut], mark: Sensitivity) -> Atlas:
        part = Part(self.tables, chosen)
        part.replace("features", merged(part))
        return Atlas(part, self.config, items(part), self.entries, self.as_of, mark, self.reports)

    def _facts(self, mark: Sensitivity, **more: Any) -> str:
        """Return what is printed besides the tables, as text."""
        config = self.config
        facts = {
            "title": [config.title.zh, config.title.en],
            "scope": config.scope,  # its middle is the meridian of all maps
            "review": config.review_number,
            "by": config.compiled_by,
            "on": config.compiled_on,
            "as_of": self.as_of,
            "mark": mark,
            "reports": sorted(self.reports),
        }
        return json.dumps(facts | more, ensure_ascii=True, sort_keys=True)

    @cached_property
    def _marks(self) -> dict[str, Sensitivity]:
        return sensitivities(self.tables)

    def _mark(self, layers: frozenset[str]) -> Sensitivity:
        own = (self._marks[layer] for layer in layers if layer in self._marks)
        return most_closed([self.config.audience, *own])
