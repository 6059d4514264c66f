"""Analysis: whether the plans' own figures agree with the geometry, and what needs coordination."""

from geoplan.analysis.claims import build_analysis, check_claims

__all__ = ["build_analysis", "check_claims"]
