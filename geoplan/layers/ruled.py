"""Rules and overrides: whether all that they name is there, and their tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from geoplan.config import Bilingual
from geoplan.errors import UnitError
from geoplan.gazetteer import Gazetteer
from geoplan.layers.entries import Fault, Known, unknown
from geoplan.layers.faults import Faults
from geoplan.layers.read import PLACE, LayerFile
from geoplan.layers.registry import Registry
from geoplan.layers.rules import Override, Rule
from geoplan.schema import frame


def check_rules(
    registry: Registry,
    files: Sequence[LayerFile],
    *,
    gazetteer: Gazetteer,
    partial: bool = False,
) -> None:
    """Check that classes, layers, features, documents, rules and units of rules are there.

    Where some layer files are left out (`partial`), layers may be unknown.
    Raises `LayerError` with every fault and its line.
    """
    known = _Known(registry, files, gazetteer, partial)
    faults = Faults()
    faults.add(known.located("rule", registry.rule, faults=known.rule_faults))
    faults.add(known.located("override", registry.override, faults=known.override_faults))
    faults.raise_any(PLACE)


@dataclass(frozen=True)
class _Known(Known):
    """What rules may name."""

    @cached_property
    def classes(self) -> list[str]:
        return [c.id for c in self.registry.class_]

    def rule_faults(self, rule: Rule) -> Iterator[Fault]:
        for key in ("a", "b"):
            for i, ref in enumerate(getattr(rule, key)):
                yield from (((key, i), s) for s in self._ref_faults(ref, may_be_class=True))
        for i, ref in enumerate(rule.except_):
            yield from ((("except", i), s) for s in self._ref_faults(ref))
        if isinstance(rule.reconciled_by, tuple):
            for i, ref in enumerate(rule.reconciled_by):
                yield from ((("reconciled_by", i), s) for s in self._ref_faults(ref))
        documents = [d.id for d in self.registry.document]
        if rule.source.document is not None and rule.source.document not in documents:
            yield ("source",), unknown("document", rule.source.document, there=documents)

    def override_faults(self, entry: Override) -> Iterator[Fault]:
        rules = [rule.id for rule in self.registry.rule]
        if entry.rule not in rules:
            yield ("rule",), unknown("rule", entry.rule, there=rules)
        for key in ("a", "b"):
            if (ref := getattr(entry, key)) is not None:
                yield from (((key,), s) for s in self._ref_faults(ref))
        for i, name in enumerate(entry.units):
            try:
                self.gazetteer.resolve(name, scope="")
            except UnitError as fault:
                yield ("units", i), str(fault)

    def _ref_faults(self, ref: str, *, may_be_class: bool = False) -> Iterator[str]:
        layer, slash, part = ref.partition("/")
        if not slash:
            if not may_be_class:
                yield f"{ref!r} must be layer/feature"
            elif ref not in self.classes:
                yield unknown("class", ref, there=self.classes)
            return
        file = self.layers.get(layer)
        if file is None:
            if not self.partial:
                yield unknown("layer", layer, there=list(self.layers))
        elif file.layer.file is None:  # else its features are known only once the file is read
            there = [*(f.id for f in file.layer.feature), *(f.class_ for f in file.layer.feature)]
            if part not in there:
                yield unknown(f"in layer {layer!r} feature or class", part, there=there)


def rules_table(registry: Registry) -> pd.DataFrame:
    """Make the table `rules`, in the order of the registry; lists are texts with spaces."""
    return frame("rules", [_rule_row(rule) for rule in registry.rule])


def _rule_row(rule: Rule) -> dict[str, object]:
    source, reconciled = rule.source, rule.reconciled_by
    words = reconciled if isinstance(reconciled, Bilingual) else None
    refs = reconciled if isinstance(reconciled, tuple) else ()
    return {
        "rule": rule.id,
        "title": rule.title.zh,
        "title_en": rule.title.en,
        "a": " ".join(rule.a),
        "b": " ".join(rule.b),
        "grade": rule.grade,
        "reason": rule.reason.zh,
        "reason_en": rule.reason.en,
        "document": source.document,
        "section": source.section,
        "lines": " ".join(map(str, source.lines)) or None,
        "printed": "、".join(source.printed) or None,
        "source": source.title.zh if source.title else None,
        "source_en": source.title.en if source.title else None,
        "clause": source.clause,
        "unverified": source.unverified,
        **rule.when.model_dump(),
        "extents_a": " ".join(rule.extents_a or ()) or None,
        "extents_b": " ".join(rule.extents_b or ()) or None,
        "except": " ".join(rule.except_) or None,
        "reconciled_by": words.zh if words else " ".join(refs) or None,
        "reconciled_by_en": words.en if words else None,
    }


def overrides_table(registry: Registry, gazetteer: Gazetteer) -> pd.DataFrame:
    """Make the table `overrides`, in the order of the registry; `units` are codes."""
    return frame(
        "overrides",
        [
            {
                "override": entry.id,
                "rule": entry.rule,
                "a": entry.a,
                "b": entry.b,
                "units": " ".join(_codes(entry, gazetteer)) or None,
                "reason": entry.reason.zh,
                "reason_en": entry.reason.en,
                "by": entry.by,
                "date": entry.date,
                "grade": entry.grade,
            }
            for entry in registry.override
        ],
    )


def _codes(entry: Override, gazetteer: Gazetteer) -> list[str]:
    found = {c for name in entry.units for c in gazetteer.resolve(name, scope="").adcodes}
    return sorted(found)
