"""What is handed out: layers with their short names and styles, and what packages say of them."""

from __future__ import annotations

import csv
import io
import json
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pandas as pd
import pytest

from geoplan import schema
from geoplan.publish import Held, fields_csv, package_text, shared
from geoplan.publish.exports import styles
from geoplan.publish.exports.shared import Shared
from geoplan.schema.fields import GIS, SHORT, field_of
from tests.publish import sample


@cache
def given(attack: bool = False) -> Shared:
    return shared(sample.tables(attack=attack))


def package(*files: str, columns: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return the resources of a package of `files`, by path."""
    held = {
        name: Held(sha256="a" * 64, bytes=7, sensitivity="internal", columns=columns)
        for name in files
    }
    config = sample.project(Path()).config
    text = package_text(sample.tables(), config=config, as_of=sample.AS_OF, files=held)
    return {resource["path"]: resource for resource in json.loads(text or "")["resources"]}


def test_short_names_are_short_and_different() -> None:
    for name, short in given().short.items():
        columns = [c for c in given().layers[name].columns if c != "geometry"]
        assert list(short) == columns
        assert len(set(short.values())) == len(columns)
        assert all(len(s) <= SHORT and s.isascii() for s in short.values())


def test_short_styles_name_only_short_columns() -> None:
    assert set(given().short_styles) == set(given().shaped)
    for name, text in given().short_styles.items():
        root = ET.fromstring(text)
        short = set(given().short[name].values())
        assert {alias.attrib["field"] for alias in root.iter("alias")} == short
        renderer = root.find("renderer-v2")
        assert renderer is not None
        assert renderer.attrib["attr"] in short


def test_layers_with_and_without_shapes_become_their_files() -> None:
    plain, drawn = given().tables(), given().geojson()
    assert {name.removesuffix(".csv") for name in plain} | {
        name.rpartition(".")[0] for name in drawn
    } == set(given().layers)
    units = json.loads(drawn["units.geojson"])["features"]
    assert len(units) == len(sample.tables()["units"])
    assert "geometry" not in units[0]["properties"]
    assert drawn["units.qml"].decode() == given().about["units"].style
    rows = list(csv.DictReader(io.StringIO(plain["coverage.csv"].decode("utf-8-sig"))))
    assert len(rows) == len(given().layers["coverage"])


def test_a_formula_in_a_name_is_text_in_handed_out_sheets() -> None:
    table = pd.DataFrame({"name": [sample.FORMULA]})
    made = Shared(layers={"x": table}, about={}, short={}, short_styles={})
    (row,) = list(csv.reader(io.StringIO(made.tables()["x.csv"].decode("utf-8-sig"))))[1:]
    assert not row[0].startswith("=")
    assert row[0].endswith(sample.FORMULA)
    assert made.geojson() == {}


@pytest.mark.parametrize(
    ("file", "layer"),
    [
        ("parquet/units.parquet", "units"),
        ("geojson/features_line.geojson", "features_line"),
        ("geojson/coverage.csv", "coverage"),
        ("geojson/units.qml", None),
        ("atlas-shp.zip", None),
        ("parquet/other.parquet", None),
    ],
)
def test_columns_of_files_are_those_of_their_layer(file: str, layer: str | None) -> None:
    wanted = tuple(given().layers[layer].columns) if layer else ()
    assert given().columns_of(file) == wanted


def test_the_dictionary_of_fields_has_every_column_of_shapes() -> None:
    content = fields_csv(given())
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    told = {(row["layer"], row["column"]): row for row in rows}
    wanted = {(n, c) for n, t in given().shaped.items() for c in t.columns if c != "geometry"}
    assert set(told) == wanted
    area = told["units", "area_km2"]
    field = field_of(GIS, "area_km2")
    assert (area["title"], area["title_en"], area["measure"]) == (field.zh, field.en, "km2")
    assert area["field"] == given().short["units"]["area_km2"]


def test_keys_that_are_empty_texts_are_not_missing() -> None:
    """Rows of a layer as a whole have no class: their key would not be whole."""
    coverage = sample.tables()["coverage"]
    assert (coverage["class"] == "").any()
    (resource,) = package("tables/coverage.csv").values()
    fields = {field["name"]: field for field in resource["schema"]["fields"]}
    assert resource["schema"]["missingValues"] == [""]
    assert fields["class"]["missingValues"] == []
    assert "missingValues" not in fields["length_km"]
    assert fields["basis"]["constraints"] == {"required": True, "enum": list(_allowed("basis"))}
    assert "required" not in fields["class"].get("constraints", {})


def _allowed(column: str) -> tuple[str, ...]:
    (found,) = [c for c in schema.TABLES["coverage"].columns if c.name == column]
    return tuple(found.allowed)


def test_files_of_a_geodatabase_have_a_format() -> None:
    made = package("atlas.gdb/a00000001.gdbtable", "atlas.gdb/gdb", "atlas.gdb/timestamps")
    assert {name: about["format"] for name, about in made.items()} == {
        "atlas.gdb/a00000001.gdbtable": "gdbtable",
        "atlas.gdb/gdb": "gdb",
        "atlas.gdb/timestamps": "gdb",
    }
    assert {about["mediatype"] for about in made.values()} == {"application/octet-stream"}


def test_units_of_features_are_codes_and_not_numbers() -> None:
    (resource,) = package("geojson/features_line.geojson", columns=("units", "layer")).values()
    assert [(f["name"], f["type"]) for f in resource["schema"]["fields"]] == [
        ("units", "string"),
        ("layer", "string"),
    ]
    (plain,) = package("data/atlas.gpkg").values()
    assert "schema" not in plain


def test_only_what_is_there_is_in_the_legend() -> None:
    tables = sample.tables()
    coal = tables["features"].iloc[:0]
    text = styles.short_style("features_line", given().layers["features_line"], tables=tables)
    values = [c.attrib["value"] for c in ET.fromstring(text).iter("category")]
    assert sorted(values) == sorted(set(given().layers["features_line"]["class"]))
    none = styles.short_style("features_line", coal, tables=tables)
    assert not list(ET.fromstring(none).iter("category"))


def test_levels_are_drawn_from_county_to_province() -> None:
    root = ET.fromstring(given().about["units"].style)
    values = [c.attrib["value"] for c in root.iter("category")]
    assert values == ["county", "city", "province"]
    symbols = root.findall("renderer-v2/symbols/symbol")
    passes = [symbol.find("layer").attrib["pass"] for symbol in symbols]  # type: ignore[union-attr]
    assert passes == ["0", "1", "2"]
    tables = sample.tables()
    counties = tables["units"].query("level == 'county'")
    only = styles.short_style("units", counties, tables=tables)
    assert [c.attrib["value"] for c in ET.fromstring(only).iter("category")] == ["county"]


def test_a_view_holds_no_shape_that_we_drew() -> None:
    tables = sample.tables()
    coverage = given().layers["coverage"]
    made = styles.views_of(coverage, tables)
    assert {view.where["theme"][0] for view in made.values()} == {
        name.removeprefix(styles.THEME) for name in made
    }
    assert styles.THEME + "empty" not in made
    for view in made.values():
        assert view.where["basis"] == ["geometry", "list"]
        assert view.shaped == {"level": ["county"]}
    drawn = coverage[coverage["basis"] == "indicative"]
    assert len(drawn) > 0
    assert styles.views_of(drawn, tables) == {}
    about = styles.abouts({"coverage": coverage}, made, tables=tables)
    titles = dict(zip(tables["themes"]["theme"], tables["themes"]["title"], strict=True))
    for name in made:
        assert titles[name.removeprefix(styles.THEME)] in about[name].title
