"""The stage: from files of people to the tables of layers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import geopandas as gpd
import shapely

from geoplan import crs
from geoplan.errors import LayerError, UnitError, listed
from geoplan.gazetteer import Gazetteer
from geoplan.layers import tables
from geoplan.layers.delimited import find_source, read_delimited
from geoplan.layers.model import Document, Feature, Registry
from geoplan.layers.read import LayerFile, check_references, read_layers, read_registry
from geoplan.layers.resolve import resolve_members
from geoplan.layers.shapes import Reference, draw, read_reference
from geoplan.schema import frame, issue_row, records

Row = dict[str, Any]


@dataclass(frozen=True)
class LayerInputs:
    """Where layers come from: folders, files for slots, and the day of reference.

    `sources` are paths relative to `root`, by layer id; `as_of` is an ISO
    date, or None for the newest date of documents and `vintage`.
    """

    folders: Sequence[Path]
    reference: Path
    root: Path
    sources: Mapping[str, str]
    vintage: str
    as_of: str | None = None


def build_layers(
    inputs: LayerInputs, *, units: gpd.GeoDataFrame, gazetteer: Gazetteer
) -> dict[str, pd.DataFrame]:
    """Build the tables of the layer files.

    Returns
    -------
    dict
        `documents`, `themes`, `classes`, `layers`, `features` (EPSG:4490),
        `memberships`, `stated`, `issues`, `dropped`.

    Raises
    ------
    LayerError, DataError
        With every fault of the files; see the modules of this stage.
    """
    registry = read_registry(inputs.folders)
    files = read_layers(inputs.folders)
    _check_sources(inputs, files)
    documents = {d.id: d for d in registry.document}
    _check_scopes(registry, gazetteer)
    memberships, issues = _resolved(files, registry, documents, gazetteer)
    rows = _Rows(files, documents, units, gazetteer, memberships)
    rows.add_features(read_reference(inputs.reference))
    rows.add_files(inputs)
    as_of = newest(registry, inputs)
    return {
        "documents": tables.documents(registry, as_of),
        "themes": tables.themes(registry),
        "classes": tables.classes(registry),
        "layers": tables.layers(
            files, _shown_documents(documents, units, gazetteer), rows.counts(), as_of
        ),
        "features": rows.table(),
        "memberships": frame("memberships", memberships),
        "stated": tables.stated(files),
        "issues": frame(
            "issues",
            [*issues, *rows.issues, *_partition_issues(files, documents, gazetteer, memberships)],
        ),
        "dropped": frame("dropped", rows.dropped),
    }


def _resolved(
    files: Sequence[LayerFile],
    registry: Registry,
    documents: Mapping[str, Document],
    gazetteer: Gazetteer,
) -> tuple[list[Row], list[Row]]:
    """Check references and members together, so that the faults of both come at once."""
    messages = []
    try:
        check_references(files, registry)
    except LayerError as fault:
        messages.append(str(fault))
    known = [file for file in files if file.layer.document in documents]
    memberships: list[Row] = []
    issues: list[Row] = []
    try:
        memberships, issues = resolve_members(known, documents, gazetteer)
    except LayerError as fault:
        messages.append(str(fault))
    if messages:
        raise LayerError("\n".join(messages))
    return memberships, issues


def newest(registry: Registry, inputs: LayerInputs) -> str:
    """Return the day against which documents are judged: as configured, else the newest input's."""
    dates = [f"{d.date}-01-01"[:10] for d in registry.document if d.date]
    return inputs.as_of or max([inputs.vintage, *dates])


class _Rows:
    """Rows of `features`, `issues` and `dropped`, gathered layer by layer."""

    def __init__(
        self,
        files: Sequence[LayerFile],
        documents: Mapping[str, Document],
        units: gpd.GeoDataFrame,
        gazetteer: Gazetteer,
        memberships: Sequence[Row],
    ) -> None:
        self.files = files
        self.documents = documents
        self.gazetteer = gazetteer
        # One split unit makes the whole feature indicative.
        self.split = {
            (m["layer"], m["feature"]) for m in memberships if m["extent"] == "indicative"
        }
        self.outlines = crs.to_work(units).set_index("adcode").geometry
        self.widest = self.outlines[units.adcode[units["parent"].isna()].iloc[0]]
        self.features: list[Row] = []
        self.shapes: list[shapely.Geometry | None] = []
        self.issues: list[Row] = []
        self.dropped: list[Row] = []

    def add_features(self, reference: Reference) -> None:
        """Add the features that the layer files list, with the shapes that we draw."""
        for file in self.files:
            scope = self.documents[file.layer.document].scope
            shapes = draw(
                file,
                scope=self.outlines.get(scope),
                shown=self.widest,
                counties=self.gazetteer.counties(scope),
                reference=reference,
            )
            for feature in file.layer.feature:
                self._add(file, feature, shapes.get(feature.id))

    def _add(self, file: LayerFile, feature: Feature, shape: shapely.Geometry | None) -> None:
        layer = file.layer
        document = self.documents[layer.document]
        period = feature.period or document.period or (None, None)
        self.features.append(
            {
                "layer": layer.id,
                "feature": feature.id,
                "class": feature.class_,
                "name": feature.name.zh,
                "name_en": feature.name.en,
                "extent": "indicative" if (layer.id, feature.id) in self.split else feature.extent,
                "drawn_by": feature.drawn_by,
                "section": feature.section,
                "lines": " ".join(map(str, feature.lines)),
                "period_start": period[0],
                "period_end": period[1],
                "note": feature.note.zh if feature.note else None,
                "note_en": feature.note.en if feature.note else None,
            }
        )
        self.shapes.append(shape)

    def add_files(self, inputs: LayerInputs) -> None:
        """Add the features of the files that layers point to."""
        for file in self.files:
            source = file.layer.file
            path = find_source(file, inputs.sources.get(file.layer.id), inputs.root)
            if source is None or path is None:
                continue
            shapes, issues, dropped = read_delimited(
                path, source, layer=file.layer.id, scope=self.widest
            )
            self.issues += issues
            self.dropped += dropped
            for row in records(shapes):
                self.features.append(_delimited(file, source.class_id, row["feature"], row["name"]))
                self.shapes.append(row["geometry"])

    def counts(self) -> Counter[str]:
        """Return the number of features by layer."""
        return Counter(row["layer"] for row in self.features)

    def table(self) -> gpd.GeoDataFrame:
        """Return the table `features`, EPSG:4490."""
        degrees = crs.work_to_data(np.array(self.shapes, dtype=object))
        rows = [{**row, "geometry": g} for row, g in zip(self.features, degrees, strict=True)]
        made = frame("features", rows)
        return gpd.GeoDataFrame(made, geometry="geometry", crs=crs.DATA_CRS)


def _delimited(file: LayerFile, class_id: str, feature: str, name: str) -> Row:
    title = file.layer.title
    return {
        "layer": file.layer.id,
        "feature": feature,
        "class": class_id,
        "name": name or title.zh,
        "name_en": name or title.en,
        "extent": "delimited",
        "drawn_by": "file",
        "section": "",
        "lines": "",
        "period_start": None,
        "period_end": None,
        "note": None,
        "note_en": None,
    }


def _check_sources(inputs: LayerInputs, files: Sequence[LayerFile]) -> None:
    slots = [f.layer.id for f in files if f.layer.file is not None]
    unknown = sorted(set(inputs.sources) - set(slots))
    if unknown:
        raise LayerError(
            f"geoplan.toml: sources names {', '.join(unknown)}, which take(s) no file; "
            f"layers that do: {', '.join(slots) or 'none'}"
        )


def _check_scopes(registry: Registry, gazetteer: Gazetteer) -> None:
    wrong = [
        f"document {d.id!r}: scope {d.scope} is no unit of the gazetteer"
        for d in registry.document
        if d.scope not in gazetteer.units
    ]
    if wrong:
        raise UnitError(f"{len(wrong)} fault(s) in documents.toml:\n{listed(wrong)}")


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


def _partition_issues(
    files: Sequence[LayerFile],
    documents: Mapping[str, Document],
    gazetteer: Gazetteer,
    memberships: Sequence[Row],
) -> list[Row]:
    issues: list[Row] = []
    for file in files:
        if not file.layer.partition:
            continue
        counts = dict.fromkeys(gazetteer.counties(documents[file.layer.document].scope), 0)
        for row in memberships:
            if row["layer"] == file.layer.id and row["extent"] == "whole":
                for code in gazetteer.counties(str(row["adcode"])):
                    counts[code] = counts.get(code, 0) + 1
        for code, count in counts.items():
            if count != 1:
                issues.append(_partition_issue(file.layer.id, gazetteer.full_name(code), count))
    return issues


def _partition_issue(layer: str, unit: str, count: int) -> Row:
    name = "partition_gap" if count == 0 else "partition_double"
    message = f"{unit} stands in {count} feature(s) of a layer that divides its scope"
    subject = f"{layer}: {unit}"
    return issue_row(f"layers.{name}", subject, message, measured=str(count), limit="1")
