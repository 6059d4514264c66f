"""Claims: figures as the plans print them, set against what the geometry gives.

A claim is checked only on exact shapes or complete lists. On shapes that we
drew, or that were made from the very figure, it is not checkable, and says why.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from math import sqrt
from typing import Any

import numpy as np
import pandas as pd

import shapely

from geoplan import crs, geometry
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
    rows = []
    for claim in records(tables["stated"]):
        figure = _compute(claim, tables)
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


def _compute(claim: Claim, tables: Tables) -> _Figure:
    features = _subject(claim, tables["features"])
    if claim["quantity"] == "area":
        return _area(claim, features, tables)
    if claim["quantity"] == "share":
        return _share(claim, features, tables)
    if claim["quantity"] == "count":
        return _count(claim, features, tables)
    if claim["quantity"] == "length":
        drawn = (features["extent"] == "indicative").any()
        return _Figure(reason="indicative_geometry" if drawn else "no_geometry")
    return _Figure(reason="no_data")


def _subject(claim: Claim, features: pd.DataFrame) -> pd.DataFrame:
    of_layer: pd.DataFrame = features.loc[features["layer"] == claim["layer"]]
    part = claim["of"].partition("/")[2]
    if not part:
        return of_layer
    one: pd.DataFrame = of_layer.loc[of_layer["feature"] == part]
    return one if len(one) else of_layer.loc[of_layer["class"] == part]


def _area(claim: Claim, features: pd.DataFrame, tables: Tables) -> _Figure:
    figure = _net_area(features, tables)
    if figure.value is None:
        return figure
    factor = float(MEASURES[claim["measure"]].factor)
    return _Figure(figure.value / factor, figure.error / factor)


def _net_area(features: pd.DataFrame, tables: Tables) -> _Figure:
    """Return the area in km² that `features` cover together, or why there is none."""
    reason = _why_no_area(features, tables)
    if reason is not None:
        return _Figure(reason=reason)
    drawn = features.loc[features["extent"] == "delimited", "geometry"]
    if len(drawn):
        net = shapely.union_all(crs.data_to_work(np.asarray(drawn)))
        return _Figure(geometry.km2(int(geometry.area_units(np.array([net]))[0])))
    counties = _counties(features, tables)
    error = sqrt(float((counties["uncertainty_km2"] ** 2).sum()))
    return _Figure(float(counties["area_km2"].sum()), error)


def _why_no_area(features: pd.DataFrame, tables: Tables) -> str | None:
    if features.empty:
        return "no_data"
    if (features["drawn_by"] == "footprint").any():
        return "made_from_figure"
    extents = set(features["extent"]) - {"statement"}
    if "indicative" in extents:
        return "indicative_geometry"
    if extents not in ({"whole"}, {"delimited"}):
        return "no_geometry"
    named = _members(features[features["extent"] == "whole"], tables)["adcode"]
    return None if named.isin(tables["units"]["adcode"]).all() else "no_data"


def _share(claim: Claim, features: pd.DataFrame, tables: Tables) -> _Figure:
    figure = _net_area(features, tables)
    if figure.value is None:
        return figure
    documents = tables["documents"].set_index("document")
    whole = claim["relative_to"] or documents.loc[claim["document"], "scope"]
    units = tables["units"].set_index("adcode")
    if whole not in units.index:
        return _Figure(reason="no_data")
    total = float(units.loc[whole, "area_km2"])
    return _Figure(100 * figure.value / total, 100 * figure.error / total)


def _count(claim: Claim, features: pd.DataFrame, tables: Tables) -> _Figure:
    # 20多项, or one statement about many: the plan itself does not list them all.
    one = claim["of"].partition("/")[2] in set(features["feature"])
    if claim["relation"] != "equal" or (one and claim["measure"] == "features"):
        return _Figure(reason="incomplete_list")
    if claim["measure"] in ("items", "10k_items", "100m_items", "households"):
        return _Figure(reason="not_listed")
    if claim["measure"] == "features":
        return _Figure(float(len(features)))
    named = features[features["extent"] != "statement"]
    if named.empty:
        return _Figure(reason="no_geometry")
    return _Figure(float(_members(named, tables)["adcode"].nunique()))


def _members(features: pd.DataFrame, tables: Tables) -> pd.DataFrame:
    members = tables["memberships"]
    wanted = pd.MultiIndex.from_frame(features[["layer", "feature"]])
    named = pd.MultiIndex.from_frame(members[["layer", "feature"]]).isin(wanted)
    return members.loc[named]


def _counties(features: pd.DataFrame, tables: Tables) -> pd.DataFrame:
    """Return the rows of `units` for the counties of `features`, each once."""
    members = _members(features[features["extent"] == "whole"], tables)
    units = tables["units"]
    parents = units.set_index("adcode")["parent"]
    named = set(members["adcode"])
    above = units["adcode"].map(parents)
    inside = units["adcode"].isin(named) | above.isin(named) | above.map(parents).isin(named)
    return units.loc[inside & (units["level"] == "county")]
