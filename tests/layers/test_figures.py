"""Figures: cells of tables read as numbers, claims with ranges, indicators of one unit."""

from __future__ import annotations

from decimal import Decimal

import pytest

from geoplan.errors import LayerError
from geoplan.layers.figures import Parsed, parse_cell
from geoplan.schema import Relation, records
from geoplan.schema.measures import MEASURES, QUANTITIES, converted, measures_of
from geoplan.schema.wording import figure_words, plain, reading_words
from tests.small import SmallProject, claim, feature, layer

CELLS: list[tuple[str, str | None, str | None, Relation, bool]] = [
    ("1046.1", "1046.1", None, "equal", False),
    ("[16]", "16", None, "equal", True),
    ("60左右", "60", None, "about", False),
    ("约60", "60", None, "about", False),
    ("＞14", "14", None, "more_than", False),
    ("超过14", "14", None, "more_than", False),
    ("〈4.2", "4.2", None, "less_than", False),
    ("3-5", "3", "5", "equal", False),
    ("3%-5%", "3", "5", "equal", False),
    ("下降20%", "-20", None, "equal", False),
    ("控制在0.2以下", "0.2", None, "at_most", False),
    ("9000元以上", "9000", None, "at_least", False),
    ("10个月左右", "10", None, "about", False),
    ("57ug/m3", "57", None, "equal", False),
    ("559.92*", "559.92", None, "equal", False),
    ("-3.5", "-3.5", None, "equal", False),
    ("1,046.5", "1046.5", None, "equal", False),
    ("增长6%", "6", None, "equal", False),
    ("降低20%", "-20", None, "equal", False),
    ("下降3-5%", "-5", "-3", "equal", False),
    ("下降5以上", "-5", None, "at_most", False),
    ("＜ 5", "5", None, "less_than", False),
    ("60以上80以下", None, None, "equal", False),
    ("不低于5左右", None, None, "equal", False),
    ("16]", None, None, "equal", False),
    ("5亿元10%", None, None, "equal", False),
    ("--", None, None, "equal", False),
    ("完成省定任务", None, None, "equal", False),
    ("2030年前", None, None, "equal", False),
    ("1.2.3", None, None, "equal", False),
    ("", None, None, "equal", False),
]


@pytest.mark.parametrize(("cell", "low", "high", "relation", "cumulative"), CELLS)
def test_cells_as_numbers(
    cell: str, low: str | None, high: str | None, relation: Relation, cumulative: bool
) -> None:
    number = [None if text is None else Decimal(text) for text in (low, high)]
    assert parse_cell(cell) == Parsed(*number, relation, cumulative)


def test_a_cell_in_another_measure_has_no_value() -> None:
    assert parse_cell("57ug/m3", measure="percent").value is None
    assert parse_cell("57ug/m3", measure="ug_m3").value == 57
    assert parse_cell("9000元以上", measure="yuan").value == 9000
    assert parse_cell("8%", measure="percent").value == 8
    assert parse_cell("10万人", measure="percent").value is None


def indicator(key: str = "gdp", **more: str) -> str:
    keys = {"unit": None, "measure": '"100m_yuan"', **more}
    readings = keys.pop("readings", '[{ kind = "actual", year = "2015", printed = "[8]" }]')
    lines = [f"{name} = {value}" for name, value in keys.items() if value]
    name = 'name = { zh = "产值", en = "Output" }'
    cited = 'section = "第一章"\nlines = [7, 8]'
    head = f'[[indicator]]\nid = "{key}"\n{name}\n{cited}\n'
    return head + "\n".join([*lines, f"readings = {readings}"]) + "\n"


def test_an_indicator_is_of_the_scope_or_of_the_unit_it_names(small: SmallProject) -> None:
    small.write_layer(layer("other", indicator(), indicator("b", unit='"东山县"')))
    rows = records(small.layers()["indicators"])
    assert [(row["indicator"], row["adcode"], row["unit"]) for row in rows] == [
        ("gdp", "910100", "甲州市"),
        ("b", "910101", "东山区"),
    ]
    assert rows[0]["value"] == 8.0
    assert rows[0]["cumulative"]
    assert rows[0]["line"] == 7
    assert rows[0]["printed"] == "[8]"


def test_a_layer_of_indicators_has_no_feature_and_no_area(small: SmallProject) -> None:
    small.write_layer(layer("other", indicator()))
    tables = small.run()
    layers = {row["layer"]: row for row in records(tables["layers"])}
    assert layers["other"]["features"] == 0
    assert "other" not in set(tables["memberships"]["layer"])
    assert "other" not in set(tables["coverage"]["layer"])


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"unit": '"二山"'}, "'二山' is 2 units; an indicator is of one"),
        ({"unit": '"无名"'}, "'无名' is no unit or group"),
        ({"measure": '"furlong"'}, "'furlong' is no measure"),
        ({"nature": '"maybe"'}, "binding"),
        (
            {"readings": '[{ kind = "actual", year = "2015", printed = "1" },'
             ' { kind = "actual", year = "2015", printed = "2" }]'},
            "actual of 2015 stands 2 times",
        ),
        ({"readings": "[]"}, "at least 1 item"),
    ],
)  # fmt: skip
def test_indicators_that_cannot_be(small: SmallProject, more: dict[str, str], message: str) -> None:
    path = small.write_layer(layer("other", indicator(**more)))
    with pytest.raises(LayerError) as caught:
        small.layers()
    assert message in str(caught.value)
    assert f"{path}:" in str(caught.value)


def test_an_indicator_and_a_feature_do_not_share_an_id(small: SmallProject) -> None:
    small.write_layer(layer("other", feature("gdp", members=["东山"]), indicator()))
    with pytest.raises(LayerError, match="'gdp' is defined twice in this layer"):
        small.layers()


def test_claims_keep_range_relation_counter_and_year(small: SmallProject) -> None:
    figure = claim(
        "other/f", 3, "items", quantity="count", value_to=5, relation="about", counter="座"
    )
    figure += 'year = "2020"\n'
    small.write_layer(layer("other", feature("f", "statement"), figure))
    (row,) = records(small.layers()["stated"])
    assert (row["published"], row["published_to"], row["relation"]) == (3.0, 5.0, "about")
    assert (row["counter"], row["year"]) == ("座", "2020")
    assert figure_words(row) == ("约3—5座", "about 3—5 items")


def test_a_range_has_its_upper_end_above(small: SmallProject) -> None:
    small.write_layer(layer("other", feature("f", members=["东山"]), claim("other", 5, value_to=5)))
    with pytest.raises(LayerError, match="value_to is the upper end of a range"):
        small.layers()


@pytest.mark.parametrize("quantity", QUANTITIES)
def test_every_quantity_has_measures(quantity: str) -> None:
    assert measures_of(quantity)
    assert set(QUANTITIES[quantity].kinds) <= {m.kind for m in MEASURES.values()}


def test_every_measure_can_be_used_and_converted() -> None:
    used = {key for quantity in QUANTITIES for key in measures_of(quantity)}
    # Age is used by indicators only, others by rasters.
    of_cells = {"degree", "celsius", "mm", "m_s", "kwh_m2"}
    assert set(MEASURES) - used == {"years_of_age"} | of_cells
    for measure in MEASURES.values():
        assert measure.factor > 0
        same = {m.base for m in MEASURES.values() if m.kind == measure.kind}
        assert len(same) == 1 or measure.kind == "rate"
        if measure.kind == "rate":
            assert measure.base == measure.id
        assert MEASURES[measure.base].factor == 1


@pytest.mark.parametrize(
    ("value", "measure", "in_base"),
    [
        ("15", "10k_mu", "100"),
        ("150", "mu", "0.1"),
        ("3", "100m_m3", "300000000"),
        ("80", "10k_kw", "800"),
        ("1.75", "10k_km2", "17500"),
        ("100", "ha", "1"),
        ("2", "1t_yuan", "2000000000000"),
    ],
)
def test_conversions(value: str, measure: str, in_base: str) -> None:
    assert converted(Decimal(value), measure) == pytest.approx(Decimal(in_base))


def test_plain_numbers() -> None:
    numbers = (6422.0, 20.15, 0.5, 100.0, 1e-9, 1e15)
    shown = ["6422", "20.15", "0.5", "100", "0.000000001", "1000000000000000"]
    assert [plain(x) for x in numbers] == shown


@pytest.mark.parametrize(
    ("low", "high", "measure", "relation", "counter", "words"),
    [
        (247, None, "10k_persons", "equal", None, ("247万人", "2.47 million persons")),
        (3, None, "10k_persons", "over", None, ("3万多人", "over 30,000 persons")),
        (2.5, 3, "10k_mu", "about", None, ("约2.5—3万亩", "about 25,000—30,000 mu")),
        (10, None, "items", "at_most", "座", ("不超过10座", "at most 10 items")),
        (35, 45, "100m_m3", "equal", None, ("35—45亿立方米", "3.5 billion—4.5 billion m³")),
        (80, None, "percent", "more_than", None, ("超过80%", "more than 80 %")),
        (12, None, "10k_items", "over", "万座", ("12万多座", "over 120,000 items")),
    ],
)
def test_figures_in_words(
    low: float,
    high: float | None,
    measure: str,
    relation: Relation,
    counter: str | None,
    words: tuple[str, str],
) -> None:
    row = {"published": low, "published_to": high, "measure": measure}
    assert figure_words(row | {"relation": relation, "counter": counter}) == words


def test_readings_in_words() -> None:
    row = {"reading": "actual", "year": "2015", "printed": "1046.1", "value": 1046.1}
    row |= {"value_to": None, "relation": "equal", "cumulative": False, "counter": None}
    money = row | {"measure": "100m_yuan"}
    assert reading_words(money) == ("2015年实际 1046.1亿元", "2015 actual 104.61 billion yuan")
    growth = {"reading": "target_growth", "year": "2020", "printed": "8%", "value": 8.0}
    growth = row | growth | {"measure": "percent"}
    assert reading_words(growth) == ("2020年目标增长 8%", "2020 target growth 8 %")
    unknown = growth | {"printed": "0.03", "value": 0.03, "measure": None}
    assert reading_words(unknown) == ("2020年目标增长 0.03", "2020 target growth 0.03")
    fall = money | {"printed": "下降20%", "value": -20.0, "measure": "percent"}
    assert reading_words(fall) == ("2015年实际 下降20%", "2015 actual fall of 20 %")
    assert reading_words(money | {"printed": "--", "value": None}) is None
    said = money | {"printed": "完成省定任务", "value": None}
    assert reading_words(said) == ("2015年实际 完成省定任务", "2015 actual 完成省定任务")


def test_growth_has_a_measure_of_its_own_or_none(small: SmallProject) -> None:
    cells = (
        '[{ kind = "actual", year = "2015", printed = "8" },'
        ' { kind = "actual_growth", year = "2015", printed = "9.2" },'
        ' { kind = "target_growth", year = "2020", printed = "8%" }]'
    )
    bare = indicator("a", readings=cells)
    headed = indicator("b", readings=cells, growth='"percent"')
    small.write_layer(layer("other", bare, headed))
    rows = records(small.layers()["indicators"])
    found = {(row["indicator"], row["reading"]): row["measure"] for row in rows}
    assert found == {
        ("a", "actual"): "100m_yuan",
        ("a", "actual_growth"): None,
        ("a", "target_growth"): "percent",
        ("b", "actual"): "100m_yuan",
        ("b", "actual_growth"): "percent",
        ("b", "target_growth"): "percent",
    }


@pytest.mark.parametrize(
    ("figure", "message"),
    [
        (
            claim("other/f", 3, "items", quantity="count", counter="万座"),
            "has a 万 that items has not",
        ),
        (claim("other/f", 3, counter="亩"), "km2 has a measure of its own; leave it out"),
        (claim("other/f", 3.5, "items", quantity="count"), "3.5 of items is no whole number"),
        (claim("other/f", 3, value_to=5, relation="at_least"), "a range is not at_least"),
        (claim("other/f", 3, approximate=True), 'write relation = "about"'),
        (claim("other/f", 3) + "\n" + claim("other/f", 3), "the same claim stands at"),
        (claim("other/e", 3), "is a slot that is not filled"),
        (claim("other/f", 3, quantity="bulk"), "'bulk' is no quantity"),
    ],
)
def test_claims_that_cannot_be(small: SmallProject, figure: str, message: str) -> None:
    empty = feature("e", members=[], lines=[], slot=True)
    path = small.write_layer(
        layer("other", feature("f", members=["东山"]), empty, figure, slot=True)
    )
    with pytest.raises(LayerError) as caught:
        small.layers()
    assert message in str(caught.value)
    assert f"{path}:" in str(caught.value)


def test_a_yearly_measure_may_be_said(small: SmallProject) -> None:
    figure = claim("other/f", 3, "10k_t", quantity="capacity", counter="万吨/年")
    small.write_layer(layer("other", feature("f", "statement"), figure))
    (row,) = records(small.layers()["stated"])
    assert figure_words(row)[0] == "3万吨/年"


@pytest.mark.parametrize(
    ("measure", "counter", "wrong"),
    [("10k_items", "座", True), ("10k_items", "万座", False), ("items", "座", False)],
)
def test_a_counter_does_not_hide_ten_thousand(
    small: SmallProject, measure: str, counter: str, wrong: bool
) -> None:
    figure = claim("other/f", 12, measure, quantity="count", counter=counter)
    small.write_layer(layer("other", feature("f", "statement"), figure))
    if wrong:
        with pytest.raises(LayerError, match="leaves out the 万 of 10k_items: 万座"):
            small.layers()
    else:
        assert records(small.layers()["stated"])[0]["counter"] == counter
