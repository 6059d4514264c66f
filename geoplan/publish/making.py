"""What published files are made of: one file, and what all of them share."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from geoplan import schema
from geoplan.config import Config
from geoplan.publish.atlas import Atlas
from geoplan.publish.audience import most_closed, sensitivities
from geoplan.publish.cells import Cells, Cut
from geoplan.publish.generalise import merged
from geoplan.publish.items import items
from geoplan.publish.pages import Entry, menu
from geoplan.publish.rows import Part, Shown
from geoplan.schema import Sensitivity


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


@dataclass(frozen=True)
class Making:
    """What all files are made of: the tables, the configuration, and how closed they are."""

    tables: Shown
    cells: Cells
    config: Config
    as_of: str

    @cached_property
    def entries(self) -> list[Entry]:
        """Maps, in the order of the menu."""
        return menu(self.tables, self.config)

    @cached_property
    def reports(self) -> frozenset[str]:
        """Names of tables that have rows, where pages ask for it."""
        named = ("indicators", "findings", "claims", "conflicts", "rules", "overlaps")
        return frozenset(name for name in named if len(self.tables[name]))

    @cached_property
    def layers(self) -> frozenset[str]:
        """All layers."""
        return frozenset(self.tables["layers"]["layer"])

    def told(
        self,
        name: str,
        chosen: dict[str, Cut],
        *,
        layers: frozenset[str],
        text: Callable[[Atlas], str | bytes],
        **facts: Any,
    ) -> Output:
        """Return a file without a map: `text` makes it of what is `chosen`, about `layers`."""
        mark = self.mark(layers)
        key = self.cells.digest(chosen, self.facts(mark, **facts))

        def make() -> str | bytes:
            part = Part(self.tables, chosen)
            return text(Atlas(part, self.config, [], self.entries, self.as_of, mark, self.reports))

        return Output(name, layers, frozenset(), mark, key, make)

    def plain(
        self, name: str, chosen: dict[str, Cut], *, text: Callable[[schema.Tables], str | bytes]
    ) -> Output:
        """Return a file of nothing but tables, which prints no title, day or mark."""
        base = not {"units", "sources"}.isdisjoint(chosen) and len(chosen) == 1
        layers = frozenset[str]() if base else self.layers
        key = self.cells.digest(chosen)
        make = lambda: text(Part(self.tables, chosen))  # noqa: E731
        return Output(name, layers, frozenset(), self.mark(layers), key, make)

    def atlas(self, chosen: dict[str, Cut], mark: Sensitivity) -> Atlas:
        """Return what a map shows: what is `chosen`, with shapes generalised together."""
        part = Part(self.tables, chosen)
        part.replace("features", merged(part))
        return Atlas(part, self.config, items(part), self.entries, self.as_of, mark, self.reports)

    def facts(self, mark: Sensitivity, **more: Any) -> str:
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

    def mark(self, layers: frozenset[str]) -> Sensitivity:
        """Return how closed a file about `layers` is: the most closed of them and the audience."""
        own = (self._marks[layer] for layer in layers if layer in self._marks)
        return most_closed([self.config.audience, *own])
