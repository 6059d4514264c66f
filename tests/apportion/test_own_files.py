"""Classes of files and what stands against them: names, shapes, values; and counts at the edge."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import geopandas as gpd
import shapely

from geoplan import crs
from geoplan.apportion.file import EMPTY, _label
from geoplan.errors import DataError, UsageError
from tests.apportion.squares import EVERY, cells, raster
from tests.apportion.test_layers import RUN, file_of
from tests.commands import Command
from tests.small import SIDE, SOUTH, WEST, box

ONE = "adcode,人口\n910101,1000\n"
EAST = box(0.5, 1, 1, 2)
"""The eastern half of 910101."""


def ring(*corners: tuple[float, float]) -> shapely.Polygon:
    """Return a polygon whose corners count in sides of a county, valid or not."""
    return shapely.Polygon([(WEST + x * SIDE, SOUTH + y * SIDE) for x, y in corners])


@pytest.mark.parametrize(
    ("value", "label"),
    [
        pytest.param("林地", "林地", id="a text"),
        pytest.param(" 林地 ", "林地", id="spaces around"),
        pytest.param("林地;草地", "林地；草地", id="the sign that joins classes"),
        pytest.param("", EMPTY, id="an empty text"),
        pytest.param("  ", EMPTY, id="spaces alone"),
        pytest.param(None, EMPTY, id="none"),
        pytest.param(np.nan, EMPTY, id="no number"),
        pytest.param(pd.NA, EMPTY, id="a missing one"),
        pytest.param(pd.NaT, EMPTY, id="no day"),
        pytest.param(7, "7", id="a whole number"),
        pytest.param(7.0, "7", id="a float that is whole"),
        pytest.param(0.5, "0.5", id="a float"),
        pytest.param(0, "0", id="nought is a class"),
        pytest.param(False, "False", id="false is a class"),
    ],
)
def test_labels_of_values(value: object, label: str) -> None:
    assert _label(value) == label


@pytest.mark.parametrize("name", ["~none", "~outside", "~left"])
def test_classes_that_are_called_like_none_are_refused(run: RUN, tmp_path: Path, name: str) -> None:
    path = file_of(tmp_path, [EAST, box(0, 1, 0.1, 2)], [name, "a"])
    with pytest.raises(DataError, match=f"column 'k' has {name}, which says of a place"):
        run(ONE, path, class_column="k")


def test_a_class_with_a_semicolon_is_not_two_classes(run: RUN, tmp_path: Path) -> None:
    shapes = [EAST, box(0, 1, 0.2, 2), box(0, 1, 0.2, 2)]
    made = run(ONE, file_of(tmp_path, shapes, ["a;b", "a", "b"]), class_column="k")
    assert cells(made) == {
        ("910101", "a；b"): 500,
        ("910101", "a;b"): 200,
        ("910101", "~none"): 300,
    }


@pytest.mark.parametrize(
    ("shape", "value"),
    [
        pytest.param(ring((0, 1), (0.5, 1), (0.5, 2), (0, 2)), 500, id="a half"),
        pytest.param(ring((0, 2), (0.5, 2), (0.5, 1), (0, 1)), 500, id="the other way round"),
        pytest.param(
            ring(*[(0, 1), (0.5, 1), (0.5, 2), (0, 2)] * 2), 500, id="a ring that goes round twice"
        ),
        pytest.param(ring((0, 1), (1, 2), (1, 1), (0, 2)), 500, id="a bow tie"),
        pytest.param(
            ring((0, 1), (0.5, 1), (0.5, 1.5), (0.5, 1.9), (0.5, 1.5), (0, 1.5)), 250, id="a spike"
        ),
        pytest.param(
            # By less than a hundredth: of more, a person has to decide (repair.limit).
            shapely.MultiPolygon([box(0, 1, 0.3, 2), box(0.299, 1, 0.5, 2)]),
            500,
            id="parts overlap",
        ),
        pytest.param(
            shapely.difference(box(0, 1, 1, 2), box(0.25, 1.25, 0.75, 1.75)), 750, id="a hole"
        ),
        pytest.param(box(-3, -3, 9, 9), 1000, id="around the province"),
        pytest.param(box(-3, 1, 0.1, 2), 100, id="beyond the border"),
    ],
)
@pytest.mark.parametrize("weighed", [False, True], ids=["by area", "by an even raster"])
def test_shapes_have_the_part_that_they_cover(
    run: RUN, tmp_path: Path, *, shape: shapely.Geometry, value: int, weighed: bool
) -> None:
    path = file_of(tmp_path, [shape], ["a"])
    by = str(raster(tmp_path / "w.tif", np.ones((8, 12)))) if weighed else "area"
    found = cells(run(ONE, path, class_column="k", by=by))
    assert found["910101", "a"] == value
    assert sum(found.values()) == 1000


def test_repairs_and_rows_without_a_shape_are_told(run: RUN, tmp_path: Path) -> None:
    bow = ring((0, 1), (1, 2), (1, 1), (0, 2))
    path = tmp_path / "odd.gpkg"
    rows = {"k": ["a", "b", "c"]}
    gpd.GeoDataFrame(rows, geometry=[bow, None, EAST], crs=crs.WORK_CRS).to_file(path)
    told = run(ONE, str(path), class_column="k").notes
    assert "odd.gpkg：1个图形自相交，已修复。" in told
    assert "odd.gpkg：1行没有图形，未计入。" in told


def test_shapes_of_a_file_in_degrees_have_the_same_part(run: RUN, tmp_path: Path) -> None:
    path = tmp_path / "degrees.geojson"
    own = gpd.GeoDataFrame({"k": ["a"]}, geometry=[EAST], crs=crs.WORK_CRS).to_crs("EPSG:4326")
    own.to_file(path)
    assert cells(run(ONE, str(path), class_column="k")) == {
        ("910101", "a"): 500,
        ("910101", "~none"): 500,
    }


def test_the_order_of_shapes_does_not_matter(run: RUN, tmp_path: Path) -> None:
    shapes = [box(0, 1, 0.37, 2), box(0.31, 1, 0.77, 1.9), box(0.1, 1.2, 1, 1.7), EAST]
    names = ["a", "b", "c", "a"]
    one = run(EVERY, file_of(tmp_path, shapes, names), class_column="k")
    (tmp_path / "own 地块.gpkg").unlink()
    other = run(EVERY, file_of(tmp_path, shapes[::-1], names[::-1]), class_column="k")
    assert cells(one) == cells(other)
    assert one.table["area_km2"].tolist() == other.table["area_km2"].tolist()


@pytest.mark.parametrize(
    ("count", "parts"),
    [
        pytest.param("1", (1, 0), id="one person"),
        pytest.param("0", (0, 0), id="nobody"),
        pytest.param("7", (4, 3), id="a tie goes to the class before what is in none"),
        pytest.param("0.1", (0.1, 0), id="one tenth"),
        pytest.param("0.3", (0.2, 0.1), id="three tenths"),
        pytest.param("1e3", (500, 500), id="an exponent"),
        pytest.param('"1,001"', (501, 500), id="thousands"),
        pytest.param("999999999999999", (500_000_000_000_000, 499_999_999_999_999), id="fifteen"),
        pytest.param("12345678901234567", (6_172_839_450_617_284, 6_172_839_450_617_283), id="17"),
    ],
)
def test_halves_of_counts(run: RUN, tmp_path: Path, count: str, parts: tuple[float, float]) -> None:
    path = file_of(tmp_path, [EAST], ["a"])
    made = run(f"adcode,人口\n910101,{count}\n", path, class_column="k")
    assert tuple(made.table["value"]) == parts
    assert made.checks["difference"].tolist() == [0, 0]


@pytest.mark.parametrize(
    ("count", "told"),
    [
        pytest.param('"1,5"', "count '1,5' is no number", id="a comma of decimals"),
        pytest.param("1e400", "is no number", id="an exponent of hundreds"),
        pytest.param("9" * 400 + ".5", "is no number", id="hundreds of digits"),
        pytest.param("0.1234567", "has more than 6 decimals", id="seven decimals"),
        pytest.param("12%", "count '12%' is no number", id="a share"),
        pytest.param("约5", "count '约5' is no number", id="words"),
    ],
)
def test_counts_that_are_none(run: RUN, count: str, told: str) -> None:
    with pytest.raises(DataError) as caught:
        run(f"adcode,人口\n910101,{count}\n")
    assert "1 row(s) are wrong" in str(caught.value)
    assert told in str(caught.value)


def test_a_code_says_which_of_two_units_of_a_name(run: RUN) -> None:
    made = run("代码,名称,人口\n910104,城区,4\n910201,城区,5\n")
    assert cells(made) == {("910104", "zone_b"): 4, ("910201", "~outside"): 5}


@pytest.mark.parametrize(
    ("head", "year", "measure"),
    [
        pytest.param("2020年人口（万人）", "2020", "万人", id="both"),
        pytest.param("人口(人)", "", "人", id="plain brackets"),
        pytest.param("人口（2020年）（人）", "2020", "人", id="two brackets"),
        pytest.param("2010-2020年新增人口", "", "", id="two years are none"),
        pytest.param("人口12020", "", "", id="a longer number"),
        pytest.param("1999人口", "1999", "", id="of the last century"),
    ],
)
def test_year_and_measure_of_a_head(run: RUN, head: str, year: str, measure: str) -> None:
    made = run(f"adcode,{head}\n910101,5\n")
    assert (made.counts.year, made.counts.measure) == (year, measure)
    assert any("未注明年份" in note for note in made.notes) is (year == "")


def test_what_is_given_by_option_holds(run: RUN) -> None:
    made = run("adcode,2020年人口\n910101,5\n", year="2021", source="年鉴", digits=1)
    assert (made.counts.year, made.counts.source, made.counts.digits) == ("2021", "年鉴", 1)
    with pytest.raises(UsageError, match="the counts have 0 decimals; give 0 to 6"):
        run(ONE, digits=7)


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        pytest.param("人口数", r"has no column '人口数'\..* There are: 人口, 户数", id="another"),
        pytest.param("adcode", "has no column 'adcode'", id="the codes"),
        pytest.param(None, "say with --column which is the count: 人口, 户数", id="not said"),
    ],
)
def test_columns_that_are_not_there(run: RUN, wanted: str | None, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        run("adcode,人口,户数\n910101,5,2\n", column=wanted)


@pytest.mark.parametrize(
    "table",
    [
        pytest.param("表一,\n单位：人,\nadcode,人口\n910101,5\n", id="rows above the heads"),
        pytest.param("人口,adcode\n5,910101\n", id="the count first"),
        pytest.param("adcode\t人口\n910101\t5\n", id="tabs"),
        pytest.param("adcode,人口\n\n910101,5\n\n", id="empty rows"),
        pytest.param("adcode,人口,\n910101,5,\n", id="an empty column"),
        pytest.param("\ufeffadcode,人口\n910101,5\n", id="a mark of the byte order"),
        pytest.param("adcode,人口\r\n910101,5\r\n", id="line ends of Windows"),
    ],
)
def test_tables_as_people_keep_them(run: RUN, table: str) -> None:
    assert cells(run(table)) == {("910101", "zone_a"): 5}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        pytest.param(("--to", "redline", "--year", "2020"), "2020年，来源：c.csv", id="the year"),
        pytest.param(("--to", "redline", "--source", "年鉴"), "来源：年鉴", id="the source"),
        pytest.param(("--to", "redline", "--digits", "2"), "250.00", id="decimals"),
        pytest.param(("--to", "zones/zone_a"), "910101\t东山区\t类\t1000\t100.0%", id="a class"),
        pytest.param(("--to", "redline", "--unit", "甲州"), "2个单元不在", id="a part"),
    ],
)
def test_options_of_the_command(
    apportion_project: Path,
    tmp_path: Path,
    command: Command,
    *,
    words: tuple[str, ...],
    told: str,
) -> None:
    counts = tmp_path / "c.csv"
    counts.write_text(EVERY, "utf-8")
    done = command("apportion", counts, "-C", apportion_project, *words)
    assert done.code == 0
    assert told in done.out + done.err


def test_a_result_is_not_written_among_the_tables(
    apportion_project: Path, tmp_path: Path, command: Command
) -> None:
    counts = tmp_path / "c.csv"
    counts.write_text(EVERY, "utf-8")
    out = apportion_project / "build" / "out.csv"
    done = command("apportion", counts, "--to", "redline", "-C", apportion_project, "--out", out)
    assert done.code == 2
    assert not out.exists()


def test_decisions_on_a_raster_are_told(
    apportion_project: Path, tmp_path: Path, command: Command
) -> None:
    counts = tmp_path / "c.csv"
    counts.write_text(EVERY, "utf-8")
    path = raster(tmp_path / "bare.tif", np.ones((8, 12)), crs=None)
    more: list[Any] = ["--by", path, "--assume-crs", crs.WORK_CRS.to_wkt()]
    done = command("apportion", counts, "--to", "redline", "-C", apportion_project, *more)
    assert done.code == 0
    assert "states no coordinate system" in done.err
    assert "250\t25.0%\t假设与权重成正比" in done.out
