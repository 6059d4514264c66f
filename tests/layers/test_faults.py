"""Faults know their files; files that are left out leave the rest as if they were not there."""

from __future__ import annotations

import pickle
from pathlib import Path

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

import geopandas as gpd

from geoplan.errors import DataError, GeometryError, GeoplanError, LayerError, UnitError, blaming
from geoplan.gazetteer import Gazetteer
from geoplan.gazetteer import load as load_gazetteer
from geoplan.layers import LayerInputs, build_layers, list_statements
from geoplan.layers.faults import Faults, at_fault, together
from geoplan.schema import records
from tests.small import SmallProject, box, claim, feature, layer, point, slot, small_units, zones

GOOD = layer("good", feature("f", members=["东山"]))
TWICE = feature("f", members=["东山"])
INDICATOR = """[[indicator]]
id = "share"
name = { zh = "指标", en = "Indicator" }
unit = "二山"
measure = "percent"
readings = [{ kind = "actual", year = "2015", printed = "5" }]
section = "第一章"
lines = [3]
"""
BESIDE = {"west": 130.0, "south": 20.0, "east": 130.1, "north": 20.1, "area_km2": 1.0}


def inputs_of(small: SmallProject, *without: str) -> tuple[LayerInputs, Gazetteer]:
    return small.inputs(*without), load_gazetteer(small.load().folder("boundaries"))


def built(small: SmallProject, *without: str) -> dict[str, pd.DataFrame]:
    inputs, gazetteer = inputs_of(small, *without)
    units = small_units(small.root / "data/boundaries")
    return build_layers(inputs, units=units, gazetteer=gazetteer)


def fault_of(small: SmallProject, *without: str) -> GeoplanError:
    with pytest.raises(GeoplanError) as caught:
        built(small, *without)
    return caught.value


def footprint(**changed: float) -> str:
    box_of = {**BESIDE, **changed}
    text = ", ".join(f"{key} = {value}" for key, value in box_of.items())
    head, _, rest = feature("f", "indicative", class_="mine").partition("section")
    return f"{head}footprint = {{ {text} }}\nsection{rest}"


FAULTY = {
    "syntax": "id = 'bad",
    "nothing": "",
    "unknown key": layer("bad", feature("f", members=["东山"], memberz=1)),
    "impossible": layer("bad", feature("f", "whole")),
    "empty": layer("bad"),
    "theme": layer("bad", TWICE, theme="thems"),
    "document": layer("bad", TWICE, document="plan-x"),
    "class": layer("bad", feature("f", class_="zone_x", members=["东山"])),
    "partition": layer("bad", TWICE, partition=["mine"]),
    "feature twice": layer("bad", TWICE, TWICE),
    "member twice": layer("bad", feature("f", members=["东山", "东山"])),
    "indicator twice": layer("bad", INDICATOR, INDICATOR),
    "claim of nothing": layer("bad", TWICE, claim("bad/g", 1)),
    "claim twice": layer("bad", TWICE, claim("bad", 1), claim("bad", 1)),
    "member unknown": layer("bad", feature("f", members=["无此县"])),
    "member ambiguous": layer("bad", feature("f", members=["城区"]), document="plan-p"),
    "member outside": layer("bad", feature("f", members=["河口"])),
    "members the same": layer("bad", feature("f", members=["东山", "东山区"])),
    "relative to nothing": layer(
        "bad", TWICE, claim("bad", 1, "percent", quantity="share", relative_to="999999")
    ),
    "indicator of two units": layer("bad", INDICATOR),
    "waypoint": layer("bad", feature("f", "indicative", axis=["东镇", "无此镇"])),
    "river": layer("bad", feature("f", "indicative", reference="无此河")),
    "outside": layer("bad", footprint()),
    "footprint": layer("bad", footprint(area_km2=1e6)),
    "no file": slot("bad", slot=False),
}


@pytest.mark.parametrize("kind", FAULTY)
def test_a_fault_names_its_file_which_can_be_left_out(small: SmallProject, kind: str) -> None:
    small.write_layer(GOOD, name="good")
    expected = built(small)
    path = small.write_layer(FAULTY[kind], name="bad", theme="zz")
    fault = fault_of(small)
    assert isinstance(fault, DataError)
    assert fault.files == ("zz/bad.toml",)
    assert str(path) in str(fault)
    assert pickle.loads(pickle.dumps(fault)).files == fault.files
    tables = built(small, "zz/bad.toml")
    assert_the_same_but_for_left_out(tables, expected, ["zz/bad.toml"])
    path.unlink()
    assert_the_same_but_for_left_out(tables, built(small), ["zz/bad.toml"])


def assert_the_same_but_for_left_out(
    tables: dict[str, pd.DataFrame], expected: dict[str, pd.DataFrame], files: list[str]
) -> None:
    assert list(tables) == list(expected)
    issues = tables["issues"]
    told = issues["check"] == "left_out"
    rows = [(r["stage"], r["severity"], r["subject"]) for r in records(issues[told])]
    assert rows == [("layers", "error", name) for name in files]
    rest = {**tables, "issues": issues[~told].reset_index(drop=True)}
    for name, table in expected.items():
        assert_frame_equal(pd.DataFrame(rest[name]), pd.DataFrame(table))


def no_coordinates(small: SmallProject) -> None:
    small.write_shapes([box(0, 0, 1, 1)], name="layers/zz/shapes.parquet", state=None)


def points(small: SmallProject) -> None:
    small.write_shapes([box(0, 0, 1, 1).centroid], name="layers/zz/shapes.gpkg")


def far_away(small: SmallProject) -> None:
    small.write_shapes([box(30, 30, 31, 31)], name="layers/zz/shapes.gpkg")


def without_rows(small: SmallProject) -> None:
    small.write_shapes([None], name="layers/zz/shapes.gpkg")


def two_files(small: SmallProject) -> None:
    small.write_shapes([box(0, 0, 1, 1)], name="layers/zz/shapes.gpkg")
    small.write_shapes([box(0, 0, 1, 1)], name="layers/zz/shapes.parquet")


def no_geodata(small: SmallProject) -> None:
    small.write("layers/zz/shapes.gpkg", "not a database")


def no_format(small: SmallProject) -> None:
    small.write("layers/zz/shapes.docx", "no map")


def named_elsewhere(small: SmallProject) -> None:
    text = (small.root / "geoplan.toml").read_text("utf-8")
    small.write("geoplan.toml", f'{text}[sources]\nbad = "gone.gpkg"\n')


@pytest.mark.parametrize(
    "spoil",
    [
        no_coordinates,
        points,
        far_away,
        without_rows,
        two_files,
        no_geodata,
        no_format,
        named_elsewhere,
    ],
)
def test_faults_of_shapes_name_the_layer_file(small: SmallProject, spoil: object) -> None:
    small.write_shapes([box(0, 0, 1, 1)])
    small.write_layer(slot("good"), name="good")
    expected = built(small)
    small.write_layer(slot("bad"), name="bad", theme="zz")
    assert callable(spoil)
    spoil(small)
    assert fault_of(small).files == ("zz/bad.toml",)
    tables = built(small, "zz/bad.toml")
    assert_the_same_but_for_left_out(tables, expected, ["zz/bad.toml"])


def test_a_missing_column_names_the_layer_file(small: SmallProject) -> None:
    small.write_shapes([box(0, 0, 1, 1)])
    small.write_layer(slot(id="code"), name="redline")
    fault = fault_of(small)
    assert (type(fault), fault.files) == (DataError, ("works/redline.toml",))


def test_errors_of_shapes_keep_their_kind(small: SmallProject) -> None:
    small.write_layer(slot("bad"), name="bad", theme="zz")
    points(small)
    assert type(fault_of(small)) is GeometryError


def test_all_files_at_fault_are_named(small: SmallProject) -> None:
    small.write_layer("= broken", name="three", theme="a")
    small.write_layer(layer("two"), name="two")
    small.write_layer(layer("one", feature("f", members=["东山"], memberz=1)), name="one")
    small.write_layer(GOOD, name="good")
    files = ("a/three.toml", "works/one.toml", "works/two.toml")
    fault = fault_of(small)
    assert fault.files == files
    assert str(fault).startswith("3 fault(s) in layer files:")
    assert fault_of(small, *files[1:]).files == files[:1]
    issues = built(small, *files)["issues"]
    assert issues["subject"][issues["check"] == "left_out"].tolist() == list(files)


def test_files_beyond_those_that_are_listed_are_named_too(small: SmallProject) -> None:
    for i in range(25):
        small.write_layer(layer(f"l{i:02}"), name=f"l{i:02}")
    fault = fault_of(small)
    assert "and 5 more" in str(fault)
    assert fault.files == tuple(f"works/l{i:02}.toml" for i in range(25))


def test_references_and_members_are_told_together_with_the_files_of_both(
    small: SmallProject,
) -> None:
    small.write_layer(layer("one", TWICE, theme="thems"), name="one")
    small.write_layer(layer("two", feature("f", members=["无此县"])), name="two")
    fault = fault_of(small)
    assert "theme 'thems' is not known" in str(fault)
    assert "'无此县' is no unit or group" in str(fault)
    assert fault.files == ("works/one.toml", "works/two.toml")


def test_of_two_files_with_one_id_nobody_knows_which_is_meant(small: SmallProject) -> None:
    small.write_layer(layer("zones", TWICE), theme="zz")
    assert fault_of(small).files == ("zones/zones.toml", "zz/other.toml")


def test_a_name_left_out_is_left_out_of_every_folder(small: SmallProject, tmp_path: Path) -> None:
    text = (small.root / "geoplan.toml").read_text("utf-8")
    folder = tmp_path / "more"
    (folder / "zones").mkdir(parents=True)
    (folder / "zones/zones.toml").write_text(zones(feature("f", members=["东山"])), "utf-8")
    small.write("geoplan.toml", text)
    inputs, gazetteer = inputs_of(small, "zones/zones.toml")
    inputs = LayerInputs(**{**vars(inputs), "folders": [*inputs.folders, folder]})
    units = small_units(small.root / "data/boundaries")
    tables = build_layers(inputs, units=units, gazetteer=gazetteer)
    assert tables["layers"].empty


def test_without_any_layer_left_the_tables_are_empty(small: SmallProject) -> None:
    tables = built(small, "zones/zones.toml")
    assert tables["layers"].empty
    assert tables["features"].empty
    assert isinstance(tables["features"], gpd.GeoDataFrame)
    assert tables["issues"]["subject"].tolist() == ["zones/zones.toml"]


BAD = "works/bad.toml"
FINDING = """[[finding]]
id = "odd"
kind = "wording"
title = { zh = "题", en = "Title" }
detail = { zh = "详", en = "Detail" }
about = [%s]
[[finding.place]]
document = "%s"
section = "第一章"
lines = [7]
printed = ["要素"]
"""


def stray(small: SmallProject) -> str:
    small.write("layers/a/b/c.toml", "")
    return "is read by nobody"


def broken_registry(small: SmallProject) -> str:
    small.write("layers/findings.toml", "= broken")
    return "not valid TOML"


def finding_of_nothing(small: SmallProject) -> str:
    small.write("layers/findings.toml", FINDING % ('"zones/none"', "plan-a"))
    return "about names 'zones/none'"


def finding_in_nothing(small: SmallProject) -> str:
    small.write("layers/findings.toml", FINDING % ("", "plan-x"))
    return "document 'plan-x' is not known"


def theme_of_nothing(small: SmallProject) -> str:
    path = small.root / "layers/classes.toml"
    text = path.read_text("utf-8").replace('id = "works"', 'id = "works"\nalso = ["zones/none"]')
    path.write_text(text, "utf-8")
    return "also names 'zones/none'"


@pytest.mark.parametrize("spoil", [finding_of_nothing, finding_in_nothing, theme_of_nothing])
def test_with_a_fault_of_a_registry_no_file_is_at_fault(small: SmallProject, spoil: object) -> None:
    assert callable(spoil)
    message = spoil(small)
    assert fault_of(small).files == ()
    small.write_layer(layer("bad", TWICE, theme="thems"), name="bad")
    fault = fault_of(small)
    assert fault.files == ()
    assert message in str(fault)
    assert "theme 'thems'" in str(fault)
    assert fault_of(small, BAD).files == ()
    small.write_layer(layer("bad", feature("f", members=["无此县"])), name="bad")
    assert fault_of(small).files == ()


def test_with_a_stray_file_no_layer_is_at_fault(small: SmallProject) -> None:
    message = stray(small)
    small.write_layer("= broken", name="bad")
    fault = fault_of(small)
    assert fault.files == ()
    assert message in str(fault)
    assert BAD in str(fault).replace("\\", "/")


def test_a_broken_registry_is_no_fault_of_a_layer(small: SmallProject) -> None:
    message = broken_registry(small)
    small.write_layer("= broken", name="bad")
    fault = fault_of(small, BAD)
    assert fault.files == ()
    assert message in str(fault)


def test_no_layers_at_all_is_no_fault_of_a_layer(small: SmallProject) -> None:
    (small.root / "layers/zones/zones.toml").unlink()
    assert fault_of(small).files == ()


def test_a_scope_that_is_no_unit_is_no_fault_of_a_layer(small: SmallProject) -> None:
    path = small.root / "layers/documents.toml"
    path.write_text(path.read_text("utf-8").replace("910100", "990100"), "utf-8")
    fault = fault_of(small)
    assert (type(fault), fault.files) == (UnitError, ())


def test_what_names_a_file_that_is_left_out_is_no_fault(small: SmallProject) -> None:
    text = (small.root / "layers/classes.toml").read_text("utf-8")
    also = text.replace('id = "works"', 'id = "works"\nalso = ["bad/zone_a"]')
    small.write("layers/classes.toml", also)
    small.write("layers/findings.toml", FINDING % ('"bad/f", "bad"', "plan-a"))
    small.write_layer(layer("bad", feature("f", members=["无此县"])), name="bad")
    assert fault_of(small).files == (BAD,)
    tables = built(small, BAD)
    assert tables["findings"]["about"].tolist() == ["bad/f bad"]
    assert tables["themes"]["also"].tolist()[1] == "bad/zone_a"


@pytest.mark.parametrize(("name", "key"), [("bad", "other-id"), ("redline", "redline")])
def test_sources_may_name_a_slot_that_is_left_out(small: SmallProject, name: str, key: str) -> None:
    config = (small.root / "geoplan.toml").read_text("utf-8")
    small.write("geoplan.toml", f'{config}[sources]\n{key} = "shapes.gpkg"\n')
    small.write_layer(slot(key) + "\n= broken", name=name)
    assert fault_of(small).files == (f"works/{name}.toml",)
    assert len(built(small, f"works/{name}.toml")["layers"]) == 1


def test_sources_that_name_nothing_are_still_told(small: SmallProject) -> None:
    config = (small.root / "geoplan.toml").read_text("utf-8")
    small.write("geoplan.toml", f'{config}[sources]\nredlime = "shapes.gpkg"\n')
    small.write_layer("= broken", name="bad")
    fault = fault_of(small, BAD)
    assert fault.files == ()
    assert "sources names redlime" in str(fault)


def test_statements_leave_files_out_too(small: SmallProject) -> None:
    small.write_layer("= broken", name="bad")
    inputs, gazetteer = inputs_of(small, BAD)
    assert set(list_statements(inputs, gazetteer=gazetteer)["layer"]) == {"zones"}
    inputs, _ = inputs_of(small)
    with pytest.raises(LayerError) as caught:
        list_statements(inputs, gazetteer=gazetteer)
    assert caught.value.files == (BAD,)


def test_a_file_that_changed_is_read_again(small: SmallProject) -> None:
    small.write_layer(GOOD, name="good")
    assert built(small)["features"]["name"].tolist().count("要素") == 3
    small.write_layer(GOOD.replace("要素", "新名"), name="good")
    assert "新名" in built(small)["features"]["name"].tolist()


def test_sites_and_lines_are_drawn_for_each_file(small: SmallProject) -> None:
    x, y = point(1.5, 0.5)
    site = f'sites = [{{ name = "矿", unit = "东山", lon = {x}, lat = {y} }}]\nsection'
    text = layer("sites", feature("f", "within", class_="mine")).replace("section", site)
    small.write_layer(text, name="sites")
    small.write_layer(layer("axis", feature("f", "indicative", axis=["东镇", "西镇"])), name="axis")
    tables = built(small)
    drawn = tables["features"].set_index("layer").geometry
    assert drawn["axis"].geom_type == "LineString"
    assert drawn["sites"].geom_type == "Point"
    assert "site_outside" in set(tables["issues"]["check"])


def test_faults_without_sentences_are_none() -> None:
    faults = Faults()
    faults.add([])
    faults.add([], ["a/b.toml"])
    faults.raise_any("layer files")
    assert (faults.told, faults.files, faults.elsewhere) == ([], set(), False)


def test_faults_are_told_in_order_and_files_once() -> None:
    faults = Faults()
    faults.add(["first", "second"], ["b/b.toml"])
    faults.add(iter(["third"]), ["a/a.toml", "b/b.toml"])
    with pytest.raises(LayerError, match="3 fault") as caught:
        faults.raise_any("layer files")
    told = "3 fault(s) in layer files:\n  - first\n  - second\n  - third"
    assert str(caught.value) == told
    assert caught.value.files == ("a/a.toml", "b/b.toml")


def test_errors_together_are_of_files_only_where_all_are() -> None:
    one, two = blaming(LayerError("one"), ["b"]), blaming(LayerError("two"), ["a", "b"])
    assert together([one, two]).files == ("a", "b")
    assert str(together([one, two])) == "one\ntwo"
    assert together([one, LayerError("three")]).files == ()


def test_only_errors_of_geoplan_are_said_to_be_of_a_file() -> None:
    with pytest.raises(UnitError) as caught, at_fault("a/b.toml"):
        raise UnitError("no such unit")
    assert caught.value.files == ("a/b.toml",)
    with pytest.raises(ZeroDivisionError), at_fault("a/b.toml"):
        raise ZeroDivisionError
