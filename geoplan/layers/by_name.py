"""Files that are plan layers by their name alone: the ministry's code, confirmed by the fields.

A file in a folder ``layers/<theme>/`` that no layer file claims becomes a layer,
or fills the slot that waits for its mapping. Nothing is taken that is in doubt.
"""

from __future__ import annotations

import fnmatch
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from geoplan import mappings
from geoplan.config import Bilingual
from geoplan.errors import DataError
from geoplan.formats import SUFFIXES
from geoplan.layers.faults import Faults, at_fault
from geoplan.layers.inputs import LayerInputs
from geoplan.layers.mapped_entries import DOCUMENT, check_mappings, with_entries
from geoplan.layers.model import Layer, Source
from geoplan.layers.noticed import issue_of
from geoplan.layers.read import PLACE, TEMPLATES, LayerFile, name_of
from geoplan.layers.registry import Registry
from geoplan.reading import Notice
from geoplan.schema import issue_row
from geoplan.vector import look


@dataclass(frozen=True)
class Found:
    """A file, or a layer in it, that fits a mapping."""

    path: Path
    layer: str | None
    """Its name, where the file holds several."""
    match: mappings.Match

    @property
    def told(self) -> str:
        """What people call it: ``theme/file`` and the layer."""
        return name_of(self.path) + (f", layer {self.layer}" if self.layer else "")


@dataclass(frozen=True)
class ByName:
    """What files make by their names, to be added to what people wrote."""

    files: list[LayerFile]
    """All layer files, with those that are made, and slots that are filled."""
    sources: dict[str, str]
    """Files of shapes by layer id, those of the configuration included."""
    registry: Registry
    issues: list[dict[str, Any]] = field(default_factory=list)


def add_by_name(
    files: Sequence[LayerFile],
    registry: Registry,
    *,
    inputs: LayerInputs,
    known: mappings.Mappings,
    scope: str,
) -> ByName:
    """Add the layers that files are by their names.

    Parameters
    ----------
    files
        Layer files of people; they win.
    known
        Field mappings.
    scope
        Code of the topmost unit, of which such layers are.

    Raises
    ------
    LayerError
        Two files that are the same layer, a theme that is not known, an id that is taken.
    DataError
        A file that is called like a mapping and cannot be read.
    """
    check_mappings(files, known)
    found, issues = _look(_unclaimed(files, inputs), known)
    issues += _astray(inputs, known)
    _check_once(found)
    made, sources = list(files), dict(inputs.sources)
    layers = []
    for each in found:
        slot = _slot_of(each, files, inputs.sources)
        if slot is None:
            layers.append(_layer_of(each))
            sources[layers[-1].layer.id] = str(each.path.resolve())
        else:
            filled = made[slot].layer
            made[slot] = replace(made[slot], layer=_filled(filled, each))
            sources[filled.id] = str(each.path.resolve())
        issues.append(_taken(each, made[slot].layer.id if slot is not None else None))
    _check_ids(made, layers)
    registry = with_entries(registry, layers, files=[*made, *layers], known=known, scope=scope)
    return ByName([*made, *layers], sources, registry, issues)


def _unclaimed(files: Sequence[LayerFile], inputs: LayerInputs) -> list[Path]:
    """Return the files in folders of themes that no layer file and no source names."""
    named = {(inputs.root / source).resolve() for source in inputs.sources.values()}
    patterns: dict[Path, list[str]] = defaultdict(list)
    for file in files:
        if file.layer.file is not None and file.layer.file.path is not None:
            patterns[file.path.parent].append(file.layer.file.path.lower())
    return [
        path
        for folder in inputs.folders
        for path in sorted(folder.glob("*/*"))
        if path.suffix.lower() in SUFFIXES
        and path.parent.name != TEMPLATES
        and name_of(path) not in inputs.without
        and path.resolve() not in named
        and not _is_claimed(path, patterns[path.parent])
    ]


def _is_claimed(path: Path, patterns: Sequence[str]) -> bool:
    return any(fnmatch.fnmatchcase(path.name.lower(), pattern) for pattern in patterns)


def _look(
    paths: Sequence[Path], known: mappings.Mappings
) -> tuple[list[Found], list[dict[str, Any]]]:
    """Return files and layers that fit a mapping, and issues about those in doubt."""
    found: list[Found] = []
    issues: list[dict[str, Any]] = []
    for path in paths:
        with at_fault(name_of(path)):
            for layer, match in _matches(path, known):
                if match.confirmed:
                    found.append(Found(path, layer, match))
                else:
                    issues += [_doubt(notice, path, layer) for notice in match.notices]
    return found, issues


def _astray(inputs: LayerInputs, known: mappings.Mappings) -> list[dict[str, Any]]:
    """Tell of files that are called like a mapping and lie in the folder of no theme."""
    return [
        issue_row(
            "layers.by_name",
            path.name,
            f"{path.name} is called like {meant[0].code} but lies beside the registries; put it "
            f"into a folder of a theme, such as layers/{meant[0].theme.id}/",
        )
        for folder in inputs.folders
        for path in sorted(folder.iterdir())
        if path.suffix.lower() in SUFFIXES and (meant := mappings.named(path.name, known))
    ]


def _matches(path: Path, known: mappings.Mappings) -> list[tuple[str | None, mappings.Match]]:
    """Return the layers of a file that fit a mapping; none of a file that is no concern of ours."""
    meant = mappings.named(path.name, known) is not None
    try:
        layers = [layer for layer in look(path).layers if layer.kinds]
    except DataError:
        if meant:
            raise
        return []  # it was not asked for
    several = len(layers) > 1
    made: list[tuple[str | None, mappings.Match]] = []
    for layer in layers:
        # A file with one layer may have its own name, or that of the layer.
        names = [layer.name] if several else [path.name, layer.name]
        wanted = [name for name in names if mappings.named(name, known)]
        if several and not wanted:
            continue
        fields = [field for field, _ in layer.fields]
        match = mappings.of((wanted or names)[0], fields, known=known)
        made += [(layer.name if several else None, match)] if match else []
    return made


def _doubt(notice: Notice, path: Path, layer: str | None) -> dict[str, Any]:
    told = name_of(path) + (f", layer {layer}" if layer else "")
    return issue_of(replace(notice, message=f"{told} is no layer: {notice.message}"), told)


def _check_once(found: Sequence[Found]) -> None:
    """Raise `LayerError` where several files are the same layer."""
    faults = Faults()
    by_code: dict[str, list[Found]] = defaultdict(list)
    for each in found:
        by_code[each.match.mapping.code].append(each)
    for code, several in by_code.items():
        if len(several) > 1:
            names = "; ".join(each.told for each in several)
            said = (
                f"{len(several)} files are {code} by their names: {names}; keep one, join them, "
                "or write a layer file for each"
            )
            faults.add([said], [name_of(each.path) for each in several])
    faults.raise_any(PLACE)


def _slot_of(each: Found, files: Sequence[LayerFile], sources: Mapping[str, str]) -> int | None:
    """Return the position of the layer that waits for a mapping: in the same theme, or the only.

    Raises `LayerError` where one has its file already, so that a second one would be counted too.
    """
    takers = [
        i
        for i, file in enumerate(files)
        if file.layer.file and file.layer.file.mapping == each.match.mapping.code
    ]
    faults = Faults()
    for file in (files[i] for i in takers):
        if file.layer.id in sources or _has_file(file):
            said = (
                f"{each.told}: is {each.match.mapping.code} by its name, but the layer "
                f"{file.layer.id} has a file of that mapping already; keep one"
            )
            faults.add([said], [name_of(each.path)])
    faults.raise_any(PLACE)
    here = [i for i in takers if files[i].path.parent.name == each.path.parent.name]
    chosen = here or takers
    return chosen[0] if len(chosen) == 1 else None


def _has_file(file: LayerFile) -> bool:
    pattern = file.layer.file.path if file.layer.file else None
    beside = (p for p in file.path.parent.iterdir() if p.suffix.lower() in SUFFIXES)
    return pattern is not None and any(_is_claimed(p, [pattern.lower()]) for p in beside)


def _filled(layer: Layer, each: Found) -> Layer:
    source = layer.file or _source_of(each)
    wanted = source.model_copy(update={"layer": each.layer or source.layer})
    return layer.model_copy(update={"file": wanted})


def _source_of(each: Found) -> Source:
    mapping = each.match.mapping
    return Source(class_id=mapping.class_, layer=each.layer, mapping=mapping.code)


def _layer_of(each: Found) -> LayerFile:
    mapping = each.match.mapping
    made = Layer(
        id=mapping.layer,
        title=mapping.title,
        theme=each.path.parent.name,
        document=DOCUMENT,
        sensitivity="internal",
        note=Bilingual(
            zh=(
                f"由文件 {each.path.name} 按部颁图层代码 {mapping.code} 自动识别；面积由图形计算。"
                "文件没有图形的县列为“未涉及”，只表示文件中没有。"
            ),
            en=(
                f"Recognised from the file {each.path.name} by the ministry's code "
                f"{mapping.code}; areas are computed from the shapes. A county without a shape "
                "in the file is listed as not concerned: the file has none there, no more."
            ),
        ),
        file=_source_of(each),
    )
    return LayerFile(each.path, "", made)


def _taken(each: Found, slot: str | None) -> dict[str, Any]:
    match = each.match
    required = match.dialect.required
    there = sum(name in match.columns for name in required)
    what = f"fills the slot {slot}" if slot else f"is the layer {match.mapping.layer}"
    return issue_row(
        "layers.by_name",
        slot or match.mapping.layer,
        f"{each.told} {what} by its name: {match.mapping.code}, {match.mapping.title.zh}, "
        f"dialect {match.dialect.title.zh}",
        measured=f"{there} of {len(required)} required fields",
        severity="info",
    )


def _check_ids(files: Sequence[LayerFile], made: Sequence[LayerFile]) -> None:
    faults = Faults()
    taken = {file.layer.id: file for file in files}
    for layer in made:
        other = taken.get(layer.layer.id)
        if other is not None:
            said = (
                f"{layer.path}: would be the layer {layer.layer.id!r}, which {other.path} is; "
                "name the file in the table [file] of that layer"
            )
            faults.add([said], [layer.name])
    faults.raise_any(PLACE)
