"""The catalogue: listed, filtered, counted, and two periods side by side."""

from __future__ import annotations

from pathlib import Path

import pytest

from geoplan.catalogue import (
    compare_catalogue,
    count_catalogue,
    list_catalogue,
    outside_scope,
    save,
)
from geoplan.errors import LayerError, UnitError, UsageError
from geoplan.schema import records
from tests.small import SmallProject, claim, feature, layer

GDP = """[[indicator]]
id = "gdp"
name = { zh = "产值", en = "Output" }
group = { zh = "经济", en = "Economy" }
measure = "100m_yuan"
readings = [
  { kind = "actual", year = "2015", printed = "8" },
  { kind = "target", year = "2020", printed = "9左右" },
]
section = "第二章"
lines = [9]
"""


@pytest.fixture
def plans(small: SmallProject) -> SmallProject:
    """Zones and works of plan-a, works of plan-p, an indicator and a statement."""
    small.write_layer(
        layer(
            "mines",
            feature("m", "within", class_="mine", members=["河口"], period=["2018", "2020"]),
            feature("n", "within", class_="mine", members=["甲州市"]),
            feature("w", "statement", class_="line_work"),
            claim("mines/m", 3, "10k_t", quantity="production", year="2020"),
            claim("mines/mine", 2, "features", quantity="count"),
            document="plan-p",
            theme="works",
        ),
        name="mines",
    )
    line = 'waypoints = ["东山", { name = "外州" }, "河口"]\n'
    small.write_layer(
        layer(
            "roads",
            feature("r", "passes", class_="line_work") + line,
            feature("m", "within", class_="mine", members=["东山"]),
            GDP,
            theme="works",
        ),
        name="roads",
    )
    return small


def names(small: SmallProject, **filters: object) -> list[str]:
    table = list_catalogue(small.load(), **filters)  # type: ignore[arg-type]
    return [f"{row['layer']}/{row['statement']}" for row in records(table)]


ALL = [
    "zones/zone-a",
    "zones/zone-b",
    "mines/m",
    "mines/n",
    "mines/w",
    "mines/mines/mine",
    "roads/r",
    "roads/m",
    "roads/gdp",
]


def test_everything_by_theme_and_layer(plans: SmallProject) -> None:
    assert names(plans) == ALL


@pytest.mark.parametrize(
    ("filters", "kept"),
    [
        ({"themes": ["zones"]}, ALL[:2]),
        ({"documents": ["plan-p"]}, ALL[2:6]),
        ({"themes": ["works"], "documents": ["plan-a"]}, ALL[6:]),
        # The target of the indicator is for 2020, though its plan ends in 2019.
        ({"year": "2020"}, [*ALL[2:6], "roads/gdp"]),
        ({"year": "2017"}, [name for name in ALL if name != "mines/m"]),
        ({"year": "2021"}, []),
    ],
)
def test_filters(plans: SmallProject, filters: dict[str, object], kept: list[str]) -> None:
    assert names(plans, **filters) == kept


def reaches(plans: SmallProject, unit: str) -> dict[str, str]:
    rows = records(list_catalogue(plans.load(), unit=unit))
    return {f"{row['layer']}/{row['statement']}": row["reach"] for row in rows}


def test_a_county_is_named_or_lies_in_what_is_named(plans: SmallProject) -> None:
    assert reaches(plans, "910101") == {
        "zones/zone-a": "own",
        "mines/n": "above",
        "mines/w": "above",
        "mines/mines/mine": "above",
        "roads/r": "own",
        "roads/m": "own",
        "roads/gdp": "above",
    }


def test_a_city_holds_what_its_counties_have(plans: SmallProject) -> None:
    found = reaches(plans, "乙州")
    assert found == {
        "mines/m": "within",
        "mines/w": "above",
        "mines/mines/mine": "within",
        "roads/r": "within",
    }


def test_rows_say_who_where_and_what(plans: SmallProject) -> None:
    rows = {row["statement"]: row for row in records(list_catalogue(plans.load()))}
    mine = rows["n"]
    assert (mine["units"], mine["adcodes"]) == ("甲州市", "910100")
    assert (mine["title"], mine["section"], mine["lines"]) == ("试省规划", "第一章", "7")
    assert rows["r"]["places"] == "东山—外州—河口"
    assert rows["r"]["adcodes"] == "910101 910202"
    assert rows["gdp"]["figures"] == "2015年实际 8亿元；2020年目标 约9亿元"
    assert (
        rows["gdp"]["figures_en"]
        == "2015 actual 800 million yuan; 2020 target about 900 million yuan"
    )
    assert rows["mines/mine"]["figures"] == "数量2个"
    assert rows["mines/mine"]["units"] == "河口县、甲州市"
    table = list_catalogue(plans.load(), documents=["plan-p"])
    assert records(table)[0]["figures"] == "2020年产量3万吨"


def test_counts_leave_figures_out_and_add_up(plans: SmallProject) -> None:
    counted = records(count_catalogue(list_catalogue(plans.load())))
    assert [(row["theme"], row["plan-a"], row["plan-p"], row["total"]) for row in counted] == [
        ("zones", 2, 0, 2),
        ("works", 3, 3, 6),
        ("total", 5, 3, 8),
    ]
    assert count_catalogue(list_catalogue(plans.load(), year="2021")).empty


@pytest.mark.parametrize(
    ("filters", "message"),
    [
        ({"themes": ["zone"]}, "theme 'zone' is not known. Did you mean zones"),
        ({"documents": ["plan-x"]}, "document 'plan-x' is not known"),
        ({"year": "16"}, "year '16' is no year; write four digits"),
        ({"year": "2O16"}, "is no year"),
    ],
)
def test_wrong_filters(plans: SmallProject, filters: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError, match=message.replace("?", r"\?")):
        names(plans, **filters)


def test_wrong_units(plans: SmallProject) -> None:
    with pytest.raises(
        UnitError, match="'二山' stands for 2 units; name one of them: 甲州市东山区"
    ):
        names(plans, unit="二山")
    with pytest.raises(UnitError, match="'城区' is ambiguous"):
        names(plans, unit="城区")


def test_plans_of_elsewhere_are_named(plans: SmallProject) -> None:
    assert outside_scope(plans.load(), "河口") == [("甲州规划", "甲州市")]
    assert outside_scope(plans.load(), "东山") == []
    assert outside_scope(plans.load(), "910000") == []


@pytest.mark.parametrize("periods", [("plan-a", "plan-p"), ("2016-2019", "plan-p")])
def test_two_plans_side_by_side(plans: SmallProject, periods: tuple[str, str]) -> None:
    rows = records(compare_catalogue(plans.load(), periods, themes=["works"]))
    made = {(row["class"], row["unit"]): row for row in rows}
    assert [(row["unit"], row["change"]) for row in rows if row["class_title"] == "产值"] == [
        ("甲州市", "first_only")
    ]
    assert made["mine", "河口县、甲州市"]["second"] == "数量2个"
    mine = made["mine", "河口县"]
    assert made["mine", "东山区"]["change"] == "first_only"
    assert made["line_work", "河口县"]["change"] == "first_only"
    assert (mine["first"], mine["second"], mine["change"]) == (
        "",
        "要素（2020年产量3万吨）",
        "second_only",
    )


@pytest.mark.parametrize(
    ("periods", "message"),
    [
        (("plan-a", "plan-a"), "both stand for plan-a"),
        (("2016-2020", "plan-a"), "both stand for plan-a"),
        (("2021-2025", "plan-a"), "no document's period lies in it; there are: plan-a"),
        (("nonsense", "plan-a"), "'nonsense' is no document"),
    ],
)
def test_periods_that_cannot_be_compared(
    plans: SmallProject, periods: tuple[str, str], message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        compare_catalogue(plans.load(), periods)


def test_a_comparison_is_saved_whole_or_not_at_all(plans: SmallProject, tmp_path: Path) -> None:
    table = compare_catalogue(plans.load(), ("plan-a", "plan-p"))
    save(table, tmp_path / "change.csv")
    text = (tmp_path / "change.csv").read_bytes()
    assert text.startswith("\ufefftheme,".encode())
    assert text.count(b"\n") == len(table) + 1
    assert [p.name for p in tmp_path.glob("*.part")] == []
    with pytest.raises(UsageError, match=r"a name has to end in \.csv"):
        save(table, tmp_path / "change.xlsx")


def test_faults_of_layer_files_come_all_at_once(plans: SmallProject) -> None:
    plans.write_layer(layer("bad", feature("a", members=["无名"]), feature("a")), name="bad")
    with pytest.raises(LayerError) as caught:
        names(plans)
    assert "bad.toml" in str(caught.value)
