"""What it would take to check a figure that cannot be checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

REASONS = (
    "as_given",
    "made_from_figure",
    "indicative_geometry",
    "no_geometry",
    "incomplete_list",
    "not_listed",
    "no_data",
    "constant_prices",
    "meaning_unknown",
    "open_figures",
    "coarse_figures",
    "no_quotient",
)
"""Why a claim is not checkable."""

MISSING = (
    "not_computable",
    "surveyed_geometry",
    "surveyed_line",
    "member_list",
    "register_of_projects",
    "population_by_unit",
    "statistics_of_year",
    "parts_of_share",
    "base_figure",
    "price_index",
    "definition",
    "exact_figures",
    "calculation",
)
"""Codes of what is missing."""

_OF_REASON = {
    "as_given": "not_computable",
    "made_from_figure": "surveyed_geometry",
    "constant_prices": "price_index",
    "meaning_unknown": "definition",
    "open_figures": "exact_figures",
    "coarse_figures": "exact_figures",
    "no_quotient": "exact_figures",
    "incomplete_list": "member_list",
}

_OF_QUANTITY = {
    "area": "surveyed_geometry",
    "length": "surveyed_line",
    "count": "member_list",
    "share": "parts_of_share",
    "population": "population_by_unit",
    "share_of_population": "population_by_unit",
    "capacity": "register_of_projects",
    "investment": "register_of_projects",
    "production": "statistics_of_year",
    "output_value": "statistics_of_year",
    "income": "statistics_of_year",
    "visits": "statistics_of_year",
    "throughput": "statistics_of_year",
    "rate": "parts_of_share",
    "growth": "base_figure",
    "reduction": "base_figure",
}

_OF_READING = {
    "actual": "statistics_of_year",
    "target": "calculation",
    "actual_growth": "base_figure",
    "target_growth": "base_figure",
}


def missing_for(claim: Mapping[str, Any], reason: str) -> str:
    """Return the code of what would be needed to check `claim`, which `reason` prevents."""
    if reason in _OF_REASON:
        return _OF_REASON[reason]
    if claim.get("reading") is not None:
        return _OF_READING[claim["reading"]]
    if reason == "not_listed" and claim["measure"] == "households":
        return "population_by_unit"
    return _OF_QUANTITY.get(claim["quantity"], "calculation")
