"""The stage: from files of people to the tables of layers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geoplan import crs
from geoplan.errors import LayerError, UnitError, listed
from geoplan.gazetteer import Gazetteer
from geoplan.layers.delimited import find_source, read_delimited
from geoplan.layers.model import Document, Feature, Registry
from geoplan.layers.read import LayerFile, check_references, read_layers, read_registry
from geoplan.layers.resolve import resolve_members
from geoplan.layers.shapes import Reference, draw, read_reference
from geoplan.schema import check, frame, row_id

Row = dict[str, object]


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
    check_references(files, registry)
    _check_sources(inputs, files)
    documents = {d.id: d for d in registry.document}
    _check_scopes(registry, gazetteer)
    memberships, issues = resolve_members(files, documents, gazetteer)
    rows = _Rows(files, documents, units, gazetteer, memberships)
    rows.add_features(read_reference(inputs.reference))
    rows.add_files(inputs)
    as_of = newest(registry, inputs)
    return {
        "documents": _documents(registry, as_of),
        "themes": _themes(registry),
        "classes": _classes(registry),
        "layers": _layers(files, documents, rows, as_of),
        "features": rows.table(),
        "memberships": frame("memberships", memberships),
        "stated": _stated(files),
        "issues": frame("issues", [*issues, *rows.issues, *_partition_issues(files, documents, gazetteer, memberships)]),
        "dropped": frame("dropped", rows.dropped),
    }


def newest(registry: Registry, inputs: LayerInputs) -> str:
    """Return the day against which documents are judged: as configured, else the newest input's."""
    dates = [f"{d.date}-01-01"[:10] for d in registry.document if d.date]
    return inputs.as_of or max([inputs.vintage, *dates])


def status_of(document: Document, as_of: str) -> str:
    """Return whether a document is in force at `as_of`: by its own word, else by its period."""
    if document.status is not None:
        return document.status
    if document.period is not None and f"{document.period[1]}-12-31" < as_of:
        return "expired"
    return "in_force"


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
        self.extents = {(m["layer"], m["feature"]): m["extent"] for m in memberships}
        self.outlines = crs.to_work(units).set_index("adcode").geometry
        self.widest = self.outlines[units.adcode[units["parent"].isna()].iloc[0]]
        self.features: list[Row] = []
        self.shapes: list[shapely.Geometry | None] = []
        self.issues: list[Row] = []
        self.dropped: list[Row] = []
        self.filled: set[str] = set()

    def add_features(self, reference: Reference) -> None:
        for file in self.files:
            scope = self.documents[file.layer.document].scope
            shapes = draw(
                file,
                scope=self.outlines.get(scope, self.widest),
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
                "extent": self.extents.get((layer.id, feature.id), feature.extent),
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
            self.filled.add(file.layer.id)
            for row in shapes.itertuples(index=False):
                self.features.append(_delimited(file, source.class_id, row.feature, row.name))
                self.shapes.append(row.geometry)

    def table(self) -> gpd.GeoDataFrame:
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


def _documents(registry: Registry, as_of: str) -> pd.DataFrame:
    return frame(
        "documents",
        [
            {
                "document": d.id,
                "title": d.title,
                "number": d.number,
                "issuer": d.issuer,
                "date": d.date,
                "scope": d.scope,
                "period_start": d.period[0] if d.period else None,
                "period_end": d.period[1] if d.period else None,
                "successor": d.successor,
                "status": status_of(d, as_of),
                "sha256": d.sha256,
            }
            for d in registry.document
        ],
    )


def _themes(registry: Registry) -> pd.DataFrame:
    return frame(
        "themes",
        [
            {"theme": t.id, "title": t.title.zh, "title_en": t.title.en, "order": i}
            for i, t in enumerate(registry.theme)
        ],
    )


def _classes(registry: Registry) -> pd.DataFrame:
    return frame(
        "classes",
        [
            {
                "class": c.id,
                "title": c.title.zh,
                "title_en": c.title.en,
                "today": c.today.zh if c.today else None,
                "today_en": c.today.en if c.today else None,
                "colour": c.colour,
                "pattern": c.pattern,
                "order": i,
            }
            for i, c in enumerate(registry.class_)
        ],
    )


def _layers(
    files: Sequence[LayerFile], documents: Mapping[str, Document], rows: _Rows, as_of: str
) -> pd.DataFrame:
    counts = pd.Series([row["layer"] for row in rows.features]).value_counts()
    return frame(
        "layers",
        [
            {
                "layer": f.layer.id,
                "theme": f.layer.theme,
                "title": f.layer.title.zh,
                "title_en": f.layer.title.en,
                "document": f.layer.document,
                "scope": documents[f.layer.document].scope,
                "kind": "slot" if f.layer.slot and f.layer.id not in rows.filled else "vector",
                "status": status_of(documents[f.layer.document], as_of),
                "sensitivity": f.layer.sensitivity,
                "features": int(counts.get(f.layer.id, 0)),
                "note": f.layer.note.zh if f.layer.note else None,
                "note_en": f.layer.note.en if f.layer.note else None,
            }
            for f in files
        ],
    )


def _stated(files: Sequence[LayerFile]) -> pd.DataFrame:
    return frame(
        "stated",
        [
            {
                "id": row_id(file.layer.id, c.of, c.quantity, c.value, c.measure, c.lines[0]),
                "layer": file.layer.id,
                "of": c.of,
                "quantity": c.quantity,
                "published": float(c.value),
                "step": 10.0 ** min(0, int(Decimal(str(c.value)).as_tuple().exponent)),
                "measure": c.measure,
                "approximate": c.approximate,
                "relative_to": c.relative_to,
                "document": file.layer.document,
                "section": c.section,
                "line": c.lines[0],
            }
            for file in files
            for c in file.layer.claim
        ],
    )


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
    check("issues", frame("issues", issues))
    return issues


def _partition_issue(layer: str, unit: str, count: int) -> Row:
    name = "partition_gap" if count == 0 else "partition_double"
    return {
        "id": row_id("layers", name, layer, unit),
        "stage": "layers",
        "check": name,
        "severity": "warning",
        "subject": f"{layer}: {unit}",
        "measured": str(count),
        "limit": "1",
        "message": f"{unit} stands in {count} feature(s) of a layer that divides its scope",
    }
