"""Pages without a map: indicators and findings as tables, and what maps carry of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from geoplan.publish.atlas import Texts
from geoplan.publish.findings import finding_data, finding_groups, finding_kinds
from geoplan.publish.indicators import indicator_data, indicator_tables
from geoplan.publish.quotes import Quotes
from geoplan.publish.rows import Shown, rows_of
from geoplan.schema import records
from tests.publish import registries, sample


def tables() -> dict[str, Any]:
    return sample.tables()


def quotes() -> Quotes:
    return Quotes(tables(), Texts())


def test_indicators_are_one_table_a_layer_with_readings_as_columns() -> None:
    (made,) = indicator_tables(tables())
    assert made.id == "words"
    assert made.source == "《新规划》"
    assert made.status is None
    heads = [zh for zh, _ in made.columns]
    assert heads[:2] == ["2015年实际", "2020年目标"]
    assert heads[2].startswith("2020年目标增长")
    gdp, days, pm = made.rows
    assert gdp["cells"] == ["1046.1", "", "8%"]
    assert gdp["measure"] == ("亿元", "100 million yuan")
    assert gdp["unit"] == ("晋中市", "Jinzhong")
    assert gdp["nature"] == ("预期性", "Expected")
    assert (days["note"], days["cells"]) == (("待核", "to be checked"), ["", "80%以上", ""])
    assert pm["cells"] == ["57", "完成省定任务", ""]


def test_indicators_of_a_group_stand_together() -> None:
    shown = tables()
    rows = registries.indicators("x")
    other = [{**row, "indicator": f"z-{row['indicator']}", "group": "民生"} for row in rows[:1]]
    again = [{**row, "indicator": f"y-{row['indicator']}"} for row in rows[:1]]
    shown["indicators"] = sample.table("indicators", [*rows[:1], *other, *again])
    (made,) = indicator_tables(shown)
    assert [row["group"][0] for row in made.rows] == ["经济", "经济", "民生"]


def test_maps_carry_the_indicators_of_counties_only() -> None:
    (row,) = indicator_data(tables(), quotes())
    assert row[0] == "140729"
    assert row[2][0] == "2015年实际 57微克/立方米；2020年目标 完成省定任务"
    assert row[2][1] == "2015 actual 57 µg/m³; 2020 target 完成省定任务"
    assert row[3] == ["new", "第二章", 45, 0]


def test_findings_stand_by_document_with_their_places() -> None:
    groups = finding_groups(tables())
    assert [(group.document, len(group.rows)) for group in groups] == [("old", 1), ("new", 1)]
    first = groups[0].rows[0]
    assert first["kind"] == ("列举不一致", "Lists differ")
    assert [(p["section"], p["lines"], p["printed"]) for p in first["places"]] == [
        ("第一章第一节", "13", "六"),
        ("第三章", "99", "七"),
    ]


def test_a_place_in_another_document_says_which() -> None:
    shown = tables()
    rows = registries.findings("x")
    rows[1]["document"] = "new"
    shown["findings"] = sample.table("findings", rows)
    places = finding_groups(shown)[0].rows[0]["places"]
    assert places[1]["section"] == "《新规划》，第三章"


def test_kinds_are_counted_most_first() -> None:
    shown = tables()
    rows = registries.findings("x")
    more = [{**rows[2], "finding": f"more-{i}"} for i in range(2)]
    shown["findings"] = sample.table("findings", [*rows, *more])
    assert [n for _, n in finding_kinds(shown)] == [3, 1]


@pytest.mark.parametrize(
    ("counties", "found"),
    [({"140729"}, [["140729"]]), ({"140702"}, []), ({"140729", "140781"}, [["140729", "140781"]])],
)
def test_maps_carry_the_findings_about_their_counties(
    counties: set[str], found: list[list[str]]
) -> None:
    assert [row["u"] for row in finding_data(tables(), counties, quotes=quotes())] == found


def test_without_indicators_or_findings_there_is_no_page(tmp_path: Path) -> None:
    from geoplan.publish import publish

    shown = tables()
    shown["indicators"] = sample.table("indicators", [])
    shown["findings"] = sample.table("findings", [])
    publish(shown, project=sample.project(tmp_path), out=tmp_path / "maps", as_of=sample.AS_OF)
    assert not list((tmp_path / "maps").glob("findings.html"))
    assert not list((tmp_path / "maps").glob("indicators.html"))
    for name in ("index.html", "overview.html", "README.md"):
        text = (tmp_path / "maps" / name).read_text("utf-8")
        assert "findings.html" not in text
        assert "indicators.html" not in text


def test_the_index_leads_to_both(atlas: Path) -> None:
    text = (atlas / "index.html").read_text("utf-8")
    assert 'href="findings.html"' in text
    assert "查看全部 2 项" in text
    assert 'href="indicators.html"' in text
    assert "查看全部 3 项指标" in text
    readme = (atlas / "README.md").read_text("utf-8")
    assert "`findings.html`" in readme


def test_texts_stand_once() -> None:
    texts = Texts()
    places = [texts.put(value) for value in ("甲", ["甲", "a"], "甲", ["甲", "a"], ["甲", "b"])]
    assert places == [0, 1, 0, 1, 2]
    assert texts.all == ["甲", ["甲", "a"], ["甲", "b"]]


def test_rows_are_made_once_and_are_those_of_the_table() -> None:
    plain = tables()
    shown = Shown(plain)
    assert rows_of(shown, "claims") == records(plain["claims"])
    assert rows_of(shown, "claims") is rows_of(shown, "claims")
    assert rows_of(plain, "claims") == rows_of(shown, "claims")
