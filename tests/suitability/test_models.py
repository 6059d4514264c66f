"""Models as they are written: each fault with its line, all of a file at once; the JSON Schema."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from geoplan.config import shipped
from geoplan.errors import ConfigError, UsageError
from geoplan.json_schema import SCHEMAS, write_schemas
from geoplan.strict import read_strict
from geoplan.suitability import File, model_of
from geoplan.suitability.entries import keys
from geoplan.suitability.model import MOST_CLASSES
from geoplan.suitability.tables import ground_of, rule_text
from tests.suitability.conftest import MODEL
from tests.suitability.tiny import (
    amount,
    cited,
    constraint,
    factor,
    grades,
    model,
    titled,
)

LINES = MODEL.split("\n")


def told_of(text: str, tmp_path: Path) -> str:
    """Return what is said of a wrong file."""
    path = tmp_path / "suitability.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(ConfigError) as told:
        read_strict(path, File, keys=keys())
    return str(told.value)


def line(part: str, text: str = MODEL) -> int:
    """Return the line in which `part` stands first."""
    return text[: text.index(part)].count("\n") + 1


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        pytest.param('id = "test"', 'id = "Test!"', "suitability 1, id", id="id of a model"),
        pytest.param('id = "water"', 'id = "wa ter"', "constraint 1, id", id="id with a blank"),
        pytest.param('purpose = "test"', "", "purpose", id="no purpose"),
        pytest.param('zh = "热"', 'zh = " "', "is empty", id="blank title"),
        pytest.param('zh = "热"', 'zh = "a\\u202eb"', "U+202E", id="turned title"),
        pytest.param('zh = "热"', 'zh = "a\\nb"', "U+000A", id="title of two lines"),
        pytest.param("value = 1000", "value = -1", "greater than 0", id="cells below nought"),
        pytest.param("value = 1000", 'value = "1000"', "max_cell_m", id="text for a number"),
        pytest.param("value = 1000", "value = true", "max_cell_m", id="truth for a number"),
        pytest.param("above = 90", "above = nan", "above", id="limit that is no number"),
        pytest.param("above = 90", "above = inf", "above", id="limit without end"),
        pytest.param("above = 90", "between = [1, inf]", "between", id="range without end"),
        pytest.param("above = 90", "between = [1]", "between", id="half a range"),
        pytest.param("above = 90", "between = [5, 5]", "lower value comes first", id="empty range"),
        pytest.param("above = 90", "", "needs one of above, below", id="constraint without test"),
        pytest.param("values = [3]", "values = [3.5]", "values", id="class that is not whole"),
        pytest.param("values = [3]", 'values = ["3"]', "values", id="class as text"),
        pytest.param("values = [3]", "values = [-3]", "-3 is/are no class", id="class below 0"),
        pytest.param("from = 60", "from = 101", "from", id="class above 100"),
        pytest.param("from = 60", "from = -1", "from", id="class below nought"),
        pytest.param('"#00aa00"', '"#00AA00"', "colour", id="colour in capitals"),
        pytest.param('"#00aa00"', '"green"', "colour", id="colour by name"),
        pytest.param('"#00aa00"', '"#00aa00\\n"', "colour", id="colour with a line end"),
        pytest.param("100, 100]]", "100, 101]]", "curve 2, value 2", id="score above 100"),
        pytest.param("[[0, 0]", "[[0, -1]", "curve 1, value 2", id="score below nought"),
        pytest.param("[[0, 0]", "[[nan, 0]", "curve 1, value 1", id="knot that is no number"),
        pytest.param("[[0, 0]", "[[0, 0], [0, 50]", "ascending order", id="two knots at a place"),
        pytest.param("[[0, 0]", "[[200, 0]", "ascending order", id="knots that go down"),
        pytest.param("[[0, 0]", "[[0, 0, 0]", "at most 2 items", id="knot of three numbers"),
        pytest.param("1 = 100, 2 = 0", "1 = 100, x = 0", "are whole numbers", id="class in words"),
        pytest.param("1 = 100, 2 = 0", "1 = 101, 2 = 0", "scores", id="class above 100"),
        pytest.param("2 = 0, 3 = 0", "2 = 0, 4 = 0", "4 is/are no class", id="unknown class"),
        pytest.param("value = 0.75,", "value = nan,", "weight", id="weight that is no number"),
        pytest.param("value = 0.75,", "value = -0.75,", "weight", id="weight below nought"),
        pytest.param("value = 0.75,", "value = 0.7500001,", "add up to 1", id="a little too much"),
        pytest.param('kind = "categorical"', 'kind = "classes"', "kind", id="unknown kind"),
        pytest.param("[-10, 1000]", "[5, 5]", "lower value comes first", id="nothing can be"),
        pytest.param("[-10, 1000]", "[5]", "plausible", id="half of what can be"),
        pytest.param(' 1 = "草"', ' one = "草"', "whole numbers", id="class of an input in words"),
        pytest.param('purpose = "test"', 'purpose = "test"\nbeside = [""]', "beside", id="beside"),
        pytest.param('raster = "cover"\nvalues', "values", "needs one of raster", id="of nothing"),
        pytest.param(
            'raster = "cover"\nvalues',
            'derived = "height"\nof = "heat"\nvalues',
            "derived",
            id="of",
        ),
        pytest.param(
            'raster = "cover"\nvalues',
            'derived = "slope"\nof = "heat"\nvalues',
            "values are those of a categorical raster",
            id="values of a slope",
        ),
    ],
)
def test_a_fault_is_told_with_its_line(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert old in MODEL
    said = told_of(MODEL.replace(old, new, 1), tmp_path)
    assert told in said
    lines = [int(number) for number in re.findall(r"line (\d+):", said)]
    assert lines
    assert 1 < lines[0] <= len(LINES)


def test_faults_of_several_models_are_told_at_once(tmp_path: Path) -> None:
    one = MODEL.replace("above = 90", "above = nan").replace('"#00aa00"', '"green"')
    other = MODEL.replace('id = "test"', 'id = "more"').replace("from = 60", "from = 160")
    said = told_of(one + other, tmp_path)
    assert "3 fault(s)" in said
    assert f"line {line('above = nan', one)}: suitability 1, constraint 2, above" in said
    assert f"line {line('green', one)}: suitability 1, class 1, colour" in said
    after = one.count("\n")
    assert f"line {after + line('from = 160', other)}: suitability 2, class 1, from" in said


def test_what_does_not_fit_together_is_told_at_once(tmp_path: Path) -> None:
    text = MODEL.replace("value = 0.25,", "value = 0.5,").replace('id = "hot"', 'id = "water"')
    text = text.replace("from = 60", "from = 0").replace("values = [3]", "values = [3, 8, 9]")
    said = told_of(text, tmp_path)
    for part in (
        "weights have to add up to 1; 0.75 + 0.5 = 1.25",
        "criteria have ids of their own; water stand(s) there twice",
        "classes go from the best down",
        "8, 9 is/are no class of cover",
    ):
        assert part in said


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param("[[suitability]", "not valid TOML", id="no TOML"),
        pytest.param("suitability = 3", "suitability", id="no list"),
        pytest.param("[[models]]", "unknown key 'models'", id="other table"),
        pytest.param("[[suitability]]", "line 1", id="empty model"),
    ],
)
def test_files_that_are_no_models(tmp_path: Path, text: str, told: str) -> None:
    assert told in told_of(text, tmp_path)


def test_a_file_of_another_encoding(tmp_path: Path) -> None:
    path = tmp_path / "suitability.toml"
    path.write_bytes(MODEL.encode("gb18030"))
    with pytest.raises(ConfigError, match="cannot be read as UTF-8"):
        read_strict(path, File, keys=keys())


def test_a_file_with_a_mark_and_an_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "suitability.toml"
    path.write_text(MODEL, "utf-8-sig")
    assert [m.id for m in read_strict(path, File, keys=keys()).suitability] == ["test"]
    path.write_text("", "utf-8")
    assert read_strict(path, File, keys=keys()).suitability == ()


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        pytest.param({"inputs": [amount("a"), amount("b")]}, "'b' is used by no", id="unused"),
        pytest.param({"inputs": []}, "no input; there are: none", id="no input"),
        pytest.param({"inputs": [amount("a"), amount("a")]}, "inputs have ids", id="twice"),
        pytest.param({"class": grades(60, 60, 0)}, "classes go from the best down", id="alike"),
        pytest.param({"class": grades(60, 1)}, "the last from 0", id="last not from 0"),
        pytest.param({"class": grades(0)}, "at least 2", id="one class"),
        pytest.param({"class": grades(0, 60)}, "classes go from the best down", id="upwards"),
        pytest.param({"factor": []}, "at least 1", id="no factor"),
        pytest.param({"limits": {}}, "nobody can judge a number", id="limits from nowhere"),
    ],
)
def test_models_that_do_not_hold_together(parts: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        model(factor("a", 1), **parts)


def test_there_is_a_most_of_classes() -> None:
    lows = [*range(MOST_CLASSES, -1, -1)]
    many = [{**grade, "colour": "#000000"} for grade in grades(*lows)]
    with pytest.raises(ValueError, match="at most 20"):
        model(factor("a", 1), **{"class": many})
    assert len(model(factor("a", 1), **{"class": many[1:]}).class_) == MOST_CLASSES


@pytest.mark.parametrize(
    "weights",
    [
        pytest.param([0.1] * 10, id="tenths"),
        pytest.param([1 / 3] * 3, id="thirds"),
        pytest.param([0.7, 0.2, 0.1], id="floats that miss 1 by a hair"),
    ],
)
def test_weights_that_add_up_to_one_but_for_floats(weights: list[float]) -> None:
    own = model(*(factor(f"f{n}", weight) for n, weight in enumerate(weights)))
    assert [f.weight.value for f in own.factor] == weights


AREA = {"inside": 1, "outside": 0}


@pytest.mark.parametrize(
    ("more", "told"),
    [
        pytest.param({"scores": {"inside": 1}}, "inside = …, outside", id="only inside"),
        pytest.param({"scores": {**AREA, "near": 5}}, "inside = …, outside", id="one too many"),
        pytest.param({"curve": [[0, 0], [1, 1]], "scores": None}, "a layer takes", id="a curve"),
        pytest.param({"scores": AREA, "buffer_m": 0}, "greater than 0", id="no width"),
        pytest.param({"scores": AREA, "raster": "a"}, "only one", id="raster as well"),
        pytest.param({"scores": AREA, "of": "a"}, "of goes with derived", id="of something"),
        pytest.param({"scores": AREA, "flat": 5}, "aspect needs it", id="level ground"),
    ],
)
def test_factors_of_layers(more: dict[str, Any], told: str) -> None:
    own = {**factor("a", 1), "raster": None, "curve": None, "layer": "z"}
    with pytest.raises(ValueError, match=told):
        model({**own, **more}, inputs=[])


@pytest.mark.parametrize(
    ("more", "told"),
    [
        pytest.param({"flat": None}, "aspect needs it", id="level ground left out"),
        pytest.param({"flat": 101}, "less than or equal to 100", id="level ground above 100"),
        pytest.param({"curve": None, "scores": {"1": 5}}, "it takes a curve", id="classes"),
        pytest.param({"of": "b"}, "'b' is no input; there are: a", id="other heights"),
        pytest.param({"of": None}, "of goes with derived", id="of nothing"),
    ],
)
def test_factors_of_aspect(more: dict[str, Any], told: str) -> None:
    own = {**factor("a", 1), "raster": None, "derived": "aspect", "of": "a", "flat": 5}
    with pytest.raises(ValueError, match=told):
        model({**own, **more}, inputs=[amount("a")])


@pytest.mark.parametrize(
    ("part", "told"),
    [
        pytest.param(constraint("c", "r", above=25), "大于 25", id="above"),
        pytest.param(constraint("c", "r", below=4.5), "小于 4.5", id="below"),
        pytest.param(constraint("c", "r", below=0), "小于 0", id="below nought"),
        pytest.param(constraint("c", "r", above=0), "大于 0", id="above nought"),
        pytest.param(constraint("c", "r", between=[0, 10]), "0 至 10", id="between"),
        pytest.param(constraint("c", "r", above=1e-7), "大于 1e-07", id="tiny"),
    ],
)
def test_rules_of_constraints_in_words(part: dict[str, Any], told: str) -> None:
    own = model(factor("r", 1), constraints=[part])
    assert rule_text(own.constraint[0]) == told


@pytest.mark.parametrize(
    ("ground", "told"),
    [
        pytest.param(cited(), "《指南》", id="title"),
        pytest.param(cited(number="1号"), "《指南》（1号）", id="number"),
        pytest.param(cited(clause="第3条"), "《指南》，第3条", id="clause"),
        pytest.param(cited(unverified=True), "《指南》（凭记忆录入，待核原文）", id="from memory"),
        pytest.param({"assumption": titled("我们定")}, "假设：我们定", id="assumption"),
        pytest.param(
            {**cited(number="1号", clause="第3条"), "assumption": titled("我们定")},
            "《指南》（1号），第3条；假设：我们定",
            id="both",
        ),
    ],
)
def test_grounds_in_words(ground: dict[str, Any], told: str) -> None:
    own = {key: value for key, value in factor("a", 1).items() if key != "assumption"}
    assert ground_of(model({**own, **ground}).factor[0]) == told


@pytest.mark.parametrize(
    ("name", "told"),
    [
        pytest.param("tset", "'tset' is no model of layers/suitability.toml", id="unknown"),
        pytest.param("tes", "Did you mean test", id="nearly"),
        pytest.param("", "There are: test", id="nothing"),
    ],
)
def test_models_by_name(name: str, told: str) -> None:
    own = model(factor("a", 1))
    assert model_of("test", {"test": own}) is own
    with pytest.raises(UsageError, match=re.escape(told)):
        model_of(name, {"test": own})
    with pytest.raises(UsageError, match="There are: none"):
        model_of(name, {})


def names_in(value: object) -> set[str]:
    """Return all keys of tables, at any depth; classes of rasters are no keys."""
    if isinstance(value, dict):
        inner = {k for k in value if not k.lstrip("-").isdecimal()}
        return inner.union(*map(names_in, value.values()))
    return set().union(*map(names_in, value)) if isinstance(value, list) else set()


def test_keys_are_those_that_the_shipped_models_use_and_more() -> None:
    text = (shipped() / "layers/suitability.toml").read_text("utf-8")
    used = names_in(tomllib.loads(text))
    assert used <= {*keys()}
    assert {"from", "class", "buffer_m", "flat", "inside"} - {*keys()} == {"inside"}
    assert not {"from_", "class_"} & {*keys()}, "people write the aliases"
    assert len(keys()) == len({*keys()})


def defined(name: str) -> dict[str, Any]:
    """Return a definition of the JSON Schema."""
    schema = SCHEMAS["suitability"].model_json_schema()
    found: dict[str, Any] = schema["$defs"][name]
    return found


@pytest.mark.parametrize(
    ("name", "needed"),
    [
        ("Suitability", {"id", "title", "purpose", "max_cell_m", "limits", "class", "factor"}),
        ("Grade", {"id", "title", "from", "colour"}),
        ("Input", {"id", "title"}),
        ("Constraint", {"id", "title"}),
        ("Factor", {"id", "title", "weight"}),
        ("Given", {"value"}),
        ("Cited", {"title"}),
    ],
)
def test_the_schema_says_what_is_needed_and_nothing_else_may_stand(
    name: str, needed: set[str]
) -> None:
    found = defined(name)
    assert {*found["required"]} == needed
    assert found["additionalProperties"] is False
    assert {*found["properties"]} <= {*keys()}
    assert not {"from_", "class_"} & {*found["properties"]}


def test_the_schema_in_the_docs_is_that_of_the_code(tmp_path: Path) -> None:
    (made,) = [path for path in write_schemas(tmp_path) if path.name.startswith("suitability")]
    kept = Path(__file__).parents[2] / "docs" / made.name
    assert json.loads(kept.read_text("utf-8")) == json.loads(made.read_text("utf-8"))
