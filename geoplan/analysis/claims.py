"""Claims: figures as the plans print them, set against what the geometry gives.

A claim is checked only on exact shapes or complete lists. On shapes that we
drew, or that were made from the very figure, it is not checkable, and says why.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import sqrt
from typing import Any

import numpy as np
import pandas as pd

import shapely

from geoplan import crs, geometry
from geoplan.analysis.subjects import Feature, Subjects
from geoplan.schema import Tables, check, frame, records
from geoplan.schema.measures import MEASURES, converted

APPROXIMATE_SHARE = 0.05
"""What 约, 左右 or 多 allow, as a share of the printed figure."""

REASONS = (
    "made_from_figure",
    "indicative_geometry",
    "no_geometry",
    "incomplete_list",
    "not_listed",
    "no_data",
)
"""Why a claim is not checkable."""


Claim = Mapping[str, Any]
"""A row of `stated`."""


@dataclass(frozen=True)
class _Figure:
    """A computed figure with its standard error, in the claim's measure; or why there is none."""

    value: float | None = None
    error: float = 0.0
    reason: str | None = None


def build_analysis(tables: Tables) -> dict[str, pd.DataFrame]:
    """Build the tables `claims` and `conflicts` (empty: no rules are defined yet)."""
    return {"claims": check_claims(tables), "conflicts": frame("conflicts", [])}


def check_claims(tables: Tables) -> pd.DataFrame:
    """Check every figure of `stated` against units, features and memberships.

    Tolerance is the largest of half a unit of the last printed digit, what
    an approximate wording allows, and the standard error of the borders.
    A claim agrees within one tolerance, differs within three, and is
    inconsistent beyond.
    """
    for name in ("units", "features", "memberships", "stated", "documents"):
        check(name, tables[name])
    subjects = Subjects.of(tables)
    documents = tables["documents"]
    scopes = dict(zip(documents["document"], documents["scope"], strict=True))
    rows = []
    for claim in records(tables["stated"]):
        figure = _compute(claim, subjects, scopes)
        rows.append(_judged(claim, figure))
    return frame("claims", rows)


def _judged(claim: Claim, figure: _Figure) -> dict[str, object]:
    row = {name: claim[name] for name in _COPIED} | _converted(claim)
    if figure.value is None:
        return {**row, "status": "not_checkable", "reason": figure.reason}
    about = claim["relation"] in ("about", "over")
    allowed = APPROXIMATE_SHARE * abs(claim["published"]) if about else 0.0
    tolerance = max(claim["step"] / 2, allowed, figure.error)
    difference = _difference(figure.value, claim)
    status = "agrees" if abs(difference) <= tolerance else "inconsistent"
    if tolerance < abs(difference) <= 3 * tolerance:
        status = "differs"
    return {
        **row,
        "computed": figure.value,
        "tolerance": tolerance,
        "difference": difference,
        "status": status,
        "reason": None,
    }


def _difference(value: float, claim: Claim) -> float:
    """Return how far a figure lies outside what the claim says; 0 inside a range."""
    low = claim["published"]
    high = low if claim["published_to"] is None else claim["published_to"]
    if claim["relation"] in ("at_least", "more_than"):
        high = max(high, value)
    elif claim["relation"] in ("at_most", "less_than"):
        low = min(low, value)
    return float(value - min(max(value, low), high))


def _converted(claim: Claim) -> dict[str, object]:
    measure = claim["measure"]
    low, high = (
        None if claim[name] is None else float(converted(Decimal(str(claim[name])), measure))
        for name in ("published", "published_to")
    )
    base = MEASURES[measure].base
    return {"converted": low, "converted_to": high, "base_measure": base}


_COPIED = (
    "id",
    "layer",
    "of",
    "quantity",
    "label",
    "label_en",
    "published",
    "published_to",
    "measure",
    "relation",
    "counter",
    "year",
    "document",
    "section",
    "line",
    "lines",
)


def _compute(claim: Claim, subjects: Subjects, scopes: Mapping[str, str]) -> _Figure:
    features = subjects.select(claim["layer"], claim["of"])
    if claim["quantity"] == "area":
        return _area(claim, features, subjects)
    if claim["quantity"] == "share":
        whole = claim["relative_to"] or scopes[claim["document"]]
        return _share(features, subjects, whole)
    if claim["quantity"] == "count":
        return _count(claim, features, subjects)
    if claim["quantity"] == "length":
        drawn = any(feature.extent == "indicative" for feature in features)
        return _Figure(reason="indicative_geometry" if drawn else "no_geometry")
    return _Figure(reason="no_data")


def _area(claim: Claim, features: Sequence[Feature], subjects: Subjects) -> _Figure:
    figure = _net_area(features, subjects)
    if figure.value is None:
        return figure
    factor = float(MEASURES[claim["measure"]].factor)
    return _Figure(figure.value / factor, figure.error / factor)


def _net_area(features: Sequence[Feature], subjects: Subjects) -> _Figure:
    """Return the area in km² that `features` cover together, or why there is none."""
    reason = _why_no_area(features, subjects)
    if reason is not None:
        return _Figure(reason=reason)
    drawn = [feature.geometry for feature in features if feature.extent == "delimited"]
    if drawn:
        net = shapely.union_all(crs.data_to_work(np.array(drawn, dtype=object)))
        return _Figure(geometry.km2(int(geometry.area_units(np.array([net]))[0])))
    counties = subjects.counties(_whole(features))
    # Summed by numpy, whose order of adding gives the last digits.
    areas = np.array([county.area_km2 for county in counties])
    errors = np.array([county.uncertainty_km2 for county in counties])
    return _Figure(float(areas.sum()), sqrt(float((errors**2).sum())))


def _whole(features: Iterable[Feature]) -> list[Feature]:
    return [feature for feature in features if feature.extent == "whole"]


def _why_no_area(features: Sequence[Feature], subjects: Subjects) -> str | None:
    if not features:
        return "no_data"
    if any(feature.drawn_by == "footprint" for feature in features):
        return "made_from_figure"
    extents = {feature.extent for feature in features} - {"statement"}
    if "indicative" in extents:
        return "indicative_geometry"
    if extents not in ({"whole"}, {"delimited"}):
        return "no_geometry"
    return None if subjects.named(_whole(features)) <= subjects.units.keys() else "no_data"


def _share(features: Sequence[Feature], subjects: Subjects, whole: str) -> _Figure:
    figure = _net_area(features, subjects)
    if figure.value is None:
        return figure
    if whole not in subjects.units:
        return _Figure(reason="no_data")
    total = subjects.units[whole].area_km2
    return _Figure(100 * figure.value / total, 100 * figure.error / total)


def _count(claim: Claim, features: Sequence[Feature], subjects: Subjects) -> _Figure:
    # 20多项, or one statement about many: the plan itself does not list them all.
    one = claim["of"].partition("/")[2] in {feature.feature for feature in features}
    if claim["relation"] != "equal" or (one and claim["measure"] == "features"):
        return _Figure(reason="incomplete_list")
    if claim["measure"] in ("items", "10k_items", "100m_items", "households"):
        return _Figure(reason="not_listed")
    if claim["measure"] == "features":
        return _Figure(float(len(features)))
    named = [feature for feature in features if feature.extent != "statement"]
    if not named:
        return _Figure(reason="no_geometry")
    return _Figure(float(len(subjects.named(named))))
