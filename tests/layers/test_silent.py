"""Listed maps that show nothing are told in the issues, with their line and the reason."""

from __future__ import annotations

import pytest

from geoplan.publish.pages import menu
from tests.layers.test_maps import entry
from tests.small import SmallProject, box, feature, layer, slot

DOCUMENTS = """
[[document]]
id = "plan-b"
title = "乙州规划"
date = "2019-01-01"
scope = "910200"
period = ["2019", "2020"]

[[document]]
id = "report"
title = "报告"
date = "2019-01-01"
scope = "910000"
plan = false
"""


def told(small: SmallProject, *entries: str) -> list[tuple[str, str, str, str]]:
    """Return check, severity, subject and message of the issues that are of maps."""
    small.write("layers/maps.toml", "\n".join(entries))
    issues = small.layers()["issues"]
    own = issues[issues["check"].str.startswith("map_")]
    assert set(own["stage"]) <= {"layers"}
    return list(own[["check", "severity", "subject", "message"]].itertuples(index=False, name=None))


def files(small: SmallProject) -> set[str]:
    """Return the files of the menu."""
    return {made.file for made in menu(small.run("boundaries", "layers"), small.load().config)}


def with_other_plans(small: SmallProject) -> None:
    path = small.root / "layers/documents.toml"
    small.write("layers/documents.toml", path.read_text("utf-8") + DOCUMENTS)


LEFT_OUT = {
    "together": (entry("a", "together", 'themes = ["works"]'), "theme(s) works"),
    "detail": (entry("a", "detail", 'theme = "works"'), "theme(s) works"),
    "count": (entry("a", "count", 'documents = ["plan-p"]'), "document(s) plan-p"),
    "compare": (
        entry("a", "compare", 'earlier = ["plan-p"]', 'later = ["report"]'),
        "document(s) plan-p, report",
    ),
}


@pytest.mark.parametrize("kind", LEFT_OUT)
def test_a_map_without_layers_is_told(small: SmallProject, kind: str) -> None:
    with_other_plans(small)
    text, named = LEFT_OUT[kind]
    [(check, severity, subject, message)] = told(small, entry("good", "count"), text)
    assert (check, severity, subject) == ("map_left_out", "warning", "map a")
    assert message.startswith(f"maps.toml:7: map 'a' of kind {kind!r} has no page: ")
    assert f"no layer with features of {named}; add one, or take the map out" in message
    made = files(small)
    assert "good.html" in made
    assert {"a.html", "works.html"}.isdisjoint(made)


def test_a_map_that_has_a_page_is_not_said_to_be_left_out(small: SmallProject) -> None:
    """An empty slot says that something is to come, so a map of it is there."""
    small.write_layer(slot())
    maps = (
        entry("a", "together", 'themes = ["works"]'),
        entry("b", "detail", 'theme = "works"'),
        entry("c", "together", 'layers = ["redline/redline"]'),
    )
    assert told(small, *maps) == []
    assert {"a.html", "works.html", "c.html"} <= files(small)


def test_a_count_of_a_unit_elsewhere_is_told(small: SmallProject) -> None:
    maps = [
        entry("far", "count", 'unit = "910200"', 'documents = ["plan-a"]'),
        entry("all", "count", 'unit = "910200"'),
        entry("near", "count", 'unit = "910100"', 'documents = ["plan-a"]'),
    ]
    found = told(small, *maps)
    assert [row[:3] for row in found] == [
        ("map_empty", "warning", "map all"),
        ("map_empty", "warning", "map far"),
    ]
    message = found[1][3]
    assert message.startswith("maps.toml:2: map 'far' of kind 'count' shows no county: ")
    assert "names a county of 乙州市 within its own scope" in message
    assert str(small.root) not in message


@pytest.mark.parametrize(
    ("extent", "more", "empty"),
    [
        ("within", {"members": ["乙州市河口县"]}, False),
        ("within", {"members": ["乙州市"]}, True),  # it lies somewhere in the city
        ("whole", {"members": ["乙州市"]}, False),
        ("indicative", {"axis": ["东镇", "口镇"]}, True),  # our own sketch names nothing
    ],
)
def test_what_names_a_county_is_what_counts(
    small: SmallProject, extent: str, more: dict[str, object], empty: bool
) -> None:
    small.write_layer(layer("p", feature("f", extent, **more), document="plan-p"))
    found = told(small, entry("a", "count", 'unit = "910200"', 'documents = ["plan-p"]'))
    assert [row[0] for row in found] == ["map_empty"] * empty


@pytest.mark.parametrize(("unit", "empty"), [("910200", False), ("910100", True)])
def test_delimited_shapes_name_the_counties_that_they_meet(
    small: SmallProject, unit: str, empty: bool
) -> None:
    small.write_layer(slot(slot=False, path="shapes.gpkg"))
    small.write_shapes([box(2.2, 0.2, 2.8, 0.8)])
    found = told(small, entry("a", "count", f'unit = "{unit}"', 'documents = ["plan-p"]'))
    assert [row[0] for row in found] == ["map_empty"] * empty


@pytest.mark.parametrize(
    ("cls", "members", "later", "empty"),
    [
        ("zone_a", ["东山"], "plan-p", False),
        ("mine", ["东山"], "plan-p", True),  # no class in common
        ("zone_a", ["乙州市"], "plan-p", True),  # outside the scope of the earlier plan
        ("zone_a", ["河口县"], "plan-b", True),  # scopes have nothing in common
    ],
)
def test_a_comparison_without_a_class_in_common_is_told(
    small: SmallProject, cls: str, members: list[str], later: str, empty: bool
) -> None:
    with_other_plans(small)
    one = feature("f", class_=cls, members=members)
    small.write_layer(layer("p", one, document=later), theme="zones")
    found = told(small, entry("a", "compare", 'earlier = ["plan-a"]', f'later = ["{later}"]'))
    assert [row[:3] for row in found] == [("map_empty", "warning", "map a")] * empty
    if empty:
        assert "both periods name counties of 试省" in found[0][3]
        assert "only its table has anything" in found[0][3]


def test_a_count_of_all_plans_passes_over_what_is_no_plan(small: SmallProject) -> None:
    with_other_plans(small)
    (small.root / "layers/zones/zones.toml").unlink()
    small.write_layer(layer("r", feature("f", members=["东山"]), document="report"))
    assert [row[0] for row in told(small, entry("a", "count"))] == ["map_left_out"]
    assert told(small, entry("a", "count", 'documents = ["report"]')) == []
