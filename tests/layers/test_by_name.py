"""Files that are layers by their names alone; what is in doubt is told and not taken."""

from __future__ import annotations

import zipfile
from typing import Any

import pytest

import geopandas as gpd

from geoplan import crs
from geoplan.build import changed_inputs
from geoplan.config import shipped
from geoplan.errors import DataError, GeoplanError, LayerError
from geoplan.gazetteer import load
from geoplan.layers import build_layers, mapped
from geoplan.schema import records
from tests.small import SmallProject, box, slot, small_units

HALF = box(0, 1, 0.5, 2)
"""Half of county 910101: 50 km²."""
REST = box(0.5, 1, 1, 2)

PLANNING = {"BSM": ["a"], "YSDM": ["1"], "XJXZQDM": ["910101"], "XJXZQMC": ["东山区"]}
PLANNING |= {"LHLX": ["水土保持"], "MJ": [50.0]}
SURVEY = {"BSM": ["a"], "YSDM": ["1"], "XJXZQHDM": ["910101"], "LXDM": ["1"], "MC": ["甲红线"]}
SURVEY |= {"QYMJ": [50.0], "SLSJ": ["2020"], "GKCS": ["禁止"]}


def put(small: SmallProject, name: str, **columns: Any) -> None:
    """Write a redline of 50 km² to a theme's folder."""
    small.write_shapes([HALF], name=f"layers/{name}", **(columns or PLANNING))


def told(tables: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the issues about names and fields by their check."""
    rows = records(tables["issues"])
    return {r["check"]: r for r in rows if r["check"].startswith(("by_name", "fields"))}


@pytest.mark.parametrize(
    "name",
    [
        "works/STBHHX.gpkg",
        "works/stbhhx.shp",
        "control_lines/910101STBHHX_2021.geojson",
        "control_lines/甲州市生态保护红线.fgb",
        "works/STBHHX.gdb",
    ],
)
def test_a_file_of_that_name_is_a_layer(small: SmallProject, name: str) -> None:
    state = "EPSG:4326" if name.endswith("geojson") else crs.WORK_CRS
    small.write_shapes([HALF], name=f"layers/{name}", state=state, **PLANNING)
    tables = small.layers()
    layer = tables["layers"].set_index("layer").loc["stbhhx"]
    assert (layer["theme"], layer["document"]) == (name.split("/", maxsplit=1)[0], "user-data")
    assert (layer["title"], layer["kind"], layer["sensitivity"]) == (
        *("生态保护红线", "vector"),
        "internal",
    )
    assert layer["file"] == name
    (row,) = records(tables["features"].query("layer == 'stbhhx'"))
    assert (row["feature"], row["name"], row["class"]) == ("a", "东山区", "ecological_redline")
    assert row["extent"] == "delimited"
    assert layer["theme"] in set(tables["themes"]["theme"])
    assert "ecological_redline" in set(tables["classes"]["class"])
    issues = told(tables)
    assert issues["by_name"]["severity"] == "info"
    assert "STBHHX, 生态保护红线, dialect 统一规划" in issues["by_name"]["message"]
    assert issues["fields_area_unit_found"]["message"].startswith("MJ is in km²")


def test_the_other_dialect_has_other_columns(small: SmallProject) -> None:
    put(small, "works/STBHHX.gpkg", **SURVEY)
    tables = small.layers()
    (row,) = records(tables["features"].query("layer == 'stbhhx'"))
    assert row["name"] == "甲红线"
    assert "dialect 统一调查监测" in told(tables)["by_name"]["message"]


def test_several_layers_of_a_geodatabase(small: SmallProject) -> None:
    path = small.write("layers/works/note.txt", "").with_name("甲州.gpkg")
    zones = {"BSM": ["1", "2"], "YSDM": ["1"] * 2, "XZQDM": ["910101"] * 2, "XZQMC": ["甲"] * 2}
    zones |= {"GHFQDM": ["x"] * 2, "GHFQMC": ["城镇集中建设区", "特别用途区"], "MJ": [5000.0] * 2}
    for layer, shapes, columns in (
        ("STBHHX", [HALF], PLANNING),
        ("CZKFBJ", [HALF, REST], zones),
        ("ROADS", [HALF], {"id": [1]}),
    ):
        frame = gpd.GeoDataFrame(columns, geometry=shapes, crs=crs.WORK_CRS)
        frame.to_file(path, layer=layer)
    tables = small.layers()
    features = tables["features"][["layer", "feature", "class"]]
    made = sorted(features[features["layer"] != "zones"].to_numpy().tolist())
    assert made == [
        ["czkfbj", "1", "urban_concentrated_zone"],
        ["czkfbj", "2", "urban_special_zone"],
        ["stbhhx", "a", "ecological_redline"],
    ]


def test_a_layer_with_another_name_than_its_file(small: SmallProject) -> None:
    frame = gpd.GeoDataFrame(PLANNING, geometry=[HALF], crs=crs.WORK_CRS)
    frame.to_file(small.root / "layers/zones/成果.gpkg", layer="STBHHX")
    assert "stbhhx" in set(small.layers()["layers"]["layer"])


@pytest.mark.parametrize(
    ("name", "columns", "check", "words"),
    [
        ("STBHHX_调出", PLANNING, "fields_proposed", "but also 调出"),
        ("redlines", PLANNING, "fields_proposed", "the fields are those of STBHHX"),
        ("STBHHX", {"id": [1]}, "fields_missing", "5 of its 5 fields are missing"),
    ],
)
def test_doubts_are_told_and_nothing_is_taken(
    small: SmallProject, name: str, columns: dict[str, Any], check: str, words: str
) -> None:
    put(small, f"works/{name}.gpkg", **columns)
    tables = small.layers()
    assert "stbhhx" not in set(tables["layers"]["layer"])
    issue = told(tables)[check]
    assert f"works/{name}.gpkg is no layer: " in issue["message"]
    assert words in issue["message"]


def test_other_files_are_no_concern(small: SmallProject) -> None:
    before = small.layers()
    put(small, "works/parcels.gpkg", id=[1])
    small.write("layers/works/broken.gpkg", "no geopackage")
    after = small.layers()
    assert list(after["layers"]["layer"]) == list(before["layers"]["layer"])
    assert len(after["issues"]) == len(before["issues"])


def test_a_broken_file_of_that_name_is_an_error(small: SmallProject) -> None:
    small.write("layers/works/STBHHX.gpkg", "no geopackage")
    with pytest.raises(DataError, match=r"STBHHX\.gpkg") as caught:
        small.layers()
    assert caught.value.files == ("works/STBHHX.gpkg",)


def test_without_a_coordinate_system_it_is_an_error(small: SmallProject) -> None:
    put(small, "works/STBHHX.shp")
    (small.root / "layers/works/STBHHX.prj").unlink()
    with pytest.raises(GeoplanError, match="coordinate system") as caught:
        small.layers()
    assert caught.value.files == ("works/STBHHX.shp",)


def test_two_files_of_one_code(small: SmallProject) -> None:
    put(small, "works/STBHHX.gpkg")
    put(small, "zones/910101STBHHX.gpkg")
    with pytest.raises(LayerError) as caught:
        small.layers()
    assert "2 files are STBHHX by their names" in str(caught.value)
    assert "works/STBHHX.gpkg; zones/910101STBHHX.gpkg; keep one" in str(caught.value)


def test_a_folder_that_is_no_theme(small: SmallProject) -> None:
    put(small, "anything/STBHHX.gpkg")
    with pytest.raises(LayerError, match=r"put it into layers/control_lines/ .* theme: zones, w"):
        small.layers()


def test_a_layer_file_that_claims_it_wins(small: SmallProject) -> None:
    put(small, "works/STBHHX.gpkg")
    small.write_layer(slot(path="STBHHX.*", id="BSM"))
    tables = small.layers()
    assert "stbhhx" not in set(tables["layers"]["layer"])
    assert set(tables["features"].query("layer == 'redline'")["class"]) == {"redline"}
    assert told(tables) == {}


@pytest.mark.parametrize("theme", ["works", "zones"])
@pytest.mark.parametrize("columns", [PLANNING, SURVEY])
def test_a_slot_that_waits_for_the_mapping_is_filled(
    small: SmallProject, theme: str, columns: dict[str, Any]
) -> None:
    small.write_layer(slot(mapping="STBHHX"))
    put(small, f"{theme}/910101STBHHX.gpkg", **columns)
    tables = small.layers()
    layers = tables["layers"].set_index("layer")
    assert "stbhhx" not in layers.index
    assert layers.loc["redline", "features"] == 1
    (row,) = records(tables["features"].query("layer == 'redline'"))
    assert (row["feature"], row["class"]) == ("a", "redline")
    assert "fills the slot redline" in told(tables)["by_name"]["message"]


def test_a_slot_needs_no_path_where_it_has_a_mapping(small: SmallProject) -> None:
    text = slot(mapping="STBHHX").replace('path = "shapes.*"\n', "")
    small.write_layer(text)
    assert small.layers()["layers"].set_index("layer").loc["redline", "kind"] == "slot"
    put(small, "works/STBHHX.gpkg")
    assert small.layers()["layers"].set_index("layer").loc["redline", "features"] == 1
    small.write_layer(text.replace('mapping = "STBHHX"\n', ""))
    with pytest.raises(LayerError, match="needs a path, or the code of a mapping"):
        small.layers()


def test_a_slot_that_has_its_file_takes_no_second_one(small: SmallProject) -> None:
    small.write_layer(slot(path="STBHHX.*", mapping="STBHHX"))
    put(small, "works/STBHHX.gpkg")
    assert small.layers()["layers"].set_index("layer").loc["redline", "features"] == 1
    put(small, "zones/910101STBHHX.gpkg")
    with pytest.raises(LayerError, match="redline has a file of that mapping already; keep one"):
        small.layers()


def test_a_mapping_that_is_not_there(small: SmallProject) -> None:
    small.write_layer(slot(mapping="STBHX"))
    with pytest.raises(LayerError, match=r"mapping 'STBHX' is not known. Did you mean STBHHX"):
        small.layers()


def test_a_slot_with_a_mapping_whose_fields_are_missing(small: SmallProject) -> None:
    put(small, "works/shapes.gpkg", id=[1], 名称=["甲"])
    small.write_layer(slot(mapping="STBHHX"))
    with pytest.raises(DataError, match=r"5 of its 5 fields are missing: .* there are: id, 名称"):
        small.layers()
    small.write_layer(slot(mapping="STBHHX", id="id", name="名称"))
    tables = small.layers()
    assert tables["features"].query("layer == 'redline'")["name"].tolist() == ["甲"]
    assert "fields_missing" in told(tables)


def test_ids_that_repeat_are_told_and_not_taken(small: SmallProject) -> None:
    columns = {key: [*values, *values] for key, values in PLANNING.items()}
    small.write_shapes([HALF, REST], name="layers/works/STBHHX.gpkg", **columns)
    tables = small.layers()
    features = tables["features"].query("layer == 'stbhhx'")["feature"]
    assert len(set(features)) == 2
    assert "a" not in set(features)
    assert "rows 1, 2" in told(tables)["fields_id_repeats"]["message"]


def test_very_many_parcels_are_merged_by_class(
    small: SmallProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    shapes = [box(i / 10, 1, (i + 1) / 10, 2) for i in range(6)]  # 10 km² each
    codes = ["0101", "0103", "0301", "0307", "0101", "9999"]
    columns: dict[str, Any] = {"BSM": list("abcdef"), "YSDM": ["1"] * 6, "TBBH": list("123456")}
    columns |= {"DLBM": codes, "DLMC": ["x"] * 6, "TBMJ": [1e7] * 6, "TBDLMJ": [1e7] * 6}
    small.write_shapes(shapes, name="layers/land_survey/DLTB.gpkg", **columns)
    apart = small.layers()["features"].query("layer == 'dltb'")
    assert apart["class"].tolist() == [
        *("land_cropland", "land_cropland", "land_forest", "land_forest", "land_cropland"),
        "land_unknown",
    ]
    monkeypatch.setattr(mapped, "MOST_FEATURES", 5)
    tables = small.layers()
    merged = tables["features"].query("layer == 'dltb'").set_index("class")
    areas = {c: round(a.area / 1e6, 3) for c, a in zip(merged.index, _work(merged), strict=True)}
    assert areas == {"land_cropland": 30.0, "land_forest": 20.0, "land_unknown": 10.0}
    assert merged.loc["land_cropland", "name"] == "耕地"
    issues = told(tables)
    assert "6 rows are merged into 3 feature(s)" in issues["fields_merged"]["message"]
    assert "'9999' 1 times" in issues["fields_unknown_code"]["measured"]


def _work(features: Any) -> Any:
    return crs.data_to_work(features.geometry.to_numpy())


def test_a_broken_one_is_left_out_and_the_rest_is_built(small: SmallProject) -> None:
    put(small, "works/STBHHX.gpkg")
    put(small, "works/DLTB.gpkg", **PLANNING)  # the name without the fields: told, not taken
    tables = small.layers()
    assert "stbhhx" in set(tables["layers"]["layer"])

    boundaries = small.load().folder("boundaries")
    made = build_layers(
        small.inputs("works/STBHHX.gpkg"),
        units=small_units(boundaries),
        gazetteer=load(boundaries),
    )
    assert "stbhhx" not in set(made["layers"]["layer"])
    assert "left_out" in set(made["issues"]["check"])


def test_its_areas_are_computed_and_a_change_is_noticed(small: SmallProject) -> None:
    put(small, "control_lines/STBHHX.gpkg", **{**PLANNING, "MJ": [7.0]})
    tables = small.run()
    rows = tables["coverage"].query("layer == 'stbhhx' and adcode == '910101'")
    assert rows["area_net_km2"].tolist() == [pytest.approx(50, abs=1e-6)]
    assert "in no unit" in told(tables)["fields_area_unit"]["message"]
    assert changed_inputs(small.load(), "layers") == []
    put(small, "control_lines/STBHHX.gpkg")
    (changed,) = changed_inputs(small.load(), "layers")
    assert "layers/control_lines/STBHHX.gpkg" in changed
    # So does a mapping of the project's own that says otherwise.
    text = (shipped() / "data/mappings/stbhhx.toml").read_text("utf-8")
    small.write("data/mappings/stbhhx.toml", text.replace("生态保护红线", "红线"))
    assert len(changed_inputs(small.load(), "layers")) == 2
    layers = small.layers()["layers"].set_index("layer")
    assert layers.loc["stbhhx", "title"] == "红线"


def test_a_zip_of_that_name_is_a_layer(small: SmallProject) -> None:
    put(small, "zones/STBHHX.shp")
    parts = sorted((small.root / "layers/zones").glob("STBHHX.*"))
    with zipfile.ZipFile(small.root / "layers/zones/甲州市成果.zip", "w") as archive:
        for part in parts:
            archive.write(part, part.name)
            part.unlink()
    tables = small.layers()
    assert "stbhhx" in set(tables["layers"]["layer"])
    assert tables["features"].query("layer == 'stbhhx'")["name"].tolist() == ["东山区"]


def test_a_file_beside_the_registries_is_told(small: SmallProject) -> None:
    put(small, "STBHHX.gpkg")
    tables = small.layers()
    assert "stbhhx" not in set(tables["layers"]["layer"])
    assert (
        "put it into a folder of a theme, such as layers/control_lines/"
        in (told(tables)["by_name"]["message"])
    )
