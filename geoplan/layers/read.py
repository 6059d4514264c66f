"""Find and read layer files: all faults of all files at once, each with file and line."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from geoplan.errors import LayerError, listed
from geoplan.layers.figures import Claim, Indicator
from geoplan.layers.model import Feature, Layer
from geoplan.layers.registry import Class, Document, Finding, Registry, Theme
from geoplan.toml import fault_lines, line_of, suggestion

Model = TypeVar("Model", bound=BaseModel)

DOCUMENTS = "documents.toml"
CLASSES = "classes.toml"
FINDINGS = "findings.toml"
REGISTRIES = (DOCUMENTS, CLASSES, FINDINGS)
TEMPLATES = "templates"
"""A folder of ready, empty layers to copy: not read itself."""


@dataclass(frozen=True)
class LayerFile:
    """A layer with its file and text, so that faults can name the line."""

    path: Path
    text: str
    layer: Layer

    def at(self, *loc: str | int) -> str:
        """Return ``file:line`` of the value at `loc`."""
        return f"{self.path}:{line_of(self.text, loc)}"


def read_registry(folders: Sequence[Path]) -> Registry:
    """Read ``documents.toml`` and ``classes.toml`` of the folders; later ones add to earlier ones.

    Raises
    ------
    LayerError
        If a file is missing everywhere or wrong, or an id stands twice.
    """
    faults: list[str] = []
    parts: list[Registry] = []
    places: dict[tuple[str, str], str] = {}
    for name in REGISTRIES:
        paths = [folder / name for folder in folders if (folder / name).is_file()]
        if not paths and name != FINDINGS:
            faults.append(
                f"{folders[-1] / name}: there is no such file; copy it with `geoplan init`"
            )
        for path in paths:
            read = _read(path, Registry, faults)
            if read is not None:
                parts.append(read[1])
                faults += _place(path, *read, places=places)
    _raise(faults)
    documents = [d for part in parts for d in part.document]
    themes = [t for part in parts for t in part.theme]
    classes = [c for part in parts for c in part.class_]
    findings = [f for part in parts for f in part.finding]
    merged = {"document": documents, "theme": themes, "class": classes, "finding": findings}
    return Registry.model_validate(merged).located(places)


def _place(
    path: Path, text: str, registry: Registry, *, places: dict[tuple[str, str], str]
) -> Iterator[str]:
    """Note where the entries of a registry stand, and tell of ids that stood before."""
    kinds: dict[str, Sequence[Document | Theme | Class | Finding]] = {
        "document": registry.document,
        "theme": registry.theme,
        "class": registry.class_,
        "finding": registry.finding,
    }
    hashes = [document.sha256 for document in registry.document]
    for i, digest in enumerate(hashes):
        if digest is not None and hashes.index(digest) != i:
            first = registry.document[hashes.index(digest)].id
            here = f"{path}:{line_of(text, ('document', i, 'sha256'))}"
            own = registry.document[i].id
            yield f"{here}: {own!r} has the sha256 of {first!r}; a text is of one document"
    for kind, entries in kinds.items():
        ids = [entry.id for entry in entries]
        for i, key in enumerate(ids):
            here = f"{path}:{line_of(text, (kind, i, 'id'))}"
            if (kind, key) in places:
                yield f"{here}: {kind} {key!r} is defined twice; the first is {places[kind, key]}"
            places.setdefault((kind, key), here)


def read_layers(folders: Sequence[Path]) -> list[LayerFile]:
    """Read every ``<theme>/<layer>.toml`` of the folders, sorted by theme folder and file name.

    A layer of a later folder replaces the one with the same id of an earlier.

    Raises
    ------
    LayerError
        With every fault of every file, each with its line.
    """
    faults: list[str] = []
    by_id: dict[str, LayerFile] = {}
    for folder in folders:
        faults += _strays(folder)
        here: dict[str, Path] = {}
        for path in sorted(folder.glob("*/*.toml")):
            if path.parent.name == TEMPLATES:
                continue
            read = _read(path, Layer, faults)
            if read is None:
                continue
            file = LayerFile(path, *read)
            if file.layer.id in here:
                other = here[file.layer.id]
                faults.append(f"{file.at('id')}: layer {file.layer.id!r} stands in {other} too")
            here[file.layer.id] = path
            by_id[file.layer.id] = file
    if not by_id and not faults:
        faults.append(f"{folders[-1]}: there are no layers; expected <theme>/<layer>.toml")
    _raise(faults)
    return list(by_id.values())


def _strays(folder: Path) -> list[str]:
    """Tell of files that would be passed over without a word."""
    return [
        f"{path}: is read by nobody; a layer stands at <theme>/<layer>.toml, "
        f"registries are {', '.join(REGISTRIES)}"
        for path in sorted(folder.rglob("*.toml"))
        if path.relative_to(folder).parts[0] != TEMPLATES
        and len(path.relative_to(folder).parts) != 2
        and path.relative_to(folder).as_posix() not in REGISTRIES
    ]


def check_references(files: Sequence[LayerFile], registry: Registry) -> None:
    """Check that ids are unique and that themes, documents, classes and `of` exist.

    Raises `LayerError` with every fault and its line.
    """
    faults: list[str] = []
    for file in files:
        faults += _layer_faults(file, registry)
        faults += _indicator_faults(file)
        faults += _feature_faults(file, registry)
        faults += _claim_faults(file)
    _raise([*faults, *_theme_faults(files, registry), *_finding_faults(files, registry)])


def _finding_faults(files: Sequence[LayerFile], registry: Registry) -> Iterator[str]:
    documents = [document.id for document in registry.document]
    layers = {file.layer.id: file.layer for file in files}
    for finding in registry.finding:
        where = registry.at("finding", finding.id)
        for place in finding.place:
            if place.document not in documents:
                hint = suggestion(place.document, documents)
                yield (
                    f"{where}: finding {finding.id!r}: document {place.document!r} "
                    f"is not known.{hint}"
                )
        for of in finding.about:
            name, _, part = of.partition("/")
            # A project may leave out the layer itself, but not misspell its feature.
            layer = layers.get(name)
            if layer is not None and part and part not in _parts(layer):
                hint = suggestion(part, _parts(layer))
                yield (
                    f"{where}: finding {finding.id!r}: about names {of!r}, "
                    f"which is not there.{hint}"
                )


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
    for name in sorted({m for m in feature.members if feature.members.count(m) > 1}):
        where = file.at("feature", position, "members")
        yield f"{where}: member {name!r} stands {feature.members.count(name)} times"


def _claim_faults(file: LayerFile) -> Iterator[str]:
    layer = file.layer
    subjects = {layer.id}
    subjects |= {f"{layer.id}/{f.class_}" for f in layer.feature}
    subjects |= {f"{layer.id}/{f.id}" for f in layer.feature}
    if layer.file is not None:
        subjects.add(f"{layer.id}/{layer.file.class_id}")
    empty = {f"{layer.id}/{f.id}" for f in layer.feature if f.slot}
    keys = [claim.key for claim in layer.claim]
    for i, claim in enumerate(layer.claim):
        where = file.at("claim", i, "of")
        if claim.of in empty:
            yield f"{where}: {claim.of!r} is a slot that is not filled: it can have no figure yet"
        if keys.index(claim.key) != i:
            first = file.at("claim", keys.index(claim.key), "of")
            yield f"{where}: the same claim stands at {first}"
        if claim.of not in subjects:
            yield (
                f"{file.at('claim', i, 'of')}: {claim.of!r} is not the layer, "
                f"layer/class or layer/feature; there are: {', '.join(sorted(subjects))}"
            )


def _read(path: Path, model: type[Model], faults: list[str]) -> tuple[str, Model] | None:
    try:
        text = path.read_text("utf-8-sig")  # editors on Windows put a mark before the text
        return text, model.model_validate(tomllib.loads(text, parse_float=Decimal))
    except (OSError, UnicodeDecodeError) as fault:
        faults.append(f"{path}: cannot be read as UTF-8 text: {fault}")
    except tomllib.TOMLDecodeError as fault:
        faults.append(f"{path}: not valid TOML: {fault}")
    except ValidationError as fault:
        faults += [f"{path}: {f}" for f in fault_lines(text, fault, allowed=_keys(model))]
    return None


def _keys(model: type[BaseModel]) -> list[str]:
    inner: list[type[BaseModel]] = [Feature, Claim, Indicator] if model is Layer else []
    return [f.alias or name for m in (model, *inner) for name, f in m.model_fields.items()]


def _raise(faults: Sequence[str]) -> None:
    if faults:
        raise LayerError(f"{len(faults)} fault(s) in layer files:\n{listed(faults)}")
