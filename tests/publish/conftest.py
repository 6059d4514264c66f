"""The sample atlas, published once for all tests of this folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from geoplan.publish import publish
from tests.publish import sample


@pytest.fixture(scope="session")
def atlas(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the published sample."""
    out = tmp_path_factory.mktemp("atlas")
    publish(sample.tables(), project=sample.project(out), out=out, as_of=sample.AS_OF)
    return out


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the sample with names that try to run."""
    out = tmp_path_factory.mktemp("hostile")
    tables = sample.tables(attack=True)
    publish(tables, project=sample.project(out), out=out, as_of=sample.AS_OF)
    return out
