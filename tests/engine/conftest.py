"""What all tests of the engine need."""

from __future__ import annotations

import pytest

from geoplan.vector import stream


@pytest.fixture(autouse=True, scope="session")
def one_group_a_part() -> object:
    """Make a task of every row group, however small, as large files have it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stream, "ROWS_A_PART", 1)
        yield
