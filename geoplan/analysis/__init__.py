"""Analysis: whether the plans' own figures agree with the geometry, and what needs coordination."""

from geoplan.analysis.build import build_analysis
from geoplan.analysis.claims import check_claims

__all__ = ["build_analysis", "check_claims"]
