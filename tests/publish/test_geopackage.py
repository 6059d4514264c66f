"""The GeoPackage: one type of shape a layer, columns as in GeoJSON, the same bytes every day."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import cache
from hashlib import sha256
from pathlib import Path

import pandas as pd
import pytest

import geopandas as gpd
import pyogrio
import shapely

from geoplan.errors import StageError
from geoplan.publish.geojson import features_text, units_text
from geoplan.publish.geopackage import geopackage_bytes
from geoplan.vector import geopackage
from tests.publish import sample

LAYERS = {
    "units": "MultiPolygon",
    "features_point": "Point",
    "features_line": "MultiLineString",
    "features_polygon": "MultiPolygon",
    "features_no_shape": None,
    "coverage": None,
}
THEMES = ("theme_main_function_zone", "theme_corridor_108", "theme_energy")
"""Views of the counties that themes concern."""

BESIDE = {**dict.fromkeys(THEMES, "MultiPolygon"), "layer_styles": None}


@cache
def made() -> bytes:
    """Return the sample's GeoPackage."""
    return geopackage_bytes(sample.tables(attack=True))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "atlas.gpkg"
    file.write_bytes(made())
    return file


def test_layers_have_one_type_each(path: Path) -> None:
    assert dict(pyogrio.list_layers(path).tolist()) == {**LAYERS, **BESIDE}
    for name, kind in (LAYERS | BESIDE).items():
        assert pyogrio.read_info(path, layer=name)["crs"] == ("EPSG:4490" if kind else None)


def test_units_are_those_of_the_geojson(path: Path) -> None:
    read = gpd.read_file(path, layer="units")
    told = json.loads(units_text(sample.tables()))["features"]
    plain = read.drop(columns="geometry").astype(object)
    assert plain.where(plain.notna(), None).to_dict("records") == [r["properties"] for r in told]
    west, south, east, north = read.total_bounds
    assert 110 < west < east < 115
    assert 34 < south < north < 41


def test_every_feature_is_there_once_with_the_columns_of_the_geojson(path: Path) -> None:
    told = [
        row["properties"]
        for row in json.loads(features_text(sample.tables(attack=True)))["features"]
    ]
    frames = [pd.DataFrame(pyogrio.read_dataframe(path, layer=n)) for n in LAYERS if "feat" in n]
    read = [
        row
        for frame in frames
        for row in frame.drop(columns="geometry", errors="ignore").to_dict("records")
    ]
    key = lambda row: (row["layer"], row["feature"])  # noqa: E731
    assert all(row.pop("ref") == f"features:{row['layer']}/{row['feature']}" for row in read)
    plain = [{k: None if pd.isna(v) else v for k, v in row.items()} for row in read]
    assert sorted(plain, key=key) == sorted(told, key=key)
    assert sample.ATTACK in {row["name"] for row in read}


def test_features_say_what_they_are_and_whether_that_still_holds(path: Path) -> None:
    tables = sample.tables(attack=True)
    layers = tables["layers"].set_index("layer")
    classes = tables["classes"].set_index("class")["title"]
    documents = tables["documents"].set_index("document")
    columns = ("layer_title", "class_title", "status", "sensitivity")
    frames = [pyogrio.read_dataframe(path, layer=n) for n in LAYERS if n != "units"]
    for row in [row for frame in frames for row in frame.to_dict("records")]:
        layer = layers.loc[row["layer"]]
        title = classes[row["class"]] if row["class"] else ""
        wanted = [layer["title"], title, layer["status"], layer["sensitivity"]]
        found = [row[column] for column in columns]
        if "feature" in row:
            document = documents.loc[layer["document"]]
            wanted += [document["title"], document["number"]]
            found += [row["document_title"], row["document_number"]]
        assert [None if pd.isna(v) else v for v in found] == [
            None if pd.isna(v) else v for v in wanted
        ]


def test_an_expired_plan_is_told_as_expired() -> None:
    tables = sample.tables()
    layers = tables["layers"].assign(status="in_force", sensitivity="internal")
    layers.loc[layers["layer"] == layers["layer"].iloc[0], ["status", "sensitivity"]] = [
        "expired",
        "secret",
    ]
    rows = json.loads(features_text({**tables, "layers": layers}))["features"]
    told = {
        (row["properties"]["layer"], row["properties"]["status"], row["properties"]["sensitivity"])
        for row in rows
    }
    marks = list(zip(layers["layer"], layers["status"], layers["sensitivity"], strict=True))
    assert told == {mark for mark in marks if mark[0] in {layer for layer, *_ in told}}


def test_whole_units_have_their_shape(path: Path) -> None:
    areas = gpd.read_file(path, layer="features_polygon").set_index("feature")
    zone = areas.loc["key-development"]
    units = sample.units().set_index("adcode")
    wanted = shapely.union_all(units.loc[list(sample.ZONES["key_development"]), "geometry"])
    assert zone["extent"] == "whole"
    assert zone.geometry.equals(wanted)


def test_coverage_can_be_joined_and_says_only_what_is(path: Path) -> None:
    coverage = pyogrio.read_dataframe(path, layer="coverage")
    concerned = sample.tables()["coverage"].query("state == 'concerned'")
    assert len(coverage) == len(concerned) > 0
    units = set(gpd.read_file(path, layer="units")["adcode"])
    assert set(coverage["adcode"]) <= units


def test_the_same_bytes_on_another_day_elsewhere(tmp_path: Path) -> None:
    code = (
        "import time, sys\n"
        "from hashlib import sha256\n"
        "from geoplan.publish.geopackage import geopackage_bytes\n"
        "from tests.publish import sample\n"
        "print(sha256(geopackage_bytes(sample.tables(attack=True))).hexdigest())"
    )
    place = os.environ | {
        "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[2]), *sys.path]),
        "TZ": "Pacific/Kiritimati",  # where it is tomorrow
        "PYTHONHASHSEED": "11",
        "LC_ALL": "C",
    }
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=place, capture_output=True, check=True
    )
    assert done.stdout.decode().strip() == sha256(made()).hexdigest()


def test_no_time_of_day_is_in_it() -> None:
    text = made().decode("latin-1")
    assert "2000-01-01T00:00:00" in text
    assert not [
        year for year in range(2024, 2040) if f"{year}-" in text and f"{year}-01-01T" in text
    ]


def test_tables_without_rows_are_layers_too(tmp_path: Path) -> None:
    tables = sample.tables()
    for name in ("features", "memberships", "coverage"):
        tables[name] = tables[name].iloc[:0]
    file = tmp_path / "empty.gpkg"
    file.write_bytes(geopackage_bytes(tables))
    assert {name for name, _ in pyogrio.list_layers(file).tolist()} == {*LAYERS, "layer_styles"}
    assert pyogrio.read_info(file, layer="features_line")["features"] == 0
    assert pyogrio.read_info(file, layer="units")["features"] == len(tables["units"])


@pytest.mark.parametrize(
    ("shape", "layer"),
    [
        (shapely.MultiPoint([(112, 37), (113, 38)]), "features_point"),
        (
            shapely.GeometryCollection([shapely.Point(112, 37), shapely.box(112, 37, 113, 38)]),
            "features_polygon",
        ),
        (shapely.LineString([(112, 37), (113, 38)]), "features_line"),
        (shapely.GeometryCollection(), "features_no_shape"),
    ],
)
def test_shapes_of_any_kind_find_their_layer(
    shape: shapely.Geometry, layer: str, tmp_path: Path
) -> None:
    tables = sample.tables()
    features = tables["features"].copy()
    features.loc[features["feature"] == "one", "geometry"] = gpd.GeoSeries(
        [shape], index=features.index[features["feature"] == "one"], crs=features.crs
    )
    file = tmp_path / "one.gpkg"
    file.write_bytes(geopackage_bytes({**tables, "features": features}))
    rows = pyogrio.read_dataframe(file, layer=layer)
    assert "one" in set(rows["feature"])


def test_what_cannot_be_written_is_told_with_its_layer() -> None:
    mixed = gpd.GeoDataFrame(
        {"a": [1, 2]}, geometry=[shapely.Point(1, 2), shapely.box(0, 0, 1, 1)], crs=4490
    )
    with pytest.raises(StageError, match="GeoPackage, layer odd: cannot be written"):
        geopackage({"odd": mixed})


def test_options_of_gdal_are_as_before() -> None:
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": "1999-09-09T00:00:00.000Z"})
    try:
        geopackage({"one": pd.DataFrame({"a": [1]})})
        assert pyogrio.get_gdal_config_option("OGR_CURRENT_DATE") == "1999-09-09T00:00:00.000Z"
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})
    assert pyogrio.get_gdal_config_option("OGR_CURRENT_DATE") is None
