"""What each file shows: rows and columns of tables, chosen before anything is made of them.

A file is made of its cut alone. What it does not show cannot change it.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from geoplan.publish.cells import Cells, Cut
from geoplan.publish.cited import cited
from geoplan.publish.claims import OF_UNITS
from geoplan.publish.columns import MAP, MATTERS, SHEET
from geoplan.publish.items import inside_of
from geoplan.publish.pages import Entry
from geoplan.publish.rows import Shown
from geoplan.publish.views.naming import COUNTED
from geoplan.publish.views.shows import own_layers


def whole(columns: dict[str, tuple[str, ...]]) -> dict[str, Cut]:
    """Return cuts of all rows."""
    return {name: Cut(names) for name, names in columns.items()}


def sheet(chosen: dict[str, Cut]) -> dict[str, Cut]:
    """Return the part of a map's cuts that its sheet shows."""
    return {name: Cut(columns, chosen[name].rows) for name, columns in SHEET.items()}


def matters(tables: Shown, cells: Cells) -> dict[str, Cut]:
    """Return what the page of matters to coordinate shows: both sides, and what else they name."""
    layers = cells.texts("conflicts.layer_a") | cells.texts("conflicts.layer_b")
    classes = cells.texts("conflicts.class_a") | cells.texts("conflicts.class_b")
    documents = cells.texts("conflicts.document_a") | cells.texts("conflicts.document_b")
    rules = cells.texts("conflicts.rule")
    used = np.flatnonzero(cells.where("rules.rule", rules.__contains__))
    documents |= cells.texts("rules.document", used)
    refs = {
        ref
        for row in tables.rows("conflicts")
        for ref in (
            *(f"{row[f'layer_{end}']}/{row[f'feature_{end}']}" for end in "ab"),
            *(row["also"] or "").split(),
            *(row["reconciled_by"] or "").split(),
        )
    }
    features = tables["features"]
    named = (features["layer"] + "/" + features["feature"]).isin(refs).to_numpy()
    layers |= cells.texts("features.layer", np.flatnonzero(named))
    shown = np.flatnonzero(cells.where("layers.layer", layers.__contains__))
    documents |= cells.texts("layers.document", shown)
    themes = cells.texts("layers.theme", shown)
    rows = {
        "layers": shown,
        "rules": used,
        "features": np.flatnonzero(named),
        "classes": np.flatnonzero(cells.where("classes.class", classes.__contains__)),
        "documents": np.flatnonzero(cells.where("documents.document", documents.__contains__)),
        "themes": np.flatnonzero(cells.where("themes.theme", themes.__contains__)),
    }
    return {name: Cut(columns, rows.get(name)) for name, columns in MATTERS.items()}


@dataclass(frozen=True)
class Choice:
    """What one map shows of the tables."""

    tables: Shown
    cells: Cells
    entry: Entry

    def cuts(self) -> dict[str, Cut]:
        """Return rows and columns of every table that the map shows."""
        bare = self.entry.kind in ("compare", "count")
        masks = {
            "themes": self._themes(),
            "documents": self._documents(),
            "classes": self._classes(),
            "layers": self._layers,
            "features": self._features,
            "memberships": self._of_layers("memberships"),
            "coverage": self._coverage,
            "claims": self._claims,
            "conflicts": self._conflicts,
            "rules": self._rules,
            "findings": self._findings,
            "indicators": self._indicators,
            "pictures": self._rasters("pictures"),
            "rasters": self._rasters("rasters"),
            "zonal": self._zonal,
        }
        # What is set side by side, or counted, are features and nothing else.
        without = {"claims", "findings", "indicators"} if bare else set()
        masks["passages"] = cited(
            self.tables, {k: m & (k not in without) for k, m in masks.items()}
        )
        rows = {name: np.flatnonzero(mask & (name not in without)) for name, mask in masks.items()}
        return {name: Cut(columns, rows.get(name)) for name, columns in MAP.items()}

    @cached_property
    def counties(self) -> frozenset[str]:
        """The counties that answer on the map."""
        return frozenset(inside_of(self.tables)[self.entry.unit])

    @cached_property
    def _own(self) -> frozenset[str]:
        """Layers that the map shows wholly."""
        cells, every = self.cells, np.ones(len(self.tables["layers"]), dtype=bool)
        if self.entry.theme is not None:
            every = cells.where("layers.theme", {self.entry.theme}.__contains__)
        elif self.entry.shows is not None:
            own = own_layers(self.entry.shows, self.tables.rows("layers"))
            every = cells.where("layers.layer", own.__contains__)
        elif self.entry.kind == "city":
            every = cells.where("layers.scope", self._touches)
            every |= cells.where("layers.layer", self._reaching.__contains__)
        # A picture would crowd what shows all plans: it is for maps that are about it.
        if self.entry.kind in ("overview", "city"):
            every = every & ~cells.where("layers.kind", {"raster"}.__contains__)
        return frozenset(cells.texts("layers.layer", every))

    def _touches(self, scope: str) -> bool:
        """Return whether a document's scope and the map's unit have counties in common."""
        return not self.counties.isdisjoint(inside_of(self.tables).get(scope, ()))

    @cached_property
    def _reaching(self) -> set[str]:
        """Layers that concern counties of the map, whatever their documents are for."""
        near = self.cells.where("coverage.adcode", self.counties.__contains__)
        near &= self.cells.where("coverage.state", {"concerned"}.__contains__)
        return self.cells.texts("coverage.layer", near)

    @property
    def _also(self) -> list[tuple[str, str]]:
        """Layer and class of what is shown besides whole layers."""
        pairs = (ref.partition("/") for ref in self.entry.refs)
        return [(layer, cls) for layer, _, cls in pairs if layer not in self._own]

    def _of_layers(self, table: str, *, empty: bool = False) -> np.ndarray:
        """Rows of own layers and of the classes of others; if asked, rows without a class too."""
        mask = self.cells.where(f"{table}.layer", self._own.__contains__)
        for layer, cls in self._also:
            classes = {cls, ""} if empty else {cls}
            mask |= self.cells.where(f"{table}.layer", {layer}.__contains__) & self.cells.where(
                f"{table}.class", classes.__contains__
            )
        return mask

    @cached_property
    def _features(self) -> np.ndarray:
        own = self.cells.where("features.layer", self._own.__contains__)
        if self.entry.kind == "count":
            own &= self.cells.where("features.extent", COUNTED.__contains__)
        shown = own
        if self.entry.theme is not None:
            shown = self.cells.where("features.extent", _is_shown)
        elif self.entry.kind == "together":
            shown = ~own
        return np.asarray(self._of_layers("features") & (own | shown))

    @cached_property
    def _layers(self) -> np.ndarray:
        there = self.cells.texts("features.layer", self._features)
        # A count shows what counts, other maps also layers that say nothing yet.
        there |= set() if self.entry.kind == "count" else self._own
        return self._by_text("layers.layer", there)

    @cached_property
    def _coverage(self) -> np.ndarray:
        units = self.cells.where("units.level", lambda level: level != "county")
        codes = self.counties | self.cells.texts("units.adcode", units)
        mask = self._of_layers("coverage", empty=True)
        there = self.cells.texts("layers.layer", self._layers)
        mask &= self.cells.where("coverage.layer", there.__contains__)
        return np.asarray(mask & self.cells.where("coverage.adcode", codes.__contains__))

    @cached_property
    def _claims(self) -> np.ndarray:
        also = {f"{layer}/{cls}" for layer, cls in self._also}
        for layer in {layer for layer, _ in self._also}:
            own = self._features & self.cells.where("features.layer", {layer}.__contains__)
            also |= {f"{layer}/{name}" for name in self.cells.texts("features.feature", own)}
        mask = self.cells.where("claims.of", lambda of: _layer(of) in self._own or of in also)
        # Indicators and partitions are figures of a unit: they stand on the page of figures.
        return np.asarray(mask & self.cells.where("claims.quantity", lambda q: q not in OF_UNITS))

    @cached_property
    def _conflicts(self) -> np.ndarray:
        """Matters of the map's counties between layers, or classes of others, that it shows."""
        mask = self.cells.where("conflicts.adcode", self.counties.__contains__)
        for end in ("a", "b"):
            side = self.cells.where(f"conflicts.layer_{end}", self._own.__contains__)
            for layer, cls in self._also:
                side |= self.cells.where(
                    f"conflicts.layer_{end}", {layer}.__contains__
                ) & self.cells.where(f"conflicts.class_{end}", {cls}.__contains__)
            there = self.cells.texts("layers.layer", self._layers)
            mask &= side & self.cells.where(f"conflicts.layer_{end}", there.__contains__)
        return np.asarray(mask)

    @cached_property
    def _rules(self) -> np.ndarray:
        used = self.cells.texts("conflicts.rule", self._conflicts)
        return self._by_text("rules.rule", used)

    @cached_property
    def _findings(self) -> np.ndarray:
        mask = self.cells.where("findings.units", self._names_here)
        if self.entry.theme is not None or self.entry.combined:
            mask &= self.cells.where("findings.about", self._is_about)
        return mask

    def _names_here(self, units: str) -> bool:
        return not self.counties.isdisjoint(units.split())

    def _is_about(self, about: str) -> bool:
        return any(_layer(of) in self._own for of in about.split())

    @cached_property
    def _indicators(self) -> np.ndarray:
        mask = self.cells.where("indicators.layer", self._own.__contains__)
        return np.asarray(mask & self.cells.where("indicators.adcode", self.counties.__contains__))

    def _rasters(self, table: str) -> np.ndarray:
        return np.asarray(self.cells.where(f"{table}.layer", self._own.__contains__))

    @property
    def _zonal(self) -> np.ndarray:
        units = self.cells.where("units.level", lambda level: level != "county")
        codes = self.counties | self.cells.texts("units.adcode", units)
        here = self.cells.where("zonal.adcode", codes.__contains__)
        return np.asarray(self._rasters("zonal") & here)

    def _themes(self) -> np.ndarray:
        used = self.cells.texts("layers.theme", self._layers)
        return self._by_text("themes.theme", used)

    def _documents(self) -> np.ndarray:
        used = self.cells.texts("layers.document", self._layers)
        used |= self.cells.texts("findings.document", self._findings)
        used |= self.cells.texts("indicators.document", self._indicators)
        used |= self.cells.texts("rules.document", self._rules)
        for end in ("a", "b"):
            used |= self.cells.texts(f"conflicts.document_{end}", self._conflicts)
        return self._by_text("documents.document", used)

    def _classes(self) -> np.ndarray:
        used = self.cells.texts("features.class", self._features)
        used |= self.cells.texts("coverage.class", self._coverage)
        used |= self.cells.texts("zonal.class", self._zonal)
        used |= self._pictured
        for end in ("a", "b"):
            used |= self.cells.texts(f"conflicts.class_{end}", self._conflicts)
        used |= {of.partition("/")[2] for of in self.cells.texts("claims.of", self._claims)}
        return self._by_text("classes.class", used)

    @property
    def _pictured(self) -> set[str]:
        """Classes in the legends of pictures."""
        texts = self.cells.texts("pictures.legend", self._rasters("pictures"))
        parts = [part.split(" ") for text in texts for part in text.split(";")]
        return {part[0] for part in parts if len(part) == 2}

    def _by_text(self, column: str, texts: Set[str]) -> np.ndarray:
        return self.cells.where(column, texts.__contains__)


def _is_shown(extent: str) -> bool:
    """Return whether features of another theme are shown too: not words, not our sketches."""
    return extent not in ("statement", "indicative")


def _layer(of: str) -> str:
    return of.partition("/")[0]
