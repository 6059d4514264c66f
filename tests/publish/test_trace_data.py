"""The data of the trace page: rows point to each other by place, and nothing gets lost."""

from __future__ import annotations

import base64
import json
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from geoplan.publish import outputs
from geoplan.publish.tracing import page
from geoplan.publish.tracing.overlaps import Labels, short_id
from geoplan.schema import row_id
from tests.publish import sample

Made = dict[str, Any]


def of(tables: dict[str, pd.DataFrame]) -> Made:
    """Return what the trace page of `tables` holds."""
    found = outputs(tables, project=sample.project(Path()), as_of=sample.AS_OF)
    text = next(o for o in found if o.name == page.FILE).make()
    assert isinstance(text, str)
    begins = text.index("var GEOPLAN = ") + len("var GEOPLAN = ")
    made: Made = json.JSONDecoder().raw_decode(text, begins)[0]
    return made


@cache
def data() -> Made:
    return of(sample.tables())


def names(made: Made, key: str) -> list[str]:
    return [row[0] for row in made[key]]


def feature(made: Made, layer: str, key: str) -> list[Any]:
    (found,) = [
        row for row in made["features"] if (names(made, "layers")[row[0]], row[1]) == (layer, key)
    ]
    return list(found)


def test_short_ids_are_the_ids() -> None:
    key = row_id("a", "b")
    assert "r" + base64.urlsafe_b64decode(short_id(key)).hex() == key


def test_labels_are_given_once_in_their_order() -> None:
    labels = Labels({"a": 4, "b": 7}, {"x": 2})
    assert [labels.at("b", "x"), labels.at("a", "x"), labels.at("b", "x")] == [0, 1, 0]
    # A class that no registry has is told as none.
    assert labels.at("a", "gone") == 2
    assert labels.all == [[7, 2], [4, 2], [4, -1]]


def test_units_point_to_those_above() -> None:
    units = data()["units"]
    codes = names(data(), "units")
    parents = {unit[0]: codes[unit[4]] if unit[4] >= 0 else None for unit in units}
    assert parents["140729"] == "140700"
    assert parents["140700"] == "140000"
    assert parents["140000"] is None
    assert {unit[0] for unit in units if unit[5]} == {c for c in codes if not c.endswith("00")}


def test_members_stand_with_their_ids() -> None:
    tables, made = sample.tables(), data()
    codes = names(made, "units")
    own = feature(made, "zones", "key-development")[9]
    told = {(codes[own[i]], own[i + 2]) for i in range(0, len(own), 3)}
    rows = tables["memberships"].query("feature == 'key-development'")
    assert told == {
        (code, short_id(key)) for code, key in zip(rows["adcode"], rows["id"], strict=True)
    }
    assert len(told) == len(sample.ZONES["key_development"])
    evidence = {made["evidence"][own[i + 1]] for i in range(0, len(own), 3)}
    assert evidence == set(rows["evidence"])


def test_drawn_features_have_counties_and_others_none() -> None:
    made = data()
    codes = names(made, "units")
    entered = feature(made, "rivers", "north")[10]
    assert "140702" in [codes[i] for i in entered]
    assert feature(made, "zones", "key-development")[10] == 0
    assert feature(made, "words", "said")[9:] == [[], 0]
    extents = {made["extents"][row[5]] for row in made["features"]}
    assert extents == set(sample.tables()["features"]["extent"])


def test_a_section_stands_once_among_the_texts() -> None:
    made = data()
    assert len(set(made["texts"])) == len(made["texts"])
    places = [row[6] for row in made["features"]]
    sections = sample.tables()["features"]["section"].tolist()
    assert [made["texts"][i] for i in places] == sections
    assert len(set(places)) < len(places)


def test_matters_keep_sides_grades_and_what_settles_them() -> None:
    tables, made = sample.tables(), data()
    codes, layers = names(made, "units"), names(made, "layers")
    own = {f"={row['id']}": row for row in tables["conflicts"].to_dict("records")}
    assert {found[0] for found in made["conflicts"]} == set(own)
    for found in made["conflicts"]:
        row = own[found[0]]
        assert (codes[found[1]], found[2]) == (row["adcode"], row["grade"])
        assert made["bases"][found[3]] == row["basis"]
        for side, name in zip(found[6], "ab", strict=True):
            layer, cls = made["labels"][side[0]]
            assert layers[layer] == row[f"layer_{name}"]
            assert made["classes"][cls][0] == row[f"class_{name}"]
            assert side[1] == row[f"feature_{name}"]
            assert names(made, "documents")[side[2]] == row[f"document_{name}"]
            assert made["texts"][side[3]] == row[f"section_{name}"]
    areas = {row[0]: row[4:6] for row in made["conflicts"]}
    assert areas["=m1"] == [12.5, 0.0104]
    assert areas["=m0"] == [None, None]


def test_coverage_is_told_by_label_and_basis() -> None:
    made = data()
    (row,) = [
        row
        for row in made["coverage"]
        if names(made, "units")[row[0]] == "140728"
        and names(made, "layers")[made["labels"][row[1]][0]] == "plots"
    ]
    assert made["bases"][row[2]] == "geometry"
    assert row[3] == 1.0
    assert row[6] == sample.tables()["coverage"].query("layer == 'plots'")["count"].max()
    assert row[7] == 0.001


def test_a_document_or_unit_that_is_unknown_is_told_as_none() -> None:
    tables = sample.tables()
    tables["documents"] = tables["documents"].query("document != 'facts'")
    members = tables["memberships"]
    first = members["adcode"].iloc[0]
    tables["memberships"] = members.assign(adcode=members["adcode"].replace(first, "990000"))
    made = of(tables)
    documents = {row[0]: row[3] for row in made["layers"]}
    assert documents["rivers"] == -1
    assert documents["zones"] == names(made, "documents").index("old")
    codes = names(made, "units")
    named = {codes[row[9][i]] for row in made["features"] for i in range(0, len(row[9]), 3)}
    assert first not in named
    assert "140729" in named


def test_figures_come_as_printed_with_what_was_found() -> None:
    made = data()
    first, second = made["claims"][:2]
    assert first[0] == "=c0"
    assert "6422" in first[3][0]
    assert first[6:10] == [6421.02, -0.98, 15.86, "agrees"]
    assert second[6] is None
    assert second[9:11] == ["not_checkable", "indicative_geometry"]
