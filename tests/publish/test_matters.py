"""Matters to coordinate, main functions and sentences in the data of pages; and their budget."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from geoplan.publish import outputs, publish
from geoplan.publish.matters import GRADES, matter_grades
from tests.publish import registries, sample
from tests.publish.test_content import data_of


def told(data: dict[str, Any]) -> list[tuple[str, str]]:
    """Return grade and county of the matters of a page."""
    return [(row["g"], data["units"][row["u"]]["c"]) for row in data["conflicts"]]


def text(data: dict[str, Any], place: int) -> str:
    found: str = data["texts"][place]
    return found


@pytest.mark.parametrize(
    ("page", "found"),
    [
        (
            "overview",
            [
                *(("breaks", "140729"), ("coordinate", "140729"), ("attention", "140311")),
                *(("attention", "140721"), ("compatible", "140781")),
            ],
        ),
        (
            "jinzhong",
            [
                *(("breaks", "140729"), ("coordinate", "140729"), ("attention", "140721")),
                ("compatible", "140781"),
            ],
        ),
        # Of other themes' layers a map shows some classes only.
        ("energy", [("breaks", "140729"), ("coordinate", "140729"), ("attention", "140721")]),
        ("corridor-108", []),
        ("main-function-zone", []),
    ],
)
def test_a_page_has_matters_of_its_layers_and_counties(
    atlas: Path, page: str, found: list[tuple[str, str]]
) -> None:
    assert told(data_of(atlas / f"{page}.html")) == found


def test_both_sides_have_their_citation_and_sentence(atlas: Path) -> None:
    data = data_of(atlas / "jinzhong.html")
    row = data["conflicts"][1]
    one, two = row["s"]
    assert data["layers"][one[0]]["id"] == "zones"
    assert list(data["classes"])[one[1]] == "ecological_function"
    texts = data["texts"]
    assert (data["layers"][one[0]]["d"], texts[one[3]], one[4]) == ("old", "第一章第一节", 13)
    assert texts[two[2]] == ["阳泉煤炭", "city"]
    assert (data["layers"][two[0]]["d"], texts[two[3]], two[4]) == ("new", "第三章", 13)
    assert text(data, two[5]) == "阳泉煤炭在此。"
    assert (row["km2"], row["sh"]) == (12.5, 0.0104)
    assert [texts[reason[1]][0] for reason in row["by"]] == ["重点生态功能区", "全省煤炭表述"]


def test_what_reconciles_is_a_text_or_features_of_the_page(atlas: Path) -> None:
    rows = data_of(atlas / "jinzhong.html")["conflicts"]
    assert rows[0]["over"] == "后者为准 介休工业园区"
    assert "by" not in rows[0]
    assert rows[2]["by"] == []


def test_the_index_counts_matters_by_grade(atlas: Path) -> None:
    index = (atlas / "index.html").read_text("utf-8")
    part = index.split('id="conflicts"')[1].split('id="findings"')[0]
    assert 'href="tables/conflicts.csv"' in part
    found = re.findall(r'class="finding (\w+)">.*?(\d+)</span>', part)
    # What somebody has set aside is not counted.
    assert found == [("coordinate", "1"), ("attention", "2"), ("compatible", "1")]
    assert "涉及 2 个县（市、区）" in part
    assert 'class="follow" href="matters.html"' in part
    assert [row[0] for row in matter_grades(sample.tables())] == list(GRADES[1:])


def test_without_matters_and_texts_nothing_is_said_of_them(tmp_path: Path) -> None:
    empty = {name: sample.table(name, []) for name in ("conflicts", "rules", "overrides")}
    tables = {**sample.tables(), **empty}
    tables["passages"] = sample.table("passages", [])
    publish(tables, project=sample.project(tmp_path), out=tmp_path, as_of=sample.AS_OF)
    index = (tmp_path / "index.html").read_text("utf-8")
    assert "需协调事项" not in re.sub(r"差异（需协调事项）", "", index)
    assert "passages" not in index
    assert not (tmp_path / "tables/passages.csv").exists()
    assert (tmp_path / "tables/conflicts.csv").exists()
    data = data_of(tmp_path / "overview.html")
    assert data["conflicts"] == data["rules"] == []
    assert data["atlas"]["rules"] == 0
    assert not (tmp_path / "matters.html").exists()
    assert data["atlas"]["bare"] == 0
    assert not [row for row in data["features"] if "q" in row]
    assert not [row for row in data["claims"] if "qt" in row]


def test_sentences_are_those_of_the_name_or_the_figure(atlas: Path) -> None:
    data = data_of(atlas / "overview.html")
    by_name = {row["n"][0]: row for row in data["features"] if "q" in row}
    assert text(data, by_name["重点开发区域"]["q"]).startswith("榆次、介休、平遥划为重点开发区域；")
    assert text(data, by_name["南河"]["q"]) == "南河自北向南流。"
    assert text(data, by_name["阳泉煤炭"]["q"]) == "阳泉煤炭在此。"
    claims = {row["p"][0]: text(data, row["qt"]) for row in data["claims"]}
    assert "６４２２" in claims["6422平方公里"]
    places = [at for row in data["findings"] for at in row["at"]]
    assert [text(data, at[3]) for at in places][1].startswith("项目 ｜ 七")
    assert [text(data, row[3][3]) for row in data["indicators"]] == ["细颗粒物"]


def test_a_line_that_a_page_does_not_cite_is_not_in_it(atlas: Path) -> None:
    for path in atlas.glob("*.html"):
        assert "无人引用的一行" not in path.read_text("utf-8")
    assert "南河自北" not in (atlas / "corridor-108.html").read_text("utf-8")
    assert "无人引用的一行" in (atlas / "tables/passages.csv").read_text("utf-8-sig")


def test_a_passage_changes_the_pages_that_cite_it() -> None:
    def keys(changed: str) -> dict[str, str]:
        rows = [
            row | ({"text": changed} if row["document"] == "facts" and row["line"] == 13 else {})
            for row in registries.passages("x")
        ]
        tables = {**sample.tables(), "passages": sample.table("passages", rows)}
        made = outputs(tables, project=sample.project(Path()), as_of=sample.AS_OF)
        return {output.name: output.key for output in made}

    one, two = keys("南河在南。"), keys("南河在北。")
    assert {name for name in one if one[name] != two[name]} == {
        *("energy.html", "jinzhong.html", "overview.html", "tables/passages.csv"),
        "data/geoplan.xlsx",
    }


def test_sentences_of_statements_go_before_shapes_are_simplified(
    atlas: Path, tmp_path: Path
) -> None:
    full = data_of(atlas / "overview.html")
    size = (atlas / "overview.html").stat().st_size
    project = sample.project(tmp_path, overview=size - 20)
    publish(sample.tables(), project=project, out=tmp_path, as_of=sample.AS_OF)
    less = data_of(tmp_path / "overview.html")
    assert (full["atlas"]["bare"], less["atlas"]["bare"]) == (0, 1)
    assert less["atlas"]["error"] == full["atlas"]["error"] == 0

    def quoted(data: dict[str, Any]) -> set[str]:
        return {row["n"][0] for row in data["features"] if "q" in row}

    assert quoted(full) - quoted(less) == {"全省煤炭表述", "全省文字"}
    assert data_of(tmp_path / "jinzhong.html")["atlas"]["bare"] == 0


def test_divided_layers_say_which_classes_divide(atlas: Path) -> None:
    data = data_of(atlas / "overview.html")
    divided = {layer["id"]: layer["div"] for layer in data["layers"] if "div" in layer}
    assert divided == {"zones": list(registries.ZONE_CLASSES)}


def test_hostile_texts_stand_escaped(hostile: Path) -> None:
    data = data_of(hostile / "jinzhong.html")
    assert any(sample.ATTACK in str(found) for found in data["texts"])
    assert sample.ATTACK in data["conflicts"][0]["over"]
