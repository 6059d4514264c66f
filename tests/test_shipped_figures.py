"""What comes out of the shipped plans' own figures: pinned, and recomputed by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from geoplan.layers.registry import Registry
from geoplan.schema import records

Tables = dict[str, pd.DataFrame]
R, T = "jinzhong-12fyp-results", "jinzhong-13fyp-targets"

BY_HAND = [
    # check or figure, what a pocket calculator gives, status
    (f"{T}/goods-trade", "target_growth", (2.35 / 2.07) ** 0.2 * 100 - 100, "agrees"),
    (f"{T}/urban-income", "target_growth", (37711 / 27525) ** 0.2 * 100 - 100, "agrees"),
    (f"{T}/forest-cover", "target_growth", (26.32 - 23.27) / 5, "agrees"),
    (f"{R}/retail-sales", "target_growth", (660 / 277.6) ** 0.2 * 100 - 100, "inconsistent"),
    (f"{R}/patent-applications", "actual_growth", 8.7113, "inconsistent"),
    (f"{R}/tertiary-enrolment", "actual_growth", 12.6, "differs"),
    (f"{R}/forest-cover", "actual_growth", 2.87, "inconsistent"),
    (f"{R}/sewage-treatment", "actual_growth", 6.81, "inconsistent"),
]

CHECKS = {
    "jinzhong-poverty-by-year": (4.4 + 4.3 + 4.2 + 4.1 + 2.59, "agrees"),
    "jinzhong-poverty-by-route": (12.3 + 1.9 + 0.8 + 1.7 + 2.89, "agrees"),
    "jinzhong-poverty-by-industry": (8.3 + 3 + 1, "agrees"),
    "jinzhong-poverty-campaigns": (20, "agrees"),
    "jinzhong-structure-2010": (100, "agrees"),
    "jinzhong-zones-counties": (3 + 4 + 4, "agrees"),
    "jinzhong-ev-capacity": (5 + 3.3 + 2, "agrees"),
    "jinzhong-new-jobs": (2.8 * 5, "agrees"),
    "jinzhong-services-2010": (39.7, "differs"),
    "jinzhong-budget-revenue-multiple": (100.2 / 64.8, "differs"),
    "jinzhong-urban-income-multiple": (27525 / 16379, "differs"),
    "jinzhong-rural-income-multiple": (10877 / 5879, "agrees"),
    "jinzhong-investment-text": (1312.5, "inconsistent"),
    "jinzhong-patents-growth": ((670 / 339) ** 0.2 * 100 - 100, "inconsistent"),
    "shanxi-basins": (6, "agrees"),
}

OF_MEANING = {
    # No sum shows these: names, years and definitions that do not fit.
    "jinzhong-fruit-belt-length",
    "jinzhong-shanty-towns",
    "jinzhong-asterisk-fdi",
    "jinzhong-pm25-row",
    "jinzhong-pension-merger",
}


@pytest.mark.parametrize(("of", "reading", "computed", "status"), BY_HAND)
def test_indicators_recomputed_by_hand(
    shipped_tables: Tables, of: str, reading: str, computed: float, status: str
) -> None:
    claims = shipped_tables["claims"]
    found = claims[(claims["of"] == of) & (claims["reading"] == reading) & claims["check"].isna()]
    (row,) = records(found)
    assert row["computed"] == pytest.approx(computed, abs=1e-4)
    assert row["status"] == status


@pytest.mark.parametrize("check", CHECKS)
def test_checks_recomputed_by_hand(shipped_tables: Tables, check: str) -> None:
    claims = shipped_tables["claims"]
    (row,) = records(claims[claims["check"] == check])
    assert (pytest.approx(row["computed"]), row["status"]) == CHECKS[check]


def test_every_check_is_carried_out(shipped_tables: Tables) -> None:
    claims = shipped_tables["claims"]
    done = claims[claims["method"].notna()]
    assert set(shipped_tables["checks"]["check"]) == set(done["check"].dropna())
    assert len(shipped_tables["checks"]) >= 40


def test_findings_about_sums_come_out_of_the_sums(shipped_tables: Tables) -> None:
    findings = shipped_tables["findings"]
    about = findings[findings["kind"].isin(["sums_differ", "figures_differ"])]
    linked = {
        name for cell in shipped_tables["claims"]["findings"].dropna() for name in cell.split()
    }
    assert set(about["finding"]) - linked == OF_MEANING


def test_what_does_not_fit_is_told_in_a_finding(shipped_tables: Tables) -> None:
    claims = shipped_tables["claims"]
    off = claims[claims["status"].isin(["differs", "inconsistent"])]
    assert off["findings"].notna().all(), off[off["findings"].isna()]["of"].tolist()
    assert set(off["method"]) == {"arithmetic"}


def test_checks_are_a_registry() -> None:
    assert Registry().check == ()
