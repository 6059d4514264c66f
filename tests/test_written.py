"""Reports as values: numbers of sections and tables, and texts that XML can hold."""

from __future__ import annotations

import pytest

from geoplan.written import Cell, Head, Picture, Row, Section, Table, Text, numbered, plain


def table(caption: str = "面积") -> Table:
    return Table((Head("县"),), (Row((Cell("甲"),)),), caption)


def test_sections_without_anything_are_left_out_and_numbers_go_on() -> None:
    made = numbered(
        [Section("甲", (Text("x"),)), Section("乙", ()), Section("丙", (table(),))], "zh"
    )
    assert [section.title for section in made] == ["一、甲", "二、丙"]


def test_tables_and_pictures_are_counted_apart_and_facts_are_not() -> None:
    picture = Picture("<path/>", (200, 100), 100.0, "区位")
    blocks = (table(), picture, table(""), table("长度"))
    (section,) = numbered([Section("甲", blocks)], "zh")
    captions = [block.caption for block in section.blocks if not isinstance(block, Text)]
    assert captions == ["表1　面积", "图1　区位", "", "表2　长度"]
    (section,) = numbered([Section("A", blocks)], "en")
    captions = [block.caption for block in section.blocks if not isinstance(block, Text)]
    assert captions == ["Table 1. 面积", "Figure 1. 区位", "", "Table 2. 长度"]
    assert section.title == "1. A"


@pytest.mark.parametrize(
    ("number", "head"),
    [(1, "一、"), (10, "十、"), (11, "十一、"), (20, "二十、"), (25, "二十五、")],
)
def test_chinese_numerals(number: int, head: str) -> None:
    made = numbered([Section("节", (Text("x"),))] * number, "zh")
    assert made[-1].title == f"{head}节"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("甲\0乙\x0b\x1f", "甲乙"),
        ("一\n二\t三  四", "一 二 三 四"),
        ("\ud800x\ufffe\uffff", "x"),
        ("<b>&amp;", "<b>&amp;"),
        ("", ""),
    ],
)
def test_texts_are_on_one_line_without_what_xml_does_not_know(text: str, left: str) -> None:
    assert plain(text) == left


def test_a_picture_keeps_its_proportions() -> None:
    picture = Picture("<path/>", (400, 100), 120.0, "")
    assert picture.size == (120.0, 30.0)
    svg = picture.svg(font="SimHei", label="图")
    assert 'viewBox="0 0 400 100" width="120.0mm" height="30.0mm"' in svg
    assert svg.endswith("<path/></svg>")
