"""Every broken, odd or hostile input ends as it is documented to: one error, or what is told."""

from __future__ import annotations

import re
import sys
import unicodedata
import warnings
from collections import Counter
from pathlib import Path

import pytest

from tests.corpus.every import CASES, FOLDERS, Ended, Entry, ended

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no pipes, other names of files")

LEAST = 150
"""Cases of files of the user's own."""


@pytest.fixture(params=CASES, ids=str)
def entry(request: pytest.FixtureRequest) -> Entry:
    """Return each of the cases."""
    found: Entry = request.param
    return found


def controls(text: str) -> set[str]:
    """Return characters of a text that a terminal would obey."""
    return {c for c in text if unicodedata.category(c) in ("Cc", "Cf") and c not in "\n"}


def fits(entry: Entry, path: Path, found: Ended) -> None:
    """Check that a case ended as its table says."""
    case = entry.case
    if case.ends == "read":
        assert not found.error, found
        assert set(case.codes) <= set(found.codes), found
        assert case.codes or not found.codes, found
    else:
        assert found.error == case.codes[0], found
        # What is hostile in a name is shown by the command line as text.
        assert not controls(found.message.replace(str(path), "")), found
    assert re.search(case.words, found.message, re.DOTALL), found


def test_how_a_case_ends(entry: Entry, tmp_path: Path) -> None:
    path = entry.case.make(tmp_path)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = ended(entry, path)
    fits(entry, path, found)
    if found.error and entry.table not in FOLDERS:
        assert found.message.startswith(str(path).replace("\0", r"\0")), found


def test_there_are_many() -> None:
    counts = Counter(entry.table for entry in CASES)
    assert sum(counts.values()) - sum(counts[table] for table in FOLDERS) >= LEAST
    assert sum(counts[table] for table in (*FOLDERS, "misc")) >= 40
    assert len({str(entry) for entry in CASES}) == len(CASES)


def test_the_check_can_fail(tmp_path: Path) -> None:
    good = next(entry for entry in CASES if entry.case.ends == "read")
    with pytest.raises(AssertionError):
        fits(good, tmp_path, Ended("data", "wrong"))
    bad = next(entry for entry in CASES if entry.case.ends != "read" and not entry.case.words)
    for found in (Ended("", ""), Ended("other", ""), Ended(bad.case.codes[0], "\x1b[31m")):
        with pytest.raises(AssertionError):
            fits(bad, tmp_path, found)
