"""Drawings: closed lines are polygons, the rest is told; layers, texts, arcs, sheets."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

import shapely

from geoplan import vector
from geoplan.errors import DataError
from geoplan.reading import Reading
from tests.corpus.formats import drawn_square, dxf, label, line
from tests.vector.test_tables import told

POINT = "0\nPOINT\n100\nAcDbEntity\n8\n点\n100\nAcDbPoint\n10\n5\n20\n6\n"
CIRCLE = "0\nCIRCLE\n100\nAcDbEntity\n8\n圆\n100\nAcDbCircle\n10\n0\n20\n0\n40\n10\n"
PARTS = (drawn_square("地类", 0, 0, 10), line("路", (0, 0), (5, 5)), POINT, label("榆次区"))


def read(folder: Path, *entities: str, layer: str | None = None) -> vector.Read:
    """Read a drawing."""
    return vector.read(dxf(*entities)(folder), reading=Reading(layer=layer))


def test_closed_lines_are_polygons_and_open_ones_stay(tmp_path: Path) -> None:
    made = read(tmp_path, *PARTS)
    assert [s.geom_type for s in made.frame.geometry] == ["Polygon"]
    assert list(made.frame["Layer"]) == ["地类"]
    assert made.frame.geometry[0].area == 100
    assert (made.frame.crs, made.layer, made.format) == (None, "polygons", "dxf")
    assert told(made, "format.closed_lines").message.startswith("1 closed line(s) are read as")
    left = told(made, "format.left_out").message
    assert "3 of 4 entities are left out: 1 lines, 1 points, 1 texts" in left
    assert "'注记', '点', '路'" in left
    assert told(made, "format.left_out").severity == "warning"


@pytest.mark.parametrize(
    ("layer", "kinds"),
    [
        ("polygons", ["Polygon"]),
        ("lines", ["LineString"]),
        ("points", ["Point"]),
        ("texts", ["Point"]),
        ("地类", ["Polygon"]),
        ("注记", ["Point"]),
        ("entities", ["Polygon", "LineString"]),
    ],
)
def test_a_part_that_is_asked_for(tmp_path: Path, layer: str, kinds: list[str]) -> None:
    made = read(tmp_path, *PARTS, layer=layer)
    assert [s.geom_type for s in made.frame.geometry] == kinds
    if layer in ("texts", "注记"):
        assert list(made.frame["Text"]) == ["榆次区"]


def test_lines_where_there_are_no_polygons(tmp_path: Path) -> None:
    assert read(tmp_path, *PARTS[1:]).layer == "lines"
    mixed = drawn_square("甲", 0, 0, 1), line("甲", (0, 0), (5, 5))
    made = read(tmp_path, *mixed, layer="甲")
    assert [s.geom_type for s in made.frame.geometry] == ["Polygon"]


def test_a_part_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no layer 'texts'; there are: 'polygons' \(1 rows"):
        read(tmp_path, PARTS[0], layer="texts")


def test_parts_are_listed(tmp_path: Path) -> None:
    facts = vector.look(dxf(*PARTS)(tmp_path)).layers
    assert [(f.name, f.rows) for f in facts] == [
        ("polygons", 1),
        ("lines", 1),
        ("points", 1),
        ("texts", 1),
    ]


def test_only_points_and_texts_are_a_choice(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"holds 2 layers: 'points'.*'texts'"):
        read(tmp_path, POINT, label("x"))
    assert len(read(tmp_path, POINT).frame) == 1


def test_circles_are_near_enough_for_areas(tmp_path: Path) -> None:
    area = read(tmp_path, CIRCLE).frame.geometry[0].area
    assert area == pytest.approx(100 * math.pi, rel=1e-6)


def test_polygons_within_others_are_told(tmp_path: Path) -> None:
    inner, far = drawn_square("地类", 2, 2, 1), drawn_square("地类", 20, 0, 1)
    made = read(tmp_path, PARTS[0], inner, far)
    notice = told(made, "format.nested_polygons")
    assert (notice.rows, notice.severity) == ((2,), "warning")
    other = read(tmp_path, PARTS[0], inner.replace("地类", "房屋"), far)
    assert "format.nested_polygons" not in {n.code for n in other.notices}


def test_what_is_on_the_sheet_is_left_out(tmp_path: Path) -> None:
    frame = PARTS[0].replace("AcDbEntity\n8", "AcDbEntity\n67\n1\n8")
    made = read(tmp_path, frame, drawn_square("地类", 50, 50, 2))
    assert shapely.area(made.frame.geometry.to_numpy()).tolist() == [4]
    assert told(made, "format.paper_space").count == 1


def test_an_empty_drawing(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"holds no layer"):
        read(tmp_path)
