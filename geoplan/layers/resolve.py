"""From names as printed to units of today: the table `memberships`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from geoplan.errors import UnitError
from geoplan.gazetteer import Gazetteer, Resolution
from geoplan.layers.faults import Faults
from geoplan.layers.model import Feature
from geoplan.layers.read import LayerFile
from geoplan.layers.registry import Document
from geoplan.schema import Evidence, issue_row, row_id
from geoplan.toml import MOST_FAULTS, suggestion

Row = dict[str, object]


def resolve_members(
    files: Sequence[LayerFile], documents: Mapping[str, Document], *, gazetteer: Gazetteer
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
        With every unknown, ambiguous or repeated member and its line, those of
        extent `whole` outside their document's scope, and claims that are
        relative to no unit.
    """
    rows: list[Row] = []
    issues: list[Row] = []
    faults = Faults()
    for file in files:
        told: list[str] = []
        document = documents[file.layer.document]
        for i, feature in file.layer.filled:
            found = _resolve_feature(file, i, document, gazetteer, told)
            exact: dict[str, bool] = {}
            evidence: dict[str, Evidence] = {}
            for name, resolution in found:
                issues += _notes(file, feature, name, resolution)
                for code in resolution.adcodes:
                    exact[code] = exact.get(code, True) and resolution.exact
                    evidence.setdefault(code, _evidence(feature, name, gazetteer))
            if feature.extent == "statement" and not found:
                exact, evidence = {document.scope: True}, {document.scope: "scope"}
            rows += _rows(file, feature, exact, evidence, gazetteer=gazetteer)
        faults.add([*told, *_claim_faults(file, gazetteer)], [file.name])
    faults.raise_any("members and claims")
    return rows, issues


def _evidence(feature: Feature, name: str, gazetteer: Gazetteer) -> Evidence:
    if feature.is_inferred(name):
        return "inferred"
    return "group" if name.partition("@")[0] in gazetteer.groups else "printed"


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
    found: list[tuple[str, Resolution]] = []
    taken: dict[str, str] = {}
    before = len(faults)
    for key, name in feature.named_units:
        where = file.at("feature", position, key)
        try:
            resolution = gazetteer.resolve(name, scope=document.scope, year=year)
        except UnitError as fault:
            faults.append(f"{where}: {fault}")
            if len(faults) - before == MOST_FAULTS:
                faults.append(f"{where}: the names behind {name!r} were not looked up")
                break
            continue
        if key == "members":
            whole = feature.extent == "whole"
            codes = _counties(resolution, gazetteer) if whole else resolution.adcodes
            repeated = _repeated(name, codes, taken, gazetteer)
            outside = _outside(name, resolution, document.scope, gazetteer) if whole else None
            wrong = outside or repeated
            faults += [f"{where}: {wrong}"] if wrong else []
        found.append((name, resolution))
    return found


def _counties(resolution: Resolution, gazetteer: Gazetteer) -> list[str]:
    """Return the counties of a member: a city and its county are the same place twice."""
    return [county for code in resolution.adcodes for county in gazetteer.counties(code)]


def _repeated(
    name: str, codes: Sequence[str], taken: dict[str, str], gazetteer: Gazetteer
) -> str | None:
    """Note whose `codes` are taken, and return a sentence where one was taken before."""
    earlier = [(taken[code], code) for code in codes if code in taken]
    for code in codes:
        taken.setdefault(code, name)
    # The same name twice is told where references are checked.
    for other, code in earlier:
        if other != name:
            more = f" and {len(earlier) - 1} more" if len(earlier) > 1 else ""
            unit = gazetteer.full_name(code)
            return f"{other!r} and {name!r} are the same unit twice: {unit}{more}"
    return None


def _outside(name: str, resolution: Resolution, scope: str, gazetteer: Gazetteer) -> str | None:
    if all(gazetteer.within(code, scope) for code in resolution.adcodes):
        return None
    return (
        f"{name!r} lies outside the scope of its document, {gazetteer.full_name(scope)}; a plan "
        "decides on its own scope: name units of it, or use another extent than 'whole'"
    )


def _claim_faults(file: LayerFile, gazetteer: Gazetteer) -> Iterator[str]:
    for i, claim in enumerate(file.layer.claim):
        code = claim.relative_to
        if code is not None and code not in gazetteer.units:
            where = file.at("claim", i, "relative_to")
            hint = suggestion(code, list(gazetteer.units))
            yield f"{where}: relative_to {code!r} is no unit of the gazetteer.{hint}"


def _rows(
    file: LayerFile,
    feature: Feature,
    exact: Mapping[str, bool],
    evidence: Mapping[str, Evidence],
    *,
    gazetteer: Gazetteer,
) -> Iterator[Row]:
    layer = file.layer
    # Along a line the order of the text says something.
    for code in exact if feature.waypoints else sorted(exact):
        extent = feature.extent if exact[code] or feature.extent != "whole" else "indicative"
        yield {
            "id": row_id(layer.id, feature.id, code),
            "layer": layer.id,
            "class": feature.class_,
            "feature": feature.id,
            "adcode": code,
            "name": gazetteer.units[code].name,
            "extent": extent,
            "evidence": evidence[code],
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
