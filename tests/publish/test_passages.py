"""Sentences of the plans: which part of a cited line is shown; all texts here are invented."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoplan.publish.passages import LONGEST, quoted, readable, words_of

THREE = "甲河穿过东山县。乙库位于西山！丙园设在“南水”。"


def find(line: str, *words: str) -> str:
    return quoted([line], [[(word,)] for word in words])


@pytest.mark.parametrize(
    ("word", "sentence"),
    [
        ("甲河", "甲河穿过东山县。"),
        ("乙库", "…乙库位于西山！"),
        ("南水”。", "…丙园设在“南水”。"),
    ],
)
def test_the_sentence_that_holds_the_name_is_shown(word: str, sentence: str) -> None:
    assert find(THREE, word) == sentence.removeprefix("…")


def test_all_sentences_with_the_name_are_shown_and_gaps_are_marked() -> None:
    text = "河一。河二。无。河三。河四。"
    assert find(text, "河") == "河一。河二。…河三。"


def test_the_first_words_that_stand_there_count() -> None:
    assert find(THREE, "不在", "乙库", "甲河") == "乙库位于西山！"


def test_several_words_have_to_be_in_one_sentence() -> None:
    assert quoted([THREE], [[("甲河", "西山")], [("甲河", "东山县")]]) == "甲河穿过东山县。"
    assert quoted([THREE], [[("甲河", "西山"), ("丙园",)]]) == "丙园设在“南水”。"


def test_names_are_found_whatever_their_width_quotes_and_spaces() -> None:
    assert find("首句。长１２．５公里。", "12.5") == "长１２．５公里。"
    assert find("首句。设“丙 园”。", "丙园") == "设“丙 园”。".replace("丙 园", "丙园")


@pytest.mark.parametrize("text", ["2017年建成。", "面积17.5。", "第177座。"])
def test_a_figure_is_no_part_of_a_longer_one(text: str) -> None:
    assert find(f"{text}共17处。", "17") == "共17处。"
    assert find(f"首句甚长。{text}", "17") == f"首句甚长。{text}"


def test_where_nothing_is_found_the_line_is_cut() -> None:
    assert find("无。" * 20, "不在") == "无。" * 20
    long = "长" * 500
    assert find(long, "不在") == "长" * LONGEST + "…"


def test_a_long_sentence_is_cut_to_its_clauses() -> None:
    clauses = ["子句" * 40 + "；", "甲河在此；", "子句" * 40 + "。"]
    assert find("".join(clauses), "甲河") == "…甲河在此；…"
    assert find("".join(clauses[1:]) + "尾。", "甲河") == clauses[1] + clauses[2]


def test_a_long_clause_is_cut_around_the_name() -> None:
    made = find("字" * 400 + "甲河" + "符" * 400 + "。", "甲河")
    assert made.startswith("…字")
    assert made.endswith("符…")
    assert "甲河" in made
    assert len(made) == LONGEST + 2


def test_cells_on_lines_of_their_own_are_one_line() -> None:
    assert quoted(["工业产值（亿元）", "51.7", "60左右", "--"], []) == (
        "工业产值（亿元） ｜ 51.7 ｜ 60左右 ｜ --"
    )
    assert quoted(["指标", "7", THREE, "指标", "8"], [[("乙库",)]]).split("\n") == [
        "指标 ｜ 7",
        "乙库位于西山！",
        "指标 ｜ 8",
    ]


def test_tables_are_shown_readable() -> None:
    assert readable("| 项目 | 七 |  |") == "项目 ｜ 七"
    assert readable("|---|:--:|") == ""
    assert quoted(["| 项目 | 数 |", "|---|---|", "| 园区 | 七 |"], []) == ("项目 ｜ 数\n园区 ｜ 七")


def test_spaces_between_chinese_words_are_none_but_those_of_english_stay() -> None:
    assert readable("全省 煤炭 增长 4.5% 左右 ， 用 Open Data 平台 。") == (
        "全省煤炭增长4.5%左右，用Open Data平台。"
    )
    assert readable("\u3000甲\ue00c河\u200b\u2028 ") == "甲河"


def test_one_sentence_for_two_lines_stands_once() -> None:
    assert quoted([THREE, THREE], [[("乙库",)]]) == "乙库位于西山！"
    assert quoted([], [[("乙库",)]]) == ""
    assert quoted(["", " "], []) == ""


def test_parts_of_names() -> None:
    assert list(words_of("东山生态区（二期）与南水水库")) == ["东山生态区", "南水水库"]
    assert list(words_of("甲")) == []


@given(st.lists(st.text(), max_size=4), st.text(max_size=6))
def test_any_text_is_shown_without_signs_that_break_lines(lines: list[str], word: str) -> None:
    made = quoted(lines, [[(word,)]])
    assert "\r" not in made
    assert not set(made) & set("\u2028\u2029\0")
    assert len(made) <= sum(map(len, lines)) + 8 * len(lines) + 8
