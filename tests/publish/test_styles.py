"""Styles inside the GeoPackage and beside GeoJSON: colours of classes, Chinese names, no code."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

import geopandas as gpd
import pyogrio

from geoplan.publish.exports import styles
from geoplan.publish.exports.qml import Category, qml
from geoplan.publish.geopackage import geopackage_bytes, style
from geoplan.schema.fields import GIS, field_of
from tests.publish import sample


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("styles") / "atlas.gpkg"
    file.write_bytes(geopackage_bytes(sample.tables(attack=True)))
    return file


def asked(path: Path, query: str) -> list[tuple]:  # type: ignore[type-arg]
    with closing(sqlite3.connect(path)) as file:
        return file.execute(query).fetchall()


def categories(text: str) -> dict[str, str]:
    """Return labels by value of a style."""
    return {c.attrib["value"]: c.attrib["label"] for c in ET.fromstring(text).iter("category")}


def test_every_layer_has_one_default_style_and_a_chinese_name(path: Path) -> None:
    names = [row[0] for row in asked(path, "SELECT table_name FROM gpkg_contents")]
    layers = set(names) - {"layer_styles"}
    rows = asked(path, "SELECT f_table_name, useAsDefault, styleQML FROM layer_styles")
    assert {row[0] for row in rows} == layers
    assert len(rows) == len(layers)
    assert {row[1] for row in rows} == {1}
    for name, title in asked(path, "SELECT table_name, identifier FROM gpkg_contents"):
        if name in layers:
            assert any("\u4e00" <= sign <= "\u9fff" for sign in title), name
            assert title.endswith(f"（{name}）")


def test_columns_of_shapes_match_those_that_styles_name(path: Path) -> None:
    shaped = dict(asked(path, "SELECT table_name, column_name FROM gpkg_geometry_columns"))
    rows = asked(path, "SELECT f_table_name, f_geometry_column FROM layer_styles")
    assert {name: column for name, column in rows if column} == shaped


def test_styles_know_every_value_of_their_column(path: Path) -> None:
    for name, text in asked(path, "SELECT f_table_name, styleQML FROM layer_styles"):
        renderer = ET.fromstring(text).find("renderer-v2")
        shaped = pyogrio.read_info(path, layer=name)["geometry_type"] is not None
        assert (renderer is not None) == shaped, name
        if renderer is not None:
            rows = gpd.read_file(path, layer=name)
            assert set(rows[renderer.attrib["attr"]]) == set(categories(text)), name
            symbols = [symbol.attrib["name"] for symbol in renderer.find("symbols") or ()]
            used = [category.attrib["symbol"] for category in renderer.iter("category")]
            assert used == symbols


def test_classes_have_their_colours_and_titles() -> None:
    tables = sample.tables()
    text = style("features_polygon", tables)
    classes = tables["classes"].set_index("class")
    labels = categories(text)
    assert labels["key_development"] == classes.loc["key_development", "title"]
    colour = classes.loc["key_development", "colour"]
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    assert f"{red},{green},{blue}," in text
    other = tables["classes"].assign(colour="#010203")
    assert "1,2,3,215" in style("features_polygon", {**tables, "classes": other})


def test_columns_have_chinese_heads_for_all_programs(path: Path) -> None:
    rows = asked(path, "SELECT table_name, column_name, title, description FROM gpkg_data_columns")
    told = {(table, column): (title, note) for table, column, title, note in rows}
    names = {name for name, _ in pyogrio.list_layers(path).tolist()} - {"layer_styles"}
    for name in names:
        for column in pyogrio.read_info(path, layer=name)["fields"]:
            field = field_of(GIS, column)
            assert told[name, column] == (field.zh, field.note[0])
    extension = asked(path, "SELECT extension_name FROM gpkg_extensions")
    assert ("gpkg_schema",) in extension


def test_aliases_and_words_of_codes_are_in_the_style() -> None:
    root = ET.fromstring(style("units", sample.tables()))
    aliases = {a.attrib["field"]: a.attrib["name"] for a in root.iter("alias")}
    assert aliases["area_km2"] == "面积（平方公里）"
    fields = {field.attrib["name"]: field for field in root.iter("field")}
    words = {
        o.attrib["name"]: o.attrib.get("value")
        for o in fields["level"].iter("Option")
        if "name" in o.attrib
    }
    assert words["县（市、区）"] == "county"
    assert fields["name"].find("editWidget").attrib["type"] == "TextEdit"  # type: ignore[union-attr]


def test_only_counties_have_names_on_the_map() -> None:
    root = ET.fromstring(style("units", sample.tables()))
    (text,) = root.iter("text-style")
    assert text.attrib["fieldName"] == 'CASE WHEN "level" = \'county\' THEN "name" END'


def test_a_theme_shows_the_counties_that_it_concerns(path: Path) -> None:
    tables = sample.tables(attack=True)
    layers = {name for name, _ in pyogrio.list_layers(path).tolist()}
    of = dict(zip(tables["layers"]["layer"], tables["layers"]["theme"], strict=True))
    counties = set(tables["units"].query("level == 'county'")["adcode"])
    said = tables["coverage"].query("state == 'concerned' and basis != 'indicative'")
    said = said[said["adcode"].isin(counties)]
    themes = {of[layer] for layer in said["layer"]}
    assert {name for name in layers if name.startswith(styles.THEME)} == {
        styles.THEME + theme for theme in themes
    }
    shapes = tables["units"].set_index("adcode").geometry
    for theme in themes:
        rows = gpd.read_file(path, layer=styles.THEME + theme)
        wanted = said[[of[layer] == theme for layer in said["layer"]]]
        assert sorted(zip(rows["adcode"], rows["class"], strict=True)) == sorted(
            zip(wanted["adcode"], wanted["class"], strict=True)
        )
        assert rows.crs.to_epsg() == 4490
        for code, shape in zip(rows["adcode"], rows.geometry, strict=True):
            assert shape.equals(shapes[code])
        assert rows["area_net_km2"].sum() == pytest.approx(wanted["area_net_km2"].sum())


def test_no_shape_of_a_county_is_stored_twice(path: Path) -> None:
    views = asked(path, "SELECT name FROM sqlite_master WHERE type = 'view'")
    assert {row[0] for row in views} >= {styles.THEME + "main_function_zone"}


def test_texts_cannot_break_out_of_a_style() -> None:
    evil = sample.ATTACK + "\x00\x0b'\"&"
    category = Category(value=evil, label=evil, colour="#112233", sign="fill")
    text = qml("polygon", column="class", categories=[category], fields=[], label=evil)
    root = ET.fromstring(text)
    (found,) = root.iter("category")
    assert found.attrib["label"] == evil.replace("\x00", "").replace("\x0b", "")
    assert not list(root.iter("img"))


@pytest.mark.parametrize("sign", ["fill", "hatch", "dots", "outline"])
@pytest.mark.parametrize("shape", ["point", "line", "polygon"])
def test_every_sign_is_a_symbol_of_its_kind(shape: str, sign: str) -> None:
    category = Category(value="a", label="甲", colour="#112233", sign=sign)  # type: ignore[arg-type]
    text = qml(shape, column="class", categories=[category], fields=[])  # type: ignore[arg-type]
    root = ET.fromstring(text)
    symbol = root.find("renderer-v2/symbols/symbol")
    assert symbol is not None
    assert symbol.attrib["type"] == {"point": "marker", "line": "line", "polygon": "fill"}[shape]
    assert symbol.find("layer") is not None
    assert root.find("labeling") is None
    assert "17,34,51," in text


def test_themes_with_odd_names_are_views_too(tmp_path: Path) -> None:
    tables = sample.tables()
    odd = "o'dd\"; DROP TABLE units; --"
    for name in ("themes", "layers"):
        tables[name] = tables[name].assign(
            theme=tables[name]["theme"].replace("main_function_zone", odd)
        )
    file = tmp_path / "odd.gpkg"
    file.write_bytes(geopackage_bytes(tables))
    assert len(gpd.read_file(file, layer=styles.THEME + odd)) > 0
    assert len(gpd.read_file(file, layer="units")) == len(tables["units"])
