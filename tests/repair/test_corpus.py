"""The corpus of broken shapes, by the functions of this package alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from geoplan import repair
from geoplan.errors import GeometryError
from geoplan.vector import read_vector
from tests.corpus.geometries import CASES, open_ring

BY_SHAPE = {name: case for name, case in CASES.items() if case.make is not open_ring}


def test_there_are_many() -> None:
    assert len(CASES) >= 35


@pytest.mark.parametrize("name", BY_SHAPE)
def test_how_a_case_is_repaired(name: str, tmp_path: Path) -> None:
    case = BY_SHAPE[name]
    frame = read_vector(case.make(tmp_path))
    if case.ends == "error":
        with pytest.raises(GeometryError, match=case.words) as e:
            repair.mended(frame)
        assert e.value.code == case.codes[0]
        return
    made = repair.mended(frame)
    codes = {notice.code for notice in made.notices}
    assert codes >= {code for code in case.codes if code.startswith("repair.")}
    assert bool(codes) == bool(case.codes)
    assert len(made.frame) == len(frame)
    kept = made.frame.geometry.dropna()
    assert kept.is_valid.all()
    assert set(kept.geom_type) <= {"Polygon", "MultiPolygon", "LineString", "MultiLineString"}
