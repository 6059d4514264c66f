"""Each hostile file is refused for its reason, and each honest one passes, before GDAL sees it."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from geoplan import guard
from geoplan.errors import RefusedError
from tests.corpus.case import Case
from tests.corpus.guard import CASES

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no pipes, other names of files")


def looked_through(path: Path) -> None:
    """Look at a file as readers do."""
    if guard.checked(path).format == "zip":
        with guard.unpacked(path):
            pass


@pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
def test_how_a_case_ends(case: Case, tmp_path: Path) -> None:
    path = case.make(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    if case.ends == "read":
        codes = [notice.code for notice in guard.checked(path).notices]
        assert codes == list(case.codes)
        return
    with pytest.raises(RefusedError) as caught:
        looked_through(path)
    assert caught.value.code == case.codes[0]
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert "\n" not in message
    assert message.replace(str(path), "").isprintable()
    assert re.search(case.words, message), message
    assert sorted(tmp_path.rglob("*")) == before


def test_there_are_many() -> None:
    assert len([case for case in CASES.values() if case.ends == "refused"]) >= 100
    codes = {case.codes[0] for case in CASES.values() if case.ends == "refused"}
    assert len(codes) >= 40
