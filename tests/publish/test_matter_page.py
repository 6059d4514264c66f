"""The page of matters to coordinate: by county and grade, counted, with what is set aside apart."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from geoplan.publish import outputs, publish
from geoplan.publish.matter_page import matter_page
from tests.publish import registries, sample
from tests.publish.test_content import data_of


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    return matter_page(sample.tables())


def test_matters_stand_by_county_and_grade(told: dict[str, Any]) -> None:
    found = [(g["code"], [row["grade"] for row in g["rows"]]) for g in told["groups"]]
    assert found == [
        *(("140311", ["attention"]), ("140721", ["attention"])),
        *(("140729", ["coordinate"]), ("140781", ["compatible"])),
    ]
    assert told["groups"][2]["name"] == ("晋中市灵石县", "Lingshi County, Jinzhong City")


def test_grades_of_a_county_begin_with_the_strongest() -> None:
    rows = registries.conflicts("x")
    for row in rows:
        row |= {"adcode": "140729", "overruled_by": None}
    made = matter_page({**sample.tables(), "conflicts": sample.table("conflicts", rows)})
    (group,) = made["groups"]
    assert [row["grade"] for row in group["rows"]] == [
        *("breaks", "coordinate", "attention", "attention", "compatible"),
    ]
    assert made["overruled"] == []


def test_a_row_has_both_sides_its_evidence_and_what_goes_with_it(told: dict[str, Any]) -> None:
    (row,) = told["groups"][2]["rows"]
    one, two = row["sides"]
    assert (one["title"][0], one["name"], one["line"]) == ("重点生态功能区", None, 13)
    assert one["citation"] == "《旧规划》（市政发〔2016〕1号），第一章第一节"
    assert one["status"] == ("已到期", "Expired")
    assert (two["title"][0], two["name"]) == ("煤炭", ("阳泉煤炭", "city"))
    assert two["status"] is None
    assert (row["area"], row["share"]) == ("12.50", "1.0%")
    assert [zh for zh, _ in row["reconciled"]] == [
        "重点生态功能区（《旧规划》（市政发〔2016〕1号），第一章第一节）",
        "全省煤炭表述（《新规划》，第一章第一节）",
    ]
    assert row["ref"] == "conflicts:m1"
    # A list has no area, and what tells the same is named.
    (other,) = told["groups"][3]["rows"]
    assert (other["area"], other["share"]) == ("", "")
    assert [zh for zh, _ in other["also"]] == [
        f"{sample.FORMULA}（《旧规划》（市政发〔2016〕1号），第一章第一节）"
    ]


def test_several_shapes_are_counted_instead_of_named() -> None:
    rows = [row | {"features_b": 12} for row in registries.conflicts("x")]
    tables = {**sample.tables(), "conflicts": sample.table("conflicts", rows)}
    (row,) = matter_page(tables)["groups"][2]["rows"]
    assert row["sides"][1]["name"] is None
    assert row["sides"][1]["several"] == ("（12 个图斑）", "(12 shapes)")


def test_what_people_set_aside_stands_apart_with_reason(told: dict[str, Any]) -> None:
    (row,) = told["overruled"]
    assert (row["id"], row["unit"][0]) == ("m2", "晋中市灵石县")
    assert row["overruled"][0][0].startswith("后者为准")
    assert told["total"] == 4


def test_matters_are_counted_four_ways(told: dict[str, Any]) -> None:
    counts = {table["key"]: table["rows"] for table in told["counts"]}
    assert list(counts) == ["unit", "pair", "theme", "document"]
    assert [(r["name"][0], r["by"], r["n"]) for r in counts["pair"]] == [
        ("重点生态功能区 × 煤炭", [0, 1, 1, 0], 2),
        ("重点开发区域 × 煤炭", [0, 0, 1, 0], 1),
        ("重点开发区域 × 工业园区", [0, 0, 0, 1], 1),
    ]
    assert counts["unit"][0]["name"][0] == "晋中市灵石县"
    themes = {r["name"][0]: r["n"] for r in counts["theme"]}
    assert themes == {"主体功能区": 4, "能源基地": 3, "108廊带": 1}
    assert {r["name"][0]: r["n"] for r in counts["document"]} == {
        "《旧规划》（市政发〔2016〕1号）": 4,
        "《新规划》": 3,
    }


def test_rules_stand_with_reason_and_source(told: dict[str, Any]) -> None:
    rules = {row["id"]: row for row in told["rules"]}
    assert rules["sample"]["source"][0] == "《旧规划》（市政发〔2016〕1号），第一章第一节"
    assert (rules["sample"]["n"], rules["sample"]["lines"]) == (3, "13")
    assert rules["other"]["source"] == ("某办法，第五条", "Some rules, 第五条")
    assert rules["other"]["unverified"]


def test_the_page_shows_rules_that_find_something(atlas: Path) -> None:
    text = (atlas / "matters.html").read_text("utf-8")
    assert re.findall(r'<tr id="rule-(\w+)">', text) == ["sample", "other"]
    assert "条文待核实" in text
    assert 'id="u140729"' in text
    assert text.index('id="u140311"') < text.index('id="u140721"') < text.index('id="overruled"')
    assert all(f'href="#rule-{key}"' in text for key in ("sample", "other"))
    assert 'href="tables/conflicts.csv"' in (atlas / "index.html").read_text("utf-8")
    assert "`matters.html`" in (atlas / "README.md").read_text("utf-8")
    assert 'href="matters.html"' in (atlas / "overview.html").read_text("utf-8")


def test_panels_have_the_rule_of_a_matter(atlas: Path) -> None:
    data = data_of(atlas / "jinzhong.html")
    rules = [data["rules"][row["r"]]["why"][0] for row in data["conflicts"]]
    one, two = data["rules"]
    assert rules == [*[one["why"][0]] * 3, two["why"][0]]
    assert one["why"] != two["why"]
    assert one["src"][:3] == ["old", "第一章第一节", "13"]
    assert data["texts"][one["src"][3]].startswith("榆次、介休、平遥划为重点开发区域")
    assert two["reg"] == [["某办法，第五条", "Some rules, 第五条"], 1]
    assert data_of(atlas / "corridor-108.html")["rules"] == []


def test_hostile_texts_stand_escaped(hostile: Path) -> None:
    text = (hostile / "matters.html").read_text("utf-8")
    assert sample.ATTACK not in text
    assert "&lt;img src=x onerror=" in text


def test_rules_that_find_nothing_are_told_from_no_rules(tmp_path: Path) -> None:
    tables = {**sample.tables(), "conflicts": sample.table("conflicts", [])}
    publish(tables, project=sample.project(tmp_path), out=tmp_path, as_of=sample.AS_OF)
    assert "按现有规则，未发现需协调事项。" in (tmp_path / "index.html").read_text("utf-8")
    assert data_of(tmp_path / "overview.html")["atlas"]["rules"] == 1
    assert not (tmp_path / "matters.html").exists()


@pytest.mark.parametrize(
    ("table", "row", "column", "shows"),
    [
        ("rules", 0, "reason", True),
        ("rules", 2, "reason", False),  # it finds nothing
        ("features", 0, "name", False),  # no side of any matter
        ("conflicts", 0, "section_a", True),
        ("conflicts", 0, "reconciled_by_en", True),
    ],
)
def test_the_page_changes_with_what_it_shows(
    table: str, row: int, column: str, shows: bool
) -> None:
    def key(tables: dict[str, Any]) -> str:
        made = outputs(tables, project=sample.project(Path()), as_of=sample.AS_OF)
        return next(output.key for output in made if output.name == "matters.html")

    tables = sample.tables()
    if table == "features":
        named = {"key-development", "ecological-function", "city", "one", "two", "words"}
        row = next(i for i, n in enumerate(tables[table]["feature"]) if n not in named)
    other = tables[table].copy()
    other.loc[row, column] = "另"
    assert (key(tables) != key({**tables, table: other})) is shows
