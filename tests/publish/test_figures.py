"""The page of figures: groups by result, columns, links, and hostile texts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from geoplan.publish.figures import significant
from tests.publish import sample

HEADS = "序号 文件 文号 章节 原文指标 原文值 单位 口径 核算值 差值 差率 结论 依据 说明"


def page(atlas: Path) -> str:
    return (atlas / "figures.html").read_text("utf-8")


def plain(text: str) -> str:
    return re.sub(r'<span class="en".*?</span>|<[^>]+>', "", text)


def rows(atlas: Path, status: str) -> list[str]:
    part = page(atlas).split(f'<h2 id="{status}">')[1].split("</table>")[0]
    return part.split("<tr>")[2:]


def test_groups_stand_in_the_order_of_what_needs_a_look(atlas: Path) -> None:
    text = page(atlas)
    marks = ['<h2 id="inconsistent">', '<h2 id="differs">', '<h2 id="agrees">']
    marks += ['<h2 id="not_checkable">', '<details class="unchecked">']
    places = [text.index(mark) for mark in marks]
    assert places == sorted(places)
    assert [len(rows(atlas, s)) for s in ("inconsistent", "differs", "agrees")] == [1, 1, 2]


def test_columns_are_those_that_planners_know(atlas: Path) -> None:
    head = page(atlas).split("<thead>")[1].split("</thead>")[0]
    assert [plain(th) for th in re.findall(r"<th.*?</th>", head)] == HEADS.split()


def test_a_row_says_what_was_computed_of_what(atlas: Path) -> None:
    (row,) = rows(atlas, "inconsistent")
    cells = [plain(cell).strip() for cell in re.findall(r"<td.*?</td>", row, re.S)]
    assert cells[:5] == ["1", "《旧规划》", "市政发〔2016〕1号", "第一章第一节", "地区生产总值"]
    assert cells[5:8] == ["8", "%", "2020年目标增长"]
    assert cells[8:12] == ["6.5", "−1.5", "−18.8%", "不一致（待核实）"]
    assert "(2 ÷ 1)^(1/5) − 1" in cells[12]
    assert "口径" in cells[13]
    assert 'href="trace.html#claims%3Ac5"' in row


def test_what_is_missing_is_told_with_its_count(atlas: Path) -> None:
    text = plain(page(atlas).split('<h2 id="not_checkable">')[1])
    assert "线位矢量成果 1 项" in text
    assert "项目台账（规模、投资） 1 项" in text
    assert "图形为示意" in text


def test_tallies_add_up_to_all_claims(atlas: Path) -> None:
    tally = plain(page(atlas).split('<p class="tally first">')[1].split("</p>")[0])
    numbers = [int(n) for n in re.findall(r"\d+", tally)]
    assert sum(numbers) == len(sample.tables()["claims"])


def test_hostile_texts_are_shown_not_run(tmp_path: Path) -> None:
    from geoplan.publish import publish

    publish(
        sample.tables(attack=True), project=sample.project(tmp_path), out=tmp_path / "maps",
        as_of=sample.AS_OF,
    )  # fmt: skip
    text = page(tmp_path / "maps")
    assert sample.ATTACK not in text
    assert "&lt;" in text


@pytest.mark.parametrize(
    ("value", "like", "shown"),
    [
        (2.5698, 3.0, "+2.57"),
        (0.000012, 0.12, "+0.000012"),
        (0.004, 0.0033, "+0.004"),
        (-6.06, 10.5, "−6.06"),
        (0.0, 5.0, "0"),
        (100.0, 100.0, "+100"),
        (None, 1.0, ""),
    ],
)
def test_small_figures_keep_their_digits(value: float | None, like: float, shown: str) -> None:
    assert significant(value, like=like, sign=True) == shown
