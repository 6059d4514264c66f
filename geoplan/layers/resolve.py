"""From names as printed to units of today: the table `memberships`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from geoplan.errors import LayerError, UnitError, listed
from geoplan.gazetteer import Gazetteer, Resolution
from geoplan.layers.model import Document, Feature
from geoplan.layers.read import LayerFile
from geoplan.schema import issue_row, row_id

Row = dict[str, object]


def resolve_members(
    files: Sequence[LayerFile], documents: Mapping[str, Document], gazetteer: Gazetteer
) -> tuple[list[Row], list[Row]]:
    """Resolve the members and sites of every feature.

    Returns
    -------
    memberships, issues
        Rows of the two tables. A member that was split since is an issue:
        its feature joins `indicative`, for all of today's units that hold a part.

    Raises
    ------
    LayerError
        With every unknown, ambiguous or repeated member and its line.
    """
    rows: list[Row] = []
    issues: list[Row] = []
    faults: list[str] = []
    for file in files:
        document = documents[file.layer.document]
        for i, feature in enumerate(file.layer.feature):
            found = _resolve_feature(file, i, document, gazetteer, faults)
            exact: dict[str, bool] = {}
            for name, resolution in found:
                issues += _notes(file, feature, name, resolution)
                for code in resolution.adcodes:
                    exact[code] = exact.get(code, True) and resolution.exact
            if feature.extent == "statement" and not found:
                exact = {document.scope: True}
            rows += _rows(file, feature, exact, gazetteer)
    if faults:
        raise LayerError(f"{len(faults)} fault(s) in members:\n{listed(faults)}")
    return rows, issues


def _resolve_feature(
    file: LayerFile,
    position: int,
    document: Document,
    gazetteer: Gazetteer,
    faults: list[str],
) -> list[tuple[str, Resolution]]:
    feature = file.layer.feature[position]
    period = feature.period or document.period
    year = period[0] if period else None
    names = [("members", name) for name in feature.members]
    names += [("sites", site.unit) for site in feature.sites]
    found: list[tuple[str, Resolution]] = []
    taken: dict[str, str] = {}
    for key, name in names:
        where = file.at("feature", position, key)
        try:
            resolution = gazetteer.resolve(name, scope=document.scope, year=year)
        except UnitError as fault:
            faults.append(f"{where}: {fault}")
            continue
        for code in resolution.adcodes if key == "members" else ():
            if code in taken:
                both = f"{taken[code]!r} and {name!r}"
                faults.append(f"{where}: {both} are the same unit, {gazetteer.full_name(code)}")
            taken[code] = name
        found.append((name, resolution))
    return found


def _rows(
    file: LayerFile, feature: Feature, exact: dict[str, bool], gazetteer: Gazetteer
) -> Iterator[Row]:
    layer = file.layer
    for code in sorted(exact):
        extent = feature.extent if exact[code] or feature.extent != "whole" else "indicative"
        yield {
            "id": row_id(layer.id, feature.id, code),
            "layer": layer.id,
            "class": feature.class_,
            "feature": feature.id,
            "adcode": code,
            "name": gazetteer.units[code].name,
            "extent": extent,
            "document": layer.document,
            "section": feature.section,
            "line": feature.lines[0],
        }


def _notes(file: LayerFile, feature: Feature, name: str, resolution: Resolution) -> Iterator[Row]:
    if not resolution.note or resolution.note.startswith("group "):
        return
    exact = resolution.exact
    yield issue_row(
        "layers.former_name" if exact else "layers.split_unit",
        f"{file.layer.id}/{feature.id}",
        resolution.note,
        measured=name,
        severity="info" if exact else "warning",
    )
