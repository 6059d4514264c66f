"""Versions compared: areas add up, nothing is written, and silence is no change."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import geopandas as gpd
import pyogrio

from geoplan import crs
from geoplan.errors import DataError, UsageError
from geoplan.versions import Compared, compare_versions, save, save_map
from geoplan.versions.borders import border_changes
from geoplan.versions.renamed import renamed
from geoplan.versions.transfers import COLUMNS, transfers
from geoplan.versions.version import tables_of, version_of
from geoplan.versions.write import matrix
from tests.commands import Command
from tests.small import CELLS, SmallProject, box, degrees, feature, hashes, layer, slot, small_units

Project = Callable[..., SmallProject]


@pytest.fixture
def two(project_folder: Project) -> tuple[SmallProject, SmallProject]:
    """Return two copies of the small project."""
    return project_folder("old"), project_folder("new")


def compared(two: tuple[SmallProject, SmallProject], **options: object) -> Compared:
    """Compare two folders."""
    old, new = (str(each.root) for each in two)
    return compare_versions(old, new, project=two[1].load(), **options)  # type: ignore[arg-type]


def parts(key: str, **members: list[str]) -> str:
    """Return a layer of whole counties by class."""
    features = [feature(c.replace("_", "-"), class_=c, members=m) for c, m in members.items()]
    return layer(key, *features, document="plan-p", theme="zones")


def test_the_same_twice_has_no_change(two: tuple[SmallProject, SmallProject]) -> None:
    found = compared(two)
    assert found.changed.empty
    assert found.renamed.empty
    assert found.borders is None
    assert list(found.changes.columns) == list(COLUMNS)
    assert set(found.changes["change"]) <= {"same", "none"}


def test_nothing_is_written_into_either_folder(two: tuple[SmallProject, SmallProject]) -> None:
    before = [hashes(each.root) for each in two]
    compared(two)
    assert [hashes(each.root) for each in two] == before


def test_tables_that_are_fresh_are_read_and_stale_ones_are_not(small: SmallProject) -> None:
    small.run("boundaries", "layers")
    assert len(tables_of(small.root)["layers"]) == 1
    small.write_layer(parts("more", zone_a=["东山"]), name="more", theme="zones")
    assert len(tables_of(small.root)["layers"]) == 2


def test_a_county_that_moves_is_told_with_its_area(
    two: tuple[SmallProject, SmallProject],
) -> None:
    two[0].write_layer(parts("p", zone_a=["东山", "西山"], zone_b=["南水"]), theme="zones")
    two[1].write_layer(parts("p", zone_a=["东山"], zone_b=["南水", "西山"]), theme="zones")
    (row,) = compared(two).changed.to_dict("records")
    assert row["adcode"] == "910102"
    assert (row["from"], row["to"], row["change"]) == ("zone_a", "zone_b", "moved")
    assert row["area_km2"] == pytest.approx(100)


def test_layers_that_come_and_go(two: tuple[SmallProject, SmallProject]) -> None:
    two[0].write_layer(parts("p", zone_a=["东山"]), name="p", theme="zones")
    two[1].write_layer(parts("q", zone_b=["南水"]), name="q", theme="zones")
    found = compared(two)
    told = found.changed.set_index("group")[["adcode", "change"]].to_dict("index")
    assert told == {
        "p": {"adcode": "910101", "change": "went"},
        "q": {"adcode": "910103", "change": "appeared"},
    }
    names = found.renamed.set_index("table")
    assert set(names.loc["layers", "change"]) == {"went", "appeared"}


def test_what_was_known_by_list_only_has_not_appeared(
    two: tuple[SmallProject, SmallProject],
) -> None:
    by_list = feature("at", "within", class_="zone_a", members=["东山"])
    two[0].write_layer(layer("p", by_list, theme="zones"), theme="zones")
    two[1].write_layer(parts("p", zone_a=["东山"]), theme="zones")
    found = compared(two)
    (row,) = found.changed.to_dict("records")
    assert row["change"] == "extent"
    assert row["from_title"].endswith("（名单）")
    assert "list" not in set(found.changes["by"])


def test_lists_have_no_area_and_a_row_for_each_class(
    two: tuple[SmallProject, SmallProject],
) -> None:
    for each, names in zip(two, (["zone_a", "zone_b"], ["zone_b"]), strict=True):
        features = [
            feature(n.replace("_", "-"), "within", class_=n, members=["东山"]) for n in names
        ]
        each.write_layer(layer("p", *features, theme="zones"), theme="zones")
    rows = compared(two).changes
    rows = rows[rows["by"] == "list"]
    assert dict(zip(rows["from"], rows["change"], strict=True)) == {
        "zone_a": "went",
        "zone_b": "same",
    }
    assert rows["area_km2"].isna().all()


CLASSES = ("zone_a", "zone_b", "")


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    old=st.lists(st.sampled_from(CLASSES), min_size=6, max_size=6),
    new=st.lists(st.sampled_from(CLASSES), min_size=6, max_size=6),
)
def test_transfers_of_a_county_add_up_to_its_area(
    small: SmallProject, *, old: list[str], new: list[str]
) -> None:
    tables = []
    for classes in (old, new):
        rows = dict(zip(CELLS, classes, strict=True))
        members = {c: [code for code, k in rows.items() if k == c] for c in CLASSES[:2]}
        chosen = {c: codes for c, codes in members.items() if codes} or {"redline": [*CELLS][:1]}
        small.write_layer(parts("p", **chosen), theme="zones")
        made = small.layers()
        tables.append({**made, "units": small_units(small.root / "data" / "boundaries")})
    sides = [version_of(t, n, group="layer") for t, n in zip(tables, "ab", strict=True)]
    found = transfers(*sides)
    found = found[found["group"] == "p"]
    area = found.groupby("adcode")["area_km2"].sum()
    assert sorted(area.index) == sorted(CELLS)
    assert area.to_numpy() == pytest.approx(100, abs=1e-6)
    table = matrix(found)
    assert table.loc["合计", "合计"] == pytest.approx(600, abs=1e-5)
    for row in found.to_dict("records"):
        same = row["from"] == row["to"]
        assert (row["change"] in ("same", "none")) is same


def test_shapes_are_compared_by_county_and_add_up(
    two: tuple[SmallProject, SmallProject],
) -> None:
    for each, shape in zip(two, (box(0.5, 0.2, 1.5, 0.4), box(0.5, 0.3, 1.5, 0.5)), strict=True):
        each.write_layer(slot(slot=False), name="redline")
        each.write_shapes([shape])
    rows = compared(two).changes
    rows = rows[rows["group"] == "redline"]
    assert set(rows["by"]) == {"shape"}
    area = rows.groupby("adcode")["area_km2"].sum()
    assert area.to_numpy() == pytest.approx(100, abs=1e-6)
    south = rows[rows["adcode"] == "910103"].set_index("change")["area_km2"]
    assert south.to_dict() == pytest.approx(
        {"same": 5.0, "went": 5.0, "appeared": 5.0, "none": 85.0}, abs=1e-5
    )


def test_a_layer_of_shapes_that_is_new(two: tuple[SmallProject, SmallProject]) -> None:
    two[1].write_layer(slot(slot=False), name="redline")
    two[1].write_shapes([box(0.1, 0.1, 0.3, 0.3)])
    found = compared(two)
    (row,) = found.changed.to_dict("records")
    assert (row["change"], row["by"]) == ("appeared", "shape")
    assert row["area_km2"] == pytest.approx(4, abs=1e-5)


# Boundaries


def moved(units: gpd.GeoDataFrame, east: float) -> gpd.GeoDataFrame:
    """Return units in which the border of two counties lies elsewhere, in sides of a county."""
    made = units.copy()
    shapes = {"910103": box(0, 0, east, 1), "910104": box(east, 0, 2, 1)}
    for code, shape in shapes.items():
        at = made.index[made["adcode"] == code][0]
        made.loc[[at], "geometry"] = gpd.GeoSeries([degrees(shape)], index=[at], crs=crs.DATA_CRS)
        made.loc[at, "area_km2"] = shape.area / 1e6
    return made


@pytest.mark.parametrize(("east", "above"), [(1.2, True), (1.001, False)])
def test_area_that_moved_is_told_from_noise(
    small_units: gpd.GeoDataFrame, east: float, *, above: bool
) -> None:
    found = border_changes({"units": small_units}, {"units": moved(small_units, east)})
    assert found is not None
    pairs = found.pairs[(found.pairs["from"] != "") & (found.pairs["to"] != "")]
    (row,) = pairs[pairs["area_km2"] > 1e-6].to_dict("records")
    assert (row["from"], row["to"]) == ("910104", "910103")
    assert row["area_km2"] == pytest.approx((east - 1) * 100, rel=1e-4)
    assert row["above"] is above
    assert row["uncertainty_km2"] > 0
    kept = found.kept
    assert (kept["kept_km2"] + kept["out_km2"]).to_numpy() == pytest.approx(
        kept["old_km2"].to_numpy(), abs=1e-5
    )
    assert (kept["kept_km2"] + kept["in_km2"]).to_numpy() == pytest.approx(
        kept["new_km2"].to_numpy(), abs=1e-5
    )
    assert found.polygons["part_km2"].sum() == pytest.approx(found.pairs["area_km2"].sum())


def test_the_same_boundaries_are_no_change(small_units: gpd.GeoDataFrame) -> None:
    assert border_changes({"units": small_units}, {"units": small_units.copy()}) is None


def test_names_that_changed_are_told() -> None:
    names = ("units", "documents", "themes", "classes", "layers", "features")
    keys = {"units": "adcode", "documents": "document", "themes": "theme", "classes": "class"}
    empty = {
        n: pd.DataFrame({keys.get(n, "layer"): [], "feature": [], "name": [], "title": []})
        for n in names
    }
    one = pd.DataFrame({"adcode": ["1", "2"], "name": ["太谷县", "甲县"]})
    two = pd.DataFrame({"adcode": ["1", "3"], "name": ["太谷区", "乙县"]})
    found = renamed({**empty, "units": one}, {**empty, "units": two})
    assert found.to_numpy().tolist() == [
        ["units", "1", "太谷县", "太谷区", "renamed"],
        ["units", "2", "甲县", "", "went"],
        ["units", "3", "", "乙县", "appeared"],
    ]


# Periods


@pytest.fixture
def periods(small: SmallProject) -> SmallProject:
    """Return a project whose two plans say something of zones and of works."""
    old = [feature("a", class_="zone_a", members=["东山", "西山"])]
    old += [feature("w", "within", class_="zone_b", members=["东山"])]
    new = [feature("a", class_="zone_a", members=["东山"])]
    new += [feature("b", "within", class_="redline", members=["西山"])]
    small.write_layer(layer("p", *old, document="plan-a", theme="works"), name="p")
    small.write_layer(layer("q", *new, document="plan-p", theme="works"), name="q")
    small.run("boundaries", "layers")
    return small


def test_periods_are_compared_theme_by_theme(periods: SmallProject) -> None:
    found = compare_versions("plan-a", "plan-p", project=periods.load(), themes=["works"])
    rows = found.changes.set_index(["by", "adcode", "from", "to"])["change"].to_dict()
    assert rows["county", "910101", "zone_a", "zone_a"] == "same"
    assert rows["county", "910102", "zone_a", ""] == "went"
    # A class that the other plan lists nowhere has not left the county.
    assert rows["list", "910101", "zone_b", ""] == "untold"
    assert rows["list", "910102", "", "redline"] == "untold"
    assert set(found.changed["change"]) == {"went"}
    assert set(found.silent["change"]) == {"untold"}


def test_a_county_outside_the_scope_of_a_plan_has_not_appeared(periods: SmallProject) -> None:
    more = feature("far", class_="zone_a", members=["河口"])
    periods.write_layer(layer("r", more, document="plan-p", theme="works"), name="r")
    periods.run("boundaries", "layers")
    found = compare_versions("plan-a", "plan-p", project=periods.load(), themes=["works"])
    row = found.changes[(found.changes["adcode"] == "910202") & (found.changes["by"] == "county")]
    scope = set(found.changes["change"][found.changes["adcode"] == "910202"])
    assert len(row) == 1
    assert scope == {"out_of_scope"}


def test_only_one_unit_is_compared(periods: SmallProject) -> None:
    found = compare_versions("plan-a", "plan-p", project=periods.load(), unit="西山")
    assert set(found.changes["adcode"]) == {"910102"}


# Files


@pytest.fixture
def found(two: tuple[SmallProject, SmallProject]) -> Compared:
    """Return a comparison in which one county moved."""
    two[0].write_layer(parts("p", zone_a=["东山", "西山"], zone_b=["南水"]), theme="zones")
    two[1].write_layer(parts("p", zone_a=["东山"], zone_b=["南水", "西山"]), theme="zones")
    return compared(two)


def test_the_workbook_has_matrices_that_add_up(found: Compared, tmp_path: Path) -> None:
    save(found, tmp_path / "c.xlsx")
    book = openpyxl.load_workbook(tmp_path / "c.xlsx")
    assert book.sheetnames[0] == "变化清单"
    name = next(n for n in book.sheetnames if n.startswith("矩阵"))
    rows = [
        row for row in book[name].iter_rows(values_only=True) if isinstance(row[1], float | int)
    ]
    assert rows[-1][0] == "合计"
    assert rows[-1][-1] == pytest.approx(600, abs=1e-4)
    assert sum(row[-1] for row in rows[:-1]) == pytest.approx(rows[-1][-1])
    first = (tmp_path / "c.xlsx").read_bytes()
    save(found, tmp_path / "c.xlsx")
    assert (tmp_path / "c.xlsx").read_bytes() == first


def test_csv_and_geopackage_hold_the_rows(found: Compared, tmp_path: Path) -> None:
    save(found, tmp_path / "c.csv")
    lines = (tmp_path / "c.csv").read_text("utf-8-sig").splitlines()
    assert len(lines) == len(found.changes) + 1
    save(found, tmp_path / "c.gpkg")
    table = pyogrio.read_dataframe(tmp_path / "c.gpkg", layer="changes")
    assert list(table["adcode"]) == ["910102"]
    with pytest.raises(UsageError, match=r"has to end in .xlsx or .csv or .gpkg"):
        save(found, tmp_path / "c.pdf")


def test_the_map_shows_the_counties_that_changed(
    found: Compared, two: tuple[SmallProject, SmallProject], tmp_path: Path
) -> None:
    save_map(found, tmp_path / "c.html", project=two[1].load())
    text = (tmp_path / "c.html").read_text("utf-8")
    assert "西山县" in text
    assert " → " in text
    save_map(found, tmp_path / "c.html", project=two[1].load())  # its own page may be replaced
    (tmp_path / "other.html").write_text("mine")
    with pytest.raises(UsageError, match="was not made by"):
        save_map(found, tmp_path / "other.html", project=two[1].load())


def test_without_a_change_there_is_no_map(
    two: tuple[SmallProject, SmallProject], tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match="no county changed"):
        save_map(compared(two), tmp_path / "c.html", project=two[1].load())


# Wrong input


def test_wrong_sides_are_told(two: tuple[SmallProject, SmallProject], tmp_path: Path) -> None:
    project = two[1].load()
    here = str(two[0].root)
    with pytest.raises(UsageError, match="nowhere: there is no such folder"):
        compare_versions(here, "nowhere", project=project)
    with pytest.raises(UsageError, match="are the same folder"):
        compare_versions(here, here, project=project)
    with pytest.raises(UsageError, match="'1999' is no document"):
        compare_versions("1999", "plan-a", project=project)
    with pytest.raises(UsageError, match="both stand for plan-a"):
        compare_versions("plan-a", "plan-a", project=project)
    with pytest.raises(UsageError, match=r"theme 'zone' is not known. Did you mean zones"):
        compare_versions(here, str(two[1].root), project=project, themes=["zone"])
    shutil.rmtree(two[0].root / "layers")
    (two[0].root / "layers").mkdir()
    with pytest.raises(DataError):
        compare_versions(here, str(two[1].root), project=project)


def test_the_command_prints_and_writes(
    two: tuple[SmallProject, SmallProject], command: Command, tmp_path: Path
) -> None:
    two[0].write_layer(parts("p", zone_a=["东山"], zone_b=["南水"]), theme="zones")
    two[1].write_layer(parts("p", zone_b=["南水", "东山"]), theme="zones")
    words = ("compare", two[0].root, two[1].root)
    result = command(*words)
    assert result.code == 0
    assert "东山区" in result.out
    assert "100.00" in result.out
    assert result.err.startswith("1 moved")
    (row,) = command(*words, "--json").lines()
    assert row["change"] == "moved"
    assert command(*words, "--out", tmp_path / "c.xlsx", "-q").code == 0
    own = two[1].root / "maps"
    own.mkdir(exist_ok=True)
    for option, name in (("--out", "c.csv"), ("--map", "c.html")):
        refused = command(*words, option, own / name, "-C", two[1].root)
        assert (refused.code, "lies in the folder of maps" in refused.err) == (2, True)
    assert not list(own.iterdir())
    assert (tmp_path / "c.xlsx").is_file()
    assert command(*words, "--out", tmp_path / "c.xlsx", "--json").code == 2
    assert command(*words, "--out", tmp_path / "no" / "c.xlsx").code == 2


def test_an_empty_folder_is_no_version(
    two: tuple[SmallProject, SmallProject], tmp_path: Path
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    for old, new in ((empty, two[1].root), (two[0].root, empty)):
        with pytest.raises(UsageError, match=r"empty: is no project: there is no geoplan\.toml"):
            compare_versions(str(old), str(new), project=two[1].load())
