"""Exclusion ledgers: exact where there are areas, counts only where there are lists."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import geopandas as gpd
import shapely

from geoplan.errors import ConfigError, DataError, ImplausibleCRSError, UnitError, UsageError
from geoplan.ledger import Ledger, make_ledger, read_entries, save
from tests.commands import Command
from tests.small import SmallProject, box, feature, layer

AREAS = ["area_alone_km2", "area_in_order_km2", "area_left_km2"]


@pytest.fixture
def ready(small: SmallProject) -> SmallProject:
    """Return a project with zones, a list of works, and files of shapes."""
    features = [
        feature("w", "within", class_="redline", members=["东山", "西山", "南水"]),
        feature("all", "statement", class_="redline"),
    ]
    small.write_layer(layer("works-a", *features, theme="works"), name="works-a")
    small.write_shapes([box(0.5, 0.5, 1.5, 1.5)], name="own.gpkg")
    small.write_shapes([box(0, 0, 0.7, 2)], name="one.gpkg")
    small.write_shapes([box(0.6, 0, 1.2, 2), box(0.6, 0, 1, 1)], name="two.gpkg")
    small.run("boundaries", "layers")
    return small


def run(ready: SmallProject, of: str, *constraints: str, unit: str = "甲州市") -> Ledger:
    """Make a ledger; names that end in .gpkg are files of the project."""
    of, *names = (
        str(ready.root / name) if name.endswith(".gpkg") else name for name in (of, *constraints)
    )
    return make_ledger(of, names, unit=unit, project=ready.load())


def adds_up(table: pd.DataFrame) -> None:
    """Check that what was taken and what is left make the base."""
    base = table["area_left_km2"].iloc[0]
    taken = table["area_in_order_km2"].astype(float).fillna(0).sum()
    assert taken + table["area_left_km2"].iloc[-1] == pytest.approx(base, abs=1e-9)


def test_shapes_are_taken_alone_and_in_order(ready: SmallProject) -> None:
    table = run(ready, "own.gpkg", "one.gpkg", "two.gpkg").table
    assert table["area_left_km2"].tolist() == pytest.approx([100, 80, 30], abs=1e-5)
    assert table["area_alone_km2"].tolist()[1:] == pytest.approx([20, 60], abs=1e-5)
    assert table["area_in_order_km2"].tolist()[1:] == pytest.approx([20, 50], abs=1e-5)
    assert table["counties_alone"].tolist() == [4, 2, 4]
    assert table["counties_in_order"].tolist()[1:] == [2, 2]
    adds_up(table)


def test_whole_counties_are_taken_without_geometry(ready: SmallProject) -> None:
    table = run(ready, "zones", "zones/zone_a", "zones/zone_b").table
    assert table["area_left_km2"].tolist() == pytest.approx([400, 200, 0], abs=1e-6)
    assert table["basis"].tolist() == ["整县"] * 3
    assert table["counties"][1] == "东山区、西山县"
    adds_up(table)


def test_a_list_takes_no_area(ready: SmallProject) -> None:
    made = run(ready, "zones", "redline", "zones/zone_a")
    assert made.listed == 1
    row = made.table.iloc[1]
    assert row["basis"] == "名单"
    assert row["counties_alone"] == 3
    assert row[["area_alone_km2", "area_in_order_km2"]].isna().all()
    assert row["area_left_km2"] == pytest.approx(400, abs=1e-6)
    adds_up(made.table)


def test_of_a_list_counties_are_counted_and_no_area_is_told(ready: SmallProject) -> None:
    made = run(ready, "redline", "zones/zone_a", "one.gpkg")
    assert not made.measured
    assert made.table[AREAS].isna().all(axis=None)
    assert made.table["counties_left"].tolist() == [3, 1, 0]
    assert made.table["counties_in_order"].tolist()[1:] == [2, 1]


SIDES = st.integers(0, 20)
BOXES = st.tuples(SIDES, SIDES, st.integers(1, 12), st.integers(1, 12))


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(base=BOXES, others=st.lists(st.lists(BOXES, min_size=1, max_size=3), min_size=1, max_size=3))
def test_what_is_taken_and_what_is_left_make_the_base(
    ready: SmallProject,
    *,
    base: tuple[int, int, int, int],
    others: list[list[tuple[int, int, int, int]]],
) -> None:
    def shape(b: tuple[int, int, int, int]) -> shapely.Geometry:
        return box(b[0] / 10, b[1] / 10, (b[0] + b[2]) / 10, (b[1] + b[3]) / 10)

    land = box(0, 0, 3, 2)
    if shape(base).intersection(land).area < 1:
        return
    ready.write_shapes([shape(base)], name="base.gpkg")
    names = [f"c{i}.gpkg" for i in range(len(others))]
    for name, boxes in zip(names, others, strict=True):
        ready.write_shapes([shape(b) for b in boxes], name=name)
    table = run(ready, "base.gpkg", *names, unit="试省").table
    adds_up(table)
    every = shapely.union_all([shape(b) for boxes in others for b in boxes])
    left = shape(base).intersection(land).difference(every).area / 1e6
    assert table["area_left_km2"].iloc[-1] == pytest.approx(left, abs=1e-6)
    alone = table["area_alone_km2"].iloc[1:].astype(float)
    assert (alone >= table["area_in_order_km2"].iloc[1:].astype(float) - 1e-9).all()


def test_groups_and_files_of_ledgers(ready: SmallProject, command: Command) -> None:
    ready.write(
        "layers/ledgers.toml",
        '[[ledger]]\nid = "one"\ntitle = { zh = "台账", en = "Ledger" }\nof = "zones"\n'
        'unit = "二山"\nconstraints = ["redline"]\n',
    )
    ready.run("boundaries", "layers")
    assert "one" in command("ledger", "-C", ready.root).out
    rows = command("ledger", "one", "-C", ready.root, "--json").lines()
    assert [row["counties_alone"] for row in rows] == [2, 2]
    result = command("ledger", "one", "-C", ready.root)
    assert "名单" in result.out
    assert "只计县数，不扣面积" in result.err


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[[ledger]]\nid = 1\n", "ledger 1"),
        ("ledger = [", "not valid TOML"),
        ('[[ledger]]\nid = "a"\nconstraint = []\n', "unknown key 'constraint'"),
    ],
)
def test_faults_of_the_file_have_their_line(small: SmallProject, text: str, told: str) -> None:
    small.write("layers/ledgers.toml", text)
    with pytest.raises(ConfigError, match=told):
        read_entries(small.load())


def test_a_ledger_stands_once(small: SmallProject) -> None:
    one = '[[ledger]]\nid = "a"\ntitle = { zh = "甲", en = "A" }\nof = "x"\nunit = "东山"\n'
    small.write("layers/ledgers.toml", (one + 'constraints = ["y"]\n') * 2)
    with pytest.raises(ConfigError, match=r"a stand\(s\) there twice"):
        read_entries(small.load())


def test_wrong_names_are_told(ready: SmallProject) -> None:
    with pytest.raises(UsageError, match=r"'zone_x' is no class.* Did you mean"):
        run(ready, "zones", "zone_x")
    with pytest.raises(UsageError, match="no constraint of 'zones'"):
        run(ready, "zones")
    with pytest.raises(UsageError, match=r"redline stand\(s\) there twice"):
        run(ready, "zones", "redline", "redline")
    with pytest.raises(UsageError, match=r"names no county of 乙州市 .*1 statement"):
        run(ready, "redline", "zones", unit="乙州市")
    with pytest.raises(UnitError):
        run(ready, "redline", "zones", unit="无此县")
    with pytest.raises(DataError, match="there is no such file"):
        run(ready, "zones", "nowhere.gpkg")
    ready.write_shapes([shapely.Point(640_000, 4_000_000)], name="points.gpkg")
    with pytest.raises(DataError, match="has no polygons"):
        run(ready, "zones", "points.gpkg")


@pytest.mark.parametrize("of", ["own.gpkg", "redline"])
def test_files_of_all_formats(ready: SmallProject, tmp_path: Path, of: str) -> None:
    made = run(ready, of, "one.gpkg")
    for end in ("csv", "xlsx", "html", "json"):
        save(made, tmp_path / f"l.{end}")
        first = (tmp_path / f"l.{end}").read_bytes()
        save(made, tmp_path / f"l.{end}")
        assert (tmp_path / f"l.{end}").read_bytes() == first
    page = (tmp_path / "l.html").read_text("utf-8")
    assert ("平方公里）</th>" in page) is made.measured
    assert len(json.loads((tmp_path / "l.json").read_text("utf-8"))["rows"]) == 2
    sheet = openpyxl.load_workbook(tmp_path / "l.xlsx").worksheets[0]
    heads = [c for row in sheet.iter_rows(values_only=True) for c in row if c == "次序"]
    assert len(heads) == 1
    with pytest.raises(UsageError, match="has to end in"):
        save(made, tmp_path / "l.pdf")


def test_texts_of_a_page_are_shown_not_run(ready: SmallProject, tmp_path: Path) -> None:
    made = make_ledger(
        "zones", ["redline"], unit="甲州市", project=ready.load(), title="<img src=x onerror=1>"
    )
    save(made, tmp_path / "l.html")
    page = (tmp_path / "l.html").read_text("utf-8")
    assert "<img" not in page
    assert "&lt;img" in page


def test_the_command_refuses_what_it_cannot_do(ready: SmallProject, command: Command) -> None:
    where = ("-C", ready.root)
    unknown = command("ledger", "zones", *where)
    assert unknown.code == 2
    assert "is no ledger of layers/ledgers.toml" in unknown.err
    given = ("--unit", "甲州市", "--constraint", "redline")
    assert command("ledger", "zones", *given, *where, "-q").code == 0
    out = ("--out", ready.root / "l.csv")
    assert command("ledger", "zones", *given, *where, *out, "--json").code == 2
    assert command("ledger", "zones", *given, *where, *out).code == 0
    assert (ready.root / "l.csv").read_text("utf-8-sig").startswith("step,name,title")
    for own in ("maps", "build"):
        (ready.root / own).mkdir(exist_ok=True)
        refused = command("ledger", "zones", *given, *where, "--out", ready.root / own / "l.csv")
        assert (refused.code, "lies in the folder of" in refused.err) == (2, True)
        assert not (ready.root / own / "l.csv").exists()


def test_the_shipped_ledgers_hold_no_area_where_there_are_lists() -> None:
    from geoplan.config import load

    shipped = read_entries(load(Path(__file__).parents[2]))
    assert {"dongshan-wind", "dongshan-photovoltaics"} <= set(shipped)


def test_files_without_shapes_or_with_wrong_places_are_told(ready: SmallProject) -> None:
    empty = gpd.GeoDataFrame({"MC": []}, geometry=[], crs=4490)
    empty.to_file(ready.root / "empty.gpkg")
    for of, constraint in (("empty.gpkg", "own.gpkg"), ("own.gpkg", "empty.gpkg")):
        with pytest.raises(DataError, match=r"empty\.gpkg: has no features with a shape"):
            run(ready, of, constraint)
    north_first = gpd.GeoDataFrame(geometry=[shapely.box(37, 112.7, 37.2, 112.9)], crs=4490)
    north_first.to_file(ready.root / "swap.gpkg")
    with pytest.raises(ImplausibleCRSError, match="north before east"):
        run(ready, "own.gpkg", "swap.gpkg")
    degrees = gpd.GeoDataFrame(geometry=[shapely.box(112.7, 37, 112.9, 37.2)], crs=32649)
    degrees.to_file(ready.root / "utm.gpkg")
    with pytest.raises(ImplausibleCRSError, match="look like degrees"):
        run(ready, "utm.gpkg", "own.gpkg")


def test_ledgers_are_listed_as_json_and_nothing_is_left_out(
    ready: SmallProject, command: Command
) -> None:
    (ready.root / "layers" / "ledgers.toml").write_text(
        '[[ledger]]\nid = "one"\ntitle = { zh = "一", en = "One" }\nof = "zones"\n'
        'unit = "甲州市"\nconstraints = ["redline"]\n',
        encoding="utf-8",
    )
    listed = command("ledger", "--json", "-C", ready.root)
    assert [json.loads(line) for line in listed.out.splitlines()] == [
        {"ledger": "one", "title": "一", "unit": "甲州市", "constraints": 1}
    ]
    for options in (("--unit", "甲州市"), ("--constraint", "redline"), ("--out", "x.csv")):
        refused = command("ledger", *options, "-C", ready.root)
        assert refused.code == 2, options
        assert "nothing to do" in refused.err
