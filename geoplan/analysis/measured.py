"""What geometry and lists give for a claim: areas, shares, lengths, numbers of names.

A claim is checked only on exact shapes or complete lists. On shapes that we
drew, or that were made from the very figure, it is not checkable, and says why.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np

import shapely

from geoplan import crs, geometry
from geoplan.analysis.subjects import Feature, Subjects
from geoplan.schema.measures import MEASURES

AS_GIVEN = ("target_year", "voltage", "speed", "duration")
"""Quantities that are properties as given: nothing could be set against them."""

Claim = Mapping[str, Any]
"""A row of `stated`."""


@dataclass(frozen=True)
class Measured:
    """A computed figure with its standard error, in the claim's measure; or why there is none."""

    value: float | None = None
    error: float = 0.0
    reason: str | None = None


def measure(claim: Claim, subjects: Subjects, *, scopes: Mapping[str, str]) -> Measured:
    """Compute what a claim says from features; `scopes` are those of documents.

    The value is in the claim's measure, as is its standard error.
    """
    if claim["quantity"] in AS_GIVEN:
        return Measured(reason="as_given")
    features = subjects.select(claim["layer"], claim["of"])
    if claim["quantity"] == "area":
        return _area(claim, features, subjects)
    if claim["quantity"] == "share":
        whole = claim["relative_to"] or scopes[claim["document"]]
        return _share(claim, features, subjects, whole=whole)
    if claim["quantity"] == "count":
        return _count(claim, features, subjects)
    if claim["quantity"] == "length":
        drawn = any(feature.extent == "indicative" for feature in features)
        return Measured(reason="indicative_geometry" if drawn else "no_geometry")
    return Measured(reason="no_data")


def _area(claim: Claim, features: Sequence[Feature], subjects: Subjects) -> Measured:
    figure = _net_area(features, subjects)
    if figure.value is None:
        return figure
    factor = float(MEASURES[claim["measure"]].factor)
    return Measured(figure.value / factor, figure.error / factor)


def _net_area(features: Sequence[Feature], subjects: Subjects) -> Measured:
    """Return the area in km² that `features` cover together, or why there is none."""
    reason = _why_no_area(features, subjects)
    if reason is not None:
        return Measured(reason=reason)
    drawn = [feature.geometry for feature in features if feature.extent == "delimited"]
    if drawn:
        net = shapely.union_all(crs.data_to_work(np.array(drawn, dtype=object)))
        return Measured(geometry.km2(int(geometry.area_units(np.array([net]))[0])))
    counties = subjects.counties(_whole(features))
    # Summed by numpy, whose order of adding gives the last digits.
    areas = np.array([county.area_km2 for county in counties])
    errors = np.array([county.uncertainty_km2 for county in counties])
    return Measured(float(areas.sum()), sqrt(float((errors**2).sum())))


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


def _share(
    claim: Claim, features: Sequence[Feature], subjects: Subjects, *, whole: str
) -> Measured:
    figure = _net_area(features, subjects)
    if figure.value is None:
        return figure
    if whole not in subjects.units:
        return Measured(reason="no_data")
    # In the measure of the claim: one percent, or one permille.
    one = subjects.units[whole].area_km2 * float(MEASURES[claim["measure"]].factor) / 100
    return Measured(figure.value / one, figure.error / one)


def _count(claim: Claim, features: Sequence[Feature], subjects: Subjects) -> Measured:
    # 20多项, or one statement about many: the plan itself does not list them all.
    one = claim["of"].partition("/")[2] in {feature.feature for feature in features}
    if claim["relation"] != "equal" or (one and claim["measure"] == "features"):
        return Measured(reason="incomplete_list")
    if claim["measure"] in ("items", "10k_items", "100m_items", "households"):
        return Measured(reason="not_listed")
    if claim["measure"] == "features":
        return Measured(float(len(features)))
    named = [feature for feature in features if feature.extent != "statement"]
    if not named:
        return Measured(reason="no_geometry")
    return Measured(float(len(subjects.named(named))))
