"""Layers that divide the scope of their document: gaps and double members are told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from geoplan.gazetteer import Gazetteer
from geoplan.layers.read import LayerFile
from geoplan.layers.registry import Document
from geoplan.schema import issue_row

Row = dict[str, Any]


def partition_issues(
    files: Sequence[LayerFile],
    documents: Mapping[str, Document],
    *,
    gazetteer: Gazetteer,
    memberships: Sequence[Row],
) -> list[Row]:
    """Return rows of `issues` for counties in none or several features of what divides a scope."""
    issues: list[Row] = []
    for file in files:
        if not file.layer.partition:
            continue
        if any(feature.slot for feature in file.layer.feature):  # not filled in yet
            continue
        scope = documents[file.layer.document].scope
        own = [row for row in memberships if row["layer"] == file.layer.id]
        if file.layer.partition is True:
            whole = [row for row in own if row["extent"] == "whole"]
            issues += _divided(file.layer.id, whole, gazetteer.counties(scope), gazetteer)
        elif file.layer.partition:
            for name in file.layer.partition:
                rows = [row for row in own if row["class"] == name]
                subject = f"{file.layer.id}/{name}"
                issues += _divided(subject, rows, gazetteer.counties(scope), gazetteer)
    return issues


def _divided(
    subject: str, rows: Sequence[Row], counties: Sequence[str], gazetteer: Gazetteer
) -> Iterator[Row]:
    """Tell of counties that stand in no feature or in several."""
    counts = dict.fromkeys(counties, 0)
    for row in rows:
        for code in gazetteer.counties(str(row["adcode"])):
            counts[code] = counts.get(code, 0) + 1
    for code, count in counts.items():
        if count != 1:
            yield _partition_issue(subject, gazetteer.full_name(code), count)


def _partition_issue(layer: str, unit: str, count: int) -> Row:
    name = "partition_gap" if count == 0 else "partition_double"
    message = f"{unit} stands in {count} feature(s) of a layer that divides its scope"
    subject = f"{layer}: {unit}"
    return issue_row(f"layers.{name}", subject, message, measured=str(count), limit="1")
