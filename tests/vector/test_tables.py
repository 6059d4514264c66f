"""CSV files and workbooks as layers: places, values, and everything that is told of them."""

from __future__ import annotations

from pathlib import Path

import pytest
import xlsxwriter

import shapely

from geoplan import vector
from geoplan.errors import DataError, UsageError
from geoplan.reading import Notice, Reading

DEGREES = Reading(assume_crs="EPSG:4490")


def read(folder: Path, content: str | bytes, reading: Reading = vector.NOTHING) -> vector.Read:
    """Read a CSV of some content."""
    path = folder / "a.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return vector.read(path, reading=reading)


def told(made: vector.Read, code: str) -> Notice:
    """Return the one notice of a code."""
    found = [notice for notice in made.notices if notice.code == code]
    assert len(found) == 1, made.notices
    return found[0]


def points(made: vector.Read) -> list[tuple[float, float] | None]:
    """Return the coordinates of points."""
    return [None if p is None else (p.x, p.y) for p in made.frame.geometry]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_of_any_habit(tmp_path: Path, encoding: str, end: str, delimiter: str) -> None:
    rows = [
        ["名称", "经度", "纬度"],
        ["榆次区城关街道", "112.5", "37.5"],
        ["太谷区明星镇", "112.25", "37"],
    ]
    content = end.join(delimiter.join(row) for row in rows).encode(encoding)
    made = read(tmp_path, content, Reading(encoding="GB18030" if encoding == "gb18030" else None))
    assert points(made) == [(112.5, 37.5), (112.25, 37)]
    assert list(made.frame["名称"]) == ["榆次区城关街道", "太谷区明星镇"]
    assert list(made.frame.columns) == ["名称", "经度", "纬度", "geometry"]


def test_utf_16_as_excel_saves_it(tmp_path: Path) -> None:
    made = read(tmp_path, "名称\t经度\t纬度\n甲\t112\t37\n".encode("utf-16"))
    assert points(made) == [(112, 37)]


def test_a_system_is_never_assumed(tmp_path: Path) -> None:
    content = "lon,lat\n112,37\n"
    assert read(tmp_path, content).frame.crs is None
    made = read(tmp_path, content, DEGREES)
    assert made.frame.crs.to_epsg() == 4490
    assert "as asked; none was stated" in told(made, "crs.assumed").message


def test_rows_without_a_place_stay_and_are_told(tmp_path: Path) -> None:
    made = read(tmp_path, 'a,lon,lat\n1,112,37\n2,,37\n3,x,37\n4,"112,500",37\n\n5,113,38\n')
    assert points(made) == [(112, 37), None, None, None, (113, 38)]
    assert list(made.frame["a"]) == [1, 2, 3, 4, 5]
    lost = told(made, "format.no_place")
    assert (lost.rows, lost.count, lost.evidence) == ((2, 3, 4), 3, "lines 3, 4, 5")
    wrong = told(made, "format.no_number")
    assert (wrong.rows, wrong.severity) == ((3, 4), "warning")
    assert "'x', '112,500'" in wrong.message


@pytest.mark.parametrize(
    ("row", "east_north"),
    [
        ("4100000,500000", (500_000, 4_100_000)),
        ("4100000,37500000", (37_500_000, 4_100_000)),
        ("500000,4100000", (500_000, 4_100_000)),
        ("37500000,4100000", (37_500_000, 4_100_000)),
        ("37.5,112.5", (112.5, 37.5)),
        ("112.5,37.5", (112.5, 37.5)),
        ("100,200", (100, 200)),
    ],
)
def test_x_is_judged_by_its_numbers(
    tmp_path: Path, row: str, east_north: tuple[float, float]
) -> None:
    made = read(tmp_path, f"X,Y\n{row}\n")
    assert points(made) == [east_north]
    turned = float(row.split(",", maxsplit=1)[0]) != east_north[0]
    codes = {notice.code for notice in made.notices}
    assert ("format.x_is_north" in codes) is turned
    # What a person says holds: x is east.
    first, second = (float(cell) for cell in row.split(","))
    assert points(read(tmp_path, f"X,Y\n{row}\n", Reading(x="X", y="Y"))) == [(first, second)]


def test_one_row_that_does_not_fit_turns_nothing(tmp_path: Path) -> None:
    made = read(tmp_path, "X,Y\n4100000,500000\n500000,4100000\n")
    assert points(made) == [(4_100_000, 500_000), (500_000, 4_100_000)]


def test_what_surveys_call_east(tmp_path: Path) -> None:
    made = read(tmp_path, "纵坐标(X),横坐标(Y)\n4100000,500000\n")
    assert points(made) == [(500_000, 4_100_000)]
    assert "'横坐标(Y)' (east) and '纵坐标(X)' (north)" in told(made, "format.coordinates").message


def test_swapped_columns(tmp_path: Path) -> None:
    made = read(tmp_path, "a,b\n37,112\n", Reading(x="a", y="b", swap_xy=True))
    assert points(made) == [(112, 37)]
    assert told(made, "crs.axes_turned").severity == "info"


def test_angles(tmp_path: Path) -> None:
    made = read(tmp_path, "经度,纬度\n112°30′,37度15分\n")
    assert points(made) == [(112.5, 37.25)]
    notices = [notice for notice in made.notices if notice.code == "format.degrees"]
    assert notices[0].evidence == "'112°30′' is read as 112.500000000"


def test_shapes_as_text(tmp_path: Path) -> None:
    square = shapely.box(112, 37, 113, 38)
    rows = [
        square.wkt,
        shapely.to_wkb(square, hex=True),
        shapely.to_geojson(square),
        "",
    ]
    for row in rows[:3]:
        made = read(tmp_path, f"a;边界\n1;{row}\n2;\n")
        assert made.frame.geometry[0].equals(square)
        assert made.frame.geometry[1] is None
        assert list(made.frame.columns) == ["a", "geometry"]
        assert told(made, "format.no_place").rows == (2,)


def test_a_shape_that_is_cut_is_told(tmp_path: Path) -> None:
    good = "POLYGON ((0 0, 1 0, 1 1, 0 0))"
    long = "POLYGON ((" + "0.123456789 0.123456789, " * 1400
    path = tmp_path / "a.csv"
    path.write_text(f"a;wkt\n1;{good}\n2;{long[:32767]}\n")
    made = vector.read(path)
    notice = told(made, "format.broken_shapes")
    assert (notice.rows, notice.count) == ((2,), 1)
    assert "cut by Excel" in notice.message


@pytest.mark.parametrize("code", ["4490", "4525"])
def test_ewkt_states_its_system(tmp_path: Path, code: str) -> None:
    made = read(tmp_path, f"a,geom\n1,SRID={code};POINT(1 2)\n")
    assert made.frame.crs.to_epsg() == int(code)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("a,geom\n1,SRID=4490;POINT(1 2)\n2,POINT(1 2)\n", "several systems: SRID none, 4490"),
        ("a,geom\n1,SRID=999999;POINT(1 2)\n", "SRID 999999 is no code of EPSG"),
        ("lon,lat\nx,y\n", "none of 1 rows has a place"),
        ("lon,lat\n1,2,3\n", "line 2: 3 cells"),
        ('lon,lat\n"1,2\n', "unexpected end"),
        ("a,b\np,1\n", "named with --x and --y, --wkt or --unit"),
    ],
)
def test_what_cannot_be_read(tmp_path: Path, content: str, words: str) -> None:
    with pytest.raises(DataError, match=words) as caught:
        read(tmp_path, content)
    assert str(caught.value).startswith(f"{tmp_path}/a.csv: ")


def test_a_column_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"a\.csv: has no column '东'; there are: 'lon', 'lat'"):
        read(tmp_path, "lon,lat\n1,2\n", Reading(x="东", y="lat"))


def test_heads_that_stand_again_and_names_that_stand_twice(tmp_path: Path) -> None:
    made = read(tmp_path, "a,a,lon,lat\n1,2,112,37\na,a,lon,lat\n3,4,113,38\n")
    assert list(made.frame.columns) == ["a", "a_2", "lon", "lat", "geometry"]
    assert list(made.frame["a_2"]) == [2, 4]
    assert told(made, "format.heads_again").count == 1
    assert "'a' is called 'a_2'" in told(made, "format.renamed_columns").message


def test_a_workbook_as_people_fill_it_in(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("表")
        sheet.merge_range("A1:D1", "某市地块统计表")
        sheet.merge_range("A2:A3", "名称")
        sheet.merge_range("B2:C2", "坐标")
        sheet.write_row("B3", ["经度", "纬度", "面积"])
        sheet.write_row("A4", ["甲", "112.5", 37.5, "1,234.5"])
        sheet.write_row("A6", ["乙", 112.25, "３７．２５", 2])
        sheet.set_row(5, None, None, {"hidden": True})
        book.add_worksheet("Sheet2")
    made = vector.read(path)
    assert (made.layer, made.format) == ("表", "xlsx")
    assert points(made) == [(112.5, 37.5), (112.25, 37.25)]
    assert list(made.frame["面积"]) == [1234.5, 2]
    assert told(made, "format.hidden_rows").evidence == "lines 6"
    assert "line 3" in told(made, "format.head_row").message
    assert "'纬度', '面积'" in told(made, "format.numbers_as_text").message
    facts = vector.look(path).layers
    assert [(fact.name, fact.rows, fact.kinds) for fact in facts] == [("表", 2, ("Point",))]
    assert facts[0].fields[0] == ("名称", "text")


def test_tables_without_shapes(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("县名,数\n榆次区,1\n太谷区,2\n")
    (table,) = vector.own_tables(tmp_path / "a.csv", known=lambda head: head == "县名")
    assert (table.heads, table.cells) == (["县名", "数"], [["榆次区", "1"], ["太谷区", "2"]])
    assert (table.lines, table.told([0, 1]), table.told([1])) == ([2, 3], "lines 2, 3", "line 3")
