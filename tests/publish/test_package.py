"""The package: what Frictionless asks for, hashes of what is there, terms of all sources."""

from __future__ import annotations

import csv
import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from geoplan import schema
from geoplan.publish import PACKAGE, Held, package_text
from geoplan.publish.exports.package import MEDIA, PROFILE
from tests.publish import sample

RULES: dict[str, Any] = {
    "type": "object",
    "required": ["$schema", "name", "resources", "licenses", "sources"],
    "properties": {
        "$schema": {"const": PROFILE},
        "name": {"pattern": "^[a-z0-9._-]+$"},
        "licenses": {
            "type": "array",
            "minItems": 1,
            "items": {
                "anyOf": [{"required": ["name"]}, {"required": ["path"]}],
                "properties": {"name": {"pattern": "^[-a-zA-Z0-9._]+$"}},
            },
        },
        "sources": {"type": "array", "minItems": 1, "items": {"required": ["title"]}},
        "resources": {
            "type": "array",
            "minItems": 1,
            "uniqueItems": True,
            "items": {
                "required": ["name", "path", "hash", "bytes"],
                "properties": {
                    "name": {"pattern": "^[a-z0-9._-]+$"},
                    "path": {"pattern": "^(?=^[^./~])(^((?!\\.{2}).)*$).*$"},
                    "mediatype": {"pattern": "^(.+)/(.+)$"},
                    "bytes": {"type": "integer", "minimum": 1},
                    "hash": {"pattern": "^sha256:[0-9a-f]{64}$"},
                    "sensitivity": {"enum": ["public", "internal", "secret"]},
                    "schema": {
                        "required": ["fields"],
                        "properties": {
                            "fields": {
                                "minItems": 1,
                                "items": {
                                    "required": ["name", "type", "title", "description"],
                                    "properties": {
                                        "type": {"enum": ["string", "number", "integer", "boolean"]}
                                    },
                                },
                            }
                        },
                    },
                },
            },
        },
    },
}
"""What version 2 of the profile asks of packages, resources and table schemas."""


@pytest.fixture(scope="module")
def package(atlas: Path) -> dict[str, Any]:
    made: dict[str, Any] = json.loads((atlas / PACKAGE).read_text("utf-8"))
    return made


def text_of(files: dict[str, Held], **keys: Any) -> str | None:
    config = sample.project(Path(), **keys).config
    return package_text(sample.tables(), config=config, as_of=sample.AS_OF, files=files)


def held(mark: Any = "internal") -> Held:
    return Held(sha256="a" * 64, bytes=7, sensitivity=mark)


def test_it_keeps_the_rules_of_frictionless(package: dict[str, Any]) -> None:
    jsonschema.validate(package, RULES)
    names = [resource["name"] for resource in package["resources"]]
    assert len(set(names)) == len(names)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**package, "resources": []}, RULES)


def test_hashes_and_sizes_are_those_of_the_files(package: dict[str, Any], atlas: Path) -> None:
    for resource in package["resources"]:
        content = (atlas / resource["path"]).read_bytes()
        assert resource["hash"] == f"sha256:{sha256(content).hexdigest()}"
        assert resource["bytes"] == len(content)


def test_all_data_is_in_it_and_no_page(package: dict[str, Any], atlas: Path) -> None:
    there = {
        path.relative_to(atlas).as_posix()
        for path in atlas.rglob("*.*")
        if path.suffix[1:] in MEDIA
    }
    assert {resource["path"] for resource in package["resources"]} == there
    # The sample has no rasters, and pictures are never handed out.
    without = {"rasters", "zonal", *schema.INNER}
    assert {f"tables/{name}.csv" for name in schema.TABLES if name not in without} <= there
    assert "data/geoplan.xlsx" in there


def test_fields_are_the_columns_of_the_files(package: dict[str, Any], atlas: Path) -> None:
    for resource in package["resources"]:
        path = atlas / resource["path"]
        if path.suffix == ".csv":
            with path.open(encoding="utf-8-sig", newline="") as file:
                head = next(csv.reader(file))
            fields = resource["schema"]["fields"]
            assert [field["name"] for field in fields] == head
            assert set(resource["schema"]["primaryKey"]) <= set(head)
        if path.suffix == ".geojson":
            first = json.loads(path.read_text("utf-8"))["features"][0]
            assert [f["name"] for f in resource["schema"]["fields"]] == list(first["properties"])


def test_numbers_read_back_as_their_types(package: dict[str, Any], atlas: Path) -> None:
    for resource in package["resources"]:
        if not resource["path"].endswith(".csv"):
            continue
        with (atlas / resource["path"]).open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        for field in resource["schema"]["fields"]:
            cells = [row[field["name"]] for row in rows if row[field["name"]]]
            if field["type"] in ("number", "integer"):
                kind = float if field["type"] == "number" else int
                assert len([kind(cell) for cell in cells]) == len(cells)
            if field["type"] == "boolean":
                assert set(cells) <= {"true", "false"}
            allowed = field.get("constraints", {}).get("enum")
            assert allowed is None or set(cells) <= set(allowed), field["name"]


def test_units_and_heads_are_told(package: dict[str, Any]) -> None:
    coverage = next(r for r in package["resources"] if r["path"] == "tables/coverage.csv")
    fields = {field["name"]: field for field in coverage["schema"]["fields"]}
    assert fields["area_net_km2"]["unit"] == "km²"
    assert fields["area_net_km2"]["title"] == "净面积（平方公里）"
    assert fields["share_of_unit"]["title"] == "占单元面积（0–1）"
    assert fields["name"]["title"] == "行政单元"


def test_every_source_is_named_with_its_terms(package: dict[str, Any]) -> None:
    tables = sample.tables()
    terms = " ".join(licence["title"] for licence in package["licenses"])
    assert all(licence in terms for licence in tables["sources"]["licence"])
    titles = [source["title"] for source in package["sources"]]
    assert titles == [*tables["sources"]["title"], *tables["documents"]["title"]]


def test_it_is_as_closed_as_the_most_closed_file() -> None:
    text = text_of({"tables/units.csv": held("public"), "data/atlas.gpkg": held("secret")})
    assert json.loads(text or "")["sensitivity"] == "secret"


def test_without_data_there_is_none() -> None:
    assert text_of({"index.html": held(), "print/a.svg": held()}) is None


def test_who_compiled_it_and_its_review_are_told() -> None:
    text = text_of({"data/atlas.gpkg": held()}, compiled_by="某院", review_number="晋S(2021)1号")
    made = json.loads(text or "")
    assert made["contributors"] == [{"title": "某院", "roles": ["compiler"]}]
    assert made["reviewNumber"] == "晋S(2021)1号"
    assert made["asOf"] == sample.AS_OF


def test_the_order_of_files_does_not_matter() -> None:
    files = {"tables/units.csv": held(), "data/atlas.gpkg": held("public")}
    assert text_of(files) == text_of(dict(reversed(files.items())))
