"""Traces of the shipped plans: sums are the results, and chains end at lines with the names.

The texts do not come with the project: see ``tests/test_shipped_catalogue.py``.
"""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from random import Random

import pytest

from geoplan.config import Project
from geoplan.schema import ref_of
from geoplan.trace import Tracer

CITING = (
    *("features", "memberships", "coverage", "pieces", "overlaps"),
    *("claims", "stated", "indicators", "findings", "conflicts"),
)
"""Tables whose rows rest on a line of a plan."""

SAMPLE, SEED = 200, 108


@pytest.fixture(scope="module")
def texts() -> Path:
    path = Path(os.environ.get("GEOPLAN_DOCUMENTS", ""))
    if "GEOPLAN_DOCUMENTS" in os.environ and path.is_dir():
        return path
    reason = "GEOPLAN_DOCUMENTS does not point to the plans' texts, which are no part of this"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="module")
def tracer(shipped_project: Project) -> Tracer:
    return Tracer(shipped_project)


def cited_rows(tracer: Tracer) -> dict[str, list[str]]:
    """Return the references of all rows that rest on a line, by table."""
    return {
        name: [
            ref_of(name, row)
            for row in tracer.index.rows(name)
            if not (name == "coverage" and not row["class"])
            and not (name == "pieces" and not row["classes"])
        ]
        for name in CITING
    }


def sampled(tracer: Tracer) -> list[str]:
    """Return 200 rows: as many of each table as there are, large tables sharing the rest."""
    chance = Random(SEED)
    rows = {name: chance.sample(refs, len(refs)) for name, refs in cited_rows(tracer).items()}
    chosen: list[str] = []
    while len(chosen) < SAMPLE:
        for refs in rows.values():
            if refs and len(chosen) < SAMPLE:
                chosen.append(refs.pop())
    return chosen


def test_every_area_is_the_sum_of_its_pieces(tracer: Tracer) -> None:
    checked: Counter[str] = Counter()
    for name in ("coverage", "overlaps"):
        for row in tracer.index.rows(name):
            if row["basis"] == "geometry":
                found = tracer.trace(ref_of(name, row))
                assert found.sum is not None
                assert found.sum.equal is True, found.ref
                checked[name] += 1
    assert checked["coverage"] >= 31
    assert checked["overlaps"] >= 15


def test_every_coverage_has_as_many_features_as_it_counts(tracer: Tracer) -> None:
    for row in tracer.index.rows("coverage"):
        if row["class"]:
            of = f"{row['layer']}/{row['class']}"
            found = tracer.index.concerning(of, row["adcode"], bases=[row["basis"]])
            assert len(found) == row["count"], ref_of("coverage", row)


def test_a_sample_ends_at_lines_with_the_names(shipped_project: Project, texts: Path) -> None:
    tracer = Tracer(shipped_project, texts)
    refs = sampled(tracer)
    assert len(set(refs)) == SAMPLE
    states: Counter[str] = Counter()
    proofs: Counter[str] = Counter()
    unproved = []
    for ref in refs:
        found = tracer.trace(ref)
        assert found.parts, ref
        # What has no text (a register of reserves) cannot be verified, and says so.
        proofs.update({part.cited.proof for part in found.parts})
        states.update(word.state for part in found.parts for word in part.cited.words)
        if any(part.cited.proof != "verified" for part in found.parts):
            unproved.append(ref)
        for part in found.parts:
            assert part.cited.proof != "not_found", (ref, part.ref, part.cited.faults)
            assert part.cited.proof == "no_text" or part.cited.sentences, (ref, part.ref)
            assert part.origin.line > 0
            assert not part.origin.moved
    assert states["missing"] == 0
    assert states["printed"] > 500
    # The others rest on a register of nature reserves, of which there is no text.
    assert SAMPLE - len(unproved) >= 0.9 * SAMPLE, (proofs, unproved)


def test_every_claim_rests_on_figures_that_stand_there(
    shipped_project: Project, texts: Path
) -> None:
    tracer = Tracer(shipped_project, texts)
    rows = tracer.index.rows("claims")
    kinds: Counter[str] = Counter()
    for row in rows:
        found = tracer.trace(ref_of("claims", row))
        figures = [p for p in found.parts if p.ref.startswith(("stated:", "indicators:"))]
        assert figures, found.ref
        # The register of nature reserves has no text.
        expected = "no_text" if row["layer"] == "national-nature-reserves" else "verified"
        assert {p.cited.proof for p in figures} == {expected}, found.ref
        behind = set((row["inputs"] or "").split())
        assert behind <= {p.ref for p in figures}, found.ref
        # The figure that is checked stands on the line that the claim cites.
        own = [p for p in figures if p.cited.document == row["document"]]
        assert any(row["line"] in p.cited.lines for p in own), found.ref
        kinds[row["quantity"]] += 1
    assert kinds["indicator"] > 400
    assert kinds["partition"] == 2
