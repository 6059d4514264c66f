"""Every file that is published: what it shows, a key of what it is made of, and how to make it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict
from functools import partial

import numpy as np

from geoplan import schema
from geoplan.config import Project
from geoplan.errors import StageError
from geoplan.publish import columns, cuts, geojson, geopackage, reports
from geoplan.publish.atlas import Atlas
from geoplan.publish.audience import check_public
from geoplan.publish.cells import Cells, Cut
from geoplan.publish.exports import styles, workbook
from geoplan.publish.making import Making, Output
from geoplan.publish.maps import budget_of, map_text
from geoplan.publish.matrix import page as matrix
from geoplan.publish.pages import Entry, page_of
from geoplan.publish.paper.drawn import Drawn, Print, draw
from geoplan.publish.paper.layout import sheet_name
from geoplan.publish.rows import Shown
from geoplan.publish.tables import is_named, table_text
from geoplan.publish.tracing.data import COLUMNS as TRACE
from geoplan.publish.tracing.page import trace_text
from geoplan.publish.words import check_words
from geoplan.schema import Sensitivity

NEEDED = tuple(schema.TABLES)

RARE = ("passages", "rules", "overrides", "rasters", "zonal")
"""Tables that are published only where they have rows: not every project has texts or rules."""


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


class _Plan(Making):
    def outputs(self) -> Iterator[Output]:
        for entry in self.entries:
            chosen = cuts.Choice(self.tables, self.cells, entry).cuts()
            yield self._map(entry, chosen)
            yield self._sheet(entry, cuts.sheet(chosen))
        sizes = {name: len(self.tables[name]) for name in schema.TABLES}
        sizes = {
            name: n
            for name, n in sizes.items()
            if name not in schema.INNER and (n or name not in RARE)
        }
        yield self._index(sizes)
        yield self._report("README.md", {"sources": columns.INDEX["sources"]}, reports.readme_text)
        yield self._report("trace.html", TRACE, trace_text)
        if "indicators" in self.reports:
            yield self._report("indicators.html", columns.INDICATORS, reports.indicators_text)
        if "claims" in self.reports:
            yield self._report("figures.html", columns.FIGURES, reports.figures_text)
        if "findings" in self.reports:
            yield self._report("findings.html", columns.FINDINGS, reports.findings_text)
        if "overlaps" in self.reports:
            yield self._report(matrix.FILE, matrix.COLUMNS, matrix.matrix_text)
        if "conflicts" in self.reports:
            yield self._matters()
        for name in sizes:
            yield self._table(name)
        book = cuts.whole(workbook.NEEDED)
        yield self.told(workbook.NAME, book, layers=self.layers, text=workbook.workbook)
        shape = ("geometry",)
        units = {"units": Cut((*geojson.UNITS, *shape))}
        yield self.plain("data/units.geojson", units, text=geojson.units_text)
        features = cuts.whole(geojson.NEEDED)
        yield self.plain("data/features.geojson", features, text=geojson.features_text)
        coverage = {"coverage": Cut((*geopackage.COVERAGE, "state"))}
        every = {**units, **features, **coverage}
        for name, needed in styles.NEEDED.items():
            more = every[name].columns if name in every else ()
            every[name] = Cut(tuple(dict.fromkeys((*more, *needed))))
        yield self.plain("data/atlas.gpkg", every, text=geopackage.geopackage_bytes)
        for name in styles.SHAPES:
            yield self.plain(f"data/qml/{name}.qml", every, text=partial(geopackage.style, name))

    def sheets(self) -> dict[str, Callable[[Print], Drawn]]:
        made: dict[str, Callable[[Print], Drawn]] = {}
        for entry in self.entries:
            chosen = cuts.sheet(cuts.Choice(self.tables, self.cells, entry).cuts())
            mark = self.mark(frozenset(self.cells.texts("layers.layer", chosen["layers"].rows)))
            made[entry.file.removesuffix(".html")] = partial(self._drawn, entry, chosen, mark)
        return made

    def _map(self, entry: Entry, chosen: dict[str, Cut]) -> Output:
        layers = frozenset(self.cells.texts("layers.layer", chosen["layers"].rows))
        mark = self.mark(layers)
        others = [[e.file, e.menu, e.theme] for e in self.entries]
        base = self.config.base_map
        tiles = base.for_page() if base else None
        facts = self.facts(mark, entry=asdict(entry), menu=others, base_map=tiles)
        key = self.cells.digest(chosen, facts, str(budget_of(entry, self.config)))
        make = partial(self._map_text, entry, chosen, mark)
        themes = frozenset({entry.theme} if entry.theme else ())
        return Output(entry.file, layers, themes, mark, key, make)

    def _map_text(self, entry: Entry, chosen: dict[str, Cut], mark: Sensitivity) -> str:
        atlas = self.atlas(chosen, mark)
        return map_text(atlas, page_of(entry, atlas.tables, items=atlas.items))

    def _sheet(self, entry: Entry, chosen: dict[str, Cut]) -> Output:
        """Return the sheet of a map, which is as closed as the map."""
        layers = frozenset(self.cells.texts("layers.layer", chosen["layers"].rows))
        mark = self.mark(layers)
        about = {name: value for name, value in asdict(entry).items() if name != "menu"}
        key = self.cells.digest(chosen, self.facts(mark, entry=about))
        make = partial(self._sheet_text, entry, chosen, mark)
        themes = frozenset({entry.theme} if entry.theme else ())
        return Output(sheet_name(entry.file), layers, themes, mark, key, make)

    def _sheet_text(self, entry: Entry, chosen: dict[str, Cut], mark: Sensitivity) -> str:
        return self._drawn(entry, chosen, mark, Print()).svg

    def _drawn(self, entry: Entry, chosen: dict[str, Cut], mark: Sensitivity, how: Print) -> Drawn:
        atlas = self.atlas(chosen, mark)
        return draw(atlas, page_of(entry, atlas.tables, items=atlas.items), how=how)

    def _index(self, sizes: dict[str, int]) -> Output:
        chosen, mark = cuts.whole(columns.INDEX), self.mark(self.layers)
        entries = [asdict(entry) for entry in self.entries]
        key = self.cells.digest(chosen, self.facts(mark, entries=entries, sizes=sizes))
        make = partial(self._index_text, chosen, mark, sizes)
        return Output("index.html", self.layers, frozenset(), mark, key, make)

    def _index_text(self, chosen: dict[str, Cut], mark: Sensitivity, sizes: dict[str, int]) -> str:
        atlas = self.atlas(chosen, mark)
        pages = [page_of(entry, atlas.tables, items=atlas.items) for entry in self.entries]
        return reports.index_text(atlas, pages, sizes=sizes)

    def _report(
        self, name: str, columns: dict[str, tuple[str, ...]], text: Callable[[Atlas], str]
    ) -> Output:
        layers, chosen = self._reported(columns)
        titles = [asdict(entry) for entry in self.entries] if name == "README.md" else []
        return self.told(name, chosen, layers=layers, text=text, entries=titles)

    def _reported(
        self, columns: dict[str, tuple[str, ...]]
    ) -> tuple[frozenset[str], dict[str, Cut]]:
        """Return the layers that a report is about, and its cut: they, and their documents."""
        chosen = cuts.whole(columns)
        if "documents" not in columns or not {"overlaps", "claims"}.isdisjoint(columns):
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

    def _matters(self) -> Output:
        chosen = cuts.matters(self.tables, self.cells)
        layers = frozenset(self.cells.texts("layers.layer", chosen["layers"].rows))
        return self.told("matters.html", chosen, layers=layers, text=reports.matters_text)

    def _table(self, name: str) -> Output:
        columns = tuple(c for c in self.tables[name].columns if c != "geometry")
        chosen = {name: Cut(columns)}
        if is_named(columns):
            chosen["units"] = Cut(("adcode", "name"))
        return self.plain(
            f"tables/{name}.csv", chosen, text=lambda tables: table_text(tables, name)
        )
