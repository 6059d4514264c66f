"""Cases of the corpus of formats, read by the door of own files."""

from __future__ import annotations

import re
import warnings
from pathlib import Path

import pytest

from geoplan import vector
from geoplan.errors import GeoplanError, RefusedError
from tests.corpus.formats import CASES


@pytest.mark.parametrize("name", CASES)
def test_how_a_case_ends(tmp_path: Path, name: str) -> None:
    case = CASES[name]
    path = case.make(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        if case.ends == "read":
            read = vector.read(path, reading=case.reading)
            codes = {notice.code for notice in read.notices}
            assert set(case.codes) <= codes
            assert case.codes or not codes, read.notices
            told = "\n".join(f"{n.message} {n.evidence} {n.proposal}" for n in read.notices)
            assert len(read.frame)
            contents = vector.look(path, reading=case.reading)
            assert contents.layers
            assert contents.format == read.format
            assert all(row >= 1 for notice in read.notices for row in notice.rows)
        else:
            with pytest.raises(GeoplanError) as caught:
                vector.read(path, reading=case.reading)
            told = str(caught.value)
            assert caught.value.code == case.codes[0], told
            assert isinstance(caught.value, RefusedError) is (case.ends == "refused")
            assert told.startswith(f"{path}")
            assert "geoplan-" not in told
    assert re.search(case.words, told, re.DOTALL), told
    # Nothing is written beside what is read.
    after = sorted(tmp_path.rglob("*"))
    assert after == before
