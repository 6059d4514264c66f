"""Difference polygons: exact, by county, and never without what people wrote."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import geopandas as gpd
import pyogrio
import shapely

from geoplan import crs, vector
from geoplan.difference import Columns, Made, Options, difference
from geoplan.difference.columns import MADE, MARK, PEOPLE
from geoplan.difference.least import read_rules
from geoplan.errors import BusyError, ConfigError, DataError, GeometryError, UsageError
from geoplan.folders import reserved
from tests.commands import Command
from tests.small import SmallProject, box, feature, layer, slot

Make = Callable[..., Made]

A, B = "a.gpkg", "b.gpkg"


@pytest.fixture
def make(small: SmallProject) -> Make:
    """Return a function that writes two sides, makes difference polygons and returns what was made.

    Sides that are None stay as they are.
    """

    def run(
        a: Sequence[shapely.Geometry] | None = None,
        b: Sequence[shapely.Geometry] | None = None,
        /,
        *,
        out: str = "out.gpkg",
        **options: object,
    ) -> Made:
        for name, shapes in ((A, a), (B, b)):
            if shapes is not None:
                names = [f"{name[0]}{i}" for i in range(len(shapes))]
                small.write_shapes(shapes, name=name, MC=names, DLBM=["0601"] * len(shapes))
        chosen: dict[str, object] = {"a": Columns(name="MC"), "b": Columns(name="MC"), **options}
        where = small.root
        return difference(
            str(where / A),
            str(where / B),
            out=where / out,
            project=small.load(),
            options=Options(**chosen),  # type: ignore[arg-type]
        )

    return run


def read(small: SmallProject, layer: str = "CYTB", *, name: str = "out.gpkg") -> gpd.GeoDataFrame:
    """Return a layer of an output."""
    return pyogrio.read_dataframe(small.root / name, layer=layer)


def fill(small: SmallProject, rows: dict[int, dict[str, str]], *, name: str = "out.gpkg") -> None:
    """Write cells into the polygons of an output, by place, as a person does."""
    path = small.root / name
    table = pyogrio.read_dataframe(path, layer=None if name.endswith("shp") else "CYTB")
    for i, cells in rows.items():
        for column, text in cells.items():
            table.loc[i, column] = text
    layer, driver = ("CYTB", None) if path.suffix != ".shp" else (path.stem, None)
    driver = "OpenFileGDB" if path.suffix == ".gdb" else driver
    pyogrio.write_dataframe(table, path, layer=layer, driver=driver)


def test_a_polygon_lies_in_one_county_and_says_what_it_is(small: SmallProject, make: Make) -> None:
    made = make([box(0.5, 0.2, 1.5, 0.4)], [box(0.4, 0.3, 1.6, 0.5)])
    table = read(small)
    assert list(table.columns) == [*MADE, MARK, *PEOPLE, "geometry"]
    assert list(table["XZQDM"]) == ["910103", "910104"]
    assert list(table["XZQMC"]) == ["南水县", "城区"]
    assert list(table["TBBH"]) == ["0001", "0001"]
    assert list(table["CYLX"]) == ["重叠", "重叠"]
    assert list(table["A_FL"]) == ["a", "a"]
    assert list(table["A_MC"]) == ["a0", "a0"]
    assert list(table["B_LY"]) == [B, B]
    assert table["MJ"].to_numpy() == pytest.approx(5e6, abs=1)
    assert table["CYSM"][0] == f"南水县：“a（a0）”与“b（b0）”重叠，{table['MJ'][0]:.2f}平方米"
    assert (table[[*PEOPLE, MARK]].fillna("") == "").all(axis=None)
    assert table.crs == crs.DATA_CRS
    assert made.polygons == 2
    assert made.totals_m2["overlap"] == pytest.approx(1e7, abs=1)


def test_kinds_are_named_and_each_adds_up(small: SmallProject, make: Make) -> None:
    made = make(
        [box(0.2, 0.2, 0.6, 0.6)],
        [box(0.4, 0.4, 0.8, 0.8)],
        kinds=("overlap", "only-a", "only-b"),
    )
    areas = read(small).groupby("CYLX")["MJ"].sum().to_dict()
    assert areas == {
        "重叠": pytest.approx(4e6, abs=1),
        "仅A": pytest.approx(12e6, abs=1),
        "仅B": pytest.approx(12e6, abs=1),
    }
    assert made.totals_m2 == pytest.approx(
        {"overlap": areas["重叠"], "only-a": areas["仅A"], "only-b": areas["仅B"]}, abs=1e-3
    )


def test_several_parts_are_several_polygons_from_north_to_south(
    small: SmallProject, make: Make
) -> None:
    comb = shapely.union_all([box(0.1, 0.1, 0.2, 0.9), box(0.3, 0.1, 0.4, 0.9)])
    make([comb], [box(0, 0.2, 1, 0.3), box(0, 0.6, 1, 0.7)])
    table = read(small)
    assert list(table["TBBH"]) == ["0001", "0002", "0003", "0004"]
    assert list(table["B_MC"]) == ["b0", "b0", "b1", "b1"]
    assert set(table.geom_type) == {"Polygon"}
    assert table.geometry.bounds["minx"].is_monotonic_increasing is False
    assert table["BSM"].str.fullmatch("[0-9A-F]{18}").all()
    assert table["BSM"].is_unique


def test_what_lies_in_no_county_is_not_lost(small: SmallProject, make: Make) -> None:
    make([box(-0.5, 0.2, 0.5, 0.4)], [box(-1, 0, 1, 1)])
    table = read(small)
    assert list(table["XZQDM"].fillna("")) == ["", "910103"]
    assert table["XZQMC"][0] == "行政单元以外"
    assert table["MJ"].sum() == pytest.approx(2e7, abs=1)


def test_polygons_that_are_too_small_are_told_apart(small: SmallProject, make: Make) -> None:
    shapes = [box(0.1, 0.1, 0.2, 0.2), box(0.5, 0.5, 0.502, 0.501)]
    made = make(shapes, [box(0, 0, 1, 1)], min_area=400)
    dropped = read(small, "dropped")
    assert list(dropped["YY"]) == ["小于400平方米"]
    assert dropped["MJ"][0] == pytest.approx(200, abs=0.01)
    assert made.area_m2 + made.dropped_m2 == pytest.approx(made.totals_m2["overlap"], abs=1e-3)


def test_the_least_area_follows_the_land_class(small: SmallProject, make: Make) -> None:
    shapes = [box(0.1, 0.1, 0.103, 0.101), box(0.5, 0.5, 0.503, 0.501)]
    small.write_shapes(shapes, name=A, MC=["工矿", "耕地"], DLBM=["0601", "0101"])
    make(None, [box(0, 0, 1, 1)], a=Columns(name="MC", land="DLBM"))
    assert list(read(small)["A_MC"]) == ["工矿"]
    assert list(read(small, "dropped")["YY"]) == [
        "小于400平方米，农用地（不含设施农用地）（数值未核对）"
    ]


@pytest.mark.parametrize(
    ("code", "area"),
    [("0601", 200), ("1006", 400), ("1003", 200), ("0404", 600), ("0401", 400), ("1109", 200)],
)
def test_the_longest_beginning_of_a_land_class_wins(
    small: SmallProject, code: str, area: float
) -> None:
    rule = read_rules(small.load()).of(code)
    assert rule is not None
    assert rule.area_m2 == area
    assert not rule.verified


def test_rules_of_a_project_replace_the_shipped_ones(small: SmallProject) -> None:
    small.write(
        "data/reference/least_areas.toml", '[[least]]\nid = "all"\nland = ["9"]\narea_m2 = -1\n'
    )
    with pytest.raises(ConfigError) as told:
        read_rules(small.load())
    assert "least 1" in str(told.value)
    assert "area_m2" in str(told.value)
    small.write("data/reference/least_areas.toml", "least = [")
    with pytest.raises(ConfigError, match="not valid TOML"):
        read_rules(small.load())


BOXES = st.tuples(*[st.integers(-2, 28)] * 2, *[st.integers(1, 9)] * 2).map(
    lambda t: box(t[0] / 10, t[1] / 10, (t[0] + t[2]) / 10, (t[1] + t[3]) / 10)
)


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    a=st.lists(BOXES, min_size=1, max_size=5),
    b=st.lists(BOXES, min_size=1, max_size=5),
    least=st.sampled_from([0.0, 5e6]),
)
def test_polygons_and_dropped_ones_add_up(
    small: SmallProject,
    make: Make,
    *,
    a: list[shapely.Geometry],
    b: list[shapely.Geometry],
    least: float,
) -> None:
    for end in ("gpkg", "xlsx"):
        (small.root / f"out.{end}").unlink(missing_ok=True)
    made = make(a, b, kinds=("overlap", "only-a"), min_area=least)
    shared = [one.intersection(other).area for one in a for other in b]
    only = [one.difference(shapely.union_all(b)).area for one in a]
    assert made.totals_m2["overlap"] == pytest.approx(sum(shared), abs=1)
    assert made.totals_m2["only-a"] == pytest.approx(sum(only), abs=1)
    assert made.area_m2 + made.dropped_m2 == pytest.approx(sum(made.totals_m2.values()), abs=1e-3)


def test_a_second_run_changes_no_byte(small: SmallProject, make: Make) -> None:
    sides = [box(0.5, 0.5, 1.5, 1.5)], [box(0.2, 0.2, 1.7, 1.8)]
    make(*sides)
    before = [(small.root / name).read_bytes() for name in ("out.gpkg", "out.xlsx")]
    assert make(workers=1).followed.same == 4
    assert [(small.root / n).read_bytes() for n in ("out.gpkg", "out.xlsx")] == before


@pytest.mark.parametrize("name", ["out.gpkg", "out.shp", "out.gdb"])
def test_what_people_wrote_survives(small: SmallProject, make: Make, name: str) -> None:
    a = box(0.1, 0.1, 0.3, 0.3)
    make([a], [box(0, 0, 1, 1)], out=name)
    said = {"CLYJ": "=保留", "HSDW": "县局", "HSRQ": "2025-03-01", "BZ": "'<b>"}
    fill(small, {0: said}, name=name)
    made = make([a, box(0.6, 0.6, 0.9, 0.9)], None, out=name)
    assert (made.followed.same, made.followed.moved, made.followed.new) == (1, 0, 1)
    single = name.endswith(".shp")
    table = pyogrio.read_dataframe(small.root / name, layer=None if single else "CYTB")
    assert table.set_index("A_MC").loc["a0", [*said]].to_dict() == said
    assert len(table) == 2


def test_unchanged_polygons_keep_words_and_numbers(small: SmallProject, make: Make) -> None:
    a, b = box(0.1, 0.1, 0.3, 0.3), box(0, 0, 1, 1)
    make([a], [b])
    fill(small, {0: {"CLYJ": "保留", "自定": "x"}})
    made = make([a, box(0.6, 0.7, 0.9, 0.9)], [b])
    table = read(small).set_index("A_MC")
    assert made.followed.same == 1
    assert table.loc["a0", ["CLYJ", "TBBH", "自定"]].tolist() == ["保留", "0001", "x"]
    assert table.loc["a1", "TBBH"] == "0002"
    assert table.loc["a0", MARK] in ("", None)


def test_a_polygon_that_changed_a_little_is_marked(small: SmallProject, make: Make) -> None:
    b = [box(0, 0, 1, 1)]
    make([box(0.1, 0.1, 0.3, 0.3)], b)
    before = read(small)["BSM"][0]
    fill(small, {0: {"BZ": "看过"}})
    made = make([box(0.1, 0.1, 0.3, 0.31)], b)
    row = read(small).iloc[0]
    assert made.followed.moved == 1
    assert row["BZ"] == "看过"
    assert row["TBBH"] == "0001"
    assert row[MARK] == f"图形有变化，原标识码{before}"
    make()
    assert read(small)[MARK][0] == row[MARK]  # until somebody empties it


def test_words_of_a_polygon_that_went_are_kept_apart(small: SmallProject, make: Make) -> None:
    a, b = [box(0.1, 0.1, 0.3, 0.3), box(0.5, 0.5, 0.7, 0.7)], [box(0, 0, 1, 1)]
    make(a, b)
    fill(small, {0: {"CLYJ": "调出"}})
    made = make([box(0.1, 0.1, 0.3, 0.5)], b)
    assert made.followed.gone == 2  # half of it is another one
    assert list(read(small, "retired")["CLYJ"]) == ["调出"]
    again = make([box(0.8, 0.1, 0.9, 0.2)], b)
    assert len(again.followed.retired) == 1
    assert read(small, "retired")["TBBH"][0] == "0001"
    assert read(small)["TBBH"][0] > "0001"  # a number is not given twice
    back = make(a, b)
    assert back.followed.back == 1
    row = read(small).set_index("A_MC").loc["a0"]
    assert (row["CLYJ"], row["TBBH"], row[MARK]) == ("调出", "0001", "曾消失，现又出现")
    assert len(read(small, "retired")) == 0


def test_retired_rows_of_a_shapefile_lie_beside(small: SmallProject, make: Make) -> None:
    b = [box(0, 0, 1, 1)]
    make([box(0.1, 0.1, 0.3, 0.3)], b, out="out.shp")
    fill(small, {0: {"CLYJ": "调出"}}, name="out.shp")
    make([box(0.6, 0.6, 0.9, 0.9)], b, out="out.shp")
    make(out="out.shp")
    beside = pyogrio.read_dataframe(small.root / "out-retired.shp")
    assert list(beside["CLYJ"]) == ["调出"]
    assert (small.root / "out.cpg").read_text() == "UTF-8"
    assert max(len(c.encode()) for c in beside.columns if c != "geometry") <= 10


def write_sheet(path: Path, *, column: str, value: object, row: int = 2) -> None:
    """Write a cell of the first sheet, as a person does in a spreadsheet."""
    book = openpyxl.load_workbook(path)
    page = book.worksheets[0]
    heads = [str(cell.value).split()[-1] for cell in page[1]]
    page.cell(row, heads.index(column) + 1, value)
    book.save(path)


@pytest.mark.parametrize("day", [45717, date(2025, 3, 1), "2025-03-01"])
def test_words_in_the_sheet_are_taken_over(small: SmallProject, make: Make, day: object) -> None:
    make([box(0.1, 0.1, 0.3, 0.3)], [box(0, 0, 1, 1)])
    write_sheet(small.root / "out.xlsx", column="CLYJ", value="同意调整")
    write_sheet(small.root / "out.xlsx", column="HSRQ", value=day)
    make()
    assert read(small)[["CLYJ", "HSRQ"]].iloc[0].tolist() == ["同意调整", "2025-03-01"]
    (small.root / "out.gpkg").unlink()  # what only the sheet knows
    make()
    assert read(small)["CLYJ"][0] == "同意调整"


def test_sheet_and_file_that_differ_are_told(small: SmallProject, make: Make) -> None:
    make([box(0.1, 0.1, 0.3, 0.3)], [box(0, 0, 1, 1)])
    fill(small, {0: {"CLYJ": "保留"}})
    write_sheet(small.root / "out.xlsx", column="CLYJ", value="调出")
    with pytest.raises(UsageError, match=r"1 cell\(s\) differ.*\n.*CLYJ: '保留' and '调出'"):
        make()
    assert read(small)["CLYJ"][0] == "保留"


def test_a_sheet_without_its_file_is_not_overwritten(small: SmallProject, make: Make) -> None:
    make([box(0.1, 0.1, 0.3, 0.3)], [box(0, 0, 1, 1)])
    write_sheet(small.root / "out.xlsx", column="CLYJ", value="调出")
    (small.root / "out.gpkg").unlink()
    with pytest.raises(UsageError, match=r"1 row\(s\) that people filled belong to no polygon"):
        make([box(0.7, 0.1, 0.8, 0.3)])
    (small.root / "out.xlsx").write_text("no workbook")
    with pytest.raises(UsageError, match="is no workbook of difference polygons"):
        make()


def test_the_sheet_has_sums_that_add_up(small: SmallProject, make: Make) -> None:
    make([box(0.5, 0.2, 1.5, 0.4)], [box(0, 0, 2, 1)])
    book = openpyxl.load_workbook(small.root / "out.xlsx")
    assert book.sheetnames == ["差异图斑", "分县汇总", "未列入", "说明"]
    rows = list(book["分县汇总"].values)
    assert rows[-1][1] == "合计"
    assert sum(row[4] for row in rows[1:-1]) == pytest.approx(rows[-1][4], abs=1e-4)
    told = dict(book["说明"].values)
    assert told["密级"] == "内部"
    assert told["面积口径"].startswith("椭球面积")


def test_other_layers_of_the_file_are_carried_along(small: SmallProject, make: Make) -> None:
    make([box(0.1, 0.1, 0.3, 0.3)], [box(0, 0, 1, 1)])
    own = pd.DataFrame({"styleName": ["我的"], "styleQML": ["<qgis/>"]})
    pyogrio.write_dataframe(own, small.root / "out.gpkg", layer="layer_styles", append=True)
    make()
    assert list(read(small, "layer_styles")["styleName"]) == ["我的"]


def test_without_any_difference_there_is_an_empty_layer(small: SmallProject, make: Make) -> None:
    made = make([box(0.1, 0.1, 0.3, 0.3)], [box(0.5, 0.5, 1, 1)])
    assert made.polygons == 0
    assert list(read(small).columns) == [*MADE, MARK, *PEOPLE, "geometry"]


def test_shapes_that_overlap_in_one_side_are_told(small: SmallProject, make: Make) -> None:
    made = make([box(0.1, 0.1, 0.3, 0.3)], [box(0, 0, 1, 1), box(0, 0, 0.5, 1)])
    assert made.overlapping
    assert made.polygons == 2
    about = read(small, "about").set_index("item")["value"]
    assert "互相重叠" in about["提示"]


def test_the_same_shape_twice_has_two_ids(small: SmallProject, make: Make) -> None:
    small.write_shapes([box(0.1, 0.1, 0.3, 0.3)] * 2, name=A, MC=["一", "一"])
    make(None, [box(0, 0, 1, 1)])
    assert read(small)["BSM"].is_unique


def test_an_invalid_shape_is_repaired_and_counted(small: SmallProject, make: Make) -> None:
    corners = np.array([[0.1, 0.1], [0.3, 0.3], [0.3, 0.1], [0.1, 0.3]])
    frame = box(0, 0, 1, 1).exterior.coords
    (west, south), side = np.min(frame, axis=0), 10_000.0
    bow = shapely.Polygon(corners * side + [west, south])
    made = make([bow], [box(0, 0, 1, 1)])
    assert made.repaired == 1
    assert made.totals_m2["overlap"] == pytest.approx(2e6, abs=1)


def test_borders_drawn_along_each_other_leave_no_spikes(small: SmallProject, make: Make) -> None:
    made = make([box(0, 0, 0.1, 0.3)], [box(0, 0, 0.1, 0.1)], kinds=("only-a",))
    assert made.totals_m2["only-a"] == pytest.approx(2e6, abs=1e-2)
    table = read(small)
    assert table.geometry.is_valid.all()
    assert len(shapely.get_coordinates(table.geometry[0])) == 5


# Wrong input


@pytest.fixture
def ready(small: SmallProject) -> SmallProject:
    """Return a project with tables: zones, a line of statements, and a redline of its own file."""
    small.write_layer(slot(slot=False), name="redline")
    small.write_shapes([box(0, 0, 0.5, 0.5)])
    small.write_layer(layer("mixed", feature("at", "within", members=["东山"]), theme="works"))
    small.write_shapes([box(0.2, 0.2, 0.8, 0.8)], name=A, MC=["矿"])
    small.run("boundaries", "layers")
    return small


def run(ready: SmallProject, a: str, b: str | None = None, out: str = "out.gpkg") -> Made:
    """Make difference polygons of two names."""
    other = str(ready.root / A) if b is None else b
    return difference(a, other, out=ready.root / out, project=ready.load())


def test_a_layer_of_the_project_is_a_side(ready: SmallProject) -> None:
    made = run(ready, "redline/redline")
    assert made.area_m2 == pytest.approx(9e6, abs=1)
    row = read(ready).iloc[0]
    assert (row["A_LY"], row["B_FL"]) == ("图层", "a")


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("redlin", "no layer of .* Did you mean redline.* Delimited layers: redline"),
        ("redline/redlin", "has no class 'redlin'. Did you mean redline"),
        ("zones", r"not delimited.*of 2 features 2 whole counties \(全域\)"),
        ("zones/zone_a", "not delimited"),
        ("mixed", r"1 somewhere in the named units \(位于\)"),
    ],
)
def test_what_has_no_polygons_of_its_own_is_refused(
    ready: SmallProject, name: str, told: str
) -> None:
    with pytest.raises(UsageError, match=told):
        run(ready, name)
    assert not (ready.root / "out.gpkg").exists()


def test_a_file_that_is_not_there_or_wrong_is_told(ready: SmallProject) -> None:
    with pytest.raises(DataError, match="there is no such file"):
        run(ready, "nowhere.gpkg")
    ready.write_shapes([shapely.Point(640_000, 4_000_000)], name="points.gpkg")
    with pytest.raises(GeometryError, match="none of 1 features is a polygon"):
        run(ready, str(ready.root / "points.gpkg"))
    with pytest.raises(UsageError, match=r"has no column 'MV'.* There are: MC"):
        difference(
            str(ready.root / A),
            "redline",
            out=ready.root / "out.gpkg",
            project=ready.load(),
            options=Options(a=Columns(name="MV")),
        )
    with pytest.raises(UsageError, match="is for files only"):
        difference(
            "redline",
            str(ready.root / A),
            out=ready.root / "out.gpkg",
            project=ready.load(),
            options=Options(a=Columns(name="MC")),
        )


@pytest.mark.parametrize(
    ("out", "told"),
    [
        ("out.txt", "has to end in .gpkg or .gdb or .shp"),
        ("no/out.gpkg", "there is no folder"),
        (A, "is one of the two sides"),
        ("maps/out.gpkg", "lies in the folder of maps"),
        ("build/out.gpkg", "lies in the folder of tables"),
    ],
)
def test_an_output_that_cannot_be_is_refused(ready: SmallProject, out: str, told: str) -> None:
    (ready.root / "maps").mkdir(exist_ok=True)
    with pytest.raises(UsageError, match=told):
        run(ready, "redline", out=out)


@pytest.mark.parametrize("name", ["out.gpkg", "out.shp"])
def test_a_file_of_other_origin_is_kept(ready: SmallProject, name: str) -> None:
    ready.write_shapes([box(0, 0, 1, 1)], name=name, MC=["mine"])
    before = (ready.root / name).read_bytes()
    with pytest.raises(UsageError, match=r"holds no difference polygons of geoplan .* --force"):
        run(ready, "redline", out=name)
    assert (ready.root / name).read_bytes() == before
    options = Options(force=True)
    made = difference(
        "redline", str(ready.root / A), out=ready.root / name, project=ready.load(), options=options
    )
    assert made.polygons == 1


def test_two_runs_do_not_write_at_once(ready: SmallProject) -> None:
    with reserved(ready.root / "out.gpkg"), pytest.raises(BusyError, match="another run"):
        run(ready, "redline")


def test_kinds_and_least_areas_are_checked(make: Make, small: SmallProject) -> None:
    with pytest.raises(UsageError, match="allowed: overlap, only-a, only-b"):
        make([box(0, 0, 1, 1)], [box(0, 0, 1, 1)], kinds=("inside",))
    with pytest.raises(UsageError, match="--min-area nan"):
        make(min_area=float("nan"))
    same = str(small.root / A)
    with pytest.raises(UsageError, match="both sides are the same"):
        difference(same, same, out=small.root / "out.gpkg", project=small.load())


def test_the_command_tells_what_it_made(
    ready: SmallProject, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ready.root)
    words = ("difference", "redline", A, "--out", "out.gpkg", "--name-b", "MC", "--workers", 1)
    result = command(*words)
    assert result.code == 0
    assert result.err.startswith("1 polygons of 900.0000 ha")
    (facts,) = command(*words, "--json").lines()
    assert (facts["polygons"], facts["same"], facts["retired"]) == (1, 1, 0)
    wrong = command("difference", "zones", A, "--out", "other.gpkg")
    assert wrong.code == 2
    assert "not delimited" in wrong.err
    assert command("difference", "redline", A, "--out", "o.gpkg", "--kind", "x").code == 2


def test_a_text_too_long_for_a_shapefile_is_cut_and_counted(
    small: SmallProject, make: Make
) -> None:
    small.write_shapes([box(0.1, 0.1, 0.3, 0.3)], name=A, MC=["长" * 100])
    made = make(None, [box(0, 0, 1, 1)], out="out.shp")
    assert made.cut == 2
    row = pyogrio.read_dataframe(small.root / "out.shp").iloc[0]
    assert row["A_MC"].endswith("…")
    assert len(row["A_MC"].encode()) <= vector.LONGEST_CELL


def test_rows_that_people_split_are_not_lost(small: SmallProject, make: Make) -> None:
    sides = [box(0.1, 0.1, 0.3, 0.3)], [box(0, 0, 1, 1)]
    make(*sides)
    path = small.root / "out.gpkg"
    table = read(small)
    split = pd.concat([table, table, table], ignore_index=True)
    split["CLYJ"] = ["一", "二", ""]
    pyogrio.write_dataframe(gpd.GeoDataFrame(split, crs=table.crs), path, layer="CYTB")
    (small.root / "out.xlsx").unlink()
    make(*sides)
    kept = [*read(small)["CLYJ"], *read(small, "retired")["CLYJ"]]
    assert sorted(kept) == ["一", "二"]
    make(*sides)  # they stay, run after run
    assert sorted([*read(small)["CLYJ"], *read(small, "retired")["CLYJ"]]) == ["一", "二"]


def test_several_rows_that_people_drew_are_kept_apart(small: SmallProject, make: Make) -> None:
    sides = [box(0.1, 0.1, 0.3, 0.3)], [box(0, 0, 1, 1)]
    make(*sides)
    table = read(small)
    drawn = pd.concat([table, table, table], ignore_index=True)
    drawn.loc[1:, "BSM"] = ""
    drawn["BZ"] = ["", "补画一", "补画二"]
    frame = gpd.GeoDataFrame(drawn, crs=table.crs)
    pyogrio.write_dataframe(frame, small.root / "out.gpkg", layer="CYTB")
    made = make(*sides)
    assert (made.followed.same, made.followed.gone) == (1, 2)
    assert sorted(read(small, "retired")["BZ"]) == ["补画一", "补画二"]


def test_numbers_in_columns_of_people_keep_their_digits(small: SmallProject, make: Make) -> None:
    sides = [box(0.1, 0.1, 0.3, 0.3)], [box(0, 0, 1, 1)]
    make(*sides)
    table = read(small)
    table["money"] = 1234567.89
    pyogrio.write_dataframe(table, small.root / "out.gpkg", layer="CYTB")
    make(*sides)
    assert float(read(small)["money"][0]) == 1234567.89


@pytest.mark.parametrize("column", ["Shape_Leng", "shape_area", "OBJECTID"])
def test_columns_of_programs_are_no_words(small: SmallProject, make: Make, column: str) -> None:
    b = [box(0, 0, 1, 1)]
    make([box(0.1, 0.1, 0.3, 0.3)], b)
    table = read(small)
    table[column] = 7.5
    pyogrio.write_dataframe(table, small.root / "out.gpkg", layer="CYTB")
    made = make([box(0.6, 0.6, 0.8, 0.8)], b)
    assert (made.followed.gone, len(made.followed.retired)) == (1, 0)
    assert column not in read(small)


def test_one_file_under_two_names_is_one_side(ready: SmallProject) -> None:
    name = str(ready.root / "own.gpkg")
    other = str(ready.root / "." / ".." / ready.root.name / "own.gpkg")
    ready.write_shapes([box(0, 0, 1, 1)], name="own.gpkg")
    with pytest.raises(UsageError, match="both sides are the same"):
        difference(name, other, out=ready.root / "same.gpkg", project=ready.load())
