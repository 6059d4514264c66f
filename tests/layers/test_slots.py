"""Slots of features, and classes that divide the scope of their document."""

from __future__ import annotations

import shutil

import pytest

from geoplan.config import shipped
from geoplan.errors import LayerError
from geoplan.layers.read import TEMPLATES
from geoplan.schema import records
from tests.small import SmallProject, feature, layer

EMPTY = feature("f", members=[], lines=[], slot=True)
FILLED = feature("g", members=["东山"])


def test_an_empty_slot_says_nothing(small: SmallProject) -> None:
    small.write_layer(layer("other", EMPTY, slot=True))
    tables = small.run()
    (row,) = [r for r in records(tables["layers"]) if r["layer"] == "other"]
    assert (row["kind"], row["features"]) == ("slot", 0)
    assert "other" not in set(tables["features"]["layer"])
    assert "other" not in set(tables["memberships"]["layer"])
    states = {r["state"] for r in records(tables["coverage"]) if r["layer"] == "other"}
    assert states == {"no_data", "out_of_scope"}


def test_a_layer_may_be_filled_bit_by_bit(small: SmallProject) -> None:
    small.write_layer(layer("other", EMPTY, FILLED, slot=True))
    tables = small.layers()
    (row,) = [r for r in records(tables["layers"]) if r["layer"] == "other"]
    assert (row["kind"], row["features"]) == ("slot", 1)
    # Until all is filled in, nobody is said not to be concerned, and no gap is told.
    coverage = small.run()["coverage"].query("layer == 'other'")
    assert set(coverage["state"]) == {"concerned", "no_data", "out_of_scope"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (layer("other", feature("f", members=["东山"], slot=True)), "remove slot = true"),
        (layer("other", feature("f", members=[], slot=True)), "remove slot = true"),
        (layer("other", feature("f", members=["东山"], lines=[])), "at least one line"),
        (layer("other", FILLED, slot=True), "remove slot = true of the layer too"),
        (layer("other", feature("f", members=[])), "takes its place from units, not from none"),
        (layer("other", feature("f", members=["东山"], section="待填")), "待填 is for slots"),
        (layer("other", feature("f", members=["东山"], lines=[7, 7])), "a line stands twice"),
        (layer("other", FILLED, partition=[]), "partition: "),
    ],
)
def test_slots_that_are_filled_or_not(small: SmallProject, text: str, message: str) -> None:
    path = small.write_layer(text)
    with pytest.raises(LayerError) as caught:
        small.layers()
    assert message in str(caught.value)
    assert f"{path}: line " in str(caught.value)


def test_a_partition_that_is_not_filled_has_no_gaps(small: SmallProject) -> None:
    small.write_layer(layer("other", EMPTY, slot=True, partition=True))
    assert "partition_gap" not in set(small.layers()["issues"]["check"])


def issues(small: SmallProject, *features: str, **more: object) -> set[tuple[str, str, str]]:
    small.write_layer(layer("other", *features, **more))
    rows = records(small.layers()["issues"])
    return {
        (row["check"], row["subject"].split(": ")[1], row["measured"])
        for row in rows
        if row["subject"].startswith("other")
    }


def test_classes_that_divide_the_scope(small: SmallProject) -> None:
    found = issues(
        small,
        feature("f", "within", members=["二山"]),
        feature("g", "within", members=["东山", "南水"]),
        feature("h", "within", class_="mine", members=["东山", "西山"]),
        partition=["zone_a"],
    )
    assert found == {
        ("partition_double", "甲州市东山区", "2"),
        ("partition_gap", "甲州市城区", "0"),
    }


def test_a_class_that_divides_nothing_is_told(small: SmallProject) -> None:
    path = small.write_layer(layer("other", FILLED, partition=["mine"]))
    with pytest.raises(LayerError, match="class 'mine' is of no feature; there are: zone_a"):
        small.layers()
    assert path.is_file()


def test_shipped_templates_build_and_fill_in(small: SmallProject) -> None:
    # With the codes of the small province in place of the shipped ones.
    source = shipped() / "layers" / TEMPLATES
    for path in sorted(source.rglob("*.toml")):
        if (
            path.name == "rules.toml"
        ):  # of classes of the shipped catalogue: tests/test_shipped_rules.py
            continue
        text = path.read_text("utf-8").replace('"140000"', '"910000"')
        text = text.replace('"140700"', '"910100"')
        name = path.relative_to(source).as_posix()
        if name in ("documents.toml", "classes.toml"):
            name = f"layers/{name}"
            text = (small.root / name).read_text("utf-8") + "\n" + text
            if name.endswith("classes.toml"):
                text += _theme("main_function_zone") + _class("ecological_redline")
        else:
            name = f"layers/{name}"
        small.write(name, text)
    tables = small.run()
    kinds = {row["layer"]: row["kind"] for row in records(tables["layers"])}
    assert {k for k, kind in kinds.items() if kind == "slot"} == {
        "ecological-redline",
        "permanent-basic-farmland",
        "urban-development-boundary",
        "jinzhong-main-function-zones-2035",
        "jinzhong-energy-resource-areas-2035",
        "shanxi-main-function-zones-2035",
        "shanxi-energy-resource-areas-2035",
    }
    path = small.root / "layers/main_function_zone/jinzhong-main-function-zones-2035.toml"
    text = path.read_text("utf-8")
    empty = 'members = []\nsection = "待填"\nlines = []\nslot = true\n'
    assert text.count(empty) == 3
    for name in ("东山", "西山", "南水"):
        given = f'members = ["{name}"]\nsection = "第三章"\nlines = [9]\n'
        text = text.replace(empty, given, 1)
    path.write_text(text.replace("slot = true\n", ""), encoding="utf-8")
    tables = small.layers()
    gaps = [r for r in records(tables["issues"]) if r["check"] == "partition_gap"]
    assert [r["subject"] for r in gaps] == ["jinzhong-main-function-zones-2035: 甲州市城区"]


def _theme(key: str) -> str:
    return f'\n[[theme]]\nid = "{key}"\ntitle = {{ zh = "题", en = "{key}" }}\n'


def _class(key: str) -> str:
    title = f'title = {{ zh = "类", en = "{key}" }}'
    return f'\n[[class]]\nid = "{key}"\n{title}\ncolour = "#123456"\n'


def test_templates_are_not_read_themselves(tmp_path: object, small: SmallProject) -> None:
    shutil.copytree(shipped() / "layers" / TEMPLATES, small.root / "layers" / TEMPLATES)
    assert "permanent-basic-farmland" not in set(small.layers()["layers"]["layer"])
