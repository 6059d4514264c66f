"""Faults of layer files are all told at once, each with file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from geoplan.errors import LayerError, UnitError
from geoplan.layers.read import read_layers, read_registry
from geoplan.layers.references import check_references
from tests.small import SmallProject, claim, feature, layer, slot, zones


def fault_of(small: SmallProject) -> str:
    folders = [small.root / "layers"]
    with pytest.raises(LayerError) as fault:
        check_references(read_layers(folders), read_registry(folders))
    assert fault.value.exit_code == 3
    return str(fault.value)


def line_of(path: Path, start: str) -> int:
    """Return the 1-based number of the last line that begins with `start`."""
    lines = path.read_text("utf-8").split("\n")
    return max(i for i, text in enumerate(lines, start=1) if text.startswith(start))


def test_unknown_key_is_named_with_line_and_suggestion(small: SmallProject) -> None:
    path = small.write_layer(layer("other", feature("f", members=["东山"], memberz=1)))
    message = (
        f"{path}: line {line_of(path, 'memberz')}: unknown key 'memberz'. Did you mean members"
    )
    assert message in fault_of(small)


@pytest.mark.parametrize(
    ("text", "starts", "message"),
    [
        (
            layer("other", feature("f", members=["东山"]), theme="thems"),
            "theme",
            "theme 'thems' is not known; there are: zones, works",
        ),
        (
            layer("other", feature("f", members=["东山"]), document="plan-x"),
            "document",
            "document 'plan-x' is not known; there are: plan-a, plan-p",
        ),
        (
            layer("other", feature("f", class_="zone_x", members=["东山"])),
            "class",
            "class 'zone_x' is not in classes.toml",
        ),
        (
            layer("other", feature("f", members=["东山"]), feature("f", members=["西山"])),
            "id",
            "feature 'f' is defined twice",
        ),
        (
            layer("other", feature("f", "indicative", buffer_of="g", buffer_km=2)),
            "buffer_of",
            "no feature 'g' here",
        ),
        (
            layer("other", feature("f", members=["东山"]), claim("other/g", 1)),
            "of",
            "'other/g' is not the layer, layer/class or layer/feature",
        ),
        (slot().replace('"redline"', '"redlime"'), "class_id", "class 'redlime' is not in"),
    ],
    ids=range(7),
)
def test_reference_to_nothing_is_named_with_line(
    small: SmallProject, text: str, starts: str, message: str
) -> None:
    path = small.write_layer(text, name="zz", theme="zz")
    assert f"{path}:{line_of(path, starts)}: {message}" in fault_of(small)


def test_layer_that_stands_in_two_files(small: SmallProject) -> None:
    path = small.write_layer(layer("zones", feature("f", members=["东山"])), theme="zz")
    assert f"{path}:2: layer 'zones' stands in {small.root}" in fault_of(small)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (layer("other"), "it needs [[feature]], [[indicator]], [file] or [raster]"),
        (layer("other", slot=True), "a slot needs a table [file] or [raster]"),
        (
            layer("other", feature("f", "whole", axis=["东镇", "西镇"])),
            "extent 'whole' takes its place from units, not from axis",
        ),
        (
            layer("other", feature("f", "indicative", members=["东山"])),
            "extent 'indicative' takes its place from axis or buffer or reference or footprint",
        ),
        (
            layer("other", feature("f", "delimited", members=["东山"])),
            "takes its place from the file of its layer",
        ),
        (layer("other", feature("f", "whole")), "takes its place from units, not from none"),
        (layer("other", feature("f", "indicative", axis=["东镇"])), "at least two waypoints"),
        (layer("other", feature("f", "indicative", buffer_of="g")), "buffer_km come together"),
        (
            layer("other", feature("f", members=["东山"]), claim("other", 1, "percent")),
            "area is measured in km2, m2, 10k_m2",
        ),
        (
            layer("other", feature("f", members=["东山"]), claim("other", 1, quantity="size")),
            "quantity",
        ),
        (slot(path="/somewhere/shapes.gpkg"), "path is relative to the layer file"),
        (slot(path="C:/shapes.gpkg"), "path is relative to the layer file"),
        *(
            (slot(path=path), f"file: path is {path!r}, but path is relative to the layer file")
            for path in ("a**b", ".", "..", "../../*", "sub/shapes.gpkg", "C:shapes.gpkg")
        ),
        (slot() + feature("f", members=["东山"]), "a layer has features or a file, not both"),
        (
            layer("other", feature("f", members=["东山"], period=["16", "20"])),
            "should match pattern",
        ),
        (
            layer("other", feature("f", members=["东山"], period=["2020", "2016"])),
            "feature 1, period: 2020 is after 2016; the earlier year comes first",
        ),
        (
            layer("other", feature("f", members=["东\n山"])),
            "feature 1, members, value 1: holds U+000A; write plain text on one line",
        ),
        (
            layer("other", feature("f", members=["东山"], section="\u0000")),
            "feature 1, section: holds U+0000; write plain text on one line",
        ),
        (
            layer("other", feature("f", members=["东山"], section=" ")),
            "feature 1, section: is empty; write a text, or leave the key out",
        ),
        (
            layer("other", feature("f", members=["东山"])).replace('"图层"', '"图\\n层"'),
            "title.zh: holds U+000A; write plain text on one line",
        ),
        (
            layer("other", feature("f", "indicative", buffer_of="g", buffer_km=501)),
            "feature 1, buffer_km: Input should be less than or equal to 500",
        ),
        (
            layer("other", feature("f", "indicative", buffer_of="g", buffer_km="2")),
            "feature 1, buffer_km: '2' is no number; write it without quotes",
        ),
        (
            layer("other", feature("f", "indicative", buffer_of="g")).replace(
                "buffer_of", "buffer_km = inf\nbuffer_of"
            ),
            "feature 1, buffer_km: is no finite number",
        ),
        (
            layer("other", feature("f", members=["东山"]), partition="yes"),
            "partition: must be true or false",
        ),
    ],
    ids=range(29),
)
def test_layer_that_says_something_impossible(small: SmallProject, text: str, message: str) -> None:
    path = small.write_layer(text)
    found = fault_of(small)
    assert f"{path}: line " in found
    assert message in found


@pytest.mark.parametrize("text", ['id = "other"x', "id = \n", "[[feature]"])
def test_broken_toml_names_the_file_and_line(small: SmallProject, text: str) -> None:
    path = small.write_layer("\n\n" + text)
    found = fault_of(small)
    assert f"{path}: not valid TOML" in found
    assert "line 3" in found


def test_layer_that_is_no_utf8(small: SmallProject) -> None:
    path = small.write_layer("")
    path.write_bytes("id = '晋'".encode("gbk"))
    assert f"{path}: cannot be read as UTF-8 text" in fault_of(small)


def test_faults_of_several_files_come_at_once(small: SmallProject) -> None:
    first = small.write_layer(layer("one", feature("f", members=["东山"], memberz=1)), name="one")
    second = small.write_layer(layer("two"), name="two")
    third = small.write_layer("= broken", name="three")
    found = fault_of(small)
    assert "3 fault(s) in layer files" in found
    assert all(str(path) in found for path in (first, second, third))


@pytest.mark.parametrize("name", ["documents.toml", "classes.toml"])
def test_missing_registry_is_named(small: SmallProject, name: str) -> None:
    path = small.root / "layers" / name
    path.unlink()
    assert f"{path}: there is no such file" in fault_of(small)


@pytest.mark.parametrize(
    ("name", "kind", "key"),
    [
        ("documents.toml", "document", "plan-a"),
        ("classes.toml", "theme", "zones"),
        ("classes.toml", "class", "zone_a"),
    ],
)
def test_id_that_stands_twice_in_a_registry(
    small: SmallProject, name: str, kind: str, key: str
) -> None:
    path = small.root / "layers" / name
    before = path.read_text("utf-8")
    block = next(b for b in before.split("\n\n") if f"[[{kind}]]" in b and f'"{key}"' in b)
    path.write_text(f"{before}\n{block}\n", encoding="utf-8")
    line = line_of(path, f'id = "{key}"')
    assert f"{path}:{line}: {kind} '{key}' is defined twice; the first is {path}:" in fault_of(
        small
    )


def test_scope_of_a_document_that_is_no_unit(small: SmallProject) -> None:
    path = small.root / "layers" / "documents.toml"
    path.write_text(path.read_text("utf-8").replace("910100", "990100"), encoding="utf-8")
    message = r"documents\.toml:2: document 'plan-a': scope 990100 is no unit"
    with pytest.raises(UnitError, match=message):
        small.layers()


def test_folder_without_layers(small: SmallProject) -> None:
    (small.root / "layers/zones/zones.toml").unlink()
    assert "there are no layers; expected <theme>/<layer>.toml" in fault_of(small)


def test_layers_of_later_folders_replace_those_with_the_same_id(small: SmallProject) -> None:
    other = small.root / "more"
    (other / "zones").mkdir(parents=True)
    (other / "zones/z.toml").write_text(zones(feature("new", members=["河口"])), encoding="utf-8")
    (found,) = read_layers([small.root / "layers", other])
    assert found.path.name == "z.toml"


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([-1], "feature 1, lines, value 1: Input should be greater than or equal to 0"),
        ([10_000_001], "feature 1, lines, value 1: Input should be less than or equal to 10000000"),
        ([7, True], "feature 1, lines, value 2: must be a whole number, without quotes or point"),
        (["7"], "feature 1, lines, value 1: must be a whole number, without quotes or point"),
        ([7.0], "feature 1, lines, value 1: must be a whole number, without quotes or point"),
        (7, "feature 1, lines: must be a list: [ … ]"),
    ],
)
def test_wrong_lines_are_one_fault_in_words_of_the_file(
    small: SmallProject, lines: object, message: str
) -> None:
    path = small.write_layer(layer("other", feature("f", members=["东山"], lines=lines)))
    assert fault_of(small) == (
        f"1 fault(s) in layer files:\n  - {path}: line {line_of(path, 'lines')}: {message}"
    )


@pytest.mark.parametrize("waypoint", [[112.0], ["112", "36"], [200, 36], [True, 36], 3, ""])
def test_wrong_waypoint_is_one_fault_in_words_of_the_file(
    small: SmallProject, waypoint: object
) -> None:
    text = layer("other", feature("f", "indicative", axis=["东镇", waypoint]))
    path = small.write_layer(text)
    assert fault_of(small) == (
        f"1 fault(s) in layer files:\n  - {path}: line {line_of(path, 'axis')}: feature 1, axis, "
        "value 2: a waypoint is a name of places.csv, or [longitude, latitude] in degrees"
    )


@pytest.mark.parametrize("value", ["0", "-3", "inf", "nan", "true", "1e300", "1e-300", '"many"'])
def test_claim_of_a_value_that_no_plan_prints(small: SmallProject, value: str) -> None:
    text = layer("other", feature("f", members=["东山"]), claim("other", 1))
    path = small.write_layer(text.replace("value = 1", f"value = {value}"))
    found = fault_of(small)
    assert found.startswith("1 fault(s)")
    assert f"{path}: line {line_of(path, 'value')}: claim 1, value: " in found


def test_theme_that_shows_a_class_of_no_layer(small: SmallProject) -> None:
    path = small.root / "layers/classes.toml"
    text = path.read_text("utf-8")
    path.write_text(text.replace('id = "works"', 'id = "works"\nalso = ["zones/none"]'), "utf-8")
    line = line_of(path, 'id = "works"')
    assert f"{path}:{line}: theme 'works': also names 'zones/none'" in fault_of(small)
