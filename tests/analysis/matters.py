"""Tables for tests of matters to coordinate: the small province, without any file or stage."""

from __future__ import annotations

from typing import Any

import pandas as pd

import shapely

from geoplan import crs
from geoplan.analysis.conflicts import find_conflicts
from geoplan.schema import records
from tests.publish.sample import table
from tests.small import CELLS, CITY_A, CITY_B, PROVINCE, box, cell, degrees

A, B, C, D = "910101", "910102", "910103", "910104"
DOCUMENTS = {"now": "in_force", "old": "expired", "facts": None, "draft": "draft"}
"""Documents and their status; a layer ``x-now`` is of the document ``now``."""

PERIODS = {"now": ("2021", "2025"), "old": ("2016", "2020"), "draft": ("2022", "2030")}


def feature(
    key: str,
    cls: str,
    extent: str,
    *units: str,
    layer: str = "x-now",
    shape: shapely.Geometry | None = None,
    **more: Any,
) -> dict[str, Any]:
    """Return a feature; `shape` is in the work CRS, `units` are those that it names."""
    start, end = PERIODS.get(layer.partition("-")[2], (None, None))
    made = {"layer": layer, "feature": key, "class": cls, "extent": extent, "name": key}
    made |= {"drawn_by": "file" if extent == "delimited" else "axis" if shape else "units"}
    made |= {"section": "一", "lines": "7 8", "period_start": start, "period_end": end}
    made |= {"geometry": None if shape is None else degrees(shape), "units": units}
    return made | more


def rule(
    a: str = "mine", b: str = "zone", grade: str = "coordinate", **more: Any
) -> dict[str, Any]:
    """Return a row of `rules`."""
    return {"rule": "r", "a": a, "b": b, "grade": grade} | more


def override(**more: Any) -> dict[str, Any]:
    """Return a row of `overrides`."""
    said = {"reason": "甲", "reason_en": "because", "by": "某人", "date": "2020-01-01"}
    return {"override": "o", "rule": "r"} | said | more


def _units() -> pd.DataFrame:
    rows: list[dict[str, Any]] = [{"adcode": PROVINCE, "level": "province", "area_km2": 600.0}]
    rows += [
        {"adcode": code, "level": "city", "parent": PROVINCE, "area_km2": area}
        for code, area in ((CITY_A, 400.0), (CITY_B, 200.0))
    ]
    rows += [
        {"adcode": code, "level": "county", "parent": f"{code[:4]}00", "area_km2": 100.0}
        | {"geometry": degrees(cell(code))}
        for code in CELLS
    ]
    return table("units", rows)


UNITS = _units()


def tables(
    features: list[dict[str, Any]],
    rules: list[dict[str, Any]],
    overrides: list[dict[str, Any]] | None = None,
) -> dict[str, pd.DataFrame]:
    """Return the tables that conflicts are found in."""
    layers = sorted({f["layer"] for f in features})
    named = [
        {"id": f"{f['layer']}/{f['feature']}/{code}", "adcode": code, "evidence": "printed"}
        | {key: f[key] for key in ("layer", "feature", "class", "extent")}
        for f in features
        for code in f["units"]
    ]
    documents = [
        {"document": key, "status": status, "period_start": PERIODS.get(key, (None,))[0]}
        for key, status in DOCUMENTS.items()
    ]
    return {
        "units": UNITS,
        "documents": table("documents", documents),
        "layers": table(
            "layers",
            [
                {"layer": layer, "document": layer.partition("-")[2], "kind": "vector"}
                | {"sensitivity": "public"}
                for layer in layers
            ],
        ),
        "features": table("features", features),
        "memberships": table("memberships", named),
        "rules": table("rules", rules),
        "overrides": table("overrides", overrides or []),
    }


def found(
    features: list[dict[str, Any]],
    *rules: dict[str, Any],
    overrides: list[dict[str, Any]] | None = None,
) -> list[dict[str, Any]]:
    """Return the rows of `conflicts` that rules give, by default one of mine and zone."""
    made = find_conflicts(tables(features, list(rules) or [rule()], overrides))
    return records(made["conflicts"])


__all__ = ["A", "B", "C", "D", "box", "cell", "crs", "feature", "found", "override", "rule"]
