"""Files named by the ministry's codes need no column; of others it is told which there are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from geoplan.errors import UsageError
from geoplan.own_map import Made, Options, map_file
from tests.small import SmallProject, box

SHAPES = [box(0.2, 0.2, 0.7, 0.7), box(1, 1, 1.5, 2)]
"""25 and 50 km²."""


def write(small: SmallProject, name: str, **columns: Any) -> Path:
    """Write two redlines in the dialect of planning."""
    fields = {"BSM": ["1", "2"], "YSDM": ["1"] * 2, "XJXZQDM": ["910103", "910102"]}
    fields |= {"XJXZQMC": ["南水县", "西山县"], "LHLX": ["水土保持", "水源涵养"], "MJ": [25, 50]}
    return small.write_shapes(SHAPES, name=name, **(columns or fields))


def made_of(small: SmallProject, path: Path, by: str | None = None, **options: Any) -> Made:
    """Return the page of a file."""
    out = small.root / "page.html"
    return map_file(path, by, project=small.load(), out=out, options=Options(**options))


def test_columns_are_those_of_the_mapping(small: SmallProject) -> None:
    made = made_of(small, write(small, "910101STBHHX_2021.gpkg"))
    areas = dict(zip(made.classes["class"], made.classes["area_km2"].round(6), strict=True))
    assert areas == {"水土保持": 25.0, "水源涵养": 50.0}
    assert "no column was given, classes are those of LHLX" in " ".join(made.notes)
    text = made.out.read_text("utf-8")
    assert "按文件名识别为 STBHHX" in text
    assert "南水县" in text


def test_a_column_that_is_given_wins(small: SmallProject) -> None:
    made = made_of(small, write(small, "STBHHX.gpkg"), "XJXZQMC")
    assert set(made.classes["class"]) == {"南水县", "西山县"}
    assert "no column was given" not in " ".join(made.notes)


def test_the_name_of_a_class_comes_before_its_code(small: SmallProject) -> None:
    fields = {"BSM": ["1", "2"], "YSDM": ["1"] * 2, "TBBH": ["1", "2"], "DLBM": ["0101", "0103"]}
    fields |= {"DLMC": ["水田", "旱地"], "TBMJ": [25e6, 50e6], "TBDLMJ": [25e6, 50e6]}
    made = made_of(small, write(small, "DLTB.gpkg", **fields))
    assert set(made.classes["class"]) == {"水田", "旱地"}


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("plots.gpkg", {"use": ["a", "b"]}),
        ("STBHHX.gpkg", {"use": ["a", "b"]}),  # the name without the fields
        ("redlines.gpkg", {}),  # the fields without the name
        ("STBHHX_调出.gpkg", {}),
    ],
)
def test_other_files_need_a_column(small: SmallProject, name: str, columns: dict[str, Any]) -> None:
    path = write(small, name, **columns)
    with pytest.raises(UsageError, match=r"with --by\. There are: (use|BSM, YSDM, .*)\. Only"):
        made_of(small, path)
    assert not (small.root / "page.html").exists()
