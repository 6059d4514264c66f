"""Tables whose rows are units: joined by name or code, and everything told that was not plain."""

from __future__ import annotations

from pathlib import Path

import pytest
import xlsxwriter

import geopandas as gpd
import shapely

from geoplan import crs, vector
from geoplan.errors import DataError, UnitError
from geoplan.gazetteer import Change, Gazetteer, Unit
from geoplan.intake.by_units import Areas, is_unit_head, read
from geoplan.reading import Notice, Reading

NOTHING = Reading()


def unit(code: str, name: str, level: str, parent: str, *short: str) -> Unit:
    """Return a unit."""
    return Unit(code, name, name, name, level, parent, short)


UNITS = [
    unit("910000", "试省", "province", "", "试"),
    unit("910100", "甲州市", "city", "910000", "甲州"),
    unit("910101", "东山区", "county", "910100", "东山"),
    unit("910104", "城区", "county", "910100"),
    unit("910200", "乙州市", "city", "910000", "乙州"),
    unit("910201", "城区", "county", "910200"),
    unit("910202", "河口县", "county", "910200", "河口"),
]
CHANGES = (
    Change("2011-01-01", "renamed", "910221", "旧河县", "乙州市", "910202", True),
    Change("2012-01-01", "split", "910121", "老县", "甲州市", "910101", False),
    Change("2012-01-01", "split", "910121", "老县", "甲州市", "910104", False),
)


@pytest.fixture(scope="module")
def areas() -> Areas:
    """Return units as squares of a degree, side by side; cities are two of them."""
    at = {"910101": 0, "910104": 1, "910201": 2, "910202": 3}
    shapes = {code: shapely.box(110 + n, 36, 111 + n, 37) for code, n in at.items()}
    shapes["910100"] = shapely.box(110, 36, 112, 37)
    shapes["910200"] = shapely.box(112, 36, 114, 37)
    frame = gpd.GeoDataFrame(
        {"adcode": list(shapes), "level": ["county"] * 4 + ["city"] * 2},
        geometry=list(shapes.values()),
        crs=crs.DATA_CRS,
    )
    return Areas(Gazetteer({u.adcode: u for u in UNITS}, CHANGES), "910000", frame)


def joined(folder: Path, areas: Areas, content: str, reading: Reading = NOTHING) -> vector.Read:
    """Read a CSV by units."""
    (folder / "a.csv").write_text(content, "utf-8")
    return read(folder / "a.csv", reading=reading, areas=areas)


def wests(made: vector.Read) -> list[float | None]:
    """Return how far west each row begins."""
    return [None if s is None else s.bounds[0] for s in made.frame.geometry]


def told(made: vector.Read, code: str) -> Notice:
    """Return the one notice of a code."""
    (found,) = (notice for notice in made.notices if notice.code == code)
    return found


@pytest.mark.parametrize(
    "head",
    [
        "县名",
        "县区",
        "行政区",
        "XZQMC",
        "XZQDM",
        "区划代码",
        "名称",
        "adcode",
        "市",
        "县（市、区）",
    ],
)
def test_heads_of_units(head: str) -> None:
    assert is_unit_head(head)
    assert not is_unit_head("面积")


@pytest.mark.parametrize(
    "content",
    [
        "县名,数\n东山区,1\n河口县,2\n",
        "县名,数\n东山,1\n河 口　县,2\n",
        "XZQDM,数\n910101,1\n910202,2\n",
        "区划代码,数\n910101000000,1\n910202000,2\n",
        "XZQDM,XZQMC,数\n910101,东山区,1\n910202,河口,2\n",
        "市,县,数\n甲州市,东山区,1\n乙州市,河口县,2\n",
        "一个标题\n县名,数\n东山区,1\n河口县,2\n",
    ],
)
def test_names_and_codes(tmp_path: Path, areas: Areas, content: str) -> None:
    made = joined(tmp_path, areas, content)
    assert wests(made) == [110, 113]
    assert list(made.frame["数"]) == [1, 2]
    assert made.frame.crs == crs.DATA_CRS
    assert "joined to the polygons of 2 units" in told(made, "format.joined_units").message


def test_the_city_or_the_code_beside_it_says_which(tmp_path: Path, areas: Areas) -> None:
    content = "地市,县区\n甲州市,城区\n乙州,城区\n"
    assert wests(joined(tmp_path, areas, content)) == [111, 112]
    content = "代码,名称\n910201,城区\n910104,城区\n"
    assert wests(joined(tmp_path, areas, content)) == [112, 111]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (
            "县名,数\n东山区,1\n城区,2\n",
            r"1 row\(s\).*line 3: '城区' is ambiguous.*甲州市城区 \(910104\)",
        ),
        (
            "县名,数\n东山县,1\n河口县,2\n西川县,3\n",
            "2 row.*line 2: '东山县' is no unit.*line 4: '西川县'",
        ),
        (
            "代码,名称\n910101,河口县\n",
            "1 row.*line 2: code 910101 and name '河口县' are of different units",
        ),
        ("县名,数\n试省,1\n", r"1 unit\(s\) have no polygon.*试省 \(910000\)"),
    ],
)
def test_names_that_are_not_plain_stop_it(
    tmp_path: Path, areas: Areas, content: str, words: str
) -> None:
    with pytest.raises(UnitError, match=f"(?s)a.csv: {words}"):
        joined(tmp_path, areas, content)


def test_several_columns_are_not_guessed(tmp_path: Path, areas: Areas) -> None:
    content = "县名,行政区,数\n东山区,河口县,1\n"
    with pytest.raises(DataError, match=r"2 columns may name the units: '县名', '行政区'.*--unit"):
        joined(tmp_path, areas, content)
    assert wests(joined(tmp_path, areas, content, Reading(unit="行政区"))) == [113]


def test_totals_and_empty_rows_have_no_shape(tmp_path: Path, areas: Areas) -> None:
    content = "县名,数\n合 计,3\n东山区,1\n,2\n全市,5\n"
    made = joined(tmp_path, areas, content)
    assert wests(made) == [None, 110, None, None]
    assert told(made, "format.totals").rows == (1, 4)
    assert told(made, "format.totals").evidence == "lines 2, 5"
    assert told(made, "format.no_place").rows == (3,)


def test_a_total_in_the_column_of_the_city(tmp_path: Path, areas: Areas) -> None:
    made = joined(tmp_path, areas, "市,县,数\n全省,,3\n甲州市,东山区,1\n甲州市,小计,1\n")
    assert wests(made) == [None, 110, None]


def test_totals_only(tmp_path: Path, areas: Areas) -> None:
    with pytest.raises(DataError, match="no row names a unit: 1 rows"):
        joined(tmp_path, areas, "县名,数\n合计,3\n")


def test_former_names_are_told(tmp_path: Path, areas: Areas) -> None:
    made = joined(tmp_path, areas, "县名,数\n旧河县,1\n老县,2\n")
    assert wests(made) == [113, 110]
    assert shapely.area(made.frame.geometry[1]) == 2  # both parts of what was split
    notice = told(made, "format.former_units")
    assert (notice.severity, notice.count) == ("warning", 2)
    assert "旧河县 → 河口县" in notice.message
    assert "老县 → 东山区、城区 (split 2012-01-01); not the same land" in notice.message


def test_names_that_were_those_of_others_too_are_told(tmp_path: Path, areas: Areas) -> None:
    moved = Change("2013-01-01", "merged", "910204", "东山区", "乙州市", "910202", True)
    more = Areas(Gazetteer({u.adcode: u for u in UNITS}, (*CHANGES, moved)), "910000", areas.units)
    made = joined(tmp_path, more, "县名,数\n东山区,1\n河口县,2\n")
    assert wests(made) == [110, 113]
    notice = told(made, "format.namesakes")
    assert (notice.severity, notice.count) == ("warning", 1)
    assert (
        "东山区 is taken as 甲州市东山区, and may be 乙州市东山区 (until 2013)" in notice.evidence
    )
    beside = joined(tmp_path, more, "市,县名,数\n甲州市,东山区,1\n")
    assert "format.namesakes" not in {n.code for n in beside.notices}


def test_a_unit_twice_is_kept_and_told(tmp_path: Path, areas: Areas) -> None:
    made = joined(tmp_path, areas, "县名,年,数\n东山区,2020,1\n东山区,2021,2\n")
    assert wests(made) == [110, 110]
    assert (
        "1 unit(s) stand in several rows, which are all kept: 甲州市东山区"
        in told(made, "format.units_again").message
    )


def test_levels_that_overlap_are_told(tmp_path: Path, areas: Areas) -> None:
    made = joined(tmp_path, areas, "行政区,数\n甲州市,3\n东山区,1\n")
    assert "1 of level city, 1 of level county" in told(made, "format.mixed_levels").message


def test_coordinates_say_places_better(tmp_path: Path, areas: Areas) -> None:
    content = "县名,经度,纬度\n东山区,110.5,36.5\n"
    made = joined(tmp_path, areas, content)
    assert made.frame.geometry[0].geom_type == "Point"
    assert "--unit 县名" in told(made, "format.several_ways").proposal
    named = joined(tmp_path, areas, content, Reading(unit="县名"))
    assert wests(named) == [110]


def test_other_files_are_read_as_they_are(tmp_path: Path, areas: Areas) -> None:
    frame = gpd.GeoDataFrame({"a": [1]}, geometry=[shapely.Point(1, 2)], crs=4490)
    frame.to_file(tmp_path / "a.gpkg")
    made = read(tmp_path / "a.gpkg", reading=NOTHING, areas=areas)
    assert made.format == "geopackage"


def test_a_table_of_no_units(tmp_path: Path, areas: Areas) -> None:
    with pytest.raises(DataError, match="named with --x and --y, --wkt or --unit"):
        joined(tmp_path, areas, "种类,数\n甲,1\n")


def test_the_sheet_with_units_is_read(tmp_path: Path, areas: Areas) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for name, rows in {
            "说明": [["本", "表"], ["x", "y"]],
            "数据": [["县名", "数"], ["东山", 1]],
        }.items():
            sheet = book.add_worksheet(name)
            for at, row in enumerate(rows):
                sheet.write_row(at, 0, row)
    made = read(path, reading=NOTHING, areas=areas)
    assert (made.layer, wests(made)) == ("数据", [110])
