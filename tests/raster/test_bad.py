"""Every raster that is wrong gets a clear error or a decision that is told."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from geoplan.errors import DataError, GeoplanError
from geoplan.raster import Window, look, read, read_on
from tests.raster.bad import CASES, Case, looked
from tests.raster.grids import grid, numbered, write

MOST_MIB = 1024


@pytest.fixture(params=CASES.values(), ids=CASES)
def case(request: pytest.FixtureRequest) -> Case:
    """Return each of the wrong rasters."""
    found: Case = request.param
    return found


def test_what_is_said(case: Case, tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    path = case.make(path) or path
    if case.error is not None:
        with pytest.raises(GeoplanError, match=case.words) as caught:
            looked(path, case.options)
        assert type(caught.value) is case.error
        assert str(caught.value).startswith(str(path).removesuffix("a.tif"))
        return
    source, cells = looked(path, case.options)
    told = "\n".join(source.decisions)
    assert re.search(case.words, told), told
    assert case.words or not told
    if case.cells is not None:
        assert cells.tolist() == case.cells


def test_memory_that_files_take(tmp_path: Path) -> None:
    found = subprocess.run(
        [sys.executable, "-m", "tests.raster.bad", str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    assert 0 < int(found.stdout) < MOST_MIB


def test_only_the_damaged_part_of_a_file_is_lost(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tif", numbered(64, 64), blockysize=8)
    path.write_bytes(path.read_bytes()[:-64])
    source = look(path)
    assert read(source, Window(0, 0, 56, 64)).tolist() == numbered(64, 64)[:56].tolist()
    with pytest.raises(DataError, match="cells of rows 50 to 63, columns 0 to 63 cannot be read"):
        read(source, Window(50, 0, 14, 64))
    with pytest.raises(DataError, match="cannot be read"):
        read_on(source, grid(8, 8, 800.0))


def test_a_file_that_vanishes_or_is_changed(tmp_path: Path) -> None:
    source = look(write(tmp_path / "a.tif", numbered()))
    write(tmp_path / "a.tif", numbered(5, 5))
    with pytest.raises(DataError, match="was changed while it was read; run again"):
        read(source)
    source.path.unlink()
    with pytest.raises(DataError, match="there is no such file"):
        read(source)


@pytest.fixture
def nobody() -> Iterator[None]:
    """Let this process be a user who may not read what root writes."""
    if sys.platform == "win32" or os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    yield
    os.seteuid(0)


@pytest.mark.skipif(sys.platform == "win32", reason="folders have no such rights")
@pytest.mark.parametrize("name", ["folder", "folder/a.tif"])
def test_what_may_not_be_read(tmp_path: Path, name: str, request: pytest.FixtureRequest) -> None:
    (tmp_path / "folder").mkdir()
    write(tmp_path / "folder" / "a.tif", numbered())
    (tmp_path / name).chmod(0)
    request.getfixturevalue("nobody")
    with pytest.raises(DataError, match="cannot be read: Permission denied"):
        look(tmp_path / name)


def test_random_bytes_make_no_traceback(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tif", numbered(24, 24))
    good, random = path.read_bytes(), np.random.default_rng(8)
    refused = 0
    for _ in range(60):
        spoilt = bytearray(good)
        for place in random.integers(0, len(good), 3):
            spoilt[place] = random.integers(0, 256)
        path.write_bytes(spoilt)
        try:
            looked(path)
        except GeoplanError:
            refused += 1
    assert 0 < refused < 60
