"""Mappings of a project's own, sources of the configuration, and names beside the named layers."""

from __future__ import annotations

from typing import Any

import pytest

from geoplan.config import shipped
from geoplan.errors import ConfigError, LayerError
from geoplan.layers.names import layer_files
from geoplan.schema import records
from tests.mappings.test_files import SMALL
from tests.small import SmallProject, box, slot

HALF, REST = box(0, 1, 0.5, 2), box(0.5, 1, 1, 2)
"""The halves of county 910101: 50 km² each."""

PLANNING = {"BSM": ["a"], "YSDM": ["1"], "XJXZQDM": ["910101"], "XJXZQMC": ["东山区"]}
PLANNING |= {"LHLX": ["水土保持"], "MJ": [50.0]}
SURVEY = {"BSM": ["a"], "YSDM": ["1"], "XJXZQHDM": ["910101"], "LXDM": ["1"], "MC": ["甲红线"]}
SURVEY |= {"QYMJ": [50.0], "GKCS": ["禁止"]}


def row_of(tables: dict[str, Any], layer: str) -> dict[str, Any]:
    """Return the only feature of a layer."""
    (row,) = records(tables["features"][tables["features"]["layer"] == layer])
    return row


def configure(small: SmallProject, text: str) -> None:
    """Add lines to the configuration."""
    with (small.root / "geoplan.toml").open("a", encoding="utf-8") as file:
        file.write(text)


def test_a_mapping_of_the_project_makes_layers_too(small: SmallProject) -> None:
    small.write("data/mappings/abc.toml", SMALL)
    small.write_shapes([HALF], name="layers/zones/910101ABC.gpkg", BSM=["1"])
    tables = small.layers()
    assert row_of(tables, "abc")["class"] == "a"
    classes = tables["classes"].set_index("class")
    assert classes.loc["a", "colour"] == "#102030"


def test_a_wrong_mapping_of_the_project_stops_the_layers(small: SmallProject) -> None:
    small.write("data/mappings/abc.toml", SMALL.replace("required = true", "need = true"))
    with pytest.raises(ConfigError, match=r"abc\.toml: 1 fault\(s\)"):
        small.layers()


def test_a_project_may_widen_the_units_of_a_field(small: SmallProject) -> None:
    mu = {**PLANNING, "MJ": [75_000.0]}  # 50 km² are 75 000 mu
    small.write_shapes([HALF], name="layers/works/STBHHX.gpkg", **mu)
    checks = set(small.layers()["issues"]["check"])
    assert "fields_area_unit" in checks
    text = (shipped() / "data/mappings/stbhhx.toml").read_text("utf-8")
    small.write("data/mappings/stbhhx.toml", text.replace('"hm2", "km2"', '"hm2", "km2", "mu"'))
    checks = set(small.layers()["issues"]["check"])
    assert "fields_area_unit" not in checks
    assert "fields_area_unit_found" in checks


@pytest.mark.parametrize(("columns", "name"), [(PLANNING, "东山区"), (SURVEY, "甲红线")])
def test_a_source_of_the_configuration_has_either_dialect(
    small: SmallProject, columns: dict[str, Any], name: str
) -> None:
    small.write_layer(slot(mapping="STBHHX"))
    small.write_shapes([HALF], name="own/anything.gpkg", **columns)
    configure(small, '[sources]\nredline = "own/anything.gpkg"\n')
    tables = small.layers()
    row = row_of(tables, "redline")
    assert (row["feature"], row["name"]) == ("a", name)
    assert "fields_area_unit_found" in set(tables["issues"]["check"])


def test_a_source_that_lies_in_a_theme_is_no_layer_besides(small: SmallProject) -> None:
    small.write_layer(slot(mapping="STBHHX"))
    small.write_shapes([HALF], name="layers/zones/910101STBHHX.gpkg", **PLANNING)
    configure(small, '[sources]\nredline = "layers/zones/910101STBHHX.gpkg"\n')
    tables = small.layers()
    assert set(tables["layers"]["layer"]) == {"zones", "redline"}
    assert "by_name" not in set(tables["issues"]["check"])


def test_a_source_and_a_file_by_name_are_one_too_many(small: SmallProject) -> None:
    small.write_layer(slot(mapping="STBHHX"))
    small.write_shapes([HALF], name="own/a.gpkg", **PLANNING)
    small.write_shapes([REST], name="layers/zones/STBHHX.gpkg", **PLANNING)
    configure(small, '[sources]\nredline = "own/a.gpkg"\n')
    with pytest.raises(LayerError, match="redline has a file of that mapping already") as caught:
        small.layers()
    assert caught.value.files == ("zones/STBHHX.gpkg",)


def test_of_two_slots_that_of_the_theme_is_filled(small: SmallProject) -> None:
    small.write_layer(slot(mapping="STBHHX"))
    other = slot("second", mapping="STBHHX").replace('theme = "works"', 'theme = "zones"')
    small.write_layer(other, name="second", theme="zones")
    small.write_shapes([HALF], name="layers/zones/910101STBHHX.gpkg", **PLANNING)
    layers = small.layers()["layers"].set_index("layer")["features"]
    assert (layers["redline"], layers["second"]) == (0, 1)
    assert "stbhhx" not in layers.index


def test_an_id_that_a_layer_file_has(small: SmallProject) -> None:
    small.write_layer(slot("stbhhx"))
    small.write_shapes([HALF], name="layers/zones/STBHHX.gpkg", **PLANNING)
    with pytest.raises(LayerError, match=r"would be the layer .stbhhx., which .*other\.toml is"):
        small.layers()


def test_zones_of_a_slot_are_classes_of_their_own(small: SmallProject) -> None:
    columns = {"BSM": ["1", "2"], "YSDM": ["1"] * 2, "XZQDM": ["910101"] * 2}
    columns |= {"GHFQMC": ["特别用途区", "另一个区"], "MJ": [50.0] * 2}
    small.write_layer(slot(mapping="CZKFBJ"))
    small.write_shapes([HALF, REST], name="layers/works/shapes.gpkg", **columns)
    tables = small.layers()
    classes = tables["features"].query("layer == 'redline'")["class"].tolist()
    assert classes == ["urban_special_zone", "redline"]
    issue = tables["issues"].set_index("check").loc["fields_unknown_code"]
    assert issue["measured"] == "'另一个区' 1 times"


def test_files_that_a_slot_with_a_mapping_may_be_of(small: SmallProject) -> None:
    small.write_layer(slot(mapping="STBHHX"))
    small.write_layer(slot("plain"), name="plain")
    small.write_shapes([HALF], name="layers/zones/910101STBHHX.gpkg", **PLANNING)
    found = layer_files([small.root / "layers"])
    assert [p.name for p in found["redline"]] == ["other.toml", "910101STBHHX.gpkg"]
    assert [p.name for p in found["plain"]] == ["plain.toml"]
