"""Rows of the table `features`, from what people listed, drew or put into slots."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence, Set
from copy import copy
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import geopandas as gpd
import shapely

from geoplan import crs
from geoplan.formats import files_of
from geoplan.gazetteer import Gazetteer
from geoplan.kept import Kept
from geoplan.layers.delimited import Read, find_source, read_delimited
from geoplan.layers.model import Feature, Source
from geoplan.layers.read import LayerFile
from geoplan.layers.registry import Document
from geoplan.layers.scope import Scope, scope_of
from geoplan.layers.shapes import Reference, draw
from geoplan.mappings import Mappings
from geoplan.schema import frame, issue_row, records

Row = dict[str, Any]


class Rows:
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
        self.units = units
        self.gazetteer = gazetteer
        # One split unit makes the whole feature indicative.
        self.split = split_features(memberships)
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
            for i, feature in file.layer.filled:
                begins = file.line("feature", i)
                self._add(file, feature, shapes.get(feature.id), begins=begins)

    def of(self, file: LayerFile) -> Rows:
        """Return the same rows, to which only what comes of `file` is added."""
        one = copy(self)
        one.files = [file]
        return one

    def _add(
        self, file: LayerFile, feature: Feature, shape: shapely.Geometry | None, *, begins: int
    ) -> None:
        document = self.documents[file.layer.document]
        row = feature_row(file, feature, document=document, split=self.split)
        self.features.append(row | {"file_line": begins})
        self.issues += self._misplaced(file, feature, document)
        self.shapes.append(shape)

    def _misplaced(self, file: LayerFile, feature: Feature, document: Document) -> list[Row]:
        """Tell of sites whose point lies outside the unit that they are said to lie in."""
        issues = []
        for site in feature.sites:
            if site.lon is None or site.lat is None:
                continue
            codes = self.gazetteer.resolve(site.unit, scope=document.scope).adcodes
            point = crs.data_to_work(np.array([shapely.Point(site.lon, site.lat)]))[0]
            shapes = [self.outlines[code] for code in codes if code in self.outlines.index]
            if shapes and not any(shape.contains(point) for shape in shapes):
                subject = f"{file.layer.id}/{feature.id}"
                message = f"the point of {site.name} lies outside {site.unit}"
                issues.append(issue_row("layers.site_outside", subject, message))
        return issues

    def add_files(
        self, sources: Mapping[str, str], root: Path, *, kept: Kept, known: Mappings
    ) -> None:
        """Add the features of the files that layers point to, read now or in an earlier run.

        `sources` are files of slots by layer id, relative to `root`; `known` are field mappings.
        """
        scope: Scope | None = None
        for file in self.files:
            source = file.layer.file
            path = find_source(file, override=sources.get(file.layer.id), root=root)
            if source is None or path is None:
                continue
            scope = scope or scope_of(self.units)
            shapes, issues, dropped = _read_kept(
                path, source, layer=file.layer.id, scope=scope, kept=kept, known=known
            )
            self.issues += issues
            self.dropped += dropped
            for row in records(shapes):
                made = _delimited(file, row["class"], row["feature"], row["name"] or "")
                self.features.append(made | {"file_line": file.at("file").line})
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


def split_features(memberships: Sequence[Row]) -> set[tuple[str, str]]:
    """Return layer and feature of those that join indicatively, as a unit of theirs was split."""
    return {(m["layer"], m["feature"]) for m in memberships if m["extent"] == "indicative"}


def feature_row(
    file: LayerFile, feature: Feature, *, document: Document, split: Set[tuple[str, str]]
) -> Row:
    """Return the row of `features` of a feature that a layer file lists, without its shape."""
    layer = file.layer
    period = feature.period or document.period or (None, None)
    inferred, note = feature.inferred, feature.note
    return {
        "layer": layer.id,
        "feature": feature.id,
        "class": feature.class_,
        "name": feature.name.zh,
        "name_en": feature.name.en,
        "extent": "indicative" if (layer.id, feature.id) in split else feature.extent,
        "drawn_by": feature.drawn_by,
        "section": feature.section,
        "lines": " ".join(map(str, feature.lines)),
        "printed": "、".join(feature.printed) or None,
        "period_start": period[0],
        "period_end": period[1],
        "places": _places(feature),
        "inferred": inferred.zh if inferred else None,
        "inferred_en": inferred.en if inferred else None,
        "note": note.zh if note else None,
        "note_en": note.en if note else None,
    }


def _places(feature: Feature) -> str | None:
    """Return the places of a line in their order, or the sites, as one text."""
    if feature.waypoints:
        return "—".join(stop.name for stop in feature.waypoints)
    return "、".join(site.name for site in feature.sites) or None


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
        "printed": None,
        "period_start": None,
        "period_end": None,
        "places": None,
        "inferred": None,
        "inferred_en": None,
        "note": None,
        "note_en": None,
    }


def _read_kept(
    path: Path,
    source: Source,
    *,
    layer: str,
    scope: Scope,
    kept: Kept,
    known: Mappings,
) -> Read:
    """Return what `read_delimited` makes of a file, without reading it where that is kept."""
    mapped = [m.model_dump_json() for m in known.values()] if source.mapping else []
    parts: tuple[bytes | str, ...] = (source.model_dump_json(), layer, *scope.key, *mapped)
    name = _kept_name(path, parts, kept)
    table = kept.read(name) if name else None
    if table is not None and tuple(table.columns) == _COLUMNS:
        return _unpacked(table)
    read = read_delimited(path, source, layer=layer, scope=scope, known=known)
    # Not of a file that changed meanwhile: the name is that of what it held before.
    if name and name == _kept_name(path, parts, kept):
        kept.write(name, _packed(*read))
    return read


_COLUMNS = ("kind", "feature", "text", "class", "wkb")


def _kept_name(path: Path, parts: tuple[bytes | str, ...], kept: Kept) -> str:
    """Return the name for what is made of a file; none where it cannot be read or kept."""
    if kept.folder is None:
        return ""
    try:
        contents = [(str(p.relative_to(path.parent)), kept.digest(p)) for p in files_of(path)]
    except OSError:  # the reader says it better
        return ""
    return f"shapes-{kept.key(path.name, *parts, *chain.from_iterable(contents))}"


def _packed(shapes: gpd.GeoDataFrame, issues: list[Row], dropped: list[Row]) -> pd.DataFrame:
    wkb = shapely.to_wkb(np.asarray(shapes.geometry))
    columns = (shapes["feature"], shapes["name"], shapes["class"], wkb)
    rows = [("shape", *row) for row in zip(*columns, strict=True)]
    rows += [("issue", "", json.dumps(row), "", b"") for row in issues]
    rows += [("dropped", "", json.dumps(row), "", b"") for row in dropped]
    return pd.DataFrame(rows, columns=_COLUMNS)


def _unpacked(table: pd.DataFrame) -> Read:
    shapes, *told = (table[table["kind"] == kind] for kind in ("shape", "issue", "dropped"))
    issues, dropped = ([json.loads(text) for text in rows["text"]] for rows in told)
    columns = {"feature": list(shapes["feature"]), "name": list(shapes["text"])}
    columns |= {"class": list(shapes["class"])}
    drawn = shapely.from_wkb(shapes["wkb"].to_numpy())
    return gpd.GeoDataFrame(columns, geometry=drawn, crs=crs.WORK_CRS), issues, dropped
