"""Counts given to layers of the project, and to files, by area."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import geopandas as gpd
import shapely

from geoplan import crs
from geoplan.apportion import file
from geoplan.errors import DataError, UsageError
from tests.apportion.squares import EVERY, cells
from tests.small import box

RUN = Any


def test_whole_counties_are_given_wholly_and_the_rest_is_outside_the_plan(run: RUN) -> None:
    made = run(EVERY)
    assert cells(made) == {
        ("910101", "zone_a"): 1000,
        ("910102", "zone_a"): 2000,
        ("910103", "zone_b"): 3000,
        ("910104", "zone_b"): 4000,
        ("910201", "~outside"): 500,
        ("910202", "~outside"): 600,
    }
    assert set(made.table["method"]) == {"whole"}
    assert made.table["share_of_unit"].tolist() == [1.0] * 6
    assert "整个单元在规划范围外" in made.table["uncertainty"].iloc[-1]
    assert any("均整体归入同一行" in note for note in made.notes)
    assert not any("标准误" in note for note in made.notes)


def test_what_lies_in_no_class_has_a_row_and_all_adds_up(run: RUN) -> None:
    made = run(EVERY, "redline")
    assert cells(made)["910101", "redline"] == 250
    assert cells(made)["910101", "~none"] == 750
    assert cells(made)["910201", "~none"] == 500
    row = made.checks.iloc[-1]
    assert row[["given", "apportioned", "none", "outside", "left", "difference"]].tolist() == [
        *(11100, 2500, 8600, 0, 0, 0)
    ]
    assert "核对：单元数值合计11100＝各类别2500＋不在任何类别内8600；逐单元相等。" in made.notes
    assert any("单元内均匀分布，这是假设" in note for note in made.notes)
    area = made.table.set_index(["adcode", "class"])["area_km2"]
    assert area["910101", "redline"] == pytest.approx(25, abs=1e-6)


def test_a_city_and_a_part_of_a_scope(run: RUN) -> None:
    made = run("name,人口\n甲州市,1000\n乙州市,7\n", "redline")
    assert cells(made) == {
        ("910100", "redline"): 250,
        ("910100", "~none"): 750,
        ("910200", "~none"): 7,
    }
    made = run("name,人口\n试省,900\n")
    assert cells(made) == {
        ("910000", "zone_a"): 300,
        ("910000", "zone_b"): 300,
        ("910000", "~outside"): 300,
    }


def test_a_class_of_a_layer(run: RUN) -> None:
    made = run(EVERY, "zones/zone_b", unit="甲州")
    assert cells(made)["910101", "~none"] == 1000
    assert cells(made)["910103", "zone_b"] == 3000


def test_classes_that_overlap_are_told_together_and_once(run: RUN) -> None:
    made = run(EVERY, "twice", unit="甲州")
    assert cells(made)["910101", "mine;zone_a"] == 1000
    assert cells(made)["910102", "mine"] == 2000
    assert made.table["title"].iloc[0] == "类＋类"
    assert any("类别之间有重叠" in note for note in made.notes)


def test_sketches_stand_apart_with_two_digits(run: RUN) -> None:
    made = run("adcode,人口\n910101,1234\n910102,77\n", "sketch")
    assert cells(made) == {("910101", "~left"): 1234, ("910102", "~left"): 77}
    assert cells(made, "indicative") == {("910101", "line_work"): 120}
    drawn = made.table[made.table["basis"] == "indicative"].iloc[0]
    assert (drawn["share_of_unit"], drawn["area_km2"]) == (0.1, 10)
    assert drawn["uncertainty"].startswith("示意范围，两位有效数字，不参与合计")
    told = "\n".join(made.notes)
    assert "示意范围（本图集自绘）另列" in told
    assert "位于（范围未知）1项" in told
    assert made.checks.iloc[0]["left"] == 1234


@pytest.mark.parametrize(
    ("to", "told"),
    [
        ("sketch/mine", r"no part of a count: of its 1 feature\(s\) 1 within \(somewhere"),
        ("waiting", "is a slot that waits for its shapes"),
        ("zones/zone_c", "layer 'zones' has no class 'zone_c'.* There are: zone_a, zone_b"),
        ("zonse", "no file and no layer. Did you mean zones"),
        ("figures", r"of its 0 feature\(s\) none has a place"),
    ],
)
def test_targets_that_take_no_part(run: RUN, to: str, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        run(EVERY, to)


def test_options_that_do_not_go_together(run: RUN, tmp_path: Path) -> None:
    for more, told in (
        ({"density": True}, "--density is of rasters"),
        ({"fallback": "area", "look": {"assume_crs": "x"}}, "--fallback, --assume-crs is of"),
        ({"class_column": "k"}, "'zones' is no file"),
        ({"by": "x.tif", "density": True, "weights": "1=1"}, "give one of them"),
    ):
        with pytest.raises(UsageError, match=told):
            run(EVERY, **more)
    with pytest.raises(UsageError, match="say with --class"):
        run(EVERY, str(tmp_path / "a.gpkg"))


def file_of(tmp_path: Path, shapes: list[shapely.Geometry], classes: list[object]) -> str:
    """Write shapes with a column `k`."""
    path = tmp_path / "own 地块.gpkg"
    gpd.GeoDataFrame({"k": classes}, geometry=shapes, crs=crs.WORK_CRS).to_file(path)
    return str(path)


def test_a_file_as_the_formula_says(run: RUN, tmp_path: Path) -> None:
    # count x area of class in unit / area of unit: tobler's area_interpolate for counts.
    shapes = [box(0, 0, 0.5, 2), box(0.5, 0.5, 2.2, 1.5), box(2.25, 0, 3, 0.1)]
    made = run(EVERY, file_of(tmp_path, shapes, ["甲", "乙", "丙"]), class_column="k")
    units = {f"9101{n:02}": box(*at, at[0] + 1, at[1] + 1) for n, at in enumerate(_PLACES, 1)}
    units |= {"910201": box(2, 1, 3, 2), "910202": box(2, 0, 3, 1)}
    counts = dict(line.split(",") for line in EVERY.splitlines()[1:])
    for code, square in units.items():
        for name, shape in zip("甲乙丙", shapes, strict=True):
            share = square.intersection(shape).area / square.area
            value = cells(made).get((code, name), 0)
            assert value == pytest.approx(float(counts[code]) * share, abs=1)
    assert cells(made)["910101", "甲"] == 500
    assert cells(made)["910202", "丙"] == 45
    assert made.table["layer"].iloc[0] == "own 地块.gpkg"


_PLACES = [(0, 1), (1, 1), (0, 0), (1, 0)]


def test_overlapping_shapes_of_a_file_are_counted_once(run: RUN, tmp_path: Path) -> None:
    shapes = [box(0, 1, 0.6, 2), box(0.4, 1, 1, 2), box(0.4, 1, 1, 2), box(0.9, 1, 1, 2)]
    path = file_of(tmp_path, shapes, ["a", "b", "b", None])
    made = run("adcode,人口\n910101,1000\n", path, class_column="k")
    assert cells(made) == {
        ("910101", "a"): 400,
        ("910101", "a;b"): 200,
        ("910101", "b"): 300,
        ("910101", "b;（空）"): 100,
    }


def test_tiny_classes_are_not_lost(run: RUN, tmp_path: Path) -> None:
    path = file_of(tmp_path, [box(0.5, 1.5, 0.5005, 1.5005)], [7.0])
    made = run("adcode,人口\n910101,1000\n", path, class_column="k")
    assert cells(made) == {("910101", "7"): 0, ("910101", "~none"): 1000}
    share = made.table.set_index("class")["share_of_unit"]["7"]
    assert share == pytest.approx(2.5e-7, rel=1e-6)


def test_files_that_take_no_part(run: RUN, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DataError, match="holds points; only polygons"):
        run(EVERY, file_of(tmp_path, [shapely.Point(650_000, 4_005_000)], ["a"]), class_column="k")
    far = file_of(tmp_path, [box(7, 7, 8, 8)], ["a"])
    with pytest.raises(DataError, match="none of its 1 polygons lies in the units that count"):
        run(EVERY, far, class_column="k")
    with pytest.raises(UsageError, match="has no column 'j'"):
        run(EVERY, far, class_column="j")
    monkeypatch.setattr(file, "MOST_CLASSES", 1)
    with pytest.raises(DataError, match="2 different values, at most 1 are classes"):
        run(EVERY, file_of(tmp_path, [box(0, 0, 1, 1)] * 2, ["a", "b"]), class_column="k")


def test_totals_of_cities_add_up(run: RUN) -> None:
    made = run(EVERY, "redline")
    lines = {line.adcode: line for line in made.totals.lines}
    assert made.totals.classes == ("redline", "~none")
    assert lines["910100"].cells == (2500, 7500)
    assert lines["910200"].cells == (0, 1100)
    assert made.totals.lines[-1].adcode == "910000"
    assert (made.totals.lines[-1].cells, made.totals.lines[-1].total) == ((2500, 8600), 11100)
    partly = run("adcode,人口\n910101,4\n", "redline")
    assert [(x.held, x.counties) for x in partly.totals.lines] == [(1, 4), (1, 1), (1, 6)]
