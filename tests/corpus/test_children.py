"""Commands on the heaviest cases, in two processes whose memory is measured; all: `make corpus`."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.corpus.children import Run, faults_of, run_group
from tests.corpus.every import CASES

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no limits of processes")

HEAVY = ("bomb", "billion", "deep", "20 MiB", "million", "without end", "promise", "many", "depth")


def heavy() -> list[str]:
    """Return the names of cases that promise or hold much: two for each word."""
    found = [[str(e) for e in CASES if word in e.name][:2] for word in HEAVY]
    return list(dict.fromkeys(name for names in found for name in names))


def test_heavy_cases_end_in_time_and_memory(tmp_path: Path) -> None:
    chosen = [entry for entry in CASES if str(entry) in heavy()]
    assert len(chosen) >= 10
    runs = run_group(chosen, tmp_path, only=["convert", "check"])
    assert {run.name for run in runs} == {*heavy()}
    assert [(run.name, faults_of(run)) for run in runs if faults_of(run)] == []


def test_other_commands_leave_nothing(tmp_path: Path) -> None:
    chosen = [entry for entry in CASES if entry.case.ends != "read" and entry.table == "misc"][:2]
    runs = run_group(chosen, tmp_path, only=["inspect", "map"])
    assert len(runs) == 4
    assert [(run.name, faults_of(run)) for run in runs if faults_of(run)] == []


GOOD = Run("a", "convert", 3, "data", "a: no", "geoplan: a: no", 0.1, 90, (), "data")


@pytest.mark.parametrize(
    "change",
    [
        {"exit_code": -1, "message": "hangs"},
        {"errors": "Traceback (most recent call last)"},
        {"errors": "\x1b[31m"},
        {"seconds": 11.0},
        {"peak_mib": 1025},
        {"exit_code": 9},
        {"exit_code": 0},
        {"changed": ("out.parquet",)},
    ],
)
def test_what_is_a_fault(change: dict[str, object]) -> None:
    assert faults_of(GOOD) == []
    assert faults_of(GOOD._replace(**change)) != []
