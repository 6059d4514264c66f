"""The stage: the plans' figures checked, and what has to be coordinated."""

from __future__ import annotations

import pandas as pd

from geoplan.analysis.claims import check_claims
from geoplan.analysis.conflicts import find_conflicts
from geoplan.schema import Tables


def build_analysis(tables: Tables) -> dict[str, pd.DataFrame]:
    """Build the tables `claims`, `conflicts` and `issues` from those of the stages before."""
    return {"claims": check_claims(tables), **find_conflicts(tables)}
