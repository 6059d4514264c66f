"""Where things are, the order of constraints, and how ledgers are written."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import openpyxl
import pytest

import shapely

from geoplan import crs, geometry
from geoplan.errors import UsageError
from geoplan.ledger import Ledger, entry_of, make_ledger, read_entries, save
from geoplan.ledger.places import Place, place_of
from geoplan.ledger.write import notes_of
from geoplan.schema import Tables
from tests.commands import Command
from tests.small import SIDE, SmallProject, box, cell, feature, layer, slot

WORKS = (
    feature("w", "within", class_="redline", members=["东山", "西山"]),
    feature("whole", class_="redline", members=["西山"]),
    feature("city", "within", class_="mine", members=["乙州市"]),
    feature("said", "statement", class_="mine"),
    feature("all", class_="line_work", members=["东山", "西山", "南水县", "城区"]),
)


@pytest.fixture
def ready(small: SmallProject) -> SmallProject:
    """Return a project with works of every extent, a layer of shapes and files."""
    sketch = feature("s", "indicative", class_="mine", axis=["东镇", "西镇"])
    small.write_layer(layer("works-a", *WORKS, sketch, theme="works"), name="works-a")
    small.write_layer(slot("shapes-r", slot=False), name="shapes-r")
    small.write_shapes([box(0, 1, 0.5, 2), box(0.2, 1, 0.6, 2)])
    small.write_shapes([box(0, 0, 2, 2)], name="own.gpkg")
    small.write_shapes([box(0.5, 0, 1, 2)], name="one.gpkg")
    small.write_shapes([box(0.5, 0, 1.5, 2)], name="two.gpkg")
    small.run("boundaries", "layers")
    return small


def tables_of(ready: SmallProject) -> Tables:
    """Return what a place is looked up in."""
    return ready.run("boundaries", "layers")


def run(ready: SmallProject, of: str, *constraints: str, unit: str = "甲州市") -> Ledger:
    """Make a ledger; names that end in .gpkg are files of the project."""
    of, *names = (
        str(ready.root / name) if name.endswith(".gpkg") else name for name in (of, *constraints)
    )
    return make_ledger(of, names, unit=unit, project=ready.load())


def test_a_class_is_where_all_its_layers_say_so(ready: SmallProject) -> None:
    place = place_of("redline", tables_of(ready))
    # 西山 is wholly so in one feature, and so is no mere name of a list.
    assert (place.whole, place.listed) == ({"910102"}, {"910101"})
    assert place.shape.area == pytest.approx(0.6 * SIDE**2, rel=1e-9)
    assert place.basis == "整县＋图形＋名单"
    assert len(place.sources) == 2
    one = place_of("works-a/redline", tables_of(ready))
    assert one.shape.is_empty
    assert one.basis == "整县＋名单"
    assert one.title.endswith("（图层）")


def test_what_is_said_of_a_city_or_drawn_is_not_said_of_counties(ready: SmallProject) -> None:
    place = place_of("mine", tables_of(ready))
    assert (place.whole, place.listed, place.statements) == (frozenset(), frozenset(), 2)
    assert (place.measured, place.basis) == (False, "无县名")


def test_a_shape_that_only_touches_a_county_is_not_in_it() -> None:
    outlines = {code: cell(code) for code in ("910103", "910104")}
    sliver = geometry.SLIVER_M2 / SIDE**2
    reach = {0.0: 1, sliver / 2: 1, sliver * 2: 2}
    for east, counties in reach.items():
        shape = box(0, 0, 1 + east, 1)
        place = Place("p", "p", frozenset(), frozenset({"919999"}), shape, ())
        assert len(place.counties(outlines)) == counties, east


def test_files_in_degrees_with_heights_and_overlaps_are_counted_once(ready: SmallProject) -> None:
    flat = [box(0, 0, 1, 1), box(0.5, 0, 1.5, 1)]
    high = [shapely.force_3d(shape, 700.0) for shape in flat]
    ready.write_shapes([*high, None], name="high.gpkg", state=crs.DATA_CRS)
    table = run(ready, "own.gpkg", "high.gpkg").table
    assert table["area_alone_km2"][1] == pytest.approx(150, abs=0.01)


def test_the_order_changes_who_takes_but_not_what_is_left(ready: SmallProject) -> None:
    first, second = (
        run(ready, "own.gpkg", *names).table
        for names in (("one.gpkg", "two.gpkg"), ("two.gpkg", "one.gpkg"))
    )
    assert first["area_in_order_km2"].tolist()[1:] == pytest.approx([100, 100], abs=1e-5)
    assert second["area_in_order_km2"].tolist()[1:] == pytest.approx([200, 0], abs=1e-5)
    assert second["area_alone_km2"].tolist()[1:] == pytest.approx([200, 100], abs=1e-5)
    left = [table["area_left_km2"].iloc[-1] for table in (first, second)]
    assert left == pytest.approx([200, 200], abs=1e-5)
    assert first["counties_in_order"].tolist() == [None, 2, 2]
    assert second["counties_in_order"].tolist() == [None, 4, 0]


def test_nothing_outside_the_unit_is_counted(ready: SmallProject) -> None:
    made = run(ready, "line_work", "one.gpkg", unit="西山县")
    assert (made.counties, made.table["area_left_km2"][0]) == (1, pytest.approx(100, abs=1e-5))
    assert made.table["counties_alone"].tolist() == [1, 0]
    assert made.table["area_alone_km2"][1] == 0
    assert made.table["counties"][1] == ""


def test_counts_are_whole_numbers_in_every_file(
    ready: SmallProject, command: Command, tmp_path: Path
) -> None:
    made = run(ready, "own.gpkg", "works-a/redline", "one.gpkg")
    for end in ("csv", "json", "xlsx", "html"):
        save(made, tmp_path / f"l.{end}")
    rows = json.loads((tmp_path / "l.json").read_text("utf-8"))["rows"]
    assert [repr(row["counties_in_order"]) for row in rows] == ["None", "2", "1"]
    assert [row["area_in_order_km2"] for row in rows][:2] == [None, 100.0]
    text = (tmp_path / "l.csv").read_text("utf-8-sig")
    assert [r["counties_in_order"] for r in csv.DictReader(io.StringIO(text))] == ["", "2", "1"]
    page = (tmp_path / "l.html").read_text("utf-8")
    assert '<td class="n">2</td><td class="n">2</td><td class="n">2</td>' in page
    sheet = openpyxl.load_workbook(tmp_path / "l.xlsx").worksheets[0]
    cells = next(r for r in sheet.iter_rows(values_only=True) if r[0] == 2)
    assert cells[4:7] == (2, 1, 1)
    names = ("--constraint", "works-a/redline", "--unit", "甲州市", "-C", ready.root)
    shown = command("ledger", str(ready.root / "own.gpkg"), *names)
    assert shown.code == 0
    assert "nan" not in shown.out.lower()


def test_notes_tell_what_has_no_area(ready: SmallProject) -> None:
    assert [note[:5] for note in notes_of(run(ready, "own.gpkg", "one.gpkg"))] == [
        "范围：甲州",
        "面积为椭球",
    ]
    listed = feature("l", "within", class_="zone_b", members=["东山"])
    ready.write_layer(layer("more", listed, document="plan-p", theme="works"), name="more")
    ready.run("boundaries", "layers")
    some = notes_of(run(ready, "own.gpkg", "more", "one.gpkg"))
    assert some[1] == "1项约束只有名单，没有图形：只计县数，不扣面积。"
    none = notes_of(run(ready, "more", "one.gpkg"))
    assert none[1].startswith("对象只有名单")
    assert len(none) == 2


ENTRY = '[[ledger]]\nid = "{}"\ntitle = {{ zh = "{}", en = "L" }}\nof = "x"\nunit = "东山"\n'


def test_own_ledgers_stand_beside_shipped_ones_and_replace_them(small: SmallProject) -> None:
    text = "".join(
        ENTRY.format(k, "自有") + 'constraints = ["y"]\n' for k in ("dongshan-wind", "b")
    )
    small.write("layers/ledgers.toml", text)
    assert list(read_entries(small.load())) == ["dongshan-wind", "b"]
    config = (small.root / "geoplan.toml").read_text("utf-8")
    small.write("geoplan.toml", f"extend = true\n{config}")
    found = read_entries(small.load())
    assert found["dongshan-wind"].title.zh == "自有"
    assert {"dongshan-photovoltaics", "b"} <= set(found)
    with pytest.raises(UsageError, match=r"'dongshan-wnd' is no ledger .*Did you mean dongshan-w"):
        entry_of("dongshan-wnd", found)
    with pytest.raises(UsageError, match="There are: none"):
        entry_of("x", {})


def test_constraints_that_are_none_are_told(small: SmallProject) -> None:
    small.write("layers/ledgers.toml", ENTRY.format("a", "甲") + "constraints = []\n")
    with pytest.raises(Exception, match="constraints"):
        read_entries(small.load())
