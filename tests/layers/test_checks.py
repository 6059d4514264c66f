"""The file of checks: what it may name, how faults are told, and its table."""

from __future__ import annotations

import pytest

from geoplan.errors import LayerError
from geoplan.schema import records
from tests.small import SmallProject, claim, feature, layer

PLACE = feature("f", "within", members=["东山"])
PEOPLE = claim("other", 3, "persons", id="people", quantity="population")
MORE = claim("other", 4, "persons", id="more", quantity="population")
LENGTH = claim("other", 4, "km", id="length", quantity="length")
CELLS = """[[indicator]]
id = "jobs"
name = { zh = "就业", en = "Jobs" }
measure = "persons"
section = "第一章"
lines = [8]
readings = [{ kind = "actual", year = "2015", printed = "7" }]
"""


def entry(**keys: object) -> str:
    told = {"id": '"c"', "title": '{ zh = "核算", en = "Check" }', **keys}
    return "[[check]]\n" + "".join(f"{key} = {value}\n" for key, value in told.items() if value)


def build(small: SmallProject, text: str) -> list[dict[str, object]]:
    small.write_layer(layer("other", PLACE, PEOPLE, MORE, LENGTH, CELLS, document="plan-p"))
    small.write("layers/checks.toml", text)
    return records(small.layers()["checks"])


def test_checks_are_a_table(small: SmallProject) -> None:
    parts = '["other@people", "other@more"]'
    text = entry(kind='"sum"', result='"other/jobs@actual:2015"', parts=parts)
    (row,) = build(small, text + 'note = { zh = "注", en = "note" }\n')
    assert row["parts"] == "other@people other@more"
    assert (row["kind"], row["result"], row["years"]) == ("sum", "other/jobs@actual:2015", None)
    assert (row["title"], row["title_en"], row["note"]) == ("核算", "Check", "注")


def test_a_project_may_have_none(small: SmallProject) -> None:
    assert records(small.layers()["checks"]) == []


def test_claims_keep_the_id_that_checks_use(small: SmallProject) -> None:
    build(small, "")
    stated = records(small.layers()["stated"])
    assert [row["slug"] for row in stated if row["layer"] == "other"] == [
        "people",
        "more",
        "length",
    ]


SUM = {"kind": '"sum"', "result": '"other@people"', "parts": '["other@more", "other@more2"]'}


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        (SUM, "'other@more2' is no figure (layer@claim or layer/indicator@reading:year)"),
        (SUM, "Did you mean other@more"),
        (SUM | {"parts": '["other@more", "other@length"]'}, "these are of length, people"),
        (SUM | {"parts": '["other@more", "other@people"]'}, "cannot be a part of itself"),
        (SUM | {"parts": '["other@more"]'}, "has at least 2 parts; 1 given"),
        (SUM | {"parts": '["other@more", "other@more"]'}, "stand(s) twice among the parts"),
        (SUM | {"result": None}, "a check of kind 'sum' needs a result"),
        (SUM | {"kind": '"partition"'}, "a check of kind 'partition' takes no result"),
        (SUM | {"years": "5"}, "years are for growth and product"),
        (SUM | {"kind": '"addition"'}, "partition"),
        (SUM | {"measure": '"percents"'}, "'percents' is no measure. Did you mean percent"),
        (SUM | {"result": '"people"'}, "'people' is no figure"),
        ({**SUM, "kind": '"product"', "parts": '["other@more"]'}, "needs years"),
        ({**SUM, "kind": '"count"', "parts": '["other/g"]'}, "is no feature (layer/feature)"),
    ],
)
def test_faults_say_what_is_wrong(
    small: SmallProject, keys: dict[str, object], message: str
) -> None:
    with pytest.raises(LayerError) as fault:
        build(small, entry(**keys))
    assert message in str(fault.value)
    assert "checks.toml:" in str(fault.value)


def test_layers_that_are_left_out_are_no_fault(small: SmallProject) -> None:
    (row,) = build(small, entry(**{**SUM, "parts": '["other@more", "elsewhere@more"]'}))
    assert row["check"] == "c"
    tables = small.run("boundaries", "layers", "analysis")
    assert set(tables["claims"]["check"].dropna()) == set()


def test_an_id_stands_once(small: SmallProject) -> None:
    small.write_layer(
        layer("other", PLACE, PEOPLE, MORE.replace('"more"', '"people"'), document="plan-p")
    )
    with pytest.raises(LayerError, match="claim 'people' is defined twice in this layer"):
        small.layers()
