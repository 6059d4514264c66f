"""Find and read layer files: all faults of all files at once, each with file and line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from geoplan.errors import LayerError
from geoplan.formats import ELSEWHERE
from geoplan.layers.checks import Check
from geoplan.layers.faults import Faults
from geoplan.layers.figures import Claim, Indicator
from geoplan.layers.model import Feature, Layer
from geoplan.layers.raster_model import Raster, RasterClass
from geoplan.layers.registry import Class, Document, EntryKind, Finding, Map, Registry, Theme
from geoplan.layers.rules import Override, Rule, RuleSource, When
from geoplan.toml import UnreadableError, fault_lines, line_of, list_lines, parsed, text_of

Model = TypeVar("Model", bound=BaseModel)
_Entry = Document | Theme | Class | Finding | Map | Rule | Override | Check

DOCUMENTS = "documents.toml"
CLASSES = "classes.toml"
FINDINGS = "findings.toml"
MAPS = "maps.toml"
RULES = "rules.toml"
OVERRIDES = "overrides.toml"
CHECKS = "checks.toml"
REGISTRIES = (DOCUMENTS, CLASSES, FINDINGS, MAPS, RULES, OVERRIDES, CHECKS)
MAY_BE_MISSING = (FINDINGS, MAPS, RULES, OVERRIDES, CHECKS)
PLACE = "layer files"
"""Where errors say that faults of them and of registries are."""
TEMPLATES = "templates"
"""A folder of ready, empty layers to copy: not read itself."""


@dataclass(frozen=True)
class Spot:
    """A place in a text, whose line is looked for only when a fault is told."""

    path: Path
    text: str
    loc: tuple[str | int, ...]

    def __str__(self) -> str:
        """Return ``file:line``."""
        return f"{self.path}:{self.line}"

    @property
    def line(self) -> int:
        """The line, from 1."""
        return _line_of(self.text, self.loc)

    def inside(self, *loc: str | int) -> Spot:
        """Return the place of a value of the entry whose id stands here; no `loc`: here."""
        return replace(self, loc=(*self.loc[:-1], *loc)) if loc else self


_line_of = lru_cache(maxsize=1024)(line_of)  # of many faults in one value


@dataclass(frozen=True)
class LayerFile:
    """A layer with its file and text, so that faults can name the line."""

    path: Path
    text: str
    layer: Layer

    @property
    def name(self) -> str:
        """Return ``theme/layer.toml``, as errors name a file at fault."""
        return name_of(self.path)

    def at(self, *loc: str | int) -> Spot:
        """Return the place of the value at `loc`, which reads ``file:line``."""
        return Spot(self.path, self.text, loc)

    def line(self, kind: str, number: int) -> int:
        """Return the line, from 1, at which an entry of a list (``[[feature]]``) begins."""
        begins = list_lines(self.text, kind)
        # A list that is written in one value has no heads.
        return begins[number] if number < len(begins) else self.at(kind, number).line


def name_of(path: Path) -> str:
    """Return the path of a layer file in its folder of layers, with ``/``."""
    return f"{path.parent.name}/{path.name}"


def read_registry(folders: Sequence[Path]) -> Registry:
    """Read the registries of the folders; later ones add to earlier ones.

    Raises
    ------
    LayerError
        If a file is missing everywhere or wrong, or an id stands twice.
    """
    faults = Faults()
    parts: list[Registry] = []
    places: dict[tuple[str, str], Spot] = {}
    for name in REGISTRIES:
        paths = [path for path in (f / name for f in folders) if path.exists() or path.is_symlink()]
        if not paths and name not in MAY_BE_MISSING:
            faults.add(
                [f"{folders[-1] / name}: there is no such file; copy it with `geoplan init`"]
            )
        for path in paths:
            read = _read(path, Registry)
            if isinstance(read, list):
                faults.add(read)
            else:
                parts.append(read[1])
                faults.add(_place(path, *read, places=places))
    faults.raise_any(PLACE)
    documents = [d for part in parts for d in part.document]
    themes = [t for part in parts for t in part.theme]
    classes = [c for part in parts for c in part.class_]
    findings = [f for part in parts for f in part.finding]
    maps = [m for part in parts for m in part.map]
    merged = {"document": documents, "theme": themes, "class": classes, "finding": findings}
    merged |= {"map": maps, "rule": [r for part in parts for r in part.rule]}
    merged |= {"override": [o for part in parts for o in part.override]}
    merged |= {"check": [c for part in parts for c in part.check]}
    return Registry.model_validate(merged).located(places)


def _place(
    path: Path, text: str, registry: Registry, *, places: dict[tuple[str, str], Spot]
) -> Iterator[str]:
    """Note where the entries of a registry stand, and tell of ids that stood before."""
    kinds: dict[EntryKind, Sequence[_Entry]] = {
        "document": registry.document,
        "theme": registry.theme,
        "class": registry.class_,
        "finding": registry.finding,
        "map": registry.map,
        "rule": registry.rule,
        "override": registry.override,
        "check": registry.check,
    }
    hashes = [document.sha256 for document in registry.document]
    for i, digest in enumerate(hashes):
        if digest is not None and hashes.index(digest) != i:
            first = registry.document[hashes.index(digest)].id
            here = Spot(path, text, ("document", i, "sha256"))
            own = registry.document[i].id
            yield f"{here}: {own!r} has the sha256 of {first!r}; a text is of one document"
    for kind, entries in kinds.items():
        ids = [entry.id for entry in entries]
        for i, key in enumerate(ids):
            here = Spot(path, text, (kind, i, "id"))
            if (kind, key) in places:
                yield f"{here}: {kind} {key!r} is defined twice; the first is {places[kind, key]}"
            places.setdefault((kind, key), here)


def read_layers(folders: Sequence[Path], *, without: Set[str] = frozenset()) -> list[LayerFile]:
    """Read every ``<theme>/<layer>.toml`` of the folders, sorted by theme folder and file name.

    A layer of a later folder replaces the one with the same id of an earlier.
    Files named in `without` are passed over, in every folder.

    Raises
    ------
    LayerError
        With every fault of every file, each with its line.
    """
    faults = Faults()
    by_id: dict[str, LayerFile] = {}
    for folder in folders:
        faults.add(_strays(folder))
        here: dict[str, Path] = {}
        for path in sorted(folder.glob("*/*.toml")):
            if path.parent.name == TEMPLATES or name_of(path) in without:
                continue
            read = _read(path, Layer)
            if isinstance(read, list):
                faults.add(read, [name_of(path)])
                continue
            file = LayerFile(path, *read)
            if file.layer.id in here:
                other = here[file.layer.id]
                twice = f"{file.at('id')}: layer {file.layer.id!r} stands in {other} too"
                faults.add([twice], [file.name, name_of(other)])  # which one is meant?
            here[file.layer.id] = path
            by_id[file.layer.id] = file
    if not by_id and not faults.told and not without:
        faults.add([f"{folders[-1]}: there are no layers; expected <theme>/<layer>.toml"])
    faults.raise_any(PLACE)
    return list(by_id.values())


def read_layer(path: Path) -> LayerFile:
    """Read one layer file; raises `LayerError` with all its faults."""
    read = _read(path, Layer)
    if isinstance(read, list):
        raise LayerError("\n".join(read))
    return LayerFile(path, *read)


def _strays(folder: Path) -> list[str]:
    """Tell of files that would be passed over without a word."""
    return [
        f"{path}: is read by nobody; a layer stands at <theme>/<layer>.toml, "
        f"registries are {', '.join(REGISTRIES)}"
        for path in sorted(folder.rglob("*.toml"))
        if path.relative_to(folder).parts[0] != TEMPLATES
        and len(path.relative_to(folder).parts) != 2
        and path.relative_to(folder).as_posix() not in (*REGISTRIES, *ELSEWHERE)
    ]


def _read(path: Path, model: type[Model]) -> tuple[str, Model] | list[str]:
    """Return the text of a file and what it says, or its faults."""
    try:
        text = text_of(path)
        return text, _parsed(text, model)
    except UnreadableError as fault:
        return [f"{path}: {fault}"]
    except ValidationError as fault:
        return [f"{path}: {f}" for f in fault_lines(text, fault, allowed=_keys(model))]


@lru_cache(maxsize=4096)  # a build that leaves files out reads the others again
def _parsed(text: str, model: type[Model]) -> Model:
    return model.model_validate(parsed(text, parse_float=Decimal))


def _keys(model: type[BaseModel]) -> list[str]:
    inner: list[type[BaseModel]] = [Feature, Claim, Indicator, Raster, RasterClass]
    inner = inner if model is Layer else [Rule, RuleSource, When, Override]
    return [f.alias or name for m in (model, *inner) for name, f in m.model_fields.items()]
