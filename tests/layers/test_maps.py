"""The registry of maps: what it may say, every fault with its line, and the table made of it."""

from __future__ import annotations

from typing import Any

import pytest

from geoplan.errors import GeoplanError, LayerError
from geoplan.layers.registry import TAKES, Map
from tests.small import SmallProject, feature, layer

LINES = layer(
    "lines",
    feature("road", "passes", class_="line_work", waypoints=["东山", "西山"]),
    feature("pit", "within", class_="mine", members=["东山"]),
    feature("drawn", "indicative", class_="mine", axis=["东镇", "西镇"]),
    theme="works",
)


def entry(key: str, kind: str, *keys: str) -> str:
    title = 'title = { zh = "图", en = "Map" }'
    return "\n".join(["[[map]]", f'id = "{key}"', f'kind = "{kind}"', title, *keys]) + "\n"


GOOD = (
    entry("a", "together", 'themes = ["works"]', 'layers = ["zones/zone_a"]', 'unit = "910100"')
    + entry(
        *("b", "detail", 'theme = "works"', 'on = ["lines/mine/list"]', 'views = ["lines/mine"]'),
        *('named = ["lines/mine"]', 'stops = "lines/road"', 'note = { zh = "注", en = "N" }'),
    )
    + entry("c", "compare", 'earlier = ["plan-a"]', 'later = ["plan-p"]')
    + entry("d", "count")
)


def with_maps(small: SmallProject, text: str) -> None:
    small.write_layer(LINES, name="lines")
    small.write("layers/maps.toml", text)


def fault_of(small: SmallProject, text: str) -> str:
    with_maps(small, text)
    with pytest.raises(GeoplanError) as caught:
        small.layers()
    return str(caught.value)


def test_maps_become_a_table_in_their_order(small: SmallProject) -> None:
    with_maps(small, GOOD)
    made = small.layers()["maps"]
    assert made["map"].tolist() == ["a", "b", "c", "d"]
    rows = made.set_index("map")
    assert rows.loc["a", ["unit", "themes", "layers"]].tolist() == [
        *("910100", "works", "zones/zone_a")
    ]
    assert rows.loc["b", ["theme", "on", "stops", "note_en"]].tolist() == [
        *("works", "lines/mine/list", "lines/road", "N")
    ]
    assert rows.loc["c", ["earlier", "later"]].tolist() == ["plan-a", "plan-p"]
    assert rows.loc["d"].isna()[["unit", "documents", "note"]].all()


def test_without_the_file_there_are_no_maps(small: SmallProject) -> None:
    assert len(small.layers()["maps"]) == 0


def test_stops_keep_the_order_of_the_text(small: SmallProject) -> None:
    small.write_layer(
        layer("back", feature("r", "passes", class_="line_work", waypoints=["西山", "东山"]))
    )
    rows = small.layers()["memberships"]
    assert rows[rows["layer"] == "back"]["adcode"].tolist() == ["910102", "910101"]


FAULTS: dict[str, tuple[str, int, str]] = {
    "theme": (entry("a", "together", 'themes = ["work"]'), 5, "Did you mean works"),
    "layer": (entry("a", "together", 'layers = ["line"]'), 5, "Did you mean lines"),
    "class": (
        entry("a", "together", 'layers = ["lines/mines"]'),
        5,
        "in layer 'lines' class 'mines' is not known. Did you mean mine",
    ),
    "basis": (
        entry("a", "together", 'themes = ["works"]', 'on = ["lines/mine/geometry"]'),
        6,
        "has no basis 'geometry'; there are: indicative, list",
    ),
    "not shown": (
        entry("a", "together", 'themes = ["works"]', 'on = ["zones"]'),
        6,
        "layer 'zones' is not on this map; add it to its themes or layers",
    ),
    "document": (entry("a", "count", 'documents = ["plan-b"]'), 5, "Did you mean plan-a"),
    "twice": (entry("a", "count", 'documents = ["plan-a", "plan-a"]'), 5, "stands twice"),
    "earlier": (entry("a", "compare", 'earlier = ["x"]', 'later = ["plan-a"]'), 5, "'x' is not"),
    "no theme": (entry("a", "detail", 'theme = "zone"'), 5, "Did you mean zones"),
    "stops": (
        entry("a", "detail", 'theme = "works"', 'stops = "lines/pit"'),
        6,
        "is no feature with waypoints; there are: lines/road",
    ),
    "views": (entry("a", "detail", 'theme = "works"', 'views = ["lines"]'), 6, "must be layer/cl"),
    "unit": (entry("a", "count", 'unit = "999999"'), 5, "is no unit of the gazetteer"),
    "county": (entry("a", "count", 'unit = "910101"'), 5, "is a county; a map shows a city"),
    "page": (entry("index", "count"), 2, "another page is called index.html"),
    "page of a theme": (entry("works", "count"), 2, "another page is called works.html"),
    "again": (
        entry("a", "detail", 'theme = "works"') + entry("b", "detail", 'theme = "works"'),
        10,
        "has a map in detail already: 'a'",
    ),
    "same id": (entry("a", "count") + entry("a", "count"), 6, "map 'a' is defined twice"),
    "foreign key": (
        entry("a", "count", 'themes = ["works"]'),
        1,
        "a map of kind 'count' takes no themes; it takes unit, documents",
    ),
    "nothing": (entry("a", "together"), 1, "needs themes or layers"),
    "no periods": (entry("a", "compare", 'earlier = ["plan-a"]'), 1, "needs earlier and later"),
    "both": (
        entry("a", "compare", 'earlier = ["plan-a"]', 'later = ["plan-a"]'),
        1,
        "plan-a cannot be both earlier and later",
    ),
    "no documents": (entry("a", "count", "documents = []"), 5, "should have at least 1 item"),
    "no themes": (
        entry("a", "together", "themes = []", 'layers = ["zones"]'),
        5,
        "should have at least 1 item",
    ),
    "no layers": (
        entry("a", "together", 'themes = ["zones"]', "layers = []"),
        6,
        "should have at least 1 item",
    ),
    "device": (entry("con", "count"), 2, "Windows has no files called con, nor con.html"),
    "numbered device": (entry("lpt1", "count"), 2, "Windows has no files called lpt1"),
    "overview": (entry("overview", "count"), 2, "another page is called overview.html"),
    "indicators": (entry("indicators", "count"), 2, "another page is called indicators.html"),
    "findings": (entry("findings", "count"), 2, "another page is called findings.html"),
    "trace": (entry("trace", "count"), 2, "another page is called trace.html"),
    "kind": (entry("a", "sum"), 3, "Input should be 'together', 'detail', 'compare' or 'count'"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_faults_of_maps_have_their_line(small: SmallProject, name: str) -> None:
    text, line, message = FAULTS[name]
    fault = fault_of(small, text)
    assert message in fault
    assert f"maps.toml:{line}" in fault or f"maps.toml: line {line}" in fault


@pytest.mark.parametrize("name", ["com10", "console", "aux-1"])
def test_names_that_only_begin_like_devices_are_good(small: SmallProject, name: str) -> None:
    with_maps(small, entry(name, "count"))
    assert small.layers()["maps"]["map"].tolist() == [name]


@pytest.mark.parametrize("name", ["maps", "findings", "documents"])
def test_a_registry_that_is_a_folder_is_a_fault(small: SmallProject, name: str) -> None:
    path = small.root / "layers" / f"{name}.toml"
    path.unlink(missing_ok=True)
    path.mkdir()
    with pytest.raises(LayerError) as caught:
        small.layers()
    assert f"{name}.toml: cannot be read: " in str(caught.value)
    assert str(caught.value).count(f"{name}.toml") <= 2  # not also said to be missing


def test_all_faults_come_at_once_with_those_of_layers(small: SmallProject) -> None:
    small.write_layer(layer("bad", feature("f", members=["东山"]), theme="work"), name="bad")
    text = entry("a", "count", 'documents = ["x", "plan-a", "y"]') + entry("index", "count")
    fault = fault_of(small, text)
    for part in ("theme 'work' is not known", "'x' is not known", "'y' is not known", "index.html"):
        assert part in fault


def test_layers_that_are_left_out_are_no_fault_of_maps(small: SmallProject) -> None:
    with_maps(small, entry("a", "together", 'layers = ["lines/mine", "zones"]'))
    assert len(small.layers()["maps"]) == 1
    from tests.layers.test_faults import built

    made = built(small, "works/lines.toml")
    assert made["maps"]["layers"].tolist() == ["lines/mine zones"]
    assert "lines" not in set(made["layers"]["layer"])


@pytest.mark.parametrize("kind", TAKES)
def test_each_kind_takes_its_keys_only(kind: str) -> None:
    values: dict[str, Any] = {
        "unit": "910100",
        "theme": "works",
        "stops": "lines/road",
        **dict.fromkeys(("themes", "documents", "earlier"), ("works",)),
        **dict.fromkeys(("layers", "on", "outline", "views", "named"), ("lines/mine",)),
        "later": ("plan-a",),
    }
    head = {"id": "a", "kind": kind, "title": {"zh": "图", "en": "Map"}}
    own = {key: values[key] for key in values if key in TAKES[kind]}  # type: ignore[index]
    assert Map.model_validate(head | own).kind == kind
    for key in values.keys() - own.keys():
        with pytest.raises(ValueError, match=f"takes no {key}"):
            Map.model_validate(head | own | {key: values[key]})


def test_a_fault_of_maps_blames_no_layer(small: SmallProject) -> None:
    with_maps(small, entry("a", "count", 'documents = ["x"]'))
    with pytest.raises(LayerError) as caught:
        small.layers()
    assert caught.value.files == ()
