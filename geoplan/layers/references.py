"""Do layer files fit together: ids, themes, documents, classes and what claims are of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from geoplan.layers.checks import Check
from geoplan.layers.faults import Faults
from geoplan.layers.model import Feature, Layer
from geoplan.layers.read import CLASSES, PLACE, LayerFile
from geoplan.layers.registry import Finding, Registry
from geoplan.schema.measures import MEASURES
from geoplan.toml import suggestion


def check_references(files: Sequence[LayerFile], registry: Registry) -> None:
    """Check that ids are unique and that themes, documents, classes and `of` exist.

    Raises `LayerError` with every fault and its line.
    """
    faults = Faults()
    for file in files:
        faults.add(_layer_faults(file, registry), [file.name])
        faults.add(_indicator_faults(file), [file.name])
        faults.add(_feature_faults(file, registry), [file.name])
        faults.add(_raster_faults(file, registry), [file.name])
        faults.add(_claim_faults(file), [file.name])
    faults.add(_theme_faults(files, registry))
    faults.add(_finding_faults(files, registry))
    faults.add(_check_faults(files, registry))
    faults.raise_any(PLACE)


def _finding_faults(files: Sequence[LayerFile], registry: Registry) -> Iterator[str]:
    documents = [document.id for document in registry.document]
    layers = {file.layer.id: file.layer for file in files}
    for finding in registry.finding:
        for sentence in _finding_sentences(finding, documents, layers):
            yield f"{registry.at('finding', finding.id)}: finding {finding.id!r}: {sentence}"


def _finding_sentences(
    finding: Finding, documents: Sequence[str], layers: Mapping[str, Layer]
) -> Iterator[str]:
    for place in finding.place:
        if place.document not in documents:
            hint = suggestion(place.document, documents)
            yield f"document {place.document!r} is not known.{hint}"
    for of in finding.about:
        name, _, part = of.partition("/")
        # A project may leave out the layer itself, but not misspell its feature.
        if name in layers and part and part not in _parts(layers[name]):
            hint = suggestion(part, _parts(layers[name]))
            yield f"about names {of!r}, which is not there.{hint}"


def _check_faults(files: Sequence[LayerFile], registry: Registry) -> Iterator[str]:
    layers = {file.layer.id: file.layer for file in files}
    figures = {name: dict(_figures(layer)) for name, layer in layers.items()}
    for check in registry.check:
        for loc, name in check.named:
            counted = check.kind == "count" and loc[0] == "parts"
            layer = name.partition("@")[0].partition("/")[0]
            there = list(figures.get(layer, ()))
            if counted and layer in layers:
                there = [f"{layer}/{feature.id}" for feature in layers[layer].feature]
            # A project may leave out the layer itself, but not misspell its figures.
            if (layer in layers and name not in there) or not set("@/") & set(name):
                what = "feature (layer/feature)" if counted else _FIGURE
                where = registry.at("check", check.id, *loc)
                hint = suggestion(name, there)
                yield f"{where}: check {check.id!r}: {name!r} is no {what} that is there.{hint}"
        kinds = {k: v for found in figures.values() for k, v in found.items()}
        if mixed := _mixed(check, kinds):
            where = registry.at("check", check.id, "kind")
            yield (
                f"{where}: check {check.id!r}: a {check.kind} is of figures of one kind; "
                f"these are of {mixed}"
            )


_ALIKE: dict[str, Sequence[str]] = {
    "sum": ("result", "parts"),
    "difference": ("result", "parts"),
    "equal": ("result", "parts"),
    "partition": ("parts",),
    "growth": ("parts",),
}
"""Whose measures must be of one kind, by kind of check."""


def _mixed(check: Check, kinds: Mapping[str, str | None]) -> str:
    """Return the kinds of measures that a check must not mix, or nothing."""
    told = [name for loc, name in check.named if loc[0] in _ALIKE.get(check.kind, ())]
    found = {"ratio" if kind == "points" else kind for kind in map(kinds.get, told) if kind}
    return ", ".join(sorted(found)) if len(found) > 1 else ""


_FIGURE = "figure (layer@claim or layer/indicator@reading:year)"


def _figures(layer: Layer) -> Iterator[tuple[str, str | None]]:
    """Yield what checks call the figures of a layer, and the kinds of their measures."""
    for claim in layer.claim:
        if claim.id is not None:
            yield f"{layer.id}@{claim.id}", MEASURES[claim.measure].kind
    for indicator in layer.indicator:
        for reading in indicator.readings:
            measure = reading.measured_in(indicator.measure, indicator.growth)
            kind = None if measure is None else MEASURES[measure].kind
            yield f"{layer.id}/{indicator.id}@{reading.kind}:{reading.year}", kind


def _parts(layer: Layer) -> list[str]:
    return [*(f.id for f in layer.feature), *(i.id for i in layer.indicator)]


def _theme_faults(files: Sequence[LayerFile], registry: Registry) -> Iterator[str]:
    shown = {f"{file.layer.id}/{f.class_}" for file in files for f in file.layer.feature}
    layers = {file.layer.id for file in files}
    for theme in registry.theme:
        for name in theme.also:
            # A project may leave out the layer itself, but not misspell its class.
            if name.partition("/")[0] in layers and name not in shown:
                where = registry.at("theme", theme.id)
                yield f"{where}: theme {theme.id!r}: also names {name!r}, which no layer has"


def _layer_faults(file: LayerFile, registry: Registry) -> Iterator[str]:
    layer = file.layer
    known = {
        "theme": [theme.id for theme in registry.theme],
        "document": [document.id for document in registry.document],
    }
    for key, ids in known.items():
        value = getattr(layer, key)
        if value not in ids:
            yield f"{file.at(key)}: {key} {value!r} is not known; there are: {', '.join(ids)}"
    own = {feature.class_ for feature in layer.feature}
    for name in layer.partition if isinstance(layer.partition, tuple) else ():
        if name not in own:
            there = ", ".join(sorted(own))
            yield f"{file.at('partition')}: class {name!r} is of no feature; there are: {there}"
    if layer.file and layer.file.class_id not in [c.id for c in registry.class_]:
        yield f"{file.at('file', 'class_id')}: class {layer.file.class_id!r} is not in {CLASSES}"


def _raster_faults(file: LayerFile, registry: Registry) -> Iterator[str]:
    known = [c.id for c in registry.class_]
    for i, own in enumerate(file.layer.raster.class_ if file.layer.raster else ()):
        if own.class_ not in known:
            where, hint = file.at("raster", "class", i, "class"), suggestion(own.class_, known)
            yield f"{where}: class {own.class_!r} is not in {CLASSES}.{hint}"


def _feature_faults(file: LayerFile, registry: Registry) -> Iterator[str]:
    classes = {c.id for c in registry.class_}
    ids = [feature.id for feature in file.layer.feature]
    for i, feature in enumerate(file.layer.feature):
        if ids.index(feature.id) != i:
            yield f"{file.at('feature', i, 'id')}: feature {feature.id!r} is defined twice"
        if feature.class_ not in classes:
            yield f"{file.at('feature', i, 'class')}: class {feature.class_!r} is not in {CLASSES}"
        if feature.buffer_of is not None and feature.buffer_of not in ids:
            yield f"{file.at('feature', i, 'buffer_of')}: no feature {feature.buffer_of!r} here"
        yield from _repeated_members(file, i, feature)


def _indicator_faults(file: LayerFile) -> Iterator[str]:
    features = {feature.id for feature in file.layer.feature}
    ids = [indicator.id for indicator in file.layer.indicator]
    for i, key in enumerate(ids):
        if ids.index(key) != i or key in features:
            yield f"{file.at('indicator', i, 'id')}: {key!r} is defined twice in this layer"


def _repeated_members(file: LayerFile, position: int, feature: Feature) -> Iterator[str]:
    for name, count in sorted(Counter(feature.members).items()):
        if count > 1:
            where = file.at("feature", position, "members")
            yield f"{where}: member {name!r} stands {count} times"


def _claim_faults(file: LayerFile) -> Iterator[str]:
    layer = file.layer
    subjects = {layer.id}
    subjects |= {f"{layer.id}/{f.class_}" for f in layer.feature}
    subjects |= {f"{layer.id}/{f.id}" for f in layer.feature}
    if layer.file is not None:
        subjects.add(f"{layer.id}/{layer.file.class_id}")
    empty = {f"{layer.id}/{f.id}" for f in layer.feature if f.slot}
    keys = [claim.key for claim in layer.claim]
    ids = [claim.id for claim in layer.claim]
    for i, claim in enumerate(layer.claim):
        where = file.at("claim", i, "of")
        if claim.of in empty:
            yield f"{where}: {claim.of!r} is a slot that is not filled: it can have no figure yet"
        if claim.id is not None and ids.index(claim.id) != i:
            yield f"{file.at('claim', i, 'id')}: claim {claim.id!r} is defined twice in this layer"
        if keys.index(claim.key) != i:
            first = file.at("claim", keys.index(claim.key), "of")
            yield f"{where}: the same claim stands at {first}"
        if claim.of not in subjects:
            yield (
                f"{file.at('claim', i, 'of')}: {claim.of!r} is not the layer, "
                f"layer/class or layer/feature; there are: {', '.join(sorted(subjects))}"
            )
