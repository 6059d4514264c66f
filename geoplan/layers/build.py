"""The stage: from files of people to the tables of layers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

import geopandas as gpd

from geoplan.errors import LayerError, UnitError, listed
from geoplan.gazetteer import Gazetteer
from geoplan.kept import Kept
from geoplan.layers import tables
from geoplan.layers.by_name import add_by_name
from geoplan.layers.checks import checks_table
from geoplan.layers.citations import Checked, Texts, check_citations, read_texts
from geoplan.layers.cited_rules import check_rule_citations
from geoplan.layers.faults import at_fault, together
from geoplan.layers.inputs import LayerInputs
from geoplan.layers.maps import check_maps, maps_table
from geoplan.layers.partitions import partition_issues
from geoplan.layers.passages import passages
from geoplan.layers.rasters import read_rasters
from geoplan.layers.read import LayerFile, read_layers, read_registry
from geoplan.layers.references import check_references
from geoplan.layers.registry import Document, Registry
from geoplan.layers.resolve import resolve_members
from geoplan.layers.rows import Rows, feature_row, split_features
from geoplan.layers.ruled import check_rules, overrides_table, rules_table
from geoplan.layers.shapes import read_reference
from geoplan.layers.silent import silent_maps
from geoplan.layers.statements import statements
from geoplan.mappings import Mappings, read_mappings, shipped_mappings
from geoplan.schema import TABLES, frame, issue_row

Row = dict[str, Any]


def build_layers(
    inputs: LayerInputs,
    *,
    units: gpd.GeoDataFrame,
    gazetteer: Gazetteer,
    kept: Kept | None = None,
) -> dict[str, pd.DataFrame]:
    """Build the tables of the layer files; files of shapes that are `kept` are not read again.

    Returns
    -------
    dict
        The tables of the stage `layers`, its `issues` and `dropped`; EPSG:4490.

    Raises
    ------
    LayerError, DataError
        With every fault; its `files` are those without which it would not be raised.
    """
    kept = kept or Kept(None)
    read = _read(inputs, gazetteer)
    rows = Rows(read.files, read.documents, units, gazetteer, read.memberships)
    reference = read_reference(inputs.reference)
    for file in read.files:
        with at_fault(file.name):
            rows.of(file).add_features(reference)
    for file in read.files:
        with at_fault(file.name):
            rows.of(file).add_files(read.sources, inputs.root, kept=kept, known=read.mappings)
    shown = _shown_documents(read.documents, units, gazetteer)
    rasters, decided = read_rasters(read.files, inputs, kept=kept)
    partitions = partition_issues(
        read.files, read.documents, gazetteer=gazetteer, memberships=read.memberships
    )
    # A raster has no features, but a slot that holds one is filled.
    counts = {**dict.fromkeys(rasters["layer"], 0), **rows.counts()}
    listed = _listed(read, inputs, gazetteer=gazetteer, shown=shown, counts=counts)
    features = rows.table()
    silent = silent_maps(
        read.registry,
        {**listed, "features": features},
        units=units,
        documents=shown,
        gazetteer=gazetteer,
    )
    told = [*read.issues, *rows.issues, *decided, *partitions, *silent, *_left_out(inputs)]
    return {
        **listed,
        "rasters": rasters,
        "features": features,
        "passages": passages({**listed, "features": features}, _texts(inputs, read.registry)),
        "issues": frame("issues", told),
        "dropped": frame("dropped", rows.dropped),
    }


def _texts(inputs: LayerInputs, registry: Registry) -> Texts:
    return Texts({}) if inputs.documents is None else read_texts(inputs.documents, registry)


@dataclass(frozen=True)
class _Read:
    """Registries and layer files, checked, and the units that they name."""

    registry: Registry
    files: list[LayerFile]
    documents: dict[str, Document]
    memberships: list[Row]
    issues: list[Row]
    sources: dict[str, str]
    """Files of shapes by layer id: those of the configuration, and those found by name."""
    mappings: Mappings


def _read(inputs: LayerInputs, gazetteer: Gazetteer) -> _Read:
    registry = read_registry(inputs.folders)
    files = read_layers(inputs.folders, without=inputs.without)
    _check_sources(inputs, files)
    known = read_mappings(inputs.mappings) if inputs.mappings else shipped_mappings()
    named = add_by_name(files, registry, inputs=inputs, known=known, scope=_top(gazetteer))
    files, registry = named.files, named.registry
    documents = {d.id: d for d in registry.document}
    _check_scopes(registry, gazetteer)
    memberships, issues = _resolved(
        files, registry, documents, gazetteer, some_left_out=bool(inputs.without)
    )
    issues += named.issues
    return _Read(registry, files, documents, memberships, issues, named.sources, known)


def _top(gazetteer: Gazetteer) -> str:
    """Return the topmost unit of the gazetteer."""
    return next(code for code, unit in gazetteer.units.items() if not unit.parent)


def _listed(
    read: _Read,
    inputs: LayerInputs,
    *,
    gazetteer: Gazetteer,
    shown: Mapping[str, Document],
    counts: Mapping[str, int],
) -> dict[str, pd.DataFrame]:
    """Make the tables of what people listed: all that need no shape."""
    as_of = newest(read.registry, inputs)
    return {
        "documents": tables.documents(read.registry, as_of),
        "themes": tables.themes(read.registry),
        "classes": tables.classes(read.registry),
        "maps": maps_table(read.registry),
        "rules": rules_table(read.registry),
        "overrides": overrides_table(read.registry, gazetteer),
        "layers": tables.layers(read.files, shown, counts=counts, as_of=as_of),
        "memberships": frame("memberships", read.memberships),
        "stated": tables.stated(read.files),
        "checks": checks_table(read.registry.check),
        "indicators": tables.indicators(read.files, read.documents, gazetteer=gazetteer),
        "findings": tables.findings(read.registry, gazetteer),
    }


def list_statements(inputs: LayerInputs, *, gazetteer: Gazetteer) -> pd.DataFrame:
    """Return every statement of the layer files, see `statements`; raises as `build_layers`."""
    read = _read(inputs, gazetteer)
    split = split_features(read.memberships)
    rows = [
        feature_row(file, feature, document=read.documents[file.layer.document], split=split)
        for file in read.files
        for _, feature in file.layer.filled
    ]
    counts = Counter(str(row["layer"]) for row in rows)
    made = _listed(read, inputs, gazetteer=gazetteer, shown=read.documents, counts=counts)
    columns = [name for name in TABLES["features"].names if name != "geometry"]
    return statements({**made, "features": pd.DataFrame(rows, columns=columns)})


def _resolved(
    files: Sequence[LayerFile],
    registry: Registry,
    documents: Mapping[str, Document],
    gazetteer: Gazetteer,
    *,
    some_left_out: bool,
) -> tuple[list[Row], list[Row]]:
    """Check references, maps and members, so that the faults of all come at once."""
    faults = []
    for check_all in (
        partial(check_references, files, registry),
        partial(check_maps, registry, files, gazetteer=gazetteer, partial=some_left_out),
        partial(check_rules, registry, files, gazetteer=gazetteer, partial=some_left_out),
    ):
        try:
            check_all()
        except LayerError as fault:
            faults.append(fault)
    known = [file for file in files if file.layer.document in documents]
    memberships: list[Row] = []
    issues: list[Row] = []
    try:
        memberships, issues = resolve_members(known, documents, gazetteer=gazetteer)
    except LayerError as fault:
        faults.append(fault)
    if faults:
        raise together(faults)
    return memberships, issues


def newest(registry: Registry, inputs: LayerInputs) -> str:
    """Return the day against which documents are judged: as configured, else the newest input's."""
    dates = [f"{d.date}-01-01"[:10] for d in registry.document if d.date]
    return inputs.as_of or max([inputs.vintage, *dates])


def check(inputs: LayerInputs, folder: Path, *, gazetteer: Gazetteer) -> Checked:
    """Check the citations of all layers and findings against the texts in `folder`.

    Raises as `build_layers`, and `DataError` where the folder holds none of the texts.
    """
    read = _read(inputs, gazetteer)
    texts = read_texts(folder, read.registry)
    checked = check_citations(read.files, read.registry, gazetteer=gazetteer, texts=texts)
    return check_rule_citations(read.registry, texts=texts, checked=checked)


def _check_sources(inputs: LayerInputs, files: Sequence[LayerFile]) -> None:
    slots = [f.layer.id for f in files if f.layer.file or f.layer.raster]
    unknown = sorted(set(inputs.sources) - set(slots))
    unknown = [name for name in unknown if not _is_left_out(name, inputs)]
    if unknown:
        raise LayerError(
            f"geoplan.toml: sources names {', '.join(unknown)}, which take(s) no file; "
            f"layers that do: {', '.join(slots) or 'none'}"
        )


def _is_left_out(layer: str, inputs: LayerInputs) -> bool:
    """Return whether a file that is left out has, or names, the id of a layer: it is not parsed."""
    paths = [folder / name for name in inputs.without for folder in inputs.folders]
    return any(
        path.stem == layer or layer.encode() in path.read_bytes()
        for path in paths
        if path.is_file()
    )


def _left_out(inputs: LayerInputs) -> Iterator[Row]:
    for name in sorted(inputs.without):
        message = "the layer file is left out: nothing that it says is in the tables"
        yield issue_row("layers.left_out", name, message, severity="error")


def _check_scopes(registry: Registry, gazetteer: Gazetteer) -> None:
    wrong = [
        f"{registry.at('document', d.id)}: document {d.id!r}: "
        f"scope {d.scope} is no unit of the gazetteer"
        for d in registry.document
        if d.scope not in gazetteer.units
    ]
    if wrong:
        raise UnitError(f"{len(wrong)} fault(s) in scopes of documents:\n{listed(wrong)}")


def _shown_documents(
    documents: Mapping[str, Document], units: gpd.GeoDataFrame, gazetteer: Gazetteer
) -> dict[str, Document]:
    """Return the documents, with the topmost unit as scope where they reach beyond it."""
    codes = set(units["adcode"])
    top = units["adcode"][units["parent"].isna()].iloc[0]
    return {
        key: d.model_copy(update={"scope": top})
        if d.scope not in codes and gazetteer.within(top, d.scope)
        else d
        for key, d in documents.items()
    }
