"""The data of the trace page: ids in short form, pairs by list, size, and one template for all."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from geoplan import schema
from geoplan.publish import Output, outputs
from geoplan.publish.tracing import page
from geoplan.publish.tracing.overlaps import Labels, overlap_data, short_id
from geoplan.schema import row_id
from tests.publish import sample

BASES = ("geometry", "indicative", "list")

WITH_TRACES = ["index.html", "findings.html", "indicators.html", "figures.html", "matters.html"]


def output(tables: dict[str, pd.DataFrame]) -> Output:
    found = outputs(tables, project=sample.project(Path()), as_of=sample.AS_OF)
    return next(o for o in found if o.name == page.FILE)


@cache
def text() -> str:
    made = output(sample.tables()).make()
    assert isinstance(made, str)
    return made


def data(made: str) -> dict[str, Any]:
    """Return what the page holds."""
    begins = made.index("var GEOPLAN = ") + len("var GEOPLAN = ")
    found: dict[str, Any] = json.JSONDecoder().raw_decode(made, begins)[0]
    return found


def test_ids_are_short_and_no_two_are_alike() -> None:
    ids = [row_id(i) for i in range(500)]
    short = [short_id(key) for key in ids]
    assert len(set(short)) == len(ids)
    assert {len(key) for key in short} == {8}
    assert not [key for key in short if not re.fullmatch(r"[A-Za-z0-9_-]{8}", key)]
    assert short_id("m0") == "=m0"
    assert short_id("r0123456789AB") == "=r0123456789AB"


def pair(code: str | None, units: int, **more: Any) -> dict[str, Any]:
    row = dict.fromkeys(schema.TABLES["overlaps"].names)
    ends = {"layer_a": "a", "class_a": "x", "layer_b": "b", "class_b": "y", "basis": "list"}
    return row | ends | {"id": row_id(code), "adcode": code, "units": units} | more


def rows_of(*rows: dict[str, Any], bare: bool = False) -> dict[str, list[Any]]:
    labels = Labels({"a": 0, "b": 1}, {"x": 0, "y": 1})
    units = {"01": 0, "02": 1}
    return overlap_data(list(rows), labels, units=units, bases=BASES, bare=bare)


def test_pairs_by_list_are_a_total_and_its_counties() -> None:
    found = rows_of(pair(None, 2), pair("01", 1), pair("02", 1))
    ids = ",".join(short_id(row_id(code)) for code in (None, "01", "02"))
    assert found == {"full": [], "lists": [[0, 1, ids, 2, 0, 1]]}
    bare = rows_of(pair(None, 2), pair("01", 1), pair("02", 1), bare=True)
    assert bare["lists"] == [[0, 1, short_id(row_id(None)), 2]]


@pytest.mark.parametrize(
    "rows",
    [
        (pair(None, 3), pair("01", 1)),
        (pair("01", 1),),
        (pair(None, 1), pair("01", 2)),
        (pair(None, 1), pair("01", 1, area_km2=2.5)),
    ],
)
def test_what_is_no_such_pair_keeps_its_own_figures(rows: tuple[dict[str, Any], ...]) -> None:
    found = rows_of(*rows)
    assert found["lists"] == []
    assert [row[5] for row in found["full"]] == [row["units"] for row in rows]
    assert [row[6] for row in found["full"]] == [row["area_km2"] for row in rows]


def test_the_page_has_no_shape_and_no_sentence() -> None:
    found = data(text())
    assert "coordinates" not in text()
    assert len(found["features"]) == len(sample.tables()["features"])
    assert len(found["coverage"]) == (sample.tables()["coverage"]["class"] != "").sum()
    sentences = [p for p in sample.tables()["passages"]["text"] if "。" in p]
    assert len(sentences) > 3
    assert not [p for p in sentences if p in text()]


def test_states_stand_where_nothing_is_covered() -> None:
    found = data(text())
    units = [unit[0] for unit in found["units"]]
    layers = [layer[0] for layer in found["layers"]]
    signs = found["states_of"][layers.index("zones")]
    assert found["states"][int(signs[units.index("140311")])] == "out_of_scope"
    assert signs[units.index("140729")] == "-"


def test_above_its_budget_the_page_leaves_counties_out(monkeypatch: pytest.MonkeyPatch) -> None:
    assert data(text())["bare"] == 0
    monkeypatch.setattr(page, "MOST_BYTES", 1000)
    small = output(sample.tables()).make()
    assert isinstance(small, str)
    assert data(small)["bare"] == 1


def test_words_of_the_page_are_those_of_all() -> None:
    asked = set(re.findall(r"\bt\('([\w.]+)'[,)]", page.scripts()))
    spoken = json.JSONDecoder().raw_decode(page.scripts(), page.scripts().index("WORDS = ") + 8)[0]
    assert len(asked) > 20
    assert sorted(asked - set(spoken)) == []
    assert not [key for key in spoken if not all(spoken[key])]
    # Codes of tables are added to these.
    for prefix in re.findall(r"'([a-z_.]+\.)'", page.scripts()):
        assert [key for key in spoken if key.startswith(prefix)], prefix


def test_codes_of_a_chain_have_the_words_of_their_vocabulary() -> None:
    (table,) = re.findall(r"var CODES = \{(.*?)\};", page.scripts())
    known = dict(re.findall(r"(\w+): '(\w+)\.'", table))
    assert known == {name: name for name in ("basis", "claim", "grade", "reason", "state")}
    used = set(re.findall(r", '(\w+)'\]", page.scripts()))
    assert used >= set(known)


def test_scripts_put_no_text_in_as_markup() -> None:
    for word in ("fetch(", "XMLHttpRequest", "innerHTML", "document.write", "eval(", "import "):
        assert word not in page.scripts(), word
    names = re.findall(r"^(?:function|var) (\w+)", page.scripts(), flags=re.MULTILINE)
    assert len(names) == len(set(names)) > 50


def test_hostile_names_cannot_end_the_script() -> None:
    made = output(sample.tables(attack=True)).make()
    assert isinstance(made, str)
    assert sample.ATTACK not in made
    assert "<img" not in made
    assert any(feature[3] == sample.ATTACK for feature in data(made)["features"])


@pytest.mark.parametrize("name", WITH_TRACES)
def test_rows_of_tables_link_to_their_traces(name: str) -> None:
    found = outputs(sample.tables(), project=sample.project(Path()), as_of=sample.AS_OF)
    made = next(o for o in found if o.name == name).make()
    assert isinstance(made, str)
    links = re.findall(r'<a class="trace" href="trace\.html#([^"]+)">(.*?)</a>', made)
    assert links
    # Links that lead to different rows are told apart by what is read out.
    assert len({ref for ref, _ in links}) == len({words for _, words in links})
