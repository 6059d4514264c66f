"""Figures: cells of tables read as numbers, claims with ranges, indicators of one unit."""

from __future__ import annotations

from decimal import Decimal

import pytest

from geoplan.errors import LayerError
from geoplan.layers.figures import Parsed, parse_cell
from geoplan.schema import Relation, records
from geoplan.schema.measures import MEASURES, QUANTITIES, converted, measures_of
from geoplan.schema.wording import figure_words, plain
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
    rows = [row for row in records(tables["coverage"]) if row["layer"] == "other"]
    assert {row["area_net_km2"] for row in rows} == {None}


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
        "other/f", 3, "items", quantity="count", value_to=5, relation="at_least", counter="座"
    )
    figure += 'year = "2020"\n'
    small.write_layer(layer("other", feature("f", "statement"), figure))
    (row,) = records(small.layers()["stated"])
    assert (row["published"], row["published_to"], row["relation"]) == (3.0, 5.0, "at_least")
    assert (row["counter"], row["year"]) == ("座", "2020")
    assert figure_words(row) == ("不低于3—5座", "at least 3—5 items")


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
    # Rates of age are used by indicators only.
    assert set(MEASURES) - used == {"years_of_age"}
    for measure in MEASURES.values():
        assert measure.factor > 0
        same = {m.base for m in MEASURES.values() if m.kind == measure.kind}
        assert len(same) == 1
        base = MEASURES.get(measure.base)
        assert base is None or base.factor == 1


@pytest.mark.parametrize(
    ("value", "measure", "in_base"),
    [
        ("15", "10k_mu", "100"),
        ("150", "mu", "0.1"),
        ("3", "100m_m3", "300000000"),
        ("80", "10k_kw", "800"),
        ("1.75", "10k_km2", "17500"),
        ("100", "ha", "1"),
        ("2", "1t_yuan", "20000"),
    ],
)
def test_conversions(value: str, measure: str, in_base: str) -> None:
    assert converted(Decimal(value), measure) == pytest.approx(Decimal(in_base))


def test_plain_numbers() -> None:
    assert [plain(x) for x in (6422.0, 20.15, 0.5, 100.0)] == ["6422", "20.15", "0.5", "100"]


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
