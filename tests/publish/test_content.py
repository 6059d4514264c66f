"""Page data: safe in a script, geometry once, areas only where shapes are exact."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import shapely

from geoplan.errors import StageError
from geoplan.publish.content import script_json
from geoplan.publish.geojson import geometry
from geoplan.publish.items import above, counties_of, items, ordered_layers, shape_of
from geoplan.publish.pages import file_stem
from geoplan.publish.shapes import shape_data
from tests.publish import sample
from tests.publish.paging import every_page


def data_of(path: Path) -> dict[str, Any]:
    text = path.read_text("utf-8")
    start = text.index("var GEOPLAN = ") + len("var GEOPLAN = ")
    found: dict[str, Any] = json.JSONDecoder().raw_decode(text[start:])[0]
    return found


@pytest.mark.parametrize("evil", ["</script>", "<!--", "&lt;", "\u2028", "\u2029", sample.ATTACK])
def test_json_is_safe_in_a_script_and_reads_back(evil: str) -> None:
    text = script_json({"name": evil})
    assert not set(text) & {"<", ">", "&", "\u2028", "\u2029"}
    assert json.loads(text) == {"name": evil}


def test_numbers_that_json_does_not_know_are_refused() -> None:
    with pytest.raises(ValueError, match="Out of range"):
        script_json({"area": float("nan")})


def test_hostile_names_stand_escaped_in_every_page(hostile: Path) -> None:
    for path in hostile.glob("*.html"):
        text = path.read_text("utf-8")
        assert "<img src=x" not in text, path.name
        assert "</script><script>window.hacked" not in text, path.name
        # A map without such names has nothing to escape.
        without = ("index", "main-function-zone", "matrix")
        assert ("{{ 7*7 }}" in text) == (path.stem not in without), path.name


def test_whole_features_are_drawn_by_their_counties(atlas: Path) -> None:
    data = data_of(atlas / "overview.html")
    for feature in data["features"]:
        layer = data["layers"][feature["l"]]["id"]
        listed = (layer, len(feature["u"])) == ("parks", 1) and feature["n"][1] != "two"
        own = listed or feature["n"][1] == "axis" or layer in ("rivers", "plots")
        assert ("g" in feature) == own
        if data["extents"][feature["x"]] == "whole":
            assert feature["u"]
    drawn = [shape["t"] for shape in data["shapes"]]
    assert drawn == ["point", *["line"] * 4, *["polygon"] * sample.PLOTS]


def test_lists_carry_no_area_and_no_share(atlas: Path) -> None:
    data = data_of(atlas / "overview.html")
    listed = [row for row in data["coverage"] if row[3] == 2]
    assert listed
    assert all(row[4] is None and row[5] is None for row in listed)


def test_static_tables_show_areas_for_exact_shapes_only(atlas: Path) -> None:
    text = (atlas / "corridor-108.html").read_text("utf-8")
    table = text[text.index('<main id="plain"') : text.index("</main>")]
    rows = [row for row in table.split("<tr>") if "工业园区" in row or "示意轴线" in row]
    assert len(rows) == 2
    assert all('<td class="n"></td><td class="n"></td>' in row for row in rows)


def test_all_counties_are_context_but_only_the_city_answers(atlas: Path) -> None:
    data = data_of(atlas / "jinzhong.html")
    inside = {unit["c"]: unit.get("in") for unit in data["units"] if unit["lv"] == "county"}
    assert inside["140702"] == 1
    assert inside["140311"] == 0
    assert len(inside) == 16


def test_pages_open_on_their_scope_with_one_theme(tmp_path: Path) -> None:
    tables = sample.tables()
    config = sample.project(tmp_path).config
    pages = {page.file: page for page in every_page(tables, config, items=items(tables))}
    assert list(pages) == [
        *("overview.html", "jinzhong.html"),
        *("main-function-zone.html", "corridor-108.html", "energy.html"),
    ]
    assert pages["overview.html"].also == pages["corridor-108.html"].also == ()
    assert {key.split("|")[0] for key in pages["overview.html"].on} == {"zones"}
    assert pages["corridor-108.html"].scope == "140700"
    assert pages["corridor-108.html"].on == ("corridor-units|corridor|geometry",)
    assert pages["energy.html"].scope == "140000"


def test_a_theme_opens_with_the_classes_that_it_also_shows(tmp_path: Path) -> None:
    tables = sample.tables()
    config = sample.project(tmp_path).config
    pages = {page.file: page for page in every_page(tables, config, items=items(tables))}
    related = ("zones|ecological_function|geometry", "parks|park|list")
    assert pages["energy.html"].also == related
    assert pages["energy.html"].on == (*related, "plots|plot|geometry")


def test_related_classes_stand_in_the_table_and_picture_without_scripts(atlas: Path) -> None:
    text = (atlas / "energy.html").read_text("utf-8")
    plain = text[text.index('<main id="plain"') : text.index("</main>")]
    assert plain.count("重点生态功能区</span>") >= 2
    assert "重点开发区域" not in plain
    assert 'fill="#8fc27a"' in plain
    index = (atlas / "index.html").read_text("utf-8")
    card = index[index.index('href="energy.html"') :].split("</a>")[0]
    assert 'fill="#8fc27a"' in card


def test_indicative_and_list_items_are_items_of_their_own() -> None:
    made = {item.key: item for item in items(sample.tables())}
    assert made["sketch|axis|indicative"].filled == frozenset()
    assert made["parks|park|list"].features == ("one", "two")
    assert len(made["coal|coal|list"].counties) == 5
    assert not any("statement" in key for key in made)


def test_layers_stand_by_theme_with_plans_in_force_first_and_slots_last() -> None:
    tables = sample.tables()
    tables["layers"].loc[tables["layers"]["layer"] == "parks", "status"] = "in_force"
    made = [row["layer"] for row in ordered_layers(tables)]
    assert made[:4] == ["zones", "parks", "corridor-units", "sketch"]
    assert made[4:] == ["coal", "plots", "rivers", "words", "redline"]


def test_what_has_no_status_stands_with_plans_in_force_and_opens_with_them(tmp_path: Path) -> None:
    tables = sample.tables()
    order = [row["layer"] for row in ordered_layers(tables) if row["theme"] == "energy"]
    assert order.index("plots") < order.index("words")
    made = items(tables)
    pages = every_page(tables, sample.project(tmp_path).config, items=made)
    assert "plots|plot|geometry" in pages[-1].on


def test_the_table_without_scripts_says_whose_share_it_is(atlas: Path) -> None:
    areas = sample.units().set_index("adcode")["area_km2"]
    own = sum(areas[code] for code in sample.ZONES["key_development"])
    share = f"{100 * own / areas['140700']:.1f}%"
    for name, of in (("overview.html", True), ("jinzhong.html", False)):
        text = (atlas / name).read_text("utf-8")
        plain = text[text.index('<main id="plain"') : text.index("</main>")]
        row = next(part for part in plain.split("<tr>") if "重点开发区域" in part)
        assert f">{share}<" in row
        assert ("占晋中市" in row) == of
        assert ("share of Jinzhong City" in row) == of
        assert ">占比<" in plain


def test_shapes_that_are_empty_are_no_shapes() -> None:
    assert shape_of({"geometry": shapely.Point()}) is None
    assert shape_of({"geometry": None}) is None
    assert shape_of({"geometry": shapely.Point(1, 2)}) == shapely.Point(1, 2)


def test_units_above_a_county() -> None:
    chains = above(sample.units())
    assert chains["140702"] == ("140702", "140700", "140000")
    assert chains["140000"] == ("140000",)


@pytest.mark.parametrize("ring", [("140702",), ("140702", "140703"), ("140000", "140700")])
def test_units_that_lie_in_themselves_are_named(ring: tuple[str, ...]) -> None:
    units = pd.DataFrame(sample.units())[["adcode", "parent"]]
    for code, parent in zip(ring, [*ring[1:], ring[0]], strict=True):
        units.loc[units["adcode"] == code, "parent"] = parent
    with pytest.raises(StageError, match="a unit lies in itself: ") as told:
        above(units)
    assert all(code in str(told.value) for code in ring)


def test_counties_of_every_level() -> None:
    inside = counties_of(sample.units())
    assert len(inside["140000"]) == 16
    assert len(inside["140700"]) == 11
    assert inside["140702"] == ("140702",)


@pytest.mark.parametrize(
    ("name", "pinyin", "stem"),
    [
        ("晋中市", "jin zhong shi", "jinzhong"),
        ("吕梁市", "lv liang shi", "lvliang"),
        ("沁县", "qin xian", "qinxian"),
        ("怪", "gù ài", "149999"),
    ],
)
def test_file_names_are_ascii(name: str, pinyin: str, stem: str) -> None:
    assert file_stem({"name": name, "pinyin": pinyin, "adcode": "149999"}) == stem


def test_shapes_keep_their_highest_dimension() -> None:
    mixed = shapely.GeometryCollection([shapely.Point(0, 0), shapely.box(0, 0, 1, 1)])
    assert shape_data(mixed)["t"] == "polygon"
    assert len(shape_data(mixed)["v"]) == 1
    two = shapely.MultiPoint([(1, 2), (3, 4)])
    assert shape_data(two) == {"t": "point", "v": [[100_000, 200_000], [300_000, 400_000]]}
    with pytest.raises(StageError, match="empty"):
        shape_data(shapely.GeometryCollection())


def test_geojson_is_oriented_rounded_and_null_without_shape(atlas: Path) -> None:
    units = json.loads((atlas / "data" / "units.geojson").read_text("utf-8"))
    assert len(units["features"]) == 19
    ring = np.array(units["features"][-1]["geometry"]["coordinates"][0])
    assert shapely.LinearRing(ring).is_ccw
    assert np.abs(ring - ring.round(6)).max() == 0
    features = json.loads((atlas / "data" / "features.geojson").read_text("utf-8"))
    found = {row["properties"]["feature"]: row for row in features["features"]}
    assert found["demonstration"]["geometry"] is None
    assert found["two"]["geometry"] is None
    assert set(found["demonstration"]["properties"]["units"].split()) == set(sample.CORRIDOR)
    assert geometry(shapely.Point()) is None
